//! The one place where a private key is asked for anything.

use crate::{CertificateChain, SignError};

/// Holds a P-256 key and its certificate chain; signs with ES256 (RFC 7518, section 3.4).
///
/// Implemented where private keys live, in `device` and `practice`. `sign` may block (a keystore, a prompt): call it off
/// the async runtime.
pub trait Signer: Send + Sync {
    /// The chain whose first certificate is for the signing key.
    fn chain(&self) -> &CertificateChain;

    /// Signs the SHA-256 of `signing_input` and returns the raw 64 bytes r‖s.
    ///
    /// # Errors
    /// [`SignError`] when the keystore or the key refuses.
    fn sign(&self, signing_input: &[u8]) -> Result<[u8; 64], SignError>;
}
