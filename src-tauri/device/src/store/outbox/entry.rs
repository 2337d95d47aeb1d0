//! How a response comes into the outbox: signed here, or taken over from another device.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Item, parts};
use crate::Error;
use crate::delivery::State;

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

/// Puts a signed response into the outbox, in the transaction that freezes it. It goes to the study's own server.
pub fn insert(tx: &Transaction<'_>, item: &NewItem) -> Result<(), Error> {
    insert_for(tx, item, &[])
}

/// The same, for these servers, each of which is named once; none for the study's own alone.
pub(crate) fn insert_for(
    tx: &Transaction<'_>,
    item: &NewItem,
    points: &[Option<String>],
) -> Result<(), Error> {
    let mut points = points.iter().cloned();
    let own = Item { endpoint: points.next().flatten(), ..frozen(item.clone()) };
    insert_whole(tx, &own)?;
    points.try_for_each(|endpoint| {
        let (id, record) = (uuid::Uuid::new_v4().to_string(), Some(own.id.clone()));
        insert_whole(tx, &Item { id, record, endpoint, ..own.clone() })
    })
}

/// As it is before anything was tried.
fn frozen(new: NewItem) -> Item {
    Item {
        id: new.id,
        identifier: new.identifier,
        participant: new.participant,
        canonical: new.canonical,
        title: new.title,
        signed_at: new.signed_at,
        response: new.response,
        response_sha256: new.response_sha256,
        state: State::Frozen,
        unsure: false,
        server_id: None,
        server_version: None,
        replaces: None,
        returned: None,
        provenance: None,
        provenance_id: None,
        provenance_version: None,
        provenance_replaces: None,
        provenance_returned: None,
        attempts: 0,
        failures: 0,
        next_attempt_ms: 0,
        problem: None,
        origin: None,
        record: None,
        endpoint: None,
    }
}

/// What stands in the table as the identifier of a delivery.
fn unique(identifier: &str, record: Option<&str>, endpoint: Option<&str>) -> String {
    match record {
        None => identifier.to_owned(),
        Some(_) => format!("{identifier} {}", endpoint.unwrap_or_default()),
    }
}

/// Puts an item into the outbox as far as it has come, here or on another device that froze it. Nobody holds it, and it is due
/// at once.
pub(crate) fn insert_whole(tx: &Transaction<'_>, item: &Item) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO outbox (id, identifier, participant, canonical, title, signed_at, response, response_sha256, state,
         unsure, server_id, server_version, replaces, provenance_id, provenance_version, provenance_replaces, attempts,
         problem, origin, record, endpoint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
    )?
    .execute(params![
        item.id,
        unique(&item.identifier, item.record.as_deref(), item.endpoint.as_deref()),
        item.participant,
        item.canonical,
        item.title,
        item.signed_at,
        parts::ELSEWHERE,
        item.response_sha256,
        item.state.as_str(),
        item.unsure,
        item.server_id,
        item.server_version,
        item.replaces,
        item.provenance_id,
        item.provenance_version,
        item.provenance_replaces,
        item.attempts,
        item.problem,
        item.origin,
        item.record,
        item.endpoint,
    ])?;
    parts::insert(tx, tx.last_insert_rowid(), item)
}

/// The id and the hash of the frozen bytes of the record with this identifier; with `record`, of its delivery to the server
/// with this address.
pub(crate) fn known(
    connection: &Connection,
    identifier: &str,
    record: Option<&str>,
    endpoint: Option<&str>,
) -> Result<Option<(String, String)>, Error> {
    Ok(connection
        .prepare_cached("SELECT id, response_sha256 FROM outbox WHERE identifier = ?1")?
        .query_row([unique(identifier, record, endpoint)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}
