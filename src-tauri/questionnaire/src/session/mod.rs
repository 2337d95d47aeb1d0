//! One filling of a Questionnaire: what has been answered, where the patient stands, and the log of how it came so.

mod draw;
mod plan;
mod replay;
mod response;
mod showing;

use std::fmt;

use crate::{
    Answer, AnswerError, Event, EventKind, FORMAT, InitialAnswer, Place, Questionnaire, Step, check,
};

pub use replay::ReplayError;
pub use response::{Reference, ResponseContext, ResponseError};

/// One filling of a Questionnaire. Cheap to clone, so that a caller can store an event before it takes effect:
///
/// ```
/// # use questionnaire::{instruments, import_bytes, AnswerError, Event, Session};
/// # fn store(_: &Event) {}
/// # fn turn(session: &mut Session, at: &str, actor: &str) -> Result<(), AnswerError> {
/// let mut next = session.clone();
/// let event = next.next(at, actor)?;
/// store(&event); // durably, or return its error here: nothing has changed then
/// *session = next;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct Session {
    form: Questionnaire,
    language: String,
    revision: u32,
    stage: Stage,
    place: Here,
    /// The patient came from the review to change one thing: next leads back there.
    returning: bool,
    /// For each item, its accepted answer; kept when the item is no longer shown.
    answers: Vec<Option<Answer>>,
    /// For each item, whether it was left out on purpose.
    skipped: Vec<bool>,
    /// For each item, whether it and all around it are enabled.
    enabled: Vec<bool>,
}

/// How far the session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The language may still be chosen.
    Instructions,
    Questions,
    /// The review was confirmed, and nothing has happened since.
    Reviewed,
}

/// Where the patient stands: at an item, by its index, or at the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Here {
    Item(usize),
    Review,
}

impl Session {
    /// Starts at the first screen, in one of the Questionnaire's languages, with the answers that it gives itself.
    ///
    /// # Errors
    /// [`AnswerError::UnknownLanguage`] and [`AnswerError::InvalidTime`].
    pub fn start(
        questionnaire: &Questionnaire,
        language: &str,
        at: &str,
        actor: &str,
    ) -> Result<(Self, Event), AnswerError> {
        let form = &questionnaire.form;
        let language = form.language(language).ok_or(AnswerError::UnknownLanguage)?.to_owned();
        let count = form.items.len();
        let answers: Vec<_> = form.items.iter().map(|item| item.initial.clone()).collect();
        let initial = form
            .items
            .iter()
            .filter_map(|item| {
                Some(InitialAnswer { item: item.link_id.clone(), answer: item.initial.clone()? })
            })
            .collect();
        let mut session = Self {
            form: questionnaire.clone(),
            language: language.clone(),
            revision: 0,
            stage: Stage::Instructions,
            place: Here::Review,
            returning: false,
            answers,
            skipped: vec![false; count],
            enabled: vec![false; count],
        };
        session.evaluate_all();
        session.place = session.screens().first().map_or(Here::Review, |screen| Here::Item(screen.item));
        let event = session.commit(EventKind::Started { language, initial }, at, actor)?;
        Ok((session, event))
    }

    /// Chooses another language before the questions begin.
    ///
    /// # Errors
    /// [`AnswerError::UnknownLanguage`], [`AnswerError::LanguageFixed`], [`AnswerError::InvalidTime`].
    pub fn choose_language(&mut self, language: &str, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let kind = self.plan_language(language)?;
        self.commit(kind, at, actor)
    }

    /// Records that the patient left the instructions for the first question.
    ///
    /// # Errors
    /// [`AnswerError::InvalidTime`].
    pub fn begin(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.commit(EventKind::Began, at, actor)
    }

    /// Answers the question on the screen; `None`, or nothing but white space, takes its answer back.
    ///
    /// Numbers are written as FHIR writes them, texts lose the white space at their ends.
    ///
    /// # Errors
    /// [`AnswerError`]: every variant about the answer itself, and [`AnswerError::NotShown`].
    pub fn answer(
        &mut self,
        key: &str,
        answer: Option<Answer>,
        at: &str,
        actor: &str,
    ) -> Result<Event, AnswerError> {
        let kind = self.plan_answer(key, answer)?;
        self.commit(kind, at, actor)
    }

    /// Leaves the question on the screen out on purpose. It stays on the screen; [`Session::next`] goes on.
    ///
    /// # Errors
    /// [`AnswerError::Required`], [`AnswerError::NotShown`], [`AnswerError::NotAQuestion`].
    pub fn skip(&mut self, key: &str, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let kind = self.plan_skip(key)?;
        self.commit(kind, at, actor)
    }

    /// Goes on: to the next screen; from a question chosen on the review, to the first one that is still missing, or
    /// back to the review.
    ///
    /// # Errors
    /// [`AnswerError::Required`], [`AnswerError::Unanswered`] (ask once whether to leave it out), and
    /// [`AnswerError::AtReview`].
    pub fn next(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let kind = self.plan_next()?;
        self.commit(kind, at, actor)
    }

    /// Goes to the screen before, whatever is answered.
    ///
    /// # Errors
    /// [`AnswerError::AtFirstScreen`].
    pub fn back(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let kind = self.plan_back()?;
        self.commit(kind, at, actor)
    }

    /// Goes to a screen by its item's key, from the review.
    ///
    /// # Errors
    /// [`AnswerError::UnknownItem`] and [`AnswerError::NotShown`].
    pub fn goto(&mut self, key: &str, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let kind = self.plan_goto(&Place::Item { item: key.to_owned() })?;
        self.commit(kind, at, actor)
    }

    /// Goes to the review; when it was confirmed already, it is no longer.
    ///
    /// # Errors
    /// [`AnswerError::Incomplete`] when questions are missing.
    pub fn goto_review(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let kind = self.plan_goto(&Place::Review)?;
        self.commit(kind, at, actor)
    }

    /// Records that the patient confirmed the review. Any later event takes the confirmation back.
    ///
    /// # Errors
    /// [`AnswerError::NotAtReview`] and [`AnswerError::Incomplete`].
    pub fn confirm_review(&mut self, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let kind = self.plan_confirm()?;
        self.commit(kind, at, actor)
    }

    /// The number of events so far. A command made for another revision is stale.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// The language of everything shown (BCP 47).
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The Questionnaire being filled in.
    pub fn questionnaire(&self) -> &Questionnaire {
        &self.form
    }

    /// Whether the patient has left the instructions.
    pub fn has_begun(&self) -> bool {
        self.stage != Stage::Instructions
    }

    /// Whether the patient confirmed the review, and nothing has happened since.
    pub fn is_reviewed(&self) -> bool {
        self.stage == Stage::Reviewed
    }

    /// Writes the event and lets it take effect. Nothing changes on an error.
    fn commit(&mut self, kind: EventKind, at: &str, actor: &str) -> Result<Event, AnswerError> {
        if !check::is_instant(at) {
            return Err(AnswerError::InvalidTime);
        }
        let sequence = self.revision.checked_add(1).ok_or(AnswerError::LogFull)?;
        self.apply(&kind);
        self.revision = sequence;
        Ok(Event {
            sequence,
            at: at.to_owned(),
            actor: actor.to_owned(),
            format: FORMAT,
            questionnaire_sha256: self.form.form.sha256.clone(),
            kind,
        })
    }

    fn apply(&mut self, kind: &EventKind) {
        self.stage = match kind {
            EventKind::Started { .. } | EventKind::LanguageChosen { .. } => Stage::Instructions,
            EventKind::Reviewed { .. } => Stage::Reviewed,
            _ => Stage::Questions,
        };
        match kind {
            EventKind::Started { .. } | EventKind::Began | EventKind::Reviewed { .. } => {}
            EventKind::LanguageChosen { language } => self.language.clone_from(language),
            EventKind::Answered { item, answer, .. } => self.set(item, Some(answer.clone()), false),
            EventKind::Cleared { item, .. } => self.set(item, None, false),
            EventKind::Skipped { item, .. } => self.set(item, None, true),
            EventKind::Moved { by, to } => {
                let from_review = self.place == Here::Review;
                self.place = match to {
                    Place::Item { item } => {
                        self.form.form.find(item).map_or(Here::Review, |(index, _)| Here::Item(index))
                    }
                    Place::Review => Here::Review,
                };
                self.returning = match by {
                    _ if self.place == Here::Review => false,
                    Step::Next => self.returning,
                    Step::Back => false,
                    Step::Goto => self.returning || from_review,
                };
            }
        }
    }

    fn set(&mut self, key: &str, answer: Option<Answer>, skipped: bool) {
        let Some((index, _)) = self.form.form.find(key) else { return };
        self.answers[index] = answer;
        self.skipped[index] = skipped;
        self.evaluate_dependents(index);
    }
}

/// The answers are never shown.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("questionnaire", &self.form)
            .field("language", &self.language)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

impl PartialEq for Questionnaire {
    /// The same resource, down to the text of its numbers.
    fn eq(&self, other: &Self) -> bool {
        self.form.sha256 == other.form.sha256
    }
}
