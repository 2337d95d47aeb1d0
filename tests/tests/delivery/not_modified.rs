//! `304 Not Modified` where no client of FHIR expects it: to a create it may mean that an earlier one won, or nothing at all; to a
//! read it brings nothing to compare. Nothing is believed of it, nothing is lost and nothing is sent twice.

use std::time::Duration;

use attesta_tests::alerts::{decision, only_alert};
use attesta_tests::delivery::{Rig, insert, item, sign, wait_for};
use device::Create;
use device::delivery::{State, alert_rows};
use device::store::alert::Action;
use fhir::Version;
use practice::faults::{Armed, Fault, On};

const RESPONSE: &str = "QuestionnaireResponse";

fn not_modified(times: u32) -> Armed {
    Armed::new(Fault::Refuse { status: 304, retry_after: None }, times)
}

/// The methods of the requests about responses, in their order.
fn methods(rig: &Rig) -> Vec<String> {
    let requests = rig.server.faults().requests();
    let about = requests.iter().filter(|one| one.path.contains(RESPONSE));
    about.map(|one| one.method.clone()).collect()
}

#[test]
fn a_create_that_was_not_acted_on_is_looked_for_and_then_sent_again() {
    for (version, resource_type) in [
        (Version::R4, RESPONSE),
        (Version::R5, RESPONSE),
        (Version::R4, "Provenance"),
        (Version::R5, "Provenance"),
        (Version::R4, "DocumentReference"),
    ] {
        let when = format!("{} {resource_type}", version.number());
        let rig = Rig::of(version, |_| {});
        rig.server.faults().set(not_modified(2).for_type(resource_type));
        let record = rig.freeze();
        let record = rig.settled(&record);
        rig.assert_proven(&record, &when);
        assert!(rig.server.faults().armed().is_empty(), "{when}: the fault was not met");
        if resource_type == RESPONSE {
            // Every create but the first one comes after two searches that found nothing.
            let (creates, searches) = methods(&rig).into_iter().partition::<Vec<_>, _>(|one| one == "POST");
            assert_eq!(creates.len(), 3, "{when}");
            assert!(searches.len() > 2 * 2, "{when}: {searches:?}");
        }
    }
}

#[test]
fn a_create_under_the_devices_own_id_that_was_not_acted_on_is_sent_again() {
    let rig = Rig::with(|context| context.create = Create::Put);
    rig.server.faults().set(not_modified(2));
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Done, "{:?}", record.problem);
    let stored = rig.stored(RESPONSE);
    assert_eq!(stored.iter().map(|(_, version, _)| *version).collect::<Vec<_>>(), [1], "one version of one");
    assert_eq!(rig.stored("Provenance").len(), 1);
    assert!(alert_rows(&rig.store).unwrap().is_empty());
    rig.assert_verifies(&record, "PUT");
}

#[test]
fn a_create_that_an_earlier_one_had_won_is_found_compared_and_not_sent_again() {
    for create in [Create::Post, Create::Put] {
        let rig = Rig::with(|context| context.create = create);
        let signed = sign(rig.signer.as_ref());
        rig.request(async |client| client.create(RESPONSE, &signed.response, None).await.unwrap());
        rig.server.faults().set(not_modified(u32::MAX));
        let record = insert(&rig.store, signed);
        rig.worker.wake();
        let record = rig.settled(&record);
        assert_eq!(record.state, State::Done, "{create:?}: {:?}", record.problem);
        assert_eq!(rig.stored(RESPONSE).len(), 1, "{create:?}");
        let sent = methods(&rig).into_iter().filter(|one| one != "GET").count();
        assert_eq!(sent, 2, "{create:?}: the earlier one, and one that was not acted on");
        rig.assert_verifies(&record, "an earlier create won");
    }
}

#[test]
fn what_an_earlier_create_made_of_it_is_compared_all_the_same() {
    let rig = Rig::new();
    let signed = sign(rig.signer.as_ref());
    let path = "QuestionnaireResponse.item[1].answer[0].value";
    rig.server.faults().set(Armed::new(Fault::AlterLeaf { path: Some(path.to_owned()) }, 1));
    rig.request(async |client| client.create(RESPONSE, &signed.response, None).await.unwrap());
    rig.server.faults().set(not_modified(1));
    let record = insert(&rig.store, signed);
    rig.worker.wake();
    assert_eq!(rig.settled(&record).state, State::Alert);
    let alert = only_alert(&rig);
    let paths: Vec<_> = alert.changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, [path]);
    assert!(rig.stored("Provenance").is_empty(), "nothing is proven");
}

#[test]
fn while_nothing_else_is_answered_the_record_waits_and_nobody_is_asked() {
    let rig = Rig::new();
    rig.server.faults().set(not_modified(u32::MAX));
    let record = rig.freeze();
    let waits = wait_for(Duration::from_secs(20), || {
        let item = item(&rig.store, &record);
        (item.failures >= 3 && item.problem.as_deref() == Some("status-304")).then_some(item)
    });
    assert_eq!(waits.state, State::Sending);
    assert!(rig.stored(RESPONSE).is_empty() && alert_rows(&rig.store).unwrap().is_empty());
    rig.server.faults().clear();
    rig.worker.send_now().unwrap();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "afterwards");
}

#[test]
fn a_read_that_brings_nothing_is_made_again_and_nothing_is_sent_again() {
    let rig = Rig::new();
    rig.server.faults().set(not_modified(3).on(On::Read));
    let record = rig.freeze();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "reading back");
    assert!(rig.server.faults().armed().is_empty(), "the fault was not met");
    assert_eq!(methods(&rig), ["POST", "GET", "GET", "GET", "GET"], "one create, and four reads");
}

#[test]
fn a_search_that_brings_nothing_does_not_pass_for_not_there() {
    for resource_type in [RESPONSE, "Provenance"] {
        let rig = Rig::new();
        // The server has stored it and nobody was told.
        rig.server.faults().set(Armed::new(Fault::NoAnswer, 1).for_type(resource_type));
        rig.server.faults().set(not_modified(4).for_type(resource_type).on(On::Read));
        let record = rig.freeze();
        let record = rig.settled(&record);
        rig.assert_proven(&record, resource_type);
        assert!(rig.server.faults().armed().is_empty(), "{resource_type}: the fault was not met");
    }
}

#[test]
fn a_correction_that_was_not_acted_on_is_sent_again_and_made_once() {
    let rig = Rig::new();
    rig.server.faults().set(Armed::new(Fault::DropAnswer, 1));
    let record = rig.freeze();
    assert_eq!(rig.settled(&record).state, State::Alert);
    rig.server.faults().set(not_modified(2));
    rig.worker.act(decision(&only_alert(&rig), Action::SendAgain)).unwrap();
    let record = rig.settled(&record);
    assert_eq!(record.state, State::Done, "{:?}", record.problem);
    assert!(rig.server.faults().armed().is_empty(), "the fault was not met");
    let versions = rig.stored_as_sent(RESPONSE);
    assert_eq!(versions.len(), 2, "what was altered, and one correction");
    assert_eq!(versions[1].as_bytes(), record.response.as_slice());
    assert_eq!(alert_rows(&rig.store).unwrap().len(), 1, "no further alert");
}
