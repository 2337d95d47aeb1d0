//! The envelope: a compact JWE (RFC 7516), A256GCM, to the study's recovery key or to a passphrase.
//!
//! It is put together and taken apart here step by step, with josekit's algorithms, so that a wrong passphrase, an altered
//! file and a cut one are told apart, and so that nothing in the header makes a reader work without bound.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use josekit::jwe::enc::A256GCM;
use josekit::jwe::{self, JweAlgorithm as _, JweContentEncryption as _, JweDecrypter, JweHeader};
use josekit::jwk::Jwk;
use serde_json::Value;
use zeroize::Zeroizing;

use super::recovery::{RecoveryKey, RecoverySecret};
use super::refusal::{Refusal, SHORTEST_PASSPHRASE};
use crate::Error;

/// `typ` of the header: what the file is.
const TYPE: &str = "attesta-emergency-export+jwe";
/// The member of the header with the version of the format, so that a newer one is recognised before it is opened.
const VERSION: (&str, &str) = ("attestaEmergencyExport", "1");
/// PBKDF2's rounds (RFC 7518, section 4.8.1.2) of files that are written, and the least that is accepted.
const ROUNDS: usize = 600_000;
/// The most rounds that are accepted: a hostile file must not keep a device busy.
const MOST_ROUNDS: u64 = 1_000_000;
/// Octets of the salt.
const SALT: usize = 16;
/// The header has nothing that would be longer.
const LONGEST_HEADER: usize = 4096;
/// A wrapped key of 32 octets (RFC 3394), the initialisation vector and the tag of A256GCM.
const WRAPPED: usize = 40;
const IV: usize = 12;
const TAG: usize = 16;

/// For whom an export is encrypted.
#[derive(Clone, Copy)]
pub(crate) enum Reader<'a> {
    /// Whoever has the private half of the study's key.
    Recovery(&'a RecoveryKey),
    /// Whoever knows it.
    Passphrase(&'a str),
}

/// What opens an export.
#[derive(Clone, Copy)]
pub enum Secret<'a> {
    /// The passphrase that was chosen when it was made.
    Passphrase(&'a str),
    /// The private half of the study's recovery key.
    Recovery(&'a RecoverySecret),
}

/// Neither of them is ever shown.
impl std::fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Refuses a passphrase that is too short.
pub(crate) fn check_passphrase(passphrase: &str) -> Result<(), Refusal> {
    let long = passphrase.chars().count() >= SHORTEST_PASSPHRASE as usize;
    if long { Ok(()) } else { Err(Refusal::PassphraseShort) }
}

/// Encrypts; `content_type` is the `cty` of the header.
pub(crate) fn seal(
    content: &[u8],
    typ: &str,
    content_type: &str,
    reader: Reader<'_>,
) -> Result<String, Error> {
    let mut header = JweHeader::new();
    header.set_content_encryption(A256GCM.name());
    header.set_token_type(typ);
    header.set_content_type(content_type);
    if typ == TYPE {
        header.set_claim(VERSION.0, Some(Value::from(VERSION.1))).map_err(|_| Error::Crypto)?;
    }
    let sealed = match reader {
        Reader::Passphrase(passphrase) => {
            check_passphrase(passphrase)?;
            let algorithm = jwe::PBES2_HS512_A256KW;
            header.set_algorithm(algorithm.name());
            let mut encrypter =
                algorithm.encrypter_from_bytes(passphrase.as_bytes()).map_err(|_| Error::Crypto)?;
            encrypter.set_iter_count(ROUNDS);
            encrypter.set_salt_len(SALT);
            jwe::serialize_compact(content, &header, &encrypter)
        }
        Reader::Recovery(key) => {
            header.set_algorithm(jwe::ECDH_ES_A256KW.name());
            header.set_key_id(key.thumbprint());
            let key = Jwk::from_bytes(key.to_jwk()).map_err(|_| Error::Crypto)?;
            let encrypter = jwe::ECDH_ES_A256KW.encrypter_from_jwk(&key).map_err(|_| Error::Crypto)?;
            jwe::serialize_compact(content, &header, &encrypter)
        }
    };
    sealed.map_err(|_| Error::Crypto)
}

/// An envelope whose header was read and whose key was not asked for yet.
pub(crate) struct Envelope<'a> {
    protected: &'a str,
    header: JweHeader,
    wrapped: Vec<u8>,
    iv: Vec<u8>,
    encrypted: &'a str,
    tag: Vec<u8>,
}

impl<'a> Envelope<'a> {
    /// Reads the header and the lengths of all parts.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Newer`].
    pub(crate) fn read(text: &'a str, typ: &str) -> Result<Self, Refusal> {
        let malformed = |reason: &str| Refusal::Malformed(reason.to_owned());
        let parts: Vec<&str> = text.trim_end_matches(['\r', '\n']).splitn(6, '.').collect();
        let [protected, wrapped, iv, encrypted, tag] = parts[..] else {
            return Err(malformed("it has not the five parts of a compact JWE"));
        };
        if protected.len() > LONGEST_HEADER {
            return Err(malformed("its header is too long"));
        }
        let octets = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let header = octets(protected).and_then(|header| JweHeader::from_bytes(&header).ok());
        let header = header.ok_or_else(|| malformed("its header cannot be read"))?;
        if header.token_type() != Some(typ) {
            return Err(malformed("it is another kind of file"));
        }
        if typ == TYPE {
            let found = header.claim(VERSION.0).and_then(Value::as_str).unwrap_or_default();
            if found != VERSION.1 {
                return Err(Refusal::Newer { found: found.to_owned(), known: VERSION.1 });
            }
        }
        if header.content_encryption() != Some(A256GCM.name())
            || header.claim("zip").is_some()
            || header.claim("crit").is_some()
        {
            return Err(malformed("it is not encrypted with A256GCM alone"));
        }
        let exact = |part: &str, length: usize| octets(part).filter(|octets| octets.len() == length);
        let (Some(wrapped), Some(iv), Some(tag)) = (exact(wrapped, WRAPPED), exact(iv, IV), exact(tag, TAG))
        else {
            return Err(malformed("a part of it is cut short"));
        };
        Ok(Self { protected, header, wrapped, iv, encrypted, tag })
    }

    /// Decrypts.
    ///
    /// # Errors
    /// [`Refusal::PassphraseNeeded`], [`Refusal::RecoveryKeyNeeded`], [`Refusal::PassphraseWrong`],
    /// [`Refusal::RecoveryKey`], [`Refusal::Altered`], [`Refusal::Malformed`].
    pub(crate) fn open(&self, secret: Secret<'_>) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let key = match (self.header.algorithm(), secret) {
            (Some("PBES2-HS512+A256KW"), Secret::Passphrase(passphrase)) => self.by_passphrase(passphrase)?,
            (Some("PBES2-HS512+A256KW"), Secret::Recovery(_)) => return Err(Refusal::PassphraseNeeded),
            (Some("ECDH-ES+A256KW"), Secret::Recovery(key)) => self.by_key(key)?,
            (Some("ECDH-ES+A256KW"), Secret::Passphrase(_)) => {
                return Err(Refusal::RecoveryKeyNeeded { key: self.key_id() });
            }
            _ => return Err(Refusal::Malformed("its key is wrapped in an unknown way".to_owned())),
        };
        let encrypted = BASE64_URL_SAFE_NO_PAD.decode(self.encrypted).map_err(|_| Refusal::Altered)?;
        A256GCM
            .decrypt(&key, Some(&self.iv), &encrypted, self.protected.as_bytes(), Some(&self.tag))
            .map(Zeroizing::new)
            .map_err(|_| Refusal::Altered)
    }

    fn key_id(&self) -> String {
        // Shown to a person: a header may hold anything.
        self.header.key_id().unwrap_or("not named").chars().filter(char::is_ascii_graphic).take(64).collect()
    }

    fn by_passphrase(&self, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let rounds = self.header.claim("p2c").and_then(Value::as_u64);
        if rounds.is_none_or(|rounds| !(ROUNDS as u64..=MOST_ROUNDS).contains(&rounds)) {
            return Err(Refusal::Malformed(format!(
                "its passphrase is not hardened with {ROUNDS} to {MOST_ROUNDS} rounds"
            )));
        }
        if passphrase.is_empty() {
            return Err(Refusal::PassphraseNeeded);
        }
        let decrypter = jwe::PBES2_HS512_A256KW.decrypter_from_bytes(passphrase.as_bytes());
        self.unwrap(&decrypter.map_err(|_| Refusal::PassphraseWrong)?).ok_or(Refusal::PassphraseWrong)
    }

    fn by_key(&self, secret: &RecoverySecret) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let ours = secret.public().thumbprint();
        if self.key_id() != ours {
            return Err(Refusal::RecoveryKey(format!(
                "the file is for the key {}, and this one is {ours}",
                self.key_id()
            )));
        }
        let key = secret.to_jwk();
        let unusable = |_| Refusal::RecoveryKey("it is no P-256 key".to_owned());
        let key = Jwk::from_bytes(key.as_bytes()).map_err(unusable)?;
        let decrypter = jwe::ECDH_ES_A256KW.decrypter_from_jwk(&key).map_err(unusable)?;
        self.unwrap(&decrypter).ok_or(Refusal::Altered)
    }

    fn unwrap(&self, decrypter: &dyn JweDecrypter) -> Option<Zeroizing<Vec<u8>>> {
        let key = decrypter.decrypt(Some(&self.wrapped), &A256GCM, &self.header).ok()?;
        Some(Zeroizing::new(key.into_owned())).filter(|key| key.len() == A256GCM.key_len())
    }
}

/// Encrypts the signed content of an export.
pub(crate) fn seal_export(signed: &str, reader: Reader<'_>) -> Result<String, Error> {
    seal(signed.as_bytes(), TYPE, "JOSE", reader)
}

/// Decrypts an export; what comes out is the signed content (a compact JWS).
pub(crate) fn open_export(text: &str, secret: Secret<'_>) -> Result<Zeroizing<String>, Refusal> {
    let opened = Envelope::read(text, TYPE)?.open(secret)?;
    let text = std::str::from_utf8(&opened);
    text.map(|text| Zeroizing::new(text.to_owned())).map_err(|_| Refusal::Altered)
}
