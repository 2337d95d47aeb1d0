//! Role × command: every command that the page can call, called by nobody, by staff, by a patient and with sessions
//! that are over. A command that is not in the table fails the test, so none can be forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod page;

use attesta_app::commands;
use page::Page;
use serde_json::{Value, json};

/// Who may call a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Anyone: it says what to show.
    Anyone,
    /// Only while the app could not start.
    Blocked,
    /// Whoever knows a password, while no patient has the device.
    SigningIn,
    Staff,
    Patient,
}

/// Every command with arguments that are well formed; `SESSION` stands for the caller's session.
fn table() -> Vec<(&'static str, Who, Value)> {
    let person = json!({"user": "keller", "password": "wrong-password"});
    vec![
        ("view", Who::Anyone, json!({})),
        ("try_again", Who::Blocked, json!({})),
        ("staff_sign_in", Who::SigningIn, person.clone()),
        ("patient_choose_language", Who::Patient, json!({"revision": 1, "language": "en"})),
        ("patient_begin", Who::Patient, json!({"revision": 1})),
        ("patient_answer", Who::Patient, json!({"revision": 1, "key": "x", "answers": []})),
        ("patient_add", Who::Patient, json!({"revision": 1, "key": "x"})),
        ("patient_remove", Who::Patient, json!({"revision": 1, "key": "x", "instance": 1})),
        ("patient_skip", Who::Patient, json!({"revision": 1, "key": "x"})),
        ("patient_next", Who::Patient, json!({"revision": 1})),
        ("patient_back", Who::Patient, json!({"revision": 1})),
        ("patient_ask", Who::Patient, json!({"revision": 1})),
        ("patient_reopen", Who::Patient, json!({"revision": 1, "key": "x"})),
        ("patient_medium", Who::Patient, json!({"id": "x"})),
        ("patient_goto", Who::Patient, json!({"revision": 1, "key": "x"})),
        ("patient_review_done", Who::Patient, json!({"revision": 1})),
        ("patient_back_to_review", Who::Patient, json!({"revision": 1})),
        (
            "patient_choose_pin",
            Who::Patient,
            json!({"revision": 1, "participantId": "014-0027", "pin": "4711", "again": "4711"}),
        ),
        ("patient_sign", Who::Patient, json!({"revision": 1, "participantId": "014-0027", "pin": "4711"})),
        ("patient_hand_back", Who::Patient, person.clone()),
        ("visits", Who::Staff, json!({})),
        ("visit_choices", Who::Staff, json!({})),
        ("visit_start", Who::Staff, json!({"participant": "nobody", "questionnaire": "none"})),
        ("visit_hand_over", Who::Staff, json!({"visit": "none"})),
        ("visit_end", Who::Staff, json!({"visit": "none", "reason": "a test"})),
        (
            "pin_reset",
            Who::Staff,
            json!({"participant": "nobody", "first": person, "second": person, "reason": "a test"}),
        ),
        ("forms", Who::Staff, json!({})),
        ("form_check", Who::Staff, json!({"content": "{}"})),
        ("form_add", Who::Staff, json!({"check": "none"})),
        ("form_report", Who::Staff, json!({"id": "none"})),
        ("form_withdraw", Who::Staff, json!({"id": "none", "reason": "a test"})),
        ("outbox", Who::Staff, json!({})),
        ("outbox_send_now", Who::Staff, json!({})),
        ("alerts", Who::Staff, json!({})),
        ("alert", Who::Staff, json!({"id": "none"})),
        (
            "alert_act",
            Who::Staff,
            json!({"id": "none", "revision": 1, "action": "accept", "password": "practice-keller", "reason": "a test"}),
        ),
        ("records", Who::Staff, json!({})),
        ("record", Who::Staff, json!({"id": "none"})),
        ("record_export", Who::Staff, json!({"id": "none"})),
        ("record_report", Who::Staff, json!({"id": "none", "language": "en"})),
        ("records_export_subject", Who::Staff, json!({"participant": "none"})),
        ("record_document", Who::Staff, json!({"id": "none"})),
        ("device_status", Who::Staff, json!({})),
        ("staff_unlock", Who::Staff, json!({"user": "nobody", "password": "practice-keller"})),
        ("clock_accept", Who::Staff, json!({"password": "practice-okafor", "reason": ""})),
        ("practice_faults", Who::Staff, json!({})),
        ("practice_set_fault", Who::Staff, json!({"fault": "none", "times": 1})),
        ("practice_listener", Who::Staff, json!({"open": true})),
        // Last, because it ends the session.
        ("staff_sign_out", Who::Staff, json!({})),
    ]
}

/// The codes that mean "not you".
const NOT_YOU: [&str; 3] = ["session-over", "patient-has-device", "no-patient"];

fn session_of(view: &Value) -> String {
    let holder = if view["view"] == "patient" { &view["patient"] } else { view };
    holder["session"].as_str().unwrap_or_else(|| panic!("no session in {}", view["view"])).to_owned()
}

/// Calls every command as somebody and returns those that were not refused as "not you".
fn admitted(page: &Page, session: &str) -> Vec<&'static str> {
    table()
        .into_iter()
        .filter(|(command, ..)| *command != "staff_sign_out")
        .filter(|(command, _, arguments)| {
            !matches!(page.call(command, session, arguments), Err(code) if NOT_YOU.contains(&code.as_str()))
        })
        .map(|(command, ..)| command)
        .collect()
}

fn allowed(who: &[Who]) -> Vec<&'static str> {
    table()
        .into_iter()
        .filter(|(command, needed, _)| *command != "staff_sign_out" && who.contains(needed))
        .map(|(command, ..)| command)
        .collect()
}

#[test]
fn the_table_names_every_command_once() {
    let mut tabled: Vec<_> = table().into_iter().map(|(command, ..)| command).collect();
    let mut known = commands::NAMES.to_vec();
    tabled.sort_unstable();
    known.sort_unstable();
    assert_eq!(tabled, known);
}

#[test]
fn every_command_checks_who_calls_it() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let everyone = [Who::Anyone, Who::Blocked, Who::SigningIn];
    let or = |who| [everyone.as_slice(), &[who]].concat();

    // Nobody is signed in.
    assert_eq!(page.call("view", "", &json!({})).unwrap()["view"], "signIn");
    assert_eq!(admitted(&page, "guessed"), allowed(&everyone), "nobody is signed in");
    assert_eq!(page.call("staff_sign_out", "guessed", &json!({})).unwrap_err(), "session-over");
    assert_eq!(
        page.call("try_again", "", &json!({})).unwrap_err(),
        "wrong-state",
        "an app at work is not restarted"
    );

    // Staff.
    let signed_in =
        page.call("staff_sign_in", "", &json!({"user": "okafor", "password": "practice-okafor"})).unwrap();
    let staff = session_of(&signed_in);
    assert_eq!(
        admitted(&page, "guessed"),
        allowed(&everyone),
        "another session than that of the staff signed in"
    );
    assert_eq!(admitted(&page, &staff), allowed(&or(Who::Staff)), "staff");

    // A patient: the staff session is over, and staff cannot sign in beside the patient.
    let choice = json!({"participant": "014-0027", "questionnaire": "phq-9"});
    let visit = page.call("visit_start", &staff, &choice).unwrap()["id"].clone();
    let handed_over = page.call("visit_hand_over", &staff, &json!({"visit": visit})).unwrap();
    let patient = session_of(&handed_over);
    let beside = [Who::Anyone, Who::Blocked];
    assert_eq!(admitted(&page, &staff), allowed(&beside), "the staff session that handed the device over");
    assert_eq!(admitted(&page, "guessed"), allowed(&beside), "another session than the patient's");
    let mut patients = beside.to_vec();
    patients.push(Who::Patient);
    assert_eq!(admitted(&page, &patient), allowed(&patients), "the patient");
    assert_eq!(page.call("staff_sign_out", &staff, &json!({})).unwrap_err(), "patient-has-device");

    // Only staff end it, and then the patient's session is over.
    let back = json!({"user": "okafor", "password": "practice-okafor"});
    let taken_back = page.call("patient_hand_back", &patient, &back).unwrap();
    assert_eq!(taken_back["view"], "staff");
    assert_eq!(page.call("patient_begin", &patient, &json!({"revision": 1})).unwrap_err(), "no-patient");
    let staff = session_of(&taken_back);
    assert_eq!(page.call("staff_sign_out", &staff, &json!({})).unwrap()["view"], "signIn");
    assert_eq!(page.call("visits", &staff, &json!({})).unwrap_err(), "session-over");
}

#[test]
fn a_stale_revision_and_a_wrong_step_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let signed_in =
        page.call("staff_sign_in", "", &json!({"user": "keller", "password": "practice-keller"})).unwrap();
    let staff = session_of(&signed_in);
    let choice = json!({"participant": "014-0031", "questionnaire": "gad-7"});
    let visit = page.call("visit_start", &staff, &choice).unwrap()["id"].clone();
    let view = page.call("visit_hand_over", &staff, &json!({"visit": visit})).unwrap();
    let patient = session_of(&view);
    let revision = |view: &Value| view["patient"]["revision"].clone();

    // Answering, confirming or signing before the questions have begun.
    for (command, more) in [
        ("patient_next", json!({})),
        ("patient_review_done", json!({})),
        ("patient_sign", json!({"participantId": "014-0031", "pin": "2580"})),
        ("patient_choose_pin", json!({"participantId": "014-0031", "pin": "2580", "again": "2580"})),
    ] {
        let mut arguments = more;
        arguments["revision"] = revision(&view);
        assert_eq!(page.call(command, &patient, &arguments).unwrap_err(), "wrong-state", "{command}");
    }
    let chosen = json!({"revision": revision(&view), "language": "en"});
    let next = page.call("patient_choose_language", &patient, &chosen).unwrap();
    assert_eq!(next["patient"]["step"]["step"], "instructions");
    assert_eq!(page.call("patient_choose_language", &patient, &chosen).unwrap_err(), "stale-revision");
    let now = page.call("view", "", &json!({})).unwrap();
    assert_eq!(revision(&now), revision(&next), "what was refused changed nothing");
}

#[test]
fn a_second_instance_is_refused_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let first = Page::open(folder.path());
    assert_eq!(first.call("view", "", &json!({})).unwrap()["view"], "signIn");
    let second = Page::open(folder.path());
    let blocked = second.call("view", "", &json!({})).unwrap();
    assert_eq!((blocked["view"].as_str(), blocked["code"].as_str()), (Some("blocked"), Some("data-locked")));
    for (command, who, arguments) in table() {
        if !matches!(who, Who::Anyone | Who::Blocked) {
            assert_eq!(second.call(command, "guessed", &arguments).unwrap_err(), "data-locked", "{command}");
        }
    }
    assert_eq!(first.call("view", "", &json!({})).unwrap()["view"], "signIn");
}
