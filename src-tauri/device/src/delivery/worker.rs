//! The worker: takes due items, several at a time and one request in flight for each, until there is nothing to do; then
//! it sleeps until something is due or somebody wakes it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::task::{Id, JoinError};

use super::context::Context;
use super::course::{Course, InFlight, Task};
use super::handle::WorkerHandle;
use super::mind::{Mind, Pause, Shared};
use super::orphans;
use super::tasks::{
    Asked, Ended, Taken, deliver, first_contact, reports, rests_until, take, tend, until_due,
};
use crate::Error;
use crate::store::seen::{self, Whose};
use crate::store::{evidence, outbox, posting, second_look};

/// The longest sleep: a clock that was set is noticed within it.
pub(super) const LONGEST_SLEEP: Duration = Duration::from_mins(1);
/// Rest after the store refused a step, so that a full disk is not asked without end; and of an item whose journey ended in
/// an error of its own, at least.
pub(super) const STORE_REST: Duration = Duration::from_secs(5);

/// The one sender of this device.
pub struct Worker {
    context: Arc<Context>,
    /// The further servers that somebody delivers to.
    listed: Vec<String>,
    /// The worker of the study's own server, which reports alerts and gathers evidence for all.
    home: Option<Arc<Shared>>,
    shared: Arc<Shared>,
}

impl Worker {
    /// Starts the worker on `runtime`. There must be no other for the same store, which the lock on the data folder
    /// guarantees; so items that a killed process held are taken up at once.
    pub fn start(context: Arc<Context>, runtime: &Handle) -> WorkerHandle {
        Self::start_all(context, Vec::new(), runtime)
    }

    /// The same, and beside it one for each further server ([`Context::elsewhere`]): what one server does, or fails to do,
    /// is nothing to the others.
    pub fn start_all(context: Arc<Context>, elsewhere: Vec<Context>, runtime: &Handle) -> WorkerHandle {
        Self::start_one(context, elsewhere, None, runtime)
    }

    fn start_one(
        context: Arc<Context>,
        elsewhere: Vec<Context>,
        home: Option<Arc<Shared>>,
        runtime: &Handle,
    ) -> WorkerHandle {
        let shared = Arc::new(Shared::default());
        let listed = elsewhere.iter().filter_map(|one| one.endpoint().map(str::to_owned)).collect();
        let worker = Self { context: Arc::clone(&context), listed, home, shared: Arc::clone(&shared) };
        let task = Mutex::new(Some(runtime.spawn(worker.run())));
        let one =
            |context| Self::start_one(Arc::new(context), Vec::new(), Some(Arc::clone(&shared)), runtime);
        let elsewhere = elsewhere.into_iter().map(one).collect();
        WorkerHandle { context, shared, runtime: runtime.clone(), task, elsewhere }
    }

    async fn run(self) {
        let (endpoint, listed) = (self.context.endpoint().map(str::to_owned), self.listed.clone());
        let mut course = Course::default();
        let now = (self.context.clock)();
        let freed = self.context.write(move |tx| {
            outbox::unmark_listed(tx, &listed)?;
            outbox::free_all(tx, endpoint.as_deref())?;
            seen::last(tx, Whose::Server(endpoint.as_deref()))
        });
        match freed.await {
            Ok(before) => course.saw(before),
            Err(error) => self.trouble(error.code()),
        }
        if self.home.is_none()
            && let Err(error) = self.context.write(move |tx| orphans::close(tx, &now)).await
        {
            tracing::warn!(code = error.code(), "alerts of ended records stay open until the next start");
        }
        let asking = tokio::spawn(first_contact(Arc::clone(&self.context), Arc::clone(&self.shared)));
        // On its own: nothing that is delivered ever waits for it.
        let tending = tokio::spawn(tend(Arc::clone(&self.context), Arc::clone(&self.shared)));
        course.look();
        let mut shown = None;
        while !self.shared.mind(|mind| mind.stopping) {
            self.begin_anew(&mut course).await;
            let sleep = self.dispatch(&mut course);
            let now = Some(self.shown());
            if shown != now {
                shown = now;
                self.context.store.touch();
            }
            tokio::select! {
                () = self.shared.wake.notified() => course.look(),
                () = self.shared.stop.notified() => {}
                () = self.shared.network.notified() => course.network_changed(),
                () = tokio::time::sleep(sleep) => course.look(),
                Some(ended) = course.running.join_next_with_id(), if !course.running.is_empty() => {
                    self.ended(&mut course, ended).await;
                }
            }
        }
        asking.abort();
        tending.abort();
        // Requests in flight are let finish: their answers are stored. What was taken meanwhile is free at the next start.
        while let Some(ended) = course.running.join_next_with_id().await {
            if !matches!(ended, Ok((_, Ended::Taken(Ok(_))))) {
                self.ended(&mut course, ended).await;
            }
        }
    }

    /// After a change of the network: what waits for a server that was away is tried at once, and its waits begin anew. Once
    /// more when what was in flight has met the network as it was. After the clock was set back all waits end: they were
    /// counted by another clock. Where the store refuses that, it is wanted still.
    async fn begin_anew(&self, course: &mut Course) {
        let Some(clock) = course.begins_anew() else { return };
        let endpoint = self.context.endpoint().map(str::to_owned);
        let due = self.context.write(move |tx| {
            outbox::begin_anew(tx, endpoint.as_deref(), &client::Error::AWAY)?;
            if clock {
                outbox::make_due(tx, endpoint.as_deref(), &[])?;
                second_look::retry(tx, endpoint.as_deref())?;
            }
            if endpoint.is_some() {
                return Ok(());
            }
            posting::begin_anew(tx, &client::Error::AWAY)?;
            if clock {
                posting::make_due(tx)?;
                evidence::make_due(tx)?;
            }
            Ok(())
        });
        if let Err(error) = due.await {
            course.anew(clock);
            self.rest(course, error.code());
            return;
        }
        if clock {
            self.context.contact.end_rest();
        }
        self.shared.mind(Mind::forget_absence);
        self.shared.evidence.notify_one();
        course.look();
    }

    /// What is shown of the worker beside the store's rows.
    fn shown(&self) -> impl PartialEq + use<> {
        let contact = &self.context.contact;
        let seen = contact.seen();
        let rest = seen.rests_until(self.context.now_ms());
        let (paused, problem) = self.shared.mind(|mind| (mind.paused, mind.problem));
        (paused, problem, seen.offline, seen.at.is_some(), rest, contact.refusals.refuses())
    }

    /// Takes what is due; how long to sleep when nothing wakes the worker.
    fn dispatch(&self, course: &mut Course) -> Duration {
        let now = self.context.now_ms();
        if course.is_set_back(now) {
            course.anew(true);
            return Duration::ZERO;
        }
        self.mind_certificate(now);
        if let Some(until) = self.shared.mind(|mind| mind.paused_until(now)) {
            return until_due(until, now);
        }
        let rest = course.rest.map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
            return rest;
        }
        let contact = &self.context.contact;
        contact.flight.busy(course.in_flight());
        // What is in flight is let end.
        let seen = contact.seen();
        if let Some(until) = seen.rests_until(now) {
            return until_due(until, now);
        }
        // While the server is away, one item asks whether it is back, and later another: not all that wait.
        let allowed = if seen.offline { 1 } else { contact.flight.allowed() };
        if seen.offline
            && let Some(until) = self.shared.mind(|mind| mind.away_until(now))
        {
            return until_due(until, now);
        }
        let free = allowed.saturating_sub(course.in_flight());
        if course.is_asking() || free == 0 {
            // The end of one of them is waited for.
            return LONGEST_SLEEP;
        }
        if course.ask() {
            let asked = Asked {
                now,
                most: free,
                reports: !course.is_reporting(),
                busy: course.busy(),
                owed: course.owed(),
                came_back: course.came_back(contact.take_came_back()),
                listed: self.listed.clone(),
            };
            course.begin(Task::Question, take(Arc::clone(&self.context), asked));
        }
        course.next.map_or(LONGEST_SLEEP, |due| until_due(due, now))
    }

    /// A certificate that is not valid now must not sign: delivery holds, flagged, and capture decides for itself.
    fn mind_certificate(&self, now: i64) {
        let signer = self.context.signer();
        let chain = signer.chain();
        let pause = if now > chain.not_after().as_millisecond() {
            Some(Pause::CertificateExpired)
        } else if now < chain.not_before().as_millisecond() {
            Some(Pause::CertificateNotYetValid)
        } else {
            None
        };
        let thumbprint = chain.thumbprint_hex();
        self.shared.mind(|mind| mind.certificate(&thumbprint, pause, now));
    }

    /// What follows from a task that has ended.
    async fn ended(&self, course: &mut Course, ended: Result<(Id, Ended), JoinError>) {
        let (task, ended) = match ended {
            Ok((task, ended)) => (task, Ok(ended)),
            Err(error) => (error.id(), Err(error)),
        };
        let was = course.end(task);
        if course.is_overtaken(task) {
            course.anew(false);
        }
        if !matches!(ended, Ok(Ended::Taken(Ok(_)))) {
            course.look();
        }
        match (was, ended) {
            (_, Ok(Ended::Taken(Ok(taken)))) => {
                course.is_back(taken.came_back);
                self.begin(course, taken);
            }
            (_, Ok(Ended::Taken(Err(error)) | Ended::Reports(Err(error)))) => self.rest(course, error.code()),
            (_, Ok(Ended::Reports(Ok(unauthorised)))) => {
                self.mind_absence();
                self.stored(unauthorised);
            }
            (Some(Task::Item(item)), Ok(Ended::Item(result))) => {
                let home = self.home.as_ref().unwrap_or(&self.shared);
                home.evidence.notify_one();
                if self.home.is_some() {
                    home.wake.notify_one();
                }
                self.mind_absence();
                match result {
                    // A journey that ends well ends its hold too.
                    Ok(unauthorised) => self.stored(unauthorised),
                    Err(error) => self.failed(course, item, &error).await,
                }
            }
            (Some(Task::Item(item)), Err(_)) => self.failed(course, item, &Error::StorePanicked).await,
            (_, Ok(Ended::Item(_)) | Err(_)) => self.rest(course, Error::StorePanicked.code()),
        }
    }

    /// Starts the journeys of what was taken.
    fn begin(&self, course: &mut Course, taken: Taken) {
        if taken.all {
            // Where there were as many as were asked for, there may be more.
            course.look();
        }
        if let Some(thumbprint) = taken.revoked {
            tracing::warn!("the device's certificate is revoked; delivery is paused");
            self.shared.mind(|mind| mind.revoked(thumbprint, self.context.now_ms()));
        }
        course.next = taken.next;
        course.paid(&taken.freed);
        for item in taken.items {
            let (id, owner) = (item.id.clone(), taken.owner.clone());
            let journey = deliver(Arc::clone(&self.context), owner.clone(), item);
            course.begin(Task::Item(InFlight { id, owner }), journey);
        }
        let (posted, looks) = (taken.reports, taken.looks);
        let are_there = !posted.is_empty() || !looks.is_empty();
        if are_there && !course.is_reporting() {
            course.begin(Task::Reports, reports(Arc::clone(&self.context), posted, looks));
        }
    }

    /// After a journey that ended in an error. What is wrong with one item is nothing to the others: it rests alone, longer
    /// each time, and says why. What is wrong with the store is: nothing new is begun for a while.
    async fn failed(&self, course: &mut Course, item: InFlight, error: &Error) {
        let InFlight { id, owner } = item;
        if error.is_of_the_store() {
            course.owes(InFlight { id, owner });
            self.rest(course, error.code());
            return;
        }
        let code = error.code();
        tracing::error!(record = id, code, "a delivery has ended in an error, and rests");
        let next = rests_until(&self.context);
        let (held, by) = (id.clone(), owner.clone());
        let rested = self.context.write(move |tx| outbox::hold_back(tx, &by, &held, code, next));
        match rested.await {
            Err(error) if error.is_of_the_store() => {
                course.owes(InFlight { id, owner });
                self.rest(course, error.code());
            }
            // Then its hold keeps it from being taken up again, and ends by itself.
            Err(error) => self.trouble(error.code()),
            Ok(()) => {}
        }
    }

    /// After steps that were stored; whether the server lets nobody in was learnt with them.
    fn stored(&self, unauthorised: bool) {
        let now = self.context.now_ms();
        if unauthorised {
            tracing::warn!("the server does not let this device in; delivery is paused");
        }
        self.shared.mind(|mind| {
            if unauthorised {
                mind.pause(Pause::Unauthorised, now);
            } else {
                mind.problem = None;
            }
        });
    }

    /// Nothing new is begun for a while after the store refused a step.
    fn rest(&self, course: &mut Course, code: &'static str) {
        self.trouble(code);
        course.rest = Some(Instant::now() + STORE_REST);
    }

    /// While the server is away, the whole queue waits as a single item would.
    fn mind_absence(&self) {
        let (away, now) = (self.context.contact.seen().offline, self.context.now_ms());
        let wait = |failures| self.context.next_attempt(failures, None).saturating_sub(now);
        self.shared.mind(|mind| mind.absence(away, now, wait));
    }

    fn trouble(&self, code: &'static str) {
        tracing::error!(code, "a delivery step was not stored");
        self.shared.mind(|mind| mind.problem = Some(code));
    }
}
