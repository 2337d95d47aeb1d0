//! The outbox and the alerts. Each command parses, calls one function of the desk and maps its error.

use tauri::State;

use super::Answered;
use super::secret::Secret;
use crate::app::Attesta;
use crate::ipc::{AlertChoice, AlertDetail, AlertRow, NoticeRow, OutboxRow};

/// What was signed and how far its delivery is.
#[tauri::command]
pub async fn outbox(app: State<'_, Attesta>, session: String) -> Answered<Vec<OutboxRow>> {
    app.at_desk(move |desk| desk.outbox(&session)).await
}

/// Tries everything that waits at once.
#[tauri::command]
pub async fn outbox_send_now(app: State<'_, Attesta>, session: String) -> Answered<Vec<OutboxRow>> {
    app.at_desk(move |desk| desk.outbox_send_now(&session)).await
}

/// What the server keeps otherwise than it should, until somebody confirms having seen it.
#[tauri::command]
pub async fn notices(app: State<'_, Attesta>, session: String) -> Answered<Vec<NoticeRow>> {
    app.at_desk(move |desk| desk.notices(&session)).await
}

/// Confirms having seen these, signed with the password and a reason.
#[tauri::command]
pub async fn notices_confirm(
    app: State<'_, Attesta>,
    session: String,
    ids: Vec<String>,
    password: Secret,
    reason: String,
) -> Answered<Vec<NoticeRow>> {
    app.at_desk(move |desk| desk.notices_confirm(&session, &ids, &password, &reason)).await
}

/// The alerts, open ones first.
#[tauri::command]
pub async fn alerts(app: State<'_, Attesta>, session: String) -> Answered<Vec<AlertRow>> {
    app.at_desk(move |desk| desk.alerts(&session)).await
}

/// One alert with both sides.
#[tauri::command]
pub async fn alert(app: State<'_, Attesta>, session: String, id: String) -> Answered<AlertDetail> {
    app.at_desk(move |desk| desk.alert(&session, &id)).await
}

/// Acts on an alert, signed with the password and a reason.
#[tauri::command]
pub async fn alert_act(
    app: State<'_, Attesta>,
    session: String,
    id: String,
    revision: u32,
    action: AlertChoice,
    password: Secret,
    reason: String,
) -> Answered<AlertDetail> {
    app.at_desk(move |desk| desk.alert_act(&session, &id, revision, action, &password, &reason)).await
}
