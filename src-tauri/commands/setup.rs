//! Setting a device up. Each command parses and calls one function; none of them is anybody's once the device is set up.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use tauri::State;

use super::Answered;
use super::secret::Secret;
use crate::app::Attesta;
use crate::desk::Refused;
use crate::ipc::AppView;
use crate::setup::SetUp;

/// Files that can be given at once, and octets in all of them.
const MOST_FILES: usize = 24;
const MOST_OCTETS: usize = device::study::MAX_BYTES;
/// Octets of a chain of certificates.
const LONGEST_CHAIN: usize = 1024 * 1024;

/// The first member of staff, who is a coordinator.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FirstCoordinator {
    /// The user name.
    pub user: String,
    /// The name as printed.
    pub display_name: String,
    /// The password.
    pub password: Secret,
    /// Again.
    pub again: Secret,
}

/// What a device is set up with, beside the document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StudyOrder {
    /// The hash of the document that was shown.
    pub document: String,
    /// Whether the device is set up although its data may be somewhere else.
    #[serde(default)]
    pub new_anyway: bool,
    /// The site's id.
    pub site: String,
    /// The device's name.
    pub name: String,
    /// Where the server keeps the Device: `Device/…`.
    pub reference: String,
    /// Who can sign in.
    pub coordinator: FirstCoordinator,
}

/// Reads the study's signed document, or pictures of its codes, from files (Base64).
#[tauri::command]
pub async fn setup_files(app: State<'_, Attesta>, files: Vec<String>) -> Answered<AppView> {
    app.at_set_up(move |set_up| set_up.read(octets(&files)?)).await
}

/// Puts aside what was chosen.
#[tauri::command]
pub async fn setup_forget(app: State<'_, Attesta>) -> Answered<AppView> {
    app.at_set_up(SetUp::forget).await
}

/// Compares the end of the signer's thumbprint, as the person typed it from the paper.
#[tauri::command]
pub async fn setup_signer(app: State<'_, Attesta>, document: String, end: String) -> Answered<AppView> {
    app.at_set_up(move |set_up| set_up.compare(&document, &end)).await
}

/// Sets the device up.
#[tauri::command]
pub async fn setup_study(app: State<'_, Attesta>, order: StudyOrder) -> Answered<AppView> {
    app.at_set_up(move |set_up| set_up.set_up(&order)).await
}

/// Adds the first coordinator of a device that was set up without one.
#[tauri::command]
pub async fn setup_coordinator(app: State<'_, Attesta>, coordinator: FirstCoordinator) -> Answered<AppView> {
    app.at_set_up(move |set_up| set_up.add_coordinator(&coordinator)).await
}

/// Writes the request for the certificate into a folder that the person chooses; `title` names the dialog. None when nothing
/// was chosen.
#[tauri::command]
pub async fn setup_save_request(app: State<'_, Attesta>, title: String) -> Answered<Option<String>> {
    let chooser = app.chooser();
    app.with_set_up(move |set_up| set_up.save_request(&title, chooser.as_deref())).await
}

/// Takes the certificate from a file (Base64).
#[tauri::command]
pub async fn setup_certificate(app: State<'_, Attesta>, chain: String) -> Answered<AppView> {
    app.at_set_up(move |set_up| set_up.enrol(self::chain(&chain)?)).await
}

/// Practises instead.
#[tauri::command]
pub async fn setup_practise(app: State<'_, Attesta>) -> Answered<AppView> {
    app.at_set_up(SetUp::practise).await
}

/// The content of a file with certificates.
pub(crate) fn chain(encoded: &str) -> Result<Vec<u8>, Refused> {
    if encoded.len() / 4 * 3 > LONGEST_CHAIN {
        return Err(Refused::TooLarge);
    }
    octets(std::slice::from_ref(&encoded)).map(|mut all| all.pop().unwrap_or_default())
}

pub(super) fn octets<T: AsRef<str>>(files: &[T]) -> Result<Vec<Vec<u8>>, Refused> {
    let length: usize = files.iter().map(|file| file.as_ref().len()).sum();
    if files.len() > MOST_FILES || length / 4 * 3 > MOST_OCTETS + 4 * MOST_FILES {
        return Err(Refused::TooLarge);
    }
    let decoded = files.iter().map(|file| BASE64_STANDARD.decode(file.as_ref()));
    decoded.collect::<Result<_, _>>().map_err(|_| Refused::Internal("a file did not arrive"))
}
