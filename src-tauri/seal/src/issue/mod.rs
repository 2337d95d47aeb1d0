//! A small certificate authority (RFC 5280) for practice mode and for tests: root, intermediate, device certificate
//! from a request, revocation list, OCSP
//! responder. P-256 and SHA-256 throughout.
//!
//! This is the only part of the crate that holds a private key, and it is compiled only with the feature `issue`.
//! Storage, and which device may ask, are the caller's.

pub mod ocsp;
mod profile;
pub mod tsa;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use openssl::pkey::PKey;
use openssl::x509::{X509, X509Req};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use p256::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::der::asn1::{BitString, GeneralizedTime, UtcTime};
use x509_cert::der::referenced::OwnedToRef as _;
use x509_cert::der::{self, DateTime, Decode as _, Encode as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, CrlNumber, SubjectAltName};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::request::{CertReq, ExtensionReq};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::{Time, Validity as X509Validity};
use x509_cert::{Certificate, SubjectPublicKeyInfo};

use crate::SealError;
use crate::certificate::{Crl, ECDSA_WITH_SHA256};
use crate::encoding::{from_pem, pem};
use profile::{Certified, Purpose};

/// A certificate authority: its certificate and its key.
pub struct Authority {
    key: SigningKey,
    certificate: Certificate,
    der: Vec<u8>,
}

/// When a certificate is valid, both ends included, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub not_before: Timestamp,
    /// The last moment.
    pub not_after: Timestamp,
}

/// Which subjectAltName URI an authority accepts in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SanPolicy<'a> {
    /// Exactly this Device identifier.
    Exactly(&'a str),
    /// Any one `urn:uuid:…`.
    AnyUrnUuid,
}

/// A certificate that is no longer good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Its serial number, as [`crate::CertificateChain::serial`] gives it.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Timestamp,
}

impl Authority {
    /// A new root: a certificate for `key`, signed by `key`.
    ///
    /// `subject` is an RFC 4514 name such as `CN=Attesta practice root`. `serial` is 16 random bytes.
    ///
    /// # Errors
    /// [`SealError::Issue`] when the name or the dates cannot be encoded.
    pub fn new(
        subject: &str,
        key: SigningKey,
        serial: [u8; 16],
        validity: Validity,
    ) -> Result<Self, SealError> {
        let profile = Certified { subject: name(subject)?, issuer: None, purpose: Purpose::Root };
        let public_key = public_key(key.verifying_key())?;
        let certificate = build(profile, serial, validity, public_key, &key)?;
        Self::with(key, certificate)
    }

    /// A new authority under this one, which may issue device certificates but no further authorities.
    ///
    /// # Errors
    /// As [`Authority::new`].
    pub fn intermediate(
        &self,
        subject: &str,
        key: SigningKey,
        serial: [u8; 16],
        validity: Validity,
    ) -> Result<Self, SealError> {
        let (subject, issuer) = (name(subject)?, Some(self.name()));
        let profile = Certified { subject, issuer, purpose: Purpose::Intermediate };
        let public_key = public_key(key.verifying_key())?;
        let certificate = build(profile, serial, validity, public_key, &self.key)?;
        Self::with(key, certificate)
    }

    /// An authority from storage.
    ///
    /// # Errors
    /// [`SealError::Issue`] when the certificate cannot be read or is for another key.
    pub fn load(key: SigningKey, certificate_der: &[u8]) -> Result<Self, SealError> {
        let certificate = Certificate::from_der(certificate_der).map_err(issue)?;
        if *certificate.tbs_certificate().subject_public_key_info() != public_key(key.verifying_key())? {
            return Err(issue("the authority's certificate is for another key"));
        }
        Self::with(key, certificate)
    }

    fn with(key: SigningKey, certificate: Certificate) -> Result<Self, SealError> {
        let der = certificate.to_der().map_err(issue)?;
        Ok(Self { key, certificate, der })
    }

    /// The authority's own certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.der
    }

    /// The authority's own certificate, PEM: what a verifier is given as its anchor.
    pub fn certificate_pem(&self) -> String {
        pem("CERTIFICATE", &self.der)
    }

    /// Issues a device's certificate (DER) from its request (PKCS#10, DER or PEM).
    ///
    /// The request's own signature is checked, so nobody can have a certificate for a key that they do not hold. Of
    /// the requested names only the subject and the one URI that `san_uri` allows are taken over; keyUsage is
    /// digitalSignature whatever was asked. `serial` is 16 random bytes.
    ///
    /// # Errors
    /// [`SealError::Request`] when the request is refused, [`SealError::Issue`] when the certificate cannot be built.
    pub fn issue_leaf(
        &self,
        request: &[u8],
        san_uri: SanPolicy<'_>,
        serial: [u8; 16],
        not_before: Timestamp,
        not_after: Timestamp,
    ) -> Result<Vec<u8>, SealError> {
        let request = CheckedRequest::read(request)?;
        san_uri.check(&request.uri)?;
        if request.public_key == *self.certificate.tbs_certificate().subject_public_key_info() {
            return Err(refused("it is for the authority's own key"));
        }
        let purpose = Purpose::Sealing { uri: request.uri };
        let profile = Certified { subject: request.subject, issuer: Some(self.name()), purpose };
        let validity = Validity { not_before, not_after };
        let certificate = build(profile, serial, validity, request.public_key, &self.key)?;
        certificate.to_der().map_err(issue)
    }

    /// Whether this authority signed that certificate (DER).
    pub fn has_issued(&self, certificate: &[u8]) -> bool {
        let key = self.key.verifying_key().to_public_key_der();
        key.is_ok_and(|key| {
            PKey::public_key_from_der(key.as_bytes())
                .and_then(|key| X509::from_der(certificate)?.verify(&key))
                .unwrap_or(false)
        })
    }

    /// Signs a revocation list. `number` grows with every list; `next_update` is when the next one is due.
    ///
    /// A verifier needs a list from each authority on the path, so the root's list belongs beside the intermediate's,
    /// even when both are empty.
    ///
    /// # Errors
    /// [`SealError::Issue`] when a serial number or a date cannot be encoded.
    pub fn crl(
        &self,
        revoked: &[Revoked],
        this_update: Timestamp,
        next_update: Timestamp,
        number: u64,
    ) -> Result<Crl, SealError> {
        let entries: Vec<RevokedCert> = revoked
            .iter()
            .map(|one| {
                Ok(RevokedCert {
                    serial_number: SerialNumber::new(&one.serial).map_err(issue)?,
                    revocation_date: time(one.at)?,
                    crl_entry_extensions: None,
                })
            })
            .collect::<Result<_, SealError>>()?;
        let tbs = TbsCertList {
            version: x509_cert::Version::V2,
            signature: ecdsa_with_sha256(),
            issuer: self.name(),
            this_update: time(this_update)?,
            next_update: Some(time(next_update)?),
            // RFC 5280, section 5.1.2.6: absent when nothing is revoked.
            revoked_certificates: (!entries.is_empty()).then_some(entries),
            crl_extensions: Some(self.crl_extensions(number).map_err(issue)?),
        };
        let signature: DerSignature = self.key.sign(&tbs.to_der().map_err(issue)?);
        let list = CertificateList {
            tbs_cert_list: tbs,
            signature_algorithm: ecdsa_with_sha256(),
            signature: BitString::from_bytes(signature.as_bytes()).map_err(issue)?,
        };
        Crl::from_bytes(&list.to_der().map_err(issue)?)
    }

    /// The list's number and the key that signs it. (x509-cert's own list builder names the key of the authority's
    /// *issuer*, which OpenSSL refuses for an intermediate.)
    fn crl_extensions(&self, number: u64) -> der::Result<Vec<Extension>> {
        let subject = self.name();
        let key = self.certificate.tbs_certificate().subject_public_key_info();
        let key_id = AuthorityKeyIdentifier::try_from(key.owned_to_ref())?;
        Ok(vec![
            (&CrlNumber::try_from(number)?).to_extension(&subject, &[])?,
            (&key_id).to_extension(&subject, &[])?,
        ])
    }

    fn name(&self) -> x509_cert::name::Name {
        self.certificate.tbs_certificate().subject().clone()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("subject", &self.name().to_string()).finish_non_exhaustive()
    }
}

impl SanPolicy<'_> {
    fn check(&self, uri: &str) -> Result<(), SealError> {
        match self {
            Self::Exactly(expected) if uri == *expected => Ok(()),
            Self::Exactly(expected) => Err(refused(format!("it names the device {uri}, not {expected}"))),
            Self::AnyUrnUuid if is_urn_uuid(uri) => Ok(()),
            Self::AnyUrnUuid => Err(refused(format!("the device's identifier {uri} is not a urn:uuid"))),
        }
    }
}

fn is_urn_uuid(uri: &str) -> bool {
    uri.strip_prefix("urn:uuid:").is_some_and(|uuid| {
        uuid.len() == 36
            && uuid.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            })
    })
}

/// A request whose signature was verified with the key inside it.
struct CheckedRequest {
    subject: x509_cert::name::Name,
    public_key: SubjectPublicKeyInfo,
    uri: String,
}

impl CheckedRequest {
    fn read(request: &[u8]) -> Result<Self, SealError> {
        let der = match from_pem("CERTIFICATE REQUEST", request) {
            Some(mut blocks) if blocks.len() == 1 => blocks.remove(0),
            Some(_) => return Err(refused("the file has more than one request")),
            None => request.to_vec(),
        };
        let parsed =
            CertReq::from_der(&der).map_err(|error| refused(format!("it is not PKCS#10 ({error})")))?;
        if parsed.algorithm.oid != ECDSA_WITH_SHA256 {
            return Err(refused("it is not signed with ECDSA and SHA-256"));
        }
        let key_der = parsed.info.public_key.to_der().map_err(issue)?;
        VerifyingKey::from_public_key_der(&key_der).map_err(|_| refused("its key is not a P-256 key"))?;
        // OpenSSL verifies the bytes as they came; writing them anew would accept a second spelling.
        let signed =
            PKey::public_key_from_der(&key_der).and_then(|key| X509Req::from_der(&der)?.verify(&key));
        if !signed.unwrap_or(false) {
            return Err(refused("its signature is not by the key inside it"));
        }
        let uri = single_uri(&parsed).map_err(|error| refused(error.to_string()))?;
        Ok(Self {
            subject: parsed.info.subject,
            public_key: parsed.info.public_key,
            uri: uri.ok_or_else(|| refused("it does not have exactly one subjectAltName URI"))?,
        })
    }
}

fn single_uri(request: &CertReq) -> der::Result<Option<String>> {
    use p256::pkcs8::AssociatedOid as _;
    let mut uris = Vec::new();
    for attribute in request.info.attributes.iter().filter(|attribute| attribute.oid == ExtensionReq::OID) {
        for value in attribute.values.iter() {
            for extension in ExtensionReq::from_der(&value.to_der()?)?.0 {
                if extension.extn_id == SubjectAltName::OID {
                    uris.extend(SubjectAltName::from_der(extension.extn_value.as_bytes())?.0);
                }
            }
        }
    }
    Ok(match uris.as_slice() {
        [GeneralName::UniformResourceIdentifier(uri)] => Some(uri.to_string()),
        _ => None,
    })
}

fn build(
    profile: impl x509_cert::builder::profile::BuilderProfile,
    mut serial: [u8; 16],
    validity: Validity,
    public_key: SubjectPublicKeyInfo,
    issuer_key: &SigningKey,
) -> Result<Certificate, SealError> {
    if validity.not_after <= validity.not_before {
        return Err(issue("the certificate would end before it begins"));
    }
    if serial == [0; 16] {
        return Err(issue("the serial number is not random"));
    }
    // Positive and of fixed length (RFC 5280, section 4.1.2.2): 126 random bits are left.
    serial[0] = (serial[0] & 0x7f) | 0x40;
    let validity = X509Validity::new(time(validity.not_before)?, time(validity.not_after)?);
    let serial = SerialNumber::new(&serial).map_err(issue)?;
    CertificateBuilder::new(profile, serial, validity, public_key)
        .and_then(|builder| builder.build::<_, DerSignature>(issuer_key))
        .map_err(issue)
}

fn name(subject: &str) -> Result<x509_cert::name::Name, SealError> {
    subject.parse().map_err(|error| issue(format!("{subject:?} is not an RFC 4514 name ({error})")))
}

fn public_key(key: &VerifyingKey) -> Result<SubjectPublicKeyInfo, SealError> {
    let der = key.to_public_key_der().map_err(issue)?;
    SubjectPublicKeyInfo::from_der(der.as_bytes()).map_err(issue)
}

/// `UTCTime` until 2049 and `GeneralizedTime` after (RFC 5280, section 4.1.2.5), whole seconds.
fn time(at: Timestamp) -> Result<Time, SealError> {
    let seconds = u64::try_from(at.as_second()).map_err(issue)?;
    let date = DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(issue)?;
    Ok(match UtcTime::from_date_time(date) {
        Ok(time) => Time::UtcTime(time),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_date_time(date)),
    })
}

fn ecdsa_with_sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands its error over")]
fn issue(reason: impl ToString) -> SealError {
    SealError::Issue { reason: reason.to_string() }
}

fn refused(reason: impl Into<String>) -> SealError {
    SealError::Request { reason: reason.into() }
}
