//! Role × command: every command that the page can call, called by nobody, by staff, by a patient and with sessions
//! that are over. A command that is not in the table fails the test, so none can be forgotten.

use crate::commands::{Who, table};
use crate::page::Page;
use attesta_app::commands;
use serde_json::{Value, json};

/// The codes that mean "not you".
const NOT_YOU: [&str; 4] = ["session-over", "patient-has-device", "no-patient", "not-setting-up"];

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
fn the_window_may_call_every_command_and_nothing_else_of_ours() {
    let capability: Value =
        serde_json::from_str(include_str!("../../../src-tauri/capabilities/main.json")).unwrap();
    let permissions = capability["permissions"].as_array().unwrap().iter().filter_map(Value::as_str);
    let mut allowed: Vec<String> =
        permissions.filter_map(|one| one.strip_prefix("allow-")).map(|one| one.replace('-', "_")).collect();
    let mut known = commands::NAMES.to_vec();
    allowed.sort_unstable();
    known.sort_unstable();
    assert_eq!(allowed, known);
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

/// The commands that need a right, and which.
fn rights() -> Vec<(&'static str, &'static str)> {
    let of = |right: &'static str, commands: &[&'static str]| {
        commands.iter().map(|command| (*command, right)).collect::<Vec<_>>()
    };
    [
        of(
            "visits",
            &[
                "participant_add",
                "visit_start",
                "visit_hand_over",
                "visit_end",
                "assignments_pull",
                "assignment_start",
                "outbox_send_now",
            ],
        ),
        of("records", &["record", "alert"]),
        of("exports", &["record_export", "record_report", "records_export_subject", "record_document"]),
        of("alerts", &["alert_act", "notices_confirm"]),
        of("forms", &["form_check", "form_add", "form_withdraw"]),
        of(
            "emergency",
            &["emergency_folder", "emergency_export", "emergency_file", "emergency_open", "emergency_import"],
        ),
        of(
            "device",
            &[
                "connection_check",
                "connection_cancel",
                "staff_add",
                "staff_unlock",
                "clock_accept",
                "study_brought",
                "study_files",
                "study_forget",
                "study_load",
                "credentials",
                "token_put",
                "assertion_key_make",
                "assertion_key_save",
                "proxy_set",
                "certificate_request",
                "certificate_request_save",
                "certificate_take",
            ],
        ),
    ]
    .concat()
}

/// Everything that staff can look at or do without a right of its own: lists without answers, and practice.
const FOR_ALL_STAFF: [&str; 13] = [
    "visits",
    "visit_choices",
    // Whose right counts is that of the two who give their passwords.
    "pin_reset",
    "assignments",
    "forms",
    "form_report",
    "outbox",
    "notices",
    "alerts",
    "records",
    "device_status",
    "practice_faults",
    "practice_set_fault",
];

#[test]
fn every_command_of_staff_checks_the_role() {
    let rights = rights();
    let mut known: Vec<_> = rights.iter().map(|(command, _)| *command).chain(FOR_ALL_STAFF).collect();
    known.extend(["practice_listener", "staff_sign_out"]);
    known.sort_unstable();
    let mut tabled: Vec<_> =
        table().into_iter().filter(|(_, who, _)| *who == Who::Staff).map(|(command, ..)| command).collect();
    tabled.sort_unstable();
    assert_eq!(tabled, known, "each command of staff needs a right, or is for all of them");

    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    for (user, may) in [
        ("keller", &["visits", "pins", "records", "exports", "alerts", "forms", "device", "emergency"][..]),
        ("haddad", &["visits", "pins", "records"]),
        ("novak", &["records", "exports"]),
    ] {
        let credentials = json!({"user": user, "password": format!("practice-{user}")});
        let view = page.call("staff_sign_in", "", &credentials).unwrap();
        assert_eq!(view["rights"], json!(may), "{user}");
        let session = session_of(&view);
        for (command, who, arguments) in table() {
            if who != Who::Staff || command == "staff_sign_out" {
                continue;
            }
            let refused =
                matches!(page.call(command, &session, &arguments), Err(code) if code == "not-permitted");
            let needed = rights.iter().find(|(named, _)| *named == command).map(|(_, right)| *right);
            assert_eq!(refused, needed.is_some_and(|right| !may.contains(&right)), "{command} by {user}");
        }
        page.call("staff_sign_out", &session, &json!({})).unwrap();
    }
}

#[test]
fn a_pin_is_reset_by_two_whose_roles_allow_it() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let person = |user: &str| json!({"user": user, "password": format!("practice-{user}")});
    let view = page.call("staff_sign_in", "", &person("novak")).unwrap();
    let session = session_of(&view);
    let reset = |first: &str, second: &str| {
        let arguments = json!({
            "participant": "014-0027", "first": person(first), "second": person(second), "reason": "forgotten",
        });
        page.call("pin_reset", &session, &arguments)
    };
    assert_eq!(reset("keller", "novak").unwrap_err(), "not-permitted");
    assert_eq!(reset("novak", "haddad").unwrap_err(), "not-permitted");
    reset("keller", "haddad").unwrap();
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
