//! What the program does without a window: for the study's office and for whoever sets a device up.

mod device;
mod rescue;
mod study;

use std::ffi::OsString;
use std::io::{BufRead as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::device::emergency::RecoverySecret;
use ::device::{Readers, write_new_file};
use clap::Subcommand;
use zeroize::Zeroizing;

use crate::paper;
use crate::start::OptionsError;
pub(crate) use device::DeviceErrand;
pub(crate) use study::StudyErrand;

/// What the program does for itself, without a window.
#[derive(Debug, Subcommand)]
pub(crate) enum Errand {
    /// Reads a keystore entry back and prints the SHA-256 of its value.
    #[command(hide = true)]
    KeystoreCheck {
        /// Service and entry.
        entry: Vec<OsString>,
    },
    /// Makes and checks the signed document with which a study sets up its devices.
    #[command(subcommand)]
    Study(StudyErrand),
    /// Sets this device up for a study. The window must be closed.
    #[command(subcommand)]
    Device(DeviceErrand),
}

/// Why an errand was not done.
#[derive(Debug, thiserror::Error)]
enum Undone {
    #[error("{} cannot be read ({error}): name another file", file.display())]
    File { file: PathBuf, error: std::io::Error },
    #[error("{} is longer than {} MiB", file.display(), bound / (1024 * 1024))]
    Long { file: PathBuf, bound: usize },
    #[error("{} was not written ({error})", file.display())]
    NewFile { file: PathBuf, error: ::device::Error },
    #[error("no password was read ({0}): write it on the first line of the standard input")]
    Password(std::io::Error),
    #[error("the study's server is not ready:\n{0}")]
    Connection(String),
    #[error(transparent)]
    Paper(#[from] paper::Unreadable),
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Device(#[from] ::device::Error),
}

impl Errand {
    /// Does it, for the data folder that was named or the account's.
    pub(crate) fn run(self, data: Option<PathBuf>, exports: Option<PathBuf>) -> ExitCode {
        let outcome = match self {
            Self::KeystoreCheck { entry } => return ::device::keystore::child_main(entry),
            Self::Study(errand) => errand.run(),
            Self::Device(errand) => errand.run(data, exports),
        };
        match outcome {
            Ok(text) => match writeln!(std::io::stdout(), "{text}") {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            },
            Err(undone) => {
                // A program without a terminal has nowhere to say it.
                let _ = writeln!(std::io::stderr(), "attesta-desktop: {undone}");
                ExitCode::FAILURE
            }
        }
    }
}

/// A file's content, up to the bound of a study's document.
fn read(file: &Path) -> Result<Vec<u8>, Undone> {
    read_up_to(file, ::device::study::MAX_BYTES)
}

fn read_up_to(file: &Path, bound: usize) -> Result<Vec<u8>, Undone> {
    let unread = |error| Undone::File { file: file.to_owned(), error };
    let mut content = Vec::new();
    let limit = u64::try_from(bound).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file).map_err(unread)?.take(limit).read_to_end(&mut content).map_err(unread)?;
    if content.len() > bound {
        return Err(Undone::Long { file: file.to_owned(), bound });
    }
    Ok(content)
}

/// A study's document: the one file, or pictures of its codes.
fn document(files: &[PathBuf]) -> Result<Vec<u8>, Undone> {
    let contents = files.iter().map(|file| read(file)).collect::<Result<_, _>>()?;
    Ok(paper::read(contents)?)
}

/// A file that was not there, readable by its owner alone: whole, or not at all.
fn write_new(file: &Path, content: &[u8]) -> Result<(), Undone> {
    write_new_file(file, content, Readers::Owner)
        .map_err(|error| Undone::NewFile { file: file.to_owned(), error })
}

/// The study's recovery key from its file.
fn recovery_key(file: &Path, passphrase: &str) -> Result<RecoverySecret, Undone> {
    Ok(RecoverySecret::from_file(&read(file)?, passphrase).map_err(::device::Error::from)?)
}

/// The next line of the standard input. Arguments would be in the list of processes, for everybody to read.
fn password() -> Result<Zeroizing<String>, Undone> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(Undone::Password)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
