//! The device is killed at every persisted step, and the server ends up with exactly one response and one Provenance.

use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;

use attesta_tests::delivery::{Runner, as_sent};
use attesta_tests::practice_process::PracticeProcess;
use device::delivery::{State, failpoint};
use device::store::Store;
use device::store::alert::{self, Alert, Outcome};
use device::store::outbox;
use practice::faults::{Armed, Fault};

/// A practice server and its data.
pub(crate) struct Server {
    pub(crate) process: PracticeProcess,
    data: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_practice-server-process"));
        Self { process: PracticeProcess::start(program, data.path(), &[]), data }
    }

    /// Arms these, in place of everything before.
    pub(crate) fn arm(&self, faults: &[Armed]) {
        let base = self.process.at.base_url.strip_suffix("/fhir").unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http
            .put(format!("{base}/practice/faults"))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(serde_json::json!({ "faults": faults }).to_string());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { request.send().await.unwrap().error_for_status().unwrap() });
    }

    /// Every stored version of a type, without what the server gave it.
    pub(crate) fn stored(&self, resource_type: &str) -> Vec<String> {
        let versions = practice::storage::read_all(self.data.path(), resource_type).unwrap();
        versions.iter().map(|(_, _, text)| as_sent(text)).collect()
    }
}

/// A device that can be told to create by `PUT`.
pub(crate) struct Device {
    pub(crate) runner: Runner,
    put: bool,
}

impl Device {
    pub(crate) fn new() -> Self {
        Self { runner: Runner::new(env!("CARGO_BIN_EXE_device-runner")), put: false }
    }

    pub(crate) fn by_put() -> Self {
        Self { put: true, ..Self::new() }
    }

    pub(crate) fn run(&self, server: &str, failpoint: Option<&str>) -> ExitStatus {
        self.decide(server, failpoint, None)
    }

    /// A run in which a person decides so about every open alert.
    pub(crate) fn decide(&self, server: &str, failpoint: Option<&str>, act: Option<&str>) -> ExitStatus {
        let mut command = self.runner.command(server);
        command
            .args(self.put.then_some("--put"))
            .args(act.into_iter().flat_map(|act| ["--act", act]))
            .envs(failpoint.map(|failpoint| ("ATTESTA_FAILPOINT", failpoint)));
        command.status().unwrap()
    }

    /// Its store; only while it does not run.
    pub(crate) fn store(&self) -> Arc<Store> {
        self.runner.store()
    }
}

/// Exactly one response, one certificate and one Provenance, each with the bytes that the device froze.
fn assert_proven_once(server: &Server, device: &Device, when: &str) {
    device.runner.assert_proven_once(|resource_type| server.stored(resource_type), when);
    assert_eq!(server.stored("DocumentReference").len(), 1, "{when}: the server's certificates");
}

#[test]
fn a_device_killed_at_any_point_delivers_exactly_once() {
    for point in failpoint::ALL {
        let server = Server::start();
        let device = Device::new();
        let killed = device.run(&server.process.at.base_url, Some(point));
        assert!(!killed.success(), "{point}: the device was to be killed there, and is not: {killed}");
        let drained = device.run(&server.process.at.base_url, None);
        assert!(drained.success(), "{point}: after the restart: {drained}");
        assert_proven_once(&server, &device, point);
    }
}

#[test]
fn a_device_killed_again_and_again_delivers_exactly_once() {
    let server = Server::start();
    let device = Device::new();
    for point in failpoint::ALL {
        // A later start may be past this point already, and then ends well.
        device.run(&server.process.at.base_url, Some(point));
    }
    assert!(device.run(&server.process.at.base_url, None).success());
    assert_proven_once(&server, &device, "after all kills");
    // Nothing is left to send: a further start changes nothing.
    let before = server.stored("Provenance");
    assert!(device.run(&server.process.at.base_url, None).success());
    assert_eq!(server.stored("Provenance"), before);
}

#[test]
fn a_device_killed_after_it_kept_an_acknowledgement_creates_nothing_again() {
    for (name, resource_type, found_by) in [
        ("response", "QuestionnaireResponse", Some("QuestionnaireResponse.identifier.value")),
        ("response", "QuestionnaireResponse", None),
        ("document", "DocumentReference", None),
        ("provenance", "Provenance", Some("Provenance.signature[0].data")),
        ("provenance", "Provenance", None),
    ] {
        let when = format!("{name}, altered: {found_by:?}");
        let server = Server::start();
        // The first try is ambiguous; so the answer to the second one is kept before anything else is asked.
        let mut faults = vec![Armed::new(Fault::Status500Before, 1).for_type(resource_type)];
        if let Some(path) = found_by {
            // And no search finds what that one made.
            let fault = Fault::AlterLeaf { path: Some(path.to_owned()) };
            faults.push(Armed::new(fault, 1).for_type(resource_type));
        }
        server.arm(&faults);
        let device = Device::new();
        let point = format!("{name}-acknowledgement-committed");
        let killed = device.run(&server.process.at.base_url, Some(&point));
        assert!(!killed.success(), "{when}: the device was to be killed there, and is not: {killed}");
        assert_eq!(server.stored(resource_type).len(), 1, "{when}: the server has kept it");
        let again = device.run(&server.process.at.base_url, None);
        assert!(again.success(), "{when}: after the restart: {again}");
        if found_by.is_none() {
            assert_proven_once(&server, &device, &when);
            continue;
        }
        assert_eq!(server.stored(resource_type).len(), 1, "{when}: what was acknowledged is not sent again");
        let store = device.store();
        let records = store.read(outbox::all).unwrap();
        assert_eq!(records[0].state, State::Alert, "{when}: a person knows of the difference");
    }
}

/// What the server keeps otherwise; it is no mark by which a record is found again.
const ALTERED: &str = "QuestionnaireResponse.authored";

impl Server {
    /// One that alters the next response.
    pub(crate) fn altering() -> Self {
        let server = Self::start();
        let fault = Fault::AlterLeaf { path: Some(ALTERED.to_owned()) };
        server.arm(&[Armed::new(fault, 1).for_type("QuestionnaireResponse")]);
        server
    }
}

impl Device {
    /// The state of its one record, and the alerts about it.
    fn stands(&self) -> (State, Vec<Alert>) {
        let store = self.store();
        let (records, alerts) =
            store.read(|connection| Ok((outbox::all(connection)?, alert::all(connection)?))).unwrap();
        assert_eq!(records.len(), 1, "one response was frozen");
        (records[0].state, alerts)
    }

    /// Exactly one alert, which names exactly what was altered, with so many decisions.
    fn assert_altered(&self, state: State, outcome: Option<Outcome>, acts: usize, when: &str) {
        let (now, alerts) = self.stands();
        assert_eq!(now, state, "{when}");
        let [alert] = alerts.as_slice() else { panic!("{when}: one alert, not {}", alerts.len()) };
        let paths: Vec<_> = alert.changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, [ALTERED], "{when}");
        assert_eq!(alert.outcome, outcome, "{when}");
        let store = self.store();
        let kept = store.read(|connection| alert::acts(connection, &alert.id)).unwrap();
        assert_eq!(kept.len(), acts, "{when}: the decisions that are kept");
    }
}

#[test]
fn a_device_killed_while_it_raises_an_alert_raises_exactly_one() {
    for point in ["alert-before-commit", "alert-committed"] {
        let (server, device) = (Server::altering(), Device::new());
        let killed = device.run(&server.process.at.base_url, Some(point));
        assert!(!killed.success(), "{point}: the device was to be killed there, and is not: {killed}");
        assert!(device.run(&server.process.at.base_url, None).success(), "{point}: after the restart");
        device.assert_altered(State::Alert, None, 0, point);
        assert_eq!(server.stored("QuestionnaireResponse").len(), 1, "{point}: nothing is sent again");
        assert!(server.stored("Provenance").is_empty(), "{point}: nothing is proven");
    }
}

#[test]
fn a_device_killed_while_it_gives_up_after_a_refusal_asks_a_person_once() {
    for point in ["quarantined-before-commit", "quarantined-committed"] {
        let (server, device) = (Server::start(), Device::new());
        let refused = Fault::Refuse { status: 422, retry_after: None };
        server.arm(&[Armed::new(refused, 9).for_type("QuestionnaireResponse")]);
        let killed = device.run(&server.process.at.base_url, Some(point));
        assert!(!killed.success(), "{point}: the device was to be killed there, and is not: {killed}");
        assert!(device.run(&server.process.at.base_url, None).success(), "{point}: after the restart");
        let (state, alerts) = device.stands();
        assert_eq!((state, alerts.len()), (State::Quarantined, 1), "{point}");
        server.arm(&[]);
        let sent = device.decide(&server.process.at.base_url, None, Some("send-again"));
        assert!(sent.success(), "{point}: a person sends it again: {sent}");
        assert_proven_once(&server, &device, point);
    }
}

#[test]
fn a_device_killed_at_a_decision_to_send_again_corrects_the_server_once() {
    for (point, kept) in [
        ("send-again-before-commit", false),
        ("send-again-committed", true),
        ("sending-committed", true),
        ("response-before-request", true),
        ("response-after-request", true),
        ("acknowledged-committed", true),
        ("compared-committed", true),
    ] {
        let (server, device) = (Server::altering(), Device::new());
        assert!(device.run(&server.process.at.base_url, None).success(), "{point}");
        device.assert_altered(State::Alert, None, 0, point);
        let killed = device.decide(&server.process.at.base_url, Some(point), Some("send-again"));
        assert!(!killed.success(), "{point}: the device was to be killed there, and is not: {killed}");
        if !kept {
            device.assert_altered(State::Alert, None, 0, point);
        }
        // What was decided is carried out without the person; what was not kept is decided again.
        let again = device.decide(&server.process.at.base_url, None, (!kept).then_some("send-again"));
        assert!(again.success(), "{point}: after the restart: {again}");
        device.assert_altered(State::Done, Some(Outcome::Corrected), 1, point);
        let versions = server.stored("QuestionnaireResponse");
        assert_eq!(versions.len(), 2, "{point}: what was altered, and one correction");
        let store = device.store();
        let frozen = store.read(outbox::all).unwrap().remove(0).response;
        assert_eq!(versions[1], String::from_utf8(frozen).unwrap(), "{point}");
        assert_eq!(server.stored("Provenance").len(), 1, "{point}");
    }
}

#[test]
fn a_device_killed_at_a_decision_to_close_closes_once_and_sends_nothing() {
    for (point, kept) in [("closed-before-commit", false), ("closed-committed", true)] {
        let (server, device) = (Server::altering(), Device::new());
        assert!(device.run(&server.process.at.base_url, None).success(), "{point}");
        let killed = device.decide(&server.process.at.base_url, Some(point), Some("accept"));
        assert!(!killed.success(), "{point}: the device was to be killed there, and is not: {killed}");
        if !kept {
            device.assert_altered(State::Alert, None, 0, point);
        }
        let again = device.decide(&server.process.at.base_url, None, Some("accept"));
        assert!(again.success(), "{point}: after the restart: {again}");
        device.assert_altered(State::ClosedDifferent, Some(Outcome::Accepted), 1, point);
        assert_eq!(server.stored("QuestionnaireResponse").len(), 1, "{point}: nothing is sent again");
        assert!(server.stored("Provenance").is_empty(), "{point}: nothing is proven");
    }
}
