//! One signature: is the content exactly what was signed, and by whom, when, for what?

use std::borrow::Cow;

use fhir::canonical::Selection;
use fhir::{Value, Version};
use jiff::Timestamp;

use crate::payload::{self, Canonicalization};
use crate::signature::{Purpose, utc};
use crate::verify::certification::Times;
use crate::verify::evidence::Held;
use crate::verify::{
    Aspect, Findings, SignatureReport, Token, Trust, certification, document, foreign, linkage, time,
    token::TokenError,
};
use crate::{CertificateChain, Party};

/// Where a signature stands.
pub(super) struct Place<'a> {
    /// What it covers.
    pub(super) resource: &'a Value,
    /// The Signature datatype.
    pub(super) signature: &'a Value,
    pub(super) location: String,
    /// The Provenance that holds it; `None` when the resource holds it itself.
    pub(super) provenance: Option<&'a Value>,
    /// When the server says that it stored the resource.
    pub(super) recorded: Option<Timestamp>,
}

impl Place<'_> {
    /// Whether it is the signature over a document, in a Provenance of the Gravitate-Health guide.
    pub(super) fn is_document(&self) -> bool {
        self.resource.resource_type() == Some("Bundle") && self.provenance.is_some_and(document::is_anchored)
    }
}

/// What was found about one signature.
pub(super) struct Examined {
    pub(super) findings: Findings,
    pub(super) who: Option<Party>,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) token: Option<Token>,
    /// The exact bytes that the signature covers.
    pub(super) payload: Option<Vec<u8>>,
    /// Who signed, where the reference is not complete: its identifier or its literal reference.
    named: Option<String>,
    kind: &'static str,
    location: String,
    canonicalization: Option<String>,
}

/// How a signature fits.
struct Fit {
    /// Only without some of `meta.tag`, `meta.security` and `meta.profile`.
    labels_added: bool,
    /// The exact bytes that it covers.
    payload: Vec<u8>,
}

/// Examines one signature under all five aspects.
pub(super) fn examine(place: &Place<'_>, trust: &Trust<'_>) -> Examined {
    let mut findings = Findings::default();
    let who = place.signature.get("who").and_then(Party::from_reference);
    let mut examined = Examined {
        findings: Findings::default(),
        who,
        issued_at: None,
        token: None,
        payload: None,
        named: named(place.signature),
        kind: "foreign",
        location: place.location.clone(),
        canonicalization: None,
    };
    match read(place, trust) {
        Err(error) if error.code == "certificate-missing" => {
            findings.indeterminate(Aspect::Signature, error.code, error.reason);
        }
        Err(error) => findings.invalid(Aspect::Signature, error.code, error.reason),
        Ok(mut token) => {
            token.take_evidence(trust.evidence);
            examined.token(place, &token, trust, &mut findings);
            examined.token = Some(token);
        }
    }
    examined.findings = findings;
    examined
}

impl Examined {
    /// What can be said of a signature that could be read.
    fn token(&mut self, place: &Place<'_>, token: &Token, trust: &Trust<'_>, findings: &mut Findings) {
        let purpose = own_purpose(token);
        self.kind = match purpose {
            Some(Purpose::Source) if place.is_document() => "document",
            Some(Purpose::Source) => "persistence",
            Some(_) => "capture",
            None => "foreign",
        };
        let fit = canonicalization(place, token, findings).and_then(|(form, covered_by_header)| {
            let source = if covered_by_header { "signed header" } else { "targetFormat, not signed" };
            self.canonicalization = Some(format!("{} ({source})", token.uri(form)));
            signature(place, token, form, findings)
        });
        let labels_added = fit.as_ref().is_some_and(|fit| fit.labels_added);
        self.payload = fit.map(|fit| fit.payload);
        let evidence = Held::read(token, trust, findings);
        let trust = &evidence.beside(trust);
        let path = certification::check(token, evidence.certificates(), trust, findings);
        let stamped = evidence.check(token, self.payload.as_deref(), trust, findings);
        match purpose {
            Some(purpose) => {
                self.issued_at = token.issued_at();
                linkage::check_identity(purpose, place, token, findings);
                linkage::check(purpose, place, token, labels_added, trust, findings);
                if place.is_document() {
                    document::check_time(place, token, path.as_ref(), stamped.as_ref(), trust, findings);
                } else {
                    time::check(purpose, place, token, path.as_ref(), stamped.as_ref(), trust, findings);
                }
            }
            None => self.issued_at = foreign::check(place, token, stamped.as_ref(), trust, findings),
        }
        let times = Times { claimed: self.issued_at, proven: stamped.as_ref() };
        certification::check_revocation(path.as_ref(), times, trust, findings);
    }
}

/// `Signature.who` as far as it names anybody.
fn named(signature: &Value) -> Option<String> {
    let who = signature.get("who")?;
    let identifier = who.get("identifier").and_then(|identifier| identifier.str("value"));
    identifier.or(who.str("reference")).map(str::to_owned)
}

/// The token inside a Signature datatype. Where it brings no certificates, the verifier's are tried one after another:
/// the first whose key made the signature counts.
fn read(place: &Place<'_>, trust: &Trust<'_>) -> Result<Token, TokenError> {
    let error = match Token::read(place.signature, None) {
        Err(error) if error.code == "certificate-missing" => error,
        read => return read,
    };
    let mut first = None;
    for chain in trust.certificates {
        let token = Token::read(place.signature, Some(chain));
        let fits = |token: &Token| {
            let form = canonicalization(place, token, &mut Findings::default());
            form.is_some_and(|(form, _)| signature(place, token, form, &mut Findings::default()).is_some())
        };
        if token.as_ref().is_ok_and(fits) {
            return token;
        }
        first.get_or_insert(token);
    }
    first.unwrap_or(Err(error))
}

/// What one of Attesta's own signatures was made for; `None` for a signature in another form, about which the header
/// says less.
fn own_purpose(token: &Token) -> Option<Purpose> {
    let (oid, qualifier) = token.commitment()?;
    let own =
        token.canon().is_some() && token.thumbprint().is_some() && qualifier.str("numberTextS256").is_some();
    let purpose = Purpose::ALL.into_iter().find(|purpose| own && purpose.oid() == oid)?;
    let dated = match purpose {
        // With `iat` it is the signature of an organization that transmits.
        Purpose::Verification => token.states_signing_time() && !token.states_time(),
        _ => token.states_time(),
    };
    dated.then_some(purpose)
}

/// Which form is covered, and whether the signed header says so.
fn canonicalization(
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

/// What the signature is about: a signature inside a Bundle cannot cover itself, and HL7's own example leaves the whole
/// element out.
fn covered_resource<'a>(place: &Place<'a>) -> Cow<'a, Value> {
    if place.provenance.is_some() || place.resource.resource_type() != Some("Bundle") {
        return Cow::Borrowed(place.resource);
    }
    let mut unsigned = place.resource.clone();
    if let Some(members) = unsigned.as_object_mut() {
        members.remove("signature");
    }
    Cow::Owned(unsigned)
}

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
fn signature(
    place: &Place<'_>,
    token: &Token,
    form: Canonicalization,
    findings: &mut Findings,
) -> Option<Fit> {
    let whole = covered_resource(place);
    let resource = form.prepared(&whole);
    let by_header = if token.canon().is_some() {
        ""
    } else {
        "; which form was signed is taken from targetFormat, which the signature does not cover"
    };
    let Some(Fitting { reading, payload, number_text, labels_added }) = fitting(&resource, form, token)
    else {
        mismatch(&form.covered(&resource), token, findings);
        return None;
    };
    let name = token.algorithm();
    let reason = if labels_added {
        format!("the content is what was signed ({name}); labels in meta came later")
    } else {
        format!("the content is exactly what was signed ({name}, {reading}){by_header}")
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
    Some(Fit { labels_added, payload })
}

/// The signature does not fit; the header's own hash of the content tells which side was changed.
fn mismatch(elements: &Selection<'_>, token: &Token, findings: &mut Findings) {
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
        Some(_) if !has_signed_number_text(elements, token) => (
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

impl Examined {
    /// Whether it was made under a profile that has no Provenance: the signature in the response is all there is.
    pub(super) fn stands_alone(&self) -> bool {
        self.token.as_ref().and_then(own_purpose) == Some(Purpose::Verification)
    }

    pub(super) fn location(&self) -> &str {
        &self.location
    }

    /// Whether another system made it, or it could not be read.
    pub(super) fn is_foreign(&self) -> bool {
        self.kind == "foreign"
    }

    pub(super) fn report(self) -> SignatureReport {
        let token = self.token.as_ref();
        let chain = token.map(Token::chain);
        let qualifier = token.and_then(Token::commitment).map(|(_, qualifier)| qualifier);
        let text = |name: &str| qualifier.and_then(|qualifier| qualifier.str(name)).map(str::to_owned);
        SignatureReport {
            kind: self.kind,
            token: token.map(Token::kind),
            level: token.and_then(Token::level),
            location: self.location,
            printed_name: text("printedName"),
            meaning: text("meaning"),
            signed_at: text("signedAt").or_else(|| self.issued_at.map(utc)),
            who: self.who.map(|who| who.identifier_value).or(self.named),
            algorithm: token.map(Token::algorithm),
            thumbprint: chain.map(CertificateChain::thumbprint_hex),
            subject: chain.map(|chain| chain.subject().to_owned()),
            certificate_until: chain.map(|chain| utc(chain.not_after())),
            canonicalization: self.canonicalization,
            verdicts: self.findings.conclude(),
        }
    }
}
