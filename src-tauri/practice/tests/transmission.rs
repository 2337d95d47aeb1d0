//! Searches answered as Bundles that are signed for transmission.

use crate::common;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{Practice, response};
use fhir::Value;
use jiff::Timestamp;
use practice::seeds;
use seal::verify::{BundleReport, Trust, Verdict, verify_bundle};
use seal::{Anchors, Crl, iehr};

fn verify(practice: &Practice, bundle: &Value) -> BundleReport {
    let anchors = Anchors::from_pem(practice.handle.anchor_pem().as_bytes()).unwrap();
    let lists = practice.handle.crl_pem().unwrap();
    let lists: Vec<Crl> = lists
        .split_inclusive("-----END X509 CRL-----\n")
        .map(|list| Crl::from_bytes(list.as_bytes()).unwrap())
        .collect();
    verify_bundle(bundle, &Trust::new(Some(&anchors), Timestamp::now()).with_crls(&lists)).unwrap()
}

fn observation(member: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","status":"final","code":{{"text":"Weight"}},"subject":{{"reference":"Patient/patient-014-0027"}},"valueQuantity":{{"value":72.50}}{member}}}"#
    )
}

#[tokio::test]
async fn each_parent_has_a_provenance_of_the_servers_organization() {
    let practice = Practice::start();
    practice.handle.sign_searches(true).unwrap();
    let leaf = practice.post("Observation", observation("")).await.id();
    let member = format!(r#","hasMember":[{{"reference":"Observation/{leaf}"}}]"#);
    let panel = practice.post("Observation", observation(&member)).await.id();
    let bundle = practice.get("Observation?patient=patient-014-0027").await.resource();
    assert_eq!(bundle.list("entry").len(), 3, "two matches, and the Provenance of the one that is a parent");
    assert_eq!(bundle.get("total").unwrap().as_number().unwrap().as_i32(), Some(2));
    let provenance = &bundle.list("entry")[2];
    assert_eq!(provenance.get("search").and_then(|search| search.str("mode")), Some("include"));
    let target = provenance.get("resource").unwrap().list("target")[0].str("reference").unwrap().to_owned();
    assert_eq!(target, format!("Observation/{panel}"));
    let report = verify(&practice, &bundle);
    assert_eq!(report.overall(), Verdict::Valid, "{report:?}");
    let who = report.reports[0].report.signatures[0].who.as_deref();
    assert_eq!(who, Some(seeds::ORGANIZATION_IDENTIFIER));
    let covered: Vec<bool> = report.kept.iter().map(|one| one.covered).collect();
    assert_eq!(covered, [false, true, false]);

    let changed = bundle.to_json().replace("\"status\":\"final\"", "\"status\":\"amended\"");
    let report = verify(&practice, &Value::parse(changed.as_bytes()).unwrap());
    let codes: Vec<&str> = report.refused.iter().map(|one| one.code).collect();
    assert_eq!(codes, ["parent-refused", "content-altered", "target-refused"]);
    assert!(report.kept.is_empty());
}

#[tokio::test]
async fn only_searches_are_signed_and_only_while_it_is_asked_for() {
    let practice = Practice::start();
    let id = practice.post("Observation", observation("")).await.id();
    let stored = practice.get(&format!("Observation/{id}")).await.resource();
    let plain = practice.get("Observation").await.resource();
    assert_eq!(plain.list("entry").len(), 1);
    practice.handle.sign_searches(true).unwrap();
    let signed = practice.get("Observation").await.resource();
    let mut resource = signed.list("entry")[0].get("resource").unwrap().clone();
    assert_ne!(resource, stored);
    iehr::remove_provenance_extension(&mut resource);
    assert_eq!(resource.to_json(), stored.to_json(), "taken off again, it is what the server keeps");
    assert_eq!(practice.get(&format!("Observation/{id}")).await.resource(), stored);
    practice.post("QuestionnaireResponse", response(1)).await;
    let responses = practice.get("QuestionnaireResponse").await.resource();
    assert_eq!(responses.list("entry").len(), 1, "a response is no type that is signed for transmission");
    practice.handle.sign_searches(false).unwrap();
    assert_eq!(practice.get("Observation").await.resource().to_json(), plain.to_json());
}

#[tokio::test]
async fn what_was_received_signed_is_signed_anew() {
    let practice = Practice::start();
    practice.handle.sign_searches(true).unwrap();
    practice.post("Observation", observation("")).await;
    let signed = practice.get("Observation").await.resource();
    let resource = signed.list("entry")[0].get("resource").unwrap().to_json();
    practice.post("Observation", resource).await;
    let again = practice.get("Observation").await.resource();
    assert_eq!(again.list("entry").len(), 4);
    assert_eq!(verify(&practice, &again).overall(), Verdict::Valid);
}

#[tokio::test]
async fn the_organizations_key_outlives_a_restart_and_signs_in_xml_too() {
    let practice = Practice::start();
    practice.handle.sign_searches(true).unwrap();
    practice.post("Observation", observation("")).await;
    let request = practice.request(reqwest::Method::GET, "Observation?_format=xml");
    let xml = common::Answer::of(request.send().await.unwrap()).await;
    let bundle = fhir::xml::from_xml(&xml.body, fhir::Version::R4).unwrap();
    assert_eq!(verify(&practice, &bundle).overall(), Verdict::Valid);
    let organization = practice.get(&format!("Organization/{}", seeds::ORGANIZATION_ID)).await.resource();
    let identifier = organization.list("identifier")[0].str("value");
    assert_eq!(identifier, Some(seeds::ORGANIZATION_IDENTIFIER));

    let before = signing_key(&bundle);
    let practice = practice.restarted();
    let plain = practice.get("Observation").await.resource();
    assert_eq!(plain.list("entry").len(), 1, "what is not asked for again is not signed");
    practice.handle.sign_searches(true).unwrap();
    let again = practice.get("Observation").await.resource();
    assert_eq!(verify(&practice, &again).overall(), Verdict::Valid);
    assert_eq!(signing_key(&again), before);
}

/// The public key that signed the first Provenance of a Bundle.
fn signing_key(bundle: &Value) -> Vec<u8> {
    let resources = bundle.list("entry").iter().filter_map(|entry| entry.get("resource"));
    let provenance = resources.into_iter().find(|one| one.resource_type() == Some("Provenance")).unwrap();
    let data = provenance.list("signature")[0].str("data").unwrap();
    let token = String::from_utf8(STANDARD.decode(data).unwrap()).unwrap();
    let header = URL_SAFE_NO_PAD.decode(token.split_once("..").unwrap().0).unwrap();
    let header = Value::parse(&header).unwrap();
    let leaf = STANDARD.decode(header.list("x5c")[0].as_str().unwrap()).unwrap();
    // What RFC 5480 puts before a point on P-256: id-ecPublicKey, prime256v1, a BIT STRING of 66 octets.
    let before = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
    let at = leaf.windows(before.len()).position(|bytes| bytes == before).unwrap() + before.len();
    leaf[at..at + 65].to_vec()
}
