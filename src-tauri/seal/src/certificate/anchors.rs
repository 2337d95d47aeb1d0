//! What is trusted: configured, never taken from the file that is verified.

use std::fmt;

use crate::SealError;
use crate::certificate::Certificate;
use crate::encoding::from_pem;

/// The configured trust anchors: certificates of authorities that the person verifying has decided to trust.
#[derive(Clone)]
pub struct Anchors {
    certificates: Vec<Certificate>,
}

impl Anchors {
    /// Anchors from concatenated PEM blocks.
    ///
    /// # Errors
    /// [`SealError::Anchors`] when there is none, one cannot be read, or one is not an authority's (RFC 5280, section
    /// 4.2.1.9).
    pub fn from_pem(text: &[u8]) -> Result<Self, SealError> {
        let ders = from_pem("CERTIFICATE", text).ok_or_else(|| SealError::Anchors {
            reason: "there is no readable CERTIFICATE block".to_owned(),
        })?;
        let certificates: Vec<Certificate> = ders
            .into_iter()
            .map(Certificate::from_der)
            .collect::<Result<_, _>>()
            .map_err(|error| SealError::Anchors { reason: error.to_string() })?;
        if let Some(other) = certificates.iter().find(|certificate| !certificate.authority) {
            // Trusting the signer's own certificate would prove nothing: it may have come from the file itself.
            let reason =
                format!("{} is not the certificate of an authority (basicConstraints)", other.subject);
            return Err(SealError::Anchors { reason });
        }
        Ok(Self { certificates })
    }

    /// How many anchors there are: at least one.
    pub fn count(&self) -> usize {
        self.certificates.len()
    }

    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

impl fmt::Debug for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anchors({})", self.certificates.len())
    }
}
