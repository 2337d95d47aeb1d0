//! Calculations whose result no answer of their item can be: then there is none, and the response says why.

use fhir::{Object, Value};

use super::Run;
use super::calculate::agrees;
use super::definition::{Item, Kind, extensions};
use super::expressions::Focus;
use super::finding::{Rule, Severity};
use super::items::MAX_OCCURS;
use super::limits::{self, Broken};
use super::options::{self, Open};
use super::value;
use crate::{check, converted, number::MAX_DIGITS, session::DATA_ABSENT_REASON};

impl<'a> Run<'a, '_> {
    /// Whether the item of the response says that there was an error, and has no answer for that.
    pub(super) fn is_absent_by_error(&self, focus: Focus) -> bool {
        let Focus::Node { node, .. } = focus else { return false };
        self.response.get(node).is_some_and(|node| {
            extensions(node.value, DATA_ABSENT_REASON).any(|reason| reason.str("valueCode") == Some("error"))
        })
    }

    /// Whether what a calculation gave cannot be the answers of the item: too many of them, or one of another type, out
    /// of its limits, or none of its options.
    pub(super) fn is_unfit(&mut self, item: &Item<'a>, focus: Focus, results: &[Value], path: &str) -> bool {
        let repeats = self.repeats_now(item, focus, path);
        let most = if repeats { self.often(item, focus, MAX_OCCURS, path) } else { Some(1) };
        most.is_some_and(|most| results.len() > most)
            || results.iter().any(|result| self.is_one_unfit(item, focus, result, path))
    }

    fn is_one_unfit(&mut self, item: &Item<'a>, focus: Focus, result: &Value, path: &str) -> bool {
        let free = options::openness(item);
        if let Some(values) = self.computed_options(item, focus, path)
            && free == Open::Only
            && !values.iter().any(|value| value == result || agrees(("valueCoding", value), result))
        {
            return true;
        }
        let Some((name, given)) = candidate(item, result) else { return true };
        let given = (name, &given);
        let is_written = match given.1 {
            Value::String(text) => is_written(item.kind, text),
            Value::Number(number) => is_short(number.as_str()),
            _ => true,
        };
        if !is_written || value::malformed(name, given.1).is_some() {
            return true;
        }
        if self.is_switched_off(item, focus, given, path) {
            return true;
        }
        let mut broken = limits::check(item, given, &mut self.terminology, &mut self.patterns);
        broken.extend(self.broken_bounds(item, focus, given, path));
        broken.extend(options::check(item, given, &mut self.terminology));
        // A number is rounded, and the words for a code are the form's own.
        let counts = |broken: &Broken| {
            broken.severity == Severity::Error
                && !matches!(broken.rule, Rule::DecimalPlaces | Rule::OtherDisplay)
        };
        broken.iter().any(counts)
    }
}

/// The answer of the item's type that a result would be.
pub(super) fn candidate(item: &Item<'_>, result: &Value) -> Option<(&'static str, Value)> {
    let given = match (item.kind, result) {
        // A coding is no quantity.
        (Kind::Quantity, Value::Object(quantity)) if !quantity.contains("value") => return None,
        (Kind::Boolean, Value::Bool(_))
        | (Kind::Decimal, Value::Number(_))
        | (Kind::DateTime | Kind::Time, Value::String(_))
        | (Kind::Quantity | Kind::Reference | Kind::Attachment, Value::Object(_)) => result.clone(),
        (Kind::Integer, Value::Number(number)) => match number.as_str().split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => {
                Value::Number(fhir::Number::new(whole).ok()?)
            }
            _ => result.clone(),
        },
        (Kind::Date, Value::String(_)) => Value::from(converted::date(result)?),
        (Kind::String | Kind::Text | Kind::Url, _) => Value::from(converted::text(result)?),
        (Kind::Quantity, Value::Number(_)) => {
            let mut quantity = Object::new();
            quantity.insert("value", result.clone());
            quantity.into()
        }
        (Kind::Coding | Kind::OpenChoice, _) => return chosen(item, result),
        _ => return None,
    };
    Some((value::wanted(item.kind)?, given))
}

/// A code may stand for an option.
fn chosen(item: &Item<'_>, result: &Value) -> Option<(&'static str, Value)> {
    if let Value::Object(_) = result {
        return Some(("valueCoding", result.clone()));
    }
    let mut listed = item.value.list("answerOption").iter().filter_map(value::of);
    if let Some((_, option)) = listed.find(|option| agrees(*option, result)) {
        let name = if matches!(option, Value::Object(_)) { "valueCoding" } else { "valueString" };
        return Some((name, option.clone()));
    }
    match result {
        Value::String(_) if item.value.get("answerOption").is_none() => {
            let mut coding = Object::new();
            coding.insert("code", result.clone());
            Some(("valueCoding", coding.into()))
        }
        _ => None,
    }
}

/// Whether a text is one that a question of this kind takes, beyond what FHIR says of its type.
fn is_written(kind: Kind, text: &str) -> bool {
    let is_break = |character: char| matches!(character, '\n' | '\r' | '\t');
    match kind {
        Kind::String => !text.contains(char::is_control),
        Kind::Text => !text.contains(|character: char| character.is_control() && !is_break(character)),
        // An address says how it is to be read.
        Kind::Url => check::uri::is_absolute_uri(text),
        _ => true,
    }
}

fn is_short(number: &str) -> bool {
    let whole = number.trim_start_matches('-').split('.').next().unwrap_or_default();
    whole.len() <= MAX_DIGITS
}
