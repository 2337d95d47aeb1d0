//! The audit trail: who did what, when, to which record. It grows only; the database refuses to change or delete a
//! row, and each row holds the hash of the one before it. It never holds an answer.

use jiff::Zoned;
use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, clock};

pub(super) const MIGRATION: &str = "
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    zone     TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    role     TEXT NOT NULL,
    event    TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_subject ON audit (subject, sequence);
CREATE INDEX audit_event ON audit (event, sequence);
CREATE TRIGGER audit_has_no_gaps_and_no_replacements BEFORE INSERT ON audit
WHEN new.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
";

/// Every index of the trail is written with every entry, and by event only [`CLOCK_ACCEPTED`] is looked for.
pub(super) const LEANER_MIGRATION: &str = "
DROP INDEX IF EXISTS audit_event;
CREATE INDEX audit_clock_accepted ON audit (sequence) WHERE event = 'clock.accepted';
";

/// The table before its first entry, without the index that keeps a hash from being there twice: the chain says that.
pub(super) const LEANER_TABLE: &str = "
DROP TABLE audit;
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    zone     TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    role     TEXT NOT NULL,
    event    TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject, sequence);
CREATE TRIGGER audit_has_no_gaps_and_no_replacements BEFORE INSERT ON audit
WHEN new.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
";

/// Whether nothing was ever recorded.
pub(super) fn is_empty(connection: &Connection) -> Result<bool, Error> {
    Ok(connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM audit)", [], |row| row.get(0))?)
}

/// The event with which a member of staff confirms that the clock had been ahead.
pub(crate) const CLOCK_ACCEPTED: &str = "clock.accepted";

/// The device's own event where its local time is another one than that of the entry before: the offset, at the begin and the end
/// of summer time too, or the time zone. The clock itself need not have been set.
pub const LOCAL_TIME_CHANGED: &str = "clock.localTimeChanged";

/// What to record. `actor` is a staff user, a participant's id, or `device`.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// Who did it.
    pub actor: &'a str,
    /// In which role: `coordinator`, `patient`, `device`, …
    pub role: &'a str,
    /// What happened, as a fixed name such as `response.frozen`.
    pub event: &'a str,
    /// What it happened to: `visit/ID`, `record/ID`, `participant/ID`, `staff/USER`, or nothing.
    pub subject: &'a str,
    /// The reason that a person gave, or a technical detail. Never an answer.
    pub detail: &'a str,
}

/// A row as stored, and as exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// 1, 2, 3, … without gaps: the order of events, whatever the clock said.
    pub sequence: u32,
    /// RFC 3339 with offset, as the clock said.
    pub at: String,
    /// IANA name of the time zone, empty when unknown.
    pub zone: String,
    /// See [`NewEntry`].
    pub actor: String,
    /// See [`NewEntry`].
    pub role: String,
    /// See [`NewEntry`].
    pub event: String,
    /// See [`NewEntry`].
    pub subject: String,
    /// See [`NewEntry`].
    pub detail: String,
    /// `hash` of the row before, empty in the first.
    pub previous: String,
    /// Lower-case hex SHA-256 of the RFC 8785 form of this row without `hash`.
    pub hash: String,
}

impl Entry {
    /// The hash that the row must carry.
    pub fn computed_hash(&self) -> String {
        // Only strings and one small integer, whose RFC 8785 form cannot fail to exist; members in sorted order.
        let text = |value: &str| serde_json::Value::from(value).to_string();
        let canonical = format!(
            "{{\"actor\":{},\"at\":{},\"detail\":{},\"event\":{},\"previous\":{},\"role\":{},\"sequence\":{},\
             \"subject\":{},\"zone\":{}}}",
            text(&self.actor),
            text(&self.at),
            text(&self.detail),
            text(&self.event),
            text(&self.previous),
            text(&self.role),
            self.sequence,
            text(&self.subject),
            text(&self.zone),
        );
        crate::hex(&Sha256::digest(canonical))
    }
}

/// Appends a row in the caller's transaction, so that it stands or falls with what it describes. Where the local time is another
/// one than before, that is said first ([`LOCAL_TIME_CHANGED`]).
pub fn append(tx: &Transaction<'_>, entry: &NewEntry<'_>, now: &Zoned) -> Result<Entry, Error> {
    let last: Option<(u32, String, String)> = tx
        .prepare_cached("SELECT sequence, hash, at, zone FROM audit ORDER BY sequence DESC LIMIT 1")?
        .query_row([], |row| {
            let (at, zone): (String, String) = (row.get(2)?, row.get(3)?);
            Ok((row.get(0)?, row.get(1)?, local_time(&at, &zone)))
        })
        .optional()?;
    let Some((sequence, hash, before)) = last else { return write(tx, 1, String::new(), entry, now) };
    let after = local_time(&clock::text(now), &clock::zone(now));
    if before == after {
        return write(tx, sequence + 1, hash, entry, now);
    }
    let detail = format!("{before} to {after}");
    let (actor, role, event, subject) = ("device", "device", LOCAL_TIME_CHANGED, "");
    let flag = NewEntry { actor, role, event, subject, detail: &detail };
    let flag = write(tx, sequence + 1, hash, &flag, now)?;
    write(tx, flag.sequence + 1, flag.hash, entry, now)
}

/// The offset of a stored time, with the name of the time zone where that is known: `+01:00 Europe/Berlin`.
fn local_time(at: &str, zone: &str) -> String {
    // After date and time with milliseconds.
    let offset = at.get(23..).unwrap_or_default();
    if zone.is_empty() { offset.to_owned() } else { format!("{offset} {zone}") }
}

fn write(
    tx: &Transaction<'_>,
    sequence: u32,
    previous: String,
    entry: &NewEntry<'_>,
    now: &Zoned,
) -> Result<Entry, Error> {
    let mut row = Entry {
        sequence,
        at: clock::text(now),
        zone: clock::zone(now),
        actor: entry.actor.into(),
        role: entry.role.into(),
        event: entry.event.into(),
        subject: entry.subject.into(),
        detail: entry.detail.into(),
        previous,
        hash: String::new(),
    };
    row.hash = row.computed_hash();
    tx.prepare_cached(
        "INSERT INTO audit (sequence, at, zone, at_ms, actor, role, event, subject, detail, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(rusqlite::params![
        row.sequence,
        row.at,
        row.zone,
        now.timestamp().as_millisecond(),
        row.actor,
        row.role,
        row.event,
        row.subject,
        row.detail,
        row.previous,
        row.hash,
    ])?;
    Ok(row)
}

/// The rows about one subject, oldest first.
pub fn of_subject(connection: &Connection, subject: &str) -> Result<Vec<Entry>, Error> {
    entries(connection, "WHERE subject = ?1", [subject])
}

/// Where the local time became another one between these two rows, oldest first.
pub fn local_times(connection: &Connection, first: u32, last: u32) -> Result<Vec<Entry>, Error> {
    entries(connection, "WHERE sequence BETWEEN ?1 AND ?2 AND event = ?3", (first, last, LOCAL_TIME_CHANGED))
}

/// Every row, oldest first.
pub fn all(connection: &Connection) -> Result<Vec<Entry>, Error> {
    entries(connection, "", [])
}

/// The rows of which `which` is so, oldest first.
fn entries(connection: &Connection, which: &str, values: impl Params) -> Result<Vec<Entry>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT sequence, at, zone, actor, role, event, subject, detail, previous, hash FROM audit {which}
         ORDER BY sequence"
    ))?;
    Ok(query.query_map(values, entry)?.collect::<Result<_, _>>()?)
}

/// The latest time ever recorded, in milliseconds since 1970: a clock that is before it has been set back.
///
/// Counts from the last [`CLOCK_ACCEPTED`] row.
pub fn latest(connection: &Connection) -> Result<Option<i64>, Error> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT max(at_ms) FROM audit WHERE sequence >=
             (SELECT coalesce(max(sequence), 0) FROM audit WHERE event = '{CLOCK_ACCEPTED}')",
        ))?
        .query_row([], |row| row.get(0))?)
}

/// The sequence of the first row that does not continue the chain, if any.
pub fn first_break(entries: &[Entry]) -> Option<u32> {
    let mut previous = "";
    for (expected, entry) in (1_u32..).zip(entries) {
        if entry.sequence != expected || entry.previous != previous || entry.hash != entry.computed_hash() {
            return Some(entry.sequence);
        }
        previous = &entry.hash;
    }
    None
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        sequence: row.get(0)?,
        at: row.get(1)?,
        zone: row.get(2)?,
        actor: row.get(3)?,
        role: row.get(4)?,
        event: row.get(5)?,
        subject: row.get(6)?,
        detail: row.get(7)?,
        previous: row.get(8)?,
        hash: row.get(9)?,
    })
}
