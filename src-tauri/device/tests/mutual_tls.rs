//! A device that shows its study's server a certificate, with a key of its own: a real TLS server that demands one.

use crate::common;
use crate::common::site;

use std::sync::Arc;

use common::delivery::{Deliverer, practice_server, wait_for};
use common::{MemoryKeystore, PASSWORD, TestAuthority, person};
use device::accounts::Staff;
use device::delivery::Pause;
use device::store::outbox;
use device::{Configuration, Device, Opening, Policy};
use practice::testing::Secured;
use seal::CertificateRequest;
use site::frozen;
use tempfile::TempDir;

/// A server behind TLS that lets only devices of the practice authority in.
struct Desk {
    server: practice::Handle,
    secured: Secured,
    data: [TempDir; 2],
    keystore: Arc<MemoryKeystore>,
    staff: Staff,
}

impl Desk {
    fn new() -> Self {
        let data = [TempDir::new().unwrap(), TempDir::new().unwrap()];
        let server = practice_server(data[0].path());
        let secured = Secured::start(&server, Some(server.anchor_pem()));
        Self { server, secured, data, keystore: Arc::default(), staff: person("anna") }
    }

    /// A device that trusts these certificate authorities for its own certificates.
    fn open(&self, tls_anchors: Option<&str>, trust_anchors: &str) -> Device {
        let authentication = serde_json::from_str(r#"{"method":"mutualTls"}"#).unwrap();
        let tls_anchors = tls_anchors.map(str::to_owned);
        let configuration = Configuration {
            server: self.secured.base_url().to_owned(),
            policy: Policy { authentication, tls_anchors, ..Policy::default() },
            ..common::configuration(self.data[1].path(), trust_anchors.to_owned())
        };
        Device::open(Opening {
            data_folder: self.data[1].path().join("device"),
            keystore: self.keystore.clone(),
            configuration,
            clock: device::clock::system(),
        })
        .unwrap()
    }

    fn issue(&self, request: &CertificateRequest) -> Vec<u8> {
        self.server.issue_certificate(request.der()).unwrap().into_bytes()
    }

    fn furnish(&self, device: &Device) -> String {
        device.put_participants(vec![common::participant()]).unwrap();
        device.staff_add(&self.staff, PASSWORD, "setup").unwrap();
        frozen(device, &self.staff)
    }
}

fn pauses(device: &Device, record: &str) -> String {
    let deliverer = Deliverer::start(device);
    let paused = wait_for("a pause", || deliverer.worker.standing().paused);
    assert_eq!(paused, Pause::Unauthorised);
    let item = device.store().read(|connection| outbox::by_id(connection, record)).unwrap();
    item.problem.unwrap_or_default()
}

#[test]
fn a_device_is_let_in_by_its_authentication_certificate_and_not_by_its_sealing_key() {
    let desk = Desk::new();
    let anchors = desk.server.anchor_pem();
    let device = desk.open(Some(desk.secured.anchor_pem()), anchors);
    device.enrol("setup", |request| Ok(desk.issue(request))).unwrap();
    let record = desk.furnish(&device);
    assert_eq!(pauses(&device, &record), "credentials", "it has no authentication certificate yet");
    assert!(desk.secured.shown().is_empty(), "the sealing certificate is shown to nobody");

    let request = device.authentication_request("setup").unwrap();
    device
        .enrol_authentication("setup", |same| {
            assert_eq!(same.der(), request.der(), "the key of a request by hand stays");
            Ok(desk.issue(same))
        })
        .unwrap();
    assert!(device.can_authenticate().unwrap());
    Deliverer::start(&device).delivered(1);
    let certificate = device.authentication_certificate().unwrap().unwrap();
    let chain = seal::CertificateChain::from_pem(certificate.chain.as_bytes()).unwrap();
    let shown = desk.secured.shown();
    assert!(!shown.is_empty() && shown.iter().all(|one| one == chain.leaf_der()));
    let sealing = device.certificate().unwrap().unwrap();
    assert_ne!(sealing.key_entry, certificate.key_entry);
    let keys = desk.keystore.entries.lock().unwrap();
    assert_ne!(keys[&sealing.key_entry], keys[&certificate.key_entry], "two keys");
    assert!(certificate.key_entry.starts_with("authentication-key-"));
}

#[test]
fn a_certificate_that_the_server_does_not_know_pauses_the_queue() {
    let desk = Desk::new();
    let other = TestAuthority::new();
    let anchors = desk.server.anchor_pem().to_owned() + &other.anchor();
    let device = desk.open(Some(desk.secured.anchor_pem()), &anchors);
    device.enrol("setup", |request| Ok(desk.issue(request))).unwrap();
    device.enrol_authentication("setup", |request| other.issue(request)).unwrap();
    let record = desk.furnish(&device);
    assert_eq!(pauses(&device, &record), "tls-our-certificate");
}

#[test]
fn a_server_that_the_study_does_not_trust_is_sent_nothing() {
    let desk = Desk::new();
    let device = desk.open(None, desk.server.anchor_pem());
    device.enrol("setup", |request| Ok(desk.issue(request))).unwrap();
    device.enrol_authentication("setup", |request| Ok(desk.issue(request))).unwrap();
    let record = desk.furnish(&device);
    let deliverer = Deliverer::start(&device);
    wait_for("a problem", || {
        let item = device.store().read(|connection| outbox::by_id(connection, &record)).unwrap();
        item.problem.filter(|problem| problem == "tls-untrusted")
    });
    assert!(deliverer.worker.standing().offline);
    assert!(desk.secured.shown().is_empty(), "not even the certificate");
}

#[test]
fn a_lost_authentication_key_keeps_nobody_from_opening_the_device() {
    let desk = Desk::new();
    let device = desk.open(Some(desk.secured.anchor_pem()), desk.server.anchor_pem());
    device.enrol("setup", |request| Ok(desk.issue(request))).unwrap();
    device.enrol_authentication("setup", |request| Ok(desk.issue(request))).unwrap();
    let entry = device.authentication_certificate().unwrap().unwrap().key_entry;
    drop(device);
    let entry = desk.keystore.entries.lock().unwrap().remove(&entry);
    assert!(entry.is_some());
    let device = desk.open(Some(desk.secured.anchor_pem()), desk.server.anchor_pem());
    assert!(device.authentication_certificate().unwrap().is_some() && !device.can_authenticate().unwrap());
    let record = desk.furnish(&device);
    assert_eq!(pauses(&device, &record), "credentials");
}
