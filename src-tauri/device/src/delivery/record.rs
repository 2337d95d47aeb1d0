//! Storing a step: the item, its attempts, its audit entry and the alerts that it settles, in one transaction.

use seal::Tolerance;

use super::State;
use super::context::Context;
use crate::store::alert::{self, Outcome, Phase};
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::outbox::{self, Item};
use crate::{Error, clock};

/// A hold on an item lasts this long after its last step; then another sender may take it up.
pub(super) const LEASE_MS: i64 = 10 * 60 * 1000;

/// What is stored beside the item.
pub(super) struct Note {
    events: Vec<(&'static str, String)>,
    attempts: Vec<Attempt>,
    settled: Option<(Phase, String, Option<Outcome>)>,
    frees: bool,
}

impl Note {
    pub(super) fn none() -> Self {
        Self { events: Vec::new(), attempts: Vec::new(), settled: None, frees: false }
    }

    /// An audit entry by the device.
    pub(super) fn event(event: &'static str, detail: String) -> Self {
        Self { events: vec![(event, detail)], ..Self::none() }
    }

    /// A further entry for each change that the server made and the study allows, with where it was met.
    pub(super) fn tolerating(mut self, tolerated: &[Tolerance], target: &str) -> Self {
        let entry = |one: &Tolerance| ("comparison.tolerated", format!("{} {target}", one.name()));
        self.events.extend(tolerated.iter().map(entry));
        self
    }

    pub(super) fn with(mut self, attempts: Vec<Attempt>) -> Self {
        self.attempts = attempts;
        self
    }

    /// What came of the act that is pending on the open alerts of this phase.
    pub(super) fn settling(mut self, phase: Phase, result: &str, outcome: Option<Outcome>) -> Self {
        self.settled = Some((phase, result.to_owned(), outcome));
        self
    }

    /// Ends the hold on the item.
    pub(super) fn freeing(mut self) -> Self {
        self.frees = true;
        self
    }
}

/// Stores the step that `owner` took from the state `from`.
pub(super) async fn save(
    context: &Context,
    owner: &str,
    from: State,
    item: &Item,
    note: Note,
) -> Result<(), Error> {
    let now = (context.clock)();
    let (owner, item) = (owner.to_owned(), item.clone());
    context
        .write(move |tx| {
            outbox::save(tx, Some(&owner), from, &item)?;
            for attempt in &note.attempts {
                attempt::append(tx, attempt)?;
            }
            for (event, detail) in &note.events {
                let subject = format!("record/{}", item.id);
                let entry = NewEntry { actor: "device", role: "device", event, subject: &subject, detail };
                audit::append(tx, &entry, &now)?;
            }
            if let Some((phase, result, outcome)) = &note.settled {
                alert::settle(tx, &item.id, *phase, result, *outcome, &clock::text(&now))?;
            }
            if note.frees {
                outbox::free(tx, &owner, &item.id)
            } else {
                outbox::renew(tx, &owner, &item.id, now.timestamp().as_millisecond() + LEASE_MS)
            }
        })
        .await
}
