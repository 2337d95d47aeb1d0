//! Answers as the web view sends them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One answer, as it crosses to and from the web view and as it stands in the event log. A question has a list of them.
///
/// Numbers and dates cross as their text, so that `7.50` stays `7.50`. `Debug` never shows the value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Answer {
    /// `valueBoolean`.
    Boolean {
        /// Yes or no.
        value: bool,
    },
    /// One of the options of a choice.
    Choice {
        /// The [`crate::ChoiceOption::key`] of the option.
        option: String,
    },
    /// `valueInteger` or `valueDecimal`.
    Number {
        /// The number as FHIR writes it (`.` as the decimal point), every digit kept.
        text: String,
    },
    /// `valueDate`.
    Date {
        /// `YYYY-MM-DD`; `YYYY-MM` and `YYYY` where the form takes partial dates.
        text: String,
    },
    /// `valueDateTime`.
    DateTime {
        /// A date as above, or `YYYY-MM-DDThh:mm:ss` with an offset (`Z`, `+01:00`). The web view sends what was typed without
        /// one; whoever takes it adds that of the device's zone before it comes here.
        text: String,
    },
    /// `valueTime`.
    Time {
        /// `hh:mm:ss`.
        text: String,
    },
    /// `valueString` or `valueUri`, for items of type string, text and url, and for a choice's own words.
    Text {
        /// The text without white space at its ends.
        text: String,
    },
    /// `valueQuantity`.
    Quantity {
        /// The number as FHIR writes it, every digit kept.
        text: String,
        /// The [`crate::ChoiceOption::key`] of its unit; `None` where the form has no units to choose from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// A unit in the patient's own words, where the form takes them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own_unit: Option<String>,
    },
    /// `valueAttachment`.
    Attachment {
        /// The media type (RFC 6838), such as `image/jpeg`.
        content_type: String,
        /// The bytes in base64.
        data: String,
        /// The name of the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean { .. } => "Boolean(…)",
            Self::Choice { .. } => "Choice(…)",
            Self::Number { .. } => "Number(…)",
            Self::Date { .. } => "Date(…)",
            Self::DateTime { .. } => "DateTime(…)",
            Self::Time { .. } => "Time(…)",
            Self::Text { .. } => "Text(…)",
            Self::Quantity { .. } => "Quantity(…)",
            Self::Attachment { .. } => "Attachment(…)",
        })
    }
}
