//! How a device is let in at its study's server, against a real authorization server.

use crate::common;
use crate::common::site;

use std::sync::Arc;
use std::time::Duration;

use client::smart::SCOPE;
use common::clinic::{Clinic, due_task};
use common::delivery::{Deliverer, practice_server, wait_for};
use common::{MemoryKeystore, PASSWORD, fill_disk, person};
use device::accounts::Staff;
use device::connection::{Line, Outcome};
use device::delivery::{Pause, State};
use device::keystore::KeystoreProblem;
use device::store::assignment::Told;
use device::store::audit;
use device::store::outbox;
use device::{Authentication, Device, Error, Opening, Policy, SiteProxy};
use jiff::SignedDuration;
use practice::Seeds;
use site::{frozen, frozen_again};
use tempfile::TempDir;

const CLIENT: &str = "attesta-014-3";

/// A practice server that demands tokens, and a device with one record for it.
struct Desk {
    server: practice::Handle,
    _server_data: TempDir,
    data: TempDir,
    keystore: Arc<MemoryKeystore>,
    policy: Policy,
    staff: Staff,
}

impl Desk {
    fn new(authentication: &str) -> Self {
        let server_data = TempDir::new().unwrap();
        let server = practice_server(server_data.path());
        server.authorization().demand();
        let authentication = authentication.replace("ROOT", server.base_url().trim_end_matches("/fhir"));
        let policy = format!(r#"{{"authentication":{authentication}}}"#);
        Self {
            server,
            _server_data: server_data,
            data: TempDir::new().unwrap(),
            keystore: Arc::default(),
            policy: serde_json::from_str(&policy).unwrap(),
            staff: person("anna"),
        }
    }

    fn smart(more: &str) -> Self {
        Self::new(&format!(r#"{{"method":"smartBackendServices","clientId":"{CLIENT}"{more}}}"#))
    }

    fn open(&self) -> Device {
        let configuration = device::Configuration {
            server: self.server.base_url().to_owned(),
            policy: self.policy.clone(),
            ..common::configuration(self.data.path(), self.server.anchor_pem().to_owned())
        };
        let device = Device::open(Opening {
            data_folder: self.data.path().join("device"),
            keystore: self.keystore.clone(),
            configuration,
            clock: device::clock::system(),
        });
        let device = device.unwrap();
        if device.certificate().unwrap().is_none() {
            let issue = |request: &seal::CertificateRequest| {
                Ok(self.server.issue_certificate(request.der()).unwrap().into_bytes())
            };
            device.enrol("setup", issue).unwrap();
            device.put_participants(vec![common::participant()]).unwrap();
            device.staff_add(&self.staff, PASSWORD, "setup").unwrap();
        }
        device
    }

    fn register(&self, jwks: &str) {
        self.server.authorization().register_client(CLIENT, jwks, SCOPE).unwrap();
    }
}

/// Delivers what waits to a server that lets the device in.
fn delivers(device: &Device, records: u32) {
    Deliverer::start(device).delivered(records);
}

/// The problem with which a record waits, in a queue that is paused.
fn pauses(device: &Device, record: &str) -> String {
    let deliverer = Deliverer::start(device);
    let paused = || deliverer.worker.standing().paused.map(|pause| assert_eq!(pause, Pause::Unauthorised));
    wait_for("a pause", paused);
    let item = device.store().read(|connection| outbox::by_id(connection, record)).unwrap();
    assert_ne!(item.state, State::Done);
    item.problem.unwrap_or_default()
}

#[test]
fn a_registered_device_is_let_in_with_one_token_for_all_of_its_requests() {
    for algorithm in [r#","algorithm":"ES384""#, r#","algorithm":"ES256""#, ""] {
        let desk = Desk::smart(algorithm);
        let device = desk.open();
        desk.register(&device.make_assertion_key(&desk.staff).unwrap());
        frozen(&device, &desk.staff);
        delivers(&device, 1);
        assert_eq!(desk.server.authorization().issued(), 1, "{algorithm}");
    }
}

#[test]
fn the_key_is_the_same_after_a_restart_and_only_its_public_half_leaves() {
    let desk = Desk::smart("");
    let device = desk.open();
    assert_eq!(device.assertion_key_set().unwrap(), None);
    let first = device.make_assertion_key(&desk.staff).unwrap();
    drop(device);
    let device = desk.open();
    assert_eq!(device.assertion_key_set().unwrap().as_ref(), Some(&first));
    let second = device.make_assertion_key(&desk.staff).unwrap();
    assert_ne!(first, second);
    assert_eq!(device.assertion_key_set().unwrap().as_ref(), Some(&second));
    let keys: Vec<_> = desk.keystore.entries.lock().unwrap().keys().cloned().collect();
    assert_eq!(
        keys.iter().filter(|name| name.starts_with("assertion-key-")).count(),
        2,
        "none is overwritten"
    );
    let parsed: serde_json::Value = serde_json::from_str(&second).unwrap();
    let mut members: Vec<_> = parsed["keys"][0].as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let rows = device.store().read(|connection| audit::of_subject(connection, "")).unwrap();
    assert_eq!(rows.iter().filter(|row| row.event == "access.keyMade").count(), 2);
}

#[test]
fn an_unknown_or_revoked_device_pauses_the_queue_and_says_why() {
    let desk = Desk::smart("");
    let device = desk.open();
    let record = frozen(&device, &desk.staff);
    assert_eq!(pauses(&device, &record), "credentials", "there is no key yet");
    let keys = device.make_assertion_key(&desk.staff).unwrap();
    assert_eq!(pauses(&device, &record), "client-refused", "it is not registered yet");
    desk.register(&keys);
    delivers(&device, 1);
    desk.server.authorization().revoke_client(CLIENT);
    let next = frozen_again(&device, &desk.staff);
    assert_eq!(pauses(&device, &next), "client-refused", "its registration was revoked");
    let scopes = SCOPE.replace("QuestionnaireResponse", "Patient");
    desk.server.authorization().register_client(CLIENT, &keys, &scopes).unwrap();
    assert_eq!(pauses(&device, &next), "unauthorised", "it was granted too little");
    desk.register(&keys);
    delivers(&device, 2);
}

#[test]
fn a_token_that_the_server_no_longer_takes_is_renewed_once_without_a_pause() {
    let desk = Desk::smart("");
    let device = desk.open();
    desk.register(&device.make_assertion_key(&desk.staff).unwrap());
    frozen(&device, &desk.staff);
    let deliverer = Deliverer::start(&device);
    deliverer.delivered(1);
    desk.server.authorization().end_tokens();
    frozen_again(&device, &desk.staff);
    deliverer.worker.wake();
    deliverer.delivered(2);
    assert_eq!(desk.server.authorization().issued(), 2);
}

#[test]
fn short_tokens_are_asked_for_as_often_as_they_end() {
    let desk = Desk::smart("");
    desk.server.authorization().tokens_last(SignedDuration::from_secs(4));
    let device = desk.open();
    desk.register(&device.make_assertion_key(&desk.staff).unwrap());
    frozen(&device, &desk.staff);
    let deliverer = Deliverer::start(&device);
    deliverer.delivered(1);
    // The last quarter of a token's time is not used.
    std::thread::sleep(Duration::from_millis(3100));
    desk.server.authorization().tokens_last(SignedDuration::from_hours(1));
    frozen_again(&device, &desk.staff);
    deliverer.worker.wake();
    deliverer.delivered(2);
    assert!(desk.server.authorization().issued() >= 2);
}

/// The outcome of each of these checks: the code of what is wrong, or `ok`, `not tried`, `not needed`.
fn outcomes(device: &Device) -> Vec<&'static str> {
    let lines = device.check_connection().unwrap();
    let outcome = |line: &Line| match &line.outcome {
        Outcome::Passed => "ok",
        Outcome::Noticed(fault) | Outcome::Failed(fault) => fault.code(),
        Outcome::NotTried => "not tried",
        Outcome::NotNeeded => "not needed",
    };
    lines.iter().map(outcome).take(5).collect()
}

#[test]
fn a_check_says_of_a_server_only_what_that_server_answered() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let tokens = silent.local_addr().unwrap();
    // It takes each connection, and ends it without an answer.
    std::thread::spawn(move || while silent.accept().is_ok() {});
    let desk = Desk::smart(&format!(r#","tokenEndpoint":"http://{tokens}/token""#));
    let device = desk.open();
    let not_tried = "not tried";
    assert_eq!(outcomes(&device), ["ok", "not needed", "credentials", "ok", "ok"]);
    device.make_assertion_key(&desk.staff).unwrap();
    assert_eq!(outcomes(&device), ["ok", "not needed", "token-unreachable", "ok", "ok"]);
    desk.server.close_listener();
    assert_eq!(outcomes(&device), ["refused", not_tried, not_tried, not_tried, not_tried]);
}

#[test]
fn a_clock_that_differs_from_the_servers_keeps_nobody_out() {
    for (hours, endpoint) in [(3, ""), (-3, ""), (3, r#","tokenEndpoint":"ROOT/auth/token""#)] {
        let desk = Desk::smart(endpoint);
        desk.server.authorization().clock_is_ahead(SignedDuration::from_hours(hours));
        let device = desk.open();
        desk.register(&device.make_assertion_key(&desk.staff).unwrap());
        frozen(&device, &desk.staff);
        delivers(&device, 1);
    }
}

#[test]
fn a_token_that_somebody_stored_is_shown_and_never_told() {
    let desk = Desk::new(r#"{"method":"bearer"}"#);
    let device = desk.open();
    let record = frozen(&device, &desk.staff);
    assert_eq!(pauses(&device, &record), "credentials");
    for wrong in ["", "a b", "a\nb"] {
        assert!(matches!(device.put_access_token(wrong, &desk.staff), Err(Error::Configuration(_))));
    }
    device.put_access_token("s3cret-of-another", &desk.staff).unwrap();
    assert_eq!(pauses(&device, &record), "unauthorised", "the server does not know it");
    desk.server.authorization().hand_out("s3cret", SCOPE);
    device.put_access_token("s3cret", &desk.staff).unwrap();
    delivers(&device, 1);
    assert!(!format!("{:?}", device.server().unwrap()).contains("s3cret"));
    let rows = device.store().read(|connection| audit::of_subject(connection, "")).unwrap();
    assert!(rows.iter().any(|row| row.event == "access.tokenSet"));
    assert!(rows.iter().all(|row| !format!("{row:?}").contains("s3cret")));
    assert!(matches!(device.make_assertion_key(&desk.staff), Err(Error::Configuration(_))));
}

#[test]
fn a_proxys_password_is_in_the_keystore_alone() {
    let desk = Desk::new(r#"{"method":"none"}"#);
    let device = desk.open();
    let site = SiteProxy { url: "http://proxy.example:3128".to_owned(), user: Some("ada".to_owned()) };
    for (proxy, password) in [
        (SiteProxy { url: "socks5://proxy.example".to_owned(), user: None }, None),
        (SiteProxy { url: "http://ada:word@proxy.example".to_owned(), user: None }, None),
        (site.clone(), None),
        (SiteProxy { user: Some("a:b".to_owned()), ..site.clone() }, Some("s3cret")),
        (SiteProxy { user: None, ..site.clone() }, Some("s3cret")),
    ] {
        let outcome = device.set_proxy(Some(&proxy), password, &desk.staff);
        assert!(matches!(outcome, Err(Error::Configuration(_))), "{proxy:?}");
    }
    device.set_proxy(Some(&site), Some("s3cret"), &desk.staff).unwrap();
    assert_eq!(device.proxy().unwrap(), Some(site));
    let transport = format!("{:?}", device.transport().unwrap());
    assert!(transport.contains("proxy.example:3128") && !transport.contains("s3cret"), "{transport}");
    let kept = desk.keystore.entries.lock().unwrap().values().filter(|value| *value == b"s3cret").count();
    assert_eq!(kept, 1);
    device.set_proxy(None, None, &desk.staff).unwrap();
    assert_eq!(device.proxy().unwrap(), None);
}

#[test]
fn a_secret_that_the_audit_trail_cannot_name_is_not_kept_and_one_that_the_keystore_refuses_is_told() {
    let desk = Desk::new(r#"{"method":"bearer"}"#);
    let device = desk.open();
    let secrets = || desk.keystore.entries.lock().unwrap().values().filter(|one| *one == b"s3cret").count();
    let site = SiteProxy { url: "http://proxy.example:3128".to_owned(), user: Some("ada".to_owned()) };
    *desk.keystore.problem.lock().unwrap() = Some(KeystoreProblem::Locked("it is locked".into()));
    assert!(matches!(device.put_access_token("s3cret", &desk.staff), Err(Error::Keystore(_))));
    assert!(matches!(device.set_proxy(Some(&site), Some("s3cret"), &desk.staff), Err(Error::Keystore(_))));
    *desk.keystore.problem.lock().unwrap() = None;
    assert_eq!(device.proxy().unwrap(), None);
    let rows = device.store().read(|connection| audit::of_subject(connection, "")).unwrap();
    let events: Vec<_> = rows.iter().map(|row| row.event.as_str()).collect();
    let failed = "keystore.failed";
    assert_eq!(events, ["device.keyMade", "access.tokenSet", failed, "connection.proxyPasswordSet", failed]);
    fill_disk(&device);
    assert!(matches!(device.put_access_token("s3cret", &desk.staff), Err(Error::DiskFull)));
    assert!(matches!(device.set_proxy(Some(&site), Some("s3cret"), &desk.staff), Err(Error::DiskFull)));
    assert_eq!(secrets(), 0);
}

#[test]
fn the_default_is_no_authentication() {
    assert_eq!(Policy::default().authentication, Authentication::None {});
}

#[test]
fn what_a_study_lets_the_server_assign_is_asked_for_without_naming_a_scope() {
    let authentication = format!(r#"{{"method":"smartBackendServices","clientId":"{CLIENT}"}}"#);
    let seeded = |seeds: &mut Seeds| seeds.tasks = vec![due_task()];
    let clinic = Clinic::of(fhir::Version::R4, seeded, |configuration| {
        configuration.policy.authentication = serde_json::from_str(&authentication).unwrap();
    });
    clinic.server.authorization().demand();
    clinic.device().staff_add(&clinic.staff, PASSWORD, "setup").unwrap();
    let keys = clinic.device().make_assertion_key(&clinic.staff).unwrap();
    // It is let in to everything, so that it gets what it asks for and nothing else.
    clinic.server.authorization().register_client(CLIENT, &keys, "system/*.cruds").unwrap();
    let pulled = clinic.pulled();
    assert_eq!((pulled.problem, pulled.due.len(), pulled.refused), (None, 1, vec![]));
    clinic.start();
    clinic.assignments().tell_now().unwrap();
    let [begun] = &clinic.assignments().list().unwrap().begun[..] else { panic!("one has a visit") };
    assert_eq!((begun.told, &begun.problem), (Told::InProgress, &None));
}
