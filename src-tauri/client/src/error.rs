//! What can go wrong between sending a request and holding its whole answer.

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::time::Duration;

use crate::exchange::Sent;

/// Why no [`crate::Exchange`] came of a request. The texts name no address, no identifier and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The configured address cannot be used.
    #[error("the server address cannot be used: {0}; correct it in the connection settings")]
    Base(&'static str),
    /// A resource type, id or version that FHIR does not allow (it may have come from the server).
    #[error("{0} is not one that FHIR allows; the request was not sent")]
    Invalid(&'static str),
    /// Nothing listens at the address.
    #[error("the server refused the connection; it is sent again when the server is back")]
    Refused,
    /// The name could not be resolved, or the network has no way to the server.
    #[error("the server cannot be reached; check the network connection")]
    Unreachable,
    /// The TLS session could not be set up: certificate, name or protocol.
    #[error(
        "no secure connection to the server: its certificate or protocol was refused; tell the site's technician"
    )]
    Tls,
    /// The connection ended after the request was started and before an answer began.
    #[error("the connection ended before the server answered; whether it acted is looked up")]
    ResetBeforeAnswer,
    /// The connection ended within the answer.
    #[error("the connection ended within the server's answer; whether it acted is looked up")]
    ResetDuringAnswer,
    /// No connection within the time allowed.
    #[error("no connection to the server within {} s", .0.as_secs())]
    ConnectTimeout(Duration),
    /// No whole answer within the time allowed.
    #[error("no answer from the server within {} s; whether it acted is looked up", .0.as_secs())]
    Timeout(Duration),
    /// The answer is longer than allowed.
    #[error("the server's answer is longer than {0} octets and was not read")]
    TooLarge(usize),
    /// The answer is not HTTP, not FHIR JSON, or not the resource that it has to be.
    #[error("the server's answer cannot be read: {0}")]
    Malformed(&'static str),
}

/// How far a failed request got. Decides whether the server has to be asked before anything is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It never left: the server cannot have acted.
    NotSent,
    /// It left at least in part: the server may have acted.
    Unknown,
}

impl Error {
    /// Whether the server may have acted on the request.
    pub fn reach(&self) -> Reach {
        match self {
            Self::Base(_)
            | Self::Invalid(_)
            | Self::Refused
            | Self::Unreachable
            | Self::Tls
            | Self::ConnectTimeout(_) => Reach::NotSent,
            Self::ResetBeforeAnswer
            | Self::ResetDuringAnswer
            | Self::Timeout(_)
            | Self::TooLarge(_)
            | Self::Malformed(_) => Reach::Unknown,
        }
    }

    /// A short stable name, for records and for the page's own texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Base(_) => "address",
            Self::Invalid(_) => "invalid-request",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::ResetBeforeAnswer => "reset",
            Self::ResetDuringAnswer => "truncated",
            Self::ConnectTimeout(_) | Self::Timeout(_) => "timeout",
            Self::TooLarge(_) => "too-large",
            Self::Malformed(_) => "malformed",
        }
    }

    /// Reads the cause out of reqwest's error before the answer's head arrived.
    pub(crate) fn before_answer(error: &reqwest::Error, connect: Duration, total: Duration) -> Self {
        if error.is_timeout() {
            return if error.is_connect() { Self::ConnectTimeout(connect) } else { Self::Timeout(total) };
        }
        if error.is_connect() {
            return match io_kind(error) {
                Some(
                    ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted,
                ) => Self::Refused,
                // rustls reports its refusals as invalid data.
                Some(ErrorKind::InvalidData | ErrorKind::InvalidInput) => Self::Tls,
                _ => Self::Unreachable,
            };
        }
        if error.is_builder() {
            return Self::Invalid("the request");
        }
        if is_parse_error(error) {
            return Self::Malformed("it is not HTTP");
        }
        Self::ResetBeforeAnswer
    }

    /// Reads the cause out of reqwest's error while the body was read.
    pub(crate) fn during_answer(error: &reqwest::Error, total: Duration) -> Self {
        if error.is_timeout() { Self::Timeout(total) } else { Self::ResetDuringAnswer }
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = StdError::source(error);
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

fn io_kind(error: &reqwest::Error) -> Option<ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind).last()
}

/// hyper keeps its parse errors to itself; its text is the only thing that tells them from a reset.
fn is_parse_error(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string().starts_with("invalid HTTP"))
}

/// A request that brought no whole answer: what was sent, and why there is none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What was sent, or would have been.
    pub request: Box<Sent>,
    /// Why there is no answer.
    #[source]
    pub error: Error,
}
