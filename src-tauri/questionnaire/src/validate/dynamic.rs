//! What an item asks of an answer only after an expression was evaluated: calculated bounds and options.

use std::cmp::Ordering;

use fhir::Value;

use super::Run;
use super::asked::is_fixed;
use super::calculate::{CALCULATED, agrees};
use super::definition::{Item, Kind, calculated_on};
use super::expressions::{Failure, Focus, expression, truth};
use super::finding::{Rule, Severity};
use super::limits::{self, BOUNDS, Broken};
use super::options::{self, Open};
use super::unfit::candidate;
use super::value;

const TOGGLE: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerOptionsToggleExpression";

impl<'a> Run<'a, '_> {
    /// The bounds and options of `item` that are calculated, for one answer of the item `focus`.
    pub(super) fn dynamic(&mut self, item: &Item<'a>, focus: Focus, given: (&str, &'a Value), path: &str) {
        self.calculated_bounds(item, focus, given, path);
        self.calculated_options(item, focus, given, path);
        self.toggled_options(item, focus, given, path);
    }

    fn calculated_bounds(&mut self, item: &Item<'a>, focus: Focus, given: (&str, &Value), path: &str) {
        for broken in self.broken_bounds(item, focus, given, path) {
            // What the form answers itself, once and for all, nobody can bring back within bounds that move.
            let is_given = item.extension(CALCULATED).is_none()
                && (is_fixed(item) || item.value.get("_readOnly").is_some());
            let severity = if is_given { Severity::Warning } else { broken.severity };
            self.report.add(severity, broken.rule, Some(item.link_id), path, broken.message);
        }
    }

    /// The calculated bounds that an answer does not keep.
    pub(super) fn broken_bounds(
        &mut self,
        item: &Item<'a>,
        focus: Focus,
        given: (&str, &Value),
        path: &str,
    ) -> Vec<Broken> {
        let mut broken = Vec::new();
        // What the form offers itself is an answer, whatever its bounds say of others.
        if options::lists(item, given) {
            return broken;
        }
        for (url, beyond) in BOUNDS {
            for bound in item.extensions(url) {
                for (name, written) in calculated_in(bound) {
                    for value in
                        self.values(written, item, focus, "a calculated bound", path).into_iter().flatten()
                    {
                        limits::bound_holds(given, (name, &value), beyond, &mut broken);
                    }
                }
            }
        }
        if !broken.is_empty()
            && let Some(offered) = self.computed_options(item, focus, path)
            && offered.iter().any(|offered| agrees(given, offered))
        {
            broken.clear();
        }
        broken
    }

    /// An integer of an item, written or calculated, such as how often it occurs.
    pub(super) fn often(
        &mut self,
        item: &Item<'a>,
        focus: Focus,
        url: &'static str,
        path: &str,
    ) -> Option<usize> {
        let limit = item.extension(url)?;
        let number =
            |value: &Value| value.as_number()?.as_i32().and_then(|number| usize::try_from(number).ok());
        match limit.get("_valueInteger").and_then(calculated_on) {
            Some(written) => {
                match self.values(written, item, focus, "how often something occurs", path)?.as_slice() {
                    [only] => number(only),
                    _ => None,
                }
            }
            None => number(limit.get("valueInteger")?),
        }
    }

    /// Whether an item may be answered several times, as it is written or calculated.
    pub(super) fn repeats_now(&mut self, item: &Item<'a>, focus: Focus, path: &str) -> bool {
        let Some(written) = item.value.get("_repeats").and_then(calculated_on) else { return item.repeats };
        let values = self.values(written, item, focus, "whether something repeats", path);
        values.is_none_or(|values| values.as_slice() == [Value::Bool(true)])
    }

    /// The options that an expression gives now, where the item has no others.
    pub(super) fn computed_options(
        &mut self,
        item: &Item<'a>,
        focus: Focus,
        path: &str,
    ) -> Option<Vec<Value>> {
        let written = options::calculated(item)?;
        self.values(written, item, focus, "the calculation of the options", path)
    }

    fn calculated_options(&mut self, item: &Item<'a>, focus: Focus, given: (&str, &Value), path: &str) {
        let is_free = match options::openness(item) {
            Open::Only => false,
            Open::OrType => true,
            Open::OrString => given.0 == "valueString",
        };
        if is_free {
            return;
        }
        let values = self.computed_options(item, focus, path);
        if values.is_some_and(|values| !values.iter().any(|value| agrees(given, value))) {
            self.none_of_the_options(item, path);
        }
    }

    fn none_of_the_options(&mut self, item: &Item<'a>, path: &str) {
        let message = "this answer is none of the options that the Questionnaire has for this item now; choose one of them";
        self.report.add(Severity::Error, Rule::NotAnOption, Some(item.link_id), path, message);
    }

    fn toggled_options(&mut self, item: &Item<'a>, focus: Focus, given: (&str, &Value), path: &str) {
        if self.is_switched_off(item, focus, given, path) {
            self.none_of_the_options(item, path);
        }
    }

    /// Whether expressions switch this option.
    pub(super) fn is_switched(item: &Item<'a>, given: (&str, &Value)) -> bool {
        item.extensions(TOGGLE).any(|toggle| {
            let parts = toggle.list("extension").iter().filter(|part| part.str("url") == Some("option"));
            parts.filter_map(value::of).any(|option| options::is(given, option))
        })
    }

    /// An option that expressions switch can be chosen while one of them says so.
    pub(super) fn is_switched_off(
        &mut self,
        item: &Item<'a>,
        focus: Focus,
        given: (&str, &Value),
        path: &str,
    ) -> bool {
        let mut can_be_chosen = None;
        for toggle in item.extensions(TOGGLE) {
            let parts = |name: &'static str| {
                toggle.list("extension").iter().filter(move |part| part.str("url") == Some(name))
            };
            let mut named = parts("option").filter_map(value::of);
            if !named.any(|option| options::is(given, option)) {
                continue;
            }
            let found =
                parts("expression").next().ok_or_else(|| Failure::Broken("it has no expression".to_owned()));
            let found = found
                .and_then(expression)
                .and_then(|text| self.expressions.evaluate(text, focus, self.definition, self.response));
            match found {
                Ok(found) => can_be_chosen = Some(can_be_chosen == Some(true) || truth(&found) == Some(true)),
                Err(failure) => {
                    let what = "an expression that switches options";
                    self.not_evaluated(what, &failure, Some(item.link_id), path);
                    return false;
                }
            }
        }
        can_be_chosen == Some(false)
    }

    /// How many of the options that are offered now can be answers together, where expressions say which those are and
    /// nothing else can be answered.
    pub(super) fn choosable(&mut self, item: &Item<'a>, focus: Focus, path: &str) -> Option<usize> {
        if options::openness(item) != Open::Only || !item.kind.is_question() {
            return None;
        }
        if let Some(offered) = self.computed_options(item, focus, path) {
            return Some(offered.iter().filter(|value| can_be_chosen(item, value)).count());
        }
        item.extension(TOGGLE)?;
        let (mut together, mut alone) = (0, 0);
        for option in options::listed(item).iter().filter_map(value::of) {
            if self.is_switched_off(item, focus, option, path) {
                continue;
            }
            if options::is_exclusive(item, option) { alone = 1 } else { together += 1 }
        }
        Some(alone.max(together))
    }

    /// Whether no answer lies between the bounds of an item, because one of them is calculated.
    pub(super) fn leaves_nothing(&mut self, item: &Item<'a>, focus: Focus, path: &str) -> bool {
        let (mut least, mut most) = (Vec::new(), Vec::new());
        let mut is_calculated = false;
        for (url, beyond) in BOUNDS {
            let side = if beyond == Ordering::Less { &mut least } else { &mut most };
            for bound in item.extensions(url) {
                let written = value::of(bound).filter(|(_, value)| !is_calculated_alone(value));
                side.extend(written.map(|(name, value)| (name.to_owned(), value.clone())));
                for (name, written) in calculated_in(bound) {
                    is_calculated = true;
                    let values = self.values(written, item, focus, "a calculated bound", path);
                    side.extend(values.into_iter().flatten().map(|value| (name.to_owned(), value)));
                }
            }
        }
        let is_above = |(name, min): &(String, Value), (bound, max): &(String, Value)| {
            let mut broken = Vec::new();
            limits::bound_holds((name, min), (bound, max), Ordering::Greater, &mut broken);
            broken.iter().any(|broken| broken.rule == Rule::AboveMaximum)
        };
        let is_listed = !options::listed(item).is_empty();
        is_calculated && !is_listed && least.iter().any(|min| most.iter().any(|max| is_above(min, max)))
    }

    /// What an expression gives; what keeps it from giving anything is said.
    fn values(
        &mut self,
        written: &'a Value,
        item: &Item<'a>,
        focus: Focus,
        what: &str,
        path: &str,
    ) -> Option<Vec<Value>> {
        let found = expression(written)
            .and_then(|text| self.expressions.evaluate(text, focus, self.definition, self.response));
        match found {
            Ok(found) => Some(found.iter().filter_map(fhirpath::Item::to_value).collect()),
            Err(failure) => {
                self.not_evaluated(what, &failure, Some(item.link_id), path);
                None
            }
        }
    }
}

/// The calculations in a bound, by the names of its elements: a primitive type has them beside it, a Quantity inside it.
fn calculated_in(bound: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = bound.as_object().into_iter().flat_map(fhir::Object::iter);
    members
        .filter(|(name, _)| name.starts_with("_value") || *name == "valueQuantity")
        .filter_map(|(name, member)| Some((name.trim_start_matches('_'), calculated_on(member)?)))
}

/// Whether a Quantity is nothing but the place of its calculation.
pub(super) fn is_calculated_alone(value: &Value) -> bool {
    value.as_object().is_some_and(|quantity| !quantity.contains("value")) && calculated_on(value).is_some()
}

/// Whether what an expression gives for an option can be an answer of the item.
fn can_be_chosen(item: &Item<'_>, value: &Value) -> bool {
    match (item.kind, value) {
        (Kind::Coding | Kind::OpenChoice, Value::Object(coding)) => {
            (coding.contains("code") || coding.contains("display")) && !coding.contains("value")
        }
        _ => candidate(item, value).is_some(),
    }
}
