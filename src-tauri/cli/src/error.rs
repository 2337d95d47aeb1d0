//! What keeps a command from doing its work: what happened, and what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::outcome::{Status, printable};

/// Each message names the file. None repeats its content.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot read {}: {reason}\n  check the name, and that you may read it", shown(.path))]
    Unreadable { path: PathBuf, reason: String },

    #[error("{} has more than {limit} bytes\n  nothing that Attesta writes is so large; check that it is the right file", shown(.path))]
    TooLarge { path: PathBuf, limit: u64 },

    #[error("{} is not acceptable JSON: {reason}\n  get the file again from where it came; do not repair it by hand", shown(.path))]
    NotJson { path: PathBuf, reason: fhir::ParseError },

    #[error("{} is not acceptable FHIR XML: {}\n  get the file again from where it came, or name its release (--fhir); do not repair it by hand", shown(.path), printable(&.reason.to_string()))]
    NotXml { path: PathBuf, reason: fhir::xml::ConvertError },

    #[error("{} cannot be written as FHIR XML: {}\n  name its release (--fhir) if it is another one", shown(.path), printable(&.reason.to_string()))]
    NotInXml { path: PathBuf, reason: fhir::xml::ConvertError },

    #[error("{} exists already, and nothing is written over it\n  name another file with --out", shown(.path))]
    Exists { path: PathBuf },

    #[error("{} has no RFC 8785 form: {reason}\n  `--form number-text` keeps every number as it is written", shown(.path))]
    OutOfRange { path: PathBuf, reason: String },

    #[error("{} is refused: {refusal}\n  {}", shown(.path), .refusal.advice())]
    Refused { path: PathBuf, refusal: crate::archive::Refusal },

    #[error("{} is refused: {}\n  ask whoever sent it for less at once", shown(.path), printable(.reason))]
    Bundle { path: PathBuf, reason: String },

    #[error("{} cannot be verified by itself: it is {}\n  give an exported record, or a QuestionnaireResponse with its Provenances, or a Bundle", shown(.path), .found.as_deref().map_or_else(|| "no FHIR resource".to_owned(), |kind| format!("a {kind}")))]
    NotVerifiable { path: PathBuf, found: Option<String> },

    #[error("{} is a Provenance, and the response that it speaks for is missing\n  give the QuestionnaireResponse as well", shown(.path))]
    NoResponse { path: PathBuf },

    #[error(
        "a Questionnaire alone carries no signature to verify\n  give an exported record or a QuestionnaireResponse as well"
    )]
    NothingToVerify,

    #[error("{} is a Provenance for none of these responses\n  give the response that its target names, or leave it out", shown(.path))]
    StrayProvenance { path: PathBuf },

    #[error("{} is a Provenance, and nothing here is what its target names\n  give the folder that holds the response as well, or get the response from where it came", shown(.path))]
    Unmatched { path: PathBuf },

    #[error("--trust {}: {reason}", shown(.path))]
    Trust { path: PathBuf, reason: String },

    #[error("--crl {}: {reason}", shown(.path))]
    RevocationList { path: PathBuf, reason: String },

    #[error("--ocsp {}: {reason}", shown(.path))]
    OcspResponse { path: PathBuf, reason: String },

    #[error("--certificate {}: {reason}", shown(.path))]
    Certificate { path: PathBuf, reason: String },

    #[error("{what}: {reason}")]
    Server { what: String, reason: String },

    #[error("{} is not a Questionnaire\n  give the questionnaire itself", shown(.path))]
    NotAQuestionnaire { path: PathBuf },

    #[error("{}: {reason}", shown(.path))]
    Evidence { path: PathBuf, reason: String },

    #[error("{what}: {reason}")]
    Augment { what: String, reason: String },

    #[error("the folder has more than {limit} entries\n  name the folders in it one by one")]
    TooManyEntries { limit: usize },

    #[error("{} is not in {}\n  its languages are {}; name one of them with --language, or leave it out", shown(.path), printable(.tag), printable(&.known.join(", ")))]
    Language { path: PathBuf, tag: String, known: Vec<String> },

    #[error("{} was filled in in {}, not in {}\n  a log replays in its own language; leave --language out", shown(.path), printable(.known), printable(.tag))]
    OtherLanguage { path: PathBuf, tag: String, known: String },

    #[error("--context {}: {reason}", printable(.name))]
    Context { name: String, reason: String },

    #[error("the report cannot be written: {0}\n  check that there is room where it goes")]
    Unwritable(io::ErrorKind),

    #[error("--output html is for verify\n  use --output text or --output json")]
    NoPage,

    #[error("standard input (-) can be read only once\n  save one of the two to a file")]
    StandardInputTwice,
}

impl Error {
    pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Self {
        // In the same words on every system.
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            _ => error.to_string(),
        };
        Self::Unreadable { path: path.to_owned(), reason }
    }

    /// Content that is refused is a finding about the file; anything else is the caller's to put right.
    pub(crate) fn is_about_content(&self) -> bool {
        match self {
            Self::TooLarge { .. }
            | Self::NotJson { .. }
            | Self::NotXml { .. }
            | Self::NotInXml { .. }
            | Self::Refused { .. }
            | Self::Bundle { .. }
            | Self::Evidence { .. }
            | Self::OutOfRange { .. } => true,
            Self::Unreadable { .. }
            | Self::NotVerifiable { .. }
            | Self::NoResponse { .. }
            | Self::StrayProvenance { .. }
            | Self::Trust { .. }
            | Self::RevocationList { .. }
            | Self::OcspResponse { .. }
            | Self::Certificate { .. }
            | Self::Unmatched { .. }
            | Self::Server { .. }
            | Self::NotAQuestionnaire { .. }
            | Self::Augment { .. }
            | Self::TooManyEntries { .. }
            | Self::Language { .. }
            | Self::OtherLanguage { .. }
            | Self::Context { .. }
            | Self::Unwritable(_)
            | Self::Exists { .. }
            | Self::NoPage
            | Self::NothingToVerify
            | Self::StandardInputTwice => false,
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            // Nothing speaks against it; what it speaks for is not here.
            Self::Unmatched { .. } => Status::Undecided,
            _ if self.is_about_content() => Status::Bad,
            _ => Status::Unusable,
        }
    }
}

/// A file name as it is printed: foreign names must not drive the terminal.
pub(crate) fn shown(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { printable(&path.to_string_lossy()) }
}
