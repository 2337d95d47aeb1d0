//! Why an XML signature is not looked at any further.

/// A signature that is refused before its content is looked at. `code` is stable; `reason` is for people and repeats
/// nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refused {
    /// What is wrong, in a word that stays the same.
    pub code: &'static str,
    /// What is wrong, for people.
    pub reason: String,
}

impl Refused {
    pub(super) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}
