//! The base-r5 profile: the shape that FHIR 5.0.0's own specification gives a signed Provenance, with its authorization.

use fhir::{Value, Version, array, object};

use crate::SealError;
use crate::profile::rules::{Rules, Violation, only};
use crate::profile::{About, Profile, Shape, check_version, part11};
use crate::signature::{JOSE, XML};

const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

/// FHIR's own shape.
pub(super) struct BaseR5;

/// Why the data may be used: for a clinical trial.
pub(super) fn authorization() -> Value {
    object! { "concept" => object! { "coding" => array![object! {
        "system" => ACT_REASON, "code" => "CLINTRCH", "display" => "clinical trial research",
    }] } }
}

impl Profile for BaseR5 {
    fn name(&self) -> &'static str {
        "base-r5"
    }

    fn versions(&self) -> &'static [Version] {
        &[Version::R5]
    }

    fn provenance(&self, about: &About<'_>) -> Result<Value, SealError> {
        check_version(self, about.version)?;
        part11::build(about.resource, about.signature, Shape::new(about.version, true))
    }

    fn violations(&self, provenance: &Value, version: Version) -> Vec<Violation> {
        let mut rules = Rules::of(self, provenance, "Provenance", version);
        let authorized =
            only(provenance, "authorization").and_then(|one| one.get("concept")).is_some_and(|concept| {
                concept.list("coding").iter().any(|one| one.str("system") == Some(ACT_REASON))
            });
        rules.must(
            authorized,
            "authorization",
            "Provenance.authorization.concept",
            "does not say why the data may be used (v3-ActReason)",
        );
        part11::common(provenance, version, &[JOSE, XML], &mut rules);
        rules.broken()
    }
}
