//! Files of evidence: time stamps, certificates and revocation values, kept beside what they speak for.

use std::path::{Path, PathBuf};

use seal::jades::{Augmented, read_evidence};

use crate::error::Error;
use crate::input;

/// Where the evidence for `file` is looked for: `record.zip` has `record.evidence.json` beside it.
pub(crate) fn beside(file: &Path) -> PathBuf {
    if file.is_dir() {
        // A folder's name may have a dot in it that begins no extension.
        let mut name = file.components().as_path().as_os_str().to_owned();
        name.push(".evidence.json");
        return name.into();
    }
    file.with_extension("evidence.json")
}

/// The bytes of the evidence beside `file`, when there is any.
///
/// # Errors
/// [`Error`] when it is there and cannot be read.
pub(crate) fn bytes_beside(file: &Path) -> Result<Option<Vec<u8>>, Error> {
    let path = beside(file);
    if path == file || !path.is_file() {
        return Ok(None);
    }
    input::bytes(&path, input::MOST_BYTES).map(Some)
}

/// The evidence in `path`.
///
/// # Errors
/// [`Error`] when it cannot be read or is something else.
pub(crate) fn read(path: &Path) -> Result<Vec<Augmented>, Error> {
    read_evidence(&input::json(path)?)
        .map_err(|error| Error::Evidence { path: path.to_owned(), reason: error.to_string() })
}
