//! A lost power supply: what a device wrote and had not flushed may be gone, in any part.
//!
//! The device runs under `strace`, which writes down every write, flush, truncation, creation, renaming and removal in the
//! data folder, and kills it at one of them. From these, images of the disk are made as a power cut could leave it: all
//! that was flushed, and of everything after that some, or some sectors.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use device::store::{DatabaseKey, Store, outbox};

use super::chance::Chance;
use super::lane::Run;
use super::oracle::Tally;
use super::process::{Home, Launch};
use super::storage::{FSYNCS, KILLED, PWRITES, recovered};

/// What a disk writes at once.
const SECTOR: usize = 512;
/// Images of one cut that are opened; one of them goes on to deliver.
const IMAGES: u32 = 6;
/// What is written down.
const CALLS: &str = "pwrite64,write,fsync,fdatasync,ftruncate,openat,rename,unlink";

/// One change to a file that is not certain to be on the disk yet.
#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, octets: Vec<u8> },
    Truncate { length: usize },
}

/// A file: what is on the disk for certain, and what may be.
#[derive(Debug, Clone, Default)]
struct OnDisk {
    certain: Vec<u8>,
    pending: Vec<Change>,
    /// Whether its name is certain to be there.
    named: bool,
}

/// One run that ends with a power cut at one of the calls.
pub(super) fn cut(run: &mut Run<'_>) -> Tally {
    let (call, most) = run.chance.pick(&[("pwrite64", PWRITES), ("fsync", FSYNCS), ("fsync", FSYNCS)]);
    let nth = run.chance.between(1, most);
    cut_at(run, call, nth)
}

/// A power cut at this call, counted from one, of the thread that comes to that number first.
pub(super) fn cut_at(run: &mut Run<'_>, call: &str, nth: u64) -> Tally {
    let log = run.home.folder.join("power.log");
    let before = run.home.copy(run.home.folder.join("before"));
    let data = fs::canonicalize(&run.home.data).unwrap();
    let inject = format!("inject={call}:signal=KILL:when={nth}");
    let trace = format!("trace={CALLS}");
    let arguments =
        ["-f", "-y", "-xx", "-s", "1000000", "-o", &log.to_string_lossy(), "-e", &trace, "-e", &inject]
            .map(str::to_owned);
    run.disturbed(&Launch { trace: Some(arguments.to_vec()), ..Launch::default() });
    let text = fs::read_to_string(&log).unwrap();
    // Also after it stood still: while it is closed.
    let unmet = !text.contains(KILLED);
    let mut disk = Disk::new(&before.data, &data);
    for line in calls(&text) {
        disk.apply(&line);
    }
    let mut images = Tally { unmet, ..Tally::default() };
    for number in 0..if unmet { 1 } else { IMAGES } {
        let image = run.home.folder.join("image");
        disk.image(&image, number, &mut run.chance);
        images.images += u32::from(!unmet);
        let copy = Home { data: image.clone(), ..run.home.clone() };
        check(&mut images, &copy, &run.saved, number, &text);
    }
    // The last of them, as it was before it was opened, is what the device finds.
    disk.image(&run.home.data, IMAGES, &mut run.chance);
    images.images += u32::from(!unmet);
    let mut tally = recovered(run, unmet);
    tally.images = images.images;
    tally.lost += images.lost;
    tally.problems.append(&mut images.problems);
    tally
}

/// The store opens and holds everything that was said to be saved.
fn check(tally: &mut Tally, home: &Home, saved: &[String], number: u32, log: &str) {
    let key: [u8; 32] = fs::read(home.keys.join("database-key")).unwrap().try_into().unwrap();
    let opened = Store::open(&home.database(), &DatabaseKey::new(key)).map(Arc::new);
    let held = opened.and_then(|store| store.read(outbox::all));
    match held {
        Ok(items) => {
            for identifier in saved.iter().filter(|one| !items.iter().any(|item| item.identifier == **one)) {
                tally.lost += 1;
                tally.problems.push(format!("image {number}: {identifier} was saved and is gone"));
            }
        }
        Err(error) => {
            tally.lost += 1;
            let end: Vec<String> =
                log.lines().rev().take(3).map(|line| line.chars().take(160).collect()).collect();
            tally.problems.push(format!("image {number} does not open: {error}; {end:?}"));
        }
    }
}

/// The data folder as it may be after the cut.
struct Disk {
    folder: PathBuf,
    files: BTreeMap<String, OnDisk>,
    /// What was renamed or removed and is not certain to be.
    gone: Vec<(String, OnDisk)>,
}

impl Disk {
    /// What was there at the start is certain. `folder` is what the calls name.
    fn new(start: &Path, folder: &Path) -> Self {
        let files = fs::read_dir(start).unwrap().map(|entry| {
            let entry = entry.unwrap();
            let certain = fs::read(entry.path()).unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, OnDisk { certain, pending: Vec::new(), named: true })
        });
        Self { folder: folder.to_owned(), files: files.collect(), gone: Vec::new() }
    }

    fn name(&self, path: &str) -> Option<String> {
        let name = Path::new(path).strip_prefix(&self.folder).ok()?.to_str()?.to_owned();
        // The index of the log is shared memory, made anew at every start.
        (!name.ends_with("-shm")).then_some(name)
    }

    fn apply(&mut self, call: &Call) {
        match call {
            Call::Write { path, at, octets } => {
                if let Some(file) = self.file(path) {
                    let at = at.unwrap_or(0);
                    file.pending.push(Change::Write { at, octets: octets.clone() });
                }
            }
            Call::Truncate { path, length } => {
                if let Some(file) = self.file(path) {
                    file.pending.push(Change::Truncate { length: *length });
                }
            }
            Call::Flush { path } if Path::new(path) == self.folder => {
                self.files.values_mut().for_each(|file| file.named = true);
                self.gone.clear();
            }
            Call::Flush { path } => {
                if let Some(file) = self.file(path) {
                    for change in std::mem::take(&mut file.pending) {
                        change.apply(&mut file.certain);
                    }
                }
            }
            Call::Create { path } => {
                if let Some(name) = self.name(path) {
                    self.files.entry(name).or_default();
                }
            }
            Call::Rename { from, to } => {
                if let (Some(from), Some(to)) = (self.name(from), self.name(to))
                    && let Some(file) = self.files.remove(&from)
                {
                    self.gone.push((from, file.clone()));
                    self.files.insert(to, OnDisk { named: false, ..file });
                }
            }
            Call::Remove { path } => {
                if let Some(name) = self.name(path)
                    && let Some(file) = self.files.remove(&name)
                {
                    self.gone.push((name, file));
                }
            }
        }
    }

    fn file(&mut self, path: &str) -> Option<&mut OnDisk> {
        let name = self.name(path)?;
        self.files.get_mut(&name)
    }

    /// Writes one image: the first has what is certain alone, the second everything, the others some of it.
    fn image(&self, folder: &Path, number: u32, chance: &mut Chance) {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).unwrap();
        let come = |chance: &mut Chance| match number {
            0 => false,
            1 => true,
            _ => chance.one_in(2),
        };
        for (name, file) in &self.gone {
            if !come(chance) && file.named {
                fs::write(folder.join(name), file.made(number, chance)).unwrap();
            }
        }
        for (name, file) in &self.files {
            if file.named || come(chance) {
                fs::write(folder.join(name), file.made(number, chance)).unwrap();
            }
        }
    }
}

impl OnDisk {
    fn made(&self, number: u32, chance: &mut Chance) -> Vec<u8> {
        let mut content = self.certain.clone();
        for change in &self.pending {
            match (number, chance.below(4)) {
                (0, _) => {}
                (1, _) | (_, 0 | 1) => change.apply(&mut content),
                (_, 2) => change.torn(chance).apply(&mut content),
                _ => {}
            }
        }
        content
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { at, octets } => {
                if content.len() < at + octets.len() {
                    content.resize(at + octets.len(), 0);
                }
                content[*at..at + octets.len()].copy_from_slice(octets);
            }
            Self::Truncate { length } => content.resize(*length, 0),
        }
    }

    /// Some of its sectors alone, from the start or from somewhere to the end.
    fn torn(&self, chance: &mut Chance) -> Self {
        match self {
            Self::Write { at, octets } if octets.len() > SECTOR => {
                // Up to the next whole sector of the disk, and sectors from there.
                let sectors = octets.len() / SECTOR;
                let cut = (1 + chance.below(sectors)) * SECTOR - at % SECTOR;
                let cut = cut.min(octets.len());
                if chance.one_in(2) {
                    Self::Write { at: *at, octets: octets[..cut].to_vec() }
                } else {
                    Self::Write { at: at + cut, octets: octets[cut..].to_vec() }
                }
            }
            other => other.clone(),
        }
    }
}

/// A system call that succeeded.
#[derive(Debug, PartialEq, Eq)]
enum Call {
    Write { path: String, at: Option<usize>, octets: Vec<u8> },
    Truncate { path: String, length: usize },
    Flush { path: String },
    Create { path: String },
    Rename { from: String, to: String },
    Remove { path: String },
}

/// The calls of a log, in the order in which they ended. Those that were interrupted by others are put together.
fn calls(log: &str) -> Vec<Call> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let Some((process, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        if let Some(start) = text.strip_suffix("<unfinished ...>") {
            begun.insert(process, start);
        } else if let Some((_, end)) =
            text.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>"))
        {
            let start = begun.remove(process).unwrap_or_default();
            calls.extend(call(&format!("{start}{end}")));
        } else {
            calls.extend(call(text));
        }
    }
    // What had begun when the device was killed may have been done.
    calls.extend(begun.values().filter_map(|start| call(&format!("{start}) = 1"))));
    calls
}

fn call(text: &str) -> Option<Call> {
    let (name, rest) = text.split_once('(')?;
    let (inside, result) = rest.rsplit_once(" = ")?;
    // A call that failed did nothing; one that the kill took in its middle says `?` and never began.
    if result.starts_with('-') || result.starts_with('?') {
        return None;
    }
    let inside = inside.trim_end().strip_suffix(')').unwrap_or(inside);
    match name {
        "pwrite64" | "write" => {
            let (path, rest) = descriptor(inside)?;
            let (octets, rest) = quoted(rest)?;
            let at =
                rest.rsplit(", ").next().filter(|_| name == "pwrite64").and_then(|at| at.trim().parse().ok());
            let written: usize = result.split_whitespace().next()?.parse().unwrap_or(octets.len());
            Some(Call::Write {
                path,
                at,
                octets: octets[..written.clamp(1, octets.len().max(1)).min(octets.len())].to_vec(),
            })
        }
        "ftruncate" => {
            let (path, rest) = descriptor(inside)?;
            Some(Call::Truncate { path, length: rest.rsplit(", ").next()?.trim().parse().ok()? })
        }
        "fsync" | "fdatasync" => Some(Call::Flush { path: descriptor(inside)?.0 }),
        "openat" if inside.contains("O_CREAT") => Some(Call::Create { path: text_of(quoted(inside)?.0)? }),
        "rename" => {
            let (from, rest) = quoted(inside)?;
            Some(Call::Rename { from: text_of(from)?, to: text_of(quoted(rest)?.0)? })
        }
        "unlink" => Some(Call::Remove { path: text_of(quoted(inside)?.0)? }),
        _ => None,
    }
}

/// `7</path>, rest`.
fn descriptor(inside: &str) -> Option<(String, &str)> {
    let (_, rest) = inside.split_once('<')?;
    let (path, rest) = rest.split_once('>')?;
    Some((unescaped(path), rest))
}

/// The first `"\x61…"`, and what follows it.
fn quoted(inside: &str) -> Option<(Vec<u8>, &str)> {
    let (_, rest) = inside.split_once('"')?;
    let (text, rest) = rest.split_once('"')?;
    Some((octets(text), rest))
}

/// A path may be written in hexadecimal as well.
fn unescaped(path: &str) -> String {
    if path.starts_with("\\x") {
        String::from_utf8_lossy(&octets(path)).into_owned()
    } else {
        path.to_owned()
    }
}

fn octets(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).filter_map(|two| u8::from_str_radix(two, 16).ok()).collect()
}

fn text_of(octets: Vec<u8>) -> Option<String> {
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"10 openat(AT_FDCWD, "\x2f\x64\x2f\x61", O_RDWR|O_CREAT, 0644) = 3</d/a>
10 pwrite64(3</d/a>, "\x01\x02", 2, 0 <unfinished ...>
11 fsync(4</d/b>) = 0
10 <... pwrite64 resumed>) = 2
10 pwrite64(3</d/a>, "\x03", 1, 1) = -1 EIO (Input/output error) (INJECTED)
10 ftruncate(3</d/a>, 1) = 0
10 pwrite64(3</d/a>, "\x04", 1, 4) = ?
"#;

    #[test]
    fn calls_are_read_in_the_order_in_which_they_ended() {
        let path = || "/d/a".to_owned();
        assert_eq!(
            calls(LOG),
            [
                Call::Create { path: path() },
                Call::Flush { path: "/d/b".to_owned() },
                Call::Write { path: path(), at: Some(0), octets: vec![1, 2] },
                Call::Truncate { path: path(), length: 1 },
            ]
        );
    }

    #[test]
    fn what_was_not_flushed_may_be_gone_and_what_was_is_there() {
        let start = tempfile::tempdir().unwrap();
        fs::write(start.path().join("a"), b"old").unwrap();
        let folder = Path::new("/d");
        let mut disk = Disk::new(start.path(), folder);
        let write =
            |octets: &[u8]| Call::Write { path: "/d/a".to_owned(), at: Some(0), octets: octets.to_vec() };
        disk.apply(&write(b"new"));
        let image = start.path().join("image");
        let content = |disk: &Disk, number| {
            disk.image(&image, number, &mut Chance::new(1, "power"));
            fs::read(image.join("a")).unwrap()
        };
        assert_eq!((content(&disk, 0), content(&disk, 1)), (b"old".to_vec(), b"new".to_vec()));
        disk.apply(&Call::Flush { path: "/d/a".to_owned() });
        assert_eq!(content(&disk, 0), b"new");
    }
}
