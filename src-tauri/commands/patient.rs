//! The patient's screens. Each command parses, calls one function of the desk and maps its error.

use questionnaire::{Answer, MediumData};
use tauri::State;

use super::Answered;
use super::secret::Secret;
use crate::app::Attesta;
use crate::ipc::AppView;

/// Chooses the language of everything that follows.
#[tauri::command]
pub async fn patient_choose_language(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    language: String,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_choose_language(&session, revision, &language)).await
}

/// Leaves the instructions for the first question.
#[tauri::command]
pub async fn patient_begin(app: State<'_, Attesta>, session: String, revision: u32) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_begin(&session, revision)).await
}

/// Answers a question with all its answers, or takes them back.
#[tauri::command]
pub async fn patient_answer(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    key: String,
    answers: Vec<Answer>,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_answer(&session, revision, &key, answers)).await
}

/// Begins a further instance of a repeating group.
#[tauri::command]
pub async fn patient_add(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    key: String,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_add(&session, revision, &key)).await
}

/// Takes an instance of a repeating group away.
#[tauri::command]
pub async fn patient_remove(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    key: String,
    instance: u32,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_remove(&session, revision, &key, instance)).await
}

/// Leaves a question out on purpose.
#[tauri::command]
pub async fn patient_skip(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    key: String,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_skip(&session, revision, &key)).await
}

/// The bytes of a picture, a sound or a video that a screen named.
#[tauri::command]
pub async fn patient_medium(app: State<'_, Attesta>, session: String, id: String) -> Answered<MediumData> {
    app.at_desk(move |desk| desk.patient_medium(&session, &id)).await
}

/// What the device's clock shows.
#[tauri::command]
pub async fn patient_now(app: State<'_, Attesta>, session: String) -> Answered<String> {
    app.at_desk(move |desk| desk.patient_now(&session)).await
}

/// Goes to the next screen.
#[tauri::command]
pub async fn patient_next(app: State<'_, Attesta>, session: String, revision: u32) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_next(&session, revision)).await
}

/// Goes to the screen before.
#[tauri::command]
pub async fn patient_back(app: State<'_, Attesta>, session: String, revision: u32) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_back(&session, revision)).await
}

/// Asks the form's server for the next question.
#[tauri::command]
pub async fn patient_ask(app: State<'_, Attesta>, session: String, revision: u32) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_ask(&session, revision)).await
}

/// Takes away what the form's server asked after a question.
#[tauri::command]
pub async fn patient_reopen(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    key: String,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_reopen(&session, revision, &key)).await
}

/// Goes from the review to one question.
#[tauri::command]
pub async fn patient_goto(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    key: String,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_goto(&session, revision, &key)).await
}

/// Confirms the review; signing comes next.
#[tauri::command]
pub async fn patient_review_done(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_review_done(&session, revision)).await
}

/// Goes back from signing to the review.
#[tauri::command]
pub async fn patient_back_to_review(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_back_to_review(&session, revision)).await
}

/// Chooses the first PIN.
#[tauri::command]
pub async fn patient_choose_pin(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    participant_id: String,
    pin: Secret,
    again: Secret,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_choose_pin(&session, revision, &participant_id, &pin, &again)).await
}

/// Signs with the participant's number and PIN.
#[tauri::command]
pub async fn patient_sign(
    app: State<'_, Attesta>,
    session: String,
    revision: u32,
    participant_id: String,
    pin: Secret,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_sign(&session, revision, &participant_id, &pin)).await
}

/// Staff take the device back: the only way out of the patient's screens.
#[tauri::command]
pub async fn patient_hand_back(
    app: State<'_, Attesta>,
    session: String,
    user: String,
    password: Secret,
) -> Answered<AppView> {
    app.at_desk(move |desk| desk.patient_hand_back(&session, &user, &password)).await
}
