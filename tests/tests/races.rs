//! Commands that arrive at the same time, as two fast taps or a defective page send them.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::PathBuf;
use std::sync::{Arc, Barrier};

use attesta_app::start::{Options, keystore_of};
use attesta_app::{Attesta, with_commands};
use serde_json::{Value, json};
use tauri::WebviewWindow;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;

const ROUNDS: usize = 8;

fn open(folder: &std::path::Path) -> WebviewWindow<MockRuntime> {
    let program = std::env::var_os("ATTESTA_APP")
        .map(PathBuf::from)
        .expect("run inside scripts/session with ATTESTA_APP set: see scripts/test");
    let data = folder.join("data");
    let keystore = keystore_of(&data).unwrap();
    let options = Options { data, exports: folder.join("exports"), program, keystore };
    let app = with_commands(mock_builder(), Attesta::start(options))
        .build(mock_context(noop_assets()))
        .expect("the app is built");
    tauri::WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default())
        .build()
        .expect("the window is built")
}

fn call(
    window: &WebviewWindow<MockRuntime>,
    command: &str,
    session: &str,
    arguments: Value,
) -> Result<Value, Value> {
    let mut body = arguments;
    body["session"] = json!(session);
    let request = InvokeRequest {
        cmd: command.into(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: "tauri://localhost".parse().unwrap(),
        body: InvokeBody::Json(body),
        headers: tauri::http::HeaderMap::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|answer| answer.deserialize().unwrap())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_visit_is_handed_over_or_ended_but_never_both() {
    let folder = tempfile::tempdir().unwrap();
    let window = open(folder.path());
    let keller = json!({"user": "keller", "password": "practice-keller"});
    let mut staff = call(&window, "staff_sign_in", "", keller.clone()).unwrap();
    for round in 0..ROUNDS {
        let session = text(&staff["session"]).to_owned();
        let choice = json!({"participant": "014-0027", "questionnaire": "phq-9"});
        let visit = call(&window, "visit_start", &session, choice).unwrap()["id"].clone();
        let together = Arc::new(Barrier::new(3));
        let both: Vec<_> = [
            ("visit_hand_over", json!({"visit": visit})),
            ("visit_hand_over", json!({"visit": visit})),
            ("visit_end", json!({"visit": visit, "reason": "started by mistake"})),
        ]
        .into_iter()
        .map(|(command, arguments)| {
            let (window, session, together) = (window.clone(), session.clone(), Arc::clone(&together));
            std::thread::spawn(move || {
                together.wait();
                call(&window, command, &session, arguments).is_ok()
            })
        })
        .collect();
        let outcomes: Vec<_> = both.into_iter().map(|thread| thread.join().unwrap()).collect();
        let done = outcomes.iter().filter(|done| **done).count();
        assert_eq!(done, 1, "round {round}: {outcomes:?}");

        let view = call(&window, "view", "", json!({})).unwrap();
        assert_eq!(view["view"] == "patient", !outcomes[2], "round {round}");
        if view["view"] == "patient" {
            assert_ne!(view["patient"]["step"]["step"], "done", "nothing was signed");
            let patient = text(&view["patient"]["session"]).to_owned();
            staff = call(&window, "patient_hand_back", &patient, keller.clone()).unwrap();
        }
    }
}
