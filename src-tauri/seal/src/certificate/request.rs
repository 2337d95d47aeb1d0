//! PKCS#10 certificate requests (RFC 2986).

use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::EncodePublicKey as _;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{Any, BitString, Ia5String, ObjectIdentifier};
use x509_cert::der::{Decode as _, Encode as _, Tag};
use x509_cert::ext::ToExtension as _;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{KeyUsage, KeyUsages, SubjectAltName};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::request::{CertReq, CertReqInfo, ExtensionReq, Version};
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::{SubjectPublicKeyInfo, der};

use crate::encoding::pem;
use crate::{SealError, SignError};

/// `ecdsa-with-SHA256` (RFC 5758, section 3.2).
pub(crate) const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
/// `id-at-commonName`.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// A signed request for a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequest {
    der: Vec<u8>,
}

impl CertificateRequest {
    /// The request as DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The request as PEM.
    pub fn pem(&self) -> String {
        pem("CERTIFICATE REQUEST", &self.der)
    }
}

/// Makes a request for the key `public_key` in the name of a device.
///
/// The subject is `CN=common_name`; the requested extensions are the subjectAltName URI `device_identifier` (the
/// Device's FHIR identifier, such as `urn:uuid:…`) and keyUsage digitalSignature. `sign` gets the bytes to sign and
/// returns the raw ES256 signature r‖s: before there is a certificate there is no [`crate::Signer`] yet.
///
/// # Errors
/// [`SealError::Request`] when a name cannot be encoded, [`SealError::Sign`] when the key refuses.
pub fn csr(
    public_key: &VerifyingKey,
    common_name: &str,
    device_identifier: &str,
    sign: impl FnOnce(&[u8]) -> Result<[u8; 64], SignError>,
) -> Result<CertificateRequest, SealError> {
    let info = info(public_key, common_name, device_identifier)
        .map_err(|error| SealError::Request { reason: error.to_string() })?;
    let to_sign = info.to_der().map_err(|error| SealError::Request { reason: error.to_string() })?;
    let raw = sign(&to_sign)?;
    let finish = || -> der::Result<Vec<u8>> {
        let signature = Signature::from_slice(&raw).map_err(|_| Tag::Integer.value_error())?;
        CertReq {
            info,
            algorithm: AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None },
            signature: BitString::from_bytes(signature.to_der().as_bytes())?,
        }
        .to_der()
    };
    let der = finish().map_err(|error| SealError::Request { reason: error.to_string() })?;
    Ok(CertificateRequest { der })
}

fn info(public_key: &VerifyingKey, common_name: &str, device_identifier: &str) -> der::Result<CertReqInfo> {
    let subject = common_name_only(common_name)?;
    let uri = GeneralName::UniformResourceIdentifier(Ia5String::new(device_identifier)?);
    let extensions = ExtensionReq(vec![
        (&SubjectAltName(vec![uri])).to_extension(&subject, &[])?,
        (&KeyUsage(KeyUsages::DigitalSignature.into())).to_extension(&subject, &[])?,
    ]);
    let public_key = public_key.to_public_key_der().map_err(|_| Tag::Sequence.value_error())?;
    let mut info = CertReqInfo {
        version: Version::V1,
        subject,
        public_key: SubjectPublicKeyInfo::from_der(public_key.as_bytes())?,
        attributes: x509_cert::attr::Attributes::default(),
    };
    info.attributes.insert(extensions.try_into()?)?;
    Ok(info)
}

/// A name with one UTF-8 common name, whatever characters it has.
pub(crate) fn common_name_only(common_name: &str) -> der::Result<Name> {
    let value = Any::new(Tag::Utf8String, common_name.as_bytes())?;
    let attribute = AttributeTypeAndValue { oid: COMMON_NAME, value };
    let mut sequence = RdnSequence::default();
    sequence.push(RelativeDistinguishedName::try_from(vec![attribute])?);
    Name::from_der(&sequence.to_der()?)
}
