//! Storing a step: the item, its attempts, its audit entry and the alerts that it settles, in one transaction.

use jiff::Zoned;
use rusqlite::Transaction;
use seal::Tolerance;

use super::context::Context;
use super::{State, failpoint};
use crate::store::Begun;
use crate::store::alert::{self, Outcome, Phase};
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::outbox::{self, By, Item};
use crate::store::second_look;
use crate::{Error, clock};

/// A hold on an item lasts this long after its last step; then another sender may take it up.
pub(super) const LEASE_MS: i64 = 10 * 60 * 1000;

/// What is stored beside the item.
pub(super) struct Note {
    events: Vec<(&'static str, String)>,
    attempts: Vec<Attempt>,
    settled: Option<(Phase, String, Option<Outcome>)>,
    looks_again: Option<(i64, bool)>,
    frees: bool,
}

impl Note {
    pub(super) fn none() -> Self {
        Self { events: Vec::new(), attempts: Vec::new(), settled: None, looks_again: None, frees: false }
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

    /// The server is looked at once more, not before this (milliseconds since 1970); with `searches`, for a second one too.
    pub(super) fn looking_again(mut self, at_ms: i64, searches: bool) -> Self {
        self.looks_again = Some((at_ms, searches));
        self
    }

    /// Ends the hold on the item.
    pub(super) fn freeing(mut self) -> Self {
        self.frees = true;
        self
    }
}

/// The steps of one journey. Each is a change of its own in the store; those that follow from each other without a word to
/// the server may share a commit. Whoever says or sends anything settles first.
pub(super) struct Steps<'c> {
    context: &'c Context,
    owner: Option<String>,
    begun: Vec<(Begun<()>, &'static str)>,
}

impl<'c> Steps<'c> {
    /// Of the journey for which `owner` holds the item.
    pub(super) fn new(context: &'c Context, owner: String) -> Self {
        Self { context, owner: Some(owner), begun: Vec::new() }
    }

    /// About an item that is proven: nobody holds it.
    pub(super) fn of_proven(context: &'c Context) -> Self {
        Self { context, owner: None, begun: Vec::new() }
    }

    /// Who holds the item; `None` of one that is proven.
    pub(super) fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Gives the step from the state `from` to the store; the failpoint `name` is met once it is on the disk.
    pub(super) async fn take(
        &mut self,
        from: State,
        item: &Item,
        note: Note,
        name: &'static str,
    ) -> Result<(), Error> {
        let now = (self.context.clock)();
        let (owner, item) = (self.owner.clone(), item.clone());
        let begun = self.context.store.begin(move |tx| store(tx, owner.as_deref(), from, &item, &note, &now));
        self.begun.push((begun, name));
        if failpoint::is_set() { self.settle().await } else { Ok(()) }
    }

    /// Waits until every step so far is on the disk.
    pub(super) async fn settle(&mut self) -> Result<(), Error> {
        for (begun, name) in self.begun.drain(..) {
            begun.done().await?;
            failpoint::hit(name);
        }
        Ok(())
    }
}

fn store(
    tx: &Transaction<'_>,
    owner: Option<&str>,
    from: State,
    item: &Item,
    note: &Note,
    now: &Zoned,
) -> Result<(), Error> {
    let until_ms = (!note.frees).then(|| now.timestamp().as_millisecond() + LEASE_MS);
    outbox::save(tx, By::device(owner, until_ms), from, item)?;
    for attempt in &note.attempts {
        attempt::append(tx, attempt)?;
    }
    for (event, detail) in &note.events {
        let subject = format!("record/{}", item.id);
        let entry = NewEntry { actor: "device", role: "device", event, subject: &subject, detail };
        audit::append(tx, &entry, now)?;
    }
    if let Some((at_ms, searches)) = note.looks_again {
        second_look::want(tx, &item.id, at_ms, searches)?;
    }
    if let Some((phase, result, outcome)) = &note.settled {
        alert::settle(tx, &item.id, *phase, result, *outcome, &clock::text(now))?;
    }
    Ok(())
}
