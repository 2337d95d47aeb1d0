//! Walks: not by lot but one after the other, every call that writes and every octet of an answer.

mod calls;
mod set_up;
mod way;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::ValueEnum;
use tokio::runtime::Handle;

use self::calls::{Call, WRITING, counted, killed_at};
use self::set_up::unprepared;
use self::way::{Step, Way};
use super::chance::Chance;
use super::lane::{Lane, Programs, RENEWED_AFTER, Run, preparing, tracing};
use super::network::{KINDS, RESPONSE, all_signed, finish};
use super::oracle::{Excuse, Tally, judge, judge_alerts};
use super::outcome::Outcome;
use super::power;
use super::process::{DATA, Launch};
use super::storage::{injection, recovered};
use super::strace::LOG;
use super::sweeping::{carried_out, scratch};
use super::wire::{Action, Trap, Until, Verb};

pub use self::way::Walked;

/// So many places in a row that no run came to are beyond the end.
const BEYOND: u32 = 6;
/// Each is tried this often: how often a device makes a call differs a little from run to run.
const TRIES: u64 = 3;
/// So many are where the steps are longer than that; each but the first is tried once then.
const BEYOND_IN_STEPS: u32 = 2;

/// What is walked along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Along {
    /// `kill -9` at every call of a device that changes or flushes something: it signs and delivers.
    Calls,
    /// The same of a device that gets a new certificate before.
    EnrolmentCalls,
    /// The same of a device that is set up for the first time, and on which questionnaires are answered.
    SetUpCalls,
    /// The power is cut at every `pwrite64` and `fsync` of the thread that comes to its number first.
    PowerCuts,
    /// The same of a device that is set up for the first time, and on which questionnaires are answered.
    SetUpPowerCuts,
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
    /// Only every Nth place.
    pub every: u32,
    /// Only this place of each way.
    pub place: Option<u32>,
    /// How many lanes, as in a sweep.
    pub lanes: usize,
    /// Where devices and servers keep their things, as in a sweep.
    pub scratch: Option<PathBuf>,
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
        let untraceable = tracing(&folder).err().filter(|_| self.traces());
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

    fn traces(&self) -> bool {
        !matches!(self.along, Along::Answers | Along::DocumentAnswers)
    }

    fn lane(&self, folder: &Path, runtime: &Handle) -> Lane {
        Lane::new(&Programs::beside_this(), folder.to_owned(), self.r5, runtime)
    }

    fn launch(&self) -> Launch {
        if self.along == Along::SetUpCalls {
            return preparing();
        }
        let enrol = matches!(self.along, Along::EnrolmentCalls | Along::DocumentAnswers);
        Launch { enrol, ..Launch::default() }
    }

    fn ways(&self, folder: &Path, runtime: &Handle) -> Vec<Way> {
        let ways = match self.along {
            Along::Calls | Along::EnrolmentCalls | Along::SetUpCalls => {
                let calls = self.calls(folder, runtime).into_iter();
                calls.map(|(call, places)| (Step::Kill(call), places)).collect()
            }
            Along::PowerCuts | Along::SetUpPowerCuts => {
                ["pwrite64", "fsync"].map(|call| (Step::PowerCut(call), None)).to_vec()
            }
            Along::Answers | Along::DocumentAnswers => {
                [false, true].map(|reset| (Step::Cut { reset }, None)).to_vec()
            }
        };
        ways.into_iter().map(|(step, places)| Way::new(step, places)).collect()
    }

    /// The calls of an undisturbed start, and how many there are of each.
    fn calls(&self, folder: &Path, runtime: &Handle) -> Vec<(Call, Option<u32>)> {
        let mut lane = self.lane(&folder.join("undisturbed"), runtime);
        let mut run = lane.run(Chance::new(0, "undisturbed"), self.xml, self.put);
        let log = run.home.folder.join("undisturbed.log");
        let arguments = ["-f", "-y", "-o", &log.to_string_lossy(), "-e", &format!("trace={WRITING}")];
        let trace = Some(arguments.map(str::to_owned).to_vec());
        if self.along == Along::SetUpCalls {
            unprepared(&run);
        }
        let mut process = run.start(&Launch { trace, ..self.launch() });
        let ended = run.wait(&mut process);
        assert!(process.end(), "an undisturbed start ends well: {ended:?}");
        let calls = counted(&fs::read_to_string(&log).unwrap(), &fs::canonicalize(&run.home.data).unwrap());
        run.clear();
        calls
    }

    fn work(&self, ways: &[Way], noted: &Mutex<Outcome>, folder: &Path, runtime: &Handle) {
        let beyond = if self.every > 1 { BEYOND_IN_STEPS } else { BEYOND };
        let mut lane = None;
        for (number, way) in ways.iter().enumerate() {
            while let Some(place) = way.next(self.every, beyond, self.place) {
                let tries = if self.every > 1 && place > 1 { 1 } else { TRIES };
                for again in 1..=tries {
                    let here: &mut Lane = lane.get_or_insert_with(|| self.lane(folder, runtime));
                    let chance = Chance::new(place.into(), &way.name);
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
                    outcome.note(number, &way.name, &self.again(place), &tally);
                    drop(outcome);
                    let (met, held) = (!tally.unmet, tally.holds());
                    if met || !held || again == tries {
                        way.note(place, met, held);
                        break;
                    }
                }
            }
        }
    }

    /// The arguments that go to this place again.
    fn again(&self, place: u32) -> String {
        let along = self.along.to_possible_value();
        let mut again = format!("--walk {}", along.as_ref().map_or("", |along| along.get_name()));
        again += if self.r5 { " --fhir R5" } else { " --fhir R4" };
        for (asked, argument) in [(self.xml, " --xml"), (self.put, " --put")] {
            again += if asked { argument } else { "" };
        }
        format!("{again} --place {place}")
    }

    fn step(&self, run: &mut Run<'_>, step: &Step, place: u32) -> Tally {
        let call = match step {
            Step::Kill(call) => call,
            Step::PowerCut(call) if self.along == Along::SetUpPowerCuts => {
                return set_up::cut(run, call, place.into());
            }
            Step::PowerCut(call) => return power::cut_at(run, call, place.into()),
            Step::Cut { reset } => return self.cut(run, place - 1, *reset),
        };
        let mut trace = injection(run, &format!("{}:signal=KILL:when={place}", call.name));
        if let Some(file) = &call.file {
            // Without a stroke at its end, which the data folder would have.
            let file: PathBuf =
                fs::canonicalize(&run.home.folder).unwrap().join(DATA).join(file).components().collect();
            trace.extend(["-P".to_owned(), file.to_string_lossy().into_owned()]);
        }
        // Without it only the first thread is traced.
        trace.retain(|argument| !call.first || argument != "-f");
        let launch = Launch { trace: Some(trace), ..self.launch() };
        if self.along == Along::SetUpCalls {
            return set_up::killed(run, &launch, |log| killed_at(log, call, place));
        }
        run.disturbed(&launch);
        let met = killed_at(&log(run), call, place);
        recovered(run, !met)
    }

    /// The answers to three responses and three Provenances end at three octets in a row, or that to a document at one.
    fn cut(&self, run: &mut Run<'_>, place: u32, reset: bool) -> Tally {
        let octet = |octet: u32| Action::Cut { end: Until::Octet(octet as usize), reset };
        let trap = |kind, at| Trap { verb: Verb::Create, kind, skip: 0, times: 1, action: octet(at) };
        let traps = match self.along {
            Along::DocumentAnswers => vec![trap(KINDS[2], place)],
            _ => (0..3)
                .flat_map(|nth| [RESPONSE, "Provenance"].map(|kind| trap(kind, 3 * place + nth)))
                .collect(),
        };
        let all = traps.len();
        run.lane.proxy.set(traps);
        let (process, report) = run.settled(&self.launch());
        let cut = run.lane.proxy.met();
        // Each is cut there, if it is that long, and one of them is.
        let met = cut.len() == all && cut.iter().any(|met| met.within);
        let mut tally = judge(&run.lane.server, run.place, &run.saved, &report, &Excuse::default());
        tally.unmet = !met;
        tally.drain = report.milliseconds;
        judge_alerts(&mut tally, &report, &[]);
        all_signed(&mut tally, &report);
        finish(run, process, tally)
    }
}

/// What the tracer of a run wrote.
fn log(run: &Run<'_>) -> String {
    fs::read_to_string(run.home.folder.join(LOG)).unwrap()
}
