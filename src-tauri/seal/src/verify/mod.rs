//! Verifying what was sealed, here or elsewhere: five separate verdicts, each with a reason.
//!
//! Anchors are configured and never taken from the file. Everything that the signature does not cover is compared with
//! what it does cover: an element that does not follow from a signed byte is named.

pub(crate) mod certification;
mod foreign;
mod linkage;
mod report;
mod sealed;
pub(crate) mod time;

use fhir::Value;
use jiff::{SignedDuration, Timestamp};

use crate::payload::embedded_signatures;
use crate::{Anchors, Crl};

pub(crate) use report::Findings;
pub use report::{Aspect, Finding, Report, SignatureReport, Verdict};

/// Clocks of device and server may differ by this much before a time is doubted.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What the person verifying trusts and knows.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// Whom to trust; without anchors, identity and revocation stay indeterminate.
    pub anchors: Option<&'a Anchors>,
    /// Revocation lists, from anywhere: they are signed by the authorities that they speak for.
    pub crls: &'a [Crl],
    /// The Questionnaire that was answered, to compare with the hash in the capture signature.
    pub questionnaire: Option<&'a Value>,
    /// The time of the verification.
    pub at: Timestamp,
}

impl<'a> Trust<'a> {
    /// These anchors, no revocation lists, at this time.
    pub fn new(anchors: Option<&'a Anchors>, at: Timestamp) -> Self {
        Self { anchors, crls: &[], questionnaire: None, at }
    }

    /// With these revocation lists.
    #[must_use]
    pub fn with_crls(self, crls: &'a [Crl]) -> Self {
        Self { crls, ..self }
    }

    /// With the Questionnaire that was answered.
    #[must_use]
    pub fn with_questionnaire(self, questionnaire: &'a Value) -> Self {
        Self { questionnaire: Some(questionnaire), ..self }
    }
}

/// Verifies a QuestionnaireResponse: each signature in its extension, and each of `provenances` that is about it.
///
/// Without a Provenance the linkage is indeterminate: nothing says what a server kept.
pub fn verify_response(response: &Value, provenances: &[Value], trust: &Trust<'_>) -> Report {
    let mut record =
        Record { response, trust, findings: Findings::default(), examined: Vec::new(), notes: Vec::new() };
    if response.resource_type() == Some("QuestionnaireResponse") {
        record.embedded();
        record.provenances(provenances);
    } else {
        record.findings.indeterminate(
            Aspect::Signature,
            "unsupported-resource",
            format!(
                "a {} cannot be verified by itself",
                response.resource_type().unwrap_or("document without resourceType")
            ),
        );
    }
    record.report()
}

/// A response and what is found about it.
struct Record<'a> {
    response: &'a Value,
    trust: &'a Trust<'a>,
    findings: Findings,
    examined: Vec<sealed::Examined>,
    notes: Vec<String>,
}

impl Record<'_> {
    fn embedded(&mut self) {
        for (index, signature) in embedded_signatures(self.response).enumerate() {
            let place = sealed::Place {
                resource: self.response,
                signature,
                location: format!("{}.value", extension_path(self.response, index)),
                provenance: None,
                recorded: server_time(self.response),
            };
            let examined = sealed::examine(&place, self.trust);
            self.examined.push(examined);
        }
        if self.examined.is_empty() {
            self.findings.invalid(
                Aspect::Signature,
                "no-signature",
                "the response carries no signature (extension questionnaireresponse-signature)",
            );
        }
    }

    fn provenances(&mut self, provenances: &[Value]) {
        let mut about_this = 0;
        for provenance in provenances {
            match linkage::concerns(provenance, self.response) {
                linkage::Concern::ThisVersion => {
                    about_this += 1;
                    self.provenance(provenance);
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

    fn provenance(&mut self, provenance: &Value) {
        let signatures = provenance.list("signature");
        if signatures.len() != 1 {
            self.findings.invalid(
                Aspect::Signature,
                "provenance-signatures",
                format!("the Provenance carries {} signatures instead of one", signatures.len()),
            );
        }
        for (index, signature) in signatures.iter().enumerate() {
            let place = sealed::Place {
                resource: self.response,
                signature,
                location: format!("Provenance.signature[{index}]"),
                provenance: Some(provenance),
                recorded: server_time(self.response),
            };
            let mut examined = sealed::examine(&place, self.trust);
            linkage::same_device(&self.examined, &mut examined);
            self.examined.push(examined);
        }
    }

    fn report(mut self) -> Report {
        let several = self.examined.len() > 1;
        let mut signatures = Vec::new();
        for examined in self.examined {
            let report = examined.report();
            self.findings.include(&report.verdicts, several.then_some(report.kind));
            signatures.push(report);
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
