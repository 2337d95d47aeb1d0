//! Records whose Provenance is known only from what the server has answered: a while later the server is asked what it keeps. Of
//! some it may keep two: a create went unanswered, and nobody knows how late it may still arrive. R4 gives a Provenance no
//! identifier that a server could refuse the second one by.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::outbox::LONGEST_WAIT_MS;
use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE second_look (
    record          TEXT NOT NULL PRIMARY KEY REFERENCES outbox (id),
    -- Answers that showed nothing.
    failures        INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX second_look_due ON second_look (next_attempt_ms);
";

/// Those from before this are all of records of which a create went unanswered.
pub(super) const SEARCHES_MIGRATION: &str = "
ALTER TABLE second_look ADD COLUMN searches INTEGER NOT NULL DEFAULT 1 CHECK (searches IN (0, 1));
";

/// Looks that came to nothing, whatever the answer.
pub(super) const TRIES_MIGRATION: &str = "
ALTER TABLE second_look ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
UPDATE second_look SET tries = failures;
";

/// A look that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecondLook {
    /// The row of the outbox.
    pub(crate) record: String,
    /// Answers so far that showed nothing.
    pub(crate) failures: u32,
    /// Answers so far of whatever kind that were none to the question: those, and of a server that fails.
    pub(crate) tries: u32,
    /// Whether there may be a second one.
    pub(crate) searches: bool,
}

/// From now on the record is looked at once more, not before `at_ms` (milliseconds since 1970) and once it is proven; with
/// `searches`, for a second one too.
pub(crate) fn want(tx: &Transaction<'_>, record: &str, at_ms: i64, searches: bool) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO second_look (record, next_attempt_ms, searches) VALUES (?1, ?2, ?3)
         ON CONFLICT (record) DO UPDATE SET next_attempt_ms = ?2, failures = 0, tries = 0, searches = max(searches, ?3)",
    )?
    .execute(params![record, at_ms, searches])?;
    Ok(())
}

/// Of one server, the proven ones, in the order in which they are due: what is not proven yet is still looked for. However many
/// wait for their time, nobody walks through them.
const PROVEN: &str =
    "FROM second_look INDEXED BY second_look_due CROSS JOIN outbox ON outbox.id = second_look.record
    WHERE outbox.endpoint IS ?1 AND outbox.state = 'done'";

/// At most so many that are due at this server.
pub(crate) fn due(
    connection: &Connection,
    endpoint: Option<&str>,
    now_ms: i64,
    most: u32,
) -> Result<Vec<SecondLook>, Error> {
    let mut due = between(connection, endpoint, "<=", now_ms, most)?;
    // A time that lies too far ahead was written by a clock that was ahead.
    due.extend(between(connection, endpoint, ">", now_ms.saturating_add(LONGEST_WAIT_MS), most)?);
    due.truncate(most as usize);
    Ok(due)
}

fn between(
    connection: &Connection,
    endpoint: Option<&str>,
    is: &str,
    at_ms: i64,
    most: u32,
) -> Result<Vec<SecondLook>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT second_look.record, second_look.failures, second_look.tries, second_look.searches {PROVEN}
         AND second_look.next_attempt_ms {is} ?2 ORDER BY second_look.next_attempt_ms LIMIT ?3"
    ))?;
    let rows = query.query_map(params![endpoint, at_ms, most], |row| {
        Ok(SecondLook {
            record: row.get(0)?,
            failures: row.get(1)?,
            tries: row.get(2)?,
            searches: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When the next one is due at this server, in milliseconds since 1970.
pub(crate) fn next_due(connection: &Connection, endpoint: Option<&str>) -> Result<Option<i64>, Error> {
    let sql =
        format!("SELECT second_look.next_attempt_ms {PROVEN} ORDER BY second_look.next_attempt_ms LIMIT 1");
    Ok(connection.prepare_cached(&sql)?.query_row([endpoint], |row| row.get(0)).optional()?)
}

/// How many proven records are still to be looked at once more, whenever that is due.
pub fn wanted(connection: &Connection) -> Result<u32, Error> {
    let sql = "SELECT count(*) FROM second_look JOIN outbox ON outbox.id = second_look.record WHERE outbox.state = 'done'";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Those that showed nothing so far, of one server, are made again at once. One that was not made yet keeps its time: what it is
/// for may still be on its way.
pub(crate) fn retry(tx: &Transaction<'_>, endpoint: Option<&str>) -> Result<(), Error> {
    tx.execute(
        "UPDATE second_look SET next_attempt_ms = 0
         WHERE tries > 0 AND record IN (SELECT id FROM outbox WHERE endpoint IS ?1)",
        [endpoint],
    )?;
    Ok(())
}

/// The look showed nothing, or did not come about: it is made again at `at_ms`.
pub(crate) fn put_off(tx: &Transaction<'_>, look: &SecondLook, at_ms: i64) -> Result<(), Error> {
    tx.prepare_cached(
        "UPDATE second_look SET failures = ?2, tries = ?3, next_attempt_ms = ?4 WHERE record = ?1",
    )?
    .execute(params![look.record, look.failures, look.tries, at_ms])?;
    Ok(())
}

/// All that are due at this server before `at_ms` are made then.
pub(crate) fn put_all_off(tx: &Transaction<'_>, endpoint: Option<&str>, at_ms: i64) -> Result<(), Error> {
    tx.prepare_cached(
        "UPDATE second_look SET next_attempt_ms = ?2
         WHERE next_attempt_ms < ?2 AND record IN (SELECT id FROM outbox WHERE endpoint IS ?1)",
    )?
    .execute(params![endpoint, at_ms])?;
    Ok(())
}

/// Nothing is looked for any more. Gives whether something was.
pub(crate) fn end(tx: &Transaction<'_>, record: &str) -> Result<bool, Error> {
    let ended = tx
        .prepare_cached("DELETE FROM second_look WHERE record = ?1 RETURNING record")?
        .query_row([record], |_| Ok(()))
        .optional()?;
    Ok(ended.is_some())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::outbox::tests::store;
    use crate::store::plan;

    #[test]
    fn what_waits_for_its_time_is_not_walked_through() {
        let (_folder, store) = store();
        let sql = format!(
            "SELECT second_look.record {PROVEN} AND second_look.next_attempt_ms <= 7
             ORDER BY second_look.next_attempt_ms LIMIT 16"
        );
        let sql = sql.replace("?1", "NULL");
        let steps = store.read(move |connection| Ok(plan(connection, &sql))).unwrap();
        assert_eq!(steps[0], "SEARCH second_look USING INDEX second_look_due (next_attempt_ms<?)");
        assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{steps:?}");
    }

    #[test]
    fn only_what_is_proven_is_looked_at_when_it_is_due_and_a_time_too_far_ahead_counts_as_past() {
        let (_folder, store) = store();
        let due = |now| store.read(move |connection| due(connection, None, now, 9)).unwrap();
        let next = || store.read(|connection| next_due(connection, None)).unwrap();
        store.write(|tx| want(tx, "a", 1_000, false)).unwrap();
        assert_eq!((due(2_000), next()), (vec![], None), "it is not proven yet");
        store.write(|tx| Ok(tx.execute("UPDATE outbox SET state = 'done'", [])?)).unwrap();
        let look = SecondLook { record: "a".to_owned(), failures: 0, tries: 0, searches: false };
        assert_eq!((due(999), due(1_000), next()), (vec![], vec![look.clone()], Some(1_000)));

        store.write(|tx| want(tx, "a", 5 + LONGEST_WAIT_MS, true)).unwrap();
        let searched = SecondLook { searches: true, ..look };
        assert_eq!((due(5), due(4)), (vec![], vec![searched.clone()]));
        store.write(|tx| want(tx, "a", 1, false)).unwrap();
        assert_eq!(due(1), [searched], "a create went unanswered all the same");
        let elsewhere = store.read(|connection| super::due(connection, Some("https://b.example"), 1, 9));
        assert_eq!(elsewhere.unwrap(), []);
    }
}
