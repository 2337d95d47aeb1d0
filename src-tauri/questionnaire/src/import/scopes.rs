//! Which items come into being together: the scopes of repeating groups, and of questions that repeat with items
//! under each answer.

use crate::form::{Item, Kind, Scope};

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

/// One bracket more than any linkId ends with.
pub(super) fn brackets(items: &[Item]) -> usize {
    let ending = |item: &Item| item.link_id.bytes().rev().take_while(|byte| *byte == b']').count();
    items.iter().map(ending).max().unwrap_or_default() + 1
}
