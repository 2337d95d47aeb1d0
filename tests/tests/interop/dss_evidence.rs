//! Evidence at the EU's DSS, with revocation lists and with OCSP: ours it passes at levels T, LT and LTA; what DSS itself
//! adds, with time stamps of its own making, we verify. Altered ones are refused on both sides.

use attesta_tests::interop::{
    Altered, Key, Lines, Sealed, base64, base64url, from_base64, from_base64url, response_signed_and_trusted,
};
use jiff::Timestamp;
use seal::issue::ocsp::{Currency, Register};
use seal::issue::{Authority, Revoked, Validity, tsa};
use seal::jades::Augmented;
use seal::testing::{self, TestAuthority, days};
use seal::time_stamp::{TimeStampRequest, TimeStampToken};
use seal::verify::{Aspect, Report, Trust, Verdict};
use seal::{Anchors, Crl, OcspResponse, Signer as _, ocsp};
use serde_json::{Value as Json, json};

use crate::dss::{Beside, assert_failed, assert_passed, judged_at};
use crate::java::{Files, peer};

/// The seed of the key of the time stamps.
const STAMPS: u8 = 11;

/// The time stamps under `authority`.
fn stamps_of(authority: &TestAuthority) -> tsa::Authority {
    let valid = Validity { not_before: days(-30), not_after: days(335) };
    let (issuer, key) = (&authority.intermediate, testing::key(STAMPS));
    tsa::Authority::new(issuer, "CN=Test time stamps", key, [STAMPS; 16], valid).unwrap()
}

/// A time stamp of the second day.
fn stamp(authority: &TestAuthority, imprint: [u8; 32]) -> TimeStampToken {
    let request = TimeStampRequest::new(imprint, [5; 8]).unwrap();
    let answer = stamps_of(authority).respond(request.der(), days(2)).unwrap();
    request.read_answer(&answer).unwrap()
}

/// Lists from after the time stamp: older ones are no proof.
fn lists(authority: &TestAuthority) -> [Crl; 2] {
    [&authority.root, &authority.intermediate].map(|by| by.crl(&[], days(2), days(31), 2).unwrap())
}

/// What a responder says after the time stamp about the device, the time stamps and who issued both.
fn responses(sealed: &Sealed, revoked: &[Revoked]) -> Vec<OcspResponse> {
    let TestAuthority { root, intermediate } = &sealed.authority;
    let stamps = stamps_of(&sealed.authority);
    let currency = Currency { this_update: days(2), next_update: Some(days(31)) };
    let answered = |by: &Authority, subject: &[u8], revoked: &[Revoked]| {
        let asked = ocsp::request(subject, by.certificate_der(), None).unwrap();
        let answer = by.respond(&asked, &Register { issued: None, revoked }, currency).unwrap();
        OcspResponse::from_der(&answer).unwrap()
    };
    vec![
        answered(intermediate, sealed.signer.chain().leaf_der(), revoked),
        answered(intermediate, stamps.chain().leaf_der(), &[]),
        answered(root, intermediate.certificate_der(), &[]),
    ]
}

/// What an element of the evidence says, and the same evidence with something else in it.
fn with_element(token: &str, name: &str, change: impl FnOnce(&mut Json)) -> String {
    let mut token: Json = serde_json::from_str(token).unwrap();
    let elements = token["header"]["etsiU"].as_array_mut().unwrap();
    let decoded = |element: &Json| -> Json {
        serde_json::from_slice(&from_base64url(element.as_str().unwrap())).unwrap()
    };
    let at = elements.iter().position(|element| decoded(element).get(name).is_some());
    let at = at.unwrap_or_else(|| panic!("no {name}"));
    let mut element = decoded(&elements[at]);
    let before = element.clone();
    change(&mut element);
    assert_ne!(element, before, "{name} was not altered");
    elements[at] = base64url(element.to_string()).into();
    token.to_string()
}

/// Another last octet in what is base64 at this place: of a token, a list or a response that is its signature's.
fn other_end(value: &mut Json) {
    let mut der = from_base64(value.as_str().unwrap());
    *der.last_mut().unwrap() ^= 1;
    *value = base64(der).into();
}

/// Raises our signature level by level; what DSS says of the highest, and of altered ones.
fn dss_judges(peer: &Lines, sealed: &Sealed, beside: Beside<'_>) {
    let (jws, payload) = sealed.capture();
    let authority = &sealed.authority;
    let at = days(3);
    let judge = |signature: &str, beside| judged_at(peer, authority, beside, (signature, &payload), at);
    let text = |signature: &Augmented| signature.to_value().to_json();
    let mut signature = Augmented::read(&jws).unwrap();
    signature.add_time_stamp(&stamp(authority, signature.imprint())).unwrap();
    assert_passed(&judge(&text(&signature), beside), "JAdES-BASELINE-T");
    signature.add_values(&authority.anchors(), beside.lists, beside.responses, at).unwrap();
    let lt = text(&signature);
    assert_passed(&judge(&lt, Beside::default()), "JAdES-BASELINE-LT");
    let imprint = signature.archive_imprint(payload.as_bytes()).unwrap();
    signature.add_archive_time_stamp(payload.as_bytes(), &stamp(authority, imprint)).unwrap();
    let lta = text(&signature);
    let judged = judge(&lta, Beside::default());
    assert_passed(&judged, "JAdES-BASELINE-LTA");
    assert_eq!(judged["timestamps"].as_array().unwrap().len(), 2, "{judged}");

    for token in [&lt, &lta] {
        for altered in Altered::all(&jws, &payload) {
            let (protected, raw) = altered.jws.split_once("..").unwrap();
            let (own, own_raw) = jws.split_once("..").unwrap();
            let token = token.replace(own, protected).replace(own_raw, raw);
            let content = (token.as_str(), altered.payload.as_str());
            assert_failed(&judged_at(peer, authority, Beside::default(), content, at), altered.part);
        }
        let kind = if beside.lists.is_empty() { "ocspVals" } else { "crlVals" };
        let altered = with_element(token, "rVals", |one| other_end(&mut one["rVals"][kind][0]["val"]));
        let judged = judge(&altered, Beside::default());
        assert_eq!(judged["indication"], "INDETERMINATE", "an altered value in {kind}: {judged}");
    }
}

#[test]
fn dss_passes_our_evidence_level_by_level_and_fails_altered() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    dss_judges(peer, &sealed, Beside { lists: &lists(&sealed.authority), responses: &[] });
}

#[test]
fn dss_passes_our_evidence_with_ocsp_level_by_level_and_fails_altered() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    dss_judges(peer, &sealed, Beside { lists: &[], responses: &responses(&sealed, &[]) });
}

/// We would not add such values; somebody may.
#[test]
fn dss_does_not_pass_evidence_with_ocsp_that_says_revoked() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    let (jws, payload) = sealed.capture();
    let mut signature = Augmented::read(&jws).unwrap();
    signature.add_time_stamp(&stamp(&sealed.authority, signature.imprint())).unwrap();
    let stolen = [Revoked { serial: sealed.signer.chain().serial().to_vec(), at: days(1) }];
    let revoked = responses(&sealed, &stolen);
    let anchors = sealed.authority.anchors();
    assert!(signature.clone().add_values(&anchors, &[], &revoked, days(3)).is_err());
    signature.add_values(&anchors, &[], &responses(&sealed, &[]), days(3)).unwrap();
    let token = with_element(&signature.to_value().to_json(), "rVals", |one| {
        one["rVals"]["ocspVals"][0]["val"] = base64(revoked[0].der()).into();
    });
    let judged = judged_at(peer, &sealed.authority, Beside::default(), (&token, &payload), days(3));
    assert_ne!(judged["indication"], "TOTAL_PASSED", "{judged}");
    assert_eq!(judged["intact"], true, "{judged}");
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
    let beside = Beside { lists: &lists, responses: &[] };
    let judged = judged_at(peer, &sealed.authority, beside, (&token, &payload), days(3));
    assert_eq!(judged["timestamps"][0]["indication"], "FAILED", "{judged}");
}

/// What DSS makes: signed, stamped on the second day by itself, with the values that it is given. It trusts the issuing
/// authority: of one below its anchor it demands addresses of revocation values in the certificate.
fn made_by_dss(peer: &Lines, sealed: &Sealed, level: &str, payload: &str, beside: Beside<'_>) -> String {
    let (files, password) = (Files::new(), "test");
    let authority = &sealed.authority;
    let stamps = Key::time_stamps(&stamps_of(authority), &testing::key(STAMPS));
    let [lists, responses] = beside.write(&files);
    let out = files.path("signature");
    peer.ask(&json!({
        "do": "sign",
        "form": "jades-flattened",
        "level": level,
        "payload": files.write("payload", payload),
        "pkcs12": files.write("key.p12", sealed.key().pkcs12(password)),
        "password": password,
        "at": testing::signed_at().to_string(),
        "tsa": files.write("tsa.p12", stamps.pkcs12(password)),
        "stampedAt": days(2).to_string(),
        "anchors": [files.write("issuer.pem", authority.intermediate.certificate_pem())],
        "crls": lists,
        "ocsps": responses,
        "out": out,
    }));
    std::fs::read_to_string(out).unwrap()
}

/// Our verdict with the same anchor and no revocation values but those in the signature.
fn ours(sealed: &Sealed, token: &str, at: Timestamp) -> Report {
    let anchors = Anchors::from_pem(sealed.authority.intermediate.certificate_pem().as_bytes()).unwrap();
    response_signed_and_trusted(token.as_bytes(), &Trust::new(Some(&anchors), at))
}

/// The code of the verdict on `aspect`, when it is this verdict.
#[track_caller]
fn assert_says(report: &Report, aspect: Aspect, verdict: Verdict, code: &str) {
    let one = report.verdicts.iter().find(|one| one.name == aspect).unwrap();
    assert_eq!((one.verdict, one.code), (verdict, code), "{:?}", report.verdicts);
}

#[test]
fn what_dss_stamps_and_archives_we_verify_and_refuse_altered() {
    let Some(peer) = peer() else { return };
    let sealed = Sealed::new();
    let (_, payload) = sealed.capture();
    let (lists, responses) = (lists(&sealed.authority), responses(&sealed, &[]));
    for beside in [Beside { lists: &lists, responses: &[] }, Beside { lists: &[], responses: &responses }] {
        for level in ["T", "LT", "LTA"] {
            let token = made_by_dss(peer, &sealed, &format!("JAdES-BASELINE-{level}"), &payload, beside);
            let report = ours(&sealed, &token, days(3));
            assert_eq!(report.signatures[0].level, Some(level), "{token}");
            assert_says(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
            assert_says(&report, Aspect::Time, Verdict::Valid, "time-stamped");
            let revocation = report.verdict(Aspect::Revocation);
            let expected = if level == "T" { Verdict::Indeterminate } else { Verdict::Valid };
            assert_eq!(revocation, expected, "{level}: {:?}", report.verdicts);
            assert_refused(&sealed, level, &token);
            if level != "T" {
                // Whoever trusts the root alone has to know its list too.
                let (anchors, root) = (sealed.authority.anchors(), &lists[..1]);
                let trust = Trust::new(Some(&anchors), days(3));
                let verdict = |trust: &Trust<'_>| {
                    response_signed_and_trusted(token.as_bytes(), trust).verdict(Aspect::Revocation)
                };
                assert_eq!(verdict(&trust), Verdict::Indeterminate, "{level}");
                assert_eq!(verdict(&trust.with_crls(root)), Verdict::Valid, "{level}");
                assert_values_count(&sealed, &token, beside);
            }
        }
    }
}

/// Each altered part of what DSS made is named.
fn assert_refused(sealed: &Sealed, level: &str, token: &str) {
    // Whoever trusts nobody is told no time.
    let report = response_signed_and_trusted(token.as_bytes(), &Trust::new(None, days(3)));
    assert_says(&report, Aspect::Time, Verdict::Indeterminate, "stamp-untrusted");
    let mut other: Json = serde_json::from_str(token).unwrap();
    let mut signature = from_base64url(other["signature"].as_str().unwrap());
    signature[40] ^= 1;
    other["signature"] = base64url(signature).into();
    let report = ours(sealed, &other.to_string(), days(3));
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid, "{:?}", report.verdicts);
    assert_says(&report, Aspect::Time, Verdict::Invalid, "stamp-mismatch");
    let stamps = if level == "LTA" { &["sigTst", "arcTst"][..] } else { &["sigTst"] };
    for name in stamps {
        let altered = with_element(token, name, |one| other_end(&mut one[*name]["tstTokens"][0]["val"]));
        let report = ours(sealed, &altered, days(3));
        assert_eq!(report.verdict(Aspect::Time), Verdict::Invalid, "{name}: {:?}", report.verdicts);
    }
}

/// An altered value is none, and what an archive time stamp covers is not altered unseen.
fn assert_values_count(sealed: &Sealed, token: &str, beside: Beside<'_>) {
    let kind = if beside.lists.is_empty() { "ocspVals" } else { "crlVals" };
    let altered = with_element(token, "rVals", |one| other_end(&mut one["rVals"][kind][0]["val"]));
    let report = ours(sealed, &altered, days(3));
    assert_eq!(report.verdict(Aspect::Revocation), Verdict::Indeterminate, "{:?}", report.verdicts);
    if report.signatures[0].level == Some("LTA") {
        assert_says(&report, Aspect::Time, Verdict::Invalid, "stamp-mismatch");
    }
}
