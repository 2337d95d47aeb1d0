//! `JAdES` (ETSI TS 119 182-1): the same protected header and signature in the serialisation that takes evidence later,
//! and the evidence: time stamps, certificates and revocation values, an archive time stamp.

mod augment;
pub(crate) mod evidence;

use std::fmt;

use fhir::{Value, object};

use crate::SealError;
use crate::jws::Detached;

pub use augment::{Augmented, Certified};
pub(crate) use evidence::Evidence;

/// A level of the `JAdES` baseline (ETSI TS 119 182-1, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The signature alone, with its time and its certificate.
    B,
    /// With a time stamp over the signature: it existed before that time.
    T,
    /// With the certificates and revocation values of the signer and of the time stamp authority.
    Lt,
    /// With a time stamp over all of these, so that they outlive their certificates.
    Lta,
}

impl Level {
    /// `B`, `T`, `LT` or `LTA`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::B => "B",
            Self::T => "T",
            Self::Lt => "LT",
            Self::Lta => "LTA",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Writes a compact detached JWS as flattened JSON (RFC 7515, section 7.2.2), without signing again: the protected
/// header and the signature stay the same characters, so what verified before verifies after.
///
/// # Errors
/// [`SealError::Record`] when `compact` is not a detached compact JWS that could verify.
pub fn flatten(compact: &str) -> Result<String, SealError> {
    let refused = |reason: String| SealError::Record { reason: format!("the signature: {reason}") };
    Detached::parse(compact).map_err(|error| refused(error.to_string()))?;
    let (protected, signature) =
        compact.split_once("..").ok_or_else(|| refused("it is not in the compact form".to_owned()))?;
    Ok(object! { "protected" => protected, "signature" => signature }.to_json())
}

/// The format of a file of evidence.
pub const FORMAT: &str = "attesta-evidence/1";
/// More signatures than one file of evidence has.
const MOST_SIGNATURES: usize = 256;

/// Writes signatures with their evidence, to be kept beside what they sign: the resource itself stays as it is.
pub fn write_evidence(signatures: &[Augmented]) -> String {
    let signatures: Vec<Value> = signatures.iter().map(Augmented::to_value).collect();
    let mut text = object! { "format" => FORMAT, "signatures" => signatures }.to_json_pretty();
    text.push('\n');
    text
}

/// Whether a document says that it is evidence.
pub fn is_evidence(document: &Value) -> bool {
    document.str("format") == Some(FORMAT)
}

/// Reads what [`write_evidence`] wrote.
///
/// # Errors
/// [`SealError::Evidence`] when it is something else, or one of the signatures in it cannot be read.
pub fn read_evidence(document: &Value) -> Result<Vec<Augmented>, SealError> {
    let refused = |reason: String| SealError::Evidence { reason };
    if !is_evidence(document) {
        return Err(refused(format!("it is not of the format {FORMAT}")));
    }
    let signatures = document.list("signatures");
    if signatures.is_empty() || signatures.len() > MOST_SIGNATURES {
        return Err(refused(format!("it has {} signatures", signatures.len())));
    }
    signatures.iter().map(|one| Augmented::read(&one.to_json())).collect()
}
