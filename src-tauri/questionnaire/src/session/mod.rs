//! One filling of a Questionnaire: what has been answered, where the patient stands, and the log of how it came so.

mod action;
mod asked;
mod bounds;
mod constraints;
mod control;
#[cfg(test)]
mod counted;
mod derive;
mod draw;
mod extend;
mod foresee;
mod index;
mod launch;
#[cfg(test)]
mod narrow;
mod page;
mod plan;
mod populate;
mod remembered;
mod replay;
mod response;
mod returned;
mod running;
mod showing;
pub(crate) mod tree;
pub(crate) mod tried;
mod untranslated;
mod value;
mod view;

use std::{collections::BTreeMap, fmt};

use fhir::Value;

use crate::{
    Answer, AnswerError, Event, EventKind, FORMAT, InitialAnswer, LaunchResource, Place, Questionnaire, Step,
    check,
};
use index::Index;
use tree::Tree;

pub use action::Action;
pub use replay::ReplayError;
pub(crate) use response::DATA_ABSENT_REASON;
pub use response::{Reference, ResponseContext, ResponseError};

/// One filling of a Questionnaire. What a patient does is planned, stored and then applied, so that an event that could
/// not be stored has changed nothing:
///
/// ```
/// # use questionnaire::{Action, AnswerError, Event, Session};
/// # fn store(_: &Event) {}
/// # fn turn(session: &mut Session, at: &str, actor: &str) -> Result<(), AnswerError> {
/// let event = session.plan(&Action::Next, at, actor)?;
/// store(&event); // durably, or return its error here
/// session.apply(&event);
/// # Ok(())
/// # }
/// ```
///
/// Neither walks through the form: their cost is that of what depends on the answer.
#[derive(Clone, PartialEq)]
pub struct Session {
    form: Questionnaire,
    language: String,
    revision: u32,
    stage: Stage,
    place: Here,
    /// The question of the page that the patient is led to.
    focus: Option<usize>,
    /// The patient came from the review to change one thing: next leads back there.
    returning: bool,
    tree: Tree,
    index: Index,
    /// The resources that the session was started with, by the name of their `launchContext`.
    launch: BTreeMap<String, Value>,
    /// The time of the last event: the clock of the expressions.
    clock: String,
    /// Instances began or ended by what an expression gave.
    restructured: bool,
    /// The keys of what does not settle.
    unstable: Vec<String>,
    /// The expressions that may read any answer took too many steps after the last event.
    too_costly: bool,
    /// What those expressions read.
    whole: view::Kept,
    /// The form with what its server said last.
    planned: extend::Planned,
    /// The session after the event that was planned last.
    foreseen: foresee::Foreseen,
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

/// Where the patient stands: at a node, at the review, or before a question that is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Here {
    Node(usize),
    Review,
    Ahead,
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
        Self::start_with(questionnaire, language, Vec::new(), at, actor)
    }

    /// [`Session::start`] with resources that the form's expressions may read (`launchContext`). They become part of the
    /// log, so that it replays.
    ///
    /// # Errors
    /// As [`Session::start`], [`AnswerError::LaunchContext`] and [`AnswerError::TooManyElements`].
    pub fn start_with(
        questionnaire: &Questionnaire,
        language: &str,
        launch: Vec<LaunchResource>,
        at: &str,
        actor: &str,
    ) -> Result<(Self, Event), AnswerError> {
        let form = &questionnaire.form;
        let language = form.language(language).ok_or(AnswerError::UnknownLanguage)?.to_owned();
        let mut session = Self {
            form: questionnaire.clone(),
            language: language.clone(),
            revision: 0,
            stage: Stage::Instructions,
            place: Here::Review,
            focus: None,
            returning: false,
            tree: Tree::new(form),
            index: Index::default(),
            launch: launch::parsed(&launch)?,
            clock: at.to_owned(),
            restructured: false,
            unstable: Vec::new(),
            too_costly: false,
            whole: view::Kept::default(),
            planned: extend::Planned::default(),
            foreseen: foresee::Foreseen::default(),
        };
        session.whole.bound();
        session.evaluate_all();
        session.populate(0..session.tree.nodes.len())?;
        session.begin_all(0..session.tree.nodes.len());
        session.too_costly = !session.whole.unbound();
        session.place = session.index.first_screen().map_or(session.end(), Here::Node);
        let event =
            session.event(EventKind::Started { language, initial: session.initial(), launch }, at, actor)?;
        session.revision = event.sequence;
        Ok((session, event))
    }

    /// The answers that are there from the start.
    fn initial(&self) -> Vec<InitialAnswer> {
        let form = &self.form.form;
        let given = self.tree.nodes.iter().enumerate().filter(|(_, node)| !node.answers.is_empty());
        given
            .map(|(node, here)| InitialAnswer {
                item: self.tree.key(form, node),
                answers: here.answers.clone(),
            })
            .collect()
    }

    /// What an action would do, without doing it: the event to store, and then to [`Session::apply`].
    ///
    /// # Errors
    /// [`AnswerError`]: why it is not possible. Nothing has changed then.
    pub fn plan(&self, action: &Action, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let event = self.planned(action, at, actor)?;
        self.settles_after(&event)?;
        Ok(event)
    }

    /// [`Session::plan`], whatever the expressions of the form make of it.
    fn planned(&self, action: &Action, at: &str, actor: &str) -> Result<Event, AnswerError> {
        self.event(self.plan_kind(action)?, at, actor)
    }

    /// Lets a planned event take effect. An event that does not continue this session is left out: it was planned
    /// before another took effect.
    pub fn apply(&mut self, event: &Event) {
        if self.revision.checked_add(1) == Some(event.sequence)
            && event.questionnaire_sha256 == self.form.form.sha256
            && !self.as_foreseen(event)
        {
            self.clock.clone_from(&event.at);
            self.whole.clear();
            self.whole.bound();
            self.take_effect(&event.kind);
            self.too_costly = !self.whole.unbound();
            self.revision = event.sequence;
        }
    }

    /// [`Session::plan`] and [`Session::apply`] at once, where nothing has to be stored between them.
    ///
    /// # Errors
    /// As [`Session::plan`].
    pub fn act(&mut self, action: &Action, at: &str, actor: &str) -> Result<Event, AnswerError> {
        let event = self.plan(action, at, actor)?;
        self.apply(&event);
        Ok(event)
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

    fn event(&self, kind: EventKind, at: &str, actor: &str) -> Result<Event, AnswerError> {
        if !check::is_instant(at) {
            return Err(AnswerError::InvalidTime);
        }
        if actor.trim().is_empty() || actor.contains(char::is_control) {
            return Err(AnswerError::InvalidActor);
        }
        Ok(Event {
            sequence: self.revision.checked_add(1).ok_or(AnswerError::LogFull)?,
            at: at.to_owned(),
            actor: actor.to_owned(),
            format: FORMAT,
            questionnaire_sha256: self.form.form.sha256.clone(),
            kind,
        })
    }

    fn take_effect(&mut self, kind: &EventKind) {
        self.stage = match kind {
            EventKind::Started { .. } | EventKind::LanguageChosen { .. } => Stage::Instructions,
            EventKind::Reviewed { .. } => Stage::Reviewed,
            _ => Stage::Questions,
        };
        match kind {
            EventKind::Started { .. } | EventKind::Began | EventKind::Reviewed { .. } => {}
            EventKind::LanguageChosen { language } => self.speak(language),
            EventKind::Answered { item, answers, .. } => self.set(item, answers.clone(), false),
            EventKind::Cleared { item, .. } => self.set(item, Vec::new(), false),
            EventKind::Skipped { item, .. } => self.set(item, Vec::new(), true),
            EventKind::InstanceAdded { item, instance } => self.add_instance(item, *instance),
            EventKind::InstanceRemoved { item, instance } => self.remove_instance(item, *instance),
            EventKind::Moved { by, to } => self.move_to(*by, to),
            EventKind::Extended { received } => self.extend(received),
            EventKind::Reopened { item, .. } => self.reopen(item),
        }
    }

    /// Expressions may read the language.
    fn speak(&mut self, language: &str) {
        language.clone_into(&mut self.language);
        if !self.form.form.rules.items.is_empty() {
            self.whole.clear();
            self.evaluate_anew();
            self.place = self.index.first_screen().map_or(self.end(), Here::Node);
        }
    }

    fn move_to(&mut self, by: Step, to: &Place) {
        let from_review = self.place == Here::Review;
        let node = match to {
            Place::Item { item } => self.tree.find(&self.form.form, item),
            Place::Review | Place::Ahead => None,
        };
        self.go_to(node);
        if *to == Place::Ahead {
            self.place = Here::Ahead;
        }
        self.returning = match by {
            _ if self.place == Here::Review || self.place == Here::Ahead => false,
            Step::Next => self.returning,
            Step::Back => false,
            Step::Goto => self.returning || from_review,
        };
    }

    /// To a screen; to the page of what stands on one.
    fn go_to(&mut self, node: Option<usize>) {
        let page = node.and_then(|node| self.page_of(node));
        self.place = page.or(node).map_or(Here::Review, Here::Node);
        self.focus = page.and(node).filter(|_| page != node);
    }

    fn set(&mut self, key: &str, answers: Vec<Answer>, skipped: bool) {
        let form = self.form.form.clone();
        let Some(node) = self.tree.find(&form, key) else { return };
        let here = &self.tree.nodes[node];
        // Nothing reads anything else than before; but for what asks for the time, or for all there is.
        if here.answers == answers && here.skipped == skipped && form.rules.depends_on_answers_alone() {
            return;
        }
        let before = self.tree.nodes.len();
        let rebuilt = self.tree.keep_under_answers(&form, node, &answers);
        self.tree.nodes[node].answers = answers;
        self.tree.nodes[node].skipped = skipped;
        self.whole.clear();
        self.evaluate(&[node], before..self.tree.nodes.len(), rebuilt);
        self.begin_all(before..self.tree.nodes.len());
    }

    /// Begins a further instance and goes to its first screen.
    fn add_instance(&mut self, key: &str, number: u32) {
        let form = self.form.form.clone();
        let Some(group) = self.tree.find(&form, key) else { return };
        let Some(scope) = form.items[self.tree.nodes[group].item].inner else { return };
        let before = self.tree.nodes.len();
        let instance = self.tree.open(&form, scope, Some(group));
        debug_assert_eq!(instance, number as usize);
        self.tree.nodes[group].inner.push(instance);
        self.whole.clear();
        self.evaluate(&[group], before..self.tree.nodes.len(), true);
        self.begin_all(before..self.tree.nodes.len());
        let flags = if self.page_of(group).is_some() { index::QUESTION } else { index::SCREEN };
        let first = (before..self.tree.nodes.len())
            .filter(|&node| self.index.has(node, flags))
            .min_by_key(|&node| self.index.position(node));
        self.go_to(Some(first.unwrap_or(group)));
    }

    fn remove_instance(&mut self, key: &str, number: u32) {
        let form = self.form.form.clone();
        let Some(group) = self.tree.find(&form, key) else { return };
        let number = number as usize;
        self.tree.nodes[group].inner.retain(|&instance| instance != number);
        self.tree.close(&form, number);
        self.whole.clear();
        self.focus = None;
        // Whoever asked about the instance now asks about another one, or none.
        self.evaluate_anew();
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
