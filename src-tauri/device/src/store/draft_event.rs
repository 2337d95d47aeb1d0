//! The drafts: for each visit an append-only log, from which the session, the response and the per-field audit trail
//! are computed. The database refuses to change or delete an event.

use jiff::Zoned;
use questionnaire::Event;
use rusqlite::{Connection, Transaction};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE draft_event (
    visit    TEXT NOT NULL REFERENCES visit (id),
    sequence INTEGER NOT NULL,
    at_ms    INTEGER NOT NULL,
    event    TEXT NOT NULL,
    PRIMARY KEY (visit, sequence)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER draft_event_has_no_gaps_and_no_replacements BEFORE INSERT ON draft_event
WHEN new.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM draft_event WHERE visit = new.visit)
BEGIN SELECT RAISE(ABORT, 'a draft is append-only'); END;
CREATE TRIGGER draft_event_is_never_changed BEFORE UPDATE ON draft_event
BEGIN SELECT RAISE(ABORT, 'a draft is append-only'); END;
CREATE TRIGGER draft_event_is_never_deleted BEFORE DELETE ON draft_event
BEGIN SELECT RAISE(ABORT, 'a draft is append-only'); END;
";

/// Appends `event` to the draft of `visit`, in the caller's transaction.
///
/// # Errors
/// [`Error::StaleRevision`] when the event does not continue the stored draft.
pub(crate) fn append(tx: &Transaction<'_>, visit: &str, event: &Event, now: &Zoned) -> Result<(), Error> {
    if event.sequence != last_sequence(tx, visit)? + 1 {
        return Err(Error::StaleRevision);
    }
    let text = serde_json::to_string(event).map_err(|_| Error::Unreadable("event of a draft"))?;
    tx.prepare_cached("INSERT INTO draft_event (visit, sequence, at_ms, event) VALUES (?1, ?2, ?3, ?4)")?
        .execute(rusqlite::params![visit, event.sequence, now.timestamp().as_millisecond(), text])?;
    Ok(())
}

/// The sequence of the draft's last event, 0 when there is none.
pub(crate) fn last_sequence(connection: &Connection, visit: &str) -> Result<u32, Error> {
    Ok(connection
        .prepare_cached("SELECT coalesce(max(sequence), 0) FROM draft_event WHERE visit = ?1")?
        .query_row([visit], |row| row.get(0))?)
}

/// The draft's events in order.
pub fn of_visit(connection: &Connection, visit: &str) -> Result<Vec<Event>, Error> {
    let mut query =
        connection.prepare_cached("SELECT event FROM draft_event WHERE visit = ?1 ORDER BY sequence")?;
    let rows = query.query_map([visit], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    rows.iter()
        .map(|text| serde_json::from_str(text).map_err(|_| Error::Unreadable("event of a draft")))
        .collect()
}

/// The draft's events in order, each with when it was stored, in milliseconds since 1970.
pub(crate) fn timed_of_visit(connection: &Connection, visit: &str) -> Result<Vec<(i64, Event)>, Error> {
    let mut query = connection
        .prepare_cached("SELECT at_ms, event FROM draft_event WHERE visit = ?1 ORDER BY sequence")?;
    let rows = query
        .query_map([visit], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let read = |text: &str| serde_json::from_str(text).map_err(|_| Error::Unreadable("event of a draft"));
    rows.iter().map(|(at, text)| Ok((*at, read(text)?))).collect()
}

/// Keeps an event of another device's draft.
pub(crate) fn insert_taken(
    tx: &Transaction<'_>,
    visit: &str,
    event: &Event,
    at_ms: i64,
) -> Result<(), Error> {
    let text = serde_json::to_string(event).map_err(|_| Error::Unreadable("event of a draft"))?;
    tx.prepare_cached("INSERT INTO draft_event (visit, sequence, at_ms, event) VALUES (?1, ?2, ?3, ?4)")?
        .execute(rusqlite::params![visit, event.sequence, at_ms, text])?;
    Ok(())
}

/// The latest time at which an event of this draft was stored, in milliseconds since 1970.
pub(crate) fn latest(connection: &Connection, visit: &str) -> Result<Option<i64>, Error> {
    Ok(connection
        .prepare_cached("SELECT max(at_ms) FROM draft_event WHERE visit = ?1")?
        .query_row([visit], |row| row.get(0))?)
}
