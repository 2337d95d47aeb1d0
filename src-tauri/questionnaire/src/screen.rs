//! What the web view draws: one question a screen, and the review. It computes nothing of its own.

use std::fmt;

use serde::Serialize;

use crate::{Answer, Direction};

/// Where a session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "position", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Position {
    /// At a question or a text of its own.
    Screen {
        /// What to show.
        screen: Box<Screen>,
    },
    /// At the review of all answers.
    Review {
        /// What to show.
        review: Review,
    },
}

/// One question, or one text that stands on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Screen {
    /// What answers, skips and moves name the item by. Opaque, and stable for a Questionnaire.
    pub key: String,
    /// `Questionnaire.item.linkId`.
    pub link_id: String,
    /// The place among the screens shown now, from 1.
    pub position: u32,
    /// How many screens are shown now; it changes with the answers that others depend on.
    pub total: u32,
    /// The language of every text here (BCP 47).
    pub language: String,
    /// The direction of that language's script.
    pub direction: Direction,
    /// The texts of the enclosing groups and of the lead-ins before the question, outermost first.
    pub context: Vec<String>,
    /// The question, with its prefix when it has one. Plain text, never markup.
    pub text: String,
    /// Help and instructions, one a line.
    pub help: Option<String>,
    /// Whether it cannot be left out.
    pub required: bool,
    /// What to answer with.
    pub control: Control,
    /// The answer so far.
    pub answer: Option<Answer>,
    /// Whether it was left out on purpose.
    pub skipped: bool,
    /// Whether there is a screen before.
    pub can_go_back: bool,
}

/// What to answer with. Limits are inclusive and cross as their text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Control {
    /// Yes or no.
    Boolean {
        /// The word for `true`.
        yes: String,
        /// The word for `false`.
        no: String,
    },
    /// One of several options.
    Choice {
        /// In the author's order.
        options: Vec<ChoiceOption>,
    },
    /// A whole number.
    Integer {
        /// Smallest.
        min: Option<String>,
        /// Largest.
        max: Option<String>,
        /// Shown behind the field.
        unit: Option<String>,
    },
    /// A number with decimals.
    Decimal {
        /// Smallest.
        min: Option<String>,
        /// Largest.
        max: Option<String>,
        /// How many decimals at most.
        max_decimal_places: Option<u32>,
        /// Shown behind the field.
        unit: Option<String>,
    },
    /// A calendar date.
    Date {
        /// Earliest, `YYYY-MM-DD`.
        min: Option<String>,
        /// Latest, `YYYY-MM-DD`.
        max: Option<String>,
    },
    /// One line of text.
    String {
        /// In Unicode characters.
        max_length: Option<u32>,
    },
    /// Text of several lines.
    Text {
        /// In Unicode characters.
        max_length: Option<u32>,
    },
    /// A line to mark a point on. Nothing is marked until the patient touches it.
    VisualAnalogueScale {
        /// The value at the low end.
        min: String,
        /// The value at the high end.
        max: String,
        /// The distance of two points.
        step: String,
        /// The words at the low end; may be empty.
        low_label: String,
        /// The words at the high end; may be empty.
        high_label: String,
        /// Whether the number may be shown.
        show_value: bool,
    },
    /// Nothing to answer: a text of its own.
    Display,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct ChoiceOption {
    /// What the answer names it by.
    pub key: String,
    /// What the patient reads.
    pub label: String,
    /// The option's own number or letter (`questionnaire-optionPrefix`).
    pub prefix: Option<String>,
}

/// Every question that is shown now, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Review {
    /// In the author's order.
    pub rows: Vec<ReviewRow>,
    /// Whether every question is answered or left out on purpose.
    pub complete: bool,
}

/// One question of the review. `Debug` never shows the answer.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct ReviewRow {
    /// What `goto` names it by.
    pub key: String,
    /// As on its screen.
    pub context: Vec<String>,
    /// As on its screen.
    pub text: String,
    /// The answer in words: the option's label, yes or no, the number with its unit, the date, the text.
    pub answer: Option<String>,
    /// The answer itself, for a page that draws scales and dates.
    pub value: Option<Answer>,
    /// As on its screen.
    pub control: Control,
    /// Whether it was left out on purpose.
    pub skipped: bool,
    /// Whether it is neither answered nor left out on purpose.
    pub missing: bool,
}

impl fmt::Debug for ReviewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReviewRow")
            .field("key", &self.key)
            .field("answered", &self.value.is_some())
            .field("skipped", &self.skipped)
            .field("missing", &self.missing)
            .finish_non_exhaustive()
    }
}
