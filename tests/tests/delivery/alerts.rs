//! The server keeps something else: the alert names exactly that, and a person acts on it in each of three ways.

use std::time::Duration;

use attesta_tests::alerts::{decision, only_alert, reported};
use attesta_tests::delivery::{Rig, item, wait_for};
use device::Error;
use device::delivery::{AlertDetail, Decision, State, alert_detail, alert_rows, timeline};
use device::store::alert::{Action, AlertKind};
use device::store::outbox::Item;
use fhir::Value;
use practice::faults::{Armed, Fault};

/// A record that the server altered.
fn altered(rig: &Rig, fault: Fault) -> (Item, AlertDetail) {
    rig.server.faults().set(Armed::new(fault, 1));
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Alert);
    (record, only_alert(rig))
}

fn paths(alert: &AlertDetail) -> Vec<&str> {
    alert.changes.iter().map(|change| change.path.as_str()).collect()
}

#[test]
fn an_altered_leaf_is_named_by_exactly_its_path_and_nothing_else() {
    let rig = Rig::new();
    for seed in 0..80 {
        rig.server.faults().set(Armed::new(Fault::AlterLeaf { path: None }, 1).seeded(seed));
        let record = rig.freeze();
        let record = rig.settled(&record);
        let alteration = rig.server.faults().alterations().pop().expect("the server altered something");
        assert_eq!(record.state, State::Alert, "seed {seed}: {} went unnoticed", alteration.path);
        let alert =
            alert_rows(&rig.store).unwrap().into_iter().find(|alert| alert.record == record.id).unwrap();
        let alert = alert_detail(&rig.store, &alert.id).unwrap();
        assert_eq!(paths(&alert), [alteration.path.as_str()], "seed {seed}");
        assert_eq!(alert.row.kind, AlertKind::Different);
        assert_eq!(alert.target, record.target());
        let frozen = Value::parse(&record.response).unwrap();
        assert_eq!(alert.identical_elements as usize, frozen.leaf_count() - 1, "seed {seed}");
    }
    assert!(rig.stored("Provenance").is_empty(), "what differs is never proven");
}

/// A device that sends and asks for XML.
fn in_xml() -> Rig {
    Rig::with(|context| {
        let options = client::Options { format: client::Format::Xml, ..client::Options::default() };
        context.client = client::Client::new(context.client.base_url(), options).unwrap();
    })
}

#[test]
fn a_delivery_in_xml_is_proven_like_one_in_json() {
    let rig = in_xml();
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Done);
    rig.assert_verifies(&record, "sent as XML");
    let stored = rig.stored_as_sent("QuestionnaireResponse");
    let canonical = |text: &[u8]| fhir::canonical::number_text(&Value::parse(text).unwrap());
    assert_eq!(stored.len(), 1);
    // XML has FHIR's order of elements, which JSON does not keep.
    assert_eq!(canonical(stored[0].as_bytes()), canonical(&record.response));
    assert_eq!(rig.stored("Provenance").len(), 1);
    let exchange = rig.request(async |_| {
        let options = client::Options { format: client::Format::Xml, ..client::Options::default() };
        let client = client::Client::new(rig.server.base_url(), options).unwrap();
        client.read("QuestionnaireResponse", record.server_id.as_deref().unwrap()).await.unwrap()
    });
    assert_eq!(exchange.headers.content_type.as_deref(), Some("application/fhir+xml; charset=utf-8"));
    assert_eq!(exchange.resource().unwrap().unwrap().resource_type(), Some("QuestionnaireResponse"));
}

#[test]
fn what_differs_in_xml_is_named_by_its_path() {
    let rig = in_xml();
    let (_, alert) = altered(&rig, Fault::ChangeDecimalText);
    assert_eq!(paths(&alert), ["QuestionnaireResponse.item[0].item[2].answer[0].value"]);
    for seed in 0..10 {
        rig.server.faults().set(Armed::new(Fault::AlterLeaf { path: None }, 1).seeded(seed));
        let record = rig.freeze();
        let record = rig.settled(&record);
        let alteration = rig.server.faults().alterations().pop().unwrap();
        assert_eq!(record.state, State::Alert, "seed {seed}: {} went unnoticed", alteration.path);
        let alert =
            alert_rows(&rig.store).unwrap().into_iter().find(|alert| alert.record == record.id).unwrap();
        let alert = alert_detail(&rig.store, &alert.id).unwrap();
        assert_eq!(paths(&alert), [alteration.path.as_str()], "seed {seed}");
    }
}

#[test]
fn decimal_text_a_dropped_answer_and_a_changed_answer_are_told_apart_and_shown() {
    let rig = Rig::new();
    let (_, alert) = altered(&rig, Fault::ChangeDecimalText);
    assert_eq!(paths(&alert), ["QuestionnaireResponse.item[0].item[2].answer[0].value"]);
    let change = &alert.changes[0];
    assert_eq!((change.sent.as_deref(), change.returned.as_deref()), (Some("72.50"), Some("72.5")));
    assert_eq!(change.words.question.as_deref(), Some("Your weight"));
    assert_eq!((change.words.item, change.words.element.as_str()), (Some(3), "answer.value"));

    for fault in [Fault::DropAnswer, Fault::AlterAnswer] {
        let rig = Rig::new();
        let (_, alert) = altered(&rig, fault);
        let alterations = rig.server.faults().alterations();
        assert_eq!(paths(&alert), [alterations[0].path.as_str()]);
        assert!(alert.changes[0].words.question.is_some());
    }
}

#[test]
fn another_id_or_type_in_the_answer_is_an_alert() {
    for (fault, path) in [
        (Fault::WrongId, "QuestionnaireResponse.id"),
        (Fault::WrongType, "QuestionnaireResponse.resourceType"),
    ] {
        let rig = Rig::new();
        let (_, alert) = altered(&rig, fault);
        assert_eq!(paths(&alert), [path]);
    }
}

#[test]
fn sending_again_puts_the_signed_content_back_and_proves_the_new_version() {
    let rig = Rig::new();
    let (record, alert) = altered(&rig, Fault::AlterAnswer);
    assert!(alert.can_send_again);
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    let record = rig.settled(&record.id);
    assert_eq!(record.state, State::Done);
    let stored = rig.stored("QuestionnaireResponse");
    assert_eq!(stored.len(), 2, "the altered version stays, the signed one follows it");
    assert_eq!(rig.stored_as_sent("QuestionnaireResponse")[1].as_bytes(), record.response.as_slice());

    let id = record.server_id.clone().unwrap();
    let provenances = rig.stored("Provenance");
    assert_eq!(provenances.len(), 1);
    let provenance = Value::parse(provenances[0].2.as_bytes()).unwrap();
    assert_eq!(
        provenance.list("target")[0].str("reference"),
        Some(format!("QuestionnaireResponse/{id}/_history/2").as_str())
    );
    let activity = provenance.get("activity").unwrap().list("coding")[0].str("code");
    assert_eq!(activity, Some("UPDATE"));
    let entity = &provenance.list("entity")[0];
    assert_eq!(entity.str("role"), Some("revision"));
    assert_eq!(
        entity.get("what").unwrap().str("reference"),
        Some(format!("QuestionnaireResponse/{id}/_history/1").as_str())
    );

    rig.assert_verifies(&record, "the corrected version");

    let closed = alert_detail(&rig.store, &alert.row.id).unwrap();
    assert_eq!(closed.row.outcome, Some("corrected"));
    assert_eq!(closed.actions[0].result, "corrected");
    assert_eq!(closed.actions[0].reason, "Reported to the server's owner");
    assert_reported(&rig, &record, "sendAgain");
    let kinds: Vec<&str> = timeline(&rig.store, &record.id).unwrap().iter().map(|entry| entry.kind).collect();
    assert_eq!(
        kinds,
        ["sent", "kept", "alert", "acted", "sent", "kept", "compared", "provenanceSent", "proven"]
    );
}

/// An answer can be another record's, when answers get mixed up on the way. Its resource is that other record's.
#[test]
fn an_answer_that_is_not_of_the_record_leads_to_a_search_and_overwrites_nothing() {
    let rig = Rig::new();
    let (record, alert) = altered(&rig, Fault::WrongType);
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record.id).state, State::Done);
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 1, "what was found is what was signed");

    rig.server.faults().set(Armed::new(Fault::WrongType, 1).for_type("Provenance"));
    let record = rig.freeze();
    assert_eq!(rig.settled(&record).state, State::Alert);
    rig.worker.act(decision(&only_alert(&rig), Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record).state, State::Done);
    assert_eq!(rig.stored("Provenance").len(), 2, "one for each record");
}

#[test]
fn a_decision_in_the_moment_of_the_alert_is_carried_out_at_once() {
    let rig = Rig::new();
    for round in 0..10 {
        rig.server.faults().set(Armed::new(Fault::DropAnswer, 1));
        let record = rig.freeze();
        while item(&rig.store, &record).state != State::Alert {
            std::thread::yield_now();
        }
        rig.worker.act(decision(&only_alert(&rig), Action::SendAgain)).unwrap();
        assert_eq!(rig.settled(&record).state, State::Done, "round {round}");
        assert_eq!(rig.worker.standing().problem, None, "round {round}: one journey at a time");
    }
}

#[test]
fn accepting_and_escalating_close_the_record_without_a_proof() {
    for (action, outcome) in [(Action::Accept, "accepted"), (Action::Escalate, "escalated")] {
        let rig = Rig::new();
        let (before, alert) = altered(&rig, Fault::DropAnswer);
        rig.worker.act(decision(&alert, action)).unwrap();
        let record = rig.settled(&before.id);
        assert_eq!(record.state, State::ClosedDifferent);
        assert_eq!(record.response, before.response, "the frozen bytes are kept");
        let closed = alert_detail(&rig.store, &alert.row.id).unwrap();
        assert_eq!(closed.row.outcome, Some(outcome));
        assert_reported(&rig, &record, action.as_str());
        rig.worker.send_now().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(rig.stored("Provenance").is_empty(), "{outcome}: there is never a Provenance");
        assert_eq!(rig.stored("QuestionnaireResponse").len(), 1);
        assert_eq!(record.provenance, None, "{outcome}: there is never a persistence signature");
        let again = rig.worker.act(decision(&closed, Action::SendAgain));
        assert!(matches!(again, Err(Error::WrongState(_))), "{outcome} is final");
    }
}

/// An `AuditEvent` is on the server that names the act and the path, and no answer.
fn assert_reported(rig: &Rig, record: &Item, action: &str) {
    let raised = reported(rig, "raised");
    let device = raised.list("agent")[0].get("who").unwrap();
    assert_eq!(raised.list("agent").len(), 1, "nobody has acted yet");
    assert!(device.str("reference").unwrap().starts_with("Device/"));
    let event = reported(rig, action);
    assert_safe(&raised.to_json(), record);
    assert_safe(&event.to_json(), record);
    assert!(event.to_json().contains("m.okafor"));
    assert_eq!(event.get("type").unwrap().str("code"), Some("110113"));
    assert_eq!(event.list("agent")[0].get("requestor").and_then(Value::as_bool), Some(true));
    assert!(event.get("source").unwrap().get("observer").is_some());
    assert_eq!(rig.stored("AuditEvent").len(), 2, "the alert and the act, once each");
}

/// The report names the record and what differs, and no answer.
fn assert_safe(text: &str, record: &Item) {
    assert!(text.contains(&record.identifier));
    assert!(text.contains("QuestionnaireResponse.item["), "the report names what differs: {text}");
    for answer in ["72.50", "72.5", "More than half", "LA6570", "Better after", "2026-11-20", "Reported to"] {
        assert!(!text.contains(answer), "the report must not carry `{answer}`");
    }
}

#[test]
fn an_act_needs_a_reason_the_current_revision_and_an_open_alert() {
    let rig = Rig::new();
    let (record, alert) = altered(&rig, Fault::AlterAnswer);
    let without = Decision { reason: "  ".to_owned(), ..decision(&alert, Action::Accept) };
    assert!(matches!(rig.worker.act(without), Err(Error::ReasonMissing)));
    let stale = Decision { revision: alert.revision + 1, ..decision(&alert, Action::Accept) };
    assert!(matches!(rig.worker.act(stale), Err(Error::StaleRevision)));
    let unknown = Decision { alert: "none".to_owned(), ..decision(&alert, Action::Accept) };
    assert!(matches!(rig.worker.act(unknown), Err(Error::NotFound(_))));
    assert_eq!(item(&rig.store, &record.id).state, State::Alert, "a refused act changes nothing");
    reported(&rig, "raised");
    assert_eq!(rig.stored("AuditEvent").len(), 1, "an act that was refused is not reported");
}

#[test]
fn a_refused_correction_is_said_in_the_alert_which_stays_open() {
    let rig = Rig::new();
    let (record, alert) = altered(&rig, Fault::AlterAnswer);
    rig.server.faults().set(Armed::new(Fault::Refuse { status: 422, retry_after: None }, 1));
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record.id).state, State::Alert);
    let after = only_alert(&rig);
    assert_eq!(after.row.id, alert.row.id);
    assert_eq!(after.actions[0].result, "refused-422");
    assert!(matches!(rig.worker.act(decision(&alert, Action::SendAgain)), Err(Error::StaleRevision)));
    rig.worker.act(decision(&after, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record.id).state, State::Done);
}

#[test]
fn a_correction_that_is_altered_again_raises_a_further_alert() {
    let rig = Rig::new();
    let (record, alert) = altered(&rig, Fault::AlterAnswer);
    rig.server.faults().set(Armed::new(Fault::DropAnswer, 1));
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record.id).state, State::Alert);
    let earlier = alert_detail(&rig.store, &alert.row.id).unwrap();
    assert_eq!(earlier.row.outcome, Some("differentAgain"));
    let further = only_alert(&rig);
    assert_ne!(further.row.id, alert.row.id);
    assert!(further.target.as_deref().unwrap().ends_with("/_history/2"));
    rig.worker.act(decision(&further, Action::SendAgain)).unwrap();
    let record = rig.settled(&record.id);
    assert_eq!(record.state, State::Done);
    assert!(record.target().unwrap().ends_with("/_history/3"));
}

#[test]
fn a_correction_never_overwrites_what_somebody_else_wrote_in_between() {
    let rig = Rig::new();
    let (record, alert) = altered(&rig, Fault::AlterAnswer);
    let id = record.server_id.clone().unwrap();
    let mut other = Value::parse(record.returned.as_deref().unwrap()).unwrap();
    other.as_object_mut().unwrap().insert("status", "entered-in-error");
    rig.request(async |client| {
        let answer = client.update("QuestionnaireResponse", &id, other.to_json().as_bytes(), Some("1")).await;
        assert_eq!(answer.unwrap().status, 200);
    });
    rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
    assert_eq!(rig.settled(&record.id).state, State::Alert);
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 2, "If-Match keeps the other version in place");
    let further = only_alert(&rig);
    assert!(paths(&further).contains(&"QuestionnaireResponse.status"), "{:?}", paths(&further));
}

#[test]
fn a_correction_whose_answer_is_lost_is_looked_up() {
    for fault in [Fault::NoAnswer, Fault::Status500, Fault::ResetBefore, Fault::NoBody] {
        let rig = Rig::new();
        let (record, alert) = altered(&rig, Fault::AlterAnswer);
        rig.server.faults().set(Armed::new(fault.clone(), 1));
        rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        let record = rig.settled(&record.id);
        assert_eq!(record.state, State::Done, "{}", fault.id());
        assert_eq!(rig.stored("QuestionnaireResponse").len(), 2, "{}", fault.id());
        assert_eq!(rig.stored("Provenance").len(), 1, "{}", fault.id());
    }
}

#[test]
fn an_altered_provenance_or_certificate_is_an_alert_and_can_be_sent_again() {
    for resource_type in ["Provenance", "DocumentReference"] {
        let rig = Rig::new();
        let fault = Armed::new(Fault::AlterLeaf { path: None }, 1).for_type(resource_type).seeded(3);
        rig.server.faults().set(fault);
        let record = rig.freeze();
        assert_eq!(rig.settled(&record).state, State::Alert, "{resource_type}");
        let alert = only_alert(&rig);
        assert_eq!(alert.row.kind, AlertKind::ProvenanceDifferent);
        let alterations = rig.server.faults().alterations();
        assert_eq!(paths(&alert), [alterations[0].path.as_str()]);
        rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        let record = rig.settled(&record);
        assert_eq!(record.state, State::Done, "{resource_type}");
        assert_eq!(rig.stored(resource_type).len(), 2, "{resource_type}: altered, then corrected");
        assert!(alert_rows(&rig.store).unwrap().iter().all(|alert| !alert.open), "{resource_type}");
    }
}

#[test]
fn a_refused_record_can_be_sent_again_once_the_server_takes_it() {
    for resource_type in ["QuestionnaireResponse", "Provenance", "DocumentReference"] {
        let rig = Rig::new();
        let fault = Fault::Refuse { status: 422, retry_after: None };
        rig.server.faults().set(Armed::new(fault, 1).for_type(resource_type));
        let record = rig.freeze();
        assert_eq!(rig.settled(&record).state, State::Quarantined, "{resource_type}");
        let alert = only_alert(&rig);
        rig.worker.act(decision(&alert, Action::SendAgain)).unwrap();
        let record = rig.settled(&record);
        assert_eq!(record.state, State::Done, "{resource_type}");
        assert_eq!(rig.stored("QuestionnaireResponse").len(), 1, "{resource_type}");
        assert_eq!(rig.stored("Provenance").len(), 1, "{resource_type}");
        assert!(alert_rows(&rig.store).unwrap().iter().all(|alert| !alert.open), "{resource_type}");
    }
}

/// Each of them finds that the certificate is kept otherwise, or that another one has found it already.
#[test]
fn a_certificate_that_many_records_wait_for_is_one_alert() {
    for _ in 0..8 {
        let rig = Rig::new();
        let fault = Fault::AlterLeaf { path: Some("DocumentReference.status".to_owned()) };
        rig.server.faults().set(Armed::new(fault, 1).for_type("DocumentReference"));
        let records: Vec<String> = (0..12).map(|_| rig.freeze()).collect();
        let is_waiting = |record: &String| {
            let one = item(&rig.store, record);
            one.state == State::Alert || one.problem.as_deref() == Some("certificate")
        };
        wait_for(Duration::from_secs(30), || records.iter().all(is_waiting).then_some(()));
        assert_eq!(alert_rows(&rig.store).unwrap().len(), 1);
        rig.worker.act(decision(&only_alert(&rig), Action::SendAgain)).unwrap();
        assert!(records.iter().all(|record| rig.settled(record).state == State::Done));
        assert_eq!((alert_rows(&rig.store).unwrap().len(), rig.stored("DocumentReference").len()), (1, 2));
    }
}
