//! Evidence that was added to a signature later: time stamps, certificates, revocation values. None of it is signed by
//! the signer, and none is believed for being there: every piece is held against what it speaks about and against the
//! configured anchors.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::certificate::{Certificate, Path, Revocation, Values};
use crate::jades::Evidence;
use crate::time_stamp::TimeStampToken;
use crate::verify::{Aspect, Findings, Token, Trust, certification, time};
use crate::{Anchors, Crl, OcspResponse};

/// The evidence of one signature, read.
#[derive(Default)]
pub(crate) struct Held<'e> {
    evidence: Option<&'e Evidence>,
    certificates: Vec<Certificate>,
    lists: Vec<Crl>,
    responses: Vec<OcspResponse>,
}

/// What a trusted time stamp proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamped {
    /// The time in the time stamp.
    pub(crate) at: Timestamp,
    /// The latest time that it means: the signature existed before.
    pub(crate) before: Timestamp,
    /// Who says so.
    pub(crate) authority: String,
}

impl<'e> Held<'e> {
    /// Reads the evidence of `token`; what cannot be read is named.
    pub(crate) fn read(token: &'e Token, trust: &Trust<'_>, findings: &mut Findings) -> Self {
        let evidence = match token.evidence() {
            None => return Self::default(),
            Some(Ok(evidence)) => evidence,
            Some(Err(error)) if error.code == "evidence-unknown" => {
                findings.indeterminate(Aspect::Time, error.code, error.reason.clone());
                return Self::default();
            }
            Some(Err(error)) => {
                findings.invalid(Aspect::Time, error.code, error.reason.clone());
                return Self::default();
            }
        };
        let mut held = Self { evidence: Some(evidence), ..Self::default() };
        let mut unreadable = |reason: String| {
            findings.indeterminate(
                Aspect::Revocation,
                "evidence-value-unreadable",
                format!("a value in the evidence cannot be read: {reason}"),
            );
        };
        let mut seen = HashSet::new();
        for values in evidence.values() {
            for der in values.certificates.iter().filter(|der| seen.insert(der.as_slice())) {
                match Certificate::from_der(der.clone()) {
                    Ok(certificate) => held.certificates.push(certificate),
                    Err(error) => unreadable(error.to_string()),
                }
            }
            for der in values.lists.iter().filter(|der| seen.insert(der.as_slice())) {
                match Crl::from_bytes(der) {
                    Ok(list) => held.lists.push(list),
                    Err(error) => unreadable(error.to_string()),
                }
            }
            for der in values.responses.iter().filter(|der| seen.insert(der.as_slice())) {
                match OcspResponse::from_der(der) {
                    Ok(response) => held.responses.push(response),
                    Err(error) => unreadable(error.to_string()),
                }
            }
        }
        if !held.lists.is_empty() {
            held.lists.extend_from_slice(trust.crls);
        }
        if !held.responses.is_empty() {
            held.responses.extend_from_slice(trust.ocsp);
        }
        held
    }

    /// Certificates that may lie on a path; they are not trusted for being here.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// `trust` with the revocation values of the evidence beside its own.
    pub(crate) fn beside<'t>(&'t self, trust: &Trust<'t>) -> Trust<'t> {
        let mut trust = *trust;
        if !self.lists.is_empty() {
            trust = trust.with_crls(&self.lists);
        }
        if !self.responses.is_empty() {
            trust = trust.with_ocsp(&self.responses);
        }
        trust
    }

    /// Checks every time stamp; the earliest time before which, by one that is trusted, the signature existed.
    ///
    /// `payload` is what the signature covers, where it covers anything.
    pub(crate) fn check(
        &self,
        token: &Token,
        payload: Option<&[u8]>,
        trust: &Trust<'_>,
        findings: &mut Findings,
    ) -> Option<Stamped> {
        let evidence = self.evidence?;
        // From the last one back: what a later one covers is proven to have existed by then.
        let mut archived: Vec<(usize, Stamped)> = Vec::new();
        for (index, der) in evidence.archive_stamps().rev() {
            // Without it the content's own verdict says enough.
            let Some(payload) = payload else { break };
            let Some(input) = token.archive_input(payload, evidence, index) else {
                findings.indeterminate(
                    Aspect::Time,
                    "archive-in-the-clear",
                    "the archive time stamp is over evidence in the clear (etsiU), for which no canonical form is known here",
                );
                continue;
            };
            let existed = covered_by(&archived, index);
            archived.extend(self.stamp(der, &input, existed, trust, findings).map(|one| (index, one)));
        }
        let input = token.stamp_input()?;
        let mut best = archived.iter().map(|(_, one)| one.clone()).reduce(sooner);
        for (index, der) in evidence.signature_stamps() {
            let existed = covered_by(&archived, index);
            let one = self.stamp(der, &input, existed, trust, findings);
            best = best.into_iter().chain(one).reduce(sooner);
        }
        best
    }

    /// Checks one time stamp over `input`, which is proven to have existed at `existed`.
    fn stamp(
        &self,
        der: &[u8],
        input: &[u8],
        existed: Option<Timestamp>,
        trust: &Trust<'_>,
        findings: &mut Findings,
    ) -> Option<Stamped> {
        let token = match TimeStampToken::read(der) {
            Ok(token) => token,
            Err(error) => {
                findings.invalid(Aspect::Time, error.code, error.reason);
                return None;
            }
        };
        if !token.covers(input) {
            findings.invalid(
                Aspect::Time,
                "stamp-mismatch",
                format!("the time stamp of {} is over something else than this signature", token.authority()),
            );
            return None;
        }
        if token.time() > time::later(trust.at) {
            findings.indeterminate(
                Aspect::Time,
                "stamp-in-the-future",
                format!("the time stamp of {} is from after the time of this verification", token.time()),
            );
            return None;
        }
        let path = self.path(&token, trust.anchors, findings)?;
        let good = stands(&path, &token, existed, trust, findings);
        good.then(|| Stamped {
            at: token.time(),
            before: token.latest(),
            authority: token.authority().to_owned(),
        })
    }

    fn path(
        &self,
        token: &TimeStampToken,
        anchors: Option<&Anchors>,
        findings: &mut Findings,
    ) -> Option<Path> {
        let Some(anchors) = anchors else {
            findings.indeterminate(
                Aspect::Time,
                "stamp-untrusted",
                format!(
                    "no trust anchor was given, so nothing says whose time stamp it is ({}, {}); name the authority to \
                     trust (--trust)",
                    token.authority(),
                    token.time()
                ),
            );
            return None;
        };
        match token.path(&self.certificates, anchors) {
            Ok(path) => Some(path),
            Err(error) => {
                findings.indeterminate(Aspect::Time, error.code, error.reason);
                None
            }
        }
    }
}

/// Whether the time stamp authority's certificates were good: not revoked, or not before something proves that the time
/// stamp existed (RFC 3161, section 4: a stolen key could have made it later).
fn stands(
    path: &Path,
    token: &TimeStampToken,
    existed: Option<Timestamp>,
    trust: &Trust<'_>,
    findings: &mut Findings,
) -> bool {
    let values = Values { lists: trust.crls, responses: trust.ocsp };
    for (certificate, issuer) in path.issued() {
        let subject = &certificate.subject;
        match Revocation::of(certificate, issuer, values, token.time(), trust.at) {
            Revocation::Good { by, of } => {
                let older = (of < token.time()).then_some("the time stamp");
                certification::not_revoked(certificate, by, of, older, findings);
            }
            Revocation::Revoked { since } if existed.is_some_and(|existed| existed < since) => {
                let proof = "its time stamp is proven to be older";
                certification::revoked_after_stamp(certificate, since, proof, findings);
            }
            Revocation::Revoked { since } => {
                findings.indeterminate(
                    Aspect::Time,
                    "stamp-revoked",
                    format!(
                        "{subject}, on whose time stamp the time rests, was revoked at {since}; nothing proves that \
                         the time stamp is older"
                    ),
                );
                return false;
            }
            Revocation::Unknown { code, reason } => findings.indeterminate(Aspect::Revocation, code, reason),
        }
    }
    true
}

/// The earliest time at which, by an archive time stamp that covers it, the element at `index` existed: one covers what
/// stands before it, neither itself nor what was added later.
fn covered_by(archived: &[(usize, Stamped)], index: usize) -> Option<Timestamp> {
    archived.iter().filter(|(at, _)| *at > index).map(|(_, one)| one.before).min()
}

fn sooner(one: Stamped, other: Stamped) -> Stamped {
    if other.before < one.before { other } else { one }
}
