//! The worker: takes due items, several at a time and one request in flight for each, until there is nothing to do; then
//! it sleeps until something is due or somebody wakes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use super::act::{self, Decision};
use super::context::Context;
use super::machine::{self, Next};
use super::record::LEASE_MS;
use super::{State, document, evidence};
use crate::Error;
use crate::store::{outbox, posting};

/// Items in flight at once.
const IN_FLIGHT: u32 = 8;
/// A paused queue tries again by itself after this time.
const PAUSE_MS: i64 = 15 * 60 * 1000;
/// The longest sleep: a clock that was set is noticed within it.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// Rest after the store refused a step, so that a full disk is not asked without end.
const STORE_REST: Duration = Duration::from_secs(5);

/// What is over once the server has answered again.
const AWAY: [&str; 14] = [
    "refused",
    "unreachable",
    "timeout",
    "proxy",
    "redirected",
    "web-page",
    "tls",
    "tls-other-host",
    "tls-expired",
    "tls-not-yet-valid",
    "tls-revoked",
    "tls-untrusted",
    "tls-our-certificate",
    "tls-our-key",
];

/// Why nothing is sent although items wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Pause {
    /// The server answered 401 or 403.
    Unauthorised,
    /// The device's certificate has ended: what it would sign now would not verify.
    CertificateExpired,
    /// The device's clock is before the start of its certificate.
    CertificateNotYetValid,
}

/// How delivery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSnapshot {
    /// Items in each state; states without items are left out.
    pub counts: BTreeMap<State, u32>,
    /// When the server last answered anything.
    pub last_contact: Option<Timestamp>,
    /// The server's clock minus ours, in seconds.
    pub clock_difference: Option<i64>,
    /// Whether the last request did not reach the server.
    pub offline: bool,
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

#[derive(Default)]
struct Shared {
    state: Mutex<Mind>,
    wake: Notify,
    stop: Notify,
    /// Something was proven, or is wanted at once.
    evidence: Notify,
}

#[derive(Default)]
struct Mind {
    paused: Option<Pause>,
    paused_until_ms: i64,
    problem: Option<&'static str>,
    stopping: bool,
}

impl Shared {
    fn mind<T>(&self, work: impl FnOnce(&mut Mind) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The one sender of this device.
pub struct Worker {
    context: Arc<Context>,
    shared: Arc<Shared>,
}

impl Worker {
    /// Starts the worker on `runtime`. There must be no other for the same store, which the lock on the data folder
    /// guarantees; so items that a killed process held are taken up at once.
    pub fn start(context: Arc<Context>, runtime: &Handle) -> WorkerHandle {
        let shared = Arc::new(Shared::default());
        let worker = Self { context: Arc::clone(&context), shared: Arc::clone(&shared) };
        let task = runtime.spawn(worker.run());
        WorkerHandle { context, shared, runtime: runtime.clone(), task: Mutex::new(Some(task)) }
    }

    async fn run(self) {
        if let Err(error) = self.context.write(outbox::free_all).await {
            self.trouble(&error);
        }
        let asking = tokio::spawn(first_contact(Arc::clone(&self.context), Arc::clone(&self.shared)));
        // On its own: nothing that is delivered ever waits for it.
        let tending = tokio::spawn(tend(Arc::clone(&self.context), Arc::clone(&self.shared)));
        let mut running = JoinSet::new();
        let mut reporting = false;
        while !self.shared.mind(|mind| mind.stopping) {
            let sleep = match self.dispatch(&mut running, &mut reporting).await {
                Ok(sleep) => sleep,
                Err(error) => {
                    self.trouble(&error);
                    STORE_REST
                }
            };
            tokio::select! {
                () = self.shared.wake.notified() => {}
                () = self.shared.stop.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                Some(ended) = running.join_next(), if !running.is_empty() => {
                    let report = self.ended(ended).await;
                    reporting &= !report;
                }
            }
        }
        asking.abort();
        tending.abort();
        // Requests in flight are let finish: their answers are stored.
        while let Some(ended) = running.join_next().await {
            self.ended(ended).await;
        }
    }

    /// Starts what is due; how long to sleep when nothing wakes the worker.
    async fn dispatch(&self, running: &mut JoinSet<Ended>, reporting: &mut bool) -> Result<Duration, Error> {
        let now = self.context.now_ms();
        self.mind_certificate(now);
        if let Some(until) = self.shared.mind(|mind| mind.paused.map(|_| mind.paused_until_ms)) {
            if until > now {
                return Ok(until_due(until, now));
            }
            self.shared.mind(|mind| mind.paused = None);
        }
        if self.context.contact.take_came_back() {
            self.context.write(|tx| outbox::make_due(tx, &AWAY)).await?;
        }
        let (items_due, reports_due) = self
            .context
            .read(|connection| Ok((outbox::next_due(connection)?, posting::next_due(connection)?)))
            .await?;
        if reports_due.is_some_and(|due| due <= now) && !*reporting {
            let due = self.context.read(move |connection| posting::due_reports(connection, now)).await?;
            *reporting = true;
            running.spawn(reports(Arc::clone(&self.context), due));
        }
        let free = IN_FLIGHT.saturating_sub(u32::try_from(running.len()).unwrap_or(u32::MAX));
        if items_due.is_some_and(|due| due <= now || due > now + outbox::LONGEST_WAIT_MS) && free > 0 {
            // Each claim has a name of its own: a journey that has ended must not end the hold of the one after it.
            let owner = uuid::Uuid::new_v4().to_string();
            let holder = owner.clone();
            let claimed =
                self.context.write(move |tx| outbox::claim(tx, &holder, now, now + LEASE_MS, free)).await?;
            for item in claimed {
                running.spawn(deliver(Arc::clone(&self.context), owner.clone(), item));
            }
        }
        let next = if *reporting { None } else { reports_due };
        let soonest = items_due.into_iter().chain(next).filter(|due| *due > now).min();
        Ok(soonest.map_or(LONGEST_SLEEP, |due| until_due(due, now)))
    }

    /// A certificate that is not valid now must not sign: delivery holds, flagged, and capture decides for itself.
    fn mind_certificate(&self, now: i64) {
        let chain = self.context.signer.chain();
        let pause = if now > chain.not_after().as_millisecond() {
            Some(Pause::CertificateExpired)
        } else if now < chain.not_before().as_millisecond() {
            Some(Pause::CertificateNotYetValid)
        } else {
            None
        };
        self.shared.mind(|mind| match (pause, mind.paused) {
            (Some(pause), _) => {
                mind.paused = Some(pause);
                mind.paused_until_ms = now + PAUSE_MS;
            }
            (None, Some(Pause::CertificateExpired | Pause::CertificateNotYetValid)) => mind.paused = None,
            (None, _) => {}
        });
    }

    /// What follows from a task that has ended; whether it was the one that sends reports.
    async fn ended(&self, ended: Result<Ended, tokio::task::JoinError>) -> bool {
        let Ok(ended) = ended else {
            self.shared.mind(|mind| mind.problem = Some("internal"));
            return false;
        };
        match ended.result {
            Ok(false) => self.shared.mind(|mind| mind.problem = None),
            Ok(true) => {
                let until = self.context.now_ms() + PAUSE_MS;
                tracing::warn!("the server does not let this device in; delivery is paused");
                self.shared.mind(|mind| {
                    mind.paused = Some(Pause::Unauthorised);
                    mind.paused_until_ms = until;
                });
            }
            Err(error) => {
                self.trouble(&error);
                tokio::time::sleep(STORE_REST).await;
            }
        }
        if let Some((id, owner)) = ended.item {
            self.shared.evidence.notify_one();
            if let Err(error) = self.context.write(move |tx| outbox::free(tx, &owner, &id)).await {
                // The hold ends by itself.
                self.trouble(&error);
            }
            return false;
        }
        true
    }

    fn trouble(&self, error: &Error) {
        tracing::error!(code = error.code(), "a delivery step was not stored");
        self.shared.mind(|mind| mind.problem = Some(error.code()));
    }
}

struct Ended {
    /// The item and who held it; `None` for the reports.
    item: Option<(String, String)>,
    /// Whether the server does not let us in.
    result: Result<bool, Error>,
}

async fn deliver(context: Arc<Context>, owner: String, item: outbox::Item) -> Ended {
    let id = item.id.clone();
    let mut item = item;
    let result = loop {
        match machine::step(&context, &owner, item).await {
            Ok(Next::Step(next)) => item = *next,
            Ok(Next::Rest) => break Ok(false),
            Ok(Next::Unauthorised) => break Ok(true),
            Err(error) => break Err(error),
        }
    };
    Ended { item: Some((id, owner)), result }
}

/// Asks the server whether it is there until it has answered anything: a device that has nothing to send knows it too.
async fn first_contact(context: Arc<Context>, shared: Arc<Shared>) {
    while context.contact.seen().at.is_none() {
        let answer = context.client.metadata().await;
        context.contact.note(&answer, (context.clock)().timestamp());
        if answer.is_ok() {
            shared.wake.notify_one();
        }
        tokio::time::sleep(LONGEST_SLEEP).await;
    }
}

/// Adds evidence to what was proven, until the worker ends.
async fn tend(context: Arc<Context>, shared: Arc<Shared>) {
    let Some(sources) = &context.sources else { return };
    loop {
        let sleep = match evidence::round(&context, sources).await {
            Ok(Some(due)) => until_due(due, context.now_ms()),
            Ok(None) => LONGEST_SLEEP,
            Err(error) => {
                tracing::error!(code = error.code(), "evidence was not stored");
                STORE_REST
            }
        };
        tokio::select! {
            () = shared.evidence.notified() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

async fn reports(context: Arc<Context>, due: Vec<posting::Posting>) -> Ended {
    for posting in due {
        match document::report(&context, posting).await {
            Ok(false) => {}
            stopped => return Ended { item: None, result: stopped },
        }
    }
    Ended { item: None, result: Ok(false) }
}

fn until_due(due: i64, now: i64) -> Duration {
    let wait = u64::try_from(due.saturating_sub(now)).unwrap_or_default();
    // A millisecond more, so that it is due when the sleep ends.
    Duration::from_millis(wait.saturating_add(1)).min(LONGEST_SLEEP)
}

/// The running worker. Dropping it lets the worker run on; [`WorkerHandle::stop`] ends it.
pub struct WorkerHandle {
    context: Arc<Context>,
    shared: Arc<Shared>,
    runtime: Handle,
    task: Mutex<Option<JoinHandle<()>>>,
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
    }

    /// Tries everything that waits at once, and ends a pause. Blocks for the store.
    ///
    /// # Errors
    /// Those of the store.
    pub fn send_now(&self) -> Result<(), Error> {
        self.context.store.write(|tx| {
            outbox::make_due(tx, &[])?;
            posting::make_due(tx)?;
            crate::store::evidence::make_due(tx)
        })?;
        self.shared.mind(|mind| mind.paused = None);
        self.shared.evidence.notify_one();
        self.wake();
        Ok(())
    }

    /// How delivery stands. Blocks for the store.
    ///
    /// # Errors
    /// Those of the store.
    pub fn status(&self) -> Result<StatusSnapshot, Error> {
        let counts = self.context.store.read(outbox::counts)?.into_iter().collect();
        let seen = self.context.contact.seen();
        let (paused, problem) = self.shared.mind(|mind| (mind.paused, mind.problem));
        Ok(StatusSnapshot {
            counts,
            last_contact: seen.at,
            clock_difference: seen.clock_difference,
            offline: seen.offline,
            paused,
            problem,
        })
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
    }
}
