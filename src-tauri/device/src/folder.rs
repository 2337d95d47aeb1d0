//! The data folder: its lock, and writing files so that a crash leaves the old one or the new one.

mod copy;

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::Error;
pub(crate) use copy::CopyFolder;

/// How the names of unfinished exports begin and end.
const OURS: &str = ".attesta-";
const UNFINISHED: &str = ".part";
/// The name of the lock in a folder.
const LOCK: &str = "attesta.lock";
/// How often a file is begun anew that another instance cleared away in the moment before it was locked.
const ATTEMPTS: u32 = 8;

/// Holds the operating system's lock on a data folder; the lock ends with the process, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

/// A process that is being started has the file too until it becomes the other program: only an unlocking ends the lock at once.
impl Drop for FolderLock {
    fn drop(&mut self) {
        // Where that fails, the lock ends when the file is closed by the last who has it.
        let _ = self.file.unlock();
    }
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
            .open(folder.join(LOCK))
            .map_err(Error::io)?;
        Self::of(file)
    }

    /// Takes the lock on a folder that cannot be written to; `None` where no instance has ever had it.
    ///
    /// # Errors
    /// Those of [`FolderLock::take`].
    pub(crate) fn take_unwritten(folder: &Path) -> Result<Option<Self>, Error> {
        match File::open(folder.join(LOCK)) {
            Ok(file) => Self::of(file).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(error)),
        }
    }

    fn of(file: File) -> Result<Self, Error> {
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(Error::DataFolderInUse),
            Err(TryLockError::Error(error)) => Err(Error::io(error)),
        }
    }
}

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone, from the first octet on, where the system knows owners (Unix; on others, whom the folder lets).
    Owner,
    /// Whom the account's settings let.
    Everyone,
}

/// Writes `content` to a new file: whole and flushed, or not at all. Never overwrites.
///
/// # Errors
/// [`Error::FileExists`] when there is a file of that name, [`Error::DiskFull`], [`Error::Io`].
pub fn write_new_file(file: &Path, content: &[u8], readers: Readers) -> Result<(), Error> {
    let (folder, name) = parts(file)?;
    write_new(folder, name, content, readers).map(drop)
}

/// The folder and the name of a file.
pub(crate) fn parts(file: &Path) -> Result<(&Path, &str), Error> {
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Error::Io("the file's name is not Unicode text".to_owned()))?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok((parent.unwrap_or(Path::new(".")), name))
}

/// Writes `content` to a new file `folder/name`: whole and flushed, or not at all. Never overwrites. What an earlier run
/// left unfinished there is cleared away.
///
/// # Errors
/// [`Error::FileExists`] when there is a file of that name.
pub(crate) fn write_new(
    folder: &Path,
    name: &str,
    content: &[u8],
    readers: Readers,
) -> Result<PathBuf, Error> {
    clear_away(folder);
    let path = folder.join(name);
    let (unfinished, mut file) = begin(folder, readers).map_err(Error::io)?;
    let written =
        file.write_all(content).and_then(|()| file.sync_all()).and_then(|()| publish(&unfinished, &path));
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

/// A file for what is to be written, which nobody else writes to: its own name is random. It is locked as long as it is
/// written, so that [`clear_away`] knows it from one whose writer was killed.
fn begin(folder: &Path, readers: Readers) -> std::io::Result<(PathBuf, File)> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    for _ in 0..ATTEMPTS {
        let path = folder.join(format!("{OURS}{}{UNFINISHED}", random()?));
        let file = options.open(&path)?;
        // Where there are no locks, nobody can clear it away either.
        let _ = file.lock();
        // Someone who cleared away may have been faster than the lock.
        if path.exists() {
            return Ok((path, file));
        }
    }
    Err(std::io::Error::other("the unfinished file was taken away each time"))
}

fn random() -> std::io::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    Ok(format!("{:016x}", u64::from_ne_bytes(random)))
}

/// Removes the unfinished files of runs that were killed. Only what carries our name and nobody holds is touched; that it
/// cannot be removed stops nothing.
fn clear_away(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(OURS) && name.ends_with(UNFINISHED));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let Ok(file) = File::open(entry.path()) else { continue };
        if file.try_lock().is_ok()
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!(%error, "an unfinished export could not be removed");
        }
    }
}

/// Gives the finished file its name. A hard link, unlike a rename, refuses to replace a file; where there are no hard
/// links (a FAT memory stick), an empty file of our own takes the name first and is then replaced.
fn publish(unfinished: &Path, path: &Path) -> std::io::Result<()> {
    match fs::hard_link(unfinished, path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => publish_unlinked(unfinished, path),
        outcome => outcome,
    }
}

/// The same without hard links. The empty file goes again when it cannot be replaced: it would refuse every later export.
fn publish_unlinked(unfinished: &Path, path: &Path) -> std::io::Result<()> {
    File::create_new(path)?;
    fs::rename(unfinished, path).inspect_err(|_| {
        // A rename over a network may have happened although it failed.
        if fs::metadata(path).is_ok_and(|found| found.len() == 0) {
            let _ = fs::remove_file(path);
        }
    })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    pub(super) fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_lock_ends_although_a_process_that_is_being_started_has_the_file_too() {
        let folder = tempfile::tempdir().unwrap();
        let lock = FolderLock::take(folder.path()).unwrap();
        let inherited = lock.file.try_clone().unwrap();
        assert!(matches!(FolderLock::take(folder.path()), Err(Error::DataFolderInUse)));
        drop(lock);
        let again = FolderLock::take(folder.path());
        assert!(again.is_ok(), "{:?}", again.err());
        drop(inherited);
    }

    #[test]
    fn what_a_killed_run_left_unfinished_is_cleared_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        // As an earlier version named them, and as this one does.
        for left in [".attesta-record-1.zip.part", ".attesta-record-1.zip.00c0ffee00c0ffee.part"] {
            fs::write(at(left), b"half").unwrap();
        }
        for kept in [".another.part", "attesta-record-0.zip", ".attesta-note", "attesta-record-2.zip.part"] {
            fs::write(at(kept), b"somebody's").unwrap();
        }
        fs::create_dir(at(".attesta-folder.part")).unwrap();
        // Another instance is writing this one.
        let (held, _file) = begin(folder.path(), Readers::Everyone).unwrap();

        write_new(folder.path(), "attesta-record-4.zip", b"whole", Readers::Everyone).unwrap();
        let held = held.file_name().unwrap().to_str().unwrap().to_owned();
        let mut expected = [
            ".another.part",
            ".attesta-folder.part",
            ".attesta-note",
            &held,
            "attesta-record-0.zip",
            "attesta-record-2.zip.part",
            "attesta-record-4.zip",
        ];
        expected.sort_unstable();
        assert_eq!(names(folder.path()), expected);
        assert_eq!(fs::read(at("attesta-record-4.zip")).unwrap(), b"whole");
    }

    #[test]
    fn of_two_files_of_one_name_at_once_one_is_written_and_whole() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let contents: Vec<Vec<u8>> = (0..4).map(|one| vec![one; 100_000]).collect();
            let write =
                |content: &[u8]| write_new(folder.path(), "attesta-record-1.zip", content, Readers::Everyone);
            let written: Vec<_> = std::thread::scope(|scope| {
                let all: Vec<_> = contents.iter().map(|one| scope.spawn(|| write(one))).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            let first: Vec<_> = (0..4).filter(|one| written[*one].is_ok()).collect();
            assert_eq!(first.len(), 1, "{written:?}");
            assert!(written.iter().flatten().all(|path| path.ends_with("attesta-record-1.zip")));
            assert!(
                written.iter().filter_map(|one| one.as_ref().err()).all(|e| matches!(e, Error::FileExists))
            );
            assert_eq!(names(folder.path()), ["attesta-record-1.zip"]);
            assert_eq!(fs::read(folder.path().join("attesta-record-1.zip")).unwrap(), contents[first[0]]);
        }
    }

    #[test]
    fn without_hard_links_a_file_gets_its_name_once_and_a_failure_leaves_the_name_free() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let path = at("attesta-record-1.zip");
        // What is to be renamed is gone: the name was taken already.
        let failed = publish_unlinked(&at("gone"), &path).unwrap_err();
        assert_eq!(failed.kind(), std::io::ErrorKind::NotFound);
        assert_eq!(names(folder.path()), Vec::<String>::new());
        assert_eq!(publish(&at("gone"), &path).unwrap_err().kind(), std::io::ErrorKind::NotFound);
        assert_eq!(names(folder.path()), Vec::<String>::new());

        fs::write(at("unfinished"), b"whole").unwrap();
        publish_unlinked(&at("unfinished"), &path).unwrap();
        assert_eq!(names(folder.path()), ["attesta-record-1.zip"]);
        fs::write(at("unfinished"), b"another").unwrap();
        let refused = publish_unlinked(&at("unfinished"), &path).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("attesta-record-1.zip"), b"before").unwrap();
        let refused =
            write_new(folder.path(), "attesta-record-1.zip", b"after", Readers::Everyone).unwrap_err();
        assert!(matches!(refused, Error::FileExists), "{refused:?}");
        assert_eq!(names(folder.path()), ["attesta-record-1.zip"]);
        assert_eq!(fs::read(folder.path().join("attesta-record-1.zip")).unwrap(), b"before");
        assert!(
            write_new(&folder.path().join("nowhere"), "attesta-record-1.zip", b"x", Readers::Everyone)
                .is_err()
        );
    }

    #[test]
    fn what_is_for_its_owner_is_for_nobody_else_and_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write_new_file(&at("key.jwe"), b"secret", Readers::Owner).unwrap();
        assert_eq!(fs::read(at("key.jwe")).unwrap(), b"secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |name: &str| fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode("key.jwe"), 0o600);
            let (unfinished, _file) = begin(folder.path(), Readers::Owner).unwrap();
            assert_eq!(fs::metadata(&unfinished).unwrap().permissions().mode() & 0o777, 0o600);
            fs::remove_file(unfinished).unwrap();
            // Without hard links too: the placeholder that has the name first is replaced.
            let (unfinished, _file) = begin(folder.path(), Readers::Owner).unwrap();
            publish_unlinked(&unfinished, &at("stick.jwe")).unwrap();
            assert_eq!(mode("stick.jwe"), 0o600);
            fs::remove_file(at("stick.jwe")).unwrap();
        }
        let refused = write_new_file(&at("key.jwe"), b"another", Readers::Owner).unwrap_err();
        assert!(matches!(refused, Error::FileExists), "{refused:?}");
        assert_eq!(names(folder.path()), ["key.jwe"]);
        assert!(write_new_file(&at("nowhere/key.jwe"), b"x", Readers::Owner).is_err());
        assert!(write_new_file(Path::new("/"), b"x", Readers::Owner).is_err());
    }
}
