//! Signatures and headers that must be refused, one attack a test. What is met by changing an honest record stands in
//! `tampering.rs`, what the reader of headers refuses in `headers.rs`, values of signatures in `signature_values.rs`,
//! certificates in `negative_certificates.rs`.

use crate::common;

use common::{
    CAPTURE, PERSISTENCE, Sealed, assert_finding, base64, base64url, capture_payload, header, jws,
    recaptured, refused, signed, with, with_jws,
};
use fhir::{Number, Value, array, object};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use seal::Signer as _;
use seal::testing::{self, TestAuthority};
use seal::verify::{Aspect, Verdict};

#[test]
fn an_hmac_keyed_with_the_public_key_is_refused() {
    // Algorithm confusion: a library that takes the algorithm from the header would check an HMAC with public bytes.
    let sealed = Sealed::new();
    let certificate = openssl::x509::X509::from_der(sealed.signer.chain().leaf_der()).unwrap();
    let key = certificate.public_key().unwrap();
    let secrets = [
        key.public_key_to_der().unwrap(),
        key.public_key_to_pem().unwrap(),
        sealed.signer.chain().leaf_der().to_vec(),
    ];
    for (name, digest) in [
        ("HS256", MessageDigest::sha256()),
        ("HS384", MessageDigest::sha384()),
        ("HS512", MessageDigest::sha512()),
    ] {
        for secret in &secrets {
            let mut header = header(&sealed.response, &CAPTURE);
            header.as_object_mut().unwrap().insert("alg", name);
            let header = base64url(header.to_json());
            let input = format!("{header}.{}", base64url(capture_payload(&sealed.response)));
            let mac = PKey::hmac(secret).unwrap();
            let mut mac = openssl::sign::Signer::new(digest, &mac).unwrap();
            let tag = mac.sign_oneshot_to_vec(input.as_bytes()).unwrap();
            let response = with_jws(&sealed.response, &CAPTURE, &format!("{header}..{}", base64url(tag)));
            refused(&sealed, &response, "algorithm-refused");
        }
    }
}

#[test]
fn an_algorithm_that_is_not_a_string_is_refused() {
    let sealed = Sealed::new();
    for algorithm in [Value::Null, array!["ES256"], object! { "name" => "ES256" }, true.into()] {
        let response = recaptured(&sealed, |header| {
            header.insert("alg", algorithm);
        });
        refused(&sealed, &response, "header-unreadable");
    }
}

#[test]
fn another_key_under_this_certificate_is_refused() {
    let sealed = Sealed::new();
    let thief = sealed.authority.signer(9, testing::DEVICE_IDENTIFIER);
    let thief = thief.with_chain(sealed.signer.chain().clone());
    refused(&sealed, &common::recaptured_by(&sealed, &thief), "header-altered");
}

#[test]
fn a_key_that_the_header_brings_beside_its_certificate_is_never_used() {
    let sealed = Sealed::new();
    let thief = testing::key(9);
    let point = thief.verifying_key().to_sec1_point(false);
    let mut header = header(&sealed.response, &CAPTURE);
    let members = header.as_object_mut().unwrap();
    members.insert(
        "jwk",
        object! {
            "kty" => "EC", "crv" => "P-256",
            "x" => base64url(point.x().unwrap()), "y" => base64url(point.y().unwrap()),
        },
    );
    members.insert("jku", "https://keys.example/jwks.json");
    members.insert("x5u", "https://keys.example/chain.pem");
    members.insert("kid", "thief");
    let thief =
        sealed.authority.signer(9, testing::DEVICE_IDENTIFIER).with_chain(sealed.signer.chain().clone());
    let forged = signed(&header.to_json(), &capture_payload(&sealed.response), &thief);
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &forged), "header-altered");
}

#[test]
fn a_header_that_the_signature_does_not_cover_is_refused() {
    // Each parameter is changed, taken out or added, and the signature is left as it was.
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE);
    let (_, signature) = compact.split_once("..").unwrap();
    let honest = header(&sealed.response, &CAPTURE);
    let mut changed: Vec<Value> = Vec::new();
    let names: Vec<String> = honest
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, _)| name.to_owned())
        .chain(["extra".to_owned()])
        .collect();
    for name in names {
        let mut removed = honest.clone();
        if removed.as_object_mut().unwrap().remove(&name).is_some() {
            changed.push(removed);
        }
        let mut altered = honest.clone();
        altered.as_object_mut().unwrap().insert(name, "x");
        changed.push(altered);
    }
    let mut later = honest.clone();
    later.as_object_mut().unwrap().insert("iat", Number::from(1_795_250_468_u32));
    changed.push(later);
    for header in changed {
        let forged = format!("{}..{signature}", base64url(header.to_json()));
        let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &forged), &[]);
        // Without a certificate there is no key to ask; that is not known, and never valid.
        let expected = if header.get("x5c").is_some_and(|x5c| x5c.as_array().is_some()) {
            Verdict::Invalid
        } else {
            Verdict::Indeterminate
        };
        assert_eq!(report.verdict(Aspect::Signature), expected, "{}", report.verdicts[0].reason);
    }
}

#[test]
fn the_same_header_in_another_spelling_is_refused() {
    // The signature covers the header's bytes: white space is as much a change as a value.
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE);
    let (_, signature) = compact.split_once("..").unwrap();
    let honest = header(&sealed.response, &CAPTURE);
    let forged = format!("{}..{signature}", base64url(honest.to_json_pretty()));
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &forged), "header-altered");
}

#[test]
fn a_name_that_stands_twice_deep_inside_the_header_is_refused() {
    let sealed = Sealed::new();
    let text = header(&sealed.response, &CAPTURE).to_json();
    let twice =
        text.replacen(r#""subjectId":"014-0027""#, r#""subjectId":"014-0027","subjectId":"014-0031""#, 1);
    assert_ne!(text, twice);
    let jws = signed(&twice, &capture_payload(&sealed.response), &sealed.signer);
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &jws), "header-unreadable");
}

#[test]
fn a_name_that_stands_twice_in_the_response_is_refused() {
    let sealed = Sealed::new();
    let text = sealed.response.to_json();
    for (honest, twice) in [
        (r#""status":"completed""#, r#""status":"completed","status":"amended""#),
        (r#""valueBoolean":true"#, r#""valueBoolean":false,"valueBoolean":true"#),
        (r#""valueBoolean":true"#, r#""valueBoolean":false,"value\u0042oolean":true"#),
    ] {
        let changed = text.replacen(honest, twice, 1);
        assert_ne!(text, changed);
        let error = Value::parse(changed.as_bytes()).unwrap_err();
        assert_eq!(error.kind, fhir::ParseErrorKind::DuplicateName);
    }
}

#[test]
fn a_lone_surrogate_in_the_header_is_refused() {
    let sealed = Sealed::new();
    let text = header(&sealed.response, &CAPTURE).to_json();
    let alone = text.replacen(r#""printedName":"014-0027""#, r#""printedName":"014-\ud800""#, 1);
    assert_ne!(text, alone);
    let jws = signed(&alone, &capture_payload(&sealed.response), &sealed.signer);
    refused(&sealed, &with_jws(&sealed.response, &CAPTURE, &jws), "header-unreadable");
}

#[test]
fn a_time_that_is_no_whole_second_is_refused() {
    let sealed = Sealed::new();
    for time in ["1795250467.5", "1.795250467e9", "99999999999999999999", "-99999999999999", "1e999"] {
        let response = recaptured(&sealed, |header| {
            header.insert("iat", Number::new(time).unwrap());
        });
        refused(&sealed, &response, "header-unreadable");
    }
    let response = recaptured(&sealed, |header| {
        header.insert("iat", "1795250467");
    });
    refused(&sealed, &response, "header-unreadable");
}

#[test]
fn something_that_is_no_compact_jws_is_refused() {
    let sealed = Sealed::new();
    let compact = jws(&sealed.response, &CAPTURE);
    for other in [
        String::new(),
        "..".to_owned(),
        compact.replacen("..", ".", 1),
        compact.replacen("..", "...", 1),
        format!("{compact}."),
        format!(".{compact}"),
        format!("{compact}.AA.AA"),
        format!("{compact}\n"),
        compact.replace("..", ". ."),
    ] {
        let report = sealed.verify_with(&with_jws(&sealed.response, &CAPTURE, &other), &[]);
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid, "{other:.40}");
    }
}

#[test]
fn a_persistence_signature_transplanted_from_another_record_is_refused() {
    let sealed = Sealed::new();
    let other = with(&testing::response(), &["item", "1", "answer", "0", "valueBoolean"], false);
    let other = testing::returned(&common::captured(&other, &testing::statement(), &sealed.signer));
    let other = common::proven(&other, &sealed.signer);
    // The whole Provenance, and the signature alone.
    let report = sealed.verify_with(&sealed.response, &[&other]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "content-altered");
    let transplanted = with_jws(&sealed.provenance, &PERSISTENCE, &jws(&other, &PERSISTENCE));
    let report = sealed.verify_with(&sealed.response, &[&transplanted]);
    assert_finding(&report, Aspect::Signature, Verdict::Invalid, "content-altered");
}

#[test]
fn a_capture_signature_of_another_person_is_refused() {
    // Both signed the same answers in the same second; only the person differs.
    let sealed = Sealed::new();
    let mut other = testing::response();
    for element in ["subject", "author", "source"] {
        other = with(&other, &[element, "identifier", "value"], "014-0031");
    }
    let statement = seal::Statement { subject_id: "014-0031".to_owned(), ..testing::statement() };
    let source = seal::Party { identifier_value: "014-0031".to_owned(), ..testing::patient() };
    let other =
        seal::capture(&other, &statement, testing::signed_at(), &testing::device(), &source, &sealed.signer)
            .unwrap();
    let transplanted = with(&sealed.response, &CAPTURE, common::at(&other, &CAPTURE));
    refused(&sealed, &transplanted, "content-altered");
}

#[test]
fn one_good_signature_does_not_make_up_for_a_bad_one() {
    let sealed = Sealed::new();
    let mut bad = common::at(&sealed.response, &["extension", "0"]).clone();
    bad = with(&bad, &["valueSignature", "data"], base64("e30..AAAA"));
    for place in [0, 1] {
        let mut response = sealed.response.clone();
        let extensions = response.as_object_mut().unwrap().get_mut("extension").unwrap();
        extensions.as_array_mut().unwrap().insert(place, bad.clone());
        let report = sealed.verify_with(&response, &[]);
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid, "at place {place}");
    }
    // Nor is anybody free to hang one on that nothing asks for.
    let mut empty = sealed.response.clone();
    let extensions = empty.as_object_mut().unwrap().get_mut("extension").unwrap().as_array_mut().unwrap();
    extensions.push(object! { "url" => seal::SIGNATURE_EXTENSION });
    assert_eq!(sealed.verify_with(&empty, &[]).verdict(Aspect::Signature), Verdict::Invalid);
}

#[test]
fn a_signature_that_was_moved_elsewhere_is_not_found() {
    let sealed = Sealed::new();
    let extension = sealed.response.get("extension").unwrap().clone();
    let mut moved = sealed.response.clone();
    moved.as_object_mut().unwrap().remove("extension");
    let moved = with(&moved, &["item", "0", "extension"], extension);
    refused(&sealed, &moved, "no-signature");
}

#[test]
fn a_capture_signature_by_somebody_whom_nobody_certified_is_refused() {
    // A record that is consistent in itself, by somebody whom nobody certified.
    let stranger = TestAuthority::new(90);
    let sealed = Sealed::new();
    let thief = stranger.signer(7, testing::DEVICE_IDENTIFIER);
    let report = sealed.verify_with(&common::recaptured_by(&sealed, &thief), &[]);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
    assert_eq!(report.exit_code(), 1);
}

#[test]
fn more_signatures_than_anybody_makes_are_refused_without_a_look_at_each() {
    let sealed = Sealed::new();
    let extension = common::at(&sealed.response, &["extension", "0"]).clone();
    let crowded = with(&sealed.response, &["extension"], vec![extension; 65]);
    let signature = common::at(&sealed.provenance, &PERSISTENCE).clone();
    let many = with(&sealed.provenance, &["signature"], vec![signature; 65]);
    for (response, provenances) in [
        (&crowded, &[][..]),
        (&sealed.response, &[&many][..]),
        (&sealed.response, &vec![&sealed.provenance; 65][..]),
    ] {
        let report = sealed.verify_with(response, provenances);
        let found = common::finding(&report, Aspect::Signature);
        assert_eq!(found.verdict, Verdict::Invalid);
        assert!(found.reason.contains("more than 64 signatures"), "{}", found.reason);
        assert_eq!(report.signatures.len(), 64);
    }
}
