//! The content that one signature covers: in which form it was signed, and whether it is still exactly that.

use std::borrow::Cow;

use fhir::canonical::Selection;
use fhir::{Value, Version};

use crate::payload::{self, Canonicalization};
use crate::verify::sealed::Place;
use crate::verify::{Aspect, Findings, Token};

/// How a signature fits.
pub(super) struct Fit {
    /// Only without some of `meta.tag`, `meta.security` and `meta.profile`.
    pub(super) labels_added: bool,
    /// The Signature itself is covered too, but for its `data`.
    pub(super) signature_covered: bool,
    /// The exact bytes that it covers.
    pub(super) payload: Vec<u8>,
}

/// Which form is covered, and whether the signed header says so.
pub(super) fn canonicalization(
    place: &Place<'_>,
    token: &Token,
    findings: &mut Findings,
) -> Option<(Canonicalization, bool)> {
    let target_format = place.signature.str("targetFormat").unwrap_or_default();
    let named = target_format.strip_prefix(token.target_format());
    let header = token.canon();
    let uri = match (header, named) {
        (Some(header), Some(named)) if header == named => header,
        (None, Some(named)) => named,
        (Some(header), _) => {
            findings.invalid(
                Aspect::Signature,
                "canonicalization-mismatch",
                format!("the signed header names the form {header}, the signature's targetFormat {target_format:?}"),
            );
            return None;
        }
        (None, None) => {
            findings.invalid(
                Aspect::Signature,
                "canonicalization-missing",
                "neither the signed header nor targetFormat names the form that is covered",
            );
            return None;
        }
    };
    let form = token.form(uri);
    if form.is_none() {
        findings.indeterminate(
            Aspect::Signature,
            "canonicalization-unknown",
            format!("the form {uri} is not one that this program knows"),
        );
    }
    form.map(|form| (form, header.is_some()))
}

/// What the signature may be about, each with its name. A signature inside a Bundle cannot cover itself: HL7's own
/// example in JSON leaves the whole element out, the one in XML `Signature.data` alone.
fn covered_resources<'a>(place: &Place<'a>) -> Vec<(&'static str, Cow<'a, Value>)> {
    if place.provenance.is_some() || place.resource.resource_type() != Some("Bundle") {
        return vec![("", Cow::Borrowed(place.resource))];
    }
    let (mut unsigned, mut without_data) = (place.resource.clone(), place.resource.clone());
    if let Some(members) = unsigned.as_object_mut() {
        members.remove("signature");
    }
    let signature = without_data.as_object_mut().and_then(|members| members.get_mut("signature"));
    if let Some(members) = signature.and_then(Value::as_object_mut) {
        members.remove("data");
    }
    vec![(", without Bundle.signature", Cow::Owned(unsigned)), (SIGNATURE_COVERED, Cow::Owned(without_data))]
}

/// The reading of a Bundle in which everything in its signature but the token is covered.
const SIGNATURE_COVERED: &str = ", with Bundle.signature but for its data";

/// The reading of a form under which the signature fits.
struct Fitting {
    reading: String,
    payload: Vec<u8>,
    /// Whether the text of the numbers is what was signed, where the header says what that was.
    number_text: bool,
    labels_added: bool,
}

/// Tries the readings in a fixed order: RFC 8785, then number text kept; stripped at the root (R4, R5), then in every
/// resource (R6); last, without labels that came later.
fn fitting(resource: &Value, form: Canonicalization, token: &Token) -> Option<Fitting> {
    let root = form.covered(resource);
    let fits = |elements: &Selection<'_>, stripped: &str, labels_added: bool| {
        let (reading, payload) = reading(elements, token)?;
        let reading = format!("{reading}{stripped}");
        Some(Fitting { reading, payload, number_text: has_signed_number_text(elements, token), labels_added })
    };
    if let Some(fitting) = fits(&root, "", false) {
        return Some(fitting);
    }
    if let Some(everywhere) = form.covered_recursively(resource)
        && let Some(fitting) =
            fits(&(&everywhere).into(), ", the resources inside stripped too, as R6 reads the form", false)
    {
        return Some(fitting);
    }
    without_labels(&root.to_value(), form).iter().find_map(|elements| fits(&elements.into(), "", true))
}

/// In which canonical form of these elements the signature fits: RFC 8785, number text kept; C14N 1.1 of R4, of R5. And
/// that form's bytes.
fn reading(elements: &Selection<'_>, token: &Token) -> Option<(&'static str, Vec<u8>)> {
    let covered = |bytes: Vec<u8>| token.covers(&bytes).then_some(bytes);
    let named = |name, bytes: Option<Vec<u8>>| Some((name, bytes?));
    match token {
        Token::Xml(_) => {
            let elements = elements.to_value();
            let c14n =
                |version| payload::c14n(&elements, version).ok().and_then(|text| covered(text.into_bytes()));
            named("C14N 1.1 of FHIR R4's XML", c14n(Version::R4))
                .or_else(|| named("C14N 1.1 of FHIR R5's XML", c14n(Version::R5)))
        }
        // The token that is no JWS belongs to Bundles alone (`verify_bundle`).
        Token::NonRfc(_) => None,
        Token::Jws(_) => {
            let jcs = elements.jcs().ok().and_then(|text| covered(text.into_bytes()));
            named("RFC 8785", jcs).or_else(|| {
                let bytes = covered(elements.number_text().into_bytes());
                named("FHIR R4's form with number text kept", bytes)
            })
        }
    }
}

/// Whether the text of the numbers is what the header says that it was; true where it says nothing.
fn has_signed_number_text(elements: &Selection<'_>, token: &Token) -> bool {
    signed_number_text(token).is_none_or(|signed| signed == payload::number_text_s256(elements.clone()))
}

/// Whether the key signed this content in this form.
pub(super) fn signature(
    place: &Place<'_>,
    token: &Token,
    form: Canonicalization,
    findings: &mut Findings,
) -> Option<Fit> {
    let resources = covered_resources(place);
    let found = resources.iter().find_map(|(extent, whole)| {
        fitting(&form.prepared(whole), form, token).map(|fitting| (*extent, fitting))
    });
    let Some((extent, Fitting { reading, payload, number_text, labels_added })) = found else {
        let prepared: Vec<_> = resources.iter().map(|(_, whole)| form.prepared(whole)).collect();
        mismatch(&prepared.iter().map(|one| form.covered(one)).collect::<Vec<_>>(), token, findings);
        return None;
    };
    let signature_covered = extent == SIGNATURE_COVERED;
    let by_header = if token.canon().is_some() || signature_covered {
        ""
    } else {
        "; which form was signed is taken from targetFormat, which the signature does not cover"
    };
    let name = token.algorithm();
    let reason = if labels_added {
        format!("the content is what was signed ({name}); labels in meta came later")
    } else {
        format!("the content is exactly what was signed ({name}, {reading}{extent}){by_header}")
    };
    if number_text {
        findings.valid(Aspect::Signature, "content-as-signed", reason);
    } else {
        findings.invalid(
            Aspect::Signature,
            "value-text-altered",
            "the text of a number was altered (such as 1.10 to 1.1): numberTextS256 in the signed header differs",
        );
    }
    Some(Fit { labels_added, signature_covered, payload })
}

/// The signature fits none of these; the header's own hash of the content tells which side was changed.
fn mismatch(readings: &[Selection<'_>], token: &Token, findings: &mut Findings) {
    let Some(elements) = readings.first() else { return };
    let c14n = |version| payload::c14n(&elements.to_value(), version);
    if let Token::Xml(_) = token
        && let (Err(error), Err(_)) = (c14n(Version::R4), c14n(Version::R5))
    {
        let reason =
            format!("the content is neither FHIR R4 nor R5, so it cannot be what was signed as XML: {error}");
        findings.invalid(Aspect::Signature, "content-not-xml", reason);
        return;
    }
    if let (Token::Jws(_), Err(error)) = (token, elements.jcs()) {
        findings.invalid(Aspect::Signature, "number-out-of-range", error.to_string());
        return;
    }
    let (code, reason) = match signed_number_text(token) {
        Some(_) if !readings.iter().any(|one| has_signed_number_text(one, token)) => (
            "content-altered",
            "the content is not what was signed: it differs from the hash in the signature's own header",
        ),
        Some(_) => (
            "header-altered",
            "the content fits, but the signature's header or its bytes were altered, or another key made it",
        ),
        None => (
            "signature-mismatch",
            "the content, the signature's header or its bytes were altered, or another key made it",
        ),
    };
    findings.invalid(Aspect::Signature, code, reason);
}

fn signed_number_text(token: &Token) -> Option<&str> {
    token.commitment()?.1.str("numberTextS256")
}

/// `$meta-add` changes labels without making a version: the same resource without each choice of its labels.
fn without_labels(elements: &Value, form: Canonicalization) -> Vec<Value> {
    const LABELS: [&str; 3] = ["tag", "security", "profile"];
    let Some(meta) = elements.get("meta").and_then(Value::as_object) else { return Vec::new() };
    if form != Canonicalization::Json || LABELS.iter().all(|label| !meta.contains(label)) {
        return Vec::new();
    }
    (1..8_u8)
        .filter(|choice| (0..3).all(|bit| choice & (1 << bit) == 0 || meta.contains(LABELS[bit])))
        .map(|choice| {
            let mut reduced = elements.clone();
            let meta =
                reduced.as_object_mut().and_then(|root| root.get_mut("meta")).and_then(Value::as_object_mut);
            if let Some(meta) = meta {
                for (bit, label) in LABELS.into_iter().enumerate() {
                    if choice & (1 << bit) != 0 {
                        meta.remove(label);
                    }
                }
            }
            reduced
        })
        .collect()
}
