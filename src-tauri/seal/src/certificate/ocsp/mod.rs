//! The Online Certificate Status Protocol (RFC 6960; RFC 5019 for what is asked). Like a revocation list, a response
//! proves itself: the issuer signed it, or a responder that the issuer authorized, so it may travel with the record that
//! it speaks about.

pub(crate) mod asn1;
mod error;
mod responder;

use std::fmt;

use jiff::Timestamp;
use x509_cert::der::asn1::{GeneralizedTime, OctetString};
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::CrlReason;
use x509_cert::ext::{Extension, Extensions};
use x509_cert::time::Time;

use crate::certificate::Crl;
use crate::certificate::chain::timestamp;
use crate::certificate::crl::unsafe_since;
use crate::verify::time::later;
use asn1::{
    BASIC, BasicResponse, CertId, CertStatus, NONCE, OcspRequest, Request, Response, ResponseData,
    ResponseStatus, SingleResponse, TbsRequest, Version, nonce,
};

pub use error::OcspError;
#[cfg(feature = "issue")]
pub(crate) use responder::NO_CHECK;
pub(crate) use responder::OCSP_SIGNING;

/// With a few certificates inside, a response has some kilobytes.
const LARGEST_RESPONSE: usize = 128 * 1024;
/// A response answers one question here; some responders answer a few at once.
const MOST_ANSWERS: usize = 64;
/// RFC 8954, section 2.1.
const LONGEST_NONCE: usize = 32;

/// Asks for the status of `subject`, which `issuer` issued (both DER). The request is unsigned, names the certificate by
/// SHA-1 as RFC 5019 demands, and carries `nonce` (1 to 32 random bytes) where one is given.
///
/// # Errors
/// [`OcspError::Certificate`] when a certificate cannot be read or the nonce has a length that RFC 8954 forbids.
pub fn request(subject: &[u8], issuer: &[u8], nonce: Option<&[u8]>) -> Result<Vec<u8>, OcspError> {
    let (subject, issuer) = (certificate(subject)?, certificate(issuer)?);
    if nonce.is_some_and(|nonce| nonce.is_empty() || nonce.len() > LONGEST_NONCE) {
        return Err(OcspError::Certificate {
            reason: format!("a nonce has 1 to {LONGEST_NONCE} bytes (RFC 8954)"),
        });
    }
    let encode = || {
        let request = Request { req_cert: CertId::new(&subject, &issuer)?, single_request_extensions: None };
        let tbs_request = TbsRequest {
            version: Version::V1,
            requestor_name: None,
            request_list: vec![request],
            request_extensions: nonce.map(nonce_extension).transpose()?,
        };
        OcspRequest { tbs_request, optional_signature: None }.to_der()
    };
    encode().map_err(|error| OcspError::Certificate { reason: error.to_string() })
}

/// The extensions of a request or response that carry a nonce.
pub(crate) fn nonce_extension(nonce: &[u8]) -> x509_cert::der::Result<Extensions> {
    let value = OctetString::new(OctetString::new(nonce)?.to_der()?)?;
    Ok(vec![Extension { extn_id: NONCE, critical: false, extn_value: value }])
}

/// An OCSP response, read but not yet believed: checking it verifies its signature, its responder and its dates.
#[derive(Clone, PartialEq, Eq)]
pub struct OcspResponse {
    der: Vec<u8>,
    basic: BasicResponse,
    data: ResponseData,
    produced_at: Timestamp,
    answers: Vec<Answer>,
    nonce: Option<Vec<u8>>,
}

/// What a response says about one certificate.
#[derive(Clone, PartialEq, Eq)]
struct Answer {
    id: CertId,
    status: Status,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
}

/// What a responder says about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is not revoked.
    Good,
    /// It is revoked, or held for the time being.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// Why, as RFC 5280 (section 5.3.1) names the reasons.
        reason: Option<&'static str>,
    },
    /// The responder does not know it.
    Unknown,
}

/// A status with the time at which it was known to be correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) status: Status,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Option<Timestamp>,
}

/// What was asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The certificate, DER.
    pub subject: &'a [u8],
    /// The certificate of who issued it, DER, which the caller trusts.
    pub issuer: &'a [u8],
    /// The nonce of the request. A response that repeats none passes (RFC 5019, section 4: it may have been made
    /// beforehand), one with another does not.
    pub nonce: Option<&'a [u8]>,
    /// The time at which the answer must be current.
    pub at: Timestamp,
    /// The issuer's revocation lists, to check a responder that has no `id-pkix-ocsp-nocheck`.
    pub lists: &'a [Crl],
}

impl OcspResponse {
    /// Reads one response, DER, of at most 128 KiB.
    ///
    /// # Errors
    /// [`OcspError::Unreadable`], or [`OcspError::Unsuccessful`] when the responder did not answer.
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > LARGEST_RESPONSE {
            return Err(unreadable("it is larger than 128 KiB"));
        }
        let response = Response::from_der(der)
            .map_err(|error| unreadable(format!("it is not one OCSP response ({error})")))?;
        if response.response_status != ResponseStatus::Successful {
            return Err(OcspError::Unsuccessful { status: response.response_status.name() });
        }
        let bytes = response.response_bytes.ok_or_else(|| unreadable("it is empty"))?;
        if bytes.response_type != BASIC {
            return Err(unreadable(format!("its type {} is not id-pkix-ocsp-basic", bytes.response_type)));
        }
        let basic = BasicResponse::from_der(bytes.response.as_bytes()).map_err(unreadable)?;
        let data: ResponseData = basic.tbs_response_data.decode_as().map_err(unreadable)?;
        if data.responses.is_empty() || data.responses.len() > MOST_ANSWERS {
            return Err(unreadable(format!("it has {} answers instead of one", data.responses.len())));
        }
        let of_answers = data.responses.iter().flat_map(|answer| answer.single_extensions.iter().flatten());
        let mut extensions = data.response_extensions.iter().flatten().chain(of_answers);
        if let Some(unknown) = extensions.find(|extension| extension.critical && extension.extn_id != NONCE) {
            return Err(unreadable(format!("its critical extension {} is not known here", unknown.extn_id)));
        }
        let answers = data.responses.iter().map(Answer::read).collect::<Result<_, _>>()?;
        Ok(Self {
            der: der.to_vec(),
            produced_at: time(data.produced_at)?,
            nonce: nonce(data.response_extensions.as_ref()).map_err(unreadable)?,
            answers,
            basic,
            data,
        })
    }

    /// The response as DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// When the responder signed it.
    pub fn produced_at(&self) -> Timestamp {
        self.produced_at
    }

    /// Until when its answers count; `None` when an answer does not say.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.answers.iter().map(|answer| answer.next_update).min().flatten()
    }

    /// What the response says in answer to `question`.
    ///
    /// # Errors
    /// [`OcspError`] when it says nothing that can be believed: about another certificate, not by an authorized
    /// responder, altered, for another request, or not current.
    pub fn check(&self, question: &Question<'_>) -> Result<Status, OcspError> {
        let Question { subject, issuer, nonce, at, lists } = *question;
        let known = self.about(subject, issuer, lists)?;
        if nonce.is_some() && self.nonce.is_some() && nonce != self.nonce.as_deref() {
            return Err(OcspError::Nonce);
        }
        let this_update = known.this_update;
        let latest = later(at);
        if this_update > latest || self.produced_at > latest {
            return Err(OcspError::NotYet { this_update: this_update.max(self.produced_at) });
        }
        // Without nextUpdate newer information is available at any time, so the answer is for its own moment.
        let until = known.next_update.unwrap_or(this_update);
        if later(until) < at {
            return Err(OcspError::Stale { this_update });
        }
        Ok(known.status)
    }

    /// What the response says about `subject`, whenever that was: the certificates match, an authorized responder signed.
    pub(crate) fn about(&self, subject: &[u8], issuer: &[u8], lists: &[Crl]) -> Result<Known, OcspError> {
        let (subject, issuer_read) = (certificate(subject)?, certificate(issuer)?);
        let answer = self
            .answers
            .iter()
            .filter(|answer| answer.id.names(&subject, &issuer_read))
            // Of two answers about the same certificate the worse one counts.
            .max_by_key(|answer| answer.status.badness())
            .ok_or(OcspError::OtherCertificate)?;
        self.verify(issuer, lists)?;
        Ok(Known { status: answer.status, this_update: answer.this_update, next_update: answer.next_update })
    }
}

impl Answer {
    fn read(response: &SingleResponse) -> Result<Self, OcspError> {
        let status = match response.cert_status {
            CertStatus::Good(_) => Status::Good,
            CertStatus::Unknown(_) => Status::Unknown,
            CertStatus::Revoked(info) => Status::Revoked {
                at: unsafe_since(
                    Time::GeneralTime(info.revocation_time),
                    response.single_extensions.as_ref(),
                )
                .map_err(unreadable)?,
                reason: info.revocation_reason.map(reason_name),
            },
        };
        let this_update = time(response.this_update)?;
        let next_update = response.next_update.map(time).transpose()?;
        if next_update.is_some_and(|next| next < this_update) {
            return Err(unreadable("its next update is due before it was made"));
        }
        Ok(Self { id: response.cert_id.clone(), status, this_update, next_update })
    }
}

impl Status {
    fn badness(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Unknown => 1,
            Self::Revoked { .. } => 2,
        }
    }
}

impl ResponseStatus {
    fn name(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        }
    }
}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OcspResponse")
            .field("produced_at", &self.produced_at)
            .field("answers", &self.answers.len())
            .finish_non_exhaustive()
    }
}

fn certificate(der: &[u8]) -> Result<x509_cert::Certificate, OcspError> {
    x509_cert::Certificate::from_der(der).map_err(|error| OcspError::Certificate {
        reason: format!("it is not one X.509 certificate ({error})"),
    })
}

fn time(time: GeneralizedTime) -> Result<Timestamp, OcspError> {
    timestamp(Time::GeneralTime(time)).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands its error over")]
fn unreadable(reason: impl ToString) -> OcspError {
    OcspError::Unreadable { reason: reason.to_string() }
}

fn reason_name(reason: CrlReason) -> &'static str {
    match reason {
        CrlReason::Unspecified => "unspecified",
        CrlReason::KeyCompromise => "keyCompromise",
        CrlReason::CaCompromise => "cACompromise",
        CrlReason::AffiliationChanged => "affiliationChanged",
        CrlReason::Superseded => "superseded",
        CrlReason::CessationOfOperation => "cessationOfOperation",
        CrlReason::CertificateHold => "certificateHold",
        CrlReason::RemoveFromCRL => "removeFromCRL",
        CrlReason::PrivilegeWithdrawn => "privilegeWithdrawn",
        CrlReason::AaCompromise => "aACompromise",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use x509_cert::der::DateTime;
    use x509_cert::der::asn1::{ObjectIdentifier, OctetString};
    use x509_cert::serial_number::SerialNumber;
    use x509_cert::spki::AlgorithmIdentifierOwned;

    use super::asn1::RevokedInfo;
    use super::*;

    /// Revoked in this second, the key unsafe since another.
    fn revoked(revoked: u64, unsafe_since: u64) -> Status {
        let at = |seconds| {
            GeneralizedTime::from_date_time(
                DateTime::from_unix_duration(Duration::from_secs(seconds)).unwrap(),
            )
        };
        let hash = OctetString::new([0; 20]).unwrap();
        let info = RevokedInfo { revocation_time: at(revoked), revocation_reason: None };
        let invalidity_date = Extension {
            extn_id: ObjectIdentifier::new_unwrap("2.5.29.24"),
            critical: false,
            extn_value: OctetString::new(at(unsafe_since).to_der().unwrap()).unwrap(),
        };
        let response = SingleResponse {
            cert_id: CertId {
                hash_algorithm: AlgorithmIdentifierOwned { oid: BASIC, parameters: None },
                issuer_name_hash: hash.clone(),
                issuer_key_hash: hash,
                serial_number: SerialNumber::new(&[1]).unwrap(),
            },
            cert_status: CertStatus::Revoked(info),
            this_update: at(5000),
            next_update: None,
            single_extensions: Some(vec![invalidity_date]),
        };
        Answer::read(&response).unwrap().status
    }

    #[test]
    fn a_key_that_was_unsafe_before_it_was_revoked_counts_from_then() {
        let since = |seconds| Status::Revoked { at: Timestamp::from_second(seconds).unwrap(), reason: None };
        assert_eq!(revoked(4000, 3000), since(3000));
        assert_eq!(revoked(4000, 4500), since(4000));
    }
}
