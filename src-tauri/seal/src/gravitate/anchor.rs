//! The ledger, as far as this crate knows one: it keeps a hash and gives its entry an id.

use std::fmt;

/// A ledger that keeps the hash of a document.
///
/// Fallible and blocking, as a [`crate::Signer`] is: call it off the async runtime.
pub trait Anchor {
    /// Has the ledger keep `sha256`, the SHA-256 of a document's canonical bytes ([`super::digest`]), and gives the id
    /// of the entry (its transaction). The same hash gives the same entry, however often it is asked. Whoever
    /// implements this asks the ledger for the entry again and compares: what comes back is signed.
    ///
    /// # Errors
    /// [`AnchorError`]; then no entry may be named.
    fn anchor(&self, sha256: &[u8; 32]) -> Result<String, AnchorError>;
}

/// Why a ledger's entry cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// There is none.
    #[error(
        "no ledger is configured, and a document's Provenance (Gravitate-Health) cannot be made without one; name a \
         ledger in the study's configuration (policy.ledger)"
    )]
    Missing,
    /// It did not answer, or does not work now; the same can be tried again later.
    #[error("the ledger cannot be used now: {0}; nothing was exported, try again later")]
    Unavailable(String),
    /// It answered what it must not.
    #[error("the ledger's entry is refused: {0}; nothing was exported, tell whoever runs the ledger")]
    Refused(String),
}

/// What a ledger answered, when it was asked for an entry during a verification.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The id of the entry.
    pub transaction: String,
    /// What it holds.
    pub recorded: Recorded,
}

/// What a ledger holds under an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// This SHA-256.
    Sha256([u8; 32]),
    /// Nothing.
    Nothing,
    /// It could not be asked; the reason.
    Unknown(String),
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("transaction", &self.transaction).finish_non_exhaustive()
    }
}
