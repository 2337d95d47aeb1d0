//! What every step of a delivery needs, and what is known of the server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use client::{Client, Error as ClientError, Exchange, Failure};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use seal::profile::Profile;
use seal::{Party, Signer};

use super::backoff::{self, Jitter};
use super::evidence::Sources;
use crate::store::Store;
use crate::{Clock, Create, Error, FhirVersion, Tolerances};

/// Everything that a delivery works with; [`super::Worker::start`] takes it.
pub struct Context {
    /// The open database.
    pub store: Arc<Store>,
    /// The study's FHIR server.
    pub client: Client,
    /// The sealing key with its certificate chain.
    pub signer: Arc<dyn Signer>,
    /// This device, whose identifier is the URI in the certificate.
    pub device: Party,
    /// Name and version of the program, for the signatures: `Attesta 0.1.0`.
    pub application: String,
    /// The profile of the Provenances, as the study chose it.
    pub profile: &'static dyn Profile,
    /// The release of FHIR that is sent, as the study chose it.
    pub fhir_version: FhirVersion,
    /// How responses are put on the server, as the study chose it.
    pub create: Create,
    /// What the server may change, as the study chose it.
    pub tolerances: Tolerances,
    /// The clock.
    pub clock: Clock,
    /// The randomness of waiting.
    pub jitter: Jitter,
    /// Where evidence comes from; `None` when the study wants none.
    pub sources: Option<Sources>,
    /// What is known of the server; begin with the default.
    pub contact: Contact,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Context {
    /// Runs a change on the store, off the async runtime.
    pub(super) async fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        let store = Arc::clone(&self.store);
        blocking(move || store.write(change)).await
    }

    /// Runs a query on the store, off the async runtime.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let store = Arc::clone(&self.store);
        blocking(move || store.read(query)).await
    }

    /// When to try again after so many failures, in milliseconds since 1970.
    pub(super) fn next_attempt(&self, failures: u32, asked: Option<Duration>) -> i64 {
        let wait = backoff::wait(failures, asked, &self.jitter);
        self.now_ms().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    }

    pub(super) fn now_ms(&self) -> i64 {
        (self.clock)().timestamp().as_millisecond()
    }
}

/// Runs `work` where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    // The only way for it not to end is a panic or the end of the runtime.
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::StoreStopped))
}

/// What the last requests say about the server.
#[derive(Debug, Default)]
pub struct Contact {
    last: Mutex<Seen>,
    /// Set when the server answers after it could not be reached.
    came_back: AtomicBool,
    /// Set when the server has failed the probe of conditional `PUT`; it is not asked again before the next start.
    pub(super) put_refused: AtomicBool,
    /// Held while the certificate is posted, or the server is probed.
    pub(super) posting: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Seen {
    pub(super) offline: bool,
    pub(super) at: Option<Timestamp>,
    /// The server's clock minus ours, in seconds.
    pub(super) clock_difference: Option<i64>,
}

impl Contact {
    pub(super) fn note(&self, answer: &Result<Exchange, Failure>, now: Timestamp) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Ok(exchange) => {
                if last.offline {
                    self.came_back.store(true, Ordering::SeqCst);
                }
                last.offline = false;
                last.at = Some(now);
                if let Some(date) = exchange.headers.date {
                    last.clock_difference = Some(date.as_second() - now.as_second());
                }
            }
            Err(failure) => {
                last.offline = matches!(
                    failure.error,
                    ClientError::Refused
                        | ClientError::Unreachable
                        | ClientError::ConnectTimeout(_)
                        | ClientError::Tls(_)
                        | ClientError::Proxy(_)
                );
            }
        }
    }

    pub(super) fn seen(&self) -> Seen {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the server came back since this was last asked.
    pub(super) fn take_came_back(&self) -> bool {
        self.came_back.swap(false, Ordering::SeqCst)
    }
}
