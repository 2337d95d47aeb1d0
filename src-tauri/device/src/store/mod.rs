//! The encrypted database: `SQLCipher` with a raw 32-byte key, one thread that writes, a few connections that read.
//!
//! Everything here blocks; call it off the async runtime. One file per table holds the table's SQL beside its types
//! and its queries; [`migrations`] lists them in order.

pub mod alert;
pub mod assignment;
pub mod attempt;
pub mod audit;
pub mod certificate;
pub mod draft_event;
pub mod evidence;
pub mod form;
pub mod meta;
pub mod migrations;
pub mod notice;
pub mod outbox;
pub mod participant;
pub mod posting;
pub mod questionnaire;
pub mod record_line;
pub mod revoked;
pub mod second_look;
pub(crate) mod seen;
pub mod staff;
pub mod study;
pub mod takeover;
pub mod visit;

mod changes;
mod connection;
mod writer;

use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::Error;
use changes::Changed;
pub use changes::Changes;
use writer::Writer;

/// The raw database key: 32 random bytes from the OS keystore, wiped from memory when dropped.
pub type DatabaseKey = Zeroizing<[u8; 32]>;

/// Connections that only read. More than the screens and the delivery ever use at one time.
const READERS: usize = 4;

/// The open database. Share it behind an `Arc`; dropping the last one commits what is queued and closes the file.
pub struct Store {
    writer: Writer,
    readers: Readers,
    changed: Changed,
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
        // First, and so dropped last: also what an error closes is closed under it.
        let _alone = connection::alone();
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
        let changed = Changed::default();
        Ok(Self {
            writer: Writer::start(connection, changed.clone())?,
            readers: Readers { idle: Mutex::new(readers), returned: Condvar::new() },
            changed,
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

    /// The same without waiting: the receiver is told once the effect of `change` is on the disk. Changes of one caller
    /// are made in the order in which they were given. A receiver that is never asked changes nothing.
    pub(crate) fn begin<T, F>(&self, change: F) -> Begun<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (reply, told) = oneshot::channel();
        // A store that has ended drops the sender, which the receiver sees.
        let _ = self.writer.queue(change, move |result| drop(reply.send(result)));
        Begun(told)
    }

    /// A listener, which is told of every commit that changed something and of [`Store::touch`].
    pub fn changes(&self) -> Changes {
        self.changed.listen()
    }

    /// Says that something that is shown beside the store's rows has changed: whether the server can be reached, for one.
    pub(crate) fn touch(&self) {
        self.changed.say();
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

/// A change that the store has been given.
#[must_use = "nothing may be told of a change before it is on the disk"]
pub(crate) struct Begun<T>(oneshot::Receiver<Result<T, Error>>);

impl<T> Begun<T> {
    /// Waits until the change is on the disk.
    pub(crate) async fn done(self) -> Result<T, Error> {
        self.0.await.unwrap_or(Err(Error::StoreStopped))
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

impl Drop for Readers {
    fn drop(&mut self) {
        let _alone = connection::alone();
        self.lock().clear();
    }
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

/// How `SQLite` would find what this asks for, step by step.
#[cfg(test)]
pub(crate) fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    #![allow(clippy::unwrap_used, clippy::panic)]
    let mut query = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let (mut rows, mut steps) = (query.raw_query(), Vec::new());
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}
