//! Verifying what was sealed, here or elsewhere: five separate verdicts, each with a reason.
//!
//! Anchors are configured and never taken from the file. Everything that the signature does not cover is compared with
//! what it does cover: an element that does not follow from a signed byte is named.

mod bundle;
pub(crate) mod certification;
mod content;
mod covered;
mod document;
pub(crate) mod evidence;
mod foreign;
pub mod html;
mod linkage;
mod report;
mod sealed;
pub(crate) mod time;
mod token;

use fhir::Value;
use jiff::{SignedDuration, Timestamp};

use crate::gravitate::Entry;
use crate::jades::Augmented;
use crate::payload::embedded_signatures;
use crate::{Anchors, CertificateChain, Crl, OcspResponse};

pub use bundle::{BundleReport, Kept, Refusal, ResourceReport, verify_bundle};
pub use covered::{Covered, covered};
pub(crate) use report::Findings;
pub use report::{Aspect, Fact, FactKind, Finding, Report, SignatureReport, Verdict};
pub(crate) use token::{Token, furthest};

/// Clocks of device and server may differ by this much before a time is doubted.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Nobody signs one version of a resource as often. Each signature is a look at the whole resource, so a file of many
/// would keep a verifier busy for hours.
const MOST_SIGNATURES: usize = 64;

/// What the person verifying trusts and knows.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// Whom to trust; without anchors, identity and revocation stay indeterminate.
    pub anchors: Option<&'a Anchors>,
    /// Revocation lists, from anywhere: they are signed by the authorities that they speak for.
    pub crls: &'a [Crl],
    /// OCSP responses, from anywhere likewise.
    pub ocsp: &'a [OcspResponse],
    /// Certificates for signatures that bring none of their own; they are not trusted for being here.
    pub certificates: &'a [CertificateChain],
    /// The Questionnaire that was answered, to compare with the hash in the capture signature.
    pub questionnaire: Option<&'a Value>,
    /// Questionnaires among which each response of a Bundle has the one that it answers, by `url|version`.
    pub questionnaires: &'a [Value],
    /// What a ledger answered about the entries that Provenances name ([`crate::gravitate`]).
    pub ledger: &'a [Entry],
    /// Evidence that was kept beside the signatures: each counts for the one signature that it belongs to.
    pub evidence: &'a [Augmented],
    /// The time of the verification.
    pub at: Timestamp,
}

impl<'a> Trust<'a> {
    /// These anchors, no revocation lists or responses, at this time.
    pub fn new(anchors: Option<&'a Anchors>, at: Timestamp) -> Self {
        Self {
            anchors,
            crls: &[],
            ocsp: &[],
            certificates: &[],
            questionnaire: None,
            questionnaires: &[],
            ledger: &[],
            evidence: &[],
            at,
        }
    }

    /// With evidence that was kept beside the signatures.
    #[must_use]
    pub fn with_evidence(self, evidence: &'a [Augmented]) -> Self {
        Self { evidence, ..self }
    }

    /// With these revocation lists.
    #[must_use]
    pub fn with_crls(self, crls: &'a [Crl]) -> Self {
        Self { crls, ..self }
    }

    /// With these OCSP responses.
    #[must_use]
    pub fn with_ocsp(self, ocsp: &'a [OcspResponse]) -> Self {
        Self { ocsp, ..self }
    }

    /// With these certificates for signatures that bring none.
    #[must_use]
    pub fn with_certificates(self, certificates: &'a [CertificateChain]) -> Self {
        Self { certificates, ..self }
    }

    /// With what a ledger answered.
    #[must_use]
    pub fn with_ledger(self, ledger: &'a [Entry]) -> Self {
        Self { ledger, ..self }
    }

    /// With the Questionnaire that was answered.
    #[must_use]
    pub fn with_questionnaire(self, questionnaire: &'a Value) -> Self {
        Self { questionnaire: Some(questionnaire), ..self }
    }

    /// With Questionnaires that responses in a Bundle may have answered.
    #[must_use]
    pub fn with_questionnaires(self, questionnaires: &'a [Value]) -> Self {
        Self { questionnaires, ..self }
    }

    /// The same, with the Questionnaire that `response` says it answers.
    fn for_response(self, response: &Value) -> Self {
        let answered = response.str("questionnaire").and_then(|canonical| canonical.split_once('|'));
        let is = |one: &&'a Value| answered.is_some() && one.str("url").zip(one.str("version")) == answered;
        Self { questionnaire: self.questionnaires.iter().find(is), ..self }
    }
}

/// Verifies a QuestionnaireResponse: each signature in its extension, and each of `provenances` that is about it.
///
/// Without a Provenance the linkage is indeterminate: nothing says what a server kept.
pub fn verify_response(response: &Value, provenances: &[Value], trust: &Trust<'_>) -> Report {
    verify_resource(response, provenances, trust)
}

/// Verifies any resource: the signatures that it carries itself (the extension of a QuestionnaireResponse,
/// `Bundle.signature`), and each of `provenances` that is about it. Of a document Bundle the sealed responses inside are
/// verified too.
///
/// A Provenance may name other targets beside this one, and name it with its version or without. Attesta's own
/// signatures are held to their own rules; of another system's signature the report says what it does not cover.
pub fn verify_resource(resource: &Value, provenances: &[Value], trust: &Trust<'_>) -> Report {
    verify_with(resource, &provenances.iter().collect::<Vec<_>>(), trust)
}

/// The same, without copying a Provenance for each resource that it is about.
fn verify_with(resource: &Value, provenances: &[&Value], trust: &Trust<'_>) -> Report {
    let mut record = Record::new(resource, trust);
    if resource.resource_type().is_some() {
        record.embedded();
        record.provenances(provenances);
        record.at_least_one_signature();
    } else {
        record.findings.invalid(
            Aspect::Signature,
            "unsupported-resource",
            "a document without resourceType is not a resource, so nothing in it can be verified",
        );
    }
    record.report()
}

/// A resource and what is found about it.
struct Record<'a> {
    resource: &'a Value,
    trust: &'a Trust<'a>,
    findings: Findings,
    examined: Vec<sealed::Examined>,
    /// The responses inside a document, each with its report.
    inside: Vec<(String, Report)>,
    notes: Vec<String>,
    /// Whether signatures were left out because there are too many.
    too_many: bool,
}

impl<'a> Record<'a> {
    fn new(resource: &'a Value, trust: &'a Trust<'a>) -> Self {
        Self {
            resource,
            trust,
            findings: Findings::default(),
            examined: Vec::new(),
            inside: Vec::new(),
            notes: Vec::new(),
            too_many: false,
        }
    }
}

impl Record<'_> {
    /// The signatures inside the resource.
    fn embedded(&mut self) {
        let mut found: Vec<(String, &Value)> = Vec::new();
        match self.resource.resource_type() {
            Some("QuestionnaireResponse") => {
                let signatures = embedded_signatures(self.resource).take(MOST_SIGNATURES + 1);
                for (index, signature) in signatures.enumerate() {
                    found.push((format!("{}.value", extension_path(self.resource, index)), signature));
                }
            }
            Some("Bundle") => {
                found.extend(self.resource.get("signature").map(|one| ("Bundle.signature".to_owned(), one)));
            }
            _ => {}
        }
        if self.resource.resource_type() == Some("Bundle") {
            let found = document::responses(self.resource, MOST_SIGNATURES, self.trust);
            self.inside = found.reports;
            if found.too_many {
                let reason =
                    format!("there are more than {MOST_SIGNATURES} in it; the others were not looked at");
                self.findings.invalid(Aspect::Signature, "too-many-signatures", reason);
            }
        }
        for (location, signature) in found {
            let place = sealed::Place {
                resource: self.resource,
                signature,
                location,
                provenance: None,
                recorded: server_time(self.resource),
            };
            let Some(examined) = self.examine(&place) else { return };
            self.examined.push(examined);
        }
    }

    /// Examines one more signature; `None` when there are too many of them.
    fn examine(&mut self, place: &sealed::Place<'_>) -> Option<sealed::Examined> {
        if self.examined.len() < MOST_SIGNATURES {
            return Some(sealed::examine(place, self.trust));
        }
        if !self.too_many {
            self.findings.invalid(
                Aspect::Signature,
                "too-many-signatures",
                format!(
                    "there are more than {MOST_SIGNATURES} signatures for it; the others were not looked at"
                ),
            );
        }
        self.too_many = true;
        None
    }

    /// A response is signed when it is given; any other resource may be signed in a Provenance alone.
    fn at_least_one_signature(&mut self) {
        let resource_type = self.resource.resource_type().unwrap_or_default();
        if resource_type == "QuestionnaireResponse" {
            let embedded = embedded_signatures(self.resource).next().is_some();
            if !embedded && !self.examined.iter().any(sealed::Examined::is_foreign) {
                self.findings.invalid(
                    Aspect::Signature,
                    "no-signature",
                    "the response carries no signature (extension questionnaireresponse-signature)",
                );
            }
        } else if self.examined.is_empty() {
            self.findings.invalid(
                Aspect::Signature,
                "no-signature",
                format!("the {resource_type} carries no signature, and no Provenance with one is about it"),
            );
        }
    }

    fn provenances(&mut self, provenances: &[&Value]) {
        let mut about_this = 0;
        for provenance in provenances {
            match linkage::concerns(provenance, self.resource) {
                linkage::Concern::ThisVersion => {
                    about_this += 1;
                    self.provenance(provenance, true);
                }
                linkage::Concern::AnyVersion => {
                    about_this += 1;
                    self.provenance(provenance, false);
                }
                linkage::Concern::OtherVersion(target) => {
                    self.notes.push(format!(
                        "The Provenance for {target} is about another version and was not checked."
                    ));
                }
                linkage::Concern::Nothing(reason) => {
                    self.findings.invalid(Aspect::Linkage, "provenance-elsewhere", reason);
                }
            }
        }
        match (about_this, provenances.is_empty()) {
            // A Bundle can carry its own signature, which says all that is to be said.
            (0, true) if self.resource.get("signature").is_some() => {}
            (0, true) if self.examined.iter().any(sealed::Examined::stands_alone) => {
                self.findings.indeterminate(
                    Aspect::Linkage,
                    "no-provenance-by-profile",
                    "the study's profile (cdex) has the signature in the response alone, and no Provenance: no signature \
                     says which version a server kept",
                );
            }
            (0, true) => self.findings.indeterminate(
                Aspect::Linkage,
                "no-provenance",
                "no Provenance was given, so nothing says which version a server kept",
            ),
            (0, false) => self.findings.invalid(
                Aspect::Linkage,
                "no-provenance-for-version",
                "none of the Provenances is about this version of the response",
            ),
            _ => {}
        }
    }

    fn provenance(&mut self, provenance: &Value, versioned: bool) {
        let signatures = provenance.list("signature");
        if signatures.is_empty()
            || (signatures.len() != 1 && self.resource.resource_type() == Some("QuestionnaireResponse"))
        {
            self.findings.invalid(
                Aspect::Signature,
                "provenance-signatures",
                format!("the Provenance carries {} signatures instead of one", signatures.len()),
            );
        }
        for (index, signature) in signatures.iter().enumerate() {
            let place = sealed::Place {
                resource: self.resource,
                signature,
                location: format!("Provenance.signature[{index}]"),
                provenance: Some(provenance),
                recorded: server_time(self.resource),
            };
            let Some(mut examined) = self.examine(&place) else { return };
            if !examined.is_foreign() {
                linkage::same_device(&self.examined, &mut examined);
            }
            if !versioned && !examined.tolerates_lost_version() {
                examined.findings.indeterminate(
                    Aspect::Linkage,
                    "target-unversioned",
                    "the Provenance names the resource without its version, so it may be about another one",
                );
            }
            self.examined.push(examined);
        }
        if document::is_anchored(provenance) {
            self.notes.extend(document::note(self.resource, provenance, self.trust));
        }
    }

    fn report(mut self) -> Report {
        let several = self.examined.len() > 1 || !self.inside.is_empty();
        let mut signatures = Vec::new();
        for examined in self.examined {
            self.notes.extend(examined.level_note());
            let report = examined.report();
            self.findings.include(&report.verdicts, several.then_some(report.kind));
            signatures.push(report);
        }
        for (name, report) in self.inside {
            self.findings.include(&report.verdicts, Some(&name));
            for mut signature in report.signatures {
                signature.location = format!("{name}: {}", signature.location);
                signatures.push(signature);
            }
            self.notes.extend(report.notes.into_iter().map(|note| format!("{name}: {note}")));
        }
        Report { verdicts: self.findings.conclude(), signatures, notes: self.notes }
    }
}

/// When the server says it stored this version.
fn server_time(resource: &Value) -> Option<Timestamp> {
    resource.get("meta")?.str("lastUpdated").and_then(crate::rfc3339)
}

/// The FHIRPath of the signature extension that is the `nth` one.
fn extension_path(response: &Value, nth: usize) -> String {
    let index = response
        .list("extension")
        .iter()
        .enumerate()
        .filter(|(_, extension)| crate::payload::is_signature(extension))
        .nth(nth)
        .map_or(0, |(index, _)| index);
    format!("QuestionnaireResponse.extension[{index}]")
}
