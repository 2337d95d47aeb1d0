//! What the study's server asks to have answered at this site: its Tasks, as far as a visit needs them, and how far the
//! server has been told what became of them. A Task that was never begun goes when the server withdraws it.

mod begun;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::Error;
use crate::assignment::task::Points;

pub use begun::{Begun, Told, begun};
pub(crate) use begun::{LONGEST_WAIT, begin_anew, is_time, make_due, save, unfinished};

pub(super) const MIGRATION: &str = "
CREATE TABLE assignment (
    -- Task.id
    id              TEXT NOT NULL PRIMARY KEY,
    -- The Task's version when it was read.
    version         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('due', 'refused', 'begun')),
    participant     TEXT REFERENCES participant (id),
    form            TEXT REFERENCES form (id),
    due_from        TEXT,
    due_until       TEXT,
    -- Why it was refused, and what that is about; of one that was begun, why no other visit is started with it.
    refusal         TEXT,
    detail          TEXT,
    visit           TEXT UNIQUE REFERENCES visit (id),
    -- What the server's Task is known to say of the visit.
    told            TEXT NOT NULL DEFAULT 'nothing' CHECK (told IN ('nothing', 'inProgress', 'completed', 'stopped')),
    failures        INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms INTEGER NOT NULL DEFAULT 0,
    problem         TEXT,
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((state = 'begun') = (visit IS NOT NULL)),
    CHECK (state = 'refused' OR (participant IS NOT NULL AND form IS NOT NULL))
) STRICT;
CREATE TRIGGER assignment_that_was_begun_stays BEFORE DELETE ON assignment
WHEN old.state = 'begun' AND (SELECT state FROM visit WHERE id = old.visit) <> 'ended'
BEGIN SELECT RAISE(ABORT, 'an assignment with a visit is never deleted'); END;
";

/// Where the answers go, as a JSON array of addresses: `null` is the study's own server. No array, that alone.
pub(super) const POINTS_MIGRATION: &str = "ALTER TABLE assignment ADD COLUMN points TEXT;";

/// Those that the server may have to be told something of: few, however many there ever were.
pub(super) const UNFINISHED_MIGRATION: &str = "
CREATE INDEX assignment_unfinished ON assignment (id) WHERE told IN ('nothing', 'inProgress');
";

/// What is taken from a Task, or why it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) due_from: Option<String>,
    pub(crate) due_until: Option<String>,
    /// The participant's number, the form's id and where the answers go, or why it is refused and what that is about.
    pub(crate) taken: Result<(String, String, Points), (&'static str, String)>,
}

/// A Task with which a visit can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// `Task.id`.
    pub id: String,
    /// The Task's version when it was read.
    pub version: String,
    /// The participant's number.
    pub participant: String,
    /// The form's id on this device.
    pub form: String,
    /// FHIR dateTime from which on it is sought.
    pub due_from: Option<String>,
    /// FHIR dateTime until which it is sought.
    pub due_until: Option<String>,
    /// The servers that the answers go to, the study's own first: `None` is that one. Empty, that alone.
    pub points: Points,
}

/// A Task that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTask {
    /// `Task.id`.
    pub id: String,
    /// Short stable name of the reason.
    pub reason: String,
    /// What it is about, in English; no personal data.
    pub detail: String,
}

const DUE: &str =
    "SELECT a.id, a.version, a.participant, a.form, a.due_from, a.due_until, a.points FROM assignment a
    LEFT JOIN visit v ON v.id = a.visit WHERE (a.state = 'due' OR (a.state = 'begun' AND v.state = 'ended'
    AND a.told <> 'stopped' AND a.detail IS NULL))";

/// Stores what was read of a Task. One with a visit stays as it is, unless that was ended without a signature.
pub(crate) fn put(tx: &Transaction<'_>, received: &Received) -> Result<(), Error> {
    let (taken, refused) = match &received.taken {
        Ok(taken) => (Some(taken), None),
        Err(refused) => (None, Some(refused)),
    };
    let points = taken.map(|(.., points)| points).filter(|points| !points.is_empty());
    let points =
        points.map(serde_json::to_string).transpose().map_err(|_| Error::Unreadable("assignment"))?;
    tx.prepare_cached(
        "INSERT INTO assignment (id, version, state, participant, form, due_from, due_until, refusal, detail, points)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET version = ?2, state = ?3, participant = ?4, form = ?5, due_from = ?6,
            due_until = ?7, refusal = ?8, detail = ?9, points = ?10
         WHERE state <> 'begun'",
    )?
    .execute(params![
        received.id,
        received.version,
        if refused.is_none() { "due" } else { "refused" },
        taken.map(|(participant, ..)| participant),
        taken.map(|(_, form, _)| form),
        received.due_from,
        received.due_until,
        refused.map(|(reason, _)| reason),
        refused.map(|(_, detail)| detail),
        points,
    ])?;
    Ok(())
}

/// Stores what a Task with a visit that was ended without a signature says now: a visit can be started with it again. Whether
/// that is something else than it said, or it could not be started before.
pub(crate) fn renew(tx: &Transaction<'_>, received: &Received) -> Result<bool, Error> {
    let Received { id, version, due_from, due_until, taken } = received;
    let Ok((participant, form, points)) = taken else { return Ok(false) };
    let points = (!points.is_empty()).then(|| serde_json::to_string(points)).transpose();
    let points = points.map_err(|_| Error::Unreadable("assignment"))?;
    // The version alone is another one whenever this device has told something.
    let other = format!(
        "SELECT EXISTS (SELECT 1 FROM assignment WHERE id = ?1 AND {ENDED} AND (detail IS NOT NULL
            OR participant IS NOT ?2 OR form IS NOT ?3 OR due_from IS NOT ?4 OR due_until IS NOT ?5 OR points IS NOT ?6))"
    );
    let said = params![id, participant, form, due_from, due_until, points];
    let is_other = tx.prepare_cached(&other)?.query_row(said, |row| row.get(0))?;
    let stored = format!(
        "UPDATE assignment SET participant = ?2, form = ?3, due_from = ?4, due_until = ?5, points = ?6, version = ?7,
            detail = NULL WHERE id = ?1 AND {ENDED}"
    );
    let said = params![id, participant, form, due_from, due_until, points, version];
    tx.prepare_cached(&stored)?.execute(said)?;
    Ok(is_other)
}

/// Starts no visit with such a Task as long as it says what is not taken; what the server is told of it is another matter.
pub(crate) fn stop(tx: &Transaction<'_>, id: &str, reason: &str) -> Result<(), Error> {
    let sql = format!("UPDATE assignment SET detail = ?2 WHERE id = ?1 AND {ENDED}");
    tx.prepare_cached(&sql)?.execute([id, reason])?;
    Ok(())
}

/// Those Tasks, each with the reason.
pub(crate) fn stopped(connection: &Connection) -> Result<Vec<(String, String)>, Error> {
    let mut query = connection
        .prepare_cached("SELECT id, detail FROM assignment WHERE state = 'begun' AND detail IS NOT NULL")?;
    Ok(query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}

/// A Task whose visit was ended without a signature.
const ENDED: &str = "state = 'begun' AND told IN ('nothing', 'inProgress')
    AND (SELECT visit.state FROM visit WHERE visit.id = assignment.visit) = 'ended'";

/// Forgets a Task that the server has withdrawn.
pub(crate) fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM assignment WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Ties a Task to the visit that was started with it.
///
/// # Errors
/// [`Error::NotFound`] when it is not due (any more).
pub(crate) fn begin(tx: &Transaction<'_>, id: &str, visit: &str) -> Result<(), Error> {
    if due_one(tx, id)?.is_none() {
        return Err(Error::NotFound("assignment"));
    }
    tx.prepare_cached(
        "UPDATE assignment SET state = 'begun', visit = ?2, failures = 0, next_attempt_ms = 0, problem = NULL
         WHERE id = ?1",
    )?
    .execute([id, visit])?;
    Ok(())
}

/// What visits can be started with: what ends first, first.
pub fn due(connection: &Connection) -> Result<Vec<Due>, Error> {
    let sql = format!("{DUE} ORDER BY a.due_until IS NULL, a.due_until, a.participant, a.id");
    let mut query = connection.prepare_cached(&sql)?;
    Ok(query.query_map([], one_due)?.collect::<Result<_, _>>()?)
}

/// The Task of this id, where a visit can be started with it.
pub fn due_one(connection: &Connection, id: &str) -> Result<Option<Due>, Error> {
    let mut query = connection.prepare_cached(&format!("{DUE} AND a.id = ?1"))?;
    Ok(query.query_row([id], one_due).optional()?)
}

/// The servers that the answers of a visit go to; empty for the study's own alone.
pub(crate) fn points_of_visit(connection: &Connection, visit: &str) -> Result<Points, Error> {
    let mut query = connection.prepare_cached("SELECT points FROM assignment WHERE visit = ?1")?;
    Ok(query.query_row([visit], |row| points(row, 0)).optional()?.unwrap_or_default())
}

/// What is not taken.
pub fn refused(connection: &Connection) -> Result<Vec<RefusedTask>, Error> {
    let mut query = connection
        .prepare_cached("SELECT id, refusal, detail FROM assignment WHERE state = 'refused' ORDER BY id")?;
    let row = |row: &Row<'_>| Ok(RefusedTask { id: row.get(0)?, reason: row.get(1)?, detail: row.get(2)? });
    Ok(query.query_map([], row)?.collect::<Result<_, _>>()?)
}

fn one_due(row: &Row<'_>) -> rusqlite::Result<Due> {
    Ok(Due {
        id: row.get(0)?,
        version: row.get(1)?,
        participant: row.get(2)?,
        form: row.get(3)?,
        due_from: row.get(4)?,
        due_until: row.get(5)?,
        points: points(row, 6)?,
    })
}

fn points(row: &Row<'_>, column: usize) -> rusqlite::Result<Points> {
    let Some(text) = row.get::<_, Option<String>>(column)? else { return Ok(Points::new()) };
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
