//! What an item asks of an answer only after an expression was evaluated: calculated bounds and options.

use fhir::Value;

use super::Run;
use super::calculate::agrees;
use super::definition::{Item, calculated_on};
use super::expressions::{Failure, Focus, expression, truth};
use super::finding::{Rule, Severity};
use super::limits::{self, BOUNDS, Broken};
use super::options::{self, Open};
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
            self.report.add(broken.severity, broken.rule, Some(item.link_id), path, broken.message);
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
        for (url, beyond) in BOUNDS {
            for bound in item.extensions(url) {
                let members = bound.as_object().into_iter().flat_map(fhir::Object::iter);
                for (name, member) in members.filter(|(name, _)| name.starts_with("_value")) {
                    let Some(written) = calculated_on(member) else { continue };
                    let name = name.trim_start_matches('_');
                    for value in
                        self.values(written, item, focus, "a calculated bound", path).into_iter().flatten()
                    {
                        limits::bound_holds(given, (name, &value), beyond, &mut broken);
                    }
                }
            }
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
