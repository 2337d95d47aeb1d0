//! The EU's DSS: our signatures are `JAdES`, the authority's root being its anchor; what DSS signs, we verify.

use attesta_tests::interop::{Altered, Lines, Sealed, response_signed_by};
use jiff::Timestamp;
use seal::Crl;
use seal::issue::{Validity, tsa};
use seal::jades::Augmented;
use seal::testing::{self, TestAuthority};
use seal::time_stamp::{TimeStampRequest, TimeStampToken};
use seal::verify::{Aspect, Verdict};
use serde_json::{Value as Json, json};

use crate::java::{Files, peer};

/// What DSS says of one signature over `payload`, with `anchor` alone to trust.
pub(crate) fn judged(peer: &Lines, anchor: &TestAuthority, signature: &str, payload: &str) -> Json {
    judged_at(peer, anchor, &anchor.crls(&[]), (signature, payload), testing::days(2))
}

/// The same at another time, with these revocation lists beside what the signature brings.
fn judged_at(
    peer: &Lines,
    anchor: &TestAuthority,
    lists: &[Crl],
    (signature, payload): (&str, &str),
    at: Timestamp,
) -> Json {
    let files = Files::new();
    let lists: Vec<_> = lists
        .iter()
        .enumerate()
        .map(|(index, crl)| files.write(&format!("{index}.crl"), crl.der()))
        .collect();
    let answer = peer.ask(&json!({
        "do": "validate-signature",
        "signature": files.write("signature", signature),
        "detached": [files.write("content.xml", payload)],
        "anchors": [files.write("root.pem", anchor.root.certificate_pem())],
        "crls": lists,
        "at": at.to_string(),
    }));
    let signatures = answer["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 1, "{answer}");
    signatures[0].clone()
}

#[track_caller]
pub(crate) fn assert_passed(judged: &Json, level: &str) {
    assert_eq!(judged["indication"], "TOTAL_PASSED", "{judged}");
    assert_eq!(judged["level"], level, "{judged}");
    assert_eq!(judged["structure"], true, "{judged}");
}

#[track_caller]
pub(crate) fn assert_failed(judged: &Json, what: &str) {
    assert_eq!(judged["intact"], false, "another {what}: {judged}");
    assert_eq!(judged["indication"], "TOTAL_FAILED", "another {what}: {judged}");
}

#[test]
fn dss_passes_our_compact_and_flattened_jws_and_fails_altered() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    for (jws, payload) in sealed.tokens() {
        assert_passed(&judged(peer, &sealed.authority, &jws, &payload), "JAdES-BASELINE-B");
        let flattened = seal::jades::flatten(&jws).unwrap();
        assert_passed(&judged(peer, &sealed.authority, &flattened, &payload), "JAdES-BASELINE-B");
        for altered in Altered::all(&jws, &payload) {
            let flattened = seal::jades::flatten(&altered.jws).unwrap();
            for token in [&altered.jws, &flattened] {
                assert_failed(&judged(peer, &sealed.authority, token, &altered.payload), altered.part);
            }
        }
    }
}

/// A time stamp of the second day by an authority under `authority`.
fn stamp(authority: &TestAuthority, imprint: [u8; 32]) -> TimeStampToken {
    let valid = Validity { not_before: testing::days(-30), not_after: testing::days(335) };
    let issuer = &authority.intermediate;
    let stamps = tsa::Authority::new(issuer, "CN=Test time stamps", testing::key(11), [11; 16], valid);
    let request = TimeStampRequest::new(imprint, [5; 8]).unwrap();
    let answer = stamps.unwrap().respond(request.der(), testing::days(2)).unwrap();
    request.read_answer(&answer).unwrap()
}

#[test]
fn dss_passes_our_evidence_level_by_level_and_fails_altered() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    let (jws, payload) = sealed.capture();
    let authority = &sealed.authority;
    // From after the time stamp: older ones are no proof.
    let lists = [&authority.root, &authority.intermediate]
        .map(|by| by.crl(&[], testing::days(2), testing::days(31), 2).unwrap());
    let at = testing::days(3);
    let judge = |signature: &Augmented, lists: &[Crl]| {
        judged_at(peer, authority, lists, (&signature.to_value().to_json(), &payload), at)
    };
    let mut signature = Augmented::read(&jws).unwrap();
    signature.add_time_stamp(&stamp(authority, signature.imprint())).unwrap();
    assert_passed(&judge(&signature, &lists), "JAdES-BASELINE-T");
    signature.add_values(&authority.anchors(), &lists, &[], at).unwrap();
    assert_passed(&judge(&signature, &[]), "JAdES-BASELINE-LT");
    let imprint = signature.archive_imprint(payload.as_bytes()).unwrap();
    signature.add_archive_time_stamp(payload.as_bytes(), &stamp(authority, imprint)).unwrap();
    let judged = judge(&signature, &[]);
    assert_passed(&judged, "JAdES-BASELINE-LTA");
    assert_eq!(judged["timestamps"].as_array().unwrap().len(), 2, "{judged}");

    let flattened = signature.to_value().to_json();
    for altered in Altered::all(&jws, &payload) {
        let (protected, raw) = altered.jws.split_once("..").unwrap();
        let (own, own_raw) = jws.split_once("..").unwrap();
        let token = flattened.replace(own, protected).replace(own_raw, raw);
        let judged = judged_at(peer, authority, &[], (&token, &altered.payload), at);
        assert_failed(&judged, altered.part);
    }
}

#[test]
fn dss_does_not_pass_a_time_stamp_over_another_signature() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    let [(jws, payload), (other, _)]: [_; 2] =
        sealed.tokens().into_iter().take(2).collect::<Vec<_>>().try_into().unwrap();
    let mut stamped = Augmented::read(&other).unwrap();
    stamped.add_time_stamp(&stamp(&sealed.authority, stamped.imprint())).unwrap();
    let evidence = stamped.to_value().get("header").unwrap().to_json();
    let (protected, signature) = jws.split_once("..").unwrap();
    let token = format!(r#"{{"protected":"{protected}","header":{evidence},"signature":"{signature}"}}"#);
    let lists = sealed.authority.crls(&[]);
    let judged = judged_at(peer, &sealed.authority, &lists, (&token, &payload), testing::days(3));
    assert_eq!(judged["timestamps"][0]["indication"], "FAILED", "{judged}");
}

#[test]
fn dss_does_not_pass_what_another_authority_certified() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    let (jws, payload) = sealed.capture();
    let judged = judged(peer, &TestAuthority::new(60), &jws, &payload);
    assert_eq!(judged["indication"], "INDETERMINATE", "{judged}");
    assert_eq!(judged["intact"], true, "{judged}");
}

#[test]
fn what_dss_signs_we_verify() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    let (_, payload) = sealed.capture();
    let files = Files::new();
    let password = "test";
    for form in ["jades-compact", "jades-flattened"] {
        let out = files.path(form);
        peer.ask(&json!({
            "do": "sign",
            "form": form,
            "payload": files.write("payload", &payload),
            "pkcs12": files.write("key.p12", sealed.key().pkcs12(password)),
            "password": password,
            "at": testing::signed_at().to_string(),
            "out": out,
        }));
        let token = std::fs::read(&out).unwrap();
        let report = response_signed_by(&token);
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Valid, "{form}: {:?}", report.verdicts);
        let text = String::from_utf8(token).unwrap();
        // The last octets of the signature, in either form.
        let end = text.rfind(|c: char| c.is_ascii_alphanumeric()).unwrap();
        let mut altered = text.clone();
        let other = if &text[end - 4..end - 3] == "A" { "B" } else { "A" };
        altered.replace_range(end - 4..end - 3, other);
        let report = response_signed_by(altered.as_bytes());
        assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid, "{form}: {:?}", report.verdicts);
    }
}
