//! The outbox: frozen responses and how far their delivery has come.
//!
//! The frozen bytes, and a Provenance once it is signed, are never changed; a row is never deleted.

mod hold;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::Error;
use crate::delivery::State;
pub(crate) use hold::{LONGEST_WAIT_MS, claim, free, free_all, make_due, next_due, renew};

pub(super) const MIGRATION: &str = "
CREATE TABLE outbox (
    id                  TEXT NOT NULL PRIMARY KEY,
    identifier          TEXT NOT NULL UNIQUE,
    participant         TEXT NOT NULL,
    canonical           TEXT NOT NULL,
    title               TEXT NOT NULL,
    signed_at           TEXT NOT NULL,
    response            BLOB NOT NULL,
    response_sha256     TEXT NOT NULL,
    state               TEXT NOT NULL CHECK (state IN ('frozen', 'sending', 'acknowledged', 'compared',
        'provenanceSending', 'provenanceCompared', 'done', 'alert', 'quarantined', 'closedDifferent')),
    -- Whether the server may have acted on a request of this phase whose answer is not known.
    unsure              INTEGER NOT NULL DEFAULT 0,
    server_id           TEXT,
    server_version      TEXT,
    -- The altered version that a correction replaces (If-Match).
    replaces            TEXT,
    returned            BLOB,
    provenance          BLOB,
    provenance_id       TEXT,
    provenance_version  TEXT,
    provenance_replaces TEXT,
    provenance_returned BLOB,
    attempts            INTEGER NOT NULL DEFAULT 0,
    failures            INTEGER NOT NULL DEFAULT 0,
    next_attempt_ms     INTEGER NOT NULL DEFAULT 0,
    lease_owner         TEXT,
    lease_until_ms      INTEGER,
    problem             TEXT,
    CHECK ((lease_owner IS NULL) = (lease_until_ms IS NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_attempt_ms);
CREATE TRIGGER outbox_bytes_are_frozen
BEFORE UPDATE OF id, identifier, participant, canonical, title, signed_at, response, response_sha256 ON outbox
BEGIN SELECT RAISE(ABORT, 'a frozen response is never changed'); END;
CREATE TRIGGER outbox_provenance_is_frozen BEFORE UPDATE OF provenance ON outbox
WHEN old.provenance IS NOT NULL AND new.provenance IS NOT old.provenance
BEGIN SELECT RAISE(ABORT, 'a signed Provenance is never changed'); END;
CREATE TRIGGER outbox_is_never_deleted BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'a frozen response is never deleted'); END;
";

/// What freezing writes.
#[derive(Clone)]
pub struct NewItem {
    /// UUID of the record on this device.
    pub id: String,
    /// `QuestionnaireResponse.identifier.value`: `urn:uuid:…`.
    pub identifier: String,
    /// The participant's id.
    pub participant: String,
    /// `QuestionnaireResponse.questionnaire`: `url|version`.
    pub canonical: String,
    /// The questionnaire's title as staff see it.
    pub title: String,
    /// RFC 3339 with offset: when the patient signed.
    pub signed_at: String,
    /// The exact bytes that are sent, capture signature included.
    pub response: Vec<u8>,
    /// Lower-case hex SHA-256 of `response`.
    pub response_sha256: String,
}

/// A row as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// See [`NewItem`].
    pub id: String,
    /// See [`NewItem`].
    pub identifier: String,
    /// See [`NewItem`].
    pub participant: String,
    /// See [`NewItem`].
    pub canonical: String,
    /// See [`NewItem`].
    pub title: String,
    /// See [`NewItem`].
    pub signed_at: String,
    /// See [`NewItem`].
    pub response: Vec<u8>,
    /// See [`NewItem`].
    pub response_sha256: String,
    /// How far the delivery has come.
    pub state: State,
    /// Whether the server may have acted on a request of this phase whose answer is not known.
    pub unsure: bool,
    /// The id that the server gave.
    pub server_id: Option<String>,
    /// The version that is compared and signed.
    pub server_version: Option<String>,
    /// The altered version that a correction replaces.
    pub replaces: Option<String>,
    /// What the server returned as its representation, exactly.
    pub returned: Option<Vec<u8>>,
    /// The signed Provenance, exactly as sent.
    pub provenance: Option<Vec<u8>>,
    /// The id that the server gave to the Provenance.
    pub provenance_id: Option<String>,
    /// The Provenance's version there.
    pub provenance_version: Option<String>,
    /// The altered version of the Provenance that a correction replaces.
    pub provenance_replaces: Option<String>,
    /// What the server returned for the Provenance, exactly.
    pub provenance_returned: Option<Vec<u8>>,
    /// Requests made so far.
    pub attempts: u32,
    /// Failures since the last progress; decides the wait.
    pub failures: u32,
    /// Milliseconds since 1970; 0 for at once.
    pub next_attempt_ms: i64,
    /// The short name of what went wrong last.
    pub problem: Option<String>,
}

impl Item {
    /// `QuestionnaireResponse/ID/_history/VERSION`, once known.
    pub fn target(&self) -> Option<String> {
        let (id, version) = (self.server_id.as_ref()?, self.server_version.as_ref()?);
        Some(format!("QuestionnaireResponse/{id}/_history/{version}"))
    }

    /// The response and the Provenance that prove the record, on the page and in an export alike: as the server keeps
    /// them once that is proven, before that as they were signed. What an alert is about is shown with the alert.
    pub fn evidence(&self) -> (&[u8], Option<&[u8]>) {
        let kept = matches!(self.state, State::ProvenanceCompared | State::Done);
        let proven = kept || self.provenance.is_some();
        let response = self.returned.as_ref().filter(|_| proven).unwrap_or(&self.response);
        let provenance = self.provenance_returned.as_ref().filter(|_| kept).or(self.provenance.as_ref());
        (response, provenance.map(Vec::as_slice))
    }

    /// `Provenance/ID/_history/VERSION`, once known.
    pub fn provenance_target(&self) -> Option<String> {
        let (id, version) = (self.provenance_id.as_ref()?, self.provenance_version.as_ref()?);
        Some(format!("Provenance/{id}/_history/{version}"))
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str = "id, identifier, participant, canonical, title, signed_at, response, response_sha256, state, \
    unsure, server_id, server_version, replaces, returned, provenance, provenance_id, provenance_version, \
    provenance_replaces, provenance_returned, attempts, failures, next_attempt_ms, problem";

/// Puts a signed response into the outbox, in the transaction that freezes it.
pub fn insert(tx: &Transaction<'_>, item: &NewItem) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response, response_sha256,
         state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'frozen')",
    )?
    .execute(params![
        item.id,
        item.identifier,
        item.participant,
        item.canonical,
        item.title,
        item.signed_at,
        item.response,
        item.response_sha256,
    ])?;
    Ok(())
}

/// The item of this id.
pub fn by_id(connection: &Connection, id: &str) -> Result<Item, Error> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"))?
        .query_row([id], item)
        .optional()?
        .ok_or(Error::NotFound("record"))?
}

/// The item whose response the server keeps under this id.
pub(crate) fn by_server_id(connection: &Connection, id: &str) -> Result<Option<Item>, Error> {
    let mut query =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE server_id = ?1"))?;
    query.query_row([id], item).optional()?.transpose()
}

/// The newest response of this participant to a form of this address that is delivered and proven.
pub(crate) fn newest_proven(
    connection: &Connection,
    participant: &str,
    url: &str,
) -> Result<Option<Item>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outbox WHERE participant = ?1 AND state = 'done'
         AND (canonical = ?2 OR substr(canonical, 1, length(?2) + 1) = ?2 || '|') ORDER BY rowid DESC LIMIT 1"
    ))?;
    query.query_row([participant, url], item).optional()?.transpose()
}

/// All items, newest first.
pub fn all(connection: &Connection) -> Result<Vec<Item>, Error> {
    let mut query =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox ORDER BY rowid DESC"))?;
    let rows = query.query_map([], item)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// How many items stand in each state; states without items are left out.
pub fn counts(connection: &Connection) -> Result<Vec<(State, u32)>, Error> {
    let mut query = connection.prepare_cached("SELECT state, count(*) FROM outbox GROUP BY state")?;
    let rows = query
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(|(state, count)| Ok((stored_state(&state)?, count))).collect()
}

/// Stores everything that a step changed, if the item still stands in `from` and, unless `owner` is `None`, is still
/// held by `owner`.
///
/// # Errors
/// [`Error::WrongState`] when the step is not one that [`State::may_become`] allows, or somebody else moved the item.
pub(crate) fn save(tx: &Transaction<'_>, owner: Option<&str>, from: State, item: &Item) -> Result<(), Error> {
    if from != item.state && !from.may_become(item.state) {
        return Err(Error::WrongState(from.as_str().into()));
    }
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET state = ?4, unsure = ?5, server_id = ?6, server_version = ?7, replaces = ?8,
                returned = ?9, provenance = ?10, provenance_id = ?11, provenance_version = ?12,
                provenance_replaces = ?13, provenance_returned = ?14, attempts = ?15, failures = ?16,
                next_attempt_ms = ?17, problem = ?18
             WHERE id = ?1 AND state = ?2 AND (?3 IS NULL OR lease_owner = ?3)",
        )?
        .execute(params![
            item.id,
            from.as_str(),
            owner,
            item.state.as_str(),
            item.unsure,
            item.server_id,
            item.server_version,
            item.replaces,
            item.returned,
            item.provenance,
            item.provenance_id,
            item.provenance_version,
            item.provenance_replaces,
            item.provenance_returned,
            item.attempts,
            item.failures,
            item.next_attempt_ms,
            item.problem,
        ])?;
    if changed == 1 { Ok(()) } else { Err(Error::WrongState(by_id(tx, &item.id)?.state.as_str().into())) }
}

fn stored_state(text: &str) -> Result<State, Error> {
    State::from_stored(text).ok_or(Error::Unreadable("state of a record"))
}

fn item(row: &Row<'_>) -> rusqlite::Result<Result<Item, Error>> {
    let state: String = row.get("state")?;
    let state = match stored_state(&state) {
        Ok(state) => state,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(Item {
        id: row.get("id")?,
        identifier: row.get("identifier")?,
        participant: row.get("participant")?,
        canonical: row.get("canonical")?,
        title: row.get("title")?,
        signed_at: row.get("signed_at")?,
        response: row.get("response")?,
        response_sha256: row.get("response_sha256")?,
        state,
        unsure: row.get("unsure")?,
        server_id: row.get("server_id")?,
        server_version: row.get("server_version")?,
        replaces: row.get("replaces")?,
        returned: row.get("returned")?,
        provenance: row.get("provenance")?,
        provenance_id: row.get("provenance_id")?,
        provenance_version: row.get("provenance_version")?,
        provenance_replaces: row.get("provenance_replaces")?,
        provenance_returned: row.get("provenance_returned")?,
        attempts: row.get("attempts")?,
        failures: row.get("failures")?,
        next_attempt_ms: row.get("next_attempt_ms")?,
        problem: row.get("problem")?,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::{DatabaseKey, Store};

    /// A store with one item, `a`.
    pub(super) fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("test.db"), &DatabaseKey::new([7; 32])).unwrap();
        let item = NewItem {
            id: "a".to_owned(),
            identifier: "urn:uuid:a".to_owned(),
            participant: "p".to_owned(),
            canonical: "q|1".to_owned(),
            title: "Q".to_owned(),
            signed_at: "2026-11-21T09:00:00Z".to_owned(),
            response: b"{}".to_vec(),
            response_sha256: "00".to_owned(),
        };
        store.write(move |tx| insert(tx, &item)).unwrap();
        (folder, store)
    }

    #[test]
    fn frozen_bytes_are_never_changed_or_deleted() {
        let (_folder, store) = store();
        for sql in
            ["UPDATE outbox SET response = x'00'", "UPDATE outbox SET identifier = 'b'", "DELETE FROM outbox"]
        {
            let result = store.write(move |tx| Ok(tx.execute(sql, [])?));
            assert!(result.is_err(), "{sql} must be refused by the database itself");
        }
        let unchanged = store.read(|connection| by_id(connection, "a")).unwrap();
        assert_eq!(unchanged.response, b"{}");
    }

    #[test]
    fn a_step_that_skips_the_proof_is_refused() {
        let (_folder, store) = store();
        let skipped = store.write(|tx| {
            let mut item = by_id(tx, "a")?;
            item.state = State::Done;
            save(tx, None, State::Frozen, &item)
        });
        assert!(matches!(skipped, Err(Error::WrongState(_))));
    }
}
