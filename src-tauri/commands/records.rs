//! Records and their export. Each command parses, calls one function of the desk and maps its error.

use tauri::State;

use super::Answered;
use crate::app::Attesta;
use crate::ipc::{Exported, RecordDetail, RecordList, RecordsWanted};

/// The signed responses, newest first, a page at a time.
#[tauri::command]
pub async fn records(
    app: State<'_, Attesta>,
    session: String,
    wanted: Option<RecordsWanted>,
) -> Answered<RecordList> {
    app.at_desk(move |desk| desk.records(&session, &wanted.unwrap_or_default())).await
}

/// One record with its history and its proof.
#[tauri::command]
pub async fn record(app: State<'_, Attesta>, session: String, id: String) -> Answered<RecordDetail> {
    app.at_desk(move |desk| desk.record(&session, &id)).await
}

/// Writes a record into the export folder.
#[tauri::command]
pub async fn record_export(app: State<'_, Attesta>, session: String, id: String) -> Answered<Exported> {
    app.at_desk(move |desk| desk.record_export(&session, &id)).await
}

/// Writes every response of a participant into the export folder, signed in the name of the site's organization.
#[tauri::command]
pub async fn records_export_subject(
    app: State<'_, Attesta>,
    session: String,
    participant: String,
) -> Answered<Exported> {
    app.at_desk(move |desk| desk.records_export_subject(&session, &participant)).await
}

/// Writes a record's verification report into the export folder.
#[tauri::command]
pub async fn record_report(
    app: State<'_, Attesta>,
    session: String,
    id: String,
    language: String,
) -> Answered<Exported> {
    app.at_desk(move |desk| desk.record_report(&session, &id, &language)).await
}

/// Writes a record as a document that a ledger covers into the export folder.
#[tauri::command]
pub async fn record_document(app: State<'_, Attesta>, session: String, id: String) -> Answered<Exported> {
    app.at_desk(move |desk| desk.record_document(&session, &id)).await
}
