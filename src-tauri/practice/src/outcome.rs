//! Refusals, each answered as an OperationOutcome (FHIR R4, section 3.1.0.1.3).

use axum::{
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use fhir::{Value, array, object};

use crate::{Error, content};

/// A request that is not carried out, and why. The text names elements, never their values.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    issues: Vec<Issue>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug)]
struct Issue {
    /// From the value set issue-type.
    code: &'static str,
    diagnostics: String,
    expression: Option<String>,
}

impl Refusal {
    /// A refusal with one issue.
    pub(crate) fn new(status: StatusCode, code: &'static str, diagnostics: impl Into<String>) -> Self {
        let issue = Issue { code, diagnostics: diagnostics.into(), expression: None };
        Self { status, issues: vec![issue], headers: Vec::new() }
    }

    /// 400.
    pub(crate) fn bad_request(code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, diagnostics)
    }

    /// 404 for a resource or version that is not there.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("{what} is not known here"))
    }

    /// 404 for an address where nothing is.
    pub(crate) fn no_such_address() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-supported",
            "there is nothing at this address; the CapabilityStatement is at /fhir/metadata",
        )
    }

    /// 412.
    pub(crate) fn precondition(code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, code, diagnostics)
    }

    /// 422 with an issue for each rule that is broken: FHIRPath, issue code, what is wrong.
    pub(crate) fn unprocessable(broken: Vec<(String, &'static str, String)>) -> Self {
        let issues = broken.into_iter().map(|(expression, code, diagnostics)| Issue {
            code,
            diagnostics,
            expression: Some(expression),
        });
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, issues: issues.collect(), headers: Vec::new() }
    }

    /// 405 with `Allow`.
    pub(crate) fn method(allowed: &'static str) -> Self {
        let text = format!("this address knows {allowed} only");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "not-supported", text)
            .with(axum::http::header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// The same with a further header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    fn outcome(&self) -> Value {
        let issues = self.issues.iter().map(|issue| {
            let mut value = object! {
                "severity" => "error",
                "code" => issue.code,
                "diagnostics" => issue.diagnostics.as_str(),
            };
            if let (Some(expression), Some(members)) = (&issue.expression, value.as_object_mut()) {
                members.insert("expression", array![expression.as_str()]);
            }
            value
        });
        object! { "resourceType" => "OperationOutcome", "issue" => issues.collect::<Vec<_>>() }
    }
}

/// The OperationOutcome for something that went well (`Prefer: return=OperationOutcome`).
pub(crate) fn success(diagnostics: &str) -> Value {
    object! {
        "resourceType" => "OperationOutcome",
        "issue" => array![object! {
            "severity" => "information", "code" => "informational", "diagnostics" => diagnostics,
        }],
    }
}

impl From<Error> for Refusal {
    /// A fault of this server, not of the request.
    fn from(error: Error) -> Self {
        tracing::error!(%error, "the practice server failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", error.to_string())
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Error::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = content::json(self.status, self.outcome().to_json());
        response.headers_mut().extend(self.headers);
        response
    }
}
