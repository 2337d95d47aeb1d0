//! Which items a criterion such as `linkId = '…'` picks.

use super::fitting::LinkIds;
use crate::Item;
use crate::syntax::{Expr, Head, LinkKind, Operator, Path, StepKind};

/// The `linkId`s that a criterion demands one of; `None` where it demands none.
pub(super) fn picked(criterion: &Expr, among: Option<&LinkIds>) -> Option<Vec<String>> {
    let chain = match criterion {
        Expr::Chain(chain) => chain,
        Expr::Path(Path { head: Head::Group(inner), steps, .. }) if steps.is_empty() => {
            return picked(inner, among);
        }
        _ => return None,
    };
    let operators: Option<Vec<(Operator, &Expr)>> = chain
        .rest
        .iter()
        .map(|link| match &link.kind {
            LinkKind::Binary(operator, right) => Some((*operator, right)),
            _ => None,
        })
        .collect();
    let operators = operators?;
    match operators.as_slice() {
        [(operator @ (Operator::Equal | Operator::Equivalent), right)] => {
            let (left, right) = (&chain.first, *right);
            let names = match (is_link_id(left), is_link_id(right)) {
                (true, false) => literals(right),
                (false, true) => literals(left),
                _ => None,
            };
            // Others may be written otherwise, and be equivalent.
            if *operator == Operator::Equivalent { among?.alike(names?) } else { names }
        }
        [(Operator::In, right)] if is_link_id(&chain.first) => literals(right),
        [(Operator::Contains, right)] if is_link_id(right) => literals(&chain.first),
        all if all.iter().all(|(operator, _)| *operator == Operator::Or) => {
            let mut found = picked(&chain.first, among)?;
            for (_, right) in all {
                found.extend(picked(right, among)?);
            }
            Some(found)
        }
        all if all.iter().all(|(operator, _)| *operator == Operator::And) => {
            picked(&chain.first, among).or_else(|| all.iter().find_map(|(_, right)| picked(right, among)))
        }
        _ => None,
    }
}

/// `linkId` or `$this.linkId`.
pub(crate) fn is_link_id(expression: &Expr) -> bool {
    let Expr::Path(path) = expression else { return false };
    match (&path.head, path.steps.as_slice()) {
        (Head::Member(member), []) => &*member.name == "linkId",
        (Head::This, [step]) => matches!(&step.kind, StepKind::Member(member) if &*member.name == "linkId"),
        _ => false,
    }
}

/// A string, or several of them joined by `|`.
pub(crate) fn literals(expression: &Expr) -> Option<Vec<String>> {
    Some(literal_texts(expression)?.into_iter().map(str::to_owned).collect())
}

/// The same, not copied.
pub(super) fn literal_texts(expression: &Expr) -> Option<Vec<&str>> {
    match expression {
        Expr::Path(Path { head: Head::Literal(Item::String(text)), steps, .. }) if steps.is_empty() => {
            Some(vec![&**text])
        }
        Expr::Chain(chain) => {
            let mut found = literal_texts(&chain.first)?;
            for link in &chain.rest {
                let LinkKind::Binary(Operator::Union, right) = &link.kind else { return None };
                found.extend(literal_texts(right)?);
            }
            Some(found)
        }
        _ => None,
    }
}
