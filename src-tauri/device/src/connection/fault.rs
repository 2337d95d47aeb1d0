//! What a connection check found to be wrong.

use std::fmt;

use serde::Serialize;

/// What was found and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    code: &'static str,
    value: Option<String>,
    text: String,
}

impl Fault {
    pub(super) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, value: None, text: text.into() }
    }

    /// Of a request that brought no answer.
    pub(super) fn of(error: &client::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }

    pub(super) fn with(self, value: impl fmt::Display) -> Self {
        Self { value: Some(value.to_string()), ..self }
    }

    /// The stable code of what was found: that of the request's error, or one of this check's own.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What was found is a matter of this: an HTTP status, a release of FHIR, seconds.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What was found and what to do, in English.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
