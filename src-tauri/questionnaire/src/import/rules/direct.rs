//! What an expression reads by itself: the items that it names, and those that its variables hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fhirpath::{LinkIds, Origin};

use super::super::{MAX_OPEN_READS, item::Tree, read::Findings};
use super::{read::RawRule, resource};
use crate::{
    Reason,
    form::{Declared, Named, Stands},
    report::Quoted,
};

/// A variable and what is known of it while the others are resolved.
pub(super) struct Known {
    pub(super) name: String,
    pub(super) raw: Option<RawRule>,
    pub(super) place: Option<usize>,
    pub(super) stands: Stands,
    pub(super) direct: Direct,
    /// Where its value comes from.
    pub(super) origin: Origin,
}

/// What an expression names itself.
#[derive(Default, Clone)]
#[allow(clippy::struct_excessive_bools)] // Each is a fact of its own.
pub(super) struct Direct {
    pub(super) items: BTreeSet<usize>,
    pub(super) inside: bool,
    pub(super) everything: bool,
    /// Some of the items are not named: their `linkId` fits a pattern.
    pub(super) found: bool,
    /// It reads the answers of the item that it stands at.
    pub(super) own_answers: bool,
    /// It asks for the time.
    pub(super) clock: bool,
    pub(super) names: Vec<(String, Named)>,
}

/// The form's `linkId`s, among which patterns find theirs, and how many of them all expressions together may still read.
pub(super) struct Found {
    pub(super) link_ids: LinkIds,
    most: usize,
    left: usize,
}

/// An expression whose patterns fit at most so many items of a small form reads them, and not everything; of a large form,
/// an eighth of its items. What reads more shares the response that all such expressions have.
const MOST_FOUND: usize = 256;

impl Found {
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        Self {
            link_ids: LinkIds::new(tree.by_key.keys()),
            most: MOST_FOUND.max(tree.items.len() / 8),
            left: MAX_OPEN_READS,
        }
    }

    /// Whether so many items may be kept for one expression more.
    pub(super) fn keeps(&mut self, count: usize) -> bool {
        let left = self.left.checked_sub(count).filter(|_| count <= self.most);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

/// Those who define names: variables by their place and name, and the launch contexts.
pub(super) struct Names<'n> {
    pub(super) by_name: HashMap<(Option<usize>, String), usize>,
    pub(super) launch: &'n BTreeMap<String, Declared>,
}

impl Names<'_> {
    /// The variables that an expression names.
    pub(super) fn of(
        &self,
        findings: &mut Findings,
        tree: &Tree<'_>,
        raw: &RawRule,
        itself: Option<usize>,
    ) -> Vec<(String, Named)> {
        let mut names = Vec::new();
        for name in raw.expression.references().variables {
            // The nearest one wins; an expression is not its own variable.
            let around =
                std::iter::successors(Some(raw.place), |place| place.map(|item| tree.items[item].parent));
            let found = around
                .filter_map(|place| self.by_name.get(&(place, name.clone())).copied())
                .find(|&variable| Some(variable) != itself);
            let meaning = match found {
                Some(variable) => Named::Variable(variable),
                None if self.launch.contains_key(&name) => Named::Launch(name.clone()),
                None => {
                    let message = format!(
                        "%{} is defined nowhere around this expression; define it as a variable",
                        Quoted(&name)
                    );
                    findings.refuse(&raw.at, Reason::Expression, message);
                    continue;
                }
            };
            names.push((name, meaning));
        }
        names
    }
}

/// Where the value of a variable comes from, for an expression that stands at `from`.
fn origin(tree: &Tree<'_>, variable: &Known, from: Option<usize>) -> Option<Origin> {
    match variable.place {
        // What an instance began with is no part of the response.
        _ if variable.stands == Stands::Each => None,
        place if !variable.origin.is_own() || place.is_some() && place == from => {
            Some(variable.origin.clone())
        }
        Some(place) => Some(Origin::item(&tree.items[place].link_id)),
        None => Some(Origin::response()),
    }
}

/// The items that an expression names, itself or in what its variables hold; and where its result comes from.
pub(super) fn direct(
    findings: &mut Findings,
    tree: &Tree<'_>,
    link_ids: &LinkIds,
    known: &[Known],
    raw: &RawRule,
    names: Vec<(String, Named)>,
) -> (Direct, Origin) {
    let value = |name: &str| match names.iter().find(|(known, _)| known == name)? {
        (_, Named::Variable(index)) => origin(tree, &known[*index], raw.place),
        (_, Named::Launch(_)) => None,
    };
    let (references, origin) = raw.expression.references_knowing(link_ids, &value);
    resource::check(findings, tree, raw, &references.at_end);
    let mut direct = Direct {
        everything: references.everything,
        found: !references.found.is_empty(),
        own_answers: references.own_answers,
        clock: references.clock,
        ..Direct::default()
    };
    for link_id in references.link_ids.union(&references.named) {
        let Some(&item) = tree.by_key.get(link_id) else {
            let message = format!(
                "the expression {} reads an item \"{}\" that the form does not have; correct the linkId",
                Quoted(raw.expression.text()),
                Quoted(link_id)
            );
            findings.refuse(&raw.at, Reason::Expression, message);
            continue;
        };
        if !references.link_ids.contains(link_id) {
            continue;
        }
        direct.items.insert(item);
        if references.subtrees.contains(link_id) {
            direct.inside = true;
            direct.items.extend(item + 1..tree.items[item].end);
        }
    }
    if references.own_inside {
        match raw.place {
            Some(place) => {
                direct.inside = true;
                direct.items.extend(place + 1..tree.items[place].end);
            }
            None => direct.everything = true,
        }
    }
    direct.names = names;
    (direct, origin)
}

/// The variables that it names.
pub(super) fn variables(direct: &Direct) -> Vec<usize> {
    let of = |(_, named): &(String, Named)| match named {
        Named::Variable(variable) => Some(*variable),
        Named::Launch(_) => None,
    };
    direct.names.iter().filter_map(of).collect()
}
