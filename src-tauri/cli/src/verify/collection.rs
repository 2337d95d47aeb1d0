//! A folder that holds records, and what else lies there.

use std::path::{Path, PathBuf};

use seal::export::{MANIFEST, MANIFEST_SIGNATURE, RESPONSE};

use crate::error::Error;

/// Folders within folders.
const DEEPEST: usize = 8;
/// More than a study has; a folder with more was named by mistake.
const MOST_ENTRIES: usize = 1_000_000;

/// What was found below a folder, in the order of the names.
#[derive(Debug, Default)]
pub(super) struct Collection {
    pub(super) found: Vec<Found>,
    /// Files that nothing can be said about, such as a report that was written beside the records.
    pub(super) left_out: usize,
}

#[derive(Debug)]
pub(super) enum Found {
    /// An exported record: an archive or a folder.
    Record(PathBuf),
    /// A document that may be a resource.
    Document(PathBuf),
    /// A folder that cannot be read; what else is there is verified all the same.
    Unreadable(PathBuf, Error),
}

/// Whether `folder` is one record that was unpacked, and not a folder with records.
pub(super) fn is_record(folder: &Path) -> bool {
    [MANIFEST, MANIFEST_SIGNATURE, RESPONSE].iter().any(|name| folder.join(name).is_file())
}

impl Collection {
    /// Looks through `folder`; nothing is read yet, and no link is followed.
    ///
    /// # Errors
    /// [`Error`] when a folder cannot be read, or holds more than anybody would verify at once.
    pub(super) fn read(folder: &Path) -> Result<Self, Error> {
        let mut collection = Self::default();
        let mut left = MOST_ENTRIES;
        collection.folder(folder, 0, &mut left)?;
        Ok(collection)
    }

    fn folder(&mut self, folder: &Path, depth: usize, left: &mut usize) -> Result<(), Error> {
        let unreadable = |error| Error::unreadable(folder, &error);
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            *left = left.checked_sub(1).ok_or(Error::TooManyEntries { limit: MOST_ENTRIES })?;
            let entry = entry.map_err(unreadable)?;
            // The link itself, not what it points to: a folder must not lead out of itself.
            entries.push((entry.path(), entry.file_type().map_err(unreadable)?));
        }
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (path, kind) in entries {
            if kind.is_dir() && is_record(&path) {
                self.found.push(Found::Record(path));
            } else if kind.is_dir() && depth < DEEPEST {
                match self.folder(&path, depth + 1, left) {
                    Err(error @ Error::Unreadable { .. }) => self.found.push(Found::Unreadable(path, error)),
                    done => done?,
                }
            } else if kind.is_file() && has_extension(&path, &["zip"]) {
                self.found.push(Found::Record(path));
            } else if kind.is_file() && has_extension(&path, &["json", "xml"]) {
                self.found.push(Found::Document(path));
            } else {
                self.left_out += 1;
            }
        }
        Ok(())
    }
}

fn has_extension(path: &Path, any_of: &[&str]) -> bool {
    path.extension().is_some_and(|extension| any_of.iter().any(|one| extension.eq_ignore_ascii_case(one)))
}
