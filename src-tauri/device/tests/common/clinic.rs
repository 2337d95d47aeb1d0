//! A practice server with Tasks, and a device that answers them and can be killed while it does.

#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use client::Client;
use device::accounts::Staff;
use device::assignment::{Assigned, Assignments};
use device::store::visit::Visit;
use device::{Assignments as Chosen, Configuration, Device, FhirVersion, Opening, Policy};
use fhir::{Value, Version};
use practice::{Handle, Options, Seeds, Server, seeds};
use questionnaire::instruments;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::common::delivery::until;
use crate::common::{self, MemoryKeystore, PARTICIPANT, PIN, WORDS, fill, person};

pub const PHQ9: &str = "https://attesta.example/fhir/Questionnaire/phq-9|1.0.0";
pub const SITE: &str = "Organization/site-014";
/// Names the folder of the device in the process that is to be killed.
/// `SIGABRT`.
#[cfg(all(unix, feature = "failpoints"))]
const ABORT: i32 = 6;
const CHILD: &str = "ATTESTA_CLINIC_CHILD";

pub fn parse(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

/// A Task that is due for a long time.
pub fn due_task() -> Value {
    seeds::task("t-1", PARTICIPANT, PHQ9, ("2026-01-01", "2099-12-31"))
}

/// A practice server that has the PHQ-9.
pub fn started(folder: &Path, version: Version, change: impl FnOnce(&mut Seeds)) -> Handle {
    let mut seeds = Seeds::practice("urn:uuid:0", vec![parse(instruments::PHQ9)], version);
    change(&mut seeds);
    Server::start(Options { data_dir: folder.to_owned(), port: 0, seeds, version }).unwrap()
}

/// A practice server with Tasks, and an enrolled device that knows neither participant nor form.
pub struct Clinic {
    pub server: Handle,
    pub server_data: TempDir,
    pub data: TempDir,
    pub keystore: Arc<MemoryKeystore>,
    pub configuration: Configuration,
    device: Option<Arc<Device>>,
    pub staff: Staff,
    pub runtime: Runtime,
}

impl Clinic {
    pub fn of(
        version: Version,
        seeded: impl FnOnce(&mut Seeds),
        configured: impl FnOnce(&mut Configuration),
    ) -> Self {
        let (server_data, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let server = started(server_data.path(), version, seeded);
        let assignments = Chosen {
            owners: [("014".to_owned(), SITE.to_owned())].into(),
            participant_system: Some(seeds::PARTICIPANT_SYSTEM.to_owned()),
            ..Chosen::default()
        };
        let mut configuration = Configuration {
            server: server.base_url().to_owned(),
            policy: Policy {
                fhir_version: if version == Version::R4 { FhirVersion::R4 } else { FhirVersion::R5 },
                assignments: Some(assignments),
                ..Policy::default()
            },
            ..common::configuration(data.path(), server.anchor_pem().to_owned())
        };
        configured(&mut configuration);
        let keystore = Arc::<MemoryKeystore>::default();
        let device = open(data.path(), &keystore, &configuration);
        enrol(&device, &server);
        let device = Some(Arc::new(device));
        let (staff, runtime) = (person("anna"), Runtime::new().unwrap());
        Self { server, server_data, data, keystore, configuration, device, staff, runtime }
    }

    pub fn device(&self) -> &Arc<Device> {
        self.device.as_ref().unwrap()
    }

    pub fn assignments(&self) -> Assignments {
        assignments(self.device(), &self.runtime)
    }

    /// What there is after the server was asked.
    pub fn pulled(&self) -> Assigned {
        let all = self.assignments();
        all.pull().unwrap();
        all.list().unwrap()
    }

    /// Another enrolled device of the same study.
    pub fn another_device(&self) -> Device {
        let device = open(&self.data.path().join("another"), &Arc::default(), &self.configuration);
        enrol(&device, &self.server);
        device
    }

    /// Puts a Task on the server.
    pub fn put(&self, task: &Value) {
        let client = Client::new(self.server.base_url(), client::Options::default()).unwrap();
        let bytes = task.to_json().into_bytes();
        let answer = client.update("Task", task.str("id").unwrap(), &bytes, None);
        assert!(self.runtime.block_on(answer).unwrap().is_success());
    }

    /// A visit for the Task.
    pub fn start(&self) -> Visit {
        self.device().start_assigned_visit("t-1", &self.staff).unwrap()
    }

    /// The record that the participant signs on it.
    pub fn sign(&self, visit: &Visit) -> String {
        let device = self.device();
        device.choose_pin(PARTICIPANT, PIN, PIN).unwrap();
        let session = fill(device, visit);
        let act = device.verify_pin(&visit.id, &session, PARTICIPANT, PIN).unwrap();
        device.freeze(&visit.id, &session, act, WORDS).unwrap().record
    }

    /// Ends the device; another process may open it.
    pub fn close(&mut self) {
        self.device = None;
    }

    /// Opens the device with this configuration.
    pub fn open(&mut self, configuration: &Configuration) {
        self.device = Some(Arc::new(open(self.data.path(), &self.keystore, configuration)));
    }

    /// Runs a test of this program over the closed device in a process of its own, and kills it once it has come so far.
    pub fn kill(&self, child: &str, what: &str, mut so_far: impl FnMut() -> bool) {
        let mut child = self.hand_over(child, None);
        until(what, || {
            assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
            so_far()
        });
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// The same, where the child aborts at a named point.
    #[cfg(feature = "failpoints")]
    pub fn kill_at(&self, child: &str, point: &str) {
        let ended = self.hand_over(child, Some(point)).wait().unwrap();
        #[cfg(unix)]
        let by_itself = std::os::unix::process::ExitStatusExt::signal(&ended) != Some(ABORT);
        // Elsewhere a child that panics ends with 101.
        #[cfg(not(unix))]
        let by_itself = matches!(ended.code(), Some(0 | 101));
        assert!(!by_itself, "{point}: the child ended by itself: {ended}");
    }

    fn hand_over(&self, child: &str, failpoint: Option<&str>) -> Child {
        let hex = |value: &[u8]| value.iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
        let keys = self.keystore.entries.lock().unwrap().clone();
        let keys: Vec<_> = keys.iter().map(|(name, value)| format!("{name}={}", hex(value))).collect();
        std::fs::write(self.data.path().join("keys"), keys.join("\n")).unwrap();
        let configuration = serde_json::to_vec(&self.configuration).unwrap();
        std::fs::write(self.data.path().join("configuration"), configuration).unwrap();
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", child, "--test-threads=1"])
            .env(CHILD, self.data.path())
            .envs(failpoint.map(|point| ("ATTESTA_FAILPOINT", point)))
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }
}

/// The device of the process that is to be killed; nothing in any other.
pub fn handed_over() -> Option<Arc<Device>> {
    let folder = PathBuf::from(std::env::var_os(CHILD)?);
    let keystore = MemoryKeystore::default();
    for line in std::fs::read_to_string(folder.join("keys")).unwrap().lines() {
        let (name, value) = line.split_once('=').unwrap();
        let octet = |at| u8::from_str_radix(&value[at..at + 2], 16).unwrap();
        let value = (0..value.len()).step_by(2).map(octet).collect();
        keystore.entries.lock().unwrap().insert(name.to_owned(), value);
    }
    let configuration = std::fs::read(folder.join("configuration")).unwrap();
    let configuration = serde_json::from_slice(&configuration).unwrap();
    Some(Arc::new(open(&folder, &Arc::new(keystore), &configuration)))
}

/// The Tasks of a device, asked for without waiting.
pub fn assignments(device: &Arc<Device>, runtime: &Runtime) -> Assignments {
    let jitter = Arc::new(|_| Duration::ZERO);
    Assignments::of(device, device.server().unwrap(), jitter, runtime.handle()).unwrap()
}

fn enrol(device: &Device, server: &Handle) {
    device
        .enrol("setup", |request| Ok(server.issue_certificate(request.der()).unwrap().into_bytes()))
        .unwrap();
}

fn open(data: &Path, keystore: &Arc<MemoryKeystore>, configuration: &Configuration) -> Device {
    Device::open(Opening {
        data_folder: data.join("device"),
        keystore: keystore.clone(),
        configuration: configuration.clone(),
        clock: device::clock::system(),
    })
    .unwrap()
}
