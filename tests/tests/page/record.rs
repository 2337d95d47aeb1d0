//! A record made through the page's own commands.
#![allow(unreachable_pub)]

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::page::Page;

const PIN: &str = "274951";

/// A value as the text that it is.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// A file as the page hands it over.
#[allow(dead_code)] // by the tests of a study
pub fn file(content: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(content)
}

/// Of Maria Keller, the coordinator.
pub const PASSWORD: &str = "practice-keller";

/// The coordinator signs in; gives her session.
pub fn signed_in(page: &Page) -> String {
    let keller = json!({"user": "keller", "password": PASSWORD});
    text(&page.call("staff_sign_in", "", &keller).unwrap()["session"])
}

/// A patient answers the GAD-7 and signs; gives the staff session that takes the device back.
#[allow(dead_code)] // by the test of an adaptive form
pub fn signed(page: &Page) -> String {
    signed_form(page, "gad-7")
}

/// The same with another form of choices.
pub fn signed_form(page: &Page, form: &str) -> String {
    let staff = signed_in(page);
    let choice = json!({"participant": "014-0027", "questionnaire": form});
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
            "ahead" => "patient_ask",
            "review" => "patient_review_done",
            "choosePin" => "patient_choose_pin",
            "sign" => "patient_sign",
            "done" => {
                let keller = json!({"user": "keller", "password": PASSWORD});
                let back = page.call("patient_hand_back", &session, &keller).unwrap();
                return text(&back["session"]);
            }
            other => panic!("the patient is at {other}"),
        };
        let screen = &patient["step"]["screen"];
        match command {
            "patient_choose_language" => arguments["language"] = json!("en"),
            "patient_answer" if screen["answers"] != json!([]) => command = "patient_next",
            "patient_answer" => {
                arguments["key"] = screen["key"].clone();
                arguments["answers"] =
                    json!([{"kind": "choice", "option": screen["control"]["options"][1]["key"]}]);
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
#[allow(dead_code)] // by the test of a rescue
pub fn proven(page: &Page, staff: &str) -> String {
    let until = Instant::now() + Duration::from_mins(2);
    loop {
        let records = page.call("records", staff, &json!({})).unwrap()["rows"].clone();
        if records[0]["state"] == "done" {
            return text(&records[0]["id"]);
        }
        assert!(Instant::now() < until, "{records}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
