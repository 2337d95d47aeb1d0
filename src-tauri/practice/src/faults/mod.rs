//! The trainer's panel: how the server misbehaves in what it stores and answers. No client can see that a fault is
//! armed; it sees only what a faulty server would do.

mod alter;
mod answers;
mod kinds;
mod overlap;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fhir::Value;
use serde::Serialize;

pub(crate) use kinds::Asked;
pub use kinds::{Armed, Fault, On, Unreadable};
use overlap::Overlap;

/// How many requests and alterations are remembered.
const MOST_REMEMBERED: usize = 200;

/// The panel of one server. Clones are the same panel. Faults are kept in memory only: a new process is well-behaved.
#[derive(Clone, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
    overlap: Overlap,
}

#[derive(Default)]
struct State {
    armed: Vec<Armed>,
    alterations: VecDeque<Alteration>,
    requests: VecDeque<Request>,
}

/// What a fault has done to a stored resource. For tests and the trainer; a client never gets it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alteration {
    /// The fault's id.
    pub fault: &'static str,
    /// The resource's type.
    pub resource_type: String,
    /// The resource's id.
    pub id: String,
    /// FHIRPath of the element.
    pub path: String,
    /// The element's JSON as it was sent.
    pub before: Option<String>,
    /// The element's JSON as it is stored; `None` when it was dropped.
    pub after: Option<String>,
}

impl fmt::Debug for Alteration {
    /// Without the values, which are somebody's answers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alteration({} at {})", self.fault, self.path)
    }
}

/// A request that was answered, without values of its query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// When it came, RFC 3339, UTC.
    pub at: String,
    /// The HTTP method.
    pub method: String,
    /// The path, and the names of its query's parameters.
    pub path: String,
    /// The status answered; 0 when the connection was ended instead.
    pub status: u16,
}

/// A line of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The fault's id.
    pub id: &'static str,
    /// Whether requests are waiting for it.
    pub active: bool,
    /// How many requests it will still meet.
    pub remaining: u32,
}

impl Faults {
    /// Arms a fault, in place of an armed one with the same id. `times` 0 disarms it.
    pub fn set(&self, armed: Armed) {
        let mut state = self.state();
        state.armed.retain(|other| other.fault.id() != armed.fault.id());
        if armed.times > 0 {
            state.armed.push(armed);
        }
    }

    /// Disarms everything.
    pub fn clear(&self) {
        self.state().armed.clear();
    }

    /// What is armed, with the requests that are left in `times`.
    pub fn armed(&self) -> Vec<Armed> {
        self.state().armed.clone()
    }

    /// The faults that a trainer is offered, armed or not, and any other that is armed.
    pub fn panel(&self) -> Vec<Line> {
        let state = self.state();
        let offered = Fault::trainers();
        let others = state.armed.iter().map(|armed| &armed.fault);
        let others = others.filter(|fault| offered.iter().all(|other| other.id() != fault.id()));
        offered
            .iter()
            .chain(others)
            .map(|fault| {
                let armed = state.armed.iter().find(|armed| armed.fault.id() == fault.id());
                let remaining = armed.map_or(0, |armed| armed.times);
                Line { id: fault.id(), active: remaining > 0, remaining }
            })
            .collect()
    }

    /// What faults have done to stored resources, oldest first.
    pub fn alterations(&self) -> Vec<Alteration> {
        self.state().alterations.iter().cloned().collect()
    }

    /// The last 200 requests, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.iter().cloned().collect()
    }

    /// How many requests were being answered at the same time, at most, since [`Faults::count_overlap_anew`].
    pub fn overlap(&self) -> u32 {
        self.overlap.most()
    }

    /// Only those that are being answered now, or come later, count for [`Faults::overlap`].
    pub fn count_overlap_anew(&self) {
        self.overlap.count_anew();
    }

    /// A request is being answered until what this gives is dropped.
    pub(crate) fn answering(&self) -> overlap::Answering {
        self.overlap.answering()
    }

    /// Remembers a request.
    pub(crate) fn record(&self, request: Request) {
        remember(&mut self.state().requests, request);
    }

    /// The faults that this request meets on the way in or out; each counts down.
    pub(crate) fn meet(&self, resource_type: &str, asked: Asked, body: &[u8]) -> Vec<Fault> {
        let mut state = self.state();
        let mut met = Vec::new();
        for armed in &mut state.armed {
            let applies = armed.applies(resource_type, asked) && armed.is_about(body);
            if applies && !armed.fault.changes_what_is_stored() {
                armed.times -= 1;
                met.push(armed.fault.clone());
            }
        }
        state.armed.retain(|armed| armed.times > 0);
        met
    }

    /// Lets the faults that change what is stored change `resource`. A fault that finds nothing to change stays armed.
    /// `questionnaire` finds a Questionnaire by its canonical URL.
    pub fn alter(
        &self,
        resource_type: &str,
        resource: &mut Value,
        questionnaire: &dyn Fn(&str) -> Option<Value>,
    ) {
        let mut state = self.state();
        let id = resource.str("id").unwrap_or_default().to_owned();
        let mut done = Vec::new();
        for armed in &mut state.armed {
            if !armed.fault.changes_what_is_stored() || !armed.applies(resource_type, Asked::Write) {
                continue;
            }
            let seed = armed.seed.unwrap_or_else(random);
            let change = match &armed.fault {
                Fault::AlterAnswer => answers::alter(resource, armed.seed, questionnaire),
                Fault::DropAnswer => answers::drop(resource, armed.seed),
                Fault::ChangeDecimalText => answers::change_decimal_text(resource),
                Fault::AlterLeaf { path: Some(path) } => alter::leaf_at(resource, path),
                Fault::AlterLeaf { path: None } => alter::any_leaf(resource, seed),
                Fault::Reorder => alter::reorder(resource),
                _ => None,
            };
            let Some(change) = change else {
                tracing::warn!(fault = armed.fault.id(), "nothing to change in this resource");
                continue;
            };
            armed.times -= 1;
            done.push(Alteration {
                fault: armed.fault.id(),
                resource_type: resource_type.to_owned(),
                id: id.clone(),
                path: change.path,
                before: change.before.map(|value| value.to_json()),
                after: change.after.map(|value| value.to_json()),
            });
        }
        for alteration in done {
            remember(&mut state.alterations, alteration);
        }
        state.armed.retain(|armed| armed.times > 0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("armed", &self.state().armed).finish_non_exhaustive()
    }
}

/// One change to a resource.
struct Change {
    path: String,
    before: Option<Value>,
    after: Option<Value>,
}

fn remember<T>(queue: &mut VecDeque<T>, entry: T) {
    if queue.len() == MOST_REMEMBERED {
        queue.pop_front();
    }
    queue.push_back(entry);
}

fn random() -> u64 {
    // Without randomness from the system the first leaf is as good as another.
    getrandom::u64().unwrap_or_default()
}
