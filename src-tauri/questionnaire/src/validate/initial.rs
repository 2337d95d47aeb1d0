//! What a form answers itself and nobody can write over is as the form has it: read-only and hidden questions with an
//! initial value (FHIR R4, `Questionnaire.item.readOnly`). Scores rest on such values: weights, factors, identifiers.

use fhir::Value;
use fhirpath::Collection;

use super::Run;
use super::asked::{INITIAL, is_fixed};
use super::calculate::{CALCULATED, agrees};
use super::definition::Item;
use super::enable::State;
use super::expressions::{Focus, expression};
use super::finding::{Rule, Severity};
use super::response::Node;
use super::{options, value};

impl<'a> Run<'a, '_> {
    /// Every read-only or hidden question that is there.
    pub(super) fn fixed(&mut self) {
        for node in 0..self.response.nodes.len() {
            let Some(index) = self.response.get(node).and_then(|node| node.item) else { continue };
            let Some(item) = self.definition.get(index).filter(|item| is_given_by_form(item)) else {
                continue;
            };
            let answers = self.response.get(node).map(Node::answers).unwrap_or_default();
            if !self.report.step(1 + answers.len()) {
                return;
            }
            if self.enabled.node(node) != State::Yes {
                continue;
            }
            let given: Vec<(&str, &Value)> = answers.iter().filter_map(value::of).collect();
            let initial = initial(item);
            let is_altered = if initial.is_empty() {
                self.is_unsigned && self.is_altered(item, (node, index), &given)
            } else {
                // An option that expressions switch is none while it is off, and does not come back by itself.
                let sure: Vec<(&str, &Value)> =
                    initial.iter().copied().filter(|known| !Self::is_switched(item, *known)).collect();
                let is_same = if sure.len() == initial.len() {
                    initial.len() == given.len()
                        && initial.iter().zip(&given).all(|(known, given)| is_initial(*given, *known))
                } else {
                    given.iter().all(|given| initial.iter().any(|known| is_initial(*given, *known)))
                        && sure.iter().all(|known| given.iter().any(|given| is_initial(*given, *known)))
                };
                // A hidden one may be filled in by whatever fills in the form.
                !is_same && (self.is_unsigned || item.value.get("readOnly") == Some(&Value::Bool(true)))
            };
            if is_altered {
                let message = "nobody can write over this answer, and it is not the one that the Questionnaire begins with; put that one there";
                let path = self.response.path(node);
                self.report.add(Severity::Error, Rule::Initial, Some(item.link_id), &path, message);
            }
        }
    }

    /// One that is not there, though the form engine answers it.
    pub(super) fn fixed_and_absent(&mut self, item: &Item<'a>, path: &str) {
        let stays = initial(item).iter().any(|known| !Self::is_switched(item, *known));
        if self.is_unsigned && self.is_complete && is_given_by_form(item) && stays {
            let message = "the Questionnaire begins with an answer to this question, which nobody can take away, and it is missing; put it there";
            self.report.add(Severity::Error, Rule::Initial, Some(item.link_id), path, message);
        }
    }

    /// Whether answers are others than `initialExpression` gives, where that depends on nothing that has changed since.
    fn is_altered(&mut self, item: &Item<'a>, place: (usize, usize), given: &[(&str, &Value)]) -> bool {
        let Some(text) = item.extension(INITIAL).and_then(|written| expression(written).ok()) else {
            return false;
        };
        // One that the question does not take is left out.
        let is_switched = given.iter().any(|given| Self::is_switched(item, *given));
        if given.is_empty() || is_switched || self.has_changed(text, place.1) {
            return false;
        }
        let is_given = |found: &Collection<'_>| {
            let expected: Vec<Value> = found.iter().filter_map(fhirpath::Item::to_value).collect();
            let is_named = |given: &Value, expected: &Value| {
                expected.as_str().is_some_and(|name| given.str("display").map(str::trim) == Some(name.trim()))
            };
            expected.len() == given.len()
                && expected
                    .iter()
                    .zip(given)
                    .all(|(expected, given)| agrees(*given, expected) || is_named(given.1, expected))
        };
        let (node, index) = place;
        let focus = Focus::Node { node, item: index };
        match self.expressions.evaluate(text, focus, self.definition, self.response) {
            Ok(found) => !is_given(&found),
            Err(_) => self.gives_for_an_element(text, place, is_given) == Some(false),
        }
    }
}

/// Whether nobody can write over the item's answer, and no calculation does.
fn is_given_by_form(item: &Item<'_>) -> bool {
    item.kind.is_question()
        && is_fixed(item)
        && item.value.get("_readOnly").is_none()
        && item.extension(CALCULATED).is_none()
}

/// The initial values: `initial`, or the options with `initialSelected`.
fn initial<'a>(item: &Item<'a>) -> Vec<(&'a str, &'a Value)> {
    let initial: Vec<_> = item.value.list("initial").iter().filter_map(value::given).collect();
    if !initial.is_empty() {
        return initial;
    }
    let selected = |option: &&Value| option.get("initialSelected") == Some(&Value::Bool(true));
    options::listed(item).iter().filter(selected).filter_map(value::of).collect()
}

fn is_initial(given: (&str, &Value), known: (&str, &Value)) -> bool {
    let number = |value: &Value| value.get("value").cloned();
    options::is(given, known)
        // Without a code, the unit is written as the question has it.
        || (given.0 == "valueQuantity" && known.1.get("code").is_none() && number(given.1) == number(known.1))
}
