//! What the server asks for. Each command parses, calls one function of the desk and maps its error.

use tauri::State;

use super::Answered;
use crate::app::Attesta;
use crate::ipc::{AssignmentList, Visit};

/// What the server asks for, as it is known here.
#[tauri::command]
pub async fn assignments(app: State<'_, Attesta>, session: String) -> Answered<AssignmentList> {
    app.at_desk(move |desk| desk.assignments(&session)).await
}

/// The same, once the server was asked.
#[tauri::command]
pub async fn assignments_pull(app: State<'_, Attesta>, session: String) -> Answered<AssignmentList> {
    app.at_desk(move |desk| desk.assignments_pull(&session)).await
}

/// Starts a visit with what a Task asks for.
#[tauri::command]
pub async fn assignment_start(app: State<'_, Attesta>, session: String, id: String) -> Answered<Visit> {
    app.at_desk(move |desk| desk.assignment_start(&session, &id)).await
}
