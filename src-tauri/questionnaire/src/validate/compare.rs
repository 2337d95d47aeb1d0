//! How two FHIR values compare, exactly.

use std::cmp::Ordering;

use std::sync::LazyLock;

use fhir::{Value, Version};
use fhirpath::{Context, Expression, Item};
use jiff::Timestamp;

use crate::number;

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

/// `%left < %right` and so on, in FHIRPath, which knows UCUM's common units.
static UNITS: LazyLock<Option<[Expression; 3]>> = LazyLock::new(|| {
    let read = |text| Expression::parse(text).ok();
    Some([read("%left < %right")?, read("%left > %right")?, read("%left = %right")?])
});

/// How quantities in two units compare; `None` where the units have nothing in common.
fn in_units(left: &Value, right: &Value) -> Option<Ordering> {
    let context = Context::new(Version::R4);
    let node = |value| [Item::Node(context.node(value, "Quantity"))].into_iter().collect();
    let (left, right) = (node(left), node(right));
    let context = Context::new(Version::R4).variable("left", left).variable("right", right);
    let holds = |expression: &Expression| {
        expression.evaluate_items(&context, &[]).ok().and_then(|found| found.first().and_then(Item::as_bool))
    };
    let [less, greater, equal] = UNITS.as_ref()?;
    if holds(less)? {
        Some(Ordering::Less)
    } else if holds(greater)? {
        Some(Ordering::Greater)
    } else {
        holds(equal)?.then_some(Ordering::Equal)
    }
}

/// In one unit, or in two that can be converted.
fn quantities(left: &Value, right: &Value) -> Comparison {
    let value = |quantity: &Value| quantity.get("value").and_then(Value::as_number).cloned();
    let (Some(left_value), Some(right_value)) = (value(left), value(right)) else {
        return Comparison::Different;
    };
    if left.get("comparator").is_some() || right.get("comparator").is_some() {
        return Comparison::Unknown;
    }
    let in_one_unit = match (left.str("code"), right.str("code")) {
        (Some(left_code), Some(right_code)) => {
            left_code == right_code && left.str("system") == right.str("system")
        }
        (None, None) => left.str("unit") == right.str("unit"),
        _ => false,
    };
    if in_one_unit {
        number::compare(left_value.as_str(), right_value.as_str())
            .map_or(Comparison::Unknown, Comparison::Ordered)
    } else {
        in_units(left, right).map_or(Comparison::Different, Comparison::Ordered)
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
