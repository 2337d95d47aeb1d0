//! Opening `SQLCipher` connections: the key, the PRAGMAs (each explained in the crate's README), the page check.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{DatabaseKey, migrations};
use crate::Error;

/// Whether a connection may change the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// The store thread's connection.
    Write,
    /// One of the reading connections.
    Read,
}

/// Held while connections are opened, keyed and closed. `SQLCipher` sets its providers up with the first connection of
/// a process and takes them down with the last; where one thread closes while another opens, `PRAGMA key` can fail
/// (sqlcipher issue 598). The app opens one store, its tests many at once.
static OPENING: Mutex<()> = Mutex::new(());

/// Keeps every other thread from opening or closing a database meanwhile.
pub(super) fn alone() -> MutexGuard<'static, ()> {
    OPENING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prepared statements that a connection keeps: all those of a delivery, and a screen's beside them.
const STATEMENTS: usize = 128;

/// Bytes of `SQLCipher`'s salt, the only plaintext of the file, at its very start.
const SALT: usize = 16;

/// Builds a new database beside `file` and renames it into place once it is complete and flushed.
pub(super) fn create(file: &Path, key: &DatabaseKey) -> Result<(), Error> {
    let unfinished = file.with_extension("new");
    remove(&unfinished)?;
    let mut connection =
        connect(&unfinished, key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    settings(&connection, Access::Write)?;
    migrations::apply(&mut connection)?;
    move_log(&connection)?;
    connection.close().map_err(|(_, error)| Error::from(error))?;
    File::open(&unfinished).and_then(|new| new.sync_all()).map_err(Error::io)?;
    fs::rename(&unfinished, file).map_err(Error::io)?;
    crate::folder::sync_parent(file)
}

/// Compares the file's first 16 bytes with the salt that `key` gives, which tells "another key" from "damaged":
/// to `SQLCipher` itself both look alike.
pub(super) fn check_key(file: &Path, key: &DatabaseKey) -> Result<(), Error> {
    let mut start = [0; SALT];
    match File::open(file).and_then(|mut open| open.read_exact(&mut start)) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(Error::Damaged),
        Err(error) => Err(Error::io(error)),
        Ok(()) if start == salt(key) => Ok(()),
        Ok(()) => Err(Error::KeyWrong),
    }
}

/// Opens an existing database. A connection that writes is only for [`check_every_page`] at first: it leaves the file and
/// its log as they are, also when it is closed.
pub(super) fn open(file: &Path, key: &DatabaseKey, access: Access) -> Result<Connection, Error> {
    // Readers need write access to the WAL index as well; `query_only` is what keeps them from changing anything.
    let connection = connect(file, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if access == Access::Write {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    settings(&connection, access)?;
    Ok(connection)
}

/// Checks the authentication code of every page.
///
/// The log is moved into the file first: after a power cut a page that was being copied may be torn in the file
/// while the log still has it whole, which is no damage. Whether it has is tried on a copy: what is damaged is left as
/// it is, with its log.
pub(super) fn check_every_page(connection: &Connection, file: &Path, key: &DatabaseKey) -> Result<(), Error> {
    let logged = fs::metadata(beside(file, "-wal")).is_ok_and(|log| log.len() > 0);
    if logged && !is_whole(connection)? && !is_whole_with_its_log(file, key)? {
        return Err(Error::Damaged);
    }
    move_log(connection)?;
    if !is_whole(connection)? {
        return Err(Error::Damaged);
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

fn is_whole_with_its_log(file: &Path, key: &DatabaseKey) -> Result<bool, Error> {
    let copy = file.with_extension("check");
    remove(&copy)?;
    fs::copy(file, &copy)
        .and_then(|_| fs::copy(beside(file, "-wal"), beside(&copy, "-wal")))
        .map_err(Error::io)?;
    let tried = open(&copy, key, Access::Write).and_then(|connection| {
        move_log(&connection)?;
        is_whole(&connection)
    });
    remove(&copy)?;
    match tried {
        Err(Error::Damaged) => Ok(false),
        tried => tried,
    }
}

/// Whether the file's pages, without the log's, carry their authentication codes.
fn is_whole(connection: &Connection) -> Result<bool, Error> {
    let mut check = connection.prepare("PRAGMA cipher_integrity_check")?;
    Ok(check.query([])?.next()?.is_none())
}

fn move_log(connection: &Connection) -> Result<(), Error> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

/// Removes a database of ours that is unfinished or a copy, with its log.
fn remove(file: &Path) -> Result<(), Error> {
    for leftover in [file.to_owned(), beside(file, "-wal"), beside(file, "-shm")] {
        match fs::remove_file(&leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(error)),
            _ => {}
        }
    }
    Ok(())
}

fn connect(file: &Path, key: &DatabaseKey, flags: OpenFlags) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let mut text = Zeroizing::new(String::with_capacity(128));
    text.push_str("PRAGMA key = \"x'");
    for byte in key.iter().chain(&salt(key)) {
        // Writing to a String cannot fail, and the capacity above holds all of it: no copy stays behind.
        let _ = write!(text, "{byte:02x}");
    }
    text.push_str("'\"");
    connection.execute_batch(&text)?;
    Ok(connection)
}

fn settings(connection: &Connection, access: Access) -> Result<(), Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA cipher_log_level = NONE;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;",
    )?;
    if access == Access::Read {
        connection.execute_batch("PRAGMA query_only = ON;")?;
    }
    Ok(())
}

/// The salt is taken from the key, so that the file's plaintext start says which key it was written with. The key is
/// random and belongs to one database, so the salt is as unique as a random one, and a hash of it gives nothing away.
fn salt(key: &DatabaseKey) -> [u8; SALT] {
    let digest = Sha256::new_with_prefix(b"attesta database salt\0").chain_update(&key[..]).finalize();
    std::array::from_fn(|at| digest[at])
}

fn beside(file: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
