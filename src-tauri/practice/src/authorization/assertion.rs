//! The assertion by which a client shows who it is (RFC 7523, section 3; SMART App Launch 2.2).

use jiff::{SignedDuration, Timestamp};
use josekit::jwk::{Jwk, JwkSet};
use josekit::jws::{self, ES256, ES384, JwsHeader};
use serde::Deserialize;

/// `exp` is no further ahead.
const LONGEST: SignedDuration = SignedDuration::from_mins(5);

#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    sub: String,
    aud: String,
    pub(super) exp: i64,
    pub(super) jti: String,
}

/// What a good assertion claims; whether its `jti` was seen before is for the caller to say. `None` for every other: a
/// client is told no more than that it is none.
pub(super) fn check<'k>(
    assertion: &str,
    audience: &str,
    now: Timestamp,
    keys: impl Fn(&str) -> Option<&'k JwkSet>,
) -> Option<Claims> {
    // Who it claims to be decides by whose keys it is verified; nothing else is read before that.
    let claimed: Claims = serde_json::from_slice(&unverified(assertion)?).ok()?;
    let keys = keys(&claimed.iss)?;
    let payload = keys.keys().into_iter().find_map(|key| verified(assertion, key))?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let good = claims.iss == claims.sub
        && claims.aud == audience
        && claims.exp > now.as_second()
        && claims.exp <= (now + LONGEST).as_second()
        && !claims.jti.is_empty();
    good.then_some(claims)
}

fn unverified(assertion: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(assertion.split('.').nth(1)?).ok()
}

/// The payload, where this key signed it and the header names this key.
fn verified(assertion: &str, key: &Jwk) -> Option<Vec<u8>> {
    let algorithm = if key.curve() == Some("P-384") { ES384 } else { ES256 };
    let verifier = algorithm.verifier_from_jwk(key).ok()?;
    let (payload, header): (Vec<u8>, JwsHeader) = jws::deserialize_compact(assertion, &verifier).ok()?;
    (header.key_id() == key.key_id()).then_some(payload)
}
