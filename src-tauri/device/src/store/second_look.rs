//! Records whose Provenance may have been created twice: a create of it went unanswered, and nobody knows how late it may still
//! arrive. R4 gives a Provenance no identifier that a server could refuse the second one by; so the server is asked once more.

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

/// A look that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecondLook {
    /// The row of the outbox.
    pub(crate) record: String,
    /// Answers so far that showed nothing.
    pub(crate) failures: u32,
}

/// From now on the record is looked at once more, not before `at_ms` (milliseconds since 1970) and once it is proven.
pub(crate) fn want(tx: &Transaction<'_>, record: &str, at_ms: i64) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO second_look (record, next_attempt_ms) VALUES (?1, ?2)
         ON CONFLICT (record) DO UPDATE SET next_attempt_ms = ?2, failures = 0",
    )?
    .execute(params![record, at_ms])?;
    Ok(())
}

/// Of one server, the proven ones: what is not proven yet is still looked for.
const PROVEN: &str = "FROM second_look JOIN outbox ON outbox.id = second_look.record
    WHERE outbox.endpoint IS ?1 AND outbox.state = 'done'";

/// At most so many that are due at this server.
pub(crate) fn due(
    connection: &Connection,
    endpoint: Option<&str>,
    now_ms: i64,
    most: u32,
) -> Result<Vec<SecondLook>, Error> {
    // A time that lies too far ahead was written by a clock that was ahead.
    let mut query = connection.prepare_cached(&format!(
        "SELECT second_look.record, second_look.failures {PROVEN}
         AND (second_look.next_attempt_ms <= ?2 OR second_look.next_attempt_ms > ?2 + {LONGEST_WAIT_MS})
         ORDER BY second_look.next_attempt_ms LIMIT ?3"
    ))?;
    let rows = query.query_map(params![endpoint, now_ms, most], |row| {
        Ok(SecondLook { record: row.get(0)?, failures: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When the next one is due at this server, in milliseconds since 1970.
pub(crate) fn next_due(connection: &Connection, endpoint: Option<&str>) -> Result<Option<i64>, Error> {
    let sql = format!("SELECT min(second_look.next_attempt_ms) {PROVEN}");
    Ok(connection.prepare_cached(&sql)?.query_row([endpoint], |row| row.get(0))?)
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
         WHERE failures > 0 AND record IN (SELECT id FROM outbox WHERE endpoint IS ?1)",
        [endpoint],
    )?;
    Ok(())
}

/// The look showed nothing, or did not come about: it is made again at `at_ms`.
pub(crate) fn put_off(tx: &Transaction<'_>, look: &SecondLook, at_ms: i64) -> Result<(), Error> {
    tx.prepare_cached("UPDATE second_look SET failures = ?2, next_attempt_ms = ?3 WHERE record = ?1")?
        .execute(params![look.record, look.failures, at_ms])?;
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
