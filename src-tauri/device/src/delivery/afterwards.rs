//! Looking once more, a while after a record was proven. What the server has answered to the create of the Provenance says what it
//! was sent, not yet what it will show: so the Provenance is read back, and one that the server shows otherwise, or not at all,
//! is an alert, as it would have been before.
//!
//! Where a create of it went unanswered, there may be a second one. Before it is sent again the server is searched; a request
//! that arrives only after that is kept beside the second one, with the same signature. When the second one is confirmed the
//! server is searched again ([`Transfer::after`]); this is the last time. Nothing can be put right from here, and nothing is
//! wrong with the record: staff are told.
//!
//! [`Transfer::after`]: super::transfer::Transfer

use super::State;
use super::bare::{ENOUGH, NOT_SHOWN, shows_nothing};
use super::context::Context;
use super::machine::compare_shown;
use super::parcel::Provenance;
use super::raise::{self, Finding};
use super::record::Steps;
use super::transfer::{Kept, Outcome, Transfer};
use crate::Error;
use crate::store::alert::{AlertKind, Phase};
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::notice::{self, Kind};
use crate::store::outbox::{self, Item};
use crate::store::second_look::{self, SecondLook};

/// How long after a Provenance was sent the server is looked at once more, and how long after the first look that came to
/// nothing. No connection is held open as long.
const LATER_MS: i64 = 15 * 60 * 1000;
/// How often that wait doubles: to 16 hours, which is not yet so long that the clock must have been set back.
const MOST_DOUBLINGS: u32 = 6;

/// When to look once more after what is sent now, in milliseconds since 1970.
pub(super) fn at(now_ms: i64) -> i64 {
    now_ms.saturating_add(LATER_MS)
}

/// When the next look is made after so many that came to nothing.
fn again_at(now_ms: i64, tries: u32) -> i64 {
    let doublings = tries.saturating_sub(1).min(MOST_DOUBLINGS);
    now_ms.saturating_add(LATER_MS << doublings)
}

/// What came of a look.
enum Seen {
    /// What the server keeps of it, the one that proves the record first.
    Kept(Vec<String>),
    /// Not what it has acknowledged.
    Otherwise(Box<Finding>),
    /// Nothing now: whether that is an answer that shows nothing, and whether the server does not let us in.
    Later { answered: bool, unauthorised: bool },
    /// The short name of what leaves no way to find out.
    Never(String),
}

/// Looks once. Gives whether the others would only meet the same: the server is away, or does not let us in.
///
/// # Errors
/// Those of the store.
pub(super) async fn look(context: &Context, mut due: SecondLook) -> Result<bool, Error> {
    let record = due.record.clone();
    let item = context.read(move |connection| outbox::by_id(connection, &record)).await?;
    let (seen, attempts) = see(context, &item, &due).await?;
    if let Seen::Otherwise(finding) = seen {
        let finding = finding.with(attempts);
        // That a look is wanted stays: there may be a second one all the same once a person has had this one sent again.
        raise::alert(context, &mut Steps::of_proven(context), State::Done, item, finding).await?;
        return Ok(false);
    }
    let now = (context.clock)();
    let answered = matches!(seen, Seen::Later { answered: true, .. });
    let shut_out = matches!(seen, Seen::Later { unauthorised: true, .. });
    let away = attempts.last().is_none_or(|last| last.status.is_none_or(client::is_away));
    let endpoint = context.endpoint().map(str::to_owned);
    // Away, or without a login, it is none of this record's doing: once it is back, it is asked soon.
    let is_its_own = !shut_out && (answered || !away);
    due.tries = due.tries.saturating_add(u32::from(is_its_own));
    let at_ms = again_at(context.now_ms(), if is_its_own { due.tries } else { 0 });
    due.failures = due.failures.saturating_add(u32::from(answered));
    let is_enough = usize::try_from(due.failures).is_ok_and(|failures| failures >= ENOUGH);
    let seen = if answered && is_enough { Seen::Never(NOT_SHOWN.to_owned()) } else { seen };
    context
        .write(move |tx| {
            for attempt in &attempts {
                attempt::append(tx, attempt)?;
            }
            match seen {
                Seen::Later { .. } if shut_out => {
                    second_look::put_off(tx, &due, at_ms)?;
                    return second_look::put_all_off(tx, endpoint.as_deref(), at_ms);
                }
                Seen::Later { .. } => return second_look::put_off(tx, &due, at_ms),
                // Where another look has ended it meanwhile, that one has told.
                _ if !second_look::end(tx, &due.record)? => {}
                Seen::Kept(found) if found.len() > 1 => {
                    notice::raise(tx, Kind::ProvenanceTwice, Some(due.record), found, &now)?;
                }
                Seen::Kept(_) | Seen::Otherwise(_) => {}
                Seen::Never(problem) => {
                    let (subject, event) = (format!("record/{}", due.record), "provenance.notLookedAt");
                    let (actor, role) = ("device", "device");
                    let entry = NewEntry { actor, role, event, subject: &subject, detail: &problem };
                    audit::append(tx, &entry, &now)?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(shut_out || away)
}

/// A look that ended in an error of its own is made again later.
///
/// # Errors
/// Those of the store.
pub(super) async fn put_off(context: &Context, mut look: SecondLook, error: &Error) -> Result<(), Error> {
    tracing::error!(record = look.record, code = error.code(), "a second look has ended in an error");
    look.tries = look.tries.saturating_add(1);
    let at_ms = again_at(context.now_ms(), look.tries);
    context.write(move |tx| second_look::put_off(tx, &look, at_ms)).await
}

/// Reads the Provenance that proves the record; then, where there may be another one, searches for that.
async fn see(context: &Context, item: &Item, due: &SecondLook) -> Result<(Seen, Vec<Attempt>), Error> {
    let (Some(id), Some(version)) = (&item.provenance_id, &item.provenance_version) else {
        return Err(Error::Unreadable("Provenance"));
    };
    let provenance = Provenance::of(item)?;
    let parcel = provenance.parcel(false);
    let (outcome, mut attempts) = Transfer::read_back(context, &parcel, id, version).await;
    let shown = match outcome {
        Outcome::Kept(shown) => shown,
        Outcome::Refused { status, outcome } => {
            let read = attempts.last().cloned();
            let (found, searches) = Transfer::all_kept(context, &parcel).await;
            let last = searches.last().cloned();
            attempts.extend(searches);
            let gone = match found {
                // A server that hides what it does not let the device read.
                Ok(found) if found.iter().any(|one| is_of(id, one)) => false,
                Ok(_) => true,
                // It does not let the device search either.
                Err(_) if last.as_ref().is_some_and(|last| last.status == Some(403)) => false,
                // It knows no such search: then its own word is enough, and a gateway's is none.
                Err(_) if last.as_ref().is_some_and(shows_nothing) => outcome.is_some(),
                Err(other) => return Ok((unseen(other, last.as_ref()), attempts)),
            };
            if !gone {
                return Ok((Seen::Never(NOT_SHOWN.to_owned()), attempts));
            }
            let finding = Finding::refused(Phase::Provenance, status, outcome);
            let finding = finding.about(item.provenance_target()).found_in(read.as_ref());
            return Ok((Seen::Otherwise(Box::new(finding)), attempts));
        }
        other => return Ok((unseen(other, attempts.last()), attempts)),
    };
    let (sent, replaced) = (&provenance.sent.value, item.provenance_replaces.as_deref());
    let returned = item.provenance_returned.clone().unwrap_or_default();
    let acknowledged = Kept { id: id.clone(), version: version.clone(), returned };
    let comparison = compare_shown(context, sent, &acknowledged, &shown, replaced)?;
    if let Some(comparison) = comparison.filter(|comparison| !comparison.changes.is_empty()) {
        let (kind, target) = (AlertKind::ProvenanceDifferent, item.provenance_target());
        let finding = Finding::different(kind, Phase::Provenance, target, shown, comparison);
        return Ok((Seen::Otherwise(Box::new(finding)), attempts));
    }
    if !due.searches {
        return Ok((Seen::Kept(Vec::new()), attempts));
    }
    let (found, searches) = Transfer::all_kept(context, &parcel).await;
    let seen = match found {
        // The one that proves the record is there: it is not shown yet, or nobody shows it.
        Ok(found) if found.is_empty() => Seen::Later { answered: true, unauthorised: false },
        Ok(found) => Seen::Kept(own_first(item, id, found)),
        Err(outcome) => unseen(outcome, searches.last()),
    };
    attempts.extend(searches);
    Ok((seen, attempts))
}

/// Whether `Provenance/ID/_history/VERSION` has this id.
fn is_of(id: &str, one: &str) -> bool {
    one.strip_prefix("Provenance/").and_then(|one| one.split('/').next()) == Some(id)
}

fn own_first(item: &Item, id: &str, mut found: Vec<String>) -> Vec<String> {
    found.retain(|one| !is_of(id, one));
    found.splice(0..0, item.provenance_target());
    found
}

fn unseen(outcome: Outcome, last: Option<&Attempt>) -> Seen {
    match outcome {
        Outcome::Later(later) => {
            // A login that has ended is mended some day, and so is a server that fails; what is forbidden stays so.
            let logged_out = later.unauthorised && last.is_none_or(|last| last.status != Some(403));
            Seen::Later { answered: last.is_some_and(shows_nothing), unauthorised: logged_out }
        }
        Outcome::Stopped(problem) => Seen::Never(problem.to_owned()),
        Outcome::Unproven(_) => Seen::Never("receipt".to_owned()),
        Outcome::Refused { status, .. } => Seen::Never(format!("status-{status}")),
        Outcome::Kept(_) | Outcome::Several { .. } => Seen::Never("duplicates".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::outbox::LONGEST_WAIT_MS;

    #[test]
    fn the_wait_doubles_from_a_quarter_of_an_hour_to_sixteen_hours() {
        let minutes: Vec<_> = (0..10).map(|tries| again_at(7, tries) - 7).map(|wait| wait / 60_000).collect();
        assert_eq!(minutes, [15, 15, 30, 60, 120, 240, 480, 960, 960, 960]);
        assert!(
            minutes.iter().all(|wait| wait * 60_000 < LONGEST_WAIT_MS),
            "a longer one would count as over"
        );
    }
}
