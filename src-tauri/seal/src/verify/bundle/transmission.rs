//! The five verdicts on a parent of a Bundle, by the one signature in its Provenance.

use fhir::reference::unversioned;
use fhir::{Value, canonical};
use jiff::Timestamp;

use crate::iehr::graph::{Graph, references};
use crate::payload::{self, Canonicalization};
use crate::profile::iehr as profile;
use crate::rfc3339;
use crate::signature::utc;
use crate::verify::certification::Times;
use crate::verify::token::Token;
use crate::verify::{Aspect, Finding, Findings, Report, SignatureReport, Trust, certification, time};

/// The five verdicts on one parent.
pub(super) fn examine(graph: &Graph<'_>, parent: usize, provenance: &Value, trust: &Trust<'_>) -> Report {
    let resource = graph.nodes[parent].resource;
    let mut findings = Findings::default();
    let signature = provenance.list("signature").first().unwrap_or(&Value::Null);
    let token = match Token::read_transmission(signature) {
        Ok(token) => token,
        Err(error) => {
            findings.invalid(Aspect::Signature, error.code, error.reason);
            return Report { verdicts: findings.conclude(), signatures: Vec::new(), notes: Vec::new() };
        }
    };
    let mut notes = Vec::new();
    if matches!(token, Token::NonRfc(_)) {
        notes.push(NON_RFC_NOTE.to_owned());
    }
    if token.evidence().is_some() {
        notes.push(EVIDENCE_NOTE.to_owned());
    }
    if signature.str("targetFormat") == Some("xml") {
        over_xml(&token, &mut findings);
    } else {
        content(resource, &token, &mut findings);
    }
    let path = certification::check(&token, &[], trust, &mut findings);
    time::stated_once(&token, &mut findings);
    let who = profile::custodian(provenance);
    let identifier = who.and_then(|who| who.get("identifier")).and_then(|one| one.str("value"));
    signer(identifier, &token, &mut findings);
    linkage(identifier, provenance, &token, &mut findings);
    answers(graph, parent, &mut findings);
    let issued_at = dated(provenance, signature, &token, &mut findings);
    if let Some(at) = issued_at {
        time::within_validity(&token, path.as_ref(), at, trust, &mut findings);
    }
    certification::check_revocation(path.as_ref(), Times::claimed(issued_at), trust, &mut findings);
    let verdicts = findings.conclude();
    let signatures = vec![described(&token, identifier, issued_at, verdicts.clone())];
    Report { verdicts, signatures, notes }
}

const NON_RFC_NOTE: &str =
    "The token is not RFC 7515: its header, with the certificate in it, is not covered by the signature.";
const EVIDENCE_NOTE: &str =
    "Evidence was added to the signature (etsiU). It is not checked in a Bundle, and raises no level.";

fn content(resource: &Value, token: &Token, findings: &mut Findings) {
    let (exact, standard) = match token {
        // The sender's own order of members and text of numbers.
        Token::NonRfc(_) => {
            (token.covers(resource.to_json().as_bytes()), "not RFC 7515: the header is not covered")
        }
        Token::Jws(_) => (
            payload::jcs(resource).is_ok_and(|bytes| token.covers(&bytes))
                || token.covers(canonical::number_text(resource).as_bytes()),
            "RFC 7515",
        ),
        // `Token::read_transmission` reads no XML signature.
        Token::Xml(_) => (false, "XML"),
    };
    let stated = token.commitment().and_then(|(_, qualifier)| qualifier.str("numberTextS256"));
    if !exact {
        findings.invalid(Aspect::Signature, "content-altered", "the content is not what was signed");
    } else if stated.is_some_and(|hash| hash != payload::number_text_s256(resource)) {
        findings.invalid(Aspect::Signature, "value-text-altered", "the text of a number was altered");
    } else {
        findings.valid(
            Aspect::Signature,
            "content-as-signed",
            format!("the content is exactly what was signed ({}, {standard})", token.algorithm()),
        );
    }
}

/// The guide allows `xml` and says in no word which octets of it are signed, so nothing is tried: what is not looked at
/// is not wrong. `Signature.targetFormat` is not signed itself: it cannot turn what was signed as JSON into this.
fn over_xml(token: &Token, findings: &mut Findings) {
    if let Some(form) = token.canon().filter(|&uri| Canonicalization::from_uri(uri).is_some()) {
        let reason = format!("the signed header names the form {form}, the signature's targetFormat \"xml\"");
        findings.invalid(Aspect::Signature, "canonicalization-mismatch", reason);
    } else {
        let reason = "targetFormat is xml: a signature for transmission over XML is not supported, so the content was not compared with it";
        findings.indeterminate(Aspect::Signature, "transmission-xml-unsupported", reason);
    }
}

/// The signer is the custodian, by the identifier in its certificate: a device's certificate alone is refused.
fn signer(identifier: Option<&str>, token: &Token, findings: &mut Findings) {
    match identifier {
        None => findings.indeterminate(
            Aspect::Identity,
            "signer-unmatched",
            "the custodian has no identifier that the certificate could name",
        ),
        Some(identifier) if !token.chain().leaf().uris.iter().any(|uri| uri == identifier) => findings.invalid(
            Aspect::Identity,
            "other-signer",
            "the certificate does not name the custodian (subjectAltName); it is another party's or a device's",
        ),
        Some(_) => {}
    }
}

/// The Provenance is not signed: it must say what the signed header says.
fn linkage(identifier: Option<&str>, provenance: &Value, token: &Token, findings: &mut Findings) {
    let target = provenance.list("target").first().and_then(|target| target.str("reference"));
    match token.commitment() {
        Some((profile::VERIFICATION, qualifier)) if qualifier.str("custodian").is_some() => {
            if qualifier.str("target") != target || qualifier.str("custodian") != identifier {
                let reason = "target or custodian of the Provenance are not those in the signed header";
                findings.invalid(Aspect::Linkage, "provenance-mismatch", reason);
            } else {
                let reason = "resource, Provenance and signed header name each other";
                findings.valid(Aspect::Linkage, "linked", reason);
            }
        }
        _ => findings.indeterminate(
            Aspect::Linkage,
            "not-covered",
            "the signed header does not say for which resource and custodian the signature was made",
        ),
    }
}

/// The answers that a Composition gathers are in the Bundle, where each is held to its own signatures. Who takes one out, or
/// gives its name to another, would leave no other trace.
fn answers(graph: &Graph<'_>, parent: usize, findings: &mut Findings) {
    let resource = graph.nodes[parent].resource;
    if resource.resource_type() != Some("Composition") {
        return;
    }
    let missing = references(resource).into_iter().find(|reference| {
        let unversioned = unversioned(reference);
        let found = graph.resolve(parent, reference);
        if unversioned.split('/').any(|part| part == "QuestionnaireResponse") {
            return !matches!(found.as_slice(), [to] if unversioned.ends_with(&graph.name(*to)));
        }
        found.is_empty() && unversioned.starts_with("urn:")
    });
    if let Some(reference) = missing {
        let reason = format!("{reference:?} is not one resource of the Bundle");
        findings.indeterminate(Aspect::Linkage, "answers-missing", reason);
    }
}

fn dated(provenance: &Value, signature: &Value, token: &Token, findings: &mut Findings) -> Option<Timestamp> {
    let when = signature.str("when").and_then(rfc3339);
    let recorded = provenance.str("recorded").and_then(rfc3339);
    let Some(at) = token.issued_at() else {
        let reason = "only Signature.when, which is not signed, says when the signature was made";
        findings.indeterminate(Aspect::Time, "time-only-claimed", reason);
        return when;
    };
    if when.map(Timestamp::as_second) != Some(at.as_second())
        || recorded.is_none_or(|one| one > time::later(at))
    {
        let reason = "Signature.when or Provenance.recorded do not agree with the time in the signed header";
        findings.invalid(Aspect::Time, "when-mismatch", reason);
    } else {
        let reason = format!("{}, claimed by the signer in the signed header", utc(at));
        findings.valid(Aspect::Time, "time-claimed", reason);
    }
    Some(at)
}

fn described(
    token: &Token,
    who: Option<&str>,
    at: Option<Timestamp>,
    verdicts: Vec<Finding>,
) -> SignatureReport {
    let chain = token.chain();
    SignatureReport {
        kind: "transmission",
        token: Some(token.kind()),
        // Nobody looked at the evidence that would make it more.
        level: token.level().map(|_| "B"),
        location: "Provenance.signature[0]".to_owned(),
        printed_name: None,
        meaning: None,
        signed_at: at.map(utc),
        who: who.map(str::to_owned),
        algorithm: Some(token.algorithm()),
        thumbprint: Some(chain.thumbprint_hex()),
        subject: Some(chain.subject().to_owned()),
        certificate_until: Some(utc(chain.not_after())),
        canonicalization: token.canon().map(str::to_owned),
        verdicts,
    }
}
