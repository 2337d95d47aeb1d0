//! Signatures of other systems, such as HL7's Da Vinci `CDex` guide: less is covered, and less can be said.

use jiff::Timestamp;

use crate::rfc3339;
use crate::signature::utc;
use crate::verify::evidence::Stamped;
use crate::verify::sealed::Place;
use crate::verify::{Aspect, Findings, Token, Trust, time};

/// Checks what can be checked; gives back the best time that the signature claims. Where the Signature is covered too
/// (`signature_covered`), its `when` is as good as a time in the header.
pub(super) fn check(
    place: &Place<'_>,
    token: &Token,
    signature_covered: bool,
    stamped: Option<&Stamped>,
    trust: &Trust<'_>,
    findings: &mut Findings,
) -> Option<Timestamp> {
    identity(place, token, findings);
    findings.indeterminate(
        Aspect::Linkage,
        "not-covered",
        "the signed header does not say for which resource, person and purpose the signature was made",
    );
    purpose(place, token, findings);
    let when = place.signature.str("when").and_then(rfc3339);
    let covered = token.issued_at();
    if let Some(covered) = covered
        && when.map(Timestamp::as_second) != Some(covered.as_second())
    {
        findings.invalid(
            Aspect::Linkage,
            "when-mismatch",
            format!("Signature.when is not the time in the signed header ({covered})"),
        );
    }
    let issued_at = covered.or(when);
    let is_covered = covered.is_some() || signature_covered;
    match issued_at {
        // A certificate that begins after the claimed time was issued again for the same key: the claim proves nothing.
        Some(issued_at) if issued_at < token.chain().not_before() => findings.indeterminate(
            Aspect::Time,
            "certificate-not-yet-valid",
            format!(
                "the signature claims {}, but its certificate begins only at {}: when it was really made is not known",
                utc(issued_at),
                token.chain().not_before()
            ),
        ),
        Some(issued_at) => {
            time::within_validity(token, None, issued_at, trust, findings);
            // A time stamp is over the signature, so it says nothing for a time that the signature does not cover.
            let stamped = stamped.filter(|_| is_covered);
            if stamped.is_some_and(|stamped| time::is_proven(token, None, issued_at, stamped, findings)) {
                return Some(issued_at);
            }
            let whose = match covered {
                Some(_) => "the signed header",
                None if is_covered => "Signature.when, which is signed,",
                None => "Signature.when, which is not signed,",
            };
            findings.indeterminate(
                Aspect::Time,
                "time-only-claimed",
                format!("{} is what {whose} claims; nothing else speaks for it", utc(issued_at)),
            );
        }
        None => findings.indeterminate(Aspect::Time, "no-time", "nothing says when the signature was made"),
    }
    issued_at
}

/// Whether the Signature states the purpose that the signed header states.
fn purpose(place: &Place<'_>, token: &Token, findings: &mut Findings) {
    let stated = |code| place.signature.list("type").iter().any(|one| one.str("code") == Some(code));
    if let Some(code) = token.commitment_type()
        && !stated(code)
    {
        findings.invalid(
            Aspect::Linkage,
            "purpose-mismatch",
            format!("the signed header states the purpose {code}, Signature.type another"),
        );
    }
}

/// Whether the certificate names who the Signature says signed.
fn identity(place: &Place<'_>, token: &Token, findings: &mut Findings) {
    let who = place.signature.get("who");
    let identifier = who.and_then(|who| who.get("identifier")).and_then(|identifier| identifier.str("value"));
    let reference = who.and_then(|who| who.str("reference"));
    let uris = &token.chain().leaf().uris;
    if !uris.iter().any(|uri| Some(uri.as_str()) == identifier || Some(uri.as_str()) == reference) {
        findings.indeterminate(
            Aspect::Identity,
            "signer-unmatched",
            "the certificate does not name, as a URI, the person or device that the signature names (Signature.who)",
        );
    }
}
