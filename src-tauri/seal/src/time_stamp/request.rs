//! Asking an authority, and reading what it answers.

use std::fmt;

use der::asn1::{Int, OctetString};
use der::{Decode as _, Encode as _};
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::SealError;
use crate::time_stamp::asn1::{MessageImprint, SHA256, StatusInfo, TimeStampReq, TimeStampResp};
use crate::time_stamp::{MOST_BYTES, TimeStampToken};

/// More of an authority's own words is not repeated, in characters.
const MOST_WORDS: usize = 200;

/// A request for a time stamp over a SHA-256 (RFC 3161, section 2.4.1), and what is needed to hold the answer against it.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeStampRequest {
    imprint: [u8; 32],
    nonce: Int,
    der: Vec<u8>,
}

impl TimeStampRequest {
    /// The content type of a request over HTTP (RFC 3161, section 3.4).
    pub const CONTENT_TYPE: &str = "application/timestamp-query";
    /// The content type of an answer over HTTP.
    pub const ANSWER_CONTENT_TYPE: &str = "application/timestamp-reply";

    /// Asks for a stamp over `imprint`, with the authority's certificate in the token. `nonce` is random: it keeps an
    /// old answer from passing for a new one.
    ///
    /// # Errors
    /// [`SealError::TimeStamp`] when it cannot be written.
    pub fn new(imprint: [u8; 32], mut nonce: [u8; 8]) -> Result<Self, SealError> {
        // Positive and of fixed length: 62 random bits are left.
        nonce[0] = (nonce[0] & 0x7f) | 0x40;
        let unwritable = |error: der::Error| refused(format!("the request cannot be written ({error})"));
        let nonce = Int::new(&nonce).map_err(unwritable)?;
        let request = TimeStampReq {
            version: 1,
            message_imprint: MessageImprint {
                hash_algorithm: AlgorithmIdentifierOwned { oid: SHA256, parameters: None },
                hashed_message: OctetString::new(imprint).map_err(unwritable)?,
            },
            policy: None,
            nonce: Some(nonce.clone()),
            certificates: true,
            extensions: None,
        };
        let der = request.to_der().map_err(unwritable)?;
        Ok(Self { imprint, nonce, der })
    }

    /// The request as DER: what is sent.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Reads the authority's answer: granted, for this imprint, with this nonce, signed by the certificate inside it.
    /// Whether that certificate leads to a configured anchor is asked when the token is verified.
    ///
    /// # Errors
    /// [`SealError::TimeStamp`] with the authority's refusal, or with what is wrong with its answer.
    pub fn read_answer(&self, answer: &[u8]) -> Result<TimeStampToken, SealError> {
        if answer.len() > MOST_BYTES {
            return Err(refused(format!("the answer has more than {MOST_BYTES} bytes")));
        }
        let response = TimeStampResp::from_der(answer)
            .map_err(|error| refused(format!("the answer is not a TimeStampResp ({error})")))?;
        // 0: granted; 1: granted with modifications, which the comparison below allows or not.
        if response.status.status > 1 {
            return Err(refused(response.status.words()));
        }
        let token =
            response.token.ok_or_else(|| refused("the authority grants a time stamp and sends none"))?;
        let der = token.to_der().map_err(|error| refused(error.to_string()))?;
        let token = TimeStampToken::from_der(&der)?;
        if !token.has_imprint(&self.imprint) {
            return Err(refused("the time stamp is for something else than what was sent"));
        }
        if token.nonce() != Some(&self.nonce) {
            return Err(refused("the time stamp is the answer to another request (its nonce is another)"));
        }
        Ok(token)
    }
}

impl fmt::Debug for TimeStampRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeStampRequest").finish_non_exhaustive()
    }
}

impl StatusInfo {
    /// Why the authority refuses: `PKIStatus`, `PKIFailureInfo` (RFC 3161, section 2.4.2) and its own words.
    fn words(&self) -> String {
        const FAILURES: [(usize, &str); 8] = [
            (0, "it does not accept the hash algorithm (badAlg)"),
            (2, "it does not allow or understand the request (badRequest)"),
            (5, "it could not read the request (badDataFormat)"),
            (14, "its clock is not available (timeNotAvailable)"),
            (15, "it does not have the policy (unacceptedPolicy)"),
            (16, "it does not have the extension (unacceptedExtension)"),
            (17, "it does not have what was asked for beside the stamp (addInfoNotAvailable)"),
            (25, "it failed (systemFailure)"),
        ];
        let status = match self.status {
            2 => "rejected".to_owned(),
            3 => "waiting".to_owned(),
            4 => "revocationWarning".to_owned(),
            5 => "revocationNotification".to_owned(),
            other => other.to_string(),
        };
        let mut words = format!("the authority grants none (status {status})");
        let bits = self.failure.as_ref().map(der::asn1::BitString::raw_bytes).unwrap_or_default();
        for (bit, reason) in FAILURES {
            if bits.get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0) {
                words.push_str(": ");
                words.push_str(reason);
            }
        }
        let own: String = self.text.iter().flatten().map(String::as_str).collect::<Vec<_>>().join("; ");
        if !own.is_empty() {
            let own: String = own.chars().filter(|one| !one.is_control()).take(MOST_WORDS).collect();
            words = format!("{words}; it says {own:?}");
        }
        words
    }
}

pub(super) fn refused(reason: impl Into<String>) -> SealError {
    SealError::TimeStamp { reason: reason.into() }
}
