//! What a patient can do.

use super::Session;
use crate::{Answer, AnswerError, Event, Received};

/// What a patient can do. Keys are those of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Choose another language before the questions begin.
    ///
    /// Refused with [`AnswerError::UnknownLanguage`] and [`AnswerError::LanguageFixed`].
    ChooseLanguage {
        /// BCP 47.
        language: String,
    },
    /// Leave the instructions for the first question.
    Begin,
    /// Answer the question on the screen; nothing, or nothing but white space, takes its answers back. Numbers are
    /// written as FHIR writes them, texts lose the white space at their ends.
    ///
    /// Refused with every variant of [`AnswerError`] about the answer itself, [`AnswerError::NotShown`] and
    /// [`AnswerError::ReadOnly`].
    Answer {
        /// The question.
        key: String,
        /// All its answers.
        answers: Vec<Answer>,
    },
    /// Leave the question on the screen out on purpose. It stays on the screen; [`Action::Next`] goes on.
    ///
    /// Refused with [`AnswerError::Required`], [`AnswerError::NotShown`], [`AnswerError::NotAQuestion`].
    Skip {
        /// The question.
        key: String,
    },
    /// Go on: to the next screen; to where the server of an adaptive form has to say what is asked; from a question chosen on the review, to the first one that is still missing, or back
    /// to the review.
    ///
    /// Refused with [`AnswerError::Required`], [`AnswerError::Unanswered`] (ask once whether to leave it out),
    /// [`AnswerError::TooFewAnswers`] and [`AnswerError::AtReview`].
    Next,
    /// Go to the screen before, whatever is answered. Refused with [`AnswerError::AtFirstScreen`].
    Back,
    /// Go to a screen by its key, from the review. Refused with [`AnswerError::UnknownItem`] and
    /// [`AnswerError::NotShown`].
    Goto {
        /// The screen.
        key: String,
    },
    /// Go to the review; when it was confirmed already, it is no longer. Refused with [`AnswerError::Incomplete`].
    Review,
    /// Confirm the review. Any later event takes the confirmation back. Refused with [`AnswerError::NotAtReview`] and
    /// [`AnswerError::Incomplete`].
    Confirm,
    /// Begin a further instance of the repeating group on the screen, and go to its first question. Refused with
    /// [`AnswerError::TooManyInstances`].
    AddInstance {
        /// The group.
        key: String,
    },
    /// Take an instance of the repeating group on the screen away. Refused with [`AnswerError::TooFewInstances`].
    RemoveInstance {
        /// The group.
        key: String,
        /// [`crate::Instance::number`].
        instance: u32,
    },
    /// Take what the server of an adaptive form said ([`Session::received`]). Refused with
    /// [`AnswerError::NextQuestion`].
    Extend {
        /// What it said.
        received: Received,
    },
    /// Take away what the server of an adaptive form asked after the question on the screen, so that it can be answered
    /// otherwise. Refused with [`AnswerError::NextQuestion`] where nothing was asked after it.
    Reopen {
        /// The question.
        key: String,
    },
}

/// Each action by its own name, planned and applied at once: [`Session::act`].
impl Session {
    /// [`Action::ChooseLanguage`].
    ///
    /// # Errors
    /// As there.
    pub fn choose_language(&mut self, language: &str, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::ChooseLanguage { language: language.to_owned() }, at, actor)
    }

    /// [`Action::Begin`].
    ///
    /// # Errors
    /// [`AnswerError::InvalidTime`].
    pub fn begin(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::Begin, at, actor)
    }

    /// [`Action::Answer`].
    ///
    /// # Errors
    /// As there.
    pub fn answer(
        &mut self,
        key: &str,
        answers: Vec<Answer>,
        at: &str,
        actor: &str,
    ) -> Result<Event, AnswerError> {
        self.act(&Action::Answer { key: key.to_owned(), answers }, at, actor)
    }

    /// [`Action::Skip`].
    ///
    /// # Errors
    /// As there.
    pub fn skip(&mut self, key: &str, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::Skip { key: key.to_owned() }, at, actor)
    }

    /// [`Action::Next`].
    ///
    /// # Errors
    /// As there.
    pub fn next(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::Next, at, actor)
    }

    /// [`Action::Back`].
    ///
    /// # Errors
    /// As there.
    pub fn back(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::Back, at, actor)
    }

    /// [`Action::Goto`].
    ///
    /// # Errors
    /// As there.
    pub fn goto(&mut self, key: &str, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::Goto { key: key.to_owned() }, at, actor)
    }

    /// [`Action::Review`].
    ///
    /// # Errors
    /// As there.
    pub fn goto_review(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::Review, at, actor)
    }

    /// [`Action::Confirm`].
    ///
    /// # Errors
    /// As there.
    pub fn confirm_review(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.act(&Action::Confirm, at, actor)
    }
}
