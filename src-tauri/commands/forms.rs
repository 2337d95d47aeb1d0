//! The study's questionnaires. Each command parses, calls one function of the desk and maps its error.

use tauri::State;

use super::Answered;
use crate::app::Attesta;
use crate::ipc::{FormList, FormReport};

/// The study's questionnaires.
#[tauri::command]
pub async fn forms(app: State<'_, Attesta>, session: String) -> Answered<FormList> {
    app.at_desk(move |desk| desk.forms(&session)).await
}

/// Checks the content of a file; nothing is stored.
#[tauri::command]
pub async fn form_check(app: State<'_, Attesta>, session: String, content: String) -> Answered<FormReport> {
    app.at_desk(move |desk| desk.form_check(&session, &content)).await
}

/// Adds what was checked to the study.
#[tauri::command]
pub async fn form_add(app: State<'_, Attesta>, session: String, check: String) -> Answered<FormList> {
    app.at_desk(move |desk| desk.form_add(&session, &check)).await
}

/// The report on a questionnaire of the study.
#[tauri::command]
pub async fn form_report(app: State<'_, Attesta>, session: String, id: String) -> Answered<FormReport> {
    app.at_desk(move |desk| desk.form_report(&session, &id)).await
}

/// Takes a questionnaire out of the study.
#[tauri::command]
pub async fn form_withdraw(
    app: State<'_, Attesta>,
    session: String,
    id: String,
    reason: String,
) -> Answered<FormList> {
    app.at_desk(move |desk| desk.form_withdraw(&session, &id, &reason)).await
}
