//! Sums, products and signs (FHIRPath 2.0.0, section 6.6). What overflows or underflows is empty, as is a division by zero.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::equality::{number, quantity};
use super::{Outcome, Run, one, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::quantity::Quantity;
use crate::syntax::Operator;
use crate::{Collection, Item};
use crate::{decimal, temporal};

impl<'a> Run<'_, 'a> {
    pub(super) fn arithmetic(
        &mut self,
        operator: Operator,
        left: &[Item<'a>],
        right: &[Item<'a>],
    ) -> Outcome<Collection<'a>> {
        let name = operator.name();
        let (Some(left), Some(right)) = (Self::single(left, name)?, Self::single(right, name)?) else {
            return Ok(Collection::new());
        };
        // Sums of what was computed need no conversion.
        if let (Item::Decimal(left), Item::Decimal(right)) = (left, right) {
            return Ok(optional(decimals(operator, *left, *right)));
        }
        let (left, right) = (self.system(left)?, self.system(right)?);
        // A primitive without value counts for nothing.
        if [&left, &right].iter().any(|item| matches!(item, Item::Node(node) if node.value().is_none())) {
            return Ok(Collection::new());
        }
        match (&left, &right) {
            (Item::Integer(left), Item::Integer(right)) => Ok(optional(integers(operator, *left, *right))),
            (Item::String(left), Item::String(right)) if operator == Operator::Plus => {
                self.spend((left.len() + right.len()) / 64)?;
                Ok(one([&**left, &**right].concat()))
            }
            (Item::Date(_) | Item::DateTime(_) | Item::Time(_), Item::Quantity(amount)) => {
                self.moved(operator, &left, amount)
            }
            _ => {
                if let (Some(left), Some(right)) = (number(&left), number(&right)) {
                    return Ok(optional(decimals(operator, left, right)));
                }
                match (quantity(&left), quantity(&right)) {
                    (Some(one), Some(two)) => self.quantities(operator, &one, &two, &right),
                    (None, _) => Err(self.unfit(name, &left)),
                    _ => Err(self.unfit(name, &right)),
                }
            }
        }
    }

    fn moved(&self, operator: Operator, item: &Item<'a>, amount: &Quantity) -> Outcome<Collection<'a>> {
        let value = match operator {
            Operator::Plus => amount.value,
            Operator::Minus => -amount.value,
            _ => return Err(self.unfit(operator.name(), item)),
        };
        let expected = "dates and times take a duration: years, months, weeks, days, hours, minutes, seconds";
        let unit = amount.unit.duration().ok_or(Wrong::Argument { function: operator.name(), expected })?;
        Ok(optional(temporal::add(item, value, unit)))
    }

    fn quantities(
        &self,
        operator: Operator,
        left: &Quantity,
        right: &Quantity,
        item: &Item<'a>,
    ) -> Outcome<Collection<'a>> {
        let result = match operator {
            Operator::Plus => left.plus(right, false),
            Operator::Minus => left.plus(right, true),
            Operator::Times => left.times(right, false),
            Operator::Over => left.times(right, true),
            _ => return Err(self.unfit(operator.name(), item)),
        };
        Ok(optional(result))
    }

    pub(super) fn sign(&self, operand: &[Item<'a>], negative: bool) -> Outcome<Collection<'a>> {
        let name = if negative { "-" } else { "+" };
        let Some(item) = Self::single(operand, name)? else { return Ok(Collection::new()) };
        let item = self.system(item)?;
        Ok(match &item {
            Item::Integer(value) if negative => optional(value.checked_neg().map(Item::Integer)),
            Item::Decimal(value) if negative => one(-*value),
            Item::Quantity(quantity) if negative => {
                one(Quantity { value: -quantity.value, unit: quantity.unit.clone() })
            }
            Item::Integer(_) | Item::Decimal(_) | Item::Quantity(_) => one(item),
            _ => return Err(self.unfit(name, &item)),
        })
    }
}

fn integers(operator: Operator, left: i64, right: i64) -> Option<Item<'static>> {
    match operator {
        Operator::Plus => left.checked_add(right),
        Operator::Minus => left.checked_sub(right),
        Operator::Times => left.checked_mul(right),
        Operator::Div => left.checked_div(right),
        Operator::Mod => left.checked_rem(right),
        _ => return decimals(operator, Decimal::from(left), Decimal::from(right)),
    }
    .map(Item::Integer)
}

fn decimals(operator: Operator, left: Decimal, right: Decimal) -> Option<Item<'static>> {
    match operator {
        Operator::Plus => left.checked_add(right),
        Operator::Minus => left.checked_sub(right),
        Operator::Times => decimal::product(left, right),
        Operator::Over => decimal::quotient(left, right),
        Operator::Mod => left.checked_rem(right),
        // `div` gives a whole number.
        _ => return left.checked_div(right)?.trunc().to_i64().map(Item::Integer),
    }
    .map(Item::Decimal)
}
