//! A coordinator exports a record as a document: every command that the page calls, from the visit to the file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod page;

use std::path::Path;
use std::time::{Duration, Instant};

use attesta_tests::site::unzip;
use device::FhirVersion;
use page::Page;
use seal::verify::{Aspect, Verdict};
use serde_json::{Value, json};

const PIN: &str = "274951";

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A patient answers the GAD-7 and signs; gives the staff session that takes the device back.
fn signed(page: &Page) -> String {
    let keller = json!({"user": "keller", "password": "practice-keller"});
    let staff = text(&page.call("staff_sign_in", "", &keller).unwrap()["session"]);
    let choice = json!({"participant": "014-0027", "questionnaire": "gad-7"});
    let visit = page.call("visit_start", &staff, &choice).unwrap()["id"].clone();
    let mut view = page.call("visit_hand_over", &staff, &json!({"visit": visit})).unwrap();
    let session = text(&view["patient"]["session"]);
    for _ in 0..40 {
        let patient = &view["patient"];
        let mut arguments = json!({"revision": patient["revision"]});
        let mut command = match patient["step"]["step"].as_str().unwrap() {
            "language" => "patient_choose_language",
            "instructions" => "patient_begin",
            "question" => "patient_answer",
            "review" => "patient_review_done",
            "choosePin" => "patient_choose_pin",
            "sign" => "patient_sign",
            "done" => {
                let back = page.call("patient_hand_back", &session, &keller).unwrap();
                return text(&back["session"]);
            }
            other => panic!("the patient is at {other}"),
        };
        let screen = &patient["step"]["screen"];
        match command {
            "patient_choose_language" => arguments["language"] = json!("en"),
            "patient_answer" if !screen["answer"].is_null() => command = "patient_next",
            "patient_answer" => {
                arguments["key"] = screen["key"].clone();
                arguments["answer"] =
                    json!({"kind": "choice", "option": screen["control"]["options"][1]["key"]});
            }
            "patient_choose_pin" | "patient_sign" => {
                arguments["participantId"] = json!("014-0027");
                arguments["pin"] = json!(PIN);
                arguments["again"] = json!(PIN);
            }
            _ => {}
        }
        view = page.call(command, &session, &arguments).unwrap_or_else(|code| panic!("{command}: {code}"));
    }
    panic!("the questionnaire never ends");
}

/// The one record, once it is proven.
fn proven(page: &Page, staff: &str) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let records = page.call("records", staff, &json!({})).unwrap();
        if records[0]["state"] == "done" {
            return text(&records[0]["id"]);
        }
        assert!(Instant::now() < until, "{records}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn in_r5_a_record_is_exported_as_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open_in(FhirVersion::R5, folder.path());
    let staff = signed(&page);
    let record = proven(&page, &staff);
    let of_record = json!({"id": record});
    let detail = page.call("record", &staff, &of_record).unwrap();
    assert_eq!(detail["ledger"], true, "the page offers the export");

    page.call("practice_listener", &staff, &json!({"open": false})).unwrap();
    assert_eq!(page.call("record_document", &staff, &of_record).unwrap_err(), "ledger-unavailable");
    page.call("practice_listener", &staff, &json!({"open": true})).unwrap();
    let exported = page.call("record_document", &staff, &of_record).unwrap();
    let files = unzip(Path::new(exported["path"].as_str().unwrap()));
    let report = seal::export::check(&files, None, jiff::Timestamp::now());
    for aspect in [Aspect::Signature, Aspect::Linkage, Aspect::Time] {
        assert_eq!(report.verdict(aspect), Verdict::Valid, "{aspect:?}: {:#?}", report.verdicts);
    }
    // The record's own export publishes its certificate as R5 has it.
    let exported = page.call("record_export", &staff, &of_record).unwrap();
    let files = unzip(Path::new(exported["path"].as_str().unwrap()));
    assert!(files.iter().any(|(name, _)| name == "document-reference.json"));
    let report = seal::export::check(&files, None, jiff::Timestamp::now());
    assert_eq!(report.verdict(Aspect::Linkage), Verdict::Valid, "{:#?}", report.verdicts);
    let timeline = page.call("record", &staff, &of_record).unwrap()["timeline"].clone();
    let kinds: Vec<_> = timeline.as_array().unwrap().iter().map(|one| text(&one["kind"])).collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "documented").count(), 1, "{kinds:?}");
    assert_eq!(page.call("record_document", "guessed", &of_record).unwrap_err(), "session-over");
}

#[test]
fn in_r4_the_page_does_not_offer_it_and_the_command_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let staff = signed(&page);
    let record = json!({"id": proven(&page, &staff)});
    assert_eq!(page.call("record", &staff, &record).unwrap()["ledger"], false);
    assert_eq!(page.call("record_document", &staff, &record).unwrap_err(), "ledger-missing");
}
