//! What can go wrong while sealing, enrolling or reading trust material. What a *verification* finds is never an
//! error: it is a verdict in a [`crate::verify::Report`].

use crate::gravitate::AnchorError;

/// The signing key could not sign. Carries no key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sealing key did not sign: {reason}; unlock the operating system's keystore and try again")]
pub struct SignError {
    /// What the keystore or the key said, without key material.
    pub reason: String,
}

impl SignError {
    /// A refusal with the keystore's own words.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

/// Why something could not be sealed, enrolled or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The signing key refused.
    #[error(transparent)]
    Sign(#[from] SignError),

    /// Bytes that are not one certificate (RFC 5280) or a usable chain of them.
    #[error(
        "the certificate cannot be used: {reason}; ask the study's certificate authority for the whole chain"
    )]
    Certificate {
        /// What is wrong with it.
        reason: String,
    },

    /// The configured trust anchors cannot be read.
    #[error(
        "the trust anchors cannot be used: {reason}; give a PEM file with the certificate authority's certificate"
    )]
    Anchors {
        /// What is wrong with them.
        reason: String,
    },

    /// Bytes that are not a certificate revocation list (RFC 5280, section 5).
    #[error(
        "the certificate revocation list cannot be used: {reason}; fetch it again from the certificate authority"
    )]
    Crl {
        /// What is wrong with it.
        reason: String,
    },

    /// A time stamp (RFC 3161) that was refused, is not for what was sent, or cannot be used.
    #[error("there is no usable time stamp: {reason}; try again, or ask another time stamp authority")]
    TimeStamp {
        /// What the authority says, or what is wrong with its answer.
        reason: String,
    },

    /// Evidence (ETSI TS 119 182-1, section 5.3) cannot be added to a signature, or cannot be read.
    #[error("the evidence cannot be used: {reason}")]
    Evidence {
        /// What is missing, comes in the wrong order or does not fit.
        reason: String,
    },

    /// A certificate request (PKCS#10) cannot be made, or is refused by the authority.
    #[error("the certificate request cannot be used: {reason}; make a new request on the device")]
    Request {
        /// What is wrong with it.
        reason: String,
    },

    /// The certificate that an authority issued is not the one that was asked for.
    #[error(
        "the issued certificate is refused: {reason}; do not use it, and ask the certificate authority to issue again"
    )]
    Enrolment {
        /// Stable, for messages in other languages: `other-key`, `untrusted`, `key-usage`, `other-device`, `validity`,
        /// `authority`, `weak-algorithm`.
        code: &'static str,
        /// What is wrong with it.
        reason: String,
    },

    /// An authority could not issue.
    #[error("nothing was issued: {reason}; check the authority's key, certificate and dates")]
    Issue {
        /// What went wrong.
        reason: String,
    },

    /// A resource lacks what must be covered by its signature, or holds what must not be in it.
    #[error("{element} {reason}; the response is not signed until this is put right")]
    Incomplete {
        /// The element as a FHIRPath.
        element: String,
        /// What is missing or wrong there.
        reason: String,
    },

    /// The resource has a number that RFC 8785 cannot write.
    #[error(transparent)]
    Canonical(#[from] fhir::canonical::JcsError),

    /// A Bundle that cannot be signed for transmission or read.
    #[error("the Bundle cannot be used: {reason}")]
    Bundle {
        /// What is wrong with it.
        reason: String,
    },

    /// A ledger did not keep what it was to keep.
    #[error(transparent)]
    Anchor(#[from] AnchorError),

    /// A file of a record cannot be packed.
    #[error("the record cannot be packed: {reason}; leave the file out or rename it")]
    Record {
        /// Which file, and what is wrong with it.
        reason: String,
    },
}

impl SealError {
    #[expect(clippy::needless_pass_by_value, reason = "map_err hands its error over")]
    pub(crate) fn certificate(reason: impl ToString) -> Self {
        Self::Certificate { reason: reason.to_string() }
    }

    pub(crate) fn bundle(reason: impl Into<String>) -> Self {
        Self::Bundle { reason: reason.into() }
    }

    pub(crate) fn incomplete(element: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Incomplete { element: element.into(), reason: reason.into() }
    }

    /// A code that stays the same across versions and languages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sign(_) => "sign-refused",
            Self::Certificate { .. } => "certificate-unreadable",
            Self::Anchors { .. } => "anchors-unreadable",
            Self::Crl { .. } => "crl-unreadable",
            Self::TimeStamp { .. } => "time-stamp-refused",
            Self::Evidence { .. } => "evidence-refused",
            Self::Request { .. } => "request-refused",
            Self::Enrolment { code, .. } => code,
            Self::Issue { .. } => "issue-failed",
            Self::Incomplete { .. } => "response-incomplete",
            Self::Canonical(_) => "number-out-of-range",
            Self::Bundle { .. } => "bundle-unusable",
            Self::Anchor(AnchorError::Missing) => "ledger-missing",
            Self::Anchor(AnchorError::Unavailable(_)) => "ledger-unavailable",
            Self::Anchor(AnchorError::Refused(_)) => "ledger-refused",
            Self::Record { .. } => "record-unusable",
        }
    }
}
