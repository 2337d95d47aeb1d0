//! The outbox: frozen responses and how far their delivery has come.
//!
//! The frozen bytes, and a Provenance once it is signed, are never changed; a row is never deleted.

mod entry;
mod hold;
mod parts;
mod shown;
mod tables;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::Error;
use crate::delivery::State;
pub use entry::{NewItem, insert};
pub(crate) use entry::{insert_for, insert_whole, known};
pub(crate) use hold::{
    LONGEST_WAIT_MS, begin_anew, claim, free, free_all, hold_back, is_later, make_due, mark_unlisted,
    next_due, oldest_with, unmark_listed,
};
pub(super) use parts::PART_MIGRATION;
pub(crate) use shown::at_row;
pub use shown::{Summary, foremost, page, summary};
pub(super) use tables::{ENDPOINT_MIGRATION, INDEX_MIGRATION, MIGRATION};

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
    /// The emergency export that it was taken over from; `None` for what was signed here.
    pub origin: Option<String>,
    /// The record, where this is its delivery to a further server.
    pub record: Option<String>,
    /// The address of the server that it goes to; `None` for the study's own.
    pub endpoint: Option<String>,
}

impl Item {
    /// The record that it is the delivery of, or is itself.
    pub fn record(&self) -> &str {
        self.record.as_deref().unwrap_or(&self.id)
    }

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

/// The identifier as it was signed, without what makes it unique in the table; the documents, from the row where it has them.
const COLUMNS: &str = "id, \
    iif(record IS NULL, identifier, substr(identifier, 1, instr(identifier, ' ') - 1)) AS identifier, participant, \
    canonical, title, signed_at, coalesce((SELECT bytes FROM outbox_response WHERE row = outbox.rowid), \
    response) AS response, response_sha256, state, unsure, server_id, server_version, replaces, \
    coalesce((SELECT bytes FROM outbox_returned WHERE row = outbox.rowid), returned) AS returned, \
    coalesce((SELECT bytes FROM outbox_provenance WHERE row = outbox.rowid), provenance) AS provenance, \
    provenance_id, provenance_version, provenance_replaces, \
    coalesce((SELECT bytes FROM outbox_provenance_returned WHERE row = outbox.rowid), provenance_returned) \
    AS provenance_returned, attempts, failures, next_attempt_ms, problem, origin, record, endpoint";

/// The ids of all items, oldest first, each with its state.
pub(crate) fn ids(connection: &Connection) -> Result<Vec<(String, State)>, Error> {
    let mut query = connection.prepare_cached("SELECT id, state FROM outbox ORDER BY rowid")?;
    let rows = query
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(|(id, state)| Ok((id, stored_state(&state)?))).collect()
}

/// The item of this id.
pub fn by_id(connection: &Connection, id: &str) -> Result<Item, Error> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"))?
        .query_row([id], item)
        .optional()?
        .ok_or(Error::NotFound("record"))?
}

/// The deliveries of a record to further servers, in the order in which these were named.
pub fn further(connection: &Connection, record: &str) -> Result<Vec<Item>, Error> {
    let mut query = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE record = ?1 ORDER BY rowid"))?;
    let rows = query.query_map([record], item)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// How a record stands on all servers that it goes to, and the problem there: what needs a person comes first, then what
/// has come least far. It is done when it is proven on each.
pub fn overall(connection: &Connection, record: &str) -> Result<(State, Option<String>), Error> {
    let mut query = connection.prepare_cached(
        "SELECT state, problem FROM outbox WHERE id = ?1 UNION ALL SELECT state, problem FROM outbox WHERE record = ?1",
    )?;
    let rows = query
        .query_map([record], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let rows = rows.into_iter().map(|(state, problem)| Ok((stored_state(&state)?, problem)));
    let rows = rows.collect::<Result<Vec<_>, Error>>()?;
    let urgency = |state: State| match state {
        State::Alert => 0,
        State::Quarantined => 1,
        State::ClosedDifferent => 3,
        State::Done => 4,
        _ => 2,
    };
    rows.into_iter().min_by_key(|(state, _)| (urgency(*state), *state)).ok_or(Error::NotFound("record"))
}

/// Whether every server that a record goes to is proven to keep it.
pub fn is_proven(connection: &Connection, record: &str) -> Result<bool, Error> {
    Ok(overall(connection, record)?.0 == State::Done)
}

/// The item whose response the study's server keeps under this id.
pub(crate) fn by_server_id(connection: &Connection, id: &str) -> Result<Option<Item>, Error> {
    let mut query = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE server_id = ?1 AND endpoint IS NULL"))?;
    query.query_row([id], item).optional()?.transpose()
}

/// Whether a record here has this `QuestionnaireResponse.identifier`.
pub(crate) fn is_identifier(connection: &Connection, identifier: &str) -> Result<bool, Error> {
    let mut query = connection.prepare_cached("SELECT 1 FROM outbox WHERE identifier = ?1")?;
    Ok(query.exists([identifier])?)
}

/// Whether the study's server keeps anything of this device, or may keep it.
pub(crate) fn has_reached_server(connection: &Connection) -> Result<bool, Error> {
    let mut query = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE endpoint IS NULL AND (server_id IS NOT NULL OR unsure))
            OR EXISTS (SELECT 1 FROM posting WHERE server_id IS NOT NULL OR unsure OR state <> 'waiting')",
    )?;
    Ok(query.query_row([], |row| row.get(0))?)
}

/// Whether a server keeps the response of a record here under this id.
pub(crate) fn is_server_id(connection: &Connection, id: &str) -> Result<bool, Error> {
    let mut query = connection.prepare_cached("SELECT 1 FROM outbox WHERE server_id = ?1")?;
    Ok(query.exists([id])?)
}

/// The newest response of this participant to a form of this address that is delivered and proven.
pub(crate) fn newest_proven(
    connection: &Connection,
    participant: &str,
    url: &str,
) -> Result<Option<Item>, Error> {
    let mut query = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outbox WHERE participant = ?1 AND state = 'done' AND record IS NULL
         AND NOT EXISTS (SELECT 1 FROM outbox AS other WHERE other.record = outbox.id AND other.state <> 'done')
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

/// Who changes an item.
#[derive(Clone, Copy)]
pub(crate) enum By<'o> {
    /// Somebody who decided about an alert; a hold on the item stays as it is.
    Person,
    /// The sender that holds it under the name `owner`, and then until `until_ms`; with `None` the hold ends.
    Sender {
        /// See [`claim`].
        owner: &'o str,
        /// Milliseconds since 1970.
        until_ms: Option<i64>,
    },
    /// The device, which has looked once more at what is proven; nobody holds that.
    Looker,
}

impl<'o> By<'o> {
    /// The sender that holds the item, or without one who looks at what is proven.
    pub(crate) fn device(owner: Option<&'o str>, until_ms: Option<i64>) -> Self {
        owner.map_or(Self::Looker, |owner| Self::Sender { owner, until_ms })
    }
}

/// Stores everything that a step changed, if the item still stands in `from` and its sender still holds it. The hold is
/// lengthened or ended in the same write.
///
/// # Errors
/// [`Error::WrongState`] when the step is not one that [`State::may_become`] allows, or somebody else moved the item.
pub(crate) fn save(tx: &Transaction<'_>, by: By<'_>, from: State, item: &Item) -> Result<(), Error> {
    let (owner, until_ms) = match by {
        By::Person | By::Looker => (None, None),
        By::Sender { owner, until_ms } => (Some(owner), until_ms),
    };
    if from != item.state && !from.may_become(item.state) {
        return Err(Error::WrongState(from.as_str().into()));
    }
    let row = tx
        .prepare_cached(
            "UPDATE outbox SET state = ?4, unsure = ?5, server_version = ?6, replaces = ?7,
                provenance_id = ?8, provenance_version = ?9, provenance_replaces = ?10, attempts = ?11, failures = ?12,
                next_attempt_ms = ?13, problem = ?14,
                lease_until_ms = iif(?3 IS NULL, lease_until_ms, ?15),
                lease_owner = iif(?3 IS NULL OR ?15 IS NOT NULL, lease_owner, NULL)
             WHERE id = ?1 AND state = ?2 AND (?3 IS NULL OR lease_owner = ?3) RETURNING rowid",
        )?
        .query_row(
            params![
                item.id,
                from.as_str(),
                owner,
                item.state.as_str(),
                item.unsure,
                item.server_version,
                item.replaces,
                item.provenance_id,
                item.provenance_version,
                item.provenance_replaces,
                item.attempts,
                item.failures,
                item.next_attempt_ms,
                item.problem,
                until_ms,
            ],
            |row| row.get(0),
        )
        .optional()?;
    let Some(row) = row else {
        return Err(Error::WrongState(by_id(tx, &item.id)?.state.as_str().into()));
    };
    // Whatever is named in an update is written into its index again, and this one changes once.
    tx.prepare_cached("UPDATE outbox SET server_id = ?2 WHERE rowid = ?1 AND server_id IS NOT ?2")?
        .execute(params![row, item.server_id])?;
    // A step only adds; a person may have it looked at anew.
    if let By::Person = by {
        parts::clear(tx, row, item)?;
    }
    parts::save(tx, row, item)
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
        origin: row.get("origin")?,
        record: row.get("record")?,
        endpoint: row.get("endpoint")?,
    }))
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::store::{DatabaseKey, Store};

    /// A store with one item, `a`.
    pub(in crate::store) fn store() -> (tempfile::TempDir, Store) {
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
        for sql in [
            "UPDATE outbox SET response = x'00'",
            "UPDATE outbox SET identifier = 'b'",
            "DELETE FROM outbox",
            "UPDATE outbox SET rowid = 99",
            "INSERT OR REPLACE INTO outbox SELECT * FROM outbox",
            "UPDATE outbox_response SET bytes = x'00'",
            "INSERT OR REPLACE INTO outbox_response VALUES (1, x'00')",
            "INSERT INTO outbox_response VALUES (2, x'00')",
            "DELETE FROM outbox_response",
        ] {
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
            save(tx, By::Person, State::Frozen, &item)
        });
        assert!(matches!(skipped, Err(Error::WrongState(_))));
    }
}
