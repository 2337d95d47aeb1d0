//! Filling in an adaptive form: asking its server for the next question, and taking what it says.

use fhir::{Value, array, object};

use super::{
    Here, Session, Stage,
    index::{PART, QUESTION, SCREEN},
    remembered::Remembered,
    response::DATA_ABSENT_REASON,
};
use crate::{
    Ahead, AnswerError, Direction, EventKind, NextQuestionError, Questionnaire, Received,
    adaptive::{Adaptive, Inside, MAX_GROWN_BYTES, MAX_STEPS, Step},
    check,
    form::{Item, Kind, Role},
};

/// The profiles of an adaptive form and its response on their way.
const QUESTIONNAIRE_PROFILE: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-adapt";
const RESPONSE_PROFILE: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaireresponse-adapt";

/// A form that was planned to be gone on with, and what makes it of the one before: the items, what they name by `#id`,
/// and whether they are the last. Whoever plans what was received, and then lets it take effect, imports it once.
pub(super) type Planned = Remembered<(Received, Questionnaire)>;

impl Planned {
    fn made_by(&self, received: &Received) -> Option<Questionnaire> {
        self.read(|(by, form)| {
            let is_it = by.items == received.items
                && by.inside == received.inside
                && by.contained == received.contained
                && by.finished == received.finished;
            is_it.then(|| form.clone())
        })
    }
}

impl Session {
    /// Whether the form's server has not said yet that nothing more is asked. Never for a form that is not adaptive.
    pub fn is_open(&self) -> bool {
        self.form.is_adaptive() && !self.form.steps().last().is_some_and(|step| step.finished)
    }

    /// Whether the patient waits for a question that the form's server has to say.
    pub fn awaits_question(&self) -> bool {
        self.place == Here::Ahead && self.stage != Stage::Instructions
    }

    /// What the form's server is asked the next question with (SDC, `$next-question`): the answers so far as a response
    /// in progress, with the form as far as it is known. It names neither the patient nor the device, because no server
    /// needs either to choose a question. The same session always gives the same bytes.
    ///
    /// # Errors
    /// [`NextQuestionError::NotAwaited`].
    pub fn next_question(&self) -> Result<Value, NextQuestionError> {
        let contained = self.form.contained().filter(|_| self.awaits_question());
        let mut contained = contained.ok_or(NextQuestionError::NotAwaited)?;
        if let Some(form) = contained.first_mut().and_then(Value::as_object_mut) {
            form.insert("meta", object! { "profile" => array![QUESTIONNAIRE_PROFILE] });
        }
        let masked = object! { "url" => DATA_ABSENT_REASON, "valueCode" => "masked" };
        let mut response = object! {
            "resourceType" => "QuestionnaireResponse",
            "meta" => object! { "profile" => array![RESPONSE_PROFILE] },
            "language" => self.language.as_str(),
            "contained" => contained,
            "questionnaire" => self.form.named_in_response(),
            "status" => "in-progress",
            "subject" => object! { "extension" => array![masked], "type" => "Patient" },
            "authored" => self.clock.as_str(),
        };
        let items = self.root_items();
        if let Some(members) = response.as_object_mut()
            && !items.is_empty()
        {
            members.insert("item", items);
        }
        Ok(response)
    }

    /// Where the session begins and goes on when no screen is left.
    pub(super) fn end(&self) -> Here {
        if self.is_open() { Here::Ahead } else { Here::Review }
    }

    pub(super) fn ahead(&self) -> Ahead {
        let screens = self.index.all(SCREEN).count();
        Ahead {
            position: u32::try_from(screens + 1).unwrap_or(u32::MAX),
            language: self.language.clone(),
            direction: Direction::of(&self.language),
            can_go_back: screens > 0,
            header: self.running(None, Role::Header),
            footer: self.running(None, Role::Footer),
        }
    }

    pub(super) fn plan_extend(&self, received: &Received) -> Result<EventKind, AnswerError> {
        if !self.awaits_question() {
            return Err(NextQuestionError::NotAwaited.into());
        }
        let grown = self.form_with(received)?;
        let old = self.form.form.items.len();
        let added = &grown.form.items[old..];
        if received.finished
            && let Some(asked) = added.iter().find(|item| is_asked(item))
        {
            return Err(NextQuestionError::AsksAfterEnd { link_id: asked.link_id.clone() }.into());
        }
        if let Some(place) = (old..grown.form.items.len()).find(|&place| begins_answered(&grown, place)) {
            let link_id = grown.form.items[place].link_id.clone();
            return Err(NextQuestionError::AnswersForPatient { link_id }.into());
        }
        self.check_given(&grown, received)?;
        let mut after = self.clone();
        after.become_grown(grown, received)?;
        // What the clone is asked now is what will be asked.
        let new = |node: &usize| after.tree.nodes[*node].item >= old;
        if !received.finished && !after.index.all(SCREEN | PART).any(|node| new(&node)) {
            return Err(NextQuestionError::NothingNew.into());
        }
        let lacks = |node: &usize| {
            let item = after.item(*node);
            item.required
                && item.read_only
                && item.question().is_some()
                && after.tree.nodes[*node].answers.is_empty()
        };
        let nodes = (0..after.tree.nodes.len()).filter(|&node| after.tree.is_alive(node));
        let unanswered = nodes.filter(new).filter(|&node| after.tree.nodes[node].enabled).find(lacks);
        if let Some(node) = unanswered {
            let link_id = after.item(node).link_id.clone();
            return Err(NextQuestionError::NotAnswered { link_id }.into());
        }
        Ok(EventKind::Extended { received: received.clone() })
    }

    /// The form with what was received, where it can be used: imported when it is first asked for, and kept until the
    /// form is another one.
    pub(super) fn form_with(&self, received: &Received) -> Result<Questionnaire, NextQuestionError> {
        let grown = if let Some(known) = self.planned.made_by(received) {
            known
        } else {
            let grown = self.imported_with(received)?;
            self.planned.keep((received.clone(), grown.clone()));
            grown
        };
        if grown.form.language(&self.language).is_none() {
            return Err(NextQuestionError::Language { language: self.language.clone() });
        }
        Ok(grown)
    }

    fn imported_with(&self, received: &Received) -> Result<Questionnaire, NextQuestionError> {
        let steps = self.form.steps();
        if steps.len() >= MAX_STEPS {
            return Err(NextQuestionError::TooManySteps);
        }
        let step = self.step(received).ok_or(NextQuestionError::NotAResponse)?;
        let mut items = self.form.form.adaptive.as_ref().map(Adaptive::items).unwrap_or_default();
        step.add_to(&mut items)
            .map_err(|group| NextQuestionError::AlteredItem { link_id: group.to_owned() })?;
        if steps.iter().chain([&step]).map(|step| step.bytes).sum::<usize>() > MAX_GROWN_BYTES {
            return Err(NextQuestionError::TooLarge);
        }
        self.form.grown(step).map_err(|report| {
            let first = report.problems.first();
            NextQuestionError::Unusable { problem: first.map(ToString::to_string).unwrap_or_default() }
        })
    }

    fn step(&self, received: &Received) -> Option<Step> {
        let list = |text: &str| match Value::parse(text.as_bytes()) {
            Ok(Value::Array(list)) => Some(list),
            _ => None,
        };
        let added = received.inside.iter().map(|inside| &inside.items);
        let texts = added.chain([&received.items]).chain(&received.contained);
        let inside = received
            .inside
            .iter()
            .map(|inside| Some(Inside { group: inside.group.clone(), items: list(&inside.items)? }));
        Some(Step {
            bytes: texts.map(String::len).sum(),
            items: list(&received.items)?,
            inside: inside.collect::<Option<_>>()?,
            contained: received.contained.as_deref().map_or(Some(Vec::new()), list)?,
            first: self.form.form.items.len(),
            finished: received.finished,
        })
    }

    /// What the server answered itself: only what it added, only what nobody else can answer, and as if it was typed.
    fn check_given(&self, grown: &Questionnaire, received: &Received) -> Result<(), NextQuestionError> {
        let form = &grown.form;
        for given in &received.given {
            let link_id = || given.item.clone();
            let place = form.by_key.get(&given.item).filter(|place| **place >= self.form.form.items.len());
            let item = place.map(|place| &form.items[*place]).filter(|item| item.scope == 0);
            let Some((item, question)) = item.and_then(|item| Some((item, item.question()?))) else {
                return Err(NextQuestionError::AnswerDoesNotFit { link_id: link_id() });
            };
            if !item.read_only {
                return Err(NextQuestionError::AnswersForPatient { link_id: link_id() });
            }
            let answers = given.answers.clone();
            let accepted = check::accept_all(item, question, &question.options, answers, &self.language);
            if given.answers.is_empty() || accepted.as_ref() != Ok(&given.answers) {
                return Err(NextQuestionError::AnswerDoesNotFit { link_id: link_id() });
            }
        }
        Ok(())
    }

    /// Takes what was received: the form grows, what was answered stays.
    pub(super) fn extend(&mut self, received: &Received) {
        // It was planned, so it can be used.
        let Ok(grown) = self.form_with(received) else { return };
        let old = self.form.form.items.len();
        if self.become_grown(grown, received).is_err() {
            return;
        }
        let is_new = |node: &usize| self.tree.nodes[*node].item >= old;
        let first = self.index.all(SCREEN | PART).find(is_new);
        let page = first.and_then(|first| self.page_of(first));
        self.place = page.or(first).map_or(self.end(), Here::Node);
        // On a page that was there, the patient is led to what is new.
        self.focus = first.filter(|_| page.is_some_and(|page| !is_new(&page)));
        self.returning = false;
    }

    fn become_grown(&mut self, grown: Questionnaire, received: &Received) -> Result<(), AnswerError> {
        let began = self.refit(grown);
        let form = self.form.form.clone();
        for given in &received.given {
            if let Some(node) = self.tree.find(&form, &given.item) {
                self.tree.nodes[node].answers.clone_from(&given.answers);
            }
        }
        self.whole.clear();
        let before = self.tree.nodes.len();
        self.evaluate_all();
        self.populate(began.iter().copied())?;
        self.begin_all(began.into_iter().chain(before..self.tree.nodes.len()));
        Ok(())
    }

    /// Gives the session a form that begins with the same items; the nodes that are new come back.
    fn refit(&mut self, form: Questionnaire) -> Vec<usize> {
        let here = match self.place {
            Here::Node(node) => Some((self.tree.nodes[node].item, self.tree.nodes[node].instance)),
            Here::Review | Here::Ahead => None,
        };
        self.form = form;
        self.planned = Planned::default();
        let form = self.form.form.clone();
        let began = self.tree.refit(&form);
        self.whole.clear();
        if let Some((item, instance)) = here {
            self.place = self.tree.at(&form, item, instance).map_or(self.end(), Here::Node);
        }
        began
    }

    /// Refuses to change what the server has chosen later questions by.
    pub(super) fn nothing_later(&self, node: usize) -> Result<(), AnswerError> {
        match self.later(node) {
            None => Ok(()),
            Some((_, questions)) => Err(AnswerError::LaterQuestions { questions }),
        }
    }

    /// How many steps stay when the question is answered otherwise, and how many questions go; `None` when none was
    /// taken after it.
    fn later(&self, node: usize) -> Option<(usize, u32)> {
        let (item, steps) = (self.tree.nodes[node].item, self.form.steps());
        let kept = steps.iter().take_while(|step| step.first <= item).count().max(1);
        let first = steps.get(kept)?.first;
        let shown = self.index.all(QUESTION).filter(|&node| self.tree.nodes[node].item >= first).count();
        Some((kept, u32::try_from(shown).unwrap_or(u32::MAX)))
    }

    pub(super) fn plan_reopen(&self, key: &str) -> Result<EventKind, AnswerError> {
        let (_, questions) = self.later(self.on_screen(key)?).ok_or(NextQuestionError::NothingLater)?;
        Ok(EventKind::Reopened { item: key.to_owned(), questions })
    }

    /// Takes away what was asked after the question on the screen.
    pub(super) fn reopen(&mut self, key: &str) {
        let kept = self.on_screen(key).ok().and_then(|node| self.later(node));
        // It was planned, and fewer steps are no harder to use.
        let Some(Ok(shrunk)) = kept.map(|(kept, _)| self.form.shrunk(kept)) else { return };
        self.refit(shrunk);
        self.returning = false;
        self.evaluate_anew();
    }
}

/// Whether a question that the patient answers begins with an answer that is not the patient's. In a form that is imported,
/// whoever imports it reads so and decides; nobody reads it here.
fn begins_answered(form: &Questionnaire, place: usize) -> bool {
    let item = &form.form.items[place];
    let is_patients = item.question().is_some() && !item.read_only && !item.hidden;
    let is_computed = || form.form.rules.items.get(&place).is_some_and(|rules| rules.initial.is_some());
    is_patients && (!item.initial.is_empty() || is_computed())
}

/// Whether a patient would have to do something about it.
fn is_asked(item: &Item) -> bool {
    match item.kind {
        Kind::Question(_) => !item.read_only && !item.hidden,
        Kind::Group => item.is_repeating_group() && !item.is_fixed(),
        Kind::Display(_) => false,
    }
}
