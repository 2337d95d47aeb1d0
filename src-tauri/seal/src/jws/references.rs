//! References to the signer's certificate by another hash than SHA-256's own parameter (ETSI TS 119 182-1, section 5.2.2).

use fhir::Value;
use openssl::hash::{MessageDigest, hash};

use crate::encoding::from_base64url;
use crate::jws::JwsError;

/// More than anybody states.
const MOST_REFERENCES: usize = 16;

/// What a header says about its certificates beside `x5t#S256`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct References {
    /// `x5t#o`.
    pub(crate) other: Option<Reference>,
    /// `sigX5ts`, of which the first is the signer's; those after it are of the path.
    pub(crate) several: Option<Vec<Reference>>,
}

/// A hash of one certificate: `digAlg` and `digVal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    digest: Digest,
    value: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl References {
    /// # Errors
    /// `header-unreadable`, or `digest-refused` for a hash that is not SHA-2.
    pub(super) fn read(parameters: &Value) -> Result<Self, JwsError> {
        let other = parameters.get("x5t#o").map(|one| Reference::read(one, "x5t#o")).transpose()?;
        let several = match parameters.get("sigX5ts") {
            None => None,
            Some(value) => {
                let list = value.as_array().unwrap_or_default();
                if list.is_empty() || list.len() > MOST_REFERENCES {
                    return Err(unreadable("sigX5ts"));
                }
                Some(list.iter().map(|one| Reference::read(one, "sigX5ts")).collect::<Result<Vec<_>, _>>()?)
            }
        };
        Ok(Self { other, several })
    }

    /// Whether what is said of the signer's certificate is true of this one.
    pub(super) fn fit(&self, certificate: &[u8]) -> bool {
        let first = self.several.as_ref().and_then(|several| several.first());
        self.other.iter().chain(first).all(|reference| reference.is_to(certificate))
    }
}

impl Reference {
    fn read(value: &Value, parameter: &str) -> Result<Self, JwsError> {
        let name = value.str("digAlg").ok_or_else(|| unreadable(parameter))?;
        let digest = match name {
            "S256" | "sha-256" | "http://www.w3.org/2001/04/xmlenc#sha256" => Digest::Sha256,
            "S384" | "sha-384" | "http://www.w3.org/2001/04/xmldsig-more#sha384" => Digest::Sha384,
            "S512" | "sha-512" | "http://www.w3.org/2001/04/xmlenc#sha512" => Digest::Sha512,
            other => {
                return Err(JwsError::new(
                    "digest-refused",
                    format!(
                        "the header names its certificate by {other:?} ({parameter}), which is not SHA-2"
                    ),
                ));
            }
        };
        let value = value.str("digVal").and_then(from_base64url).ok_or_else(|| unreadable(parameter))?;
        Ok(Self { digest, value })
    }

    fn is_to(&self, certificate: &[u8]) -> bool {
        let digest = match self.digest {
            Digest::Sha256 => MessageDigest::sha256(),
            Digest::Sha384 => MessageDigest::sha384(),
            Digest::Sha512 => MessageDigest::sha512(),
        };
        hash(digest, certificate).is_ok_and(|hash| *hash == *self.value)
    }
}

fn unreadable(parameter: &str) -> JwsError {
    JwsError::new("header-unreadable", format!("the header parameter {parameter} cannot be read"))
}
