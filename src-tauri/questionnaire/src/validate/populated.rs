//! What a repeating group begins with (SDC, `itemPopulationContext`). A response does not say which element an instance began
//! with, so an answer that nobody can write over is held against each of them.

use std::rc::Rc;

use fhirpath::Collection;

use super::Run;
use super::definition::{Item, Kind, extensions};
use super::expressions::{Focus, POPULATION, VARIABLE, expression};

/// What the result of an expression may depend on, so that it was another one when the form began.
const CHANGING: [&str; 9] =
    ["%resource", "%context", "%qitem", "$this", "item", "answer", "now()", "today()", "timeOfDay()"];

/// Whether a group begins with an instance for each element of something.
pub(super) fn is_populated(item: &Item<'_>) -> bool {
    item.kind == Kind::Group && item.repeats && item.extension(POPULATION).is_some()
}

impl<'a> Run<'a, '_> {
    /// Whether an expression at an item may give something else now than when the form began, itself or by a variable.
    pub(super) fn has_changed(&self, text: &str, item: usize) -> bool {
        self.mentions(text, item, &CHANGING)
    }

    /// Whether an expression at an item names one of these, itself or by a variable.
    pub(super) fn mentions(&self, text: &str, item: usize, names: &[&str]) -> bool {
        let places = std::iter::once(item).chain(self.definition.ancestors(item));
        let owners = places.filter_map(|item| Some(self.definition.get(item)?.value));
        let mut variables: Vec<(&str, &str)> = owners
            .chain([self.definition.questionnaire])
            .flat_map(|owner| extensions(owner, VARIABLE).chain(extensions(owner, POPULATION)))
            .filter_map(|variable| {
                Some((variable.get("valueExpression")?.str("name")?, expression(variable).ok()?))
            })
            .collect();
        let mut texts = vec![text];
        while let Some(text) = texts.pop() {
            if names.iter().any(|name| text.contains(name)) {
                return true;
            }
            let read = |name: &str| text.match_indices(name).any(|(at, _)| text[..at].ends_with(['%', '`']));
            variables.retain(|(name, of)| {
                let is_read = read(name);
                if is_read {
                    texts.push(of);
                }
                !is_read
            });
        }
        false
    }

    /// Whether an expression at an item inside one populated group gives, with one of the group's elements or with none, what
    /// is accepted; `None` where that cannot be said.
    pub(super) fn gives_for_an_element(
        &mut self,
        text: &'a str,
        (node, item): (usize, usize),
        mut accepts: impl FnMut(&Collection<'_>) -> bool,
    ) -> Option<bool> {
        let around = std::iter::successors(Some(node), |&node| self.response.get(node)?.parent);
        let mut groups = around.filter(|&node| {
            let item = self.response.get(node).and_then(|node| self.definition.get(node.item?));
            item.is_some_and(is_populated)
        });
        let group = groups.next().filter(|_| groups.next().is_none())?;
        let (place, of) = (self.response.place_of(group), self.response.get(group)?.item?);
        let population = self.definition.get(of)?.extension(POPULATION)?;
        let name = population.get("valueExpression")?.str("name")?;
        let elements = self
            .expressions
            .evaluate_once(expression(population).ok()?, (place, of), self.definition, self.response)
            .ok()?;
        // Most stand where they began.
        let instances = self.response.of_item_in(of, place);
        let at = instances.iter().position(|&instance| instance == group).unwrap_or_default();
        let each = (0..elements.len()).filter_map(|by| elements.get((at + by) % elements.len()));
        let focus = Focus::Node { node, item };
        for element in each.map(Some).chain([None]) {
            let bound: Collection<'a> = element.cloned().into_iter().collect();
            let found =
                self.expressions.evaluate_with(text, focus, (name, bound), self.definition, self.response);
            if accepts(&found.ok()?) {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// The elements that a group begins with, kept for all of its instances.
pub(super) type Elements<'a> = Rc<Collection<'a>>;
