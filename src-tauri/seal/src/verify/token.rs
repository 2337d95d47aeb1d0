//! What a Signature datatype holds in `data`: one face for every kind of token, so that the five verdicts are asked in
//! one place.

use std::fmt;

use fhir::Value;
use jiff::Timestamp;

use crate::encoding::from_base64;
use crate::iehr::non_rfc::NonRfc;
use crate::jades::{Augmented, Evidence};
use crate::jws::{Detached, JwsError};
use crate::payload::{Canonicalization, TARGET_FORMAT, XML_TARGET_FORMAT};
use crate::signature::{JOSE, XML};
use crate::{CertificateChain, xades};

/// A signature as it was read, not yet verified.
#[derive(Clone)]
pub(crate) enum Token {
    /// JSON Web Signature (RFC 7515), detached.
    Jws(Box<Detached>),
    /// XML signature, detached.
    Xml(Box<xades::Detached>),
    /// What senders of `InteropEHRate` Bundles write instead; only a Bundle's signature may be one.
    NonRfc(NonRfc),
}

/// Why a token cannot be verified at all; its code is the finding's.
pub(crate) type TokenError = JwsError;

impl Token {
    /// Reads `Signature.data` as `Signature.sigFormat` names it. `supplied` is used only where the token brings no
    /// certificates of its own.
    ///
    /// # Errors
    /// The code `certificate-missing` when the token brings no certificates and none were supplied.
    pub(crate) fn read(signature: &Value, supplied: Option<&CertificateChain>) -> Result<Self, TokenError> {
        let bytes = data(signature, &[JOSE, XML])?;
        if signature.str("sigFormat") == Some(XML) {
            return xades::Detached::parse_with(&bytes, supplied)
                .map(|signature| Self::Xml(Box::new(signature)))
                .map_err(|refused| TokenError::new(refused.code, refused.reason));
        }
        let compact = text(bytes)?;
        if NonRfc::is(&compact) {
            return Err(TokenError::new(
                "not-rfc-7515",
                "the signature's data is no JWS (RFC 7515): its header is not covered; only a Bundle signed for transmission may have such a token",
            ));
        }
        Detached::parse_with(&compact, supplied).map(|jws| Self::Jws(Box::new(jws)))
    }

    /// Reads the signature of a Bundle that was signed for transmission: a JWS, or what senders write instead.
    ///
    /// # Errors
    /// As [`Token::read`].
    pub(crate) fn read_transmission(signature: &Value) -> Result<Self, TokenError> {
        let compact = text(data(signature, &[JOSE])?)?;
        if NonRfc::is(&compact) {
            NonRfc::parse(&compact).map(Self::NonRfc)
        } else {
            Detached::parse_with(&compact, None).map(|jws| Self::Jws(Box::new(jws)))
        }
    }

    /// `jws-compact`, `jws-flattened`, `xml` or `non-rfc`: what was met.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Jws(jws) if jws.flattened => "jws-flattened",
            Self::Jws(_) => "jws-compact",
            Self::Xml(_) => "xml",
            Self::NonRfc(_) => "non-rfc",
        }
    }

    /// The level of the baseline that the token claims by what it carries: `B`, `T`, `LT` or `LTA`.
    pub(crate) fn level(&self) -> Option<&'static str> {
        match self {
            Self::Jws(jws) => jws.header.is_baseline_b().then(|| jws.level().name()),
            Self::Xml(xml) => xml.is_baseline_b().then_some("B"),
            Self::NonRfc(_) => None,
        }
    }

    /// Takes the evidence that was kept beside the signature, where it brings none itself: of several pieces the one
    /// that was taken furthest.
    pub(crate) fn take_evidence(&mut self, beside: &[Augmented]) {
        if let Self::Jws(jws) = self
            && jws.evidence.is_none()
            && let Some(found) = furthest(beside, jws)
        {
            jws.evidence.clone_from(&found.jws().evidence);
            jws.elements.clone_from(&found.jws().elements);
        }
    }

    /// The evidence that was added later (`etsiU`), or why it cannot be read.
    pub(crate) fn evidence(&self) -> Option<&Result<Evidence, JwsError>> {
        match self {
            Self::Jws(jws) => jws.evidence.as_ref(),
            Self::Xml(_) | Self::NonRfc(_) => None,
        }
    }

    /// What a time stamp over the signature covers.
    pub(crate) fn stamp_input(&self) -> Option<Vec<u8>> {
        match self {
            Self::Jws(jws) => Some(jws.signature_text().into_bytes()),
            Self::Xml(_) | Self::NonRfc(_) => None,
        }
    }

    /// What an archive time stamp after `count` elements of evidence covers; `None` where those are in the clear.
    pub(crate) fn archive_input(&self, payload: &[u8], evidence: &Evidence, count: usize) -> Option<Vec<u8>> {
        match self {
            Self::Jws(jws) => jws.archive_input(payload, evidence, count),
            Self::Xml(_) | Self::NonRfc(_) => None,
        }
    }

    /// Whether every reference to the signer's certificate in the signed part is to the first one of the chain.
    pub(crate) fn names_its_certificate(&self) -> bool {
        match self {
            Self::Jws(jws) => jws.header.names_its_certificate(),
            Self::Xml(_) | Self::NonRfc(_) => {
                self.thumbprint().is_none_or(|thumbprint| thumbprint == self.chain().x5t_s256())
            }
        }
    }

    /// The certificates, the signer's first.
    pub(crate) fn chain(&self) -> &CertificateChain {
        match self {
            Self::Jws(jws) => &jws.header.chain,
            Self::Xml(xml) => xml.chain(),
            Self::NonRfc(token) => token.chain(),
        }
    }

    /// The signed SHA-256 of the signer's certificate, base64url.
    pub(crate) fn thumbprint(&self) -> Option<&str> {
        match self {
            Self::Jws(jws) => jws.header.thumbprint.as_deref(),
            Self::Xml(xml) => xml.thumbprint(),
            Self::NonRfc(_) => None,
        }
    }

    /// The time that the signed part claims.
    pub(crate) fn issued_at(&self) -> Option<Timestamp> {
        match self {
            Self::Jws(jws) => jws.header.issued_at,
            Self::Xml(xml) => xml.signing_time(),
            Self::NonRfc(_) => None,
        }
    }

    /// Whether that time is in the form in which Attesta writes it (`iat`, `SigningTime`).
    pub(crate) fn states_time(&self) -> bool {
        match self {
            Self::Jws(jws) => jws.header.parameters.get("iat").is_some(),
            Self::Xml(xml) => xml.signing_time().is_some(),
            Self::NonRfc(_) => false,
        }
    }

    /// The time that is stated as JAdES before `iat` did (`sigT`), whether or not `iat` stands beside it.
    pub(crate) fn signing_time(&self) -> Option<Timestamp> {
        match self {
            Self::Jws(jws) => jws.header.signing_time,
            Self::Xml(_) | Self::NonRfc(_) => None,
        }
    }

    /// What the level leaves unsaid: which version of the baseline is met, or why none is.
    pub(crate) fn level_note(&self) -> Option<&'static str> {
        let Self::Jws(jws) = self else { return None };
        if jws.header.states_two_times() {
            Some("its header states both iat and sigT, so it is at no level of the JAdES baseline")
        } else if jws.header.is_of_first_version() && jws.header.is_baseline_b() {
            Some(
                "its time is sigT, so its level is that of ETSI TS 119 182-1 v1.1.1; v1.2.1 needs iat in its place",
            )
        } else {
            None
        }
    }

    /// Whether that time is stated as JAdES before `iat` did (`sigT`).
    pub(crate) fn states_signing_time(&self) -> bool {
        match self {
            Self::Jws(jws) => jws.header.parameters.get("sigT").is_some(),
            Self::Xml(_) | Self::NonRfc(_) => false,
        }
    }

    /// The algorithm as the token's own standard names it.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Jws(jws) => jws.header.algorithm.name(),
            Self::Xml(xml) => xml.algorithm(),
            Self::NonRfc(_) => "RS256",
        }
    }

    /// The canonicalization URI in the signed part.
    pub(crate) fn canon(&self) -> Option<&str> {
        match self {
            Self::Jws(jws) => jws.header.canon.as_deref(),
            Self::Xml(xml) => xml.canonicalization(),
            Self::NonRfc(_) => None,
        }
    }

    /// The object identifier of the one signed commitment.
    pub(crate) fn commitment_type(&self) -> Option<&str> {
        match self {
            Self::Jws(jws) => jws.header.commitment_type(),
            Self::Xml(xml) => xml.commitment(),
            Self::NonRfc(_) => None,
        }
    }

    /// The one signed commitment with its one qualifier, as Attesta makes it.
    pub(crate) fn commitment(&self) -> Option<(&str, &Value)> {
        match self {
            Self::Jws(jws) => jws.header.commitment(),
            Self::Xml(xml) => xml.commitment().zip(xml.qualifiers()),
            Self::NonRfc(_) => None,
        }
    }

    /// What `Signature.targetFormat` begins with.
    pub(crate) fn target_format(&self) -> &'static str {
        match self {
            Self::Jws(_) | Self::NonRfc(_) => TARGET_FORMAT,
            Self::Xml(_) => XML_TARGET_FORMAT,
        }
    }

    /// `Signature.sigFormat`.
    pub(crate) fn signature_format(&self) -> &'static str {
        match self {
            Self::Jws(_) | Self::NonRfc(_) => JOSE,
            Self::Xml(_) => XML,
        }
    }

    /// The canonicalization URI of a form, as this kind of token names it.
    pub(crate) fn uri(&self, form: Canonicalization) -> &'static str {
        match self {
            Self::Jws(_) | Self::NonRfc(_) => form.uri(),
            Self::Xml(_) => form.xml_uri(),
        }
    }

    /// The form of such a URI.
    pub(crate) fn form(&self, uri: &str) -> Option<Canonicalization> {
        match self {
            Self::Jws(_) | Self::NonRfc(_) => Canonicalization::from_uri(uri),
            Self::Xml(_) => Canonicalization::from_xml_uri(uri),
        }
    }

    /// Whether the key of the first certificate signed `payload`, the exact bytes of a canonical form.
    pub(crate) fn covers(&self, payload: &[u8]) -> bool {
        match self {
            Self::Jws(jws) => jws.covers(payload),
            Self::Xml(xml) => xml.covers(payload),
            Self::NonRfc(token) => token.covers(payload),
        }
    }
}

/// Of the evidence for `jws` that with the highest level; of equals the first.
pub(crate) fn furthest<'e>(evidence: &'e [Augmented], jws: &Detached) -> Option<&'e Augmented> {
    let about = evidence.iter().rev().filter(|one| one.jws().is_same_signature(jws));
    about.max_by_key(|one| one.level())
}

/// The bytes of `Signature.data`, whose `sigFormat` must be one of `formats`.
fn data(signature: &Value, formats: &[&str]) -> Result<Vec<u8>, TokenError> {
    let format = signature.str("sigFormat").unwrap_or_default();
    if !formats.contains(&format) {
        return Err(TokenError::new(
            "format-unsupported",
            format!("the signature's sigFormat is not {}", formats.join(" or ")),
        ));
    }
    let data = signature
        .str("data")
        .ok_or_else(|| TokenError::new("signature-empty", "the signature has no data"))?;
    from_base64(data)
        .ok_or_else(|| TokenError::new("data-unreadable", "the signature's data is not strict base64"))
}

/// The text of a token in JSON.
fn text(bytes: Vec<u8>) -> Result<String, TokenError> {
    String::from_utf8(bytes)
        .map_err(|_| TokenError::new("data-unreadable", "the signature's data is not a JWS"))
}

/// Statements name persons, so they must not reach a log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("kind", &self.kind())
            .field("chain", self.chain())
            .finish_non_exhaustive()
    }
}
