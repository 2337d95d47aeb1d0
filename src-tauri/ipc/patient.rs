//! What a patient sees.

use questionnaire::{Ahead, Direction, Review, Screen, Untranslated};
use serde::Serialize;

/// The patient's side of the app.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct PatientView {
    /// The session that every patient command must name.
    pub session: String,
    /// Counts the changes; a command with an older one is refused.
    pub revision: u32,
    /// Whether this is practice mode.
    pub practice: bool,
    /// The language chosen (BCP 47); none before it is.
    pub language: Option<String>,
    /// The direction of that language's script.
    pub direction: Direction,
    /// The participant's number.
    pub participant: String,
    /// The form's texts in `step` that are in its own language, because it lacks them in the one chosen.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untranslated: Option<Untranslated>,
    /// Where the patient is.
    pub step: Step,
}

/// Where the patient is.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "step", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Step {
    /// Choosing the language.
    Language {
        /// The languages that the questionnaire is complete in.
        languages: Vec<Language>,
        /// Its title in its own language.
        questionnaire_title: String,
    },
    /// What is about to happen.
    Instructions {
        /// The questionnaire's title.
        title: String,
        /// Its copyright notice.
        copyright: Option<String>,
        /// How many questions it has.
        question_count: u32,
    },
    /// One question.
    Question {
        /// The question.
        screen: Box<Screen>,
    },
    /// Every question with its answer.
    Review {
        /// The rows.
        review: Review,
    },
    /// Before a question that the form's server has to say.
    Ahead {
        /// Its place.
        ahead: Ahead,
    },
    /// The first visit: the patient chooses a PIN.
    ChoosePin {
        /// The fewest digits that the study lets it have; the most are 8.
        least: u32,
    },
    /// Signing.
    Sign {
        /// What the signature says, in the patient's language.
        statement: String,
        /// The participant's number.
        participant: String,
        /// The questionnaire's title.
        questionnaire: String,
        /// Its version.
        version: String,
        /// How many questions are answered.
        answered: u32,
        /// How many there are.
        total: u32,
        /// Now, RFC 3339 with offset.
        date_time: String,
        /// How many tries are left before the PIN is locked.
        tries_left: u32,
    },
    /// Too many wrong PINs: staff must help.
    PinLocked,
    /// Signed and safe; the device is handed back.
    Done,
}

/// A language to choose.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Language {
    /// BCP 47.
    pub code: String,
    /// Its name in itself.
    pub name: String,
}
