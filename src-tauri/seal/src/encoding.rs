//! Strict encodings. A second spelling of the same bytes would let a record change without its signature noticing.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Base64url without padding (RFC 7515, section 2).
pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends base64url to `text`, without a copy in between.
pub(crate) fn push_base64url(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
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
    fn pem_reads_back_what_it_wrote() {
        let der: Vec<u8> = (0..200).collect();
        let text = pem("CERTIFICATE", &der) + &pem("CERTIFICATE", &[1]);
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(from_pem("CERTIFICATE", text.as_bytes()).unwrap(), [der, vec![1]]);
        assert_eq!(from_pem("CERTIFICATE", b"nothing"), None);
        assert_eq!(from_pem("CERTIFICATE", b"-----BEGIN CERTIFICATE-----\nAQ=="), None);
    }
}
