//! What the result of an expression is as an answer: one list of conversions, by which the form engine takes results as
//! answers and options, and the check of a response compares them.

use fhir::Value;
use fhirpath::Shape;

use crate::form::{Asks, Question};

/// How a value stands in JSON. Of a string nobody says what it is the text of, of an object nobody which type it has.
pub(crate) fn shape(value: &Value) -> Option<Shape<'static>> {
    Some(match value {
        Value::Bool(_) => Shape::Boolean,
        Value::Number(_) => Shape::Number,
        Value::String(_) => Shape::Text,
        Value::Object(_) => Shape::Object(""),
        Value::Null | Value::Array(_) => return None,
    })
}

/// Whether a result of this shape may be an answer to the question.
pub(crate) fn takes(question: &Question, shape: Shape<'_>) -> bool {
    (question.chooses() && is_choice(shape)) || is_typed(&question.asks, shape)
}

/// Whether a result of this shape may mean one of the options of a question.
pub(crate) fn is_choice(shape: Shape<'_>) -> bool {
    match shape {
        Shape::Object(kind) => !WITHOUT_CODE.contains(&kind),
        _ => true,
    }
}

/// Whether a result of this shape may be an answer of a question's type, none of its options.
pub(crate) fn is_typed(asks: &Asks, shape: Shape<'_>) -> bool {
    match asks {
        Asks::Boolean => shape == Shape::Boolean,
        Asks::Number(_) => shape == Shape::Number,
        Asks::Quantity(_) => match shape {
            Shape::Object(kind) => kind.is_empty() || AMOUNTS.contains(&kind),
            shape => shape == Shape::Number,
        },
        Asks::Date(_) | Asks::DateTime(_) => matches!(shape, Shape::Date | Shape::DateTime | Shape::Text),
        Asks::Time(_) => matches!(shape, Shape::Time | Shape::Text),
        Asks::Text(_) | Asks::Url(_) => is_text(shape),
        Asks::Attachment(_) | Asks::Coding | Asks::Reference => false,
    }
}

/// Whether a result of this shape may be an option (`answerExpression`) of a question of this type.
pub(crate) fn is_option(asks: &Asks, shape: Shape<'_>) -> bool {
    match asks {
        Asks::Coding => is_choice(shape),
        Asks::Reference => matches!(shape, Shape::Object(kind) if !WITHOUT_CODE.contains(&kind)),
        Asks::Boolean | Asks::Attachment(_) => false,
        asks => is_typed(asks, shape),
    }
}

/// Whether a result of this shape has a text.
pub(crate) fn is_text(shape: Shape<'_>) -> bool {
    !matches!(shape, Shape::Object(_))
}

/// The types with a number as their `value`.
const AMOUNTS: [&str; 7] = ["Quantity", "Age", "Count", "Distance", "Duration", "Money", "SimpleQuantity"];

/// Types of which none has a `code`, `display` or `reference`, by which options are known.
const WITHOUT_CODE: [&str; 9] = [
    "CodeableConcept",
    "HumanName",
    "Address",
    "ContactPoint",
    "Identifier",
    "Period",
    "Range",
    "Ratio",
    "Attachment",
];

/// The text that a result is, without white space at its ends: a text, a number as it is written, or `true` and `false`.
/// `None` for an empty one, and for what has parts.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.as_str().to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The date that a result is: of a date and time, its date. Whether it is one that there is, is not looked at.
pub(crate) fn date(value: &Value) -> Option<&str> {
    value.as_str()?.split('T').next()
}

/// Whether a result means this coding: the same code, or the words for it. The result is no coding itself.
pub(crate) fn means_coding(value: &Value, code: Option<&str>, display: Option<&str>) -> bool {
    let meant = text(value);
    meant.is_some() && [code, display].contains(&meant.as_deref())
}
