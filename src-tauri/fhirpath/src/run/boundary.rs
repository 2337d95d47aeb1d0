//! `lowBoundary()`, `highBoundary()` and `precision()`.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};

use super::equality::number;
use super::{Outcome, Run, Scope, one, optional};
use crate::quantity::Quantity;
use crate::syntax::{Call, Function as F};
use crate::{Collection, Item, temporal};

impl<'a> Run<'_, 'a> {
    pub(super) fn boundaries(
        &mut self,
        call: &Call,
        focus: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let name = call.function.name();
        let Some(item) = Self::single(focus, name)? else { return Ok(Collection::new()) };
        let item = self.system(item)?;
        if call.function == F::Precision {
            let precision = match number(&item) {
                Some(value) => Some(i64::from(value.scale())),
                None => temporal::precision(&item),
            };
            return match precision {
                Some(precision) => Ok(one(Item::Integer(precision))),
                None => Err(self.unfit(name, &item)),
            };
        }
        let digits = self.argument(call, 0, scope)?;
        let digits = self.integer(&digits, name)?;
        let high = call.function == F::HighBoundary;
        Ok(match &item {
            Item::Quantity(quantity) => optional(
                bound(quantity.value, digits, high)
                    .map(|value| Quantity { value, unit: quantity.unit.clone() }),
            ),
            _ => match number(&item) {
                Some(value) => optional(bound(value, digits, high)),
                None if matches!(item, Item::Date(_) | Item::DateTime(_) | Item::Time(_)) => {
                    optional(temporal::boundary(&item, digits, high))
                }
                None => return Err(self.unfit(name, &item)),
            },
        })
    }
}

/// The value less, or more, half of its last digit, rounded outwards to `digits` (8 where none are given).
fn bound(value: Decimal, digits: Option<i64>, high: bool) -> Option<Decimal> {
    let digits = digits.unwrap_or(8).to_u32().filter(|digits| *digits <= 28)?;
    let half = Decimal::try_new(5, value.scale().checked_add(1).filter(|scale| *scale <= 28)?).ok()?;
    let (bound, rounding) = if high {
        (value.checked_add(half)?, RoundingStrategy::ToPositiveInfinity)
    } else {
        (value.checked_sub(half)?, RoundingStrategy::ToNegativeInfinity)
    };
    let mut bound = bound.round_dp_with_strategy(digits, rounding);
    bound.rescale(digits);
    Some(bound)
}
