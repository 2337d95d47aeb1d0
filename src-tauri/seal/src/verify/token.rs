//! What a Signature datatype holds in `data`: one face for every kind of token, so that the five verdicts are asked in
//! one place.

use std::fmt;

use fhir::Value;
use jiff::Timestamp;

use crate::CertificateChain;
use crate::encoding::from_base64;
use crate::jws::{Detached, JwsError};
use crate::signature::JOSE;

/// A signature as it was read, not yet verified.
#[derive(Clone)]
pub(crate) enum Token {
    /// JSON Web Signature (RFC 7515), detached.
    Jws(Detached),
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
        let format = signature.str("sigFormat").unwrap_or_default();
        if format != JOSE {
            return Err(TokenError::new(
                "format-unsupported",
                "the signature's sigFormat is not application/jose",
            ));
        }
        let data = signature
            .str("data")
            .ok_or_else(|| TokenError::new("signature-empty", "the signature has no data"))?;
        let bytes = from_base64(data)
            .ok_or_else(|| TokenError::new("data-unreadable", "the signature's data is not strict base64"))?;
        let compact = std::str::from_utf8(&bytes)
            .map_err(|_| TokenError::new("data-unreadable", "the signature's data is not a JWS"))?;
        Detached::parse_with(compact, supplied).map(Self::Jws)
    }

    /// `jws-compact`, `jws-flattened`, `xml` or `non-rfc`: what was met.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Jws(jws) if jws.flattened => "jws-flattened",
            Self::Jws(_) => "jws-compact",
        }
    }

    /// The level of the baseline that the token claims by what it carries: `B`, `T`, `LT` or `LTA`.
    pub(crate) fn level(&self) -> Option<&'static str> {
        match self {
            Self::Jws(jws) => jws.header.thumbprint.as_ref().and(jws.header.issued_at).map(|_| "B"),
        }
    }

    /// The certificates, the signer's first.
    pub(crate) fn chain(&self) -> &CertificateChain {
        match self {
            Self::Jws(jws) => &jws.header.chain,
        }
    }

    /// The signed SHA-256 of the signer's certificate, base64url.
    pub(crate) fn thumbprint(&self) -> Option<&str> {
        match self {
            Self::Jws(jws) => jws.header.thumbprint.as_deref(),
        }
    }

    /// The time that the signed part claims.
    pub(crate) fn issued_at(&self) -> Option<Timestamp> {
        match self {
            Self::Jws(jws) => jws.header.issued_at,
        }
    }

    /// Whether that time is in the form in which Attesta writes it (`iat`, `SigningTime`).
    pub(crate) fn states_time(&self) -> bool {
        match self {
            Self::Jws(jws) => jws.header.parameters.get("iat").is_some(),
        }
    }

    /// Whether that time is stated as JAdES before `iat` did (`sigT`).
    pub(crate) fn states_signing_time(&self) -> bool {
        match self {
            Self::Jws(jws) => jws.header.parameters.get("sigT").is_some(),
        }
    }

    /// The algorithm as the token's own standard names it.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Jws(jws) => jws.header.algorithm.name(),
        }
    }

    /// The canonicalization URI in the signed part.
    pub(crate) fn canon(&self) -> Option<&str> {
        match self {
            Self::Jws(jws) => jws.header.canon.as_deref(),
        }
    }

    /// The object identifier of the one signed commitment.
    pub(crate) fn commitment_type(&self) -> Option<&str> {
        match self {
            Self::Jws(jws) => jws.header.commitment_type(),
        }
    }

    /// The one signed commitment with its one qualifier, as Attesta makes it.
    pub(crate) fn commitment(&self) -> Option<(&str, &Value)> {
        match self {
            Self::Jws(jws) => jws.header.commitment(),
        }
    }

    /// Whether the key of the first certificate signed `payload`, the exact bytes of a canonical form.
    pub(crate) fn covers(&self, payload: &[u8]) -> bool {
        match self {
            Self::Jws(jws) => jws.covers(payload),
        }
    }
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
