//! Bundles that are signed for transmission, as the `InteropEHRate` guide (FHIR 4.0.1) has it.
//!
//! Each *parent* of the Bundle is signed, and its *children* (what it references within the Bundle) go with it without
//! being covered. [`sign_bundle`] makes such a Bundle; [`crate::verify::verify_bundle`] takes one apart again.

pub(crate) mod graph;
pub(crate) mod non_rfc;
mod sign;

pub use sign::{Transmission, remove_provenance_extension, sign_bundle};

/// The extension by which a parent names its Provenance, so that the signature covers which one it is.
pub const PROVENANCE_EXTENSION: &str =
    "http://interopehrate.eu/fhir/StructureDefinition/ProvenanceExtension-IEHR";
/// The profile of that Provenance.
pub const PROVENANCE_PROFILE: &str = "http://interopehrate.eu/fhir/StructureDefinition/Provenance-IEHR";
