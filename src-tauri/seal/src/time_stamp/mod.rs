//! Time stamps (RFC 3161): the request to a time stamp authority, its answer, and the token that proves years later
//! that something existed at a time.
//!
//! Nothing here speaks to an authority: what is sent and what came back are bytes. A token proves itself, as a
//! revocation list does: it is signed by an authority whose certificate leads to a configured anchor.

mod algorithm;
pub(crate) mod asn1;
mod request;
mod token;

pub use request::TimeStampRequest;
pub use token::TimeStampToken;

/// Larger answers are refused: a token with its certificates has some kilobytes.
pub const MOST_BYTES: usize = 256 * 1024;

/// Why a token proves nothing; the code is the finding's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct StampError {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl StampError {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}
