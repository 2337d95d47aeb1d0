//! The cdex profile, FHIR 4.0.1: HL7's Da Vinci `CDex` guide signs a response inside the response alone.

use fhir::{Value, Version, array, object};
use jiff::Timestamp;

use crate::capture::{complete, with_signature};
use crate::payload::{self, Canonicalization, embedded_signatures};
use crate::profile::iehr::VERIFICATION;
use crate::profile::rules::{Rules, Violation, is_time, only, token};
use crate::profile::{About, Profile};
use crate::signature::{JOSE, Purpose, SIGNATURE_TYPES, signature, utc};
use crate::{CertificateChain, Party, SealError, Signer, jws, rfc3339};

/// Da Vinci `CDex`.
pub(crate) struct Cdex;

impl Profile for Cdex {
    fn name(&self) -> &'static str {
        "cdex"
    }

    fn versions(&self) -> &'static [Version] {
        &[Version::R4]
    }

    fn has_provenance(&self) -> bool {
        false
    }

    fn provenance(&self, _about: &About<'_>) -> Result<Value, SealError> {
        Err(SealError::incomplete(
            "Provenance",
            "has no place in this profile: the signature is in the response",
        ))
    }

    fn violations(&self, response: &Value, version: Version) -> Vec<Violation> {
        let mut rules = Rules::of(self, response, "QuestionnaireResponse", version);
        let element = |name: &str| format!("QuestionnaireResponse.extension.value{name}");
        let mut signatures = embedded_signatures(response);
        let (Some(signature), None) = (signatures.next(), signatures.next()) else {
            rules.must(false, "signature", &element(""), "is not exactly one signature");
            return rules.broken();
        };
        let verification = only(signature, "type").is_some_and(|kind| {
            kind.str("system") == Some(SIGNATURE_TYPES) && kind.str("code") == Some(VERIFICATION)
        });
        rules.must(verification, "signature-type", &element(".type"), "is not Verification Signature");
        let when = is_time(signature, "when");
        rules.must(when, "signature-when", &element(".when"), "is not a time with offset");
        let who = signature.get("who").is_some();
        rules.must(who, "signature-who", &element(".who"), "is missing");
        let form = Canonicalization::Document.target_format();
        rules.must(
            signature.str("targetFormat") == Some(form.as_str()),
            "target-format",
            &element(".targetFormat"),
            "is not the document form in RFC 8785",
        );
        let jose = signature.str("sigFormat") == Some(JOSE);
        rules.must(jose, "sig-format", &element(".sigFormat"), "is not application/jose");
        if jose {
            check_header(signature, &element(".data"), &mut rules);
        }
        rules.broken()
    }
}

/// What the guide demands of the protected header.
fn check_header(signature: &Value, element: &str, rules: &mut Rules) {
    let Some(token) = token(signature) else {
        return rules.must(false, "data", element, "is not a detached JWS with its certificates (x5c)");
    };
    let time = token.signing_time().map(Timestamp::as_second);
    rules.must(time.is_some(), "signing-time", element, "does not state when it was signed (sigT)");
    let when = signature.str("when").and_then(rfc3339).map(Timestamp::as_second);
    let same = time.zip(when).is_none_or(|(time, when)| time == when);
    rules.must(same, "signing-time", element, "states another time (sigT) than the signature (when)");
    let form = token.canon() == Some(Canonicalization::Document.uri());
    rules.must(form, "canon", element, "does not state the document form (canon)");
    let certificate = token.thumbprint().is_some() && token.names_its_certificate();
    rules.must(certificate, "thumbprint", element, "does not name its certificate (x5t#S256)");
    let purpose = token.commitment_type() == Some(VERIFICATION);
    rules.must(purpose, "commitment", element, "does not state Verification Signature (srCms)");
}

/// Signs a response as the guide does: `sigT` in place of `iat`, the purpose Verification Signature, the signature in
/// the response and nowhere else.
///
/// # Errors
/// [`SealError::Incomplete`] when the response is signed already, or the certificate is another's or not valid then;
/// [`SealError::Canonical`] for a number that cannot be signed; [`SealError::Sign`] when the key refuses.
pub fn sign(
    response: &Value,
    issued_at: Timestamp,
    who: &Party,
    signer: &dyn Signer,
) -> Result<Value, SealError> {
    complete::check_signer(who, issued_at, signer.chain())?;
    if response.resource_type() != Some("QuestionnaireResponse") {
        return Err(SealError::incomplete("resourceType", "is not QuestionnaireResponse"));
    }
    if embedded_signatures(response).next().is_some() {
        let reason = "already holds a signature; sign the response only once";
        return Err(SealError::incomplete("QuestionnaireResponse.extension", reason));
    }
    let form = Canonicalization::Document;
    let header = header(issued_at, signer.chain(), None);
    let jws = jws::sign(&header, &payload::jcs(form.covered(response))?, signer)?;
    Ok(with_signature(response, signature(Purpose::Verification, issued_at, who, None, &jws)))
}

/// The protected header, in the order of the guide's own example; `qualifiers` say what the signer stated.
pub(crate) fn header(issued_at: Timestamp, chain: &CertificateChain, qualifiers: Option<Value>) -> Value {
    let purpose = Purpose::Verification;
    let mut commitment = object! {
        "commId" => object! { "id" => format!("urn:oid:{}", purpose.oid()), "desc" => purpose.display() },
    };
    if let (Some(members), Some(qualifiers)) = (commitment.as_object_mut(), qualifiers) {
        members.insert("commQuals", array![qualifiers]);
    }
    object! {
        "alg" => "ES256",
        "sigT" => utc(issued_at),
        "canon" => purpose.canonicalization().uri(),
        "x5t#S256" => chain.x5t_s256(),
        "x5c" => jws::x5c(chain),
        "srCms" => array![commitment],
    }
}
