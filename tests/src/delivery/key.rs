//! A sealing key of its own, for a device without a keystore.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use seal::{CertificateChain, SignError, Signer};

use super::DEVICE;

/// A sealing key in memory: the keystore is tested elsewhere.
pub struct MemoryKey {
    key: SigningKey,
    chain: CertificateChain,
}

impl MemoryKey {
    /// This key with its chain.
    pub fn new(key: SigningKey, chain: CertificateChain) -> Self {
        Self { key, chain }
    }

    /// A key from 32 octets, certified by whoever answers `issue` (request in PEM to chain in PEM).
    pub fn enrol(secret: &[u8; 32], issue: impl FnOnce(&str) -> String) -> Self {
        let key = SigningKey::from_slice(secret).expect("32 random octets are a P-256 key");
        let request = seal::csr(key.verifying_key(), "device-014-3", DEVICE, |input| Ok(raw(&key, input)))
            .expect("the request is made of constants");
        Self::with_chain(secret, &issue(&request.pem()))
    }

    /// The same key with the chain that it was given earlier.
    pub fn with_chain(secret: &[u8; 32], pem: &str) -> Self {
        let key = SigningKey::from_slice(secret).expect("32 random octets are a P-256 key");
        Self { key, chain: CertificateChain::from_pem(pem.as_bytes()).expect("the CA gives a chain") }
    }
}

impl Signer for MemoryKey {
    fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    fn sign(&self, signing_input: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(raw(&self.key, signing_input))
    }
}

fn raw(key: &SigningKey, input: &[u8]) -> [u8; 64] {
    let signature: Signature = key.sign(input);
    signature.to_bytes().into()
}

/// 32 random octets.
pub fn secret() -> [u8; 32] {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).expect("the system has randomness");
    secret
}
