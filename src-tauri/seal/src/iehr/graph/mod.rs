//! Which resource of a Bundle must be signed, and what hangs on it.
//!
//! Every walk here is iterative and linear in the number of entries and references: a hostile Bundle costs no more than
//! its size.

mod cycle;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use fhir::Value;
use fhir::reference::{unversioned, versioned};

use crate::SealError;
use cycle::cyclic;

/// A Bundle with more entries is refused.
pub(crate) const MOST_ENTRIES: usize = 50_000;
/// A Bundle with more references is refused.
pub(crate) const MOST_REFERENCES: usize = 1_000_000;

/// The types that are signed for transmission.
pub(crate) const LISTED: [&str; 13] = [
    "AllergyIntolerance",
    "CarePlan",
    "Composition",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Immunization",
    "Media",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Procedure",
];

/// The resources of a Bundle and what they reference within it. A node is the index of an entry.
pub(crate) struct Graph<'b> {
    pub(crate) nodes: Vec<Node<'b>>,
    by_url: HashMap<&'b str, Vec<usize>>,
    by_id: HashMap<(&'b str, &'b str), Vec<usize>>,
    /// For each node the nodes that it references, itself left out, each once.
    edges: Vec<Vec<usize>>,
    parents: Vec<bool>,
    doubles: Vec<bool>,
}

/// One entry of the Bundle.
pub(crate) struct Node<'b> {
    pub(crate) full_url: Option<&'b str>,
    /// `Value::Null` for an entry without a resource.
    pub(crate) resource: &'b Value,
}

impl<'b> Graph<'b> {
    /// Reads a Bundle.
    pub(crate) fn new(bundle: &'b Value) -> Result<Self, SealError> {
        if bundle.resource_type() != Some("Bundle") {
            return Err(SealError::bundle("it is not a Bundle (resourceType)"));
        }
        let entries = bundle.list("entry");
        if entries.len() > MOST_ENTRIES {
            return Err(SealError::bundle(format!(
                "it has {} entries, and at most {MOST_ENTRIES} are read",
                entries.len()
            )));
        }
        let nodes = entries
            .iter()
            .map(|entry| Node {
                full_url: entry.str("fullUrl"),
                resource: entry.get("resource").unwrap_or(&Value::Null),
            })
            .collect();
        let mut graph = Self {
            nodes,
            by_url: HashMap::new(),
            by_id: HashMap::new(),
            edges: Vec::new(),
            parents: Vec::new(),
            doubles: Vec::new(),
        };
        graph.index();
        graph.connect()?;
        graph.find_parents();
        Ok(graph)
    }

    fn index(&mut self) {
        for (index, node) in self.nodes.iter().enumerate() {
            if let Some(url) = node.full_url {
                self.by_url.entry(url).or_default().push(index);
            }
            if let (Some(kind), Some(id)) = (node.resource.resource_type(), node.resource.str("id")) {
                self.by_id.entry((kind, id)).or_default().push(index);
            }
        }
        self.doubles = vec![false; self.nodes.len()];
        let unclear = |group: &&Vec<usize>| group.iter().any(|&one| self.nodes[one].base().is_none());
        let by_url = self.by_url.values().filter(|group| group.len() > 1);
        let by_id = self.by_id.values().filter(|group| group.len() > 1).filter(unclear);
        for &node in by_url.chain(by_id).flatten() {
            self.doubles[node] = true;
        }
    }

    fn connect(&mut self) -> Result<(), SealError> {
        let mut total = 0_usize;
        let mut edges = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let mut targets = Vec::new();
            for reference in references(node.resource) {
                // In whichever version: each is looked at.
                total += 1 + self.named(index, unversioned(reference)).len();
                if total > MOST_REFERENCES {
                    return Err(SealError::bundle(format!(
                        "it has more than {MOST_REFERENCES} references, which are not followed"
                    )));
                }
                // A Provenance speaks about others; it is nobody's parent, and what it names is not its child.
                if !node.is_provenance() {
                    targets.extend(
                        self.resolve(index, reference)
                            .into_iter()
                            .filter(|&to| to != index && !self.nodes[to].is_provenance()),
                    );
                }
            }
            targets.sort_unstable();
            targets.dedup();
            edges.push(targets);
        }
        self.edges = edges;
        Ok(())
    }

    /// A parent is a listed resource that no other listed one references; in a cycle of listed ones each is.
    fn find_parents(&mut self) {
        let listed: Vec<bool> = self.nodes.iter().map(Node::is_listed).collect();
        let mut referenced = vec![false; self.nodes.len()];
        for (from, targets) in self.edges.iter().enumerate().filter(|&(from, _)| listed[from]) {
            for &to in targets.iter().filter(|&&to| to != from) {
                referenced[to] = true;
            }
        }
        let cyclic = cyclic(&self.edges, &listed);
        self.parents =
            (0..self.nodes.len()).map(|node| listed[node] && (!referenced[node] || cyclic[node])).collect();
    }

    /// The entries that `reference`, standing in the entry `from`, means (FHIR R4, section 2.36.4.1).
    ///
    /// A relative reference is first read against the base of the entry's own fullUrl. Senders in the field write
    /// relative references without any fullUrl too, so type and id alone are tried after that; several entries may then
    /// be meant.
    pub(crate) fn resolve(&self, from: usize, reference: &str) -> Vec<usize> {
        let version = versioned(reference).map(|(_, version)| version);
        let same_version = |&to: &usize| {
            let own = self.nodes[to].resource.get("meta").and_then(|meta| meta.str("versionId"));
            version.is_none() || own.is_none() || own == version
        };
        self.named(from, unversioned(reference)).iter().copied().filter(same_version).collect()
    }

    /// The same in any version.
    fn named<'s>(&'s self, from: usize, unversioned: &'s str) -> &'s [usize] {
        if unversioned.is_empty() || unversioned.starts_with('#') {
            return &[];
        }
        let at_url = |url: &str| self.by_url.get(url).map(Vec::as_slice).unwrap_or_default();
        let mut found: &[usize] = at_url(unversioned);
        if !is_absolute(unversioned) {
            if let Some(base) = self.nodes.get(from).and_then(Node::base) {
                found = at_url(&format!("{base}{unversioned}"));
            }
            if found.is_empty()
                && let Some(key) = unversioned.split_once('/')
            {
                found = self.by_id.get(&key).map(Vec::as_slice).unwrap_or_default();
            }
        }
        found
    }

    pub(crate) fn is_parent(&self, node: usize) -> bool {
        self.parents[node]
    }

    /// The parents, in the order of the Bundle.
    pub(crate) fn parents(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(|&node| self.parents[node])
    }

    /// Which nodes the references in these resources name: one node each, with the type and the id that the reference
    /// says. Another entry may have been given its fullUrl.
    pub(crate) fn named_by(&self, resources: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut named = vec![false; self.nodes.len()];
        for from in resources {
            for reference in references(self.nodes[from].resource) {
                if let [to] = self.resolve(from, reference)[..]
                    && self.nodes[to].is_called(unversioned(reference))
                {
                    named[to] = true;
                }
            }
        }
        named
    }

    /// For each node the first of `roots` from which it can be reached: itself for a root, `None` beyond them all.
    pub(crate) fn reached_from(&self, roots: impl IntoIterator<Item = usize>) -> Vec<Option<usize>> {
        let mut reached = vec![None; self.nodes.len()];
        let mut queue: Vec<usize> = Vec::new();
        for root in roots {
            reached[root] = Some(root);
            queue.push(root);
        }
        let mut next = 0;
        while let Some(&from) = queue.get(next) {
            next += 1;
            for &to in &self.edges[from] {
                if reached[to].is_none() {
                    reached[to] = reached[from];
                    queue.push(to);
                }
            }
        }
        reached
    }

    /// What the Provenance `node` is about, within the Bundle; nothing for any other resource.
    pub(crate) fn targets(&self, node: usize) -> Vec<usize> {
        let resource = self.nodes[node].resource;
        if !self.nodes[node].is_provenance() {
            return Vec::new();
        }
        let references = resource.list("target").iter().filter_map(|target| target.str("reference"));
        references.flat_map(|reference| self.resolve(node, reference)).collect()
    }

    /// The same, whichever version of it the Provenance names.
    pub(crate) fn targets_in_any_version(&self, node: usize) -> Vec<usize> {
        let references = self.nodes[node].resource.list("target").iter();
        let references = references.filter_map(|target| target.str("reference"));
        references.flat_map(|reference| self.resolve(node, unversioned(reference))).collect()
    }

    /// How a node is called in reports: `Type/id`, or its fullUrl, or its place.
    pub(crate) fn name(&self, node: usize) -> String {
        let Node { full_url, resource } = &self.nodes[node];
        match (resource.resource_type(), resource.str("id"), full_url) {
            (Some(kind), Some(id), _) => format!("{kind}/{id}"),
            (_, _, Some(url)) => (*url).to_owned(),
            _ => format!("Bundle.entry[{node}]"),
        }
    }

    /// Another entry has the same fullUrl, or the same type and id where one of them has no server's fullUrl: which one
    /// a reference means would be a reader's choice.
    pub(crate) fn has_double(&self, node: usize) -> bool {
        self.doubles[node]
    }
}

impl<'b> Node<'b> {
    pub(crate) fn is_listed(&self) -> bool {
        self.resource.resource_type().is_some_and(|kind| LISTED.contains(&kind))
    }

    pub(crate) fn is_provenance(&self) -> bool {
        self.resource.resource_type() == Some("Provenance")
    }

    /// Whether type and id are those at the end of `unversioned`; anything fits what says no type, such as a urn.
    fn is_called(&self, unversioned: &str) -> bool {
        let mut parts = unversioned.rsplit('/');
        match (parts.next(), parts.next()) {
            (Some(id), Some(kind)) if kind.starts_with(|first: char| first.is_ascii_uppercase()) => {
                self.resource.resource_type() == Some(kind)
                    && self.resource.str("id").is_none_or(|own| own == id)
            }
            _ => true,
        }
    }

    /// The server's base with its slash, where the fullUrl is that of this resource on a server.
    pub(crate) fn base(&self) -> Option<&'b str> {
        let (kind, id) = (self.resource.resource_type()?, self.resource.str("id")?);
        let base = self.full_url?.strip_suffix(id)?.strip_suffix('/')?.strip_suffix(kind)?;
        (is_absolute(base) && base.ends_with('/')).then_some(base)
    }
}

fn is_absolute(reference: &str) -> bool {
    reference.contains("://") || reference.starts_with("urn:")
}

/// Every literal reference in a resource, its contained resources and extensions included.
pub(crate) fn references(resource: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut stack = vec![resource];
    while let Some(value) = stack.pop() {
        match value {
            Value::Array(elements) => stack.extend(elements),
            Value::Object(members) => {
                for (name, member) in members.iter() {
                    match member {
                        Value::String(reference) if name == "reference" => found.push(reference.as_str()),
                        Value::Array(_) | Value::Object(_) => stack.push(member),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}
