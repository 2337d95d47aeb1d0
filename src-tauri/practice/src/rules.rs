//! The rules that a resource must meet to be kept: what FHIR R4 and R5 require of the types that Attesta sends. Not a full
//! validator: elements that no rule names are kept as they are.

use std::collections::HashSet;

use fhir::{Value, Version};

use crate::outcome::Refusal;

/// FHIRPath, issue code, what is wrong.
type Broken = Vec<(String, &'static str, String)>;

/// How deeply a resource may be nested: a Bundle around it adds to that, and must still be readable.
const MOST_DEPTH: usize = fhir::MAX_DEPTH - 8;

/// At most this many broken rules are named.
const MOST_NAMED: usize = 20;

const RESPONSE_STATUS: &[&str] = &["in-progress", "completed", "amended", "entered-in-error", "stopped"];
const PUBLICATION_STATUS: &[&str] = &["draft", "active", "retired", "unknown"];
const REFERENCE_STATUS: &[&str] = &["current", "superseded", "entered-in-error"];
const TASK_STATUS: &[&str] = &[
    "draft",
    "requested",
    "received",
    "accepted",
    "rejected",
    "ready",
    "cancelled",
    "in-progress",
    "on-hold",
    "failed",
    "completed",
    "entered-in-error",
];
const ITEM_TYPES: &[&str] = &[
    "group",
    "display",
    "boolean",
    "decimal",
    "integer",
    "date",
    "dateTime",
    "time",
    "string",
    "text",
    "url",
    "choice",
    "open-choice",
    "attachment",
    "reference",
    "quantity",
];
const ITEM_TYPES_R5: &[&str] = &[
    "group",
    "display",
    "question",
    "boolean",
    "decimal",
    "integer",
    "date",
    "dateTime",
    "time",
    "string",
    "text",
    "url",
    "coding",
    "attachment",
    "reference",
    "quantity",
];

/// Checks `resource`, whose type is already known to be `resource_type`.
pub(crate) fn check(resource_type: &str, resource: &Value, version: Version) -> Result<(), Refusal> {
    let mut broken = Vec::new();
    if too_deep(resource, MOST_DEPTH) {
        let text = format!("must not be nested more than {MOST_DEPTH} deep");
        return Err(Refusal::unprocessable(vec![(resource_type.to_owned(), "too-costly", text)]));
    }
    if resource.get("meta").is_some_and(|meta| meta.as_object().is_none()) {
        broken.push((format!("{resource_type}.meta"), "structure", "must be an object".to_owned()));
    }
    never_empty(resource_type, resource, &mut broken);
    match resource_type {
        "QuestionnaireResponse" => {
            code(resource, resource_type, "status", RESPONSE_STATUS, &mut broken);
            if version == Version::R5 {
                required(resource, resource_type, &["questionnaire"], &mut broken);
                list(resource, resource_type, "identifier", &mut broken);
            }
            response_items(resource_type, resource, &mut broken);
        }
        "Questionnaire" => {
            code(resource, resource_type, "status", PUBLICATION_STATUS, &mut broken);
            let types = match version {
                Version::R4 => ITEM_TYPES,
                Version::R5 => ITEM_TYPES_R5,
            };
            questionnaire_items(resource_type, resource, types, &mut HashSet::new(), &mut broken);
        }
        "ValueSet" => code(resource, resource_type, "status", PUBLICATION_STATUS, &mut broken),
        "CodeSystem" => {
            code(resource, resource_type, "status", PUBLICATION_STATUS, &mut broken);
            required(resource, resource_type, &["content"], &mut broken);
        }
        "Provenance" => provenance(resource, version, &mut broken),
        "ServiceRequest" => {
            required(resource, resource_type, &["status", "intent", "subject"], &mut broken);
        }
        "Task" => task(resource, &mut broken),
        "DocumentReference" => {
            code(resource, resource_type, "status", REFERENCE_STATUS, &mut broken);
            for (path, content) in each(resource, resource_type, "content", &mut broken) {
                required(content, &path, &["attachment"], &mut broken);
            }
        }
        "AuditEvent" => {
            let (members, of_agent) = match version {
                Version::R4 => (["type", "recorded", "source"], "requestor"),
                Version::R5 => (["code", "recorded", "source"], "who"),
            };
            required(resource, resource_type, &members, &mut broken);
            for (path, agent) in each(resource, resource_type, "agent", &mut broken) {
                required(agent, &path, &[of_agent], &mut broken);
            }
            if let Some(source) = resource.get("source") {
                required(source, "AuditEvent.source", &["observer"], &mut broken);
            }
        }
        _ => {}
    }
    if broken.is_empty() {
        return Ok(());
    }
    broken.truncate(MOST_NAMED);
    Err(Refusal::unprocessable(broken))
}

fn task(resource: &Value, broken: &mut Broken) {
    code(resource, "Task", "status", TASK_STATUS, broken);
    required(resource, "Task", &["intent"], broken);
    for name in ["input", "output"] {
        for (index, element) in resource.list(name).iter().enumerate() {
            let path = format!("Task.{name}[{index}]");
            required(element, &path, &["type"], broken);
            if element.as_object().is_some_and(|all| !all.iter().any(|(one, _)| one.starts_with("value"))) {
                broken.push((format!("{path}.value[x]"), "required", "is required".to_owned()));
            }
        }
    }
}

fn provenance(resource: &Value, version: Version, broken: &mut Broken) {
    if version == Version::R4 {
        required(resource, "Provenance", &["recorded"], broken);
    }
    each(resource, "Provenance", "target", broken);
    for (path, agent) in each(resource, "Provenance", "agent", broken) {
        required(agent, &path, &["who"], broken);
    }
    for (index, signature) in resource.list("signature").iter().enumerate() {
        // Optional in R5.
        if version == Version::R4 {
            let path = format!("Provenance.signature[{index}]");
            required(signature, &path, &["type", "when", "who"], broken);
        }
    }
}

fn too_deep(value: &Value, left: usize) -> bool {
    match value {
        Value::Object(object) => left == 0 || object.iter().any(|(_, member)| too_deep(member, left - 1)),
        Value::Array(elements) => left == 0 || elements.iter().any(|element| too_deep(element, left - 1)),
        _ => false,
    }
}

/// FHIR R4, section 2.6.2: properties are never empty, and `null` stands in arrays only.
fn never_empty(path: &str, value: &Value, broken: &mut Broken) {
    if broken.len() > MOST_NAMED {
        return;
    }
    match value {
        Value::Object(object) => {
            if object.is_empty() {
                broken.push((path.to_owned(), "structure", "must not be empty".to_owned()));
            }
            for (name, member) in object.iter() {
                if *member == Value::Null {
                    broken.push((format!("{path}.{name}"), "structure", "must not be null".to_owned()));
                } else {
                    never_empty(&format!("{path}.{name}"), member, broken);
                }
            }
        }
        Value::Array(elements) => {
            if elements.is_empty() {
                broken.push((path.to_owned(), "structure", "must not be empty".to_owned()));
            }
            for (index, element) in elements.iter().enumerate() {
                never_empty(&format!("{path}[{index}]"), element, broken);
            }
        }
        Value::String(text) if text.is_empty() => {
            broken.push((path.to_owned(), "structure", "must not be empty".to_owned()));
        }
        _ => {}
    }
}

fn response_items(path: &str, parent: &Value, broken: &mut Broken) {
    for (index, item) in parent.list("item").iter().enumerate() {
        let path = format!("{path}.item[{index}]");
        required(item, &path, &["linkId"], broken);
        if item.get("answer").is_some() && item.get("item").is_some() {
            let text = "an item with answers has its items inside them (qrs-1)".to_owned();
            broken.push((path.clone(), "invariant", text));
        }
        response_items(&path, item, broken);
        for (index, answer) in item.list("answer").iter().enumerate() {
            let path = format!("{path}.answer[{index}]");
            let Some(answer_members) = answer.as_object() else { continue };
            if !answer_members.iter().any(|(name, _)| name.trim_start_matches('_').starts_with("value")) {
                broken.push((path.clone(), "required", "an answer has a value".to_owned()));
            }
            response_items(&path, answer, broken);
        }
    }
}

fn questionnaire_items<'v>(
    path: &str,
    parent: &'v Value,
    types: &[&str],
    seen: &mut HashSet<&'v str>,
    broken: &mut Broken,
) {
    for (index, item) in parent.list("item").iter().enumerate() {
        let path = format!("{path}.item[{index}]");
        required(item, &path, &["linkId"], broken);
        code(item, &path, "type", types, broken);
        if item.str("linkId").is_some_and(|link_id| !seen.insert(link_id)) {
            let text = "each linkId stands once in a Questionnaire (que-2)".to_owned();
            broken.push((format!("{path}.linkId"), "invariant", text));
        }
        questionnaire_items(&path, item, types, seen, broken);
    }
}

fn required(element: &Value, path: &str, names: &[&str], broken: &mut Broken) {
    for name in names.iter().filter(|name| element.get(name).is_none()) {
        broken.push((format!("{path}.{name}"), "required", "is required".to_owned()));
    }
}

/// An element that is a list in this release.
fn list(element: &Value, path: &str, name: &str, broken: &mut Broken) {
    if element.get(name).is_some_and(|value| value.as_array().is_none()) {
        broken.push((format!("{path}.{name}"), "structure", "must be a list".to_owned()));
    }
}

fn code(element: &Value, path: &str, name: &str, known: &[&str], broken: &mut Broken) {
    match element.get(name) {
        None => broken.push((format!("{path}.{name}"), "required", "is required".to_owned())),
        Some(value) if value.as_str().is_some_and(|code| known.contains(&code)) => {}
        Some(_) => {
            let text = format!("must be one of {}", known.join(", "));
            broken.push((format!("{path}.{name}"), "code-invalid", text));
        }
    }
}

/// The elements of a list that must not be missing, with their paths.
fn each<'v>(resource: &'v Value, path: &str, name: &str, broken: &mut Broken) -> Vec<(String, &'v Value)> {
    let elements = resource.list(name);
    if elements.is_empty() {
        broken.push((format!("{path}.{name}"), "required", "needs at least one element".to_owned()));
    }
    elements.iter().enumerate().map(|(index, element)| (format!("{path}.{name}[{index}]"), element)).collect()
}
