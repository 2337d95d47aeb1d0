//! The server keeps something else than was sent, and its answer is never heard: what it made of it is found, whatever it
//! altered, and is not sent a second time beside it.

use std::collections::BTreeSet;
use std::time::Duration;

use attesta_tests::alerts::{decision, only_alert};
use attesta_tests::delivery::{Rig, item, wait_for};
use device::delivery::{State, alert_rows};
use device::store::alert::Action;
use fhir::{Version, array, object};
use practice::faults::{Armed, Fault};

/// Alters a leaf by lot in the next resource of this type, and ends the answer in an error.
fn arm(rig: &Rig, resource_type: &str, fault: Fault, seed: u64) {
    let faults = rig.server.faults();
    faults.set(Armed::new(fault, 1).for_type(resource_type).seeded(seed));
    faults.set(Armed::new(Fault::Status500, 1).for_type(resource_type));
}

/// One alert names exactly what was altered, nothing stands beside it, and it is corrected in its place.
fn noticed_and_corrected(rig: &Rig, record: &str, resource_type: &str, before: usize) -> String {
    let stopped = rig.settled(record);
    let alteration = rig.server.faults().alterations().pop().expect("the server altered something");
    let path = alteration.path;
    assert!(matches!(stopped.state, State::Alert | State::Quarantined), "{path}: {:?}", stopped.state);
    let alert = only_alert(rig);
    let paths: Vec<&str> = alert.changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, [path.as_str()]);
    assert_eq!(rig.stored(resource_type).len(), before + 1, "{path}: sent once");
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(record).state, State::Done, "{path}");
    let stored = rig.stored(resource_type);
    assert_eq!(stored.len(), before + 2, "{path}: corrected once");
    assert!(
        stored.iter().any(|(id, version, _)| *id == alteration.id && *version == 2),
        "{path}: in its place"
    );
    path
}

/// Leaves by lot, and certainly those by which a resource is searched for or recognised.
fn leaves(resource_type: &str, marks: &[&str], lots: u64) -> Vec<(Fault, u64)> {
    let marks =
        marks.iter().map(|mark| (Fault::AlterLeaf { path: Some(format!("{resource_type}.{mark}")) }, 0));
    marks.chain((0..lots).map(|seed| (Fault::AlterLeaf { path: None }, seed))).collect()
}

fn each_is_noticed(version: Version, resource_type: &str, marks: &[&str], lots: u64) {
    let rig = Rig::of(version, |_| {});
    let mut altered = BTreeSet::new();
    for (fault, seed) in leaves(resource_type, marks, lots) {
        let before = rig.stored(resource_type).len();
        arm(&rig, resource_type, fault, seed);
        let record = rig.freeze();
        altered.insert(noticed_and_corrected(&rig, &record, resource_type, before));
    }
    assert!(altered.len() > marks.len(), "{altered:?}");
}

#[test]
fn a_response_that_was_altered_unheard() {
    let identifiers = ["identifier", "identifier[0]"];
    for (version, identifier) in [Version::R4, Version::R5].into_iter().zip(identifiers) {
        let (value, system) = (format!("{identifier}.value"), format!("{identifier}.system"));
        let marks = [&value, &system, "authored", "extension[0].value.data", "author.identifier.value"];
        each_is_noticed(version, "QuestionnaireResponse", &marks, 25);
    }
}

#[test]
fn a_provenance_that_was_altered_unheard() {
    for version in [Version::R4, Version::R5] {
        let marks =
            ["signature[0].data", "target[0].reference", "recorded", "signature[0].who.identifier.value"];
        each_is_noticed(version, "Provenance", &marks, 25);
    }
}

#[test]
fn a_certificate_that_was_altered_unheard() {
    for version in [Version::R4, Version::R5] {
        let marks = ["identifier[0].value", "identifier[0].system", "content[0].attachment.contentType"];
        for (fault, seed) in leaves("DocumentReference", &marks, 6) {
            // Each device has one certificate, and sends it once.
            let rig = Rig::of(version, |_| {});
            arm(&rig, "DocumentReference", fault, seed);
            let record = rig.freeze();
            noticed_and_corrected(&rig, &record, "DocumentReference", 0);
        }
    }
}

#[test]
fn what_others_say_about_a_response_is_not_taken_for_the_devices_own() {
    let rig = Rig::new();
    let refused = Armed::new(Fault::Status500Before, u32::MAX).for_type("Provenance").about("\"signature\"");
    rig.server.faults().set(refused);
    let record = rig.freeze();
    let sent = wait_for(Duration::from_secs(10), || {
        Some(item(&rig.store, &record)).filter(|one| one.state == State::ProvenanceSending)
    });
    let others = object! {
        "resourceType" => "Provenance",
        "target" => array![object! { "reference" => sent.target().unwrap() }],
        "recorded" => "2026-11-21T09:00:00Z",
        "agent" => array![object! { "who" => object! { "reference" => "Device/archive" } }],
    };
    let others = others.to_json();
    let kept =
        rig.request(async |client| client.create("Provenance", others.as_bytes(), None).await).unwrap();
    assert_eq!(kept.status, 201);
    rig.server.faults().clear();
    let record = rig.settled(&record);
    assert_eq!((record.state, alert_rows(&rig.store).unwrap().len()), (State::Done, 0));
    let own = String::from_utf8(record.provenance.unwrap()).unwrap();
    assert_eq!(rig.stored_as_sent("Provenance"), [others, own]);
}
