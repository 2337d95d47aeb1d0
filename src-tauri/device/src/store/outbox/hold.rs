//! Who delivers an item: what is due is held by one sender, for so long.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{COLUMNS, Item, item};
use crate::Error;

/// A stored time further ahead than this was written by a clock that has since been set back, and counts as past.
pub(crate) const LONGEST_WAIT_MS: i64 = 24 * 60 * 60 * 1000;

/// `problem` of what waits for a server that the study does not list any more.
const UNLISTED: &str = "endpoint-unlisted";

/// Whether a stored time is still to come.
pub(crate) fn is_later(at_ms: i64, now_ms: i64) -> bool {
    at_ms > now_ms && at_ms <= now_ms.saturating_add(LONGEST_WAIT_MS)
}

/// The states in which the worker still has something to do, as the index `outbox_waiting` has them.
pub(super) const WAITING: &str =
    "state IN ('frozen', 'sending', 'acknowledged', 'compared', 'provenanceSending', 'provenanceCompared')";

/// The index of what waits for a server, and which rows are in it. The address is the parameter `?4`, which has to be
/// there for the study's own server too.
fn waits_for(endpoint: Option<&str>) -> (&'static str, &'static str) {
    match endpoint {
        None => ("outbox_waiting", "endpoint IS NULL AND ?4 IS NULL"),
        Some(_) => ("outbox_elsewhere", "endpoint = ?4"),
    }
}

/// Takes up to `most` due items of a server, and none that is `busy`: each belongs to `owner` until `until_ms`, or until it is
/// given back.
pub(crate) fn claim(
    tx: &Transaction<'_>,
    endpoint: Option<&str>,
    owner: &str,
    now_ms: i64,
    until_ms: i64,
    most: u32,
    busy: &[String],
) -> Result<Vec<Item>, Error> {
    let ahead = now_ms.saturating_add(LONGEST_WAIT_MS);
    let asked = most.saturating_add(u32::try_from(busy.len()).unwrap_or(u32::MAX));
    let mut rows = waiting(tx, endpoint, "next_attempt_ms <= ?1", now_ms, now_ms, asked)?;
    // A time that lies too far ahead was written by a clock that was ahead.
    rows.extend(waiting(tx, endpoint, "next_attempt_ms > ?1", ahead, now_ms, asked)?);
    let free = rows.into_iter().filter(|(_, id)| !busy.contains(id)).map(|(row, _)| row);
    let mut hold = tx.prepare_cached(&format!(
        "UPDATE outbox SET lease_owner = ?2, lease_until_ms = ?3 WHERE rowid = ?1 RETURNING {COLUMNS}"
    ))?;
    free.take(most as usize).map(|row| hold.query_row(params![row, owner, until_ms], item)?).collect()
}

/// The rows of due items that nobody holds, oldest first.
fn waiting(
    connection: &Connection,
    endpoint: Option<&str>,
    due: &str,
    bound_ms: i64,
    now_ms: i64,
    most: u32,
) -> Result<Vec<(i64, String)>, Error> {
    let (index, whose) = waits_for(endpoint);
    let mut query = connection.prepare_cached(&format!(
        "SELECT rowid, id FROM outbox INDEXED BY {index} WHERE {whose} AND {WAITING} AND {due}
           AND (lease_until_ms IS NULL OR lease_until_ms <= ?2 OR lease_until_ms > ?2 + {LONGEST_WAIT_MS})
         ORDER BY next_attempt_ms, rowid LIMIT ?3"
    ))?;
    let found =
        query.query_map(params![bound_ms, now_ms, most, endpoint], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Frees every item of a server: only for the start of its one worker, which the lock on the data folder makes the only
/// sender.
pub(crate) fn free_all(tx: &Transaction<'_>, endpoint: Option<&str>) -> Result<(), Error> {
    tx.execute(
        "UPDATE outbox SET lease_owner = NULL, lease_until_ms = NULL
         WHERE lease_until_ms IS NOT NULL AND endpoint IS ?1",
        [endpoint],
    )?;
    Ok(())
}

/// When the next item of a server that nobody holds is due, in milliseconds since 1970; one that is held, when its hold ends.
pub(crate) fn next_due(connection: &Connection, endpoint: Option<&str>) -> Result<Option<i64>, Error> {
    let (index, whose) = waits_for(endpoint);
    let free: Option<i64> = connection
        .prepare_cached(&format!(
            "SELECT next_attempt_ms FROM outbox INDEXED BY {index} WHERE {} AND {WAITING} AND lease_until_ms IS NULL
             ORDER BY next_attempt_ms LIMIT 1",
            whose.replace("?4", "?1")
        ))?
        .query_row([endpoint], |row| row.get(0))
        .optional()?;
    let held: Option<i64> = connection
        .prepare_cached(&format!(
            "SELECT min(max(next_attempt_ms, lease_until_ms)) FROM outbox INDEXED BY outbox_held
             WHERE lease_until_ms IS NOT NULL AND endpoint IS ?1 AND {WAITING}"
        ))?
        .query_row([endpoint], |row| row.get(0))?;
    Ok(free.into_iter().chain(held).min())
}

/// The oldest item that waits for a server because of this problem.
pub(crate) fn oldest_with(
    connection: &Connection,
    endpoint: Option<&str>,
    problem: &str,
) -> Result<Option<String>, Error> {
    let (index, whose) = waits_for(endpoint);
    let found = connection
        .prepare_cached(&format!(
            "SELECT id FROM outbox INDEXED BY {index} WHERE {} AND {WAITING} AND problem = ?2
             ORDER BY rowid LIMIT 1",
            whose.replace("?4", "?1")
        ))?
        .query_row(params![endpoint, problem], |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// Makes every item that waits for a server due at once; with `problems`, only those that wait for one of them.
pub(crate) fn make_due(tx: &Transaction<'_>, endpoint: Option<&str>, problems: &[&str]) -> Result<(), Error> {
    end_waits(tx, endpoint, problems, "next_attempt_ms = 0")
}

/// The same, with the waits as after a first failure: what they were is nothing to another network.
pub(crate) fn begin_anew(
    tx: &Transaction<'_>,
    endpoint: Option<&str>,
    problems: &[&str],
) -> Result<(), Error> {
    end_waits(tx, endpoint, problems, "next_attempt_ms = 0, failures = 0")
}

fn end_waits(
    tx: &Transaction<'_>,
    endpoint: Option<&str>,
    problems: &[&str],
    change: &str,
) -> Result<(), Error> {
    let problems = serde_json::to_string(problems).map_err(|_| Error::Unreadable("problems"))?;
    tx.prepare_cached(&format!(
        "UPDATE outbox SET {change} WHERE {} AND {WAITING} AND next_attempt_ms > 0
           AND (?1 = '[]' OR problem IN (SELECT value FROM json_each(?1)))",
        waits_for(endpoint).1.replace("?4", "?2")
    ))?
    .execute(params![problems, endpoint])?;
    Ok(())
}

/// What waits for a server that the study does not list (any more) is marked, so that staff see why nothing is sent. What waits
/// for a listed one is not looked at.
pub(crate) fn mark_unlisted(tx: &Transaction<'_>, listed: &[String]) -> Result<(), Error> {
    let mut next = tx.prepare_cached(&format!(
        "SELECT endpoint FROM outbox INDEXED BY outbox_elsewhere WHERE endpoint > ?1 AND {WAITING}
         ORDER BY endpoint LIMIT 1"
    ))?;
    let mut mark = tx.prepare_cached(&format!(
        "UPDATE outbox INDEXED BY outbox_elsewhere SET problem = ?2
         WHERE endpoint = ?1 AND {WAITING} AND problem IS NOT ?2"
    ))?;
    let mut after = String::new();
    while let Some(endpoint) = next.query_row([&after], |row| row.get::<_, String>(0)).optional()? {
        if !listed.contains(&endpoint) {
            mark.execute([endpoint.as_str(), UNLISTED])?;
        }
        after = endpoint;
    }
    Ok(())
}

/// For the start: what waits for servers that the study lists (again) is not marked any more.
pub(crate) fn unmark_listed(tx: &Transaction<'_>, listed: &[String]) -> Result<(), Error> {
    let mut unmark = tx.prepare_cached(&format!(
        "UPDATE outbox INDEXED BY outbox_elsewhere SET problem = NULL
         WHERE endpoint = ?1 AND {WAITING} AND problem = ?2"
    ))?;
    for endpoint in listed {
        unmark.execute([endpoint.as_str(), UNLISTED])?;
    }
    Ok(())
}

/// Ends `owner`'s hold on the item.
pub(crate) fn free(tx: &Transaction<'_>, owner: &str, id: &str) -> Result<(), Error> {
    tx.prepare_cached(
        "UPDATE outbox SET lease_owner = NULL, lease_until_ms = NULL WHERE id = ?1 AND lease_owner = ?2",
    )?
    .execute([id, owner])?;
    Ok(())
}

/// Ends `owner`'s hold on an item whose journey ended in an error: it rests until `next`, which is asked for the number of
/// failures since the last progress. Nothing happens when the hold is over.
pub(crate) fn hold_back(
    tx: &Transaction<'_>,
    owner: &str,
    id: &str,
    problem: &str,
    next: impl FnOnce(u32) -> i64,
) -> Result<(), Error> {
    let failures: Option<u32> = tx
        .prepare_cached("SELECT failures FROM outbox WHERE id = ?1 AND lease_owner = ?2")?
        .query_row([id, owner], |row| row.get(0))
        .optional()?;
    let Some(failures) = failures.map(|failures| failures.saturating_add(1)) else { return Ok(()) };
    tx.prepare_cached(
        "UPDATE outbox SET failures = ?2, next_attempt_ms = ?3, problem = ?4, lease_owner = NULL, lease_until_ms = NULL
         WHERE id = ?1",
    )?
    .execute(params![id, failures, next(failures), problem])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::delivery::State;
    use crate::store::Store;
    use crate::store::outbox::tests::store;
    use crate::store::outbox::{By, by_id, save};

    fn claimed(store: &Store, owner: &'static str, now: i64, until: i64) -> usize {
        store.write(move |tx| Ok(claim(tx, None, owner, now, until, 8, &[])?.len())).unwrap()
    }

    #[test]
    fn a_hold_keeps_others_off_until_it_ends() {
        let (_folder, store) = store();
        assert_eq!(claimed(&store, "one", 1000, 2000), 1);
        assert_eq!(claimed(&store, "two", 1999, 3000), 0, "the item is held");
        assert_eq!(claimed(&store, "two", 2000, 3000), 1, "a sender that died blocks nobody for ever");
        let late = store.write(|tx| {
            let by = By::Sender { owner: "one", until_ms: Some(9000) };
            save(tx, by, State::Frozen, &by_id(tx, "a")?)
        });
        assert!(matches!(late, Err(Error::WrongState(_))), "whoever lost the hold changes nothing");
    }

    #[test]
    fn a_step_lengthens_the_hold_or_ends_it_and_a_persons_decision_leaves_it() {
        let (_folder, store) = store();
        let step = |by: By<'static>| {
            store.write(move |tx| save(tx, by, State::Frozen, &by_id(tx, "a")?)).unwrap();
        };
        assert_eq!(claimed(&store, "one", 1000, 2000), 1);
        step(By::Sender { owner: "one", until_ms: Some(5000) });
        step(By::Person);
        assert_eq!(claimed(&store, "two", 4999, 9000), 0, "it was lengthened");
        step(By::Sender { owner: "one", until_ms: None });
        assert_eq!(claimed(&store, "two", 1000, 9000), 1, "it was given back");
    }

    #[test]
    fn what_is_in_flight_is_not_taken_again_when_a_clock_that_jumps_ends_its_hold() {
        let (_folder, store) = store();
        assert_eq!(claimed(&store, "one", 1000, 2000), 1);
        let busy = ["a".to_owned()];
        let taken = store.write(move |tx| Ok(claim(tx, None, "two", 9000, 9500, 8, &busy)?.len())).unwrap();
        assert_eq!(taken, 0);
        assert_eq!(claimed(&store, "two", 9000, 9500), 1, "a sender that ended without a word blocks nobody");
    }

    #[test]
    fn a_hold_from_a_clock_that_was_ahead_ends_too() {
        let (_folder, store) = store();
        assert_eq!(claimed(&store, "one", 10 * LONGEST_WAIT_MS, 10 * LONGEST_WAIT_MS + 1000), 1);
        assert_eq!(claimed(&store, "two", 1000, 2000), 1);
    }
}
