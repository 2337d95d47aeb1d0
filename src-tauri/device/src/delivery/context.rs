//! What every step of a delivery needs, and what is known of the server.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client::{Client, Exchange, Failure};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use seal::profile::Profile;
use seal::{Party, Signer};

use super::backoff::{self, Jitter, is_ahead};
use super::bare::Refusals;
use super::evidence::Sources;
use super::flight::Flight;
use crate::store::Store;
use crate::store::attempt::Attempt;
use crate::{Clock, Create, Device, Endpoint, Error, FhirVersion, Tolerances, clock};

/// The most octets that one answer of the study's server may have. The files of a response are at most 10 MiB together, a third
/// more as they are written; a search may show two of them, and a create what it took in another writing.
pub const MOST_SHOWN: usize = 32 * 1024 * 1024;

/// For how long a server may stop all that goes to it at most, whatever it asks of a single item.
const LONGEST_REST: Duration = Duration::from_hours(1);

/// The sealing key of the moment: a certificate that is renewed while the program runs is used from then on.
pub type CurrentSigner = Arc<dyn Fn() -> Arc<dyn Signer> + Send + Sync>;

/// A key that stays the same.
pub fn always(signer: Arc<dyn Signer>) -> CurrentSigner {
    Arc::new(move || Arc::clone(&signer))
}

/// Everything that a delivery works with; [`super::Worker::start`] takes it.
pub struct Context {
    /// The open database.
    pub store: Arc<Store>,
    /// The study's FHIR server.
    pub client: Client,
    /// The sealing key with its certificate chain.
    pub signer: CurrentSigner,
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
    /// What this device delivers to its study's server with, as its study chose, in the name of this program. Blocks for the
    /// keystore.
    ///
    /// # Errors
    /// As for [`Device::sealing_key`] and [`Device::server`]; [`Error::Seal`] when the anchors cannot be read.
    pub fn of(device: &Device, client: Client, application: &str, jitter: Jitter) -> Result<Self, Error> {
        let policy = &device.configuration().policy;
        Ok(Self {
            store: Arc::clone(device.store()),
            client,
            signer: device.current_signer()?,
            device: device.party(),
            application: application.to_owned(),
            profile: policy.provenance_profile.profile(),
            fhir_version: policy.fhir_version,
            create: policy.create,
            tolerances: policy.tolerances.clone(),
            clock: device.clock(),
            jitter,
            sources: device.evidence_sources()?,
            contact: Contact::default(),
        })
    }

    /// The same device's, for a further server that responses may be sent to: nothing is shared but the store and the key.
    #[must_use]
    pub fn elsewhere(&self, endpoint: &Endpoint, client: Client) -> Self {
        Self {
            store: Arc::clone(&self.store),
            client,
            signer: Arc::clone(&self.signer),
            device: self.device.clone(),
            application: self.application.clone(),
            profile: self.profile,
            fhir_version: self.fhir_version,
            // Nothing was agreed with it about ids.
            create: Create::Post,
            tolerances: endpoint.tolerances.clone(),
            clock: self.clock.clone(),
            jitter: Arc::clone(&self.jitter),
            sources: None,
            contact: Contact::elsewhere(endpoint.address()),
        }
    }

    /// One for each further server that the device's study lists.
    ///
    /// # Errors
    /// As for [`Device::endpoint`].
    pub fn everywhere_else(&self, device: &Device) -> Result<Vec<Self>, Error> {
        let listed = device.configuration().endpoints().iter();
        listed.map(|one| Ok(self.elsewhere(one, device.endpoint(one)?))).collect()
    }

    /// The sealing key of the moment, with its certificate chain.
    pub(super) fn signer(&self) -> Arc<dyn Signer> {
        (self.signer)()
    }

    /// The address of the server, as the outbox names it; `None` for the study's own.
    pub(super) fn endpoint(&self) -> Option<&str> {
        self.contact.endpoint.as_deref()
    }

    /// Runs a change on the store thread; done once it is on the disk.
    pub(super) async fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.store.begin(change).done().await
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
        backoff::until(self.now_ms(), wait)
    }

    /// The record of a request about `subject`, after which what is known of the server is up to date.
    pub(super) fn noted(&self, subject: &str, answer: &Result<Exchange, Failure>) -> Attempt {
        let now = (self.clock)();
        self.contact.note(answer, now.timestamp());
        if let Ok(exchange) = answer {
            self.contact.refusals.note(subject, self.client.base_url(), exchange);
        }
        let attempt = Attempt::of(subject, clock::text(&now), self.client.base_url(), answer);
        self.contact.refusals.note_look(&attempt);
        attempt
    }

    /// The same for a question that the server need not understand: how it answers says nothing about the way to it.
    pub(super) fn noted_optional(&self, subject: &str, answer: &Result<Exchange, Failure>) -> Attempt {
        let now = (self.clock)();
        self.contact.note(answer, now.timestamp());
        Attempt::of(subject, clock::text(&now), self.client.base_url(), answer)
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
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|ended| {
        Err(if ended.is_panic() { Error::StorePanicked } else { Error::StoreStopped })
    })
}

/// What the last requests say about the server.
#[derive(Debug, Default)]
pub struct Contact {
    /// The server's address; `None` for the study's own.
    pub(super) endpoint: Option<String>,
    last: Mutex<Seen>,
    /// Set when the server answers after it could not be reached.
    came_back: AtomicBool,
    /// Set when the server has failed the probe of conditional `PUT`; it is not asked again before the next start.
    pub(super) put_refused: AtomicBool,
    /// Held while the certificate is posted, or the server is probed.
    pub(super) posting: tokio::sync::Mutex<()>,
    /// The thumbprints of the certificates that the server is known to keep: that never changes again.
    certificates: Mutex<BTreeSet<String>>,
    /// Set when this device has had other certificates before: a record may be captured with one of them.
    pub(super) renewed: AtomicBool,
    /// How many items the server takes at once.
    pub(super) flight: Flight,
    /// What is refused without a word of FHIR.
    pub(super) refusals: Refusals,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Seen {
    pub(super) offline: bool,
    pub(super) at: Option<Timestamp>,
    /// The server's clock minus ours, in seconds.
    pub(super) clock_difference: Option<i64>,
    /// Until when the server asked to be left alone, in milliseconds since 1970.
    rest_until_ms: Option<i64>,
}

impl Seen {
    /// Until when nothing new is begun because the server asked for that, whichever item it said so to: milliseconds since 1970,
    /// where that is not over.
    pub(super) fn rests_until(self, now_ms: i64) -> Option<i64> {
        let longest = backoff::until(0, LONGEST_REST);
        self.rest_until_ms.filter(|until| is_ahead(*until, now_ms, longest))
    }
}

impl Contact {
    /// With at most so many items in flight at once, from 1 to 16.
    pub fn with_at_most(items: u32) -> Self {
        Self { flight: Flight::of_at_most(items), ..Self::default() }
    }

    /// Of a further server that responses may be sent to.
    pub(super) fn elsewhere(address: &str) -> Self {
        Self { endpoint: Some(address.to_owned()), ..Self::default() }
    }

    /// Whether the server is known to keep the certificate with this thumbprint.
    pub(super) fn keeps(&self, thumbprint: &str) -> bool {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner).contains(thumbprint)
    }

    pub(super) fn kept(&self, thumbprint: String) {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner).insert(thumbprint);
    }

    pub(super) fn note(&self, answer: &Result<Exchange, Failure>, now: Timestamp) {
        match answer {
            Ok(exchange) if matches!(exchange.status, 429 | 503 | 504) => self.flight.overloaded(),
            Ok(exchange) => self.flight.answered(exchange.elapsed),
            Err(failure) if matches!(failure.error, client::Error::Timeout(_)) => self.flight.overloaded(),
            Err(_) => {}
        }
        let mut last = self.last();
        match answer {
            Ok(exchange) => {
                if last.offline {
                    self.came_back.store(true, Ordering::SeqCst);
                }
                last.offline = false;
                last.at = Some(now);
                if let Some(rest) = exchange.asks_for_rest(Some(now)) {
                    tracing::info!(status = exchange.status, "the server asks to be left alone for a while");
                    let until = backoff::until(now.as_millisecond(), rest.min(LONGEST_REST));
                    // Another answer that was in flight asks for less, and takes nothing back.
                    last.rest_until_ms = last.rests_until(now.as_millisecond()).max(Some(until));
                }
                if let Some(date) = exchange.headers.date {
                    last.clock_difference = Some(date.as_second() - now.as_second());
                }
            }
            Err(failure) => {
                last.offline = failure.error.is_away();
            }
        }
    }

    pub(super) fn seen(&self) -> Seen {
        *self.last()
    }

    fn last(&self) -> MutexGuard<'_, Seen> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server is asked again, whatever it asked for.
    pub(super) fn end_rest(&self) {
        self.last().rest_until_ms = None;
    }

    /// Whether the server came back since this was last asked.
    pub(super) fn take_came_back(&self) -> bool {
        self.came_back.swap(false, Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use client::{Headers, RetryAfter, Sent};

    use super::*;

    // What comes back of a request, as Contact::note takes it.
    #[allow(clippy::unnecessary_wraps)]
    fn busy(seconds: u64) -> Result<Exchange, Failure> {
        let request = Sent { method: "GET", url: String::new(), conditions: Vec::new(), body_sha256: None };
        let retry_after = Some(RetryAfter::Delay(Duration::from_secs(seconds)));
        let headers = Headers { retry_after, ..Headers::default() };
        Ok(Exchange { request, status: 503, headers, body: None, elapsed: Duration::from_secs(1) })
    }

    #[test]
    fn a_server_gets_the_longest_time_that_it_asks_for_and_an_hour_at_most() {
        let contact = Contact::default();
        let now: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let now_ms = now.as_millisecond();
        let rest = |contact: &Contact, at_ms: i64| {
            contact.seen().rests_until(at_ms).map(|until| (until - now_ms) / 1000)
        };
        contact.note(&busy(0), now);
        assert_eq!(rest(&contact, now_ms), None);
        for (asked, until) in [(600, 600), (0, 600), (300, 600), (900, 900), (u64::MAX, 3600), (1, 3600)] {
            contact.note(&busy(asked), now);
            assert_eq!(rest(&contact, now_ms), Some(until), "{asked}");
        }
        assert_eq!(rest(&contact, now_ms + 3_600_000), None, "it is over");
        let before = now_ms - 1000;
        assert_eq!(rest(&contact, before), None, "the clock was set back: nobody knows how long it would be");
        contact.note(&busy(60), Timestamp::from_millisecond(before).unwrap());
        assert_eq!(rest(&contact, before), Some(59), "and what it asks for by the new clock counts");
        contact.end_rest();
        assert_eq!(rest(&contact, before), None);
    }
}
