//! What each type of question asks for: limits, scales, options and initial values.

use std::cmp::Ordering;

use fhir::{Number, Object, Value};

use super::{
    extension, item,
    read::{At, Findings},
};
use crate::{
    Answer, Reason, check,
    form::{Kind, NumberQuestion, OptionItem, OptionValue, Question, Scale, Text, TextQuestion},
    number,
    report::Quoted,
};

/// Reads a question of a supported type.
pub(super) fn read(findings: &mut Findings, at: &At, object: &Object, code: &str, hidden: bool) -> Question {
    if code != "choice" && object.contains("answerOption") {
        let message =
            format!("options on an item of type {code} are not supported; change the type to choice");
        findings.refuse(&at.child("answerOption"), Reason::AnswerOption, message);
    }
    if !["string", "text"].contains(&code) {
        item::refuse_elements(findings, at, object, code, &["maxLength"]);
        refuse_limits(findings, at, object, code, &["minLength"]);
    }
    if !["integer", "decimal", "date"].contains(&code) {
        refuse_limits(findings, at, object, code, &["minValue", "maxValue"]);
    }
    if code != "decimal" {
        refuse_limits(findings, at, object, code, &["maxDecimalPlaces"]);
    }
    let controls = extension::item_control(object);
    if controls.contains(&"slider") && !["integer", "decimal"].contains(&code) {
        findings.refuse(
            at,
            Reason::Slider,
            "a slider needs an item of type integer or decimal; change the type",
        );
    }
    for control in controls.iter().filter(|control| !CONTROLS.contains(control)) {
        let message = format!("the control {} is not used; the question is the same", Quoted(control));
        findings.notice(at, Reason::Unused, message);
    }
    match code {
        "boolean" => Question::Boolean,
        "integer" | "decimal" => Question::Number(number_question(findings, at, object, code, hidden)),
        "date" => date(findings, at, object),
        "choice" => Question::Choice(options(findings, at, object, hidden)),
        _ => Question::Text(text(findings, at, object, code)),
    }
}

/// Controls that change how an answer is entered, not what is asked.
const CONTROLS: [&str; 8] =
    ["slider", "radio-button", "check-box", "drop-down", "autocomplete", "lookup", "spinner", "text-box"];

fn refuse_limits(findings: &mut Findings, at: &At, object: &Object, code: &str, names: &[&str]) {
    for name in names {
        if extension::single(findings, at, object, name).is_some() {
            let message = format!("{name} does not fit an item of type {code}; remove it");
            findings.refuse(&at.child("extension"), Reason::Limits, message);
        }
    }
}

fn number_question(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    code: &str,
    hidden: bool,
) -> NumberQuestion {
    let integer = code == "integer";
    let min = number_limit(findings, at, object, "minValue", integer);
    let max = number_limit(findings, at, object, "maxValue", integer);
    if let (Some(min), Some(max)) = (&min, &max)
        && number::compare(min, max) == Some(Ordering::Greater)
    {
        findings.refuse(
            at,
            Reason::Limits,
            "minValue is above maxValue, so no answer would fit; correct them",
        );
    }
    let mut question = NumberQuestion {
        integer,
        max_decimal_places: count(findings, at, object, "maxDecimalPlaces"),
        unit: unit(findings, at, object, hidden),
        scale: None,
        min,
        max,
    };
    if extension::item_control(object).contains(&"slider") {
        question.scale = scale(findings, at, object, &question);
    }
    question
}

fn number_limit(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    name: &str,
    integer: bool,
) -> Option<String> {
    let limit = extension::single(findings, at, object, name)?;
    let value = limit.get("valueInteger").or_else(|| limit.get("valueDecimal").filter(|_| !integer));
    let text = value.and_then(Value::as_number).map(Number::as_str);
    // A limit of 32-bit integers is one itself; decimals may be of any size that can be compared.
    let readable = text.filter(|text| {
        if integer { text.parse::<i32>().is_ok() } else { number::Decimal::parse(text).is_some() }
    });
    if readable.is_none() {
        let message = format!("{name} must be a number of the item's own type; correct it");
        findings.refuse(&at.child("extension"), Reason::Limits, message);
    }
    readable.map(str::to_owned)
}

/// The integer extension `name`.
fn count(findings: &mut Findings, at: &At, object: &Object, name: &str) -> Option<u32> {
    let extension = extension::single(findings, at, object, name)?;
    let place = at.child("extension");
    let count = findings.count(&place, extension, "valueInteger");
    if count.is_none() && !extension.contains("valueInteger") {
        findings.refuse(&place, Reason::Limits, format!("{name} must have a valueInteger"));
    }
    count
}

/// A scale needs both ends as whole numbers, and a step that leads from one to the other.
fn scale(findings: &mut Findings, at: &At, object: &Object, question: &NumberQuestion) -> Option<Scale> {
    let step = match extension::single(findings, at, object, "sliderStepValue") {
        Some(step) => step.get("valueInteger").and_then(Value::as_number).and_then(Number::as_i32),
        None => Some(1),
    };
    let end = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<i32>().ok()).map(i64::from);
    let (min, max, step) = (end(&question.min), end(&question.max), step.map(i64::from));
    let show_value =
        object.get("extension").and_then(Value::as_array).unwrap_or_default().iter().any(|found| {
            found.str("url") == Some(extension::SHOW_VALUE)
                && found.get("valueBoolean").and_then(Value::as_bool) == Some(true)
        });
    match (min, max, step) {
        (Some(min), Some(max), Some(step)) if min < max && step > 0 && (max - min) % step == 0 => {
            Some(Scale { min, step, show_value })
        }
        _ => {
            let message = "a slider needs minValue below maxValue as whole numbers, and a sliderStepValue that \
                           divides the distance between them; add or correct them";
            findings.refuse(at, Reason::Slider, message);
            None
        }
    }
}

/// `questionnaire-unit`: its display, or its code when that is all there is.
fn unit(findings: &mut Findings, at: &At, object: &Object, hidden: bool) -> Option<Text> {
    let coding =
        extension::single(findings, at, object, "unit")?.get("valueCoding").and_then(Value::as_object);
    let place = at.child("extension").child("valueCoding");
    let Some(coding) = coding else {
        findings.refuse(&place, Reason::Malformed, "questionnaire-unit must have a valueCoding");
        return None;
    };
    if coding.contains("display") {
        return findings.text(&place, coding, "display", !hidden);
    }
    let code = findings.string(&place, coding, "code")?;
    Some(Text { original: code.to_owned(), translations: Vec::new() })
}

fn date(findings: &mut Findings, at: &At, object: &Object) -> Question {
    let mut limit = |name: &str| {
        let value = extension::single(findings, at, object, name)?.get("valueDate").and_then(Value::as_str);
        let date = value.and_then(check::read_date);
        if date.is_none() {
            let message =
                format!("{name} must be a complete date as valueDate, such as 2026-01-31; correct it");
            findings.refuse(&at.child("extension"), Reason::Limits, message);
        }
        date
    };
    let (min, max) = (limit("minValue"), limit("maxValue"));
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        findings.refuse(at, Reason::Limits, "minValue is after maxValue, so no date would fit; correct them");
    }
    Question::Date { min, max }
}

fn text(findings: &mut Findings, at: &At, object: &Object, code: &str) -> TextQuestion {
    let min_length = count(findings, at, object, "minLength");
    let max_length = findings.count(at, object, "maxLength");
    if max_length == Some(0) || min_length.zip(max_length).is_some_and(|(min, max)| min > max) {
        let message = "no text would fit between minLength and maxLength; correct them";
        findings.refuse(&at.child("maxLength"), Reason::Limits, message);
    }
    TextQuestion { lines: code == "text", min_length, max_length }
}

fn options(findings: &mut Findings, at: &At, object: &Object, hidden: bool) -> Vec<OptionItem> {
    let list = findings.list(at, object, "answerOption");
    if list.is_empty() && !object.contains("answerValueSet") && !object.contains("answerOption") {
        findings.refuse(
            at,
            Reason::AnswerOption,
            "a choice without options cannot be answered; add answerOption",
        );
    }
    let mut options: Vec<OptionItem> = Vec::new();
    let mut keys = std::collections::HashSet::new();
    for (index, value) in list.iter().enumerate() {
        let place = at.child("answerOption").index(index);
        let Some(option) = option(findings, &place, value, hidden) else { continue };
        if !keys.insert(option.key.clone()) {
            findings.refuse(&place, Reason::AnswerOption, "this option stands here twice; keep one of them");
        }
        options.push(option);
    }
    options
}

/// The elements of Questionnaire.item.answerOption in FHIR R4.
const OPTION_ELEMENTS: [&str; 8] = [
    "initialSelected",
    "valueCoding",
    "valueString",
    "valueInteger",
    "valueDate",
    "valueTime",
    "valueReference",
    "id",
];

fn option(findings: &mut Findings, at: &At, value: &Value, hidden: bool) -> Option<OptionItem> {
    let Some(object) = value.as_object() else {
        findings.refuse(at, Reason::Malformed, "an option must be an object");
        return None;
    };
    findings.elements(at, object, &OPTION_ELEMENTS);
    let prefix = extension::single(findings, at, object, "optionPrefix")
        .and_then(|prefix| findings.text(&at.child("extension"), prefix, "valueString", false));
    let plain = |original: &str| Text { original: original.to_owned(), translations: Vec::new() };
    let (kind, value) = findings.choice(at, object, "value")?;
    let place = at.child("value");
    let (key, value, label) = match (kind, value) {
        ("Coding", Value::Object(coding)) => coding_option(findings, &place, coding, hidden)?,
        ("String", Value::String(_)) => {
            let label = findings.text(at, object, "valueString", !hidden)?;
            (label.original.clone(), OptionValue::String, label)
        }
        ("Integer", Value::Number(number)) if number.as_i32().is_some() => {
            (number.to_string(), OptionValue::Integer(number.clone()), plain(number.as_str()))
        }
        ("Date", Value::String(date)) if check::read_date(date).is_some() => {
            (date.clone(), OptionValue::Date(date.clone()), plain(date))
        }
        _ => {
            let message = "an option must be a valueCoding, valueString, valueInteger or complete valueDate";
            findings.refuse(&place, Reason::AnswerOption, message);
            return None;
        }
    };
    Some(OptionItem { key, value, label, prefix })
}

/// System, version and code are kept for the response; the display is what patients read.
fn coding_option(
    findings: &mut Findings,
    at: &At,
    coding: &Object,
    hidden: bool,
) -> Option<(String, OptionValue, Text)> {
    if !coding.contains("display") {
        let message = "the patient would see nothing for this option; add a display";
        findings.refuse(at, Reason::AnswerOption, message);
        return None;
    }
    let label = findings.text(at, coding, "display", !hidden)?;
    let mut kept = Object::new();
    for name in ["system", "version", "code"] {
        if let Some(part) = findings.string(at, coding, name) {
            kept.insert(name, part);
        }
    }
    let key = coding_key(coding).unwrap_or_else(|| label.original.clone());
    Some((key, OptionValue::Coding(kept), label))
}

/// A coding as a token, `system|code`; `None` without a code.
pub(super) fn coding_key(coding: &Object) -> Option<String> {
    let part = |name: &str| coding.get(name).and_then(Value::as_str);
    Some(format!("{}|{}", part("system").unwrap_or_default(), part("code")?))
}

/// The initial answer: `initial`, or the option with `initialSelected`. It must be one that the patient could give.
pub(super) fn initial(findings: &mut Findings, at: &At, object: &Object, kind: &Kind) -> Option<Answer> {
    let Kind::Question(question) = kind else { return None };
    let selected = selected(findings, at, object, question);
    let list = findings.list(at, object, "initial");
    let place = at.child("initial");
    if list.len() + selected.len() > 1 {
        findings.refuse(
            &place,
            Reason::Initial,
            "only one initial value fits, since answers do not repeat; keep one",
        );
        return None;
    }
    let answer = match (list.first(), selected.into_iter().next()) {
        (Some(initial), _) => {
            let place = place.index(0);
            let Some(object) = initial.as_object() else {
                findings.refuse(&place, Reason::Malformed, "an initial value must be an object");
                return None;
            };
            let (kind, value) = findings.choice(&place, object, "value")?;
            answer_from(question, kind, value)
        }
        (None, Some(answer)) => Some(answer),
        (None, None) => return None,
    };
    let accepted = answer.clone().map(|answer| check::accept(question, answer, "en"));
    match accepted {
        Some(Ok(accepted)) if accepted == answer => accepted,
        Some(Err(error)) => {
            findings.refuse(
                &place,
                Reason::Initial,
                format!("the initial value would not be accepted: {error}"),
            );
            None
        }
        _ => {
            let message =
                "the initial value does not fit the question's type, or is not written as an answer would be";
            findings.refuse(&place, Reason::Initial, message);
            None
        }
    }
}

fn selected(findings: &mut Findings, at: &At, object: &Object, question: &Question) -> Vec<Answer> {
    let Question::Choice(options) = question else { return Vec::new() };
    let list = object.get("answerOption").and_then(Value::as_array).unwrap_or_default();
    let mut selected = Vec::new();
    for (index, option) in list.iter().filter_map(Value::as_object).enumerate() {
        if findings.boolean(&at.child("answerOption").index(index), option, "initialSelected")
            && let Some(known) = options.get(index)
        {
            selected.push(Answer::Choice { option: known.key.clone() });
        }
    }
    selected
}

/// A FHIR value as the answer of a question, where the types agree. Also for `enableWhen.answer[x]`.
pub(super) fn answer_from(question: &Question, kind: &str, value: &Value) -> Option<Answer> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let number = |value: &Value| value.as_number().map(|number| number.as_str().to_owned());
    Some(match (question, kind) {
        (Question::Boolean, "Boolean") => Answer::Boolean { value: value.as_bool()? },
        (Question::Number(question), "Integer")
            if question.integer || value.as_number()?.as_i32().is_some() =>
        {
            Answer::Number { text: number(value)? }
        }
        (Question::Number(question), "Decimal") if !question.integer => {
            Answer::Number { text: number(value)? }
        }
        (Question::Date { .. }, "Date") => Answer::Date { text: text(value)? },
        (Question::Text(_), "String") => Answer::Text { text: text(value)? },
        (Question::Choice(options), kind) => {
            let option = match kind {
                "Coding" => {
                    let coding = value.as_object()?;
                    coding_key(coding).or_else(|| coding.get("display").and_then(text))?
                }
                "Integer" => number(value)?,
                "String" | "Date" => text(value)?,
                _ => return None,
            };
            let fits = |known: &OptionItem| {
                matches!(
                    (&known.value, kind),
                    (OptionValue::Coding(_), "Coding")
                        | (OptionValue::Integer(_), "Integer")
                        | (OptionValue::Date(_), "Date")
                        | (OptionValue::String, "String")
                )
            };
            options.iter().any(fits).then_some(Answer::Choice { option })?
        }
        _ => return None,
    })
}
