//! The device and the trainer's panel. Each command parses, calls one function of the desk and maps its error.

use serde::Deserialize;
use tauri::State;

use super::Answered;
use super::secret::Secret;
use super::setup::FirstCoordinator;
use crate::app::Attesta;
use crate::ipc::{ConnectionLine, DeviceStatus, FaultPanel};

/// An account that is added.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccount {
    /// User name, printed name and password.
    pub person: FirstCoordinator,
    /// The role, by its name.
    pub role: String,
}

/// The state of this device.
#[tauri::command]
pub async fn device_status(app: State<'_, Attesta>, session: String) -> Answered<DeviceStatus> {
    app.at_desk(move |desk| desk.device_status(&session)).await
}

/// Tries the study's server out.
#[tauri::command]
pub async fn connection_check(
    app: State<'_, Attesta>,
    session: String,
) -> Answered<Option<Vec<ConnectionLine>>> {
    app.at_desk(move |desk| desk.connection_check(&session)).await
}

/// Calls off the check that runs.
#[tauri::command]
pub async fn connection_cancel(app: State<'_, Attesta>, session: String) -> Answered<()> {
    app.at_desk(move |desk| desk.connection_cancel(&session)).await
}

/// Adds an account.
#[tauri::command]
pub async fn staff_add(
    app: State<'_, Attesta>,
    session: String,
    password: Secret,
    account: NewAccount,
) -> Answered<DeviceStatus> {
    app.at_desk(move |desk| desk.staff_add(&session, &password, &account)).await
}

/// Unlocks another member's account.
#[tauri::command]
pub async fn staff_unlock(
    app: State<'_, Attesta>,
    session: String,
    user: String,
    password: Secret,
) -> Answered<DeviceStatus> {
    app.at_desk(move |desk| desk.staff_unlock(&session, &user, &password)).await
}

/// Takes a clock that had been ahead as right again.
#[tauri::command]
pub async fn clock_accept(
    app: State<'_, Attesta>,
    session: String,
    password: Secret,
    reason: String,
) -> Answered<DeviceStatus> {
    app.at_desk(move |desk| desk.clock_accept(&session, &password, &reason)).await
}

/// The trainer's panel.
#[tauri::command]
pub async fn practice_faults(app: State<'_, Attesta>, session: String) -> Answered<FaultPanel> {
    app.at_desk(move |desk| desk.practice_faults(&session)).await
}

/// Switches a fault of the practice server on (for so many requests) or off (0).
#[tauri::command]
pub async fn practice_set_fault(
    app: State<'_, Attesta>,
    session: String,
    fault: String,
    times: u32,
) -> Answered<FaultPanel> {
    app.at_desk(move |desk| desk.practice_set_fault(&session, &fault, times)).await
}

/// Opens or closes the practice server's listener.
#[tauri::command]
pub async fn practice_listener(app: State<'_, Attesta>, session: String, open: bool) -> Answered<FaultPanel> {
    app.at_desk(move |desk| desk.practice_listener(&session, open)).await
}
