//! Identity and revocation: the certificate, its path to a configured anchor, and the lists that speak about it.

use jiff::Timestamp;

use crate::certificate::{Path, Revocation, Values};
use crate::verify::{Aspect, Findings, Token, Trust};

/// The certificate itself and its path. Whether it is the *right* party's certificate is asked elsewhere.
pub(crate) fn check(token: &Token, trust: &Trust<'_>, findings: &mut Findings) -> Option<Path> {
    let chain = token.chain();
    let leaf = chain.leaf();
    if token.thumbprint().is_some_and(|thumbprint| thumbprint != chain.x5t_s256()) {
        findings.invalid(
            Aspect::Identity,
            "thumbprint-mismatch",
            "the certificate is not the one that the signed header names (x5t#S256)",
        );
    }
    if leaf.authority {
        findings.invalid(Aspect::Identity, "authority", "the certificate is an authority's, not a signer's");
    }
    if !leaf.may_sign() {
        findings.invalid(
            Aspect::Identity,
            "key-usage",
            "the certificate may not be used for signatures (keyUsage lacks digitalSignature)",
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
    match Path::build(chain, anchors) {
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
    issued_at: Option<Timestamp>,
    trust: &Trust<'_>,
    findings: &mut Findings,
) {
    let (Some(path), Some(issued_at)) = (path, issued_at) else {
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
    for pair in path.certificates.windows(2) {
        let [certificate, issuer] = pair else { continue };
        let subject = &certificate.subject;
        match Revocation::of(certificate, issuer, values, issued_at, trust.at) {
            Revocation::Good { by, of } => findings.valid(
                Aspect::Revocation,
                "not-revoked",
                format!("{subject} was not revoked, by {by} of {of}"),
            ),
            Revocation::Revoked { since } if since <= issued_at => findings.invalid(
                Aspect::Revocation,
                "revoked",
                format!("{subject} was revoked at {since}, before the signature"),
            ),
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
