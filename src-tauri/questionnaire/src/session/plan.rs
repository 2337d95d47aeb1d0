//! What an action would do, worked out without doing it. Replay takes the same road.

use super::{
    Action, Here, Session, Stage,
    index::{MISSING, PART, QUESTION, SCREEN},
    tree::{MAX_INSTANCES, MAX_NODES},
};
use crate::{
    Answer, AnswerError, EventKind, Place, Step, check,
    form::{Asks, Item, Question, TextQuestion},
};

/// A page that grows takes no further instance from this many questions on.
const MAX_ON_PAGE: usize = 240;

impl Session {
    pub(super) fn plan_kind(&self, action: &Action) -> Result<EventKind, AnswerError> {
        match action {
            Action::ChooseLanguage { language } => self.plan_language(language),
            Action::Begin => Ok(EventKind::Began),
            Action::Answer { key, answers } => self.plan_answer(key, answers),
            Action::Skip { key } => self.plan_skip(key),
            Action::Next => self.plan_next(),
            Action::Back => self.plan_back(),
            Action::Goto { key } => self.plan_goto(key),
            Action::Review => self.plan_review(),
            Action::Confirm => self.plan_confirm(),
            Action::AddInstance { key } => self.plan_add(key),
            Action::RemoveInstance { key, instance } => self.plan_remove(key, *instance),
            Action::Extend { received } => self.plan_extend(received),
            Action::Reopen { key } => self.plan_reopen(key),
        }
    }

    fn plan_language(&self, language: &str) -> Result<EventKind, AnswerError> {
        if self.stage != Stage::Instructions {
            return Err(AnswerError::LanguageFixed);
        }
        let language = self.form.form.language(language).ok_or(AnswerError::UnknownLanguage)?;
        Ok(EventKind::LanguageChosen { language: language.to_owned() })
    }

    fn plan_answer(&self, key: &str, answers: &[Answer]) -> Result<EventKind, AnswerError> {
        let (node, item, question) = self.question_here(key)?;
        // A file that is too large is not even copied.
        check::files_fit(question, answers)?;
        let given = &self.tree.nodes[node].answers;
        let answers = answers.iter().cloned().map(|answer| match &question.asks {
            Asks::Quantity(asks) => check::quantity::with_known_coding(asks, answer, given),
            _ => Ok(answer),
        });
        let answers = answers.collect::<Result<Vec<_>, _>>()?;
        let offered: Vec<_> = self.options(node, question).cloned().collect();
        let answers = check::accept_all(item, question, &offered, answers, &self.language);
        let answers = answers.map_err(|error| match (error, &question.hint) {
            (AnswerError::WrongFormat { .. }, Some(hint)) => {
                AnswerError::WrongFormat { hint: Some(hint.text(&self.language).to_owned()) }
            }
            (error, _) => error,
        })?;
        self.within_computed(node, &answers)?;
        let max = self.most(node);
        if answers.len() > max as usize {
            return Err(AnswerError::TooManyAnswers { max });
        }
        if !self.tree.has_room(&self.form.form, node, answers.len()) {
            let max = u32::try_from(self.tree.nodes[node].inner.len()).unwrap_or(u32::MAX);
            return Err(AnswerError::TooManyInstances { max });
        }
        self.files_fit_together(Some((node, &answers)))?;
        let here = &self.tree.nodes[node];
        if here.answers != answers || here.skipped {
            self.nothing_later(node)?;
        }
        let (item, previous) = (key.to_owned(), self.tree.nodes[node].answers.clone());
        Ok(if answers.is_empty() {
            EventKind::Cleared { item, previous }
        } else {
            EventKind::Answered { item, answers, previous }
        })
    }

    /// Whether the files of the response are not too large together, with these answers in place of a question's own.
    fn files_fit_together(&self, instead: Option<(usize, &[Answer])>) -> Result<(), AnswerError> {
        let new = instead.map(|(_, answers)| check::octets(answers));
        if new == Some(0) {
            return Ok(());
        }
        let others = self.index.all(QUESTION).filter(|&node| instead.is_none_or(|(own, _)| own != node));
        let kept: usize = others.map(|node| check::octets(&self.tree.nodes[node].answers)).sum();
        let max = check::LARGEST_TOGETHER;
        if kept + new.unwrap_or(0) > max as usize { Err(AnswerError::FilesTogether { max }) } else { Ok(()) }
    }

    fn plan_skip(&self, key: &str) -> Result<EventKind, AnswerError> {
        let (node, _, _) = self.question_here(key)?;
        if self.is_required(node) {
            return Err(AnswerError::Required { key: key.to_owned() });
        }
        if !self.tree.nodes[node].skipped {
            self.nothing_later(node)?;
        }
        Ok(EventKind::Skipped { item: key.to_owned(), previous: self.tree.nodes[node].answers.clone() })
    }

    fn plan_next(&self) -> Result<EventKind, AnswerError> {
        let here = match self.place {
            Here::Node(here) => here,
            Here::Review => return Err(AnswerError::AtReview),
            Here::Ahead => return Err(AnswerError::QuestionAwaited),
        };
        if self.is_page(here) {
            self.page_is_complete(here)?;
        } else {
            self.is_complete(here)?;
        }
        let to = if self.returning { self.index.first_missing() } else { self.index.next_screen(here) };
        if !self.is_open() {
            return Ok(self.moved(Step::Next, to));
        }
        // The server is asked once everything that it asked is answered.
        let to = to.or_else(|| self.index.first_missing());
        Ok(if to.is_none() {
            EventKind::Moved { by: Step::Next, to: Place::Ahead }
        } else {
            self.moved(Step::Next, to)
        })
    }

    /// Whether the patient can go on from a question.
    fn is_complete(&self, question: usize) -> Result<(), AnswerError> {
        let (given, max) = (self.tree.nodes[question].answers.len(), self.most(question));
        if self.index.has(question, MISSING) {
            let key = self.tree.key(&self.form.form, question);
            return Err(if given > max as usize {
                AnswerError::TooManyAnswers { max }
            } else if given > 0 {
                AnswerError::TooFewAnswers { min: self.fewest(question) }
            } else if self.is_required(question) {
                AnswerError::Required { key }
            } else {
                AnswerError::Unanswered { key }
            });
        }
        if given == 0 {
            return Ok(());
        }
        self.keeps_limits(question)?;
        self.constraint_of(question)
    }

    /// The same of all questions on a page: each that is open is named.
    fn page_is_complete(&self, page: usize) -> Result<(), AnswerError> {
        let (required, optional): (Vec<usize>, Vec<usize>) =
            self.index.inside(page, MISSING).partition(|&node| {
                // As often as it must be answered, or not at all.
                self.is_required(node) || !self.tree.nodes[node].answers.is_empty()
            });
        let keys =
            |nodes: Vec<usize>| nodes.into_iter().map(|node| self.tree.key(&self.form.form, node)).collect();
        if !required.is_empty() || !optional.is_empty() {
            return Err(AnswerError::Open { required: keys(required), optional: keys(optional) });
        }
        self.index.inside(page, QUESTION).try_for_each(|node| self.is_complete(node))
    }

    fn plan_back(&self) -> Result<EventKind, AnswerError> {
        let here = match self.place {
            Here::Review | Here::Ahead => None,
            Here::Node(here) => Some(here),
        };
        let before = self.index.screen_before(here).ok_or(AnswerError::AtFirstScreen)?;
        Ok(self.moved(Step::Back, Some(before)))
    }

    fn plan_goto(&self, key: &str) -> Result<EventKind, AnswerError> {
        let unknown = || AnswerError::UnknownItem { key: key.to_owned() };
        let node = self.tree.find(&self.form.form, key).ok_or_else(unknown)?;
        if !self.index.has(node, SCREEN | PART) {
            return Err(AnswerError::NotShown { key: key.to_owned() });
        }
        Ok(self.moved(Step::Goto, Some(node)))
    }

    fn plan_review(&self) -> Result<EventKind, AnswerError> {
        if self.place != Here::Review {
            self.complete()?;
        }
        Ok(self.moved(Step::Goto, None))
    }

    fn plan_confirm(&self) -> Result<EventKind, AnswerError> {
        if self.place != Here::Review {
            return Err(AnswerError::NotAtReview);
        }
        self.complete()?;
        self.constraints()?;
        // A condition may have brought a file back.
        self.files_fit_together(None)?;
        Ok(EventKind::Reviewed { answers_sha256: self.answers_sha256() })
    }

    fn plan_add(&self, key: &str) -> Result<EventKind, AnswerError> {
        let (group, item) = self.group_here(key)?;
        self.nothing_later(group)?;
        let max = item.most().min(MAX_INSTANCES);
        if !self.can_grow(group) {
            return Err(AnswerError::TooManyInstances { max });
        }
        let instance = u32::try_from(self.tree.instances.len()).map_err(|_| AnswerError::LogFull)?;
        Ok(EventKind::InstanceAdded { item: key.to_owned(), instance })
    }

    fn plan_remove(&self, key: &str, instance: u32) -> Result<EventKind, AnswerError> {
        let (group, item) = self.group_here(key)?;
        self.nothing_later(group)?;
        let inner = &self.tree.nodes[group].inner;
        if !inner.contains(&(instance as usize)) {
            return Err(AnswerError::UnknownItem { key: format!("{key}, {instance}") });
        }
        let min = if item.required { item.occurs.min.max(1) } else { item.occurs.min };
        if inner.len() <= min as usize {
            return Err(AnswerError::TooFewInstances { min });
        }
        Ok(EventKind::InstanceRemoved { item: key.to_owned(), instance })
    }

    /// How many questions are missing, when some are.
    pub(super) fn complete(&self) -> Result<(), AnswerError> {
        self.settled()?;
        match u32::try_from(self.index.missing_count()).unwrap_or(u32::MAX) {
            0 if self.is_open() => Err(AnswerError::QuestionAwaited),
            0 => Ok(()),
            missing => Err(AnswerError::Incomplete { missing }),
        }
    }

    /// Whether a repeating group takes one more instance.
    pub(super) fn can_grow(&self, group: usize) -> bool {
        let count = self.tree.nodes[group].inner.len();
        let on_page = self.page_of(group).map_or(0, |page| self.index.questions_inside(page));
        count < self.item(group).most().min(MAX_INSTANCES) as usize
            && self.tree.nodes.len() < MAX_NODES
            && on_page < MAX_ON_PAGE
    }

    /// What is asked of the text that answers a question, and whether it is an address.
    pub(crate) fn text_asked(&self, key: &str) -> Option<(&TextQuestion, bool)> {
        let node = self.tree.find(&self.form.form, key)?;
        match &self.item(node).question()?.asks {
            Asks::Text(asks) => Some((asks, false)),
            Asks::Url(asks) => Some((asks, true)),
            _ => None,
        }
    }

    pub(super) fn item(&self, node: usize) -> &Item {
        &self.form.form.items[self.tree.nodes[node].item]
    }

    /// The node `key`, when it is the one on the screen: what is answered is always what was shown.
    pub(super) fn on_screen(&self, key: &str) -> Result<usize, AnswerError> {
        let node = self.tree.find(&self.form.form, key);
        let node = node.ok_or_else(|| AnswerError::UnknownItem { key: key.to_owned() })?;
        let here = match self.page_of(node) {
            Some(page) if page != node => self.place == Here::Node(page) && self.index.has(node, PART),
            _ => self.place == Here::Node(node),
        };
        if here { Ok(node) } else { Err(AnswerError::NotShown { key: key.to_owned() }) }
    }

    fn question_here(&self, key: &str) -> Result<(usize, &Item, &Question), AnswerError> {
        if let Some(node) = self.tree.find(&self.form.form, key)
            && self.item(node).question().is_none()
        {
            return Err(AnswerError::NotAQuestion { key: key.to_owned() });
        }
        let node = self.on_screen(key)?;
        let item = self.item(node);
        let question = item.question().ok_or_else(|| AnswerError::NotAQuestion { key: key.to_owned() })?;
        if self.is_read_only(node) {
            return Err(AnswerError::ReadOnly { key: key.to_owned() });
        }
        Ok((node, item, question))
    }

    fn group_here(&self, key: &str) -> Result<(usize, &Item), AnswerError> {
        let node = self.on_screen(key)?;
        let item = self.item(node);
        if item.is_repeating_group() && !item.is_fixed() {
            Ok((node, item))
        } else {
            Err(AnswerError::NotShown { key: key.to_owned() })
        }
    }

    fn moved(&self, by: Step, to: Option<usize>) -> EventKind {
        let to = to.map_or(Place::Review, |node| Place::Item { item: self.tree.key(&self.form.form, node) });
        EventKind::Moved { by, to }
    }
}
