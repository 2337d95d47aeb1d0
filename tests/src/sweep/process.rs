//! A device process: started, listened to, told what to do, ended or killed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::{Duration, Instant};

use clap::Args;
use questionnaire::Event;

use super::disk::MOUNTED;
use super::told::{Report, Told};
use crate::here::ALONE;

/// How long a device may say nothing.
const PATIENCE: Duration = Duration::from_mins(5);

/// How a device is started.
#[derive(Debug, Clone, Default)]
pub(super) struct Launch {
    /// Sign at most so many.
    pub(super) captures: Option<u32>,
    /// How long a request may take, in milliseconds.
    pub(super) timeout: Option<u64>,
    /// The clock minus the system's, in seconds.
    pub(super) clock: i64,
    /// Make ready: so many visits are answered and reviewed.
    pub(super) prepare: Option<u32>,
    /// Get a new certificate first.
    pub(super) enrol: bool,
    /// How many seconds that one lives.
    pub(super) life: Option<u32>,
    /// Have the certificate revoked first.
    pub(super) revoke: bool,
    /// Where it ends itself.
    pub(super) failpoint: Option<String>,
    /// What `strace` does to it; to its first thread only, where `-f` is not among that.
    pub(super) trace: Option<Vec<String>>,
    /// The time zone, as POSIX writes it.
    pub(super) zone: Option<&'static str>,
    /// The data folder is small.
    pub(super) small: Option<Small>,
    /// It shows access tokens, and asks for them where its server is.
    pub(super) login: bool,
    /// It speaks TLS.
    pub(super) tls: Option<Tls>,
}

/// A way to the server that is secured.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    /// The server's base address there.
    pub(super) server: String,
    /// The file with the only anchor that is trusted.
    pub(super) anchor: PathBuf,
}

/// A file system with little room.
#[derive(Debug, Clone)]
pub(super) struct Small {
    /// So many KiB more than what is there.
    pub(super) room: u64,
    /// After so many milliseconds there is enough.
    pub(super) grows: Option<u64>,
    /// Where its files are once the device has ended.
    pub(super) kept: PathBuf,
}

/// How a device speaks with its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub(super) struct Speech {
    /// FHIR R5 instead of R4.
    #[arg(long)]
    pub(super) r5: bool,
    /// XML instead of JSON.
    #[arg(long)]
    pub(super) xml: bool,
    /// Creates by `PUT` instead of `POST`.
    #[arg(long)]
    pub(super) put: bool,
}

/// What came of a start or a command.
#[derive(Debug)]
pub(super) enum Ended {
    /// It stands still.
    Settled(Box<Report>),
    /// It did not open.
    Failed(String),
    /// It is no more.
    Gone,
}

/// A draft, as a device speaks of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// What it found when it began.
    pub(super) found: Vec<Event>,
    /// What it said that it has stored since.
    pub(super) stored: Vec<Event>,
}

/// A running device.
pub(super) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<Told>,
    /// The responses that it said were saved.
    pub(super) frozen: Vec<String>,
    /// Why it did not sign, or did not save.
    pub(super) refused: Vec<String>,
    /// It said that it has its first certificate.
    pub(super) enrolled: bool,
    /// What it found of the draft of each visit when it began, and what it said that it has stored since.
    pub(super) drafts: BTreeMap<String, Draft>,
    /// What came of it already.
    early: Option<Ended>,
}

impl Process {
    /// Starts a device on `data`.
    pub(super) fn start(program: &Path, home: &Home, server: &str, speech: Speech, launch: &Launch) -> Self {
        let server = launch.tls.as_ref().map_or(server, |tls| tls.server.as_str());
        let mut command = around(program, home, launch);
        command
            .args(["--data".as_ref(), home.data.as_os_str(), "--keys".as_ref(), home.keys.as_os_str()])
            .args(["--server", server, "--clock", &launch.clock.to_string()])
            .env_remove("ATTESTA_FAILPOINT");
        let with = |name: &'static str, value: Option<String>| value.map(|value| [name.to_owned(), value]);
        command
            .args(with("--captures", launch.captures.map(|number| number.to_string())).into_iter().flatten());
        command
            .args(with("--timeout", launch.timeout.map(|number| number.to_string())).into_iter().flatten());
        command
            .args(with("--prepare", launch.prepare.map(|number| number.to_string())).into_iter().flatten());
        command.args(speech.r5.then_some("--r5")).args(speech.xml.then_some("--xml"));
        command.args(speech.put.then_some("--put"));
        command.args(with("--life", launch.life.map(|seconds| seconds.to_string())).into_iter().flatten());
        command.args(launch.revoke.then_some("--revoke"));
        command.args(launch.enrol.then_some("--enrol")).args(launch.login.then_some("--login"));
        if let Some(tls) = &launch.tls {
            command.arg("--anchor").arg(&tls.anchor);
        }
        command.envs(launch.zone.map(|zone| ("TZ", zone)));
        command.envs(launch.failpoint.iter().map(|point| ("ATTESTA_FAILPOINT", point)));
        let errors = File::options().create(true).append(true).open(home.folder.join(ERRORS)).unwrap();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            // So that a tracer and what it traces can be ended together.
            .process_group(0)
            .spawn()
            .expect("the device is built");
        let (told, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // A line may be cut by a kill.
                let Ok(line) = serde_json::from_str(&line) else { continue };
                if told.send(line).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self {
            child,
            input,
            lines,
            frozen: Vec::new(),
            refused: Vec::new(),
            enrolled: false,
            drafts: BTreeMap::new(),
            early: None,
        }
    }

    /// Waits until it stands still or is no more.
    pub(super) fn ended(&mut self) -> Ended {
        if let Some(ended) = self.early.take() {
            return ended;
        }
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(told) => {
                    if let Some(ended) = self.hear(told) {
                        return ended;
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = self.child.wait();
                    return Ended::Gone;
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.kill();
                    panic!("a device said nothing for {PATIENCE:?}");
                }
            }
        }
    }

    /// Whether it neither stands still nor has ended. What came of it is kept.
    pub(super) fn is_at_work(&mut self) -> bool {
        while self.early.is_none() {
            match self.lines.try_recv() {
                Ok(told) => self.early = self.hear(told),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        false
    }

    fn hear(&mut self, told: Told) -> Option<Ended> {
        match told {
            Told::Opened => None,
            Told::Enrolled => {
                self.enrolled = true;
                None
            }
            Told::Found { visit, events } => {
                self.drafts.entry(visit).or_default().found = events;
                None
            }
            Told::Drafted { visit, event } => {
                self.drafts.entry(visit).or_default().stored.push(*event);
                None
            }
            Told::Frozen { identifier } => {
                self.frozen.push(identifier);
                None
            }
            Told::Refused { code } => {
                self.refused.push(code);
                None
            }
            Told::Settled(report) => Some(Ended::Settled(report)),
            Told::Failed { code } => {
                let _ = self.child.wait();
                Some(Ended::Failed(code))
            }
        }
    }

    /// Tells it what to do, without waiting.
    pub(super) fn tell(&mut self, command: &str) {
        if let Some(input) = &mut self.input {
            // A device that is gone is noticed by what it does not say.
            let _ = writeln!(input, "{command}");
        }
    }

    /// Waits until it has said that so many are saved.
    pub(super) fn saved(&mut self, number: usize) {
        while self.frozen.len() < number {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(Told::Frozen { identifier }) => self.frozen.push(identifier),
                Ok(Told::Opened) => {}
                _ => return,
            }
        }
    }

    /// Tells it what to do, and waits until it stands still again.
    pub(super) fn asked(&mut self, command: &str) -> Ended {
        self.tell(command);
        self.ended()
    }

    /// Ends it as a person does. False when it did not end well by itself.
    pub(super) fn end(&mut self) -> bool {
        self.status().is_some_and(|status| status.success())
    }

    /// The same: how it ended by itself.
    pub(super) fn status(&mut self) -> Option<ExitStatus> {
        drop(self.input.take());
        let until = Instant::now() + Duration::from_mins(2);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            if Instant::now() > until {
                self.kill();
                return None;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends it without any clean-up, with its tracer.
    pub(super) fn kill(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.kill();
        }
    }
}

/// Whether a traced device ended well, or was killed by its tracer: one that panics has ended by itself.
pub(super) fn well_or_killed(status: Option<ExitStatus>) -> bool {
    status.is_some_and(|status| status.success() || status.signal() == Some(KILL))
}

/// The program, within what traces it or gives it a small disk.
fn around(program: &Path, home: &Home, launch: &Launch) -> Command {
    if let Some(arguments) = &launch.trace {
        let mut command = Command::new("strace");
        command.arg("-qq").args(arguments).arg(program);
        return command;
    }
    let Some(small) = &launch.small else { return Command::new(program) };
    let mut command = Command::new("unshare");
    let seconds = small.grows.map(|after| format!("{}.{:03}", after / 1000, after % 1000));
    command.args(ALONE).args(["sh", "-c", MOUNTED]).arg(&home.data).arg(&small.kept);
    command.args([small.room.to_string(), seconds.unwrap_or_default()]).arg(program);
    command
}

/// `SIGKILL`.
const KILL: i32 = 9;
/// The name of the data folder among those.
pub(super) const DATA: &str = "data";
/// The name of the file with what its devices wrote to standard error.
const ERRORS: &str = "stderr.log";

/// Where a device keeps its things.
#[derive(Debug, Clone)]
pub(super) struct Home {
    /// Everything.
    pub(super) folder: PathBuf,
    /// The data folder.
    pub(super) data: PathBuf,
    /// What stands for the keystore.
    pub(super) keys: PathBuf,
}

impl Home {
    /// What the devices here wrote to standard error.
    pub(super) fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.join(ERRORS)).unwrap_or_default()
    }

    /// The places in a folder; the keystore is made.
    pub(super) fn new(folder: PathBuf) -> Self {
        let (data, keys) = (folder.join(DATA), folder.join("keys"));
        std::fs::create_dir_all(&keys).unwrap();
        Self { folder, data, keys }
    }

    /// The database.
    pub(super) fn database(&self) -> PathBuf {
        self.data.join(device::DATABASE)
    }

    /// A copy of everything in another folder.
    pub(super) fn copy(&self, folder: PathBuf) -> Self {
        let copy = Self::new(folder);
        copy_folder(&self.data, &copy.data);
        copy_folder(&self.keys, &copy.keys);
        copy
    }
}

/// Copies the files of a folder, in place of those that are there.
pub(super) fn copy_folder(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
