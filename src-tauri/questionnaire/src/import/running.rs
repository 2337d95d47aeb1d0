//! Texts that run along: `questionnaire-itemControl` header and footer. They stand on every screen of the group that
//! they are in, or of the whole form, and are no screen and no part of one themselves.

use super::{
    at,
    item::Tree,
    read::{At, Findings},
};
use crate::{
    Reason,
    form::{Item, Kind, Role},
};

/// What an item with one of these codes is.
pub(super) fn role(control: &str) -> Option<Role> {
    match control {
        "header" => Some(Role::Header),
        "footer" => Some(Role::Footer),
        _ => None,
    }
}

/// The groups that are headers and footers become texts, with all that is inside them.
pub(super) fn groups(findings: &mut Findings, tree: &mut Tree<'_>) {
    for index in 0..tree.items.len() {
        if !matches!(tree.items[index].kind, Kind::Group) || tree.items[index].hidden {
            continue;
        }
        let controls = at::item_control(tree.objects[index]);
        let Some((control, role)) = controls.iter().find_map(|control| Some((*control, role(control)?)))
        else {
            continue;
        };
        let place = at::control_at(&tree.places[index], tree.objects[index], control);
        match why_not(&tree.items, index) {
            None => {
                let end = tree.items[index].end;
                tree.items[index..end].iter_mut().for_each(|item| item.kind = Kind::Display(role));
            }
            Some(why) => notice(findings, &place, control, why),
        }
    }
}

fn notice(findings: &mut Findings, at: &At, control: &str, why: &str) {
    let message = format!("the {control} is shown once, where it stands among the items: {why}");
    findings.notice(at, Reason::Unused, message);
}

/// Why a group cannot run along.
fn why_not(items: &[Item], index: usize) -> Option<&'static str> {
    let inside = &items[index..items[index].end];
    if inside.iter().any(|item| item.question().is_some()) {
        return Some("only texts can stand in it, and it asks questions");
    }
    if inside.iter().any(|item| item.repeats) {
        return Some("it repeats");
    }
    let mut around = std::iter::successors(items[index].parent, |&at| items[at].parent);
    around
        .any(|at| !matches!(items[at].kind, Kind::Group))
        .then_some("it stands under a question or a text, not in a group")
}

/// What stands further inside a page than the page itself is not at the edge of a screen: there it is a text as any
/// other, where its author put it. The same inside what repeats on a page.
pub(super) fn on_page(tree: &mut Tree<'_>, index: usize) {
    let Kind::Display(Role::Header | Role::Footer) = tree.items[index].kind else { return };
    let (page, parent) = (tree.items[index].page, tree.items[index].parent);
    // What is inside one goes with it.
    let goes_along = parent.is_some_and(|parent| matches!(tree.items[parent].kind, Kind::Display(_)));
    if page.is_none() || goes_along || (page == parent && !page.is_some_and(|page| tree.items[page].repeats))
    {
        return;
    }
    for at in index..tree.items[index].end {
        let is_group = tree.objects[at].get("type").and_then(fhir::Value::as_str) == Some("group");
        match tree.items[at].kind {
            Kind::Display(Role::Header | Role::Footer) if is_group => tree.items[at].kind = Kind::Group,
            Kind::Display(Role::Header | Role::Footer) => tree.items[at].kind = Kind::Display(Role::Text),
            _ => {}
        }
    }
}

/// The outermost of them, in document order.
pub(super) fn outermost(items: &[Item]) -> Vec<usize> {
    let runs = |at: usize| matches!(items[at].kind, Kind::Display(Role::Header | Role::Footer));
    (0..items.len())
        .filter(|&at| runs(at) && !items[at].parent.is_some_and(runs) && !items[at].hidden)
        .collect()
}
