//! Receiving a Bundle that was signed for transmission: each parent is verified, and a parent whose Provenance or
//! signature is missing or wrong is refused with all its children. A response is held to its own signatures, and refused
//! without them. The rest is kept.

mod transmission;

use fhir::{Value, Version};
use serde::Serialize;

use crate::SealError;
use crate::iehr::graph::Graph;
use crate::iehr::{PROVENANCE_EXTENSION, PROVENANCE_PROFILE};
use crate::profile::{Profile as _, Violation, iehr as profile};
use crate::verify::{Aspect, Findings, Report, Trust, Verdict, verify_with};

/// Each response is compared with the whole of a Provenance that is about it; nobody signs so many at once.
const MOST_RESPONSES: usize = 256;

/// What came of a Bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleReport {
    /// What may be used, in the order of the Bundle.
    pub kept: Vec<Kept>,
    /// What may not.
    pub refused: Vec<Refusal>,
    /// The five verdicts on each parent that has a Provenance, then on each response by its own signatures, then on each
    /// kept resource of a signed type that goes with none of them by a signed reference.
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
    /// Whether a signature for transmission covers its content, as far as it could be read: only a parent's does.
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
    /// Invalid when anything is refused; otherwise the worst verdict in `reports`. A Bundle without parents proves
    /// nothing.
    pub fn overall(&self) -> Verdict {
        if !self.refused.is_empty() {
            return Verdict::Invalid;
        }
        self.reports.iter().map(|one| one.report.overall()).max().unwrap_or(Verdict::Indeterminate)
    }

    /// That of the worst verdict: 0 all valid, 1 any invalid, 3 otherwise.
    pub fn exit_code(&self) -> u8 {
        self.overall().exit_code()
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
    let covered: Vec<bool> = (0..graph.nodes.len()).map(|node| claims.must_hold(&graph, node)).collect();
    let mut read = vec![false; graph.nodes.len()];
    for parent in (0..graph.nodes.len()).filter(|&node| covered[node]) {
        match claims.provenance_of(&graph, parent) {
            Err(refusal) => wrong[parent] = Some(refusal),
            Ok(provenance) => {
                let report = transmission::examine(&graph, parent, provenance, trust);
                wrong[parent] = first_invalid(&report);
                read[parent] = report.verdict(Aspect::Signature) == Verdict::Valid;
                reports.push(ResourceReport { reference: graph.name(parent), report });
            }
        }
    }
    let mut sealed = vec![false; graph.nodes.len()];
    for (node, report) in responses(&graph, trust)? {
        sealed[node] = report.verdict(Aspect::Signature) == Verdict::Valid;
        wrong[node] = first_invalid(&report);
        reports.push(ResourceReport { reference: graph.name(node), report });
    }
    Ok(divide(&graph, wrong, &covered, &read, &sealed, reports))
}

fn first_invalid(report: &Report) -> Option<(&'static str, String)> {
    let invalid = report.verdicts.iter().find(|one| one.verdict == Verdict::Invalid);
    invalid.map(|one| (one.code, one.reason.clone()))
}

/// Each QuestionnaireResponse, with what its own signatures are worth. It is nobody's parent, so no signature for
/// transmission covers it: without one of its own nothing says that it is what was given, and it is refused.
fn responses(graph: &Graph<'_>, trust: &Trust<'_>) -> Result<Vec<(usize, Report)>, SealError> {
    let mut about: Vec<Vec<&Value>> = vec![Vec::new(); graph.nodes.len()];
    for node in (0..graph.nodes.len()).filter(|&node| graph.nodes[node].is_provenance()) {
        let provenance = graph.nodes[node].resource;
        if is_transmission(provenance) {
            continue;
        }
        let mut targets = graph.targets_in_any_version(node);
        targets.sort_unstable();
        targets.dedup();
        targets.retain(|&to| is_response(graph.nodes[to].resource));
        if targets.len() > MOST_RESPONSES {
            return Err(SealError::bundle(format!(
                "a Provenance in it is about {} responses, and at most {MOST_RESPONSES} are compared with it",
                targets.len()
            )));
        }
        for to in targets {
            about[to].push(provenance);
        }
    }
    let responses =
        about.into_iter().enumerate().filter(|(node, _)| is_response(graph.nodes[*node].resource));
    Ok(responses
        .map(|(node, provenances)| {
            let response = graph.nodes[node].resource;
            (node, verify_with(response, &provenances, &trust.for_response(response)))
        })
        .collect())
}

fn is_response(resource: &Value) -> bool {
    resource.resource_type() == Some("QuestionnaireResponse")
}

/// Keeps and refuses.
fn divide(
    graph: &Graph<'_>,
    wrong: Vec<Option<(&'static str, String)>>,
    covered: &[bool],
    read: &[bool],
    sealed: &[bool],
    reports: Vec<ResourceReport>,
) -> BundleReport {
    // A response that is refused for its own signature takes only its Provenance along, not the patient it names.
    let alone: Vec<bool> = wrong.iter().map(Option::is_some).collect();
    let bad: Vec<usize> = (0..alone.len()).filter(|&node| alone[node] && covered[node]).collect();
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
            None => {
                report.kept.push(Kept { entry, reference, covered: read[entry], sealed: sealed[entry] });
            }
        }
    }
    unnamed(graph, covered, &mut report);
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

/// Says of each kept resource of a signed type that is a child only by what nobody signed that this decides nothing: it
/// may have been a parent, altered and stripped, to which somebody wrote a reference into another's child.
fn unnamed(graph: &Graph<'_>, covered: &[bool], report: &mut BundleReport) {
    let named = graph.named_by((0..covered.len()).filter(|&node| covered[node]));
    let kept = report.kept.iter().map(|one| one.entry);
    for entry in kept.filter(|&entry| graph.nodes[entry].is_listed() && !covered[entry] && !named[entry]) {
        let mut findings = Findings::default();
        findings.indeterminate(
            Aspect::Signature,
            "child-of-uncovered",
            "no signed resource names it, only one that goes with them uncovered; it may have been signed itself and altered",
        );
        let report_on = Report { verdicts: findings.conclude(), signatures: Vec::new(), notes: Vec::new() };
        report.reports.push(ResourceReport { reference: graph.name(entry), report: report_on });
    }
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

    /// Whether a signature for transmission must hold here: for a parent, and for what a Provenance for transmission is
    /// about. A child's content is not covered, so a reference that somebody wrote into one makes nothing a mere child.
    fn must_hold(&self, graph: &Graph<'_>, node: usize) -> bool {
        graph.is_parent(node) || (graph.nodes[node].is_listed() && !self.about[node].is_empty())
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
/// nothing that its code does not.
fn violation(provenance: &Value) -> Option<Violation> {
    let mut broken = profile::Iehr.violations(provenance, Version::R4).into_iter();
    broken.find(|one| one.rule != "agent-display")
}
