//! Visits: one participant, one questionnaire, from hand-over to signature.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::{Deserialize, Serialize};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE visit (
    id                   TEXT NOT NULL PRIMARY KEY,
    participant          TEXT NOT NULL REFERENCES participant (id),
    questionnaire_sha256 TEXT NOT NULL REFERENCES questionnaire (sha256),
    canonical            TEXT NOT NULL,
    state                TEXT NOT NULL CHECK (state IN ('ready', 'inProgress', 'frozen', 'ended')),
    started_at           TEXT NOT NULL,
    started_by           TEXT NOT NULL,
    record               TEXT UNIQUE,
    ended_at             TEXT,
    ended_by             TEXT,
    end_reason           TEXT,
    CHECK ((state = 'frozen') = (record IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
) STRICT;
CREATE INDEX visit_started ON visit (started_at);
CREATE TRIGGER visit_that_is_over_is_never_changed BEFORE UPDATE ON visit WHEN old.state IN ('frozen', 'ended')
BEGIN SELECT RAISE(ABORT, 'this visit is over'); END;
";

/// Where a visit stands. `Frozen` and `Ended` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VisitState {
    /// Started by staff; the patient has not answered yet.
    Ready,
    /// The draft has at least one event.
    InProgress,
    /// Signed; the response is in the outbox.
    Frozen,
    /// Ended by staff without a signature.
    Ended,
}

impl VisitState {
    /// The name that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::InProgress => "inProgress",
            Self::Frozen => "frozen",
            Self::Ended => "ended",
        }
    }

    fn from_stored(text: &str) -> Option<Self> {
        [Self::Ready, Self::InProgress, Self::Frozen, Self::Ended]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A visit as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// UUID.
    pub id: String,
    /// The participant's id.
    pub participant: String,
    /// Which Questionnaire, by the hash of its content.
    pub questionnaire_sha256: String,
    /// `url|version` of the Questionnaire.
    pub canonical: String,
    /// Where it stands.
    pub state: VisitState,
    /// RFC 3339 with offset.
    pub started_at: String,
    /// The staff user who started it.
    pub started_by: String,
    /// The outbox item, once frozen.
    pub record: Option<String>,
    /// Why staff ended it.
    pub end_reason: Option<String>,
}

pub(crate) fn insert(tx: &Transaction<'_>, visit: &Visit) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO visit (id, participant, questionnaire_sha256, canonical, state, started_at, started_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute([
        &visit.id,
        &visit.participant,
        &visit.questionnaire_sha256,
        &visit.canonical,
        visit.state.as_str(),
        &visit.started_at,
        &visit.started_by,
    ])?;
    Ok(())
}

/// Keeps a visit of another device that is not ended; nothing happens when it is kept already.
pub(crate) fn insert_taken(tx: &Transaction<'_>, visit: &Visit) -> Result<bool, Error> {
    let changed = tx
        .prepare_cached(
            "INSERT INTO visit (id, participant, questionnaire_sha256, canonical, state, started_at, started_by, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(rusqlite::params![
            visit.id,
            visit.participant,
            visit.questionnaire_sha256,
            visit.canonical,
            visit.state.as_str(),
            visit.started_at,
            visit.started_by,
            visit.record,
        ])?;
    Ok(changed == 1)
}

/// The visit of this id.
pub fn by_id(connection: &Connection, id: &str) -> Result<Visit, Error> {
    one(connection, "WHERE id = ?1", id)
}

/// The visit whose response is the outbox item `record`.
pub fn by_record(connection: &Connection, record: &str) -> Result<Visit, Error> {
    one(connection, "WHERE record = ?1", record)
}

/// All visits, newest first.
pub fn all(connection: &Connection) -> Result<Vec<Visit>, Error> {
    let mut query = connection.prepare_cached(&select("ORDER BY started_at DESC, id"))?;
    let rows = query.query_map([], visit)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// The first event of the draft has been stored.
pub(crate) fn set_in_progress(tx: &Transaction<'_>, id: &str) -> Result<(), Error> {
    tx.prepare_cached("UPDATE visit SET state = 'inProgress' WHERE id = ?1 AND state = 'ready'")?
        .execute([id])?;
    Ok(())
}

pub(crate) fn set_frozen(tx: &Transaction<'_>, id: &str, record: &str) -> Result<(), Error> {
    let changed = tx
        .prepare_cached(
            "UPDATE visit SET state = 'frozen', record = ?2 WHERE id = ?1 AND state = 'inProgress'",
        )?
        .execute([id, record])?;
    changed_or_wrong_state(tx, id, changed)
}

pub(crate) fn set_ended(
    tx: &Transaction<'_>,
    id: &str,
    by: &str,
    at: &str,
    reason: &str,
) -> Result<(), Error> {
    let changed = tx
        .prepare_cached(
            "UPDATE visit SET state = 'ended', ended_by = ?2, ended_at = ?3, end_reason = ?4
             WHERE id = ?1 AND state IN ('ready', 'inProgress')",
        )?
        .execute([id, by, at, reason])?;
    changed_or_wrong_state(tx, id, changed)
}

fn changed_or_wrong_state(tx: &Transaction<'_>, id: &str, changed: usize) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::WrongState(by_id(tx, id)?.state.as_str().into())) }
}

fn one(connection: &Connection, condition: &str, value: &str) -> Result<Visit, Error> {
    connection
        .prepare_cached(&select(condition))?
        .query_row([value], visit)
        .optional()?
        .ok_or(Error::NotFound("visit"))?
}

fn select(condition: &str) -> String {
    format!(
        "SELECT id, participant, questionnaire_sha256, canonical, state, started_at, started_by, record, end_reason
         FROM visit {condition}"
    )
}

fn visit(row: &Row<'_>) -> rusqlite::Result<Result<Visit, Error>> {
    let stored: String = row.get(4)?;
    let Some(state) = VisitState::from_stored(&stored) else {
        return Ok(Err(Error::Unreadable("state of a visit")));
    };
    Ok(Ok(Visit {
        id: row.get(0)?,
        participant: row.get(1)?,
        questionnaire_sha256: row.get(2)?,
        canonical: row.get(3)?,
        state,
        started_at: row.get(5)?,
        started_by: row.get(6)?,
        record: row.get(7)?,
        end_reason: row.get(8)?,
    }))
}
