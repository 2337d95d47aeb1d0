//! Visits and PIN resets. Each command parses, calls one function of the desk and maps its error.

use tauri::State;

use super::Answered;
use super::secret::Person;
use crate::app::Attesta;
use crate::ipc::{AppView, Visit, VisitChoices};

/// The visits, newest first.
#[tauri::command]
pub async fn visits(app: State<'_, Attesta>, session: String) -> Answered<Vec<Visit>> {
    app.at_desk(move |desk| desk.visits(&session)).await
}

/// What a visit can be started with.
#[tauri::command]
pub async fn visit_choices(app: State<'_, Attesta>, session: String) -> Answered<VisitChoices> {
    app.at_desk(move |desk| desk.visit_choices(&session)).await
}

/// Adds a participant.
#[tauri::command]
pub async fn participant_add(
    app: State<'_, Attesta>,
    session: String,
    id: String,
    system: String,
    reference: String,
) -> Answered<VisitChoices> {
    app.at_desk(move |desk| desk.participant_add(&session, id, system, reference)).await
}

/// Starts a visit.
#[tauri::command]
pub async fn visit_start(
    app: State<'_, Attesta>,
    session: String,
    participant: String,
    questionnaire: String,
) -> Answered<Visit> {
    app.at_desk(move |desk| desk.visit_start(&session, &participant, &questionnaire)).await
}

/// Signs the member of staff out and hands the device to the patient.
#[tauri::command]
pub async fn visit_hand_over(app: State<'_, Attesta>, session: String, visit: String) -> Answered<AppView> {
    app.at_desk(move |desk| desk.visit_hand_over(&session, &visit)).await
}

/// Ends a visit that was not signed.
#[tauri::command]
pub async fn visit_end(
    app: State<'_, Attesta>,
    session: String,
    visit: String,
    reason: String,
) -> Answered<Vec<Visit>> {
    app.at_desk(move |desk| desk.visit_end(&session, &visit, &reason)).await
}

/// Lets a participant choose a new PIN; two members of staff decide it.
#[tauri::command]
pub async fn pin_reset(
    app: State<'_, Attesta>,
    session: String,
    participant: String,
    first: Person,
    second: Person,
    reason: String,
) -> Answered<()> {
    app.at_desk(move |desk| desk.pin_reset(&session, &participant, &first, &second, &reason)).await
}
