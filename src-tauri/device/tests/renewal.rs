//! A certificate that is renewed while the program runs is used at once, and the server gets both.

use crate::common;

use std::collections::BTreeSet;

use common::delivery::{Deliverer, practice_server, until};
use common::{Bench, frozen};
use device::delivery::Pause;
use device::store::outbox;
use fhir::Value;

#[test]
fn a_certificate_that_is_renewed_signs_from_then_on_and_the_earlier_one_is_kept_by_the_server_too() {
    let bench = Bench::new();
    let folder = tempfile::TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
    let earlier = bench.device().certificate().unwrap().unwrap().thumbprint;
    let before = frozen(&bench);
    server.close_listener();
    let deliverer = Deliverer::over(client, bench.device());
    bench.device().enrol("setup", |request| bench.authority.issue(request)).unwrap();
    let renewed = bench.device().certificate().unwrap().unwrap().thumbprint;
    assert_ne!(earlier, renewed);
    let after = frozen(&bench);
    server.reopen_listener().unwrap();
    deliverer.worker.send_now().unwrap();
    deliverer.delivered(2);

    let item =
        |record: &str| bench.device().store().read(|connection| outbox::by_id(connection, record)).unwrap();
    let thumbprint = |octets: &[u8]| {
        let resource = Value::parse(octets).unwrap();
        seal::captured_by(&resource).unwrap().1.thumbprint_hex()
    };
    assert_eq!(thumbprint(&item(&before).response), earlier);
    assert_eq!(thumbprint(&item(&after).response), renewed);
    let kept = practice::storage::read_all(folder.path(), "DocumentReference").unwrap();
    let kept: BTreeSet<_> = kept.iter().map(|(_, _, text)| of_document(text)).collect();
    assert_eq!(kept, BTreeSet::from([earlier, renewed.clone()]), "whoever verifies finds both");
    for record in [before, after] {
        let signed = bench
            .device()
            .store()
            .read(|connection| device::store::audit::of_subject(connection, &format!("record/{record}")))
            .unwrap();
        let signed = signed.iter().find(|entry| entry.event == "provenance.signed").unwrap();
        assert_eq!(signed.detail, renewed, "the key of the moment");
    }
}

#[test]
fn a_revoked_certificate_holds_delivery_until_there_is_another_one() {
    let bench = Bench::new();
    let folder = tempfile::TempDir::new().unwrap();
    let server = practice_server(folder.path());
    let client = client::Client::new(server.base_url(), client::Options::default()).unwrap();
    let record = frozen(&bench);
    let own = bench.device().certificate().unwrap().unwrap();
    let serial = seal::CertificateChain::from_pem(own.chain.as_bytes()).unwrap().serial().to_vec();
    let lists = bench.authority.revoked("2026-11-20T00:00:00Z", &serial, "2026-11-19T00:00:00Z");
    bench.device().put_revocation_lists(&lists).unwrap();
    let deliverer = Deliverer::over(client, bench.device());
    let paused = || deliverer.worker.standing().paused == Some(Pause::CertificateRevoked);
    until("the pause", paused);
    deliverer.worker.send_now().unwrap();
    until("the pause, whoever wants it sent", paused);
    assert!(practice::storage::read_all(folder.path(), "QuestionnaireResponse").unwrap().is_empty());

    bench.device().enrol("setup", |request| bench.authority.issue(request)).unwrap();
    deliverer.worker.wake();
    deliverer.delivered(1);
    let item = bench.device().store().read(|connection| outbox::by_id(connection, &record)).unwrap();
    assert!(item.provenance.is_some());
}

/// The thumbprint that a certificate's document has as its identifier.
fn of_document(text: &str) -> String {
    let document = Value::parse(text.as_bytes()).unwrap();
    document.list("identifier")[0].str("value").unwrap().to_owned()
}
