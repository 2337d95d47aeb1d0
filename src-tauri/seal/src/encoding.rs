//! Strict encodings. A second spelling of the same bytes would let a record change without its signature noticing.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{NO_PAD, PAD};
use sha2::{Digest as _, Sha256};

// The engine that takes many bytes at once where the processor can; both read and write the same.
#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon")))]
mod engine {
    use base64::engine::GeneralPurposeConfig as Configuration;
    pub(super) use base64::engine::Simd as Engine;

    pub(super) fn standard(configuration: Configuration) -> Engine {
        Engine::standard(configuration)
    }

    pub(super) fn url_safe(configuration: Configuration) -> Engine {
        Engine::url_safe(configuration)
    }
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
mod engine {
    use base64::alphabet;
    use base64::engine::GeneralPurposeConfig as Configuration;
    pub(super) use base64::engine::Scalar as Engine;

    pub(super) fn standard(configuration: Configuration) -> Engine {
        Engine::new(&alphabet::STANDARD, configuration)
    }

    pub(super) fn url_safe(configuration: Configuration) -> Engine {
        Engine::new(&alphabet::URL_SAFE, configuration)
    }
}

static STANDARD: LazyLock<engine::Engine> = LazyLock::new(|| engine::standard(PAD));
static URL_SAFE_NO_PAD: LazyLock<engine::Engine> = LazyLock::new(|| engine::url_safe(NO_PAD));

/// Base64url without padding (RFC 7515, section 2).
pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Calls `each` with the parts of the bytes' base64url, without the whole of it in memory.
pub(crate) fn base64url_parts(bytes: &[u8], mut each: impl FnMut(&[u8])) {
    let mut part = [0; 4096];
    // Whole groups of three bytes, so that only the last part ends within a group.
    for bytes in bytes.chunks(part.len() / 4 * 3) {
        // A part has room for as many bytes as are given.
        let length = URL_SAFE_NO_PAD.encode_slice(bytes, &mut part).unwrap_or(0);
        each(part.get(..length).unwrap_or_default());
    }
}

/// Reads base64url; padding, white space and unused bits that are not zero are refused.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Base64 with padding (RFC 4648, section 4), as FHIR's `base64Binary` and JOSE's `x5c` have it.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64; missing padding, white space and unused bits that are not zero are refused.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// SHA-256 (FIPS 180-4).
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    use std::fmt::Write as _;
    bytes.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// PEM (RFC 7468) with lines of 64 characters.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(64) {
        text.extend(line.iter().map(|&byte| char::from(byte)));
        text.push('\n');
    }
    text + "-----END " + label + "-----\n"
}

/// The DER of each block with this label, in order; `None` when a block cannot be read or there is none.
pub(crate) fn from_pem(label: &str, text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let text = std::str::from_utf8(text).ok()?;
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(&begin) {
        let (body, after) = after.split_once(&end)?;
        let body: String = body.split_ascii_whitespace().collect();
        blocks.push(from_base64(&body)?);
        rest = after;
    }
    (!blocks.is_empty()).then_some(blocks)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_one_spelling_of_the_same_bytes_is_read() {
        assert_eq!(from_base64url("AQ").unwrap(), [1]);
        for other in ["AQ==", "AR", "A", "AQ\n", " AQ", "A+", "A/"] {
            assert_eq!(from_base64url(other), None, "{other:?} must not be read");
        }
        assert_eq!(from_base64("AQ==").unwrap(), [1]);
        for other in ["AQ", "AQ=", "AR==", "AQ==\n", "AQ== ", "A-=="] {
            assert_eq!(from_base64(other), None, "{other:?} must not be read");
        }
    }

    #[test]
    fn the_parts_are_the_whole_in_its_order() {
        for length in [0, 1, 2, 3, 3071, 3072, 3073, 6144, 10_000] {
            let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            let mut parts = Vec::new();
            base64url_parts(&bytes, |part| parts.extend_from_slice(part));
            assert_eq!(String::from_utf8(parts).unwrap(), base64url(&bytes), "{length}");
        }
    }

    #[test]
    fn pem_reads_back_what_it_wrote() {
        let der: Vec<u8> = (0..200).collect();
        let text = pem("CERTIFICATE", &der) + &pem("CERTIFICATE", &[1]);
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(from_pem("CERTIFICATE", text.as_bytes()).unwrap(), [der, vec![1]]);
        assert_eq!(from_pem("CERTIFICATE", b"nothing"), None);
        assert_eq!(from_pem("CERTIFICATE", b"-----BEGIN CERTIFICATE-----\nAQ=="), None);
    }
}
