//! The signed document: reading, signing, and what it is held against.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fhir::Value;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, JwsVerifier as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::DecodePrivateKey as _;

use super::Study;
use crate::{Error, jwk};

/// A signed study is at most this long: room for a hundred long questionnaires with their value sets.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The format of the document, and the member that says so.
const FORMAT: (&str, &str) = ("attestaStudy", "1");

/// `typ` of the signature (RFC 7515, section 4.1.9): a signature made for something else is none of a study.
const TYPE: &str = "attesta-study+jws";

/// A study whose signature was verified; who the signer is, and whether it may sign, is for the caller to ask.
#[derive(Debug, Clone)]
pub struct SignedStudy {
    study: Study,
    sha256: String,
    signer: String,
}

impl SignedStudy {
    /// Reads a document strictly and verifies its signature: ES256 over the RFC 8785 form of `study`, detached
    /// (RFC 7515, appendix F), with the key in the header (`jwk`).
    ///
    /// # Errors
    /// [`Error::Study`] naming the member that is wrong, and what to do.
    pub fn read(document: &[u8]) -> Result<Self, Error> {
        let signed = Self::read_kept(document)?;
        signed.study.check()?;
        Ok(signed)
    }

    /// Reads a document that this device took once. Whether this version of the program would take it, forms and all, is
    /// not asked again: an update must not lock signed records in, nor keep the next document out.
    ///
    /// # Errors
    /// [`Error::Study`] when its form or its signature is wrong.
    pub fn read_kept(document: &[u8]) -> Result<Self, Error> {
        if document.len() > MAX_BYTES {
            return Err(wrong("it is longer than 64 MiB: give large questionnaires to the sites as files"));
        }
        let value =
            Value::parse(document).map_err(|error| wrong(format!("it is not strict JSON ({error})")))?;
        let members = value.as_object().ok_or_else(|| wrong("it is not a JSON object"))?;
        let known = [FORMAT.0, "study", "signature"];
        if let Some((name, _)) = members.iter().find(|(name, _)| !known.contains(name)) {
            return Err(wrong(format!("it has the unknown member {name:?}: take it out, and sign again")));
        }
        if value.str(FORMAT.0) != Some(FORMAT.1) {
            return Err(wrong(format!("{} is not {:?}: install a newer Attesta", FORMAT.0, FORMAT.1)));
        }
        let content = value.get("study").ok_or_else(|| wrong("it has no study"))?;
        let signature = value.str("signature").ok_or_else(|| {
            wrong("it is not signed: the study's office signs it with attesta-desktop study sign")
        })?;
        // Before anything in it is looked at.
        let canonical = canonical(content)?;
        let signer = verified(signature, &canonical)?;
        let study = study(content)?;
        if !study.signers.contains(&signer) {
            return Err(wrong(format!("study.signers does not name the key that signed it, {signer}")));
        }
        Ok(Self { study, sha256: jwk::hash(&canonical), signer })
    }

    /// What was signed.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// base64url SHA-256 of the RFC 8785 form of `study`: `configurationS256` of every signature made under it.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The JWK thumbprint (RFC 7638) of the key that signed.
    pub fn signer(&self) -> &str {
        &self.signer
    }

    /// Refuses a document that was not signed by the key that the person at the device was told of.
    ///
    /// # Errors
    /// [`Error::Study`].
    pub fn signed_by(self, thumbprint: &str) -> Result<Self, Error> {
        if self.signer == thumbprint {
            return Ok(self);
        }
        Err(wrong(format!(
            "it is signed by the key {}, and not by the one that you named: do not use it, and ask the study's office",
            self.signer
        )))
    }
}

/// Signs a study, given as JSON: the whole document.
///
/// # Errors
/// [`Error::Study`] when a device would refuse it.
pub fn sign(content: &[u8], key: &SigningKey) -> Result<String, Error> {
    let content = Value::parse(content).map_err(|error| wrong(format!("it is not strict JSON ({error})")))?;
    let canonical = canonical(&content)?;
    let header = header(key.verifying_key());
    let protected = BASE64_URL_SAFE_NO_PAD.encode(header);
    let signature: Signature = key.sign(signing_input(&protected, &canonical).as_bytes());
    let signature = format!("{protected}..{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()));
    let document = fhir::object! { FORMAT.0 => FORMAT.1, "study" => content, "signature" => signature };
    let document = document.to_json();
    SignedStudy::read(document.as_bytes())?;
    Ok(document)
}

/// The key with which a study's office signs: P-256, in PKCS #8 (RFC 5958) as PEM, as `openssl genpkey` writes it.
///
/// # Errors
/// [`Error::Study`] for any other file. Nothing of its content is in the error.
pub fn signing_key(pem: &str) -> Result<SigningKey, Error> {
    SigningKey::from_pkcs8_pem(pem).map_err(|_| {
        wrong(
            "the key is not a P-256 key in PKCS #8 (PEM): make one with openssl genpkey -algorithm EC -pkeyopt \
             ec_paramgen_curve:P-256",
        )
    })
}

/// The JWK thumbprint (RFC 7638) of a key: SHA-256 of its required members in their order, base64url.
pub fn thumbprint(key: &VerifyingKey) -> String {
    jwk::hash(&spelled(key))
}

/// The key as a JWK (RFC 7518, section 6.2), in the spelling of which RFC 7638 takes the hash.
fn spelled(key: &VerifyingKey) -> String {
    let (x, y) = jwk::coordinates(&key.into());
    jwk::required("P-256", &x, &y)
}

fn header(key: &VerifyingKey) -> String {
    format!(r#"{{"alg":"ES256","jwk":{},"typ":"{TYPE}"}}"#, spelled(key))
}

/// Verifies with OpenSSL what `p256` signed; returns the thumbprint of the key.
fn verified(signature: &str, canonical: &str) -> Result<String, Error> {
    let unreadable = || wrong("its signature cannot be read (a compact, detached JWS is needed)");
    let (protected, signature) = signature.split_once("..").ok_or_else(unreadable)?;
    let octets = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable());
    let read = Value::parse(&octets(protected)?).map_err(|_| unreadable())?;
    let key = read.get("jwk").ok_or_else(|| wrong("its signature does not carry its key (jwk)"))?;
    let key = Jwk::from_bytes(key.to_json()).map_err(|_| unreadable())?;
    let coordinate = |name: &str| key.parameter(name).and_then(serde_json::Value::as_str);
    let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) else { return Err(unreadable()) };
    let key_text = jwk::required("P-256", x, y);
    // One spelling of the header, and so no member in it that would be left aside.
    if octets(protected)? != format!(r#"{{"alg":"ES256","jwk":{key_text},"typ":"{TYPE}"}}"#).as_bytes() {
        return Err(wrong(format!("its signature is not ES256 of the type {TYPE}, or has other members")));
    }
    let verifier = ES256.verifier_from_jwk(&key).map_err(|_| unreadable())?;
    verifier
        .verify(signing_input(protected, canonical).as_bytes(), &octets(signature)?)
        .map_err(|_| wrong("its signature does not fit its content: it was changed after it was signed"))?;
    Ok(jwk::hash(&key_text))
}

fn signing_input(protected: &str, canonical: &str) -> String {
    format!("{protected}.{}", BASE64_URL_SAFE_NO_PAD.encode(canonical))
}

fn canonical(content: &Value) -> Result<String, Error> {
    fhir::canonical::jcs(content).map_err(|error| wrong(format!("study cannot be hashed ({error})")))
}

fn study(content: &Value) -> Result<Study, Error> {
    let text = content.to_json();
    let mut json = serde_json::Deserializer::from_str(&text);
    let study = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "study".to_owned() } else { format!("study.{path}") };
        wrong(format!("{place}: {}", without_place(&error.into_inner().to_string())))
    })?;
    Ok(study)
}

/// `serde_json` counts in the text that was made for it, which nobody has.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(reason, _)| reason)
}

fn wrong(reason: impl Into<String>) -> Error {
    Error::Study(reason.into())
}
