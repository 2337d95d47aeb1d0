//! The check of a certificate that an authority has just issued to this device.

use jiff::Timestamp;
use p256::ecdsa::VerifyingKey;
use p256::pkcs8::EncodePublicKey as _;

use crate::SealError;
use crate::certificate::{Anchors, CertificateChain, Key, Path};

/// Checks an issued chain before the first use of its key: the certificate is for *our* key and *our* device, is good
/// now, may sign, is no authority, and leads to a configured anchor by OpenSSL without SHA-1.
///
/// An authority that returns its own public key, another device's certificate or an authority's certificate has been
/// met in practice, so nothing that it sends is taken on trust.
///
/// # Errors
/// [`SealError::Enrolment`] with the code of the first rule that is broken.
pub fn check_issued(
    chain: &CertificateChain,
    anchors: &Anchors,
    our_key: &VerifyingKey,
    device_identifier: &str,
    now: Timestamp,
) -> Result<(), SealError> {
    let refuse = |code: &'static str, reason: String| Err(SealError::Enrolment { code, reason });
    let leaf = chain.leaf();
    let ours = our_key.to_public_key_der().map_err(SealError::certificate)?;
    if leaf.key != Key::P256 || leaf.public_key_der != ours.as_bytes() {
        return refuse("other-key", "it is for another key than the one that this device made".to_owned());
    }
    if leaf.authority || leaf.key_usage.is_some_and(|usage| usage.key_cert_sign()) {
        return refuse("authority", "it is an authority's certificate, not a device's".to_owned());
    }
    if !leaf.may_sign() {
        return refuse("key-usage", "its keyUsage does not include digitalSignature".to_owned());
    }
    if leaf.uris != [device_identifier] {
        return refuse(
            "other-device",
            format!("its subjectAltName does not have exactly the URI {device_identifier}"),
        );
    }
    let path = match Path::build(chain, anchors) {
        Ok(path) => path,
        Err(error) if error.weak => {
            return refuse(
                "weak-algorithm",
                format!("its path uses SHA-1 or a short key ({})", error.reason),
            );
        }
        Err(error) => {
            return refuse(
                "untrusted",
                format!("it does not lead to a configured trust anchor ({})", error.reason),
            );
        }
    };
    match path.certificates.iter().find(|certificate| !certificate.is_valid_at(now)) {
        Some(certificate) => refuse(
            "validity",
            format!(
                "the certificate of {} is valid from {} to {}, and now it is {now}",
                certificate.subject, certificate.not_before, certificate.not_after
            ),
        ),
        None => Ok(()),
    }
}
