//! Why an emergency export was not made or not taken over: each with what to do.

/// Characters that a passphrase has at least: it stands alone against whoever finds the file and has years.
pub const SHORTEST_PASSPHRASE: u32 = 16;

/// Why an emergency export was not written, or not taken over. Whatever it is, nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The passphrase is too short.
    #[error(
        "A passphrase for an emergency export needs at least {SHORTEST_PASSPHRASE} characters. Choose a longer one."
    )]
    PassphraseShort,
    /// The two entries differ.
    #[error("The two passphrases are not the same. Type them again.")]
    PassphrasesDiffer,
    /// No passphrase was given where one is needed.
    #[error(
        "This emergency export is encrypted with a passphrase. Type the one that was chosen when it was made."
    )]
    PassphraseNeeded,
    /// It does not open the file.
    #[error(
        "The passphrase is wrong, or the beginning of the file was altered. Nothing was changed; type it again, and fetch \
         the file again if that does not help."
    )]
    PassphraseWrong,
    /// The file is for the study's recovery key.
    #[error(
        "This emergency export can be read with the study's recovery key alone ({key}). Give that key, or send the file to \
         the study's office, which can encrypt it anew with a passphrase (attesta-desktop study recover)."
    )]
    RecoveryKeyNeeded {
        /// Its thumbprint (RFC 7638).
        key: String,
    },
    /// The key given is another one, or its file cannot be read.
    #[error("The recovery key cannot be used: {0}. Nothing was changed.")]
    RecoveryKey(String),
    /// The file is none of ours, or cut short.
    #[error(
        "The file is not a whole emergency export ({0}). Nothing was changed; fetch it again from where it was made."
    )]
    Malformed(String),
    /// The file was altered.
    #[error(
        "The file was altered or cut short after it was made. Nothing was changed; fetch it again from where it was made."
    )]
    Altered,
    /// A newer version of the program wrote it.
    #[error(
        "The emergency export has the format version {found}, and this program knows version {known}. Install the newest Attesta."
    )]
    Newer {
        /// Version in the file.
        found: String,
        /// Newest version that this program knows.
        known: &'static str,
    },
    /// It is of another study, server or release.
    #[error(
        "The emergency export belongs to another study: {0}. Take it to a device of that study; nothing was changed."
    )]
    OtherStudy(String),
    /// This device has an older document of the study.
    #[error(
        "The emergency export was made under version {theirs} of the study, and this device has version {ours}. Load the \
         study's newest document first (attesta-desktop device load)."
    )]
    StudyOlder {
        /// Version in the export.
        theirs: u32,
        /// Version here.
        ours: u32,
    },
    /// The export's own signature is refused.
    #[error(
        "The emergency export is not signed by a device of this study: {0}. Nothing was changed; ask the study's office."
    )]
    Signature(String),
    /// A signed response or Provenance in it does not verify, or what stands around it does not fit.
    #[error(
        "The record {record} in the emergency export is not as it was signed: {reason}. Nothing was changed; ask the study's office."
    )]
    Record {
        /// The record's id.
        record: String,
        /// What is wrong.
        reason: String,
    },
    /// The audit trail is not whole.
    #[error(
        "The audit trail in the emergency export is not whole (entry {entry}). Nothing was changed; ask the study's office."
    )]
    Trail {
        /// The first entry that does not continue the one before.
        entry: u32,
    },
    /// What is here already is something else.
    #[error(
        "The emergency export contradicts what this device has: {0}. Nothing was changed; ask the study's office."
    )]
    Contradiction(String),
    /// More than one file may hold.
    #[error(
        "There is more to export than one file may hold ({0} MiB). Leave unfinished drafts out, or let the device deliver \
         what it can first."
    )]
    TooLarge(usize),
}

impl Refusal {
    /// The stable name of this error for the page.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PassphraseShort => "emergency-passphrase-short",
            Self::PassphrasesDiffer => "emergency-passphrases-differ",
            Self::PassphraseNeeded => "emergency-passphrase-needed",
            Self::PassphraseWrong => "emergency-passphrase-wrong",
            Self::RecoveryKeyNeeded { .. } => "emergency-recovery-key-needed",
            Self::RecoveryKey(_) => "emergency-recovery-key",
            Self::Malformed(_) => "emergency-malformed",
            Self::Altered => "emergency-altered",
            Self::Newer { .. } => "emergency-newer",
            Self::OtherStudy(_) => "emergency-other-study",
            Self::StudyOlder { .. } => "emergency-study-older",
            Self::Signature(_) => "emergency-signature",
            Self::Record { .. } => "emergency-record",
            Self::Trail { .. } => "emergency-trail",
            Self::Contradiction(_) => "emergency-contradiction",
            Self::TooLarge(_) => "emergency-too-large",
        }
    }
}
