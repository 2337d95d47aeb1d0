//! Which screens are shown now, kept up to date change by change: position, total, the next screen and the first
//! question that is missing cost no walk through the form.

use super::tree::Tree;
use crate::form::{Form, Kind, Role};

/// Shown, and a question.
pub(super) const QUESTION: u8 = 1;
/// A screen of its own: a page, a shown question, a text that no question follows, or the end of a repeating group.
pub(super) const SCREEN: u8 = 2;
/// A shown question that is neither answered nor left out on purpose.
pub(super) const MISSING: u8 = 4;
/// Shown on a page: a question, a text, or a repeating group that can grow.
pub(super) const PART: u8 = 8;

/// Every node has a position in document order. A repeating group's own is after its instances.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Index {
    /// The node at each position.
    order: Vec<usize>,
    /// The position of each node that is alive.
    at: Vec<usize>,
    /// The position after the last node of the group or question around each node.
    limit: Vec<usize>,
    /// The first position of each node and of all inside it, and the one after the last.
    span: Vec<(usize, usize)>,
    /// The positions of the texts that can lead in to a question.
    texts: Vec<usize>,
    flags: Vec<u8>,
    questions: Counts,
    screens: Counts,
    missing: Counts,
    parts: Counts,
}

impl Index {
    /// Over the tree as it is now, without flags.
    pub(super) fn new(form: &Form, tree: &Tree) -> Self {
        let count = tree.nodes.len();
        let mut index = Self { at: vec![usize::MAX; count], limit: vec![0; count], ..Self::default() };
        index.span = vec![(0, 0); count];
        let roots: Vec<usize> = form.children(None).map(|item| form.items[item].slot).collect();
        index.block(form, tree, &roots);
        let positions = index.order.len();
        index.flags = vec![0; positions];
        let all = [&mut index.questions, &mut index.screens, &mut index.missing, &mut index.parts];
        for counts in all {
            *counts = Counts::new(positions);
        }
        index.texts = (0..positions)
            .filter(|&at| {
                matches!(form.items[tree.nodes[index.order[at]].item].kind, Kind::Display(Role::Text))
            })
            .collect();
        index
    }

    /// Recursion is bounded by [`crate::MAX_ITEM_DEPTH`].
    fn block(&mut self, form: &Form, tree: &Tree, nodes: &[usize]) {
        for &node in nodes {
            let repeats = form.items[tree.nodes[node].item].is_repeating_group();
            let first = self.order.len();
            if !repeats {
                self.place(node);
            }
            // Most items have nothing inside.
            let item = tree.nodes[node].item;
            if form.items[item].end > item + 1 {
                let beside: Vec<usize> = tree.beside(form, node).collect();
                self.block(form, tree, &beside);
                for &instance in &tree.nodes[node].inner {
                    let inside: Vec<usize> = tree.inside(form, node, instance).collect();
                    self.block(form, tree, &inside);
                }
            }
            if repeats {
                self.place(node);
            }
            self.span[node] = (first, self.order.len());
        }
        for &node in nodes {
            self.limit[node] = self.order.len();
        }
    }

    fn place(&mut self, node: usize) {
        self.at[node] = self.order.len();
        self.order.push(node);
    }

    /// After all others for a node that the index does not have.
    pub(super) fn position(&self, node: usize) -> usize {
        self.at.get(node).copied().unwrap_or(usize::MAX)
    }

    /// The first position of a node and of all inside it, and the one after the last.
    fn span(&self, node: usize) -> (usize, usize) {
        self.span.get(node).copied().unwrap_or_default()
    }

    fn limit(&self, node: usize) -> usize {
        self.limit.get(node).copied().unwrap_or_default()
    }

    /// The node at a position.
    fn node(&self, at: usize) -> Option<usize> {
        self.order.get(at).copied()
    }

    fn has_at(&self, at: usize, flag: u8) -> bool {
        self.flags.get(at).is_some_and(|flags| flags & flag != 0)
    }

    pub(super) fn has(&self, node: usize, flag: u8) -> bool {
        self.has_at(self.position(node), flag)
    }

    /// Sets some flags of a node to `wanted`; whether it became or ceased to be a shown question.
    pub(super) fn set(&mut self, node: usize, among: u8, wanted: u8) -> bool {
        let at = self.position(node);
        let Some(flags) = self.flags.get_mut(at) else { return false };
        let changed = (*flags ^ wanted) & among;
        *flags ^= changed;
        for (flag, counts) in [
            (QUESTION, &mut self.questions),
            (SCREEN, &mut self.screens),
            (MISSING, &mut self.missing),
            (PART, &mut self.parts),
        ] {
            if changed & flag != 0 {
                counts.add(at, wanted & flag != 0);
            }
        }
        changed & QUESTION != 0
    }

    /// The texts whose standing alone hangs on whether `node` is a shown question: those before it, as far back as
    /// the question before, whose group it stands in. The same texts lead in to it, or to the page that it is.
    pub(super) fn lead_ins(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let at = self.span(node).0;
        let before = self.questions.before(at);
        let after =
            before.checked_sub(1).and_then(|last| self.questions.nth(last)).map_or(0, |last| last + 1);
        let from = self.texts.partition_point(|&text| text < after);
        let texts = self.texts.iter().skip(from).take_while(move |&&text| text < at);
        texts.filter_map(|&text| self.node(text)).filter(move |&text| self.limit(text) > at)
    }

    /// Whether no question follows a text inside what is around it.
    pub(super) fn is_followed(&self, text: usize) -> bool {
        self.questions.before(self.limit(text)) > self.questions.before(self.after(text))
    }

    /// The position after a node's own.
    fn after(&self, node: usize) -> usize {
        self.position(node).saturating_add(1)
    }

    pub(super) fn first_screen(&self) -> Option<usize> {
        self.screens.nth(0).and_then(|at| self.node(at))
    }

    pub(super) fn next_screen(&self, node: usize) -> Option<usize> {
        self.screens.nth(self.screens.before(self.after(node))).and_then(|at| self.node(at))
    }

    /// The screen before a node, or the last one.
    pub(super) fn screen_before(&self, node: Option<usize>) -> Option<usize> {
        let before = self.screens.before(node.map_or(self.order.len(), |node| self.position(node)));
        before.checked_sub(1).and_then(|last| self.screens.nth(last)).and_then(|at| self.node(at))
    }

    /// The place of a screen among all, from 0, and how many there are.
    pub(super) fn place_of(&self, node: usize) -> (usize, usize) {
        (self.screens.before(self.position(node)), self.screens.total)
    }

    pub(super) fn missing_count(&self) -> usize {
        self.missing.total
    }

    pub(super) fn first_missing(&self) -> Option<usize> {
        self.missing.nth(0).and_then(|at| self.node(at))
    }

    /// Whether anything of a page is shown.
    pub(super) fn has_parts(&self, page: usize) -> bool {
        let (first, end) = self.span(page);
        self.parts.before(end) > self.parts.before(first)
    }

    /// How many questions are shown inside a node.
    pub(super) fn questions_inside(&self, node: usize) -> usize {
        let (first, end) = self.span(node);
        self.questions.before(end) - self.questions.before(first)
    }

    /// The places of the shown questions inside a node among all of them.
    pub(super) fn rows_inside(&self, node: usize) -> std::ops::Range<usize> {
        let (first, end) = self.span(node);
        self.questions.before(first)..self.questions.before(end)
    }

    /// The nodes inside a node that have a flag, in order.
    pub(super) fn inside(&self, node: usize, flag: u8) -> impl Iterator<Item = usize> + '_ {
        let (first, end) = self.span(node);
        (first..end).filter(move |&at| self.has_at(at, flag)).filter_map(|at| self.node(at))
    }

    /// The first screen inside a node.
    pub(super) fn screen_inside(&self, node: usize) -> Option<usize> {
        let (first, end) = self.span(node);
        let at = self.screens.nth(self.screens.before(first)).filter(|&at| at < end);
        at.and_then(|at| self.node(at))
    }

    /// Whether a question inside a node is missing.
    pub(super) fn misses_inside(&self, node: usize) -> bool {
        let (first, end) = self.span(node);
        self.missing.before(end) > self.missing.before(first)
    }

    /// The nodes that have a flag, in order.
    pub(super) fn all(&self, flag: u8) -> impl Iterator<Item = usize> + '_ {
        (0..self.order.len()).filter(move |&at| self.has_at(at, flag)).filter_map(|at| self.node(at))
    }
}

/// How many of the positions before one are set: a Fenwick tree (P. M. Fenwick, 1994).
#[derive(Clone, PartialEq, Default)]
struct Counts {
    sums: Vec<u32>,
    total: usize,
}

impl Counts {
    fn new(positions: usize) -> Self {
        Self { sums: vec![0; positions + 1], total: 0 }
    }

    fn add(&mut self, position: usize, set: bool) {
        let mut at = position + 1;
        while at < self.sums.len() {
            self.sums[at] = if set { self.sums[at] + 1 } else { self.sums[at] - 1 };
            at += at & at.wrapping_neg();
        }
        self.total = if set { self.total + 1 } else { self.total - 1 };
    }

    /// How many are set before `position`.
    fn before(&self, position: usize) -> usize {
        let (mut at, mut sum) = (position.min(self.sums.len().saturating_sub(1)), 0);
        while at > 0 {
            sum += self.sums[at] as usize;
            at &= at - 1;
        }
        sum
    }

    /// The position of the one with `before` others before it.
    fn nth(&self, before: usize) -> Option<usize> {
        if before >= self.total {
            return None;
        }
        let (mut at, mut left) = (0, before);
        let mut step = self.sums.len().next_power_of_two();
        while step > 0 {
            if at + step < self.sums.len() && self.sums[at + step] as usize <= left {
                at += step;
                left -= self.sums[at] as usize;
            }
            step /= 2;
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_agree_with_counting(changes in prop::collection::vec(0usize..40, 0..120)) {
            let (mut counts, mut set) = (Counts::new(40), [false; 40]);
            for at in changes {
                set[at] = !set[at];
                counts.add(at, set[at]);
            }
            let positions: Vec<usize> = (0..40).filter(|&at| set[at]).collect();
            prop_assert_eq!(counts.total, positions.len());
            for (nth, &at) in positions.iter().enumerate() {
                prop_assert_eq!(counts.nth(nth), Some(at));
            }
            prop_assert_eq!(counts.nth(positions.len()), None);
            for at in 0..=40 {
                prop_assert_eq!(counts.before(at), positions.iter().filter(|&&known| known < at).count());
            }
        }
    }
}
