//! Participants and their PINs. A PIN is kept as an Argon2id PHC string only.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use seal::Party;

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE participant (
    id                TEXT NOT NULL PRIMARY KEY,
    identifier_system TEXT NOT NULL,
    reference         TEXT NOT NULL,
    pin_phc           TEXT,
    pin_set_at        TEXT,
    wrong_tries       INTEGER NOT NULL DEFAULT 0,
    locked_at         TEXT,
    CHECK ((pin_phc IS NULL) = (pin_set_at IS NULL))
) STRICT;
";

/// A participant as the study names them: an id and where the server keeps them, never a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant {
    /// `Patient.identifier.value`, which the patient types when signing: `014-0027`.
    pub id: String,
    /// `Patient.identifier.system`.
    pub identifier_system: String,
    /// `Patient/…` on the server.
    pub reference: String,
}

impl Participant {
    /// As signatures and resources name them.
    pub(crate) fn party(&self) -> Party {
        Party {
            reference: self.reference.clone(),
            identifier_system: self.identifier_system.clone(),
            identifier_value: self.id.clone(),
        }
    }
}

/// What is known of a participant's PIN.
pub(crate) struct Pin {
    pub(crate) phc: Option<String>,
    pub(crate) set_at: Option<String>,
    pub(crate) wrong_tries: u32,
    pub(crate) locked_at: Option<String>,
}

/// Adds a participant, or updates where the server keeps them. The PIN stays.
pub fn put(tx: &Transaction<'_>, participant: &Participant) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO participant (id, identifier_system, reference) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET identifier_system = ?2, reference = ?3",
    )?
    .execute([&participant.id, &participant.identifier_system, &participant.reference])?;
    Ok(())
}

/// Adds a participant of another device, without a PIN; one that is known stays as it is.
pub(crate) fn put_taken(tx: &Transaction<'_>, participant: &Participant) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO participant (id, identifier_system, reference) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
    )?
    .execute([&participant.id, &participant.identifier_system, &participant.reference])?;
    Ok(())
}

/// The participant of this id.
pub fn by_id(connection: &Connection, id: &str) -> Result<Participant, Error> {
    connection
        .prepare_cached("SELECT id, identifier_system, reference FROM participant WHERE id = ?1")?
        .query_row([id], participant)
        .optional()?
        .ok_or(Error::NotFound("participant"))
}

/// All participants, by id.
pub fn all(connection: &Connection) -> Result<Vec<Participant>, Error> {
    let mut query =
        connection.prepare_cached("SELECT id, identifier_system, reference FROM participant ORDER BY id")?;
    Ok(query.query_map([], participant)?.collect::<Result<_, _>>()?)
}

pub(crate) fn pin(connection: &Connection, id: &str) -> Result<Pin, Error> {
    connection
        .prepare_cached("SELECT pin_phc, pin_set_at, wrong_tries, locked_at FROM participant WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(Pin {
                phc: row.get(0)?,
                set_at: row.get(1)?,
                wrong_tries: row.get(2)?,
                locked_at: row.get(3)?,
            })
        })
        .optional()?
        .ok_or(Error::NotFound("participant"))
}

/// Sets the PIN of a participant who has none.
pub(crate) fn set_pin(tx: &Transaction<'_>, id: &str, phc: &str, set_at: &str) -> Result<(), Error> {
    let changed = tx
        .prepare_cached(
            "UPDATE participant SET pin_phc = ?2, pin_set_at = ?3, wrong_tries = 0, locked_at = NULL
             WHERE id = ?1 AND pin_phc IS NULL",
        )?
        .execute([id, phc, set_at])?;
    if changed == 0 { Err(Error::PinAlreadySet) } else { Ok(()) }
}

/// Forgets the PIN: the patient chooses a new one on the next patient screen.
pub(crate) fn forget_pin(tx: &Transaction<'_>, id: &str) -> Result<(), Error> {
    let changed = tx
        .prepare_cached(
            "UPDATE participant SET pin_phc = NULL, pin_set_at = NULL, wrong_tries = 0, locked_at = NULL
             WHERE id = ?1",
        )?
        .execute([id])?;
    if changed == 0 { Err(Error::NotFound("participant")) } else { Ok(()) }
}

/// Counts a try before the PIN is checked, see [`super::staff::count_try`].
pub(crate) fn count_try(tx: &Transaction<'_>, id: &str) -> Result<u32, Error> {
    Ok(tx
        .prepare_cached(
            "UPDATE participant SET wrong_tries = wrong_tries + 1 WHERE id = ?1 RETURNING wrong_tries",
        )?
        .query_row([id], |row| row.get(0))?)
}

pub(crate) fn lock(tx: &Transaction<'_>, id: &str, at: &str) -> Result<(), Error> {
    tx.prepare_cached("UPDATE participant SET locked_at = ?2 WHERE id = ?1")?.execute([id, at])?;
    Ok(())
}

pub(crate) fn clear_tries(tx: &Transaction<'_>, id: &str) -> Result<(), Error> {
    tx.prepare_cached("UPDATE participant SET wrong_tries = 0 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

fn participant(row: &Row<'_>) -> rusqlite::Result<Participant> {
    Ok(Participant { id: row.get(0)?, identifier_system: row.get(1)?, reference: row.get(2)? })
}
