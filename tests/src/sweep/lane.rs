//! A server, the proxy before it and a device that is ready to sign; runs follow one another on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::runtime::Handle;

use super::chance::Chance;
use super::network::KINDS;
use super::oracle::Tally;
use super::process::{Ended, Home, Launch, Process, Speech, well_or_killed};
use super::proxy::Proxy;
use super::reports::REPORT;
use super::server::Server;
use super::told::{Raised, Report};
use crate::here::tried;

/// After so many runs a lane is made anew, with a new server and a new device.
pub(super) const RENEWED_AFTER: u32 = 40;
/// The file beside the keys with the only authority that is trusted.
pub(super) const ANCHOR: &str = "anchor.pem";
/// Questionnaires that wait for a signature at the start of every run.
pub(super) const VISITS: u32 = 3;

/// The start of a device that is made ready.
pub(super) fn preparing() -> Launch {
    Launch { prepare: Some(VISITS), ..Launch::default() }
}

/// The programs that a sweep starts.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    /// `device-process`.
    pub(super) device: PathBuf,
    /// `practice-server-process`.
    pub(super) server: PathBuf,
}

impl Programs {
    /// Those that were built beside this program.
    pub(super) fn beside_this() -> Self {
        let folder = std::env::current_exe().unwrap();
        let mut folder = folder.parent().unwrap();
        if folder.ends_with("deps") {
            folder = folder.parent().unwrap();
        }
        Self { device: folder.join("device-process"), server: folder.join("practice-server-process") }
    }
}

/// See the module.
pub(super) struct Lane {
    /// The server.
    pub(super) server: Server,
    /// What stands before it.
    pub(super) proxy: Proxy,
    /// Whether they speak R5.
    pub(super) r5: bool,
    programs: Programs,
    ready: Home,
    folder: PathBuf,
    number: u32,
}

impl Lane {
    /// A new server and a new device in `folder`.
    pub(super) fn new(programs: &Programs, folder: PathBuf, r5: bool, runtime: &Handle) -> Self {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let server = Server::start(&programs.server, folder.join("server"), r5);
        let proxy = Proxy::start(server.port, runtime);
        let ready = Home::new(folder.join("ready"));
        std::fs::write(ready.keys.join(ANCHOR), server.anchor()).unwrap();
        let (speech, launch) = (Speech { r5, xml: false, put: false }, preparing());
        let mut process = Process::start(&programs.device, &ready, &proxy.base(), speech, &launch);
        let ended = process.ended();
        assert!(process.end(), "a device is made ready: {ended:?}; {}", ready.errors());
        Self { server, proxy, r5, programs: programs.clone(), ready, folder, number: 0 }
    }

    /// How many runs it has seen.
    pub(super) fn runs(&self) -> u32 {
        self.number
    }

    /// Begins a run.
    pub(super) fn run(&mut self, chance: Chance, xml: bool, put: bool) -> Run<'_> {
        self.number += 1;
        let home = self.ready.copy(self.folder.join(format!("run-{}", self.number)));
        let place = self.server.place();
        self.proxy.set(Vec::new());
        self.server.arm(&[]);
        Run {
            speech: Speech { r5: self.r5, xml, put },
            lane: self,
            chance,
            home,
            place,
            saved: Vec::new(),
            refused: Vec::new(),
            proven_twice: false,
        }
    }
}

/// One run: a copy of the ready device, and what it has said so far.
pub(super) struct Run<'a> {
    /// Where it runs.
    pub(super) lane: &'a Lane,
    /// What is left to chance.
    pub(super) chance: Chance,
    /// How the device speaks.
    pub(super) speech: Speech,
    /// The device's things.
    pub(super) home: Home,
    /// How far the server's store had come.
    pub(super) place: i64,
    /// The responses that the device said were saved.
    pub(super) saved: Vec<String>,
    /// Why it did not sign, or did not save.
    pub(super) refused: Vec<String>,
    /// Whether the server may have a record's proof twice: an older copy of the device's things came back, or a request came late.
    pub(super) proven_twice: bool,
}

impl Run<'_> {
    /// Starts the device.
    pub(super) fn start(&self, launch: &Launch) -> Process {
        self.start_at(&self.home, launch)
    }

    /// Starts a device on these things.
    pub(super) fn start_at(&self, home: &Home, launch: &Launch) -> Process {
        Process::start(&self.lane.programs.device, home, &self.lane.proxy.base(), self.speech, launch)
    }

    /// What came of it; what it said is remembered.
    pub(super) fn wait(&mut self, process: &mut Process) -> Ended {
        let ended = process.ended();
        self.remember(process);
        ended
    }

    /// Tells the device to do something and waits.
    pub(super) fn ask(&mut self, process: &mut Process, command: &str) -> Ended {
        let ended = process.asked(command);
        self.remember(process);
        ended
    }

    /// Remembers what it has said.
    pub(super) fn remember(&mut self, process: &mut Process) {
        self.saved.append(&mut process.frozen);
        self.refused.append(&mut process.refused);
    }

    /// A device that is started and stands still.
    pub(super) fn settled(&mut self, launch: &Launch) -> (Process, Report) {
        let mut process = self.start(launch);
        let report = self.report(&mut process);
        (process, report)
    }

    /// A start that is traced, until it is no more: it ends well, or by its tracer.
    pub(super) fn disturbed(&mut self, launch: &Launch) -> Process {
        let mut process = self.start(launch);
        let ended = self.wait(&mut process);
        let status = process.status();
        assert!(well_or_killed(status), "a device ended by itself: {ended:?}, {status:?}; {}", self.errors());
        process
    }

    /// The report of a device that is not expected to end.
    pub(super) fn report(&mut self, process: &mut Process) -> Report {
        let ended = self.wait(process);
        self.expect(ended)
    }

    /// The same for a command.
    pub(super) fn told(&mut self, process: &mut Process, command: &str) -> Report {
        let ended = self.ask(process, command);
        self.expect(ended)
    }

    fn expect(&self, ended: Ended) -> Report {
        match ended {
            Ended::Settled(report) => *report,
            other => panic!("the device was to stand still: {other:?}; {}", self.errors()),
        }
    }

    /// What the devices of this run wrote to standard error.
    pub(super) fn errors(&self) -> String {
        self.home.errors()
    }

    /// Sends the outbox again, twice, and notes whether anything on the server changed.
    pub(super) fn replay(&mut self, process: &mut Process, tally: &mut Tally) {
        let before = self.lane.server.place();
        for unsure in ["0", "1"] {
            let report = self.told(process, &format!("replay {unsure}"));
            tally.must(report.held.is_none(), || format!("a replay is held: {:?}", report.held));
            // Where a record was proven twice, whoever looks finds two proofs: an alert names both.
            let twice = |alert: &Raised| alert.kind == "duplicates" && alert.phase == "Provenance";
            let told = self.proven_twice && !report.alerts.is_empty() && report.alerts.iter().all(twice);
            let kinds = KINDS.into_iter().chain((!told).then_some(REPORT));
            let written: Vec<_> =
                kinds.flat_map(|kind| vec![kind; self.lane.server.after(before, kind).len()]).collect();
            if !written.is_empty() {
                tally.duplicated += u32::try_from(written.len()).unwrap();
                tally.problems.push(format!("a replay (unsure = {unsure}) wrote versions of {written:?}"));
            }
        }
    }

    /// The files of the run are no longer needed.
    pub(super) fn clear(self) {
        let _ = std::fs::remove_dir_all(&self.home.folder);
    }
}

/// Whether a program can be traced here, and if not why.
pub(super) fn tracing(folder: &Path) -> Result<(), String> {
    let log = folder.join("strace.log");
    let mut strace = Command::new("strace");
    strace.args(["-f", "--seccomp-bpf", "-qq", "-o"]).arg(&log);
    strace.args(["-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when=9", "true"]);
    tried(strace, "strace may not trace here")
}
