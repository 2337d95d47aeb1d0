//! The crate's one error: what happened, and what the person can do about it.

use crate::keystore::KeystoreProblem;

/// Everything that can go wrong on the device. [`Error::code`] is the stable name that crosses to the page; no variant
/// carries an answer, a PIN, a password or key material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The OS keystore cannot give or keep a key.
    #[error(transparent)]
    Keystore(#[from] KeystoreProblem),
    /// There is a database but the keystore has no key for it.
    #[error(
        "The database's key is not in the keystore. Restore the keystore entry (or the account it belongs to); \
         nothing was changed and no new key was made."
    )]
    KeyMissing,
    /// The database was written with another key than the one in the keystore.
    #[error(
        "The key in the keystore does not belong to this database. Restore the keystore entry that was made with it; \
         nothing was changed."
    )]
    KeyWrong,
    /// A page of the database fails its authentication code, or the file is cut short.
    #[error(
        "The database is damaged. It was left as it is and nothing was changed: copy the data folder, then restore a \
         backup."
    )]
    Damaged,
    /// The database was written by a newer version of the app.
    #[error(
        "The database was written by a newer version of Attesta (tables {found}, known {known}). Install it."
    )]
    DatabaseNewer {
        /// Version of the tables in the file.
        found: u32,
        /// Newest version that this program knows.
        known: u32,
    },
    /// Another running instance has the data folder.
    #[error("Attesta is already running with this data folder. Use the window that is open.")]
    DataFolderInUse,
    /// The disk is full.
    #[error("The disk is full, so this was not saved. Free some space and try again.")]
    DiskFull,
    /// The operating system refused to read or write.
    #[error("Reading or writing failed ({0}), so this was not saved. Check the disk and try again.")]
    Io(String),
    /// A query failed in a way that is none of the above: a defect of the program.
    #[error("The database refused a statement ({0}). This was not saved; please report it.")]
    Sqlite(String),
    /// The store is shutting down.
    #[error("The store has stopped, so this was not saved. Start the app again.")]
    StoreStopped,
    /// A change panicked, and its effects were rolled back; or a step of the work in the background did.
    #[error("A defect stopped this change, and it was not saved; please report it.")]
    StorePanicked,
    /// What the database holds cannot be read by this program.
    #[error("The stored {0} cannot be read. Nothing was changed; please report it.")]
    Unreadable(&'static str),
    /// No record of this kind with this id.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// The caller's view is older than what is stored.
    #[error("This was changed in the meantime. Look at it again and repeat the step.")]
    StaleRevision,
    /// The record is not in a state that allows this step.
    #[error("This step is not possible now (the state is {0}).")]
    WrongState(String),
    /// User or password is wrong. Which of the two is never said.
    #[error("User or password is wrong.")]
    SignInRefused,
    /// The staff account is locked after too many wrong tries.
    #[error("This account is locked after too many wrong tries. Another member of staff can unlock it.")]
    AccountLocked,
    /// Two different staff accounts are needed.
    #[error("This needs two different members of staff.")]
    SecondPersonNeeded,
    /// The role, and what it does not allow.
    #[error(
        "The role {0} may not do this ({1}). Ask a coordinator, or let the study's office change policy.roles."
    )]
    NotPermitted(&'static str, &'static str),
    /// The first account of a device has to be a coordinator's: nobody else can add further ones.
    #[error("The first account has to be a coordinator's: without one, nobody could add others.")]
    CoordinatorFirst,
    /// A staff account of that name exists.
    #[error("There is already an account of this name.")]
    AccountExists,
    /// A name that people type is empty, too long, or has characters that nothing should show.
    #[error(
        "The {} cannot be used: it needs 1 to {} characters, without control characters and marks of the reading direction.",
        .0.words(),
        .0.longest()
    )]
    Name(crate::Field),
    /// The password is too short.
    #[error("A password needs at least {0} characters.")]
    PasswordTooShort(u32),
    /// The typed id or PIN is wrong.
    #[error("The id or the PIN is wrong.")]
    PinWrong {
        /// Tries that are left before the PIN locks.
        tries_left: u32,
    },
    /// The PIN is locked after too many wrong tries.
    #[error("The PIN is locked after too many wrong tries. Two members of staff can reset it.")]
    PinLocked,
    /// The patient has not chosen a PIN yet.
    #[error("No PIN has been chosen yet.")]
    PinNotSet,
    /// The patient has a PIN already.
    #[error("A PIN has been chosen already. Two members of staff can reset it.")]
    PinAlreadySet,
    /// The two entries of a new PIN differ.
    #[error("The two PINs are not the same.")]
    PinsDiffer,
    /// A PIN is from as many digits as the study wants to 8.
    #[error("A PIN has {0} to 8 digits.")]
    PinMalformed(u32),
    /// The PIN is one of those that everybody tries first.
    #[error("This PIN is too easy to guess. Choose another one.")]
    PinTrivial,
    /// A reason is required.
    #[error("A reason is needed.")]
    ReasonMissing,
    /// The reason is too long, or has characters that nothing can show.
    #[error("The reason is too long, or has characters that cannot be kept. Write it shorter.")]
    ReasonUnusable,
    /// The PIN was checked for other answers, another patient, or too long ago.
    #[error("The PIN has to be entered again for exactly these answers.")]
    ActInvalid,
    /// The study starts visits with this Questionnaire on other days.
    #[error("The study starts visits with this questionnaire on other days. Its document says on which.")]
    OutsidePeriod,
    /// The Questionnaire that the visit was started with does not allow the response.
    #[error(
        "The questionnaire does not allow these answers ({rules}). Nothing was signed and the answers are kept; \
         please report it."
    )]
    ResponseInvalid {
        /// The broken rules, each with the linkId that it is about.
        rules: String,
    },
    /// The device's clock is before the last time it recorded.
    #[error(
        "The device's clock is earlier than its last entry ({last}). Set the clock; the answers are kept."
    )]
    ClockBehind {
        /// The last recorded time, RFC 3339.
        last: String,
    },
    /// The device's clock is before the start of its certificate.
    #[error("The device's certificate is valid only from {from}. Check the clock; the answers are kept.")]
    CertificateNotYetValid {
        /// `notBefore`, RFC 3339.
        from: String,
    },
    /// The device's certificate has expired.
    #[error("The device's certificate expired on {until}. Renew it to sign again; the answers are kept.")]
    CertificateExpired {
        /// `notAfter`, RFC 3339.
        until: String,
    },
    /// The device's certificate, or the organization's, was revoked by its authority.
    #[error(
        "The certificate is revoked since {since}. Nothing is signed with it; the answers are kept. Call the study's support."
    )]
    CertificateRevoked {
        /// Since when, RFC 3339.
        since: String,
    },
    /// The key of the device's certificate is not in the keystore, or has been replaced.
    #[error(
        "The device's signing key is not in the keystore. Enrol the device again to sign; the answers are kept."
    )]
    SealingKeyMissing,
    /// The device has no certificate.
    #[error("This device has no certificate yet. Enrol it first; the answers are kept.")]
    NotEnrolled,
    /// The certificate authority's answer was refused, or making a signature failed.
    #[error(transparent)]
    Seal(#[from] seal::SealError),
    /// The form engine refused to build the response.
    #[error(transparent)]
    Response(#[from] questionnaire::ResponseError),
    /// The stored draft cannot be replayed.
    #[error(transparent)]
    Draft(#[from] questionnaire::ReplayError),
    /// The form is offered already, as it is.
    #[error("The study has exactly this questionnaire already.")]
    FormKnown,
    /// The stored Questionnaire is refused by this version of the form engine.
    #[error(
        "This version of Attesta cannot show the questionnaire of this visit. Install the version that began it."
    )]
    Questionnaire,
    /// The certificate authority could not be asked.
    #[error("The certificate authority did not issue a certificate ({0}). Try again later.")]
    Authority(String),
    /// A configuration value is missing or wrong.
    #[error("The configuration is wrong: {0}")]
    Configuration(String),
    /// A study's signed document is refused.
    #[error("The study's configuration cannot be used: {0}.")]
    Study(String),
    /// This version of the program would not take the document that the device works under.
    #[error(
        "This version of Attesta does not take the study's document any more ({0}). No visit is begun until there is \
         another one: ask the study's office for a new version. What was begun can be finished, and is delivered."
    )]
    StudyUnfit(String),
    /// The data folder belongs to no study.
    #[error("This device is not set up for a study yet. Set it up with the study's signed document.")]
    NotSetUp,
    /// A document is asked for, and the study sends another release than the guide for documents is written for.
    #[error(
        "A document for Gravitate-Health is written in FHIR R5, and this study sends R4. It needs R5 in the study's \
         configuration (policy.fhirVersion), from the first record on."
    )]
    DocumentRelease,
    /// The study's ledger asks for an access token, and the keystore has none for its address.
    #[error(
        "The ledger asks for an access token, and this device's keystore has none for it. Store the token first."
    )]
    LedgerTokenMissing,
    /// A subject's responses are asked for, and the study sends another release than the guide is written for.
    #[error(
        "A participant's responses are signed for transmission (InteropEHRate) in FHIR R4, and this study sends R5. \
         Export its records one by one."
    )]
    SubjectRelease,
    /// A file of that name is already there; nothing is ever overwritten.
    #[error("A file of this name is already in the folder. It was left as it is.")]
    FileExists,
    /// An emergency export was not made, or not taken over.
    #[error(transparent)]
    Emergency(#[from] crate::emergency::Refusal),
    /// The operating system gave no random bytes, or a password could not be hashed.
    #[error("The operating system gave no randomness or memory, so nothing was done. Start the app again.")]
    Crypto,
}

impl Error {
    /// The stable name of this error for the page; it maps it to words in the person's language.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Keystore(problem) => problem.code(),
            Self::KeyMissing => "key-missing",
            Self::KeyWrong => "key-wrong",
            Self::Damaged => "database-damaged",
            Self::DatabaseNewer { .. } => "database-newer",
            Self::DataFolderInUse => "data-locked",
            Self::DiskFull => "disk-full",
            Self::Io(_) => "io",
            Self::Sqlite(_) | Self::StorePanicked | Self::Unreadable(_) => "internal",
            Self::StoreStopped => "store-stopped",
            Self::NotFound(_) => "not-found",
            Self::StaleRevision => "stale-revision",
            Self::WrongState(_) => "wrong-state",
            Self::SignInRefused => "sign-in-refused",
            Self::AccountLocked => "account-locked",
            Self::SecondPersonNeeded => "second-person-needed",
            Self::NotPermitted(..) => "not-permitted",
            Self::CoordinatorFirst => "coordinator-first",
            Self::AccountExists => "account-exists",
            Self::Name(field) => field.code(),
            Self::PasswordTooShort(_) => "password-too-short",
            Self::PinWrong { .. } => "pin-wrong",
            Self::PinLocked => "pin-locked",
            Self::PinNotSet => "pin-not-set",
            Self::PinAlreadySet => "pin-already-set",
            Self::PinsDiffer => "pins-differ",
            Self::PinMalformed(_) => "pin-malformed",
            Self::PinTrivial => "pin-trivial",
            Self::ReasonMissing => "reason-missing",
            Self::ReasonUnusable => "reason-unusable",
            Self::ActInvalid => "act-invalid",
            Self::ResponseInvalid { .. } => "response-invalid",
            Self::ClockBehind { .. } => "clock-behind",
            Self::CertificateNotYetValid { .. } => "certificate-not-yet-valid",
            Self::CertificateExpired { .. } => "certificate-expired",
            Self::CertificateRevoked { .. } => "certificate-revoked",
            Self::SealingKeyMissing => "sealing-key-missing",
            Self::NotEnrolled => "not-enrolled",
            Self::Seal(error) => error.code(),
            Self::Response(error) => error.code(),
            Self::Draft(error) => error.code(),
            Self::FormKnown => "form-known",
            Self::OutsidePeriod => "outside-period",
            Self::Questionnaire => "questionnaire-refused",
            Self::Authority(_) => "authority",
            Self::Configuration(_) => "configuration",
            Self::Study(_) => "study-refused",
            Self::StudyUnfit(_) => "study-unfit",
            Self::NotSetUp => "not-set-up",
            Self::DocumentRelease => "document-release",
            Self::LedgerTokenMissing => "ledger-token-missing",
            Self::SubjectRelease => "subject-release",
            Self::FileExists => "file-exists",
            Self::Emergency(refusal) => refusal.code(),
            Self::Crypto => "crypto",
        }
    }

    /// Whether the disk refused, so that something could not be written (or read).
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::DiskFull | Self::Io(_))
    }

    /// Whether the store itself cannot work now, so that whatever is tried next will fail as well.
    pub(crate) fn is_of_the_store(&self) -> bool {
        self.is_of_the_disk() || matches!(self, Self::Damaged | Self::StoreStopped)
    }

    // By value, so that `map_err(Error::io)` reads well.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn io(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            // The kind alone: the full text may name folders of the person's home.
            kind => Self::Io(kind.to_string()),
        }
    }

    pub(crate) fn from_sqlite(error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        // Enlarging the file that connections share fails for want of room; SQLite calls it an I/O error all the same.
        let extended = error.sqlite_error().map(|error| error.extended_code);
        if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::DiskFull;
        }
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            Some(Code::NotADatabase | Code::DatabaseCorrupt) => Self::Damaged,
            Some(
                code @ (Code::SystemIoFailure | Code::CannotOpen | Code::ReadOnly | Code::PermissionDenied),
            ) => Self::Io(format!("{code:?} ({})", extended.unwrap_or_default())),
            // SQLite's message names tables and columns, never values.
            Some(code) => Self::Sqlite(format!("{code:?}: {error}")),
            None => Self::Sqlite(error.to_string()),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::from_sqlite(&error)
    }
}
