//! How answers compare, for `enableWhen`.

use std::cmp::Ordering;

use fhir::{Number, Value};

use super::{order_against, quantity, temporal};
use crate::{
    Answer,
    form::{Asks, OptionItem, OptionValue, Question},
    number,
};

/// How a quantity that was answered compares with the one of a condition, by UCUM; see [`compare`].
pub(crate) fn compare_amount(
    question: &Question,
    given: &Answer,
    wanted: &Value,
    language: &str,
) -> Option<Ordering> {
    let (Asks::Quantity(asks), Answer::Quantity { text, unit, own_unit }) = (&question.asks, given) else {
        return None;
    };
    let units = (unit.as_deref(), own_unit.as_deref());
    let given = quantity::value(asks, text, units, language, [asks.min.as_ref(), asks.max.as_ref()])?;
    order_against(&given, wanted)
}

/// How two accepted answers of `question` compare: `None` when they differ and neither comes first.
pub(crate) fn compare(question: &Question, left: &Answer, right: &Answer) -> Option<Ordering> {
    match (left, right) {
        (Answer::Number { text: left }, Answer::Number { text: right }) => number::compare(left, right),
        (Answer::Date { text: left }, Answer::Date { text: right })
        | (Answer::DateTime { text: left }, Answer::DateTime { text: right })
        | (Answer::Time { text: left }, Answer::Time { text: right }) => temporal::order(left, right),
        (Answer::Choice { option: left }, Answer::Choice { option: right }) if left != right => {
            let value = |key: &str| question.option(key).map(OptionItem::ordered);
            match (value(left)??, value(right).flatten()) {
                (Ordered::Number(left), Some(Ordered::Number(right))) => number::compare(left, right),
                // A date or number that is no option can still be compared with.
                (Ordered::Number(left), None) => number::compare(left, right),
                (Ordered::Time(left), Some(Ordered::Time(right))) => temporal::order(left, right),
                (Ordered::Time(left), None) => temporal::order(left, right),
                _ => None,
            }
        }
        // An own word may be one of the options all the same.
        (Answer::Choice { option }, Answer::Text { text })
        | (Answer::Text { text }, Answer::Choice { option }) => {
            (option == text && matches!(question.asks, Asks::Text(_))).then_some(Ordering::Equal)
        }
        (left, right) => (left == right).then_some(Ordering::Equal),
    }
}

/// The value of an option that has an order.
pub(crate) enum Ordered<'o> {
    Number(&'o str),
    Time(&'o str),
}

impl OptionItem {
    /// Its value, where its type has an order.
    pub(crate) fn ordered(&self) -> Option<Ordered<'_>> {
        let OptionValue::Other(name, value) = &self.value else { return None };
        match *name {
            "valueInteger" | "valueDecimal" => value.as_number().map(Number::as_str).map(Ordered::Number),
            "valueDate" | "valueDateTime" | "valueTime" => value.as_str().map(Ordered::Time),
            _ => None,
        }
    }

    /// The name of its `value[x]`.
    pub(crate) fn element(&self) -> &'static str {
        match &self.value {
            OptionValue::Coding(_) => "valueCoding",
            OptionValue::String => "valueString",
            OptionValue::Other(name, _) => name,
        }
    }
}
