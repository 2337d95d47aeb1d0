//! The store thread: it alone writes, and it lets changes that wait at the same time share one commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::changes::Changed;
use super::connection;
use crate::Error;

/// Most changes in one commit: bounds how long the first one waits for the others.
const GROUP: usize = 64;

pub(super) struct Writer {
    /// `None` only while dropping: closing the queue is what ends the thread.
    queue: Option<Sender<Box<dyn Change>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, changed: Changed) -> Result<Self, Error> {
        let (queue, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || {
                run(&connection, &waiting, &changed);
                let _alone = connection::alone();
                drop(connection);
            })
            .map_err(Error::io)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        // Nobody waits any more when the caller's thread is gone; what was committed stays committed.
        self.queue(change, move |result| drop(reply.send(result)))?;
        answer.recv().map_err(|_| Error::StoreStopped)?
    }

    /// Queues `change`, and calls `reply` on the store thread once its commit is on the disk, or has failed.
    pub(super) fn queue<T, F, R>(&self, change: F, reply: R) -> Result<(), Error>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
        R: FnOnce(Result<T, Error>) + Send + 'static,
    {
        let queued = Queued { change: Some(change), result: None, reply };
        let queue = self.queue.as_ref().ok_or(Error::StoreStopped)?;
        queue.send(Box::new(queued)).map_err(|_| Error::StoreStopped)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // The thread catches the panics of changes, so there is nothing to learn from its result.
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, waiting: &Receiver<Box<dyn Change>>, changed: &Changed) {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = waiting.try_recv()
        {
            group.push(next);
        }
        let rows = connection.total_changes();
        let outcome = commit_together(connection, &mut group);
        // Whoever only asked, in a change that found nothing to do, has nothing to tell.
        if outcome.is_ok() && connection.total_changes() != rows {
            changed.say();
        }
        for change in group {
            change.reply(outcome.as_ref().err());
        }
    }
}

/// Runs every change of the group in one transaction. The error is that of the transaction, not of a single change.
fn commit_together(connection: &Connection, group: &mut [Box<dyn Change>]) -> Result<(), rusqlite::Error> {
    // Dropping the transaction on the way out of an error rolls it back.
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Alone, a change that is refused takes the whole transaction with it.
    if let [alone] = group {
        let kept = alone.run(&transaction);
        if transaction.is_autocommit() {
            return Err(alone.transaction_error());
        }
        return if kept { transaction.commit() } else { transaction.rollback() };
    }
    let run = |sql| transaction.prepare_cached(sql)?.execute([]).map(drop);
    for change in group {
        run("SAVEPOINT change")?;
        let kept = change.run(&transaction);
        if transaction.is_autocommit() {
            // On a full disk or an I/O error SQLite may roll the whole transaction back by itself, and with it the
            // changes before this one.
            return Err(change.transaction_error());
        }
        if !kept {
            run("ROLLBACK TO change")?;
        }
        run("RELEASE change")?;
    }
    transaction.commit()
}

/// A queued change of any result type.
trait Change: Send {
    /// Runs it; whether its savepoint is to be kept.
    fn run(&mut self, transaction: &Transaction<'_>) -> bool;
    /// Why the transaction ended while this change ran.
    fn transaction_error(&self) -> rusqlite::Error;
    /// Tells whoever waits. `failed` is the error of the transaction.
    fn reply(self: Box<Self>, failed: Option<&rusqlite::Error>);
}

struct Queued<T, F, R> {
    change: Option<F>,
    result: Option<Result<T, Error>>,
    reply: R,
}

impl<T, F, R> Change for Queued<T, F, R>
where
    T: Send,
    F: FnOnce(&Transaction<'_>) -> Result<T, Error> + Send,
    R: FnOnce(Result<T, Error>) + Send,
{
    fn run(&mut self, transaction: &Transaction<'_>) -> bool {
        let Some(change) = self.change.take() else { return false };
        // One change's panic must not take the store, and with it everybody's unsaved work, down.
        let result =
            catch_unwind(AssertUnwindSafe(|| change(transaction))).unwrap_or(Err(Error::StorePanicked));
        let kept = result.is_ok();
        self.result = Some(result);
        kept
    }

    fn transaction_error(&self) -> rusqlite::Error {
        let code = match &self.result {
            Some(Err(Error::DiskFull)) => rusqlite::ffi::SQLITE_FULL,
            _ => rusqlite::ffi::SQLITE_IOERR,
        };
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)
    }

    fn reply(self: Box<Self>, failed: Option<&rusqlite::Error>) {
        let result = match (self.result, failed) {
            // Its own error says more than the transaction's.
            (Some(Err(error)), _) => Err(error),
            (_, Some(failed)) => Err(Error::from_sqlite(failed)),
            (Some(done), None) => done,
            (None, None) => Err(Error::StoreStopped),
        };
        (self.reply)(result);
    }
}
