//! The tests of this crate from outside, in one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod authentication;
mod common;
mod evidence;
mod find;
mod hostile;
mod ledger;
mod next_question;
mod terminology;
mod transport;
