//! What the worker does beside each other: taking what is due, the journeys, the reports, evidence, the first contact.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::context::Context;
use super::course::InFlight;
use super::machine::{self, Next};
use super::mind::Shared;
use super::record::{LEASE_MS, Steps};
use super::worker::{LONGEST_SLEEP, STORE_REST};
use super::{afterwards, backoff, document, evidence};
use crate::Error;
use crate::store::second_look::{self, SecondLook};
use crate::store::seen::{self, Whose};
use crate::store::{outbox, posting, revoked};

/// Reports that are taken at once at most, and second looks; they are sent, and made, one after the other.
const MOST_REPORTS: u32 = 16;

/// A task of the worker that has ended.
pub(super) enum Ended {
    /// The store was asked for what is due.
    Taken(Result<Taken, Error>),
    /// A journey, and whether the server does not let us in.
    Item(Result<bool, Error>),
    /// The reports and second looks, and whether the server does not let us in.
    Reports(Result<bool, Error>),
}

/// What the store is asked.
pub(super) struct Asked {
    /// Milliseconds since 1970.
    pub(super) now: i64,
    /// Items at most.
    pub(super) most: u32,
    /// Whether reports and second looks are asked for too.
    pub(super) reports: bool,
    /// Items in flight, which are not taken.
    pub(super) busy: Vec<String>,
    /// Holds that are over, of which the store was not told.
    pub(super) owed: Vec<InFlight>,
    /// Whether the server is back.
    pub(super) came_back: bool,
    /// The further servers that somebody delivers to.
    pub(super) listed: Vec<String>,
}

/// What was due.
pub(super) struct Taken {
    pub(super) owner: String,
    /// The holds of [`Asked::owed`].
    pub(super) freed: Vec<InFlight>,
    /// [`Asked::came_back`].
    pub(super) came_back: bool,
    pub(super) items: Vec<outbox::Item>,
    /// Whether there were as many as were asked for.
    pub(super) all: bool,
    /// The thumbprint of the device's certificate, if that is revoked: then there are no items.
    pub(super) revoked: Option<String>,
    pub(super) reports: Vec<posting::Posting>,
    pub(super) looks: Vec<SecondLook>,
    /// When something is due next, in milliseconds since 1970.
    pub(super) next: Option<i64>,
}

/// Takes what is due, in one transaction with the question of what comes next.
pub(super) async fn take(context: Arc<Context>, asked: Asked) -> Ended {
    // Each claim has a name of its own: a journey that has ended must not end the hold of the one after it.
    let owner = uuid::Uuid::new_v4().to_string();
    let endpoint = context.endpoint().map(str::to_owned);
    let thumbprint = context.signer().chain().thumbprint_hex();
    let taken = context.write(move |tx| {
        let endpoint = endpoint.as_deref();
        let Asked { now, most, reports: asks, busy, owed, came_back, listed } = asked;
        for InFlight { id, owner } in &owed {
            outbox::free(tx, owner, id)?;
        }
        if came_back {
            outbox::make_due(tx, endpoint, &client::Error::AWAY)?;
        }
        // A Provenance that it signs now would not verify, and the key may be in other hands.
        let is_revoked = revoked::since(tx, &thumbprint)?.is_some();
        let most = if is_revoked { 0 } else { most };
        let items = outbox::claim(tx, endpoint, &owner, now, now + LEASE_MS, most, &busy)?;
        if endpoint.is_none() {
            // Also what was signed, or taken over, since the study's document changed.
            outbox::mark_unlisted(tx, &listed)?;
        }
        // Alerts about any server are reported to the study's own.
        let (reports, report) = match endpoint {
            None if asks => (posting::due_reports(tx, now, MOST_REPORTS)?, posting::next_due(tx)?),
            // When those on their way have ended, the question comes again.
            None | Some(_) => (Vec::new(), None),
        };
        let looks = if asks { second_look::due(tx, endpoint, now, MOST_REPORTS)? } else { Vec::new() };
        if !items.is_empty() || !reports.is_empty() || !looks.is_empty() {
            // What becomes of them may be a wait.
            seen::note(tx, Whose::Server(endpoint), now)?;
        }
        let look = if asks { second_look::next_due(tx, endpoint)? } else { None };
        let due = [outbox::next_due(tx, endpoint)?, report, look];
        Ok(Taken {
            all: !is_revoked && u32::try_from(items.len()).is_ok_and(|taken| taken >= most),
            revoked: is_revoked.then_some(thumbprint),
            next: due.into_iter().flatten().filter(|due| *due > now).min(),
            owner,
            freed: owed,
            came_back,
            items,
            reports,
            looks,
        })
    });
    Ended::Taken(taken.await)
}

pub(super) async fn deliver(context: Arc<Context>, owner: String, item: outbox::Item) -> Ended {
    let mut steps = Steps::new(&context, owner);
    let result = journey(&context, &mut steps, item).await;
    // What was begun before an error is waited for as well: the hold must not end under it.
    Ended::Item(steps.settle().await.and(result))
}

async fn journey(context: &Context, steps: &mut Steps<'_>, mut item: outbox::Item) -> Result<bool, Error> {
    loop {
        match machine::step(context, steps, item).await? {
            Next::Step(next) => item = *next,
            Next::Rest => return Ok(false),
            Next::Unauthorised => return Ok(true),
        }
    }
}

/// Asks the server whether it is there until it has answered anything: a device that has nothing to send knows it too.
pub(super) async fn first_contact(context: Arc<Context>, shared: Arc<Shared>) {
    // Others are asked nothing before there is something to send to them.
    while context.endpoint().is_none() && context.contact.seen().at.is_none() {
        let answer = context.client.metadata().await;
        context.contact.note(&answer, (context.clock)().timestamp());
        if answer.is_ok() {
            shared.wake.notify_one();
        }
        tokio::time::sleep(LONGEST_SLEEP).await;
    }
}

/// Adds evidence to what was proven, until the worker ends.
pub(super) async fn tend(context: Arc<Context>, shared: Arc<Shared>) {
    while context.sources.is_some() {
        let mut round = JoinSet::new();
        let about = Arc::clone(&context);
        // A task of its own: a round that panics is not the last one.
        round.spawn(async move {
            match &about.sources {
                Some(sources) => evidence::round(&about, sources).await,
                None => Ok(None),
            }
        });
        let ended = round.join_next().await.and_then(Result::ok).unwrap_or(Err(Error::StorePanicked));
        let sleep = match ended {
            Ok(Some(due)) => until_due(due, context.now_ms()),
            Ok(None) => LONGEST_SLEEP,
            Err(error) => {
                tracing::error!(code = error.code(), "evidence was not stored");
                if error.is_of_the_store() { STORE_REST } else { LONGEST_SLEEP }
            }
        };
        tokio::select! {
            () = shared.evidence.notified() => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

pub(super) async fn reports(
    context: Arc<Context>,
    due: Vec<posting::Posting>,
    looks: Vec<SecondLook>,
) -> Ended {
    for posting in due {
        if context.contact.seen().rests_until(context.now_ms()).is_some() {
            // The others would only hear the same.
            break;
        }
        let (id, about) = (posting.id.clone(), Arc::clone(&context));
        // A task of its own: what is wrong with one report is nothing to the others.
        let report = tokio::spawn(async move { document::report(&about, posting).await });
        let result = match report.await.unwrap_or(Err(Error::StorePanicked)) {
            Err(error) if !error.is_of_the_store() => hold_back(&context, id, error.code()).await,
            result => result,
        };
        match result {
            Ok(false) => {}
            stopped => return Ended::Reports(stopped),
        }
    }
    for look in looks {
        if context.contact.seen().rests_until(context.now_ms()).is_some() {
            break;
        }
        let result = match afterwards::look(&context, look.clone()).await {
            Err(error) if !error.is_of_the_store() => {
                afterwards::put_off(&context, look, &error).await.map(|()| false)
            }
            result => result,
        };
        match result {
            Ok(false) => {}
            Ok(true) => break,
            Err(error) => return Ended::Reports(Err(error)),
        }
    }
    Ended::Reports(Ok(false))
}

/// Until when something rests that has failed so often. The store's own thread must not be left with the last hold on the
/// store, so this has none.
pub(super) fn rests_until(context: &Context) -> impl FnOnce(u32) -> i64 + Send + 'static {
    let (jitter, now) = (Arc::clone(&context.jitter), context.now_ms());
    move |failures| backoff::until(now, backoff::wait(failures, Some(STORE_REST), &jitter))
}

/// A report that ended in an error of its own rests alone, longer each time.
async fn hold_back(context: &Arc<Context>, id: String, problem: &'static str) -> Result<bool, Error> {
    tracing::error!(posting = id, code = problem, "a report has ended in an error, and rests");
    let next = rests_until(context);
    context.write(move |tx| posting::hold_back(tx, &id, problem, next)).await.map(|()| false)
}

pub(super) fn until_due(due: i64, now: i64) -> Duration {
    let wait = u64::try_from(due.saturating_sub(now)).unwrap_or_default();
    // A millisecond more, so that it is due when the sleep ends.
    Duration::from_millis(wait.saturating_add(1)).min(LONGEST_SLEEP)
}
