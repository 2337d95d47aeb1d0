//! What is beside FHIR, under `/practice/`: the trainer's panel and the practice CA.

use axum::{
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    authority::{Issuer, LEAF_LIFE},
    content,
    faults::{Alteration, Armed, Line, Request},
    outcome::Refusal,
    server::State,
};

/// `GET /practice/faults`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Panel {
    faults: Vec<Line>,
    armed: Vec<Armed>,
    alterations: Vec<Alteration>,
    log: Vec<Request>,
}

/// `PUT /practice/faults`: what is armed from now on, in place of everything before.
#[derive(Deserialize)]
struct Wanted {
    faults: Vec<Armed>,
}

/// Answers a request below `/practice/`.
pub(crate) fn answer(
    state: &State,
    method: &Method,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let now = jiff::Timestamp::now();
    match (path, method) {
        ("faults", &Method::GET) => panel(state),
        ("faults", &Method::PUT) => {
            set_faults(state, headers, body)?;
            panel(state)
        }
        ("faults", _) => Err(Refusal::method("GET, PUT")),
        ("ca/certificate", &Method::POST) => {
            let chain = state.authority.issue(body, now, life(query)?).map_err(invalid)?;
            Ok(content::with_type(StatusCode::CREATED, PEM, chain))
        }
        ("ca/revocation", &Method::POST) => {
            let serial = state.authority.issued(body).map_err(invalid)?;
            state.authority.revoke(&state.storage, serial, now)?;
            Ok(content::with_type(StatusCode::OK, PEM, state.authority.crl_pem(now)?))
        }
        ("ca/certificate" | "ca/revocation", _) => Err(Refusal::method("POST")),
        ("ca/anchor", &Method::GET) => {
            Ok(content::with_type(StatusCode::OK, PEM, state.authority.anchor_pem().to_owned()))
        }
        ("ca/crl", &Method::GET) => {
            Ok(content::with_type(StatusCode::OK, PEM, state.authority.crl_pem(now)?))
        }
        ("ca/crl/root", &Method::GET) => crl(state, Issuer::Root),
        ("ca/crl/intermediate", &Method::GET) => crl(state, Issuer::Intermediate),
        ("ca/anchor" | "ca/crl" | "ca/crl/root" | "ca/crl/intermediate", _) => Err(Refusal::method("GET")),
        _ => Err(Refusal::no_such_address()),
    }
}

const PEM: &str = "application/x-pem-file";

fn invalid(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", error.to_string())
}

/// `?seconds=`: how long a certificate lives.
fn life(query: &str) -> Result<SignedDuration, Refusal> {
    if query.is_empty() {
        return Ok(LEAF_LIFE);
    }
    let seconds = query.strip_prefix("seconds=").and_then(|seconds| seconds.parse().ok());
    let life = seconds.map(SignedDuration::from_secs);
    life.filter(|life| life.is_positive() && *life <= LEAF_LIFE).ok_or_else(|| {
        let most = LEAF_LIFE.as_secs();
        Refusal::bad_request("value", format!("say seconds= and a whole number from 1 to {most}, or nothing"))
    })
}

fn crl(state: &State, issuer: Issuer) -> Result<Response, Refusal> {
    let list = state.authority.crl(issuer, jiff::Timestamp::now())?;
    Ok(content::with_type(StatusCode::OK, "application/pkix-crl", list.der().to_vec()))
}

fn panel(state: &State) -> Result<Response, Refusal> {
    let panel = Panel {
        faults: state.faults.panel(),
        armed: state.faults.armed(),
        alterations: state.faults.alterations(),
        log: state.faults.requests(),
    };
    let text = serde_json::to_string(&panel)
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", error.to_string()))?;
    Ok(content::with_type(StatusCode::OK, "application/json", text))
}

/// The media type is required: a web page cannot send it here without asking first.
fn set_faults(state: &State, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    if headers.get(header::CONTENT_TYPE).is_none_or(|media_type| media_type != "application/json") {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-supported",
            "send application/json",
        ));
    }
    let wanted: Wanted =
        serde_json::from_slice(body).map_err(|error| Refusal::bad_request("structure", error.to_string()))?;
    state.faults.clear();
    for armed in wanted.faults {
        state.faults.set(armed);
    }
    Ok(())
}
