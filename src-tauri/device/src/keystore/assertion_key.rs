//! The key by which a device asks for access tokens (RFC 7523): it signs assertions, and nothing else.

use std::fmt;

use client::smart::{Algorithm, AssertionKey as Sign};
use josekit::jwk::{Jwk, KeyPair as _};
use josekit::jws::{
    self, ES256, ES384, JwsHeader, alg::ecdsa::EcdsaJwsAlgorithm, alg::ecdsa::EcdsaJwsSigner,
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Keystore, KeystoreProblem};
use crate::{Error, jwk};

/// A key on P-256 or P-384. OpenSSL wipes it from memory when it is dropped.
pub(crate) struct AssertionKey {
    algorithm: Algorithm,
    signer: EcdsaJwsSigner,
    public: Jwk,
    /// The thumbprint of the public key (RFC 7638).
    id: String,
}

impl AssertionKey {
    /// Makes a key; gives it with what the keystore is to keep (`ECPrivateKey`, RFC 5915, DER).
    pub(crate) fn make(algorithm: Algorithm) -> Result<(Self, Zeroizing<Vec<u8>>), Error> {
        let pair = ecdsa(algorithm).generate_key_pair().map_err(|_| Error::Crypto)?;
        let kept = Zeroizing::new(pair.to_der_private_key());
        let key = Self::of(algorithm, &kept).ok_or(Error::Crypto)?;
        Ok((key, kept))
    }

    /// Reads the key that is kept under `name`.
    pub(crate) fn read(
        keystore: &dyn Keystore,
        name: &str,
        algorithm: Algorithm,
    ) -> Result<Self, KeystoreProblem> {
        let kept = keystore.read(name)?;
        let malformed = |why| KeystoreProblem::EntryMalformed { entry: name.into(), why };
        let key = Self::of(algorithm, &kept).ok_or_else(|| malformed("it is no key for this algorithm"))?;
        // The thumbprint names the curve too, so that a key for the other algorithm is another key.
        if key.entry_name() == name { Ok(key) } else { Err(malformed("it is another key")) }
    }

    fn of(algorithm: Algorithm, kept: &[u8]) -> Option<Self> {
        let ecdsa = ecdsa(algorithm);
        let pair = ecdsa.key_pair_from_der(kept).ok()?;
        let mut public = pair.to_jwk_public_key();
        let parts =
            ["crv", "x", "y"].map(|name| public.parameter(name).and_then(Value::as_str).map(str::to_owned));
        let [Some(curve), Some(x), Some(y)] = parts else { return None };
        let id = jwk::hash(&jwk::required(&curve, &x, &y));
        public.set_key_id(&id);
        public.set_algorithm(algorithm.name());
        public.set_key_use("sig");
        let mut signer = ecdsa.signer_from_der(kept).ok()?;
        signer.set_key_id(&id);
        Some(Self { algorithm, signer, public, id })
    }

    /// The key's name in the keystore, which contains its own thumbprint: no key ever overwrites another.
    pub(crate) fn entry_name(&self) -> String {
        format!("assertion-key-{}", self.id)
    }

    /// The JSON Web Key Set (RFC 7517) of the public key, for the registration.
    pub(crate) fn key_set(&self) -> String {
        format!("{:#}", json!({ "keys": [Value::Object(self.public.as_ref().clone())] }))
    }
}

impl Sign for AssertionKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign(&self, claims: &[u8]) -> Option<Zeroizing<String>> {
        let mut header = JwsHeader::new();
        header.set_token_type("JWT");
        jws::serialize_compact(claims, &header, &self.signer).ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for AssertionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssertionKey({}, [redacted])", self.algorithm.name())
    }
}

fn ecdsa(algorithm: Algorithm) -> EcdsaJwsAlgorithm {
    match algorithm {
        Algorithm::Es256 => ES256,
        Algorithm::Es384 => ES384,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

    /// A keystore that holds one value under every name.
    struct Kept(Vec<u8>);

    impl Keystore for Kept {
        fn read(&self, _: &str) -> Result<Zeroizing<Vec<u8>>, KeystoreProblem> {
            Ok(Zeroizing::new(self.0.clone()))
        }

        fn write(&self, _: &str, _: &[u8]) -> Result<(), KeystoreProblem> {
            Ok(())
        }

        fn read_back(&self, _: &str, _: &[u8]) -> Result<(), KeystoreProblem> {
            Ok(())
        }
    }

    fn member(key: &AssertionKey, name: &str) -> String {
        let set: Value = serde_json::from_str(&key.key_set()).unwrap();
        set["keys"][0][name].as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn an_es256_assertion_verifies_by_another_implementation() {
        use p256::ecdsa::signature::Verifier as _;
        let (key, kept) = AssertionKey::make(Algorithm::Es256).unwrap();
        let assertion = key.sign(br#"{"iss":"a"}"#).unwrap();
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        assert_eq!(BASE64.decode(claims).unwrap(), br#"{"iss":"a"}"#);
        let header: Value = serde_json::from_slice(&BASE64.decode(header).unwrap()).unwrap();
        assert_eq!(header, json!({ "alg": "ES256", "typ": "JWT", "kid": member(&key, "kid") }));
        let point: Vec<u8> =
            [vec![4], BASE64.decode(member(&key, "x")).unwrap(), BASE64.decode(member(&key, "y")).unwrap()]
                .concat();
        let public = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
        let signature = p256::ecdsa::Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
        public.verify(signed.as_bytes(), &signature).unwrap();
        let (name, kept) = (key.entry_name(), Kept(kept.to_vec()));
        assert_eq!(AssertionKey::read(&kept, &name, Algorithm::Es256).unwrap().entry_name(), name);
        let other = AssertionKey::read(&kept, &name, Algorithm::Es384);
        assert!(matches!(other, Err(KeystoreProblem::EntryMalformed { .. })), "a key is for one algorithm");
        let other = AssertionKey::read(&kept, "assertion-key-another", Algorithm::Es256);
        assert!(matches!(other, Err(KeystoreProblem::EntryMalformed { .. })), "{other:?}");
        assert_eq!(format!("{key:?}"), "AssertionKey(ES256, [redacted])");
    }

    #[test]
    fn the_key_set_is_public() {
        let (key, _kept) = AssertionKey::make(Algorithm::Es384).unwrap();
        assert_eq!((member(&key, "crv"), member(&key, "alg")), ("P-384".to_owned(), "ES384".to_owned()));
        assert_eq!((member(&key, "use"), member(&key, "d")), ("sig".to_owned(), String::new()));
        assert_eq!(member(&key, "kid").len(), 43);
    }
}
