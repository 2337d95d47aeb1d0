//! Trying a study's server out: what is said of a real one, and of what it does wrong.

use crate::common;

use std::path::Path;
use std::sync::Arc;

use common::delivery::practice_server;
use common::{MemoryKeystore, person};
use device::connection::{Check, Line, Outcome};
use device::{Configuration, Device, Opening, Policy};
use jiff::SignedDuration;
use practice::faults::{Armed, Fault};
use tempfile::TempDir;

pub(crate) fn device(folder: &Path, server: &str, policy: &str) -> Device {
    let configuration = Configuration {
        server: server.to_owned(),
        policy: serde_json::from_str::<Policy>(policy).unwrap(),
        ..common::configuration(folder, "-----BEGIN CERTIFICATE-----".to_owned())
    };
    Device::open(Opening {
        data_folder: folder.join("device"),
        keystore: Arc::<MemoryKeystore>::default(),
        configuration,
        clock: device::clock::system(),
    })
    .unwrap()
}

/// What failed, with its reason.
pub(crate) fn failed(lines: &[Line]) -> Vec<(Check, String)> {
    let failed = lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Failed(fault) => Some((line.check, fault.text().to_owned())),
        _ => None,
    });
    failed.collect()
}

fn tried(lines: &[Line]) -> usize {
    lines.iter().filter(|line| line.outcome != Outcome::NotTried).count()
}

#[test]
fn a_server_that_does_all_that_is_needed_passes_and_keeps_four_marked_resources() {
    let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = practice_server(data.path());
    let device = device(own.path(), server.base_url(), "{}");
    for _ in 0..3 {
        let lines = device.check_connection().unwrap();
        assert_eq!((failed(&lines), tried(&lines)), (vec![], 12), "{lines:?}");
    }
    server.stop();
    for kind in ["QuestionnaireResponse", "Provenance", "DocumentReference", "AuditEvent"] {
        let stored = practice::storage::read_all(data.path(), kind).unwrap();
        let [(_, 1, text)] = &stored[..] else { panic!("one {kind}, in one version") };
        assert!(text.contains("HTEST"), "{text}");
        assert!(!text.contains("\"item\"") && !text.contains("\"subject\""), "{text}");
    }
}

#[test]
fn each_thing_that_is_wrong_is_its_own_line() {
    let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = practice_server(data.path());
    let device_of = |policy: &str, name: &str| device(&own.path().join(name), server.base_url(), policy);
    let one = |lines: Vec<Line>, check: Check, why: &str| {
        let failed = failed(&lines);
        assert!(
            matches!(&failed[..], [(found, reason)] if *found == check && reason.contains(why)),
            "{failed:?}"
        );
        tried(&lines)
    };
    let plain = device_of("{}", "a");
    let r5 = device_of(r#"{"fhirVersion":"R5"}"#, "b");
    let lines = r5.check_connection().unwrap();
    assert_eq!(failed(&lines)[0].0, Check::Capability, "{lines:?}");
    server.authorization().clock_is_ahead(SignedDuration::from_mins(10));
    assert_eq!(one(plain.check_connection().unwrap(), Check::Clock, "behind"), 12);
    server.authorization().clock_is_ahead(SignedDuration::ZERO);
    server.authorization().demand();
    assert_eq!(one(plain.check_connection().unwrap(), Check::Authentication, "credentials"), 6);
    let bearer = device_of(r#"{"authentication":{"method":"bearer"}}"#, "c");
    let failures = failed(&bearer.check_connection().unwrap());
    assert!(
        failures.iter().any(|(check, reason)| *check == Check::Authentication && reason.contains("store"))
    );
    server.authorization().hand_out("s3cret", client::smart::SCOPE);
    bearer.put_access_token("s3cret", &person("anna")).unwrap();
    assert_eq!(failed(&bearer.check_connection().unwrap()), []);
    server.close_listener();
    assert_eq!(one(plain.check_connection().unwrap(), Check::Reached, "nothing listens on port"), 2);
}

#[test]
fn a_server_that_does_not_show_what_it_keeps_is_noticed_and_everything_else_is_tried() {
    for (policy, status) in [("{}", 201), (r#"{"create":"put"}"#, 201)] {
        let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let server = practice_server(data.path());
        let device = device(own.path(), server.base_url(), policy);
        for _ in 0..2 {
            // Every create, as with a server that knows no Prefer.
            server.faults().set(Armed::new(Fault::NoBody, 100).for_type("*"));
            let lines = device.check_connection().unwrap();
            assert_eq!((failed(&lines), tried(&lines)), (vec![], 12), "{policy} {status}: {lines:?}");
            let first = lines.iter().find(|line| line.check == Check::Representation).unwrap();
            let noticed =
                matches!(&first.outcome, Outcome::Noticed(fault) if fault.code() == "no-representation");
            assert!(noticed || policy != "{}", "{lines:?}");
        }
        server.stop();
        for kind in ["QuestionnaireResponse", "Provenance"] {
            let stored = practice::storage::read_all(data.path(), kind).unwrap();
            assert!(matches!(&stored[..], [(_, 1, _)]), "one {kind}, in one version: {policy}");
        }
    }
}

#[test]
fn a_name_that_nobody_has_and_a_closed_port_are_told_apart() {
    let own = TempDir::new().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed =
        device(&own.path().join("a"), &format!("http://{free}/fhir"), "{}").check_connection().unwrap();
    let reason = format!("nothing listens on port {}", free.port());
    assert!(matches!(&failed(&closed)[..], [(Check::Reached, why)] if why.contains(&reason)), "{closed:?}");
    // Without any network it is that which is said.
    let unknown =
        device(&own.path().join("b"), "https://attesta.invalid/fhir", "{}").check_connection().unwrap();
    let [Line { outcome: Outcome::Failed(fault), .. }, ..] = &unknown[..] else { panic!("{unknown:?}") };
    assert_ne!(fault.code(), "refused");
    let known = fault.code() == "unknown-host"
        && fault.text().contains("no server of the name attesta.invalid is known");
    assert!(known || fault.code() == "unreachable", "{fault:?}");
}

#[test]
fn a_server_that_is_not_trusted_is_asked_nothing() {
    let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = practice_server(data.path());
    let secured = practice::testing::Secured::start(&server, None);
    let device = device(own.path(), secured.base_url(), "{}");
    let lines = device.check_connection().unwrap();
    let failed = failed(&lines);
    assert_eq!((failed[0].0, failed.len(), tried(&lines)), (Check::Secure, 1, 3), "{lines:?}");
    assert!(failed[0].1.contains("authority that is trusted"));
}

#[test]
fn a_study_that_creates_by_put_or_allows_a_change_is_checked_as_it_delivers() {
    let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = practice_server(data.path());
    let device_of = |policy: &str, name: &str| device(&own.path().join(name), server.base_url(), policy);
    let putting = device_of(r#"{"create":"put"}"#, "a");
    for _ in 0..2 {
        let lines = putting.check_connection().unwrap();
        assert_eq!((failed(&lines), tried(&lines)), (vec![], 12), "{lines:?}");
    }
    for kind in ["QuestionnaireResponse", "Provenance"] {
        let stored = practice::storage::read_all(data.path(), kind).unwrap();
        assert!(
            matches!(&stored[..], [(id, 1, _)] if id.starts_with("check-")),
            "one {kind}, in one version"
        );
    }
}

#[test]
fn a_check_that_is_called_off_ends_while_the_server_says_nothing() {
    let own = TempDir::new().unwrap();
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let device = device(own.path(), &format!("http://{}/fhir", silent.local_addr().unwrap()), "{}");
    let soon = async { tokio::time::sleep(std::time::Duration::from_millis(50)).await };
    assert_eq!(device.check_connection_until(soon).unwrap(), None);
}

#[test]
fn a_study_that_assigns_is_told_what_of_tasks_it_is_not_given() {
    let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = practice_server(data.path());
    let policy =
        r#"{"authentication":{"method":"bearer"},"assignments":{"participantSystem":"urn:oid:1.2.3"}}"#;
    let device = device(own.path(), server.base_url(), policy);
    server.authorization().demand();
    device.put_access_token("s3cret", &person("anna")).unwrap();
    let line = |scopes: &str| {
        server.authorization().hand_out("s3cret", &format!("{} {scopes}", client::smart::SCOPE));
        let lines = device.check_connection().unwrap();
        lines.into_iter().find(|line| line.check == Check::Assignments).unwrap().outcome
    };
    let Outcome::Failed(fault) = line("") else { panic!("no Tasks are given") };
    assert_eq!((fault.code(), fault.value()), ("assignments-forbidden", Some("Task, Patient")));
    assert!(fault.text().contains("system/Task.rus system/Patient.rs"), "{fault}");
    let Outcome::Failed(fault) = line("system/Task.rus") else { panic!("no Patients are given") };
    assert_eq!(fault.value(), Some("Patient"));
    let Outcome::Noticed(fault) = line("system/Task.rus system/Patient.rs") else {
        panic!("some Tasks cannot be taken")
    };
    assert_eq!(fault.value(), Some("Questionnaire, ServiceRequest"));
    assert_eq!(line(client::smart::ASSIGNMENT_SCOPE), Outcome::Passed);
    let refuses = |status| {
        let fault = Fault::Refuse { status, retry_after: None };
        server.faults().set(Armed::new(fault, 1).for_type("Task").on(practice::faults::On::Read));
    };
    refuses(404);
    let Outcome::Failed(fault) = line(client::smart::ASSIGNMENT_SCOPE) else { panic!("there are no Tasks") };
    assert_eq!((fault.code(), fault.value()), ("assignments-unsupported", Some("Task")));
}
