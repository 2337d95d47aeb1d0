//! Whether the constraints of a form hold. The check of a response reads them in the same way: of what is in the response
//! and enabled, of each instance of a repeating group, and of no question without an answer.

use fhirpath::Collection;

use super::{Session, index::QUESTION};
use crate::{
    AnswerError,
    form::{Constraint, ItemRules},
};

impl Session {
    /// The first constraint of a node that does not hold and keeps from going on.
    pub(super) fn constraint_of(&self, node: usize) -> Result<(), AnswerError> {
        match self.broken_of(node, false).next() {
            None => Ok(()),
            Some((constraint, instance)) => Err(self.refused(constraint, Some(node), instance)),
        }
    }

    /// What the form says of a node whose answers are given and break a constraint that only warns.
    pub(super) fn warnings_of(&self, node: usize) -> Vec<String> {
        let own = self.form.form.rules.items.get(&self.tree.nodes[node].item);
        let warns = own.is_some_and(|own| own.constraints.iter().any(|constraint| constraint.warns));
        if !warns || !self.is_held(node) {
            return Vec::new();
        }
        self.words_of(self.broken_of(node, true).map(|(constraint, _)| constraint))
    }

    /// What the form says of itself as a whole, of its groups, and of questions that are not shown, where constraints that only
    /// warn do not hold: each once.
    pub(super) fn warnings_around(&self) -> Vec<String> {
        let rules = &self.form.form.rules;
        let whole = rules.constraints.iter().filter(|one| one.warns && self.is_broken(one, None, None));
        let mut said = self.words_of(whole);
        for item in self.items_with(|own| own.constraints.iter().any(|constraint| constraint.warns)) {
            let nodes = self.tree.of_item(&self.form.form, item);
            let unseen = nodes.filter(|&node| !self.index.has(node, QUESTION));
            for words in unseen.flat_map(|node| self.warnings_of(node)) {
                if !said.contains(&words) {
                    said.push(words);
                }
            }
        }
        said
    }

    /// The words of constraints, each once.
    fn words_of<'s>(&'s self, constraints: impl Iterator<Item = &'s Constraint>) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        for words in constraints.map(|constraint| constraint.human.text(&self.language)) {
            if !said.iter().any(|known| known == words) {
                said.push(words.to_owned());
            }
        }
        said
    }

    /// The constraints of a node that do not hold, each with the instance of a repeating group in which it does not.
    fn broken_of(&self, node: usize, warn: bool) -> impl Iterator<Item = (&Constraint, Option<usize>)> {
        let own = self.form.form.rules.items.get(&self.tree.nodes[node].item);
        let constraints = own.map(|own| own.constraints.as_slice()).unwrap_or_default();
        let constraints = constraints.iter().filter(move |constraint| constraint.warns == warn);
        constraints.flat_map(move |constraint| {
            let instances = self.each_of(node).into_iter();
            let broken = instances.filter(move |&instance| self.is_broken(constraint, Some(node), instance));
            broken.map(move |instance| (constraint, instance))
        })
    }

    /// What a node's constraints are evaluated on: itself, or each instance of a repeating group that is in the response.
    fn each_of(&self, node: usize) -> Vec<Option<usize>> {
        if !self.item(node).is_repeating_group() {
            return vec![None];
        }
        let instances = self.tree.nodes[node].inner.iter().copied();
        instances.filter(|&instance| self.is_in_response(node, Some(instance))).map(Some).collect()
    }

    /// The items of whose expressions this is true, in document order.
    fn items_with(&self, is_wanted: impl Fn(&ItemRules) -> bool) -> Vec<usize> {
        let rules = self.form.form.rules.items.iter();
        let mut items: Vec<usize> = rules.filter(|(_, own)| is_wanted(own)).map(|(item, _)| *item).collect();
        items.sort_unstable();
        items
    }

    /// Every constraint of the form and of what is enabled, and the limits that are computed: what an answer was held
    /// against when it was given may have changed since.
    pub(super) fn constraints(&self) -> Result<(), AnswerError> {
        let mut whole = self.form.form.rules.constraints.iter().filter(|constraint| !constraint.warns);
        if let Some(broken) = whole.find(|constraint| self.is_broken(constraint, None, None)) {
            return Err(self.refused(broken, None, None));
        }
        let held = |own: &ItemRules| !own.constraints.is_empty() || own.min.is_some() || own.max.is_some();
        for item in self.items_with(held) {
            for node in self.tree.of_item(&self.form.form, item).filter(|&node| self.is_held(node)) {
                let key = || self.tree.key(&self.form.form, node);
                self.keeps_limits(node)
                    .map_err(|_| AnswerError::Constraint { key: key(), human: String::new() })?;
                self.constraint_of(node)?;
            }
        }
        Ok(())
    }

    /// Whether a node is held against its constraints: a question that was left out has none to keep.
    fn is_held(&self, node: usize) -> bool {
        let here = &self.tree.nodes[node];
        here.enabled
            && match self.item(node).question() {
                Some(_) => !here.answers.is_empty(),
                None => self.item(node).is_repeating_group() || self.is_in_response(node, None),
            }
    }

    /// Whether a constraint does not hold. One that has no result keeps nobody from going on: nobody could do anything about
    /// it.
    fn is_broken(&self, constraint: &Constraint, node: Option<usize>, instance: Option<usize>) -> bool {
        let is_false =
            |result: &Collection<'_>| matches!(result.as_slice(), [item] if item.as_bool() == Some(false));
        self.evaluated_of(&constraint.rule, node, instance, is_false).unwrap_or(false)
    }

    /// What is said of a constraint that does not hold, and where the patient is led.
    fn refused(&self, broken: &Constraint, node: Option<usize>, instance: Option<usize>) -> AnswerError {
        // An instance is named by its first question: its group does not say which one it is.
        let first = node.zip(instance).and_then(|(node, instance)| {
            let inside = self.index.inside(node, QUESTION);
            let mut inside = inside.filter(|&inside| self.tree.is_within(inside, instance));
            inside.find(|&inside| !self.is_read_only(inside))
        });
        let key = first.or(node).map(|node| self.tree.key(&self.form.form, node)).unwrap_or_default();
        AnswerError::Constraint { key, human: broken.human.text(&self.language).to_owned() }
    }
}
