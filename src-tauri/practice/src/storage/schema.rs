//! The tables, and how the file is opened.

use std::path::Path;

use rusqlite::Connection;

use crate::Error;

/// The file in the data folder.
pub(super) const FILE: &str = "practice.db";

/// The format below, kept in `PRAGMA user_version`.
const FORMAT: i64 = 1;

/// | table | holds |
/// | --- | --- |
/// | `resource_version` | every version of every resource, as exact text; never changed, never deleted |
/// | `resource` | the current version of each, in order of creation (`created`, which paging relies on) |
/// | `search_index` | what the current versions are found by |
/// | `authority` | the practice CA's certificates and keys |
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

/// Opens the file in `folder`, creating both when needed.
pub(super) fn open(folder: &Path) -> Result<Connection, Error> {
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
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        found => return Err(Error::DatabaseFormat { found, known: FORMAT }),
    }
    transaction.commit()?;
    Ok(connection)
}

/// Makes the file before SQLite does, readable by its owner only: the practice CA's keys are in it.
fn protect(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}
