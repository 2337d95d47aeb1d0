//! What each extension means for filling in a form. Everything that changes what is asked, and is not supported, is
//! refused by name; everything unknown that is an ordinary extension may be ignored (FHIR R4, section 2.4.0.1).

use fhir::{Object, Value};

use super::{
    critical, placing,
    placing::On,
    read::{At, Findings},
    unused, weight,
};
use crate::{ReadAs, Reason, report::Quoted};

/// Ours: whether a slider may show its number.
pub(super) const SHOW_VALUE: &str = "https://attesta.example/fhir/StructureDefinition/slider-show-value";

/// Ours: a language in which the form may be shown although not all of it is translated.
pub(super) const MIXED_LANGUAGE: &str = "https://attesta.example/fhir/StructureDefinition/mixed-language";

/// The name of an extension that this crate may honour: HL7's, or ours.
pub(super) fn name(url: &str) -> Option<&str> {
    match url {
        SHOW_VALUE => Some("slider-show-value"),
        MIXED_LANGUAGE => Some("mixed-language"),
        _ => hl7_name(url),
    }
}

enum Meaning {
    /// Honoured.
    Supported,
    /// Honoured or not, by where it stands; see [`super::layout`].
    Layout,
    /// Part of another extension, or without any effect on what is asked.
    Known,
    /// A medium, shown on such elements.
    Media(On),
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
    if [SHOW_VALUE, MIXED_LANGUAGE].contains(&url) {
        return Supported;
    }
    if !url.contains(':') {
        return Known;
    }
    match hl7_name(url) {
        Some(name) => of_name(name).unwrap_or_else(|| Unused(unused::why(name))),
        None => {
            Unused("it is not one of HL7's, and an ordinary extension changes nothing about what is asked")
        }
    }
}

/// What an extension of HL7's means, by its name, and the names for the test that goes through all of them.
macro_rules! meanings {
    ($($($name:literal)|+ => $meaning:expr;)+) => {
        fn of_name(name: &str) -> Option<Meaning> {
            Some(match name {
                $($($name)|+ => $meaning,)+
                _ => return None,
            })
        }

        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$($($name),+),+];
    };
}

meanings! {
    "hidden" | "itemControl" | "choiceOrientation" | "usageMode" | "shortText" | "entryFormat" | "translation" => Supported;
    "displayCategory" => Supported;
    "minValue" | "maxValue" | "minLength" | "regex" | "maxDecimalPlaces" | "minOccurs" | "maxOccurs" => Supported;
    "minQuantity" | "maxQuantity" | "unit" | "unitOption" | "unitValueSet" | "unitOpen" => Supported;
    "sliderStepValue" | "optionExclusive" | "optionPrefix" | "openLabel" | "mimeType" | "maxSize" => Supported;
    "answerOptionsToggleExpression" | "targetConstraint" | "constraint" | "launchContext" => Supported;
    "itemWeight" | "ordinalValue" | "valueset-ordinalValue" | "codesystem-ordinalValue" => Supported;
    "signatureRequired" | "questionnaireAdaptive" | "preferredTerminologyServer" => Supported;
    // `hl7::ANSWER_CONSTRAINT`.
    "extension-Questionnaire.item.answerConstraint" => Supported;
    "supportHyperlink" | "supportLink" => Link;
    "rendering-criticalExtension" => Critical;
    "collapsible" => Layout;
    "data-absent-reason" | "designNote" | "artifact-versionAlgorithm" | "artifact-copyrightLabel" => Known;
    // `hl7::DISABLED_DISPLAY`. What it comes to is said where R5's own element is read.
    "extension-Questionnaire.item.disabledDisplay" => Known;
    "enableWhenExpression" | "calculatedExpression" | "initialExpression" | "answerExpression" | "variable" => Expression;
    "itemPopulationContext" => Population;
    "cqf-expression" => Computed;
    "cqf-calculatedValue" | "cqif-calculatedValue" | "cqf-initialValue" | "cqif-initialValue" => Refused(
        Reason::Expression,
        "this form of expression is older than FHIR R4; use calculatedExpression or initialExpression in FHIRPath",
    );
    "itemMedia" => Media(On::Item);
    "itemAnswerMedia" => Media(On::Option);
    "subQuestionnaire" | "assembleContext" => Refused(
        Reason::Extension,
        "this form is put together from others; assemble it ($assemble) and import the result",
    );
    "optionRestriction" | "isSubject" | "rendering-styleSensitive" => Refused(
        Reason::Extension,
        "this extension changes what is asked or how it must be shown, and is not supported; remove it, or wait for a \
         version that supports it",
    );
    "rendering-xhtml" | "rendering-markdown" | "rendering-style" => Plain;
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
        findings.refuse(&at.index(index).of(url), Reason::ModifierExtension, message);
    }
}

fn extensions(findings: &mut Findings, at: &At, value: &Value) {
    let Some(extensions) = value.as_array().filter(|extensions| !extensions.is_empty()) else {
        findings.refuse(at, Reason::Malformed, "this must be an array with at least one element");
        return;
    };
    let on = On::of(at.path.strip_suffix(".extension").unwrap_or(&at.path));
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
        let place = place.of(url);
        match meaning(url) {
            Known | Layout => scan(findings, &place, object, &["url"]),
            Supported if is_codeless_control(url, extension) => {
                let why = "it has no code that says which control is meant, and a text alone is not acted on; add the coding";
                not_used(findings, &place, url, why);
                scan(findings, &place, object, &["url"]);
            }
            Supported => {
                match placing::why_not(url, on, object) {
                    Some(why) => not_used(findings, &place, url, &why),
                    None => findings.support_as(&place, read_as(url, object)),
                }
                weight::check(findings, &place, object, url);
                scan(findings, &place, object, &["url"]);
            }
            Media(element) if on == element => {
                findings.support(&place);
                scan(findings, &place, object, &["url"]);
            }
            Media(_) => {
                let message =
                    format!("{} is not used: no medium is shown where it stands; move it", Quoted(url));
                findings.notice(&place, Reason::Media, message);
            }
            // Read with its item.
            Link if on == On::Item => scan(findings, &place, object, &["url"]),
            Link => not_used(findings, &place, url, unused::why("supportHyperlink")),
            Critical => critical::read(findings, &place, extension),
            // Read with its text.
            Plain if is_of_a_text(&place) => {}
            Plain => {
                let message = format!(
                    "shown as plain text, without {}; make sure that the text says everything",
                    Quoted(url)
                );
                findings.notice(&place, Reason::PlainText, message);
            }
            Unused(why) => not_used(findings, &place, url, unused::why_this(extension, extensions, why)),
            Expression | Population if is_fhirpath(extension) => match placing::why_not(url, on, object) {
                Some(why) => not_used(findings, &place, url, &why),
                None => findings.support(&place),
            },
            Population => not_used(findings, &place, url, unused::why("itemPopulationContext")),
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
            Computed if is_computable(&place) && is_fhirpath(extension) => findings.support(&place),
            Computed => {
                refuse(findings, &place, extension, url, (Reason::Expression, why_not_computed(&place)));
            }
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

/// Says that an extension is not used, and why.
fn not_used(findings: &mut Findings, at: &At, url: &str, why: &str) {
    findings.notice(at, Reason::Unused, format!("{} is not used: {why}", Quoted(url)));
}

/// Why no expression stands in for an element.
fn why_not_computed(at: &At) -> &'static str {
    if is_of_a_value_set(at) {
        "which value set a question has is not computed; leave answerValueSet out and compute the options themselves \
         (answerExpression), such as iif(%resource.item.where(linkId = 'b').answer.value, \
         %questionnaire.contained.where(id = 'one').expansion.contains, \
         %questionnaire.contained.where(id = 'other').expansion.contains), or ask a question for each value set and show \
         it by enableWhen"
    } else {
        "only a text, required, readOnly, repeats, how often, and the smallest and largest values are computed, and only \
         by FHIRPath; write the value"
    }
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

fn refuse(findings: &mut Findings, at: &At, extension: &Value, url: &str, (reason, advice): (Reason, &str)) {
    let shown = Quoted(url);
    let message = match language_of(extension) {
        Some(language) => format!("{shown} in {}: {advice}", Quoted(language)),
        None => format!("{shown}: {advice}"),
    };
    findings.refuse(at, reason, message);
}

/// `Expression.language`, such as `text/cql`.
fn language_of(extension: &Value) -> Option<&str> {
    extension.get("valueExpression")?.str("language")
}
