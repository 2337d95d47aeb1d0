//! The study's signed documents that this device has worked under, the newest in force. All stay: a record names the
//! one that it was made under by its hash, and an inspector may ask for it years later.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE study (
    version   INTEGER NOT NULL PRIMARY KEY,
    sha256    TEXT NOT NULL UNIQUE,
    document  TEXT NOT NULL,
    loaded_at TEXT NOT NULL,
    loaded_by TEXT NOT NULL
) STRICT;
CREATE TRIGGER study_is_never_changed BEFORE UPDATE ON study
BEGIN SELECT RAISE(ABORT, 'a loaded study is never changed'); END;
CREATE TRIGGER study_is_never_deleted BEFORE DELETE ON study
BEGIN SELECT RAISE(ABORT, 'a loaded study is never deleted'); END;
";

/// Keeps a document that was verified.
pub(crate) fn insert(
    tx: &Transaction<'_>,
    version: u32,
    sha256: &str,
    document: &str,
    at: &str,
    by: &str,
) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO study (version, sha256, document, loaded_at, loaded_by) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((version, sha256, document, at, by))?;
    Ok(())
}

/// The document in force.
pub fn newest(connection: &Connection) -> Result<Option<String>, Error> {
    Ok(connection
        .prepare_cached("SELECT document FROM study ORDER BY version DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// The hash of the document in force.
pub(crate) fn newest_sha256(connection: &Connection) -> Result<Option<String>, Error> {
    Ok(connection
        .prepare_cached("SELECT sha256 FROM study ORDER BY version DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// The version of the document in force.
pub(crate) fn newest_version(connection: &Connection) -> Result<Option<u32>, Error> {
    Ok(connection.prepare_cached("SELECT max(version) FROM study")?.query_row([], |row| row.get(0))?)
}

/// The document of this hash, as `configurationS256` names it.
pub fn by_sha256(connection: &Connection, sha256: &str) -> Result<Option<String>, Error> {
    Ok(connection
        .prepare_cached("SELECT document FROM study WHERE sha256 = ?1")?
        .query_row([sha256], |row| row.get(0))
        .optional()?)
}
