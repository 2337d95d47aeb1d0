//! Quantities in unlike units, compared by UCUM.

use std::{cmp::Ordering, sync::LazyLock};

use fhir::{Number, Object, Value, Version};
use fhirpath::{Context, Expression, Item};

use crate::form::UnitItem;

/// How two numbers with their units compare; `None` where the units have nothing in common, or are not UCUM's.
pub(crate) fn compare(left: (&str, &UnitItem), right: (&str, &UnitItem)) -> Option<Ordering> {
    static BELOW: LazyLock<Option<Expression>> = LazyLock::new(|| Expression::parse("%left < %right").ok());
    static ABOVE: LazyLock<Option<Expression>> = LazyLock::new(|| Expression::parse("%left > %right").ok());
    let (left, right) = (quantity(left)?, quantity(right)?);
    let holds = |expression: &LazyLock<Option<Expression>>| {
        let context = Context::new(Version::R4);
        let (left, right) = (context.node(&left, "Quantity"), context.node(&right, "Quantity"));
        let context = context
            .variable("left", [Item::Node(left)].into_iter().collect())
            .variable("right", [Item::Node(right)].into_iter().collect());
        let result = LazyLock::force(expression).as_ref()?.evaluate_items(&context, &[]).ok()?;
        result.first()?.as_bool()
    };
    match (holds(&BELOW)?, holds(&ABOVE)?) {
        (true, _) => Some(Ordering::Less),
        (_, true) => Some(Ordering::Greater),
        _ => Some(Ordering::Equal),
    }
}

fn quantity((number, unit): (&str, &UnitItem)) -> Option<Value> {
    let mut quantity = Object::new();
    quantity.insert("value", Number::new(number).ok()?);
    for name in ["system", "code"] {
        quantity.insert(name, unit.coding.get(name)?.clone());
    }
    Some(quantity.into())
}
