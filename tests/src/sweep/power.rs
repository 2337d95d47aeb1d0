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
use super::process::{Home, Launch, Process, copy_folder};
use super::storage::{FSYNCS, PWRITES, recovered};
use super::strace::{Call, KILLED, calls};

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
    let (_, images) = cut_while(run, Launch::default(), (call, nth), |run, _, store| {
        let held = store.read(outbox::all)?;
        let gone = run.saved.iter().filter(|one| !held.iter().any(|item| item.identifier == **one));
        Ok(gone.map(|identifier| format!("{identifier} was saved and is gone")).collect())
    });
    with_images(recovered(run, images.unmet), images)
}

/// A power cut during this start. One of the images is then what the device finds; in each, what is not there although the
/// device said that it is stored was lost, which `gone` says.
pub(super) fn cut_while(
    run: &mut Run<'_>,
    launch: Launch,
    (call, nth): (&str, u64),
    gone: impl Fn(&Run<'_>, &Process, &Arc<Store>) -> Result<Vec<String>, device::Error>,
) -> (Process, Tally) {
    let log = run.home.folder.join("power.log");
    let before = run.home.folder.join("before");
    copy_folder(&run.home.data, &before);
    let data = fs::canonicalize(&run.home.data).unwrap();
    let inject = format!("inject={call}:signal=KILL:when={nth}");
    let trace = format!("trace={CALLS}");
    let arguments =
        ["-f", "-y", "-xx", "-s", "1000000", "-o", &log.to_string_lossy(), "-e", &trace, "-e", &inject]
            .map(str::to_owned);
    let process = run.disturbed(&Launch { trace: Some(arguments.to_vec()), ..launch });
    let text = fs::read_to_string(&log).unwrap();
    // Also after it stood still: while it is closed.
    let unmet = !text.contains(KILLED);
    let mut disk = Disk::new(&before, &data);
    for line in calls(&text) {
        disk.apply(&line);
    }
    let mut images = Tally { unmet, ..Tally::default() };
    for number in 0..if unmet { 1 } else { IMAGES } {
        let image = run.home.folder.join("image");
        disk.image(&image, number, &mut run.chance);
        images.images += u32::from(!unmet);
        let copy = Home { data: image, ..run.home.clone() };
        let lost =
            opened(&copy).and_then(|store| store.map_or(Ok(Vec::new()), |store| gone(run, &process, &store)));
        match lost {
            Ok(lost) => images.miss(lost.into_iter().map(|what| format!("image {number}: {what}"))),
            Err(error) => {
                let end: Vec<String> =
                    text.lines().rev().take(3).map(|line| line.chars().take(160).collect()).collect();
                images.miss([format!("image {number} does not open: {error}; {end:?}")]);
            }
        }
    }
    // Any of them, as it was before it was opened.
    let number = u32::try_from(run.chance.between(0, IMAGES.into())).unwrap();
    disk.image(&run.home.data, number, &mut run.chance);
    images.images += u32::from(!unmet);
    (process, images)
}

/// The store of a home; `None` before the device has made a key for it, when it has said nothing yet.
fn opened(home: &Home) -> Result<Option<Arc<Store>>, device::Error> {
    let Ok(key) = fs::read(home.keys.join("database-key")) else { return Ok(None) };
    let key = DatabaseKey::new(key.try_into().unwrap());
    Store::open(&home.database(), &key).map(|store| Some(Arc::new(store)))
}

/// What came of the start after a cut, with what was found in the images.
pub(super) fn with_images(mut tally: Tally, mut images: Tally) -> Tally {
    tally.images = images.images;
    tally.lost += images.lost;
    tally.problems.append(&mut images.problems);
    tally
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

#[cfg(test)]
mod tests {
    use super::*;

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
