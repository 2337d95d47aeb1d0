//! Items that depend on each other in a circle, and how the report names them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{
    item::Tree,
    read::{At, Findings},
};
use crate::{
    Reason,
    form::{Rule, Rules},
    report::Quoted,
};

/// So many items of a circle are named.
const MOST_NAMED: usize = 6;

/// Refuses each item on a circle, and names those that it shares its circle with. Items that merely depend on them are not
/// named. `edges` gives for each item those that depend on it.
pub(super) fn name(findings: &mut Findings, tree: &Tree<'_>, rules: &Rules, edges: &[BTreeSet<usize>]) {
    let circles = circles(edges);
    let mut circle_of: Vec<Option<usize>> = vec![None; edges.len()];
    for (circle, items) in circles.iter().enumerate() {
        for &item in items {
            circle_of[item] = Some(circle);
        }
    }
    // The expression of an item by which it is on its circle.
    let expression = |item: usize| {
        let closes = |rule: &&Rule| {
            !rule.reads.everything && rule.reads.items.iter().any(|&read| circle_of[read] == circle_of[item])
        };
        rules.items.get(&item).and_then(|own| own.kept().find(closes))
    };
    let said: Vec<(Reason, String)> = circles
        .iter()
        .map(|items| {
            let names = names(tree, items);
            if items.iter().any(|&item| expression(item).is_some()) {
                let message = format!(
                    "what this is, or whether it is shown, depends on itself, by expressions, conditions or the items around \
                     it ({names}); remove one of them"
                );
                (Reason::Circular, message)
            } else {
                let message = format!(
                    "whether this is shown depends on itself, by conditions or the items around it ({names}); remove one of \
                     them"
                );
                (Reason::EnableWhenCircular, message)
            }
        })
        .collect();
    for (item, circle) in circle_of.iter().enumerate() {
        let Some((reason, message)) = circle.and_then(|circle| said.get(circle)) else { continue };
        let at = &tree.places[item];
        let place = match expression(item) {
            Some(rule) => At { path: rule.stands.path.clone(), ..at.clone() }.of(&rule.stands.extension),
            None => at.clone(),
        };
        findings.refuse(&place, *reason, message.clone());
    }
}

/// The items of a circle in the order of the document.
fn names(tree: &Tree<'_>, items: &[usize]) -> String {
    let names =
        items.iter().take(MOST_NAMED).map(|&item| format!("\"{}\"", Quoted(&tree.items[item].link_id)));
    let mut names = names.collect::<Vec<_>>().join(", ");
    if let Some(more) = items.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        // Writing to a String cannot fail.
        let _ = write!(names, " and {more} more");
    }
    names
}

/// The circles: strongly connected components, and items that depend on themselves (Kosaraju, without recursion). Each is
/// sorted.
fn circles(edges: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let mut backwards = vec![BTreeSet::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            backwards[to].insert(from);
        }
    }
    let mut seen = vec![false; edges.len()];
    let mut finished = Vec::with_capacity(edges.len());
    for start in 0..edges.len() {
        walk(edges, start, &mut seen, &mut finished);
    }
    let mut seen = vec![false; edges.len()];
    let mut circles = Vec::new();
    for start in finished.into_iter().rev() {
        let mut together = Vec::new();
        walk(&backwards, start, &mut seen, &mut together);
        together.sort_unstable();
        if together.len() > 1 || together.first().is_some_and(|item| edges[*item].contains(item)) {
            circles.push(together);
        }
    }
    circles
}

/// Adds what can be reached from `start` and was not seen before to `finished`, each after all that it leads to.
fn walk(edges: &[BTreeSet<usize>], start: usize, seen: &mut [bool], finished: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut open = vec![(start, edges[start].iter())];
    while let Some((node, targets)) = open.last_mut() {
        let node = *node;
        if let Some(&to) = targets.find(|to| !seen[**to]) {
            seen[to] = true;
            open.push((to, edges[to].iter()));
        } else {
            finished.push(node);
            open.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[&[usize]]) -> Vec<Vec<usize>> {
        let edges: Vec<BTreeSet<usize>> = edges.iter().map(|to| to.iter().copied().collect()).collect();
        let mut found = circles(&edges);
        found.sort();
        found
    }

    #[test]
    fn circles_are_told_from_what_leads_to_them_and_between_them() {
        assert_eq!(found(&[&[1], &[2], &[]]), Vec::<Vec<usize>>::new());
        assert_eq!(found(&[&[0]]), [[0]]);
        // 0 leads to the circle 1-2, which leads by 3 to the circle 4-5, and that to 6.
        let edges: [&[usize]; 7] = [&[1], &[2], &[1, 3], &[4], &[5], &[4, 6], &[]];
        assert_eq!(found(&edges), [[1, 2], [4, 5]]);
        assert_eq!(found(&[&[1], &[2], &[0]]), [[0, 1, 2]]);
    }
}
