//! One certificate, and the chain that a signature carries in `x5c`.

use std::fmt;

use jiff::Timestamp;
use openssl::rsa::Rsa;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName};
use x509_cert::time::Time;

use crate::SealError;
use crate::certificate::ocsp::OCSP_SIGNING;
use crate::encoding::{base64url, from_pem, hex, pem, sha256};
use crate::time_stamp::asn1::TIME_STAMPING;

/// Longer chains are refused: a hostile file must not cost minutes.
const MOST_CERTIFICATES: usize = 8;
/// No certificate of a signer is nearly this large, in bytes.
const LARGEST_CERTIFICATE: usize = 64 * 1024;

/// A certificate chain as `x5c` has it (RFC 7515, section 4.1.6): the signer's own certificate first, then each
/// issuer; the anchor itself is usually left out.
#[derive(Clone, PartialEq, Eq)]
pub struct CertificateChain {
    certificates: Vec<Certificate>,
}

/// One certificate, read once.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: Vec<u8>,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    pub(crate) uris: Vec<String>,
    pub(crate) public_key_der: Vec<u8>,
    pub(crate) key: Key,
    /// `None` when the extension is missing.
    pub(crate) key_usage: Option<KeyUsage>,
    /// `extendedKeyUsage` allows time stamps or OCSP responses and nothing else: nobody signs records with it.
    pub(crate) for_evidence_alone: bool,
    pub(crate) authority: bool,
}

/// The kinds of key that a signature here may be made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    P256,
    P384,
    Ed25519,
    Rsa { modulus_octets: usize },
    Other,
}

impl CertificateChain {
    /// A chain from DER, the signer's own certificate first.
    ///
    /// # Errors
    /// [`SealError::Certificate`] when there is none, there are too many, or one cannot be read.
    pub fn from_ders(ders: Vec<Vec<u8>>) -> Result<Self, SealError> {
        if ders.is_empty() || ders.len() > MOST_CERTIFICATES {
            return Err(SealError::certificate(format!(
                "a chain has 1 to {MOST_CERTIFICATES} certificates, this one has {}",
                ders.len()
            )));
        }
        let certificates = ders.into_iter().map(Certificate::from_der).collect::<Result<_, _>>()?;
        Ok(Self { certificates })
    }

    /// A chain from concatenated PEM blocks, the signer's own certificate first.
    ///
    /// # Errors
    /// As [`CertificateChain::from_ders`].
    pub fn from_pem(text: &[u8]) -> Result<Self, SealError> {
        let ders = from_pem("CERTIFICATE", text)
            .ok_or_else(|| SealError::certificate("there is no readable CERTIFICATE block"))?;
        Self::from_ders(ders)
    }

    /// The signer's own certificate, DER.
    pub fn leaf_der(&self) -> &[u8] {
        &self.leaf().der
    }

    /// Every certificate as DER, the signer's own first.
    pub fn ders(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.certificates.iter().map(|certificate| certificate.der.as_slice())
    }

    /// The chain as concatenated PEM blocks.
    pub fn to_pem(&self) -> String {
        self.ders().map(|der| pem("CERTIFICATE", der)).collect()
    }

    /// SHA-256 of the signer's certificate in lower-case hexadecimal, as `urn:pki:thumbprint` has it.
    pub fn thumbprint_hex(&self) -> String {
        hex(sha256(self.leaf_der()))
    }

    /// SHA-256 of the signer's certificate in base64url: the header parameter `x5t#S256` (RFC 7515, section 4.1.8).
    pub fn x5t_s256(&self) -> String {
        base64url(sha256(self.leaf_der()))
    }

    /// When the signer's certificate begins to be valid.
    pub fn not_before(&self) -> Timestamp {
        self.leaf().not_before
    }

    /// When the signer's certificate stops being valid.
    pub fn not_after(&self) -> Timestamp {
        self.leaf().not_after
    }

    /// The URI in the signer's subjectAltName, which equals the Device's identifier; `None` unless there is exactly one.
    pub fn san_uri(&self) -> Option<&str> {
        match self.leaf().uris.as_slice() {
            [uri] => Some(uri),
            _ => None,
        }
    }

    /// The signer's subject, as RFC 4514 writes names.
    pub fn subject(&self) -> &str {
        &self.leaf().subject
    }

    /// The serial number of the signer's certificate, as the issuer's revocation list names it.
    pub fn serial(&self) -> &[u8] {
        &self.leaf().serial
    }

    /// The name of who issued the signer's certificate, as RFC 4514 writes names.
    pub fn issuer(&self) -> &str {
        &self.leaf().issuer
    }

    pub(crate) fn leaf(&self) -> &Certificate {
        // The constructors refuse an empty chain.
        &self.certificates[0]
    }

    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

impl fmt::Debug for CertificateChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateChain")
            .field("thumbprint", &self.thumbprint_hex())
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}

impl Certificate {
    pub(crate) fn from_der(der: Vec<u8>) -> Result<Self, SealError> {
        if der.len() > LARGEST_CERTIFICATE {
            return Err(SealError::certificate("it is larger than 64 KiB"));
        }
        // Reading to the end refuses a bare TBSCertificate, a truncated one, and anything that trails.
        let certificate = x509_cert::Certificate::from_der(&der)
            .map_err(|error| SealError::certificate(format!("it is not one X.509 certificate ({error})")))?;
        let tbs = certificate.tbs_certificate();
        let unreadable =
            |what: &'static str| move |_| SealError::certificate(format!("its {what} cannot be read"));
        let uris = tbs
            .get_extension::<SubjectAltName>()
            .map_err(unreadable("subjectAltName"))?
            .map(|(_, names)| {
                names.0.into_iter().filter_map(|name| match name {
                    GeneralName::UniformResourceIdentifier(uri) => Some(uri.to_string()),
                    _ => None,
                })
            })
            .into_iter()
            .flatten()
            .collect();
        let for_evidence = [TIME_STAMPING, OCSP_SIGNING];
        let for_evidence_alone = tbs
            .get_extension::<ExtendedKeyUsage>()
            .map_err(unreadable("extendedKeyUsage"))?
            .is_some_and(|(_, ExtendedKeyUsage(uses))| {
                !uses.is_empty() && uses.iter().all(|one| for_evidence.contains(one))
            });
        let key_usage =
            tbs.get_extension::<KeyUsage>().map_err(unreadable("keyUsage"))?.map(|(_, usage)| usage);
        let authority = tbs
            .get_extension::<BasicConstraints>()
            .map_err(unreadable("basicConstraints"))?
            .is_some_and(|(_, constraints)| constraints.ca);
        let public_key = tbs.subject_public_key_info();
        Ok(Self {
            subject: tbs.subject().to_string(),
            issuer: tbs.issuer().to_string(),
            serial: tbs.serial_number().as_bytes().to_vec(),
            not_before: timestamp(tbs.validity().not_before)?,
            not_after: timestamp(tbs.validity().not_after)?,
            uris,
            key: Key::of(public_key),
            public_key_der: public_key.to_der().map_err(SealError::certificate)?,
            key_usage,
            for_evidence_alone,
            authority,
            der,
        })
    }

    /// Whether `at` lies within the certificate's validity, both ends included (RFC 5280, section 4.1.2.5).
    pub(crate) fn is_valid_at(&self, at: Timestamp) -> bool {
        self.not_before <= at && at <= self.not_after
    }

    pub(crate) fn may_sign(&self) -> bool {
        self.key_usage.is_some_and(|usage| usage.digital_signature())
    }

    pub(crate) fn may_sign_crls(&self) -> bool {
        self.authority && self.key_usage.is_none_or(|usage| usage.crl_sign())
    }
}

impl Key {
    fn of(public_key: &x509_cert::SubjectPublicKeyInfo) -> Self {
        const EC: &str = "1.2.840.10045.2.1";
        const P256: &str = "1.2.840.10045.3.1.7";
        const P384: &str = "1.3.132.0.34";
        const ED25519: &str = "1.3.101.112";
        const RSA: &str = "1.2.840.113549.1.1.1";
        let algorithm = &public_key.algorithm;
        let curve = || {
            let parameters = algorithm.parameters.as_ref()?;
            parameters.decode_as::<x509_cert::der::asn1::ObjectIdentifier>().ok()
        };
        match algorithm.oid.to_string().as_str() {
            EC => match curve().map(|curve| curve.to_string()).as_deref() {
                Some(P256) => Self::P256,
                Some(P384) => Self::P384,
                _ => Self::Other,
            },
            ED25519 => Self::Ed25519,
            RSA => {
                let key = public_key.subject_public_key.as_bytes();
                key.and_then(|key| Rsa::public_key_from_der_pkcs1(key).ok())
                    .and_then(|key| usize::try_from(key.size()).ok())
                    .map_or(Self::Other, |modulus_octets| Self::Rsa { modulus_octets })
            }
            _ => Self::Other,
        }
    }
}

pub(crate) fn timestamp(time: Time) -> Result<Timestamp, SealError> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(SealError::certificate)?;
    Timestamp::from_second(seconds).map_err(SealError::certificate)
}
