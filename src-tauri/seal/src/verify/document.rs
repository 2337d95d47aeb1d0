//! A document with its `ProvenanceGH`: what the signed header says, what stands around it, what the ledger holds, and
//! the sealed responses inside.

use std::collections::HashMap;

use fhir::Value;
use fhir::reference::unversioned;

use crate::certificate::Path;
use crate::encoding::hex;
use crate::gravitate::{Recorded, digest, gaps, transaction};
use crate::payload::embedded_signatures;
use crate::persistence::is_version_of;
use crate::profile::{GRAVITATE, TRANSACTION, expected_gravitate};
use crate::rfc3339;
use crate::signature::utc;
use crate::verify::evidence::Stamped;
use crate::verify::linkage::provenance_follows;
use crate::verify::sealed::Place;
use crate::verify::{Aspect, Findings, Report, Token, Trust, time, verify_with};

/// Whether a Provenance is one of the Gravitate-Health guide, by its profile or by the ledger's entry that it names.
pub(super) fn is_anchored(provenance: &Value) -> bool {
    let profiles = provenance.get("meta").map(|meta| meta.list("profile")).unwrap_or_default();
    provenance.list("extension").iter().any(|one| one.str("url") == Some(TRANSACTION))
        || profiles.iter().any(|one| one.as_str() == Some(GRAVITATE))
}

/// Cross-checks header, Provenance and document, and what the ledger answered.
pub(super) fn check(
    place: &Place<'_>,
    provenance: &Value,
    qualifier: &Value,
    trust: &Trust<'_>,
    findings: &mut Findings,
) {
    match gaps(place.resource) {
        Ok(gaps) => {
            for (element, reason) in gaps {
                findings.invalid(Aspect::Linkage, "document-incomplete", format!("{element} {reason}"));
            }
        }
        Err(error) => findings.invalid(Aspect::Linkage, "document-incomplete", error.to_string()),
    }
    let target = qualifier.str("target").unwrap_or_default();
    if !is_version_of(target, place.resource) {
        findings.invalid(
            Aspect::Linkage,
            "target-mismatch",
            format!("the signed header is about {target:?}, not about this document and version"),
        );
    }
    let named = transaction(provenance);
    let signed = qualifier.str("transaction");
    let must_be = expected_gravitate(place.signature, signed.or(named).unwrap_or_default());
    provenance_follows(must_be, place, provenance, findings);
    let entered = match (signed, named) {
        (Some(signed), _) => ledger(place.resource, signed, trust, findings),
        (None, named) => {
            findings.indeterminate(
                Aspect::Linkage,
                "ledger-not-covered",
                "the signed header does not state the ledger's entry, so the one that the Provenance names may be another's",
            );
            named.is_some_and(|named| ledger(place.resource, named, trust, findings))
        }
    };
    if !findings.is_flawed(Aspect::Linkage) {
        let reason = if entered {
            "document, Provenance, signature and the ledger's entry name each other"
        } else {
            "document, Provenance and signature name each other; the ledger was not asked"
        };
        findings.valid(Aspect::Linkage, "linked", reason);
    }
}

/// What the ledger answered about the entry, where it was asked; whether it holds this document.
fn ledger(document: &Value, transaction: &str, trust: &Trust<'_>, findings: &mut Findings) -> bool {
    let Some(entry) = trust.ledger.iter().find(|entry| entry.transaction == transaction) else {
        return false;
    };
    let own = digest(document).ok();
    match &entry.recorded {
        Recorded::Sha256(kept) if own.as_ref() == Some(kept) => return true,
        Recorded::Sha256(kept) => findings.invalid(
            Aspect::Linkage,
            "ledger-mismatch",
            format!("under {transaction:?} the ledger holds {}, the hash of something else", hex(kept)),
        ),
        Recorded::Nothing => findings.invalid(
            Aspect::Linkage,
            "ledger-unknown",
            format!("the ledger has no entry {transaction:?}"),
        ),
        Recorded::Unknown(reason) => findings.indeterminate(
            Aspect::Linkage,
            "ledger-unreachable",
            format!("the ledger could not be asked for the entry {transaction:?}: {reason}"),
        ),
    }
    false
}

/// What a reader should know about the entry that a Provenance names.
pub(super) fn note(document: &Value, provenance: &Value, trust: &Trust<'_>) -> Option<String> {
    let named = transaction(provenance)?;
    let own = digest(document).map(hex).ok()?;
    let asked =
        match trust.ledger.iter().find(|entry| entry.transaction == named).map(|entry| &entry.recorded) {
            Some(Recorded::Sha256(kept)) if hex(kept) == own => "the ledger was asked and holds it",
            Some(Recorded::Unknown(_)) => "the ledger could not be asked",
            Some(_) => "the ledger was asked and does not hold it",
            None => "the ledger was not asked",
        };
    Some(format!("The Provenance names {named} as the ledger's entry for SHA-256 {own}; {asked}."))
}

/// The time that the signed header claims: the document is not younger, and the certificate was valid then.
pub(super) fn check_time(
    place: &Place<'_>,
    token: &Token,
    path: Option<&Path>,
    stamped: Option<&Stamped>,
    trust: &Trust<'_>,
    findings: &mut Findings,
) {
    let Some(issued_at) = token.issued_at() else {
        return findings.invalid(Aspect::Time, "no-time", "the signed header has no time (iat)");
    };
    time::within_validity(token, path, issued_at, trust, findings);
    let dated = place.resource.str("timestamp").and_then(rfc3339);
    if dated.is_none_or(|dated| dated > time::later(issued_at)) {
        findings.invalid(
            Aspect::Time,
            "document-later",
            "the document is dated after its signature, or not at all (Bundle.timestamp)",
        );
    } else if !stamped.is_some_and(|stamped| time::is_proven(token, path, issued_at, stamped, findings)) {
        let reason = format!("{}, claimed by the device, while its certificate was valid", utc(issued_at));
        findings.valid(Aspect::Time, "time-claimed", reason);
    }
}

/// The sealed responses in a document.
pub(super) struct Responses {
    /// Each with its name and what its own signatures are worth.
    pub(super) reports: Vec<(String, Report)>,
    /// Whether there are more than are looked at.
    pub(super) too_many: bool,
}

/// Verifies the first `most` sealed responses in a document, each with at most so many Provenances beside it.
pub(super) fn responses(document: &Value, most: usize, trust: &Trust<'_>) -> Responses {
    let mut found = Responses { reports: Vec::new(), too_many: false };
    if document.str("type") != Some("document") {
        return found;
    }
    let resources = || document.list("entry").iter().filter_map(|entry| entry.get("resource"));
    let mut about: HashMap<&str, Vec<&Value>> = HashMap::new();
    for provenance in resources().filter(|one| one.resource_type() == Some("Provenance")) {
        for reference in provenance.list("target").iter().filter_map(|target| target.str("reference")) {
            let named = about.entry(unversioned(reference)).or_default();
            if named.last().is_none_or(|last| !std::ptr::eq(*last, provenance)) {
                named.push(provenance);
            }
        }
    }
    for response in resources().filter(|one| one.resource_type() == Some("QuestionnaireResponse")) {
        let name = format!("QuestionnaireResponse/{}", response.str("id").unwrap_or_default());
        let provenances = about.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
        if provenances.is_empty() && embedded_signatures(response).next().is_none() {
            continue;
        }
        found.too_many |= found.reports.len() == most || provenances.len() > most;
        if found.reports.len() == most {
            break;
        }
        let provenances = &provenances[..provenances.len().min(most)];
        let report = verify_with(response, provenances, &trust.for_response(response));
        found.reports.push((name, report));
    }
    found
}
