//! Limits: how large, how long, how often, and of which form.

use std::cmp::Ordering;

use fhir::{Number, Object, Value};

use super::{
    at,
    read::{At, Findings},
    scale,
};
use crate::{
    Reason,
    check::{self, Fitting},
    form::{NumberQuestion, Occurs, Own, Precision, Question, Temporal, Text, TextQuestion},
    number,
    report::Quoted,
    session::tree::MAX_INSTANCES,
};

/// A regular expression needs at most this much memory when compiled.
const REGEX_BYTES: usize = 1024 * 1024;

/// For so many questions of a form a text that they take is looked for.
const MOST_SOUGHT: usize = 200;

/// A spinner's own step is no smaller than this many decimal places: with the digit before the point, as many digits as
/// an answer may have.
const MAX_STEP_PLACES: u32 = 17;

/// The limits of what has an order.
const BOUNDS: [&str; 2] = ["maxValue", "minValue"];

/// `minOccurs` and `maxOccurs`.
pub(super) fn occurs(findings: &mut Findings, at: &At, object: &Object, repeats: bool) -> Occurs {
    let occurs = Occurs {
        min: count(findings, at, object, "minOccurs").unwrap_or_default(),
        max: count(findings, at, object, "maxOccurs"),
    };
    if repeats && occurs.max.is_some_and(|max| max == 0 || max < occurs.min) {
        let message = "maxOccurs is zero or below minOccurs, so nothing would fit; correct them";
        let place = at::about(findings, at, object, &["maxOccurs", "minOccurs"]);
        findings.refuse(&place, Reason::Repeats, message);
    }
    if repeats && occurs.min > MAX_INSTANCES {
        let message =
            format!("minOccurs asks for more than {MAX_INSTANCES}, which nobody answers; ask for fewer");
        let place = at::about(findings, at, object, &["minOccurs"]);
        findings.refuse(&place, Reason::Repeats, message);
    }
    let beyond_one = [("minOccurs", occurs.min > 1), ("maxOccurs", occurs.max.is_some_and(|max| max > 1))];
    let names: Vec<&str> = beyond_one.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
    if !repeats && !names.is_empty() {
        let message = "an item that does not repeat is answered once: a minOccurs above 1 counts as 1, a maxOccurs is not used";
        let place = at::about(findings, at, object, &names);
        findings.notice(&place, Reason::Repeats, message);
    }
    occurs
}

/// Refuses that more answers are wanted than the options allow together: each is given once, and one that excludes the
/// others alone.
pub(super) fn enough_options(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    question: &Question,
    occurs: Occurs,
) {
    if question.options.is_empty() || question.own != Own::Nothing {
        return;
    }
    let together = question.options.iter().filter(|option| !option.exclusive).count();
    let most = together.max(1);
    if occurs.min as usize > most {
        let message = format!(
            "minOccurs asks for {} answers, and the options allow {most} together; ask for fewer, or add options",
            occurs.min
        );
        let place = at::about(findings, at, object, &["minOccurs"]);
        findings.refuse(&place, Reason::Repeats, message);
    }
}

/// Whether an expression gives `minOccurs`, whatever is written beside it.
pub(super) fn is_least_computed(object: &Object) -> bool {
    at::with_name(object, "minOccurs")
        .filter_map(|limit| limit.get("_valueInteger")?.as_object())
        .any(|value| at::has(value, "cqf-expression"))
}

/// The integer extension `name`.
pub(super) fn count(findings: &mut Findings, at: &At, object: &Object, name: &'static str) -> Option<u32> {
    let extension = at::single(findings, at, object, name)?;
    if is_computed(extension.object, "valueInteger") {
        return None;
    }
    let count = findings.count(&extension.at(), extension.object, "valueInteger");
    if count.is_none() && !extension.object.contains("valueInteger") {
        extension.refuse(findings, Reason::Limits, format!("{name} must have a valueInteger"));
    }
    count
}

/// Whether an expression stands in for the value.
fn is_computed(extension: &Object, name: &str) -> bool {
    !extension.contains(name) && extension.contains(&format!("_{name}"))
}

pub(super) fn number(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    integer: bool,
    hidden: bool,
) -> NumberQuestion {
    let mut question = NumberQuestion {
        integer,
        max_length: findings.count(at, object, "maxLength"),
        min: number_limit(findings, at, object, "minValue", integer),
        max: number_limit(findings, at, object, "maxValue", integer),
        max_decimal_places: if integer { None } else { count(findings, at, object, "maxDecimalPlaces") },
        unit: unit(findings, at, object, hidden),
        scale: None,
        step: None,
    };
    check_order(findings, at, object, &question);
    check_places(findings, at, object, &question);
    if at::item_control(object).contains(&"slider") {
        question.scale = scale::read(findings, at, object, hidden, &mut question);
    }
    if question.scale.is_none() {
        question.step = step(findings, at, object, &question);
    }
    question
}

/// One in the last decimal place that there may be.
pub(super) fn last_place(question: &NumberQuestion) -> String {
    let places = question.max_decimal_places.unwrap_or_default().min(MAX_STEP_PLACES) as usize;
    if places == 0 { "1".to_owned() } else { format!("0.{:0>places$}", 1) }
}

/// The step of a spinner: `sliderStepValue`, or else the last decimal place that there may be.
fn step(findings: &mut Findings, at: &At, object: &Object, question: &NumberQuestion) -> Option<String> {
    if !at::item_control(object).contains(&"spinner") {
        return None;
    }
    let smallest = last_place(question);
    let Some(found) = at::single(findings, at, object, "sliderStepValue") else {
        return Some(smallest);
    };
    let value = ["valueInteger", "valueDecimal"].iter().find_map(|name| found.get(name)?.as_number());
    let fits = |text: &&str| {
        let is_positive = number::compare(text, "0") == Some(Ordering::Greater);
        let most = if question.integer { Some(0) } else { question.max_decimal_places };
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        is_positive
            && is_plain
            && most.is_none_or(|most| number::decimal_places(text) <= most as usize)
            && text.len() <= number::MAX_DIGITS
    };
    let step = value.map(Number::as_str).filter(fits);
    if step.is_none() {
        let message = format!(
            "the step of a spinner must be a number above zero with no more decimals than the answer may have; it is \
             {smallest} instead"
        );
        found.notice(findings, Reason::Limits, message);
    }
    Some(step.map_or(smallest, str::to_owned))
}

/// The decimal places of a quantity, and the step of its spinner.
pub(super) fn places(findings: &mut Findings, at: &At, object: &Object) -> NumberQuestion {
    let mut question = NumberQuestion {
        max_decimal_places: count(findings, at, object, "maxDecimalPlaces"),
        ..NumberQuestion::default()
    };
    question.step = step(findings, at, object, &question);
    question
}

pub(super) fn check_order(findings: &mut Findings, at: &At, object: &Object, question: &NumberQuestion) {
    if let (Some(min), Some(max)) = (&question.min, &question.max)
        && number::compare(min, max) == Some(Ordering::Greater)
    {
        let message = "minValue is above maxValue, so no answer would fit; correct them";
        let place = at::about(findings, at, object, &BOUNDS);
        findings.refuse(&place, Reason::Limits, message);
    }
}

/// Refuses limits between which there is no number of so few decimals, such as 0.5 and 0.9 without any.
pub(super) fn check_places(findings: &mut Findings, at: &At, object: &Object, question: &NumberQuestion) {
    let read = |text: &Option<String>| fhirpath::Decimal::from_str_exact(text.as_deref()?).ok();
    let (Some(places), Some(min), Some(max)) =
        (question.max_decimal_places, read(&question.min), read(&question.max))
    else {
        return;
    };
    // What is cut off is above a limit below zero, and below one above it.
    let cut = min.trunc_with_scale(places);
    let first =
        if cut < min { cut.checked_add(fhirpath::Decimal::new(1, places.min(28))) } else { Some(cut) };
    if min <= max && first.is_some_and(|first| first > max) {
        let message =
            format!("no number with {places} decimals lies between minValue and maxValue; correct them");
        let names = ["maxDecimalPlaces", "minValue", "maxValue", "minQuantity", "maxQuantity"];
        let place = at::about(findings, at, object, &names);
        findings.refuse(&place, Reason::Limits, message);
    }
}

fn number_limit(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    name: &'static str,
    integer: bool,
) -> Option<String> {
    let limit = at::single(findings, at, object, name)?;
    if is_computed(limit.object, "valueInteger") || is_computed(limit.object, "valueDecimal") {
        return None;
    }
    let value = limit.get("valueInteger").or_else(|| limit.get("valueDecimal"));
    let text = value.and_then(Value::as_number).map(Number::as_str);
    // A limit of 32-bit integers is one itself; decimals may be of any size that can be compared.
    let readable = text.filter(|text| {
        if integer { text.parse::<i32>().is_ok() } else { number::Decimal::parse(text).is_some() }
    });
    if readable.is_none() {
        let message = format!("{name} must be a number of the item's own type; correct it");
        limit.refuse(findings, Reason::Limits, message);
    }
    readable.map(number::plain)
}

/// `questionnaire-unit`: its display, or its code when that is all there is.
fn unit(findings: &mut Findings, at: &At, object: &Object, hidden: bool) -> Option<Text> {
    let found = at::single(findings, at, object, "unit")?;
    let place = found.at().child("valueCoding");
    let Some(coding) = found.get("valueCoding").and_then(Value::as_object) else {
        findings.refuse(&place, Reason::Malformed, "questionnaire-unit must have a valueCoding");
        return None;
    };
    if coding.contains("display") {
        return findings.text(&place, coding, "display", !hidden);
    }
    findings.string(&place, coding, "code").map(Text::bare)
}

/// The limits of dates and times, as `element`.
pub(super) fn temporal(findings: &mut Findings, at: &At, object: &Object, element: &str) -> Temporal {
    let mut limit = |name: &'static str| {
        let found = at::single(findings, at, object, name)?;
        let elements = ["valueDate", "valueDateTime", "valueTime"];
        if elements.iter().any(|element| is_computed(found.object, element)) {
            return None;
        }
        let names =
            if element == "valueDateTime" { vec!["valueDateTime", "valueDate"] } else { vec![element] };
        let value = names.iter().find_map(|name| found.get(name)).and_then(Value::as_str);
        let fits = |text: &&str| match element {
            "valueTime" => check::read_time(text),
            "valueDate" => check::read_date(text).is_some(),
            _ => check::read_date(text).is_some() || check::read_date_time(text).is_some(),
        };
        let whole =
            value.filter(|_| element != "valueTime").and_then(|text| whole_date(text, name == "maxValue"));
        let value = whole.or_else(|| value.filter(fits).map(str::to_owned));
        if value.is_none() {
            let message = format!("{name} must be written as {element}, such as 2026-01-31; correct it");
            found.refuse(findings, Reason::Limits, message);
        }
        value
    };
    let (min, max) = (limit("minValue"), limit("maxValue"));
    if let (Some(min), Some(max)) = (&min, &max)
        && check::order(min, max) == Some(Ordering::Greater)
    {
        let message = "minValue is after maxValue, so no date would fit; correct them";
        let place = at::about(findings, at, object, &BOUNDS);
        findings.refuse(&place, Reason::Limits, message);
    }
    Temporal { min, max, precision: precision(findings, at, object) }
}

/// The first or the last day of a year or month, as a limit means it.
fn whole_date(text: &str, last: bool) -> Option<String> {
    if !matches!(text.len(), 4 | 7) || !check::read_partial_date(text) {
        return None;
    }
    let month =
        if text.len() == 7 { text.to_owned() } else { format!("{text}-{}", if last { "12" } else { "01" }) };
    let first = check::read_date(&format!("{month}-01"))?;
    Some(if last { first.last_of_month() } else { first }.to_string())
}

/// `entryFormat` says how much of a date is asked for: one without days takes months, one without months takes years.
fn precision(findings: &mut Findings, at: &At, object: &Object) -> Precision {
    let format = at::single(findings, at, object, "entryFormat")
        .and_then(|format| format.get("valueString").and_then(Value::as_str))
        .map(str::to_lowercase);
    format.as_deref().and_then(precision_of).unwrap_or_default()
}

/// The parts of a date in the words and letters of English, German, Spanish and French; `None` for anything else.
fn precision_of(format: &str) -> Option<Precision> {
    let (mut year, mut month, mut day) = (false, false, false);
    let parts: Vec<&str> =
        format.split(|letter: char| !letter.is_alphabetic()).filter(|part| !part.is_empty()).collect();
    for part in &parts {
        match *part {
            "yyyy" | "yy" | "jjjj" | "aaaa" | "year" | "jahr" | "año" | "année" => year = true,
            "m" | "mm" | "mmm" | "mmmm" | "month" | "monat" | "mes" | "mois" => month = true,
            "d" | "dd" | "t" | "tt" | "jj" | "day" | "tag" | "día" | "jour" => day = true,
            _ => return None,
        }
    }
    match (year, month, day) {
        (true, false, false) => Some(Precision::Year),
        (true, true, false) => Some(Precision::Month),
        _ => None,
    }
}

pub(super) fn text(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    lines: bool,
    is_address: bool,
) -> TextQuestion {
    let min_length = count(findings, at, object, "minLength");
    let max_length = findings.count(at, object, "maxLength");
    if max_length == Some(0) || min_length.zip(max_length).is_some_and(|(min, max)| min > max) {
        let message = "no text would fit between minLength and maxLength; correct them";
        // maxLength is an element, minLength an extension.
        at::about(findings, at, object, &["minLength"]);
        findings.refuse(&at.child("maxLength"), Reason::Limits, message);
        return TextQuestion::default();
    }
    let asks = TextQuestion { lines, min_length, max_length, regex: regex(findings, at, object) };
    some_text(findings, at, object, &asks, is_address);
    asks
}

/// Refuses a form and lengths that no text has together.
fn some_text(findings: &mut Findings, at: &At, object: &Object, asks: &TextQuestion, is_address: bool) {
    let is_bound = asks.regex.is_some() || (is_address && asks.max_length.is_some());
    if !is_bound || findings.sought >= MOST_SOUGHT {
        return;
    }
    findings.sought += 1;
    if check::fitting(asks, is_address) != Fitting::Nothing {
        return;
    }
    let kind = if is_address { "address, such as https://example.org," } else { "text" };
    let length =
        if asks.min_length.or(asks.max_length).is_some() { " and has the length asked for" } else { "" };
    if asks.regex.is_some() {
        let place = at::about(findings, at, object, &["regex", "minLength"]);
        let message = format!("no {kind} matches the regular expression{length}; correct one of them");
        findings.refuse(&place, Reason::Limits, message);
    } else {
        findings.refuse(&at.child("maxLength"), Reason::Limits, "no address is so short; correct maxLength");
    }
}

/// The extension `regex`, matched in linear time against the whole text.
fn regex(findings: &mut Findings, at: &At, object: &Object) -> Option<regex::Regex> {
    let found = at::single(findings, at, object, "regex")?;
    let place = found.at();
    if !found.object.contains("valueString") {
        findings.refuse(&place, Reason::Regex, "regex must have a valueString with the pattern; add it");
    }
    let pattern = findings.string(&place, found.object, "valueString")?;
    let compiled = regex::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(REGEX_BYTES).build();
    match compiled {
        Ok(regex) => Some(regex),
        Err(error) => {
            let why = match error {
                regex::Error::CompiledTooBig(_) => "it is too large",
                _ => "it cannot be read, or looks ahead or back, which is not matched in linear time",
            };
            let message =
                format!("the regular expression {} is not used: {why}; write it anew", Quoted(pattern));
            findings.refuse(&place, Reason::Regex, message);
            None
        }
    }
}
