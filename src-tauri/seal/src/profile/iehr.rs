//! The iehr profile, FHIR 4.0.1: `Provenance-IEHR`, one for each parent of a Bundle that is signed for transmission.

use fhir::{Value, Version, array, object};

use crate::profile::rules::{PARTICIPANT_TYPES, Rules, Violation, is_time, only, referenced_type};
use crate::profile::{About, Profile};
use crate::signature::{JOSE, SIGNATURE_TYPES};
use crate::{Party, SealError, iehr};

/// Verification Signature (ASTM E1762-95).
pub(crate) const VERIFICATION: &str = "1.2.840.10065.1.12.1.5";

/// `InteropEHRate`'s Provenance.
pub(crate) struct Iehr;

impl Profile for Iehr {
    fn name(&self) -> &'static str {
        "iehr"
    }

    fn versions(&self) -> &'static [Version] {
        &[Version::R4]
    }

    fn provenance(&self, _about: &About<'_>) -> Result<Value, SealError> {
        Err(SealError::incomplete(
            "Bundle",
            "is missing: a Provenance-IEHR is made while a Bundle is signed for transmission",
        ))
    }

    fn violations(&self, provenance: &Value, version: Version) -> Vec<Violation> {
        let mut rules = Rules::of(self, provenance, "Provenance", version);
        let one = only(provenance, "target").is_some();
        rules.must(one, "target", "Provenance.target", "is not exactly one");
        let recorded = is_time(provenance, "recorded");
        rules.must(recorded, "recorded", "Provenance.recorded", "is not a time with offset");
        agents(provenance, &mut rules);
        signature(provenance, &mut rules);
        rules.broken()
    }
}

fn agent(code: &str, display: &str, who: &Party) -> Value {
    object! {
        "type" => object! { "coding" => array![object! {
            "system" => PARTICIPANT_TYPES, "code" => code, "display" => display,
        }] },
        "who" => who.to_reference(),
    }
}

/// The Provenance without its signature's token, which `data` is.
pub(crate) fn build(
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
    let mut custodians = provenance.list("agent").iter().filter(|agent| is(agent, "custodian"));
    let first = custodians.next()?;
    custodians.next().is_none().then(|| first.get("who")).flatten()
}

fn is(agent: &Value, code: &str) -> bool {
    role(agent).is_some_and(|(one, _)| one == code)
}

/// The one coding of an agent's type, as code and display.
fn role(agent: &Value) -> Option<(&str, Option<&str>)> {
    let coding = only(agent.get("type")?, "coding")?;
    let code = coding.str("code")?;
    (coding.str("system") == Some(PARTICIPANT_TYPES)).then_some((code, coding.str("display")))
}

fn agents(provenance: &Value, rules: &mut Rules) {
    const KINDS: [&str; 4] = ["Organization", "Practitioner", "PractitionerRole", "Patient"];
    let agents = provenance.list("agent");
    let closed = agents.iter().all(|agent| is(agent, "author") || is(agent, "custodian"));
    rules.must(closed, "agents-closed", "Provenance.agent", "is neither author nor custodian");
    let author = agents.iter().any(|agent| is(agent, "author"));
    rules.must(author, "author", "Provenance.agent", "has no author");
    let one = agents.iter().filter(|agent| is(agent, "custodian")).count() == 1;
    rules.must(one, "custodian", "Provenance.agent", "does not have exactly one custodian");
    let displayed = agents.iter().filter_map(role).all(|(code, display)| match code {
        "author" => display == Some("Author"),
        "custodian" => display == Some("Custodian"),
        _ => true,
    });
    let element = "Provenance.agent.type.coding.display";
    rules.must(displayed, "agent-display", element, "is neither Author nor Custodian");
    let known = agents.iter().all(|agent| {
        let Some(who) = agent.get("who") else { return false };
        // A reference within the Bundle (urn:uuid) does not tell the type.
        let within = who.str("type").is_none()
            && who.str("reference").is_some_and(|reference| reference.starts_with("urn:"));
        within || referenced_type(who).is_some_and(|kind| KINDS.contains(&kind))
    });
    rules.must(known, "agent-who", "Provenance.agent.who", "is no organization, practitioner or patient");
}

fn signature(provenance: &Value, rules: &mut Rules) {
    let Some(signature) = only(provenance, "signature") else {
        return rules.must(false, "signature", "Provenance.signature", "is not exactly one");
    };
    let verification = only(signature, "type").is_some_and(|kind| {
        kind.str("system") == Some(SIGNATURE_TYPES) && kind.str("code") == Some(VERIFICATION)
    });
    rules.must(verification, "signature-type", "Provenance.signature.type", "is not Verification Signature");
    let when = is_time(signature, "when");
    rules.must(when, "signature-when", "Provenance.signature.when", "is not a time with offset");
    let custodian = custodian(provenance);
    rules.must(
        custodian.is_none() || signature.get("who") == custodian,
        "signature-who",
        "Provenance.signature.who",
        "is not the custodian",
    );
    let alone = signature.get("onBehalfOf").is_none();
    rules.must(alone, "signature-on-behalf-of", "Provenance.signature.onBehalfOf", "is present");
    rules.must(
        matches!(signature.str("targetFormat"), Some("json" | "xml")),
        "target-format",
        "Provenance.signature.targetFormat",
        "is neither json nor xml",
    );
    let jose = signature.str("sigFormat") == Some(JOSE);
    rules.must(jose, "sig-format", "Provenance.signature.sigFormat", "is not application/jose");
    let data = signature.str("data").is_some_and(|data| !data.is_empty());
    rules.must(data, "data", "Provenance.signature.data", "is missing");
}
