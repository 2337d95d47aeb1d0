//! The encrypted database: `SQLCipher` with a raw 32-byte key, one thread that writes, a few connections that read.
//!
//! Everything here blocks; call it off the async runtime. One file per table holds the table's SQL beside its types
//! and its queries; [`migrations`] lists them in order.

pub mod alert;
pub mod attempt;
pub mod audit;
pub mod certificate;
pub mod draft_event;
pub mod evidence;
pub mod form;
pub mod meta;
pub mod migrations;
pub mod outbox;
pub mod participant;
pub mod posting;
pub mod questionnaire;
pub mod staff;
pub mod study;
pub mod visit;

mod connection;
mod writer;

use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};
use zeroize::Zeroizing;

use crate::Error;
use writer::Writer;

/// The raw database key: 32 random bytes from the OS keystore, wiped from memory when dropped.
pub type DatabaseKey = Zeroizing<[u8; 32]>;

/// Connections that only read. More than the screens and the delivery ever use at one time.
const READERS: usize = 4;

/// The open database. Share it behind an `Arc`; dropping the last one commits what is queued and closes the file.
pub struct Store {
    writer: Writer,
    readers: Readers,
}

impl Store {
    /// Opens the database `file`, creating it when there is none, and brings its tables up to date.
    ///
    /// A new database is built under another name, flushed and then renamed, so that an empty or half-written file
    /// is never taken for a new one. Blocks for the time of an integrity check of every page.
    ///
    /// # Errors
    /// [`Error::KeyWrong`] when the file was written with another key, [`Error::Damaged`] when a page does not
    /// carry its authentication code, [`Error::DatabaseNewer`] when a newer version of the app wrote it,
    /// [`Error::DiskFull`] and [`Error::Io`]. The file is left as it is in each case.
    pub fn open(file: &Path, key: &DatabaseKey) -> Result<Self, Error> {
        if !file.try_exists().map_err(Error::io)? {
            connection::create(file, key)?;
        }
        connection::check_key(file, key)?;
        let mut connection = connection::open(file, key, connection::Access::Write)?;
        connection::check_every_page(&connection, file, key)?;
        migrations::apply(&mut connection)?;
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            readers.push(connection::open(file, key, connection::Access::Read)?);
        }
        Ok(Self {
            writer: Writer::start(connection)?,
            readers: Readers { idle: Mutex::new(readers), returned: Condvar::new() },
        })
    }

    /// Runs `change` on the store thread and returns once its effect is on the disk.
    ///
    /// Changes that wait at the same time share one commit (one flush), each inside a savepoint of its own: a change
    /// that returns an error leaves no trace and does not disturb the others. A failed commit fails all of them.
    /// Blocks. Never call it from within a change (the store thread would wait for itself).
    ///
    /// # Errors
    /// What `change` returned, [`Error::DiskFull`] or [`Error::Io`] when nothing could be saved.
    pub fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.writer.write(change)
    }

    /// Runs `query` on a connection that cannot write. It sees everything that [`Store::write`] has returned for.
    /// Blocks while all such connections are in use.
    pub fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let connection = self.readers.take();
        let result = query(&connection);
        self.readers.give_back(connection);
        result
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Readers {
    fn take(&self) -> Connection {
        let mut idle = self.lock();
        loop {
            if let Some(connection) = idle.pop() {
                return connection;
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, connection: Connection) {
        self.lock().push(connection);
        self.returned.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
