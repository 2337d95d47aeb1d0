//! The options of a question: `answerOption`, or a value set.

use std::collections::HashSet;

use fhir::{Number, Object, Value};

use super::{
    at, formatted, media,
    read::{At, Findings},
    value_set::{Offered, Terminology},
};
use crate::{
    Reason, check,
    form::{OptionItem, OptionValue, Text},
    report::Quoted,
};

/// Reads the options; none where everything of the question's type is an answer.
pub(super) fn read(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    code: &str,
    hidden: bool,
    terminology: &Terminology<'_>,
) -> Vec<OptionItem> {
    if object.contains("answerValueSet") {
        if object.contains("answerOption") {
            let message = "the options are those listed here or those of the value set, not both (FHIR's rule que-4); keep \
                           answerOption or answerValueSet";
            findings.refuse(&at.child("answerOption"), Reason::AnswerOption, message);
        }
        return from_value_set(findings, at, object, code, terminology);
    }
    let list = findings.list(at, object, "answerOption");
    if code == "boolean" {
        if !list.is_empty() {
            let message = "yes and no are the options of a boolean; those listed are not used";
            findings.notice(&at.child("answerOption"), Reason::Unused, message);
        }
        return Vec::new();
    }
    let computed = at::has(object, "answerExpression");
    if list.is_empty()
        && !computed
        && ["choice", "coding", "reference"].contains(&code)
        && !object.contains("answerOption")
    {
        let read_only = object.get("readOnly").and_then(Value::as_bool) == Some(true);
        let computed = ["calculatedExpression", "initialExpression"];
        let is_computed = computed.iter().any(|name| at::has(object, name));
        let message = if code == "reference" && (hidden || read_only || is_computed) {
            "a reference is not computed or filled in here; compute the text of the reference in an item of type string, \
             or list the references that there can be as answerOption"
        } else if code == "reference" {
            "a reference is chosen among options; add answerOption, because nothing can be searched here"
        } else {
            "a choice without options cannot be answered; add answerOption"
        };
        findings.refuse(at, Reason::AnswerOption, message);
    }
    let mut options: Vec<OptionItem> = Vec::with_capacity(list.len());
    let mut keys = HashSet::new();
    for (index, value) in list.iter().enumerate() {
        let place = at.child("answerOption").index(index);
        let Some(mut option) = option(findings, &place, value, hidden) else { continue };
        as_its_type(findings, &place, code, &mut option);
        let element = option.element();
        if BEYOND_FHIR.contains(&element)
            && options.iter().all(|other: &OptionItem| other.element() != element)
        {
            let message = format!(
                "FHIR R4 and R5 have no {element} in an answerOption; it is offered as it is written, and other programs may \
                 refuse the form"
            );
            findings.notice(&place, Reason::AnswerOption, message);
        }
        if !keys.insert(option.key.clone()) {
            findings.refuse(&place, Reason::AnswerOption, "this option stands here twice; keep one of them");
        }
        options.push(option);
    }
    if !hidden {
        look_alike(findings, at, &options);
    }
    options
}

/// Options that authors write although no release has them.
const BEYOND_FHIR: [&str; 4] = ["valueDecimal", "valueDateTime", "valueUri", "valueQuantity"];

/// An option is answered in the type of its question: a choice takes any, and other types have their own. A whole number
/// is a decimal too.
fn as_its_type(findings: &mut Findings, at: &At, code: &str, option: &mut OptionItem) {
    if let (true, OptionValue::Other(name @ "valueInteger", _)) = (code == "decimal", &mut option.value) {
        *name = "valueDecimal";
    }
    let wanted = match code {
        "integer" => "valueInteger",
        "decimal" => "valueDecimal",
        "date" => "valueDate",
        "dateTime" => "valueDateTime",
        "time" => "valueTime",
        "string" | "text" => "valueString",
        "url" => "valueUri",
        "quantity" => "valueQuantity",
        "reference" => "valueReference",
        _ => return,
    };
    if option.element() != wanted {
        let message = format!(
            "an item of type {} is not answered with a {}; write a {wanted}, or ask with a choice",
            Quoted(code),
            option.element()
        );
        findings.refuse(at, Reason::AnswerOption, message);
    }
}

/// Says which options look like another one, in one of their languages: nobody could know which of them was chosen.
fn look_alike(findings: &mut Findings, at: &At, options: &[OptionItem]) {
    let mut languages: Vec<&str> = vec![""];
    for (tag, _) in options.iter().flat_map(|option| &option.label.translations) {
        if !languages.contains(&tag.as_str()) {
            languages.push(tag);
        }
    }
    for (index, option) in options.iter().enumerate() {
        let looks = |option: &OptionItem, language: &str| {
            let prefix = option.prefix.as_ref().map(|prefix| prefix.text(language).trim().to_owned());
            (prefix, option.label.text(language).trim().to_lowercase())
        };
        let is_alike = |language: &&&str| {
            options[..index].iter().any(|other| {
                other.media.is_none()
                    && option.media.is_none()
                    && looks(other, language) == looks(option, language)
            })
        };
        if let Some(language) = languages.iter().find(is_alike) {
            let language =
                if language.is_empty() { String::new() } else { format!(" in {}", Quoted(language)) };
            let message = format!(
                "this option looks like another one{language}, and nobody could know which of them was chosen; word them apart"
            );
            findings.notice(&at.child("answerOption").index(index), Reason::AnswerOption, message);
        }
    }
}

fn from_value_set(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    code: &str,
    terminology: &Terminology<'_>,
) -> Vec<OptionItem> {
    let Some(url) = findings.string(at, object, "answerValueSet") else { return Vec::new() };
    let place = at.child("answerValueSet");
    let offered = match terminology.offered(url) {
        Ok(offered) => offered,
        Err(reason) => {
            let message = format!(
                "the value set {} cannot be offered: {reason}; contain its expansion, or list the options as \
                 answerOption",
                Quoted(url)
            );
            findings.refuse(&place, Reason::AnswerValueSet, message);
            return Vec::new();
        }
    };
    let mut keys = HashSet::new();
    let text = ["string", "text"].contains(&code);
    said_of(findings, &place, &offered);
    offered
        .concepts
        .into_iter()
        .filter_map(|concept| {
            let key = if text { concept.label.original.clone() } else { coding_key(&concept.coding)? };
            let value = if text { OptionValue::String } else { OptionValue::Coding(concept.coding) };
            keys.insert(key.clone()).then(|| {
                findings.seen(&place, &concept.label);
                OptionItem {
                    key,
                    value,
                    label: concept.label,
                    unnamed: concept.unnamed,
                    prefix: None,
                    exclusive: false,
                    media: None,
                }
            })
        })
        .collect()
}

/// What to know about what a value set offers, each said once for all its concepts.
pub(super) fn said_of(findings: &mut Findings, at: &At, offered: &Offered) {
    let concepts = |count: usize| match count {
        1 => "one concept of the value set".to_owned(),
        _ => format!("{count} concepts of the value set"),
    };
    if offered.inactive > 0 {
        let message = format!(
            "{}: not offered, being said to be no longer in use (inactive, retired, deprecated)",
            concepts(offered.inactive)
        );
        findings.notice(at, Reason::AnswerValueSet, message);
    }
    if offered.in_common {
        let message = "several value sets stand in one include: only what all of them have is offered; write an include for \
                       each where they are meant to be put together";
        findings.notice(at, Reason::AnswerValueSet, message);
    }
    let unnamed = offered.concepts.iter().filter(|concept| concept.unnamed).count();
    if unnamed > 0 {
        let message =
            format!("{}: without a display; the patient reads the code; add a display", concepts(unnamed));
        findings.notice(at, Reason::Completed, message);
    }
}

/// The elements of Questionnaire.item.answerOption in FHIR R4 and R5.
const OPTION_ELEMENTS: [&str; 12] = [
    "initialSelected",
    "valueCoding",
    "valueString",
    "valueInteger",
    "valueDecimal",
    "valueDate",
    "valueDateTime",
    "valueTime",
    "valueUri",
    "valueQuantity",
    "valueReference",
    "id",
];

fn option(findings: &mut Findings, at: &At, value: &Value, hidden: bool) -> Option<OptionItem> {
    let Some(object) = value.as_object() else {
        findings.refuse(at, Reason::Malformed, "an option must be an object");
        return None;
    };
    findings.elements(at, object, &OPTION_ELEMENTS);
    let prefix = prefix(findings, at, object);
    let exclusive = at::single(findings, at, object, "optionExclusive")
        .is_some_and(|found| found.get("valueBoolean").and_then(Value::as_bool) == Some(true));
    let media = media::read(findings, at, object, "itemAnswerMedia", hidden);
    let (kind, value) = findings.choice(at, object, "value")?;
    let place = at.child(&format!("value{kind}"));
    let unnamed = kind == "Coding" && value.get("display").is_none();
    let (key, value, label) = match (kind, value) {
        ("Coding", Value::Object(coding)) => coding_option(findings, &place, coding, hidden)?,
        ("String", Value::String(_)) => {
            let mut label = findings.text(at, object, "valueString", !hidden);
            formatted::read(findings, at, object, "valueString", &mut label);
            let label = label?;
            (label.original.clone(), OptionValue::String, label)
        }
        ("Quantity", Value::Object(quantity)) => quantity_option(findings, &place, quantity, hidden)?,
        ("Reference", Value::Object(reference)) => reference_option(findings, &place, reference, hidden)?,
        (kind, value) => other(findings, &place, kind, value)?,
    };
    Some(OptionItem { key, value, label, unnamed, prefix, exclusive, media })
}

/// `questionnaire-optionPrefix`, on the option or on its value.
fn prefix(findings: &mut Findings, at: &At, object: &Object) -> Option<Text> {
    if let Some(prefix) = at::single(findings, at, object, "optionPrefix") {
        return findings.text(&prefix.at(), prefix.object, "valueString", false);
    }
    let coding = object.get("valueCoding").and_then(Value::as_object);
    let coding = coding.filter(|coding| at::has(coding, "optionPrefix"))?;
    let place = at.child("valueCoding");
    let prefix = at::single(findings, &place, coding, "optionPrefix")?;
    findings.text(&prefix.at(), prefix.object, "valueString", false)
}

/// Numbers, times, addresses and references: the value as it is written is what patients read.
fn other(findings: &mut Findings, at: &At, kind: &str, value: &Value) -> Option<(String, OptionValue, Text)> {
    let text = value.as_str();
    let (name, label) = match kind {
        "Integer" => {
            ("valueInteger", value.as_number().filter(|number| number.as_i32().is_some()).map(Number::as_str))
        }
        "Decimal" => ("valueDecimal", value.as_number().map(Number::as_str)),
        "Date" => ("valueDate", text.filter(|text| check::read_partial_date(text))),
        "DateTime" => {
            let fits = |text: &&str| check::read_partial_date(text) || check::read_date_time(text).is_some();
            ("valueDateTime", text.filter(fits))
        }
        "Time" => ("valueTime", text.filter(|text| check::read_time(text))),
        "Uri" => ("valueUri", text.filter(|text| !text.trim().is_empty())),
        "Reference" => ("valueReference", value.str("reference").or_else(|| value.str("display"))),
        _ => ("", None),
    };
    let (Some(label), Some(key)) = (label, self::key(kind, value)) else {
        let message = "an option must have a value that its type allows: a coding, a string, a number, a date, a \
                       time, an address, a quantity or a reference";
        findings.refuse(at, Reason::AnswerOption, message);
        return None;
    };
    Some((key, OptionValue::Other(name, value.clone()), Text::bare(label)))
}

fn quantity_option(
    findings: &mut Findings,
    at: &At,
    quantity: &Object,
    hidden: bool,
) -> Option<(String, OptionValue, Text)> {
    let value = Value::from(quantity.clone());
    let number = quantity.get("value").and_then(Value::as_number).map(Number::as_str);
    let (Some(number), Some(key)) = (number, key("Quantity", &value)) else {
        findings.refuse(at, Reason::AnswerOption, "a quantity among the options needs a value; add it");
        return None;
    };
    let with_number = |unit: &str| format!("{number} {unit}").trim_end().to_owned();
    let label = if quantity.contains("unit") {
        findings.text(at, quantity, "unit", !hidden)?.each(with_number)
    } else {
        Text::bare(&with_number(value.str("code").unwrap_or_default()))
    };
    Some((key, OptionValue::Other("valueQuantity", value), label))
}

/// What it is called is what patients read, or else the reference itself.
fn reference_option(
    findings: &mut Findings,
    at: &At,
    reference: &Object,
    hidden: bool,
) -> Option<(String, OptionValue, Text)> {
    let (key, value, bare) = other(findings, at, "Reference", &Value::from(reference.clone()))?;
    let named = reference.contains("display");
    Some((key, value, if named { findings.text(at, reference, "display", !hidden)? } else { bare }))
}

/// System, version and code are kept for the response; the display is what patients read.
fn coding_option(
    findings: &mut Findings,
    at: &At,
    coding: &Object,
    hidden: bool,
) -> Option<(String, OptionValue, Text)> {
    let mut display = findings.text(at, coding, "display", !hidden);
    formatted::read(findings, at, coding, "display", &mut display);
    let label = match display {
        Some(label) => label,
        None if coding.contains("display") => return None,
        None => {
            let Some(code) = findings.string(at, coding, "code") else {
                let message = "the patient would see nothing for this option; add a display";
                findings.refuse(at, Reason::AnswerOption, message);
                return None;
            };
            findings.notice(
                at,
                Reason::Completed,
                "this option has no display; the patient reads its code; add one",
            );
            Text::bare(code)
        }
    };
    let mut kept = Object::new();
    for name in ["system", "version", "code"] {
        if let Some(part) = findings.string(at, coding, name) {
            kept.insert(name, part);
        }
    }
    // Letters, digits, `+`, `-`, `.` and a colon begin an absolute address (RFC 3986, section 3.1).
    if let Some(system) = kept.get("system").and_then(Value::as_str)
        && !system.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
    {
        findings.notice(
            &at.child("system"),
            Reason::System,
            "this system is no absolute address (such as https://example.org/codes); a server may refuse the answers",
        );
    }
    let key = coding_key(coding).unwrap_or_else(|| label.original.clone());
    Some((key, OptionValue::Coding(kept), label))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// A coding as a token, `system|code`; `None` without a code.
pub(super) fn coding_key(coding: &Object) -> Option<String> {
    let part = |name: &str| coding.get(name).and_then(Value::as_str);
    Some(format!("{}|{}", part("system").unwrap_or_default(), part("code")?))
}

/// What names the option of this value.
pub(crate) fn key(kind: &str, value: &Value) -> Option<String> {
    match kind {
        "Coding" => {
            let coding = value.as_object()?;
            coding_key(coding).or_else(|| value.str("display").map(str::to_owned))
        }
        "Integer" | "Decimal" => value.as_number().map(|number| number.as_str().to_owned()),
        "Quantity" => {
            let number = value.get("value").and_then(Value::as_number)?.as_str();
            let unit = value.str("code").or_else(|| value.str("unit")).unwrap_or_default();
            Some(format!("{number} {unit}"))
        }
        "Reference" => value.str("reference").or_else(|| value.str("display")).map(str::to_owned),
        "String" | "Date" | "DateTime" | "Time" | "Uri" => value.as_str().map(str::to_owned),
        _ => None,
    }
}
