//! Time: when was it signed, and does everything that is dated agree?
//!
//! The best time is that of the earliest time stamp by a trusted authority: the signature existed before it. Without one,
//! or a cosigned checkpoint, it is the device's own claim, `iat`. That counts as valid when nothing contradicts it: the
//! certificates were valid then, no later event is dated earlier, the server stored the response at about that time. A
//! key that was revoked since could have made the claim up: that shows under revocation, as indeterminate.

use fhir::Value;
use jiff::Timestamp;

use crate::certificate::Path;
use crate::rfc3339;
use crate::signature::{Purpose, utc};
use crate::verify::evidence::Stamped;
use crate::verify::sealed::Place;
use crate::verify::{Aspect, CLOCK_TOLERANCE, Findings, Token, Trust};

/// Checks the claimed time of one of Attesta's own signatures.
pub(super) fn check(
    purpose: Purpose,
    place: &Place<'_>,
    token: &Token,
    path: Option<&Path>,
    stamped: Option<&Stamped>,
    trust: &Trust<'_>,
    findings: &mut Findings,
) {
    let Some(issued_at) = token.issued_at() else {
        findings.invalid(Aspect::Time, "no-time", "the signed header has no time (iat)");
        return;
    };
    within_validity(token, path, issued_at, trust, findings);
    if let Some((_, qualifier)) = token.commitment()
        && purpose.is_capture()
    {
        dates_agree(place.resource, qualifier, issued_at, findings);
    }
    let proven = stamped.is_some_and(|stamped| is_proven(token, path, issued_at, stamped, findings));
    match place.recorded {
        None if proven => {}
        None => findings.indeterminate(
            Aspect::Time,
            "time-only-claimed",
            format!(
                "{} is what the device claims; no server's time speaks for or against it",
                utc(issued_at)
            ),
        ),
        Some(recorded) => {
            let contradicts =
                if purpose.is_capture() { issued_at > later(recorded) } else { later(issued_at) < recorded };
            if contradicts {
                findings.indeterminate(
                    Aspect::Time,
                    "clocks-disagree",
                    format!(
                        "the device claims {}, the server says it stored the response at {recorded}; the clocks differ \
                         by more than {} minutes",
                        utc(issued_at),
                        CLOCK_TOLERANCE.as_mins()
                    ),
                );
            } else if !proven {
                findings.valid(
                    Aspect::Time,
                    "time-claimed",
                    format!(
                        "{}, claimed by the device, while its certificate was valid; the server stored the response at \
                         {recorded}",
                        utc(issued_at)
                    ),
                );
            }
        }
    }
}

/// Two times in one header (`iat`, and `sigT` of JAdES before it) are the same second.
pub(crate) fn stated_once(token: &Token, findings: &mut Findings) {
    if let (Some(issued_at), Some(signing_time)) = (token.issued_at(), token.signing_time())
        && issued_at.as_second() != signing_time.as_second()
    {
        let reason =
            format!("the signed header states two times: {issued_at} (iat) and {signing_time} (sigT)");
        findings.invalid(Aspect::Time, "signed-at-mismatch", reason);
    }
}

/// Whether a time stamp shows that the signature was made while its certificates were valid, and after the time that it
/// claims.
pub(crate) fn is_proven(
    token: &Token,
    path: Option<&Path>,
    issued_at: Timestamp,
    stamped: &Stamped,
    findings: &mut Findings,
) -> bool {
    let Stamped { before, authority, .. } = stamped;
    if issued_at > later(*before) {
        findings.indeterminate(
            Aspect::Time,
            "stamped-before-signing",
            format!(
                "the signature claims {}, but existed before {before}, by the time stamp of {authority}",
                utc(issued_at)
            ),
        );
        return false;
    }
    let leaf = std::slice::from_ref(token.chain().leaf());
    let mut certificates = path.map_or(leaf, |path| &path.certificates).iter();
    if let Some(expired) = certificates.find(|certificate| *before > certificate.not_after) {
        // No worse than without it: the claim stands alone.
        findings.valid(
            Aspect::Time,
            "stamped-after-expiry",
            format!(
                "the time stamp of {authority} came after the certificate of {} had expired, so it does not prove that the signature was made before",
                expired.subject
            ),
        );
        return false;
    }
    findings.valid(
        Aspect::Time,
        "time-stamped",
        format!(
            "claimed for {}, and made before {before}, by the time stamp of {authority}; its certificate was valid then",
            utc(issued_at)
        ),
    );
    true
}

/// The certificates were valid when the signature claims to have been made, and that is not in the future.
pub(crate) fn within_validity(
    token: &Token,
    path: Option<&Path>,
    issued_at: Timestamp,
    trust: &Trust<'_>,
    findings: &mut Findings,
) {
    let leaf = std::slice::from_ref(token.chain().leaf());
    for certificate in path.map_or(leaf, |path| &path.certificates) {
        if issued_at < certificate.not_before {
            findings.invalid(
                Aspect::Time,
                "certificate-not-yet-valid",
                format!(
                    "signed at {}, but the certificate of {} begins only at {}",
                    utc(issued_at),
                    certificate.subject,
                    certificate.not_before
                ),
            );
        } else if issued_at > certificate.not_after {
            findings.invalid(
                Aspect::Time,
                "certificate-expired",
                format!(
                    "signed at {}, but the certificate of {} had expired at {}",
                    utc(issued_at),
                    certificate.subject,
                    certificate.not_after
                ),
            );
        }
    }
    if issued_at > later(trust.at) {
        findings.invalid(
            Aspect::Time,
            "in-the-future",
            format!("the signature claims {}, which is after the time of this verification", utc(issued_at)),
        );
    }
}

/// `signedAt` is the same second as `iat`; the answers and the PIN are not younger than the signature.
fn dates_agree(response: &Value, qualifier: &Value, issued_at: Timestamp, findings: &mut Findings) {
    let stated = qualifier.str("signedAt").and_then(rfc3339);
    if stated.map(Timestamp::as_second) != Some(issued_at.as_second()) {
        findings.invalid(
            Aspect::Time,
            "signed-at-mismatch",
            "the local time in the signed header (signedAt) is not the time of the signature (iat)",
        );
    }
    let before = |time: Option<Timestamp>| time.is_some_and(|time| time.as_second() <= issued_at.as_second());
    if !before(qualifier.str("pinSetAt").and_then(rfc3339)) {
        findings.invalid(
            Aspect::Time,
            "pin-set-later",
            "the PIN was set after the signature that it allowed (pinSetAt)",
        );
    }
    if !before(response.str("authored").and_then(rfc3339)) {
        findings.invalid(
            Aspect::Time,
            "authored-later",
            "the answers are dated after their signature (QuestionnaireResponse.authored)",
        );
    }
}

/// The last moment that still agrees with `at`.
pub(crate) fn later(at: Timestamp) -> Timestamp {
    at.saturating_add(CLOCK_TOLERANCE).unwrap_or(at)
}
