//! The Questionnaire itself: what names it, and whether it may be used.

use fhir::{Object, Value};

use super::{
    extension,
    read::{At, Findings},
};
use crate::{Reason, form::Text, language};

/// The elements of Questionnaire in FHIR R4.
const ELEMENTS: [&str; 29] = [
    "resourceType",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "url",
    "identifier",
    "version",
    "name",
    "title",
    "derivedFrom",
    "status",
    "experimental",
    "subjectType",
    "date",
    "publisher",
    "contact",
    "description",
    "useContext",
    "jurisdiction",
    "purpose",
    "copyright",
    "approvalDate",
    "lastReviewDate",
    "effectivePeriod",
    "code",
    "item",
    "id",
];

/// What the form keeps of it.
pub(super) struct Root {
    pub(super) id: Option<String>,
    pub(super) url: String,
    pub(super) version: String,
    pub(super) title: Text,
    pub(super) copyright: Option<Text>,
}

/// `None` when something needed is missing; the findings say what.
pub(super) fn read(findings: &mut Findings, object: &Object) -> Option<Root> {
    let at = At::root();
    findings.elements(&at, object, &ELEMENTS);
    extension::scan(findings, &at, object, &["item", "contained", "text"]);
    let language = read_language(findings, &at, object);
    findings.language = language.unwrap_or_default();
    if object.contains("implicitRules") {
        findings.refuse(
            &at.child("implicitRules"),
            Reason::ModifierExtension,
            "implicit rules may change the meaning of everything and are not known; remove the element",
        );
    }
    read_status(findings, &at, object);
    read_subject(findings, &at, object);
    let id = findings.string(&at, object, "id");
    if id.is_some_and(|id| !is_id(id)) {
        findings.refuse(&at.child("id"), Reason::Malformed, "an id has 1 to 64 letters, digits, '-' and '.'");
    }
    let url = read_url(findings, &at, object);
    let version = read_version(findings, &at, object);
    let title = findings.text(&at, object, "title", true);
    if title.is_none() && !object.contains("title") {
        findings.refuse(&at.child("title"), Reason::Missing, "the patient is shown the title; add one");
    }
    let copyright = findings.text(&at, object, "copyright", true);
    Some(Root { id: id.map(str::to_owned), url: url?, version: version?, title: title?, copyright })
}

fn read_language(findings: &mut Findings, at: &At, object: &Object) -> Option<String> {
    let place = at.child("language");
    if !object.contains("language") {
        let message =
            "the language of the texts is needed, because it is part of what is signed; add it, such as en";
        findings.refuse(&place, Reason::Missing, message);
    }
    let tag = findings.string(at, object, "language")?;
    if !language::is_tag(tag) {
        findings.refuse(
            &place,
            Reason::Malformed,
            "this is not a language tag (BCP 47); write one such as en or de-CH",
        );
        return None;
    }
    Some(tag.to_owned())
}

fn read_status(findings: &mut Findings, at: &At, object: &Object) {
    let place = at.child("status");
    match object.get("status").and_then(Value::as_str) {
        Some("active") => {}
        Some("draft") => findings.notice(
            &place,
            Reason::Draft,
            "this form is a draft; set status to active when it is released",
        ),
        Some("retired") => {
            findings.refuse(&place, Reason::Status, "this form is retired; use the version that replaced it");
        }
        Some("unknown") => findings.refuse(
            &place,
            Reason::Status,
            "nobody knows whether this form may be used; set status to active when it is released",
        ),
        _ => findings.refuse(
            &place,
            Reason::Malformed,
            "status must be one of draft, active, retired, unknown",
        ),
    }
}

/// Responses are about patients: their source, subject and signature rest on that.
fn read_subject(findings: &mut Findings, at: &At, object: &Object) {
    let types = findings.list(at, object, "subjectType");
    if !types.is_empty() && !types.iter().any(|subject| subject.as_str() == Some("Patient")) {
        findings.refuse(
            &at.child("subjectType"),
            Reason::SubjectType,
            "only forms about a patient can be filled in here; add Patient to subjectType",
        );
    }
}

fn read_url(findings: &mut Findings, at: &At, object: &Object) -> Option<String> {
    let place = at.child("url");
    if !object.contains("url") {
        let message = "a response names its form by url and version; add the canonical url";
        findings.refuse(&place, Reason::Missing, message);
    }
    let url = findings.string(at, object, "url")?;
    let absolute = url.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    if !absolute || url.contains('|') || url.contains(char::is_whitespace) {
        let message = "this must be an absolute URI without '|' and spaces; the version has its own element";
        findings.refuse(&place, Reason::Malformed, message);
        return None;
    }
    Some(url.to_owned())
}

fn read_version(findings: &mut Findings, at: &At, object: &Object) -> Option<String> {
    let place = at.child("version");
    if !object.contains("version") {
        let message = "a response names its form by url and version; add the version, such as 1.0.0";
        findings.refuse(&place, Reason::Missing, message);
    }
    let version = findings.string(at, object, "version")?;
    if version.contains('|') || version.contains(char::is_whitespace) {
        findings.refuse(&place, Reason::Malformed, "a version has no '|' and no spaces");
        return None;
    }
    Some(version.to_owned())
}

/// FHIR R4's `id`.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}
