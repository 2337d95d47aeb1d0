//! Who: a FHIR Reference that carries its identifier, so that it means something offline and on a hostile server.

use fhir::{Value, object};

/// A Reference with both `reference` and `identifier`: a Patient, a Device.
#[derive(Clone, PartialEq, Eq)]
pub struct Party {
    /// The literal reference, such as `Patient/patient-014-0027`.
    pub reference: String,
    /// The identifier's system; a Device's is `urn:ietf:rfc:3986`.
    pub identifier_system: String,
    /// The identifier's value; a Device's equals the URI in its certificate's subjectAltName.
    pub identifier_value: String,
}

impl Party {
    /// The party as a FHIR Reference.
    pub fn to_reference(&self) -> Value {
        object! {
            "reference" => &self.reference,
            "identifier" => object! {
                "system" => &self.identifier_system,
                "value" => &self.identifier_value,
            },
        }
    }

    /// Reads a FHIR Reference; `None` unless it has `reference`, `identifier.system` and `identifier.value`.
    pub fn from_reference(reference: &Value) -> Option<Self> {
        let identifier = reference.get("identifier")?;
        Some(Self {
            reference: reference.str("reference")?.to_owned(),
            identifier_system: identifier.str("system")?.to_owned(),
            identifier_value: identifier.str("value")?.to_owned(),
        })
    }
}

/// Identifies a person, so it must not reach a log.
impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Party(…)")
    }
}
