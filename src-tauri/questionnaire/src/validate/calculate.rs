//! What expressions say of a response: constraints hold, and calculated answers are what the calculation gives.

use fhir::Value;
use fhirpath::Decimal;

use super::Run;
use super::asked::is_fixed;
use super::compare::{Comparison, compare, is_same_coding};
use super::definition::{extensions, form_path};
use super::enable::State;
use super::expressions::{Failure, Focus, TOO_LONG, expression, truth};
use super::finding::{Rule, Severity};
use super::limits;
use super::response::Place;
use super::value;
use crate::{check, converted, number::MAX_DIGITS};

const CONSTRAINTS: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/questionnaire-constraint",
    "http://hl7.org/fhir/StructureDefinition/targetConstraint",
];
pub(super) const CALCULATED: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";

/// How long the author's words about a constraint may be.
const MAX_WORDS: usize = 500;

/// So many digits after the point may be rounded away from a calculated decimal that has more.
const ROUNDED_FROM: u32 = 6;

impl<'a> Run<'a, '_> {
    /// The constraints of the Questionnaire and of each of its items, on every item that is there and enabled; not on a
    /// question without an answer, which is there only to say why it has none. The form engine reads them in the same way.
    pub(super) fn constraints(&mut self) {
        let form = self.definition.questionnaire;
        self.constraints_of(form, None, Focus::Response, "QuestionnaireResponse");
        for node in 0..self.response.nodes.len() {
            let Some(item) = self.response.get(node).and_then(|node| node.item) else { continue };
            let Some(definition) = self.definition.get(item) else { continue };
            let has_some = CONSTRAINTS.iter().any(|url| definition.extension(url).is_some());
            let is_left_out = definition.kind.is_question()
                && self.response.get(node).is_none_or(|node| node.answers().is_empty());
            if has_some && !is_left_out && self.enabled.node(node) == State::Yes {
                let path = self.response.path(node);
                self.constraints_of(
                    definition.value,
                    Some(definition.link_id),
                    Focus::Node { node, item },
                    &path,
                );
            }
        }
    }

    fn constraints_of(&mut self, owner: &'a Value, link_id: Option<&str>, focus: Focus, path: &str) {
        for constraint in CONSTRAINTS.iter().flat_map(|url| extensions(owner, url)) {
            let part =
                |name: &str| constraint.list("extension").iter().find(|part| part.str("url") == Some(name));
            let text = match part("expression") {
                Some(written) => expression(written),
                None => Err(Failure::Broken("it has no expression".to_owned())),
            };
            let found =
                text.and_then(|text| self.expressions.evaluate(text, focus, self.definition, self.response));
            match found {
                Ok(found) if truth(&found) == Some(false) => {
                    let words = part("human")
                        .and_then(|human| human.str("valueString").or_else(|| human.str("valueMarkdown")));
                    let words: String =
                        words.unwrap_or("a rule of the Questionnaire").chars().take(MAX_WORDS).collect();
                    let is_error =
                        part("severity").and_then(|severity| severity.str("valueCode")) == Some("error");
                    let severity =
                        if is_error && self.is_complete { Severity::Error } else { Severity::Warning };
                    let message = format!("{words}; this constraint of the Questionnaire does not hold");
                    self.report.add(severity, Rule::Constraint, link_id, path, message);
                }
                // A constraint about what is not answered has nothing to say.
                Ok(_) => {}
                Err(failure) => self.not_evaluated("a constraint", &failure, link_id, path),
            }
        }
    }

    /// Said once for an item of the Questionnaire.
    pub(super) fn not_evaluated(&mut self, what: &str, failure: &Failure, link_id: Option<&str>, path: &str) {
        let link_id = link_id.unwrap_or_default();
        match failure {
            Failure::NotChecked(reason) => {
                let message = format!("{what} was not checked: {reason}");
                self.report.add_once(Severity::Information, Rule::NotChecked, link_id, path, message);
            }
            Failure::Broken(reason) => {
                let message = format!(
                    "{what} of the Questionnaire cannot be evaluated: {reason}; its author has to change it"
                );
                self.report.add_once(Severity::Warning, Rule::FormExpression, link_id, path, message);
            }
            Failure::TooLong => {
                let message = format!("{what} was not checked: {TOO_LONG}");
                self.report.add_once(Severity::Warning, Rule::NotChecked, link_id, path, message);
            }
            Failure::Exhausted => self.report.exhaust(),
        }
    }

    /// Every calculated answer again, of the items that are there.
    pub(super) fn calculated(&mut self) {
        for node in 0..self.response.nodes.len() {
            let Some(item) = self.response.get(node).and_then(|node| node.item) else { continue };
            let is_calculated =
                self.definition.get(item).is_some_and(|item| item.extension(CALCULATED).is_some());
            if is_calculated && self.enabled.node(node) == State::Yes {
                let focus = Focus::Node { node, item };
                let path = self.response.path(node);
                let answers = self.response.get(node).map(super::response::Node::answers);
                self.recalculate(item, focus, answers.unwrap_or_default(), &path);
            }
        }
    }

    /// A calculated answer that is not there; its place may be.
    pub(super) fn calculated_and_absent(&mut self, item: usize, place: Place) {
        let path = self.response.place_path(place);
        self.recalculate(item, Focus::Absent { parent: place.node, item }, &[], &path);
    }

    fn recalculate(&mut self, index: usize, focus: Focus, answers: &'a [Value], path: &str) {
        let Some(item) = self.definition.get(index) else { return };
        let Some(calculation) = item.extension(CALCULATED).filter(|_| item.kind.is_question()) else {
            return;
        };
        let found = expression(calculation)
            .and_then(|text| self.expressions.evaluate(text, focus, self.definition, self.response));
        let found = match found {
            Ok(found) => found,
            Err(failure) => {
                let form = form_path(item.link_id);
                self.not_evaluated("the calculation of an answer", &failure, Some(item.link_id), &form);
                if self.is_unsigned && matches!(failure, Failure::Broken(_)) && !answers.is_empty() {
                    let message = "this answer is calculated, and its calculation fails, so that there is none; take it out";
                    self.report.add(
                        self.fixed_severity(),
                        Rule::Calculated,
                        Some(item.link_id),
                        path,
                        message,
                    );
                }
                return;
            }
        };
        let expected: Vec<Value> = found.iter().filter_map(fhirpath::Item::to_value).collect();
        let given: Vec<(&str, &Value)> = answers.iter().filter_map(value::of).collect();
        let places = limits::max_decimal_places(item);
        let is_same = |(expected, given): (&Value, &(&str, &Value))| {
            agrees(*given, expected) || places.is_some_and(|places| is_rounded(*given, expected, places))
        };
        let same = expected.len() == given.len() && expected.iter().zip(&given).all(is_same);
        if same {
            return;
        }
        if let Ok(text) = expression(calculation)
            && self.may_be_of_another_time(text, (index, focus), (item.link_id, path), |expected| {
                expected.len() == given.len() && expected.iter().zip(&given).all(is_same)
            })
        {
            return;
        }
        if given.is_empty() && self.is_absent_by_error(focus) && self.is_unfit(item, focus, &expected, path) {
            let message = "the calculation of this answer gives what the item cannot take (its type, options or limits), so that there is none; the author of the Questionnaire has to change one of the two";
            self.report.add(Severity::Warning, Rule::FormExpression, Some(item.link_id), path, message);
            return;
        }
        // What a person may write over is not wrong for being another. The form engine lets nobody write over it.
        let is_fixed = self.is_unsigned || is_fixed(item);
        let severity = if is_fixed { self.fixed_severity() } else { Severity::Warning };
        let message = match (expected.is_empty(), given.is_empty()) {
            (true, _) => "this answer is calculated, and the calculation gives none now; take it out",
            (_, true) => "this answer is calculated, and it is missing; calculate it again",
            _ => "this answer is calculated, and the calculation gives another one; calculate it again",
        };
        self.report.add(severity, Rule::Calculated, Some(item.link_id), path, message);
    }

    /// How grave it is that what nobody can write over is another: what is not complete may be calculated again.
    fn fixed_severity(&self) -> Severity {
        if self.is_complete { Severity::Error } else { Severity::Warning }
    }
}

/// Whether an answer is what an expression gave.
pub(super) fn agrees(given: (&str, &Value), expected: &Value) -> bool {
    match (given.0, expected) {
        ("valueDecimal" | "valueInteger", Value::Number(_)) => near(given.1, expected),
        ("valueQuantity", Value::Number(_)) => {
            given.1.get("value").is_some_and(|value| near(value, expected))
        }
        ("valueQuantity", _) => {
            let values = given.1.get("value").zip(in_unit_of(given.1, expected));
            values.is_some_and(|(given, expected)| near(given, &expected))
                || compare(("Quantity", given.1), ("Quantity", expected)).is_equal()
        }
        ("valueCoding", Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
            converted::means_coding(expected, given.1.str("code"), given.1.str("display"))
        }
        ("valueCoding", _) => is_same_coding(given.1, expected),
        ("valueReference", _) => {
            compare(("Reference", given.1), ("Reference", expected)).is_equal() || given.1 == expected
        }
        ("valueDate" | "valueDateTime", _) => {
            given.1 == expected
                || (given.0 == "valueDate" && given.1.as_str() == converted::date(expected))
                || compare(("DateTime", given.1), ("DateTime", expected))
                    == Comparison::Ordered(std::cmp::Ordering::Equal)
        }
        ("valueTime", _) => compare(("Time", given.1), ("Time", expected)).is_equal(),
        // Answers have no white space at their ends, whatever a calculation joins.
        ("valueString" | "valueUri", Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
            given.1.as_str().map(str::trim) == Some(converted::text(expected).as_deref().unwrap_or_default())
        }
        _ => given.1 == expected,
    }
}

/// The number of what an expression gave: of a quantity, the one in the unit of `given`.
fn in_unit_of(given: &Value, expected: &Value) -> Option<Value> {
    let Some(number) = expected.get("value") else { return Some(expected.clone()) };
    let unit = |quantity: &Value| quantity.str("code").or(quantity.str("unit")).map(str::to_owned);
    if unit(given) == unit(expected) {
        return Some(number.clone());
    }
    let converted = check::amount_in(expected, given.str("code")?)?;
    Some(Value::Number(fhir::Number::new(converted).ok()?))
}

/// Whether a number is what an expression gave, rounded to as many digits after the point as the item allows.
fn is_rounded(given: (&str, &Value), expected: &Value, places: u32) -> bool {
    let expected = in_unit_of(given.1, expected);
    let given = if given.0 == "valueQuantity" { given.1.get("value") } else { Some(given.1) };
    let decimal = |value: &Value| value.as_number().and_then(|number| read(number.as_str()));
    given.and_then(decimal).zip(expected.as_ref().and_then(decimal)).is_some_and(|(given, expected)| {
        places <= 28 && (given - expected).abs() * Decimal::from(2) <= Decimal::new(1, places)
    })
}

/// Equal by value; or, where the calculation has many digits, equal when it is rounded as the answer was, to two digits
/// after the point at least.
fn near(given: &Value, expected: &Value) -> bool {
    let decimal = |value: &Value| value.as_number().and_then(|number| read(number.as_str()));
    match (decimal(given), decimal(expected)) {
        (Some(given), Some(expected)) => {
            given == expected
                || ((given.scale() >= 2 || has_many_digits(given))
                    && expected.normalize().scale() > ROUNDED_FROM
                    && (given - expected).abs() * Decimal::from(2) <= Decimal::new(1, given.scale()))
        }
        _ => compare(("Decimal", given), ("Decimal", expected)).is_equal(),
    }
}

/// A number of as many digits as are handled is rounded for want of room.
fn has_many_digits(number: Decimal) -> bool {
    number.mantissa().unsigned_abs().to_string().len() >= MAX_DIGITS
}

pub(super) fn read(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok().or_else(|| Decimal::from_scientific(text).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_score_may_be_rounded_where_it_has_many_digits() {
        let number = |text: &str| Value::Number(fhir::Number::new(text).unwrap());
        for (given, expected, same) in [
            ("12", "12.0", true),
            ("12", "12.4", false),
            ("0.33", "0.3333333333", true),
            ("0.34", "0.3333333333", false),
            ("0.3", "0.3333333333", false),
            ("0.67", "0.6666666667", true),
            ("1e1", "10", true),
        ] {
            assert_eq!(near(&number(given), &number(expected)), same, "{given} {expected}");
        }
    }
}
