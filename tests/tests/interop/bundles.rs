//! HL7's validator: Bundles that are signed for transmission, as the app exports them and as the practice server answers
//! searches with them.

use std::path::Path;

use attesta_tests::delivery::Rig;
use attesta_tests::interop::Lines;
use attesta_tests::site::Site;
use device::FhirVersion;
use fhir::xml::from_xml;
use fhir::{Value, Version};

use crate::fhir_sealed::learn;
use crate::java::{Files, fhir_errors, peer};

#[track_caller]
fn assert_valid(peer: &Lines, what: &str, file: &Path) {
    assert_eq!(fhir_errors(peer, "R4", file), Vec::<String>::new(), "{what}");
}

/// The same with each of `changes` made to it, and not valid any more.
#[track_caller]
fn assert_invalid(peer: &Lines, files: &Files, text: &str, changes: &[(&str, &str, &str)]) {
    for (what, from, to) in changes {
        let wrong = text.replacen(from, to, 1);
        assert_ne!(wrong, text, "{what}: {from} is not there");
        let file = files.write(if text.starts_with('<') { "wrong.xml" } else { "wrong.json" }, wrong);
        assert!(!fhir_errors(peer, "R4", &file).is_empty(), "{what} was found valid");
    }
}

fn types(bundle: &Value) -> Vec<&str> {
    let entries = bundle.list("entry").iter();
    entries.map(|entry| entry.get("resource").unwrap().resource_type().unwrap()).collect()
}

#[test]
fn hl7_finds_the_exported_responses_of_a_subject_valid() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    learn(peer, &files);
    let site = Site::new(FhirVersion::R4, |_| None);
    // One that the server keeps, and one that it does not know yet.
    site.freeze();
    let path = site.export_subject().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let bundle = Value::parse(text.as_bytes()).unwrap();
    assert_eq!(
        types(&bundle),
        ["Composition", "QuestionnaireResponse", "Provenance", "QuestionnaireResponse", "Provenance"]
    );
    assert_valid(peer, "the export", &path);
    let changes = [
        ("an unknown status of the Composition", "\"final\"", "\"finished\""),
        ("an unknown kind of Bundle", "\"collection\"", "\"collected\""),
        ("another purpose", "1.2.840.10065.1.12.1.5", "1.2.840.10065.1.12.1.6"),
    ];
    assert_invalid(peer, &files, &text, &changes);
}

/// The answer to a search, as text.
fn found(rig: &Rig, search: &str) -> String {
    let url = format!("{}/{search}", rig.server.base_url());
    rig.request(async |_| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(&url).send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    })
}

#[test]
fn hl7_finds_a_signed_searchset_valid() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    learn(peer, &files);
    let rig = Rig::new();
    rig.server.sign_searches(true).unwrap();
    rig.settled(&rig.freeze());
    rig.settled(&rig.freeze());
    for (search, expected) in [
        ("QuestionnaireResponse", &["QuestionnaireResponse", "QuestionnaireResponse"][..]),
        ("Provenance", &["Provenance", "Provenance"]),
        ("DocumentReference", &["DocumentReference", "Provenance"]),
        ("DocumentReference?status=superseded", &[]),
    ] {
        let joined = if search.contains('?') { '&' } else { '?' };
        let (json, xml) = (found(&rig, search), found(&rig, &format!("{search}{joined}_format=xml")));
        let read = Value::parse(json.as_bytes()).unwrap();
        assert_eq!(types(&read), expected, "{search}");
        assert_eq!(types(&from_xml(xml.as_bytes(), Version::R4).unwrap()), expected, "{search} in XML");
        assert_valid(peer, search, &files.write("found.json", &json));
        assert_valid(peer, search, &files.write("found.xml", &xml));
        assert_invalid(peer, &files, &json, &[("a kind", "\"searchset\"", "\"searched\"")]);
        assert_invalid(peer, &files, &xml, &[("a kind", "\"searchset\"", "\"searched\"")]);
    }
    let signed = found(&rig, "DocumentReference");
    let changes = [
        ("another purpose", "1.2.840.10065.1.12.1.5", "1.2.840.10065.1.12.1.6"),
        ("an unknown part in the search", "\"include\"", "\"included\""),
    ];
    assert_invalid(peer, &files, &signed, &changes);
}
