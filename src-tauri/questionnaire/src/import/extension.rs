//! What each extension means for filling in a form. Everything that changes what is asked, and is not supported, is
//! refused by name; everything unknown that is an ordinary extension may be ignored (FHIR R4, section 2.4.0.1).

use fhir::{Object, Value};

use super::{
    critical,
    read::{At, Findings},
    unused, weight,
};
use crate::{
    ReadAs, Reason,
    hl7::{ANSWER_CONSTRAINT, DISABLED_DISPLAY},
    report::Quoted,
};

/// Ours: whether a slider may show its number.
pub(super) const SHOW_VALUE: &str = "https://attesta.example/fhir/StructureDefinition/slider-show-value";

enum Meaning {
    /// Honoured.
    Supported,
    /// Honoured or not, by where it stands; see [`super::layout`].
    Layout,
    /// Part of another extension, or without any effect on what is asked.
    Known,
    /// A medium, shown on such elements.
    Media(&'static str),
    /// Where more is said; see [`super::links`].
    Link,
    /// Names an extension without which the form cannot be understood; see [`super::critical`].
    Critical,
    /// Shown as plain text, without the markup or style.
    Plain,
    /// Not used, and why that is no harm.
    Unused(&'static str),
    /// An expression, honoured in FHIRPath.
    Expression,
    /// The same; what depends on one in another language is refused where it reads it.
    Population,
    /// An expression that stands in for an element, honoured on some.
    Computed,
    Refused(Reason, &'static str),
}

use Meaning::{
    Computed, Critical, Expression, Known, Layout, Link, Media, Plain, Population, Refused, Supported, Unused,
};

pub(super) use crate::hl7::name as hl7_name;

fn meaning(url: &str) -> Meaning {
    if url == SHOW_VALUE {
        return Supported;
    }
    if !url.contains(':') {
        return Known;
    }
    let Some(name) = hl7_name(url) else {
        return Unused(
            "it is not one of HL7's, and an ordinary extension changes nothing about what is asked",
        );
    };
    match name {
        "hidden"
        | "itemControl"
        | "choiceOrientation"
        | "minValue"
        | "maxValue"
        | "minLength"
        | "regex"
        | "maxDecimalPlaces"
        | "minOccurs"
        | "maxOccurs"
        | "minQuantity"
        | "maxQuantity"
        | "unit"
        | "unitOption"
        | "unitValueSet"
        | "unitOpen"
        | "sliderStepValue"
        | "optionExclusive"
        | "optionPrefix"
        | "entryFormat"
        | "mimeType"
        | "maxSize"
        | "translation"
        | "shortText"
        | "openLabel"
        | "answerOptionsToggleExpression"
        | "targetConstraint"
        | "constraint"
        | "launchContext"
        | "signatureRequired"
        | "itemWeight"
        | "ordinalValue"
        | "valueset-ordinalValue"
        | "codesystem-ordinalValue"
        | "questionnaireAdaptive"
        | "preferredTerminologyServer"
        | "usageMode"
        | ANSWER_CONSTRAINT => Supported,
        "supportHyperlink" | "supportLink" => Link,
        "rendering-criticalExtension" => Critical,
        "collapsible" => Layout,
        "data-absent-reason" | "designNote" | "artifact-versionAlgorithm" | "artifact-copyrightLabel" => {
            Known
        }
        // What it comes to is said where R5's own element is read.
        DISABLED_DISPLAY => Known,
        "enableWhenExpression"
        | "calculatedExpression"
        | "initialExpression"
        | "answerExpression"
        | "variable" => Expression,
        "itemPopulationContext" => Population,
        "cqf-expression" => Computed,
        "cqf-calculatedValue" | "cqif-calculatedValue" | "cqf-initialValue" | "cqif-initialValue" => Refused(
            Reason::Expression,
            "this form of expression is older than FHIR R4; use calculatedExpression or initialExpression in FHIRPath",
        ),
        "itemMedia" => Media(".item["),
        "itemAnswerMedia" => Media(".answerOption["),
        "subQuestionnaire" | "assembleContext" => Refused(
            Reason::Extension,
            "this form is put together from others; assemble it ($assemble) and import the result",
        ),
        "optionRestriction" | "isSubject" | "rendering-styleSensitive" => Refused(
            Reason::Extension,
            "this extension changes what is asked or how it must be shown, and is not supported; remove it, or \
             wait for a version that supports it",
        ),
        "rendering-xhtml" | "rendering-markdown" | "rendering-style" => Plain,
        _ => Unused(unused::why(name)),
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

pub(super) fn modifiers(findings: &mut Findings, at: &At, value: &Value) {
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
            Known | Layout => scan(findings, &place, object, &["url"]),
            Supported if is_codeless_control(url, extension) => codeless(findings, &place, object, url),
            Supported => {
                findings.support_as(&place, url, read_as(url, object));
                weight::check(findings, &place, object, url);
                scan(findings, &place, object, &["url"]);
            }
            Media(element) if is_on(&place, element) => {
                findings.support(&place, url);
                scan(findings, &place, object, &["url"]);
            }
            Media(_) => {
                let message = format!("{shown} is not used: no medium is shown where it stands; move it");
                findings.notice_extension(&place, url, Reason::Media, message);
            }
            // Read with its item.
            Link if is_on(&place, ".item[") => scan(findings, &place, object, &["url"]),
            Link => {
                let message = format!("{shown} is not used: {}", unused::why("supportHyperlink"));
                findings.notice_extension(&place, url, Reason::Unused, message);
            }
            Critical => critical::read(findings, &place, extension, url),
            // Read with its text.
            Plain if is_of_a_text(&place) => {}
            Plain => findings.notice_extension(
                &place,
                url,
                Reason::PlainText,
                format!("shown as plain text, without {shown}; make sure that the text says everything"),
            ),
            Unused(why) => unused::report(findings, &place, (extension, extensions), why),
            Expression | Population if is_fhirpath(extension) => findings.support(&place, url),
            Population => {
                let message = format!("{shown} is not used: {}", unused::why("itemPopulationContext"));
                findings.notice_extension(&place, url, Reason::Unused, message);
            }
            Computed if is_computable(&place) && is_fhirpath(extension) => findings.support(&place, url),
            Expression => refuse(
                findings,
                &place,
                extension,
                url,
                (
                    Reason::Expression,
                    "only FHIRPath is evaluated here, not CQL and queries; write it in FHIRPath",
                ),
            ),
            Computed if is_of_a_value_set(&place) => refuse(
                findings,
                &place,
                extension,
                url,
                (
                    Reason::Expression,
                    "which value set a question has is not computed; leave answerValueSet out and compute the options \
                     themselves (answerExpression), such as iif(%resource.item.where(linkId = 'b').answer.value, \
                     %questionnaire.contained.where(id = 'one').expansion.contains, \
                     %questionnaire.contained.where(id = 'other').expansion.contains), or ask a question for each \
                     value set and show it by enableWhen",
                ),
            ),
            Computed => refuse(
                findings,
                &place,
                extension,
                url,
                (
                    Reason::Expression,
                    "only a text, required, readOnly, repeats, how often, and the smallest and largest values are \
                     computed, and only by FHIRPath; write the value",
                ),
            ),
            Refused(reason @ Reason::Expression, _) if is_computable(&place) => refuse(
                findings,
                &place,
                extension,
                url,
                (
                    reason,
                    "this form of expression is older than FHIR R4; use cqf-expression here, in FHIRPath",
                ),
            ),
            Refused(reason, advice) => refuse(findings, &place, extension, url, (reason, advice)),
        }
    }
}

/// Says that nothing can be made of an `itemControl`.
fn codeless(findings: &mut Findings, at: &At, extension: &Object, url: &str) {
    let message = format!(
        "{} is not used: it has no code that says which control is meant, and a text alone is not acted on; add the coding",
        Quoted(url)
    );
    findings.notice_extension(at, url, Reason::Unused, message);
    scan(findings, at, extension, &["url"]);
}

/// An `itemControl` of which nothing can be made.
fn is_codeless_control(url: &str, extension: &Value) -> bool {
    let codings = extension.get("valueCodeableConcept").map(|concept| concept.list("coding"));
    hl7_name(url) == Some("itemControl")
        && !codings.unwrap_or_default().iter().any(|coding| coding.str("code").is_some())
}

/// The unit of a number that HL7 has defined in another one before (ADR 54).
fn read_as(url: &str, extension: &Object) -> Option<ReadAs> {
    let bytes = extension.get("valueDecimal").or(extension.get("valueInteger"))?.as_number()?;
    (hl7_name(url) == Some("maxSize")).then(|| ReadAs::Bytes(bytes.as_str().to_owned()))
}

/// Whether an extension is honoured, at least in some places.
pub(super) fn is_honoured(url: &str) -> bool {
    url.contains(':') && !matches!(meaning(url), Unused(_) | Refused(..))
}

/// What names no language is refused where it is read.
fn is_fhirpath(extension: &Value) -> bool {
    language_of(extension).is_none_or(|language| language == "text/fhirpath")
}

fn is_of_a_value_set(at: &At) -> bool {
    at.path.rsplit_once(".extension").is_some_and(|(element, _)| element.ends_with("].answerValueSet"))
}

/// Whether an element may be computed: some of an item, and limits.
fn is_computable(at: &At) -> bool {
    let Some((element, _)) = at.path.rsplit_once(".extension") else { return false };
    let is_limit = || {
        element.rsplit_once(".value").is_some_and(|(extension, kind)| {
            extension.ends_with(']')
                && ["Integer", "Decimal", "Quantity", "Date", "DateTime", "Time"].contains(&kind)
        })
    };
    let of_item = |name: &str| element.strip_suffix(name).is_some_and(|item| item.ends_with(']'));
    element.contains(".item[")
        && ([".text", ".required", ".readOnly", ".repeats"].into_iter().any(of_item) || is_limit())
}

/// Whether an extension stands on a text that is shown as it is formatted: an item's, or an option's.
fn is_of_a_text(at: &At) -> bool {
    let Some((on, _)) = at.path.rsplit_once(".extension[") else { return false };
    let inside = |list: &str, element: &str| {
        let before = on.strip_suffix(element).and_then(|before| before.rsplit_once(list));
        before.is_some_and(|(_, index)| index.parse::<usize>().is_ok())
    };
    inside(".item[", "].text")
        || inside(".answerOption[", "].valueString")
        || inside(".answerOption[", "].valueCoding.display")
}

/// Whether an extension stands on the element of a list whose path ends with this.
fn is_on(at: &At, element: &str) -> bool {
    let on = at.path.rsplit_once(".extension[").and_then(|(on, _)| on.rsplit_once(element));
    on.is_some_and(|(_, rest)| rest.strip_suffix(']').is_some_and(|index| index.parse::<usize>().is_ok()))
}

fn refuse(findings: &mut Findings, at: &At, extension: &Value, url: &str, (reason, advice): (Reason, &str)) {
    let shown = Quoted(url);
    let message = match language_of(extension) {
        Some(language) => format!("{shown} in {}: {advice}", Quoted(language)),
        None => format!("{shown}: {advice}"),
    };
    findings.refuse_extension(at, url, reason, message);
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

/// All extensions of HL7's with this name on an element.
pub(super) fn all<'v>(object: &'v Object, name: &'static str) -> impl Iterator<Item = &'v Object> {
    let extensions = object.get("extension").and_then(Value::as_array).unwrap_or_default();
    extensions
        .iter()
        .filter(move |extension| extension.str("url").and_then(hl7_name) == Some(name))
        .filter_map(Value::as_object)
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
