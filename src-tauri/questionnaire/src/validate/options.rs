//! Whether an answer is one of those that the item offers.

use fhir::Value;

use super::compare::{compare, is_same_coding};
use super::definition::{Item, Kind, extensions, translations};
use super::finding::Rule;
use super::limits::Broken;
use super::terminology::{Member, Terminology};
use super::value;

const OPTION_EXCLUSIVE: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive";
const ANSWER_CONSTRAINT: &str =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.item.answerConstraint";
const ANSWER_EXPRESSIONS: [&str; 2] = [
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerExpression",
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-candidateExpression",
];

/// What may be answered besides the options (R5, `Questionnaire.item.answerConstraint`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    Only,
    OrType,
    OrString,
}

/// R4 says it by the type.
pub(super) fn openness(item: &Item<'_>) -> Open {
    let said = item
        .value
        .str("answerConstraint")
        .or_else(|| item.extension(ANSWER_CONSTRAINT).and_then(|extension| extension.str("valueCode")));
    match said {
        Some("optionsOrType") => Open::OrType,
        Some("optionsOrString") => Open::OrString,
        _ if item.kind == Kind::OpenChoice => Open::OrString,
        _ => Open::Only,
    }
}

/// Whether the item may be answered with a value of this name.
pub(super) fn allows(item: &Item<'_>, name: &str) -> bool {
    match value::wanted(item.kind) {
        // R4: a choice takes the type of its options; R5 has them only where they are of the item's type.
        _ if matches!(item.kind, Kind::Coding | Kind::OpenChoice) => {
            name == "valueCoding"
                || (name == "valueString" && openness(item) == Open::OrString)
                // An expression may give words as well as codes; which of them is held against its result.
                || (name == "valueString" && calculated(item).is_some())
                || options(item).any(|option| option.0 == name)
        }
        Some(wanted) => name == wanted || (name == "valueString" && openness(item) == Open::OrString),
        None => true,
    }
}

/// The options that the item lists. Yes and no are those of a boolean (FHIR R4, invariant que-5), whatever it lists.
pub(super) fn listed<'a>(item: &Item<'a>) -> &'a [Value] {
    if item.kind == Kind::Boolean { &[] } else { item.value.list("answerOption") }
}

fn options<'a>(item: &Item<'a>) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    listed(item).iter().filter_map(value::of)
}

/// Whether the item lists `given` itself.
pub(super) fn lists(item: &Item<'_>, given: (&str, &Value)) -> bool {
    options(item).any(|option| is(given, option))
}

/// The expression that gives the item's options, where it has no others.
pub(super) fn calculated<'a>(item: &Item<'a>) -> Option<&'a Value> {
    let has_others = options(item).next().is_some() || item.value.get("answerValueSet").is_some();
    ANSWER_EXPRESSIONS.iter().find_map(|url| item.extension(url)).filter(|_| !has_others)
}

/// Whether an answer is this option.
pub(super) fn is(given: (&str, &Value), option: (&str, &Value)) -> bool {
    match (given.0, option.0) {
        ("valueCoding", "valueCoding") => is_same_coding(given.1, option.1),
        (given_name, option_name) => {
            let kind = |name: &'_ str| name.trim_start_matches("value").to_owned();
            compare((&kind(given_name), given.1), (&kind(option_name), option.1)).is_equal()
        }
    }
}

/// Whether `given`, a well-formed answer, is one of those that the item offers.
pub(super) fn check<'a>(
    item: &Item<'a>,
    given: (&str, &Value),
    terminology: &mut Terminology<'a>,
) -> Option<Broken> {
    let value_set = item.value.str("answerValueSet");
    if options(item).next().is_none() && value_set.is_none() {
        return None;
    }
    let free = match openness(item) {
        Open::Only => false,
        Open::OrType => true,
        Open::OrString => given.0 == "valueString",
    };
    if let Some(option) =
        listed(item).iter().find(|option| value::of(option).is_some_and(|option| is(given, option)))
    {
        return display(given.1, &displays(option));
    }
    let member = match (value_set, given.1) {
        (None, _) => Member::No,
        (Some(reference), Value::String(text)) => terminology.value_set(reference).has_text(text),
        (Some(reference), coding) => terminology.value_set(reference).has(coding),
    };
    match member {
        Member::Yes => {
            let codes = value_set.map(|reference| terminology.value_set(reference));
            display(given.1, codes.as_ref().map_or(&[], |codes| codes.displays(given.1)))
        }
        _ if free => None,
        Member::No => Some(Broken::error(
            Rule::NotAnOption,
            "this answer is none of the options that the Questionnaire has for this item; choose one of them (a code counts with its system)",
        )),
        Member::Unknown(reason) => Some(Broken::not_checked(format!(
            "whether the answers are among the options was not checked: the value set was not resolved ({reason}); give it to check them"
        ))),
    }
}

/// What an option is called, in each of its languages.
fn displays(option: &Value) -> Vec<String> {
    let Some(coding) = option.get("valueCoding") else { return Vec::new() };
    coding.str("display").into_iter().chain(translations(coding, "_display")).map(str::to_owned).collect()
}

/// A code that is called by the name of another is one that nobody chose knowingly.
fn display(given: &Value, known: &[String]) -> Option<Broken> {
    let given = given.str("display")?;
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let is_known = known.is_empty() || known.iter().any(|known| words(known) == words(given));
    (!is_known).then(|| {
        Broken::error(
            Rule::OtherDisplay,
            "this code is called otherwise in the Questionnaire or its value set; find out which of the two was meant",
        )
    })
}

/// Whether the item has an option that excludes all others, and `given` is it.
pub(super) fn is_exclusive(item: &Item<'_>, given: (&str, &Value)) -> bool {
    listed(item).iter().any(|option| {
        extensions(option, OPTION_EXCLUSIVE)
            .any(|extension| extension.get("valueBoolean").and_then(Value::as_bool) == Some(true))
            && value::of(option).is_some_and(|option| is(given, option))
    })
}
