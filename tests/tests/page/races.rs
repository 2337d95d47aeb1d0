//! Commands that arrive at the same time, as two fast taps or a defective page send them.

use std::sync::{Arc, Barrier};

use crate::page::Page;
use serde_json::{Value, json};

const ROUNDS: usize = 8;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_visit_is_handed_over_or_ended_but_never_both() {
    let folder = tempfile::tempdir().unwrap();
    let page = Page::open(folder.path());
    let keller = json!({"user": "keller", "password": "practice-keller"});
    let mut staff = page.call("staff_sign_in", "", &keller).unwrap();
    for round in 0..ROUNDS {
        let session = text(&staff["session"]).to_owned();
        let choice = json!({"participant": "014-0027", "questionnaire": "phq-9"});
        let visit = page.call("visit_start", &session, &choice).unwrap()["id"].clone();
        let together = Arc::new(Barrier::new(3));
        let both: Vec<_> = [
            ("visit_hand_over", json!({"visit": visit})),
            ("visit_hand_over", json!({"visit": visit})),
            ("visit_end", json!({"visit": visit, "reason": "started by mistake"})),
        ]
        .into_iter()
        .map(|(command, arguments)| {
            let (page, session, together) = (page.clone(), session.clone(), Arc::clone(&together));
            std::thread::spawn(move || {
                together.wait();
                page.call(command, &session, &arguments).is_ok()
            })
        })
        .collect();
        let outcomes: Vec<_> = both.into_iter().map(|thread| thread.join().unwrap()).collect();
        let done = outcomes.iter().filter(|done| **done).count();
        assert_eq!(done, 1, "round {round}: {outcomes:?}");

        let view = page.call("view", "", &json!({})).unwrap();
        assert_eq!(view["view"] == "patient", !outcomes[2], "round {round}");
        if view["view"] == "patient" {
            assert_ne!(view["patient"]["step"]["step"], "done", "nothing was signed");
            let patient = text(&view["patient"]["session"]).to_owned();
            staff = page.call("patient_hand_back", &patient, &keller).unwrap();
        }
    }
}
