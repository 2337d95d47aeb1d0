//! What stands behind sealing and verifying, piece by piece: for fuzz targets, benchmarks and test vectors. A program
//! verifies with [`crate::verify`]; nothing here says who signed or when.

use fhir::Value;
use fhir::canonical::JcsError;

use crate::jws::{self, Algorithm, Detached, Header};
use crate::payload::{self, Canonicalization};
use crate::{CertificateChain, SealError, Signer};

/// A detached JWS in its compact serialisation, read but not verified.
#[derive(Debug, Clone)]
pub struct Jws(Detached);

impl Jws {
    /// Reads `header..signature`.
    ///
    /// # Errors
    /// The code of what is wrong, as a report has it.
    pub fn read(compact: &str) -> Result<Self, &'static str> {
        Detached::parse(compact).map(Self).map_err(|error| error.code)
    }

    /// Whether the key of the first certificate in `x5c` signed this header and `payload`.
    pub fn covers(&self, payload: &[u8]) -> bool {
        self.0.covers(payload)
    }
}

/// Reads a protected header.
///
/// # Errors
/// The code of what is wrong, as a report has it.
pub fn protected_header(json: &[u8]) -> Result<(), &'static str> {
    Header::parse(json, None).map(drop).map_err(|error| error.code)
}

/// Whether `signature` (r‖s) over `input` verifies as ES256 under the key of the chain's first certificate.
pub fn es256(chain: &CertificateChain, input: &[u8], signature: &[u8]) -> bool {
    Algorithm::Es256.verify(chain.leaf(), input, signature)
}

/// The bytes that a capture signature covers: without root `id`, root `meta` and the signature's own extension, RFC 8785.
///
/// # Errors
/// [`JcsError`] for a number that RFC 8785 cannot write.
pub fn capture_payload(response: &Value) -> Result<Vec<u8>, JcsError> {
    payload::jcs(Canonicalization::Document.covered(response))
}

/// Signs `payload` under `header` as [`crate::capture`] does.
///
/// # Errors
/// [`SealError::Sign`] when the key refuses.
pub fn sign(header: &Value, payload: &[u8], signer: &dyn Signer) -> Result<String, SealError> {
    jws::sign(header, payload, signer)
}
