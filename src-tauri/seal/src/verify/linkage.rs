//! Linkage: everything around the signature belongs to it. What is not signed is compared with what is.

use std::borrow::Cow;

use fhir::diff::differences;
use fhir::reference::{same_resource, unversioned, versioned};
use fhir::{Value, array};

use crate::Party;
use crate::capture::complete;
use crate::encoding::{from_base64, from_base64url};
use crate::persistence::{CAPTURED_BY, is_version_of};
use crate::profile::{Shape, expected};
use crate::signature::{Purpose, signature};
use crate::verify::sealed::{Examined, Place};
use crate::verify::{Aspect, Findings, Token, Trust, document, time::later};
use crate::{TakenOver, Tolerance, undo};

/// What a Provenance is about.
pub(super) enum Concern {
    /// This resource in this version.
    ThisVersion,
    /// This resource, in a version that is not named.
    AnyVersion,
    /// This resource in another version.
    OtherVersion(String),
    /// Something else; the reason.
    Nothing(String),
}

/// A Provenance may have several targets (FHIR R4, section 6.3.4); one of them is enough. The rules of a profile may
/// allow fewer.
pub(super) fn concerns(provenance: &Value, resource: &Value) -> Concern {
    if provenance.resource_type() != Some("Provenance") {
        return Concern::Nothing("a document that was given as Provenance is none".to_owned());
    }
    let targets = provenance.list("target");
    if targets.is_empty() {
        return Concern::Nothing("the Provenance has no target".to_owned());
    }
    let references = || targets.iter().filter_map(|target| target.str("reference"));
    if references().any(|reference| is_version_of(relative(reference), resource)) {
        return Concern::ThisVersion;
    }
    let own = resource.resource_type().zip(resource.str("id")).map(|(name, id)| format!("{name}/{id}"));
    let of_this = |reference: &&str| own.as_deref() == Some(unversioned(relative(reference)));
    match references().find(of_this) {
        Some(reference) if versioned(reference).is_some() => Concern::OtherVersion(reference.to_owned()),
        Some(_) => Concern::AnyVersion,
        None => {
            let named: Vec<_> = references().take(3).collect();
            Concern::Nothing(format!(
                "the Provenance is about {:?}, not about this {} and version",
                named.join(", "),
                resource.resource_type().unwrap_or("resource")
            ))
        }
    }
}

/// An absolute reference without the server's base: its last parts are `Type/id` or `Type/id/_history/version`.
fn relative(reference: &str) -> &str {
    if !reference.contains("://") {
        return reference;
    }
    let parts = if versioned(reference).is_some() { 4 } else { 2 };
    let start = reference.rmatch_indices('/').nth(parts - 1).map_or(0, |(at, _)| at + 1);
    &reference[start..]
}

/// The certificate belongs to who the Signature says signed.
pub(super) fn check_identity(purpose: Purpose, place: &Place<'_>, token: &Token, findings: &mut Findings) {
    let Some(who) = place.signature.get("who").and_then(Party::from_reference) else {
        findings.invalid(
            Aspect::Identity,
            "signer-missing",
            "the signature does not say who signed, with reference and identifier (Signature.who)",
        );
        return;
    };
    if (purpose.is_by_device() && who.identifier_system != "urn:ietf:rfc:3986")
        || token.chain().san_uri() != Some(who.identifier_value.as_str())
    {
        findings.invalid(
            Aspect::Identity,
            "other-signer",
            format!(
                "the signature names {} as signer, the certificate belongs to {}",
                who.identifier_value,
                token.chain().san_uri().unwrap_or("nobody that can be named")
            ),
        );
    }
}

/// Cross-checks header, Signature, Provenance and payload of one of Attesta's own signatures.
pub(super) fn check(
    purpose: Purpose,
    place: &Place<'_>,
    token: &Token,
    labels_added: bool,
    trust: &Trust<'_>,
    findings: &mut Findings,
) {
    let Some((_, qualifier)) = token.commitment() else { return };
    signature_follows(purpose, place, token, findings);
    if labels_added {
        findings.indeterminate(
            Aspect::Linkage,
            "labels-added",
            "labels were added to meta after the signature (tag, security or profile); the content is intact",
        );
    }
    if let (Purpose::Source, true, Some(provenance)) = (purpose, place.is_document(), place.provenance) {
        return document::check(place, provenance, qualifier, trust, findings);
    }
    for (element, reason) in complete::gaps(place.resource) {
        findings.invalid(
            Aspect::Linkage,
            "response-incomplete",
            format!("QuestionnaireResponse.{element} {reason}"),
        );
    }
    if TakenOver::stated(qualifier).is_err() || (purpose.is_capture() && qualifier.get(CAPTURED_BY).is_some())
    {
        findings.invalid(
            Aspect::Linkage,
            "taken-over-unclear",
            "the signed header does not state clearly from which device, and in which emergency export, the record came",
        );
    }
    let mut tolerated = Vec::new();
    match (purpose.is_capture(), place.provenance) {
        (true, None) => capture(place.resource, qualifier, trust, findings),
        (false, Some(provenance)) => tolerated = persistence(place, provenance, token, qualifier, findings),
        (false, None) | (true, Some(_)) => findings.invalid(
            Aspect::Linkage,
            "wrong-purpose",
            format!("a {} does not belong here ({})", purpose.display(), place.location),
        ),
    }
    linked(purpose, &tolerated, TakenOver::stated(qualifier).ok().flatten(), findings);
}

/// Says why everything belongs together, unless something does not.
fn linked(
    purpose: Purpose,
    tolerated: &[Tolerance],
    taken_over: Option<TakenOver<'_>>,
    findings: &mut Findings,
) {
    if findings.is_flawed(Aspect::Linkage) {
        return;
    }
    if let Some(TakenOver { captured_by, export }) = taken_over {
        findings.valid(
            Aspect::Linkage,
            "linked-taken-over",
            format!(
                "the patient signed on the device {captured_by}, and the device that proves what the server keeps took \
                 the record over from its emergency export {export}, as the signed header states"
            ),
        );
    }
    if !tolerated.is_empty() {
        let names: Vec<_> = tolerated.iter().map(|one| one.name()).collect();
        findings.valid(
            Aspect::Linkage,
            "linked-tolerated",
            format!(
                "the server changed the Provenance as the signed header allows ({}); without that change, Provenance, \
                 signature and response agree in target, activity, persons and certificates",
                names.join(", ")
            ),
        );
        return;
    }
    let reason = if purpose.is_capture() {
        "signature and response agree in person, purpose and context"
    } else {
        "Provenance, signature and response agree in target, activity, persons and certificates"
    };
    findings.valid(Aspect::Linkage, "linked", reason);
}

/// The Signature datatype is what the header and the payload make it.
fn signature_follows(purpose: Purpose, place: &Place<'_>, token: &Token, findings: &mut Findings) {
    let actual = place.signature;
    let who = actual.get("who").and_then(Party::from_reference);
    let data = actual.str("data").and_then(from_base64).and_then(|data| String::from_utf8(data).ok());
    let (Some(issued_at), Some(who), Some(data)) = (token.issued_at(), who, data) else { return };
    let source = place.resource.get("source").and_then(Party::from_reference);
    let witnesses = purpose.is_capture() && purpose.is_by_device();
    let on_behalf_of = source.as_ref().filter(|_| witnesses);
    if purpose == Purpose::Author && source.as_ref() != Some(&who) {
        findings.invalid(
            Aspect::Linkage,
            "source-mismatch",
            "the author's signature is not by the person who gave the answers (QuestionnaireResponse.source)",
        );
    }
    let mut must_be = signature(purpose, issued_at, &who, on_behalf_of, &data);
    if let Some(members) = must_be.as_object_mut() {
        let form = token.uri(purpose.canonicalization());
        members.insert("targetFormat", format!("{}{form}", token.target_format()));
        members.insert("sigFormat", token.signature_format());
    }
    compare(&must_be, actual, &place.location, "signature-mismatch", findings);
}

fn capture(response: &Value, qualifier: &Value, trust: &Trust<'_>, findings: &mut Findings) {
    const TEXTS: [&str; 8] = [
        "printedName",
        "meaning",
        "signedAt",
        "subjectId",
        "authentication",
        "pinSetAt",
        "language",
        "application",
    ];
    const HASHES: [&str; 4] = ["questionnaireS256", "displayS256", "configurationS256", "numberTextS256"];
    let is_hash =
        |name: &str| qualifier.str(name).and_then(from_base64url).is_some_and(|hash| hash.len() == 32);
    let is_text = |name: &str| qualifier.str(name).is_some_and(|text| !text.trim().is_empty());
    for name in TEXTS
        .into_iter()
        .filter(|name| !is_text(name))
        .chain(HASHES.into_iter().filter(|name| !is_hash(name)))
    {
        findings.invalid(
            Aspect::Linkage,
            "header-incomplete",
            format!("the signed header does not state {name} as it must"),
        );
    }
    let subject = response.get("subject").and_then(Party::from_reference);
    if subject.is_some_and(|subject| Some(subject.identifier_value.as_str()) != qualifier.str("subjectId")) {
        findings.invalid(
            Aspect::Linkage,
            "subject-mismatch",
            "the subject of the response is not the one in the signed header (subjectId)",
        );
    }
    if response.str("language") != qualifier.str("language") {
        findings.invalid(
            Aspect::Linkage,
            "language-mismatch",
            "the language of the response is not the one in the signed header",
        );
    }
    if let Some(questionnaire) = trust.questionnaire {
        let hash = crate::payload::number_text_s256(questionnaire);
        if qualifier.str("questionnaireS256") != Some(hash.as_str()) {
            findings.invalid(
                Aspect::Linkage,
                "questionnaire-mismatch",
                "the Questionnaire that was given is not the one that was answered (questionnaireS256)",
            );
        }
    }
}

/// Gives what the server changed as the signed header allows it.
fn persistence(
    place: &Place<'_>,
    provenance: &Value,
    token: &Token,
    qualifier: &Value,
    findings: &mut Findings,
) -> Vec<Tolerance> {
    let target = qualifier.str("target").unwrap_or_default();
    if !is_version_of(target, place.resource) {
        findings.invalid(
            Aspect::Linkage,
            "target-mismatch",
            format!("the signed header is about {target:?}, not about this response and version"),
        );
    }
    let earlier = qualifier.str("revisionOf");
    let sound = match (qualifier.str("activity"), earlier) {
        (Some("CREATE"), None) => true,
        (Some("UPDATE"), Some(earlier)) => earlier != target && same_resource(earlier, target),
        _ => false,
    };
    if !sound {
        findings.invalid(
            Aspect::Linkage,
            "activity-mismatch",
            "the signed header does not state a creation, or an update of an earlier version of this response",
        );
    }
    let tolerances = Tolerance::stated(qualifier).unwrap_or_else(|name| {
        findings.invalid(
            Aspect::Linkage,
            "tolerance-unknown",
            format!("the signed header tolerates {name}, which is no change that this program can take back"),
        );
        Vec::new()
    });
    let must_be = expected(place.resource, place.signature, token, Shape::of(place.resource, provenance));
    let (undone, applied) = match &must_be {
        Ok(must_be) => undo(&tolerances, must_be, provenance),
        Err(_) => (Cow::Borrowed(provenance), Vec::new()),
    };
    provenance_follows(must_be, place, &undone, findings);
    applied
}

/// The Provenance is what was signed makes it; the error names what is missing for that.
pub(super) fn provenance_follows(
    must_be: Result<Value, &'static str>,
    place: &Place<'_>,
    provenance: &Value,
    findings: &mut Findings,
) {
    match must_be {
        Ok(must_be) => {
            let mut actual = provenance.clone();
            if let Some(members) = actual.as_object_mut() {
                // The server's own; nothing rests on them.
                members.remove("id");
                match must_be.get("meta") {
                    Some(meta) => _ = members.insert("meta", meta.clone()),
                    None => _ = members.remove("meta"),
                }
                members.insert("signature", array![place.signature]);
            }
            compare(&must_be, &actual, "Provenance", "provenance-mismatch", findings);
        }
        Err(element) => findings.invalid(
            Aspect::Linkage,
            "provenance-mismatch",
            format!("{element} is missing, so the Provenance cannot be compared with what was signed"),
        ),
    }
}

/// The device that sealed what the server kept is the device that sealed what the patient signed; or it states, signed,
/// from which one it took the record over, and that is the one.
pub(super) fn same_device(captures: &[Examined], persistence: &mut Examined) {
    let taken_over = persistence.captured_by();
    for capture in captures.iter().filter(|one| !one.is_persistence()) {
        let belongs = match &taken_over {
            None => capture.who == persistence.who,
            // One device takes nothing over from itself.
            Some(by) => {
                let who = |one: &Examined| one.who.as_ref().map(|who| who.identifier_value.clone());
                who(capture).as_ref() == Some(by) && who(persistence).as_ref() != Some(by)
            }
        };
        if !belongs {
            persistence.findings.invalid(
                Aspect::Linkage,
                "device-mismatch",
                "the capture signature and the Provenance are by different devices",
            );
        }
        if let (Some(captured), Some(persisted)) = (capture.issued_at, persistence.issued_at)
            && captured > later(persisted)
        {
            persistence.findings.indeterminate(
                Aspect::Time,
                "order-of-signatures",
                "the Provenance claims to be older than the signature that it covers: the device's clock was changed",
            );
        }
    }
}

/// Names every element that does not follow from what was signed.
fn compare(must_be: &Value, actual: &Value, location: &str, code: &'static str, findings: &mut Findings) {
    for difference in differences(must_be, actual) {
        let path = match difference.path.strip_prefix("$this") {
            Some(rest) => format!("{location}{rest}"),
            None => difference.path,
        };
        let reason = match (difference.sent, difference.returned) {
            (Some(signed), Some(found)) => {
                format!("{path} is {}, but what was signed says {}", shown(&found), shown(&signed))
            }
            (Some(signed), None) => format!("{path} is missing; what was signed says {}", shown(&signed)),
            (None, _) => format!("{path} is not covered by the signature"),
        };
        findings.invalid(Aspect::Linkage, code, reason);
    }
}

fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_json();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}…")
}
