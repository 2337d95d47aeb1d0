//! The names that an alert is stored and shown under.

use serde::{Deserialize, Serialize};

use crate::Error;

/// Why an alert was raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AlertKind {
    /// The server keeps another response than the one signed.
    Different,
    /// The server keeps the same response, or Provenance, more than once.
    Duplicates,
    /// The server keeps another Provenance, or another certificate, than the one sent.
    ProvenanceDifferent,
    /// The server refused for good.
    Quarantined,
}

/// What was being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// The `QuestionnaireResponse`.
    Response,
    /// The certificate's `DocumentReference`.
    Document,
    /// The Provenance.
    Provenance,
}

/// How an alert ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Sent again, and the server now keeps what was signed.
    Corrected,
    /// Sent again, and the server keeps something else again: a further alert says what.
    DifferentAgain,
    /// A person accepted the difference. There will be no Provenance.
    Accepted,
    /// A person escalated the difference. There will be no Provenance.
    Escalated,
}

/// What a person can do about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Replace what the server keeps by what was signed, then compare again.
    SendAgain,
    /// Leave it; close the record as different.
    Accept,
    /// Hand it to the study; close the record as different.
    Escalate,
}

macro_rules! stored_names {
    ($($type:ty { $($variant:ident => $name:literal),* $(,)? })*) => {$(
        impl $type {
            /// The name that is stored and shown.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            pub(super) fn from_stored(text: &str) -> Result<Self, Error> {
                match text {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(Error::Unreadable("alert")),
                }
            }
        }
    )*};
}

stored_names! {
    AlertKind {
        Different => "different",
        Duplicates => "duplicates",
        ProvenanceDifferent => "provenanceDifferent",
        Quarantined => "quarantined",
    }
    Phase { Response => "response", Document => "document", Provenance => "provenance" }
    Outcome {
        Corrected => "corrected",
        DifferentAgain => "differentAgain",
        Accepted => "accepted",
        Escalated => "escalated",
    }
    Action { SendAgain => "sendAgain", Accept => "accept", Escalate => "escalate" }
}
