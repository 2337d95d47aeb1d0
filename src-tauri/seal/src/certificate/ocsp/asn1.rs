//! The structures of RFC 6960, sections 4.1.1 and 4.2.1.
#![allow(clippy::unnested_or_patterns, reason = "derived by `Choice`")]

use openssl::sha;
use x509_cert::der::asn1::{Any, BitString, GeneralizedTime, Null, ObjectIdentifier, OctetString};
use x509_cert::der::{self, Choice, Decode as _, Encode as _, Enumerated, Sequence};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::CrlReason;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// `id-pkix-ocsp-basic`: the one kind of response that there is.
pub(crate) const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// `id-pkix-ocsp-nonce` (RFC 8954).
pub(crate) const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const SHA_1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct OcspRequest {
    pub(crate) tbs_request: TbsRequest,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) optional_signature: Option<Any>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct TbsRequest {
    #[asn1(context_specific = "0", default = "Default::default", tag_mode = "EXPLICIT")]
    pub(crate) version: Version,
    #[asn1(context_specific = "1", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) requestor_name: Option<Any>,
    pub(crate) request_list: Vec<Request>,
    #[asn1(context_specific = "2", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) request_extensions: Option<Extensions>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct Request {
    pub(crate) req_cert: CertId,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) single_request_extensions: Option<Extensions>,
}

/// Which certificate is meant.
#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct CertId {
    pub(crate) hash_algorithm: AlgorithmIdentifierOwned,
    pub(crate) issuer_name_hash: OctetString,
    pub(crate) issuer_key_hash: OctetString,
    pub(crate) serial_number: SerialNumber,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Enumerated)]
#[asn1(type = "INTEGER")]
#[repr(u8)]
pub(crate) enum Version {
    #[default]
    V1 = 0,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct Response {
    pub(crate) response_status: ResponseStatus,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) response_bytes: Option<ResponseBytes>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enumerated)]
#[repr(u8)]
pub(crate) enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct ResponseBytes {
    pub(crate) response_type: ObjectIdentifier,
    pub(crate) response: OctetString,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct BasicResponse {
    /// [`ResponseData`], kept as it came: that is what is signed.
    pub(crate) tbs_response_data: Any,
    pub(crate) signature_algorithm: AlgorithmIdentifierOwned,
    pub(crate) signature: BitString,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) certs: Option<Vec<Any>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct ResponseData {
    #[asn1(context_specific = "0", default = "Default::default", tag_mode = "EXPLICIT")]
    pub(crate) version: Version,
    pub(crate) responder_id: ResponderId,
    pub(crate) produced_at: GeneralizedTime,
    pub(crate) responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) response_extensions: Option<Extensions>,
}

#[derive(Debug, Clone, PartialEq, Eq, Choice)]
pub(crate) enum ResponderId {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(Name),
    /// SHA-1 of the responder's public key.
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

#[derive(Debug, Clone, PartialEq, Eq, Sequence)]
pub(crate) struct SingleResponse {
    pub(crate) cert_id: CertId,
    pub(crate) cert_status: CertStatus,
    pub(crate) this_update: GeneralizedTime,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) single_extensions: Option<Extensions>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub(crate) enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Sequence)]
pub(crate) struct RevokedInfo {
    pub(crate) revocation_time: GeneralizedTime,
    #[asn1(context_specific = "0", optional = "true", tag_mode = "EXPLICIT")]
    pub(crate) revocation_reason: Option<CrlReason>,
}

impl CertId {
    /// How responders expect a certificate to be named: by SHA-1 (RFC 5019, section 2.1.1). The hash only says which
    /// issuer is meant; nothing is believed for its sake.
    pub(crate) fn new(
        subject: &x509_cert::Certificate,
        issuer: &x509_cert::Certificate,
    ) -> der::Result<Self> {
        let (name, key) = hashed(issuer)?;
        Ok(Self {
            hash_algorithm: AlgorithmIdentifierOwned { oid: SHA_1, parameters: Some(Any::null()) },
            issuer_name_hash: OctetString::new(sha::sha1(&name))?,
            issuer_key_hash: OctetString::new(sha::sha1(&key))?,
            serial_number: subject.tbs_certificate().serial_number().clone(),
        })
    }

    /// Whether this names `subject`, which `issuer` issued; by SHA-1 or SHA-256.
    pub(crate) fn names(&self, subject: &x509_cert::Certificate, issuer: &x509_cert::Certificate) -> bool {
        self.serial_number == *subject.tbs_certificate().serial_number() && self.is_of(issuer)
    }

    /// Whether this names a certificate of `issuer`.
    pub(crate) fn is_of(&self, issuer: &x509_cert::Certificate) -> bool {
        let Ok((name, key)) = hashed(issuer) else { return false };
        let is = |name: &[u8], key: &[u8]| {
            self.issuer_name_hash.as_bytes() == name && self.issuer_key_hash.as_bytes() == key
        };
        match self.hash_algorithm.oid {
            SHA_1 => is(&sha::sha1(&name), &sha::sha1(&key)),
            SHA_256 => is(&sha::sha256(&name), &sha::sha256(&key)),
            _ => false,
        }
    }
}

impl ResponderId {
    /// Whether `certificate` is the responder's.
    pub(crate) fn is(&self, certificate: &x509_cert::Certificate) -> bool {
        match self {
            Self::ByName(name) => name == certificate.tbs_certificate().subject(),
            Self::ByKey(hash) => hashed(certificate).is_ok_and(|(_, key)| sha::sha1(&key) == hash.as_bytes()),
        }
    }
}

/// What `CertID` and `ResponderID` hash: a certificate's subject, and its public key without tag and length.
fn hashed(certificate: &x509_cert::Certificate) -> der::Result<(Vec<u8>, Vec<u8>)> {
    let tbs = certificate.tbs_certificate();
    let key = tbs.subject_public_key_info().subject_public_key.raw_bytes().to_vec();
    Ok((tbs.subject().to_der()?, key))
}

/// The nonce among extensions; `Err` when it cannot be read.
pub(crate) fn nonce(extensions: Option<&Extensions>) -> der::Result<Option<Vec<u8>>> {
    let found = extensions.into_iter().flatten().find(|extension| extension.extn_id == NONCE);
    found
        .map(|extension| Ok(OctetString::from_der(extension.extn_value.as_bytes())?.as_bytes().to_vec()))
        .transpose()
}
