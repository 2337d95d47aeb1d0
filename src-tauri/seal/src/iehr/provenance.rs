//! Provenance-IEHR: its closed shape, made and checked.

use fhir::{Value, array, object};

use crate::signature::{JOSE, SIGNATURE_TYPES};
use crate::{Party, iehr};

const PARTICIPANT_TYPES: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
/// Verification Signature (ASTM E1762-95).
pub(crate) const VERIFICATION: &str = "1.2.840.10065.1.12.1.5";

fn agent(code: &str, display: &str, who: &Party) -> Value {
    object! {
        "type" => object! { "coding" => array![object! {
            "system" => PARTICIPANT_TYPES, "code" => code, "display" => display,
        }] },
        "who" => who.to_reference(),
    }
}

/// The Provenance without its signature's token, which `data` is.
pub(super) fn build(
    id: &str,
    target: &str,
    when: &str,
    authors: &[Party],
    custodian: &Party,
    data: String,
) -> Value {
    let mut agents: Vec<Value> = authors.iter().map(|who| agent("author", "Author", who)).collect();
    agents.push(agent("custodian", "Custodian", custodian));
    object! {
        "resourceType" => "Provenance",
        "id" => id,
        "meta" => object! { "profile" => array![iehr::PROVENANCE_PROFILE] },
        "target" => array![object! { "reference" => target }],
        "recorded" => when,
        "agent" => agents,
        "signature" => array![object! {
            "type" => array![object! {
                "system" => SIGNATURE_TYPES, "code" => VERIFICATION, "display" => "Verification Signature",
            }],
            "when" => when,
            "who" => custodian.to_reference(),
            "targetFormat" => "json",
            "sigFormat" => JOSE,
            "data" => data,
        }],
    }
}

/// The custodian's `who`, where there is exactly one custodian.
pub(crate) fn custodian(provenance: &Value) -> Option<&Value> {
    let mut custodians = provenance.list("agent").iter().filter(|agent| role(agent) == Some("custodian"));
    let first = custodians.next()?;
    custodians.next().is_none().then(|| first.get("who")).flatten()
}

fn role(agent: &Value) -> Option<&str> {
    let [coding] = agent.get("type")?.list("coding") else { return None };
    (coding.str("system") == Some(PARTICIPANT_TYPES)).then(|| coding.str("code")).flatten()
}

/// The first rule of the profile that a Provenance breaks: the element and what is wrong there.
pub(crate) fn violation(provenance: &Value) -> Option<(&'static str, &'static str)> {
    let agents = provenance.list("agent");
    let known = |agent: &Value| matches!(role(agent), Some("author" | "custodian"));
    let person = |agent: &Value| {
        let reference = agent.get("who").and_then(|who| who.str("reference")).unwrap_or_default();
        let kind = agent.get("who").and_then(|who| who.str("type"));
        let kinds = ["Organization", "Practitioner", "PractitionerRole", "Patient"];
        let named = kinds.iter().any(|one| kind == Some(one) || reference.rsplit('/').nth(1) == Some(one));
        // A urn does not tell the type; everything else must.
        named || (kind.is_none() && reference.starts_with("urn:"))
    };
    let signatures = provenance.list("signature");
    let Some(signature) = signatures.first() else { return Some(("Provenance.signature", "is missing")) };
    let [kind] = signature.list("type") else {
        return Some(("Provenance.signature.type", "is not exactly one"));
    };
    let rules = [
        (provenance.list("target").len() == 1, "Provenance.target", "is not exactly one"),
        (provenance.str("recorded").is_some(), "Provenance.recorded", "is missing"),
        (agents.iter().all(known), "Provenance.agent", "is neither author nor custodian"),
        (agents.iter().any(|one| role(one) == Some("author")), "Provenance.agent", "has no author"),
        (custodian(provenance).is_some(), "Provenance.agent", "does not have exactly one custodian"),
        (agents.iter().all(person), "Provenance.agent.who", "is no organization, practitioner or patient"),
        (signatures.len() == 1, "Provenance.signature", "is not exactly one"),
        (
            kind.str("system") == Some(SIGNATURE_TYPES) && kind.str("code") == Some(VERIFICATION),
            "Provenance.signature.type",
            "is not Verification Signature",
        ),
        (signature.get("who") == custodian(provenance), "Provenance.signature.who", "is not the custodian"),
        (signature.get("onBehalfOf").is_none(), "Provenance.signature.onBehalfOf", "is present"),
        (signature.str("targetFormat") == Some("json"), "Provenance.signature.targetFormat", "is not json"),
        (
            signature.str("sigFormat") == Some(JOSE),
            "Provenance.signature.sigFormat",
            "is not application/jose",
        ),
    ];
    rules.into_iter().find(|(holds, ..)| !holds).map(|(_, element, reason)| (element, reason))
}
