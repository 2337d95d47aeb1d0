//! A study that takes only what is signed for transmission from the answers to its searches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use attesta_tests::delivery::Rig;
use device::delivery::{SignedBundles, State, alert_detail, alert_rows};
use device::store::alert::AlertKind;
use device::store::audit;
use practice::faults::{Armed, Fault};

/// A device that verifies what it finds, and a server that signs its answers or does not. The answer to the first
/// create of `searched` names nothing, so that the device has to search for what it sent.
fn rig(verified: bool, signed: bool, searched: &str) -> Rig {
    let rig = Rig::with_server(fhir::Version::R4, |context, server| {
        if verified {
            let store = Arc::clone(&context.store);
            let receipt = SignedBundles::new(store, server.anchor_pem(), device::clock::system()).unwrap();
            context.client = context.client.clone().verifying(Arc::new(receipt));
        }
        server.sign_searches(signed).unwrap();
    });
    for fault in [Fault::NoBody, Fault::NoLocation] {
        rig.server.faults().set(Armed::new(fault, 1).for_type(searched));
    }
    rig
}

fn refusals(rig: &Rig) -> Vec<String> {
    let entries = rig.store.read(audit::all).unwrap();
    let refused = entries.into_iter().filter(|entry| entry.event == "search.resourceRefused");
    refused.map(|entry| entry.detail).collect()
}

#[test]
fn what_is_found_signed_is_the_same_as_what_was_sent() {
    for searched in ["DocumentReference", "QuestionnaireResponse", "Provenance"] {
        let rig = rig(true, true, searched);
        let record = rig.freeze();
        let record = rig.settled(&record);
        rig.assert_proven(&record, searched);
        assert!(refusals(&rig).is_empty(), "{searched}");
        let searches = rig.server.faults().requests();
        assert!(
            searches.iter().any(|one| one.method == "GET" && one.path.contains(&format!("{searched}?"))),
            "{searched} was searched for"
        );
    }
}

#[test]
fn what_is_found_unsigned_is_refused_reported_and_never_sent_twice() {
    let rig = rig(true, false, "DocumentReference");
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!((record.state, record.problem.as_deref()), (State::Quarantined, Some("receipt")));
    assert_eq!(rig.stored("DocumentReference").len(), 1, "refused is not the same as not there");
    assert!(rig.stored("Provenance").is_empty());
    let refusals = refusals(&rig);
    assert!(refusals[0].starts_with("provenance-missing DocumentReference/"), "{refusals:?}");
    let rows = alert_rows(&rig.store).unwrap();
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    assert_eq!(alert.row.kind, AlertKind::Quarantined);
    assert!(alert.found[0].contains("ProvenanceExtension-IEHR"), "{:?}", alert.found);
}

#[test]
fn an_altered_response_is_refused_by_its_own_signature() {
    let rig = rig(true, true, "QuestionnaireResponse");
    rig.server
        .faults()
        .set(Armed::new(Fault::AlterLeaf { path: Some("QuestionnaireResponse.language".to_owned()) }, 1));
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!((record.state, record.problem.as_deref()), (State::Quarantined, Some("receipt")));
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 1);
    assert!(refusals(&rig)[0].starts_with("content-altered QuestionnaireResponse/"));
}

#[test]
fn a_study_that_does_not_ask_for_it_compares_what_is_there() {
    let rig = rig(false, false, "DocumentReference");
    let record = rig.freeze();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "no signatures asked for, none given");
}
