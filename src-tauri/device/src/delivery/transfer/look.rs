//! Looking at what the server keeps, before a request is made again and where an answer does not say it.

use client::bundle::Page;
use client::find::Allowance;
use client::{Exchange, Failure, Reach};
use fhir::Value;

use super::{Found, Kept, Later, Likeness, Outcome, Parcel, Transfer};
use crate::delivery::context::{Context, blocking};
use crate::store::attempt::Attempt;
use crate::store::audit::{self, NewEntry};

/// Pages of one search at most; a server that gives more does not understand the question.
const MOST_PAGES: usize = 20;
/// What is said of a search that has more pages, or larger ones, than it can mean.
const TOO_MANY: &str = "too-many";

impl<'a> Transfer<'a> {
    /// What the server keeps of this parcel; `None` when it certainly keeps nothing of it.
    pub(super) async fn look(&mut self) -> Found<Option<Kept>> {
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

    pub(super) async fn find_or_wait(&mut self, problem: &str) -> Found<Kept> {
        self.look().await?.ok_or_else(|| Outcome::Later(Later::new(problem, true)))
    }

    /// What is found of this parcel. Where nothing is by what it is known by, the server may keep that otherwise.
    async fn find(&mut self) -> Found<Option<Kept>> {
        let found = self.matches().await?;
        if !found.unproven.is_empty() {
            return Err(Outcome::Unproven(found.unproven));
        }
        let altered = !found.altered.is_empty();
        match (found.own.as_slice(), found.altered.as_slice()) {
            ([], []) => Ok(None),
            ([one], []) | ([], [one]) => {
                self.first_version(kept(one).ok_or_else(no_version)?).await.map(Some)
            }
            (own, others) => {
                Err(Outcome::Several { found: own.iter().chain(others).map(name).collect(), altered })
            }
        }
    }

    /// The names of all that the server keeps of this parcel, by what it is known by or otherwise, and every request made.
    pub(in crate::delivery) async fn all_kept(
        context: &'a Context,
        parcel: &'a Parcel<'a>,
    ) -> (Found<Vec<String>>, Vec<Attempt>) {
        let mut transfer = Self { context, parcel, attempts: Vec::new() };
        let found = transfer.matches().await.and_then(|found| {
            if !found.unproven.is_empty() {
                return Err(Outcome::Unproven(found.unproven));
            }
            Ok(found.own.iter().chain(&found.altered).map(name).collect())
        });
        (found, transfer.attempts)
    }

    async fn matches(&mut self) -> Found<Matches> {
        match self.search().await? {
            found if found.is_empty() => self.search_otherwise().await,
            found => Ok(found),
        }
    }

    async fn search(&mut self) -> Found<Matches> {
        let (name, value) = &self.parcel.parameter;
        let mut allowance = self.context.client.allowance();
        let answer = self.context.client.search(self.parcel.resource_type, &[(*name, value.as_str())]).await;
        let mut page = self.page(answer, &mut allowance).await?;
        let mut found = Matches::default();
        for _ in 0..MOST_PAGES {
            found.add(self.parcel, &mut page);
            let Some(next) = page.next.take() else { return Ok(found) };
            let answer = self.context.client.next_page(&next).await;
            page = self.page(answer, &mut allowance).await?;
        }
        // What is there and cannot be proven is said first.
        if found.unproven.is_empty() { Err(Outcome::Stopped(TOO_MANY)) } else { Ok(found) }
    }

    /// A server need not know this parameter. One that refuses it, or that ignores it and gives whatever it has, keeps nothing
    /// from being sent: then what the first search said stands.
    async fn search_otherwise(&mut self) -> Found<Matches> {
        let mut found = Matches::default();
        let Some((name, value)) = &self.parcel.otherwise else { return Ok(found) };
        let mut allowance = self.context.client.allowance();
        let mut answer =
            self.context.client.search(self.parcel.resource_type, &[(*name, value.as_str())]).await;
        for _ in 0..MOST_PAGES {
            let Some(mut page) = self.optional_page(answer, &mut allowance).await? else { break };
            found.add(self.parcel, &mut page);
            let Some(next) = page.next.take() else { break };
            answer = self.context.client.next_page(&next).await;
        }
        Ok(found)
    }

    /// `None` where the answer is of no use. Only what is no answer to this question at all leaves everything open: no
    /// connection, not now, not without a login.
    async fn optional_page(
        &mut self,
        answer: Result<Exchange, Failure>,
        allowance: &mut Allowance,
    ) -> Found<Option<Page>> {
        self.attempts.push(self.context.noted_optional(&self.parcel.subject, &answer));
        let exchange = match answer {
            Ok(exchange) if exchange.status == 401 || client::is_away(exchange.status) => {
                return Err(self.later(&exchange, true));
            }
            Ok(exchange) if exchange.status == 200 && allowance.take(&exchange).is_ok() => exchange,
            Err(failure) if is_cut_off(&failure) => return Err(unknown(failure)),
            Ok(_) | Err(_) => return Ok(None),
        };
        let Ok(mut page) = self.read(exchange).await else { return Ok(None) };
        page.refused.retain(|one| likeness(self.parcel, &one.resource) == Likeness::Own);
        self.report(&page).await?;
        Ok(Some(page))
    }

    /// Whether this is a request of [`Self::search_otherwise`].
    pub(super) fn asked_otherwise(&self, attempt: &Attempt) -> bool {
        let asked = self.parcel.otherwise.as_ref().map(|(name, _)| format!("?{name}="));
        attempt.method == "GET" && asked.is_some_and(|asked| attempt.url.contains(&asked))
    }

    /// Version 1 of a resource, where the server keeps versions by number; otherwise the resource as found.
    pub(super) async fn first_version(&mut self, found: Kept) -> Found<Kept> {
        self.version_of(found, None).await
    }

    /// The same with the version that an answer named, where it named one.
    pub(super) async fn version_of(&mut self, found: Kept, version: Option<&str>) -> Found<Kept> {
        let version = version.unwrap_or("1");
        if found.version == version {
            return Ok(found);
        }
        let answer = self.context.client.vread(self.parcel.resource_type, &found.id, version).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => body_as(exchange, found.id, version),
            _ if exchange.shows_no_version() => Ok(found),
            _ => Err(self.later(&exchange, true)),
        }
    }

    pub(super) async fn read_version(&mut self, id: &str, version: &str) -> Found<Kept> {
        let answer = self.context.client.vread(self.parcel.resource_type, id, version).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => body_as(exchange, id.to_owned(), version),
            _ if exchange.shows_no_version() => self.find_or_wait("not-found").await,
            _ => Err(self.later(&exchange, true)),
        }
    }

    /// What is there under the device's own id; `None` when nothing ever was.
    async fn read_own(&mut self, id: &str) -> Found<Option<Kept>> {
        match self.read_acknowledged(id, None).await? {
            Ok(kept) => Ok(Some(kept)),
            Err(exchange) if exchange.status == 404 => Ok(None),
            // Deleted: whether it comes back is for a person to decide.
            Err(exchange) => Err(self.refused(exchange).await),
        }
    }

    pub(super) async fn read_current(&mut self, id: &str) -> Found<Kept> {
        let answer = self.context.client.read(self.parcel.resource_type, id).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => self.identify(&exchange)?.ok_or_else(no_version),
            404 | 410 => Err(self.refused(exchange).await),
            _ => Err(self.later(&exchange, true)),
        }
    }

    async fn page(&mut self, answer: Result<Exchange, Failure>, allowance: &mut Allowance) -> Found<Page> {
        let exchange = self.note(answer).map_err(unknown)?;
        if exchange.status != 200 {
            return Err(self.later(&exchange, true));
        }
        if allowance.take(&exchange).is_err() {
            return Err(Outcome::Stopped(TOO_MANY));
        }
        let page = self.read(exchange).await?;
        self.report(&page).await?;
        Ok(page)
    }

    async fn read(&self, exchange: Exchange) -> Found<Page> {
        let client = self.context.client.clone();
        let page = blocking(move || Ok(client.page(&exchange))).await;
        let Ok(Ok(page)) = page else { return Err(malformed()) };
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
        written.await.map_err(|_| malformed())
    }
}

/// What pages have of a parcel.
#[derive(Default)]
struct Matches {
    own: Vec<Value>,
    altered: Vec<Value>,
    unproven: Vec<String>,
}

impl Matches {
    fn add(&mut self, parcel: &Parcel<'_>, page: &mut Page) {
        // What is refused must not pass for "not there": it would be sent again.
        let refused = page.refused.drain(..).filter(|one| likeness(parcel, &one.resource) == Likeness::Own);
        self.unproven.extend(refused.map(|one| format!("{}: {} ({})", one.reference, one.reason, one.code)));
        for resource in page.matches.drain(..) {
            // An entry that a server repeats, or that moved to the next page meanwhile.
            let is_known = |known: &Value| known.str("id").is_some() && known.str("id") == resource.str("id");
            if self.own.iter().chain(&self.altered).any(is_known) {
                continue;
            }
            match likeness(parcel, &resource) {
                Likeness::Own => self.own.push(resource),
                Likeness::Altered => self.altered.push(resource),
                Likeness::Other => {}
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.own.is_empty() && self.altered.is_empty() && self.unproven.is_empty()
    }
}

fn likeness(parcel: &Parcel<'_>, resource: &Value) -> Likeness {
    match resource.resource_type() {
        Some(kind) if kind == parcel.resource_type => (parcel.likeness)(resource),
        _ => Likeness::Other,
    }
}

/// Whether the request did not get through, or its answer did not come whole.
fn is_cut_off(failure: &Failure) -> bool {
    failure.error.reach() == Reach::NotSent
        || matches!(failure.error, client::Error::ResetBeforeAnswer | client::Error::ResetDuringAnswer)
}

/// While looking, a failure leaves everything as open as it was.
#[allow(clippy::needless_pass_by_value)] // By value, so that `map_err(unknown)` reads well.
pub(super) fn unknown(failure: Failure) -> Outcome {
    Outcome::Later(Later::failed(&failure, true))
}

pub(super) fn body_as(exchange: Exchange, id: String, version: &str) -> Found<Kept> {
    match exchange.resource() {
        Ok(Some(_)) => {
            let returned = exchange.body.ok_or_else(malformed)?;
            Ok(Kept { id, version: version.to_owned(), returned })
        }
        _ => Err(malformed()),
    }
}

/// What was answered, or what is stored here about it, cannot be read: everything is as open as it was.
pub(super) fn malformed() -> Outcome {
    Outcome::Later(Later::new("malformed", true))
}

/// A server that gives no version cannot hold a proof: the signature's target is a version.
pub(super) fn no_version() -> Outcome {
    Outcome::Later(Later::new("no-version", true))
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
