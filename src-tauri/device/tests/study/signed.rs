//! Under which version of a study a record was signed: its signed content names the document by its hash.

use device::delivery::State;
use device::store::{outbox, study};
use seal::Anchors;
use seal::verify::{Aspect, Trust, Verdict, verify_response};

use super::kept::Ward;
use super::*;
use crate::common::delivery::Deliverer;
use crate::common::site::{frozen, frozen_again};

/// The JWS of the patient's signature in a response.
fn jws(response: &Value) -> String {
    let signature = response.list("extension")[0].get("valueSignature").unwrap();
    String::from_utf8(base64::prelude::BASE64_STANDARD.decode(signature.str("data").unwrap()).unwrap())
        .unwrap()
}

/// The same response with another JWS.
fn with_jws(response: &Value, old: &str, new: &str) -> Value {
    let data = |jws: &str| base64::prelude::BASE64_STANDARD.encode(jws);
    let text = response.to_json();
    assert!(text.contains(&data(old)));
    Value::parse(text.replace(&data(old), &data(new)).as_bytes()).unwrap()
}

/// The protected header of a JWS.
fn header(jws: &str) -> String {
    let protected = jws.split("..").next().unwrap();
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(protected).unwrap()).unwrap()
}

#[test]
fn a_record_states_by_its_hash_which_version_of_the_study_it_was_signed_under() {
    let mut ward = Ward::new();
    let documents = [1, 2].map(|version| signed(&ward.study(version, |_| ()), 11));
    let hashes =
        documents.each_ref().map(|one| SignedStudy::read(one.as_bytes()).unwrap().sha256().to_owned());
    assert_ne!(hashes[0], hashes[1]);

    let first = frozen(ward.device(), &ward.staff);
    ward.device().load_study(documents[1].as_bytes(), Some("Longer."), &ward.staff).unwrap();
    let meanwhile = frozen_again(ward.device(), &ward.staff);
    ward.reopened().unwrap();
    let last = frozen_again(ward.device(), &ward.staff);
    Deliverer::start(ward.device()).delivered(3);

    let anchors = Anchors::from_pem(ward.server.anchor_pem().as_bytes()).unwrap();
    let trust = Trust::new(Some(&anchors), jiff::Timestamp::now());
    let verdict = |response: &Value| verify_response(response, &[], &trust).verdict(Aspect::Signature);
    for (record, version) in [(first, 0), (meanwhile, 0), (last, 1)] {
        let (own, other) = (&hashes[version], &hashes[1 - version]);
        let item = ward.device().store().read(|connection| outbox::by_id(connection, &record)).unwrap();
        assert_eq!(item.state, State::Done);
        for kept in [&item.response, item.returned.as_ref().unwrap()] {
            let response = Value::parse(kept).unwrap();
            let jws = jws(&response);
            let header = header(&jws);
            assert!(header.contains(&format!(r#""configurationS256":"{own}""#)), "{header}");
            assert!(!header.contains(other), "{header}");
            assert_eq!(verdict(&response), Verdict::Valid);

            // It is signed: nobody can name another version afterwards.
            let protected = BASE64_URL_SAFE_NO_PAD.encode(header.replace(own, other));
            let moved = format!("{protected}..{}", jws.split("..").nth(1).unwrap());
            assert_eq!(verdict(&with_jws(&response, &jws, &moved)), Verdict::Invalid);
        }
        let named = ward.device().store().read(|connection| study::by_sha256(connection, own)).unwrap();
        assert_eq!(named.as_deref(), Some(documents[version].as_str()), "the document is kept");
    }
}
