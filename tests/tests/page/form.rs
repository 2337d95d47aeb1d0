//! Forms that a coordinator adds, through the page's own commands: what is refused before a patient meets it, and what
//! staff are told afterwards.

use crate::page::Page;
use crate::record::{proven, signed_form, signed_in, text};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

fn form(name: &str, extension: &str, items: &str) -> String {
    format!(
        r#"{{"resourceType":"Questionnaire","id":"{name}","language":"en","version":"1.0.0","title":"{name}",
        "url":"https://study.example/Questionnaire/{name}","status":"draft"{extension}{items}}}"#
    )
}

/// Adds a form to the study and gives its id.
fn added(page: &Page, content: &str) -> String {
    let keller = json!({"user": "keller", "password": "practice-keller"});
    let staff = text(&page.call("staff_sign_in", "", &keller).unwrap()["session"]);
    let report = page.call("form_check", &staff, &json!({"content": content})).unwrap();
    assert!(report["check"].is_string(), "{report}");
    let list = page.call("form_add", &staff, &json!({"check": report["check"]})).unwrap();
    page.call("staff_sign_out", &staff, &json!({})).unwrap();
    text(&list["rows"][0]["id"])
}

#[test]
fn a_form_whose_questions_another_server_knows_is_refused_before_a_patient_meets_it() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let elsewhere = format!(
        r#","extension":[{{"url":"{SDC}questionnaireAdaptive","valueUrl":"https://elsewhere.example/fhir"}}]"#
    );
    let id = added(&page, &form("elsewhere", &elsewhere, ""));
    let keller = json!({"user": "keller", "password": "practice-keller"});
    let staff = text(&page.call("staff_sign_in", "", &keller).unwrap()["session"]);
    let choice = json!({"participant": "014-0027", "questionnaire": id});
    assert_eq!(page.call("visit_start", &staff, &choice).unwrap_err(), "question-elsewhere");
    assert_eq!(page.call("visits", &staff, &json!({})).unwrap(), json!([]));
}

#[test]
fn a_question_whose_condition_has_no_result_is_named_to_staff() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let options = r#""answerOption":[{"valueCoding":{"code":"n","display":"No"}},{"valueCoding":{"code":"y","display":"Yes"}}]"#;
    let items = format!(
        r#","item":[{{"linkId":"pain","text":"Pain?","type":"choice",{options}}},
        {{"linkId":"where","text":"Where?","type":"choice",{options},"extension":[{{"url":"{SDC}enableWhenExpression",
        "valueExpression":{{"language":"text/fhirpath",
        "expression":"(%resource.item.where(linkId = 'pain').linkId | 'other').single() = 'pain'"}}}}]}}]"#
    );
    let id = added(&page, &form("undecided", "", &items));
    let staff = signed_form(&page, &id);
    let record = page.call("record", &staff, &json!({"id": proven(&page, &staff)})).unwrap();
    assert_eq!(record["undecided"], json!(["where"]));
    assert_eq!(record["answers"].as_array().unwrap().len(), 1, "it was not asked");
}

#[test]
fn a_typed_time_is_answered_with_the_offset_of_the_devices_zone() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let item = r#","item":[{"linkId":"taken","text":"When was it taken?","type":"dateTime"}]"#;
    let id = added(&page, &form("taken", "", item));
    let staff = signed_in(&page);
    let choice = json!({"participant": "014-0027", "questionnaire": id});
    let visit = page.call("visit_start", &staff, &choice).unwrap()["id"].clone();
    let mut view = page.call("visit_hand_over", &staff, &json!({"visit": visit})).unwrap();
    let session = text(&view["patient"]["session"]);
    for (step, command) in [("language", "patient_choose_language"), ("instructions", "patient_begin")] {
        if view["patient"]["step"]["step"] == step {
            let arguments = json!({"revision": view["patient"]["revision"], "language": "en"});
            view = page.call(command, &session, &arguments).unwrap();
        }
    }
    let answered = |view: &Value, typed: &str| {
        let patient = &view["patient"];
        let answers = json!([{"kind": "dateTime", "text": typed}]);
        let key = &patient["step"]["screen"]["key"];
        let arguments = json!({"revision": patient["revision"], "key": key, "answers": answers});
        page.call("patient_answer", &session, &arguments).unwrap()
    };
    let stored = |view: &Value| text(&view["patient"]["step"]["screen"]["answers"][0]["text"]);

    // Noon, since no clock is changed then: winter and summer.
    for wall in ["2026-01-21T12:00:00", "2026-07-21T12:00:00"] {
        let at = wall.parse::<DateTime>().unwrap().to_zoned(TimeZone::system()).unwrap();
        view = answered(&view, wall);
        assert_eq!(stored(&view), at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
    }
    for typed in ["2026-01-21T12:00:00+05:45", "2026-01-21"] {
        view = answered(&view, typed);
        assert_eq!(stored(&view), typed, "it is complete");
    }

    let before = Zoned::now();
    let now = text(&page.call("patient_now", &session, &json!({})).unwrap());
    let shown: Timestamp = now.parse().unwrap();
    assert!(shown.as_second() >= before.timestamp().as_second(), "{now} is before {before}");
    assert!(shown <= Timestamp::now(), "{now}");
    let here = shown.to_zoned(TimeZone::system()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    assert_eq!(now, here, "it is what the device's clock shows");
    view = answered(&view, &now);
    assert_eq!(stored(&view), now);
}
