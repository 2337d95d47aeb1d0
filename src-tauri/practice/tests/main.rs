//! The tests of this crate from outside, in one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod adaptive;
mod authority;
mod authorization;
mod common;
mod durability;
mod evidence;
mod faults;
mod interactions;
mod ledger;
mod process;
mod refusals;
mod release;
mod search;
mod terminology;
mod transmission;
