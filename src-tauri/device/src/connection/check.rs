//! What a connection check looks at.

use serde::Serialize;

/// What is checked, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// The server is there: its name is known, and something answers at its port.
    Reached,
    /// TLS with the certificates that the study trusts.
    Secure,
    /// The server lets this device in.
    Authentication,
    /// Its CapabilityStatement names the study's release of FHIR and its format.
    Capability,
    /// Its clock and the device's are the same.
    Clock,
    /// A create answers with what was kept (`Prefer: return=representation`).
    Representation,
    /// The same create again makes no second one (`If-None-Exist`; with `PUT`, `If-None-Match: *`).
    ConditionalCreate,
    /// A Provenance keeps the version of what it is about, unless the study allows that it does not.
    ProvenanceTarget,
    /// The device can read what it has created: by version, and as it was answered.
    ReadBack,
    /// The device can find and create, once, what its certificate is kept as (DocumentReference).
    Certificate,
    /// The device can find and create what reports an alert to the server (AuditEvent).
    Reports,
    /// It gives this device Tasks and what they need, where the study assigns questionnaires.
    Assignments,
}

impl Check {
    /// What is checked, in a few English words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reached => "the server answers",
            Self::Secure => "TLS with a trusted certificate",
            Self::Authentication => "the server lets this device in",
            Self::Capability => "FHIR release and format",
            Self::Clock => "the same time on both sides",
            Self::Representation => "a create answers with what was kept",
            Self::ConditionalCreate => "the same create twice makes one",
            Self::ProvenanceTarget => "a Provenance keeps its target's version",
            Self::ReadBack => "what was created can be read back",
            Self::Certificate => "the server keeps the device's certificate",
            Self::Reports => "the server takes reports of alerts",
            Self::Assignments => "the server gives Tasks to this device",
        }
    }

    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Secure => "secure",
            Self::Authentication => "authentication",
            Self::Capability => "capability",
            Self::Clock => "clock",
            Self::Representation => "representation",
            Self::ConditionalCreate => "conditionalCreate",
            Self::ProvenanceTarget => "provenanceTarget",
            Self::ReadBack => "readBack",
            Self::Certificate => "certificate",
            Self::Reports => "reports",
            Self::Assignments => "assignments",
        }
    }
}

/// All of them, in their order.
pub(super) const ALL: [Check; 12] = [
    Check::Reached,
    Check::Secure,
    Check::Authentication,
    Check::Capability,
    Check::Clock,
    Check::Representation,
    Check::ConditionalCreate,
    Check::ProvenanceTarget,
    Check::ReadBack,
    Check::Certificate,
    Check::Reports,
    Check::Assignments,
];
