//! Documents that are anchored in a ledger, as the Gravitate-Health guide (FHIR 5.0.0) has it.
//!
//! [`document`] builds a document Bundle around a sealed response; [`prove`] has its hash kept by a ledger ([`Anchor`])
//! and makes the `ProvenanceGH` beside it, whose signature covers the document and states the ledger's entry.
//! [`crate::verify::verify_resource`] takes both apart again.

mod anchor;
mod document;
mod sign;

pub use anchor::{Anchor, AnchorError, Entry, Recorded};
pub use document::{Document, document};
pub use sign::{Maker, digest, prove, transaction};

pub(crate) use document::gaps;
