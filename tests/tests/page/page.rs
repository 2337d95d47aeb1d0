//! The app as its page sees it: commands and their answers, without a display.
#![allow(unreachable_pub)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use attesta_app::chooser::Chooser;
use attesta_app::start::{Mode, Options, keystore_of};
use attesta_app::{Attesta, with_commands};
use device::FhirVersion;
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{Manager as _, WebviewWindow};

/// A window of the app. Its clones are the same window.
#[derive(Clone)]
pub struct Page {
    window: WebviewWindow<MockRuntime>,
}

struct Chosen(PathBuf);

impl Chooser for Chosen {
    fn folder(&self, _title: &str) -> Option<PathBuf> {
        Some(self.0.clone())
    }

    fn file(&self, _title: &str) -> Option<PathBuf> {
        Some(self.0.clone())
    }
}

fn options(mode: Mode, folder: &Path) -> Options {
    let program = std::env::var_os("ATTESTA_APP")
        .map(PathBuf::from)
        .expect("run inside scripts/session with ATTESTA_APP set: see scripts/test");
    let data = folder.join("data");
    let keystore = keystore_of(mode, &data).unwrap();
    Options { data, exports: folder.join("exports"), program, keystore, mode }
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

    /// Starts the app as on a new device: it has no study, and practice is offered.
    #[allow(dead_code)] // by the test of setting up
    pub fn open_first(folder: &Path) -> Self {
        let practice = options(Mode::Practice(FhirVersion::R4), &folder.join("practice"));
        Self::with(Attesta::start_offering(options(Mode::Study, folder), Some(practice)))
    }

    fn open_as(mode: Mode, folder: &Path) -> Self {
        Self::with(Attesta::start(options(mode, folder)))
    }

    fn with(attesta: Attesta) -> Self {
        let app = with_commands(mock_builder(), attesta)
            .build(mock_context(noop_assets()))
            .expect("the app is built");
        let window = tauri::WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default())
            .build()
            .expect("the window is built");
        Self { window }
    }

    /// From now on the person chooses this whenever they are asked for a folder or a file.
    #[allow(dead_code)] // by the test of a rescue
    pub fn chooses(&self, path: &Path) {
        self.window.state::<Attesta>().choose_with(Arc::new(Chosen(path.to_owned())));
    }

    /// Calls a command in the name of `session`; the error is its code.
    pub fn call(&self, command: &str, session: &str, arguments: &Value) -> Result<Value, String> {
        self.answer(command, session, arguments).map_err(|error| {
            error["code"].as_str().unwrap_or_else(|| panic!("{command}: {error}")).to_owned()
        })
    }

    /// The same; the error is all that the page is told.
    pub fn answer(&self, command: &str, session: &str, arguments: &Value) -> Result<Value, Value> {
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
        get_ipc_response(&self.window, request).map(|answer| answer.deserialize().unwrap_or(Value::Null))
    }
}
