//! Alerts: what the server keeps that is not what was signed, and what people did about it. A row is never deleted.

mod kinds;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use crate::Error;
pub use kinds::{Action, AlertKind, Outcome, Phase};

pub(super) const MIGRATION: &str = "
CREATE TABLE alert (
    id         TEXT NOT NULL PRIMARY KEY,
    record     TEXT NOT NULL REFERENCES outbox (id),
    kind       TEXT NOT NULL CHECK (kind IN ('different', 'duplicates', 'provenanceDifferent', 'quarantined')),
    phase      TEXT NOT NULL CHECK (phase IN ('response', 'document', 'provenance')),
    revision   INTEGER NOT NULL,
    raised_at  TEXT NOT NULL,
    server     TEXT NOT NULL,
    target     TEXT,
    found      TEXT NOT NULL,
    exchange   TEXT NOT NULL,
    changes    TEXT NOT NULL,
    identical  INTEGER NOT NULL,
    -- What came back, exactly: the altered resource, or the OperationOutcome of a refusal.
    returned   BLOB,
    outcome    TEXT CHECK (outcome IN ('corrected', 'differentAgain', 'accepted', 'escalated')),
    closed_at  TEXT,
    CHECK ((outcome IS NULL) = (closed_at IS NULL))
) STRICT;
CREATE INDEX alert_record ON alert (record);
CREATE TRIGGER alert_is_never_deleted BEFORE DELETE ON alert
BEGIN SELECT RAISE(ABORT, 'an alert is never deleted'); END;
CREATE TRIGGER alert_evidence_is_frozen
BEFORE UPDATE OF id, record, kind, phase, raised_at, server, target, found, exchange, changes, identical, returned
ON alert BEGIN SELECT RAISE(ABORT, 'the evidence of an alert is never changed'); END;
CREATE TABLE alert_action (
    alert        TEXT NOT NULL REFERENCES alert (id),
    number       INTEGER NOT NULL,
    action       TEXT NOT NULL CHECK (action IN ('sendAgain', 'accept', 'escalate')),
    user         TEXT NOT NULL,
    display_name TEXT NOT NULL,
    at           TEXT NOT NULL,
    reason       TEXT NOT NULL,
    result       TEXT NOT NULL,
    PRIMARY KEY (alert, number)
) STRICT;
CREATE TRIGGER alert_action_is_never_deleted BEFORE DELETE ON alert_action
BEGIN SELECT RAISE(ABORT, 'an act on an alert is never deleted'); END;
CREATE TRIGGER alert_action_is_frozen
BEFORE UPDATE OF alert, number, action, user, display_name, at, reason ON alert_action
BEGIN SELECT RAISE(ABORT, 'an act on an alert is never changed'); END;
";

/// Those that wait for a person: few, however many there ever were.
pub(super) const OPEN_MIGRATION: &str = "
CREATE INDEX alert_open ON alert (phase, record, outcome) WHERE outcome IS NULL;
";

/// One element that differs, as stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// FHIRPath.
    pub path: String,
    /// Its JSON as sent; `None` when it was added.
    pub sent: Option<String>,
    /// Its JSON as returned; `None` when it was dropped.
    pub returned: Option<String>,
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Change({})", self.path)
    }
}

/// An act on an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Act {
    /// What was chosen.
    pub action: Action,
    /// The staff user.
    pub user: String,
    /// Their name as shown.
    pub display_name: String,
    /// RFC 3339 with offset.
    pub at: String,
    /// In their words.
    pub reason: String,
    /// `pending`, `corrected`, `differentAgain`, `closed`, or `refused-STATUS`.
    pub result: String,
}

/// An alert as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Alert {
    /// UUID.
    pub id: String,
    /// The outbox item.
    pub record: String,
    /// Why it was raised.
    pub kind: AlertKind,
    /// What was being sent.
    pub phase: Phase,
    /// Counts the changes of this alert; an act names the one that it was decided on.
    pub revision: u32,
    /// RFC 3339 with offset.
    pub raised_at: String,
    /// The server's base address.
    pub server: String,
    /// The version that differs: `TYPE/ID/_history/VERSION`.
    pub target: Option<String>,
    /// Every resource that the server keeps for this one, when there are several.
    pub found: Vec<String>,
    /// The request and its answer, without content.
    pub exchange: Attempt,
    /// What differs.
    pub changes: Vec<Change>,
    /// How many elements are as they were sent.
    pub identical: u32,
    /// What came back, exactly.
    pub returned: Option<Vec<u8>>,
    /// How it ended; `None` while it is open.
    pub outcome: Option<Outcome>,
}

impl std::fmt::Debug for Alert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alert({}, {:?}, {:?})", self.id, self.kind, self.changes)
    }
}

pub(crate) fn insert(tx: &Transaction<'_>, alert: &Alert) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO alert (id, record, kind, phase, revision, raised_at, server, target, found, exchange, changes,
         identical, returned) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        alert.id,
        alert.record,
        alert.kind.as_str(),
        alert.phase.as_str(),
        alert.revision,
        alert.raised_at,
        alert.server,
        alert.target,
        json(&alert.found)?,
        json(&alert.exchange)?,
        json(&alert.changes)?,
        alert.identical,
        alert.returned,
    ])?;
    Ok(())
}

/// Keeps an alert of another device as it stands there, with what people did about it.
pub(crate) fn insert_taken(
    tx: &Transaction<'_>,
    alert: &Alert,
    closed_at: Option<&str>,
    acts: &[Act],
) -> Result<(), Error> {
    insert(tx, alert)?;
    for act in acts {
        add_act(tx, &alert.id, act)?;
    }
    if let (Some(outcome), Some(at)) = (alert.outcome, closed_at) {
        close(tx, &alert.id, outcome, at)?;
    }
    tx.prepare_cached("UPDATE alert SET revision = ?2 WHERE id = ?1")?
        .execute(params![alert.id, alert.revision])?;
    Ok(())
}

/// When an alert was closed, RFC 3339 with offset.
pub(crate) fn closed_at(connection: &Connection, id: &str) -> Result<Option<String>, Error> {
    Ok(connection
        .prepare_cached("SELECT closed_at FROM alert WHERE id = ?1")?
        .query_row([id], |row| row.get(0))?)
}

/// The alert of this id.
pub fn by_id(connection: &Connection, id: &str) -> Result<Alert, Error> {
    connection
        .prepare_cached("SELECT * FROM alert WHERE id = ?1")?
        .query_row([id], alert)
        .optional()?
        .ok_or(Error::NotFound("alert"))?
}

/// The alert that a report with this cause (`alert/ID/…`) is about, if it is here.
pub(crate) fn of_cause(connection: &Connection, cause: &str) -> Result<Option<Alert>, Error> {
    let id = cause.strip_prefix("alert/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    Ok(list(connection, "SELECT * FROM alert WHERE id = ?1", id)?.pop())
}

/// All alerts, the open ones first, then newest first.
pub fn all(connection: &Connection) -> Result<Vec<Alert>, Error> {
    list(connection, "SELECT * FROM alert WHERE ?1 = '' ORDER BY outcome IS NOT NULL, rowid DESC", "")
}

/// How many alerts wait for a person.
pub fn open(connection: &Connection) -> Result<u32, Error> {
    Ok(connection.prepare_cached(OPEN)?.query_row([], |row| row.get(0))?)
}

const OPEN: &str = "SELECT count(*) FROM alert WHERE outcome IS NULL";

/// The open alerts of records for which nothing is sent any more, oldest first.
pub(crate) fn left_open(connection: &Connection) -> Result<Vec<Alert>, Error> {
    list(connection, LEFT_OPEN, "")
}

const LEFT_OPEN: &str = "SELECT alert.* FROM alert INDEXED BY alert_open CROSS JOIN outbox ON outbox.id = alert.record
    WHERE ?1 = '' AND alert.outcome IS NULL AND outbox.state IN ('done', 'closedDifferent') ORDER BY alert.rowid";

/// The alerts of a record, oldest first.
pub fn of_record(connection: &Connection, record: &str) -> Result<Vec<Alert>, Error> {
    list(connection, "SELECT * FROM alert WHERE record = ?1 ORDER BY rowid", record)
}

/// Whether an alert of this phase about this server waits for a person.
pub(crate) fn is_open(connection: &Connection, phase: Phase, endpoint: Option<&str>) -> Result<bool, Error> {
    Ok(connection.prepare_cached(IS_OPEN)?.query_row([Some(phase.as_str()), endpoint], |row| row.get(0))?)
}

const IS_OPEN: &str = "SELECT EXISTS (SELECT 1 FROM alert JOIN outbox ON outbox.id = alert.record
    WHERE alert.phase = ?1 AND alert.outcome IS NULL AND outbox.endpoint IS ?2)";

/// What people did about an alert, oldest first.
pub fn acts(connection: &Connection, id: &str) -> Result<Vec<Act>, Error> {
    let mut query =
        connection.prepare_cached("SELECT * FROM alert_action WHERE alert = ?1 ORDER BY number")?;
    let rows = query.query_map([id], act)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// Adds an act; the alert's revision grows with it. Gives the act's number.
pub(crate) fn add_act(tx: &Transaction<'_>, id: &str, act: &Act) -> Result<u32, Error> {
    let number: u32 = tx
        .prepare_cached("SELECT coalesce(max(number), 0) + 1 FROM alert_action WHERE alert = ?1")?
        .query_row([id], |row| row.get(0))?;
    tx.prepare_cached(
        "INSERT INTO alert_action (alert, number, action, user, display_name, at, reason, result)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        id,
        number,
        act.action.as_str(),
        act.user,
        act.display_name,
        act.at,
        act.reason,
        act.result
    ])?;
    grow(tx, id)?;
    Ok(number)
}

/// Says what came of the act that is pending on an open alert of this record and phase, and closes the alert when there
/// is an outcome. Nothing happens when there is no such alert.
pub(crate) fn settle(
    tx: &Transaction<'_>,
    record: &str,
    phase: Phase,
    result: &str,
    outcome: Option<Outcome>,
    at: &str,
) -> Result<(), Error> {
    let mut query =
        tx.prepare_cached("SELECT id FROM alert WHERE record = ?1 AND phase = ?2 AND outcome IS NULL")?;
    let open: Vec<String> =
        query.query_map([record, phase.as_str()], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in open {
        tx.prepare_cached("UPDATE alert_action SET result = ?2 WHERE alert = ?1 AND result = 'pending'")?
            .execute([&id, result])?;
        if let Some(outcome) = outcome {
            close(tx, &id, outcome, at)?;
        }
        grow(tx, &id)?;
    }
    Ok(())
}

pub(crate) fn close(tx: &Transaction<'_>, id: &str, outcome: Outcome, at: &str) -> Result<(), Error> {
    tx.prepare_cached("UPDATE alert SET outcome = ?2, closed_at = ?3 WHERE id = ?1 AND outcome IS NULL")?
        .execute([id, outcome.as_str(), at])?;
    Ok(())
}

fn grow(tx: &Transaction<'_>, id: &str) -> Result<(), Error> {
    tx.prepare_cached("UPDATE alert SET revision = revision + 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

fn list(connection: &Connection, sql: &str, value: &str) -> Result<Vec<Alert>, Error> {
    let mut query = connection.prepare_cached(sql)?;
    let rows = query.query_map([value], alert)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

fn json<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Unreadable("alert"))
}

fn from_json<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Unreadable("alert"))
}

fn alert(row: &Row<'_>) -> rusqlite::Result<Result<Alert, Error>> {
    let text = |name: &str| row.get::<_, String>(name);
    let (kind, phase) = (text("kind")?, text("phase")?);
    let (found, exchange, changes) = (text("found")?, text("exchange")?, text("changes")?);
    let outcome: Option<String> = row.get("outcome")?;
    let (id, record, raised_at, server) = (text("id")?, text("record")?, text("raised_at")?, text("server")?);
    let (revision, identical) = (row.get("revision")?, row.get("identical")?);
    let (target, returned) = (row.get("target")?, row.get("returned")?);
    Ok((|| {
        Ok(Alert {
            id,
            record,
            kind: AlertKind::from_stored(&kind)?,
            phase: Phase::from_stored(&phase)?,
            revision,
            raised_at,
            server,
            target,
            found: from_json(&found)?,
            exchange: from_json(&exchange)?,
            changes: from_json(&changes)?,
            identical,
            returned,
            outcome: outcome.as_deref().map(Outcome::from_stored).transpose()?,
        })
    })())
}

fn act(row: &Row<'_>) -> rusqlite::Result<Result<Act, Error>> {
    let action: String = row.get("action")?;
    let (user, display_name) = (row.get("user")?, row.get("display_name")?);
    let (at, reason, result) = (row.get("at")?, row.get("reason")?, row.get("result")?);
    Ok(Action::from_stored(&action).map(|action| Act { action, user, display_name, at, reason, result }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::outbox::tests::store;
    use crate::store::plan;

    #[test]
    fn the_open_alerts_are_counted_without_a_look_at_the_others() {
        let (_folder, store) = store();
        let raise = |id: &'static str| {
            let new = "INSERT INTO alert (id, record, kind, phase, revision, raised_at, server, found, exchange, changes,
                identical) VALUES (?1, 'a', 'different', 'response', 1, 't', 's', '', '', '', 0)";
            store.write(move |tx| Ok(tx.execute(new, [id])?)).unwrap();
        };
        let counted = || store.read(open).unwrap();
        assert_eq!(counted(), 0);
        ["x", "y", "z"].into_iter().for_each(raise);
        assert_eq!(counted(), 3);
        store.write(|tx| close(tx, "y", Outcome::Accepted, "t")).unwrap();
        assert_eq!(counted(), 2);
        let steps = |sql| store.read(|connection| Ok(plan(connection, sql))).unwrap();
        assert_eq!(steps(OPEN), ["SCAN alert USING COVERING INDEX alert_open"]);
        let found = steps(LEFT_OPEN);
        assert!(found.iter().any(|step| step == "SCAN alert USING INDEX alert_open"), "{found:?}");
        let steps = steps(IS_OPEN);
        assert!(steps.iter().any(|step| step.contains("alert USING COVERING INDEX alert_open")), "{steps:?}");
    }
}
