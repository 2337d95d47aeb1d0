//! One value: its type, and whether it is written as FHIR writes that type (R4 and R5, section Data Types).

use fhir::{Object, Value};
use jiff::civil::Date;

use super::definition::Kind;
use super::encoded::decoded_length;
pub(super) use crate::check::uri::is_uri;

/// FHIR R4, section 2.24.0.1: strings are at most 1 MB long.
const LONGEST_STRING: usize = 1024 * 1024;

/// The types that an answer's `value[x]` may have, by their JSON name.
const TYPES: [&str; 12] = [
    "valueBoolean",
    "valueDecimal",
    "valueInteger",
    "valueDate",
    "valueDateTime",
    "valueTime",
    "valueString",
    "valueUri",
    "valueAttachment",
    "valueCoding",
    "valueQuantity",
    "valueReference",
];

/// The `value[x]` of an answer, an option or an extension: its name and the value.
pub(super) fn of(element: &Value) -> Option<(&str, &Value)> {
    element.as_object()?.iter().find(|(name, _)| is_value(name))
}

/// The value of an answer that says something: a quantity without a number, or a file without content, is none.
pub(super) fn given(answer: &Value) -> Option<(&str, &Value)> {
    of(answer).filter(|(name, value)| !is_empty(name, value))
}

/// Whether a value says nothing that a question could be answered with.
pub(super) fn is_empty(name: &str, value: &Value) -> bool {
    let wanted: &[&str] = match name {
        "valueQuantity" => &["value"],
        "valueAttachment" => &["data", "url"],
        "valueReference" => &["reference", "identifier", "display"],
        _ => return false,
    };
    value.as_object().is_some_and(|value| !wanted.iter().any(|name| value.contains(name)))
}

/// The names of an answer's values; two of them are one too many.
pub(super) fn names(element: &Value) -> impl Iterator<Item = &str> {
    element
        .as_object()
        .into_iter()
        .flat_map(|object| object.iter().map(|(name, _)| name))
        .filter(|name| is_value(name))
}

fn is_value(name: &str) -> bool {
    name.strip_prefix("value").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// The name of the value that a question of this kind takes; `None` where several will do.
pub(super) fn wanted(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Boolean => "valueBoolean",
        Kind::Decimal => "valueDecimal",
        Kind::Integer => "valueInteger",
        Kind::Date => "valueDate",
        Kind::DateTime => "valueDateTime",
        Kind::Time => "valueTime",
        Kind::String | Kind::Text => "valueString",
        Kind::Url => "valueUri",
        Kind::Coding => "valueCoding",
        Kind::Attachment => "valueAttachment",
        Kind::Reference => "valueReference",
        Kind::Quantity => "valueQuantity",
        Kind::OpenChoice | Kind::Group | Kind::Display | Kind::None => return None,
    })
}

/// Whether an answer may have a value of this name at all.
pub(super) fn is_answer(name: &str) -> bool {
    TYPES.contains(&name)
}

/// The names, without `_`, of the values that ids and extensions of an answer stand beside.
pub(super) fn beside(answer: &Value) -> impl Iterator<Item = &str> {
    let members = answer.as_object().into_iter().flat_map(Object::iter);
    members.filter_map(|(name, _)| name.strip_prefix('_')).filter(|name| name.starts_with("value"))
}

/// Whether a value of this name is a primitive one, beside which there can be an id and extensions.
pub(super) fn is_primitive(name: &str) -> bool {
    let complex = ["valueAttachment", "valueCoding", "valueQuantity", "valueReference"];
    is_answer(name) && !complex.contains(&name)
}

/// What is wrong with how the value of `name` is written.
pub(super) fn malformed(name: &str, value: &Value) -> Option<&'static str> {
    let good: (fn(&str) -> bool, &str) = match name {
        "valueBoolean" => return value.as_bool().is_none().then_some("write true or false, without quotes"),
        "valueDecimal" => return value.as_number().is_none().then_some("write a number, without quotes"),
        "valueInteger" => {
            let whole = value.as_number().is_some_and(|number| number.as_i32().is_some());
            return (!whole).then_some("write a whole number between -2147483648 and 2147483647");
        }
        "valueDate" => (is_date, "write a date: YYYY, YYYY-MM or YYYY-MM-DD"),
        "valueDateTime" => {
            (is_date_time, "write a date, or date and time with an offset: YYYY-MM-DDThh:mm:ss+hh:mm")
        }
        "valueTime" => (is_time, "write a time of day: hh:mm:ss"),
        "valueString" => {
            (is_string, "write at least one character that is no space, and no control characters")
        }
        "valueUri" => (
            is_uri,
            "write an address without spaces: https://…, urn:uuid:… with 36 characters, or a relative one",
        ),
        "valueAttachment" => return attachment(value),
        "valueCoding" => return coding(value),
        "valueQuantity" => return quantity(value),
        "valueReference" => return reference(value),
        _ => return Some("no answer can have a value of this type"),
    };
    (!value.as_str().is_some_and(good.0)).then_some(good.1)
}

/// A member that, where it is there, is a string of this form.
fn member(value: &Value, name: &str, form: fn(&str) -> bool) -> bool {
    value.get(name).is_none_or(|member| member.as_str().is_some_and(form))
}

fn coding(value: &Value) -> Option<&'static str> {
    let known = ["system", "version", "code", "display"].iter().any(|name| value.get(name).is_some());
    let good = value.as_object().is_some_and(|object| !object.is_empty())
        && member(value, "system", is_uri)
        && member(value, "version", is_string)
        && member(value, "code", is_code)
        && member(value, "display", is_string)
        && value.get("userSelected").is_none_or(|member| member.as_bool().is_some());
    if !good {
        return Some("write a Coding: an object with system, code and display");
    }
    (!known && value.get("extension").is_none())
        .then_some("write a Coding with a code, or at least a display")
}

fn quantity(value: &Value) -> Option<&'static str> {
    let good = value.as_object().is_some_and(|object| !object.is_empty())
        && value.get("value").is_none_or(|member| member.as_number().is_some())
        && member(value, "comparator", |code| ["<", "<=", ">=", ">", "ad"].contains(&code))
        && member(value, "unit", is_string)
        && member(value, "system", is_uri)
        && member(value, "code", is_code);
    if !good {
        return Some("write a Quantity: an object with value (a number), unit, system and code");
    }
    // FHIR's qty-3.
    (value.get("code").is_some() && value.get("system").is_none())
        .then_some("a Quantity with a code for its unit needs the code's system too")
}

fn reference(value: &Value) -> Option<&'static str> {
    let good = value.as_object().is_some_and(|object| !object.is_empty())
        && member(value, "reference", is_uri)
        && member(value, "type", is_uri)
        && member(value, "display", is_string)
        && value.get("identifier").is_none_or(|member| member.as_object().is_some());
    (!good).then_some(
        "write a Reference: an object with reference (Patient/1 or an address), identifier or display",
    )
}

fn attachment(value: &Value) -> Option<&'static str> {
    // R4 writes an unsignedInt, R5 an integer64, which JSON has as a string.
    let size = |member: &Value| match member {
        Value::Number(number) => number.as_i32().is_some_and(|size| size >= 0),
        Value::String(text) => text.parse::<i64>().is_ok_and(|size| size >= 0),
        _ => false,
    };
    let good = value.as_object().is_some_and(|object| !object.is_empty())
        && member(value, "contentType", is_code)
        && member(value, "language", is_code)
        && member(value, "data", |data| decoded_length(data).is_some())
        && member(value, "url", is_uri)
        && value.get("size").is_none_or(size)
        && member(value, "hash", |hash| decoded_length(hash).is_some())
        && member(value, "title", is_string)
        && member(value, "creation", is_date_time);
    if !good {
        return Some("write an Attachment: an object with contentType, data (base64) or url, size and title");
    }
    // FHIR's att-1.
    (value.get("data").is_some() && value.get("contentType").is_none())
        .then_some("an Attachment with data needs a contentType")
}

pub(super) fn is_string(text: &str) -> bool {
    text.len() <= LONGEST_STRING
        && text.chars().any(|character| !character.is_whitespace())
        && !text.chars().any(|character| character < ' ' && !matches!(character, '\n' | '\r' | '\t'))
}

pub(super) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.split(' ').all(|part| !part.is_empty() && !part.chars().any(char::is_whitespace))
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, of the calendar.
pub(super) fn is_date(text: &str) -> bool {
    let shape = |length: usize| {
        text.len() == length
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
            && !text.starts_with("0000")
    };
    let whole = match text.len() {
        4 if shape(4) => format!("{text}-01-01"),
        7 if shape(7) => format!("{text}-01"),
        10 if shape(10) => text.to_owned(),
        _ => return false,
    };
    whole.parse::<Date>().is_ok()
}

/// A date; or a date, a time with seconds and an offset.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return is_date(text) };
    let Some(at) = rest.find(['Z', '+', '-']) else { return false };
    let (time, offset) = rest.split_at(at);
    let offset_is_good = match offset.as_bytes() {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let number = |tens: u8, ones: u8| {
                (tens.is_ascii_digit() && ones.is_ascii_digit())
                    .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
            };
            matches!((number(*h1, *h2), number(*m1, *m2)), (Some(hours), Some(minutes))
                if (hours <= 13 && minutes <= 59) || (hours == 14 && minutes == 0))
        }
        _ => false,
    };
    date.len() == 10 && is_date(date) && is_time(time) && offset_is_good
}

/// `hh:mm:ss` with a fraction or without; a leap second is one.
pub(super) fn is_time(text: &str) -> bool {
    let (whole, fraction) =
        text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let bytes = whole.as_bytes();
    let pair = |at: usize| match (bytes.get(at), bytes.get(at + 1)) {
        (Some(tens), Some(ones)) if tens.is_ascii_digit() && ones.is_ascii_digit() => {
            Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
        }
        _ => None,
    };
    bytes.len() == 8
        && bytes.get(2) == Some(&b':')
        && bytes.get(5) == Some(&b':')
        && pair(0).is_some_and(|hours| hours < 24)
        && pair(3).is_some_and(|minutes| minutes < 60)
        && pair(6).is_some_and(|seconds| seconds <= 60)
        && fraction
            .is_none_or(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_form(form: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(form(text), "{text}");
        }
        for text in bad {
            assert!(!form(text), "{text}");
        }
    }

    #[test]
    fn dates_may_be_partial_and_are_of_the_calendar() {
        assert_form(
            is_date,
            &["2026", "2026-11", "2026-11-21", "2024-02-29"],
            &[
                "",
                "26",
                "2026-13",
                "2026-02-29",
                "2026-1-2",
                "0000",
                "20261121",
                "2026-11-21 ",
                "２０２６",
                "-026",
            ],
        );
    }

    #[test]
    fn times_have_seconds_and_date_times_an_offset() {
        assert_form(
            is_time,
            &["00:00:00", "23:59:60", "09:41:07.123"],
            &["9:41:07", "09:41", "24:00:00", "09:60:00", "09:41:61", "09:41:07.", "09:41:07Z", "é9:41:0"],
        );
        assert_form(
            is_date_time,
            &[
                "2026",
                "2026-11-21",
                "2026-11-21T09:41:07Z",
                "2026-11-21T09:41:07.5+14:00",
                "2026-11-21T09:41:07-00:30",
            ],
            &[
                "2026-11-21T09:41:07",
                "2026-11-21T09:41Z",
                "2026-11T09:41:07Z",
                "2026-11-21T09:41:07+14:30",
                "2026-11-21T09:41:07+1:00",
                "2026-11-21 09:41:07Z",
            ],
        );
    }

    #[test]
    fn strings_codes_and_addresses_have_fhirs_form() {
        assert_form(is_string, &["a", " a ", "a\nb"], &["", "  ", "a\u{0}", "\n"]);
        assert_form(is_code, &["a", "a b", "[in_i]"], &["", " a", "a ", "a  b", "a\tb"]);
        assert_form(
            is_uri,
            &[
                "Patient/1",
                "https://example.org/Patient/1",
                "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                "urn:oid:1.2.840.0",
            ],
            &[
                "",
                "a b",
                "c:\\temp\\example.txt",
                "urn:uuid:c757873d-ec9a-4326-a141-556f43239520asdf",
                "urn:oid:3.1",
                "urn:oid:1.02",
            ],
        );
    }

    #[test]
    fn complex_values_are_objects_of_their_type() {
        let parse = |text: &str| Value::parse(text.as_bytes()).unwrap_or(Value::Null);
        for (name, good, text) in [
            ("valueCoding", true, r#"{"system":"http://loinc.org","code":"LA6568-5"}"#),
            ("valueCoding", true, r#"{"display":"something else"}"#),
            ("valueCoding", false, r#"{"system":"http://loinc.org","code":" "}"#),
            ("valueCoding", false, r#"{"userSelected":true}"#),
            ("valueCoding", false, r#""LA6568-5""#),
            ("valueQuantity", true, r#"{"value":1.50,"unit":"mg"}"#),
            ("valueQuantity", false, r#"{"value":"1.50"}"#),
            ("valueQuantity", false, r#"{"value":1,"code":"mg"}"#),
            ("valueQuantity", false, r#"{"value":1,"comparator":"about"}"#),
            ("valueReference", true, r#"{"identifier":{"value":"1"}}"#),
            ("valueReference", false, r#"{"reference":"Patient 1"}"#),
            ("valueReference", false, "[]"),
            ("valueAttachment", true, r#"{"contentType":"text/plain","data":"YWJj","size":3}"#),
            ("valueAttachment", true, r#"{"contentType":"text/plain","data":"YWJj","size":"3"}"#),
            ("valueAttachment", false, r#"{"data":"YWJj"}"#),
            ("valueAttachment", false, r#"{"contentType":"text/plain","data":"YW!"}"#),
            ("valueInteger", false, "1.0"),
            ("valueInteger", false, "2147483648"),
            ("valueBoolean", false, r#""true""#),
            ("valueDecimal", true, "1e3"),
            ("valueCodeableConcept", false, "{}"),
        ] {
            assert_eq!(malformed(name, &parse(text)).is_none(), good, "{name} {text}");
        }
    }
}
