//! Which of two values is less (FHIRPath 2.0.0, section 6.2).

use std::cmp::Ordering;

use super::equality::{numbers, quantity};
use super::{Outcome, Run};
use crate::Item;

impl<'a> Run<'_, 'a> {
    /// How two items compare; `None` where that cannot be said.
    pub(super) fn order(
        &mut self,
        left: &Item<'a>,
        right: &Item<'a>,
        operation: &'static str,
    ) -> Outcome<Option<Ordering>> {
        self.spend(1)?;
        let (left, right) = (self.system(left)?, self.system(right)?);
        match (&left, &right) {
            (Item::Integer(left), Item::Integer(right)) => return Ok(Some(left.cmp(right))),
            (Item::String(left), Item::String(right)) => return Ok(Some((**left).cmp(&**right))),
            // A primitive without value says nothing.
            (Item::Node(node), _) | (_, Item::Node(node)) if node.value().is_none() => return Ok(None),
            _ => {}
        }
        if let Some((left, right)) = numbers(&left, &right) {
            return Ok(Some(left.cmp(&right)));
        }
        if let (Some(left), Some(right)) = (quantity(&left), quantity(&right)) {
            return Ok(left.compare(&right, false));
        }
        if let Some(order) = Self::temporal(&left, &right) {
            return Ok(order);
        }
        let comparable = |item: &Item<'_>| !matches!(item, Item::Node(_) | Item::Boolean(_) | Item::Type(_));
        Err(self.unfit(operation, if comparable(&left) { &right } else { &left }))
    }
}
