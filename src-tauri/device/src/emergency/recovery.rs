//! The study's recovery key: its public half stands in the study's document, its private half stays in the study's office,
//! encrypted as RFC 7517, section 7, has it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::{PublicKey, SecretKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::envelope::{self, Envelope, Reader, Secret};
use super::refusal::Refusal;
use crate::{Error, jwk};

/// `typ` and `cty` of the file with the private key (RFC 7517, section 8.5.1).
const TYPE: &str = "attesta-recovery-key+jwe";
const CONTENT: &str = "jwk+json";

/// A public key on P-256, as a JWK (RFC 7518, section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryKey {
    /// `EC`.
    kty: String,
    /// `P-256`.
    crv: String,
    /// The point's first coordinate, base64url.
    x: String,
    /// The point's second coordinate, base64url.
    y: String,
}

impl RecoveryKey {
    /// The key in the spelling of which RFC 7638 takes the hash.
    pub(crate) fn to_jwk(&self) -> String {
        jwk::required("P-256", &self.x, &self.y)
    }

    /// The JWK thumbprint (RFC 7638): SHA-256, base64url.
    pub fn thumbprint(&self) -> String {
        jwk::hash(&self.to_jwk())
    }

    /// Whether it is a point on the curve, in its one spelling.
    pub(crate) fn is_usable(&self) -> bool {
        let coordinate = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok().filter(|one| one.len() == 32);
        let (Some(x), Some(y)) = (coordinate(&self.x), coordinate(&self.y)) else { return false };
        let point = [&[4], x.as_slice(), y.as_slice()].concat();
        self.kty == "EC" && self.crv == "P-256" && PublicKey::from_sec1_bytes(&point).is_ok()
    }

    fn of(key: &PublicKey) -> Self {
        let (x, y) = jwk::coordinates(key);
        Self { kty: "EC".into(), crv: "P-256".into(), x, y }
    }
}

/// The JWK.
impl std::fmt::Display for RecoveryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_jwk())
    }
}

/// The private half. Wiped from memory when dropped, and never shown.
pub struct RecoverySecret {
    key: SecretKey,
}

impl RecoverySecret {
    /// Makes a key.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the operating system gives no randomness.
    pub fn make() -> Result<Self, Error> {
        let mut scalar = Zeroizing::new([0; 32]);
        loop {
            getrandom::fill(&mut scalar[..]).map_err(|_| Error::Crypto)?;
            // Zero and numbers above the group's order are no keys: less than one try in 2^32 meets one.
            if let Ok(key) = SecretKey::from_slice(&scalar[..]) {
                return Ok(Self { key });
            }
        }
    }

    /// The public half, for the study's document (`policy.recoveryKey`).
    pub fn public(&self) -> RecoveryKey {
        RecoveryKey::of(&self.key.public_key())
    }

    pub(crate) fn to_jwk(&self) -> Zeroizing<String> {
        let RecoveryKey { x, y, .. } = self.public();
        let d = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(Zeroizing::new(self.key.to_bytes())));
        Zeroizing::new(format!(r#"{{"crv":"P-256","d":"{}","kty":"EC","x":"{x}","y":"{y}"}}"#, d.as_str()))
    }

    /// The key as a file: an encrypted JWK (RFC 7517, section 7), PBES2-HS512+A256KW with 600,000 rounds and A256GCM.
    ///
    /// # Errors
    /// [`Refusal::PassphraseShort`].
    pub fn to_file(&self, passphrase: &str) -> Result<String, Error> {
        envelope::seal(self.to_jwk().as_bytes(), TYPE, CONTENT, Reader::Passphrase(passphrase))
    }

    /// Reads what [`RecoverySecret::to_file`] made.
    ///
    /// # Errors
    /// [`Refusal::PassphraseWrong`], [`Refusal::Altered`], [`Refusal::RecoveryKey`].
    pub fn from_file(file: &[u8], passphrase: &str) -> Result<Self, Refusal> {
        let unusable = || Refusal::RecoveryKey("its file is none that study recovery-key made".to_owned());
        let text = std::str::from_utf8(file).map_err(|_| unusable())?;
        let envelope = Envelope::read(text, TYPE).map_err(|_| unusable())?;
        let jwk = envelope.open(Secret::Passphrase(passphrase))?;
        let jwk: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&jwk).map_err(|_| unusable())?;
        let scalar = jwk.get("d").and_then(serde_json::Value::as_str);
        let scalar = scalar.and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok()).map(Zeroizing::new);
        let key = scalar.and_then(|scalar| SecretKey::from_slice(&scalar).ok()).ok_or_else(unusable)?;
        Ok(Self { key })
    }
}

impl std::fmt::Debug for RecoverySecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecoverySecret({})", self.public().thumbprint())
    }
}
