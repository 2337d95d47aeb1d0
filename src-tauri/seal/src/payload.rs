//! What exactly a signature covers: which elements, in which canonical form (FHIR R4, section 2.42.4).

use std::borrow::Cow;

use fhir::canonical::{JcsError, Selection};
use fhir::xml::canonical::{c14n11, canonical_narratives};
use fhir::xml::{ConvertError, Document, to_xml};
use fhir::{Object, Value, Version};

use crate::encoding::{base64url, sha256};

/// The extension that carries the capture signature inside a QuestionnaireResponse.
pub const SIGNATURE_EXTENSION: &str =
    "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature";

/// What is left of a resource before it is signed; the canonicalization URI names it (FHIR R4, JSON format, "Canonical
/// JSON").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Canonicalization {
    /// The whole resource, `id` and `meta` included.
    Json,
    /// Without the narrative (`Resource.text`).
    Data,
    /// Without the narrative and `Resource.meta`.
    Static,
    /// Only `Resource.id` and the narrative.
    Narrative,
    /// Without root `id`, root `meta` and the signature extension, as HL7's Da Vinci `CDex` guide reads `#document` for
    /// responses; of a Bundle, everything but `Bundle.id` and `Bundle.meta`.
    Document,
    /// The whole resource, each narrative's XHTML in C14N 1.1, so that it is the same after a way through XML (R6).
    JsonXml,
}

impl Canonicalization {
    pub(crate) const ALL: [Self; 6] =
        [Self::Json, Self::Data, Self::Static, Self::Narrative, Self::Document, Self::JsonXml];

    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::Json => "http://hl7.org/fhir/canonicalization/json",
            Self::Data => "http://hl7.org/fhir/canonicalization/json#data",
            Self::Static => "http://hl7.org/fhir/canonicalization/json#static",
            Self::Narrative => "http://hl7.org/fhir/canonicalization/json#narrative",
            Self::Document => "http://hl7.org/fhir/canonicalization/json#document",
            Self::JsonXml => "http://hl7.org/fhir/canonicalization/json-xml",
        }
    }

    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        // Drafts of R6 spell it with a plus.
        let uri =
            if uri == "http://hl7.org/fhir/canonicalization/json+xml" { Self::JsonXml.uri() } else { uri };
        Self::ALL.into_iter().find(|one| one.uri() == uri)
    }

    /// Those that XML has too.
    pub(crate) const XML: [Self; 5] = [Self::Json, Self::Data, Self::Static, Self::Narrative, Self::Document];

    /// The same form of FHIR XML, in C14N 1.1; what XML does not have keeps its name.
    pub(crate) const fn xml_uri(self) -> &'static str {
        match self {
            Self::Json => "http://hl7.org/fhir/canonicalization/xml",
            Self::Data => "http://hl7.org/fhir/canonicalization/xml#data",
            Self::Static => "http://hl7.org/fhir/canonicalization/xml#static",
            Self::Narrative => "http://hl7.org/fhir/canonicalization/xml#narrative",
            Self::Document => "http://hl7.org/fhir/canonicalization/xml#document",
            Self::JsonXml => self.uri(),
        }
    }

    pub(crate) fn from_xml_uri(uri: &str) -> Option<Self> {
        Self::XML.into_iter().find(|one| one.xml_uri() == uri)
    }

    /// The media type parameter form that `Signature.targetFormat` has.
    pub(crate) fn target_format(self) -> String {
        format!("{TARGET_FORMAT}{}", self.uri())
    }

    /// The resource as the form wants it before anything is left out.
    pub(crate) fn prepared(self, resource: &Value) -> Cow<'_, Value> {
        match self {
            Self::JsonXml => Cow::Owned(canonical_narratives(resource)),
            _ => Cow::Borrowed(resource),
        }
    }

    /// The elements that the signature covers.
    pub(crate) fn covered(self, resource: &Value) -> Selection<'_> {
        match self {
            Self::Json | Self::JsonXml => resource.into(),
            Self::Data => Selection::members(resource, |name| name != "text"),
            Self::Static => Selection::members(resource, |name| name != "text" && name != "meta"),
            Self::Narrative => {
                Selection::members(resource, |name| matches!(name, "resourceType" | "id" | "text"))
            }
            // Root only: a contained resource's own `id` and `meta` are content.
            Self::Document => Selection::members(resource, |name| name != "id" && name != "meta")
                .keep_elements("extension", |one| !is_signature(one)),
        }
    }

    /// The same where `#data` and `#static` also reach the resources inside this one (contained, in a Bundle's
    /// entries), as R6 reads them; `None` where that makes no difference.
    pub(crate) fn covered_recursively(self, resource: &Value) -> Option<Value> {
        if !matches!(self, Self::Data | Self::Static) {
            return None;
        }
        let left = self.everywhere(resource);
        (left != *self.covered(resource).to_value()).then_some(left)
    }

    fn everywhere(self, value: &Value) -> Value {
        match value {
            Value::Array(elements) => {
                elements.iter().map(|one| self.everywhere(one)).collect::<Vec<_>>().into()
            }
            Value::Object(_) => {
                let stripped = if value.resource_type().is_some() {
                    self.covered(value).to_value()
                } else {
                    Cow::Borrowed(value)
                };
                let mut left = Object::new();
                for (name, member) in stripped.as_object().into_iter().flat_map(Object::iter) {
                    left.insert(name, self.everywhere(member));
                }
                left.into()
            }
            other => other.clone(),
        }
    }
}

/// What `Signature.targetFormat` begins with; the canonicalization URI follows.
pub(crate) const TARGET_FORMAT: &str = "application/fhir+json;canonicalization=";

/// The same of content that is signed as XML.
pub(crate) const XML_TARGET_FORMAT: &str = "application/fhir+xml;canonicalization=";

/// The bytes that an XML signature covers: C14N 1.1 of what is left, as `version` writes it in XML.
pub(crate) fn c14n(covered: &Value, version: Version) -> Result<String, ConvertError> {
    let xml = to_xml(covered, version)?;
    Ok(c14n11(&Document::parse(xml.as_bytes())?))
}

/// The bytes that a JWS covers: RFC 8785 of what is left.
pub(crate) fn jcs<'v>(covered: impl Into<Selection<'v>>) -> Result<Vec<u8>, JcsError> {
    covered.into().jcs().map(String::into_bytes)
}

/// Base64url of the SHA-256 of the same elements with number text kept. RFC 8785 maps `1.10` to `1.1`; this does not.
pub fn number_text_s256<'v>(covered: impl Into<Selection<'v>>) -> String {
    base64url(sha256(covered.into().number_text()))
}

/// Whether an extension is the one that carries a signature.
pub(crate) fn is_signature(extension: &Value) -> bool {
    extension.str("url") == Some(SIGNATURE_EXTENSION)
}

/// The signatures that a response carries in its own extension.
pub(crate) fn embedded_signatures(response: &Value) -> impl Iterator<Item = &Value> {
    response
        .list("extension")
        .iter()
        .filter(|extension| is_signature(extension))
        .map(|extension| extension.get("valueSignature").unwrap_or(&Value::Null))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn covered(json: &str) -> String {
        let resource = Value::parse(json.as_bytes()).unwrap();
        Canonicalization::Document.covered(&resource).to_value().to_json()
    }

    #[test]
    fn each_form_leaves_out_what_its_name_says() {
        let json = r#"{"resourceType":"Bundle","id":"b","meta":{"versionId":"1"},"text":{"div":"n"},"entry":[{"resource":{"resourceType":"Observation","id":"o","meta":{},"text":{"div":"m"},"code":{"text":"c"}}}]}"#;
        let resource = Value::parse(json.as_bytes()).unwrap();
        let inner = r#""entry":[{"resource":{"resourceType":"Observation","id":"o","meta":{},"text":{"div":"m"},"code":{"text":"c"}}}]"#;
        let root = r#""resourceType":"Bundle","id":"b""#;
        let meta = r#""meta":{"versionId":"1"}"#;
        for (form, left) in [
            (Canonicalization::Json, json.to_owned()),
            (Canonicalization::Data, format!("{{{root},{meta},{inner}}}")),
            (Canonicalization::Static, format!("{{{root},{inner}}}")),
            (Canonicalization::Narrative, format!(r#"{{{root},"text":{{"div":"n"}}}}"#)),
            (
                Canonicalization::Document,
                format!(r#"{{"resourceType":"Bundle","text":{{"div":"n"}},{inner}}}"#),
            ),
            (Canonicalization::JsonXml, json.to_owned()),
        ] {
            assert_eq!(form.covered(&resource).to_value().to_json(), left, "{form:?}");
            assert_eq!(Canonicalization::from_uri(form.uri()), Some(form));
        }
        // A CodeableConcept's text is no narrative and stays.
        let inner = r#""entry":[{"resource":{"resourceType":"Observation","id":"o","code":{"text":"c"}}}]"#;
        let recursive = Canonicalization::Static.covered_recursively(&resource).unwrap();
        assert_eq!(recursive.to_json(), format!("{{{root},{inner}}}"));
        assert_eq!(Canonicalization::Json.covered_recursively(&resource), None);
    }

    #[test]
    fn a_document_is_stripped_at_its_root_only() {
        let json = r#"{"resourceType":"QuestionnaireResponse","id":"1","meta":{"versionId":"1"},"contained":[{"id":"p","meta":{"tag":[]}}],"item":[{"id":"x"}]}"#;
        assert_eq!(
            covered(json),
            r#"{"resourceType":"QuestionnaireResponse","contained":[{"id":"p","meta":{"tag":[]}}],"item":[{"id":"x"}]}"#
        );
    }

    #[test]
    fn only_the_signature_extension_goes_and_an_empty_list_with_it() {
        let signature = format!(r#"{{"url":"{SIGNATURE_EXTENSION}","valueSignature":{{}}}}"#);
        assert_eq!(covered(&format!(r#"{{"status":"x","extension":[{signature}]}}"#)), r#"{"status":"x"}"#);
        assert_eq!(
            covered(&format!(r#"{{"extension":[{{"url":"http://other"}},{signature}],"status":"x"}}"#)),
            r#"{"extension":[{"url":"http://other"}],"status":"x"}"#
        );
    }
}
