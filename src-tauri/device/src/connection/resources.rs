//! What the check creates. Each says that it is test data, and is the same for all checks of a device but for times.

use fhir::{Value, Version, array, object};
use sha2::{Digest, Sha256};

use super::{PROVENANCE, RESPONSE, Trial};

/// <http://terminology.hl7.org/CodeSystem/v3-ActReason>: test health data.
const TEST_DATA: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST");
const URI_SYSTEM: &str = "urn:ietf:rfc:3986";
/// "Attesta: connection check", in Base64.
const CONTENT: &str = "QXR0ZXN0YTogY29ubmVjdGlvbiBjaGVjaw==";

impl Trial {
    /// The token by which what the check creates is found: no record's.
    pub(super) fn identifier(&self) -> String {
        format!("{URI_SYSTEM}|{}", self.value())
    }

    pub(super) fn value(&self) -> String {
        format!("{}:connection-check", self.party.identifier_value)
    }

    /// The id that the device itself gives what it creates: always the same.
    pub(super) fn id(&self) -> String {
        let digest = Sha256::digest(self.value());
        digest.iter().take(16).fold("check-".to_owned(), |id, byte| format!("{id}{byte:02x}"))
    }

    fn own_identifier(&self) -> Value {
        object! { "system" => URI_SYSTEM, "value" => self.value() }
    }

    pub(super) fn response(&self) -> Value {
        let mut response = object! { "resourceType" => RESPONSE, "meta" => marked() };
        if let Some(members) = response.as_object_mut() {
            if self.version == Version::R5 {
                members.insert("identifier", array![self.own_identifier()]);
                members.insert("questionnaire", "https://attesta.example/Questionnaire/connection-check");
            } else {
                members.insert("identifier", self.own_identifier());
            }
            members.insert("status", "entered-in-error");
        }
        response
    }

    pub(super) fn provenance(&self, target: &str) -> Value {
        object! {
            "resourceType" => PROVENANCE,
            "meta" => marked(),
            "target" => array![object! { "reference" => target }],
            "recorded" => self.now.to_string(),
            "agent" => array![object! { "who" => self.party.to_reference() }],
        }
    }

    /// With what the document of a certificate refers to, and a few words in the certificate's place.
    pub(super) fn document(&self) -> Value {
        let mut document = object! {
            "resourceType" => "DocumentReference",
            "meta" => marked(),
            "identifier" => array![self.own_identifier()],
            "status" => "entered-in-error",
            "description" => "Attesta: whether this server keeps the certificate of a device. It can be deleted.",
            "content" => array![object! {
                "attachment" => object! { "contentType" => "text/plain", "data" => CONTENT },
            }],
        };
        if let Some(members) = document.as_object_mut() {
            match self.version {
                Version::R4 => {
                    members.insert("context", object! { "related" => array![self.party.to_reference()] });
                }
                Version::R5 => {
                    members.insert("subject", self.party.to_reference());
                }
            }
        }
        document
    }

    /// DICOM's Application Activity: nobody is to be alarmed by a test.
    pub(super) fn event(&self, recorded: &str) -> Value {
        let activity = object! {
            "system" => "http://dicom.nema.org/resources/ontology/DCM",
            "code" => "110100",
            "display" => "Application Activity",
        };
        let mut event = object! { "resourceType" => "AuditEvent", "meta" => marked() };
        if let Some(members) = event.as_object_mut() {
            match self.version {
                Version::R4 => members.insert("type", activity),
                Version::R5 => members.insert("code", object! { "coding" => array![activity] }),
            };
            members.insert("recorded", recorded);
            members
                .insert("agent", array![object! { "who" => self.party.to_reference(), "requestor" => true }]);
            members.insert("source", object! { "observer" => self.party.to_reference() });
            members.insert(
                "entity",
                array![object! {
                    "what" => object! {
                        "identifier" => self.own_identifier(),
                        "display" => "Attesta: whether this server takes reports of alerts",
                    },
                }],
            );
        }
        event
    }

    /// Whether an AuditEvent is the one of this check.
    pub(super) fn is_own_event(&self, event: &Value) -> bool {
        let own = self.value();
        event.list("entity").iter().any(|entity| {
            let identifier = entity.get("what").and_then(|what| what.get("identifier"));
            identifier.and_then(|identifier| identifier.str("value")) == Some(own.as_str())
        })
    }
}

fn marked() -> Value {
    let (system, code) = TEST_DATA;
    object! {
        "tag" => array![object! { "system" => system, "code" => code, "display" => "test health data" }],
    }
}
