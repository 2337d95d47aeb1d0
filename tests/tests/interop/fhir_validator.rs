//! HL7's validator: what Attesta emits is valid FHIR.

use std::path::Path;

use attesta_tests::alerts::altered_and_sent_again;
use attesta_tests::delivery::Rig;
use attesta_tests::interop::{Lines, Sealed, sources};
use fhir::Value;
use seal::{Statement, testing};
use serde_json::json;

use crate::java::{Files, fhir_errors, peer};

const FORMS: [(&str, &str); 6] = [
    ("phq-9", "phq-9"),
    ("gad-7", "gad-7"),
    ("pain-diary", "pain-diary.en"),
    ("pain-diary", "pain-diary.de"),
    ("pain-diary", "pain-diary.es"),
    ("pain-diary", "pain-diary.ar"),
];

fn questionnaire_crate() -> std::path::PathBuf {
    sources().join("../../src-tauri/questionnaire")
}

#[track_caller]
fn assert_valid(peer: &Lines, what: &str, file: &Path) {
    assert_eq!(fhir_errors(peer, "R4", file), Vec::<String>::new(), "{what}");
}

/// A golden response of the form engine, signed at the time of its own fixture.
fn signed(response: &Value) -> Value {
    let (device, patient, at) = (testing::device(), testing::patient(), testing::signed_at());
    let language = response.str("language").unwrap().to_owned();
    let statement = Statement { language, ..testing::statement() };
    let sealed = Sealed::new();
    seal::capture(response, &statement, at, &device, &patient, &sealed.signer).unwrap()
}

/// Against the Questionnaire that was answered: its items, types, options and what it requires.
#[test]
fn hl7_finds_our_signed_responses_valid_and_a_wrong_one_invalid() {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    for (form, golden) in FORMS {
        let questionnaire = questionnaire_crate().join(format!("instruments/{form}.json"));
        peer.ask(&json!({ "do": "learn-fhir", "version": "R4", "file": questionnaire }));
        let golden = questionnaire_crate().join(format!("tests/golden/{golden}.response.json"));
        let response = signed(&Value::parse(&std::fs::read(&golden).unwrap()).unwrap());
        let text = response.to_json();
        let mut errors = fhir_errors(peer, "R4", &files.write("response.json", &text));
        if response.str("language") != Some("en") {
            // The validator knows the texts of the Questionnaire's own language alone; what a patient read in another is
            // one of its translations.
            errors.retain(|error| {
                !error.contains("If text exists, it must match the questionnaire definition")
            });
        }
        assert_eq!(errors, Vec::<String>::new(), "{form}");

        for (what, from, to) in [
            ("an unknown status", r#""status":"completed""#, r#""status":"done""#),
            ("an unknown element", r#""status":"completed""#, r#""status":"completed","mood":"good""#),
            ("an unknown item", r#""linkId":""#, r#""linkId":"unknown-"#),
            ("an item without linkId", r#""linkId":""#, r#""prefix":""#),
        ] {
            let wrong = text.replacen(from, to, 1);
            assert_ne!(wrong, text, "{what}");
            let errors = fhir_errors(peer, "R4", &files.write("wrong.json", wrong));
            assert!(!errors.is_empty(), "{form}: {what} was found valid");
        }
    }
}

/// A whole journey on a real server.
#[test]
fn hl7_finds_everything_that_a_device_sends_valid() {
    let Some(peer) = peer() else { return };
    let rig = Rig::new();
    altered_and_sent_again(&rig);

    let files = Files::new();
    for (kind, at_least) in
        [("QuestionnaireResponse", 3), ("Provenance", 2), ("DocumentReference", 1), ("AuditEvent", 1)]
    {
        let stored = rig.stored(kind);
        assert!(stored.len() >= at_least, "{kind}: {} were stored", stored.len());
        for (id, version, text) in &stored {
            let file = files.write("resource.json", text);
            assert_valid(peer, &format!("{kind}/{id} version {version}"), &file);
        }
        let without = stored[0].2.replacen(kind, "Basic", 1);
        assert!(!fhir_errors(peer, "R4", &files.write("wrong.json", without)).is_empty(), "{kind}");
    }
}
