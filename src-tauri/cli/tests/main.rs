//! The tests of this crate from outside, in one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod augment;
mod breaking;
mod commands;
mod documents;
mod expand;
mod fixtures;
mod making;
mod many;
mod server;
