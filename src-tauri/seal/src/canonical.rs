//! The canonical forms that FHIR's signatures name by their URIs, as a verifier writes them (FHIR R4, JSON and XML
//! formats, "Canonical JSON", "Canonical XML"; R6, Digital Signatures, for `json-xml`).

use fhir::canonical::JcsError;
use fhir::xml::ConvertError;
use fhir::{Value, Version};

use crate::payload::{self, Canonicalization};

/// What the URIs of all forms begin with.
pub const BASE: &str = "http://hl7.org/fhir/canonicalization/";

/// Why a resource has no such form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not one of [`uris`].
    #[error("this form is not known")]
    Unknown,
    /// RFC 8785 cannot write a number.
    #[error(transparent)]
    Json(#[from] JcsError),
    /// The resource cannot be written in XML of the release.
    #[error(transparent)]
    Xml(#[from] ConvertError),
}

/// The URIs of the forms: those of JSON, then those of XML.
pub fn uris() -> impl Iterator<Item = &'static str> {
    let json = Canonicalization::ALL.into_iter().map(Canonicalization::uri);
    json.chain(Canonicalization::XML.into_iter().map(Canonicalization::xml_uri))
}

/// What a signature over `resource` in the form `uri` covers: RFC 8785 for the forms of JSON, C14N 1.1 of `version`'s XML
/// for those of XML.
///
/// # Errors
/// [`FormError`].
pub fn write(resource: &Value, uri: &str, version: Version) -> Result<String, FormError> {
    if let Some(form) = Canonicalization::from_uri(uri) {
        return Ok(form.covered(&form.prepared(resource)).jcs()?);
    }
    let form = Canonicalization::from_xml_uri(uri).ok_or(FormError::Unknown)?;
    Ok(payload::c14n(&form.covered(resource).to_value(), version)?)
}
