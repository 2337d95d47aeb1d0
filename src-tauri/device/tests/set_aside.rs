//! A Task of which the server refuses something is set aside alone: the others appear, and it is tried again.

use crate::common;

use std::collections::BTreeSet;

use common::clinic::{Clinic, PHQ9, parse};
use device::assignment::{Assigned, Assignments};
use fhir::{Value, Version};
use practice::faults::{Armed, Fault, On, Unreadable};
use practice::seeds;
use questionnaire::instruments;

const PERIOD: (&str, &str) = ("2026-01-01", "2099-12-31");
const REQUEST: &str = r#"{"resourceType":"ServiceRequest","id":"r-1","status":"active","intent":"order",
    "subject":{"reference":"Patient/patient-014-0027"},
    "extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-servicerequest-questionnaire",
    "valueCanonical":"https://attesta.example/fhir/Questionnaire/phq-9"}]}"#;

/// A Task that asks for the PHQ-9 by a `ServiceRequest`.
fn fulfill(id: &str) -> Value {
    let text = seeds::task(id, "014-0027", PHQ9, PERIOD).to_json();
    let (head, _) = text.split_once(",\"input\"").unwrap();
    let focus = "\"focus\":{\"reference\":\"ServiceRequest/r-1\"},\"restriction\":{\"period\":";
    let head = head
        .replace("http://hl7.org/fhir/uv/sdc/CodeSystem/temp", "http://hl7.org/fhir/CodeSystem/task-code")
        .replace("complete-questionnaire", "fulfill")
        .replace("\"restriction\":{\"period\":", focus);
    parse(&(head + "}"))
}

/// Three Tasks, each the only one of which the server is asked for a Patient, a Questionnaire or a `ServiceRequest`.
fn clinic() -> Clinic {
    let other = r#"{"resourceType":"Questionnaire","id":"other","url":"https://x.example/other","version":"1",
        "status":"active","language":"en","title":"Form","item":[{"linkId":"1","type":"boolean","text":"Well?"}]}"#;
    let clinic = Clinic::of(
        Version::R4,
        |seeds| {
            seeds.questionnaires.push(parse(other));
            seeds.terminology.push(parse(REQUEST));
        },
        |_| (),
    );
    clinic.device().bring_form(instruments::PHQ9).unwrap();
    clinic.device().put_participants(vec![common::participant()]).unwrap();
    clinic.put(&seeds::task("by-patient", "014-0031", PHQ9, PERIOD));
    clinic.put(&seeds::task("by-questionnaire", "014-0027", "https://x.example/other|1", PERIOD));
    clinic.put(&fulfill("by-service-request"));
    clinic
}

const NEEDED: [(&str, &str, &str); 3] = [
    ("Patient", "by-patient", "participant-not-given"),
    ("Questionnaire", "by-questionnaire", "questionnaire-not-given"),
    ("ServiceRequest", "by-service-request", "request-not-given"),
];

fn refuses(clinic: &Clinic, kind: &str, fault: Fault) {
    clinic.server.faults().set(Armed::new(fault, 1).for_type(kind).on(On::Read));
}

fn due(known: &Assigned) -> BTreeSet<&str> {
    known.due.iter().map(|due| due.id.as_str()).collect()
}

fn asked(clinic: &Clinic, kind: &str) -> usize {
    let requests = clinic.server.faults().requests();
    requests.iter().filter(|one| one.method == "GET" && one.path.contains(kind)).count()
}

fn list(all: &Assignments) -> Assigned {
    all.list().unwrap()
}

#[test]
fn one_that_needs_what_the_server_refuses_is_set_aside_and_the_others_appear() {
    for status in [400, 403, 404] {
        for (kind, bad, reason) in NEEDED {
            let clinic = clinic();
            refuses(&clinic, kind, Fault::Refuse { status, retry_after: None });
            let known = clinic.pulled();
            let what = format!("{status} of {kind}");
            let refused: Vec<_> =
                known.refused.iter().map(|one| (one.id.as_str(), one.reason.as_str())).collect();
            assert_eq!((known.problem, refused), (None, vec![(bad, reason)]), "{what}");
            let others: BTreeSet<_> =
                NEEDED.map(|(_, id, _)| id).into_iter().filter(|id| *id != bad).collect();
            assert_eq!(due(&known), others, "{what}");
            let detail = &known.refused[0].detail;
            assert!(detail.contains(": the server"), "it says what and why: {detail}");
            let known = clinic.pulled();
            assert_eq!((known.refused, known.due.len()), (vec![], 3), "{what}: it is taken once it is given");
        }
    }
}

#[test]
fn what_is_set_aside_waits_longer_than_a_round_unless_a_person_asks_or_it_changes() {
    for (kind, bad, reason) in NEEDED {
        let clinic = clinic();
        let all = clinic.assignments();
        refuses(&clinic, kind, Fault::Refuse { status: 403, retry_after: None });
        all.round(true).unwrap();
        assert_eq!((list(&all).due.len(), asked(&clinic, kind)), (2, 1), "{bad}");
        for _ in 0..3 {
            assert!(all.round(true).unwrap().pulled);
            let known = list(&all);
            assert_eq!((known.due.len(), known.refused[0].reason.as_str()), (2, reason), "{bad}");
        }
        assert_eq!(asked(&clinic, kind), 1, "it waits: {bad}");
        all.pull().unwrap();
        assert_eq!((list(&all).due.len(), asked(&clinic, kind)), (3, 2), "a person asks: {bad}");
    }
    let clinic = clinic();
    let all = clinic.assignments();
    refuses(&clinic, "Patient", Fault::Refuse { status: 403, retry_after: None });
    all.round(true).unwrap();
    assert_eq!(list(&all).due.len(), 2);
    clinic.put(&seeds::task("by-patient", "014-0031", PHQ9, ("2026-01-02", "2099-12-31")));
    all.round(true).unwrap();
    assert_eq!(list(&all).due.len(), 3, "another version of the Task is another try");
}

#[test]
fn what_concerns_the_whole_server_ends_the_round_and_takes_nothing_away() {
    let refuse = |status| (Fault::Refuse { status, retry_after: None }, "status");
    let whole = [
        (Fault::Refuse { status: 401, retry_after: None }, "unauthorised"),
        refuse(500),
        refuse(503),
        refuse(429),
        (Fault::NoAnswer, "reset"),
        (Fault::Unreadable { body: Unreadable::WebPage, location: None }, "web-page"),
    ];
    for (kind, ..) in NEEDED {
        let clinic = clinic();
        for (fault, problem) in &whole {
            refuses(&clinic, kind, fault.clone());
            let known = clinic.pulled();
            assert_eq!((known.problem, known.refused.len()), (Some(*problem), 0), "{fault:?} of {kind}");
        }
        assert_eq!(clinic.pulled().due.len(), 3, "{kind}");
    }
}

#[test]
fn a_visit_that_was_ended_keeps_its_task_while_what_it_needs_is_refused() {
    let clinic = clinic();
    assert_eq!(clinic.pulled().due.len(), 3);
    let visit = clinic.device().start_assigned_visit("by-service-request", &clinic.staff).unwrap();
    clinic.device().end_visit(&visit.id, &clinic.staff, "the participant left").unwrap();
    refuses(&clinic, "ServiceRequest", Fault::Refuse { status: 403, retry_after: None });
    let known = clinic.pulled();
    assert_eq!((known.problem, known.due.len(), known.refused.len()), (None, 3, 0), "{known:?}");
}
