//! The draft: an append-only log of what the patient did.

use serde::{Deserialize, Serialize};

use crate::Answer;

/// The format of [`Event`] that this version writes and reads.
pub const FORMAT: u32 = 1;

/// One thing that happened in a session. It is stored durably before the next screen is shown; the session, the
/// response and the audit trail are folds of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Event {
    /// The place in the log, from 1 and without gaps. Order is by this number, never by [`Event::at`].
    pub sequence: u32,
    /// When, RFC 3339 with the offset of the clock on the wall.
    pub at: String,
    /// Who, as the caller names people (such as `Patient/…`).
    pub actor: String,
    /// [`FORMAT`] at the time of writing.
    pub format: u32,
    /// [`crate::Questionnaire::sha256`] of the form that was filled in.
    pub questionnaire_sha256: String,
    /// What happened.
    pub kind: EventKind,
}

/// What happened. `item` is always the item's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum EventKind {
    /// The session began: always the first event.
    Started {
        /// The language of what is shown (BCP 47).
        language: String,
        /// The answers that the Questionnaire itself gives (`initial`).
        initial: Vec<InitialAnswer>,
    },
    /// Another language was chosen before the first question.
    LanguageChosen {
        /// The new language (BCP 47).
        language: String,
    },
    /// The patient left the instructions for the first question.
    Began,
    /// A question was answered, or its answer changed.
    Answered {
        /// The question.
        item: String,
        /// The answer.
        answer: Answer,
        /// The answer that it replaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Answer>,
    },
    /// An answer was taken back.
    Cleared {
        /// The question.
        item: String,
        /// The answer taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Answer>,
    },
    /// A question was left out on purpose.
    Skipped {
        /// The question.
        item: String,
        /// The answer taken back by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        previous: Option<Answer>,
    },
    /// Another screen was shown.
    Moved {
        /// How.
        by: Step,
        /// Where to.
        to: Place,
    },
    /// The patient confirmed the review.
    Reviewed {
        /// [`crate::Session::answers_sha256`] of what was confirmed.
        answers_sha256: String,
    },
}

/// An answer that the Questionnaire itself gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InitialAnswer {
    /// The question.
    pub item: String,
    /// Its initial answer.
    pub answer: Answer,
}

/// How the patient moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// To the next screen.
    Next,
    /// To the screen before.
    Back,
    /// To a chosen question, or to the review.
    Goto,
}

/// A place in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "camelCase", deny_unknown_fields)]
pub enum Place {
    /// The screen of an item.
    Item {
        /// The item's key.
        item: String,
    },
    /// The review of all answers.
    Review,
}
