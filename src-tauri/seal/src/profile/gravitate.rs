//! The gravitate profile, FHIR 5.0.0: `ProvenanceGH`, which names the entry of an external ledger.

use fhir::{Value, Version, array, object};

use crate::gravitate::transaction;
use crate::profile::rules::{
    DATA_OPERATION, PARTICIPANT_TYPES, Rules, Violation, is_time, only, referenced_type, token,
};
use crate::profile::{About, Profile, check_version};
use crate::signature::{Purpose, SIGNATURE_TYPES};
use crate::{Party, SealError};

/// The profile of a Provenance of this guide.
pub(crate) const PROFILE: &str = "http://hl7.eu/fhir/ig/gravitate-health/StructureDefinition/ProvenanceGH";
/// The extension that names the ledger's entry.
pub(crate) const TRANSACTION: &str =
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
        let provenance = expected(about.signature, transaction).map_err(|element| {
            SealError::incomplete(element, "is missing, so the Provenance cannot be built")
        })?;
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
        let signature = only(provenance, "signature");
        rules.must(signature.is_some(), "signature", "Provenance.signature", "is not exactly one");
        let source = signature.and_then(|signature| only(signature, "type")).is_some_and(|kind| {
            kind.str("system") == Some(SIGNATURE_TYPES) && kind.str("code") == Some(Purpose::Source.oid())
        });
        rules.must(
            source || signature.is_none(),
            "signature-type",
            "Provenance.signature.type",
            "is not Source Signature",
        );
        let agents = provenance.list("agent");
        let named = !agents.is_empty() && agents.iter().all(|agent| agent.get("who").is_some());
        rules.must(named, "agent-who", "Provenance.agent.who", "is missing");
        let transaction = transaction(provenance).filter(|id| !id.trim().is_empty());
        rules.must(
            transaction.is_some(),
            "transaction-id",
            "Provenance.extension",
            "does not name exactly one entry of a ledger (blockchain-transaction-id)",
        );
        let signed = signature.and_then(token);
        let signed = signed.as_ref().and_then(|token| token.commitment()?.1.str("transaction"));
        rules.must(
            transaction.is_none() || signed.is_none() || signed == transaction,
            "data-transaction",
            "Provenance.signature.data",
            "states another entry of the ledger than the Provenance",
        );
        rules.broken()
    }
}

/// What the Provenance must be, by its signature and the ledger's entry; the error names what is missing for it.
pub(crate) fn expected(signature: &Value, transaction: &str) -> Result<Value, &'static str> {
    let token = token(signature).ok_or("Provenance.signature")?;
    let (_, qualifier) = token.commitment().ok_or("srCms")?;
    let target = qualifier.str("target").ok_or("commQuals.target")?;
    let activity = qualifier.str("activity").ok_or("commQuals.activity")?;
    let when = signature.str("when").ok_or("Signature.when")?;
    let who = signature.get("who").and_then(Party::from_reference).ok_or("Signature.who")?;
    Ok(object! {
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
        "signature" => array![signature],
    })
}

fn is_activity(coding: &Value) -> bool {
    let (Some(system), Some(code)) = (coding.str("system"), coding.str("code")) else { return false };
    let listed = ACTIVITIES.iter().any(|(one, codes)| *one == system && codes.contains(&code));
    listed || (system == PARTICIPATION && !code.is_empty())
}
