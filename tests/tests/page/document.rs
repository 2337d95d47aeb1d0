//! A coordinator exports a record as a document: every command that the page calls, from the visit to the file.

use std::path::Path;

use crate::page::Page;
use crate::record::{proven, signed, text};
use attesta_tests::site::unzip;
use device::FhirVersion;
use seal::verify::{Aspect, Verdict};
use serde_json::json;

#[test]
fn in_r5_a_record_is_exported_as_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open_in(FhirVersion::R5, folder.path());
    let staff = signed(&page);
    let of_record = json!({"id": proven(&page, &staff)});
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
