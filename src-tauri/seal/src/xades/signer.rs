//! Who may make an XML signature.

use crate::certificate::Key;
use crate::{CertificateChain, SignError, Signer};

/// The signature algorithms that are made (RFC 6931, sections 2.3.6 and 2.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XmlAlgorithm {
    /// ECDSA on P-256 with SHA-256; the signature is raw r‖s.
    EcdsaSha256,
    /// RSA PKCS #1 v1.5 with SHA-256.
    RsaSha256,
}

impl XmlAlgorithm {
    /// The URI in `SignatureMethod`.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        }
    }

    pub(super) fn fits(self, key: Key) -> bool {
        matches!((self, key), (Self::EcdsaSha256, Key::P256) | (Self::RsaSha256, Key::Rsa { .. }))
    }

    /// Whether the bytes have the form that this algorithm makes.
    pub(super) fn is_signature(self, bytes: &[u8]) -> bool {
        match self {
            Self::EcdsaSha256 => p256::ecdsa::Signature::from_slice(bytes).is_ok(),
            Self::RsaSha256 => bytes.len() >= 256,
        }
    }
}

/// Holds a key and its certificate chain; signs XML. Every [`Signer`] does; RSA keys are for other programs to bring.
pub trait XmlSigner {
    /// The chain whose first certificate is for the signing key.
    fn chain(&self) -> &CertificateChain;

    /// The algorithm that the key is for.
    fn algorithm(&self) -> XmlAlgorithm;

    /// Signs the SHA-256 of `signed_info`.
    ///
    /// # Errors
    /// [`SignError`] when the keystore or the key refuses.
    fn sign(&self, signed_info: &[u8]) -> Result<Vec<u8>, SignError>;
}

impl<S: Signer + ?Sized> XmlSigner for S {
    fn chain(&self) -> &CertificateChain {
        Signer::chain(self)
    }

    fn algorithm(&self) -> XmlAlgorithm {
        XmlAlgorithm::EcdsaSha256
    }

    fn sign(&self, signed_info: &[u8]) -> Result<Vec<u8>, SignError> {
        Signer::sign(self, signed_info).map(Into::into)
    }
}
