//! A folder for copies of a database that is looked at and thrown away.

use std::fs;
use std::path::{Path, PathBuf};

use super::{FolderLock, LOCK, random};
use crate::Error;

/// How the names of folders for a while begin.
const COPY: &str = ".attesta-copy-";

/// A folder of its own for a while, readable by its owner only, for copies of a few files. It goes when it is dropped; where
/// the process was killed before, the next one that is made beside it removes it.
#[derive(Debug)]
pub(crate) struct CopyFolder {
    path: PathBuf,
    names: &'static [&'static str],
    lock: Option<FolderLock>,
}

impl CopyFolder {
    /// Makes one in `parent`. `names` are the files that may be in it: nothing else is ever removed.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Io`].
    pub(crate) fn make(parent: &Path, names: &'static [&'static str]) -> Result<Self, Error> {
        for entry in fs::read_dir(parent).map_err(Error::io)?.flatten() {
            let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(COPY));
            if ours
                && entry.file_type().is_ok_and(|kind| kind.is_dir())
                && let Ok(lock) = FolderLock::take(&entry.path())
            {
                drop(Self { path: entry.path(), names, lock: Some(lock) });
            }
        }
        let path = parent.join(format!("{COPY}{}", random().map_err(Error::io)?));
        let lock = FolderLock::take(&path)?;
        Ok(Self { path, names, lock: Some(lock) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// That something of it cannot be removed stops nothing: what is in it is encrypted.
impl Drop for CopyFolder {
    fn drop(&mut self) {
        drop(self.lock.take());
        for name in self.names.iter().chain([&LOCK]) {
            let _ = fs::remove_file(self.path.join(name));
        }
        if let Err(error) = fs::remove_dir(&self.path) {
            tracing::warn!(%error, "the copy of a database could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::names;
    use super::*;

    #[test]
    fn a_copys_folder_goes_with_it_and_what_a_killed_run_left_goes_with_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let first = CopyFolder::make(folder.path(), &["a.db"]).unwrap();
        fs::write(first.path().join("a.db"), b"copy").unwrap();
        // As a killed run leaves it, and one with something that is nobody's of ours.
        for left in ["one", "two"] {
            let left = folder.path().join(format!("{COPY}{left}"));
            fs::create_dir(&left).unwrap();
            fs::write(left.join("a.db"), b"copy").unwrap();
        }
        fs::write(folder.path().join(format!("{COPY}two/note")), b"somebody's").unwrap();
        let second = CopyFolder::make(folder.path(), &["a.db"]).unwrap();
        assert!(first.path().join("a.db").exists(), "a copy in use stays");
        assert_eq!(names(folder.path()).len(), 3, "{:?}", names(folder.path()));
        drop((first, second));
        assert_eq!(names(folder.path()), [format!("{COPY}two")]);
        assert_eq!(names(&folder.path().join(format!("{COPY}two"))), ["note"]);
    }
}
