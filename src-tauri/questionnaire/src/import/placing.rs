//! Where extensions are of use. On another element, beside another type of item or without a value, one that is known
//! changes nothing; the report says so instead of calling it supported.

use fhir::{Object, Value};

use super::{
    at::{self, At},
    extension,
    read::Findings,
};
use crate::{Reason, hl7::ANSWER_CONSTRAINT, report::Quoted};

/// What an extension stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Form,
    Item,
    Option,
    /// An element of one of them.
    Element,
}

impl On {
    /// By the place of the element itself.
    pub(super) fn of(element: &str) -> Self {
        if element == "Questionnaire" {
            return Self::Form;
        }
        let list =
            element.strip_suffix(']').and_then(|element| element.rsplit_once('[')).map(|(list, _)| list);
        match list.and_then(|list| list.rsplit_once('.')) {
            Some((_, "item")) => Self::Item,
            Some((_, "answerOption")) => Self::Option,
            _ => Self::Element,
        }
    }
}

/// Why an extension that is honoured in other places is not used where it stands, or as it is written.
pub(super) fn why_not(url: &str, on: On, extension: &Object) -> Option<String> {
    let name = extension::name(url)?;
    let (fits, where_it_fits) = match name {
        "launchContext" | "questionnaireAdaptive" | "mixed-language" => (on == On::Form, "the form itself"),
        "targetConstraint"
        | "constraint"
        | "variable"
        | "itemPopulationContext"
        | "signatureRequired"
        | "preferredTerminologyServer" => (matches!(on, On::Form | On::Item), "the form or an item"),
        "optionExclusive" => (on == On::Option, "an answerOption"),
        "optionPrefix" | "itemWeight" | "ordinalValue" => {
            (matches!(on, On::Option | On::Element), "an answerOption or its coding")
        }
        "valueset-ordinalValue" | "codesystem-ordinalValue" => {
            (matches!(on, On::Option | On::Element), "a concept")
        }
        "translation" => (on == On::Element, "a text"),
        _ => (on == On::Item, "an item"),
    };
    if !fits {
        return Some(format!("it is honoured on {where_it_fits}; move it"));
    }
    let values: &[&str] = match name {
        "choiceOrientation" | "mimeType" | "mixed-language" | "unitOpen" | "usageMode" => &["valueCode"],
        "optionExclusive" | "slider-show-value" => &["valueBoolean"],
        "optionPrefix" | "entryFormat" | "shortText" | "openLabel" => &["valueString"],
        "signatureRequired" | "displayCategory" => &["valueCodeableConcept"],
        "preferredTerminologyServer" => &["valueUrl", "valueUri"],
        "sliderStepValue" => &["valueInteger", "valueDecimal"],
        "unitOption" => &["valueCoding"],
        _ => return None,
    };
    let is_there = values.iter().any(|value| extension.contains(value));
    (!is_there).then(|| format!("it has no {}; write one", values.join(" or ")))
}

const TEXTS: [&str; 4] = ["string", "text", "url", "open-choice"];
const BOUNDED: [&str; 6] = ["integer", "decimal", "date", "dateTime", "time", "quantity"];
const NUMBERS: [&str; 3] = ["integer", "decimal", "quantity"];

/// Says which extensions of an item change nothing about one of its type, and so are not used; the same of `maxLength`.
pub(super) fn fitting(findings: &mut Findings, item: &At, object: &Object, code: &str) {
    let is_question = !["group", "display"].contains(&code);
    if is_question && object.contains("maxLength") && !TEXTS.contains(&code) && !NUMBERS[..2].contains(&code)
    {
        let message = format!("a length does not fit an item of type {}, and is not used", Quoted(code));
        findings.notice(&item.child("maxLength"), Reason::Limits, message);
    }
    let extensions = object.get("extension").and_then(Value::as_array).unwrap_or_default();
    let around = Around::of(object);
    for (index, extension) in extensions.iter().enumerate() {
        let Some(url) = extension.str("url") else { continue };
        let Some(name) = extension::name(url) else { continue };
        let (reason, message) = if !fits_type(name, code) {
            let reason = if is_limit(name) { Reason::Limits } else { Reason::Unused };
            (reason, format!("{name} does not fit an item of type {}, and is not used", Quoted(code)))
        } else if let Some(why) = why_of_no_use(name, object, code, &around) {
            (Reason::Unused, format!("{name} is not used: {why}"))
        } else {
            continue;
        };
        findings.notice(&item.extension(index, url), reason, message);
    }
}

fn is_limit(name: &str) -> bool {
    ["min", "max"].iter().any(|prefix| name.starts_with(prefix)) || name == "regex"
}

/// Whether an extension can mean anything for items of a type.
fn fits_type(name: &str, code: &str) -> bool {
    match name {
        "minLength" | "regex" => TEXTS.contains(&code),
        "minValue" | "maxValue" => BOUNDED.contains(&code),
        "maxDecimalPlaces" => ["decimal", "quantity"].contains(&code),
        "minQuantity" | "maxQuantity" | "unitOption" | "unitValueSet" | "unitOpen" => code == "quantity",
        "unit" | "sliderStepValue" => NUMBERS.contains(&code),
        "slider-show-value" => NUMBERS[..2].contains(&code),
        "mimeType" | "maxSize" => code == "attachment",
        "entryFormat"
        | "openLabel"
        | "choiceOrientation"
        | "answerOptionsToggleExpression"
        | ANSWER_CONSTRAINT => !["group", "display"].contains(&code),
        "minOccurs" | "maxOccurs" => code != "display",
        "displayCategory" => code == "display",
        _ => true,
    }
}

/// Why an extension changes nothing about this item, although it could about others of its type.
fn why_of_no_use(name: &str, object: &Object, code: &str, around: &Around) -> Option<&'static str> {
    match name {
        "sliderStepValue" if !around.slider && !around.spinner => {
            Some("there is no slider and no spinner; add the itemControl")
        }
        "slider-show-value" if !around.slider => Some("there is no slider; add the itemControl"),
        "choiceOrientation" if code != "boolean" && !around.offers => Some("there are no options"),
        "answerOptionsToggleExpression" if !around.offers => Some("there are no options"),
        "openLabel" if !(around.open.unwrap_or(code == "open-choice")) => {
            Some("no answer of the patient's own can be given beside the options")
        }
        "shortText" if object.contains("text") => Some("the text is shown"),
        "shortText" if code == "group" => Some("a group without a text has none"),
        _ => None,
    }
}

/// What else an item has, and extensions are for: looked for once, since there may be many of them.
struct Around {
    offers: bool,
    slider: bool,
    spinner: bool,
    /// Whether the patient may give an answer of their own, where that is said apart from the type.
    open: Option<bool>,
}

impl Around {
    fn of(object: &Object) -> Self {
        let has_control = |wanted: &str| at::controls(object).any(|(.., code)| code == wanted);
        let carried =
            || at::with_name(object, ANSWER_CONSTRAINT).find_map(|found| found.get("valueCode")?.as_str());
        let constraint = object.get("answerConstraint").and_then(Value::as_str).or_else(carried);
        Self {
            offers: ["answerOption", "answerValueSet"].iter().any(|name| object.contains(name))
                || at::has(object, "answerExpression"),
            slider: has_control("slider"),
            spinner: has_control("spinner"),
            open: constraint.map(|constraint| constraint != "optionsOnly"),
        }
    }
}
