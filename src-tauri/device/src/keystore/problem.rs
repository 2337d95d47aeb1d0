//! What can be wrong with the OS keystore, told apart so that the page can say what to do.

/// A state of the OS keystore in which no key can be used. Nothing was written, no key was made, and there is no
/// plaintext fallback. No variant carries a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreProblem {
    /// There is no keystore: no Secret Service on the session bus, or one without a default keyring.
    #[error(
        "No keystore was found ({0}). Sign in to a desktop session with a password keyring (GNOME Keyring or \
         KWallet), then start the app again."
    )]
    Missing(String),
    /// The keystore is locked, and it was not unlocked when asked.
    #[error("The keystore is locked ({0}). Unlock the login keyring, then start the app again.")]
    Locked(String),
    /// The keystore did not answer in time; it is most likely waiting for a person to unlock it.
    #[error(
        "The keystore has not answered for {seconds} seconds. It may be waiting to be unlocked: look for its window, \
         unlock it, then start the app again."
    )]
    Waiting {
        /// How long was waited.
        seconds: u32,
    },
    /// The operating system does not let this program use the keystore.
    #[error(
        "The operating system denied access to the keystore ({0}). Allow it for this program, then start it again."
    )]
    Denied(String),
    /// The keystore works but has no entry of this name.
    #[error("The keystore has no entry “{0}”.")]
    EntryMissing(String),
    /// An entry is there but is not a key of the expected kind, or there are several of the same name.
    #[error("The keystore's entry “{entry}” cannot be used ({why}). It was left as it is.")]
    EntryMalformed {
        /// The entry's name.
        entry: String,
        /// What is wrong with it, without its value.
        why: &'static str,
    },
    /// A value that was just written could not be read back by a second process.
    #[error(
        "A key that was just written to the keystore could not be read back by another process ({0}), so it was not \
         used."
    )]
    NotReadBack(String),
    /// Any other failure of the keystore.
    #[error("The keystore failed ({0}).")]
    Failed(String),
}

impl KeystoreProblem {
    /// The stable name of this problem for the page.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "keystore-missing",
            Self::Locked(_) | Self::Waiting { .. } => "keystore-locked",
            Self::Denied(_) => "keystore-denied",
            Self::EntryMissing(_) => "key-missing",
            Self::EntryMalformed { .. } => "key-malformed",
            Self::NotReadBack(_) => "keystore-not-read-back",
            Self::Failed(_) => "keystore-failed",
        }
    }
}
