//! Content that travels with its signature: a compact JWS (RFC 7515, section 7.1) by a device, with the content in it.

use crate::certificate::Path;
use crate::encoding::{base64url, from_base64url};
use crate::jws::{self, Algorithm, Detached};
use crate::verify::certification::{Times, check_revocation};
use crate::verify::{Aspect, Findings, Trust, Verdict};
use crate::{CertificateChain, SealError, Signer};

use fhir::object;
use jiff::Timestamp;

/// What a device signed, and who that was. Its content has patients' answers, so nothing of it is shown.
pub struct Attached {
    /// The exact bytes that were signed.
    pub content: Vec<u8>,
    /// The signer's certificates.
    pub chain: CertificateChain,
    /// When the signer says that it signed.
    pub issued_at: Timestamp,
}

/// Signs `content` of the type `kind` (`cty`, which keeps it from passing for anything else that a device signs).
///
/// # Errors
/// [`SealError::Sign`] when the key refuses.
pub fn attach(
    content: &[u8],
    kind: &str,
    issued_at: Timestamp,
    signer: &dyn Signer,
) -> Result<String, SealError> {
    let chain = signer.chain();
    let header = object! {
        "alg" => Algorithm::Es256.name(),
        "iat" => jws::seconds(issued_at)?,
        "cty" => kind,
        "x5t#S256" => chain.x5t_s256(),
        "x5c" => jws::x5c(chain),
    };
    let detached = jws::sign(&header, content, signer)?;
    let (header, signature) = detached.split_once("..").unwrap_or_default();
    Ok([header, &base64url(content), signature].join("."))
}

/// Reads what [`attach`] made: the signature fits, and its certificate leads to one of the trusted anchors and is not known
/// to be revoked. A certificate that has ended since, or before, is let pass: whoever exports may be the one whose
/// certificate nobody renewed.
///
/// # Errors
/// [`SealError::Record`] with the reason.
pub fn detach(text: &str, kind: &str, trust: &Trust<'_>) -> Result<Attached, SealError> {
    let refused = |reason: String| SealError::Record { reason };
    let unreadable = || refused("it is not a signed export (a compact JWS)".to_owned());
    let [header, payload, signature] = text.split('.').collect::<Vec<_>>()[..] else {
        return Err(unreadable());
    };
    let content = from_base64url(payload).ok_or_else(unreadable)?;
    let jws =
        Detached::parse(&format!("{header}..{signature}")).map_err(|error| refused(error.to_string()))?;
    if jws.header.parameters.str("cty") != Some(kind) || !jws.header.names_its_certificate() {
        return Err(refused(format!("its signature is not one over {kind}")));
    }
    let issued_at =
        jws.header.issued_at.ok_or_else(|| refused("its signature states no time (iat)".to_owned()))?;
    if !jws.covers(&content) {
        return Err(refused("its signature does not fit: it was altered after it was signed".to_owned()));
    }
    let chain = jws.header.chain.clone();
    let leaf = chain.leaf();
    if leaf.authority || leaf.for_evidence_alone || !leaf.may_sign() {
        return Err(refused(format!("the certificate of {} is not a device's", leaf.subject)));
    }
    let Some(anchors) = trust.anchors else {
        return Err(refused("no trust anchor is configured".to_owned()));
    };
    let path = Path::build(&chain, anchors).map_err(|error| {
        let reason = error.reason;
        refused(format!(
            "the certificate of {} does not lead to the study's trust anchors ({reason})",
            leaf.subject
        ))
    })?;
    let mut findings = Findings::default();
    check_revocation(Some(&path), Times { claimed: Some(issued_at), proven: None }, trust, &mut findings);
    let verdicts = findings.conclude();
    let revoked =
        verdicts.into_iter().find(|one| one.name == Aspect::Revocation && one.verdict == Verdict::Invalid);
    match revoked {
        Some(found) => Err(refused(found.reason)),
        None => Ok(Attached { content, chain, issued_at }),
    }
}

impl std::fmt::Debug for Attached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attached").field("issued_at", &self.issued_at).finish_non_exhaustive()
    }
}
