//! What the device shows servers, and through which proxy. Each command parses, calls one function of the desk and maps its
//! error. What is secret goes in and never comes back.

use serde::Deserialize;
use tauri::State;

use super::Answered;
use super::secret::Secret;
use crate::app::Attesta;
use crate::ipc::{CertificateHolder, CertificateRequest, Credentials, TokenFor};

/// The proxy of the site's network.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProxyOrder {
    /// Its address; empty where there is none.
    pub url: String,
    /// As whom the device signs in to it; empty where it does not.
    pub user: String,
    /// The proxy's own password.
    pub password: Secret,
}

/// What the study asks for, and what of it this device has.
#[tauri::command]
pub async fn credentials(app: State<'_, Attesta>, session: String) -> Answered<Credentials> {
    app.at_desk(move |desk| desk.credentials(&session)).await
}

/// Keeps an access token.
#[tauri::command]
pub async fn token_put(
    app: State<'_, Attesta>,
    session: String,
    server: TokenFor,
    token: Secret,
    password: Secret,
) -> Answered<Credentials> {
    app.at_desk(move |desk| desk.token_put(&session, server, &token, &password)).await
}

/// Makes the key that signs assertions, in place of an earlier one.
#[tauri::command]
pub async fn assertion_key_make(
    app: State<'_, Attesta>,
    session: String,
    password: Secret,
) -> Answered<Credentials> {
    app.at_desk(move |desk| desk.assertion_key_make(&session, &password)).await
}

/// Writes its public half into a folder that the person chooses; `title` names the dialog. None when nothing was chosen.
#[tauri::command]
pub async fn assertion_key_save(
    app: State<'_, Attesta>,
    session: String,
    title: String,
) -> Answered<Option<String>> {
    let chooser = app.chooser();
    app.at_desk(move |desk| desk.assertion_key_save(&session, &title, chooser.as_deref())).await
}

/// Sets the proxy, or that there is none.
#[tauri::command]
pub async fn proxy_set(
    app: State<'_, Attesta>,
    session: String,
    proxy: ProxyOrder,
    password: Secret,
) -> Answered<Credentials> {
    app.at_desk(move |desk| desk.proxy_set(&session, &proxy, &password)).await
}

/// The request for a certificate. Its key is made where there is none that waits for one.
#[tauri::command]
pub async fn certificate_request(
    app: State<'_, Attesta>,
    session: String,
    holder: CertificateHolder,
) -> Answered<CertificateRequest> {
    app.at_desk(move |desk| desk.certificate_request(&session, holder)).await
}

/// Writes the request into a folder that the person chooses; `title` names the dialog. None when nothing was chosen.
#[tauri::command]
pub async fn certificate_request_save(
    app: State<'_, Attesta>,
    session: String,
    holder: CertificateHolder,
    title: String,
) -> Answered<Option<String>> {
    let chooser = app.chooser();
    app.at_desk(move |desk| desk.certificate_request_save(&session, holder, &title, chooser.as_deref())).await
}

/// Takes the certificate from a file (Base64).
#[tauri::command]
pub async fn certificate_take(
    app: State<'_, Attesta>,
    session: String,
    holder: CertificateHolder,
    chain: String,
    password: Secret,
) -> Answered<Credentials> {
    app.at_desk(move |desk| desk.certificate_take(&session, holder, &chain, &password)).await
}
