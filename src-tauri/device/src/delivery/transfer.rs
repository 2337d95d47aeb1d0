//! Getting one resource onto the server exactly once, whatever happens on the way.
//!
//! A request that may have been acted on is never simply repeated: the server is searched first. What the outcome
//! means for a record is decided in `machine`.

mod back;
mod look;
mod own;
mod refused;
mod whose;

use std::time::Duration;

use client::{Exchange, Failure, Location, Reach};
use fhir::Value;
use jiff::Timestamp;

use super::bare::NOT_FHIR;
use super::context::Context;
use super::failpoint;
use crate::store::attempt::Attempt;

/// A resource to be sent, and how to recognise it on the server.
pub(super) struct Parcel<'a> {
    /// `record/ID` or `posting/ID`, for the attempts.
    pub(super) subject: String,
    /// Prefix of its failpoints: `response`, `document`, `provenance`, `report`.
    pub(super) name: &'static str,
    pub(super) resource_type: &'static str,
    /// What is sent on a create, exactly.
    pub(super) bytes: &'a [u8],
    /// `If-None-Exist` of the create.
    pub(super) condition: Option<String>,
    /// The search parameter that finds it.
    pub(super) parameter: (&'static str, String),
    /// One that finds it where the server keeps otherwise what the first asks for. A server need not know it.
    pub(super) otherwise: Option<(&'static str, String)>,
    /// What a found resource is to this one: servers may ignore a parameter.
    pub(super) likeness: Box<dyn Fn(&Value) -> Likeness + Send + Sync + 'a>,
    /// The id that the device itself gives it, where the study creates by `PUT`.
    pub(super) own_id: Option<String>,
    /// The id and the altered version that it replaces; then it is an update.
    pub(super) replaces: Option<(String, String)>,
    /// Whether an earlier request may have been acted on.
    pub(super) unsure: bool,
}

/// What a found resource is to a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It has the mark that the parcel is known by.
    Own,
    /// It has other marks, which together nothing else has: this is what became of the parcel.
    Altered,
    /// It is some other resource.
    Other,
}

impl Likeness {
    pub(super) fn of(own: bool, altered: impl FnOnce() -> bool) -> Self {
        if own {
            Self::Own
        } else if altered() {
            Self::Altered
        } else {
            Self::Other
        }
    }
}

/// What came of it.
pub(super) enum Outcome {
    /// The server keeps one; whether it is the same is not decided here.
    Kept(Kept),
    /// The server keeps several.
    Several {
        /// Their `TYPE/ID/_history/VERSION`.
        found: Vec<String>,
        /// Whether one of them is known by other marks than its own.
        altered: bool,
    },
    /// The server refused for good; its OperationOutcome, if it has to give one (see [`super::bare`]).
    Refused { status: u16, outcome: Option<Vec<u8>> },
    /// The server's answer is not signed as the study demands: what was refused, each with the reason.
    Unproven(Vec<String>),
    /// What the server says leaves no way on; the short name of the reason. Nothing more is sent before a person decides.
    Stopped(&'static str),
    /// Not now.
    Later(Later),
}

impl Outcome {
    fn refused(exchange: Exchange) -> Self {
        Self::Refused { status: exchange.status, outcome: exchange.body }
    }
}

/// A resource as the server keeps it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) returned: Vec<u8>,
}

/// Why to wait, and with what in mind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Later {
    /// Short name: `refused`, `timeout`, `status-503` …
    pub(super) problem: String,
    /// What the server asked for.
    pub(super) asked: Option<Duration>,
    /// Whether the server may have acted.
    pub(super) unsure: bool,
    /// Whether the server does not let us in at all (401, 403).
    pub(super) unauthorised: bool,
}

impl Later {
    pub(super) fn new(problem: impl Into<String>, unsure: bool) -> Self {
        Self { problem: problem.into(), asked: None, unsure, unauthorised: false }
    }

    pub(super) fn failed(failure: &Failure, unsure: bool) -> Self {
        Self { unauthorised: failure.error.is_unauthorised(), ..Self::new(failure.error.code(), unsure) }
    }

    /// After an answer that says no more than that this is not the time.
    pub(super) fn answered(exchange: &Exchange, now: Timestamp, unsure: bool) -> Self {
        let unauthorised = matches!(exchange.status, 401 | 403);
        let problem = match exchange.status {
            401 | 403 => "unauthorised".to_owned(),
            _ if exchange.is_bare_refusal() => NOT_FHIR.to_owned(),
            _ => problem(exchange),
        };
        Self { problem, asked: exchange.headers.wait(Some(now)), unsure, unauthorised }
    }
}

/// One try at a parcel, with the record of its requests.
pub(super) struct Transfer<'a> {
    context: &'a Context,
    parcel: &'a Parcel<'a>,
    attempts: Vec<Attempt>,
}

type Found<T> = Result<T, Outcome>;

impl<'a> Transfer<'a> {
    /// Looks first when an earlier request may have been acted on, then sends. Gives every request made, in order.
    pub(super) async fn run(context: &'a Context, parcel: &'a Parcel<'a>) -> (Outcome, Vec<Attempt>) {
        let mut transfer = Self { context, parcel, attempts: Vec::new() };
        let found = transfer.try_run().await;
        transfer.ended(found).await
    }

    /// What came of it, and every request made.
    async fn ended(self, found: Found<Outcome>) -> (Outcome, Vec<Attempt>) {
        let outcome = match found.unwrap_or_else(|outcome| outcome) {
            Outcome::Later(later) => self.unless_never_shown(later).await,
            outcome => outcome,
        };
        (outcome, self.attempts)
    }

    async fn try_run(&mut self) -> Found<Outcome> {
        if self.parcel.unsure {
            let kept = match self.acknowledged_before().await? {
                Some(own) => self.after(own).await?,
                None => self.look().await?,
            };
            if let Some(kept) = kept {
                return Ok(Outcome::Kept(kept));
            }
        }
        failpoint::hit(&format!("{}-before-request", self.parcel.name));
        let answer = self.send().await;
        failpoint::hit(&format!("{}-after-request", self.parcel.name));
        let exchange = self.note_sent(answer).map_err(|failure| {
            let unsure = self.parcel.unsure || failure.error.reach() == Reach::Unknown;
            Outcome::Later(Later::failed(&failure, unsure))
        })?;
        self.judge(exchange).await.map(Outcome::Kept)
    }

    async fn send(&self) -> Result<Exchange, Failure> {
        let (client, parcel) = (&self.context.client, self.parcel);
        match (&parcel.replaces, &parcel.own_id) {
            (Some((id, version)), _) => {
                client.update(parcel.resource_type, id, parcel.bytes, Some(version)).await
            }
            (None, Some(id)) => client.create_as(parcel.resource_type, id, parcel.bytes).await,
            (None, None) => {
                client.create(parcel.resource_type, parcel.bytes, parcel.condition.as_deref()).await
            }
        }
    }

    /// What the answer to the create or update means.
    async fn judge(&mut self, exchange: Exchange) -> Found<Kept> {
        let update = self.parcel.replaces.is_some();
        match exchange.status {
            200..=299 if !update && self.parcel.own_id.is_none() => self.acknowledged(exchange).await,
            // An earlier create won: what it made is version 1, whatever happened to it since.
            200 if !update => match self.identify(&exchange)? {
                Some(kept) => self.first_version(kept).await,
                None => self.find_or_wait("no-body").await,
            },
            200..=299 => self.representation(exchange).await,
            401 | 403 | 429 => Err(self.later(&exchange, self.parcel.unsure)),
            409 | 412 if update => match self.look().await? {
                Some(kept) => Ok(kept),
                // What is there was just read: the server's own word.
                None => Err(Outcome::refused(exchange)),
            },
            304 | 409 | 412 => self.find_or_wait(&problem(&exchange)).await,
            400 | 404 | 413 | 422 => Err(self.refused(exchange).await),
            400..=499 if update && !matches!(exchange.status, 408 | 425) => Err(self.refused(exchange).await),
            _ => Err(self.later(&exchange, true)),
        }
    }

    async fn representation(&mut self, exchange: Exchange) -> Found<Kept> {
        match self.identify(&exchange)? {
            Some(kept) => Ok(kept),
            None => match self.location(&exchange) {
                Some((id, Some(version))) => self.read_version(&id, &version).await,
                _ => self.find_or_wait("no-body").await,
            },
        }
    }

    /// The resource in the answer's body, under the id and version that the answer's headers name. `None` when the body
    /// is empty, or is an OperationOutcome instead (`Prefer` is only a preference).
    fn identify(&self, exchange: &Exchange) -> Found<Option<Kept>> {
        let Some(resource) = exchange.resource().map_err(|_| look::malformed())? else { return Ok(None) };
        if resource.resource_type() == Some("OperationOutcome") {
            return Ok(None);
        }
        let location = self.location(exchange);
        let own_version = resource.get("meta").and_then(|meta| meta.str("versionId"));
        let version = location
            .as_ref()
            .and_then(|(_, version)| version.clone())
            .or_else(|| exchange.headers.version().map(str::to_owned))
            .or_else(|| own_version.map(str::to_owned));
        let known = self.parcel.replaces.as_ref().map(|(id, _)| id).or(self.parcel.own_id.as_ref()).cloned();
        let id =
            known.or_else(|| location.map(|(id, _)| id)).or_else(|| resource.str("id").map(str::to_owned));
        Ok(match (id, version, &exchange.body) {
            (Some(id), Some(version), Some(body)) if client::is_id(&id) && client::is_id(&version) => {
                Some(Kept { id, version, returned: body.clone() })
            }
            _ => None,
        })
    }

    fn location(&self, exchange: &Exchange) -> Option<(String, Option<String>)> {
        let text = exchange.headers.location.as_deref()?;
        let location = Location::parse(text, self.parcel.resource_type)?;
        let version = location.version.or_else(|| exchange.headers.version().map(str::to_owned));
        Some((location.id, version))
    }

    fn later(&self, exchange: &Exchange, unsure: bool) -> Outcome {
        Outcome::Later(Later::answered(exchange, (self.context.clock)().timestamp(), unsure))
    }

    /// Keeps the record of a create or update. One that the server has acknowledged is acted on, though the body of the answer
    /// cannot be had: then it is an answer without one, which the headers have to make up for.
    fn note_sent(&mut self, answer: Result<Exchange, Failure>) -> Result<Exchange, Failure> {
        let (answer, unread) = match answer {
            Err(failure) => match self.context.client.acknowledgement(&failure, self.parcel.resource_type) {
                Some(exchange) => (Ok(exchange), Some(failure.error.code().to_owned())),
                None => (Err(failure), None),
            },
            answer => (answer, None),
        };
        let exchange = self.note(answer);
        if let Some(last) = self.attempts.last_mut() {
            last.unread = unread;
        }
        exchange
    }

    /// Keeps the record of a request.
    fn note(&mut self, answer: Result<Exchange, Failure>) -> Result<Exchange, Failure> {
        self.attempts.push(self.context.noted(&self.parcel.subject, &answer));
        answer
    }
}

fn problem(exchange: &Exchange) -> String {
    format!("status-{}", exchange.status)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use client::{Headers, RetryAfter, Sent};

    use super::*;

    #[test]
    fn a_date_to_wait_for_is_one_of_the_servers_clock() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let asked = |date| {
            let request =
                Sent { method: "GET", url: String::new(), conditions: Vec::new(), body_sha256: None };
            let retry_after = Some(RetryAfter::At(at("2026-11-21T09:10:00Z")));
            let headers = Headers { retry_after, date, ..Headers::default() };
            let exchange =
                Exchange { request, status: 503, headers, body: None, elapsed: Duration::from_secs(1) };
            // The device's clock is an hour behind.
            Later::answered(&exchange, at("2026-11-21T08:00:00Z"), false).asked
        };
        assert_eq!(asked(Some(at("2026-11-21T09:00:00Z"))), Some(Duration::from_mins(10)));
        assert_eq!(asked(None), Some(Duration::from_mins(70)), "nothing else is known");
    }
}
