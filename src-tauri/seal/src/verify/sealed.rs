//! One signature: what was signed, by whom, when, for what?

use fhir::Value;
use jiff::Timestamp;

use crate::signature::{Purpose, utc};
use crate::verify::certification::Times;
use crate::verify::evidence::Held;
use crate::verify::{
    Aspect, Findings, SignatureReport, Token, Trust, certification, content, document, foreign, linkage,
    time, token::TokenError,
};
use crate::{CertificateChain, Party, TakenOver, Tolerance};

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
        let fit = content::canonicalization(place, token, findings).and_then(|(form, covered_by_header)| {
            let source = if covered_by_header { "signed header" } else { "targetFormat, not signed" };
            self.canonicalization = Some(format!("{} ({source})", token.uri(form)));
            content::signature(place, token, form, findings)
        });
        let labels_added = fit.as_ref().is_some_and(|fit| fit.labels_added);
        let signature_covered = fit.as_ref().is_some_and(|fit| fit.signature_covered);
        self.payload = fit.map(|fit| fit.payload);
        let evidence = Held::read(token, trust, findings);
        let trust = &evidence.beside(trust);
        let path = certification::check(token, evidence.certificates(), trust, findings);
        let stamped = evidence.check(token, self.payload.as_deref(), trust, findings);
        time::stated_once(token, findings);
        if let Some(purpose) = purpose {
            self.issued_at = token.issued_at();
            linkage::check_identity(purpose, place, token, findings);
            linkage::check(purpose, place, token, labels_added, trust, findings);
            if place.is_document() {
                document::check_time(place, token, path.as_ref(), stamped.as_ref(), trust, findings);
            } else {
                time::check(purpose, place, token, path.as_ref(), stamped.as_ref(), trust, findings);
            }
        } else {
            self.issued_at =
                foreign::check(place, token, signature_covered, stamped.as_ref(), trust, findings);
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
            let form = content::canonicalization(place, token, &mut Findings::default());
            form.is_some_and(|(form, _)| {
                content::signature(place, token, form, &mut Findings::default()).is_some()
            })
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

impl Examined {
    /// Whether it was made under a profile that has no Provenance: the signature in the response is all there is.
    pub(super) fn stands_alone(&self) -> bool {
        self.token.as_ref().and_then(own_purpose) == Some(Purpose::Verification)
    }

    /// Whether its own header states the version that the Provenance around it has lost, and that it may lose it.
    pub(super) fn tolerates_lost_version(&self) -> bool {
        let Some(token) = self.token.as_ref().filter(|_| self.kind == "persistence") else { return false };
        let stated = token.commitment().and_then(|(_, qualifier)| Tolerance::stated(qualifier).ok());
        stated.is_some_and(|stated| stated.contains(&Tolerance::ReferencesLoseVersion))
    }

    /// Whether it is the signature over what a server kept.
    pub(super) fn is_persistence(&self) -> bool {
        self.kind == "persistence"
    }

    /// The device whose record the signer states to have taken over.
    pub(super) fn captured_by(&self) -> Option<String> {
        let (_, qualifier) = self.token.as_ref().filter(|_| self.is_persistence())?.commitment()?;
        TakenOver::stated(qualifier).ok()?.map(|stated| stated.captured_by.to_owned())
    }

    pub(super) fn location(&self) -> &str {
        &self.location
    }

    /// What a reader should know about its level.
    pub(super) fn level_note(&self) -> Option<String> {
        let note = self.token.as_ref()?.level_note()?;
        Some(format!("The signature in {}: {note}.", self.location))
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
