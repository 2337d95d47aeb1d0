//! The emergency export of this device, and taking over another one's. Each command parses, calls one function of the desk and
//! maps its error.

use serde::Deserialize;
use tauri::State;

use super::Answered;
use super::secret::Secret;
use crate::app::Attesta;
use crate::ipc::{EmergencyExported, EmergencyInside, EmergencyTaken};

/// What an export is made with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmergencyOrder {
    /// The password of the member of staff.
    pub password: Secret,
    /// Why.
    pub reason: String,
    /// The passphrase; empty where the study has a recovery key.
    pub passphrase: Secret,
    /// Again.
    pub again: Secret,
    /// The visits that are not over, too.
    pub drafts: bool,
}

/// Asks for the folder that exports go to; `title` names the dialog. None when nothing was chosen.
#[tauri::command]
pub async fn emergency_folder(
    app: State<'_, Attesta>,
    session: String,
    title: String,
) -> Answered<Option<String>> {
    let chooser = app.chooser();
    app.at_desk(move |desk| desk.emergency_folder(&session, &title, chooser.as_deref())).await
}

/// Writes everything that this device owes into a new file in that folder.
#[tauri::command]
pub async fn emergency_export(
    app: State<'_, Attesta>,
    session: String,
    order: EmergencyOrder,
) -> Answered<EmergencyExported> {
    app.at_desk(move |desk| desk.emergency_export(&session, &order)).await
}

/// Asks for another device's export; `title` names the dialog. None when nothing was chosen.
#[tauri::command]
pub async fn emergency_file(
    app: State<'_, Attesta>,
    session: String,
    title: String,
) -> Answered<Option<String>> {
    let chooser = app.chooser();
    app.at_desk(move |desk| desk.emergency_file(&session, &title, chooser.as_deref())).await
}

/// Decrypts and verifies that file, and says what is in it. Nothing is changed.
#[tauri::command]
pub async fn emergency_open(
    app: State<'_, Attesta>,
    session: String,
    passphrase: Secret,
) -> Answered<EmergencyInside> {
    app.at_desk(move |desk| desk.emergency_open(&session, &passphrase)).await
}

/// Takes over what [`emergency_open`] has shown.
#[tauri::command]
pub async fn emergency_import(
    app: State<'_, Attesta>,
    session: String,
    export: String,
    password: Secret,
    reason: String,
) -> Answered<EmergencyTaken> {
    app.at_desk(move |desk| desk.emergency_import(&session, &export, &password, &reason)).await
}
