//! FHIR REST client that says what was sent and what came back.
//!
//! One call is one HTTP request (and one more where a kept access token is no longer accepted): no redirects, no second sending, no cookies, no compression, no proxy that was not
//! configured and none for a server on this computer, and bodies of at most [`Options::max_body`] octets. What an answer
//! means is for the caller to decide.
//!
//! The interactions are those of FHIR R4, "`RESTful` API" (<https://hl7.org/fhir/R4/http.html>).

mod acknowledgement;
mod address;
mod answer;
mod authentication;
pub mod bundle;
mod cause;
mod error;
pub mod evidence;
mod exchange;
pub mod find;
mod format;
mod interactions;
pub mod ledger;
mod location;
pub mod next_question;
mod receipt;
mod rest;
pub mod terminology;
mod transport;

pub use address::{Place, is_same_server, wrong_base};
pub use authentication::{AccessProblem, Authentication, smart};
pub use error::{Error, Failure, Reach, TlsProblem};
pub use exchange::{Exchange, Head, Headers, RetryAfter, Sent, is_away};
pub use format::Format;
pub use interactions::is_id;
pub use location::Location;
pub use receipt::{Receipt, Received, Refused};
pub use rest::{Client, Options};
pub use transport::{ClientKey, Proxy, Transport, wrong_anchors};
