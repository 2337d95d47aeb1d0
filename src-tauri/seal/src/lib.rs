//! Signatures, certificates, Provenance, verification.
//!
//! Making: [`capture`] signs a completed response inside its own extension; [`persistence`] signs what the server
//! returned; [`provenance`] and [`certificate_document`] build the resources around it. Private keys stay behind the
//! [`Signer`] trait; ES256 is made by `p256`.
//!
//! [`gravitate`] makes documents that a ledger covers.
//!
//! Verifying: [`verify::verify_response`] and [`export::check`] give five verdicts (signature, identity, revocation,
//! time, linkage), each with a stable code and a reason for people. Signatures are verified by OpenSSL through josekit,
//! certification paths by OpenSSL, so what one implementation signed another verifies.
//!
//! The crate does no I/O and reads no clock: times, serial numbers and keys are arguments.

mod attached;
pub mod canonical;
mod capture;
mod certificate;
mod encoding;
mod error;
pub mod export;
pub mod gravitate;
pub mod iehr;
#[cfg(feature = "issue")]
pub mod issue;
pub mod jades;
mod jws;
mod party;
mod payload;
mod persistence;
pub mod profile;
#[cfg(feature = "testing")]
pub mod readers;
mod signature;
mod signer;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time_stamp;
mod tolerance;
pub mod verify;
pub mod xades;

pub use attached::{Attached, attach, detach};
pub use capture::{Statement, capture, capture_as, capture_cdex};
pub use certificate::{
    Anchors, CertificateChain, CertificateRequest, Crl, OcspError, OcspResponse, check_issued, csr, ocsp,
};
pub use error::{SealError, SignError};
pub use party::Party;
pub use payload::{SIGNATURE_EXTENSION, number_text_s256};
pub use persistence::{Activity, TakenOver, Terms, persistence, persistence_as};
pub use profile::{captured_by, certificate_document, provenance};
pub use signature::SigFormat;
pub use signer::Signer;
pub use tolerance::{Tolerance, undo};

/// A date and time with its offset, as FHIR's `dateTime` and `instant` have it.
fn rfc3339(text: &str) -> Option<jiff::Timestamp> {
    // jiff also reads a space instead of the T, a lower-case t, and a time zone in brackets.
    let bytes = text.as_bytes();
    let exact = bytes.get(10) == Some(&b'T') && !text.ends_with([']', 'z']);
    exact.then(|| text.parse().ok()).flatten()
}
