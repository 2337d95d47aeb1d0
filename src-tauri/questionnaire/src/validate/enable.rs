//! Which items are enabled (FHIR R4 and R5, `Questionnaire.item.enableWhen`).
//!
//! Every item of the response gets its state once, each after all that its conditions look at. A condition looks at the
//! question beside the item, in the same repetition or under the same answer; where there is none, at the nearest one
//! before the item, and else at the first after it (FHIR R4, `Questionnaire.item.enableWhen.question`). It looks at no
//! answer that is not enabled itself.

use std::cmp::Ordering;

use fhir::Value;

use super::compare::{Comparison, compare_against};
use super::definition::{Definition, Item, Kind, form_path};
use super::expressions::{Expressions, Failure, Focus, TOO_LONG, expression, truth};
use super::finding::{Rule, Severity};
use super::report::Report;
use super::response::{Place, Response};
use super::value;

/// Whether an item is enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Yes,
    No,
    /// It cannot be said: nothing is demanded of the item, and nothing is held against it.
    Unknown,
}

impl State {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for State {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

struct Condition<'a> {
    question: usize,
    /// The nearest item around the question that repeats, so that there can be several of the question.
    around: Option<Around>,
    operator: &'a str,
    wanted: (&'a str, &'a Value),
}

/// An item that can repeat.
#[derive(Clone, Copy)]
struct Around {
    item: usize,
    is_group: bool,
}

/// Where a condition is looked at from.
#[derive(Clone, Copy)]
struct Seen {
    place: Place,
    /// The number of the node, or that of the one before which it would stand.
    position: usize,
}

impl Seen {
    /// The repetition or answer of `item` that a condition means: the one around it, else the last that begins before
    /// it, else the first.
    fn nearest(self, around: Around, response: &Response<'_>) -> Option<Place> {
        let Around { item, is_group } = around;
        let outwards =
            std::iter::successors(Some(self.place), |place| place.node.map(|node| response.place_of(node)));
        let is_of_item = |place: &Place| {
            place.node.and_then(|node| response.get(node)).is_some_and(|node| node.item == Some(item))
        };
        if let Some(place) = outwards.take_while(|place| place.node.is_some()).find(is_of_item) {
            return Some(place);
        }
        let all = response.openings(item);
        let (before, after) = all.split_at(all.partition_point(|node| *node < self.position));
        let last = before.last().and_then(|node| response.places(*node, is_group).next_back());
        last.or_else(|| after.first().and_then(|node| response.places(*node, is_group).next()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Behavior {
    All,
    Any,
    /// Several conditions, and nothing said (against FHIR's que-12).
    Unsaid,
}

/// The conditions of each item, and the state of each node of the response.
pub(super) struct Enabled<'a> {
    conditions: Vec<Vec<Condition<'a>>>,
    behaviors: Vec<Behavior>,
    expressions: Vec<Option<&'a Value>>,
    /// Items whose conditions cannot be evaluated.
    unknown: Vec<bool>,
    nodes: Vec<State>,
}

/// What evaluating needs: the expressions, and where findings and steps go.
pub(super) struct Evaluation<'a, 'r> {
    pub(super) expressions: &'r mut Expressions<'a>,
    pub(super) report: &'r mut Report,
    pub(super) definition: &'r Definition<'a>,
}

impl<'a> Evaluation<'a, '_> {
    /// Whether an `enableWhenExpression` holds; no result is a no.
    fn truth(&mut self, written: &'a Value, item: usize, focus: Focus, response: &Response<'a>) -> State {
        let found = expression(written)
            .and_then(|text| self.expressions.evaluate(text, focus, self.definition, response));
        let failure = match found {
            Ok(found) => return State::from(truth(&found) == Some(true)),
            Err(failure) => failure,
        };
        let link_id = self.definition.get(item).map_or("", |item| item.link_id);
        let (severity, rule, reason) = match &failure {
            Failure::NotChecked(reason) => (Severity::Information, Rule::NotChecked, reason.as_str()),
            Failure::Broken(reason) => (Severity::Warning, Rule::FormExpression, reason.as_str()),
            Failure::TooLong => (Severity::Warning, Rule::NotChecked, TOO_LONG),
            Failure::Exhausted => {
                self.report.exhaust();
                return State::Unknown;
            }
        };
        let message = format!("whether this item is enabled cannot be said: {reason}");
        self.report.add_once(severity, rule, link_id, &form_path(link_id), message);
        State::Unknown
    }
}

impl<'a> Enabled<'a> {
    pub(super) fn evaluate(
        definition: &Definition<'a>,
        response: &Response<'a>,
        evaluation: &mut Evaluation<'a, '_>,
    ) -> Self {
        let mut enabled = Self {
            expressions: Vec::with_capacity(definition.items.len()),
            conditions: Vec::with_capacity(definition.items.len()),
            behaviors: Vec::with_capacity(definition.items.len()),
            unknown: Vec::with_capacity(definition.items.len()),
            nodes: vec![State::Unknown; response.nodes.len()],
        };
        for item in &definition.items {
            let (conditions, unknown) = read(definition, item, evaluation.report);
            enabled.expressions.push(item.extension(ENABLE_WHEN_EXPRESSION));
            enabled.behaviors.push(match item.value.str("enableBehavior") {
                Some("any") => Behavior::Any,
                None if conditions.len() > 1 => Behavior::Unsaid,
                _ => Behavior::All,
            });
            enabled.conditions.push(conditions);
            enabled.unknown.push(unknown);
        }
        for item in enabled.order(definition, evaluation.report) {
            for &node in response.of_item(item) {
                let place = response.place_of(node);
                let above = place.node.map_or(State::Yes, |parent| enabled.node(parent));
                let own = enabled.own(item, Some(node), place, response, evaluation);
                if let Some(state) = enabled.nodes.get_mut(node) {
                    *state = above.and(own);
                }
            }
        }
        enabled
    }

    /// The state of an item that is there.
    pub(super) fn node(&self, node: usize) -> State {
        self.nodes.get(node).copied().unwrap_or(State::Unknown)
    }

    /// What the item's own conditions say, of `node`, or of one that is not there, in `place`; those above are not
    /// looked at.
    pub(super) fn own(
        &self,
        item: usize,
        node: Option<usize>,
        place: Place,
        response: &Response<'a>,
        evaluation: &mut Evaluation<'a, '_>,
    ) -> State {
        let from = Seen { place, position: node.unwrap_or_else(|| response.position(place, item)) };
        let conditions = self.conditions_hold(item, from, response, evaluation.report);
        match self.expressions.get(item).copied().flatten() {
            Some(written) if conditions != State::No => {
                let focus = match node {
                    Some(node) => Focus::Node { node, item },
                    None => Focus::Absent { parent: place.node, item },
                };
                conditions.and(evaluation.truth(written, item, focus, response))
            }
            _ => conditions,
        }
    }

    fn conditions_hold(
        &self,
        item: usize,
        from: Seen,
        response: &Response<'a>,
        report: &mut Report,
    ) -> State {
        if self.unknown.get(item).copied().unwrap_or(true) {
            return State::Unknown;
        }
        let conditions = self.conditions.get(item).map_or(&[][..], Vec::as_slice);
        let (mut all, mut any) = (State::Yes, State::from(conditions.is_empty()));
        for condition in conditions {
            let holds = self.holds(condition, from, response, report);
            (all, any) = (all.and(holds), any.or(holds));
        }
        match self.behaviors.get(item) {
            Some(Behavior::All) => all,
            Some(Behavior::Any) => any,
            _ if all == any => all,
            _ => State::Unknown,
        }
    }

    /// FHIR's `questionnaire-enable-operator`: one answer for which it holds is enough, and `!=` holds where no answer
    /// equals, so also without any.
    fn holds(
        &self,
        condition: &Condition<'a>,
        from: Seen,
        response: &Response<'a>,
        report: &mut Report,
    ) -> State {
        let nodes = match condition.around {
            None => response.of_item(condition.question),
            Some(around) => from
                .nearest(around, response)
                .map_or(&[][..], |place| response.of_item_in(condition.question, place)),
        };
        let mut found = State::No;
        for &node in nodes {
            let answers = response.get(node).map(super::response::Node::answers).unwrap_or_default();
            if !report.step(1 + answers.len()) {
                return State::Unknown;
            }
            let state = self.node(node);
            for given in answers.iter().filter_map(value::of) {
                let this = match condition.operator {
                    "exists" => State::Yes,
                    operator => compares(operator, given, condition.wanted),
                };
                found = found.or(state.and(this));
            }
            if found == State::Yes {
                break;
            }
        }
        match condition.operator {
            "exists" if condition.wanted.1.as_bool() == Some(false) => found.not(),
            "!=" => found.not(),
            _ => found,
        }
    }

    /// The items, each after its parent and after the questions of its conditions. Those that depend on each other are
    /// reported, and their state is not known.
    fn order(&self, definition: &Definition<'a>, report: &mut Report) -> Vec<usize> {
        let count = definition.items.len();
        let (mut missing, mut dependents) = (vec![0usize; count], vec![Vec::new(); count]);
        let mut depends = |item: usize, on: usize| {
            if let (Some(missing), Some(dependents)) = (missing.get_mut(item), dependents.get_mut(on)) {
                *missing += 1;
                dependents.push(item);
            }
        };
        for (place, item) in definition.items.iter().enumerate() {
            if let Some(parent) = item.parent {
                depends(place, parent);
            }
            for condition in self.conditions.get(place).into_iter().flatten() {
                depends(place, condition.question);
            }
        }
        let mut order: Vec<usize> =
            (0..count).filter(|item| missing.get(*item).is_some_and(|missing| *missing == 0)).collect();
        let mut next = 0;
        while let Some(&item) = order.get(next) {
            next += 1;
            for &dependent in dependents.get(item).into_iter().flatten() {
                if let Some(left) = missing.get_mut(dependent) {
                    *left -= 1;
                    if *left == 0 {
                        order.push(dependent);
                    }
                }
            }
        }
        let stuck: Vec<&str> = (0..count)
            .filter(|item| missing.get(*item).is_some_and(|missing| *missing > 0))
            .filter_map(|item| definition.get(item).map(|item| item.link_id))
            .collect();
        if let Some(first) = stuck.first() {
            let names: Vec<String> =
                stuck.iter().take(5).map(|name| name.chars().take(40).collect()).collect();
            let message = format!(
                "{} items of the Questionnaire depend on each other or on such items ({}); its author has to change their enableWhen",
                stuck.len(),
                names.join(", ")
            );
            report.add(Severity::Error, Rule::FormCycle, Some(first), &form_path(first), message);
        }
        order
    }
}

/// The conditions of an item, and whether there is something about them that is not evaluated.
fn read<'a>(definition: &Definition<'a>, item: &Item<'a>, report: &mut Report) -> (Vec<Condition<'a>>, bool) {
    let (mut conditions, mut unknown) = (Vec::new(), false);
    for written in item.value.list("enableWhen") {
        match condition(definition, written) {
            Ok(condition) => conditions.push(condition),
            Err(message) => {
                unknown = true;
                report.add(
                    Severity::Error,
                    Rule::FormCondition,
                    Some(item.link_id),
                    &form_path(item.link_id),
                    message,
                );
            }
        }
    }
    (conditions, unknown)
}

const ENABLE_WHEN_EXPRESSION: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression";

fn condition<'a>(definition: &Definition<'a>, written: &'a Value) -> Result<Condition<'a>, &'static str> {
    let question = written.str("question").and_then(|question| definition.find(question));
    let question =
        question.ok_or("a condition of this item names a question that the Questionnaire does not have")?;
    let operator = written
        .str("operator")
        .filter(|operator| ["exists", "=", "!=", ">", "<", ">=", "<="].contains(operator))
        .ok_or("a condition of this item has none of FHIR's operators: exists, =, !=, >, <, >=, <=")?;
    let wanted = written.as_object().into_iter().flat_map(fhir::Object::iter).find_map(|(name, value)| {
        name.strip_prefix("answer").filter(|kind| !kind.is_empty()).map(|kind| (kind, value))
    });
    let wanted = wanted.ok_or("a condition of this item has no answer[x] to compare with")?;
    if operator == "exists" && wanted.1.as_bool().is_none() {
        return Err(
            "a condition of this item asks whether an answer exists, and says neither true nor false",
        );
    }
    let repeats = |above: &usize| definition.get(*above).is_some_and(Item::can_repeat);
    let is_group = |item: usize| definition.get(item).is_some_and(|item| item.kind == Kind::Group);
    let around = definition.ancestors(question).find(repeats);
    let around = around.map(|item| Around { item, is_group: is_group(item) });
    Ok(Condition { question, around, operator, wanted })
}

fn compares(operator: &str, given: (&str, &Value), wanted: (&str, &Value)) -> State {
    let given = (given.0.trim_start_matches("value"), given.1);
    let ordering = match compare_against(given, wanted) {
        Comparison::Ordered(ordering) => ordering,
        Comparison::Different => return State::No,
        Comparison::Unknown => return State::Unknown,
    };
    State::from(match operator {
        "=" | "!=" => ordering == Ordering::Equal,
        ">" => ordering == Ordering::Greater,
        "<" => ordering == Ordering::Less,
        ">=" => ordering != Ordering::Less,
        _ => ordering != Ordering::Greater,
    })
}
