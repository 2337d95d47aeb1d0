//! Running many faults on several lanes, and the table of what came of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Parser;

use super::faults::Fault;
use super::lane::{Lane, Programs, RENEWED_AFTER, tracing};
use super::oracle::Tally;
use super::plan::{Planned, Release, plan};
use super::walk::{Along, Walk, Walked};
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
    /// Walk to every so manieth place only.
    #[arg(long, requires = "walk", default_value_t = 1)]
    every: u32,
}

fn default_lanes() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from) + 1
}

/// Runs the program.
pub fn main() -> ExitCode {
    let Arguments { sweep, fhir, walk, xml, put, every } = Arguments::parse();
    if sweep.list {
        say(&sweep.names().join("\n"));
        return ExitCode::SUCCESS;
    }
    let outcome = match walk {
        Some(along) => {
            let Sweep { lanes, scratch, .. } = sweep;
            Walk { along, r5: fhir == Some(Release::R5), xml, put, every, lanes, scratch }.run()
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

/// What a sweep came to.
#[derive(Debug, Default)]
pub struct Outcome {
    rows: BTreeMap<usize, Row>,
    pub(super) not_run: Vec<(&'static str, String)>,
    /// The ways that were walked.
    pub walked: Vec<Walked>,
    /// What went wrong, each with the command that repeats it.
    pub failures: Vec<String>,
    pub(super) seconds: u64,
    /// Minutes of which word was given.
    minutes: u64,
}

#[derive(Debug, Default)]
struct Row {
    name: String,
    runs: u32,
    unmet: u32,
    failed: u32,
    sum: Tally,
    drains: Vec<u64>,
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
        if !tally.holds() {
            let problems = tally.problems.join("\n    ");
            let failure =
                format!("✗ {}: repeat with {}\n    {problems}", planned.fault.name, planned.again());
            // At once: a long sweep may be ended before its table.
            let _ = writeln!(std::io::stderr(), "{failure}");
            outcome.failures.push(failure);
        }
        outcome.add(planned.row, planned.fault.name, tally);
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

impl Outcome {
    /// Writes the table into this file.
    fn keep(&self, file: Option<&Path>) {
        if let Some(Err(error)) = file.map(|file| std::fs::write(file, self.table())) {
            let _ = writeln!(std::io::stderr(), "the table cannot be written: {error}");
        }
    }

    pub(super) fn add(&mut self, number: usize, name: &str, tally: &Tally) {
        let row = self.rows.entry(number).or_default();
        name.clone_into(&mut row.name);
        row.failed += u32::from(!tally.holds());
        if tally.unmet && tally.holds() {
            row.unmet += 1;
            return;
        }
        row.runs += 1;
        row.drains.push(tally.drain);
        row.sum.frozen += tally.frozen;
        row.sum.delivered += tally.delivered;
        row.sum.lost += tally.lost;
        row.sum.duplicated += tally.duplicated;
        row.sum.falsely_sent += tally.falsely_sent;
        row.sum.undetected += tally.undetected;
        row.sum.false_alerts += tally.false_alerts;
        row.sum.images += tally.images;
    }

    /// Whether everything that must be zero is.
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    /// How many faults were injected.
    pub fn runs(&self) -> u32 {
        self.rows.values().map(|row| row.runs).sum()
    }

    /// The faults that were injected at least once.
    pub fn met(&self) -> Vec<&str> {
        self.rows.values().filter(|row| row.runs > 0).map(|row| row.name.as_str()).collect()
    }

    /// The faults that cannot be injected here, and why.
    pub fn not_run(&self) -> &[(&'static str, String)] {
        &self.not_run
    }

    /// The table, in Markdown.
    pub fn table(&self) -> String {
        let mut text = String::from(
            "| fault | runs | frozen | delivered | lost | duplicated | falsely sent | undetected alterations | \
             false alerts | failed runs | 99th percentile drain, ms |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        let mut all = Row { name: "**all**".to_owned(), ..Row::default() };
        for row in self.rows.values() {
            line(&mut text, row);
            all.runs += row.runs;
            all.unmet += row.unmet;
            all.failed += row.failed;
            all.drains.extend(&row.drains);
            for (sum, one) in [
                (&mut all.sum.frozen, row.sum.frozen),
                (&mut all.sum.delivered, row.sum.delivered),
                (&mut all.sum.lost, row.sum.lost),
                (&mut all.sum.duplicated, row.sum.duplicated),
                (&mut all.sum.falsely_sent, row.sum.falsely_sent),
                (&mut all.sum.undetected, row.sum.undetected),
                (&mut all.sum.false_alerts, row.sum.false_alerts),
                (&mut all.sum.images, row.sum.images),
            ] {
                *sum += one;
            }
        }
        line(&mut text, &all);
        for (name, reason) in &self.not_run {
            let _ = writeln!(text, "| {name} | not run: {reason} | | | | | | | | | |");
        }
        let _ = write!(
            text,
            "\n{} faults injected in {} s; {} more runs ended before their fault came, and are not counted; {} images \
             of a lost power supply.",
            all.runs, self.seconds, all.unmet, all.sum.images
        );
        for way in &self.walked {
            let _ = write!(text, "\n{way}");
        }
        text
    }
}

fn line(text: &mut String, row: &Row) {
    let mut drains = row.drains.clone();
    drains.sort_unstable();
    let percentile = drains.get((drains.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
    let sum = &row.sum;
    let _ = writeln!(
        text,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {percentile} |",
        row.name,
        row.runs,
        sum.frozen,
        sum.delivered,
        sum.lost,
        sum.duplicated,
        sum.falsely_sent,
        sum.undetected,
        sum.false_alerts,
        row.failed,
    );
}
