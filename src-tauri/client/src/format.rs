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

/// What an answer says that its body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// FHIR in one of its formats.
    Fhir(Format),
    /// A web page.
    WebPage,
    /// Something else.
    Other,
    /// It does not say.
    Unsaid,
}

/// The media types that servers give to each kind: today's of FHIR, the general ones and those of DSTU2.
const MEDIA_TYPES: [(Kind, &[&str]); 3] = [
    (
        Kind::Fhir(Format::Json),
        &["application/fhir+json", "application/json", "application/json+fhir", "text/json"],
    ),
    (
        Kind::Fhir(Format::Xml),
        &["application/fhir+xml", "application/xml", "application/xml+fhir", "text/xml"],
    ),
    (Kind::WebPage, &["text/html", "application/xhtml+xml"]),
];

/// Reads `Content-Type`, without its parameters.
pub(crate) fn kind(content_type: Option<&str>) -> Kind {
    let media_type = content_type.and_then(|written| written.split(';').next()).unwrap_or_default().trim();
    if media_type.is_empty() {
        return Kind::Unsaid;
    }
    let is_one_of = |known: &[&str]| known.iter().any(|one| one.eq_ignore_ascii_case(media_type));
    MEDIA_TYPES.into_iter().find(|(_, known)| is_one_of(known)).map_or(Kind::Other, |(kind, _)| kind)
}

/// An answer's body in JSON. A body that is not FHIR XML, though it says so, stays as it came: it is read as malformed.
pub(crate) fn read(content_type: Option<&str>, body: Vec<u8>, version: fhir::Version) -> Vec<u8> {
    if kind(content_type) != Kind::Fhir(Format::Xml) {
        return body;
    }
    match fhir::xml::from_xml(&body, version) {
        Ok(value) => value.to_json().into_bytes(),
        Err(_) => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_media_type_of_fhir_is_read_in_its_format() {
        for written in
            ["application/fhir+xml", "application/xml+fhir; charset=utf-8", "TEXT/XML", "application/xml"]
        {
            assert_eq!(kind(Some(written)), Kind::Fhir(Format::Xml), "{written}");
            let body = b"<Basic xmlns=\"http://hl7.org/fhir\"><id value=\"a\"/></Basic>".to_vec();
            let json = read(Some(written), body, fhir::Version::R4);
            assert_eq!(json, br#"{"resourceType":"Basic","id":"a"}"#, "{written}");
        }
        for written in ["application/fhir+json", "application/json+fhir", "text/json;fhirVersion=4.0"] {
            assert_eq!(kind(Some(written)), Kind::Fhir(Format::Json), "{written}");
        }
        assert_eq!(kind(Some("text/html; charset=utf-8")), Kind::WebPage);
        assert_eq!(kind(Some("text/plain")), Kind::Other);
        assert_eq!((kind(Some(" ;a=b")), kind(None)), (Kind::Unsaid, Kind::Unsaid));
    }
}
