//! What makes evidence, beside FHIR: time stamps (RFC 3161, section 3.4) and OCSP (RFC 6960, appendix A).

use axum::{
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use seal::time_stamp::TimeStampRequest;

use crate::{content, outcome::Refusal, server::State};

/// No request for evidence is nearly this large, in bytes.
const LARGEST_REQUEST: usize = 16 * 1024;

/// `POST /tsa`.
pub(crate) fn time_stamp(
    state: &State,
    method: &Method,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    if *method != Method::POST {
        return Err(Refusal::method("POST"));
    }
    let request = request(headers, TimeStampRequest::CONTENT_TYPE, body)?;
    let answer = state.authority.time_stamp(request, Timestamp::now())?;
    Ok(content::with_type(StatusCode::OK, TimeStampRequest::ANSWER_CONTENT_TYPE, answer))
}

/// `POST /ocsp`, or `GET /ocsp/…` with the request in base64.
pub(crate) fn ocsp(
    state: &State,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let answer = match *method {
        Method::POST if path.is_empty() => {
            state.authority.status(request(headers, "application/ocsp-request", body)?, Timestamp::now())
        }
        Method::GET if !path.is_empty() => {
            let request = in_address(path).ok_or_else(|| {
                Refusal::bad_request("value", "what follows /ocsp/ is not an OCSP request in base64")
            })?;
            state.authority.status(&request, Timestamp::now())
        }
        _ => return Err(Refusal::method(if path.is_empty() { "POST" } else { "GET" })),
    };
    Ok(content::with_type(StatusCode::OK, "application/ocsp-response", answer?))
}

fn request<'b>(headers: &HeaderMap, media_type: &str, body: &'b [u8]) -> Result<&'b [u8], Refusal> {
    if headers.get(header::CONTENT_TYPE).is_none_or(|given| given != media_type) {
        let text = format!("send {media_type}");
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", text));
    }
    if body.len() > LARGEST_REQUEST {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-long",
            "the request is larger than 16 kB",
        ));
    }
    Ok(body)
}

/// Base64 in an address: its three characters that are no letters and digits may be percent-encoded.
fn in_address(path: &str) -> Option<Vec<u8>> {
    if path.len() > 2 * LARGEST_REQUEST {
        return None;
    }
    let mut text = path.to_owned();
    for (encoded, plain) in
        [("%2B", "+"), ("%2b", "+"), ("%2F", "/"), ("%2f", "/"), ("%3D", "="), ("%3d", "=")]
    {
        text = text.replace(encoded, plain);
    }
    STANDARD.decode(text).ok()
}
