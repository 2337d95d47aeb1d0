//! What a study demands of the Bundles that it receives. Which signatures hold is not this crate's to know: whoever
//! knows implements [`Receipt`].

use fhir::Value;

/// Takes a Bundle apart before anything in it is used.
pub trait Receipt: Send + Sync {
    /// Divides the Bundle into what may be used and what may not. May block.
    ///
    /// # Errors
    /// Why it cannot be divided at all; then nothing of it is used.
    fn receive(&self, bundle: &Value) -> Result<Received, String>;
}

/// What came of a Bundle.
#[derive(Clone, PartialEq)]
pub struct Received {
    /// The Bundle with what may be used.
    pub bundle: Value,
    /// What may not.
    pub refused: Vec<Refused>,
}

/// A resource that may not be used.
#[derive(Clone, PartialEq)]
pub struct Refused {
    /// The resource as it was received; `Value::Null` where the entry had none.
    pub resource: Value,
    /// `Type/id`, or its fullUrl.
    pub reference: String,
    /// Stable across versions and languages.
    pub code: &'static str,
    /// For a person, in English.
    pub reason: String,
}

/// Holds what a patient answered, so it must not reach a log.
impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Received").field("refused", &self.refused).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refused({})", self.code)
    }
}
