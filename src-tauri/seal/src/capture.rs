//! The capture signature: made when the patient signs, offline or not; it travels inside the response, so that no
//! server ever holds an unsigned one.

use std::fmt;

use fhir::canonical::Selection;
use fhir::{Value, array, object};
use jiff::Timestamp;

use crate::payload::{self, Canonicalization, SIGNATURE_EXTENSION};
use crate::profile::cdex;
use crate::signature::{Purpose, SigFormat, signature};
use crate::{CertificateChain, Party, SealError, Signer, jws};

/// What the patient stated, and how the device knows: the qualifiers of the commitment in the protected header.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    /// The signer's printed name (21 CFR 11.50(a)(1)), in ePRO the participant's code.
    pub printed_name: String,
    /// The meaning of the signature (21 CFR 11.50(a)(3)) in the words that the patient saw.
    pub meaning: String,
    /// Local date and time with offset, RFC 3339; the same second as the signature's `iat`.
    pub signed_at: String,
    /// The subject's identifier value, as in `QuestionnaireResponse.subject.identifier`.
    pub subject_id: String,
    /// How the signer was authenticated: `id+pin`.
    pub authentication: String,
    /// When the PIN in use was set, RFC 3339 with offset: a reset by staff shows here.
    pub pin_set_at: String,
    /// The language of the questions and of `meaning`, BCP 47; the same as `QuestionnaireResponse.language`.
    pub language: String,
    /// Base64url SHA-256 of the Questionnaire with number text kept.
    pub questionnaire_s256: String,
    /// Base64url SHA-256 of everything that was shown in `language`.
    pub display_s256: String,
    /// Base64url SHA-256 of the study's configuration.
    pub configuration_s256: String,
    /// The program and its version, such as `Attesta 0.1.0`.
    pub application: String,
}

impl Statement {
    fn qualifiers(&self, number_text_s256: String) -> Value {
        object! {
            "printedName" => &self.printed_name,
            "meaning" => &self.meaning,
            "signedAt" => &self.signed_at,
            "subjectId" => &self.subject_id,
            "authentication" => &self.authentication,
            "pinSetAt" => &self.pin_set_at,
            "language" => &self.language,
            "questionnaireS256" => &self.questionnaire_s256,
            "displayS256" => &self.display_s256,
            "configurationS256" => &self.configuration_s256,
            "numberTextS256" => number_text_s256,
            "application" => &self.application,
        }
    }
}

/// Names a person, so it must not reach a log.
impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement").field("application", &self.application).finish_non_exhaustive()
    }
}

/// Signs a completed response: returns it with the signature extension appended, unchanged otherwise.
///
/// `issued_at` becomes `iat`; `who` is the Device, whose identifier is the URI in the signer's certificate;
/// `on_behalf_of` is the response's `source`.
///
/// # Errors
/// [`SealError::Incomplete`] when something that the signature must cover is missing, contradicts the statement, or is
/// dated outside the certificate's validity; [`SealError::Canonical`] for a number that cannot be signed;
/// [`SealError::Sign`] when the key refuses.
pub fn capture(
    response: &Value,
    statement: &Statement,
    issued_at: Timestamp,
    who: &Party,
    on_behalf_of: &Party,
    signer: &dyn Signer,
) -> Result<Value, SealError> {
    capture_as(response, statement, issued_at, who, on_behalf_of, SigFormat::Jose(signer))
}

/// The same in either format.
///
/// # Errors
/// As [`capture`]; [`SealError::Incomplete`] too when XML cannot carry the response, [`SealError::Certificate`] when its
/// key is not one for the signer's algorithm.
pub fn capture_as(
    response: &Value,
    statement: &Statement,
    issued_at: Timestamp,
    who: &Party,
    on_behalf_of: &Party,
    format: SigFormat<'_>,
) -> Result<Value, SealError> {
    let (covered, qualifiers) = stated(response, statement, issued_at, who, on_behalf_of, format.chain())?;
    let value = format.sign(Purpose::Witness, issued_at, who, Some(on_behalf_of), covered, qualifiers)?;
    Ok(with_signature(response, value))
}

/// Signs a completed response under the profile `cdex`: `sigT` in place of `iat`, the purpose Verification Signature,
/// and what the patient stated. It is the one signature of the record: no Provenance follows.
///
/// # Errors
/// As [`capture`].
pub fn capture_cdex(
    response: &Value,
    statement: &Statement,
    issued_at: Timestamp,
    who: &Party,
    on_behalf_of: &Party,
    signer: &dyn Signer,
) -> Result<Value, SealError> {
    let (covered, qualifiers) = stated(response, statement, issued_at, who, on_behalf_of, signer.chain())?;
    let header = cdex::header(issued_at, signer.chain(), Some(qualifiers));
    let jws = jws::sign(&header, &payload::jcs(covered)?, signer)?;
    let value = signature(Purpose::Verification, issued_at, who, Some(on_behalf_of), &jws);
    Ok(with_signature(response, value))
}

/// What a signature over a response covers, and what it states, once both are complete and belong together.
fn stated<'r>(
    response: &'r Value,
    statement: &Statement,
    issued_at: Timestamp,
    who: &Party,
    on_behalf_of: &Party,
    chain: &CertificateChain,
) -> Result<(Selection<'r>, Value), SealError> {
    complete::check(response, statement, issued_at)?;
    complete::check_signer(who, issued_at, chain)?;
    if response.get("source").and_then(Party::from_reference).as_ref() != Some(on_behalf_of) {
        let reason = "is not the person on whose behalf the device signs";
        return Err(SealError::incomplete("QuestionnaireResponse.source", reason));
    }
    let covered = Canonicalization::Document.covered(response);
    let qualifiers = statement.qualifiers(payload::number_text_s256(covered.clone()));
    Ok((covered, qualifiers))
}

pub(crate) fn with_signature(response: &Value, signature: Value) -> Value {
    let extension = object! { "url" => SIGNATURE_EXTENSION, "valueSignature" => signature };
    let mut signed = response.clone();
    if let Some(members) = signed.as_object_mut() {
        match members.get_mut("extension").and_then(Value::as_array_mut) {
            Some(extensions) => extensions.push(extension),
            None => {
                members.insert("extension", array![extension]);
            }
        }
    }
    signed
}

pub(crate) mod complete {
    //! "What is signed is complete": a response that lacks its own context would prove too little.

    use super::{CertificateChain, Party, SealError, Statement, Timestamp, Value, payload};
    use crate::rfc3339;

    /// The elements that every signed response carries, and their agreement with the statement.
    pub(crate) fn check(
        response: &Value,
        statement: &Statement,
        issued_at: Timestamp,
    ) -> Result<(), SealError> {
        let missing = |element: &str, reason: &str| {
            Err(SealError::incomplete(format!("QuestionnaireResponse.{element}"), reason))
        };
        if let Some((element, reason)) = gaps(response).into_iter().next() {
            return missing(element, reason);
        }
        if payload::embedded_signatures(response).next().is_some() {
            return missing("extension", "already holds a signature; sign the response only once");
        }
        if response.str("language") != Some(statement.language.as_str()) {
            return missing("language", "is not the language of the statement");
        }
        let subject = response.get("subject").and_then(Party::from_reference);
        if subject.is_none_or(|subject| subject.identifier_value != statement.subject_id) {
            return missing("subject.identifier", "is not the subject of the statement");
        }
        if rfc3339(&statement.signed_at).map(Timestamp::as_second) != Some(issued_at.as_second()) {
            return Err(SealError::incomplete(
                "signedAt",
                "is not the time of the signature with its offset",
            ));
        }
        if rfc3339(&statement.pin_set_at).is_none_or(|set| set.as_second() > issued_at.as_second()) {
            return Err(SealError::incomplete("pinSetAt", "is not a time before the signature"));
        }
        let authored = response.str("authored").and_then(rfc3339);
        if authored.is_none_or(|authored| authored.as_second() > issued_at.as_second()) {
            return missing("authored", "is after the signature");
        }
        Ok(())
    }

    /// What a response lacks, as element and reason; the verifier asks the same.
    pub(crate) fn gaps(response: &Value) -> Vec<(&'static str, &'static str)> {
        let mut gaps = Vec::new();
        let mut must = |holds: bool, element, reason| {
            if !holds {
                gaps.push((element, reason));
            }
        };
        must(
            response.resource_type() == Some("QuestionnaireResponse"),
            "resourceType",
            "is not QuestionnaireResponse",
        );
        must(identifier(response).is_some(), "identifier", "is not a urn:uuid under urn:ietf:rfc:3986");
        let questionnaire = published(response).and_then(|canonical| canonical.split_once('|'));
        must(
            questionnaire.is_some_and(|(url, version)| !url.is_empty() && !version.is_empty()),
            "questionnaire",
            "does not name the version of the Questionnaire (url|version)",
        );
        must(
            matches!(response.str("status"), Some("completed" | "amended")),
            "status",
            "is neither completed nor amended",
        );
        must(response.str("language").is_some(), "language", "is missing");
        for element in ["subject", "author", "source"] {
            must(
                response.get(element).and_then(Party::from_reference).is_some(),
                element,
                "does not have a reference and an identifier",
            );
        }
        must(
            response.str("authored").and_then(rfc3339).is_some(),
            "authored",
            "is not a date and time with offset",
        );
        must(response.get("text").is_none(), "text", "is present, and a narrative is never signed");
        gaps
    }

    /// The canonical of the published Questionnaire: of an adaptive form (SDC), whose response contains the form as it grew,
    /// what that is derived from.
    fn published(response: &Value) -> Option<&str> {
        let canonical = response.str("questionnaire")?;
        let Some(id) = canonical.strip_prefix('#') else { return Some(canonical) };
        let mut contained = response.list("contained").iter();
        let form = contained
            .find(|one| one.resource_type() == Some("Questionnaire") && one.str("id") == Some(id))?;
        match form.list("derivedFrom") {
            [only] => only.as_str(),
            _ => None,
        }
    }

    /// The response's own identifier, an object in R4 and a list in R5.
    pub(crate) fn identifier(response: &Value) -> Option<&str> {
        let identifier = response.get("identifier")?;
        let candidates = identifier.as_array().unwrap_or(std::slice::from_ref(identifier));
        candidates
            .iter()
            .filter(|one| one.str("system") == Some("urn:ietf:rfc:3986"))
            .filter_map(|one| one.str("value"))
            .find(|value| value.starts_with("urn:uuid:"))
    }

    /// The certificate in use belongs to the device that signs, now.
    pub(crate) fn check_signer(
        who: &Party,
        issued_at: Timestamp,
        chain: &CertificateChain,
    ) -> Result<(), SealError> {
        if chain.san_uri() != Some(who.identifier_value.as_str()) {
            return Err(SealError::incomplete(
                "Signature.who.identifier",
                "is not the device that the sealing certificate names",
            ));
        }
        if !chain.leaf().is_valid_at(issued_at) {
            return Err(SealError::incomplete(
                "iat",
                format!(
                    "{issued_at} is outside the certificate's validity ({} to {}); check the device's clock, or renew \
                     the certificate",
                    chain.not_before(),
                    chain.not_after()
                ),
            ));
        }
        Ok(())
    }
}
