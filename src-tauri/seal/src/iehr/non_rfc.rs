//! The token that senders of `InteropEHRate` Bundles put where the guide asks for a JWS. It looks like one and is not
//! (RFC 7515): nothing covers its header, and certificate and signature are base64 a second time. It is read for Bundles
//! alone, and never made.

use fhir::Value;

use crate::CertificateChain;
use crate::encoding::{from_base64, from_base64url};
use crate::jws::{Algorithm, JwsError};

/// `base64url(header)..base64url(base64(signature))`, read but not yet verified.
#[derive(Clone)]
pub(crate) struct NonRfc {
    chain: CertificateChain,
    signature: Vec<u8>,
}

/// The header, where `compact` is such a token: a `certificate` in it, and none of what a JWS names its signer by.
fn header(compact: &str) -> Option<(Value, &str)> {
    let (header, signature) = compact.split_once("..")?;
    let header = Value::parse(&unpadded(header)?).ok()?;
    let foreign = header.str("certificate").is_some()
        && ["x5c", "x5t#S256", "jwk"].iter().all(|one| header.get(one).is_none());
    foreign.then_some((header, signature))
}

/// Base64url; some of the senders' libraries pad it.
fn unpadded(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    (text.len() - bare.len() <= 2).then(|| from_base64url(bare)).flatten()
}

impl NonRfc {
    /// Whether this is such a token, readable or not.
    pub(crate) fn is(compact: &str) -> bool {
        header(compact).is_some()
    }

    /// Reads the token. RS256 with a key of 2048 bits or more is the only algorithm.
    pub(crate) fn parse(compact: &str) -> Result<Self, JwsError> {
        let unreadable = |what: &str| JwsError::new("token-unreadable", format!("the token's {what}"));
        let (header, signature) =
            header(compact).ok_or_else(|| unreadable("header is not one that senders are known to write"))?;
        if header.str("alg") != Some(Algorithm::Rs256.name()) {
            return Err(JwsError::new("algorithm-refused", "the token's algorithm is not RS256"));
        }
        let der = header
            .str("certificate")
            .and_then(from_base64)
            .and_then(|text| from_base64(std::str::from_utf8(&text).ok()?))
            .ok_or_else(|| unreadable("certificate is not base64 of base64"))?;
        let chain = CertificateChain::from_ders(vec![der])
            .map_err(|error| JwsError::new("certificate-unreadable", error.to_string()))?;
        let signature = unpadded(signature)
            .and_then(|text| from_base64(std::str::from_utf8(&text).ok()?))
            .ok_or_else(|| unreadable("signature is not base64url of base64"))?;
        if !Algorithm::Rs256.fits(chain.leaf()) {
            return Err(JwsError::new(
                "algorithm-confusion",
                "the certificate's key is not one that RS256 can use",
            ));
        }
        if !Algorithm::Rs256.has_length(chain.leaf(), &signature) {
            return Err(JwsError::new(
                "signature-length",
                "the signature has not the length of the certificate's key",
            ));
        }
        Ok(Self { chain, signature })
    }

    pub(crate) fn chain(&self) -> &CertificateChain {
        &self.chain
    }

    /// Whether the certificate's key signed exactly these bytes; no header is among them.
    pub(crate) fn covers(&self, payload: &[u8]) -> bool {
        Algorithm::Rs256.verify(self.chain.leaf(), payload, &self.signature)
    }
}
