//! Equality and equivalence (FHIRPath 2.0.0, sections 6.1 and 6.2).

use std::cmp::Ordering;

use fhir::Value;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Outcome, Run, convert};
use crate::quantity::Quantity;
use crate::temporal::{self, DateTime};
use crate::{Collection, Item};

impl<'a> Run<'_, 'a> {
    /// `=`; `None` is empty.
    pub(super) fn equal(&mut self, left: &[Item<'a>], right: &[Item<'a>]) -> Outcome<Option<bool>> {
        if left.is_empty() || right.is_empty() {
            return Ok(None);
        }
        if left.len() != right.len() {
            return Ok(Some(false));
        }
        let mut decided = Some(true);
        for (left, right) in left.iter().zip(right) {
            match self.equal_items(left, right)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => decided = None,
            }
        }
        Ok(decided)
    }

    /// Whether two items are equal; `None` where that cannot be said.
    pub(super) fn equal_items(&mut self, left: &Item<'a>, right: &Item<'a>) -> Outcome<Option<bool>> {
        self.spend(1)?;
        let (left, right) = (self.system(left)?, self.system(right)?);
        Ok(match (&left, &right) {
            (Item::String(left), Item::String(right)) => Some(**left == **right),
            (Item::Boolean(left), Item::Boolean(right)) => Some(left == right),
            (Item::Integer(left), Item::Integer(right)) => Some(left == right),
            (Item::Type(left), Item::Type(right)) => Some(left == right),
            (Item::Node(left), Item::Node(right)) => match (left.value(), right.value()) {
                (Some(left), Some(right)) => Some(self.deep(left, right, false)?),
                (None, None) => match (left.companion(), right.companion()) {
                    (Some(left), Some(right)) => Some(self.deep(left, right, false)?),
                    _ => Some(false),
                },
                _ => Some(false),
            },
            _ => match numbers(&left, &right) {
                Some((left, right)) => Some(left == right),
                None => match (quantity(&left), quantity(&right)) {
                    (Some(left), Some(right)) => left.compare(&right, false).map(Ordering::is_eq),
                    _ => match Self::temporal(&left, &right) {
                        Some(order) => order.map(Ordering::is_eq),
                        None => Some(false),
                    },
                },
            },
        })
    }

    /// How two dates or times compare; the outer `None`: they are not of kinds that compare.
    #[allow(clippy::option_option)]
    pub(super) fn temporal(left: &Item<'a>, right: &Item<'a>) -> Option<Option<Ordering>> {
        match (left, right) {
            (Item::Date(left), Item::Date(right)) => Some(temporal::compare_dates(*left, *right)),
            (Item::Time(left), Item::Time(right)) => Some(temporal::compare_times(*left, *right)),
            (Item::DateTime(_) | Item::Date(_), Item::DateTime(_) | Item::Date(_)) => {
                let (left, right) = (moment(left)?, moment(right)?);
                Some(temporal::compare(left, right))
            }
            _ => None,
        }
    }

    /// `~`
    pub(super) fn equivalent(&mut self, left: &[Item<'a>], right: &[Item<'a>]) -> Outcome<bool> {
        if left.len() != right.len() {
            return Ok(false);
        }
        let mut open: Collection<'a> = right.into();
        for item in left {
            let mut found = None;
            for (index, other) in open.iter().enumerate() {
                if self.equivalent_items(item, other)? {
                    found = Some(index);
                    break;
                }
            }
            match found {
                Some(index) => open.swap_remove(index),
                None => return Ok(false),
            };
        }
        Ok(true)
    }

    fn equivalent_items(&mut self, left: &Item<'a>, right: &Item<'a>) -> Outcome<bool> {
        self.spend(1)?;
        let (left, right) = (self.system(left)?, self.system(right)?);
        Ok(match (&left, &right) {
            (Item::String(left), Item::String(right)) => {
                self.spend((left.len() + right.len()) / 64)?;
                alike(left, right)
            }
            (Item::Boolean(left), Item::Boolean(right)) => left == right,
            (Item::Integer(left), Item::Integer(right)) => left == right,
            (Item::Type(left), Item::Type(right)) => left == right,
            (Item::Node(left), Item::Node(right)) => match (left.value(), right.value()) {
                (Some(left), Some(right)) => self.deep(left, right, true)?,
                _ => false,
            },
            _ => match numbers(&left, &right) {
                Some((left, right)) => close(left, right),
                None => match (quantity(&left), quantity(&right)) {
                    (Some(left), Some(right)) => {
                        let right = right.converted(left.unit.clone());
                        right.is_some_and(|right| close(left.value, right.value))
                    }
                    _ => Self::temporal(&left, &right).flatten().is_some_and(Ordering::is_eq),
                },
            },
        })
    }

    /// Whether two elements have the same content, in any order of names.
    fn deep(&mut self, left: &Value, right: &Value, alike_only: bool) -> Outcome<bool> {
        // A list, not recursion; the data's own depth is bounded, its size is counted.
        let mut open = vec![(left, right)];
        while let Some((left, right)) = open.pop() {
            self.spend(1)?;
            let same = match (left, right) {
                (Value::Null, Value::Null) => true,
                (Value::Bool(left), Value::Bool(right)) => left == right,
                (Value::Number(left), Value::Number(right)) => {
                    match (convert::decimal(left.as_str()), convert::decimal(right.as_str())) {
                        (Some(left), Some(right)) if alike_only => close(left, right),
                        (Some(left), Some(right)) => left == right,
                        _ => left == right,
                    }
                }
                (Value::String(left), Value::String(right)) => {
                    if alike_only {
                        alike(left, right)
                    } else {
                        left == right
                    }
                }
                (Value::Array(left), Value::Array(right)) => {
                    open.extend(left.iter().zip(right));
                    left.len() == right.len()
                }
                (Value::Object(left), Value::Object(right)) => {
                    self.spend(left.len())?;
                    let mut all = left.len() == right.len();
                    for (name, value) in left.iter() {
                        match right.get(name) {
                            Some(other) => open.push((value, other)),
                            None => all = false,
                        }
                    }
                    all
                }
                _ => false,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn moment(item: &Item<'_>) -> Option<DateTime> {
    match item {
        Item::DateTime(value) => Some(*value),
        Item::Date(date) => Some(DateTime { date: *date, time: None, offset: None }),
        _ => None,
    }
}

/// Both as decimals, where both are numbers.
pub(super) fn numbers(left: &Item<'_>, right: &Item<'_>) -> Option<(Decimal, Decimal)> {
    Some((number(left)?, number(right)?))
}

pub(super) fn number(item: &Item<'_>) -> Option<Decimal> {
    match item {
        Item::Integer(value) => Some(Decimal::from(*value)),
        Item::Decimal(value) => Some(*value),
        _ => None,
    }
}

/// As a quantity; numbers are quantities of unit 1.
pub(super) fn quantity(item: &Item<'_>) -> Option<Quantity> {
    match item {
        Item::Quantity(quantity) => Some(Quantity::clone(quantity)),
        _ => number(item).map(Quantity::plain),
    }
}

/// Equal at the precision of the less precise.
fn close(left: Decimal, right: Decimal) -> bool {
    let digits = left.normalize().scale().min(right.normalize().scale());
    let round = |value: Decimal| value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    round(left) == round(right)
}

/// Equal but for case, and for which white space it is.
pub(crate) fn alike(left: &str, right: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(char::is_whitespace, " ");
    left == right || plain(left) == plain(right)
}
