//! A device as a process of its own: it signs what waits for a signature and delivers it, by the real ways, and is told on
//! its standard input what happens to it.
//!
//! Commands: `clock SECONDS` (the clock is set), `accept` (a person takes the clock as right), `capture`, `replay 0|1`,
//! `resolve` (a person sends everything again that an alert stands against), `send` (a person sends what waits now), `look` (the
//! same, when it is time to look once more, and that is waited for), `report`. The end of the input ends it.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use clap::Parser;
use client::smart::{BackendServices, Registration};
use client::{Authentication, Client, Format, Options, Transport};
use device::delivery::{Worker, WorkerHandle, alert_detail, alert_rows, failpoint};
use device::store::alert::Action;
use device::{Clock, Create, Device, Error, FhirVersion};
use jiff::{SignedDuration, Zoned};
use seal::Signer;
use tokio::runtime::Runtime;

use super::capture;
use super::login::{AnyKey, TOKENS};
use super::process::Speech;
use super::standing;
use super::told::{Report, Told};
use crate::alerts::decision;
use crate::delivery::context;

/// By when it is time to look again, where a look has shown nothing.
const PUT_OFF: Duration = Duration::from_secs(2);
/// More than what a device waits before it looks once more.
const LATER: Duration = Duration::from_mins(16);
/// More than what it ever waits after a look that has shown nothing.
const AGAIN: Duration = Duration::from_hours(17);

/// How long a device may try before it says that it is stuck.
const PATIENCE: Duration = Duration::from_mins(4);

/// A device of the fault sweep.
#[derive(Parser)]
struct Arguments {
    /// The data folder.
    #[arg(long)]
    data: PathBuf,
    /// The folder that stands for the keystore, with the study's anchor.
    #[arg(long)]
    keys: PathBuf,
    /// The server's FHIR base address.
    #[arg(long)]
    server: String,
    #[command(flatten)]
    speech: Speech,
    /// Enrol, answer so many questionnaires and end.
    #[arg(long)]
    prepare: Option<u32>,
    /// Sign at most so many.
    #[arg(long, default_value_t = u32::MAX)]
    captures: u32,
    /// How long a request may take, in milliseconds.
    #[arg(long, default_value_t = 10_000)]
    timeout: u64,
    /// The clock minus the system's, in seconds.
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    clock: i64,
    /// Get a new certificate first.
    #[arg(long)]
    enrol: bool,
    /// So many seconds the certificate lives.
    #[arg(long)]
    life: Option<u32>,
    /// Have the certificate revoked first.
    #[arg(long)]
    revoke: bool,
    /// Show access tokens, which are asked for where the server is.
    #[arg(long)]
    login: bool,
    /// The only anchor of the server's TLS certificate.
    #[arg(long)]
    anchor: Option<PathBuf>,
}

/// Runs the process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let offset = Arc::new(AtomicI64::new(arguments.clock));
    let release = if arguments.speech.r5 { FhirVersion::R5 } else { FhirVersion::R4 };
    let opened = capture::open(&arguments.data, &arguments.keys, &arguments.server, release, clock(&offset));
    let device = match opened {
        Ok(device) => device,
        Err(error) => {
            tell(&Told::Failed { code: error.code().to_owned() });
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if arguments.enrol || arguments.prepare.is_some() && not_enrolled(&device) {
        let life = arguments.life.map(|seconds| format!("?seconds={seconds}")).unwrap_or_default();
        let path = format!("certificate{life}");
        let issue =
            |request: &seal::CertificateRequest| ask(&runtime, &arguments.server, &path, request.pem());
        device.enrol("setup", |request| Ok(issue(request))).unwrap();
        if arguments.prepare.is_some() {
            tell(&Told::Enrolled);
        }
    }
    if arguments.revoke {
        let chain = device.sealing_key().unwrap().chain().to_pem();
        let lists = ask(&runtime, &arguments.server, "revocation", chain);
        let lists = seal::Crl::all_from_bytes(&lists).unwrap();
        let lists: Vec<_> = lists.iter().map(|list| list.der().to_vec()).collect();
        device.put_revocation_lists(&lists).unwrap();
    }
    if let Some(visits) = arguments.prepare {
        capture::prepare(&device, visits, &tell);
        return ExitCode::SUCCESS;
    }
    tell(&Told::Opened);
    let (left, started) = (arguments.captures, Instant::now());
    Running { device, runtime, offset, worker: None, left, started, looks: false }.run(&arguments);
    ExitCode::SUCCESS
}

/// Whether the device never had a certificate; one of which the key is gone is another matter.
fn not_enrolled(device: &Device) -> bool {
    match device.sealing_key() {
        Ok(_) => false,
        Err(Error::NotEnrolled) => true,
        Err(other) => panic!("a device that is set up again has its key: {other}"),
    }
}

fn clock(offset: &Arc<AtomicI64>) -> Clock {
    let offset = Arc::clone(offset);
    Arc::new(move || &Zoned::now() + SignedDuration::from_secs(offset.load(Ordering::SeqCst)))
}

/// What the server's certificate authority answers.
fn ask(runtime: &Runtime, server: &str, path: &str, body: String) -> Vec<u8> {
    let address = format!("{}/practice/ca/{path}", server.strip_suffix("/fhir").unwrap());
    runtime.block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.post(address).body(body).send().await.unwrap().error_for_status().unwrap();
        answer.bytes().await.unwrap().to_vec()
    })
}

/// The way to the server.
fn connected(arguments: &Arguments, options: Options) -> Client {
    let server = arguments.server.as_str();
    let anchor = arguments.anchor.as_ref().map(|file| std::fs::read_to_string(file).unwrap());
    let transport =
        anchor.map_or_else(Transport::default, |pem| Transport::default().trusting(&pem).unwrap());
    let client = Client::over(server, options, &transport).unwrap();
    if !arguments.login {
        return client;
    }
    let registration = Registration {
        client_id: "device".to_owned(),
        token_endpoint: Some(format!("{}{TOKENS}", server.strip_suffix("/fhir").unwrap())),
        scope: client::smart::SCOPE.to_owned(),
        key: Arc::new(AnyKey),
    };
    let now = Arc::new(jiff::Timestamp::now);
    let services = BackendServices::new(registration, server, options, &transport, now).unwrap();
    client.authenticated(Authentication::backend_services(services))
}

fn tell(told: &Told) {
    let mut out = std::io::stdout().lock();
    // Nobody listens any more when the sweep has ended.
    let _ = writeln!(out, "{}", serde_json::to_string(told).unwrap()).and_then(|()| out.flush());
}

struct Running {
    device: Device,
    runtime: Runtime,
    offset: Arc<AtomicI64>,
    worker: Option<WorkerHandle>,
    /// How many may still be signed.
    left: u32,
    /// When what is going on began.
    started: Instant,
    /// Whether second looks are waited for.
    looks: bool,
}

impl Running {
    fn run(mut self, arguments: &Arguments) {
        let commands = self.listen();
        self.capture();
        if let Ok(signer) = self.device.sealing_key() {
            let signer: Arc<dyn Signer> = signer;
            let mut context =
                context(self.device.store(), &arguments.server, &signer, Duration::from_millis(20));
            context.device = self.device.party();
            context.fhir_version = self.device.configuration().policy.fhir_version;
            context.create = if arguments.speech.put { Create::Put } else { Create::Post };
            context.clock = clock(&self.offset);
            let options = Options {
                timeout: Duration::from_millis(arguments.timeout),
                format: if arguments.speech.xml { Format::Xml } else { Format::Json },
                version: context.fhir_version.into(),
                ..Options::default()
            };
            context.client = connected(arguments, options);
            self.started = Instant::now();
            self.worker = Some(Worker::start(Arc::new(context), self.runtime.handle()));
        }
        self.settle();
        while let Ok(command) = commands.recv() {
            self.started = Instant::now();
            self.obey(&command);
            self.settle();
        }
        if let Some(worker) = &self.worker {
            worker.stop();
        }
    }

    /// The clock is set at once; everything else waits its turn.
    fn listen(&self) -> Receiver<String> {
        let (commands, received) = channel();
        let offset = Arc::clone(&self.offset);
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if let Some(seconds) = line.strip_prefix("clock ") {
                    offset.store(seconds.parse().unwrap(), Ordering::SeqCst);
                } else if commands.send(line).is_err() {
                    return;
                }
            }
        });
        received
    }

    fn capture(&mut self) {
        for visit in capture::waiting(&self.device) {
            if self.left == 0 {
                return;
            }
            match capture::sign(&self.device, &visit) {
                Ok(identifier) => {
                    self.left -= 1;
                    tell(&Told::Frozen { identifier });
                    failpoint::hit("frozen-committed");
                }
                Err(error) => tell(&Told::Refused { code: error.code().to_owned() }),
            }
        }
    }

    fn obey(&mut self, command: &str) {
        let wake = match command.split_once(' ').unwrap_or((command, "")) {
            ("capture", _) => {
                self.left = u32::MAX;
                self.capture();
                true
            }
            ("accept", _) => {
                self.device.accept_clock(&capture::staff(), "The clock was ahead").unwrap();
                false
            }
            ("replay", unsure) => {
                let unsure: u32 = unsure.parse().unwrap();
                self.device
                    .store()
                    .write(move |tx| {
                        let sql = "UPDATE outbox SET state = 'sending', unsure = ?1 WHERE state = 'done'";
                        tx.execute(sql, [unsure])?;
                        Ok(())
                    })
                    .unwrap();
                true
            }
            ("resolve", _) => {
                let store = self.device.store();
                for row in alert_rows(store).unwrap().into_iter().filter(|row| row.open) {
                    let detail = alert_detail(store, &row.id).unwrap();
                    if let Some(worker) = &self.worker {
                        worker.act(decision(&detail, Action::SendAgain)).unwrap();
                    }
                }
                true
            }
            ("send" | "look", _) => true,
            _ => false,
        };
        self.looks = command == "look";
        if self.looks {
            // By when it is looked once more.
            self.offset.fetch_add(LATER.as_secs().cast_signed(), Ordering::SeqCst);
        }
        if let Some(worker) = self.worker.as_ref().filter(|_| wake) {
            worker.send_now().unwrap();
        }
    }

    /// Waits until nothing moves any more, and says how it stands.
    fn settle(&self) {
        let mut looked = Instant::now();
        let held = loop {
            let Some(worker) = &self.worker else { break Some("no-key".to_owned()) };
            let status = worker.status().unwrap();
            let store = self.device.store();
            let reported = standing::has_reported(store) && !(self.looks && standing::is_to_look(store));
            if status.active() == 0 && reported {
                break None;
            }
            if let Some(pause) = status.own.paused {
                break Some(format!("{pause:?}"));
            }
            if let Some(problem) = status.own.problem {
                break Some(problem.to_owned());
            }
            if reported && standing::waits_for_the_certificate(store) {
                break None;
            }
            if self.looks && looked.elapsed() > PUT_OFF {
                // A look that showed nothing is made again.
                self.offset.fetch_add(AGAIN.as_secs().cast_signed(), Ordering::SeqCst);
                worker.wake();
                looked = Instant::now();
            }
            if self.started.elapsed() > PATIENCE {
                break Some("stuck".to_owned());
            }
            std::thread::sleep(Duration::from_millis(4));
        };
        let milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap();
        let report = standing::report(&self.device, self.worker.as_ref());
        tell(&Told::Settled(Box::new(Report { milliseconds, held, ..report })));
    }
}
