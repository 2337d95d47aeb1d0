//! JSON Web Signature (RFC 7515) with detached content (appendix F): compact, `header..signature`, or flattened JSON.

mod algorithm;
mod detached;
mod header;
mod references;

pub(crate) use algorithm::{Algorithm, Es256};
pub(crate) use detached::{Detached, JwsError};
pub(crate) use header::Header;

use fhir::{Number, Value, array, object};
use jiff::Timestamp;

use crate::encoding::{base64, base64url, base64url_parts};
use crate::signature::Purpose;
use crate::{CertificateChain, SealError, SignError, Signer};

/// The protected header of one of Attesta's signatures, in the order in which it is documented. It has no `typ`, `b64`,
/// `crit` or `kid`: a compact `typ` would become false when the same bytes are written as flattened JSON.
pub(crate) fn protected_header(
    purpose: Purpose,
    issued_at: Timestamp,
    chain: &CertificateChain,
    qualifiers: Value,
) -> Result<Value, SealError> {
    Ok(object! {
        "alg" => Algorithm::Es256.name(),
        "iat" => seconds(issued_at)?,
        "canon" => purpose.canonicalization().uri(),
        "x5t#S256" => chain.x5t_s256(),
        "x5c" => x5c(chain),
        "srCms" => array![object! {
            "commId" => object! {
                "id" => format!("urn:oid:{}", purpose.oid()),
                "desc" => purpose.display(),
            },
            "commQuals" => array![qualifiers],
        }],
    })
}

/// `iat`: whole seconds since 1970 (RFC 7519, section 4.1.6).
pub(crate) fn seconds(at: Timestamp) -> Result<Number, SealError> {
    Number::new(at.as_second().to_string()).map_err(|_| SealError::incomplete("iat", "is not a time"))
}

/// `x5c`: base64, not base64url (RFC 7515, section 4.1.6).
pub(crate) fn x5c(chain: &CertificateChain) -> Value {
    chain.ders().map(|der| Value::from(base64(der))).collect::<Vec<_>>().into()
}

/// Signs `payload` under `header`; the result does not contain the payload.
pub(crate) fn sign(header: &Value, payload: &[u8], signer: &dyn Signer) -> Result<String, SealError> {
    let header = base64url(header.to_json());
    let raw = signer.sign(&signing_input(&header, payload))?;
    // A broken keystore must not seal a record that no one can ever verify.
    p256::ecdsa::Signature::from_slice(&raw)
        .map_err(|_| SignError::new("the keystore returned something that is not a P-256 signature"))?;
    Ok(format!("{header}..{}", base64url(raw)))
}

/// RFC 7515, section 5.1, step 8.
pub(crate) fn signing_input(header: &str, payload: &[u8]) -> Vec<u8> {
    let mut input = Vec::with_capacity(header.len() + 1 + payload.len().div_ceil(3) * 4);
    input.extend_from_slice(header.as_bytes());
    input.push(b'.');
    base64url_parts(payload, |part| input.extend_from_slice(part));
    input
}
