//! The calls of a device that change or flush something, as `strace` writes them down.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::super::strace::{KILLED, split};

/// The calls that change or flush something.
pub(super) const WRITING: &str = "write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,truncate,ftruncate,fallocate,\
                       openat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,symlinkat";

/// One kind of call, of which each is a place to kill the device at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// Its name.
    pub(super) name: String,
    /// Whether it is the first thread's; `strace` counts the calls of each thread by itself.
    pub(super) first: bool,
    /// Where it is looked at by itself: the file of the data folder that it is about; empty for the folder.
    pub(super) file: Option<PathBuf>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "kill at `{}`", self.name)?;
        match &self.file {
            None => {}
            Some(file) if file.as_os_str().is_empty() => f.write_str(" of the folder")?,
            Some(file) => write!(f, " of {}", file.display())?,
        }
        f.write_str(if self.first { ", first thread" } else { ", other threads" })
    }
}

/// The calls in a log of `strace -f -y`, and how many there are of each.
pub(super) fn counted(log: &str, data: &Path) -> Vec<(Call, Option<u32>)> {
    let mut counted = BTreeMap::new();
    let first = log.split_whitespace().next().unwrap_or_default();
    for line in log.lines() {
        let (thread, rest) = split(line);
        let Some((name, arguments)) = call(rest) else { continue };
        let file = file_of(arguments).and_then(|path| Path::new(path).strip_prefix(data).ok());
        let (first, opens) = (thread == first, name == "openat");
        let file = match file {
            _ if opens && !arguments.contains("O_CREAT") => continue,
            // Whoever hears that something is saved hears it from the first thread.
            _ if first && !opens => None,
            Some(file) => Some(file.to_owned()),
            None => continue,
        };
        let call = Call { name: name.to_owned(), first, file };
        *counted.entry(call).or_insert_with(BTreeMap::new).entry(thread).or_insert(0) += 1;
    }
    // The number of a call is that among its own thread's.
    counted.into_iter().map(|(call, threads)| (call, threads.into_values().max())).collect()
}

/// Whether a device was killed at this one of its calls: the log is of nothing but such calls.
pub(super) fn killed_at(log: &str, call: &Call, place: u32) -> bool {
    // Where one thread alone is traced, its number is not written.
    let parted = |line| if call.first { ("", line) } else { split(line) };
    let lines: Vec<(&str, &str)> = log.lines().map(parted).collect();
    // The first thread of a process is the last one to be gone.
    let Some((first, _)) = lines.iter().rfind(|(_, rest)| *rest == KILLED) else { return false };
    let mut calls = BTreeMap::<_, (u32, bool)>::new();
    for (thread, rest) in &lines {
        let (number, open) = calls.entry(thread).or_default();
        let (begins, returns) = (self::call(rest).is_some(), !rest.ends_with(" = ?"));
        *number += u32::from(begins);
        if begins || rest.contains(" resumed>") {
            *open = !returns || rest.ends_with("<unfinished ...>");
        }
    }
    calls.iter().any(|(thread, met)| (*thread == first) == call.first && *met == (place, true))
}

/// The name of a call that begins in this line, and its arguments.
fn call(line: &str) -> Option<(&str, &str)> {
    let (name, arguments) = line.split_once('(')?;
    let named = name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
    named.then_some((name, arguments))
}

/// The file that a call is about: of its descriptor, or by its name.
fn file_of(arguments: &str) -> Option<&str> {
    let quoted = || arguments.split('"').nth(1);
    let described = || arguments.split_once('<').and_then(|(_, rest)| rest.split('>').next());
    if arguments.starts_with(|one: char| one.is_ascii_digit()) { described() } else { quoted() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_says_which_ways_there_are() {
        let log = "7 openat(AT_FDCWD</>, \"/lib/libc.so\", O_RDONLY) = 3\n\
                   7 openat(AT_FDCWD</>, \"/d/a.db\", O_RDWR|O_CREAT) = 4\n\
                   7 pwrite64(5</d/a b.db>, \"\"..., 10, 0) = 10\n\
                   8 pwrite64(5</d/a.db-wal>, \"\"..., 10, 0 <unfinished ...>\n\
                   9 write(4<anon_inode:[eventfd]>, \"\"..., 8) = 8\n\
                   8 <... pwrite64 resumed>) = 10\n\
                   8 pwrite64(5</d/a.db-wal>, \"\"..., 10, 0) = 10\n\
                   8 openat(AT_FDCWD</>, \"/d/a.db-wal\", O_RDWR) = 6\n\
                   8 fsync(4</d>) = 0\n\
                   8 unlink(\"/d/x\") = 0\n\
                   8 +++ exited with 0 +++\n";
        let kill = |call: &str, first, file: Option<&str>, times| {
            (Call { name: call.to_owned(), first, file: file.map(PathBuf::from) }, Some(times))
        };
        let wanted = [
            kill("fsync", false, Some(""), 1),
            kill("openat", true, Some("a.db"), 1),
            kill("pwrite64", false, Some("a.db-wal"), 2),
            kill("pwrite64", true, None, 1),
            kill("unlink", false, Some("x"), 1),
        ];
        assert_eq!(counted(log, Path::new("/d")), wanted);
    }

    #[test]
    fn a_log_says_whether_a_kill_was_at_the_call_that_was_meant() {
        let log = "12 pwrite64(5, \"\"..., 10, 0) = 10\n\
                   12 pwrite64(5, \"\"..., 10, 0 <unfinished ...>\n\
                   7  pwrite64(5, \"\"..., 10, 0) = 10\n\
                   12 <... pwrite64 resumed>) = 10\n\
                   12 pwrite64(5, \"\"..., 10, 0) = ?\n\
                   12 +++ killed by SIGKILL +++\n\
                   7  +++ killed by SIGKILL +++\n";
        let call = |first| Call { name: "pwrite64".to_owned(), first, file: None };
        assert!(killed_at(log, &call(false), 3));
        assert!(!killed_at(log, &call(false), 2) && !killed_at(log, &call(false), 4));
        assert!(!killed_at(&log.replace("= ?", "= 10"), &call(false), 3), "it had returned");
        assert!(!killed_at(&log.replace("killed by SIGKILL", "exited with 0"), &call(false), 3));
        assert!(!killed_at(&log.replace("12 ", "7 "), &call(false), 4), "it was the first thread");
        let alone =
            "pwrite64(5, \"\"..., 10, 0) = 10\npwrite64(5, \"\"..., 10, 0) = ?\n+++ killed by SIGKILL +++\n";
        assert!(killed_at(alone, &call(true), 2) && !killed_at(alone, &call(true), 1));
    }
}
