//! Looking once more for a Provenance of which a create went unanswered. Before it is sent again the server is searched; a
//! request that arrives only after that is kept beside the second one, with the same signature. When the second one is
//! confirmed the server is searched again ([`Transfer::after`]); this is the last time, a while later. Nothing can be put
//! right from here, and nothing is wrong with the record: staff are told.
//!
//! [`Transfer::after`]: super::transfer::Transfer

use super::bare::ENOUGH;
use super::context::Context;
use super::parcel::Provenance;
use super::transfer::{Outcome, Transfer};
use crate::Error;
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::notice::{self, Kind};
use crate::store::outbox::{self, Item};
use crate::store::second_look::{self, SecondLook};

/// How long after a Provenance was sent again the server is looked at once more, and how long after a look that showed
/// nothing. No connection is held open as long.
const LATER_MS: i64 = 15 * 60 * 1000;

/// When to look once more after what is sent now, in milliseconds since 1970.
pub(super) fn at(now_ms: i64) -> i64 {
    now_ms.saturating_add(LATER_MS)
}

/// What came of a look.
enum Seen {
    /// What the server keeps of it, the one that proves the record first.
    Kept(Vec<String>),
    /// Nothing now, and whether that counts as an answer.
    Later { answered: bool },
    /// The short name of what leaves no way to find out.
    Never(String),
}

/// Looks once.
///
/// # Errors
/// Those of the store.
pub(super) async fn look(context: &Context, mut due: SecondLook) -> Result<(), Error> {
    let record = due.record.clone();
    let item = context.read(move |connection| outbox::by_id(connection, &record)).await?;
    let (outcome, attempts) = Transfer::all_kept(context, &Provenance::of(&item)?.parcel(false)).await;
    let seen = seen(&item, outcome, attempts.last());
    let (now, at_ms) = ((context.clock)(), at(context.now_ms()));
    let answered = matches!(seen, Seen::Later { answered: true });
    due.failures = due.failures.saturating_add(u32::from(answered));
    let is_enough = usize::try_from(due.failures).is_ok_and(|failures| failures >= ENOUGH);
    let seen = if answered && is_enough { Seen::Never("not-shown".to_owned()) } else { seen };
    context
        .write(move |tx| {
            for attempt in &attempts {
                attempt::append(tx, attempt)?;
            }
            match seen {
                Seen::Later { .. } => return second_look::put_off(tx, &due, at_ms),
                // Where another look has ended it meanwhile, that one has told.
                _ if !second_look::end(tx, &due.record)? => {}
                Seen::Kept(found) if found.len() > 1 => {
                    notice::raise(tx, Kind::ProvenanceTwice, Some(due.record), found, &now)?;
                }
                Seen::Kept(_) => {}
                Seen::Never(problem) => {
                    let (subject, event) = (format!("record/{}", due.record), "provenance.notLookedAt");
                    let (actor, role) = ("device", "device");
                    let entry = NewEntry { actor, role, event, subject: &subject, detail: &problem };
                    audit::append(tx, &entry, &now)?;
                }
            }
            Ok(())
        })
        .await
}

/// A look that ended in an error of its own is made again later.
///
/// # Errors
/// Those of the store.
pub(super) async fn put_off(context: &Context, look: SecondLook, error: &Error) -> Result<(), Error> {
    tracing::error!(record = look.record, code = error.code(), "a second look has ended in an error");
    let at_ms = at(context.now_ms());
    context.write(move |tx| second_look::put_off(tx, &look, at_ms)).await
}

fn seen(item: &Item, outcome: Result<Vec<String>, Outcome>, last: Option<&Attempt>) -> Seen {
    match outcome {
        // The one that proves the record is there: it is not shown yet, or nobody shows it.
        Ok(found) if found.is_empty() => Seen::Later { answered: true },
        Ok(mut found) => {
            if let Some((own, id)) = item.provenance_target().zip(item.provenance_id.as_deref()) {
                let is_own = |one: &String| {
                    one.strip_prefix("Provenance/").and_then(|one| one.split('/').next()) == Some(id)
                };
                found.retain(|one| !is_own(one));
                found.insert(0, own);
            }
            Seen::Kept(found)
        }
        Err(Outcome::Later(later)) => {
            let away = client::Error::AWAY.contains(&later.problem.as_str());
            // A login that has ended is mended some day; what is forbidden stays so.
            let logged_out = later.unauthorised && last.is_none_or(|last| last.status != Some(403));
            Seen::Later { answered: !away && !logged_out }
        }
        Err(Outcome::Stopped(problem)) => Seen::Never(problem.to_owned()),
        Err(Outcome::Unproven(_)) => Seen::Never("receipt".to_owned()),
        Err(Outcome::Refused { status, .. }) => Seen::Never(format!("status-{status}")),
        Err(Outcome::Kept(_) | Outcome::Several { .. }) => Seen::Never("duplicates".to_owned()),
    }
}
