//! Keys that sign: ECDSA on P-256, made on this device and known to nobody else. One key, one use.

use std::fmt;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use seal::{CertificateChain, SignError};
use zeroize::Zeroizing;

use super::{Keystore, KeystoreProblem};
use crate::Error;

/// What a key signs, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyUse {
    /// What patients give, and what the server keeps of it: the device's own key.
    Sealing,
    /// What is transmitted in the name of the site's organization.
    Organization,
    /// TLS handshakes with the study's server.
    Authentication,
}

impl KeyUse {
    fn prefix(self) -> &'static str {
        match self {
            Self::Sealing => "sealing-key",
            Self::Organization => "organization-key",
            Self::Authentication => "authentication-key",
        }
    }
}

/// A private key before it has a certificate. Wiped from memory when dropped.
pub(crate) struct PrivateKey {
    key: SigningKey,
    usage: KeyUse,
}

impl PrivateKey {
    /// Makes a key. It is in memory only, until [`PrivateKey::keep`].
    pub(crate) fn make(usage: KeyUse) -> Result<Self, Error> {
        let mut scalar = Zeroizing::new([0; 32]);
        loop {
            getrandom::fill(&mut scalar[..]).map_err(|_| Error::Crypto)?;
            // Zero and numbers above the group's order are no keys: less than one try in 2^32 meets one.
            if let Ok(key) = SigningKey::from_slice(&scalar[..]) {
                return Ok(Self { key, usage });
            }
        }
    }

    /// Keeps the key in the keystore under [`PrivateKey::entry_name`].
    pub(crate) fn keep(&self, keystore: &dyn Keystore) -> Result<(), KeystoreProblem> {
        keystore.write(&self.entry_name(), &self.scalar()[..])
    }

    /// Has a second process read the kept key back.
    pub(crate) fn read_back(&self, keystore: &dyn Keystore) -> Result<(), KeystoreProblem> {
        keystore.read_back(&self.entry_name(), &self.scalar()[..])
    }

    /// Reads the key that [`PrivateKey::keep`] kept under `name`.
    pub(crate) fn read(keystore: &dyn Keystore, name: &str, usage: KeyUse) -> Result<Self, KeystoreProblem> {
        let scalar = keystore.read(name)?;
        let malformed = |why| KeystoreProblem::EntryMalformed { entry: name.into(), why };
        let key = SigningKey::from_slice(&scalar).map_err(|_| malformed("it is not a P-256 key"))?;
        let key = Self { key, usage };
        if key.entry_name() == name { Ok(key) } else { Err(malformed("it is another key")) }
    }

    pub(crate) fn public(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    /// ECDSA with SHA-256, deterministic (RFC 6979), as r‖s.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let signature: Signature =
            self.key.try_sign(message).map_err(|_| SignError::new("the signature could not be computed"))?;
        Ok(signature.to_bytes().into())
    }

    fn scalar(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes().into())
    }

    /// The key's name in the keystore. It contains the key's own fingerprint, so that no enrolment ever overwrites the
    /// key of another.
    pub(crate) fn entry_name(&self) -> String {
        use sha2::{Digest, Sha256};
        let point = self.public().to_sec1_point(true);
        format!("{}-{}", self.usage.prefix(), &crate::hex(&Sha256::digest(point.as_bytes()))[..16])
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey([redacted])")
    }
}

/// A key together with its certificate: what is signed with. Blocking, but quick (under 1 ms).
pub struct SealingKey {
    key: PrivateKey,
    chain: CertificateChain,
}

impl SealingKey {
    pub(crate) fn new(key: PrivateKey, chain: CertificateChain) -> Self {
        Self { key, chain }
    }
}

impl seal::Signer for SealingKey {
    fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    fn sign(&self, signing_input: &[u8]) -> Result<[u8; 64], SignError> {
        self.key.sign(signing_input)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").field("chain", &self.chain).field("key", &self.key).finish()
    }
}
