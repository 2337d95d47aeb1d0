//! The program under test with its driver: tauri-driver speaks WebDriver to us and `WebKitWebDriver` to the window.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

/// A started program, its driver, and the line to it.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) client: Client,
    pub(super) application: PathBuf,
    driver: Driver,
    /// When the driver was asked for the window.
    pub(super) asked_at: Instant,
}

impl Running {
    /// Starts the program with `more` arguments; what it logs goes to the file `log`.
    pub(super) async fn start(
        more: &[&str],
        data: &Path,
        exports: &Path,
        log: &Path,
        environment: &[(&'static str, String)],
    ) -> Self {
        let application = program("ATTESTA_APP", "debug/attesta-desktop");
        let driver = Driver::start(environment, log).await;
        let mut arguments = vec![json!("--data-dir"), json!(data), json!("--export-dir"), json!(exports)];
        arguments.extend(more.iter().map(|one| json!(one)));
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("browserName".into(), json!("wry"));
        capabilities.insert(
            "tauri:options".into(),
            json!({
                "application": application,
                "args": arguments,
            }),
        );
        let asked_at = Instant::now();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap_or_else(|error| panic!("{} shows no window: {error}", application.display()));
        Self { client, application, driver, asked_at }
    }

    /// The program's own process: the one that this driver started.
    pub(super) fn process(&self) -> Option<u32> {
        processes().into_iter().find(|&id| {
            let arguments = arguments_of(id);
            arguments.first().is_some_and(|program| Path::new(program) == self.application)
                && arguments.iter().any(|argument| argument == "--data-dir")
                && self.driver.started(id)
        })
    }

    /// What the screen shows where the page is, as PNG. Taken from the display: WebKit's driver sometimes never answers
    /// when it is asked for a picture of a page at rest.
    pub(super) async fn picture(&self) -> Vec<u8> {
        let place = "return [innerWidth, innerHeight, screenX, screenY]";
        let place =
            tokio::time::timeout(Duration::from_secs(5), self.client.execute(place, Vec::new())).await;
        let mut import = Command::new("import");
        import.args(["-window", "root"]);
        if let Ok(Ok(place)) = place {
            import.args([
                "-crop",
                &format!("{}x{}+{}+{}", place[0], place[1], place[2], place[3]),
                "+repage",
            ]);
        }
        let taken = import.arg("png:-").output().expect("import starts (package imagemagick)");
        taken.stdout
    }

    /// Kills the program without a farewell, and waits until it is gone.
    pub(super) fn kill_program(&self) {
        let Some(id) = self.process() else { return };
        let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        let until = Instant::now() + Duration::from_mins(1);
        while self.process().is_some() {
            assert!(Instant::now() < until, "the program is still there after SIGKILL");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill_program();
        self.driver.end();
    }
}

/// How often the driver is started anew because somebody else has taken its port.
const ATTEMPTS: u32 = 5;

/// tauri-driver, with `WebKitWebDriver` below it, in a process group of their own.
#[derive(Debug)]
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// On ports that were free a moment ago: where somebody else was faster, on others.
    async fn start(environment: &[(&'static str, String)], log: &Path) -> Self {
        for _ in 0..ATTEMPTS {
            if let Some(started) = Self::start_on(two_free_ports(), environment, log).await {
                return started;
            }
        }
        panic!("the driver does not listen (is webkit2gtk-driver installed?)");
    }

    async fn start_on(
        (port, native_port): (u16, u16),
        environment: &[(&'static str, String)],
        log: &Path,
    ) -> Option<Self> {
        let log = File::options().create(true).append(true).open(log).unwrap();
        let driver = program("ATTESTA_TAURI_DRIVER", "tools/bin/tauri-driver");
        let child = Command::new(&driver)
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            // The program's own log comes this way.
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", driver.display()));
        let mut this = Self { child, port };
        for port in [port, native_port] {
            if !this.listens(port).await {
                this.end();
                return None;
            }
        }
        Some(this)
    }

    /// Waits until something listens there; not longer than the driver lives.
    async fn listens(&mut self, port: u16) -> bool {
        let until = Instant::now() + Duration::from_mins(1);
        while Instant::now() < until && self.child.try_wait().ok().flatten().is_none() {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    /// Whether a process descends from this driver.
    fn started(&self, process: u32) -> bool {
        let mut at = Some(process);
        while let Some(id) = at {
            if id == self.child.id() {
                return true;
            }
            at = parent_of(id);
        }
        false
    }

    fn end(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).stderr(Stdio::null()).status();
        let until = Instant::now() + Duration::from_secs(3);
        while self.child.try_wait().ok().flatten().is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// Where a program is: what `variable` says, else its usual place below the target folder.
pub fn program(variable: &str, usual: &str) -> PathBuf {
    let path = std::env::var_os(variable)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(usual), PathBuf::from);
    path.canonicalize().unwrap_or_else(|error| {
        panic!("{} is not there ({error}): make test builds it, or set {variable}", path.display())
    })
}

fn two_free_ports() -> (u16, u16) {
    let (one, other) = (TcpListener::bind("127.0.0.1:0").unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    (one.local_addr().unwrap().port(), other.local_addr().unwrap().port())
}

/// All processes of this machine that can be seen.
pub(super) fn processes() -> Vec<u32> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

/// The command line of a process; empty for one that has ended.
pub(super) fn arguments_of(process: u32) -> Vec<String> {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    line.split(|&byte| byte == 0)
        .filter(|part| !part.is_empty())
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect()
}

/// The process that started this one.
pub(super) fn parent_of(process: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

/// Memory of processes, in KiB.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Resident set: every page that is in memory, shared libraries included.
    pub resident: u64,
    /// Of it anonymous: what the processes wrote themselves.
    pub anonymous: u64,
    /// Proportional set: shared pages divided by those who share them.
    pub proportional: u64,
}

/// What a process has started, and what that has (the web view's).
fn started_by(process: u32) -> impl Iterator<Item = u32> {
    let descends = move |mut id: u32| {
        while let Some(parent) = parent_of(id) {
            if parent == process {
                return true;
            }
            id = parent;
        }
        false
    };
    processes().into_iter().filter(move |&id| descends(id))
}

/// The processor time, in seconds, of a process itself, and of all that it started and that is still there.
pub fn processor_time(process: u32) -> Option<(f64, f64)> {
    let time = |process: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The second field is a name in brackets, which may hold spaces; after it, the twelfth and thirteenth are hundredths of
        // a second in the program and in the kernel.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
        Some(ticks.sum::<f64>() / 100.0)
    };
    Some((time(process)?, started_by(process).filter_map(time).sum()))
}

/// The memory of a process itself, and of all that it started.
pub fn memory(process: u32) -> (Memory, Memory) {
    let started: Vec<Memory> = started_by(process).filter_map(memory_of).collect();
    let sum = |part: fn(&Memory) -> u64| started.iter().map(part).sum();
    let others = Memory {
        resident: sum(|one| one.resident),
        anonymous: sum(|one| one.anonymous),
        proportional: sum(|one| one.proportional),
    };
    (memory_of(process).unwrap_or_default(), others)
}

fn memory_of(process: u32) -> Option<Memory> {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let field = |name: &str| {
        let line = rollup.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Some(Memory { resident: field("Rss:")?, anonymous: field("Anonymous:")?, proportional: field("Pss:")? })
}
