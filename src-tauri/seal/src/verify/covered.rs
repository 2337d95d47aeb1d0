//! What each signature covers, for those who add evidence to it.

use fhir::Value;

use crate::SealError;
use crate::jades::Augmented;
use crate::verify::{Record, Token, Trust};

/// A signature to which evidence can be added, and the exact bytes that it covers.
#[derive(Debug, Clone)]
pub struct Covered {
    /// Where it stands, as a FHIRPath or a file name.
    pub location: String,
    /// The signature.
    pub signature: Augmented,
    /// What it covers.
    pub payload: Vec<u8>,
}

/// The signatures of a resource and of the Provenances about it to which evidence can be added, with the evidence that
/// `trust` has for them; for each of the others, why not.
pub fn covered(resource: &Value, provenances: &[Value], trust: &Trust<'_>) -> (Vec<Covered>, Vec<SealError>) {
    let mut record = Record::new(resource, trust);
    record.embedded();
    record.provenances(&provenances.iter().collect::<Vec<_>>());
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for examined in record.examined {
        let location = examined.location().to_owned();
        let no = |reason: &str| SealError::Evidence { reason: format!("{location}: {reason}") };
        match (examined.token, examined.payload) {
            (Some(Token::Jws(jws)), Some(payload)) => match Augmented::of(*jws) {
                Ok(signature) => found.push(Covered { location, signature, payload }),
                Err(error) => refused.push(no(&error.to_string())),
            },
            (Some(Token::Xml(_)), _) => refused.push(no("an XML signature takes no evidence of this kind")),
            _ => refused.push(no("the signature does not cover what is there")),
        }
    }
    (found, refused)
}
