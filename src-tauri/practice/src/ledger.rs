//! What is beside FHIR, under `/ledger/`: a practice ledger. It keeps hashes, append-only, and gives each an entry's id.
//!
//! The id of an entry is the SHA-256 of the entry before it and of its own content, so that no entry can be taken out or
//! changed without all later ids becoming wrong.

use std::sync::PoisonError;

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{content, outcome::Refusal, server::State};

/// The only algorithm.
const ALGORITHM: &str = "SHA-256";
const JSON: &str = "application/json";

/// `POST /ledger/transactions`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    algorithm: String,
    /// Lower-case hexadecimal.
    hash: String,
}

/// An entry, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) transaction: String,
    pub(crate) algorithm: &'static str,
    pub(crate) hash: String,
    /// RFC 3339, UTC.
    pub(crate) recorded_at: String,
}

impl Entry {
    /// The entry that follows `before`.
    pub(crate) fn after(before: Option<&str>, hash: &str, recorded_at: String) -> Self {
        let content = [before.unwrap_or_default(), ALGORITHM, hash, &recorded_at].join("\n");
        let transaction = hex(&Sha256::digest(content));
        Self { transaction, algorithm: ALGORITHM, hash: hash.to_owned(), recorded_at }
    }

    /// An entry that was stored.
    pub(crate) fn stored(transaction: String, hash: String, recorded_at: String) -> Self {
        Self { transaction, algorithm: ALGORITHM, hash, recorded_at }
    }
}

/// Answers a request below `/ledger/`.
pub(crate) fn answer(
    state: &State,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let demanded = state.ledger_token.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(token) = demanded
        && headers.get(header::AUTHORIZATION).is_none_or(|shown| shown != &format!("Bearer {token}"))
    {
        let reason = "the ledger asks for an access token (Authorization: Bearer)";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "login", reason));
    }
    let id = path.strip_prefix("transactions/");
    match (path, id, method) {
        ("transactions", _, &Method::POST) => keep(state, headers, body),
        ("transactions", ..) => Err(Refusal::method("POST")),
        (_, Some(id), &Method::GET) => {
            let entry = state.storage.read(|work| work.ledger_entry(id)).map_err(crate::Error::from)?;
            entry.map_or_else(|| Err(Refusal::not_found("this entry")), |entry| json(StatusCode::OK, &entry))
        }
        (_, Some(_), _) => Err(Refusal::method("GET")),
        _ => Err(Refusal::no_such_address()),
    }
}

/// Keeps a hash once: the same hash gives the same entry.
fn keep(state: &State, headers: &HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
    // A web page cannot send this media type here without asking first.
    if headers.get(header::CONTENT_TYPE).is_none_or(|media_type| media_type != JSON) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-supported",
            "send application/json",
        ));
    }
    let wanted: Wanted =
        serde_json::from_slice(body).map_err(|error| Refusal::bad_request("structure", error.to_string()))?;
    let is_hash =
        wanted.hash.len() == 64 && wanted.hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if wanted.algorithm != ALGORITHM || !is_hash {
        return Err(Refusal::bad_request(
            "value",
            "algorithm is SHA-256, and hash 64 hexadecimal digits in lower case",
        ));
    }
    let (entry, new) = state
        .storage
        .transact(|work| {
            if let Some(entry) = work.ledger_entry_for(&wanted.hash)? {
                return Ok((entry, false));
            }
            let before = work.last_ledger_entry()?;
            let now = format!("{:.3}", jiff::Timestamp::now());
            let entry = Entry::after(before.as_deref(), &wanted.hash, now);
            work.append_to_ledger(&entry)?;
            Ok((entry, true))
        })
        .map_err(|error: rusqlite::Error| crate::Error::from(error))?;
    let mut response = json(if new { StatusCode::CREATED } else { StatusCode::OK }, &entry)?;
    let location = format!("/ledger/transactions/{}", entry.transaction);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(HeaderName::from_static("location"), location);
    }
    Ok(response)
}

fn json(status: StatusCode, entry: &Entry) -> Result<Response, Refusal> {
    let text = serde_json::to_string(entry)
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", error.to_string()))?;
    Ok(content::with_type(status, JSON, text))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
