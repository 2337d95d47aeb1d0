//! A private key from a PEM file, with its certificate chain.

use std::path::Path;

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::sign::Signer as OpenSslSigner;
use openssl::x509::X509;
use p256::ecdsa::SigningKey;
use seal::xades::{XmlAlgorithm, XmlSigner};
use seal::{CertificateChain, SignError};

use super::Error;
use super::input::bytes;
use crate::delivery::MemoryKey;

/// Keys and chains have a few kilobytes.
const MOST_BYTES: u64 = 1 << 20;

/// A key that may sign.
pub(super) enum FileKey {
    P256(MemoryKey),
    Rsa(RsaKey),
}

/// Signs XML alone.
pub(super) struct RsaKey {
    key: PKey<Private>,
    chain: CertificateChain,
}

impl FileKey {
    /// Reads a key and the chain whose first certificate must be for it.
    pub(super) fn read(key: &Path, chain: &Path) -> Result<Self, Error> {
        let wrong = |path: &Path, reason: &str| Error::Refused(format!("{}: {reason}", path.display()));
        // An encrypted key is refused instead of asking for its passphrase.
        let private = PKey::private_key_from_pem_callback(&bytes(key, MOST_BYTES)?, |_| Ok(0))
            .map_err(|_| wrong(key, "there is no private key in PEM, or it is encrypted"))?;
        let certificates = CertificateChain::from_pem(&bytes(chain, MOST_BYTES)?)
            .map_err(|error| wrong(chain, &error.to_string()))?;
        let certified = X509::from_der(certificates.leaf_der()).and_then(|leaf| leaf.public_key());
        if !certified.is_ok_and(|certified| certified.public_eq(&private)) {
            return Err(wrong(key, "the first certificate of the chain is for another key"));
        }
        match private.id() {
            Id::EC => p256(&private)
                .map(|secret| Self::P256(MemoryKey::new(secret, certificates)))
                .ok_or_else(|| wrong(key, "the key is on another curve than P-256")),
            Id::RSA => Ok(Self::Rsa(RsaKey { key: private, chain: certificates })),
            _ => Err(wrong(key, "the key is neither P-256 nor RSA")),
        }
    }

    pub(super) fn chain(&self) -> &CertificateChain {
        match self {
            Self::P256(key) => seal::Signer::chain(key),
            Self::Rsa(key) => &key.chain,
        }
    }
}

fn p256(key: &PKey<Private>) -> Option<SigningKey> {
    let key = key.ec_key().ok()?;
    if key.group().curve_name() != Some(Nid::X9_62_PRIME256V1) {
        return None;
    }
    SigningKey::from_slice(&key.private_key().to_vec_padded(32).ok()?).ok()
}

impl XmlSigner for RsaKey {
    fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    fn algorithm(&self) -> XmlAlgorithm {
        XmlAlgorithm::RsaSha256
    }

    fn sign(&self, signed_info: &[u8]) -> Result<Vec<u8>, SignError> {
        OpenSslSigner::new(MessageDigest::sha256(), &self.key)
            .and_then(|mut signer| signer.sign_oneshot_to_vec(signed_info))
            .map_err(|error| SignError::new(error.to_string()))
    }
}
