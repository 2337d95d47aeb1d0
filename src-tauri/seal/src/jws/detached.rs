//! Reading `header..signature`.

use crate::CertificateChain;
use crate::encoding::from_base64url;
use crate::jws::{Header, signing_input};

/// A detached JWS, read but not yet verified.
#[derive(Debug, Clone)]
pub(crate) struct Detached {
    pub(crate) header: Header,
    /// The protected header as it was signed.
    protected: String,
    signature: Vec<u8>,
}

/// Why a JWS cannot be verified at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct JwsError {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl JwsError {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

impl Detached {
    /// Reads the compact serialisation strictly: three parts, the middle one empty, base64url in one spelling only.
    pub(crate) fn parse(compact: &str) -> Result<Self, JwsError> {
        Self::parse_with(compact, None)
    }

    /// The same; `supplied` stands in for the certificates of a header that carries none.
    pub(crate) fn parse_with(compact: &str, supplied: Option<&CertificateChain>) -> Result<Self, JwsError> {
        let parts: Vec<_> = compact.split('.').collect();
        let [protected, payload, signature] = parts[..] else {
            return Err(JwsError::new("jws-unreadable", "it is not a compact JWS (header..signature)"));
        };
        if !payload.is_empty() {
            return Err(JwsError::new(
                "payload-attached",
                "the JWS brings its own payload; it must be detached",
            ));
        }
        if signature.is_empty() {
            return Err(JwsError::new("signature-empty", "the JWS has no signature"));
        }
        let unreadable =
            |what: &str| JwsError::new("jws-unreadable", format!("the {what} is not strict base64url"));
        let json = from_base64url(protected).ok_or_else(|| unreadable("protected header"))?;
        let signature = from_base64url(signature).ok_or_else(|| unreadable("signature"))?;
        let header = Header::parse(&json, supplied)?;
        if !header.algorithm.fits(header.chain.leaf()) {
            return Err(JwsError::new(
                "algorithm-confusion",
                format!("the certificate's key is not one that {} can use", header.algorithm.name()),
            ));
        }
        if !header.algorithm.has_length(&signature) {
            return Err(JwsError::new(
                "signature-length",
                format!("{} bytes are not an {} signature", signature.len(), header.algorithm.name()),
            ));
        }
        Ok(Self { header, protected: protected.to_owned(), signature })
    }

    /// Whether the key of the first certificate in `x5c` signed this header and `payload`.
    pub(crate) fn covers(&self, payload: &[u8]) -> bool {
        let input = signing_input(&self.protected, payload);
        self.header.algorithm.verify(self.header.chain.leaf(), &input, &self.signature)
    }
}
