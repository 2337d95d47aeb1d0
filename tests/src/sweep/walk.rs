//! Walks: not by lot but one after the other, every call that writes and every octet of an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::ValueEnum;
use tokio::runtime::Handle;

use super::chance::Chance;
use super::lane::{Lane, Programs, RENEWED_AFTER, Run, tracing};
use super::network::{KINDS, RESPONSE, all_signed, finish};
use super::oracle::{Excuse, Tally, judge, judge_alerts};
use super::process::Launch;
use super::storage::{injection, killed, recovered};
use super::sweeping::{Outcome, carried_out, scratch};
use super::wire::{Action, End, Trap, Verb};

/// So many places in a row that no run came to are beyond the end, and so often each is tried: how often a device makes a call
/// differs a little from run to run.
const BEYOND: (u32, u64) = (6, 3);
/// The same where the steps are longer than that.
const BEYOND_IN_STEPS: (u32, u64) = (2, 1);
/// The calls that change or flush something.
const WRITING: &str = "write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,truncate,ftruncate,fallocate,\
                       openat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,symlinkat";

/// What is walked along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Along {
    /// `kill -9` at every call of a device that changes or flushes something: it signs and delivers.
    Calls,
    /// The same of a device that gets a new certificate before.
    EnrolmentCalls,
    /// The answers to responses and Provenances end at every octet.
    Answers,
    /// The answers to the certificate's document do.
    DocumentAnswers,
}

/// A walk along all places of one kind, in one release and one format.
#[derive(Debug, Clone)]
pub struct Walk {
    /// What is walked along.
    pub along: Along,
    /// Whether in R5, and not in R4.
    pub r5: bool,
    /// Whether in XML, and not in JSON.
    pub xml: bool,
    /// Whether responses are created by `PUT`, and not by `POST`.
    pub put: bool,
    /// Only every so manieth place.
    pub every: u32,
    /// How many lanes, as in a sweep.
    pub lanes: usize,
    /// Where devices and servers keep their things, as in a sweep.
    pub scratch: Option<PathBuf>,
}

/// How far a way was walked.
#[derive(Debug)]
pub struct Walked {
    /// What is done at its places.
    pub name: String,
    /// How many places an undisturbed start has, where that was counted.
    pub places: Option<u32>,
    /// The places at which it was done.
    pub met: BTreeSet<u32>,
    /// Places before the last one of those at which it was not done, though it was tried.
    pub missed: BTreeSet<u32>,
}

impl fmt::Display for Walked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} places, the last one {}",
            self.name,
            self.met.len(),
            self.met.last().unwrap_or(&0)
        )?;
        if let Some(places) = self.places {
            write!(f, "; an undisturbed start has {places}")?;
        }
        if self.missed.is_empty() { Ok(()) } else { write!(f, "; not met: {:?}", self.missed) }
    }
}

/// A row of places.
struct Way {
    name: String,
    step: Step,
    places: Option<u32>,
    next: AtomicU32,
    beyond: AtomicU32,
    tried: Mutex<[BTreeSet<u32>; 2]>,
}

/// What is done at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// A kill at the nth such call of one thread, the first one or another; where it is named, on this file of the data folder, or on
    /// that itself.
    Kill { call: String, first: bool, file: Option<PathBuf> },
    /// The connection ends within an answer, or is reset.
    Cut { reset: bool },
}

impl Walk {
    /// Walks.
    pub fn run(&self) -> Outcome {
        let began = Instant::now();
        let scratch = self.scratch.clone().unwrap_or_else(scratch);
        let folder = scratch.join(format!("attesta-walk-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut outcome = Outcome::default();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let untraceable = tracing(&folder).err().filter(|_| self.kills());
        if let Some(reason) = untraceable {
            outcome.not_run.push(("walk along calls", reason));
        } else {
            let ways = self.ways(&folder, runtime.handle());
            let noted = Mutex::new(outcome);
            std::thread::scope(|scope| {
                for lane in 0..self.lanes.max(1) {
                    let folder = folder.join(format!("lane-{lane}"));
                    let (ways, noted, runtime) = (&ways, &noted, runtime.handle());
                    scope.spawn(move || self.work(ways, noted, &folder, runtime));
                }
            });
            outcome = noted.into_inner().unwrap_or_else(PoisonError::into_inner);
            outcome.walked = ways.into_iter().map(Way::walked).collect();
        }
        let _ = fs::remove_dir_all(&folder);
        outcome.seconds = began.elapsed().as_secs();
        outcome
    }

    fn beyond(&self) -> (u32, u64) {
        if self.every > 1 { BEYOND_IN_STEPS } else { BEYOND }
    }

    fn kills(&self) -> bool {
        matches!(self.along, Along::Calls | Along::EnrolmentCalls)
    }

    fn lane(&self, folder: &Path, runtime: &Handle) -> Lane {
        Lane::new(&Programs::beside_this(), folder.to_owned(), self.r5, runtime)
    }

    fn launch(&self) -> Launch {
        let enrol = matches!(self.along, Along::EnrolmentCalls | Along::DocumentAnswers);
        Launch { enrol, ..Launch::default() }
    }

    fn ways(&self, folder: &Path, runtime: &Handle) -> Vec<Way> {
        let ways = if self.kills() {
            self.calls(folder, runtime)
        } else {
            vec![(Step::Cut { reset: false }, None), (Step::Cut { reset: true }, None)]
        };
        ways.into_iter().map(|(step, places)| Way::new(step, places)).collect()
    }

    /// The calls of an undisturbed start: what a way is about, and how many there are of it.
    fn calls(&self, folder: &Path, runtime: &Handle) -> Vec<(Step, Option<u32>)> {
        let mut lane = self.lane(&folder.join("undisturbed"), runtime);
        let mut run = lane.run(Chance::new(0, "undisturbed"), self.xml, self.put);
        let log = run.home.folder.join("undisturbed.log");
        let arguments = ["-f", "-y", "-o", &log.to_string_lossy(), "-e", &format!("trace={WRITING}")];
        let trace = Some(arguments.map(str::to_owned).to_vec());
        let (mut process, _) = run.settled(&Launch { trace, ..self.launch() });
        assert!(process.end(), "an undisturbed start ends well");
        let steps = steps(&fs::read_to_string(&log).unwrap(), &fs::canonicalize(&run.home.data).unwrap());
        run.clear();
        steps
    }

    fn work(&self, ways: &[Way], noted: &Mutex<Outcome>, folder: &Path, runtime: &Handle) {
        let (beyond, tries) = self.beyond();
        let mut lane = None;
        for (number, way) in ways.iter().enumerate() {
            while let Some(place) = way.next(self.every, beyond) {
                for again in 0..tries {
                    let here: &mut Lane = lane.get_or_insert_with(|| self.lane(folder, runtime));
                    let chance = Chance::new(again, &way.name);
                    let done = carried_out(|| {
                        let mut run = here.run(chance, self.xml, self.put);
                        let tally = self.step(&mut run, &way.step, place);
                        run.clear();
                        tally
                    });
                    if done.is_err() || here.runs() >= RENEWED_AFTER {
                        lane = None;
                    }
                    let tally = done.unwrap_or_else(|failed| failed);
                    let mut outcome = noted.lock().unwrap_or_else(PoisonError::into_inner);
                    if !tally.holds() {
                        let problems = tally.problems.join("\n    ");
                        let failure = format!("✗ {}, place {place}:\n    {problems}", way.name);
                        // At once: a long walk may be ended before its table.
                        let _ = writeln!(std::io::stderr(), "{failure}");
                        outcome.failures.push(failure);
                    }
                    outcome.add(number, &way.name, &tally);
                    drop(outcome);
                    if !tally.unmet || !tally.holds() {
                        way.note(place, true);
                        break;
                    }
                    if again + 1 == tries {
                        way.note(place, false);
                    }
                }
            }
        }
    }

    fn step(&self, run: &mut Run<'_>, step: &Step, place: u32) -> Tally {
        match step {
            Step::Kill { call, first, file } => {
                let mut trace = injection(run, &format!("{call}:signal=KILL:when={place}"));
                if let Some(file) = file {
                    let file = fs::canonicalize(&run.home.data).unwrap().join(file);
                    trace.extend(["-P".to_owned(), file.to_string_lossy().into_owned()]);
                }
                // Without it only the first thread is traced.
                trace.retain(|argument| !first || argument != "-f");
                let met = killed(run, &Launch { trace: Some(trace), ..self.launch() });
                recovered(run, !met)
            }
            Step::Cut { reset } => self.cut(run, place - 1, *reset),
        }
    }

    /// The answers to three responses and three Provenances end at three octets in a row, or that to a document at one.
    fn cut(&self, run: &mut Run<'_>, place: u32, reset: bool) -> Tally {
        let octet = |octet: u32| Action::Cut { end: End::Octet(octet as usize), reset };
        let trap = |kind, at| Trap { verb: Verb::Create, kind, skip: 0, times: 1, action: octet(at) };
        let traps = match self.along {
            Along::DocumentAnswers => vec![trap(KINDS[2], place)],
            _ => (0..3)
                .flat_map(|nth| [RESPONSE, "Provenance"].map(|kind| trap(kind, 3 * place + nth)))
                .collect(),
        };
        run.lane.proxy.set(traps);
        let (process, report) = run.settled(&self.launch());
        let met = run.lane.proxy.met().iter().any(|met| met.within);
        let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &Excuse::default());
        tally.unmet = !met;
        tally.drain = report.milliseconds;
        judge_alerts(&mut tally, &report, &[]);
        all_signed(&mut tally, &report);
        finish(run, process, tally)
    }
}

/// The ways of a log of `strace -f -y`: `(what, how many)`.
fn steps(log: &str, data: &Path) -> Vec<(Step, Option<u32>)> {
    let mut counted = BTreeMap::new();
    let first = log.split_whitespace().next().unwrap_or_default();
    let data = data.to_string_lossy();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, arguments)) = rest.trim_start().split_once('(') else { continue };
        if call.starts_with('<') || !call.chars().all(|one| one.is_ascii_alphanumeric()) {
            continue;
        }
        let file = file_of(arguments).and_then(|path| path.strip_prefix(&*data));
        let file = file.map(|inside| PathBuf::from(inside.trim_start_matches('/')));
        let (first, opens) = (thread == first, call == "openat");
        let step = match file {
            _ if opens && !arguments.contains("O_CREAT") => continue,
            // Whoever hears that something is saved hears it from the first thread.
            _ if first && !opens => Step::Kill { call: call.to_owned(), first, file: None },
            Some(_) => Step::Kill { call: call.to_owned(), first, file },
            None => continue,
        };
        *counted.entry(step).or_insert_with(BTreeMap::new).entry(thread).or_insert(0) += 1;
    }
    // The number of a call is that among its own thread's.
    counted.into_iter().map(|(step, threads)| (step, threads.into_values().max())).collect()
}

/// The file that a call is about: of its descriptor, or by its name.
fn file_of(arguments: &str) -> Option<&str> {
    let quoted = || arguments.split('"').nth(1);
    let described = || arguments.split_once('<').and_then(|(_, rest)| rest.split('>').next());
    if arguments.starts_with(|one: char| one.is_ascii_digit()) { described() } else { quoted() }
}

impl Way {
    fn new(step: Step, places: Option<u32>) -> Self {
        let name = match &step {
            Step::Kill { call, first, file } => {
                let file = match file {
                    None => String::new(),
                    Some(file) if file.as_os_str().is_empty() => " of the folder".to_owned(),
                    Some(file) => format!(" of {}", file.display()),
                };
                format!("kill at `{call}`{file}, {}", if *first { "first thread" } else { "other threads" })
            }
            Step::Cut { reset: false } => "answer ends at octet".to_owned(),
            Step::Cut { reset: true } => "connection is reset at octet".to_owned(),
        };
        let (next, beyond) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { name, step, places, next, beyond, tried: Mutex::default() }
    }

    /// The next place, counted from one, unless the end was passed.
    fn next(&self, every: u32, beyond: u32) -> Option<u32> {
        let on = self.beyond.load(Ordering::SeqCst) < beyond;
        on.then(|| self.next.fetch_add(1, Ordering::SeqCst) * every.max(1) + 1)
    }

    fn note(&self, place: u32, met: bool) {
        if met {
            self.beyond.store(0, Ordering::SeqCst);
        } else {
            self.beyond.fetch_add(1, Ordering::SeqCst);
        }
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried[usize::from(met)].insert(place);
    }

    fn walked(self) -> Walked {
        let [mut missed, met] = self.tried.into_inner().unwrap_or_else(PoisonError::into_inner);
        let last = met.last().copied().unwrap_or_default();
        missed.retain(|place| *place < last);
        Walked { name: self.name, places: self.places, met, missed }
    }
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
            (Step::Kill { call: call.to_owned(), first, file: file.map(PathBuf::from) }, Some(times))
        };
        let wanted = [
            kill("fsync", false, Some(""), 1),
            kill("openat", true, Some("a.db"), 1),
            kill("pwrite64", false, Some("a.db-wal"), 2),
            kill("pwrite64", true, None, 1),
            kill("unlink", false, Some("x"), 1),
        ];
        assert_eq!(steps(log, Path::new("/d")), wanted);
    }

    #[test]
    fn a_way_ends_when_nothing_was_met_for_a_while() {
        let way = Way::new(Step::Cut { reset: true }, None);
        for _ in 0..9 {
            let place = way.next(2, 6).unwrap();
            way.note(place, place != 5);
        }
        for _ in 0..6 {
            let place = way.next(2, 6).unwrap();
            way.note(place, false);
        }
        assert_eq!(way.next(2, 6), None);
        let walked = way.walked();
        assert_eq!(walked.met, [1, 3, 7, 9, 11, 13, 15, 17].into());
        assert_eq!(walked.missed, [5].into());
    }
}
