//! Signatures, certificates, Provenance, verification.

mod capture;
mod certificate;
mod encoding;
mod error;
pub mod export;
#[cfg(feature = "issue")]
pub mod issue;
mod jws;
mod party;
mod payload;
mod persistence;
mod profile;
mod signature;
mod signer;
#[cfg(feature = "testing")]
pub mod testing;
pub mod verify;

pub use capture::{Statement, capture};
pub use certificate::{Anchors, CertificateChain, CertificateRequest, Crl, check_issued, csr};
pub use error::{SealError, SignError};
pub use party::Party;
pub use payload::SIGNATURE_EXTENSION;
pub use persistence::{Activity, persistence};
pub use profile::{certificate_document, provenance};
pub use signer::Signer;

/// A date and time with its offset, as FHIR's `dateTime` and `instant` have it.
fn rfc3339(text: &str) -> Option<jiff::Timestamp> {
    // jiff also reads a space instead of the T, a lower-case t, and a time zone in brackets.
    let bytes = text.as_bytes();
    let exact = bytes.get(10) == Some(&b'T') && !text.ends_with([']', 'z']);
    exact.then(|| text.parse().ok()).flatten()
}
