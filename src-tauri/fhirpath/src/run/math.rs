//! Mathematics and aggregates (FHIRPath 2.0.0, section 5.7 and 7).

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, MathematicalOps as _, RoundingStrategy};

use super::equality::number;
use super::{Outcome, Run, Scope, one, optional};
use crate::decimal;
use crate::error::EvaluationErrorKind as Wrong;
use crate::quantity::Quantity;
use crate::syntax::{Call, Function as F, Operator};
use crate::{Collection, Item};

/// How many digits `exp`, `ln`, `log`, `power` and `sqrt` are right to.
const DIGITS: u32 = 15;

impl<'a> Run<'_, 'a> {
    pub(super) fn math(
        &mut self,
        call: &Call,
        focus: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        match call.function {
            F::Sum => return self.sum(focus),
            F::Avg => {
                let count = Item::Integer(i64::try_from(focus.len()).unwrap_or(i64::MAX));
                let sum = self.sum(focus)?;
                return self.arithmetic(Operator::Over, &sum, &one(count));
            }
            F::Min | F::Max => return self.extreme(focus, call.function),
            F::LowBoundary | F::HighBoundary | F::Precision => return self.boundaries(call, focus, scope),
            _ => {}
        }
        let name = call.function.name();
        let Some(item) = Self::single(focus, name)? else { return Ok(Collection::new()) };
        let item = self.system(item)?;
        if let Item::Quantity(quantity) = &item {
            let value = match call.function {
                F::Abs => quantity.value.abs(),
                F::Round => rounded(quantity.value, self.digits(call, scope)?).ok_or(Wrong::OutOfRange)?,
                F::Ceiling => quantity.value.ceil(),
                F::Floor => quantity.value.floor(),
                F::Truncate => quantity.value.trunc(),
                _ => return Err(self.unfit(name, &item)),
            };
            return Ok(one(Quantity { value, unit: quantity.unit.clone() }));
        }
        let Some(value) = number(&item) else { return Err(self.unfit(name, &item)) };
        Ok(match call.function {
            F::Abs => match item {
                Item::Integer(value) => optional(value.checked_abs().map(Item::Integer)),
                _ => one(value.abs()),
            },
            F::Ceiling => optional(value.ceil().to_i64().map(Item::Integer)),
            F::Floor => optional(value.floor().to_i64().map(Item::Integer)),
            F::Truncate => optional(value.trunc().to_i64().map(Item::Integer)),
            F::Round => optional(rounded(value, self.digits(call, scope)?)),
            F::Sqrt => optional(value.sqrt().map(tidy)),
            F::Exp => optional(decimal::exponential(value).map(tidy)),
            F::Ln => optional(value.checked_ln().map(tidy)),
            F::Log | F::Power => {
                let other = self.argument(call, 0, scope)?;
                let Some(other) = Self::single(&other, name)? else { return Ok(Collection::new()) };
                let other = self.system(other)?;
                let Some(operand) = number(&other) else { return Err(self.unfit(name, &other)) };
                if call.function == F::Log {
                    let (above, below) = (value.checked_ln(), operand.checked_ln());
                    let quotient = above.zip(below).and_then(|(above, below)| above.checked_div(below));
                    optional(quotient.map(tidy))
                } else {
                    optional(power(&item, value, &other, operand))
                }
            }
            _ => Collection::new(),
        })
    }

    fn digits(&mut self, call: &Call, scope: Scope<'_, 'a>) -> Outcome<u32> {
        let digits = self.argument(call, 0, scope)?;
        let digits = self.integer(&digits, "round()")?.unwrap_or(0);
        let expected = "the number of digits is 0 to 28";
        u32::try_from(digits)
            .ok()
            .filter(|digits| *digits <= 28)
            .ok_or_else(|| Wrong::Argument { function: "round()", expected }.into())
    }

    pub(super) fn sum(&mut self, focus: &[Item<'a>]) -> Outcome<Collection<'a>> {
        let Some((first, rest)) = focus.split_first() else { return Ok(Collection::new()) };
        self.spend(focus.len())?;
        // Weights, which are decimals already.
        let decimals = focus.iter().try_fold(Decimal::ZERO, |sum, item| match item {
            Item::Decimal(value) => sum.checked_add(*value),
            Item::Integer(value) => sum.checked_add(Decimal::from(*value)),
            _ => None,
        });
        // Of integers alone the sum is an integer.
        if let Some(sum) = decimals.filter(|_| focus.iter().any(|item| matches!(item, Item::Decimal(_)))) {
            return Ok(one(sum));
        }
        let mut total = one(self.system(first)?);
        for item in rest {
            total = self.arithmetic(Operator::Plus, &total, std::slice::from_ref(item))?;
        }
        Ok(total)
    }

    fn extreme(&mut self, focus: &[Item<'a>], function: F) -> Outcome<Collection<'a>> {
        let mut found: Option<Item<'a>> = None;
        for item in focus {
            let better = match &found {
                None => true,
                Some(best) => {
                    let Some(order) = self.order(item, best, function.name())? else {
                        return Ok(Collection::new());
                    };
                    if function == F::Min { order.is_lt() } else { order.is_gt() }
                }
            };
            if better {
                found = Some(item.clone());
            }
        }
        Ok(optional(found))
    }
}

/// Halves upwards, as CQL's `Round` has it: 0.5 is 1 and -0.5 is 0.
fn rounded(value: Decimal, digits: u32) -> Option<Decimal> {
    if value.scale() <= digits {
        return Some(value);
    }
    let half = Decimal::try_new(5, digits + 1).ok()?;
    Some(value.checked_add(half)?.round_dp_with_strategy(digits, RoundingStrategy::ToNegativeInfinity))
}

/// A result that is not exact, without digits that mean nothing.
fn tidy(value: Decimal) -> Decimal {
    value.round_sf_with_strategy(DIGITS, RoundingStrategy::MidpointNearestEven).unwrap_or(value).normalize()
}

fn power(item: &Item<'_>, value: Decimal, other: &Item<'_>, exponent: Decimal) -> Option<Item<'static>> {
    if let (Item::Integer(base), Item::Integer(exponent @ 0..)) = (item, other) {
        return base.checked_pow(u32::try_from(*exponent).ok()?).map(Item::Integer);
    }
    match exponent.to_i64().filter(|_| exponent.fract().is_zero()) {
        Some(whole) => decimal::power(value, whole).map(Item::Decimal),
        // The root of a negative number is none, nor one over nothing.
        None if value.is_sign_negative() || value.is_zero() && exponent.is_sign_negative() => None,
        None => decimal::root(value, exponent).map(tidy).map(Item::Decimal),
    }
}
