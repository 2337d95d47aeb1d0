//! What a search does not show: nothing, no end, no name.

use attesta_tests::delivery::{Rig, item};
use client::{Client, Options};
use device::delivery::{Actor, Decision, State, alert_detail, alert_rows};
use device::store::alert::{Action, AlertKind};
use device::store::attempt;
use fhir::Version;
use practice::faults::{Armed, Fault, On};

const RESPONSE: &str = "QuestionnaireResponse";

fn on_searches(fault: Fault, resource_type: &str) -> Armed {
    Armed::new(fault, u32::MAX).for_type(resource_type).on(On::Read)
}

/// What was answered to the creates of this type for a record.
fn created(rig: &Rig, record: &str, resource_type: &str) -> Vec<Option<u16>> {
    let subject = format!("record/{record}");
    let made = rig.store.read(move |connection| attempt::of_subject(connection, &subject)).unwrap();
    let path = format!("/{resource_type}");
    let creates = made.iter().filter(|one| one.method == "POST" && one.url.ends_with(&path));
    creates.map(|one| one.status).collect()
}

/// The record waits for a person because of this; sent again, it is found, not created once more.
fn waits_for_a_person(rig: &Rig, record: &str, problem: &str) {
    let stopped = rig.settled(record);
    assert_eq!((stopped.state, stopped.problem.as_deref()), (State::Quarantined, Some(problem)));
    let rows = alert_rows(&rig.store).unwrap();
    assert_eq!((rows.len(), rows[0].kind), (1, AlertKind::Quarantined));
    rig.server.faults().clear();
    let revision = alert_detail(&rig.store, &rows[0].id).unwrap().revision;
    let actor = Actor {
        user: "m.okafor".to_owned(),
        display_name: "Maria Okafor".to_owned(),
        role: "coordinator".to_owned(),
    };
    let (alert, action, reason) = (rows[0].id.clone(), Action::SendAgain, "It was set right".to_owned());
    rig.worker.act(Decision { alert, revision, action, actor, reason }).unwrap();
    assert_eq!(rig.settled(record).state, State::Done);
    assert_eq!((rig.stored(RESPONSE).len(), rig.stored("Provenance").len()), (1, 1));
}

#[test]
fn an_acknowledged_provenance_is_proven_though_no_search_finds_it() {
    let rig = Rig::new();
    let faults = rig.server.faults();
    faults.set(Armed::new(Fault::Status500Before, 1).for_type("Provenance"));
    faults.set(on_searches(Fault::FindsNothing, "Provenance"));
    let record = rig.freeze();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "the index is behind");
    assert_eq!(created(&rig, &record.id, "Provenance"), [Some(500), Some(201)]);
}

#[test]
fn a_search_without_an_end_is_given_up() {
    let rig = Rig::new();
    rig.server.faults().set(Armed::new(Fault::Status500, 1));
    rig.server.faults().set(on_searches(Fault::FindsNoEnd, RESPONSE));
    let record = rig.freeze();
    waits_for_a_person(&rig, &record, "too-many");
    assert_eq!(created(&rig, &record, RESPONSE), [Some(500)]);
}

#[test]
fn a_search_whose_pages_are_too_large_together_is_given_up() {
    let probe = Rig::new();
    let record = probe.freeze();
    assert_eq!(probe.settled(&record).state, State::Done);
    // What one page with this record has: two of them fit in an answer, and so eight in a search, where twenty are allowed.
    let page = probe.request(async |client| client.search(RESPONSE, &[]).await).unwrap();
    let page = page.body.unwrap().len();
    let rig = Rig::with_server(Version::R4, |context, server| {
        let options = Options { max_body: page * 5 / 2, ..Options::default() };
        context.client = Client::new(server.base_url(), options).unwrap();
    });
    rig.server.faults().set(Armed::new(Fault::Status500, 1));
    rig.server.faults().set(on_searches(Fault::FindsNoEnd, RESPONSE));
    let record = rig.freeze();
    waits_for_a_person(&rig, &record, "too-many");
    let searches = rig.server.faults().requests();
    let searches = searches.iter().filter(|one| one.method == "GET" && one.path.contains("identifier"));
    let searches = searches.count();
    assert!((6..20).contains(&searches), "{searches}");
}

#[test]
fn an_acknowledgement_that_names_nothing_and_is_not_found_is_not_sent_again() {
    let rig = Rig::new();
    let faults = rig.server.faults();
    faults.set(Armed::new(Fault::NoBody, 1));
    faults.set(Armed::new(Fault::NoLocation, 1));
    faults.set(on_searches(Fault::FindsNothing, RESPONSE));
    let record = rig.freeze();
    waits_for_a_person(&rig, &record, "not-named");
    assert_eq!(created(&rig, &record, RESPONSE), [Some(201)]);
    assert!(item(&rig.store, &record).returned.is_some());
}
