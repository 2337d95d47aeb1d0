//! The FHIRPath of a Questionnaire (SDC): evaluated on the response, with its variables in scope, within a budget.

use std::collections::HashMap;
use std::rc::Rc;

use fhir::{Value, Version};
use fhirpath::{Collection, Context, DateTime, EvaluationErrorKind, Expression, Item, Picks};

use super::Options;
use super::definition::{Definition, extensions};
use super::populated::Elements;
use super::response::{Place, Response};
use super::variables::Defined;

pub(super) const VARIABLE: &str = "http://hl7.org/fhir/StructureDefinition/variable";
/// Its name stands for its result, as that of a variable does; for its first element where nothing repeats. What each instance
/// of a repeating group began with, the response does not say.
pub(super) const POPULATION: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-itemPopulationContext";
const LAUNCH_CONTEXT: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext";

/// An expression is tried with few steps first, so that most of them cost little of what all may take together.
const STEPS: [u64; 5] = [5_000, 25_000, 125_000, 625_000, 3_125_000];
const STEPS_OF_ALL: u64 = 500_000_000;
/// So many evaluations may run out of steps; with one more, nothing else is tried.
const MAX_TOO_LONG: u32 = 8;

/// What is said of [`Failure::TooLong`].
pub(super) const TOO_LONG: &str =
    "its expression takes too many steps; the author of the Questionnaire has to simplify it";

/// Why an expression has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// It needs something that is not here: another language, a launch context, a value set.
    NotChecked(String),
    /// It is not one that has a result: its author has to change it.
    Broken(String),
    /// It takes more steps than one expression may.
    TooLong,
    /// All expressions together take too many steps.
    Exhausted,
}

pub(super) type Scope<'a> = Rc<Vec<(String, Collection<'a>)>>;

/// The expressions of one Questionnaire, on one response.
pub(super) struct Expressions<'a> {
    form: &'a fhirpath::Questionnaire,
    response: &'a Value,
    terminology: Vec<&'a Value>,
    release: Version,
    /// Every expression may look for its items in the whole response: they are found once.
    picks: Rc<Picks<'a>>,
    now: Option<DateTime>,
    /// The names that the form says it may be launched with.
    launched: Vec<&'a str>,
    launch: &'a [(&'a str, &'a Value)],
    compiled: HashMap<&'a str, Result<Rc<Expression>, String>>,
    /// What those that have variables define, by their address.
    pub(super) definitions: HashMap<*const Value, Rc<[Defined<'a>]>>,
    scopes: HashMap<Option<usize>, Scope<'a>>,
    /// The names of what instances of repeating groups begin with, and what that is for each group in its place.
    pub(super) populated: Vec<&'a str>,
    elements: HashMap<(Place, usize), Elements<'a>>,
    steps: u64,
    too_long: u32,
}

impl<'a> Expressions<'a> {
    /// Of the Questionnaire in `form`. `now()` is the time at which the response says that it was written.
    pub(super) fn new(
        form: &'a fhirpath::Questionnaire,
        response: &'a Value,
        options: Options<'a>,
        release: Version,
    ) -> Self {
        let launched = extensions(form.value(), LAUNCH_CONTEXT)
            .flat_map(|launch| launch.list("extension"))
            .filter(|part| part.str("url") == Some("name"))
            .filter_map(|part| {
                part.get("valueCoding").and_then(|coding| coding.str("code")).or(part.str("valueId"))
            })
            .collect();
        Self {
            form,
            response,
            terminology: options.terminology.iter().chain(form.value().list("contained")).collect(),
            release,
            picks: Rc::new(Picks::new(release, response)),
            now: response.str("authored").and_then(DateTime::parse),
            launched,
            launch: options.launch,
            compiled: HashMap::new(),
            definitions: HashMap::new(),
            scopes: HashMap::new(),
            populated: Vec::new(),
            elements: HashMap::new(),
            steps: STEPS_OF_ALL,
            too_long: 0,
        }
    }

    /// The result of `text` on the item `node` of the response, as `%context`; on nothing, below `parent`, where the item
    /// is not there; on the response itself without both.
    pub(super) fn evaluate(
        &mut self,
        text: &'a str,
        place: Focus,
        definition: &Definition<'a>,
        response: &Response<'a>,
    ) -> Result<Collection<'a>, Failure> {
        let scope = match place {
            Focus::Response => self.scope(None, definition, response),
            Focus::Node { node, .. } => self.scope(Some(node), definition, response),
            Focus::Absent { parent, item } => self.absent_scope(parent, item, definition, response),
        };
        let question = match place {
            Focus::Response => None,
            Focus::Node { item, .. } | Focus::Absent { item, .. } => {
                definition.get(item).map(|item| item.value)
            }
        };
        let value = match place {
            Focus::Response => Some(self.response),
            Focus::Node { node, .. } => response.get(node).map(|node| node.value),
            Focus::Absent { .. } => None,
        };
        self.run(text, value, question, &scope)
    }

    /// The variables that an item of the response sees: the Questionnaire's, then those of each item above it, then its
    /// own.
    fn scope(
        &mut self,
        node: Option<usize>,
        definition: &Definition<'a>,
        response: &Response<'a>,
    ) -> Scope<'a> {
        // From the outside in, without recursion: those that are known already end the way up.
        let mut way = Vec::new();
        let mut at = node;
        while !self.scopes.contains_key(&at) {
            way.push(at);
            match at {
                Some(node) => at = response.get(node).and_then(|node| node.parent),
                None => break,
            }
        }
        for place in way.into_iter().rev() {
            let above = place.map(|node| response.get(node).and_then(|node| node.parent));
            let outer = above.and_then(|above| self.scopes.get(&above)).cloned().unwrap_or_default();
            let (owner, focus, question) = match place {
                None => (Some(self.form.value()), Some(self.response), None),
                Some(node) => {
                    let node = response.get(node);
                    let item = node.and_then(|node| node.item).and_then(|item| definition.get(item));
                    (item.map(|item| item.value), node.map(|node| node.value), item.map(|item| item.value))
                }
            };
            let scope = match owner {
                Some(owner) => self.variables(owner, focus, question, outer),
                None => outer,
            };
            self.scopes.insert(place, scope);
        }
        self.scopes.get(&node).cloned().unwrap_or_default()
    }

    /// Those of an item that is not there: the variables of what is missing above it speak about nothing.
    fn absent_scope(
        &mut self,
        parent: Option<usize>,
        item: usize,
        definition: &Definition<'a>,
        response: &Response<'a>,
    ) -> Scope<'a> {
        let mut scope = self.scope(parent, definition, response);
        let there = parent.and_then(|parent| response.get(parent)).and_then(|parent| parent.item);
        let missing: Vec<usize> = std::iter::once(item)
            .chain(definition.ancestors(item))
            .take_while(|above| Some(*above) != there)
            .collect();
        for item in missing.into_iter().rev().filter_map(|item| definition.get(item)) {
            scope = self.variables(item.value, None, Some(item.value), scope);
        }
        scope
    }

    /// The same so many days before the response was written; nothing where that is not known.
    pub(super) fn evaluate_days_before(
        &mut self,
        days: u32,
        (text, place): (&'a str, Focus),
        definition: &Definition<'a>,
        response: &Response<'a>,
    ) -> Option<Collection<'a>> {
        let written = self.now?;
        let before = Expression::parse(&format!("now() - {days} days")).ok()?;
        let context = Context::new(self.release).now(written);
        let earlier = before.evaluate_items(&context, &[]).ok()?;
        let [Item::DateTime(earlier)] = earlier.as_slice() else { return None };
        // Variables may read the clock too.
        let scopes = std::mem::take(&mut self.scopes);
        self.now = Some(*earlier);
        let found = self.evaluate(text, place, definition, response);
        self.now = Some(written);
        self.scopes = scopes;
        found.ok()
    }

    /// The elements that the group `of` begins with where it stands, evaluated once.
    pub(super) fn evaluate_once(
        &mut self,
        text: &'a str,
        (place, of): (Place, usize),
        definition: &Definition<'a>,
        response: &Response<'a>,
    ) -> Result<Elements<'a>, Failure> {
        if let Some(known) = self.elements.get(&(place, of)) {
            return Ok(Rc::clone(known));
        }
        let scope = self.scope(place.node, definition, response);
        let question = definition.get(of).map(|item| item.value);
        let found = Rc::new(self.run(text, None, question, &scope)?);
        self.elements.insert((place, of), Rc::clone(&found));
        Ok(found)
    }

    /// The result on an item of the response, with one name more.
    pub(super) fn evaluate_with(
        &mut self,
        text: &'a str,
        place: Focus,
        (name, value): (&str, Collection<'a>),
        definition: &Definition<'a>,
        response: &Response<'a>,
    ) -> Result<Collection<'a>, Failure> {
        let Focus::Node { node, item } = place else {
            return Err(Failure::NotChecked("nothing is there that it could be about".to_owned()));
        };
        let mut scope = (*self.scope(Some(node), definition, response)).clone();
        scope.retain(|(known, _)| known != name);
        scope.push((name.to_owned(), value));
        let question = definition.get(item).map(|item| item.value);
        self.run(text, response.get(node).map(|node| node.value), question, &Rc::new(scope))
    }

    /// An expression, read once.
    pub(super) fn compiled(&mut self, text: &'a str) -> Result<Rc<Expression>, Failure> {
        let compiled = self
            .compiled
            .entry(text)
            .or_insert_with(|| Expression::parse(text).map(Rc::new).map_err(|error| error.to_string()));
        compiled.clone().map_err(Failure::Broken)
    }

    pub(super) fn run(
        &mut self,
        text: &'a str,
        focus: Option<&'a Value>,
        question: Option<&'a Value>,
        scope: &Scope<'a>,
    ) -> Result<Collection<'a>, Failure> {
        let compiled = self.compiled(text)?;
        for steps in STEPS {
            let Some(left) = self.steps.checked_sub(steps) else { return Err(Failure::Exhausted) };
            self.steps = left;
            let mut context =
                Context::new(self.release).resource(self.response).questionnaire(self.form).steps(steps);
            context = context.picks(Rc::clone(&self.picks));
            if let Some(now) = self.now {
                context = context.now(now);
            }
            if let Some(question) = question {
                context = context.question(question);
            }
            for resource in &self.terminology {
                context = context.terminology(resource);
            }
            // A variable of the form hides what it was launched with.
            for (name, resource) in self.launch {
                let found = [Item::Node(context.node(resource, ""))].into_iter().collect();
                context = context.variable((*name).to_owned(), found);
            }
            for (name, value) in scope.iter() {
                context = context.variable(name.clone(), value.clone());
            }
            let kind = if question.is_some() { "QuestionnaireResponse.item" } else { "" };
            let input: Vec<Item<'a>> =
                focus.into_iter().map(|value| Item::Node(context.node(value, kind))).collect();
            match compiled.evaluate_items(&context, &input) {
                Ok(found) => return Ok(found),
                Err(error) => match error.kind {
                    EvaluationErrorKind::Steps(_) => {}
                    EvaluationErrorKind::UnknownVariable(name) if self.launched.contains(&name.as_str()) => {
                        return Err(Failure::NotChecked(format!(
                            "it needs %{name}, which is not known here"
                        )));
                    }
                    EvaluationErrorKind::UnknownVariable(name) if self.populated.contains(&name.as_str()) => {
                        return Err(Failure::NotChecked(format!(
                            "it needs %{name}, which an instance of its group began with, and the response does not say"
                        )));
                    }
                    EvaluationErrorKind::UnknownValueSet | EvaluationErrorKind::NoClock => {
                        return Err(Failure::NotChecked(error.to_string()));
                    }
                    _ => return Err(Failure::Broken(error.to_string())),
                },
            }
        }
        // One that takes more than all of these is as good as without end.
        self.too_long += 1;
        if self.too_long > MAX_TOO_LONG {
            self.steps = 0;
            return Err(Failure::Exhausted);
        }
        Err(Failure::TooLong)
    }
}

/// What an expression is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Focus {
    Response,
    /// An item of the response, and the Questionnaire's.
    Node {
        node: usize,
        item: usize,
    },
    /// An item that is not in the response, and where it would be.
    Absent {
        parent: Option<usize>,
        item: usize,
    },
}

/// The FHIRPath in an extension's `valueExpression`.
pub(super) fn expression(extension: &Value) -> Result<&str, Failure> {
    let Some(written) = extension.get("valueExpression") else {
        let text = extension.str("valueString");
        return text.ok_or_else(|| Failure::Broken("it has no expression".to_owned()));
    };
    match written.str("language") {
        None | Some("text/fhirpath") => {}
        Some(_) => {
            return Err(Failure::NotChecked("it is written in another language than FHIRPath".to_owned()));
        }
    }
    written.str("expression").ok_or_else(|| Failure::Broken("it has no expression".to_owned()))
}

/// Whether a result says yes: `None` where it is neither true nor false.
pub(super) fn truth(found: &Collection<'_>) -> Option<bool> {
    match found.as_slice() {
        [one] => one.as_bool(),
        _ => None,
    }
}
