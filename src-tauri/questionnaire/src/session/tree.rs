//! The instance tree: for every item the places where it is filled in, and for every repeating item its instances.
//!
//! A node is an item in one instance. All nodes of an instance lie together in the order of the form's scope, so that a
//! node is found without searching: the first node of its instance, plus its item's slot. The root is instance 0, and
//! the node of an item that repeats nowhere has the item's own slot.

use std::sync::Arc;

use super::{derive::Derived, populate::Element};
use crate::{
    Answer,
    form::{Form, Item, Kind},
};

/// A session holds at most this many nodes, whatever is added.
pub(crate) const MAX_NODES: usize = 200_000;
/// A repeating group has at most this many instances.
pub(crate) const MAX_INSTANCES: u32 = 1_000;

/// An item in one instance.
#[derive(Clone, PartialEq)]
pub(super) struct Node {
    pub(super) item: usize,
    pub(super) instance: usize,
    /// It and all around it are enabled.
    pub(super) enabled: bool,
    /// Its `enableWhenExpression` has no result, so that it is not enabled.
    pub(super) undecided: bool,
    /// Left out on purpose.
    pub(super) skipped: bool,
    /// Kept when the item is no longer shown.
    pub(super) answers: Vec<Answer>,
    /// The instances of a repeating group; for a repeating question with items under its answers, one for each answer.
    pub(super) inner: Vec<usize>,
    /// What its expressions gave.
    pub(super) derived: Option<Box<Derived>>,
}

impl Node {
    /// As it begins.
    fn new(form: &Form, item: usize, instance: usize) -> Self {
        Self {
            item,
            instance,
            enabled: false,
            undecided: false,
            skipped: false,
            answers: form.items[item].initial.clone(),
            inner: Vec::new(),
            derived: None,
        }
    }
}

/// The root, one instance of a repeating group, or what stands under one answer. Its number is never used again.
#[derive(Clone, PartialEq)]
pub(super) struct Instance {
    /// Of the form's scopes.
    pub(super) scope: usize,
    /// The node of the repeating item.
    pub(super) owner: Option<usize>,
    pub(super) first: usize,
    pub(super) alive: bool,
    /// What it began with; see [`super::populate`].
    pub(super) element: Option<Arc<Element>>,
}

#[derive(Clone, PartialEq, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) instances: Vec<Instance>,
    /// For each scope its instances, in the order in which they began.
    of_scope: Vec<Vec<usize>>,
}

impl Tree {
    /// The tree with which a session starts.
    pub(super) fn new(form: &Form) -> Self {
        let mut tree = Self { of_scope: vec![Vec::new(); form.scopes.len()], ..Self::default() };
        tree.open(form, 0, None);
        tree
    }

    /// Begins an instance, with the instances that it starts with inside. Recursion is bounded by
    /// [`crate::MAX_ITEM_DEPTH`].
    pub(super) fn open(&mut self, form: &Form, scope: usize, owner: Option<usize>) -> usize {
        let (instance, first) = (self.instances.len(), self.nodes.len());
        self.instances.push(Instance { scope, owner, first, alive: true, element: None });
        self.of_scope[scope].push(instance);
        let items = &form.scopes[scope].items;
        self.nodes.extend(items.iter().map(|&item| Node::new(form, item, instance)));
        for node in first..first + items.len() {
            self.open_inside(form, node);
        }
        instance
    }

    /// Begins the instances that a node starts with.
    fn open_inside(&mut self, form: &Form, node: usize) {
        let item = &form.items[self.nodes[node].item];
        let Some(inner) = item.inner else { return };
        let count = if item.is_repeating_group() { starting_instances(item) } else { item.initial.len() };
        for _ in 0..count {
            if self.nodes.len() >= MAX_NODES {
                return;
            }
            let opened = self.open(form, inner, Some(node));
            self.nodes[node].inner.push(opened);
        }
    }

    /// Makes the tree that of a form which begins with the same items in document order, but has others after them or lacks
    /// the last. Their scopes are numbered the same, and begin with the same items.
    /// What is in both stays; the nodes of what is new come back, and of what had nothing inside.
    pub(super) fn refit(&mut self, form: &Form) -> Vec<usize> {
        let old = std::mem::take(&mut self.nodes);
        let mut moved: Vec<Option<usize>> = vec![None; old.len()];
        let scopes = self.of_scope.len();
        self.of_scope.resize(form.scopes.len(), Vec::new());
        let mut began = Vec::new();
        for (number, instance) in self.instances.iter_mut().enumerate() {
            let before = instance.first;
            instance.first = self.nodes.len();
            instance.alive &= instance.scope < form.scopes.len();
            if !instance.alive {
                continue;
            }
            let items = &form.scopes[instance.scope].items;
            for (slot, &item) in items.iter().enumerate() {
                let kept = old.get(before + slot).filter(|node| node.instance == number && node.item == item);
                if let Some(node) = kept {
                    moved[before + slot] = Some(self.nodes.len());
                    let mut node = Node { derived: None, ..node.clone() };
                    match form.items[item].inner {
                        // Nothing stands inside any more.
                        None => node.inner.clear(),
                        // Nothing stood inside.
                        Some(inner) if inner >= scopes => began.push(self.nodes.len()),
                        Some(_) => {}
                    }
                    self.nodes.push(node);
                } else {
                    began.push(self.nodes.len());
                    self.nodes.push(Node::new(form, item, number));
                }
            }
        }
        for instance in &mut self.instances {
            instance.owner = instance.owner.and_then(|owner| moved.get(owner).copied().flatten());
        }
        let end = self.nodes.len();
        for node in began.clone() {
            self.open_inside(form, node);
        }
        began.extend(end..self.nodes.len());
        began
    }

    /// Ends an instance and all inside it. Their nodes stay where they are, and are never shown again.
    pub(super) fn close(&mut self, form: &Form, instance: usize) {
        let Instance { scope, first, .. } = self.instances[instance];
        self.instances[instance].alive = false;
        self.instances[instance].element = None;
        self.of_scope[scope].retain(|&known| known != instance);
        for node in first..first + form.scopes[scope].items.len() {
            self.nodes[node].enabled = false;
            self.nodes[node].undecided = false;
            for inner in std::mem::take(&mut self.nodes[node].inner) {
                self.close(form, inner);
            }
        }
    }

    /// Whether what stands under so many answers of a node is not too much: a session holds at most [`MAX_NODES`].
    pub(super) fn has_room(&self, form: &Form, node: usize, answers: usize) -> bool {
        let Some(scope) = form.items[self.nodes[node].item].inner else { return true };
        let more = answers.saturating_sub(self.nodes[node].inner.len());
        let nodes = more.saturating_mul(form.scopes[scope].items.len());
        more == 0 || self.nodes.len().saturating_add(nodes) <= MAX_NODES
    }

    /// Gives a repeating question its answers: what stands under an answer stays with it as long as it is given, or is
    /// changed in its place. Whether instances began or ended by it.
    pub(super) fn keep_under_answers(&mut self, form: &Form, node: usize, answers: &[Answer]) -> bool {
        let Some(scope) = form.items[self.nodes[node].item].inner else { return false };
        let previous = self.nodes[node].answers.clone();
        let mut free: Vec<Option<usize>> = self.nodes[node].inner.iter().copied().map(Some).collect();
        let mut inner: Vec<Option<usize>> = answers
            .iter()
            .map(|answer| {
                let same = (0..free.len()).find(|&at| free[at].is_some() && previous.get(at) == Some(answer));
                same.and_then(|at| free[at].take())
            })
            .collect();
        if inner.len() == free.len() {
            for (kept, free) in inner.iter_mut().zip(&mut free) {
                if kept.is_none() {
                    *kept = free.take();
                }
            }
        }
        let ended: Vec<usize> = free.into_iter().flatten().collect();
        let began = inner.iter().any(Option::is_none);
        for &instance in &ended {
            self.close(form, instance);
        }
        let inner = inner
            .into_iter()
            .map(|kept| kept.unwrap_or_else(|| self.open(form, scope, Some(node))))
            .collect();
        let moved = self.nodes[node].inner != inner;
        self.nodes[node].inner = inner;
        began || moved || !ended.is_empty()
    }

    /// The nodes of an item, in the order in which they began.
    pub(super) fn of_item<'t>(&'t self, form: &'t Form, item: usize) -> impl Iterator<Item = usize> + 't {
        let Item { scope, slot, .. } = &form.items[item];
        self.of_scope[*scope].iter().map(move |&instance| self.instances[instance].first + slot)
    }

    /// The node of `item` that `instance` stands in, when it is the same for everything there.
    pub(super) fn around(&self, form: &Form, mut instance: usize, item: usize) -> Option<usize> {
        loop {
            let here = &self.instances[instance];
            if here.scope == form.items[item].scope {
                return Some(here.first + form.items[item].slot);
            }
            instance = self.nodes[here.owner?].instance;
        }
    }

    /// Whether a node stands in this instance, or in one inside it.
    pub(super) fn is_within(&self, node: usize, instance: usize) -> bool {
        let of = |node: usize| self.nodes[node].instance;
        let around = std::iter::successors(Some(of(node)), |&inner| self.instances[inner].owner.map(of));
        around.into_iter().any(|around| around == instance)
    }

    /// The node around a node.
    pub(super) fn parent(&self, form: &Form, node: usize) -> Option<usize> {
        let here = &self.nodes[node];
        let parent = form.items[here.item].parent?;
        let instance = &self.instances[here.instance];
        if form.items[parent].scope == instance.scope {
            Some(instance.first + form.items[parent].slot)
        } else {
            instance.owner
        }
    }

    /// The nodes directly inside a node that stand beside its instances or answers: all of them when it does not
    /// repeat, else only its help.
    pub(super) fn beside<'t>(&'t self, form: &'t Form, node: usize) -> impl Iterator<Item = usize> + 't {
        let here = &self.nodes[node];
        let instance = &self.instances[here.instance];
        form.children(Some(here.item))
            .filter(move |&child| form.items[child].scope == instance.scope)
            .map(move |child| instance.first + form.items[child].slot)
    }

    /// The nodes directly inside one instance or answer of `node`.
    pub(super) fn inside<'t>(
        &'t self,
        form: &'t Form,
        node: usize,
        instance: usize,
    ) -> impl Iterator<Item = usize> + 't {
        let instance = &self.instances[instance];
        form.children(Some(self.nodes[node].item))
            .filter(move |&child| form.items[child].scope == instance.scope)
            .map(move |child| instance.first + form.items[child].slot)
    }

    /// What answers and moves name a node by: its linkId, and the number of its instance where there can be several.
    pub(super) fn key(&self, form: &Form, node: usize) -> String {
        let here = &self.nodes[node];
        let link_id = &form.items[here.item].link_id;
        if here.instance == 0 {
            return link_id.clone();
        }
        let (open, close) = ("[".repeat(form.brackets), "]".repeat(form.brackets));
        format!("{link_id}{open}{}{close}", here.instance)
    }

    /// The node of a key, as long as its instance has not ended.
    pub(super) fn find(&self, form: &Form, key: &str) -> Option<usize> {
        let (item, instance) = named(form, key)?;
        self.at(form, item, instance)
    }

    /// The node of an item in an instance that has not ended.
    pub(super) fn at(&self, form: &Form, item: usize, instance: usize) -> Option<usize> {
        let item = form.items.get(item)?;
        let instance = self.instances.get(instance)?;
        (instance.alive && instance.scope == item.scope).then_some(instance.first + item.slot)
    }

    /// Whether the node is in an instance that has not ended.
    pub(super) fn is_alive(&self, node: usize) -> bool {
        self.instances[self.nodes[node].instance].alive
    }
}

/// The item that a key names, and the number of its instance.
pub(super) fn named(form: &Form, key: &str) -> Option<(usize, usize)> {
    let (link_id, instance) = match key.strip_suffix(&*"]".repeat(form.brackets)) {
        None => (key, 0),
        Some(rest) => {
            let (link_id, number) = rest.rsplit_once(&*"[".repeat(form.brackets))?;
            // A number has one writing, so that a key is always the same.
            let instance =
                number.parse::<usize>().ok().filter(|known| *known > 0 && known.to_string() == number)?;
            (link_id, instance)
        }
    };
    Some((*form.by_key.get(link_id)?, instance))
}

/// A repeating group is asked once at least, and as often as it must be answered.
pub(crate) fn starting_instances(item: &Item) -> usize {
    debug_assert!(matches!(item.kind, Kind::Group));
    item.occurs.min.clamp(1, MAX_INSTANCES) as usize
}
