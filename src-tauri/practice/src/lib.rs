//! Practice FHIR server and certificate authority on loopback.
//!
//! A real FHIR server, R4 (4.0.1) or R5 (5.0.0), with durable storage, to train with and to test against:
//! [`Server::start`] in the app, the program `practice-server` where it has to be a process of its own. It keeps every
//! version as exact text, so a decimal's `72.50` comes back as `72.50`, and can be told to misbehave in what it stores
//! and answers ([`Faults`]), which no client can know in advance. A small CA beside it issues device certificates,
//! answers whether they were revoked (OCSP) and stamps times (RFC 3161); a ledger keeps hashes; value sets are
//! expanded from the code systems that it keeps; an authorization server gives tokens to registered devices; a small
//! computerised adaptive test chooses its questions.
//!
//! It listens on 127.0.0.1 only, knows no users, and is for practice data.

pub mod adaptive;
mod authority;
mod authorization;
mod connection;
mod content;
mod error;
mod evidence;
pub mod faults;
mod handler;
mod interactions;
mod ledger;
mod metadata;
mod outcome;
mod panel;
mod route;
mod rules;
mod search;
pub mod seeds;
mod server;
pub mod storage;
mod terminology;
#[cfg(feature = "testing")]
pub mod testing;
mod transmission;

pub use authorization::{Authorization, KeysRefused};
pub use error::Error;
pub use faults::Faults;
pub use seeds::Seeds;
pub use server::{Handle, Options, Server};
