//! The EU's DSS: our signatures are `JAdES`, the authority's root being its anchor; what DSS signs, we verify.

use std::path::PathBuf;

use attesta_tests::interop::{Altered, Lines, Sealed, response_signed_by};
use jiff::Timestamp;
use seal::testing::{self, TestAuthority};
use seal::verify::{Aspect, Verdict};
use seal::{Crl, OcspResponse};
use serde_json::{Value as Json, json};

use crate::java::{Files, peer};

/// What DSS says of one signature over `payload`, with `anchor` alone to trust.
pub(crate) fn judged(peer: &Lines, anchor: &TestAuthority, signature: &str, payload: &str) -> Json {
    let lists = anchor.crls(&[]);
    let beside = Beside { lists: &lists, responses: &[] };
    judged_at(peer, anchor, beside, (signature, payload), testing::days(2))
}

/// Revocation values beside those that a signature brings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    pub(crate) lists: &'a [Crl],
    pub(crate) responses: &'a [OcspResponse],
}

impl Beside<'_> {
    /// Lists and responses as files.
    pub(crate) fn write(self, files: &Files) -> [Vec<PathBuf>; 2] {
        let lists = self.lists.iter().map(Crl::der).enumerate();
        let responses = self.responses.iter().map(OcspResponse::der).enumerate();
        [
            lists.map(|(index, der)| files.write(&format!("{index}.crl"), der)).collect(),
            responses.map(|(index, der)| files.write(&format!("{index}.ocsp"), der)).collect(),
        ]
    }
}

/// The same at another time, with these revocation values beside what the signature brings.
pub(crate) fn judged_at(
    peer: &Lines,
    anchor: &TestAuthority,
    beside: Beside<'_>,
    (signature, payload): (&str, &str),
    at: Timestamp,
) -> Json {
    let files = Files::new();
    let [lists, responses] = beside.write(&files);
    let answer = peer.ask(&json!({
        "do": "validate-signature",
        "signature": files.write("signature", signature),
        "detached": [files.write("content.xml", payload)],
        "anchors": [files.write("root.pem", anchor.root.certificate_pem())],
        "crls": lists,
        "ocsps": responses,
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
