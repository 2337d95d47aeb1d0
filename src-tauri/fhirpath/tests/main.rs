//! The tests of this crate from outside, in one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod check;
mod common;
mod fraction;
mod functions;
mod hostile;
mod picks;
mod references;
mod result_types;
