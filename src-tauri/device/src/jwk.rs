//! Public keys on an elliptic curve as JWKs (RFC 7518, section 6.2), in the spelling that RFC 7638 hashes.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::PublicKey;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use sha2::{Digest as _, Sha256};

/// The required members in the order that RFC 7638, section 3.2, gives them. What goes in is base64url, or a curve's name.
pub(crate) fn required(curve: &str, x: &str, y: &str) -> String {
    format!(r#"{{"crv":"{curve}","kty":"EC","x":"{x}","y":"{y}"}}"#)
}

/// The coordinates of a point on P-256, base64url.
pub(crate) fn coordinates(key: &PublicKey) -> (String, String) {
    let point = key.to_sec1_point(false);
    let octets = point.as_bytes();
    let coordinate = |range| BASE64_URL_SAFE_NO_PAD.encode(octets.get(range).unwrap_or_default());
    (coordinate(1..33), coordinate(33..65))
}

/// SHA-256 of a text, base64url: of [`required`] members, the key's thumbprint (RFC 7638, section 3).
pub(crate) fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}
