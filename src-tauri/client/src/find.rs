//! A whole search: every page of it, within bounds, from one server. What is asked of this device (Task), and what that
//! needs (Patient, Questionnaire, `ServiceRequest`, `ValueSet`), is found in this way.
//!
//! No request is repeated; one that fails ends the search, because half a list must never pass for the whole one.

use std::time::Duration;

use fhir::Value;

use crate::error::Error;
use crate::exchange::Exchange;
use crate::receipt::Refused;
use crate::rest::Client;
use crate::terminology::said;

/// Pages of one search at most; a server that gives more does not understand the question.
const MOST_PAGES: usize = 50;
/// All pages of one search together have at most so many times the octets of one answer ([`Options::max_body`]).
///
/// [`Options::max_body`]: crate::Options::max_body
const MOST_BODIES: usize = 4;

/// Why a search brought nothing that can be used, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// No whole answer came back, or one that cannot be read.
    #[error("{0}")]
    NoAnswer(Error),
    /// 401: the server lets this device in to nothing.
    #[error("the server does not let this device in for that; have its access registered for {0}")]
    Unauthorised(&'static str),
    /// 403: not to this.
    #[error("the server does not let this device in for that; have its access registered for {0}")]
    Forbidden(&'static str),
    /// 404, 405, 410 or 501: the server does not search this type.
    #[error("the server does not keep {0}, or not in a way that can be searched; ask whoever runs it")]
    NotServed(&'static str),
    /// Another status.
    #[error("the server answered with HTTP status {status}{}", said(.words))]
    Status {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to be left alone (429 or 503 with `Retry-After`).
        rest: Option<Duration>,
        /// What its outcome says, cut short.
        words: String,
    },
    /// More than was asked for.
    #[error("the server has more than {0} of them; narrow down what it is asked for")]
    TooMany(usize),
}

impl FindError {
    /// How long the server asks to be left alone.
    pub fn rest(&self) -> Option<Duration> {
        match self {
            Self::Status { rest, .. } => *rest,
            _ => None,
        }
    }

    /// Whether the server refuses this one search for good, and not this device, and is not away or overloaded: another search
    /// may be answered.
    pub fn is_of_one(&self) -> bool {
        match self {
            Self::NoAnswer(error) => matches!(error, Error::TooLarge(_) | Error::Malformed(_)),
            Self::Unauthorised(_) => false,
            Self::Forbidden(_) | Self::NotServed(_) | Self::TooMany(_) => true,
            Self::Status { status, .. } => (400..500).contains(status) && !matches!(status, 408 | 425 | 429),
        }
    }

    /// What happened without the server's own words, which may say anything: for what is kept.
    pub fn in_brief(&self) -> String {
        match self {
            Self::Status { status, .. } => format!("the server answered with HTTP status {status}"),
            other => other.to_string(),
        }
    }

    /// A short stable name, for records and for the page's own texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer(error) => error.code(),
            Self::Unauthorised(_) | Self::Forbidden(_) => "unauthorised",
            Self::NotServed(_) => "not-served",
            Self::Status { .. } => "status",
            Self::TooMany(_) => "too-many",
        }
    }
}

/// What a search found.
#[derive(Clone, PartialEq, Default)]
pub struct Found {
    /// The matching resources, in the server's order.
    pub matches: Vec<Value>,
    /// What was left out because the study's receipt refuses it.
    pub refused: Vec<Refused>,
}

/// Holds what is known of a patient, so it must not reach a log.
impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Found({} matches, {} refused)", self.matches.len(), self.refused.len())
    }
}

/// How many octets the pages of one search may still have. Each page alone is bounded; without this, their sum would not be.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    most: usize,
    left: usize,
}

impl Allowance {
    /// Counts a page.
    ///
    /// # Errors
    /// [`Error::TooLarge`] with what all pages together may have, when this is one too many.
    pub fn take(&mut self, page: &Exchange) -> Result<(), Error> {
        let octets = page.body.as_ref().map_or(0, Vec::len);
        self.left = self.left.checked_sub(octets).ok_or(Error::TooLarge(self.most))?;
        Ok(())
    }
}

impl Client {
    /// What the pages of one search may have together: four times what one answer may have.
    pub fn allowance(&self) -> Allowance {
        let most = self.max_body().saturating_mul(MOST_BODIES);
        Allowance { most, left: most }
    }

    /// `GET [base]/[type]?[parameters]` and every page that follows, at most `most` resources. Each page is held against
    /// the study's receipt, which may block.
    ///
    /// # Errors
    /// [`FindError`]; what it quotes of an outcome is the server's text and must be printed as such. It is
    /// [`Error::TooLarge`] when the pages together are larger than [`Client::allowance`] lets them be.
    pub async fn find(
        &self,
        resource_type: &'static str,
        parameters: &[(&str, &str)],
        most: usize,
    ) -> Result<Found, FindError> {
        let mut found = Found::default();
        let mut allowance = self.allowance();
        let mut answer = self.search(resource_type, parameters).await;
        for number in 1..=MOST_PAGES {
            let exchange = answer.map_err(|failure| FindError::NoAnswer(failure.error))?;
            check(&exchange, resource_type)?;
            allowance.take(&exchange).map_err(FindError::NoAnswer)?;
            let page = self.page(&exchange).map_err(FindError::NoAnswer)?;
            // Servers may ignore a parameter, and include what was not asked for.
            found.matches.extend(
                page.matches.into_iter().filter(|resource| resource.resource_type() == Some(resource_type)),
            );
            found.refused.extend(page.refused);
            if found.matches.len() > most {
                return Err(FindError::TooMany(most));
            }
            let Some(next) = page.next else { return Ok(found) };
            if number == MOST_PAGES {
                break;
            }
            answer = self.next_page(&next).await;
        }
        Err(FindError::TooMany(found.matches.len()))
    }
}

fn check(exchange: &Exchange, resource_type: &'static str) -> Result<(), FindError> {
    match exchange.status {
        200 => Ok(()),
        401 => Err(FindError::Unauthorised(resource_type)),
        403 => Err(FindError::Forbidden(resource_type)),
        404 | 405 | 410 | 501 => Err(FindError::NotServed(resource_type)),
        status => {
            let words = exchange.words().unwrap_or_default();
            Err(FindError::Status { status, rest: exchange.asks_for_rest(None), words })
        }
    }
}
