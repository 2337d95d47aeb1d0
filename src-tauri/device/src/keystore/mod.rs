//! Keys in the operating system's keystore: the Secret Service on Linux, Keychain on macOS, the Credential Manager on
//! Windows.
//!
//! Each kind of entry has one use: the database key, one sealing key for each enrolment, one key of the site's
//! organization for each of its certificates, the keys by which the device shows a server who it is (for assertions, and for
//! TLS), the access tokens of the study's server and of its ledger, and the password of the site's proxy. A value is used
//! only after a second process has read it back, because a keystore that answers from the memory of this process alone
//! would lose every record at the next start.

mod assertion_key;
mod child;
mod os;
mod problem;
mod sealing_key;
mod tls_key;

pub(crate) use assertion_key::AssertionKey;
pub use child::{SecondProcess, child_main};
pub use os::OsKeystore;
pub use problem::KeystoreProblem;
pub use sealing_key::SealingKey;
pub(crate) use sealing_key::{KeyUse, PrivateKey};
pub(crate) use tls_key::TlsKey;

use zeroize::Zeroizing;

use crate::Error;
use crate::store::DatabaseKey;

/// A place for secrets. There is one implementation, [`OsKeystore`]; the trait exists for tests of what happens when
/// the keystore fails in the middle.
pub trait Keystore: Send + Sync {
    /// Reads the entry `name`. Blocks, possibly until a person has unlocked the keystore.
    ///
    /// # Errors
    /// [`KeystoreProblem::EntryMissing`] when the keystore works and has no such entry.
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeystoreProblem>;

    /// Writes the entry `name`. Blocks like [`Keystore::read`].
    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem>;

    /// Has a second process read the entry `name`, and compares what it read with `value`. Blocks.
    ///
    /// # Errors
    /// [`KeystoreProblem::NotReadBack`] unless the second process read exactly `value`.
    fn read_back(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem>;
}

/// The entry that holds the database key.
pub const DATABASE_KEY: &str = "database-key";

/// The key of a database that exists.
pub(crate) fn existing_database_key(keystore: &dyn Keystore) -> Result<DatabaseKey, Error> {
    match keystore.read(DATABASE_KEY) {
        Ok(value) => Ok(database_key(&value)?),
        Err(KeystoreProblem::EntryMissing(_)) => Err(Error::KeyMissing),
        Err(problem) => Err(problem.into()),
    }
}

/// The key for a database that is about to be created: the one in the keystore if there is one (it is what an
/// interrupted first start left behind), a new one otherwise. Call it only when there is no database file.
pub(crate) fn new_database_key(keystore: &dyn Keystore) -> Result<DatabaseKey, Error> {
    let key = match keystore.read(DATABASE_KEY) {
        Ok(value) => database_key(&value)?,
        Err(KeystoreProblem::EntryMissing(_)) => {
            let mut key = DatabaseKey::default();
            getrandom::fill(&mut key[..]).map_err(|_| Error::Crypto)?;
            keystore.write(DATABASE_KEY, &key[..])?;
            key
        }
        Err(problem) => return Err(problem.into()),
    };
    keystore.read_back(DATABASE_KEY, &key[..])?;
    Ok(key)
}

fn database_key(value: &[u8]) -> Result<DatabaseKey, KeystoreProblem> {
    let mut key = DatabaseKey::default();
    if value.len() != key.len() {
        return Err(KeystoreProblem::EntryMalformed {
            entry: DATABASE_KEY.into(),
            why: "it is not 32 bytes",
        });
    }
    key.copy_from_slice(value);
    Ok(key)
}
