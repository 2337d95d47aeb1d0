//! `aggregate()` (FHIRPath 2.0.0, section 7.1).

use super::{Outcome, Run, Scope};
use crate::syntax::{Call, Expr, Head, Link, LinkKind, Operator};
use crate::{Collection, Item};

impl<'a> Run<'_, 'a> {
    pub(super) fn aggregate(
        &mut self,
        call: &Call,
        focus: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let mut total = self.argument(call, 1, scope)?;
        let Some(aggregator) = call.arguments.first() else { return Ok(total) };
        let number = |item: &Item<'_>| matches!(item, Item::Decimal(_) | Item::Integer(_));
        if is_sum(aggregator)
            && matches!(total.as_slice(), [start] if number(start))
            && focus.iter().all(number)
        {
            total.extend(focus.iter().cloned());
            return self.sum(&total);
        }
        for (index, item) in focus.iter().enumerate() {
            let inner = Scope { this: std::slice::from_ref(item), index: Some(index), total: Some(&total) };
            total = self.apply(aggregator, inner)?;
            self.spend(total.len())?;
        }
        Ok(total)
    }
}

/// Whether this is `$this + $total`, as sums were written before there was `sum()`.
fn is_sum(aggregator: &Expr) -> bool {
    let Expr::Chain(chain) = aggregator else { return false };
    let [Link { kind: LinkKind::Binary(Operator::Plus, right), .. }] = chain.rest.as_slice() else {
        return false;
    };
    let head = |side: &Expr| match side {
        Expr::Path(path) if path.steps.is_empty() => match path.head {
            Head::This => Some(false),
            Head::Total => Some(true),
            _ => None,
        },
        _ => None,
    };
    head(&chain.first).zip(head(right)).is_some_and(|(left, right)| left != right)
}
