//! ES256 against test vectors of our own in Wycheproof's form (IEEE P1363 signatures on P-256 with SHA-256). Wycheproof's
//! whole file is decided in the tests of the whole program (`tests/tests/interop/vectors.rs`).

use crate::common::es256;

#[test]
fn our_own_vectors_are_decided_as_they_say() {
    assert_eq!(es256::check(include_str!("fixtures/es256.json")), (2, 13));
}
