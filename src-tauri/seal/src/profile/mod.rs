//! Provenance profiles, one module each.

mod part11;

pub(crate) use part11::expected;
pub use part11::{certificate_document, provenance};
