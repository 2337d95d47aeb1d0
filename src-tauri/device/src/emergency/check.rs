//! What an emergency export is held against before any of it is taken over.

use std::collections::{BTreeMap, BTreeSet};

use fhir::Value;
use seal::CertificateChain;
use seal::verify::{Aspect, Report, Trust, Verdict, verify_response};
use sha2::{Digest, Sha256};

use super::content::{Content, FORMAT, Form, Record, VisitCopy};
use super::refusal::Refusal;
use crate::Configuration;
use crate::delivery::State;
use crate::store::audit;
use crate::store::visit::VisitState;

type Checked = Result<(), Refusal>;

/// Refuses an export that is not whole, not of this study, or not as it was signed; `signer` made its signature.
pub(super) fn check(
    content: &Content,
    signer: &CertificateChain,
    ours: &Configuration,
    trust: &Trust<'_>,
) -> Checked {
    if content.format != FORMAT {
        return Err(Refusal::Newer { found: content.format.clone(), known: "1" });
    }
    if signer.san_uri() != Some(content.device.identifier.as_str()) {
        return Err(Refusal::Signature(
            "it says that another device made it than the one that signed it".to_owned(),
        ));
    }
    study(content, ours)?;
    trails(content)?;
    certificates(content)?;
    let forms = forms(&content.questionnaires)?;
    visits(content, &forms)?;
    for record in &content.records {
        self::record(content, record, &forms, trust)
            .map_err(|reason| Refusal::Record { record: record.id.clone(), reason })?;
    }
    Ok(())
}

fn study(content: &Content, ours: &Configuration) -> Checked {
    let id = |configuration: Option<&crate::study::StudyMark>| configuration.map(|mark| mark.id.clone());
    let (their_id, our_id) = (id(content.study.as_ref()), id(ours.study.as_ref()));
    if their_id != our_id {
        let named = |id: Option<String>| id.unwrap_or_else(|| "practice".to_owned());
        return Err(Refusal::OtherStudy(format!("{}, and this device {}", named(their_id), named(our_id))));
    }
    if content.server != ours.server || content.fhir_version != ours.policy.fhir_version {
        return Err(Refusal::OtherStudy(format!(
            "its responses go to {}, and this device's to {}",
            content.server, ours.server
        )));
    }
    let (Some(theirs), Some(ours)) = (&content.study, &ours.study) else { return Ok(()) };
    if theirs.version > ours.version {
        return Err(Refusal::StudyOlder { theirs: theirs.version, ours: ours.version });
    }
    if theirs.version == ours.version && theirs.sha256 != ours.sha256 {
        return Err(Refusal::OtherStudy("it was made under another document of the same version".to_owned()));
    }
    Ok(())
}

fn trails(content: &Content) -> Checked {
    let mut devices = BTreeSet::new();
    for trail in &content.trails {
        if let Some(entry) = audit::first_break(&trail.entries) {
            return Err(Refusal::Trail { entry });
        }
        if !devices.insert(trail.device.as_str()) {
            return Err(Refusal::Malformed("it has two audit trails of one device".to_owned()));
        }
    }
    // The export itself stands in it, so that nothing after it was cut off; or the device says that its disk did not take it.
    let subject = format!("export/{}", content.export);
    let own = content.trails.iter().find(|trail| trail.device == content.device.identifier);
    let named = own.is_some_and(|trail| {
        trail.entries.iter().any(|entry| entry.event == "emergency.exported" && entry.subject == subject)
    });
    let entry = own.and_then(|trail| trail.entries.last()).map_or(0, |entry| entry.sequence);
    if named || content.unrecorded.is_some() { Ok(()) } else { Err(Refusal::Trail { entry: entry + 1 }) }
}

fn certificates(content: &Content) -> Checked {
    for one in &content.certificates {
        let chain = CertificateChain::from_pem(one.chain.as_bytes());
        if !chain.is_ok_and(|chain| chain.san_uri() == Some(one.device.as_str())) {
            return Err(Refusal::Malformed("a certificate in it is not that device's".to_owned()));
        }
    }
    Ok(())
}

/// The Questionnaires by the hash that signatures name.
fn forms(forms: &[Form]) -> Result<BTreeMap<&str, Value>, Refusal> {
    let mut read = BTreeMap::new();
    for form in forms {
        let value = Value::parse(form.resource.as_bytes()).ok();
        let value = value.filter(|value| seal::number_text_s256(value) == form.sha256);
        let value = value.ok_or_else(|| {
            Refusal::Malformed(format!(
                "the questionnaire {} in it is not the one of its hash",
                form.canonical
            ))
        })?;
        read.insert(form.sha256.as_str(), value);
    }
    Ok(read)
}

fn visits(content: &Content, forms: &BTreeMap<&str, Value>) -> Checked {
    let mut ids = BTreeSet::new();
    for visit in &content.visits {
        let malformed = |what: &str| Err(Refusal::Malformed(format!("the visit {}: {what}", visit.id)));
        if !ids.insert(visit.id.as_str()) {
            return malformed("it stands twice");
        }
        if !forms.contains_key(visit.questionnaire_sha256.as_str())
            || content.participants.iter().all(|one| one.id != visit.participant)
        {
            return malformed("its questionnaire or its participant is missing");
        }
        let over = visit.state == VisitState::Frozen;
        if visit.state == VisitState::Ended || over != visit.record.is_some() {
            return malformed("its state does not fit");
        }
        if (1_u32..).zip(&visit.draft).any(|(expected, one)| one.event.sequence != expected) {
            return malformed("its draft is not whole");
        }
    }
    Ok(())
}

/// One record: its bytes, its signatures, and that what stands around them says the same.
fn record(
    content: &Content,
    record: &Record,
    forms: &BTreeMap<&str, Value>,
    trust: &Trust<'_>,
) -> Result<(), String> {
    let visit = visit_of(content, record)?;
    let whole = content.records.iter().find(|one| one.id == record.record() && one.delivery_of.is_none());
    if whole.is_none_or(|whole| whole.response_sha256 != record.response_sha256) {
        return Err("it is the delivery of a record that is missing or another one".to_owned());
    }
    let mut together = content.records.iter().filter(|one| one.record() == record.record());
    if together.all(|one| one.state == State::Done) {
        return Err("it is complete, and yet to be delivered".to_owned());
    }
    if crate::hex(&Sha256::digest(&record.response)) != record.response_sha256 {
        return Err("its bytes are not those of its hash".to_owned());
    }
    let response = parse(&record.response)?;
    agrees(record, &response)?;
    let form = forms.get(visit.questionnaire_sha256.as_str()).ok_or("its questionnaire is missing")?;
    let trust = trust.with_questionnaire(form);
    let (captured_by, _) = seal::captured_by(&response).ok_or("it carries no signature of a device")?;
    if content.trails.iter().all(|trail| trail.device != captured_by.identifier_value) {
        return Err("it was signed on a device whose audit trail is missing".to_owned());
    }
    holds(&verify_response(&response, &[], &trust), false)?;
    let Some(provenance) = &record.provenance else { return Ok(()) };
    let kept = record.returned.as_deref().ok_or("its Provenance is about nothing that a server returned")?;
    holds(&verify_response(&parse(kept)?, &[parse(provenance)?], &trust), true)
}

fn visit_of<'c>(content: &'c Content, record: &Record) -> Result<&'c VisitCopy, String> {
    let mut own = content.visits.iter().filter(|visit| visit.record.as_deref() == Some(record.record()));
    match (own.next(), own.next()) {
        (Some(visit), None) if visit.participant == record.participant => Ok(visit),
        _ => Err("its visit is missing or is another participant's".to_owned()),
    }
}

/// What the outbox says of a response is what stands in it.
fn agrees(record: &Record, response: &Value) -> Result<(), String> {
    let identifier = response.get("identifier").and_then(|own| match own.as_array() {
        Some(list) => list.first().and_then(|own| own.str("value")),
        None => own.str("value"),
    });
    let subject = response.get("subject").and_then(|own| own.get("identifier")?.str("value"));
    for (what, said, found) in [
        ("identifier", Some(record.identifier.as_str()), identifier),
        ("participant", Some(record.participant.as_str()), subject),
        ("questionnaire", Some(record.canonical.as_str()), response.str("questionnaire")),
        ("time", Some(record.signed_at.as_str()), response.str("authored")),
    ] {
        if said != found {
            return Err(format!("its {what} is not the one in the signed response"));
        }
    }
    Ok(())
}

/// Nothing is wrong, and content and signer are proven. Without a Provenance nothing links a response to a server yet.
fn holds(report: &Report, linked: bool) -> Result<(), String> {
    for one in &report.verdicts {
        let proven = match one.name {
            Aspect::Signature | Aspect::Identity => true,
            Aspect::Linkage => linked,
            Aspect::Revocation | Aspect::Time => false,
        };
        if one.verdict == Verdict::Invalid || (proven && one.verdict != Verdict::Valid) {
            return Err(one.reason.clone());
        }
    }
    Ok(())
}

fn parse(bytes: &[u8]) -> Result<Value, String> {
    Value::parse(bytes).map_err(|_| "it is not JSON".to_owned())
}
