//! The server keeps something else than was sent, and its answer is never heard: what it made of it is found, whatever it
//! altered, and is not sent a second time beside it.

use std::collections::BTreeSet;
use std::time::Duration;

use attesta_tests::alerts::{decision, only_alert};
use attesta_tests::delivery::{Rig, device_party, item, wait_for};
use device::delivery::{State, alert_rows};
use device::store::alert::{Action, AlertKind};
use fhir::{Value, Version, array, object};
use practice::faults::{Armed, Fault, On, Unreadable};

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

/// Provenances about the same response that are none of ours.
fn of_others(own: &Value, target: &str) -> Vec<(&'static str, Value)> {
    let versionless = target.split("/_history").next().unwrap();
    let with = |recorded: Option<&str>, target: &str, agent: Value| {
        object! {
            "resourceType" => "Provenance",
            "target" => array![object! { "reference" => target }],
            "recorded" => recorded.unwrap_or("2026-11-21T09:00:00Z"),
            "agent" => array![agent],
        }
    };
    let engine = || object! { "who" => object! { "reference" => "Device/engine" } };
    let author = || object! { "who" => device_party().to_reference() };
    let mut earlier = own.clone();
    let signature = |proof: &mut Value, name: &str, value: Value| {
        let signatures =
            proof.as_object_mut().unwrap().get_mut("signature").and_then(Value::as_array_mut).unwrap();
        signatures[0].as_object_mut().unwrap().insert(name, value);
    };
    signature(&mut earlier, "data", "ZWFybGllcg==".into());
    earlier.as_object_mut().unwrap().insert("recorded", "2026-11-21T09:00:00Z");
    vec![
        ("an engine's", with(None, target, engine())),
        ("an engine's at the same time", with(own.str("recorded"), target, engine())),
        ("an engine's that names the author", with(None, target, author())),
        ("the same about no version", with(own.str("recorded"), versionless, author())),
        ("an earlier proof of this device's", earlier),
    ]
}

#[test]
fn what_others_say_about_a_response_is_not_taken_for_the_devices_own() {
    for at in 0..5 {
        let rig = Rig::new();
        let refused = Armed::new(Fault::Status500Before, u32::MAX).for_type("Provenance");
        rig.server.faults().set(refused.clone());
        let record = rig.freeze();
        let sent = wait_for(Duration::from_secs(10), || {
            Some(item(&rig.store, &record)).filter(|one| one.state == State::ProvenanceSending)
        });
        let own = Value::parse(sent.provenance.as_deref().unwrap()).unwrap();
        // From now on only what the device itself sends is refused.
        rig.server.faults().set(refused.about(own.list("signature")[0].str("data").unwrap()));
        let (whose, others) = of_others(&own, &sent.target().unwrap()).swap_remove(at);
        let others = others.to_json();
        let kept =
            rig.request(async |client| client.create("Provenance", others.as_bytes(), None).await).unwrap();
        assert_eq!(kept.status, 201, "{whose}");
        rig.server.faults().clear();
        let record = rig.settled(&record);
        assert_eq!((record.state, alert_rows(&rig.store).unwrap().len()), (State::Done, 0), "{whose}");
        assert_eq!(rig.stored_as_sent("Provenance"), [others, own.to_json()], "{whose}");
    }
}

#[test]
fn a_server_that_does_not_know_the_second_parameter_keeps_nothing_from_being_sent() {
    let parameters = [
        ("QuestionnaireResponse", "authored"),
        ("Provenance", "recorded"),
        ("DocumentReference", "contenttype"),
    ];
    let page = Fault::Unreadable { body: Unreadable::WebPage, location: None };
    let faults = [Fault::Status500Before, Fault::Refuse { status: 400, retry_after: None }, page];
    for (resource_type, parameter) in parameters {
        for fault in faults.clone() {
            let rig = Rig::new();
            let when = format!("{parameter}: {fault:?}");
            rig.server.faults().set(Armed::new(Fault::ResetBefore, 1).for_type(resource_type));
            let asked = format!("{parameter}=");
            let unknown = Armed::new(fault, u32::MAX).for_type(resource_type).on(On::Search).about(&asked);
            rig.server.faults().set(unknown);
            let record = rig.freeze();
            let record = rig.settled(&record);
            rig.assert_proven(&record, &when);
            let requests = rig.server.faults().requests();
            assert!(requests.iter().any(|one| one.path.contains(parameter)), "{when}: it was asked");
        }
    }
}

#[test]
fn a_certificate_is_found_behind_those_of_many_other_devices() {
    let rig = Rig::new();
    for other in 0..120 {
        let other = object! {
            "resourceType" => "DocumentReference",
            "status" => "current",
            "description" => "X.509 certificate of the device that seals questionnaire responses",
            "content" => array![object! { "attachment" => object! {
                "contentType" => "application/pkix-cert", "data" => format!("AA{other:04}"),
            } }],
        };
        let kept = rig.request(async |client| {
            client.create("DocumentReference", other.to_json().as_bytes(), None).await.unwrap().status
        });
        assert_eq!(kept, 201);
    }
    let fault = Fault::AlterLeaf { path: Some("DocumentReference.identifier[0].value".to_owned()) };
    arm(&rig, "DocumentReference", fault, 0);
    let record = rig.freeze();
    noticed_and_corrected(&rig, &record, "DocumentReference", 120);
}

#[test]
fn what_was_altered_and_what_was_not_are_both_named() {
    let rig = Rig::new();
    let fault = Fault::AlterLeaf { path: Some("Provenance.signature[0].data".to_owned()) };
    arm(&rig, "Provenance", fault, 0);
    // The index is behind until it was sent once more.
    rig.server.faults().set(Armed::new(Fault::FindsNothing, 2).for_type("Provenance").on(On::Search));
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!((record.state, rig.stored("Provenance").len()), (State::Alert, 2));
    let alert = only_alert(&rig);
    assert_eq!((alert.row.kind, alert.found.len()), (AlertKind::Duplicates, 2));
}

#[test]
fn a_certificate_that_was_altered_twice_is_for_a_person() {
    let rig = Rig::new();
    let fault = Fault::AlterLeaf { path: Some("DocumentReference.identifier[0].system".to_owned()) };
    let faults = rig.server.faults();
    faults.set(Armed::new(fault, 2).for_type("DocumentReference"));
    faults.set(Armed::new(Fault::Status500, 2).for_type("DocumentReference"));
    faults.set(Armed::new(Fault::FindsNothing, 2).for_type("DocumentReference").on(On::Search));
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(rig.stored("DocumentReference").len(), 2);
    assert!(matches!(record.state, State::Alert | State::Quarantined), "{:?}", record.state);
    assert_eq!(only_alert(&rig).found.len(), 2);
}
