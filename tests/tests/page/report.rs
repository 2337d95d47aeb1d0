//! Who gets a record's report and its export: staff that are signed in, and nobody else in any state.

use std::path::Path;

use crate::page::Page;
use crate::record::{proven, signed, text};
use serde_json::json;

/// The codes that mean "not you".
const NOT_YOU: [&str; 2] = ["session-over", "patient-has-device"];

/// How many files the app has written.
fn written(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("exports")).map_or(0, Iterator::count)
}

/// Every command about the record, in the name of `session`: all are refused as "not you", and nothing is written.
fn refused(page: &Page, folder: &Path, id: &str, session: &str, who: &str) {
    let before = written(folder);
    for command in ["record", "record_report", "record_export"] {
        let code = page.call(command, session, &json!({"id": id, "language": "en"})).unwrap_err();
        assert!(NOT_YOU.contains(&code.as_str()), "{who}: {command}: {code}");
    }
    assert_eq!(written(folder), before, "{who}");
}

#[test]
fn only_signed_in_staff_get_a_report_and_only_while_no_patient_has_the_device() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let page = Page::open(folder);
    let staff = signed(&page);
    let id = proven(&page, &staff);

    for (index, (language, direction)) in
        [("en", "ltr"), ("de", "ltr"), ("es", "ltr"), ("ar", "rtl")].into_iter().enumerate()
    {
        let arguments = json!({"id": id, "language": language});
        let saved = text(&page.call("record_report", &staff, &arguments).unwrap()["path"]);
        assert_eq!(Path::new(&saved).parent(), Some(folder.join("exports").as_path()));
        let report = std::fs::read_to_string(&saved).unwrap();
        assert!(report.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")), "{language}");
        assert!(report.contains(&id), "{language}: the page says which record it is about");
        assert_eq!(written(folder), index + 1, "a report never replaces another");
    }
    let unknown = json!({"id": id, "language": "tlh"});
    assert_eq!(page.call("record_report", &staff, &unknown).unwrap_err(), "unknown-language");
    let nothing = json!({"id": "none", "language": "en"});
    assert_eq!(page.call("record_report", &staff, &nothing).unwrap_err(), "not-found");
    assert_eq!(written(folder), 4);

    refused(&page, folder, &id, "", "nobody");
    refused(&page, folder, &id, "guessed", "another session");

    // A patient has the device: neither staff nor the patient.
    let choice = json!({"participant": "014-0031", "questionnaire": "gad-7"});
    let visit = page.call("visit_start", &staff, &choice).unwrap()["id"].clone();
    let view = page.call("visit_hand_over", &staff, &json!({"visit": visit})).unwrap();
    let patient = text(&view["patient"]["session"]);
    refused(&page, folder, &id, &staff, "the staff that handed the device over");
    refused(&page, folder, &id, &patient, "the patient");

    // Taken back, signed out, and an account that wrong passwords have locked.
    let keller = json!({"user": "keller", "password": "practice-keller"});
    let staff = text(&page.call("patient_hand_back", &patient, &keller).unwrap()["session"]);
    refused(&page, folder, &id, &patient, "the patient who gave the device back");
    page.call("record", &staff, &json!({"id": id})).unwrap();
    page.call("staff_sign_out", &staff, &json!({})).unwrap();
    refused(&page, folder, &id, &staff, "staff that signed out");
    for _ in 0..5 {
        let wrong = json!({"user": "keller", "password": "wrong-password"});
        page.call("staff_sign_in", "", &wrong).unwrap_err();
    }
    page.call("staff_sign_in", "", &keller).unwrap_err();
    refused(&page, folder, &id, &staff, "a locked account");
}
