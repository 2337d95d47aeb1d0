//! Durable storage: every version of every resource as the exact text that was answered.

mod schema;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use fhir::{Object, Value};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::{
    Error,
    ledger::Entry,
    search::{Criteria, Paging, index, parameter::ResourceType},
};

/// The method that made a version, as `Bundle.entry.request.method` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Post,
    Put,
    Delete,
}

impl Method {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One version of a resource.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) version: u32,
    /// RFC 3339, UTC, milliseconds.
    pub(crate) last_updated: String,
    /// The method that made this version.
    pub(crate) method: String,
    /// Exactly what is answered; empty for a deletion.
    pub(crate) text: String,
}

impl Stored {
    /// Whether this version is a deletion.
    pub(crate) fn is_deletion(&self) -> bool {
        self.method == Method::Delete.code()
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            version: row.get("version")?,
            last_updated: row.get("last_updated")?,
            method: row.get("method")?,
            text: row.get("text")?,
        })
    }
}

/// What a search found.
pub(crate) struct Page {
    pub(crate) total: usize,
    pub(crate) matches: Vec<Stored>,
}

/// The database of one practice server. All writing goes through one connection, one transaction after the other.
pub(crate) struct Storage {
    connection: Mutex<Connection>,
}

/// An open transaction: what is done through it is stored together or not at all.
pub(crate) struct Work<'c> {
    transaction: Transaction<'c>,
}

impl Storage {
    /// Opens or creates the database in `folder`, for resources of this release.
    pub(crate) fn open(folder: &Path, version: fhir::Version) -> Result<Self, Error> {
        Ok(Self { connection: Mutex::new(schema::open(folder, version)?) })
    }

    /// Does `work` in one transaction. It is stored durably when this returns `Ok`, and not at all otherwise.
    pub(crate) fn transact<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Work<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let open = Work { transaction };
        let done = work(&open)?;
        open.transaction.commit()?;
        Ok(done)
    }

    /// Does `work` on one consistent view, without writing.
    pub(crate) fn read<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Work<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        work(&Work { transaction })
    }

    /// A panic while the lock was held has rolled its transaction back: the connection is still good.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Work<'_> {
    /// The current version, a deletion included.
    pub(crate) fn current(&self, resource_type: &str, id: &str) -> rusqlite::Result<Option<Stored>> {
        self.transaction
            .prepare_cached(
                "SELECT v.* FROM resource r JOIN resource_version v USING (type, id, version)
                 WHERE r.type = ? AND r.id = ?",
            )?
            .query_row([resource_type, id], Stored::from_row)
            .optional()
    }

    /// One version.
    pub(crate) fn version(
        &self,
        resource_type: &str,
        id: &str,
        version: u32,
    ) -> rusqlite::Result<Option<Stored>> {
        self.transaction
            .prepare_cached("SELECT * FROM resource_version WHERE type = ? AND id = ? AND version = ?")?
            .query_row(params![resource_type, id, version], Stored::from_row)
            .optional()
    }

    /// All versions, newest first.
    pub(crate) fn history(&self, resource_type: &str, id: &str) -> rusqlite::Result<Vec<Stored>> {
        self.transaction
            .prepare_cached("SELECT * FROM resource_version WHERE type = ? AND id = ? ORDER BY version DESC")?
            .query_map([resource_type, id], Stored::from_row)?
            .collect()
    }

    /// The current versions that meet the criteria, oldest resource first.
    pub(crate) fn search(&self, criteria: &Criteria, paging: Paging) -> rusqlite::Result<Page> {
        let (condition, values) = criteria.sql();
        let total = self.transaction.query_row(
            &format!("SELECT count(*) FROM resource WHERE {condition}"),
            rusqlite::params_from_iter(&values),
            |row| row.get::<_, u32>(0),
        )?;
        let matches = if paging.total_only {
            Vec::new()
        } else {
            let found = format!(
                "SELECT v.* FROM (SELECT * FROM resource WHERE {condition} ORDER BY created LIMIT {} OFFSET {}) r
                 JOIN resource_version v USING (type, id, version) ORDER BY r.created",
                paging.count, paging.offset
            );
            self.transaction
                .prepare(&found)?
                .query_map(rusqlite::params_from_iter(&values), Stored::from_row)?
                .collect::<rusqlite::Result<_>>()?
        };
        Ok(Page { total: total as usize, matches })
    }

    /// Stores `resource` as the version after `before`. `id`, `meta.versionId` and `meta.lastUpdated` are set first;
    /// `change` may then do what the trainer asked for.
    pub(crate) fn store(
        &self,
        place: Place<'_>,
        method: Method,
        resource: Value,
        change: impl FnOnce(&mut Value),
    ) -> rusqlite::Result<Stored> {
        let version = place.before.map_or(1, |before| before + 1);
        let last_updated = format!("{:.3}", jiff::Timestamp::now());
        let mut resource = with_server_elements(resource, place.id, version, &last_updated);
        change(&mut resource);
        let stored = Stored {
            id: place.id.to_owned(),
            version,
            last_updated,
            method: method.code().to_owned(),
            text: resource.to_json(),
        };
        self.insert(place.resource_type, &stored)?;
        for row in index::rows(place.resource_type, &resource, place.base) {
            let interval = row.interval;
            self.transaction
                .prepare_cached("INSERT INTO search_index VALUES (?, ?, ?, ?, ?, ?, ?)")?
                .execute(params![
                    place.resource_type.name,
                    place.id,
                    row.parameter,
                    row.qualifier,
                    row.value,
                    interval.map(|interval| interval.low),
                    interval.map(|interval| interval.high),
                ])?;
        }
        Ok(stored)
    }

    /// Stores a deletion as the version after `before`.
    pub(crate) fn delete(
        &self,
        resource_type: &'static ResourceType,
        id: &str,
        before: u32,
    ) -> rusqlite::Result<u32> {
        let stored = Stored {
            id: id.to_owned(),
            version: before + 1,
            last_updated: format!("{:.3}", jiff::Timestamp::now()),
            method: Method::Delete.code().to_owned(),
            text: String::new(),
        };
        self.insert(resource_type, &stored)?;
        Ok(stored.version)
    }

    /// Takes away every version of a resource, as if it had never been here: only for a server that is to lie.
    pub(crate) fn forget(&self, resource_type: &str, id: &str) -> rusqlite::Result<()> {
        for table in ["resource_version", "resource", "search_index"] {
            let sql = format!("DELETE FROM {table} WHERE type = ? AND id = ?");
            self.transaction.prepare_cached(&sql)?.execute([resource_type, id])?;
        }
        Ok(())
    }

    fn insert(&self, resource_type: &'static ResourceType, stored: &Stored) -> rusqlite::Result<()> {
        let name = resource_type.name;
        self.transaction
            .prepare_cached(
                "INSERT INTO resource_version (type, id, version, last_updated, method, text)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                name,
                stored.id,
                stored.version,
                stored.last_updated,
                stored.method,
                stored.text
            ])?;
        self.transaction
            .prepare_cached(
                "INSERT INTO resource (type, id, version, deleted) VALUES (?, ?, ?, ?)
                 ON CONFLICT (type, id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted",
            )?
            .execute(params![name, stored.id, stored.version, stored.is_deletion()])?;
        self.transaction
            .prepare_cached("DELETE FROM search_index WHERE type = ? AND id = ?")?
            .execute([name, stored.id.as_str()])?;
        Ok(())
    }

    /// The ledger's entry with this id.
    pub(crate) fn ledger_entry(&self, id: &str) -> rusqlite::Result<Option<Entry>> {
        self.transaction
            .prepare_cached("SELECT id, hash, recorded_at FROM ledger WHERE id = ?")?
            .query_row([id], ledger_entry)
            .optional()
    }

    /// The ledger's entry for this hash.
    pub(crate) fn ledger_entry_for(&self, hash: &str) -> rusqlite::Result<Option<Entry>> {
        self.transaction
            .prepare_cached("SELECT id, hash, recorded_at FROM ledger WHERE hash = ?")?
            .query_row([hash], ledger_entry)
            .optional()
    }

    /// The id of the ledger's last entry.
    pub(crate) fn last_ledger_entry(&self) -> rusqlite::Result<Option<String>> {
        self.transaction
            .query_row("SELECT id FROM ledger ORDER BY sequence DESC LIMIT 1", [], |row| row.get(0))
            .optional()
    }

    /// Adds an entry to the ledger.
    pub(crate) fn append_to_ledger(&self, entry: &Entry) -> rusqlite::Result<()> {
        self.transaction
            .execute(
                "INSERT INTO ledger (id, hash, recorded_at) VALUES (?, ?, ?)",
                params![entry.transaction, entry.hash, entry.recorded_at],
            )
            .map(|_| ())
    }

    /// The practice CA's entry of that name.
    pub(crate) fn authority(&self, name: &str) -> rusqlite::Result<Option<Vec<u8>>> {
        self.transaction
            .query_row("SELECT value FROM authority WHERE name = ?", [name], |row| row.get(0))
            .optional()
    }

    /// The practice CA's entries whose name begins so.
    pub(crate) fn authority_beginning_with(&self, prefix: &str) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
        self.transaction
            .prepare(
                "SELECT name, value FROM authority WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
            )?
            .query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    /// Sets the practice CA's entry of that name.
    pub(crate) fn set_authority(&self, name: &str, value: &[u8]) -> rusqlite::Result<()> {
        self.transaction
            .execute("INSERT OR REPLACE INTO authority VALUES (?, ?)", params![name, value])
            .map(|_| ())
    }
}

fn ledger_entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry::stored(row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Where a new version goes.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) resource_type: &'static ResourceType,
    pub(crate) id: &'a str,
    /// The version that is current now, a deletion included.
    pub(crate) before: Option<u32>,
    /// This server's own address, for references to itself.
    pub(crate) base: &'a str,
}

/// The resource with `id`, `meta.versionId` and `meta.lastUpdated` as the server manages them; everything else, the
/// members' order included, as it came.
fn with_server_elements(mut resource: Value, id: &str, version: u32, last_updated: &str) -> Value {
    let Some(object) = resource.as_object_mut() else { return resource };
    object.insert("id", id);
    if object.get("meta").is_none_or(|meta| meta.as_object().is_none()) {
        object.insert("meta", Object::new());
    }
    if let Some(meta) = object.get_mut("meta").and_then(Value::as_object_mut) {
        meta.insert("versionId", version.to_string());
        meta.insert("lastUpdated", last_updated);
    }
    resource
}

/// Reads every stored version of `resource_type` straight from the file in `data_dir`, oldest first, as
/// `(id, version, text)`. For tests: what the server holds, whatever it may answer. Deletions have empty text.
///
/// # Errors
/// [`Error::Database`] when there is no database in the folder or it cannot be read.
pub fn read_all(data_dir: &Path, resource_type: &str) -> Result<Vec<(String, u32, String)>, Error> {
    let versions = reader(data_dir)?
        .prepare("SELECT id, version, text FROM resource_version WHERE type = ? ORDER BY sequence")?
        .query_map([resource_type], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(versions)
}

/// The same after a place in the order of writing, as `(place, id, version, text)`; place 0 is before everything. For
/// tests that read again and again.
///
/// # Errors
/// As for [`read_all`].
pub fn read_after(
    data_dir: &Path,
    resource_type: &str,
    place: i64,
) -> Result<Vec<(i64, String, u32, String)>, Error> {
    let connection = reader(data_dir)?;
    let versions = connection
        .prepare(
            "SELECT sequence, id, version, text FROM resource_version WHERE type = ? AND sequence > ?
             ORDER BY sequence",
        )?
        .query_map(params![resource_type, place], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(versions)
}

/// The place of the last version that was written, for [`read_after`].
///
/// # Errors
/// As for [`read_all`].
pub fn last_place(data_dir: &Path) -> Result<i64, Error> {
    let place = reader(data_dir)?.query_row(
        "SELECT coalesce(max(sequence), 0) FROM resource_version",
        [],
        |row| row.get(0),
    )?;
    Ok(place)
}

fn reader(data_dir: &Path) -> Result<Connection, Error> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(data_dir.join(schema::FILE), flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
}
