//! What the server keeps otherwise than it should stands in the outbox until somebody who decides about alerts confirms having seen
//! it, with a password and a reason.

use std::time::Duration;

use attesta_tests::delivery::wait_for;
use practice::faults::{Armed, Fault};
use serde_json::{Value, json};

use crate::page::Page;
use crate::record::{PASSWORD, signed, signed_in, text};

/// The practice server alters the next answer, and the time in the report of that.
fn alters_a_report(page: &Page) {
    let staff = signed_in(page);
    let base = text(&page.call("device_status", &staff, &json!({})).unwrap()["server"]["url"]);
    page.call("staff_sign_out", &staff, &json!({})).unwrap();
    let path = Some("AuditEvent.recorded".to_owned());
    let faults =
        [Armed::new(Fault::AlterAnswer, 1), Armed::new(Fault::AlterLeaf { path }, 1).for_type("AuditEvent")];
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http
        .put(format!("{}/practice/faults", base.strip_suffix("/fhir").unwrap()))
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .body(json!({ "faults": faults }).to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { request.send().await.unwrap().error_for_status().unwrap() });
}

fn in_status(page: &Page) -> u64 {
    page.call("view", "", &json!({})).unwrap()["status"]["notices"].as_u64().unwrap()
}

#[test]
fn an_altered_report_is_shown_until_it_is_confirmed_with_password_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    alters_a_report(&page);
    let staff = signed(&page);
    let notices = || page.call("notices", &staff, &json!({})).unwrap().as_array().cloned().unwrap();
    let found = wait_for(Duration::from_secs(30), || Some(notices()).filter(|found| !found.is_empty()));
    let [notice] = &found[..] else { panic!("one notice: {found:?}") };
    assert_eq!((&notice["kind"], &notice["participant"]), (&json!("reportAltered"), &json!("014-0027")));
    assert!(text(&notice["found"][0]).starts_with("AuditEvent/"), "{notice}");
    assert_eq!(in_status(&page), 1);

    let confirm = |ids: Value, password: &str, reason: &str| {
        let arguments = json!({"ids": ids, "password": password, "reason": reason});
        page.call("notices_confirm", &staff, &arguments)
    };
    let seen = || json!([notice["id"]]);
    assert_eq!(confirm(seen(), "wrong-password", "told").unwrap_err(), "sign-in-refused");
    assert_eq!(confirm(seen(), PASSWORD, " ").unwrap_err(), "reason-missing");
    assert_eq!(confirm(json!([]), PASSWORD, "told").unwrap_err(), "stale-revision");
    assert_eq!(confirm(json!([notice["id"], "none"]), PASSWORD, "told").unwrap_err(), "stale-revision");
    assert_eq!((notices().len(), in_status(&page)), (1, 1), "what was refused confirmed nothing");
    assert_eq!(confirm(seen(), PASSWORD, "The office was told").unwrap(), json!([]));
    assert_eq!((notices().len(), in_status(&page)), (0, 0));
    assert_eq!(confirm(seen(), PASSWORD, "told").unwrap_err(), "stale-revision");
}
