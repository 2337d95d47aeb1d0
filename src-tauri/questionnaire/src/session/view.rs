//! The response as expressions see it: only what they may read, so that evaluating one costs as much as it reads.

use fhir::{Object, Value, array};

use super::Session;
use crate::form::Kind;

/// A response with what an expression reads, and the way to the items around that expression.
pub(super) struct View {
    resource: Value,
    trail: Vec<Step>,
}

/// From one item to the next inside it.
#[derive(Clone, Copy)]
struct Step {
    /// The answer that it stands under.
    under: Option<usize>,
    index: usize,
}

impl View {
    pub(super) fn resource(&self) -> &Value {
        &self.resource
    }

    /// The item at `depth` of the nodes around the expression; the resource itself where there is none.
    pub(super) fn around(&self, depth: Option<usize>) -> Option<&Value> {
        let Some(depth) = depth else { return Some(&self.resource) };
        let steps = self.trail.get(..=depth)?;
        steps.iter().try_fold(&self.resource, |parent, step| {
            let parent = match step.under {
                Some(answer) => parent.list("answer").get(answer)?,
                None => parent,
            };
            parent.list("item").get(step.index)
        })
    }
}

impl Session {
    /// The nodes from the root to a node, both included.
    pub(super) fn chain(&self, node: Option<usize>) -> Vec<usize> {
        let mut chain: Vec<usize> =
            std::iter::successors(node, |&node| self.tree.parent(&self.form.form, node)).collect();
        chain.reverse();
        chain
    }

    /// Of the items in `wanted`, sorted and with all items around them; of all items without it. Those along `chain`
    /// are there even without answers.
    pub(super) fn view(&self, wanted: Option<&[usize]>, chain: &[usize]) -> View {
        let mut builder = Builder { session: self, chain, trail: Vec::new() };
        let items = builder.block(None, 0, wanted, None);
        let mut resource = Object::new();
        resource.insert("resourceType", "QuestionnaireResponse");
        resource.insert("questionnaire", self.form.canonical());
        resource.insert("status", "in-progress");
        resource.insert("authored", self.clock.as_str());
        if !items.is_empty() {
            resource.insert("item", items);
        }
        View { resource: resource.into(), trail: builder.trail }
    }
}

struct Builder<'s> {
    session: &'s Session,
    chain: &'s [usize],
    trail: Vec<Step>,
}

impl Builder<'_> {
    /// The items directly inside `parent` in one instance. Recursion is bounded by [`crate::MAX_ITEM_DEPTH`].
    fn block(
        &mut self,
        parent: Option<usize>,
        instance: usize,
        wanted: Option<&[usize]>,
        under: Option<usize>,
    ) -> Vec<Value> {
        let form = self.session.form.form.clone();
        let here = &self.session.tree.instances[instance];
        let (scope, first) = (here.scope, here.first);
        let mut items = Vec::new();
        let mut child = |builder: &mut Self, item: usize, inside: Option<&[usize]>| {
            if form.items[item].scope == scope {
                builder.node(first + form.items[item].slot, inside, under, &mut items);
            }
        };
        match wanted {
            None => {
                for item in form.children(parent.map(|parent| self.session.tree.nodes[parent].item)) {
                    child(self, item, None);
                }
            }
            Some(mut wanted) => {
                while let Some((&item, rest)) = wanted.split_first() {
                    let inside = rest.partition_point(|&other| other < form.items[item].end);
                    child(self, item, Some(&rest[..inside]));
                    wanted = &rest[inside..];
                }
            }
        }
        items
    }

    fn node(&mut self, node: usize, wanted: Option<&[usize]>, under: Option<usize>, items: &mut Vec<Value>) {
        let here = &self.session.tree.nodes[node];
        let item = self.session.item(node);
        let is_on_chain = self.chain.get(self.trail.len()) == Some(&node);
        if !here.enabled && !is_on_chain {
            return;
        }
        match &item.kind {
            Kind::Display(_) if !is_on_chain => {}
            Kind::Group if item.is_repeating_group() => {
                for (place, &instance) in here.inner.iter().enumerate() {
                    let next = self.chain.get(self.trail.len() + 1);
                    let is_around = match next {
                        Some(&next) => self.session.tree.nodes[next].instance == instance,
                        // The group itself is meant by its first instance.
                        None => place == 0,
                    };
                    let step = is_on_chain && is_around;
                    if step {
                        self.trail.push(Step { under, index: items.len() });
                    }
                    let inside = self.block(Some(node), instance, wanted, None);
                    Self::push(items, &item.link_id, inside, step);
                }
            }
            Kind::Group | Kind::Display(_) => {
                if is_on_chain {
                    self.trail.push(Step { under, index: items.len() });
                }
                let inside = self.block(Some(node), here.instance, wanted, None);
                Self::push(items, &item.link_id, inside, is_on_chain);
            }
            Kind::Question(question) => {
                if is_on_chain {
                    self.trail.push(Step { under, index: items.len() });
                }
                let mut answers = Vec::with_capacity(here.answers.len());
                for (place, answer) in here.answers.iter().enumerate() {
                    let Some(mut value) = self.session.answer_value(node, question, answer) else { continue };
                    let inside = match here.inner.get(place) {
                        Some(&instance) => self.block(Some(node), instance, wanted, Some(place)),
                        None if place == 0 => self.block(Some(node), here.instance, wanted, Some(place)),
                        None => Vec::new(),
                    };
                    if !inside.is_empty() {
                        value.insert("item", inside);
                    }
                    answers.push(Value::from(value));
                }
                // What is left out on purpose is in the response that is signed, so it is seen here too.
                let absent = if answers.is_empty() { self.session.data_absent_reason(node) } else { None };
                if answers.is_empty() && absent.is_none() && !is_on_chain {
                    return;
                }
                let mut response = Object::new();
                response.insert("linkId", item.link_id.as_str());
                if let Some(reason) = absent {
                    response.insert("extension", array![reason]);
                }
                if !answers.is_empty() {
                    response.insert("answer", answers);
                }
                items.push(response.into());
            }
        }
    }

    fn push(items: &mut Vec<Value>, link_id: &str, inside: Vec<Value>, always: bool) {
        if inside.is_empty() && !always {
            return;
        }
        let mut response = Object::new();
        response.insert("linkId", link_id);
        if !inside.is_empty() {
            response.insert("item", inside);
        }
        items.push(response.into());
    }
}
