//! Asking a terminology server for the concepts of a value set (FHIR R4, section 4.9.18.1: `$expand`).
//!
//! One call is one page. What a page says, and whether it follows the one before, is for the caller to judge.

use fhir::Value;

use crate::error::Error;
use crate::exchange::Exchange;
use crate::format::{Kind, kind};
use crate::rest::Client;

/// Octets of an outcome's own words that are kept.
const MOST_WORDS: usize = 300;

/// Which page of which value set is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// `url`: the canonical address, without a version.
    pub url: &'w str,
    /// `valueSetVersion`.
    pub version: Option<&'w str>,
    /// Where the page begins.
    pub offset: usize,
    /// The most entries of a page.
    pub count: usize,
}

/// Why a server's answer brings no value set, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// No whole answer came back.
    #[error("{0}")]
    NoAnswer(Error),
    /// 404, or an outcome that says `not-found`.
    #[error("the terminology server does not know it{}", said(.0))]
    NotFound(String),
    /// An outcome that says `too-costly`.
    #[error("it is too large for the terminology server{}", said(.0))]
    TooCostly(String),
    /// 401 or 403.
    #[error(
        "the terminology server asks for a sign-in, and none is shown to it; name one that lets everybody in, or contain \
         the expansion in the form"
    )]
    SignIn,
    /// A redirection.
    #[error("the server sends on to another address; find out its FHIR base, and name that")]
    SentOn,
    /// Another status.
    #[error("the terminology server answered with HTTP status {status}{}", said(.words))]
    Status {
        /// The HTTP status.
        status: u16,
        /// What its outcome says, cut short.
        words: String,
    },
    /// Neither FHIR JSON nor FHIR XML.
    #[error("the answer is not FHIR JSON or XML; check that the address is the server's FHIR base")]
    NotFhir,
    /// A resource of another type.
    #[error("the answer is not a value set")]
    NotAValueSet,
}

impl ExpandError {
    /// Whether the server itself was at fault or could not be reached, so that asking for another value set is no use.
    pub fn is_about_server(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::SignIn | Self::SentOn)
    }

    /// What happened and what to do, for a person who asked once: [`Error`] speaks to somebody who sends again.
    pub fn advice(&self) -> String {
        match self {
            Self::NoAnswer(Error::Refused) => {
                "the server refused the connection; check the address and the port".to_owned()
            }
            Self::NoAnswer(Error::Malformed(_)) => {
                "the answer is not FHIR over HTTP; check that the address is the server's FHIR base"
                    .to_owned()
            }
            Self::NoAnswer(Error::ResetBeforeAnswer | Error::ResetDuringAnswer) => {
                "the connection ended before the answer was complete; try again".to_owned()
            }
            Self::NoAnswer(Error::Timeout(_)) => "the server did not answer in time; try again".to_owned(),
            other => other.to_string(),
        }
    }
}

pub(crate) fn said(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

impl Client {
    /// `GET [base]/ValueSet/$expand`, with designations, which are the translations.
    ///
    /// # Errors
    /// [`ExpandError`]; what it quotes of an outcome is the server's text and must be printed as such.
    pub async fn expand(&self, wanted: &Wanted<'_>) -> Result<Value, ExpandError> {
        let (offset, count) = (wanted.offset.to_string(), wanted.count.to_string());
        let mut parameters = vec![("url", wanted.url)];
        parameters.extend(wanted.version.map(|version| ("valueSetVersion", version)));
        parameters.extend([
            ("offset", offset.as_str()),
            ("count", count.as_str()),
            ("includeDesignations", "true"),
        ]);
        let exchange = self.operation("ValueSet", "$expand", &parameters).await;
        read(&exchange.map_err(|failure| match failure.error {
            Error::Redirected => ExpandError::SentOn,
            Error::WebPage | Error::MediaType => ExpandError::NotFhir,
            error => ExpandError::NoAnswer(error),
        })?)
    }
}

fn read(exchange: &Exchange) -> Result<Value, ExpandError> {
    let resource = is_fhir(exchange).then(|| exchange.resource().ok().flatten()).flatten();
    let outcome = resource.as_ref().filter(|one| one.resource_type() == Some("OperationOutcome"));
    let (codes, words) = outcome.map(issues).unwrap_or_default();
    match exchange.status {
        200 => {}
        401 | 403 => return Err(ExpandError::SignIn),
        _ if codes.iter().any(|code| code == "too-costly") => return Err(ExpandError::TooCostly(words)),
        404 => return Err(ExpandError::NotFound(words)),
        _ if codes.iter().any(|code| code == "not-found") => return Err(ExpandError::NotFound(words)),
        status => return Err(ExpandError::Status { status, words }),
    }
    match resource {
        None => Err(ExpandError::NotFhir),
        Some(resource) if resource.resource_type() == Some("ValueSet") => Ok(resource),
        Some(_) => Err(ExpandError::NotAValueSet),
    }
}

/// Whether the answer says that it is a resource, in one of the ways in which servers say so.
pub(crate) fn is_fhir(exchange: &Exchange) -> bool {
    matches!(kind(exchange.headers.content_type.as_deref()), Kind::Fhir(_))
}

/// The codes of an outcome's issues, and what the first says, cut short.
pub(crate) fn issues(outcome: &Value) -> (Vec<String>, String) {
    let issues = outcome.list("issue");
    let codes = issues.iter().filter_map(|issue| issue.str("code")).map(str::to_owned).collect();
    let words = issues.iter().find_map(|issue| {
        let details = issue.get("details").and_then(|details| details.str("text"));
        details.or_else(|| issue.str("diagnostics"))
    });
    let mut words = words.unwrap_or_default().to_owned();
    if words.len() > MOST_WORDS {
        let end = (0..=MOST_WORDS).rev().find(|&at| words.is_char_boundary(at)).unwrap_or(0);
        words.truncate(end);
        words.push('…');
    }
    (codes, words)
}
