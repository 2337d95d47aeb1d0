//! Answers that only their head can be read of: an acknowledgement stays one, what answers in the server's place is none.

use attesta_tests::alerts::only_alert;
use attesta_tests::delivery::{Rig, item};
use device::delivery::{State, alert_detail, alert_rows};
use device::store::alert::AlertKind;
use device::store::attempt::{self, Attempt};
use practice::faults::{Armed, Fault, On, Unreadable};

const RESPONSE: &str = "QuestionnaireResponse";

fn unreadable(body: Unreadable, location: Option<String>) -> Armed {
    Armed::new(Fault::Unreadable { body, location }, 1)
}

/// The creates of this type that were made for a record.
fn creates(rig: &Rig, record: &str, resource_type: &str) -> Vec<Attempt> {
    let subject = format!("record/{record}");
    let made = rig.store.read(move |connection| attempt::of_subject(connection, &subject)).unwrap();
    let is_create = |one: &Attempt| one.method == "POST" && one.url.ends_with(&format!("/{resource_type}"));
    made.into_iter().filter(is_create).collect()
}

/// What the attempts say: the status, why the body was not read, why there was no answer.
fn said(attempts: &[Attempt]) -> Vec<(Option<u16>, Option<&str>, Option<&str>)> {
    attempts.iter().map(|one| (one.status, one.unread.as_deref(), one.error.as_deref())).collect()
}

fn alter(path: &str) -> Armed {
    Armed::new(Fault::AlterLeaf { path: Some(path.to_owned()) }, u32::MAX)
}

#[test]
fn an_acknowledgement_whose_body_cannot_be_had_is_one() {
    let faults = [
        (Fault::Unreadable { body: Unreadable::WebPage, location: None }, Some("web-page")),
        (Fault::Unreadable { body: Unreadable::OtherType, location: None }, Some("media-type")),
        (Fault::Unreadable { body: Unreadable::TooLong, location: None }, Some("too-large")),
        (Fault::Unreadable { body: Unreadable::Compressed, location: None }, Some("compressed")),
        // This one came whole.
        (Fault::Unreadable { body: Unreadable::NotUtf8, location: None }, None),
        (Fault::Truncate, Some("truncated")),
    ];
    for resource_type in [RESPONSE, "Provenance"] {
        for (fault, unread) in &faults {
            let when = format!("{unread:?} {resource_type}");
            let rig = Rig::new();
            rig.server.faults().set(Armed::new(fault.clone(), 1).for_type(resource_type));
            let record = rig.freeze();
            let record = rig.settled(&record);
            rig.assert_proven(&record, &when);
            assert!(rig.server.faults().armed().is_empty(), "{when}: the fault was not met");
            let made = creates(&rig, &record.id, resource_type);
            assert_eq!(said(&made), [(Some(201), *unread, None)], "{when}");
            assert!(!rig.worker.standing().offline, "{when}: the server was there");
        }
    }
}

#[test]
fn an_acknowledged_create_is_never_repeated_though_nothing_finds_what_it_made() {
    for (resource_type, path) in
        [(RESPONSE, "QuestionnaireResponse.identifier.value"), ("Provenance", "Provenance.signature[0].data")]
    {
        let rig = Rig::new();
        let faults = rig.server.faults();
        faults.set(alter(path).for_type(resource_type));
        faults.set(unreadable(Unreadable::WebPage, None).for_type(resource_type));
        // What was acknowledged cannot be read at first: only what is on the disk says that it was.
        let refuse = Fault::Refuse { status: 503, retry_after: None };
        faults.set(Armed::new(refuse, 3).for_type(resource_type).on(On::Read));
        let record = rig.freeze();
        assert_eq!(rig.settled(&record).state, State::Alert, "{resource_type}");
        assert_eq!(rig.stored(resource_type).len(), 1, "{resource_type}");
        let made = creates(&rig, &record, resource_type);
        assert_eq!(said(&made), [(Some(201), Some("web-page"), None)], "{resource_type}");
        let rows = alert_rows(&rig.store).unwrap();
        assert_eq!(rows.len(), 1);
        let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
        let paths: Vec<_> = alert.changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, [path]);
    }
}

#[test]
fn a_captive_portal_acknowledges_nothing() {
    let rig = Rig::new();
    rig.server.faults().set(Armed::new(Fault::Gateway { status: 200, page: true }, 1));
    let record = rig.freeze();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "a portal that goes away");
    let made = creates(&rig, &record.id, RESPONSE);
    assert_eq!(said(&made), [(None, None, Some("web-page")), (Some(201), None, None)]);
}

#[test]
fn a_location_elsewhere_acknowledges_nothing_and_the_search_finds_what_is_kept() {
    for location in [
        "https://elsewhere.example/fhir/QuestionnaireResponse/7/_history/1",
        "/QuestionnaireResponse/7/_history/1",
        "/login",
        "",
    ] {
        let rig = Rig::new();
        rig.server.faults().set(unreadable(Unreadable::WebPage, Some(location.to_owned())));
        let record = rig.freeze();
        let record = rig.settled(&record);
        rig.assert_proven(&record, location);
        let made = creates(&rig, &record.id, RESPONSE);
        assert_eq!(said(&made), [(None, None, Some("web-page"))], "{location}: searched for, not sent again");
    }
}

/// A record is delivered; the create of the next one is acknowledged in its name. Gives the second.
fn named_like_another(body: Unreadable, and: Option<Armed>) -> (Rig, device::store::outbox::Item) {
    let rig = Rig::new();
    let first = rig.freeze();
    let target = rig.settled(&first).target().unwrap();
    let location = format!("{}/{target}", rig.server.base_url());
    rig.server.faults().set(unreadable(body, Some(location)));
    if let Some(armed) = and {
        rig.server.faults().set(armed);
    }
    let second = rig.freeze();
    let second = rig.settled(&second);
    assert_eq!(creates(&rig, &second.id, RESPONSE).len(), 1);
    assert_eq!(rig.stored(RESPONSE).len(), 2, "each response once");
    assert_eq!(item(&rig.store, &first).state, State::Done);
    assert_ne!(second.target(), Some(target));
    (rig, second)
}

#[test]
fn a_location_of_another_record_is_not_believed() {
    for body in [Unreadable::WebPage, Unreadable::NotUtf8] {
        let (rig, second) = named_like_another(body, None);
        assert_eq!(second.state, State::Done, "{body:?}");
        assert!(alert_rows(&rig.store).unwrap().is_empty(), "{body:?}");
    }
    let altered = alter("QuestionnaireResponse.identifier.value");
    let (rig, second) = named_like_another(Unreadable::WebPage, Some(altered));
    assert_eq!(second.state, State::Alert);
    assert_eq!(only_alert(&rig).changes[0].path, "QuestionnaireResponse.identifier.value");
    // No search leads to what is kept: a person has to find it.
    let hidden = Armed::new(Fault::FindsNothing, u32::MAX).for_type(RESPONSE).on(On::Search);
    let (rig, second) = named_like_another(Unreadable::WebPage, Some(hidden));
    assert_eq!((second.state, second.problem.as_deref()), (State::Quarantined, Some("of-another")));
    let rows = alert_rows(&rig.store).unwrap();
    assert_eq!(rows.len(), 1);
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    assert_eq!(alert.row.kind, AlertKind::Quarantined);
}
