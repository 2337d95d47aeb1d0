//! Resources that the device sends beside the responses: its certificate, and a report of every act on an alert.
//! Their bytes are frozen before they are sent, as those of the responses are.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::Error;
use crate::store::outbox::LONGEST_WAIT_MS;

pub(super) const MIGRATION: &str = "
CREATE TABLE posting (
    id              TEXT NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL CHECK (kind IN ('certificate', 'auditEvent')),
    -- The certificate's thumbprint, or the act on the alert: nothing is sent twice.
    cause           TEXT NOT NULL UNIQUE,
    resource        BLOB NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'different', 'refused')),
    unsure          INTEGER NOT NULL DEFAULT 0,
    server_id       TEXT,
    server_version  TEXT,
    replaces        TEXT,
    failures        INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms INTEGER NOT NULL DEFAULT 0,
    problem         TEXT
) STRICT;
CREATE INDEX posting_due ON posting (kind, state, next_attempt_ms);
CREATE TRIGGER posting_bytes_are_frozen BEFORE UPDATE OF id, kind, cause, resource ON posting
BEGIN SELECT RAISE(ABORT, 'what is posted is never changed'); END;
CREATE TRIGGER posting_is_never_deleted BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'what is posted is never deleted'); END;
";

/// What is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `DocumentReference` with the device's certificate.
    Certificate,
    /// `AuditEvent` that reports an act on an alert.
    AuditEvent,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::AuditEvent => "auditEvent",
        }
    }

    /// The FHIR type.
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::Certificate => "DocumentReference",
            Self::AuditEvent => "AuditEvent",
        }
    }
}

/// How far a posting has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostingState {
    /// Not proven to be kept yet.
    Waiting,
    /// The server keeps exactly this.
    Done,
    /// The server keeps something else.
    Different,
    /// The server refused for good.
    Refused,
}

impl PostingState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Done, Self::Different, Self::Refused];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Different => "different",
            Self::Refused => "refused",
        }
    }
}

/// A row as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Posting {
    /// UUID on this device.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// `certificate/THUMBPRINT`, or `alert/ID/ACTION NUMBER`.
    pub cause: String,
    /// The exact bytes.
    pub resource: Vec<u8>,
    /// How far it has come.
    pub state: PostingState,
    /// Whether the server may have acted on a request whose answer is not known.
    pub unsure: bool,
    /// The id that the server gave.
    pub server_id: Option<String>,
    /// The version there.
    pub server_version: Option<String>,
    /// The altered version that a correction replaces.
    pub replaces: Option<String>,
    /// Failures since the last progress.
    pub failures: u32,
    /// Milliseconds since 1970.
    pub next_attempt_ms: i64,
    /// Short name of what went wrong last.
    pub problem: Option<String>,
}

impl Posting {
    /// A new one that waits to be sent.
    pub(crate) fn new(id: String, kind: Kind, cause: String, resource: Vec<u8>) -> Self {
        Self {
            id,
            kind,
            cause,
            resource,
            state: PostingState::Waiting,
            unsure: false,
            server_id: None,
            server_version: None,
            replaces: None,
            failures: 0,
            next_attempt_ms: 0,
            problem: None,
        }
    }
}

impl std::fmt::Debug for Posting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Posting({}, {:?}, {:?})", self.id, self.kind, self.state)
    }
}

/// Adds a posting unless one for the same cause is there; gives the one that is there.
pub(crate) fn ensure(tx: &Transaction<'_>, posting: &Posting) -> Result<Posting, Error> {
    tx.prepare_cached(
        "INSERT INTO posting (id, kind, cause, resource, state) VALUES (?1, ?2, ?3, ?4, 'waiting')
         ON CONFLICT (cause) DO NOTHING",
    )?
    .execute(params![posting.id, posting.kind.as_str(), posting.cause, posting.resource])?;
    by_cause(tx, &posting.cause)?.ok_or(Error::NotFound("posting"))
}

/// The cause of the posting that publishes the certificate with this thumbprint, on the study's own server or on a further
/// one with this address.
pub(crate) fn certificate_cause(thumbprint: &str, endpoint: Option<&str>) -> String {
    match endpoint {
        None => format!("certificate/{thumbprint}"),
        Some(endpoint) => format!("certificate/{thumbprint} {endpoint}"),
    }
}

/// The posting for this cause.
pub fn by_cause(connection: &Connection, cause: &str) -> Result<Option<Posting>, Error> {
    connection
        .prepare_cached("SELECT * FROM posting WHERE cause = ?1")?
        .query_row([cause], posting)
        .optional()?
        .transpose()
}

/// The certificates that need a decision, of one server.
pub(crate) fn stopped_certificates(
    connection: &Connection,
    endpoint: Option<&str>,
) -> Result<Vec<Posting>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT * FROM posting WHERE kind = 'certificate' AND state IN ('different', 'refused')
         AND substr(cause, instr(cause || ' ', ' ') + 1) = ?1",
    )?;
    let rows = query.query_map([endpoint.unwrap_or_default()], posting)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// At most so many of the reports that wait to be sent and are due, in the order in which they are.
pub(crate) fn due_reports(connection: &Connection, now_ms: i64, most: u32) -> Result<Vec<Posting>, Error> {
    // A time that lies too far ahead was written by a clock that was ahead.
    let mut query = connection.prepare_cached(&format!(
        "SELECT * FROM posting WHERE kind = 'auditEvent' AND state = 'waiting'
         AND (next_attempt_ms <= ?1 OR next_attempt_ms > ?1 + {LONGEST_WAIT_MS})
         ORDER BY next_attempt_ms, rowid LIMIT ?2"
    ))?;
    let rows = query.query_map(params![now_ms, most], posting)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// The reports that the server does not have yet, whenever they are due, oldest first.
pub(crate) fn waiting_reports(connection: &Connection) -> Result<Vec<Posting>, Error> {
    let sql = "SELECT * FROM posting WHERE kind = 'auditEvent' AND state = 'waiting' ORDER BY rowid";
    let mut query = connection.prepare_cached(sql)?;
    let rows = query.query_map([], posting)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// Every report, oldest first.
pub fn all_reports(connection: &Connection) -> Result<Vec<Posting>, Error> {
    let sql = "SELECT * FROM posting WHERE kind = 'auditEvent' ORDER BY rowid";
    let mut query = connection.prepare_cached(sql)?;
    let rows = query.query_map([], posting)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// How many reports the server has refused for good, or again and again because of `problem`.
pub(crate) fn untaken_reports(connection: &Connection, problem: &str, often: u32) -> Result<u32, Error> {
    let sql = "SELECT count(*) FROM posting WHERE kind = 'auditEvent'
        AND (state = 'refused' OR state = 'waiting' AND problem = ?1 AND failures >= ?2)";
    Ok(connection.prepare_cached(sql)?.query_row(params![problem, often], |row| row.get(0))?)
}

/// Reports that the server refused for good wait to be sent again; they are looked for first.
pub(crate) fn retry_refused_reports(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute(
        "UPDATE posting SET state = 'waiting', unsure = 1, failures = 0, next_attempt_ms = 0, problem = NULL
         WHERE kind = 'auditEvent' AND state = 'refused'",
        [],
    )?;
    Ok(())
}

/// When the next report is due, in milliseconds since 1970.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<i64>, Error> {
    Ok(connection
        .prepare_cached(
            "SELECT min(next_attempt_ms) FROM posting WHERE kind = 'auditEvent' AND state = 'waiting'",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Makes every posting due at once.
pub(crate) fn make_due(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute("UPDATE posting SET next_attempt_ms = 0 WHERE state = 'waiting'", [])?;
    Ok(())
}

/// Makes every posting due at once that waits for one of these problems, with the waits as after a first failure.
pub(crate) fn begin_anew(tx: &Transaction<'_>, problems: &[&str]) -> Result<(), Error> {
    let problems = serde_json::to_string(problems).map_err(|_| Error::Unreadable("problems"))?;
    tx.execute(
        "UPDATE posting SET next_attempt_ms = 0, failures = 0 WHERE state = 'waiting' AND next_attempt_ms > 0
         AND problem IN (SELECT value FROM json_each(?1))",
        [problems],
    )?;
    Ok(())
}

/// Stores what a step changed.
pub(crate) fn save(tx: &Transaction<'_>, posting: &Posting) -> Result<(), Error> {
    tx.prepare_cached(
        "UPDATE posting SET state = ?2, unsure = ?3, server_id = ?4, server_version = ?5, replaces = ?6,
            failures = ?7, next_attempt_ms = ?8, problem = ?9 WHERE id = ?1",
    )?
    .execute(params![
        posting.id,
        posting.state.as_str(),
        posting.unsure,
        posting.server_id,
        posting.server_version,
        posting.replaces,
        posting.failures,
        posting.next_attempt_ms,
        posting.problem,
    ])?;
    Ok(())
}

/// A posting whose sending ended in an error rests until `next`, which is asked for the number of failures.
pub(crate) fn hold_back(
    tx: &Transaction<'_>,
    id: &str,
    problem: &str,
    next: impl FnOnce(u32) -> i64,
) -> Result<(), Error> {
    let mut query = tx.prepare_cached("SELECT failures FROM posting WHERE id = ?1")?;
    let failures = query.query_row([id], |row| row.get::<_, u32>(0))?.saturating_add(1);
    tx.prepare_cached("UPDATE posting SET failures = ?2, next_attempt_ms = ?3, problem = ?4 WHERE id = ?1")?
        .execute(params![id, failures, next(failures), problem])?;
    Ok(())
}

fn posting(row: &Row<'_>) -> rusqlite::Result<Result<Posting, Error>> {
    let kind: String = row.get("kind")?;
    let state: String = row.get("state")?;
    let kind = [Kind::Certificate, Kind::AuditEvent].into_iter().find(|known| known.as_str() == kind);
    let state = PostingState::ALL.into_iter().find(|known| known.as_str() == state);
    let (Some(kind), Some(state)) = (kind, state) else {
        return Ok(Err(Error::Unreadable("posting")));
    };
    Ok(Ok(Posting {
        id: row.get("id")?,
        kind,
        cause: row.get("cause")?,
        resource: row.get("resource")?,
        state,
        unsure: row.get("unsure")?,
        server_id: row.get("server_id")?,
        server_version: row.get("server_version")?,
        replaces: row.get("replaces")?,
        failures: row.get("failures")?,
        next_attempt_ms: row.get("next_attempt_ms")?,
        problem: row.get("problem")?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::outbox::tests::store;

    #[test]
    fn no_more_reports_are_due_at_once_than_are_asked_for_and_the_longest_due_come_first() {
        let (_folder, store) = store();
        for (id, next) in [("a", 30), ("b", 10), ("c", 40), ("d", 20), ("e", 99)] {
            let new = Posting::new(id.to_owned(), Kind::AuditEvent, format!("alert/{id}"), b"{}".to_vec());
            let save = move |tx: &Transaction<'_>| {
                let made = ensure(tx, &new)?;
                super::save(tx, &Posting { next_attempt_ms: next, ..made })
            };
            store.write(save).unwrap();
        }
        let due = |most| {
            let rows = store.read(|connection| due_reports(connection, 50, most)).unwrap();
            rows.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(due(0), [""; 0]);
        assert_eq!(due(1), ["b"]);
        assert_eq!(due(3), ["b", "d", "a"]);
        assert_eq!(due(4), ["b", "d", "a", "c"]);
        assert_eq!(due(16), ["b", "d", "a", "c"], "the last is not due");
    }
}
