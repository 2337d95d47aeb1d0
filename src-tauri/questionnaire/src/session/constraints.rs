//! Whether the constraints of a form hold. The check of a response reads them in the same way: of what is in the response
//! and enabled, of each instance of a repeating group, and of no question without an answer.

use fhirpath::Collection;

use super::{Session, index::QUESTION};
use crate::{AnswerError, form::Constraint};

impl Session {
    /// The first constraint of a node that does not hold.
    pub(super) fn constraint_of(&self, node: usize) -> Result<(), AnswerError> {
        let item = self.item(node);
        let Some(rules) = self.form.form.rules.items.get(&self.tree.nodes[node].item) else { return Ok(()) };
        let holds = |constraint: &Constraint| {
            if !item.is_repeating_group() {
                return self.holds_constraint(constraint, Some(node), None);
            }
            let instances = self.tree.nodes[node].inner.iter().copied();
            instances
                .filter(|&instance| self.is_in_response(node, Some(instance)))
                .try_for_each(|instance| self.holds_constraint(constraint, Some(node), Some(instance)))
        };
        rules.constraints.iter().try_for_each(holds)
    }

    /// Every constraint of the form and of what is enabled, and the limits that are computed: what an answer was held
    /// against when it was given may have changed since.
    pub(super) fn constraints(&self) -> Result<(), AnswerError> {
        let rules = &self.form.form.rules;
        rules.constraints.iter().try_for_each(|constraint| self.holds_constraint(constraint, None, None))?;
        let mut items: Vec<usize> = rules
            .items
            .iter()
            .filter(|(_, rules)| !rules.constraints.is_empty() || rules.min.is_some() || rules.max.is_some())
            .map(|(item, _)| *item)
            .collect();
        items.sort_unstable();
        for item in items {
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

    /// A constraint that has no result keeps nobody from going on: nobody could do anything about it.
    fn holds_constraint(
        &self,
        constraint: &Constraint,
        node: Option<usize>,
        instance: Option<usize>,
    ) -> Result<(), AnswerError> {
        let is_false =
            |result: &Collection<'_>| matches!(result.as_slice(), [item] if item.as_bool() == Some(false));
        if self.evaluated_of(&constraint.rule, node, instance, is_false).unwrap_or(false) {
            // An instance is named by its first question: its group does not say which one it is.
            let first = instance.and_then(|instance| {
                let inside = self.index.inside(node?, QUESTION);
                let mut inside = inside.filter(|&inside| self.tree.is_within(inside, instance));
                inside.find(|&inside| !self.is_read_only(inside))
            });
            let key = first.or(node).map(|node| self.tree.key(&self.form.form, node)).unwrap_or_default();
            return Err(AnswerError::Constraint {
                key,
                human: constraint.human.text(&self.language).to_owned(),
            });
        }
        Ok(())
    }
}
