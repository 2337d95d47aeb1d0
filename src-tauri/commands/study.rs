//! A newer version of the study's document. Each command parses, calls one function of the desk and maps its error.

use tauri::State;

use super::Answered;
use super::secret::Secret;
use super::setup::octets;
use crate::app::Attesta;
use crate::ipc::{DeviceStatus, StudyBrought};

/// Reads a newer document, or pictures of its codes, from files (Base64), and says what it would change.
#[tauri::command]
pub async fn study_files(
    app: State<'_, Attesta>,
    session: String,
    files: Vec<String>,
) -> Answered<StudyBrought> {
    app.at_desk(move |desk| desk.study_files(&session, octets(&files)?)).await
}

/// What was brought so far.
#[tauri::command]
pub async fn study_brought(app: State<'_, Attesta>, session: String) -> Answered<StudyBrought> {
    app.at_desk(move |desk| desk.study_brought(&session)).await
}

/// Puts aside what was brought.
#[tauri::command]
pub async fn study_forget(app: State<'_, Attesta>, session: String) -> Answered<()> {
    app.at_desk(move |desk| desk.study_forget(&session)).await
}

/// Loads what [`study_files`] has shown.
#[tauri::command]
pub async fn study_load(
    app: State<'_, Attesta>,
    session: String,
    document: String,
    password: Secret,
    reason: String,
) -> Answered<DeviceStatus> {
    app.at_desk(move |desk| desk.study_load(&session, &document, &password, &reason)).await
}
