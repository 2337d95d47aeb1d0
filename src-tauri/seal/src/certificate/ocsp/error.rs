//! Why an answer of a responder is not believed.

use jiff::Timestamp;

/// Why an OCSP response (RFC 6960) says nothing about the certificate that was asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OcspError {
    /// A certificate that the question is about cannot be read.
    #[error("the certificate to ask about cannot be used: {reason}")]
    Certificate {
        /// What is wrong with it.
        reason: String,
    },

    /// Bytes that are not an OCSP response.
    #[error("the OCSP response cannot be used: {reason}; ask the responder again")]
    Unreadable {
        /// What is wrong with it.
        reason: String,
    },

    /// The responder did not answer the question.
    #[error(
        "the OCSP responder gave no answer ({status}); ask again later, or ask the certificate authority why"
    )]
    Unsuccessful {
        /// Its status, as RFC 6960 names it.
        status: &'static str,
    },

    /// The response speaks about other certificates.
    #[error("the OCSP response is not about the certificate that was asked about; ask the responder again")]
    OtherCertificate,

    /// Neither the issuer nor a responder that it authorized made the response.
    #[error("the OCSP response is not by a responder that the certificate's issuer authorized: {reason}")]
    Responder {
        /// What is wrong with the responder.
        reason: String,
    },

    /// The signature does not fit.
    #[error("the signature of the OCSP response does not verify; it was altered, so ask the responder again")]
    Signature,

    /// The response answers another question, perhaps an old one.
    #[error("the OCSP response does not repeat the nonce of the request; it may be an old one, so ask again")]
    Nonce,

    /// The response is from after the time that is asked about.
    #[error("the OCSP response is of {this_update}, which is in the future; check the clocks")]
    NotYet {
        /// When its answer was correct.
        this_update: Timestamp,
    },

    /// The response has run out.
    #[error("the OCSP response of {this_update} is too old; ask the responder again")]
    Stale {
        /// When its answer was correct.
        this_update: Timestamp,
    },
}

impl OcspError {
    /// A code that stays the same across versions and languages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Certificate { .. } => "certificate-unreadable",
            Self::Unreadable { .. } => "ocsp-unreadable",
            Self::Unsuccessful { .. } => "ocsp-no-answer",
            Self::OtherCertificate => "ocsp-other-certificate",
            Self::Responder { .. } => "ocsp-responder",
            Self::Signature => "ocsp-signature",
            Self::Nonce => "ocsp-nonce",
            Self::NotYet { .. } => "ocsp-not-yet",
            Self::Stale { .. } => "ocsp-stale",
        }
    }
}
