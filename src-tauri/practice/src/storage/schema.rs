//! The tables, and how the file is opened.

use std::path::Path;

use rusqlite::Connection;

use crate::Error;

/// The file in the data folder.
pub(super) const FILE: &str = "practice.db";

/// The format below, kept in `PRAGMA user_version`.
const FORMAT: i64 = 2;

/// | table | holds |
/// | --- | --- |
/// | `resource_version` | every version of every resource, as exact text; never changed, never deleted but by a fault that says so |
/// | `resource` | the current version of each, in order of creation (`created`, which paging relies on) |
/// | `search_index` | what the current versions are found by |
/// | `authority` | the practice CA's certificates and keys, and what it revoked |
///
/// Format 2 adds [`SECOND`].
const TABLES: &str = "
CREATE TABLE resource_version (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    type         TEXT NOT NULL,
    id           TEXT NOT NULL,
    version      INTEGER NOT NULL,
    last_updated TEXT NOT NULL,
    method       TEXT NOT NULL CHECK (method IN ('POST', 'PUT', 'DELETE')),
    text         TEXT NOT NULL,
    UNIQUE (type, id, version)
) STRICT;
CREATE TABLE resource (
    created INTEGER PRIMARY KEY AUTOINCREMENT,
    type    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
    UNIQUE (type, id)
) STRICT;
CREATE TABLE search_index (
    type      TEXT NOT NULL,
    id        TEXT NOT NULL,
    parameter TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    value     TEXT NOT NULL,
    low       INTEGER,
    high      INTEGER
) STRICT;
CREATE INDEX search_by_value ON search_index (type, parameter, value, qualifier, id);
CREATE INDEX search_by_resource ON search_index (type, id);
CREATE TABLE authority (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
";

/// | table | holds |
/// | --- | --- |
/// | `ledger` | the practice ledger's entries, each hash once; never changed, never deleted |
/// | `setting` | the release of FHIR that the resources are written in |
const SECOND: &str = "
CREATE TABLE ledger (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    hash        TEXT NOT NULL UNIQUE,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER ledger_is_never_changed BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END;
CREATE TRIGGER ledger_is_never_shortened BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END;
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
";

/// Opens the file in `folder`, creating both when needed.
pub(super) fn open(folder: &Path, version: fhir::Version) -> Result<Connection, Error> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    let file = folder.join(FILE);
    protect(&file).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
    let mut connection = Connection::open(file)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // WAL: readers never wait. FULL: what was answered survives a power cut.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let format: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match format {
        FORMAT => {}
        0 => {
            transaction.execute_batch(TABLES)?;
            transaction.execute_batch(SECOND)?;
            set_version(&transaction, version)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        1 => {
            transaction.execute_batch(SECOND)?;
            set_version(&transaction, fhir::Version::R4)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        found => return Err(Error::DatabaseFormat { found, known: FORMAT }),
    }
    let kept: String =
        transaction
            .query_row("SELECT value FROM setting WHERE name = 'fhirVersion'", [], |row| row.get(0))?;
    if kept != version.number() {
        return Err(Error::Release { found: kept, wanted: version.number() });
    }
    transaction.commit()?;
    Ok(connection)
}

fn set_version(transaction: &rusqlite::Transaction<'_>, version: fhir::Version) -> rusqlite::Result<()> {
    transaction.execute("INSERT INTO setting VALUES ('fhirVersion', ?)", [version.number()]).map(|_| ())
}

/// Makes the file before SQLite does, readable by its owner only: the practice CA's keys are in it.
fn protect(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}
