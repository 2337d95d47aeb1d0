//! Somebody writes another answer over a response on HAPI FHIR's JPA server: the device finds it, a coordinator puts it right
//! under `If-Match`, and every step of it is reported to the server.

use std::time::Duration;

use attesta_tests::alerts::decision;
use attesta_tests::delivery::{remove_given, wait_for};
use device::delivery::{AlertDetail, State, alert_detail, alert_rows};
use device::store::alert::{Action, AlertKind};
use device::store::attempt;
use device::store::outbox::Item;
use device::store::posting::{self, Posting, PostingState};
use fhir::Value;
use fhir::canonical::number_text;

use crate::hapi::{Desk, Site};

const ANSWER: &str = "QuestionnaireResponse.item[1].answer[0].value";

pub(crate) fn an_altered_response_is_found_corrected_and_proven(site: &Site) {
    let desk = site.desk_at(&site.hapi.base_url());
    let signed = site.signed();
    let frozen = Value::parse(&signed.response).unwrap();
    let id = format!("altered-{}", signed.id);
    put(site, &id, &with_answer(&signed.response, 24));

    let record = desk.send(signed);
    assert_eq!(desk.settled(&record).state, State::Alert);
    let first = open_alert(&desk);
    assert_altered(&first, "24", &format!("QuestionnaireResponse/{id}/_history/1"));

    // And once more, so that the alert is about a version which is not the current one.
    put(site, &id, &with_answer(frozen.to_json().as_bytes(), 23));
    desk.worker.act(decision(&first, Action::SendAgain)).unwrap();
    assert_eq!(desk.settled(&record).state, State::Alert, "nothing is written over what is not known");
    let second = open_alert(&desk);
    assert_ne!(second.row.id, first.row.id);
    assert_altered(&second, "23", &format!("QuestionnaireResponse/{id}/_history/2"));
    assert!(second.can_send_again);

    desk.worker.act(decision(&second, Action::SendAgain)).unwrap();
    let record = desk.settled(&record);
    site.assert_proven(&record);
    assert_eq!(record.target().unwrap(), format!("QuestionnaireResponse/{id}/_history/3"));
    let kept = |version: u32| site.read(&format!("QuestionnaireResponse/{id}/_history/{version}"));
    assert_eq!(
        number_text(&sent(kept(3))),
        number_text(&frozen),
        "what the patient signed stands there again"
    );
    for (version, answer) in [(1, 24), (2, 23)] {
        let altered = Value::parse(&with_answer(&record.response, answer)).unwrap();
        assert_eq!(
            number_text(&sent(kept(version))),
            number_text(&altered),
            "and the altered ones before it"
        );
    }
    assert_corrections(&desk, &record);

    let provenance = site.read(&record.provenance_target().unwrap());
    let activity = provenance.get("activity").unwrap().list("coding")[0].str("code");
    assert_eq!(activity, Some("UPDATE"));
    assert!(alert_rows(&desk.store).unwrap().iter().all(|alert| !alert.open));

    for alert in [&first, &second] {
        for act in ["raised", "1"] {
            assert_reported(site, &desk, &format!("alert/{}/{act}", alert.row.id));
        }
    }
}

fn put(site: &Site, id: &str, altered: &[u8]) {
    let mut resource = Value::parse(altered).unwrap();
    resource.as_object_mut().unwrap().insert("id", id);
    let answer = site.request(async |client| {
        client.update("QuestionnaireResponse", id, resource.to_json().as_bytes(), None).await.unwrap()
    });
    assert!(matches!(answer.status, 200 | 201), "{}", answer.status);
}

/// The response with another answer than 42.
fn with_answer(response: &[u8], answer: u32) -> Vec<u8> {
    let text = std::str::from_utf8(response).unwrap();
    let altered = text.replace("\"valueInteger\":42", &format!("\"valueInteger\":{answer}"));
    assert_ne!(altered, text);
    altered.into_bytes()
}

/// Without what the server gave it.
fn sent(mut kept: Value) -> Value {
    let members = kept.as_object_mut().unwrap();
    // HAPI FHIR says there which request it was.
    members.get_mut("meta").and_then(Value::as_object_mut).unwrap().remove("source");
    remove_given(members);
    kept
}

fn open_alert(desk: &Desk) -> AlertDetail {
    let open: Vec<_> = alert_rows(&desk.store).unwrap().into_iter().filter(|alert| alert.open).collect();
    assert_eq!(open.len(), 1, "one open alert: {open:?}");
    alert_detail(&desk.store, &open[0].id).unwrap()
}

fn assert_altered(alert: &AlertDetail, returned: &str, target: &str) {
    let changes: Vec<_> = alert
        .changes
        .iter()
        .map(|change| (change.path.as_str(), change.sent.as_deref(), change.returned.as_deref()))
        .collect();
    assert_eq!(changes, [(ANSWER, Some("42"), Some(returned))]);
    assert_eq!((alert.row.kind, alert.target.as_deref()), (AlertKind::Different, Some(target)));
}

/// Two updates with `If-Match`: the first one is refused, the second one taken.
fn assert_corrections(desk: &Desk, record: &Item) {
    let subject = format!("record/{}", record.id);
    let made = desk.store.read(|connection| attempt::of_subject(connection, &subject)).unwrap();
    let updates: Vec<_> = made
        .iter()
        .filter(|one| one.method == "PUT")
        .map(|one| (one.conditions.as_str(), one.status))
        .collect();
    assert!(matches!(updates[..], [("If-Match", Some(409 | 412)), ("If-Match", Some(200))]), "{updates:?}");
}

/// The server keeps the report once, with all that was sent.
fn assert_reported(site: &Site, desk: &Desk, cause: &str) {
    let report = wait_for(Duration::from_mins(1), || {
        let report = desk.store.read(|connection| posting::by_cause(connection, cause)).unwrap().unwrap();
        (report.state != PostingState::Waiting).then_some(report)
    });
    let Posting { state, server_id: Some(id), server_version: Some(version), resource, .. } = report else {
        panic!("{cause} is not kept: {report:?}")
    };
    assert_eq!((state, version.as_str()), (PostingState::Done, "1"), "{cause}");
    let event = Value::parse(&resource).unwrap();
    let kept = site.read(&format!("AuditEvent/{id}/_history/1"));
    assert_eq!(number_text(&sent(kept)), number_text(&event), "{cause}");
    let same = |one: &Value| one.list("entity").first() == event.list("entity").first();
    let found = site.searched("AuditEvent", ("date", event.str("recorded").unwrap()));
    assert_eq!(found.iter().filter(|one| same(one)).count(), 1, "{cause} is there once");
}
