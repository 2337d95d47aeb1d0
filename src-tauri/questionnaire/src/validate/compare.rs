//! How two FHIR values compare, exactly.

use std::cmp::Ordering;

use fhir::Value;
use jiff::Timestamp;

use crate::{check, number};

/// How one value stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Equal, before or after.
    Ordered(Ordering),
    /// Not equal, and neither comes first.
    Different,
    /// The values do not say: `2026` and `2026-11-21`, or two units.
    Unknown,
}

impl Comparison {
    pub(super) fn is_equal(self) -> bool {
        self == Self::Ordered(Ordering::Equal)
    }
}

/// Compares two values by the names of their `value[x]` or `answer[x]`, without the `value` or `answer`.
pub(super) fn compare(left: (&str, &Value), right: (&str, &Value)) -> Comparison {
    match (left.0, right.0) {
        ("Decimal" | "Integer", "Decimal" | "Integer") => numbers(left.1, right.1),
        ("Date" | "DateTime", "Date" | "DateTime") => dates(left.1, right.1),
        ("Time", "Time") => times(left.1, right.1),
        ("Quantity", "Quantity") => quantities(left.1, right.1),
        ("Boolean", "Boolean") => same(left.1.as_bool().is_some() && left.1 == right.1),
        ("Coding", "Coding") => same(is_same_coding(left.1, right.1)),
        ("Reference", "Reference") => {
            same(left.1.str("reference").is_some() && left.1.str("reference") == right.1.str("reference"))
        }
        ("String" | "Uri", "String" | "Uri") => match (left.1.as_str(), right.1.as_str()) {
            (Some(left), Some(right)) => Comparison::Ordered(left.cmp(right)),
            _ => Comparison::Different,
        },
        ("Attachment", "Attachment") => same(left.1 == right.1),
        _ => Comparison::Different,
    }
}

fn same(equal: bool) -> Comparison {
    if equal { Comparison::Ordered(Ordering::Equal) } else { Comparison::Different }
}

fn numbers(left: &Value, right: &Value) -> Comparison {
    let (Some(left), Some(right)) = (left.as_number(), right.as_number()) else {
        return Comparison::Different;
    };
    if let (Some(left), Some(right)) = (left.as_i32(), right.as_i32()) {
        return Comparison::Ordered(left.cmp(&right));
    }
    number::compare(left.as_str(), right.as_str()).map_or(Comparison::Unknown, Comparison::Ordered)
}

/// A Coding of the response against one of the Questionnaire: the same code of the same system. One without a code is
/// known by its display alone.
pub(super) fn is_same_coding(given: &Value, known: &Value) -> bool {
    match (given.str("code"), known.str("code")) {
        (Some(given_code), Some(known_code)) => {
            let version = |coding: &Value| coding.str("version").map(str::to_owned);
            given_code == known_code
                && given.str("system") == known.str("system")
                && (version(given).is_none() || version(known).is_none() || version(given) == version(known))
        }
        (None, None) => given.str("display").is_some() && given.str("display") == known.str("display"),
        _ => false,
    }
}

fn times(left: &Value, right: &Value) -> Comparison {
    let (Some(left), Some(right)) = (left.as_str(), right.as_str()) else { return Comparison::Different };
    Comparison::Ordered(without_zeros(left).cmp(without_zeros(right)))
}

/// Fractions of seconds compare by value: `07.50` is `07.5`, and `07.0` is `07`.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Partial dates compare as far as both are written; times with an offset as moments.
fn dates(left: &Value, right: &Value) -> Comparison {
    let (Some(left), Some(right)) = (left.as_str(), right.as_str()) else { return Comparison::Different };
    if let (Ok(left), Ok(right)) = (left.parse::<Timestamp>(), right.parse::<Timestamp>()) {
        return Comparison::Ordered(left.cmp(&right));
    }
    let date = |text: &str| text.get(..10.min(text.len())).unwrap_or_default().to_owned();
    let (left_date, right_date) = (date(left), date(right));
    let common = left_date.len().min(right_date.len());
    match (left_date.get(..common), right_date.get(..common)) {
        (Some(left), Some(right)) if left != right => Comparison::Ordered(left.cmp(right)),
        _ if left.len() == right.len() => Comparison::Ordered(left.cmp(right)),
        _ => Comparison::Unknown,
    }
}

/// In one unit, or in two that can be converted.
fn quantities(left: &Value, right: &Value) -> Comparison {
    if check::amount(left).is_none() || check::amount(right).is_none() {
        return Comparison::Different;
    }
    if left.get("comparator").is_some() || right.get("comparator").is_some() {
        return Comparison::Unknown;
    }
    check::order_quantities(left, right).map_or(Comparison::Different, Comparison::Ordered)
}

/// [`compare`] with what a form names as a limit or in a condition: one without unit is about a quantity's number.
pub(super) fn compare_against(given: (&str, &Value), named: (&str, &Value)) -> Comparison {
    let is_of_number = given.0 == "Quantity"
        && matches!(named.0, "Quantity" | "Decimal" | "Integer")
        && check::is_unitless(named.1);
    match (is_of_number, given.1.get("comparator")) {
        (true, None) if check::amount(given.1).is_some() => {
            check::order_against(given.1, named.1).map_or(Comparison::Unknown, Comparison::Ordered)
        }
        (true, Some(_)) => Comparison::Unknown,
        _ => compare(given, named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_dates_compare_as_far_as_both_are_written() {
        let of = |left: &str, right: &str| compare(("DateTime", &left.into()), ("Date", &right.into()));
        for (left, right, found) in [
            ("2026", "2026", Comparison::Ordered(Ordering::Equal)),
            ("2026-11", "2027", Comparison::Ordered(Ordering::Less)),
            ("2026-11-21", "2026", Comparison::Unknown),
            ("2026-11-21T09:00:00Z", "2026-11-21", Comparison::Unknown),
            ("2026-11-21T09:00:00Z", "2026-11-20", Comparison::Ordered(Ordering::Greater)),
            ("2026-11-21T09:00:00Z", "2026-11-21T10:00:00+01:00", Comparison::Ordered(Ordering::Equal)),
        ] {
            assert_eq!(of(left, right), found, "{left} {right}");
        }
    }

    #[test]
    fn a_coding_is_its_system_and_code() {
        let coding = |text: &str| Value::parse(text.as_bytes()).unwrap_or(Value::Null);
        let known = coding(r#"{"system":"a","code":"1","display":"One"}"#);
        assert!(is_same_coding(&coding(r#"{"system":"a","code":"1"}"#), &known));
        assert!(!is_same_coding(&coding(r#"{"system":"b","code":"1","display":"One"}"#), &known));
        assert!(!is_same_coding(&coding(r#"{"code":"1"}"#), &known));
        assert!(!is_same_coding(&coding(r#"{"display":"One"}"#), &known));
    }

    #[test]
    fn quantities_compare_in_one_unit_or_in_two_that_are_of_a_kind() {
        let quantity = |text: &str| Value::parse(text.as_bytes()).unwrap_or(Value::Null);
        let kilograms = |number: &str| {
            quantity(&format!(r#"{{"value":{number},"system":"http://unitsofmeasure.org","code":"kg"}}"#))
        };
        assert_eq!(quantities(&kilograms("1.0"), &kilograms("1")), Comparison::Ordered(Ordering::Equal));
        assert_eq!(
            quantities(&kilograms("1"), &quantity(r#"{"value":1,"unit":"kg"}"#)),
            Comparison::Different
        );
        let grams = quantity(r#"{"value":1000.0,"system":"http://unitsofmeasure.org","code":"g"}"#);
        assert_eq!(quantities(&kilograms("1"), &grams), Comparison::Ordered(Ordering::Equal));
        assert_eq!(quantities(&kilograms("1.001"), &grams), Comparison::Ordered(Ordering::Greater));
        let miles = quantity(r#"{"value":1,"system":"http://unitsofmeasure.org","code":"[mi_i]"}"#);
        assert_eq!(quantities(&kilograms("1"), &miles), Comparison::Different);
        let about =
            quantity(r#"{"value":1,"comparator":"<","system":"http://unitsofmeasure.org","code":"g"}"#);
        assert_eq!(quantities(&kilograms("1"), &about), Comparison::Unknown);
    }
}
