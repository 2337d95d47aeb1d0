//! The folder that a record was unpacked to.

use std::path::Path;

use super::{Files, MOST_BYTES, MOST_FILES, Refusal, name};
use crate::error::Error;
use crate::input;

/// A record has one level of folders.
const DEEPEST: usize = 4;

/// Reads every file below `folder`, by name.
///
/// # Errors
/// [`Error`] when a file cannot be read, or when there is something that cannot come from a record: a link, a device,
/// a name that Attesta does not write, too many files or too much in them.
pub(crate) fn read_folder(folder: &Path) -> Result<Files, Error> {
    let mut reading = Reading { root: folder, files: Files::new(), left: MOST_BYTES };
    reading.folder(folder, "", 0)?;
    let refuse = |refusal| Error::Refused { path: folder.to_owned(), refusal };
    if reading.files.is_empty() {
        return Err(refuse(Refusal::Empty));
    }
    name::check_distinct(reading.files.iter().map(|(name, _)| name.as_str())).map_err(refuse)?;
    reading.files.sort();
    Ok(reading.files)
}

struct Reading<'p> {
    root: &'p Path,
    files: Files,
    left: u64,
}

impl Reading<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), Error> {
        let unreadable = |error| Error::unreadable(folder, &error);
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let own = entry.file_name();
            let name = format!("{prefix}{}", own.to_string_lossy());
            name::check(&name).map_err(|refusal| self.refused(refusal))?;
            // The link itself, not what it points to: a record has no links.
            let kind = entry.file_type().map_err(|error| Error::unreadable(&path, &error))?;
            if kind.is_dir() && depth < DEEPEST {
                self.folder(&path, &format!("{name}/"), depth + 1)?;
            } else if kind.is_file() {
                self.file(&path, name)?;
            } else {
                return Err(
                    self.refused(Refusal::file(&name, "it is neither a file nor a folder of a record"))
                );
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, name: String) -> Result<(), Error> {
        if self.files.len() == MOST_FILES {
            return Err(self.refused(Refusal::TooManyFiles));
        }
        let content = input::bytes(path, self.left).map_err(|error| match error {
            Error::TooLarge { .. } => self.refused(Refusal::TooLarge),
            error => error,
        })?;
        self.left -= content.len() as u64;
        self.files.push((name, content));
        Ok(())
    }

    fn refused(&self, refusal: Refusal) -> Error {
        Error::Refused { path: self.root.to_owned(), refusal }
    }
}
