//! The response's own elements beside its items: who, when, about whom. Each has to be what FHIR defines, in R4 or in R5.

use fhir::shape::{Misshapen, misshapen};
use fhir::{Object, Value, Version};

use super::Run;
use super::encoded::decoded_length;
use super::finding::{Rule, Severity};
use super::value::{is_code, is_date, is_date_time, is_string, is_time, is_uri};
use crate::adaptive::comes_with_items;

const RESPONSE: &str = "QuestionnaireResponse";

/// What has a rule of its own.
const ELSEWHERE: [&str; 6] =
    ["resourceType", "item", "status", "authored", "implicitRules", "modifierExtension"];

impl Run<'_, '_> {
    pub(super) fn shape(&mut self, response: &Value) {
        let Some(members) = response.as_object() else { return };
        for (member, value) in members.iter() {
            let name = member.strip_prefix('_').unwrap_or(member);
            // What stands beside a value is looked at with the value.
            if ELSEWHERE.contains(&name) || (name != member && members.contains(name)) {
                continue;
            }
            if !self.report.step(1 + value.leaf_count()) {
                return;
            }
            let found = match name {
                "contained" => faults(&contained(value), name),
                _ => faults(members, name),
            };
            for Misshapen { path, reason } in found {
                self.report.add(
                    Severity::Error,
                    Rule::Element,
                    None,
                    &format!("{RESPONSE}.{path}"),
                    reason.to_string(),
                );
            }
        }
    }
}

/// What is wrong with an element by both releases, in the words of the first that knows it: not every form says which of them it
/// is of, and a response may be of the other one.
fn faults(members: &Object, name: &str) -> Vec<Misshapen> {
    let mut first = None;
    for version in Version::ALL {
        match misshapen(version, RESPONSE, members, name, &is_written) {
            Some(found) if found.is_empty() => return found,
            Some(found) => first = first.or(Some(found)),
            None => {}
        }
    }
    first.unwrap_or_default()
}

/// The contained resources. Of the form as it was asked, and what belongs to it, import is the judge: no more than what
/// they are matters here.
fn contained(value: &Value) -> Object {
    let of_form = |one: &Value| one.resource_type() == Some("Questionnaire") || comes_with_items(one);
    let named = |one: &Value| {
        let members = one.as_object().into_iter().flat_map(Object::iter);
        let mut kept = Object::new();
        for (name, value) in members.filter(|(name, _)| ["resourceType", "id"].contains(name)) {
            kept.insert(name, value.clone());
        }
        Value::from(kept)
    };
    let value = match value.as_array() {
        Some(list) => {
            let list = list.iter().map(|one| if of_form(one) { named(one) } else { one.clone() });
            list.collect::<Vec<Value>>().into()
        }
        None => value.clone(),
    };
    let mut members = Object::new();
    members.insert("contained", value);
    members
}

/// Whether a value is written as FHIR writes a primitive type (FHIR R4, section 2.24.0.1). The kind of JSON is right.
fn is_written(of: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        let number = value.as_number().and_then(fhir::Number::as_i32);
        return match of {
            "integer" => number.is_some(),
            "unsignedInt" => number.is_some_and(|number| number >= 0),
            "positiveInt" => number.is_some_and(|number| number > 0),
            _ => true,
        };
    };
    match of {
        "id" => {
            (1..=64).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        }
        "code" => is_code(text),
        "uri" | "url" | "canonical" => is_uri(text),
        "oid" => text.starts_with("urn:oid:") && is_uri(text),
        "uuid" => text.starts_with("urn:uuid:") && is_uri(text),
        "date" => is_date(text),
        "dateTime" => is_date_time(text),
        "instant" => text.contains('T') && is_date_time(text),
        "time" => is_time(text),
        "base64Binary" => decoded_length(text).is_some(),
        "integer64" => text.parse::<i64>().is_ok(),
        _ => is_string(text),
    }
}
