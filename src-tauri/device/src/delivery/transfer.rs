//! Getting one resource onto the server exactly once, whatever happens on the way.
//!
//! A request that may have been acted on is never simply repeated: the server is searched first. What the outcome
//! means for a record is decided in `machine`.

use std::time::Duration;

use client::bundle::Page;
use client::{Exchange, Failure, Location, Reach};
use fhir::Value;

use super::context::{Context, blocking};
use super::failpoint;
use crate::clock;
use crate::store::attempt::Attempt;
use crate::store::audit::{self, NewEntry};

/// Pages of one search at most; a server that gives more does not understand the question.
const MOST_PAGES: usize = 20;

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
    /// Search parameters that find it.
    pub(super) parameters: Vec<(&'static str, String)>,
    /// Whether a found resource is this one: servers may ignore a parameter.
    pub(super) is_mine: Box<dyn Fn(&Value) -> bool + Send + Sync + 'a>,
    /// The id that the device itself gives it, where the study creates by `PUT`.
    pub(super) own_id: Option<String>,
    /// The id and the altered version that it replaces; then it is an update.
    pub(super) replaces: Option<(String, String)>,
    /// Whether an earlier request may have been acted on.
    pub(super) unsure: bool,
}

/// What came of it.
pub(super) enum Outcome {
    /// The server keeps one; whether it is the same is not decided here.
    Kept(Kept),
    /// The server keeps several: their `TYPE/ID/_history/VERSION`.
    Several(Vec<String>),
    /// The server refused for good; its OperationOutcome, if it gave one.
    Refused { status: u16, outcome: Option<Vec<u8>> },
    /// The server's answer is not signed as the study demands: what was refused, each with the reason.
    Unproven(Vec<String>),
    /// Not now.
    Later(Later),
}

/// A resource as the server keeps it.
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
        let outcome = transfer.try_run().await.unwrap_or_else(|outcome| outcome);
        (outcome, transfer.attempts)
    }

    async fn try_run(&mut self) -> Found<Outcome> {
        if self.parcel.unsure
            && let Some(kept) = self.look().await?
        {
            return Ok(Outcome::Kept(kept));
        }
        failpoint::hit(&format!("{}-before-request", self.parcel.name));
        let answer = self.send().await;
        failpoint::hit(&format!("{}-after-request", self.parcel.name));
        let exchange = self.note(answer).map_err(|failure| {
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
            // An earlier create won: what it made is version 1, whatever happened to it since.
            200 if !update => match self.identify(&exchange)? {
                Some(kept) => self.first_version(kept).await,
                None => self.find_or_wait("no-body").await,
            },
            200..=299 => self.representation(exchange).await,
            401 | 403 => Err(Outcome::Later(Later {
                unauthorised: true,
                ..Later::new("unauthorised", self.parcel.unsure)
            })),
            429 => Err(self.later(&exchange, self.parcel.unsure)),
            409 | 412 if update => match self.look().await? {
                Some(kept) => Ok(kept),
                None => Err(refused(exchange)),
            },
            304 | 409 | 412 => self.find_or_wait(&problem(&exchange)).await,
            400 | 404 | 413 | 422 => Err(refused(exchange)),
            400..=499 if update => Err(refused(exchange)),
            _ => Err(self.later(&exchange, true)),
        }
    }

    async fn representation(&mut self, exchange: Exchange) -> Found<Kept> {
        let kept = match self.identify(&exchange)? {
            Some(kept) => kept,
            None => match self.location(&exchange) {
                Some((id, Some(version))) => self.read_version(&id, &version).await?,
                _ => self.find_or_wait("no-body").await?,
            },
        };
        // A create that was tried before may have been acted on twice.
        if self.parcel.unsure && self.parcel.replaces.is_none() {
            return self.find_or_wait("not-found").await;
        }
        Ok(kept)
    }

    /// The resource in the answer's body, under the id and version that the answer's headers name. `None` when the body
    /// is empty, or is an OperationOutcome instead (`Prefer` is only a preference).
    fn identify(&self, exchange: &Exchange) -> Found<Option<Kept>> {
        let malformed = |_| Outcome::Later(Later::new("malformed", true));
        let Some(resource) = exchange.resource().map_err(malformed)? else { return Ok(None) };
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

    /// What the server keeps of this parcel; `None` when it certainly keeps nothing of it.
    async fn look(&mut self) -> Found<Option<Kept>> {
        match (&self.parcel.replaces, &self.parcel.own_id) {
            (Some((id, version)), _) => {
                let current = self.read_current(id).await?;
                Ok((current.version != *version).then_some(current))
            }
            // Another device, or an earlier configuration, may have created it under an id of the server's.
            (None, Some(id)) => match self.read_own(id).await? {
                Some(kept) => Ok(Some(kept)),
                None => self.find().await,
            },
            (None, None) => self.find().await,
        }
    }

    async fn find_or_wait(&mut self, problem: &str) -> Found<Kept> {
        self.look().await?.ok_or_else(|| Outcome::Later(Later::new(problem, true)))
    }

    async fn find(&mut self) -> Found<Option<Kept>> {
        let parameters: Vec<(&str, &str)> =
            self.parcel.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.context.client.search(self.parcel.resource_type, &parameters).await;
        let mut page = self.page(answer).await?;
        let mut mine: Vec<Value> = Vec::new();
        let mut unproven: Vec<String> = Vec::new();
        for _ in 0..MOST_PAGES {
            // What is refused must not pass for "not there": it would be sent again.
            let refused = page.refused.drain(..).filter(|one| self.is_mine(&one.resource));
            unproven.extend(refused.map(|one| format!("{}: {} ({})", one.reference, one.reason, one.code)));
            mine.extend(page.matches.drain(..).filter(|resource| self.is_mine(resource)));
            let Some(next) = page.next.take() else { break };
            let answer = self.context.client.next_page(&next).await;
            page = self.page(answer).await?;
        }
        if !unproven.is_empty() {
            return Err(Outcome::Unproven(unproven));
        }
        if page.next.is_some() {
            return Err(Outcome::Later(Later::new("too-many", true)));
        }
        match mine.as_slice() {
            [] => Ok(None),
            [one] => self.first_version(kept(one).ok_or_else(no_version)?).await.map(Some),
            several => Err(Outcome::Several(several.iter().map(name).collect())),
        }
    }

    /// Version 1 of a resource, where the server keeps versions by number; otherwise the resource as found.
    async fn first_version(&mut self, found: Kept) -> Found<Kept> {
        if found.version == "1" {
            return Ok(found);
        }
        let answer = self.context.client.vread(self.parcel.resource_type, &found.id, "1").await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => body_as(exchange, found.id, "1"),
            400 | 404 | 405 | 410 | 501 => Ok(found),
            _ => Err(self.later(&exchange, true)),
        }
    }

    async fn read_version(&mut self, id: &str, version: &str) -> Found<Kept> {
        let answer = self.context.client.vread(self.parcel.resource_type, id, version).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => body_as(exchange, id.to_owned(), version),
            400 | 404 | 405 | 410 | 501 => self.find_or_wait("not-found").await,
            _ => Err(self.later(&exchange, true)),
        }
    }

    /// What is there under the device's own id; `None` when nothing ever was.
    async fn read_own(&mut self, id: &str) -> Found<Option<Kept>> {
        let answer = self.context.client.read(self.parcel.resource_type, id).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => {
                let kept = self.identify(&exchange)?.ok_or_else(no_version)?;
                self.first_version(kept).await.map(Some)
            }
            404 => Ok(None),
            // Deleted: whether it comes back is for a person to decide.
            410 => Err(refused(exchange)),
            _ => Err(self.later(&exchange, true)),
        }
    }

    async fn read_current(&mut self, id: &str) -> Found<Kept> {
        let answer = self.context.client.read(self.parcel.resource_type, id).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => self.identify(&exchange)?.ok_or_else(no_version),
            404 | 410 => Err(refused(exchange)),
            _ => Err(self.later(&exchange, true)),
        }
    }

    fn is_mine(&self, resource: &Value) -> bool {
        resource.resource_type() == Some(self.parcel.resource_type) && (self.parcel.is_mine)(resource)
    }

    async fn page(&mut self, answer: Result<Exchange, Failure>) -> Found<Page> {
        let exchange = self.note(answer).map_err(unknown)?;
        if exchange.status != 200 {
            return Err(self.later(&exchange, true));
        }
        let client = self.context.client.clone();
        let page = blocking(move || Ok(client.page(&exchange))).await;
        let Ok(Ok(page)) = page else { return Err(Outcome::Later(Later::new("malformed", true))) };
        self.report(&page).await?;
        Ok(page)
    }

    /// Every refusal stands in the audit trail before anything else happens.
    async fn report(&self, page: &Page) -> Found<()> {
        if page.refused.is_empty() {
            return Ok(());
        }
        let (subject, now) = (self.parcel.subject.clone(), (self.context.clock)());
        let refused: Vec<String> =
            page.refused.iter().map(|one| format!("{} {}", one.code, one.reference)).collect();
        let written = self.context.write(move |tx| {
            let (actor, role, event) = ("device", "device", "search.resourceRefused");
            for detail in &refused {
                audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail }, &now)?;
            }
            Ok(())
        });
        // Without the entry the answer is not used: the search is made again later.
        written.await.map_err(|_| Outcome::Later(Later::new("malformed", true)))
    }

    fn later(&self, exchange: &Exchange, unsure: bool) -> Outcome {
        let now = (self.context.clock)().timestamp();
        let unauthorised = matches!(exchange.status, 401 | 403);
        Outcome::Later(Later {
            problem: if unauthorised { "unauthorised".to_owned() } else { problem(exchange) },
            asked: exchange.headers.retry_after.map(|asked| asked.wait(now)),
            unsure,
            unauthorised,
        })
    }

    /// Keeps the record of a request.
    fn note(&mut self, answer: Result<Exchange, Failure>) -> Result<Exchange, Failure> {
        let at = clock::text(&(self.context.clock)());
        let server = self.context.client.base_url();
        let subject = &self.parcel.subject;
        self.attempts.push(match &answer {
            Ok(exchange) => Attempt::answered(subject, at, server, exchange),
            Err(failure) => Attempt::failed(subject, at, server, failure),
        });
        self.context.contact.note(&answer, (self.context.clock)().timestamp());
        answer
    }
}

/// While looking, a failure leaves everything as open as it was.
#[allow(clippy::needless_pass_by_value)] // By value, so that `map_err(unknown)` reads well.
fn unknown(failure: Failure) -> Outcome {
    Outcome::Later(Later::failed(&failure, true))
}

fn body_as(exchange: Exchange, id: String, version: &str) -> Found<Kept> {
    let malformed = || Outcome::Later(Later::new("malformed", true));
    match exchange.resource() {
        Ok(Some(_)) => {
            let returned = exchange.body.ok_or_else(malformed)?;
            Ok(Kept { id, version: version.to_owned(), returned })
        }
        _ => Err(malformed()),
    }
}

fn refused(exchange: Exchange) -> Outcome {
    Outcome::Refused { status: exchange.status, outcome: exchange.body }
}

/// A server that gives no version cannot hold a proof: the signature's target is a version.
fn no_version() -> Outcome {
    Outcome::Later(Later::new("no-version", true))
}

fn problem(exchange: &Exchange) -> String {
    format!("status-{}", exchange.status)
}

fn kept(resource: &Value) -> Option<Kept> {
    let id = resource.str("id").filter(|id| client::is_id(id))?;
    let version = resource.get("meta")?.str("versionId").filter(|version| client::is_id(version))?;
    Some(Kept { id: id.to_owned(), version: version.to_owned(), returned: resource.to_json().into_bytes() })
}

fn name(resource: &Value) -> String {
    let kind = resource.resource_type().unwrap_or_default();
    let id = resource.str("id").unwrap_or_default();
    match resource.get("meta").and_then(|meta| meta.str("versionId")) {
        Some(version) => format!("{kind}/{id}/_history/{version}"),
        None => format!("{kind}/{id}"),
    }
}
