//! Whether a question may be answered, and how often: as it is written, or as an expression says now.

use super::Session;
use crate::form::Own;

impl Session {
    /// Whether the form alone answers it. What must be answered stays open until it is: nobody could go on from it.
    pub(super) fn is_read_only(&self, node: usize) -> bool {
        let (here, item) = (&self.tree.nodes[node], self.item(node));
        let computed = here.derived.as_ref().is_some_and(|derived| derived.read_only);
        item.read_only || (computed && !(here.answers.is_empty() && self.is_required(node)))
    }

    /// Whether there may be several answers.
    fn repeats(&self, node: usize) -> bool {
        self.item(node).repeats
            && !self.tree.nodes[node].derived.as_ref().is_some_and(|derived| derived.single)
    }

    /// How many of the options that are offered now can be answers together, where expressions say which those are and
    /// nothing else can be answered: nobody is asked for more.
    pub(super) fn choosable(&self, node: usize) -> Option<u32> {
        let (question, rules) =
            (self.item(node).question()?, self.form.form.rules.items.get(&self.tree.nodes[node].item)?);
        let is_computed = question.computed || !rules.toggles.is_empty();
        if question.own != Own::Nothing || !is_computed {
            return None;
        }
        let (alone, together): (Vec<_>, Vec<_>) =
            self.options(node, question).partition(|option| option.exclusive);
        Some(u32::try_from(together.len()).unwrap_or(u32::MAX).max(u32::from(!alone.is_empty())))
    }

    /// How many answers there must be, where that is said.
    pub(super) fn fewest(&self, node: usize) -> u32 {
        let said = self.fewest_said(node);
        if said == 0 { 0 } else { self.choosable(node).map_or(said, |choosable| said.min(choosable)) }
    }

    fn fewest_said(&self, node: usize) -> u32 {
        let computed = self.tree.nodes[node].derived.as_ref().and_then(|derived| derived.min);
        if !self.item(node).repeats {
            // One answer at least, of one that fits: it is required now. Where that is written, import says so.
            return computed.unwrap_or_default().min(1);
        }
        if !self.repeats(node) {
            return 0;
        }
        computed.unwrap_or(self.item(node).occurs.min)
    }

    /// How many answers make it answered.
    pub(super) fn least(&self, node: usize) -> usize {
        self.fewest(node).max(1) as usize
    }

    /// How many answers there may be, where that is said.
    pub(super) fn limit(&self, node: usize) -> Option<u32> {
        if !self.item(node).repeats {
            return None;
        }
        if !self.repeats(node) {
            return Some(1);
        }
        let computed = self.tree.nodes[node].derived.as_ref().and_then(|derived| derived.max);
        computed.or(self.item(node).occurs.max)
    }

    /// How many answers there may be.
    pub(super) fn most(&self, node: usize) -> u32 {
        if self.item(node).repeats { self.limit(node).unwrap_or(u32::MAX) } else { 1 }
    }
}
