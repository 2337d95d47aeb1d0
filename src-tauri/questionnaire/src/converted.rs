//! What the result of an expression is as an answer: one list of conversions, by which the form engine takes results as
//! answers and options, and the check of a response compares them.

use fhir::Value;

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
