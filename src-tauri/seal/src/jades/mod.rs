//! `JAdES` (ETSI TS 119 182-1): the same protected header and signature in the serialisation that takes evidence later.

use fhir::object;

use crate::SealError;
use crate::jws::Detached;

/// Writes a compact detached JWS as flattened JSON (RFC 7515, section 7.2.2), without signing again: the protected
/// header and the signature stay the same characters, so what verified before verifies after.
///
/// # Errors
/// [`SealError::Record`] when `compact` is not a detached compact JWS that could verify.
pub fn flatten(compact: &str) -> Result<String, SealError> {
    let refused = |reason: String| SealError::Record { reason: format!("the signature: {reason}") };
    Detached::parse(compact).map_err(|error| refused(error.to_string()))?;
    let (protected, signature) =
        compact.split_once("..").ok_or_else(|| refused("it is not in the compact form".to_owned()))?;
    Ok(object! { "protected" => protected, "signature" => signature }.to_json())
}
