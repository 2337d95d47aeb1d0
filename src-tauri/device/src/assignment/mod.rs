//! Assignment: what the study's server asks to have answered here (SDC, Task), kept for offline use, and what it is told
//! about it. Beside delivery and never in its way: a response is delivered and proven whatever becomes of its Task.

mod aside;
mod due;
mod ended;
mod pull;
mod refusal;
pub(crate) mod task;
mod tell;
mod value_set;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use client::Client;
use jiff::Zoned;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::delivery::{Jitter, backoff};
use crate::store::assignment::{self, Begun, Due, RefusedTask};
use crate::store::meta;
pub use task::Points;

use crate::{Device, Error};

/// The server is asked by itself as often as this.
const PULL_EVERY: Duration = Duration::from_mins(5);
/// And never more often than this, however often somebody signs in.
const LEAST_PAUSE: Duration = Duration::from_secs(15);
/// How often is looked whether a response has been proven since.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// `meta`: when the server's list was last read whole.
const PULLED_AT: &str = "assignments.pulledAt";

/// What there is to start visits with, and what is known of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assigned {
    /// What is due.
    pub due: Vec<Due>,
    /// What is not taken.
    pub refused: Vec<RefusedTask>,
    /// What has a visit.
    pub begun: Vec<Begun>,
    /// When the list was last read whole, RFC 3339 with offset.
    pub pulled_at: Option<String>,
    /// The short name of what kept it from being read the last time.
    pub problem: Option<&'static str>,
}

/// What became of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Whether anything is left to be told, now or when a response is proven, or to be asked.
    pub left: bool,
    /// Whether the server was asked for its list.
    pub pulled: bool,
}

/// Whether it is not sought yet.
pub fn is_early(due: &Due, now: &Zoned) -> bool {
    due::is_early(due.due_from.as_deref(), now)
}

/// Whether its time is over; it can be answered all the same.
pub fn is_overdue(due: &Due, now: &Zoned) -> bool {
    due::is_overdue(due.due_until.as_deref(), now)
}

/// The assignments of one device. All methods block, and none may be called on the runtime's own threads.
pub struct Assignments {
    device: Arc<Device>,
    client: Client,
    /// Whose Tasks: `Task.owner`.
    owner: String,
    jitter: Jitter,
    runtime: Handle,
    /// One exchange with the server at a time.
    busy: Mutex<()>,
    problem: Mutex<Option<&'static str>>,
    aside: aside::Aside,
    wake: Arc<Notify>,
    /// Whether the network has changed since the last round.
    anew: AtomicBool,
    /// Until when the server asked to be left alone, in milliseconds since 1970.
    rest_until_ms: Mutex<Option<i64>>,
}

impl std::fmt::Debug for Assignments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Assignments").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Assignments {
    /// Those of a device, from its study's server; `None` where the study assigns nothing.
    pub fn of(device: &Arc<Device>, client: Client, jitter: Jitter, runtime: &Handle) -> Option<Self> {
        let owner = device.configuration().task_owner()?.to_owned();
        Some(Self {
            device: Arc::clone(device),
            client,
            owner,
            jitter,
            runtime: runtime.clone(),
            busy: Mutex::default(),
            problem: Mutex::default(),
            aside: aside::Aside::default(),
            wake: Arc::default(),
            anew: AtomicBool::default(),
            rest_until_ms: Mutex::default(),
        })
    }

    /// Lets it work by itself, until the last owner lets go of it.
    pub fn run(self: &Arc<Self>) {
        let (all, wake) = (Arc::downgrade(self), Arc::clone(&self.wake));
        self.runtime.spawn(work(all, wake));
    }

    /// Says that it is a good time to ask: somebody has signed in, or a visit has begun.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Says that the network has changed; it returns at once. The next round asks, and tells what could not be told because
    /// the server was away.
    pub fn on_network_change(&self) {
        self.anew.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// One round by itself: it tells what is due, and reads the list if it `pulls`; nothing while the server has asked to be
    /// left alone. Whether anything is left.
    ///
    /// # Errors
    /// Those of the store.
    pub fn round(&self, pulls: bool) -> Result<Round, Error> {
        if self.rests() {
            return Ok(Round { left: true, pulled: false });
        }
        let left = self.tell();
        // Telling may have been answered with that.
        let pulled = pulls && !self.rests();
        if pulled {
            self.read_list(false)?;
        }
        Ok(Round { left: left?, pulled })
    }

    /// The server has asked to be left alone for this time; that is kept to for an hour at most.
    fn leave_alone(&self, rest: Duration) {
        let now = self.device.now().timestamp().as_millisecond();
        *self.rest_until_ms() = Some(backoff::until(now, rest.min(assignment::LONGEST_WAIT)));
    }

    fn rests(&self) -> bool {
        let now = self.device.now().timestamp().as_millisecond();
        let longest_ms = backoff::until(0, assignment::LONGEST_WAIT);
        self.rest_until_ms().is_some_and(|until| backoff::is_ahead(until, now, longest_ms))
    }

    fn rest_until_ms(&self) -> MutexGuard<'_, Option<i64>> {
        self.rest_until_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the server's list whole and takes from it what can be used. What was known stays when that fails; then
    /// [`Assigned::problem`] says why. A Task of which the server refuses something is set aside alone, and the others are
    /// taken; a person asks, so that nothing waits for its time.
    ///
    /// # Errors
    /// Those of the store.
    pub fn pull(&self) -> Result<(), Error> {
        self.read_list(true)
    }

    fn read_list(&self, at_once: bool) -> Result<(), Error> {
        let _one_at_a_time = self.busy();
        let problem = match pull::pull(self, at_once) {
            Ok(()) => None,
            Err(pull::Stop::Server(error)) => {
                tracing::info!(code = error.code(), "the assignments were not read");
                if let Some(rest) = error.rest() {
                    self.leave_alone(rest);
                }
                Some(error.code())
            }
            Err(pull::Stop::Device(error)) => return Err(error),
        };
        let before =
            std::mem::replace(&mut *self.problem.lock().unwrap_or_else(PoisonError::into_inner), problem);
        if before != problem {
            self.device.store().touch();
        }
        Ok(())
    }

    /// Tells the server what there is to tell and due to be tried; whether anything is left.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tell(&self) -> Result<bool, Error> {
        let _one_at_a_time = self.busy();
        if self.anew.swap(false, Ordering::SeqCst) {
            let begun = self.device.store().write(|tx| assignment::begin_anew(tx, &client::Error::AWAY));
            begun.inspect_err(|_| self.anew.store(true, Ordering::SeqCst))?;
        }
        tell::tell(self)
    }

    /// The same for all that there is to tell, whatever has failed before.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tell_now(&self) -> Result<bool, Error> {
        self.device.store().write(assignment::make_due)?;
        self.tell()
    }

    /// What there is.
    ///
    /// # Errors
    /// Those of the store.
    pub fn list(&self) -> Result<Assigned, Error> {
        let problem = *self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        self.device.store().read(|connection| {
            Ok(Assigned {
                due: assignment::due(connection)?,
                refused: assignment::refused(connection)?,
                begun: assignment::begun(connection)?,
                pulled_at: meta::value(connection, PULLED_AT)?,
                problem,
            })
        })
    }

    /// The servers that a Task may name.
    fn servers(&self) -> task::Servers<'_> {
        task::Servers { base: self.base(), endpoints: self.device.configuration().endpoints() }
    }

    /// The base of the study's server, without a slash at its end.
    fn base(&self) -> &str {
        self.client.base_url()
    }

    fn busy(&self) -> MutexGuard<'_, ()> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn work(all: Weak<Assignments>, wake: Arc<Notify>) {
    let (mut pulled, mut woken): (Option<Instant>, bool) = (None, false);
    loop {
        let Some(one) = all.upgrade() else { return };
        let pause = if woken { LEAST_PAUSE } else { PULL_EVERY };
        let pulls = pulled.is_none_or(|at| at.elapsed() >= pause);
        // A panic in there has been reported already, and the next round goes on.
        let round = tokio::task::spawn_blocking(move || one.round(pulls));
        let Round { left, pulled: has } = match round.await {
            Ok(Ok(round)) => round,
            Ok(Err(error)) => {
                tracing::error!(code = error.code(), "assignments were not stored");
                Round { left: true, pulled: pulls }
            }
            Err(_) => Round { left: true, pulled: pulls },
        };
        if has {
            pulled = Some(Instant::now());
        }
        let sleep = if left { LOOK_EVERY } else { PULL_EVERY };
        woken = tokio::select! {
            () = wake.notified() => true,
            () = tokio::time::sleep(sleep) => false,
        };
    }
}
