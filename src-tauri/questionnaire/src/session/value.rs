//! The results of expressions as answers, options, numbers and texts.

use fhir::{Number, Value};
use fhirpath::Collection;

use crate::{
    Answer, check, converted,
    form::{Asks, NumberQuestion, OptionItem, OptionValue, QuantityQuestion, Question, Text},
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
        && converted::is_choice(converted::shape(value)?)
        && let Some(option) = chosen(question, value)
    {
        return Some(Answer::Choice { option });
    }
    typed(question, value)
}

/// The answer of the question's type, none of its options, that a value is.
fn typed(question: &Question, value: &Value) -> Option<Answer> {
    if !converted::is_typed(&question.asks, converted::shape(value)?) {
        return None;
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
            let text = converted::date(value)?.to_owned();
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
        Asks::Text(_) | Asks::Url(_) => Answer::Text { text: converted::text(value)? },
        Asks::Attachment(_) | Asks::Coding | Asks::Reference => return None,
    })
}

/// The key of the option that a value means: the same coding, its code, its display, or its value.
fn chosen(question: &Question, value: &Value) -> Option<String> {
    let key = match value {
        Value::Object(_) => option_key("Coding", value).or_else(|| option_key("Reference", value)),
        value => converted::text(value),
    }?;
    // Computed options are not known here; see `Session::derive`.
    if question.computed || question.option(&key).is_some() {
        return Some(key);
    }
    let is_meant = |option: &&OptionItem| match &option.value {
        OptionValue::Coding(coding) => {
            let code = coding.get("code").and_then(Value::as_str);
            converted::means_coding(value, code, Some(&option.label.original))
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
    if !converted::is_option(&question.asks, converted::shape(&value)?) {
        return None;
    }
    let unnamed = matches!(question.asks, Asks::Coding) && value.str("display").is_none();
    let (key, value, label) = match (&question.asks, &value) {
        // A quantity has a code too, and is none; what has neither code nor words says nothing, such as a file.
        (Asks::Coding, Value::Object(coding))
            if !coding.contains("value") && (coding.contains("code") || coding.contains("display")) =>
        {
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
        (Asks::Quantity(asks), Value::Object(_) | Value::Number(_)) => {
            let value = with_unit(asks, value);
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
        (Asks::Date(_) | Asks::DateTime(_) | Asks::Time(_) | Asks::Url(_), _) => {
            let (name, text) = match typed(question, &value)? {
                Answer::Date { text } => ("valueDate", text),
                Answer::DateTime { text } => ("valueDateTime", text),
                Answer::Time { text } => ("valueTime", text),
                Answer::Text { text } if check::uri::is_uri(&text) => ("valueUri", text),
                _ => return None,
            };
            (text.clone(), OptionValue::Other(name, text.as_str().into()), text)
        }
        (Asks::Coding | Asks::Text(_), value) => {
            let text = converted::text(value)?;
            (text.clone(), OptionValue::String, text)
        }
        _ => return None,
    };
    Some(OptionItem {
        key,
        value,
        label: Text::plain(&label),
        unnamed,
        prefix: None,
        exclusive: false,
        media: None,
    })
}

/// A quantity as it is; a number in the unit of the question, where that has one.
fn with_unit(asks: &QuantityQuestion, value: Value) -> Value {
    if !matches!(value, Value::Number(_)) {
        return value;
    }
    let mut quantity = fhir::Object::new();
    quantity.insert("value", value);
    if let Some(unit) = asks.units.first() {
        check::quantity::write_unit(&mut quantity, unit, "");
    }
    quantity.into()
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

/// The number of times that a result is.
pub(super) fn count(result: &Collection<'_>) -> Option<u32> {
    let [item] = result.as_slice() else { return None };
    item.to_value()?.as_number()?.as_i32().and_then(|number| u32::try_from(number).ok())
}

/// The text that a result is.
pub(super) fn text(result: &Collection<'_>) -> Option<String> {
    let [item] = result.as_slice() else { return None };
    converted::text(&item.to_value()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use fhirpath::Shape;

    use super::*;
    use crate::{ImportOptions, form::Kind, import_bytes_with};

    /// What stands in JSON for values of each shape.
    const SAMPLES: &[(Shape<'_>, &str)] = &[
        (Shape::Boolean, "true"),
        (Shape::Number, "1"),
        (Shape::Number, "1.5"),
        (Shape::Date, r#""2026-11-21""#),
        (Shape::DateTime, r#""2026-11-21T09:41:07+01:00""#),
        (Shape::Time, r#""09:41:07""#),
        (Shape::Text, r#""a""#),
        (Shape::Text, r#""2026-11-21""#),
        (Shape::Text, r#""2026-11-21T09:41:07+01:00""#),
        (Shape::Text, r#""09:41:07""#),
        (Shape::Object("Quantity"), r#"{"value":1,"unit":"mg","code":"mg"}"#),
        (Shape::Object("Money"), r#"{"value":1,"currency":"EUR"}"#),
        (Shape::Object("Coding"), r#"{"system":"http://a.example","code":"a","display":"A"}"#),
        (Shape::Object("Reference"), r#"{"reference":"Patient/1","display":"A"}"#),
        (Shape::Object("CodeableConcept"), r#"{"coding":[{"code":"a"}],"text":"a"}"#),
        (Shape::Object("HumanName"), r#"{"text":"a","family":"a","given":["a"]}"#),
        (Shape::Object("Address"), r#"{"text":"a","city":"a"}"#),
        (Shape::Object("ContactPoint"), r#"{"system":"phone","value":"1"}"#),
        (Shape::Object("Identifier"), r#"{"system":"http://a.example","value":"1"}"#),
        (Shape::Object("Period"), r#"{"start":"2026-11-21"}"#),
        (Shape::Object("Range"), r#"{"low":{"value":1}}"#),
        (Shape::Object("Ratio"), r#"{"numerator":{"value":1}}"#),
        (Shape::Object("Attachment"), r#"{"contentType":"text/plain","data":"YQ=="}"#),
    ];

    /// One item of each kind, the last ones with options, given and computed.
    fn questions() -> Vec<crate::Questionnaire> {
        let plain = ["boolean", "integer", "decimal", "date", "dateTime", "time", "string", "text", "url"];
        let items = plain.iter().chain(&["quantity", "attachment"]).map(|kind| ((*kind), String::new()));
        let coding = r#""answerOption":[{"valueCoding":{"system":"http://a.example","code":"a"}},{"valueString":"1"}]"#;
        let reference = r#""answerOption":[{"valueReference":{"reference":"Patient/1"}}]"#;
        let computed = |kind| {
            let url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerExpression";
            let expression = r#"{"language":"text/fhirpath","expression":"%patient.x.y"}"#;
            (kind, format!(r#""extension":[{{"url":"{url}","valueExpression":{expression}}}]"#))
        };
        let choosing = ["choice", "open-choice"].map(|kind| (kind, coding.to_owned()));
        let choosing = choosing.into_iter().chain([("reference", reference.to_owned())]);
        let computed =
            ["choice", "open-choice", "integer", "date", "time", "string", "url", "quantity"].map(computed);
        let form = |(kind, more): (&str, String)| {
            let more = if more.is_empty() { more } else { format!(",{more}") };
            let document = format!(
                r#"{{"resourceType":"Questionnaire","status":"active","language":"en","item":[
                    {{"linkId":"x","text":"X","type":"{kind}"{more}}}]}}"#
            );
            import_bytes_with(document.as_bytes(), &ImportOptions::default())
                .unwrap_or_else(|report| panic!("{kind}: {report}"))
        };
        items.chain(choosing).chain(computed).map(form).collect()
    }

    /// What is said before an expression runs, that its result can never be an answer or an option, is what its result
    /// becomes: one list of conversions has both.
    #[test]
    fn what_a_result_can_be_is_the_same_before_and_after_it_is_known() {
        let forms = questions();
        assert_eq!(forms.len(), 22);
        for form in &forms {
            let Kind::Question(question) = &form.form.items[0].kind else { panic!("no question") };
            for (shape, sample) in SAMPLES {
                let value = Value::parse(sample.as_bytes()).unwrap();
                let about = || format!("{sample} in {}", form.form.sha256);
                if answer(question, &value).is_some() {
                    assert!(converted::takes(question, *shape), "{}", about());
                }
                if option(question, value.clone()).is_some() {
                    assert!(converted::is_option(&question.asks, *shape), "{}", about());
                }
            }
            // Where it is said that it may be one, some value of the shape is.
            if !question.chooses() && !matches!(question.asks, Asks::Attachment(_)) {
                for (shape, _) in SAMPLES.iter().filter(|(shape, _)| converted::takes(question, *shape)) {
                    let mut samples = SAMPLES.iter().filter(|(other, _)| other == shape);
                    let becomes = |(_, sample): &(Shape<'_>, &str)| {
                        answer(question, &Value::parse(sample.as_bytes()).unwrap()).is_some()
                    };
                    assert!(samples.any(becomes), "{shape:?}");
                }
            }
        }
    }
}
