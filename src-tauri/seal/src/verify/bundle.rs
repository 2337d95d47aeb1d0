//! Receiving a Bundle that was signed for transmission: each parent is verified, and a parent whose Provenance or
//! signature is missing or wrong is refused with all its children. The rest is kept.

use fhir::{Value, Version, canonical};
use jiff::Timestamp;
use serde::Serialize;

use crate::iehr::graph::Graph;
use crate::iehr::{PROVENANCE_EXTENSION, PROVENANCE_PROFILE};
use crate::profile::{Profile as _, Violation, iehr as profile};
use crate::signature::utc;
use crate::verify::certification::Times;
use crate::verify::token::Token;
use crate::verify::{
    Aspect, Finding, Findings, Report, SignatureReport, Trust, Verdict, certification, time, verify_resource,
};
use crate::{SealError, payload, rfc3339};

/// What came of a Bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleReport {
    /// What may be used, in the order of the Bundle.
    pub kept: Vec<Kept>,
    /// What may not.
    pub refused: Vec<Refusal>,
    /// The five verdicts on each parent that has a Provenance, then on each response by its own signatures.
    pub reports: Vec<ResourceReport>,
    /// What a reader should know beside.
    pub notes: Vec<String>,
}

/// An entry that may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Its index in `Bundle.entry`.
    pub entry: usize,
    /// `Type/id`, or its fullUrl.
    pub reference: String,
    /// Whether a signature for transmission covers its content: only a parent's does.
    pub covered: bool,
    /// Whether it was sealed when it was given, and those signatures cover its content.
    pub sealed: bool,
}

/// An entry that may not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its index in `Bundle.entry`.
    pub entry: usize,
    /// `Type/id`, or its fullUrl.
    pub reference: String,
    /// Stable across versions and languages.
    pub code: &'static str,
    /// For a person, in English.
    pub reason: String,
}

/// The report on one parent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceReport {
    /// `Type/id`, or its fullUrl.
    pub reference: String,
    /// The five verdicts.
    pub report: Report,
}

impl BundleReport {
    /// Invalid when anything is refused; otherwise the worst verdict on a parent. A Bundle without parents proves
    /// nothing.
    pub fn overall(&self) -> Verdict {
        if !self.refused.is_empty() {
            return Verdict::Invalid;
        }
        self.reports.iter().map(|one| one.report.overall()).max().unwrap_or(Verdict::Indeterminate)
    }

    /// 0 all valid, 1 any invalid, 3 otherwise.
    pub fn exit_code(&self) -> u8 {
        match self.overall() {
            Verdict::Valid => 0,
            Verdict::Invalid => 1,
            Verdict::Indeterminate => 3,
        }
    }
}

/// Verifies a Bundle that was signed for transmission.
///
/// # Errors
/// [`SealError::Bundle`] when it is no Bundle or too large to read.
pub fn verify_bundle(bundle: &Value, trust: &Trust<'_>) -> Result<BundleReport, SealError> {
    let graph = Graph::new(bundle)?;
    let claims = Claims::new(&graph);
    let mut reports = Vec::new();
    let mut wrong: Vec<Option<(&'static str, String)>> = vec![None; graph.nodes.len()];
    for parent in graph.parents() {
        match claims.provenance_of(&graph, parent) {
            Err(refusal) => wrong[parent] = Some(refusal),
            Ok(provenance) => {
                let report = examine(graph.nodes[parent].resource, provenance, trust);
                wrong[parent] = first_invalid(&report);
                reports.push(ResourceReport { reference: graph.name(parent), report });
            }
        }
    }
    let mut sealed = vec![false; graph.nodes.len()];
    for (node, report) in signed_responses(&graph, trust) {
        sealed[node] = report.verdict(Aspect::Signature) == Verdict::Valid;
        wrong[node] = first_invalid(&report);
        reports.push(ResourceReport { reference: graph.name(node), report });
    }
    Ok(divide(&graph, wrong, &sealed, reports))
}

fn first_invalid(report: &Report) -> Option<(&'static str, String)> {
    let invalid = report.verdicts.iter().find(|one| one.verdict == Verdict::Invalid);
    invalid.map(|one| (one.code, one.reason.clone()))
}

/// Each QuestionnaireResponse that was sealed when it was given, with what its own signatures are worth. It is nobody's
/// parent, so no signature for transmission covers it.
fn signed_responses(graph: &Graph<'_>, trust: &Trust<'_>) -> Vec<(usize, Report)> {
    let mut about: Vec<Vec<Value>> = vec![Vec::new(); graph.nodes.len()];
    for node in (0..graph.nodes.len()).filter(|&node| graph.nodes[node].is_provenance()) {
        let provenance = graph.nodes[node].resource;
        if is_transmission(provenance) {
            continue;
        }
        let mut targets = graph.targets_in_any_version(node);
        targets.sort_unstable();
        targets.dedup();
        for to in targets.into_iter().filter(|&to| is_response(graph.nodes[to].resource)) {
            about[to].push(provenance.clone());
        }
    }
    let responses = about.into_iter().enumerate().filter(|(node, provenances)| {
        let resource = graph.nodes[*node].resource;
        is_response(resource)
            && (!provenances.is_empty() || payload::embedded_signatures(resource).next().is_some())
    });
    responses
        .map(|(node, provenances)| {
            let response = graph.nodes[node].resource;
            (node, verify_resource(response, &provenances, &trust.for_response(response)))
        })
        .collect()
}

fn is_response(resource: &Value) -> bool {
    resource.resource_type() == Some("QuestionnaireResponse")
}

/// Keeps and refuses.
fn divide(
    graph: &Graph<'_>,
    wrong: Vec<Option<(&'static str, String)>>,
    sealed: &[bool],
    reports: Vec<ResourceReport>,
) -> BundleReport {
    // A response that is refused for its own signature takes only its Provenance along, not the patient it names.
    let alone: Vec<bool> = wrong.iter().map(Option::is_some).collect();
    let bad: Vec<usize> = (0..alone.len()).filter(|&node| alone[node] && graph.is_parent(node)).collect();
    let through = graph.reached_from(bad);
    let mut report = BundleReport { kept: Vec::new(), refused: Vec::new(), reports, notes: Vec::new() };
    for (entry, own) in wrong.into_iter().enumerate() {
        let reference = graph.name(entry);
        let targets = graph.targets(entry);
        let orphaned = !targets.is_empty() && targets.iter().all(|&to| alone[to] || through[to].is_some());
        let refusal = match (own, through[entry]) {
            (Some(refusal), _) => Some(refusal),
            (None, Some(root)) => {
                Some(("parent-refused", format!("{} references it and was refused", graph.name(root))))
            }
            (None, None) if orphaned => {
                Some(("target-refused", "what this Provenance is about was refused".to_owned()))
            }
            (None, None) => None,
        };
        match refusal {
            Some((code, reason)) => report.refused.push(Refusal { entry, reference, code, reason }),
            None => report.kept.push(Kept {
                entry,
                reference,
                covered: graph.is_parent(entry),
                sealed: sealed[entry],
            }),
        }
    }
    let bare = report
        .kept
        .iter()
        .filter(|one| !one.covered && !one.sealed && !graph.nodes[one.entry].is_provenance());
    let bare = bare.count();
    if bare > 0 {
        report.notes.push(format!(
            "{bare} kept resources go with a signed one; their own content is not covered by a signature."
        ));
    }
    report
}

/// Which Provenances for transmission are about which entry.
struct Claims {
    about: Vec<Vec<usize>>,
}

impl Claims {
    fn new(graph: &Graph<'_>) -> Self {
        let mut about = vec![Vec::new(); graph.nodes.len()];
        for node in (0..graph.nodes.len()).filter(|&node| is_transmission(graph.nodes[node].resource)) {
            for to in graph.targets(node) {
                about[to].push(node);
            }
        }
        Self { about }
    }

    /// The one Provenance that the parent names and that is about it.
    fn provenance_of<'b>(
        &self,
        graph: &Graph<'b>,
        parent: usize,
    ) -> Result<&'b Value, (&'static str, String)> {
        let refuse = |code, reason: &str| Err((code, reason.to_owned()));
        if graph.has_double(parent) {
            return refuse("ambiguous", "another entry has the same fullUrl or the same type and id");
        }
        let resource = graph.nodes[parent].resource;
        let mut named =
            resource.list("extension").iter().filter(|one| one.str("url") == Some(PROVENANCE_EXTENSION));
        let Some(extension) = named.next() else {
            return refuse("provenance-missing", "it names no Provenance (ProvenanceExtension-IEHR)");
        };
        if named.next().is_some() {
            return refuse("provenance-duplicate", "it names more than one Provenance");
        }
        let reference = extension.get("valueReference").and_then(|one| one.str("reference"));
        let found = graph.resolve(parent, reference.unwrap_or_default());
        let node = match found.as_slice() {
            [node] if graph.nodes[*node].is_provenance() => *node,
            [] => return refuse("provenance-missing", "the Provenance that it names is not in the Bundle"),
            _ => return refuse("provenance-duplicate", "what it names is not exactly one Provenance"),
        };
        let provenance = graph.nodes[node].resource;
        if let Some(Violation { element, reason, .. }) = violation(provenance) {
            return Err(("provenance-wrong", format!("{element} {reason}")));
        }
        if graph.targets(node) != [parent] {
            return refuse("provenance-elsewhere", "the Provenance that it names is about something else");
        }
        if self.about[parent].iter().any(|&other| other != node) {
            return refuse("provenance-duplicate", "more than one Provenance for transmission is about it");
        }
        Ok(provenance)
    }
}

fn is_transmission(resource: &Value) -> bool {
    let profiles = resource.get("meta").map(|meta| meta.list("profile")).unwrap_or_default();
    resource.resource_type() == Some("Provenance")
        && profiles.iter().any(|one| one.as_str() == Some(PROVENANCE_PROFILE))
}

/// The first rule of the profile that a Provenance breaks. Senders leave out the display of an agent's type; it says
/// nothing that its code does not. A token over XML is not read.
fn violation(provenance: &Value) -> Option<Violation> {
    let mut broken = profile::Iehr.violations(provenance, Version::R4).into_iter();
    broken.find(|one| one.rule != "agent-display").or_else(|| {
        let signature = provenance.list("signature").first()?;
        (signature.str("targetFormat") != Some("json")).then(|| Violation {
            rule: "target-format",
            element: "Provenance.signature.targetFormat".to_owned(),
            reason: "is not json".to_owned(),
        })
    })
}

/// The five verdicts on one parent.
fn examine(resource: &Value, provenance: &Value, trust: &Trust<'_>) -> Report {
    let mut findings = Findings::default();
    let signature = provenance.list("signature").first().unwrap_or(&Value::Null);
    let token = match Token::read_transmission(signature) {
        Ok(token) => token,
        Err(error) => {
            findings.invalid(Aspect::Signature, error.code, error.reason);
            return Report { verdicts: findings.conclude(), signatures: Vec::new(), notes: Vec::new() };
        }
    };
    let notes = match token {
        Token::NonRfc(_) => vec![NON_RFC_NOTE.to_owned()],
        Token::Jws(_) | Token::Xml(_) => Vec::new(),
    };
    content(resource, &token, &mut findings);
    let path = certification::check(&token, &[], trust, &mut findings);
    let who = profile::custodian(provenance);
    let identifier = who.and_then(|who| who.get("identifier")).and_then(|one| one.str("value"));
    signer(identifier, &token, &mut findings);
    linkage(identifier, provenance, &token, &mut findings);
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
        level: token.level(),
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
