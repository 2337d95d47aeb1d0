//! The draft: an append-only log of what the patient did.

use serde::{Deserialize, Deserializer, Serialize};

use crate::Answer;

/// The format of [`Event`] that this version writes. Format 1, whose questions had one answer each, is still read.
pub const FORMAT: u32 = 2;

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
    /// [`FORMAT`]. An event that was written in format 1 is read as one of format 2 that says the same.
    #[serde(deserialize_with = "format")]
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
        /// What the form's expressions were given to read (`launchContext`).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        launch: Vec<LaunchResource>,
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
        /// The answers, at least one.
        #[serde(alias = "answer", deserialize_with = "one_or_several")]
        answers: Vec<Answer>,
        /// The answers that they replace.
        #[serde(default, deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
        previous: Vec<Answer>,
    },
    /// An answer was taken back.
    Cleared {
        /// The question.
        item: String,
        /// The answers taken back.
        #[serde(default, deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
        previous: Vec<Answer>,
    },
    /// A question was left out on purpose.
    Skipped {
        /// The question.
        item: String,
        /// The answers taken back by it.
        #[serde(default, deserialize_with = "one_or_several", skip_serializing_if = "Vec::is_empty")]
        previous: Vec<Answer>,
    },
    /// A further instance of a repeating group was begun.
    InstanceAdded {
        /// The group.
        item: String,
        /// The number of the new instance, unique in the session.
        instance: u32,
    },
    /// An instance of a repeating group was taken away, with all its answers.
    InstanceRemoved {
        /// The group.
        item: String,
        /// The number of the instance.
        instance: u32,
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
    /// The server of an adaptive form said what is asked next, or that nothing more is.
    Extended {
        /// What it said.
        received: Received,
    },
    /// An earlier question of an adaptive form is to be answered otherwise: what the server asked after it is taken
    /// away, with its answers.
    Reopened {
        /// The question.
        item: String,
        /// How many questions were taken away.
        questions: u32,
    },
}

/// What the server of an adaptive form said, as far as it is used. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Received {
    /// The base of the server that was asked.
    pub from: String,
    /// Base64url of the SHA-256 of all that it returned, in the number-text form.
    pub sha256: String,
    /// The items that it added at the end of the form, an array of `Questionnaire.item` as JSON.
    pub items: String,
    /// Those that it added inside groups that were there, the innermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<AddedInside>,
    /// The value sets and code systems that those name by `#id`, an array as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contained: Option<String>,
    /// Its answers to those of them that only it can answer, such as a score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<InitialAnswer>,
    /// It said that nothing more is asked.
    pub finished: bool,
}

/// What the server of an adaptive form added at the end of a group that was there: the last item of the form, or the last
/// inside the group that is, so that nothing that was asked comes after it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddedInside {
    /// The linkId of the group.
    pub group: String,
    /// An array of `Questionnaire.item` as JSON.
    pub items: String,
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Received")
            .field("from", &self.from)
            .field("sha256", &self.sha256)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}

/// An answer that the Questionnaire itself gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InitialAnswer {
    /// The question.
    pub item: String,
    /// Its initial answers.
    #[serde(alias = "answer", deserialize_with = "one_or_several")]
    pub answers: Vec<Answer>,
}

/// Format 1 says the same as format 2, with one answer where the latter has a list.
fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Ok(match u32::deserialize(deserializer)? {
        1 => FORMAT,
        other => other,
    })
}

fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Answer>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Answers {
        Several(Vec<Answer>),
        One(Answer),
    }
    Ok(match Answers::deserialize(deserializer)? {
        Answers::Several(several) => several,
        Answers::One(one) => vec![one],
    })
}

/// A resource that expressions may read by its name, such as `patient`. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LaunchResource {
    /// The name in the form's `launchContext`.
    pub name: String,
    /// The resource as JSON.
    pub resource: String,
}

impl std::fmt::Debug for LaunchResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LaunchResource").field("name", &self.name).finish_non_exhaustive()
    }
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
    /// Before the question that the server of an adaptive form is to say.
    Ahead,
}
