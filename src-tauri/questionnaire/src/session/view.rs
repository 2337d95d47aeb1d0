//! The response as expressions see it: only what they may read, so that evaluating one costs as much as it reads.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use fhir::{Object, Value, array, object};

use super::Session;
use crate::{form::Kind, language};

/// A response with what an expression reads, and the way to the items around that expression.
pub(super) struct View {
    resource: Arc<Value>,
    trail: Vec<Step>,
    /// What comes after the end of the trail: items that are not in the response, without answers.
    beyond: Vec<Value>,
}

/// The whole response, and where each item of it is, by its node and, of a repeating group, its instance.
struct Whole {
    resource: Arc<Value>,
    places: HashMap<(usize, usize), Step>,
}

/// So many steps the expressions that may read any answer take together after one event. That is a few tenths of a second.
const STEPS_TOGETHER: u64 = 10_000_000;

/// The whole response as it is now: made for the first expression that may read any answer, kept for all others, and made
/// anew after something has changed. And what those expressions may still take after the event that takes effect.
pub(super) struct Kept {
    whole: Mutex<Option<Arc<Whole>>>,
    steps: AtomicU64,
    /// Whether the response has what it gets when it is signed; see [`super::tried`].
    signed: bool,
}

impl Kept {
    /// From now on with, or without, what the response gets when it is signed.
    pub(super) fn sign(&mut self, signed: bool) {
        self.signed = signed;
        self.clear();
    }

    pub(super) fn clear(&mut self) {
        *self.whole.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// An event takes effect.
    pub(super) fn bound(&mut self) {
        *self.steps.get_mut() = STEPS_TOGETHER;
    }

    /// It has taken effect; whether there were steps enough for it. What is drawn afterwards is bounded by itself.
    pub(super) fn unbound(&mut self) -> bool {
        std::mem::replace(self.steps.get_mut(), u64::MAX) > 0
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Of the steps that an expression began with, so many are left.
    pub(super) fn spend(&self, left: u64) {
        self.steps.fetch_min(left, Ordering::Relaxed);
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self { whole: Mutex::default(), steps: u64::MAX.into(), signed: false }
    }
}

/// A copy makes its own.
impl Clone for Kept {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// It follows from the rest of a session.
impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
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
        let Some(steps) = self.trail.get(..=depth) else { return self.beyond.get(depth - self.trail.len()) };
        steps.iter().try_fold(&*self.resource, |parent, step| {
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
    /// are there even without answers. A repeating group at the end of `chain` is meant by `meant`, or by its first
    /// instance.
    pub(super) fn view(&self, wanted: Option<&[usize]>, chain: &[usize], meant: Option<usize>) -> View {
        let mut builder = Builder { session: self, chain, meant, trail: Vec::new(), places: None };
        let items = builder.block(None, 0, wanted, None);
        let resource = self.resource(items);
        View { resource: resource.into(), trail: builder.trail, beyond: Vec::new() }
    }

    /// All items that the response has, and those along `chain` beside it where it lacks them.
    pub(super) fn whole_view(&self, chain: &[usize], meant: Option<usize>) -> View {
        let whole = self.whole();
        let mut trail = Vec::with_capacity(chain.len());
        for (depth, &node) in chain.iter().enumerate() {
            let here = &self.tree.nodes[node];
            let instance = match chain.get(depth + 1) {
                _ if !self.item(node).is_repeating_group() => Some(0),
                Some(&next) => Some(self.tree.nodes[next].instance),
                None => meant.or_else(|| here.inner.first().copied()),
            };
            match instance.and_then(|instance| whole.places.get(&(node, instance))) {
                Some(step) => trail.push(*step),
                None => break,
            }
        }
        let absent = chain[trail.len()..].iter().map(|&node| self.response_item(node, false).into());
        View { resource: Arc::clone(&whole.resource), beyond: absent.collect(), trail }
    }

    /// Whether the response has an item for a node; of a repeating group, for one instance of it.
    pub(super) fn is_in_response(&self, node: usize, instance: Option<usize>) -> bool {
        self.whole().places.contains_key(&(node, instance.unwrap_or(0)))
    }

    fn whole(&self) -> Arc<Whole> {
        let mut kept = self.whole.whole.lock().unwrap_or_else(PoisonError::into_inner);
        let made = kept.get_or_insert_with(|| {
            let places = Some(HashMap::new());
            let mut builder = Builder { session: self, chain: &[], meant: None, trail: Vec::new(), places };
            let items = builder.block(None, 0, None, None);
            let places = builder.places.unwrap_or_default();
            Arc::new(Whole { resource: self.resource(items).into(), places })
        });
        Arc::clone(made)
    }

    /// As the response will be, as far as it is known: completed, and in the language that was chosen. Import refuses
    /// expressions that read what is known only when it is signed.
    fn resource(&self, items: Vec<Value>) -> Value {
        let mut resource = Object::new();
        resource.insert("resourceType", "QuestionnaireResponse");
        if self.language != language::UNDETERMINED {
            resource.insert("language", self.language.as_str());
        }
        resource.insert("questionnaire", self.form.named_in_response());
        resource.insert("status", "completed");
        if self.whole.signed {
            for name in ["identifier", "subject", "author", "source"] {
                resource.insert(name, object! { "system" => "urn:x", "value" => name });
            }
        }
        resource.insert("authored", self.clock.as_str());
        if !items.is_empty() {
            resource.insert("item", items);
        }
        resource.into()
    }
}

struct Builder<'s> {
    session: &'s Session,
    chain: &'s [usize],
    /// The instance of the last of them that is meant.
    meant: Option<usize>,
    trail: Vec<Step>,
    /// Where each item is, when that is asked for.
    places: Option<HashMap<(usize, usize), Step>>,
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
                        None => self.meant.map_or(place == 0, |meant| meant == instance),
                    };
                    let step = is_on_chain && is_around;
                    if step {
                        self.trail.push(Step { under, index: items.len() });
                    }
                    let inside = self.block(Some(node), instance, wanted, None);
                    if self.push(items, node, inside, step) {
                        self.found(node, instance, under, items);
                    }
                }
            }
            Kind::Group | Kind::Display(_) => {
                if is_on_chain {
                    self.trail.push(Step { under, index: items.len() });
                }
                let inside = self.block(Some(node), here.instance, wanted, None);
                if self.push(items, node, inside, is_on_chain) {
                    self.found(node, 0, under, items);
                }
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
                let mut response = self.session.response_item(node, false);
                if let Some(reason) = absent {
                    response.insert("extension", array![reason]);
                }
                if !answers.is_empty() {
                    response.insert("answer", answers);
                }
                items.push(response.into());
                self.found(node, 0, under, items);
            }
        }
    }

    /// The last of `items` is this one.
    fn found(&mut self, node: usize, instance: usize, under: Option<usize>, items: &[Value]) {
        if let Some(places) = &mut self.places {
            places.insert((node, instance), Step { under, index: items.len() - 1 });
        }
    }

    /// Adds a group, unless nothing is in it; whether it was added.
    fn push(&self, items: &mut Vec<Value>, node: usize, inside: Vec<Value>, always: bool) -> bool {
        if inside.is_empty() && !always {
            return false;
        }
        let mut response = self.session.response_item(node, false);
        if !inside.is_empty() {
            response.insert("item", inside);
        }
        items.push(response.into());
        true
    }
}
