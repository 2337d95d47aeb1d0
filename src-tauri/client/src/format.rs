//! The two formats of FHIR's resources (FHIR R4, section 3.1.0.1.10). Callers see JSON alone.

use serde::{Deserialize, Serialize};

/// The format that resources are sent and asked for in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `application/fhir+json`.
    #[default]
    Json,
    /// `application/fhir+xml`.
    Xml,
}

impl Format {
    /// The media type that is sent as `Accept` and `Content-Type`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json",
            Self::Xml => "application/fhir+xml",
        }
    }

    /// Whether this is the default, which configurations leave out.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// `resource`, which is JSON, in this format; `None` when it has no XML.
    pub(crate) fn write(self, resource: &[u8], version: fhir::Version) -> Option<Vec<u8>> {
        match self {
            Self::Json => Some(resource.to_vec()),
            Self::Xml => {
                let value = fhir::Value::parse(resource).ok()?;
                fhir::xml::to_xml(&value, version).ok().map(String::into_bytes)
            }
        }
    }
}

/// An answer's body in JSON. A body that is not FHIR XML, though it says so, stays as it came: it is read as malformed.
pub(crate) fn read(content_type: Option<&str>, body: Vec<u8>, version: fhir::Version) -> Vec<u8> {
    let media_type = content_type.and_then(|written| written.split(';').next()).unwrap_or_default().trim();
    if !["application/fhir+xml", "application/xml", "text/xml"]
        .iter()
        .any(|xml| media_type.eq_ignore_ascii_case(xml))
    {
        return body;
    }
    match fhir::xml::from_xml(&body, version) {
        Ok(value) => value.to_json().into_bytes(),
        Err(_) => body,
    }
}
