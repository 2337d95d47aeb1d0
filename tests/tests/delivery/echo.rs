//! A server, or a gateway before it, that answers with what it was sent whatever it keeps: only what it shows afterwards is
//! believed (ADR 61).

use std::time::Duration;

use attesta_tests::alerts::{decision, only_alert};
use attesta_tests::delivery::{Rig, wait_for};
use device::Create;
use device::delivery::{State, alert_detail, alert_rows};
use device::store::alert::{Action, AlertKind};
use fhir::Version;
use practice::faults::{Armed, Fault, On};

/// Requests about responses: method and path under the base.
fn requests(rig: &Rig) -> Vec<(String, String)> {
    let requests = rig.server.faults().requests();
    let about = requests.iter().filter(|one| one.path.contains("QuestionnaireResponse"));
    about.map(|one| (one.method.clone(), one.path.clone())).collect()
}

fn lies(rig: &Rig, seed: u64) {
    let faults = rig.server.faults();
    faults.set(Armed::new(Fault::AlterLeaf { path: None }, 1).seeded(seed));
    faults.set(Armed::new(Fault::Echo, 1));
}

#[test]
fn what_only_the_answer_says_is_not_believed() {
    for (version, create) in [
        (Version::R4, Create::Post),
        (Version::R5, Create::Post),
        (Version::R4, Create::Put),
        (Version::R5, Create::Put),
    ] {
        let rig = Rig::of(version, |context| context.create = create);
        for seed in 0..10 {
            lies(&rig, seed);
            let record = rig.freeze();
            let record = rig.settled(&record);
            let alteration = rig.server.faults().alterations().pop().expect("the server altered something");
            assert_eq!(record.state, State::Alert, "seed {seed}: {} was believed", alteration.path);
            let rows = alert_rows(&rig.store).unwrap();
            let row = rows.into_iter().find(|alert| alert.record == record.id).unwrap();
            let alert = alert_detail(&rig.store, &row.id).unwrap();
            let paths: Vec<_> = alert.changes.iter().map(|change| change.path.as_str()).collect();
            assert_eq!(
                (alert.row.kind, paths),
                (AlertKind::Different, vec![alteration.path.as_str()]),
                "seed {seed}"
            );
            assert_eq!(alert.target, record.target(), "seed {seed}");
        }
        assert!(rig.stored("Provenance").is_empty(), "what differs is never proven");
    }
}

#[test]
fn a_correction_is_read_back_too() {
    let rig = Rig::new();
    lies(&rig, 3);
    let record = rig.freeze();
    assert_eq!(rig.settled(&record).state, State::Alert);
    let alert = only_alert(&rig);
    // The correction is altered and echoed as well.
    lies(&rig, 4);
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record).state, State::Alert);
    let open = alert_rows(&rig.store).unwrap().into_iter().filter(|alert| alert.open).count();
    assert_eq!(open, 1, "the second alteration has an alert of its own");
    assert!(rig.stored("Provenance").is_empty());
}

#[test]
fn what_is_acknowledged_and_not_kept_is_an_alert_and_can_be_sent_again() {
    for (version, create, kind) in [
        (Version::R4, Create::Post, "QuestionnaireResponse"),
        (Version::R5, Create::Post, "QuestionnaireResponse"),
        (Version::R4, Create::Put, "QuestionnaireResponse"),
        (Version::R4, Create::Post, "DocumentReference"),
        (Version::R5, Create::Post, "DocumentReference"),
    ] {
        let rig = Rig::of(version, |context| context.create = create);
        rig.server.faults().set(Armed::new(Fault::Forget, 1).for_type(kind));
        let record = rig.freeze();
        assert_eq!(rig.settled(&record).state, State::Quarantined, "{kind}");
        let alert = only_alert(&rig);
        assert_eq!((alert.row.kind, alert.row.missing), (AlertKind::Quarantined, true));
        let named = alert.target.clone().unwrap();
        assert!(named.starts_with(&format!("{kind}/")) && !named.contains("//"), "{named}");
        assert!(rig.stored(kind).is_empty() && rig.stored("Provenance").is_empty(), "{kind}");
        rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        wait_for(Duration::from_secs(30), || (rig.settled(&record).state == State::Done).then_some(()));
        assert_eq!((rig.stored("QuestionnaireResponse").len(), rig.stored("Provenance").len()), (1, 1));
        assert!(alert_rows(&rig.store).unwrap().iter().all(|alert| !alert.open));
    }
}

#[test]
fn the_certificate_is_read_back_too() {
    for version in [Version::R4, Version::R5] {
        let rig = Rig::of(version, |_| {});
        let faults = rig.server.faults();
        let altered = Fault::AlterLeaf { path: Some("DocumentReference.status".to_owned()) };
        faults.set(Armed::new(altered, 1).for_type("DocumentReference"));
        faults.set(Armed::new(Fault::Echo, 1).for_type("DocumentReference"));
        let record = rig.freeze();
        assert_eq!(rig.settled(&record).state, State::Alert);
        let alert = only_alert(&rig);
        let paths: Vec<_> = alert.changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["DocumentReference.status"]);
        rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        wait_for(Duration::from_secs(30), || (rig.settled(&record).state == State::Done).then_some(()));
        assert_eq!(rig.stored("Provenance").len(), 1);
    }
}

#[test]
fn a_record_that_cannot_be_read_back_yet_waits_and_is_never_sent_again() {
    let rig = Rig::new();
    let refused = Fault::Refuse { status: 503, retry_after: Some(0) };
    rig.server.faults().set(Armed::new(refused, 3).on(On::Read));
    let record = rig.freeze();
    rig.assert_proven(&rig.settled(&record), "read at last");
    let made = requests(&rig);
    let count = |method: &str| made.iter().filter(|(own, _)| own == method).count();
    assert_eq!((count("POST"), count("GET")), (1, 4), "{made:?}");
    assert!(made.iter().all(|(method, path)| method == "POST" || path.contains("/_history/1")), "{made:?}");
}

#[test]
fn a_server_that_is_slow_to_show_what_it_has_taken_is_asked_again() {
    for kind in ["QuestionnaireResponse", "DocumentReference"] {
        let rig = Rig::new();
        // Once for the version and once for what is there now.
        let not_yet = Fault::Refuse { status: 404, retry_after: None };
        rig.server.faults().set(Armed::new(not_yet, 2).for_type(kind).on(On::Read));
        let record = rig.freeze();
        rig.assert_proven(&rig.settled(&record), kind);
        let sent = rig.server.faults().requests().into_iter();
        let sent = sent.filter(|one| one.method == "POST" && one.path.contains(kind)).count();
        assert_eq!(sent, 1, "{kind}");
    }
}

#[test]
fn a_certificate_that_is_altered_and_then_deleted_is_sent_anew() {
    let rig = Rig::new();
    let altered = Fault::AlterLeaf { path: Some("DocumentReference.status".to_owned()) };
    rig.server.faults().set(Armed::new(altered, 1).for_type("DocumentReference"));
    let record = rig.freeze();
    assert_eq!(rig.settled(&record).state, State::Alert);
    let (id, _, _) = rig.stored("DocumentReference").pop().unwrap();
    rig.delete("DocumentReference", &id);
    for (state, kind) in
        [(State::Quarantined, AlertKind::ProvenanceDifferent), (State::Done, AlertKind::Quarantined)]
    {
        let open: Vec<_> = alert_rows(&rig.store).unwrap().into_iter().filter(|alert| alert.open).collect();
        let [open] = &open[..] else { panic!("one alert is open: {open:?}") };
        assert_eq!(open.kind, kind);
        let alert = alert_detail(&rig.store, &open.id).unwrap();
        rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        wait_for(Duration::from_secs(30), || (rig.settled(&record).state == state).then_some(()));
    }
    assert_eq!(rig.stored("Provenance").len(), 1);
}

#[test]
fn a_server_that_shows_no_versions_is_read_as_it_is_now() {
    let rig = Rig::new();
    rig.server.faults().set(Armed::new(Fault::Refuse { status: 405, retry_after: None }, 1).on(On::Read));
    let record = rig.freeze();
    rig.assert_proven(&rig.settled(&record), "read without its version");
    let last = requests(&rig).pop().unwrap();
    assert!(last.0 == "GET" && !last.1.contains("_history"), "{last:?}");
}
