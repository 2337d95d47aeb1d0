//! The Questionnaires that visits were started with, as they were then: an update of the app or of the study must not
//! change the form under a draft, or the words beside a signed answer.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE questionnaire (
    sha256    TEXT NOT NULL PRIMARY KEY,
    canonical TEXT NOT NULL,
    resource  TEXT NOT NULL
) STRICT;
CREATE TRIGGER questionnaire_is_never_changed BEFORE UPDATE ON questionnaire
BEGIN SELECT RAISE(ABORT, 'a questionnaire in use is never changed'); END;
";

/// Keeps the resource's JSON under its hash; nothing happens when it is kept already.
pub(crate) fn keep(tx: &Transaction<'_>, sha256: &str, canonical: &str, resource: &str) -> Result<(), Error> {
    tx.prepare_cached(
        "INSERT INTO questionnaire (sha256, canonical, resource) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute([sha256, canonical, resource])?;
    Ok(())
}

/// The JSON of the Questionnaire with this hash.
pub fn resource(connection: &Connection, sha256: &str) -> Result<String, Error> {
    connection
        .prepare_cached("SELECT resource FROM questionnaire WHERE sha256 = ?1")?
        .query_row([sha256], |row| row.get(0))
        .optional()?
        .ok_or(Error::NotFound("questionnaire"))
}

/// The hash of a Questionnaire of this `url|version`, the one that was first used last.
pub fn of_canonical(connection: &Connection, canonical: &str) -> Result<Option<String>, Error> {
    Ok(connection
        .prepare_cached("SELECT sha256 FROM questionnaire WHERE canonical = ?1 ORDER BY rowid DESC LIMIT 1")?
        .query_row([canonical], |row| row.get(0))
        .optional()?)
}
