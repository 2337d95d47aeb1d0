//! The Questionnaire itself: what names it, and whether it may be used.

use fhir::{Object, Value};

use super::{
    contained,
    extension::{self, MIXED_LANGUAGE},
    read::{At, Findings},
};
use crate::{ImportOptions, Problem, Reason, form::Text, language, report::Quoted};

/// The elements of Questionnaire in FHIR R4 and R5.
const ELEMENTS: [&str; 32] = [
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
    "copyrightLabel",
    "versionAlgorithmString",
    "versionAlgorithmCoding",
];

/// What the form keeps of it.
pub(super) struct Root {
    pub(super) id: Option<String>,
    pub(super) url: String,
    pub(super) version: Option<String>,
    pub(super) title: Text,
    pub(super) copyright: Option<Text>,
}

/// `None` when something needed is missing; the findings say what. `sha256` completes what names the form where its
/// author gave no url.
pub(super) fn read(
    findings: &mut Findings,
    object: &Object,
    options: &ImportOptions<'_>,
    digest: &[u8],
) -> Option<Root> {
    let at = At::root();
    findings.elements(&at, object, &ELEMENTS);
    extension::scan(findings, &at, object, &["item", "contained", "text"]);
    contained::check(findings, object);
    findings.language = read_language(findings, &at, object, options).unwrap_or_default();
    read_mixed(findings, &at, object);
    if object.contains("implicitRules") {
        findings.refuse(
            &at.child("implicitRules"),
            Reason::ModifierExtension,
            "implicit rules may change the meaning of everything and are not known; remove the element",
        );
    }
    read_status(findings, &at, object);
    read_period(findings, &at, object);
    read_subject(findings, &at, object);
    let id = findings.string(&at, object, "id");
    if id.is_some_and(|id| !is_id(id)) {
        findings.refuse(&at.child("id"), Reason::Malformed, "an id has 1 to 64 letters, digits, '-' and '.'");
    }
    let url = read_url(findings, &at, object, digest);
    // What names the content needs no version.
    let version = if object.contains("url") { read_version(findings, &at, object) } else { None };
    let title = read_title(findings, &at, object);
    let copyright = findings.text(&at, object, "copyright", true);
    Some(Root { id: id.map(str::to_owned), url: url?, version, title: title?, copyright })
}

/// What the patient is shown above everything. Where there is none, the name, the publisher's id or the type stand in.
fn read_title(findings: &mut Findings, at: &At, object: &Object) -> Option<Text> {
    if object.contains("title") {
        return findings.text(at, object, "title", true);
    }
    let stand_in = ["name", "id"].iter().find_map(|name| object.get(name).and_then(Value::as_str));
    let title = stand_in.filter(|title| !title.trim().is_empty()).unwrap_or("Questionnaire");
    let message = format!("there is no title; the patient is shown \"{}\"; add one", Quoted(title));
    findings.notice(&at.child("title"), Reason::Completed, message);
    Some(Text::plain(title))
}

fn read_language(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    options: &ImportOptions<'_>,
) -> Option<String> {
    let place = at.child("language");
    if !object.contains("language") {
        let Some(language) = options.language.filter(|language| language::is_tag(language)) else {
            let message = "the language of the texts is needed, because it is part of what is signed; add it, such as \
                           en, or name it for this import";
            findings.refuse(&place, Reason::Missing, message);
            return None;
        };
        findings.notices.push(language_taken(language));
        return Some(language.to_owned());
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

/// Writes into a Questionnaire that it may be shown in these languages (BCP 47) although not all of it is translated: in our
/// extension `mixed-language`, one for each. What is lacking is shown in the Questionnaire's own language.
pub fn allow_mixed_languages(questionnaire: &mut Value, languages: &[String]) {
    let Some(object) = questionnaire.as_object_mut() else { return };
    let mut extensions = object.get("extension").and_then(Value::as_array).unwrap_or_default().to_vec();
    extensions.extend(
        languages.iter().map(|tag| fhir::object! { "url" => MIXED_LANGUAGE, "valueCode" => tag.as_str() }),
    );
    object.insert("extension", extensions);
}

/// The languages in which the form may be shown with gaps.
fn read_mixed(findings: &mut Findings, at: &At, object: &Object) {
    let extensions = object.get("extension").and_then(Value::as_array).unwrap_or_default();
    for (index, one) in extensions.iter().enumerate() {
        if one.str("url") != Some(MIXED_LANGUAGE) {
            continue;
        }
        let place = at.extension(index, MIXED_LANGUAGE);
        match one.str("valueCode") {
            Some(tag) if language::is_tag(tag) => findings.mixed.push((place, tag.to_owned())),
            Some(_) => findings.refuse(
                &place,
                Reason::Malformed,
                "this is not a language tag (BCP 47); write one such as fr or de-CH",
            ),
            // Said where extensions are placed.
            None => {}
        }
    }
}

/// What is said about a form that names no language and was given one ([`ImportOptions::language`]): also by whoever writes
/// that language into the form before it is imported.
pub fn language_taken(tag: &str) -> Problem {
    // Undetermined (RFC 5646, section 4.1): whoever tries a form out need not know more, a study does.
    let message = if tag == language::UNDETERMINED {
        "the form names no language; it is taken as und, one that nobody named; name it, because a study's patients sign it"
            .to_owned()
    } else {
        format!("the form names no language; it is taken as {tag}, as this import was told")
    };
    Problem {
        link_id: None,
        path: "Questionnaire.language".to_owned(),
        extension: None,
        reason: Reason::Completed,
        message,
    }
}

/// Nobody is kept from using a form outside the time that it names: import knows no date, and a study may go on.
fn read_period(findings: &mut Findings, at: &At, object: &Object) {
    let Some(period) = object.get("effectivePeriod") else { return };
    let bound = |name: &str, word: &str| Some(format!("{word} {}", Quoted(period.str(name)?)));
    let bounds: Vec<String> = [bound("start", "from"), bound("end", "to")].into_iter().flatten().collect();
    if bounds.is_empty() {
        return;
    }
    let message = format!(
        "the form is meant to be used {}; it can be used at other times too, and the check of a response warns then",
        bounds.join(" ")
    );
    findings.notice(&at.child("effectivePeriod"), Reason::Unused, message);
}

fn read_status(findings: &mut Findings, at: &At, object: &Object) {
    let place = at.child("status");
    match object.get("status").and_then(Value::as_str) {
        Some("active") => {}
        None if !object.contains("status") => findings.notice(
            &place,
            Reason::Draft,
            "this form does not say whether it is released, and is taken as a draft; set status to active when it is",
        ),
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

/// A form without url is named by its content: a UUID of version 8 (RFC 9562, section 5.8) over its SHA-256.
fn read_url(findings: &mut Findings, at: &At, object: &Object, digest: &[u8]) -> Option<String> {
    let place = at.child("url");
    if !object.contains("url") {
        let url = content_url(digest);
        let message =
            format!("there is no url; responses name the form by its content, {url}; add the canonical url");
        findings.notice(&place, Reason::Completed, message);
        return Some(url);
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
        let message = "there is no version; responses name the form by its url alone, and the signature by its hash; add one, such as 1.0.0";
        findings.notice(&place, Reason::Completed, message);
        return None;
    }
    let version = findings.string(at, object, "version")?;
    if version.contains('|') || version.contains(char::is_whitespace) {
        findings.refuse(&place, Reason::Malformed, "a version has no '|' and no spaces");
        return None;
    }
    Some(version.to_owned())
}

fn content_url(digest: &[u8]) -> String {
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = *from;
    }
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// FHIR R4's `id`.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}
