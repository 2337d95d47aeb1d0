//! Existence, subsets and combinations (FHIRPath 2.0.0, sections 5.1, 5.3 and 5.4).

use super::seen::Seen;
use super::{Outcome, Run, Scope, one, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::syntax::{Call, Function as F};
use crate::{Collection, Item};

impl<'a> Run<'_, 'a> {
    pub(super) fn collections(
        &mut self,
        call: &Call,
        mut focus: Collection<'a>,
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        Ok(match call.function {
            F::Empty => one(focus.is_empty()),
            F::Exists => one(!focus.is_empty()),
            F::Count => one(Item::Integer(i64::try_from(focus.len()).unwrap_or(i64::MAX))),
            F::Not => Self::not(&focus)?,
            F::AllTrue => self.truths(&focus, true, true)?,
            F::AnyTrue => self.truths(&focus, true, false)?,
            F::AllFalse => self.truths(&focus, false, true)?,
            F::AnyFalse => self.truths(&focus, false, false)?,
            F::SubsetOf => {
                let other = self.argument(call, 0, scope)?;
                one(self.within(&focus, &other)?)
            }
            F::SupersetOf => {
                let other = self.argument(call, 0, scope)?;
                one(self.within(&other, &focus)?)
            }
            F::Distinct => self.distinct(focus)?,
            F::IsDistinct => {
                let count = focus.len();
                one(self.distinct(focus)?.len() == count)
            }
            F::Single => {
                if focus.len() > 1 {
                    return Err(Wrong::NotSingle("single()").into());
                }
                focus
            }
            F::First => {
                focus.truncate(1);
                focus
            }
            F::Last => optional(focus.pop()),
            F::Tail => {
                if !focus.is_empty() {
                    focus.remove(0);
                }
                focus
            }
            F::Skip | F::Take => {
                let count = self.argument(call, 0, scope)?;
                let Some(count) = self.integer(&count, call.function.name())? else {
                    return Ok(Collection::new());
                };
                let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX).min(focus.len());
                if call.function == F::Take {
                    focus.truncate(count);
                } else {
                    focus.drain(..count);
                }
                focus
            }
            F::Union => {
                let other = self.argument(call, 0, scope)?;
                self.union(focus, other)?
            }
            F::Combine => {
                focus.extend(self.argument(call, 0, scope)?);
                self.spend(focus.len())?;
                focus
            }
            F::Intersect => {
                let other = self.argument(call, 0, scope)?;
                let mut found = Collection::new();
                for item in self.distinct(focus)? {
                    if self.has(&other, &item)? {
                        found.push(item);
                    }
                }
                found
            }
            _ => {
                let other = self.argument(call, 0, scope)?;
                let mut found = Collection::new();
                for item in focus {
                    if !self.has(&other, &item)? {
                        found.push(item);
                    }
                }
                found
            }
        })
    }

    fn within(&mut self, items: &[Item<'a>], others: &[Item<'a>]) -> Outcome<bool> {
        for item in items {
            if !self.has(others, item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Both, without what is there twice.
    pub(super) fn union(
        &mut self,
        mut left: Collection<'a>,
        right: Collection<'a>,
    ) -> Outcome<Collection<'a>> {
        left.extend(right);
        self.distinct(left)
    }

    /// The first of each of those that are equal.
    pub(super) fn distinct(&mut self, items: Collection<'a>) -> Outcome<Collection<'a>> {
        self.spend(items.len())?;
        if items.len() < 2 {
            return Ok(items);
        }
        let mut seen = Seen::default();
        for item in &items {
            seen.add(item, self)?;
        }
        Ok(seen.items)
    }
}
