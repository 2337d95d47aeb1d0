//! What one answer has to keep: least and greatest value, length, digits, pattern, unit, file, kind of reference.

use std::cmp::Ordering;
use std::collections::HashMap;

use fhir::Value;
use regex::{Regex, RegexBuilder};

use super::attachment;
use super::compare::{Comparison, compare_against};
use super::definition::{Item, Kind, translations};
use super::dynamic::is_calculated_alone;
use super::finding::{Rule, Severity};
use super::options;
use super::terminology::{Member, Terminology};
use super::value;

/// The addresses of the bounds, and on which side of each an answer is too far.
pub(super) const BOUNDS: [(&str, Ordering); 4] = [
    ("http://hl7.org/fhir/StructureDefinition/minValue", Ordering::Less),
    ("http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity", Ordering::Less),
    ("http://hl7.org/fhir/StructureDefinition/maxValue", Ordering::Greater),
    ("http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity", Ordering::Greater),
];
const MIN_LENGTH: &str = "http://hl7.org/fhir/StructureDefinition/minLength";
const MAX_DECIMAL_PLACES: &str = "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces";
const REGEX: &str = "http://hl7.org/fhir/StructureDefinition/regex";
const UNIT_OPTION: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption";
const UNIT: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit";
const UNIT_VALUE_SET: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitValueSet";
const UNIT_OPEN: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-unitOpen";
const REFERENCE_RESOURCE: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-referenceResource";

/// How long a pattern may be, and how much memory its automaton may take, in bytes.
const MAX_PATTERN: usize = 10_000;
const MAX_AUTOMATON: usize = 1 << 20;

/// What was found about one answer.
pub(super) struct Broken {
    pub(super) severity: Severity,
    pub(super) rule: Rule,
    pub(super) message: String,
}

impl Broken {
    pub(super) fn error(rule: Rule, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, rule, message: message.into() }
    }

    pub(super) fn not_checked(message: impl Into<String>) -> Self {
        Self { severity: Severity::Information, rule: Rule::NotChecked, message: message.into() }
    }
}

/// Patterns, compiled once each. They run in time linear in the answer.
#[derive(Default)]
pub(super) struct Patterns<'a>(HashMap<&'a str, Option<Regex>>);

impl<'a> Patterns<'a> {
    /// The whole answer has to match, as FHIR's own patterns do.
    fn matches(&mut self, pattern: &'a str, text: &str) -> Option<bool> {
        let compiled = self.0.entry(pattern).or_insert_with(|| {
            if pattern.len() > MAX_PATTERN {
                return None;
            }
            // Wrapped in a group of its own, so that an alternative is anchored at both ends.
            RegexBuilder::new(&format!(r"\A(?:{pattern})\z"))
                .size_limit(MAX_AUTOMATON)
                .dfa_size_limit(MAX_AUTOMATON)
                .nest_limit(64)
                .build()
                .ok()
        });
        compiled.as_ref().map(|regex| regex.is_match(text))
    }
}

/// Everything that the item asks of `given`, one well-formed answer (its `value[x]`).
pub(super) fn check<'a>(
    item: &Item<'a>,
    given: (&str, &Value),
    terminology: &mut Terminology<'a>,
    patterns: &mut Patterns<'a>,
) -> Vec<Broken> {
    let mut broken = Vec::new();
    // What the form lists itself is an answer, whatever its limits say of others.
    if options::lists(item, given) {
        return broken;
    }
    if has_bounds(item.kind) {
        bounds(item, given, &mut broken);
    }
    match given.1 {
        Value::String(text) if has_lengths(item.kind) && matches!(given.0, "valueString" | "valueUri") => {
            lengths(item, text, &mut broken);
            pattern(item, text, patterns, &mut broken);
        }
        Value::Number(number) if matches!(item.kind, Kind::Integer | Kind::Decimal) => {
            longest(item, number.as_str().len(), &mut broken);
            decimal_places(item, number.as_str(), &mut broken);
        }
        _ => {}
    }
    if given.0 == "valueQuantity" {
        if let Some(number) = given.1.get("value").and_then(Value::as_number) {
            decimal_places(item, number.as_str(), &mut broken);
        }
        unit(item, given.1, terminology, &mut broken);
    }
    if given.0 == "valueAttachment" {
        attachment::check(item, given.1, &mut broken);
    }
    if given.0 == "valueReference" {
        reference(item, given.1, &mut broken);
    }
    broken
}

/// The types that have a least and a greatest value (HL7's `minValue` and `maxValue`).
fn has_bounds(kind: Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::Decimal | Kind::Date | Kind::DateTime | Kind::Time | Kind::Quantity)
}

/// The types whose answers are texts: only these have a length and a pattern (HL7's `minLength` and `regex`; FHIR R4,
/// invariant que-10 for `maxLength`, which numbers have too).
fn has_lengths(kind: Kind) -> bool {
    matches!(kind, Kind::String | Kind::Text | Kind::Url | Kind::OpenChoice)
}

fn bounds(item: &Item<'_>, given: (&str, &Value), broken: &mut Vec<Broken>) {
    for (url, beyond) in BOUNDS {
        let written = item.extensions(url).filter_map(value::of);
        for bound in written.filter(|(_, value)| !is_calculated_alone(value)) {
            bound_holds(given, bound, beyond, broken);
        }
    }
}

/// Whether `given` is not `beyond` the bound.
pub(super) fn bound_holds(
    given: (&str, &Value),
    bound: (&str, &Value),
    beyond: Ordering,
    broken: &mut Vec<Broken>,
) {
    let (rule, least) = match beyond {
        Ordering::Less => (Rule::BelowMinimum, "least"),
        _ => (Rule::AboveMaximum, "greatest"),
    };
    let kind = |name: &str| name.trim_start_matches("value").to_owned();
    let (given_kind, bound_kind) = (kind(given.0), kind(bound.0));
    let bound_value = bound.1;
    match compare_against((&given_kind, given.1), (&bound_kind, bound_value)) {
        Comparison::Ordered(order) if order == beyond => {
            let message =
                format!("the {least} value allowed here is {}; ask for another answer", shown(bound_value));
            broken.push(Broken::error(rule, message));
        }
        Comparison::Different if given_kind == "Quantity" => {
            let message = format!(
                "the unit of this answer cannot be compared with that of the {least} value allowed, {}; give the answer in that unit",
                shown(bound_value)
            );
            broken.push(Broken::error(rule, message));
        }
        Comparison::Unknown if given_kind == "Quantity" => broken.push(Broken::not_checked(format!(
            "this answer is given with a comparator and was not compared with the {least} value allowed, {}",
            shown(bound_value)
        ))),
        // A partial date is inside as long as it may be.
        _ => {}
    }
}

/// A bound, which is part of the Questionnaire and no answer.
fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => number.as_str().to_owned(),
        Value::String(text) => text.chars().take(40).collect(),
        Value::Object(_) => {
            let number = value.get("value").and_then(Value::as_number).map_or("", |number| number.as_str());
            let unit = value.str("unit").or(value.str("code")).unwrap_or_default();
            format!("{number} {}", unit.chars().take(40).collect::<String>())
        }
        _ => String::new(),
    }
}

fn integer(value: Option<&Value>) -> Option<usize> {
    value
        .and_then(Value::as_number)
        .and_then(fhir::Number::as_i32)
        .and_then(|number| usize::try_from(number).ok())
}

fn longest(item: &Item<'_>, length: usize, broken: &mut Vec<Broken>) {
    if let Some(max) = integer(item.value.get("maxLength")).filter(|max| length > *max) {
        let message = format!("this answer has {length} characters, and {max} are allowed");
        broken.push(Broken::error(Rule::TooLong, message));
    }
}

fn lengths(item: &Item<'_>, text: &str, broken: &mut Vec<Broken>) {
    let length = text.chars().count();
    longest(item, length, broken);
    let min = integer(item.extension(MIN_LENGTH).and_then(|extension| extension.get("valueInteger")));
    if let Some(min) = min.filter(|min| length < *min) {
        let message = format!("this answer has {length} characters, and at least {min} are wanted");
        broken.push(Broken::error(Rule::TooShort, message));
    }
}

/// How many digits stand after the point once the exponent is written out.
fn places(number: &str) -> i64 {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let exponent = exponent.parse::<i64>().unwrap_or_default();
    i64::try_from(fraction).unwrap_or(i64::MAX).saturating_sub(exponent).max(0)
}

/// How many digits after the point the item allows.
pub(super) fn max_decimal_places(item: &Item<'_>) -> Option<u32> {
    let max = integer(item.extension(MAX_DECIMAL_PLACES).and_then(|extension| extension.get("valueInteger")));
    max.and_then(|max| u32::try_from(max).ok())
}

fn decimal_places(item: &Item<'_>, number: &str, broken: &mut Vec<Broken>) {
    if let Some(max) = max_decimal_places(item).filter(|max| places(number) > i64::from(*max)) {
        let message = format!(
            "this answer has {} digits after the decimal point, and {max} are allowed",
            places(number)
        );
        broken.push(Broken::error(Rule::DecimalPlaces, message));
    }
}

fn pattern<'a>(item: &Item<'a>, text: &str, patterns: &mut Patterns<'a>, broken: &mut Vec<Broken>) {
    let Some(pattern) = item.extension(REGEX).and_then(|extension| extension.str("valueString")) else {
        return;
    };
    match patterns.matches(pattern, text) {
        Some(true) => {}
        Some(false) => {
            let message = "this answer does not have the form that the Questionnaire asks for (its regex); ask for another answer";
            broken.push(Broken::error(Rule::Pattern, message));
        }
        None => broken.push(Broken::not_checked(
            "the form of the answers was not checked: the Questionnaire's regex cannot be used here (too large, or with look-around or back-references)",
        )),
    }
}

/// Whether units beside those listed may be given (SDC, `unitOpen`).
fn is_open_unit(item: &Item<'_>) -> bool {
    item.extension(UNIT_OPEN).is_some_and(|open| open.str("valueCode") != Some("optionsOnly"))
}

/// Whether a quantity has this unit. A code says nothing without its system (FHIR R4, invariant qty-3), so that a unit
/// without one is known by what it is called.
fn is_unit(quantity: &Value, option: &Value) -> bool {
    match (option.str("code"), option.str("system")) {
        (Some(code), Some(system)) => {
            quantity.str("code") == Some(code) && quantity.str("system") == Some(system)
        }
        (code, _) => {
            let names = option.str("display").into_iter().chain(translations(option, "_display")).chain(code);
            names.into_iter().any(|name| quantity.str("unit").or(quantity.str("code")) == Some(name))
        }
    }
}

fn unit<'a>(item: &Item<'a>, quantity: &Value, terminology: &mut Terminology<'a>, broken: &mut Vec<Broken>) {
    // On a quantity, `questionnaire-unit` names the one unit that is asked for.
    let mut options = item
        .extensions(UNIT_OPTION)
        .chain(item.extensions(UNIT).filter(|_| item.kind == Kind::Quantity))
        .filter_map(|extension| extension.get("valueCoding"))
        .peekable();
    let value_set = item
        .extension(UNIT_VALUE_SET)
        .and_then(|extension| extension.str("valueCanonical").or(extension.str("valueUri")));
    if (options.peek().is_none() && value_set.is_none()) || is_open_unit(item) {
        return;
    }
    let found = options.any(|option| is_unit(quantity, option));
    let member = match value_set {
        _ if found => Member::Yes,
        Some(reference) => terminology.value_set(reference).has(quantity),
        None => Member::No,
    };
    let message = "the unit of this answer is none of those that the Questionnaire allows; give the answer in one of them";
    match member {
        Member::Yes => {}
        Member::No => broken.push(Broken::error(Rule::Unit, message)),
        Member::Unknown(_) if quantity.str("code").is_none() => {
            broken.push(Broken::error(Rule::Unit, message));
        }
        Member::Unknown(reason) => broken.push(Broken::not_checked(format!(
            "the units of the answers were not checked: their value set was not resolved ({reason})"
        ))),
    }
}

fn reference(item: &Item<'_>, reference: &Value, broken: &mut Vec<Broken>) {
    let mut allowed =
        item.extensions(REFERENCE_RESOURCE).filter_map(|extension| extension.str("valueCode")).peekable();
    let Some(kind) = referred_type(reference) else { return };
    if allowed.peek().is_some() && !allowed.any(|allowed| allowed == kind) {
        let message = "references to resources of this type are not allowed here; choose another";
        broken.push(Broken::error(Rule::ReferenceType, message));
    } else if item.kind == Kind::Reference && !is_resource_type(kind) {
        let message = "FHIR has no resource of the type that this answer refers to; choose another";
        broken.push(Broken::error(Rule::ReferenceType, message));
    }
}

/// The type of the resource that a Reference says it refers to.
pub(super) fn referred_type(reference: &Value) -> Option<&str> {
    let said = reference.str("type").map(|kind| kind.rsplit('/').next().unwrap_or(kind));
    said.or_else(|| resource_type(reference.str("reference").unwrap_or_default()))
}

/// The type in `Patient/1`, `https://example.org/fhir/Patient/1/_history/2`.
fn resource_type(reference: &str) -> Option<&str> {
    let path = reference.split_once("/_history/").map_or(reference, |(path, _)| path);
    let mut segments = path.rsplit('/');
    let (_, kind) = (segments.next()?, segments.next()?);
    kind.starts_with(|first: char| first.is_ascii_uppercase()).then_some(kind)
}

/// Whether it is written as FHIR's resource types are, and one of those that R4 or R5 has.
fn is_resource_type(kind: &str) -> bool {
    super::resources::NAMES.binary_search(&kind).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn digits_count_with_the_exponent_written_out() {
        for (number, count) in [("1", 0), ("1.50", 2), ("1.5e-3", 4), ("1.55e1", 1), ("1e3", 0)] {
            assert_eq!(places(number), count, "{number}");
        }
    }

    #[test]
    fn a_pattern_is_anchored_and_linear() {
        let mut patterns = Patterns::default();
        assert_eq!(patterns.matches("a|b", "ab"), Some(false));
        assert_eq!(patterns.matches("a|b", "b"), Some(true));
        assert_eq!(patterns.matches("^a+$", "aa"), Some(true));
        let long = "a".repeat(100_000) + "!";
        assert_eq!(patterns.matches("(a+)+", &long), Some(false), "exponential for a backtracking matcher");
        assert_eq!(patterns.matches("(?=a)a", "a"), None);
        assert_eq!(patterns.matches("(a{1000}){1000}", "a"), None, "too large");
        assert_eq!(patterns.matches("(", "("), None);
    }

    #[test]
    fn the_type_of_a_reference_is_read_from_its_path() {
        for (reference, kind) in [
            ("Patient/1", Some("Patient")),
            ("https://example.org/fhir/Patient/1/_history/2", Some("Patient")),
            ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", None),
            ("#contained", None),
        ] {
            assert_eq!(resource_type(reference), kind, "{reference}");
        }
    }

    #[test]
    fn the_names_of_resources_are_sorted() {
        assert!(super::super::resources::NAMES.is_sorted());
        assert!(is_resource_type("Patient") && !is_resource_type("Chicken"));
    }
}
