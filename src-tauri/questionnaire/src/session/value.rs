//! The results of expressions as answers, options, numbers and texts.

use fhir::{Number, Value};
use fhirpath::Collection;

use crate::{
    Answer, check,
    form::{Asks, NumberQuestion, OptionItem, OptionValue, Question, Text},
    import::{computed_quantity, option_key},
    number,
};

/// The answers that a result is; `None` when an item of it does not fit the question's type.
pub(super) fn answers(question: &Question, result: &Collection<'_>) -> Option<Vec<Answer>> {
    let values = result.iter().filter_map(fhirpath::Item::to_value);
    values.map(|value| answer(question, &value)).collect()
}

/// The answer that a value is; `None` when it does not fit the question's type.
pub(super) fn answer(question: &Question, value: &Value) -> Option<Answer> {
    if question.chooses()
        && let Some(option) = chosen(question, value)
    {
        return Some(Answer::Choice { option });
    }
    Some(match &question.asks {
        Asks::Boolean => Answer::Boolean { value: value.as_bool()? },
        Asks::Number(asks) => Answer::Number { text: plain_number(value, asks)? },
        Asks::Quantity(asks) => match value {
            Value::Number(_) => {
                let unit = asks.units.first().map(|only| only.key.clone());
                Answer::Quantity { text: plain_number(value, &asks.number)?, unit, own_unit: None }
            }
            value => computed_quantity(asks, value)?,
        },
        Asks::Date(_) => {
            let text = value.as_str()?.split('T').next()?.to_owned();
            check::read_partial_date(&text).then_some(Answer::Date { text })?
        }
        Asks::DateTime(_) => {
            let text = value.as_str()?.to_owned();
            (check::read_partial_date(&text) || check::read_date_time(&text).is_some())
                .then_some(Answer::DateTime { text })?
        }
        Asks::Time(_) => {
            let text = value.as_str()?.to_owned();
            check::read_time(&text).then_some(Answer::Time { text })?
        }
        Asks::Text(_) | Asks::Url(_) => Answer::Text { text: plain_text(value)? },
        Asks::Attachment(_) | Asks::Coding | Asks::Reference => return None,
    })
}

/// The key of the option that a value means: the same coding, its code, its display, or its value.
fn chosen(question: &Question, value: &Value) -> Option<String> {
    let key = match value {
        Value::Object(_) => option_key("Coding", value).or_else(|| option_key("Reference", value)),
        value => plain_text(value),
    }?;
    // Computed options are not known here; see `Session::derive`.
    if question.computed || question.option(&key).is_some() {
        return Some(key);
    }
    let is_meant = |option: &&OptionItem| match &option.value {
        OptionValue::Coding(coding) => {
            coding.get("code").and_then(Value::as_str) == Some(&key) || option.label.original == key
        }
        _ => false,
    };
    question.options.iter().find(is_meant).map(|option| option.key.clone())
}

/// The options that a result is, each once.
pub(super) fn options(question: &Question, result: &Collection<'_>) -> Vec<OptionItem> {
    let mut options: Vec<OptionItem> = Vec::new();
    for value in result.iter().filter_map(fhirpath::Item::to_value) {
        if let Some(option) = option(question, value)
            && !options.iter().any(|known| known.key == option.key)
        {
            options.push(option);
        }
    }
    options
}

fn option(question: &Question, value: Value) -> Option<OptionItem> {
    let (key, value, label) = match (&question.asks, &value) {
        (Asks::Coding | Asks::Text(_), Value::Object(coding)) => {
            let key = option_key("Coding", &value)?;
            let label = value.str("display").or_else(|| value.str("code")).unwrap_or(&key).to_owned();
            let mut kept = fhir::Object::new();
            for name in ["system", "version", "code"] {
                if let Some(part) = coding.get(name) {
                    kept.insert(name, part.clone());
                }
            }
            (key, OptionValue::Coding(kept), label)
        }
        (Asks::Quantity(_), Value::Object(_)) => {
            let key = option_key("Quantity", &value)?;
            (key.clone(), OptionValue::Other("valueQuantity", value), key)
        }
        (Asks::Reference, Value::Object(_)) => {
            let key = option_key("Reference", &value)?;
            let label = value.str("display").unwrap_or(&key).to_owned();
            (key, OptionValue::Other("valueReference", value), label)
        }
        (Asks::Number(asks), Value::Number(_)) => {
            let text = plain_number(&value, asks)?;
            let name = if asks.integer { "valueInteger" } else { "valueDecimal" };
            (text.clone(), OptionValue::Other(name, Value::Number(Number::new(text.as_str()).ok()?)), text)
        }
        (Asks::Date(_), Value::String(text)) => {
            (text.clone(), OptionValue::Other("valueDate", value.clone()), text.clone())
        }
        (Asks::DateTime(_), Value::String(text)) => {
            (text.clone(), OptionValue::Other("valueDateTime", value.clone()), text.clone())
        }
        (Asks::Time(_), Value::String(text)) => {
            (text.clone(), OptionValue::Other("valueTime", value.clone()), text.clone())
        }
        (Asks::Url(_), Value::String(text)) => {
            (text.clone(), OptionValue::Other("valueUri", value.clone()), text.clone())
        }
        (Asks::Coding | Asks::Text(_), value) => {
            let text = plain_text(value)?;
            (text.clone(), OptionValue::String, text)
        }
        _ => return None,
    };
    Some(OptionItem { key, value, label: Text::plain(&label), prefix: None, exclusive: false, media: None })
}

/// A number as an answer is written: without exponent, for integers without decimals, and rounded to the digits that
/// the question takes.
fn plain_number(value: &Value, asks: &NumberQuestion) -> Option<String> {
    let text = value.as_number()?.as_str();
    let integer = asks.integer;
    let text = match text.split_once('.') {
        Some((whole, fraction)) if integer && fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    if integer && text.parse::<i32>().is_err() {
        return None;
    }
    // As if it had been typed, so that a draft with it replays.
    number::normalise(&number::rounded(text, asks.max_decimal_places)?, "en").ok()
}

fn plain_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.as_str().to_owned(),
        Value::Bool(value) => value.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The number of times that a result is.
pub(super) fn count(result: &Collection<'_>) -> Option<u32> {
    let [item] = result.as_slice() else { return None };
    item.to_value()?.as_number()?.as_i32().and_then(|number| u32::try_from(number).ok())
}

/// The text that a result is.
pub(super) fn text(result: &Collection<'_>) -> Option<String> {
    let [item] = result.as_slice() else { return None };
    plain_text(&item.to_value()?)
}
