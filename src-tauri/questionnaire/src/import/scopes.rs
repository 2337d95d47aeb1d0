//! Which items come into being together: the scopes of repeating groups, and of questions that repeat with items
//! under each answer.

use super::{item::Tree, read::Findings};
use crate::{
    Reason,
    form::{Item, Kind, Scope},
    session::tree::{MAX_NODES, starting_instances},
};

/// Gives every item its scope and its place there. Items follow their parents.
pub(super) fn assign(items: &mut [Item]) -> Vec<Scope> {
    let mut scopes = vec![Scope::default()];
    for index in 0..items.len() {
        let scope = match items[index].parent {
            None => 0,
            Some(parent) => opened(items, &mut scopes, parent, index).unwrap_or(items[parent].scope),
        };
        items[index].scope = scope;
        items[index].slot = scopes[scope].items.len();
        scopes[scope].items.push(index);
    }
    scopes
}

/// The scope that each instance or answer of `parent` opens, when `child` stands inside it.
fn opened(items: &mut [Item], scopes: &mut Vec<Scope>, parent: usize, child: usize) -> Option<usize> {
    // Help and units stand beside the question itself, not under each of its answers.
    let beside = items[parent].question().is_some() && matches!(items[child].kind, Kind::Display(_));
    if !items[parent].repeats || beside || matches!(items[parent].kind, Kind::Display(_)) {
        return None;
    }
    Some(*items[parent].inner.get_or_insert_with(|| {
        scopes.push(Scope::default());
        scopes.len() - 1
    }))
}

/// Refuses a form that would begin with more items than a session holds.
pub(super) fn check_size(findings: &mut Findings, tree: &Tree<'_>, scopes: &[Scope]) {
    // How many nodes one instance of each scope begins with; a scope is numbered after the one around it.
    let mut sizes = vec![0_usize; scopes.len()];
    for (at, scope) in scopes.iter().enumerate().rev() {
        sizes[at] = scope.items.iter().fold(0, |sum: usize, &item| {
            let item = &tree.items[item];
            let times = if item.is_repeating_group() { starting_instances(item) } else { item.initial.len() };
            sum.saturating_add(1)
                .saturating_add(item.inner.map_or(0, |inner| sizes[inner].saturating_mul(times)))
        });
    }
    if sizes.first().is_some_and(|&size| size > MAX_NODES) {
        for (index, item) in tree.items.iter().enumerate() {
            if item.repeats && item.occurs.min > 1 {
                let message = format!(
                    "with all that must repeat, the form begins with more than {MAX_NODES} items; ask for fewer"
                );
                findings.refuse(&tree.places[index], Reason::Repeats, message);
            }
        }
    }
}

/// One bracket more than any linkId ends with.
pub(super) fn brackets(items: &[Item]) -> usize {
    let ending = |item: &Item| item.link_id.bytes().rev().take_while(|byte| *byte == b']').count();
    items.iter().map(ending).max().unwrap_or_default() + 1
}
