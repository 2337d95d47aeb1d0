//! A study that takes only what is signed for transmission from the answers to its searches.

use std::sync::Arc;

use attesta_tests::delivery::{DEVICE, Rig};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use client::{Receipt as _, Received};
use device::delivery::{SignedBundles, State, alert_detail, alert_rows};
use device::store::alert::AlertKind;
use device::store::audit;
use fhir::{Value, array, object};
use practice::faults::{Armed, Fault};
use seal::Party;
use seal::iehr::{Transmission, sign_bundle};

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

/// A device that takes only what this organization has signed, and a server whose own organization signs.
fn rig_for(organization: &str) -> Rig {
    let rig = Rig::with_server(fhir::Version::R4, |context, server| {
        let store = Arc::clone(&context.store);
        let receipt = SignedBundles::new(store, server.anchor_pem(), device::clock::system()).unwrap();
        let receipt = receipt.by(Some(organization.to_owned()));
        context.client = context.client.clone().verifying(Arc::new(receipt));
        server.sign_searches(true).unwrap();
    });
    for fault in [Fault::NoBody, Fault::NoLocation] {
        rig.server.faults().set(Armed::new(fault, 1).for_type("DocumentReference"));
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

/// What a device that demands signatures makes of a searchset with these resources.
fn received(rig: &Rig, resources: Vec<Value>) -> Received {
    let entries: Vec<Value> = resources.into_iter().map(|one| object! { "resource" => one }).collect();
    let searchset = object! { "resourceType" => "Bundle", "type" => "searchset", "entry" => entries };
    let store = Arc::clone(&rig.store);
    let receipt = SignedBundles::new(store, rig.server.anchor_pem(), device::clock::system()).unwrap();
    receipt.receive(&searchset).unwrap()
}

fn refused(received: &Received) -> Vec<(&str, &str)> {
    received.refused.iter().map(|one| (one.reference.as_str(), one.code)).collect()
}

fn stored(rig: &Rig, kind: &str) -> Value {
    Value::parse(rig.stored(kind)[0].2.as_bytes()).unwrap()
}

/// A DocumentReference and its Provenance, signed by the device's own key as if it were an organization's.
fn signed_by_the_device(rig: &Rig) -> Vec<Value> {
    let posing = Party {
        reference: "Organization/site-014".to_owned(),
        identifier_system: "urn:ietf:rfc:3986".to_owned(),
        identifier_value: DEVICE.to_owned(),
    };
    let document = object! { "resourceType" => "DocumentReference", "id" => "d", "status" => "current" };
    let bundle = object! {
        "resourceType" => "Bundle",
        "type" => "searchset",
        "entry" => array![object! { "resource" => document }],
    };
    let transmission = Transmission {
        authors: std::slice::from_ref(&posing),
        custodian: &posing,
        issued_at: device::clock::system()().timestamp(),
        application: "Attesta tests",
    };
    let signed = sign_bundle(&bundle, &transmission, &mut || "p".to_owned(), rig.signer.as_ref()).unwrap();
    signed.list("entry").iter().map(|entry| entry.get("resource").unwrap().clone()).collect()
}

/// The Provenance with its token made anew: the signed header no longer says for which custodian.
fn without_custodian(rig: &Rig, document: &Value, provenance: &Value) -> Value {
    let data = provenance.list("signature")[0].str("data").unwrap();
    let token = String::from_utf8(STANDARD.decode(data).unwrap()).unwrap();
    let header = URL_SAFE_NO_PAD.decode(token.split_once("..").unwrap().0).unwrap();
    let header = Value::parse(&header).unwrap().to_json();
    let header = header.replace(&format!(r#""custodian":"{DEVICE}","#), "");
    assert!(!header.contains("custodian"), "{header}");
    let header = URL_SAFE_NO_PAD.encode(header);
    let content = URL_SAFE_NO_PAD.encode(fhir::canonical::jcs(document).unwrap());
    let signature = rig.signer.sign(format!("{header}.{content}").as_bytes()).unwrap();
    let token = STANDARD.encode(format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)));
    Value::parse(provenance.to_json().replace(data, &token).as_bytes()).unwrap()
}

#[test]
fn a_custodian_without_an_identifier_is_refused() {
    let rig = rig(true, true, "DocumentReference");
    let [document, provenance] = signed_by_the_device(&rig).try_into().unwrap();
    let provenance = without_custodian(&rig, &document, &provenance);
    let received_whole = received(&rig, vec![document.clone(), provenance.clone()]);
    assert_eq!(refused(&received_whole)[0], ("DocumentReference/d", "not-covered"), "signed for nobody");

    let identifier = format!(r#","identifier":{{"system":"urn:ietf:rfc:3986","value":"{DEVICE}"}}"#);
    let unnamed = provenance.to_json().replace(&identifier, "");
    assert!(!unnamed.contains(DEVICE), "{unnamed}");
    let received = received(&rig, vec![document, Value::parse(unnamed.as_bytes()).unwrap()]);
    assert_eq!(refused(&received)[0], ("DocumentReference/d", "signer-unmatched"));
    assert!(
        received
            .bundle
            .list("entry")
            .iter()
            .all(|entry| { entry.get("resource").unwrap().resource_type() != Some("DocumentReference") })
    );
}

#[test]
fn an_unsigned_response_is_refused() {
    let rig = rig(true, true, "DocumentReference");
    let record = rig.freeze();
    rig.settled(&record);
    let mut response = stored(&rig, "QuestionnaireResponse");
    assert_eq!(refused(&received(&rig, vec![response.clone()])), []);
    response.as_object_mut().unwrap().remove("extension").unwrap();
    let received = received(&rig, vec![response]);
    assert_eq!(refused(&received)[0].1, "no-signature");
    assert!(received.bundle.list("entry").is_empty());
}

#[test]
fn an_unsigned_provenance_is_refused() {
    let rig = rig(true, true, "DocumentReference");
    let record = rig.freeze();
    rig.settled(&record);
    let provenance = stored(&rig, "Provenance");
    let whole = received(&rig, vec![provenance.clone()]);
    assert_eq!((refused(&whole), whole.bundle.list("entry").len()), (vec![], 1));

    let mut unsigned = provenance.clone();
    unsigned.as_object_mut().unwrap().remove("signature").unwrap();
    assert_eq!(refused(&received(&rig, vec![unsigned]))[0].1, "provenance-signatures");
    let mut turned = provenance.clone();
    let elsewhere = array![object! { "reference" => "QuestionnaireResponse/another/_history/1" }];
    turned.as_object_mut().unwrap().insert("target", elsewhere);
    assert_eq!(refused(&received(&rig, vec![turned]))[0].1, "not-covered");
    let data = provenance.list("signature")[0].str("data").unwrap();
    let other = STANDARD.encode("e30..e30");
    let forged = Value::parse(provenance.to_json().replace(data, &other).as_bytes()).unwrap();
    assert_eq!(refused(&received(&rig, vec![forged])).len(), 1);
}

#[test]
fn a_match_that_nothing_covers_is_refused() {
    let rig = rig(true, true, "DocumentReference");
    let event = object! { "resourceType" => "AuditEvent", "id" => "e" };
    assert_eq!(refused(&received(&rig, vec![event])), [("AuditEvent/e", "not-covered")]);
}

#[test]
fn the_servers_organization_is_the_configured_one_or_nothing_is_taken() {
    let own = practice::seeds::organization_party().identifier_value;
    let rig = rig_for(&own);
    let record = rig.freeze();
    let record = rig.settled(&record);
    rig.assert_proven(&record, "signed by the organization that the study names");
    assert!(refusals(&rig).is_empty());

    let rig = rig_for("urn:uuid:01400000-0000-4000-8000-0000000000ff");
    let record = rig.freeze();
    let record = rig.settled(&record);
    assert_eq!((record.state, record.problem.as_deref()), (State::Quarantined, Some("receipt")));
    assert!(refusals(&rig)[0].starts_with("other-organization DocumentReference/"), "{:?}", refusals(&rig));
    let rows = alert_rows(&rig.store).unwrap();
    let alert = alert_detail(&rig.store, &rows[0].id).unwrap();
    assert!(alert.found[0].contains("another organization than"), "{:?}", alert.found);
}

#[test]
fn a_certificate_of_another_party_that_calls_itself_custodian_is_refused() {
    let rig = rig(true, true, "DocumentReference");
    let posing = signed_by_the_device(&rig);
    assert_eq!(
        refused(&received(&rig, posing.clone())),
        [],
        "any custodian will do where none is configured"
    );

    let own = practice::seeds::organization_party().identifier_value;
    let entries: Vec<Value> = posing.into_iter().map(|one| object! { "resource" => one }).collect();
    let searchset = object! { "resourceType" => "Bundle", "type" => "searchset", "entry" => entries };
    let store = Arc::clone(&rig.store);
    let receipt = SignedBundles::new(store, rig.server.anchor_pem(), device::clock::system()).unwrap();
    let received = receipt.by(Some(own)).receive(&searchset).unwrap();
    assert_eq!(refused(&received)[0], ("DocumentReference/d", "other-organization"));
    let kept = received.bundle.list("entry");
    assert!(kept.iter().all(|one| one.get("resource").unwrap().resource_type() == Some("Provenance")));
}
