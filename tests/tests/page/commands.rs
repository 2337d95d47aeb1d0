//! Every command that the page can call, and who may call it.
#![allow(unreachable_pub)]

use serde_json::{Value, json};

/// Who may call a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone: it says what to show.
    Anyone,
    /// Only while the app could not start.
    Blocked,
    /// Only while the device is being set up.
    SettingUp,
    /// Whoever knows a password, while no patient has the device.
    SigningIn,
    Staff,
    Patient,
}

/// A command, who may call it, and its arguments.
type Row = (&'static str, Who, Value);

/// A member of staff who is added.
fn new_person() -> Value {
    json!({"user": "eve", "displayName": "Eve", "password": "practice-eve", "again": "practice-eve"})
}

/// Every command with arguments that are well formed; `SESSION` stands for the caller's session.
pub fn table() -> Vec<Row> {
    [at_first(), of_patients(), of_staff(), of_the_device()].concat()
}

fn at_first() -> Vec<Row> {
    let person = json!({"user": "keller", "password": "wrong-password"});
    let coordinator = new_person();
    vec![
        ("view", Who::Anyone, json!({})),
        ("changes", Who::Anyone, json!({"channel": "__CHANNEL__:1"})),
        ("try_again", Who::Blocked, json!({})),
        ("setup_files", Who::SettingUp, json!({"files": ["e30="]})),
        ("setup_forget", Who::SettingUp, json!({})),
        ("setup_signer", Who::SettingUp, json!({"document": "x", "end": "rODb1XGU"})),
        (
            "setup_study",
            Who::SettingUp,
            json!({"order": {
                "document": "x", "site": "014", "name": "Tablet", "reference": "Device/1", "coordinator": coordinator,
            }}),
        ),
        ("setup_coordinator", Who::SettingUp, json!({"coordinator": coordinator})),
        ("setup_save_request", Who::SettingUp, json!({"title": "Folder"})),
        ("setup_certificate", Who::SettingUp, json!({"chain": "e30="})),
        ("setup_practise", Who::SettingUp, json!({})),
        ("staff_sign_in", Who::SigningIn, person),
    ]
}

fn of_patients() -> Vec<Row> {
    let person = json!({"user": "keller", "password": "wrong-password"});
    vec![
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
        ("patient_now", Who::Patient, json!({})),
        ("patient_goto", Who::Patient, json!({"revision": 1, "key": "x"})),
        ("patient_review_done", Who::Patient, json!({"revision": 1})),
        ("patient_back_to_review", Who::Patient, json!({"revision": 1})),
        (
            "patient_choose_pin",
            Who::Patient,
            json!({"revision": 1, "participantId": "014-0027", "pin": "4711", "again": "4711"}),
        ),
        ("patient_sign", Who::Patient, json!({"revision": 1, "participantId": "014-0027", "pin": "4711"})),
        ("patient_hand_back", Who::Patient, person),
    ]
}

fn of_staff() -> Vec<Row> {
    let person = json!({"user": "keller", "password": "wrong-password"});
    vec![
        ("visits", Who::Staff, json!({})),
        ("visit_choices", Who::Staff, json!({})),
        ("participant_add", Who::Staff, json!({"id": "", "system": "", "reference": ""})),
        ("visit_start", Who::Staff, json!({"participant": "nobody", "questionnaire": "none"})),
        ("visit_hand_over", Who::Staff, json!({"visit": "none"})),
        ("visit_end", Who::Staff, json!({"visit": "none", "reason": "a test"})),
        (
            "pin_reset",
            Who::Staff,
            json!({"participant": "nobody", "first": person, "second": person, "reason": "a test"}),
        ),
        ("assignments", Who::Staff, json!({})),
        ("assignments_pull", Who::Staff, json!({})),
        ("assignment_start", Who::Staff, json!({"id": "none"})),
        ("forms", Who::Staff, json!({})),
        ("form_check", Who::Staff, json!({"content": "{}"})),
        ("form_add", Who::Staff, json!({"check": "none"})),
        ("form_report", Who::Staff, json!({"id": "none"})),
        ("form_withdraw", Who::Staff, json!({"id": "none", "reason": "a test"})),
        ("outbox", Who::Staff, json!({})),
        ("outbox_send_now", Who::Staff, json!({})),
        ("notices", Who::Staff, json!({})),
        (
            "notices_confirm",
            Who::Staff,
            json!({"ids": ["none"], "password": "practice-keller", "reason": "a test"}),
        ),
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
    ]
}

fn of_the_device() -> Vec<Row> {
    vec![
        ("device_status", Who::Staff, json!({})),
        ("connection_check", Who::Staff, json!({})),
        ("connection_cancel", Who::Staff, json!({})),
        (
            "staff_add",
            Who::Staff,
            json!({"password": "practice-okafor", "account": {"person": new_person(), "role": "none"}}),
        ),
        ("study_brought", Who::Staff, json!({})),
        ("study_files", Who::Staff, json!({"files": ["e30="]})),
        ("study_forget", Who::Staff, json!({})),
        (
            "study_load",
            Who::Staff,
            json!({"document": "x", "password": "practice-okafor", "reason": "a test"}),
        ),
        ("credentials", Who::Staff, json!({})),
        ("token_put", Who::Staff, json!({"server": "server", "token": "abc", "password": "practice-okafor"})),
        ("assertion_key_make", Who::Staff, json!({"password": "practice-okafor"})),
        ("assertion_key_save", Who::Staff, json!({"title": "Folder"})),
        (
            "proxy_set",
            Who::Staff,
            json!({"proxy": {"url": "?", "user": "", "password": ""}, "password": "practice-okafor"}),
        ),
        ("certificate_request", Who::Staff, json!({"holder": "device"})),
        ("certificate_request_save", Who::Staff, json!({"holder": "device", "title": "Folder"})),
        (
            "certificate_take",
            Who::Staff,
            json!({"holder": "device", "chain": "", "password": "practice-okafor"}),
        ),
        ("staff_unlock", Who::Staff, json!({"user": "nobody", "password": "practice-keller"})),
        ("clock_accept", Who::Staff, json!({"password": "practice-okafor", "reason": ""})),
        ("emergency_folder", Who::Staff, json!({"title": "Folder"})),
        (
            "emergency_export",
            Who::Staff,
            json!({"order": {
                "password": "practice-okafor", "reason": "a test", "passphrase": "short", "again": "short", "drafts": false,
            }}),
        ),
        ("emergency_file", Who::Staff, json!({"title": "File"})),
        ("emergency_open", Who::Staff, json!({"passphrase": "none"})),
        (
            "emergency_import",
            Who::Staff,
            json!({"export": "none", "password": "practice-okafor", "reason": "a test"}),
        ),
        ("practice_faults", Who::Staff, json!({})),
        ("practice_set_fault", Who::Staff, json!({"fault": "none", "times": 1})),
        ("practice_listener", Who::Staff, json!({"open": true})),
        // Last, because it ends the session.
        ("staff_sign_out", Who::Staff, json!({})),
    ]
}
