//! What a request's headers ask for, and bodies in both directions.

use std::{pin::Pin, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use fhir::{Value, Version};

use crate::outcome::Refusal;

/// The largest body that is read, in bytes.
pub(crate) const MOST_BYTES: usize = 32 * 1024 * 1024;
/// A larger body is still read up to here and thrown away, so that its sender sees the answer and not a reset.
const MOST_DRAINED: usize = 2 * MOST_BYTES;
/// How long a sender may take for its body.
const BODY_TIME: Duration = Duration::from_secs(30);

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";
const FHIR_XML: &str = "application/fhir+xml; charset=utf-8";

/// What the client wants back from a create or update (FHIR R4, section 3.1.0.1.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    Minimal,
    Representation,
    OperationOutcome,
}

impl Return {
    /// Reads `Prefer`; without it, the representation.
    pub(crate) fn preferred(headers: &HeaderMap) -> Self {
        let preferences = headers.get_all(header::HeaderName::from_static("prefer"));
        preferences
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split([',', ';']))
            .find_map(|preference| match preference.trim() {
                "return=minimal" => Some(Self::Minimal),
                "return=representation" => Some(Self::Representation),
                "return=OperationOutcome" => Some(Self::OperationOutcome),
                _ => None,
            })
            .unwrap_or(Self::Representation)
    }
}

/// A FHIR JSON answer.
pub(crate) fn json(status: StatusCode, text: String) -> Response {
    with_type(status, FHIR_JSON, text)
}

/// An answer of another type.
pub(crate) fn with_type(status: StatusCode, media_type: &'static str, content: impl Into<Body>) -> Response {
    let mut response = Response::new(content.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The formats of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

/// The format that the client takes (FHIR R4, section 3.1.0.1.11); 406 when it takes neither. `_format` outranks
/// `Accept`, of whose ranges the first that is known here counts.
pub(crate) fn accepted(headers: &HeaderMap, query: &str, version: Version) -> Result<Format, Refusal> {
    let format = query.split('&').find_map(|pair| pair.strip_prefix("_format="));
    let wanted = match format {
        Some(format) => {
            format.replace("%2F", "/").replace("%2f", "/").replace("%2B", "+").replace("%2b", "+")
        }
        None => match headers.get(header::ACCEPT) {
            Some(accept) => accept.to_str().unwrap_or_default().to_owned(),
            None => return Ok(Format::Json),
        },
    };
    wanted.split(',').find_map(|range| format_of(range, version)).ok_or_else(|| {
        Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            "not-supported",
            format!(
                "this server answers in application/fhir+json and application/fhir+xml, FHIR version {}, only",
                version.number()
            ),
        )
    })
}

/// The format of the body; 415 unless it is FHIR's JSON or XML in UTF-8.
fn content_type(headers: &HeaderMap, version: Version) -> Result<Format, Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let known = media_type.filter(|media_type| !media_type.contains('*'));
    known.and_then(|media_type| format_of(media_type, version)).ok_or_else(|| {
        Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-supported",
            format!(
                "send application/fhir+json or application/fhir+xml, FHIR version {}, in UTF-8",
                version.number()
            ),
        )
    })
}

fn format_of(media_range: &str, spoken: Version) -> Option<Format> {
    let mut parts = media_range.split(';').map(|part| part.trim().to_ascii_lowercase());
    let format = match parts.next()?.as_str() {
        "application/fhir+json" | "application/json" | "text/json" | "json" | "application/*" | "*/*" => {
            Format::Json
        }
        "application/fhir+xml" | "application/xml" | "text/xml" | "xml" => Format::Xml,
        _ => return None,
    };
    parts
        .all(|parameter| match parameter.split_once('=') {
            Some(("fhirversion", version)) => Version::from_number(version.trim_matches('"')) == Some(spoken),
            Some(("charset", charset)) => charset.trim_matches('"') == "utf-8",
            Some(("q", weight)) => weight.parse::<f32>().is_ok_and(|weight| weight > 0.0),
            _ => true,
        })
        .then_some(format)
}

/// The resource that a body holds.
pub(crate) fn resource(headers: &HeaderMap, body: &[u8], version: Version) -> Result<Value, Refusal> {
    let read = match content_type(headers, version)? {
        Format::Json => Value::parse(body).map_err(|error| error.to_string()),
        Format::Xml => fhir::xml::from_xml(body, version).map_err(|error| error.to_string()),
    };
    read.map_err(|error| Refusal::bad_request("structure", error))
}

/// A FHIR JSON answer in XML; any other stays as it is. 406 for a resource that has no XML.
pub(crate) async fn in_xml(response: Response, version: Version) -> Response {
    if response.headers().get(header::CONTENT_TYPE).is_none_or(|written| written != FHIR_JSON) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let written = Value::parse(&whole)
        .map_err(|error| error.to_string())
        .and_then(|value| fhir::xml::to_xml(&value, version).map_err(|error| error.to_string()));
    match written {
        Ok(text) => {
            parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_XML));
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(text))
        }
        Err(error) => Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            "not-supported",
            format!("there is no XML of this: {error}"),
        )
        .into_response(),
    }
}

/// Reads a body of at most [`MOST_BYTES`].
pub(crate) async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
    match tokio::time::timeout(BODY_TIME, collect(body)).await {
        Ok(collected) => collected,
        Err(_) => Err(Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            "timeout",
            "the body did not arrive within 30 seconds",
        )),
    }
}

async fn collect(mut body: Body) -> Result<Vec<u8>, Refusal> {
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame
            .map_err(|_| Refusal::bad_request("incomplete", "the connection ended before the body did"))?;
        let data: Bytes = frame.into_data().unwrap_or_default();
        length += data.len();
        if length > MOST_DRAINED {
            break;
        }
        if length <= MOST_BYTES {
            kept.extend_from_slice(&data);
        } else {
            kept = Vec::new();
        }
    }
    if length > MOST_BYTES {
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too-long", "the body is larger than 32 MB"));
    }
    Ok(kept)
}

/// A weak ETag for a version (FHIR R4, section 3.1.0.1.3).
pub(crate) fn etag(version: u32) -> String {
    format!("W/\"{version}\"")
}

/// Versions in `If-Match` or `If-None-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Versions {
    Any,
    Listed(Vec<String>),
}

impl Versions {
    /// Reads the header; `None` when it is absent.
    pub(crate) fn read(headers: &HeaderMap, name: header::HeaderName) -> Result<Option<Self>, Refusal> {
        let text = name.as_str().to_owned();
        let Some(value) = headers.get(name) else { return Ok(None) };
        let value = value.to_str().unwrap_or_default().trim();
        if value == "*" {
            return Ok(Some(Self::Any));
        }
        let listed = value.split(',').map(|tag| {
            let tag = tag.trim();
            tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
        });
        match listed.collect::<Option<Vec<_>>>() {
            Some(listed) => Ok(Some(Self::Listed(listed))),
            None => Err(Refusal::bad_request("value", format!("{text} must be written like W/\"1\""))),
        }
    }

    /// Whether `version` is among them.
    pub(crate) fn contain(&self, version: u32) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(listed) => listed.iter().any(|tag| *tag == version.to_string()),
        }
    }
}

/// The form in the body of a `_search`.
pub(crate) fn form(headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(|media_type| media_type.starts_with("application/x-www-form-urlencoded")) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-supported",
            "send the search parameters as application/x-www-form-urlencoded",
        ));
    }
    String::from_utf8(body.to_vec()).map_err(|_| Refusal::bad_request("value", "the form is not UTF-8"))
}
