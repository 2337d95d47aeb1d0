//! FHIR REST client that says what was sent and what came back.
//!
//! One call is one HTTP request: no redirects, no second sending, no cookies, no proxy for a server on this computer,
//! and bodies of at most [`Options::max_body`] octets. What an answer means is for the caller to decide.
//!
//! The interactions are those of FHIR R4, "`RESTful` API" (<https://hl7.org/fhir/R4/http.html>).

pub mod bundle;
mod error;
pub mod evidence;
mod exchange;
mod format;
pub mod ledger;
mod location;
mod receipt;
mod rest;
pub mod terminology;

pub use error::{Error, Failure, Reach};
pub use exchange::{Exchange, Headers, RetryAfter, Sent};
pub use format::Format;
pub use location::Location;
pub use receipt::{Receipt, Received, Refused};
pub use rest::{Client, Options, is_id, wrong_base};
