//! The data folder: its lock, and writing files so that a crash leaves the old one or the new one.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::Error;

/// Holds the operating system's lock on a data folder; the lock ends with the process, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the lock, creating the folder (readable by its owner only) when there is none.
    ///
    /// # Errors
    /// [`Error::DataFolderInUse`] when another running instance has it.
    pub fn take(folder: &Path) -> Result<Self, Error> {
        create_private(folder)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("attesta.lock"))
            .map_err(Error::io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::DataFolderInUse),
            Err(TryLockError::Error(error)) => Err(Error::io(error)),
        }
    }
}

/// Writes `content` to a new file `folder/name`: whole and flushed, or not at all. Never overwrites.
///
/// # Errors
/// [`Error::FileExists`] when there is a file of that name.
pub(crate) fn write_new(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, Error> {
    let unfinished = folder.join(format!(".{name}.part"));
    let path = folder.join(name);
    let written = write_flushed(&unfinished, content).and_then(|()| publish(&unfinished, &path));
    if written.is_err() || unfinished.exists() {
        // Whatever is left of it is of no use; the error that counts is the first one.
        let _ = fs::remove_file(&unfinished);
    }
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::FileExists,
        _ => Error::io(error),
    })?;
    sync_parent(&path)?;
    Ok(path)
}

/// Gives the finished file its name. A hard link, unlike a rename, refuses to replace a file; where there are no hard
/// links (a FAT memory stick), an empty file of our own takes the name first and is then replaced.
fn publish(unfinished: &Path, path: &Path) -> std::io::Result<()> {
    match fs::hard_link(unfinished, path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            File::create_new(path)?;
            fs::rename(unfinished, path)
        }
        outcome => outcome,
    }
}

fn write_flushed(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes a rename or a new name in the file's folder durable. Windows has no such call and needs none (NTFS logs
/// names itself).
pub(crate) fn sync_parent(file: &Path) -> Result<(), Error> {
    if cfg!(unix)
        && let Some(parent) = file.parent()
    {
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(Error::io)?;
    }
    Ok(())
}

fn create_private(folder: &Path) -> Result<(), Error> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(Error::io)
}
