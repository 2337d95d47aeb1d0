//! Running many faults on several lanes, and the table of what came of them.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};

use super::faults::Fault;
use super::lane::{Lane, Programs, RENEWED_AFTER, tracing};
use super::oracle::Tally;
use super::outcome::Outcome;
use super::plan::{Planned, Release, plan};
use super::walk::{Along, Walk};
use crate::here::may_mount;

/// How often a sweep says how far it is.
const WORD: Duration = Duration::from_mins(1);
/// From the seed of a run to that with which it is made again: far from those of the runs after it.
const APART: u64 = 1_000_000;

/// Injects every fault of the matrix into real devices and servers, by lot and repeatably, and says what came of it.
#[derive(Debug, Clone, Parser)]
pub struct Sweep {
    /// Where the choices begin; run number N of a fault uses the seed SEED + N.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many runs altogether.
    #[arg(long, default_value_t = 1_000)]
    pub runs: u32,
    /// Only this fault; may be given several times.
    #[arg(long)]
    pub fault: Vec<String>,
    /// How often a run is made again, with another seed, whose fault came too late to be met.
    #[arg(long, default_value_t = 0)]
    pub again: u64,
    /// How many lanes, each with a server and one device at a time.
    #[arg(long, default_value_t = default_lanes())]
    pub lanes: usize,
    /// Stop after so many seconds, however many runs there were.
    #[arg(long)]
    pub seconds: Option<u64>,
    /// Where devices and servers keep their things; emptied at the end. A file system in memory is quicker.
    #[arg(long)]
    pub scratch: Option<PathBuf>,
    /// Once a minute and at the end, the table so far goes into this file.
    #[arg(long)]
    pub table: Option<PathBuf>,
    /// Say which faults there are.
    #[arg(long)]
    pub list: bool,
}

/// What the program is told.
#[derive(Debug, Parser)]
pub(super) struct Arguments {
    /// Everything that a test can say too.
    #[command(flatten)]
    pub(super) sweep: Sweep,
    /// Only servers that speak this release; without it each run chooses one by lot.
    #[arg(long)]
    pub(super) fhir: Option<Release>,
    /// Walk along all places of one kind instead, one after the other; in R4 where no release is named.
    #[arg(long, conflicts_with_all = ["seed", "runs", "fault", "again", "seconds", "table"])]
    walk: Option<Along>,
    /// Walk in XML.
    #[arg(long, requires = "walk")]
    xml: bool,
    /// Walk with responses that are created by `PUT`.
    #[arg(long, requires = "walk")]
    put: bool,
    /// Walk to every Nth place only.
    #[arg(long, requires = "walk", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
    /// Go to this place of each way only, counted from one.
    #[arg(long, requires = "walk", value_parser = clap::value_parser!(u32).range(1..))]
    place: Option<u32>,
}

fn default_lanes() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) + 1
}

/// Runs the program.
pub fn main() -> ExitCode {
    let Arguments { sweep, fhir, walk, xml, put, every, place } = Arguments::parse();
    if sweep.list {
        say(&sweep.names().join("\n"));
        return ExitCode::SUCCESS;
    }
    if put && walk == Some(Along::DocumentAnswers) {
        let why = "a device that creates by PUT tries that with other documents first: --walk document-answers goes without --put";
        Arguments::command().error(ErrorKind::ArgumentConflict, why).exit();
    }
    let outcome = match walk {
        Some(along) => {
            let Sweep { lanes, scratch, .. } = sweep;
            Walk { along, r5: fhir == Some(Release::R5), xml, put, every, place, lanes, scratch }.run()
        }
        None => sweep.run_in(fhir),
    };
    say(&outcome.table());
    for failure in &outcome.failures {
        say(failure);
    }
    if outcome.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn say(text: &str) {
    // Whoever reads may have gone.
    let _ = writeln!(std::io::stdout(), "{text}");
}

impl Sweep {
    /// The faults that are asked for.
    pub fn names(&self) -> Vec<&'static str> {
        let names = Fault::all().into_iter().map(|fault| fault.name);
        names.filter(|name| self.fault.is_empty() || self.fault.iter().any(|wanted| wanted == name)).collect()
    }

    /// Does what the arguments say, in both releases.
    ///
    /// # Panics
    /// When a fault is named that there is not.
    pub fn run(&self) -> Outcome {
        self.run_in(None)
    }

    fn run_in(&self, only: Option<Release>) -> Outcome {
        let began = Instant::now();
        let scratch = self.scratch.clone().unwrap_or_else(scratch);
        let folder = scratch.join(format!("attesta-sweep-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let faults = Fault::all();
        let known = |name: &String| faults.iter().any(|fault| fault.name == name);
        assert!(self.fault.iter().all(known), "--list says which faults there are");
        let (untraceable, unmountable) = (tracing(&folder).err(), may_mount(&folder).err());
        let mut outcome = Outcome::default();
        let mut chosen = Vec::new();
        for (number, fault) in faults.iter().enumerate() {
            if !self.fault.is_empty() && !self.fault.iter().any(|name| name == fault.name) {
                continue;
            }
            let untraceable = untraceable.as_ref().filter(|_| fault.needs_tracing());
            match untraceable.or(unmountable.as_ref().filter(|_| fault.needs_mounting())) {
                Some(reason) => outcome.not_run.push((fault.name, reason.clone())),
                None => chosen.push((number, *fault)),
            }
        }
        let plan = plan(&chosen, self.runs, self.seed, only);
        let until = self.seconds.map(|seconds| began + Duration::from_secs(seconds));
        let shared = Shared {
            table: self.table.as_deref(),
            again: self.again,
            plan,
            next: AtomicUsize::new(0),
            began,
            until,
            outcome: Mutex::new(outcome),
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        std::thread::scope(|scope| {
            for lane in 0..self.lanes.max(1) {
                let (shared, folder, runtime) =
                    (&shared, folder.join(format!("lane-{lane}")), runtime.handle());
                scope.spawn(move || shared.work(&folder, runtime));
            }
        });
        let _ = std::fs::remove_dir_all(&folder);
        let mut outcome = shared.outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcome.seconds = began.elapsed().as_secs();
        outcome.keep(self.table.as_deref());
        outcome
    }
}

/// A file system in memory where there is one: a kill leaves it as it is, and nothing waits for a disk.
pub(super) fn scratch() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { memory } else { std::env::temp_dir() }
}

/// One run; what a panic said is its problem.
pub(super) fn carried_out(run: impl FnOnce() -> Tally) -> Result<Tally, Tally> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Tally { problems: vec![said.unwrap_or_default()], ..Tally::default() }
    })
}

struct Shared<'a> {
    table: Option<&'a Path>,
    again: u64,
    plan: Vec<Planned>,
    next: AtomicUsize,
    began: Instant,
    until: Option<Instant>,
    outcome: Mutex<Outcome>,
}

impl Shared<'_> {
    fn work(&self, folder: &Path, runtime: &tokio::runtime::Handle) {
        let programs = Programs::beside_this();
        // One for each release: which one a run needs follows from its seed.
        let mut lanes: [Option<Lane>; 2] = [None, None];
        while self.until.is_none_or(|until| Instant::now() < until) {
            let Some(planned) = self.plan.get(self.next.fetch_add(1, Ordering::SeqCst)).copied() else {
                return;
            };
            for again in 0..=self.again {
                // In the same release, which is printed when it fails.
                let seed = planned.seed.wrapping_add(again.wrapping_mul(APART));
                let planned = Planned { seed, ..planned };
                let r5 = planned.release == Release::R5;
                let lane = &mut lanes[usize::from(r5)];
                if lane.as_ref().is_some_and(|lane| lane.runs() >= RENEWED_AFTER) {
                    drop(lane.take());
                }
                let here = lane.get_or_insert_with(|| {
                    Lane::new(&programs, folder.join(planned.release.name()), r5, runtime)
                });
                let done = carried_out(|| planned.fault.run(here, planned.seed));
                if done.is_err() {
                    // Its server may be in any state.
                    *lane = None;
                }
                let tally = done.unwrap_or_else(|failed| failed);
                self.note(&planned, &tally);
                if !tally.unmet || !tally.holds() {
                    break;
                }
            }
        }
    }

    fn note(&self, planned: &Planned, tally: &Tally) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.note(planned.row, planned.fault.name, &planned.again(), tally);
        self.give_word(&mut outcome);
    }

    fn give_word(&self, outcome: &mut Outcome) {
        outcome.seconds = self.began.elapsed().as_secs();
        let minutes = outcome.seconds / WORD.as_secs();
        if minutes <= outcome.minutes {
            return;
        }
        outcome.minutes = minutes;
        let (runs, planned, failed) = (outcome.runs(), self.plan.len(), outcome.failures.len());
        let _ = writeln!(
            std::io::stderr(),
            "{minutes} min: {runs} of {planned} faults injected, {failed} failed"
        );
        outcome.keep(self.table);
    }
}
