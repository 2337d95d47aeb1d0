//! Quantities, compared in their units: for limits and conditions, in the session as in the check of a response.

use std::{cmp::Ordering, sync::LazyLock};

use fhir::{Number, Value, Version};
use fhirpath::{Context, Expression, Item};

use crate::number;

/// `%left < %right` and so on, in FHIRPath, which knows UCUM's common units.
static UNITS: LazyLock<Option<[Expression; 3]>> = LazyLock::new(|| {
    let read = |text| Expression::parse(text).ok();
    Some([read("%left < %right")?, read("%left > %right")?, read("%left = %right")?])
});

/// How two FHIR Quantities compare, in one unit, or in two that can be converted; `None` where the units have nothing in
/// common, or one of the two has no number.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    let (left_number, right_number) = (amount(left)?, amount(right)?);
    if is_one_unit(left, right) {
        return number::compare(left_number, right_number);
    }
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

/// How a Quantity compares with what a form names: another one, or, where that has no unit, its number alone.
pub(crate) fn order_against(given: &Value, named: &Value) -> Option<Ordering> {
    if is_unitless(named) {
        return number::compare(amount(given)?, amount(named)?);
    }
    order(given, named)
}

/// Whether a limit or condition is about the number alone: one that has no unit.
pub(crate) fn is_unitless(named: &Value) -> bool {
    matches!(named, Value::Number(_)) || (named.get("code").is_none() && named.get("unit").is_none())
}

/// The number of a Quantity, or of what is one itself.
pub(crate) fn amount(value: &Value) -> Option<&str> {
    value.get("value").unwrap_or(value).as_number().map(Number::as_str)
}

/// The number of a FHIR Quantity in the unit that UCUM writes `code`, as exactly as decimals are computed.
pub(crate) fn amount_in(value: &Value, code: &str) -> Option<String> {
    Some(fhirpath::Quantity::amount_in(value.as_object()?, code)?.to_string())
}

/// A code says nothing without its system (FHIR R4, invariant qty-3): a unit without one is known by what it is called.
fn is_one_unit(left: &Value, right: &Value) -> bool {
    let coded = |quantity: &Value| quantity.str("system").is_some() && quantity.str("code").is_some();
    match (coded(left), coded(right)) {
        (true, true) => left.str("code") == right.str("code") && left.str("system") == right.str("system"),
        (false, false) => {
            let name = |quantity: &Value| quantity.str("unit").or(quantity.str("code")).map(str::to_owned);
            name(left) == name(right)
        }
        _ => left.str("unit").is_some() && left.str("unit") == right.str("unit"),
    }
}
