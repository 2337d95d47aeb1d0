//! Signing in and out, and what the page shows. Each command parses, calls one function and maps its error.

use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};

use super::Answered;
use super::secret::Secret;
use crate::app::Attesta;
use crate::ipc::AppView;

/// What the page shows. Answers once the app has started, or with what kept it from starting. `active` names the staff
/// session in which the page was touched since it last asked; without it staff are signed out after a while. `language` is
/// the one that the page is read in.
#[tauri::command]
pub async fn view(
    app: State<'_, Attesta>,
    active: Option<String>,
    language: Option<String>,
) -> Answered<AppView> {
    app.view(active, language).await
}

/// Tells the page through `channel` whenever something is not as it was, until another page asks for it.
// Async, so that it is called where tasks can be started.
#[allow(clippy::unused_async)]
#[tauri::command]
pub async fn changes(app: State<'_, Attesta>, channel: Channel<()>) -> Answered<()> {
    app.tell(channel);
    Ok(())
}

/// Starts the app again after the cause that blocked it was mended: the operating system's keystore is asked anew only
/// by a new process.
#[tauri::command]
pub async fn try_again<R: Runtime>(app: State<'_, Attesta>, handle: AppHandle<R>) -> Answered<()> {
    app.check_blocked().await?;
    handle.request_restart();
    Ok(())
}

/// Signs a member of staff in.
#[tauri::command]
pub async fn staff_sign_in(app: State<'_, Attesta>, user: String, password: Secret) -> Answered<AppView> {
    app.at_desk(move |desk| desk.staff_sign_in(&user, &password)).await
}

/// Signs the member of staff out.
#[tauri::command]
pub async fn staff_sign_out(app: State<'_, Attesta>, session: String) -> Answered<AppView> {
    app.at_desk(move |desk| desk.staff_sign_out(&session)).await
}
