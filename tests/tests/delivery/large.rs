//! A response with files as large as they may be together reaches its server and is proven, whichever way it is looked at.

use std::time::Duration;

use attesta_tests::delivery::{Rig, device_party, drained, insert, item, sign_with};
use client::{Client, Format, Options};
use device::Create;
use device::delivery::{MOST_SHOWN, State};
use fhir::{Value, Version, array, object};
use practice::faults::{Armed, Fault};
use seal::{Party, SealError, Signer, Statement};

/// 10 MiB, as Base64.
const LETTERS: usize = 10 * 1024 * 1024 / 3 * 4;

/// Adds the file, and signs.
fn with_a_file(
    response: &Value,
    statement: &Statement,
    at: jiff::Timestamp,
    device: &Party,
    patient: &Party,
    key: &dyn Signer,
) -> Result<Value, SealError> {
    let mut response = response.clone();
    let attachment =
        object! { "contentType" => "image/jpeg", "data" => "A".repeat(LETTERS), "title" => "photo.jpg" };
    let photo = object! {
        "linkId" => "photo", "text" => "A photo", "answer" => array![object! { "valueAttachment" => attachment }],
    };
    let items = response.as_object_mut().and_then(|response| response.get_mut("item"));
    let Some(Value::Array(items)) = items else { panic!("the response has items") };
    items.push(photo);
    seal::capture(&response, statement, at, device, patient, key)
}

fn is_proven(version: Version, format: Format, create: Create, fault: Option<Fault>) {
    let rig = Rig::with_server(version, |context, server| {
        let options = Options {
            // The programs of the tests are not optimised.
            timeout: Duration::from_mins(2),
            max_body: MOST_SHOWN,
            format,
            version,
            ..Options::default()
        };
        context.client = Client::new(server.base_url(), options).unwrap();
        context.create = create;
    });
    if let Some(fault) = fault {
        rig.server.faults().set(Armed::new(fault, 1));
    }
    let signed = sign_with(version, &device_party(), rig.signer.as_ref(), with_a_file);
    assert!(signed.response.len() > LETTERS);
    let record = insert(&rig.store, signed);
    rig.worker.wake();
    drained(&rig.worker, Duration::from_mins(4));
    let record = item(&rig.store, &record);
    assert_eq!(record.state, State::Done, "{version:?} {format:?} {create:?}");
    rig.assert_verifies(&record, "with a large file");
    assert_eq!(rig.stored("QuestionnaireResponse").len(), 1);
    assert!(device::delivery::alert_rows(&rig.store).unwrap().is_empty());
}

#[test]
fn in_json_and_xml_a_large_response_is_proven() {
    is_proven(Version::R4, Format::Json, Create::Post, None);
    is_proven(Version::R5, Format::Xml, Create::Put, None);
}

#[test]
fn a_large_response_whose_answer_is_lost_is_found_again() {
    is_proven(Version::R4, Format::Json, Create::Post, Some(Fault::NoAnswer));
}
