//! Which resource types this server keeps, and by which parameters each is found. The CapabilityStatement is written
//! from this table, so it cannot promise more than there is.

use fhir::Version;

/// How a parameter's values are compared (FHIR R4, section 3.1.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `system|value` of an Identifier or Coding, or a plain code.
    Token,
    /// A Reference, with or without version, relative or absolute on this server.
    Reference,
    /// A canonical URL, with or without `|version`.
    Canonical,
    /// A uri, exactly.
    Uri,
    /// A date, dateTime or instant, with prefixes.
    Date,
}

impl Kind {
    /// The code in `CapabilityStatement.rest.resource.searchParam.type`; R4 has none for canonicals but `reference`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Reference | Self::Canonical => "reference",
            Self::Uri => "uri",
            Self::Date => "date",
        }
    }
}

/// A search parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Where the values stand: member names from the root, arrays flattened.
    pub(crate) paths: &'static [&'static [&'static str]],
    /// The only type of target that counts, for parameters such as `patient`.
    pub(crate) target: Option<&'static str>,
    /// The only release that has it.
    pub(crate) only: Option<Version>,
}

const fn parameter(name: &'static str, kind: Kind, paths: &'static [&'static [&'static str]]) -> Parameter {
    Parameter { name, kind, paths, target: None, only: None }
}

const fn patient(paths: &'static [&'static [&'static str]]) -> Parameter {
    Parameter { name: "patient", kind: Kind::Reference, paths, target: Some("Patient"), only: None }
}

const fn only(version: Version, parameter: Parameter) -> Parameter {
    Parameter { only: Some(version), ..parameter }
}

/// A resource type and its own parameters; `_id` and `_lastUpdated` work for all.
#[derive(Debug)]
pub(crate) struct ResourceType {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [Parameter],
}

/// Of what has a canonical address.
const CANONICAL: &[Parameter] = &[
    parameter("identifier", Kind::Token, &[&["identifier"]]),
    parameter("status", Kind::Token, &[&["status"]]),
    parameter("url", Kind::Uri, &[&["url"]]),
    parameter("version", Kind::Token, &[&["version"]]),
];

/// What this server keeps.
pub(crate) const RESOURCE_TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AuditEvent",
        parameters: &[
            parameter("agent", Kind::Reference, &[&["agent", "who"]]),
            parameter("date", Kind::Date, &[&["recorded"]]),
            parameter("entity", Kind::Reference, &[&["entity", "what"]]),
            patient(&[&["agent", "who"], &["entity", "what"]]),
        ],
    },
    ResourceType { name: "CodeSystem", parameters: CANONICAL },
    ResourceType {
        name: "Device",
        parameters: &[parameter("identifier", Kind::Token, &[&["identifier"]]), patient(&[&["patient"]])],
    },
    ResourceType {
        name: "DocumentReference",
        parameters: &[
            parameter("contenttype", Kind::Token, &[&["content", "attachment", "contentType"]]),
            parameter("identifier", Kind::Token, &[&["masterIdentifier"], &["identifier"]]),
            patient(&[&["subject"]]),
            only(Version::R4, parameter("related", Kind::Reference, &[&["context", "related"]])),
            parameter("status", Kind::Token, &[&["status"]]),
            parameter("subject", Kind::Reference, &[&["subject"]]),
        ],
    },
    ResourceType {
        name: "Observation",
        parameters: &[
            parameter("has-member", Kind::Reference, &[&["hasMember"]]),
            parameter("identifier", Kind::Token, &[&["identifier"]]),
            patient(&[&["subject"]]),
            parameter("status", Kind::Token, &[&["status"]]),
            parameter("subject", Kind::Reference, &[&["subject"]]),
        ],
    },
    ResourceType {
        name: "Organization",
        parameters: &[parameter("identifier", Kind::Token, &[&["identifier"]])],
    },
    ResourceType { name: "Patient", parameters: &[parameter("identifier", Kind::Token, &[&["identifier"]])] },
    ResourceType {
        name: "Provenance",
        parameters: &[
            parameter("agent", Kind::Reference, &[&["agent", "who"]]),
            patient(&[&["target"], &["patient"]]),
            parameter("recorded", Kind::Date, &[&["recorded"]]),
            parameter("target", Kind::Reference, &[&["target"]]),
        ],
    },
    ResourceType { name: "Questionnaire", parameters: CANONICAL },
    ResourceType {
        name: "QuestionnaireResponse",
        parameters: &[
            parameter("author", Kind::Reference, &[&["author"]]),
            parameter("authored", Kind::Date, &[&["authored"]]),
            parameter("identifier", Kind::Token, &[&["identifier"]]),
            patient(&[&["subject"]]),
            parameter("questionnaire", Kind::Canonical, &[&["questionnaire"]]),
            parameter("source", Kind::Reference, &[&["source"]]),
            parameter("status", Kind::Token, &[&["status"]]),
            parameter("subject", Kind::Reference, &[&["subject"]]),
        ],
    },
    ResourceType {
        name: "ServiceRequest",
        parameters: &[
            parameter("identifier", Kind::Token, &[&["identifier"]]),
            patient(&[&["subject"]]),
            parameter("status", Kind::Token, &[&["status"]]),
            parameter("subject", Kind::Reference, &[&["subject"]]),
        ],
    },
    ResourceType {
        name: "Task",
        parameters: &[
            parameter("code", Kind::Token, &[&["code", "coding"]]),
            parameter("focus", Kind::Reference, &[&["focus"]]),
            parameter("identifier", Kind::Token, &[&["identifier"]]),
            parameter("owner", Kind::Reference, &[&["owner"]]),
            patient(&[&["for"]]),
            parameter("status", Kind::Token, &[&["status"]]),
            parameter("subject", Kind::Reference, &[&["for"]]),
        ],
    },
    ResourceType { name: "ValueSet", parameters: CANONICAL },
];

/// For every type: when the server last stored it.
pub(crate) const LAST_UPDATED: Parameter = parameter("_lastUpdated", Kind::Date, &[&["meta", "lastUpdated"]]);

/// The resource type of that name, if it is kept here.
pub(crate) fn resource_type(name: &str) -> Option<&'static ResourceType> {
    RESOURCE_TYPES.iter().find(|resource_type| resource_type.name == name)
}

impl ResourceType {
    /// The parameters that this release has.
    pub(crate) fn parameters_in(&self, version: Version) -> impl Iterator<Item = &'static Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.only.is_none_or(|only| only == version))
    }

    /// The parameter of that name, if this release has it.
    pub(crate) fn parameter(&self, name: &str, version: Version) -> Option<&'static Parameter> {
        if name == LAST_UPDATED.name {
            return Some(&LAST_UPDATED);
        }
        self.parameters_in(version).find(|parameter| parameter.name == name)
    }
}
