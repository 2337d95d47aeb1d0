//! Adding evidence to a signature that was made before. Nothing is signed again: the protected header and the signature
//! stay the same characters.

use std::fmt;

use fhir::{Value, array, object};
use jiff::Timestamp;

use crate::certificate::{Certificate, Path, Revocation, Values};
use crate::encoding::{base64, base64url, sha256};
use crate::jades::{Evidence, Level};
use crate::jws::Detached;
use crate::time_stamp::TimeStampToken;
use crate::verify::CLOCK_TOLERANCE;
use crate::{Anchors, CertificateChain, Crl, OcspResponse, SealError};

/// A detached JWS with what was added to it.
#[derive(Clone)]
pub struct Augmented {
    jws: Detached,
    evidence: Evidence,
}

/// What a revocation value is asked about: a certificate and who issued it, both DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certified {
    /// The certificate.
    pub certificate: Vec<u8>,
    /// Who issued it.
    pub issuer: Vec<u8>,
    /// The certificate's subject, as RFC 4514 writes names.
    pub subject: String,
}

impl Augmented {
    /// Reads a detached JWS, compact or flattened, with the evidence that it may have already.
    ///
    /// # Errors
    /// [`SealError::Evidence`] when it could not verify, is not at baseline B, or has evidence that cannot be read.
    pub fn read(jws: &str) -> Result<Self, SealError> {
        Self::of(Detached::parse(jws).map_err(|error| refused(error.reason))?)
    }

    pub(crate) fn of(jws: Detached) -> Result<Self, SealError> {
        if !jws.header.is_baseline_b() {
            return Err(refused(
                "the signature is not at the baseline: its header states no time or does not name its certificate",
            ));
        }
        let evidence = match jws.evidence.clone() {
            None => Evidence::default(),
            Some(Err(error)) => return Err(refused(error.reason)),
            Some(Ok(evidence)) => evidence,
        };
        Ok(Self { jws, evidence })
    }

    /// The level that it has by what it carries.
    pub fn level(&self) -> Level {
        self.evidence.level()
    }

    /// The certificates in the signed header, the signer's first.
    pub fn chain(&self) -> &CertificateChain {
        &self.jws.header.chain
    }

    /// Whether `other` is the same signature, with other evidence or none.
    pub fn is_same_signature(&self, other: &Self) -> bool {
        self.jws.is_same_signature(&other.jws)
    }

    /// The SHA-256 that a time stamp for level T is asked for: over the signature in base64url (section 5.3.4).
    pub fn imprint(&self) -> [u8; 32] {
        sha256(self.jws.signature_text())
    }

    /// Adds a time stamp over the signature: level T.
    ///
    /// # Errors
    /// [`SealError::Evidence`] when there is one already, or the token is over something else.
    pub fn add_time_stamp(&mut self, token: &TimeStampToken) -> Result<(), SealError> {
        self.at(Level::B, Level::T)?;
        if !token.covers(self.jws.signature_text().as_bytes()) {
            return Err(refused("the time stamp is not over this signature"));
        }
        self.push(&object! { "sigTst" => stamp(token) })
    }

    /// The certificates on the paths of the signer and of the time stamp authorities of which no value says whether they
    /// were revoked, each with its issuer.
    ///
    /// # Errors
    /// [`SealError::Evidence`] without a time stamp, or when a path does not lead to a configured anchor.
    pub fn without_value(
        &self,
        anchors: &Anchors,
        lists: &[Crl],
        responses: &[OcspResponse],
        at: Timestamp,
    ) -> Result<Vec<Certified>, SealError> {
        let paths = self.paths(&self.stamps()?, anchors)?;
        let values = Values { lists, responses };
        let mut found: Vec<Certified> = Vec::new();
        for (certificate, issuer, stamped) in pairs(&paths) {
            let known = of_then(certificate, issuer, values, stamped, at);
            let one = Certified {
                certificate: certificate.der.clone(),
                issuer: issuer.der.clone(),
                subject: certificate.subject.clone(),
            };
            if matches!(known, Revocation::Unknown { .. }) && !found.contains(&one) {
                found.push(one);
            }
        }
        Ok(found)
    }

    /// Those of `lists` that an issuer on the paths of the signer and of the time stamp authorities made. Each name is
    /// proven by the list's signature.
    ///
    /// # Errors
    /// [`SealError::Evidence`] without a time stamp, or when a path does not lead to a configured anchor.
    pub fn lists_of_issuers(&self, anchors: &Anchors, lists: &[Crl]) -> Result<Vec<Crl>, SealError> {
        Ok(of_issuers(&self.paths(&self.stamps()?, anchors)?, lists))
    }

    /// Adds the certificates of every path and the revocation values: level LT. Lists of others than the issuers on the
    /// paths are left out. Every certificate has to be known as
    /// not revoked when the time stamp was made, as seen at `at`.
    ///
    /// # Errors
    /// [`SealError::Evidence`] without a time stamp or with values already, and naming a certificate that no value
    /// speaks for or that was revoked; a value from before the time stamp speaks for none.
    pub fn add_values(
        &mut self,
        anchors: &Anchors,
        lists: &[Crl],
        responses: &[OcspResponse],
        at: Timestamp,
    ) -> Result<(), SealError> {
        self.at(Level::T, Level::Lt)?;
        let stamps = self.stamps()?;
        let paths = self.paths(&stamps, anchors)?;
        let lists = &of_issuers(&paths, lists)[..];
        let values = Values { lists, responses };
        for (certificate, issuer, stamped) in pairs(&paths) {
            let subject = &certificate.subject;
            match of_then(certificate, issuer, values, stamped, at) {
                Revocation::Good { .. } => {}
                // What was made before is as good as ever.
                Revocation::Revoked { since } if since > stamped => {}
                Revocation::Revoked { since } => {
                    return Err(refused(format!("{subject} was revoked at {since}, before the time stamp")));
                }
                Revocation::Unknown { reason, .. } => {
                    return Err(refused(format!("nothing says whether {subject} was revoked: {reason}")));
                }
            }
        }
        let mut certificates: Vec<&[u8]> = Vec::new();
        // What the signature and its time stamps bring themselves.
        let own = self.chain().certificates().iter();
        let carried: Vec<_> = own.chain(stamps.iter().flat_map(TimeStampToken::certificates)).collect();
        for certificate in paths.iter().flat_map(|(path, _)| &path.certificates) {
            if !carried.contains(&certificate) && !certificates.contains(&certificate.der.as_slice()) {
                certificates.push(&certificate.der);
            }
        }
        if !certificates.is_empty() {
            let values: Vec<Value> =
                certificates.iter().map(|der| object! { "x509Cert" => value(der) }).collect();
            self.push(&object! { "xVals" => values })?;
        }
        let mut found = fhir::Object::new();
        if !lists.is_empty() {
            found.insert("crlVals", lists.iter().map(|list| value(list.der())).collect::<Vec<_>>());
        }
        if !responses.is_empty() {
            found.insert("ocspVals", responses.iter().map(|one| value(one.der())).collect::<Vec<_>>());
        }
        self.push(&object! { "rVals" => Value::from(found) })
    }

    /// The SHA-256 that a time stamp for level LTA is asked for: over what was signed, the signature and all evidence
    /// (section 5.3.6). `payload` is the exact bytes that the signature covers.
    ///
    /// # Errors
    /// [`SealError::Evidence`] when the signature does not cover `payload`, or its evidence is in the clear.
    pub fn archive_imprint(&self, payload: &[u8]) -> Result<[u8; 32], SealError> {
        self.at(Level::Lt, Level::Lta)?;
        self.archive_input(payload).map(sha256)
    }

    /// Adds a time stamp over everything: level LTA.
    ///
    /// # Errors
    /// [`SealError::Evidence`] below level LT, with one already, or when the token is over something else.
    pub fn add_archive_time_stamp(
        &mut self,
        payload: &[u8],
        token: &TimeStampToken,
    ) -> Result<(), SealError> {
        self.at(Level::Lt, Level::Lta)?;
        if !token.covers(&self.archive_input(payload)?) {
            return Err(refused("the archive time stamp is not over this signature and its evidence"));
        }
        self.push(&object! { "arcTst" => stamp(token) })
    }

    /// The flattened JSON serialisation (RFC 7515, section 7.2.2), with the evidence in its unprotected header.
    pub fn to_value(&self) -> Value {
        let mut members = fhir::Object::new();
        members.insert("protected", self.jws.protected());
        if !self.jws.elements.is_empty() {
            members.insert("header", object! { "etsiU" => self.jws.elements.clone() });
        }
        members.insert("signature", self.jws.signature_text());
        members.into()
    }

    pub(crate) fn jws(&self) -> &Detached {
        &self.jws
    }

    fn at(&self, needed: Level, wanted: Level) -> Result<(), SealError> {
        let level = self.level();
        if level == needed {
            return Ok(());
        }
        Err(refused(if level >= wanted {
            format!("the signature is at level {level} already")
        } else {
            format!("level {wanted} comes after level {needed}, and the signature is at level {level}")
        }))
    }

    fn archive_input(&self, payload: &[u8]) -> Result<Vec<u8>, SealError> {
        if !self.jws.covers(payload) {
            return Err(refused("the signature does not cover what is said to be signed"));
        }
        self.jws
            .archive_input(payload, &self.evidence, self.evidence.len())
            .ok_or_else(|| refused("the evidence is in the clear; only encoded evidence can be archived"))
    }

    /// The time stamps over the signature.
    fn stamps(&self) -> Result<Vec<TimeStampToken>, SealError> {
        let stamps = self.evidence.signature_stamps();
        stamps.map(|(_, der)| TimeStampToken::read(der).map_err(|error| refused(error.reason))).collect()
    }

    /// The signer's path, and that of each time stamp; each with the time at which its certificates must be good.
    fn paths(
        &self,
        stamps: &[TimeStampToken],
        anchors: &Anchors,
    ) -> Result<Vec<(Path, Timestamp)>, SealError> {
        let stamped = stamps.iter().map(TimeStampToken::time).min();
        let stamped = stamped.ok_or_else(|| refused("the signature has no time stamp"))?;
        let signer = Path::build(self.chain(), anchors).map_err(|error| {
            let subject = self.chain().subject();
            refused(format!("{subject} does not lead to a configured trust anchor ({})", error.reason))
        })?;
        let mut paths = vec![(signer, stamped)];
        for stamp in stamps {
            let path = stamp.path(&[], anchors).map_err(|error| refused(error.reason))?;
            paths.push((path, stamp.time()));
        }
        Ok(paths)
    }

    /// As base64url, so that an archive time stamp can cover it.
    fn push(&mut self, element: &Value) -> Result<(), SealError> {
        let mut elements = self.jws.elements.clone();
        elements.push(base64url(element.to_json()).into());
        let evidence = Evidence::read(&elements.clone().into()).map_err(|error| refused(error.reason))?;
        self.jws.evidence = Some(Ok(evidence.clone()));
        self.evidence = evidence;
        self.jws.elements = elements;
        Ok(())
    }
}

/// Statements name persons, so they must not reach a log.
impl fmt::Debug for Augmented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Augmented").field("level", &self.level()).finish_non_exhaustive()
    }
}

/// Each certificate with its issuer and the time at which it must be good.
fn pairs(paths: &[(Path, Timestamp)]) -> impl Iterator<Item = (&Certificate, &Certificate, Timestamp)> {
    paths.iter().flat_map(|(path, stamped)| {
        path.issued().map(|(certificate, issuer)| (certificate, issuer, *stamped))
    })
}

/// Those of `lists` that an issuer on one of the paths made.
fn of_issuers(paths: &[(Path, Timestamp)], lists: &[Crl]) -> Vec<Crl> {
    let on_path = |list: &&Crl| pairs(paths).any(|(_, issuer, _)| list.is_by(issuer));
    lists.iter().filter(on_path).cloned().collect()
}

/// What `values` say, where they are from the time at which the certificate must be good, or later: an older one cannot know
/// of a revocation since, so it proves nothing to keep.
fn of_then(
    certificate: &Certificate,
    issuer: &Certificate,
    values: Values<'_>,
    stamped: Timestamp,
    at: Timestamp,
) -> Revocation {
    let oldest = stamped.saturating_sub(CLOCK_TOLERANCE).unwrap_or(Timestamp::MIN);
    match Revocation::of(certificate, issuer, values, stamped, at) {
        Revocation::Good { by, of } if of < oldest => Revocation::Unknown {
            code: "revocation-stale",
            reason: format!("{by} of {of} is from before the time stamp; get a newer one"),
        },
        known => known,
    }
}

/// `tstContainer` (section 5.4.3.3).
fn stamp(token: &TimeStampToken) -> Value {
    object! { "tstTokens" => array![value(token.der())] }
}

/// `pkiOb` (section 5.4.2).
fn value(der: &[u8]) -> Value {
    object! { "val" => base64(der) }
}

fn refused(reason: impl Into<String>) -> SealError {
    SealError::Evidence { reason: reason.into() }
}
