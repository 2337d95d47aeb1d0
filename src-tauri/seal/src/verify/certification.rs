//! Identity and revocation: the certificate, its path to a configured anchor, and the lists that speak about it.

use jiff::Timestamp;

use crate::certificate::{Certificate, Path, Revocation, Values};
use crate::verify::evidence::Stamped;
use crate::verify::{Aspect, Findings, Token, Trust, time};

/// When a signature was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times<'s> {
    /// As its signer says.
    pub(crate) claimed: Option<Timestamp>,
    /// Not after this, as a trusted time stamp says.
    pub(crate) proven: Option<&'s Stamped>,
}

impl Times<'_> {
    /// What the signer says and nobody else.
    pub(crate) fn claimed(claimed: Option<Timestamp>) -> Self {
        Self { claimed, proven: None }
    }

    /// The earliest time that is as good as the claimed one: the clocks of device and authority differ a little.
    fn signed_at(&self, claimed: Timestamp) -> Timestamp {
        let agreeing = self.proven.filter(|stamped| claimed <= time::later(stamped.before));
        agreeing.map_or(claimed, |stamped| stamped.at.min(claimed))
    }
}

/// The certificate itself and its path, which may go through any of `more`. Whether it is the *right* party's certificate
/// is asked elsewhere.
pub(crate) fn check(
    token: &Token,
    more: &[Certificate],
    trust: &Trust<'_>,
    findings: &mut Findings,
) -> Option<Path> {
    let chain = token.chain();
    let leaf = chain.leaf();
    if !token.names_its_certificate() {
        findings.invalid(
            Aspect::Identity,
            "thumbprint-mismatch",
            "the certificate is not the one that the signed header names (x5t#S256, x5t#o or sigX5ts)",
        );
    }
    if leaf.authority {
        findings.invalid(Aspect::Identity, "authority", "the certificate is an authority's, not a signer's");
    }
    if leaf.for_evidence_alone {
        findings.invalid(
            Aspect::Identity,
            "other-purpose",
            "the certificate is for time stamps or OCSP responses and nothing else (extendedKeyUsage)",
        );
    }
    if !leaf.may_sign() {
        let why = if leaf.key_usage.is_some() {
            "keyUsage lacks digitalSignature"
        } else {
            "it has no keyUsage, which would have to state digitalSignature"
        };
        findings.invalid(
            Aspect::Identity,
            "key-usage",
            format!("the certificate may not be used for signatures ({why})"),
        );
    }
    let Some(anchors) = trust.anchors else {
        findings.indeterminate(
            Aspect::Identity,
            "no-anchors",
            format!(
                "no trust anchor was given, so nothing says who {} is; name the certificate authority to trust (--trust)",
                leaf.subject
            ),
        );
        return None;
    };
    let untrusted: Vec<&Certificate> = chain.certificates().iter().skip(1).chain(more).collect();
    match Path::build_through(leaf, &untrusted, anchors) {
        Ok(path) => {
            findings.valid(
                Aspect::Identity,
                "trusted",
                format!("{}, certified by {}, under a configured trust anchor", leaf.subject, leaf.issuer),
            );
            Some(path)
        }
        Err(error) if error.weak => {
            findings.invalid(
                Aspect::Identity,
                "weak-algorithm",
                format!("the certificate's path uses SHA-1 or a short key ({})", error.reason),
            );
            None
        }
        Err(error) => {
            findings.invalid(
                Aspect::Identity,
                "untrusted",
                format!(
                    "the certificate of {} does not lead to a configured trust anchor ({})",
                    leaf.subject, error.reason
                ),
            );
            None
        }
    }
}

/// Whether any certificate on the path was revoked when the signature was made.
pub(crate) fn check_revocation(
    path: Option<&Path>,
    times: Times<'_>,
    trust: &Trust<'_>,
    findings: &mut Findings,
) {
    let (Some(path), Some(issued_at)) = (path, times.claimed) else {
        findings.indeterminate(
            Aspect::Revocation,
            "not-checked",
            "revocation can only be checked for a certificate under a configured trust anchor and a known time",
        );
        return;
    };
    if path.certificates.len() < 2 {
        findings.indeterminate(
            Aspect::Revocation,
            "no-issuer",
            "the certificate is itself a trust anchor, so no authority can revoke it",
        );
    }
    let values = Values { lists: trust.crls, responses: trust.ocsp };
    for (certificate, issuer) in path.issued() {
        let subject = &certificate.subject;
        // A value that covers the time stamp covers the claimed time before it too; a time stamp asks for no newer one.
        match Revocation::of(certificate, issuer, values, times.signed_at(issued_at), trust.at) {
            Revocation::Good { by, of } => {
                let older = (of < issued_at).then_some("the signature");
                not_revoked(certificate, by, of, older, findings);
            }
            Revocation::Revoked { since } if since <= issued_at => findings.invalid(
                Aspect::Revocation,
                "revoked",
                format!("{subject} was revoked at {since}, before the signature"),
            ),
            Revocation::Revoked { since } if times.proven.is_some_and(|stamped| stamped.before < since) => {
                let proof = "a time stamp proves that the signature is older";
                revoked_after_stamp(certificate, since, proof, findings);
            }
            Revocation::Revoked { since } => findings.indeterminate(
                Aspect::Revocation,
                "revoked-later",
                format!(
                    "{subject} was revoked at {since}, after the time that the signature claims; only an independent \
                     time stamp could prove that it was really made before"
                ),
            ),
            Revocation::Unknown { code, reason } => {
                findings.indeterminate(Aspect::Revocation, code, reason);
            }
        }
    }
}

/// A value (`by`) of this time speaks for the certificate; `before` names what is newer than the value.
pub(crate) fn not_revoked(
    certificate: &Certificate,
    by: &str,
    of: Timestamp,
    before: Option<&str>,
    findings: &mut Findings,
) {
    let subject = &certificate.subject;
    let older = before.map(|what| format!(", which is from before {what}")).unwrap_or_default();
    let reason = format!("{subject} was not revoked, by {by} of {of}{older}");
    findings.valid(Aspect::Revocation, "not-revoked", reason);
}

/// The certificate was revoked after what it signed, by this proof.
pub(crate) fn revoked_after_stamp(
    certificate: &Certificate,
    since: Timestamp,
    proof: &str,
    findings: &mut Findings,
) {
    let reason = format!("{} was revoked at {since}; {proof}", certificate.subject);
    findings.valid(Aspect::Revocation, "revoked-after-stamp", reason);
}
