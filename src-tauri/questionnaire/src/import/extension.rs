//! What each extension means for filling in a form. Everything that changes what is asked, and is not supported, is
//! refused by name; everything unknown that is an ordinary extension may be ignored (FHIR R4, section 2.4.0.1).

use fhir::{Object, Value};

use super::read::{At, Findings};
use crate::{Reason, report::Quoted};

/// Ours: whether a slider may show its number.
pub(super) const SHOW_VALUE: &str = "https://attesta.example/fhir/StructureDefinition/slider-show-value";

enum Meaning {
    /// Read elsewhere, or without any effect on what is asked.
    Known,
    /// Shown as plain text, without the markup or style.
    Plain,
    /// Not used; worth knowing.
    Unused,
    Refused(Reason, &'static str),
}

use Meaning::{Known, Plain, Refused, Unused};

/// The name of an HL7 extension without its base and without the prefixes that changed between guides.
fn hl7_name(url: &str) -> Option<&str> {
    let name = url.strip_prefix("http://hl7.org/fhir/")?.rsplit_once("StructureDefinition/")?.1;
    Some(
        ["sdc-questionnaire-", "questionnaire-", "sdc-"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))
            .unwrap_or(name),
    )
}

fn meaning(url: &str) -> Meaning {
    if url == SHOW_VALUE || !url.contains(':') {
        return Known;
    }
    let Some(name) = hl7_name(url) else { return Unused };
    match name {
        "enableWhenExpression"
        | "calculatedExpression"
        | "initialExpression"
        | "answerExpression"
        | "answerOptionsToggleExpression"
        | "candidateExpression"
        | "contextExpression"
        | "cqf-expression"
        | "cqf-calculatedValue"
        | "cqif-calculatedValue"
        | "cqf-initialValue"
        | "cqif-initialValue"
        | "itemPopulationContext"
        | "variable"
        | "launchContext"
        | "cqf-library"
        | "cqif-library" => Refused(
            Reason::Expression,
            "expressions (FHIRPath, CQL, queries, variables and their libraries) are not supported; remove it and \
             ask the patient, or use enableWhen",
        ),
        "targetConstraint" | "constraint" => {
            Refused(Reason::Expression, "constraints are not supported; use minValue, maxValue or maxLength")
        }
        "regex" => {
            Refused(Reason::Extension, "regular expressions are not supported; use minLength and maxLength")
        }
        "minOccurs" | "maxOccurs" => Refused(
            Reason::Repeats,
            "repeated answers are not supported; ask for each answer in its own item",
        ),
        "unitOption" | "unitValueSet" | "unitOpen" | "minQuantity" | "maxQuantity" => Refused(
            Reason::Extension,
            "quantities are not supported; ask for a decimal with the extension questionnaire-unit",
        ),
        "itemMedia" | "itemAnswerMedia" | "mimeType" | "maxSize" => Refused(
            Reason::Extension,
            "pictures, sound and attachments are not supported; put what the patient needs into the text",
        ),
        "optionRestriction"
        | "optionalDisplay"
        | "usageMode"
        | "isSubject"
        | "entryMode"
        | "assemble-expectation"
        | "subQuestionnaire"
        | "questionnaireAdaptive"
        | "signatureRequired"
        | "referenceResource"
        | "referenceProfile"
        | "referenceFilter"
        | "fhirType"
        | "baseType"
        | "rendering-criticalExtension"
        | "rendering-styleSensitive"
        | "lookupQuestionnaire" => Refused(
            Reason::Extension,
            "this extension changes what is asked or how it must be shown, and is not supported; remove it, or \
             wait for a version that supports it",
        ),
        "rendering-xhtml" | "rendering-markdown" | "rendering-style" => Plain,
        "supportHyperlink" | "supportLink" | "entryFormat" => Unused,
        _ => Known,
    }
}

/// Goes through all extensions of an element, however deep, except inside `skip`: refuses modifier extensions and what
/// is not supported. Depth is that of the JSON, which the parser bounds.
pub(super) fn scan(findings: &mut Findings, at: &At, object: &Object, skip: &[&str]) {
    for (name, value) in object.iter().filter(|(name, _)| !skip.contains(name)) {
        let place = at.child(name);
        match name {
            "modifierExtension" => modifiers(findings, &place, value),
            "extension" => extensions(findings, &place, value),
            _ => scan_value(findings, &place, value),
        }
    }
}

fn scan_value(findings: &mut Findings, at: &At, value: &Value) {
    match value {
        Value::Object(object) => scan(findings, at, object, &[]),
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                scan_value(findings, &at.index(index), element);
            }
        }
        _ => {}
    }
}

fn modifiers(findings: &mut Findings, at: &At, value: &Value) {
    if value.as_array().is_none_or(<[Value]>::is_empty) {
        findings.refuse(at, Reason::Malformed, "this must be an array with at least one element");
    }
    for (index, extension) in value.as_array().unwrap_or_default().iter().enumerate() {
        let url = extension.str("url").unwrap_or("without url");
        let message = format!(
            "the modifier extension {} is not known, and it may change the meaning of everything beside it; remove \
             it, or wait for a version that supports it",
            Quoted(url)
        );
        findings.refuse(&at.index(index), Reason::ModifierExtension, message);
    }
}

fn extensions(findings: &mut Findings, at: &At, value: &Value) {
    let Some(extensions) = value.as_array().filter(|extensions| !extensions.is_empty()) else {
        findings.refuse(at, Reason::Malformed, "this must be an array with at least one element");
        return;
    };
    for (index, extension) in extensions.iter().enumerate() {
        let place = at.index(index);
        let (Some(object), Some(url)) = (extension.as_object(), extension.str("url")) else {
            findings.refuse(
                &place,
                Reason::Malformed,
                "an extension needs its `url`; add it or remove the extension",
            );
            continue;
        };
        let shown = Quoted(url);
        match meaning(url) {
            Known => scan(findings, &place, object, &["url"]),
            Plain => findings.notice(
                &place,
                Reason::PlainText,
                format!("shown as plain text, without {shown}; make sure that the text says everything"),
            ),
            Unused => {
                findings.notice(
                    &place,
                    Reason::Unused,
                    format!("{shown} is not used; what is asked stays the same"),
                );
            }
            Refused(reason, advice) => {
                let message = match language_of(extension) {
                    Some(language) => format!("{shown} in {}: {advice}", Quoted(language)),
                    None => format!("{shown}: {advice}"),
                };
                findings.refuse(&place, reason, message);
            }
        }
    }
}

/// `Expression.language`, such as `text/cql`.
fn language_of(extension: &Value) -> Option<&str> {
    extension.get("valueExpression")?.str("language")
}

/// The HL7 extension `name` of an element; refused when it stands there twice.
pub(super) fn single<'v>(
    findings: &mut Findings,
    at: &At,
    object: &'v Object,
    name: &str,
) -> Option<&'v Object> {
    let extensions = object.get("extension").and_then(Value::as_array).unwrap_or_default();
    let is_wanted = |extension: &&Value| extension.str("url").and_then(hl7_name) == Some(name);
    let mut found = extensions.iter().filter(is_wanted);
    let first = found.next()?.as_object();
    if found.next().is_some() {
        let message = format!("the extension {name} stands here more than once; keep one");
        findings.refuse(&at.child("extension"), Reason::Malformed, message);
    }
    first
}

/// The codes of `questionnaire-itemControl`.
pub(super) fn item_control(object: &Object) -> Vec<&str> {
    let extensions = object.get("extension").and_then(Value::as_array).unwrap_or_default();
    extensions
        .iter()
        .filter(|extension| extension.str("url").and_then(hl7_name) == Some("itemControl"))
        .filter_map(|extension| extension.get("valueCodeableConcept"))
        .flat_map(|concept| concept.list("coding"))
        .filter_map(|coding| coding.str("code"))
        .collect()
}
