//! The tests of this crate from outside, in one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bounds;
mod canonical;
mod convert;
mod convert_properties;
mod documents;
mod golden;
mod properties;
mod shape;
mod types;
mod xml;
