//! The key of the authentication certificate: it signs TLS handshakes, and nothing else.

use std::fmt;

use p256::ecdsa::Signature;
use seal::CertificateChain;

use super::PrivateKey;

/// A key with its certificate, as a TLS handshake needs them. The key does not leave this type.
pub(crate) struct TlsKey {
    key: PrivateKey,
    chain: CertificateChain,
}

impl TlsKey {
    pub(crate) fn new(key: PrivateKey, chain: CertificateChain) -> Self {
        Self { key, chain }
    }
}

impl client::ClientKey for TlsKey {
    fn chain(&self) -> Vec<Vec<u8>> {
        self.chain.ders().map(<[u8]>::to_vec).collect()
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = Signature::from_slice(&self.key.sign(message).ok()?).ok()?;
        Some(signature.to_der().as_bytes().to_vec())
    }
}

impl fmt::Debug for TlsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsKey").field("chain", &self.chain).field("key", &self.key).finish()
    }
}
