//! The running worker as the rest of the program has it: waking, asking how delivery stands, ending.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::State;
use super::act::{self, Decision};
use super::bare::{ENOUGH, NOT_FHIR};
use super::context::Context;
use super::mind::{Pause, Shared};
use crate::Error;
use crate::store::{notice, outbox, posting};

/// How delivery stands, to all servers, and with the study's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSnapshot {
    /// Items in each state, whichever server they go to; states without items are left out.
    pub counts: BTreeMap<State, u32>,
    /// Reports of alerts that the study's own server has refused for good, or without a word of FHIR again and again.
    pub untaken_reports: u32,
    /// Notices that nobody has confirmed yet.
    pub notices: u32,
    /// How it stands with the study's own server.
    pub own: Standing,
}

/// How delivery stands with one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// When the server last answered anything.
    pub last_contact: Option<Timestamp>,
    /// The server's clock minus ours, in seconds.
    pub clock_difference: Option<i64>,
    /// Whether the last request did not reach the server.
    pub offline: bool,
    /// Whether the address refuses what is sent without a word of FHIR.
    pub not_fhir: bool,
    /// Until when nothing is sent because the server asked for time.
    pub rest_until: Option<Timestamp>,
    /// Why nothing is sent.
    pub paused: Option<Pause>,
    /// The short name of the store's last refusal, such as `disk-full`.
    pub problem: Option<&'static str>,
}

impl StatusSnapshot {
    /// Items that the worker still has something to do with.
    pub fn active(&self) -> u32 {
        self.counts.iter().filter(|(state, _)| state.is_active()).map(|(_, count)| count).sum()
    }

    /// All items.
    pub fn total(&self) -> u32 {
        self.counts.values().sum()
    }
}

/// The running worker. Dropping it lets the worker run on; [`WorkerHandle::stop`] ends it.
pub struct WorkerHandle {
    pub(super) context: Arc<Context>,
    pub(super) shared: Arc<Shared>,
    pub(super) runtime: Handle,
    pub(super) task: Mutex<Option<JoinHandle<()>>>,
    /// Those of the further servers.
    pub(super) elsewhere: Vec<WorkerHandle>,
}

impl std::fmt::Debug for WorkerHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkerHandle").finish_non_exhaustive()
    }
}

impl WorkerHandle {
    /// Says that something new is in the outbox.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
        self.elsewhere.iter().for_each(Self::wake);
    }

    /// What to call when the network has changed: it returns at once, and whatever waits for a server that was away is
    /// tried.
    pub fn on_network_change(&self) -> impl Fn() + Send + Sync + 'static {
        let all: Vec<_> =
            std::iter::once(self).chain(&self.elsewhere).map(|one| Arc::clone(&one.shared)).collect();
        move || all.iter().for_each(|shared| shared.network.notify_one())
    }

    /// Tries everything that waits at once, and reports that were refused for good, and ends a pause. Blocks for the store.
    ///
    /// # Errors
    /// Those of the store.
    pub fn send_now(&self) -> Result<(), Error> {
        let endpoint = self.context.endpoint().map(str::to_owned);
        self.context.store.write(move |tx| {
            outbox::make_due(tx, endpoint.as_deref(), &[])?;
            posting::make_due(tx)?;
            posting::retry_refused_reports(tx)?;
            crate::store::evidence::make_due(tx)
        })?;
        self.context.contact.end_rest();
        self.shared.mind(|mind| {
            mind.paused = None;
            mind.forget_absence();
        });
        self.shared.evidence.notify_one();
        self.shared.wake.notify_one();
        self.elsewhere.iter().try_for_each(Self::send_now)
    }

    /// How delivery to the further servers stands, each with its address.
    pub fn elsewhere(&self) -> Vec<(String, Standing)> {
        self.elsewhere.iter().map(|one| (one.server().to_owned(), one.standing())).collect()
    }

    /// How delivery stands. Blocks for the store.
    ///
    /// # Errors
    /// Those of the store.
    pub fn status(&self) -> Result<StatusSnapshot, Error> {
        let (counts, untaken_reports, notices) = self.context.store.read(|connection| {
            let often = u32::try_from(ENOUGH).unwrap_or(u32::MAX);
            let untaken = posting::untaken_reports(connection, NOT_FHIR, often)?;
            Ok((outbox::counts(connection)?, untaken, notice::unconfirmed(connection)?))
        })?;
        let counts = counts.into_iter().collect();
        Ok(StatusSnapshot { counts, untaken_reports, notices, own: self.standing() })
    }

    /// How delivery stands with the study's own server.
    pub fn standing(&self) -> Standing {
        let seen = self.context.contact.seen();
        let (paused, problem) = self.shared.mind(|mind| (mind.paused, mind.problem));
        let rest_until = seen.rests_until(self.context.now_ms());
        Standing {
            rest_until: rest_until.and_then(|until| Timestamp::from_millisecond(until).ok()),
            last_contact: seen.at,
            clock_difference: seen.clock_difference,
            offline: seen.offline,
            not_fhir: self.context.contact.refusals.refuses(),
            paused,
            problem,
        }
    }

    /// Carries out a person's decision about an alert, and wakes the worker. Blocks for the store.
    ///
    /// # Errors
    /// [`Error::ReasonMissing`]; [`Error::StaleRevision`] when the alert has changed since it was looked at;
    /// [`Error::WrongState`] when it is closed, or an earlier act is still being carried out.
    pub fn act(&self, decision: Decision) -> Result<(), Error> {
        act::act(&self.context.store, decision, &self.context.device, (self.context.clock)())?;
        self.wake();
        Ok(())
    }

    /// The server's base address.
    pub fn server(&self) -> &str {
        self.context.client.base_url()
    }

    /// Ends the worker once the requests in flight are answered. Must not be called on the runtime's own threads.
    pub fn stop(&self) {
        self.shared.mind(|mind| mind.stopping = true);
        self.shared.stop.notify_one();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            // The worker does not panic, and a runtime that is gone has ended it already.
            let _ = self.runtime.block_on(task);
        }
        self.elsewhere.iter().for_each(Self::stop);
    }
}
