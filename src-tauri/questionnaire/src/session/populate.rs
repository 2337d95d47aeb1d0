//! `itemPopulationContext` (SDC, population): a repeating group begins with an instance for each element of a collection. It
//! does so once, when the group itself begins with the form; instances that are added later have no element.

use std::{collections::VecDeque, sync::Arc};

use fhir::Value;
use fhirpath::{Collection, Context, Item, Text};

use super::{
    Session,
    tree::{MAX_INSTANCES, MAX_NODES},
};
use crate::AnswerError;

/// The element that an instance began with.
#[derive(Clone)]
pub(super) enum Element {
    /// Of a resource, with the name of its type.
    Node(Value, String),
    /// Made by the expression.
    System(Item<'static>),
}

impl Element {
    fn of(item: &Item<'_>, context: &Context<'_>) -> Option<Self> {
        Some(match item {
            Item::Node(node) => {
                let kind = item.type_name(context);
                let kind = kind.strip_prefix("FHIR.").unwrap_or_default();
                Self::Node(node.value()?.clone(), kind.to_owned())
            }
            Item::Boolean(value) => Self::System(Item::Boolean(*value)),
            Item::Integer(value) => Self::System(Item::Integer(*value)),
            Item::Decimal(value) => Self::System(Item::Decimal(*value)),
            Item::String(text) => Self::System(Item::String(Text::Shared((&**text).into()))),
            Item::Date(value) => Self::System(Item::Date(*value)),
            Item::DateTime(value) => Self::System(Item::DateTime(*value)),
            Item::Time(value) => Self::System(Item::Time(*value)),
            Item::Quantity(value) => Self::System(Item::Quantity(value.clone())),
            Item::Type(info) => Self::System(Item::Type(info.clone())),
        })
    }

    pub(super) fn collection<'a>(&'a self, context: &Context<'a>) -> Collection<'a> {
        let item = match self {
            Self::Node(value, kind) => Item::Node(context.node(value, kind)),
            Self::System(item) => item.clone(),
        };
        [item].into_iter().collect()
    }
}

/// By what they are in JSON.
impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Node(one, kind), Self::Node(other, other_kind)) => one == other && kind == other_kind,
            (Self::System(one), Self::System(other)) => one.to_value() == other.to_value(),
            _ => false,
        }
    }
}

impl Session {
    /// Begins the instances of the groups among these nodes, and of those inside the instances.
    pub(super) fn populate(&mut self, nodes: impl IntoIterator<Item = usize>) -> Result<(), AnswerError> {
        if !self.form.form.rules.populates() {
            return Ok(());
        }
        // A node comes after those around it.
        let mut open: Vec<usize> = nodes.into_iter().collect();
        let mut populated = false;
        let mut at = 0;
        while let Some(&node) = open.get(at) {
            at += 1;
            let began = self.tree.nodes.len();
            populated |= self.populate_group(node)?;
            open.extend(began..self.tree.nodes.len());
        }
        if populated {
            self.whole.clear();
            self.evaluate_all();
        }
        Ok(())
    }

    /// Gives new nodes the answers that expressions begin them with, and those that begin by that too.
    pub(super) fn begin_all(&mut self, nodes: impl IntoIterator<Item = usize>) {
        if self.form.form.rules.items.is_empty() {
            return;
        }
        let mut waiting: VecDeque<usize> = nodes.into_iter().collect();
        while let Some(node) = waiting.pop_front() {
            let before = self.tree.nodes.len();
            if self.tree.is_alive(node) && self.begin_with(node) {
                self.whole.clear();
                self.evaluate(&[node], before..self.tree.nodes.len(), false);
                waiting.extend(before..self.tree.nodes.len());
            }
        }
    }

    fn populate_group(&mut self, node: usize) -> Result<bool, AnswerError> {
        let form = self.form.form.clone();
        let item = &form.items[self.tree.nodes[node].item];
        let rules = form.rules.items.get(&self.tree.nodes[node].item);
        let population = rules.and_then(|rules| rules.population);
        let (Some(population), Some(scope)) = (population, item.inner) else { return Ok(false) };
        let Some(variable) = form.rules.variables.get(population) else { return Ok(false) };
        let context = Context::new(fhir::Version::R4);
        let elements = self.evaluated(&variable.rule, Some(node), |result| {
            result.iter().map(|item| Element::of(item, &context)).collect::<Vec<_>>()
        });
        // One that fails gives no element; an element that has only extensions gives an instance without one.
        let elements = elements.unwrap_or_default();
        let max = item.most().min(MAX_INSTANCES);
        let key = self.tree.key(&form, node);
        if elements.len() > max as usize {
            return Err(AnswerError::TooManyElements { key, max });
        }
        for (place, element) in elements.into_iter().enumerate() {
            let instance = match self.tree.nodes[node].inner.get(place) {
                Some(&instance) => instance,
                None if self.tree.nodes.len() + form.scopes[scope].items.len() > MAX_NODES => {
                    let max = u32::try_from(place).unwrap_or(max);
                    return Err(AnswerError::TooManyElements { key, max });
                }
                None => {
                    let opened = self.tree.open(&form, scope, Some(node));
                    self.tree.nodes[node].inner.push(opened);
                    opened
                }
            };
            self.tree.instances[instance].element = element.map(Arc::new);
            if self.tree.nodes.len() >= MAX_NODES {
                let max = u32::try_from(place).unwrap_or(max);
                return Err(AnswerError::TooManyElements { key, max });
            }
        }
        Ok(true)
    }
}
