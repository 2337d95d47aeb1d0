//! The gravitate profile, FHIR 5.0.0: `ProvenanceGH`, which names the entry of an external ledger.

use fhir::{Value, Version, array, object};

use crate::profile::rules::{
    DATA_OPERATION, PARTICIPANT_TYPES, Rules, Violation, is_time, referenced_type, token,
};
use crate::profile::{About, Profile, check_version};
use crate::{Party, SealError};

const PROFILE: &str = "http://hl7.eu/fhir/ig/gravitate-health/StructureDefinition/ProvenanceGH";
const TRANSACTION: &str =
    "http://hl7.eu/fhir/ig/gravitate-health/StructureDefinition/blockchain-transaction-id";

/// The value set provenance-activity-type; of v3-ParticipationType it takes every code.
const ACTIVITIES: [(&str, &[&str]); 3] = [
    ("http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion", &["LA"]),
    ("http://terminology.hl7.org/CodeSystem/v3-ActCode", &["ANONY", "DEID", "MASK", "LABEL", "PSEUD"]),
    (DATA_OPERATION, &["CREATE", "DELETE", "UPDATE", "APPEND", "NULLIFY"]),
];
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

/// Gravitate-Health's Provenance.
pub(super) struct Gravitate;

impl Profile for Gravitate {
    fn name(&self) -> &'static str {
        "gravitate"
    }

    fn versions(&self) -> &'static [Version] {
        &[Version::R5]
    }

    fn provenance(&self, about: &About<'_>) -> Result<Value, SealError> {
        check_version(self, about.version)?;
        let transaction = about.transaction.map(str::trim).filter(|id| !id.is_empty()).ok_or_else(|| {
            SealError::incomplete(
                "Provenance.extension",
                "needs the entry of an external ledger that covers this version (blockchain-transaction-id); \
                     name a ledger in the study's configuration",
            )
        })?;
        let missing =
            |element: &str| SealError::incomplete(element, "is missing, so the Provenance cannot be built");
        let token = token(about.signature).ok_or_else(|| missing("Provenance.signature"))?;
        let (_, qualifier) = token.commitment().ok_or_else(|| missing("srCms"))?;
        let target = qualifier.str("target").ok_or_else(|| missing("commQuals.target"))?;
        let activity = qualifier.str("activity").ok_or_else(|| missing("commQuals.activity"))?;
        let when = about.signature.str("when").ok_or_else(|| missing("Signature.when"))?;
        let who = about.signature.get("who").and_then(Party::from_reference);
        let who = who.ok_or_else(|| missing("Signature.who"))?;
        let provenance = object! {
            "resourceType" => "Provenance",
            "meta" => object! { "profile" => array![PROFILE] },
            "extension" => array![object! { "url" => TRANSACTION, "valueString" => transaction }],
            "target" => array![object! { "reference" => target }],
            "occurredDateTime" => when,
            "recorded" => when,
            "activity" => object! { "coding" => array![
                object! { "system" => DATA_OPERATION, "code" => activity },
            ] },
            "agent" => array![object! {
                "type" => object! { "coding" => array![
                    object! { "system" => PARTICIPANT_TYPES, "code" => "assembler" },
                ] },
                "who" => who.to_reference(),
            }],
            "signature" => array![about.signature],
        };
        match self.violations(&provenance, about.version).first() {
            Some(broken) => Err(SealError::incomplete(&broken.element, &broken.reason)),
            None => Ok(provenance),
        }
    }

    fn violations(&self, provenance: &Value, version: Version) -> Vec<Violation> {
        let mut rules = Rules::of(self, provenance, "Provenance", version);
        let targets = provenance.list("target");
        let kinds = targets
            .iter()
            .all(|one| matches!(referenced_type(one), Some("DocumentReference" | "Bundle" | "Composition")));
        rules.must(
            kinds && !targets.is_empty(),
            "target-type",
            "Provenance.target",
            "is no DocumentReference, Bundle or Composition",
        );
        let occurred = is_time(provenance, "occurredDateTime");
        rules.must(occurred, "occurred-date-time", "Provenance.occurred", "is not a time with offset");
        let codings = provenance.get("activity").map_or(&[][..], |activity| activity.list("coding"));
        rules.must(
            codings.iter().any(is_activity),
            "activity",
            "Provenance.activity",
            "has no code of provenance-activity-type",
        );
        let agents = provenance.list("agent");
        let named = !agents.is_empty() && agents.iter().all(|agent| agent.get("who").is_some());
        rules.must(named, "agent-who", "Provenance.agent.who", "is missing");
        let extensions = provenance.list("extension");
        let mut transactions = extensions.iter().filter(|one| one.str("url") == Some(TRANSACTION));
        let first = transactions.next().and_then(|one| one.str("valueString"));
        rules.must(
            first.is_some_and(|id| !id.trim().is_empty()) && transactions.next().is_none(),
            "transaction-id",
            "Provenance.extension",
            "does not name exactly one entry of a ledger (blockchain-transaction-id)",
        );
        rules.broken()
    }
}

fn is_activity(coding: &Value) -> bool {
    let (Some(system), Some(code)) = (coding.str("system"), coding.str("code")) else { return false };
    let listed = ACTIVITIES.iter().any(|(one, codes)| *one == system && codes.contains(&code));
    listed || (system == PARTICIPATION && !code.is_empty())
}
