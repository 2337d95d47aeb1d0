//! The operating system's keystore by the `keyring` crate.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use keyring::Entry;
use zeroize::Zeroizing;

use super::{Keystore, KeystoreProblem, SecondProcess};

/// The keystore of the person who is signed in to the operating system.
///
/// Every call runs on a thread of its own: a locked keystore blocks on a window that asks for its password, for as
/// long as the person takes. keyring remembers a failed start of the keystore for the whole process, so that "try
/// again" means starting the app again.
#[derive(Debug, Clone)]
pub struct OsKeystore {
    service: String,
    patience: Duration,
    second_process: SecondProcess,
}

impl OsKeystore {
    /// Entries under the service name `service` (such as `org.attesta.practice`). An answer is awaited for `patience`;
    /// `second_process` reads new values back.
    pub fn new(service: impl Into<String>, patience: Duration, second_process: SecondProcess) -> Self {
        Self { service: service.into(), patience, second_process }
    }

    /// The service name.
    pub fn service(&self) -> &str {
        &self.service
    }
}

impl Keystore for OsKeystore {
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeystoreProblem> {
        read(&self.service, name, self.patience)
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        let value = Zeroizing::new(value.to_vec());
        call(&self.service, name, self.patience, move |entry| entry.set_secret(&value))
    }

    fn read_back(&self, name: &str, value: &[u8]) -> Result<(), KeystoreProblem> {
        self.second_process.verify(&self.service, name, value, self.patience)
    }
}

pub(super) fn read(
    service: &str,
    name: &str,
    patience: Duration,
) -> Result<Zeroizing<Vec<u8>>, KeystoreProblem> {
    call(service, name, patience, |entry| entry.get_secret().map(Zeroizing::new))
}

fn call<T: Send + 'static>(
    service: &str,
    name: &str,
    patience: Duration,
    action: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> Result<T, KeystoreProblem> {
    let (service, entry) = (service.to_owned(), name.to_owned());
    let (reply, answer) = channel();
    std::thread::Builder::new()
        .name("keystore".into())
        .spawn(move || {
            let outcome = Entry::new(&service, &entry).and_then(|entry| action(&entry));
            // Nobody listens any more when the time was up.
            let _ = reply.send(outcome.map_err(|error| problem(&entry, error)));
        })
        .map_err(|error| KeystoreProblem::Failed(error.kind().to_string()))?;
    match answer.recv_timeout(patience) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => {
            let seconds = u32::try_from(patience.as_secs()).unwrap_or(u32::MAX);
            Err(KeystoreProblem::Waiting { seconds })
        }
        Err(RecvTimeoutError::Disconnected) => {
            Err(KeystoreProblem::Failed(format!("the call for “{name}” ended without an answer")))
        }
    }
}

/// keyring's error in terms of what a person can do. The secrets that some of its variants carry are wiped, not shown.
fn problem(entry: &str, error: keyring::Error) -> KeystoreProblem {
    use keyring::Error as Keyring;
    match error {
        Keyring::NoEntry => KeystoreProblem::EntryMissing(entry.into()),
        Keyring::NoDefaultStore => match Entry::store_status() {
            Err(Keyring::PlatformFailure(cause) | Keyring::NoStorageAccess(cause)) => {
                denied(cause.as_ref()).unwrap_or_else(|| KeystoreProblem::Missing(cause.to_string()))
            }
            Err(cause) => KeystoreProblem::Missing(cause.to_string()),
            Ok(()) => KeystoreProblem::Missing("no default store".into()),
        },
        Keyring::NoStorageAccess(cause) => no_access(cause.as_ref()),
        Keyring::PlatformFailure(cause) => {
            denied(cause.as_ref()).unwrap_or_else(|| KeystoreProblem::Failed(cause.to_string()))
        }
        Keyring::BadEncoding(secret) | Keyring::BadDataFormat(secret, _) => {
            drop(Zeroizing::new(secret));
            KeystoreProblem::EntryMalformed {
                entry: entry.into(),
                why: "it is not in the keystore's own format",
            }
        }
        Keyring::Ambiguous(_) => {
            KeystoreProblem::EntryMalformed { entry: entry.into(), why: "there are several of this name" }
        }
        other => KeystoreProblem::Failed(other.to_string()),
    }
}

type Cause = dyn std::error::Error + Send + Sync;

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn no_access(cause: &Cause) -> KeystoreProblem {
    match cause.downcast_ref() {
        // No keyring is marked as the default one: the daemon runs, but there is nowhere to keep a key.
        Some(secret_service::Error::NoResult) => {
            KeystoreProblem::Missing("there is no default keyring".into())
        }
        Some(secret_service::Error::Locked) => KeystoreProblem::Locked("it was not unlocked".into()),
        Some(secret_service::Error::Prompt) => KeystoreProblem::Locked("the question was dismissed".into()),
        _ => KeystoreProblem::Denied(cause.to_string()),
    }
}

#[cfg(not(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android")))))]
fn no_access(cause: &Cause) -> KeystoreProblem {
    KeystoreProblem::Denied(cause.to_string())
}

/// The message bus refused: a sandbox or a security policy keeps this program from the keystore.
fn denied(cause: &Cause) -> Option<KeystoreProblem> {
    let text = cause.to_string();
    text.contains("AccessDenied").then_some(KeystoreProblem::Denied(text))
}
