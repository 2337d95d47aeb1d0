//! Rules, each with a name, and what breaks them.

use fhir::reference::unversioned;
use fhir::{Value, Version};

use crate::profile::Profile;
use crate::verify::Token;
use crate::{Party, rfc3339};

/// The code system of the roles of a Provenance's agents.
pub(super) const PARTICIPANT_TYPES: &str =
    "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
/// The code system of what was done to a resource.
pub(super) const DATA_OPERATION: &str = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";

/// A rule of a profile that a resource breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name, the same across versions.
    pub rule: &'static str,
    /// The FHIRPath of the element.
    pub element: String,
    /// What is wrong there.
    pub reason: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} (rule {})", self.element, self.reason, self.rule)
    }
}

/// Collects what a resource breaks.
pub(super) struct Rules {
    broken: Vec<Violation>,
}

impl Rules {
    /// Begins with what every profile demands: a resource of this type, in a release that the profile is defined for.
    pub(super) fn of(profile: &dyn Profile, resource: &Value, kind: &str, version: Version) -> Self {
        let mut rules = Self { broken: Vec::new() };
        let defined = profile.versions().contains(&version);
        rules.must(defined, "fhir-version", kind, "is written in a FHIR release that the profile is not for");
        rules.must(resource.resource_type() == Some(kind), "resource-type", kind, "is of another type");
        rules
    }

    pub(super) fn must(&mut self, holds: bool, rule: &'static str, element: &str, reason: &str) {
        if !holds {
            self.broken.push(Violation { rule, element: element.to_owned(), reason: reason.to_owned() });
        }
    }

    pub(super) fn broken(self) -> Vec<Violation> {
        self.broken
    }
}

/// Whether a `CodeableConcept` has exactly one coding in `system`, with this code.
pub(super) fn is_coded(concept: Option<&Value>, system: &str, code: &str) -> bool {
    let mut codings = concept.into_iter().flat_map(|concept| concept.list("coding"));
    let first = codings.find(|coding| coding.str("system") == Some(system));
    first.is_some_and(|coding| coding.str("code") == Some(code))
        && codings.all(|coding| coding.str("system") != Some(system))
}

/// Whether an element is a date and time with offset.
pub(super) fn is_time(resource: &Value, name: &str) -> bool {
    resource.str(name).and_then(rfc3339).is_some()
}

/// The type of the resource that a Reference names, by `type` or by its literal reference.
pub(super) fn referenced_type(reference: &Value) -> Option<&str> {
    reference.str("type").or_else(|| {
        let literal = reference.str("reference")?;
        unversioned(literal).rsplit('/').nth(1)
    })
}

/// The one element of a list; `None` when there are none or more.
pub(super) fn only<'v>(resource: &'v Value, name: &str) -> Option<&'v Value> {
    match resource.list(name) {
        [one] => Some(one),
        _ => None,
    }
}

/// Whether a Reference has both a literal reference and an identifier.
pub(super) fn is_party(reference: Option<&Value>) -> bool {
    reference.and_then(Party::from_reference).is_some()
}

/// The token that a Signature holds.
pub(super) fn token(signature: &Value) -> Option<Token> {
    Token::read(signature, None).ok()
}
