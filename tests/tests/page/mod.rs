//! The app as its page sees it: commands and their answers, without a display.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

use std::path::{Path, PathBuf};

use attesta_app::start::{Mode, Options, keystore_of};
use attesta_app::{Attesta, with_commands};
use device::FhirVersion;
use serde_json::{Value, json};
use tauri::WebviewWindow;
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;

/// A window of the app. Its clones are the same window.
#[derive(Clone)]
pub struct Page {
    window: WebviewWindow<MockRuntime>,
}

impl Page {
    /// Starts the app on a data folder inside `folder`.
    #[allow(dead_code)] // by the test of a study
    pub fn open(folder: &Path) -> Self {
        Self::open_in(FhirVersion::R4, folder)
    }

    /// The same in a release of FHIR.
    #[allow(dead_code)] // by the test of a study
    pub fn open_in(release: FhirVersion, folder: &Path) -> Self {
        Self::open_as(Mode::Practice(release), folder)
    }

    /// Starts the app for the study that the device in `folder` is set up for.
    #[allow(dead_code)] // by the tests of practice
    pub fn open_study(folder: &Path) -> Self {
        Self::open_as(Mode::Study, folder)
    }

    fn open_as(mode: Mode, folder: &Path) -> Self {
        let program = std::env::var_os("ATTESTA_APP")
            .map(PathBuf::from)
            .expect("run inside scripts/session with ATTESTA_APP set: see scripts/test");
        let data = folder.join("data");
        let keystore = keystore_of(mode, &data).unwrap();
        let options = Options { data, exports: folder.join("exports"), program, keystore, mode };
        let app = with_commands(mock_builder(), Attesta::start(options))
            .build(mock_context(noop_assets()))
            .expect("the app is built");
        let window = tauri::WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default())
            .build()
            .expect("the window is built");
        Self { window }
    }

    /// Calls a command in the name of `session`; the error is its code.
    pub fn call(&self, command: &str, session: &str, arguments: &Value) -> Result<Value, String> {
        let mut body = arguments.clone();
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
        match get_ipc_response(&self.window, request) {
            Ok(answer) => Ok(answer.deserialize().unwrap_or(Value::Null)),
            Err(error) => {
                Err(error["code"].as_str().unwrap_or_else(|| panic!("{command}: {error}")).to_owned())
            }
        }
    }
}
