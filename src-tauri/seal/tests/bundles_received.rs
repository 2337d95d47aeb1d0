//! Bundles as others send them: the token in the field that is no JWS, and sealed responses among the children.

use crate::common;

use common::transmitted::{HOSPITAL, hospital};
use common::{Sealed, base64, base64url, finding, from_base64, from_base64url, now, with};
use fhir::{Value, array, object};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer as OpensslSigner;
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};
use seal::Anchors;
use seal::iehr::{PROVENANCE_EXTENSION, PROVENANCE_PROFILE, Transmission, sign_bundle};
use seal::testing;
use seal::verify::{Aspect, BundleReport, Trust, Verdict, verify_bundle, verify_response};

const DATA: [&str; 6] = ["entry", "2", "resource", "signature", "0", "data"];

fn certificate(subject: &str, issuer: &str, key: &PKey<Private>) -> X509Builder {
    let name = |text: &str| {
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", text).unwrap();
        name.build()
    };
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    certificate.set_subject_name(&name(subject)).unwrap();
    certificate.set_issuer_name(&name(issuer)).unwrap();
    certificate.set_pubkey(key).unwrap();
    certificate.set_not_before(&Asn1Time::from_unix(testing::days(-1).as_second()).unwrap()).unwrap();
    certificate.set_not_after(&Asn1Time::from_unix(testing::days(90).as_second()).unwrap()).unwrap();
    certificate
}

/// A sender as they are in the field: an RSA key, and an authority that certified it.
struct Sender {
    key: PKey<Private>,
    certificate: Vec<u8>,
    anchors: Anchors,
}

impl Sender {
    fn new(bits: u32) -> Self {
        let rsa = |bits| PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
        let (authority, key) = (rsa(2048), rsa(bits));
        let mut root = certificate("An authority", "An authority", &authority);
        root.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        root.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build().unwrap())
            .unwrap();
        root.sign(&authority, MessageDigest::sha256()).unwrap();
        let mut leaf = certificate("A hospital", "An authority", &key);
        leaf.append_extension(KeyUsage::new().critical().digital_signature().build().unwrap()).unwrap();
        let names =
            SubjectAlternativeName::new().uri(HOSPITAL).build(&leaf.x509v3_context(None, None)).unwrap();
        leaf.append_extension(names).unwrap();
        leaf.sign(&authority, MessageDigest::sha256()).unwrap();
        let anchors = Anchors::from_pem(&root.build().to_pem().unwrap()).unwrap();
        Self { key, certificate: leaf.build().to_der().unwrap(), anchors }
    }

    fn header(&self, algorithm: &str) -> Value {
        object! { "alg" => algorithm, "certificate" => base64(base64(&self.certificate)) }
    }

    fn token(&self, header: &Value, payload: &[u8]) -> String {
        let signature = OpensslSigner::new(MessageDigest::sha256(), &self.key).unwrap();
        let mut signature = signature;
        let signature = signature.sign_oneshot_to_vec(payload).unwrap();
        format!("{}..{}", base64url(header.to_json()), base64url(base64(signature)))
    }

    /// A Composition with one child, its members in the sender's own order.
    fn bundle(&self, header: &Value) -> Value {
        let composition = object! {
            "resourceType" => "Composition",
            "id" => "a",
            "extension" => array![object! {
                "url" => PROVENANCE_EXTENSION,
                "valueReference" => object! { "reference" => "Provenance/p" },
            }],
            "status" => "final",
            "confidence" => testing::number("1.10"),
            "author" => array![object! { "reference" => "Organization/hospital" }],
        };
        let token = self.token(header, composition.to_json().as_bytes());
        let agent = |code: &str| {
            object! {
                "type" => object! { "coding" => array![object! {
                    "system" => "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code" => code,
                }] },
                "who" => hospital().to_reference(),
            }
        };
        let provenance = object! {
            "resourceType" => "Provenance",
            "id" => "p",
            "meta" => object! { "profile" => array![PROVENANCE_PROFILE] },
            "target" => array![object! { "reference" => "Composition/a" }],
            "recorded" => "2026-11-21T08:41:07Z",
            "agent" => array![agent("author"), agent("custodian")],
            "signature" => array![object! {
                "type" => array![object! {
                    "system" => "urn:iso-astm:E1762-95:2013", "code" => "1.2.840.10065.1.12.1.5",
                }],
                "when" => "2026-11-21T08:41:07Z",
                "who" => hospital().to_reference(),
                "targetFormat" => "json",
                "sigFormat" => "application/jose",
                "data" => base64(token),
            }],
        };
        let organization = object! { "resourceType" => "Organization", "id" => "hospital" };
        let entries: Vec<Value> =
            [composition, organization, provenance].map(|one| object! { "resource" => one }).into();
        object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries }
    }

    fn verify(&self, bundle: &Value) -> BundleReport {
        verify_bundle(bundle, &Trust::new(Some(&self.anchors), now())).unwrap()
    }
}

fn code<'r>(report: &'r BundleReport, reference: &str) -> Option<&'r str> {
    report.refused.iter().find(|one| one.reference == reference).map(|one| one.code)
}

#[test]
fn a_token_that_is_no_jws_is_verified_and_said_to_be_none() {
    let sender = Sender::new(2048);
    let report = sender.verify(&sender.bundle(&sender.header("RS256")));
    assert!(report.refused.is_empty(), "{report:?}");
    assert_eq!(report.overall(), Verdict::Indeterminate, "nothing signed says when, for what and by whom");
    let one = &report.reports[0].report;
    assert_eq!((one.signatures[0].token, one.signatures[0].level), (Some("non-rfc"), None));
    assert_eq!(one.verdict(Aspect::Signature), Verdict::Valid);
    assert_eq!(one.verdict(Aspect::Identity), Verdict::Valid);
    assert_eq!(finding(one, Aspect::Linkage).code, "not-covered");
    assert_eq!(finding(one, Aspect::Time).code, "time-only-claimed");
    assert!(finding(one, Aspect::Signature).reason.contains("the header is not covered"));
    assert!(one.notes[0].contains("not RFC 7515"), "{:?}", one.notes);
}

#[test]
fn a_padded_token_is_read_too() {
    let sender = Sender::new(2048);
    let bundle = sender.bundle(&sender.header("RS256"));
    let token = String::from_utf8(from_base64(common::at(&bundle, &DATA).as_str().unwrap())).unwrap();
    let pad = |part: &str| format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4));
    let (header, signature) = token.split_once("..").unwrap();
    let padded = format!("{}..{}", pad(header), pad(signature));
    let report = sender.verify(&with(&bundle, &DATA, base64(padded)));
    assert_eq!(report.reports[0].report.verdict(Aspect::Signature), Verdict::Valid);
}

#[test]
fn an_altered_resource_or_token_is_refused() {
    let sender = Sender::new(2048);
    let bundle = sender.bundle(&sender.header("RS256"));
    for (path, new) in [
        (["entry", "0", "resource", "status"], Value::from("amended")),
        // The sender signed its own text of the number, so another text of the same value is another content.
        (["entry", "0", "resource", "confidence"], testing::number("1.1").into()),
    ] {
        let report = sender.verify(&with(&bundle, &path, new));
        assert_eq!(code(&report, "Composition/a"), Some("content-altered"), "{path:?}");
        assert_eq!(code(&report, "Organization/hospital"), Some("parent-refused"));
    }
    let token = String::from_utf8(from_base64(common::at(&bundle, &DATA).as_str().unwrap())).unwrap();
    let (header, signature) = token.split_once("..").unwrap();
    let mut octets = from_base64(&String::from_utf8(from_base64url(signature)).unwrap());
    octets[40] ^= 1;
    let flipped = base64url(base64(&octets));
    let once = base64url(&octets);
    let short = base64url(base64(&octets[..255]));
    let certificate_once = base64url(
        object! {
            "alg" => "RS256", "certificate" => base64(&sender.certificate),
        }
        .to_json(),
    );
    for (token, expected) in [
        (format!("{header}..{flipped}"), "content-altered"),
        (format!("{header}..{once}"), "token-unreadable"),
        (format!("{header}..{short}"), "signature-length"),
        (format!("{certificate_once}..{signature}"), "token-unreadable"),
        (format!("{header}.e30.{signature}"), "payload-attached"),
    ] {
        let report = sender.verify(&with(&bundle, &DATA, base64(&token)));
        assert_eq!(code(&report, "Composition/a"), Some(expected), "{token}");
    }
}

#[test]
fn another_algorithm_a_short_key_and_another_sender_are_refused() {
    let sender = Sender::new(2048);
    for algorithm in ["none", "HS256", "RS512", "ES256"] {
        let report = sender.verify(&sender.bundle(&sender.header(algorithm)));
        assert_eq!(code(&report, "Composition/a"), Some("algorithm-refused"), "{algorithm}");
    }
    let short = Sender::new(1024);
    let report = short.verify(&short.bundle(&short.header("RS256")));
    assert_eq!(code(&report, "Composition/a"), Some("algorithm-confusion"));

    let other = Sender::new(2048);
    let report = sender.verify(&other.bundle(&other.header("RS256")));
    assert_eq!(code(&report, "Composition/a"), Some("untrusted"));
    // The certificate is not covered, so it can be exchanged; the key then no longer fits.
    let report = sender.verify(&other.bundle(&sender.header("RS256")));
    assert_eq!(code(&report, "Composition/a"), Some("content-altered"));
}

#[test]
fn a_record_is_never_accepted_by_such_a_token() {
    let sender = Sender::new(2048);
    let sealed = Sealed::new();
    for (path, payload) in [
        (&common::CAPTURE[..], common::capture_payload(&sealed.response)),
        (&common::CAPTURE[..], sealed.response.to_json().into_bytes()),
    ] {
        let token = sender.token(&sender.header("RS256"), &payload);
        let response = common::with_jws(&sealed.response, path, &token);
        let report = verify_response(
            &response,
            std::slice::from_ref(&sealed.provenance),
            &Trust::new(Some(&sender.anchors), now()),
        );
        assert_eq!(finding(&report, Aspect::Signature).verdict, Verdict::Invalid);
        assert!(finding(&report, Aspect::Signature).reason.contains("RFC 7515"));
    }
    let token = sender.token(&sender.header("RS256"), sealed.response.to_json().as_bytes());
    let provenance = common::with_jws(&sealed.provenance, &common::PERSISTENCE, &token);
    let report = sealed.verify_with(&sealed.response, &[&provenance]);
    assert_eq!(report.verdict(Aspect::Signature), Verdict::Invalid);
}

/// A Composition over one sealed response, signed by the hospital.
fn transmitted(sealed: &Sealed) -> Value {
    let composition = object! {
        "resourceType" => "Composition",
        "id" => "a",
        "section" => array![object! {
            "entry" => array![object! { "reference" => "QuestionnaireResponse/r1" }],
        }],
    };
    let patient = object! { "resourceType" => "Patient", "id" => "patient-014-0027" };
    let entries: Vec<Value> = [composition, patient, sealed.response.clone(), sealed.provenance.clone()]
        .map(|one| object! { "resource" => one })
        .into();
    let bundle = object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries };
    let custodian = hospital();
    let transmission = Transmission {
        authors: std::slice::from_ref(&custodian),
        custodian: &custodian,
        issued_at: common::persisted_at(),
        application: "Attesta 0.1.0",
    };
    let signer = sealed.authority.signer(9, HOSPITAL);
    sign_bundle(&bundle, &transmission, &mut || "0b4c7a52-0000-4000-8000-000000000001".to_owned(), &signer)
        .unwrap()
}

#[test]
fn a_response_in_a_bundle_is_verified_by_its_own_signatures() {
    let sealed = Sealed::new();
    let report = verify_bundle(&transmitted(&sealed), &sealed.trust()).unwrap();
    assert_eq!(report.overall(), Verdict::Valid, "{report:?}");
    let own = report.reports.iter().find(|one| one.reference == "QuestionnaireResponse/r1").unwrap();
    let kinds: Vec<_> = own.report.signatures.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["capture", "persistence"]);
}

#[test]
fn an_altered_response_is_refused_alone() {
    let sealed = Sealed::new();
    let whole = transmitted(&sealed);
    let report =
        verify_bundle(&with(&whole, &["entry", "2", "resource", "language"], "de"), &sealed.trust()).unwrap();
    let refused: Vec<_> = report.refused.iter().map(|one| (one.entry, one.code)).collect();
    assert_eq!(refused, [(2, "content-altered"), (3, "target-refused")]);
    assert_eq!(report.exit_code(), 1);

    // Its Provenance is taken from another version, and then away.
    let target = object! { "reference" => "QuestionnaireResponse/r1/_history/2" };
    let turned = with(&whole, &["entry", "3", "resource", "target"], array![target]);
    let report = verify_bundle(&turned, &sealed.trust()).unwrap();
    assert_eq!(code(&report, "QuestionnaireResponse/r1"), Some("no-provenance-for-version"));
    let mut without = whole;
    without.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap().remove(3);
    let report = verify_bundle(&without, &sealed.trust()).unwrap();
    assert_eq!(report.overall(), Verdict::Indeterminate, "nothing says what a server kept");
}

#[test]
fn a_response_without_its_signature_and_provenance_is_refused() {
    let sealed = Sealed::new();
    let mut stripped = with(&transmitted(&sealed), &["entry", "2", "resource", "language"], "de");
    let entries = stripped.as_object_mut().unwrap().get_mut("entry").unwrap().as_array_mut().unwrap();
    entries.remove(3);
    let response = entries[2].as_object_mut().unwrap().get_mut("resource").unwrap();
    assert!(response.as_object_mut().unwrap().remove("extension").is_some());
    let report = verify_bundle(&stripped, &sealed.trust()).unwrap();
    let composition = &report.reports[0];
    assert_eq!(composition.report.overall(), Verdict::Valid, "nothing of it was altered: {composition:?}");
    let refused: Vec<_> = report.refused.iter().map(|one| (one.entry, one.code)).collect();
    assert_eq!(refused, [(2, "no-signature")], "the patient and the Composition are kept");
    assert_eq!((report.overall(), report.exit_code()), (Verdict::Invalid, 1));
}

#[test]
fn evidence_that_nobody_read_raises_no_level() {
    let sealed = Sealed::new();
    let whole = transmitted(&sealed);
    let provenance = whole.list("entry").len() - 1;
    let path = ["entry", &provenance.to_string(), "resource", "signature", "0", "data"];
    let token = String::from_utf8(from_base64(common::at(&whole, &path).as_str().unwrap())).unwrap();
    let (protected, signature) = token.split_once("..").unwrap();
    for evidence in [array!["bogus"], array![base64url(r#"{"arcTst":{"tstTokens":[{"val":"AAAA"}]}}"#)]] {
        let flattened = object! {
            "protected" => protected, "header" => object! { "etsiU" => evidence }, "signature" => signature,
        };
        let report =
            verify_bundle(&with(&whole, &path, base64(flattened.to_json())), &sealed.trust()).unwrap();
        let one = &report.reports[0].report;
        assert_eq!(one.verdict(Aspect::Signature), Verdict::Valid, "{one:?}");
        assert_eq!((one.signatures[0].token, one.signatures[0].level), (Some("jws-flattened"), Some("B")));
        assert!(one.notes[0].contains("not checked in a Bundle"), "{:?}", one.notes);
    }
}

#[test]
fn a_provenance_about_more_responses_than_anybody_signs_at_once_is_refused() {
    let sealed = Sealed::new();
    let verify = |count: usize| {
        let name = |index: usize| format!("QuestionnaireResponse/{index}");
        let response = |index: usize| {
            object! { "resource" => object! { "resourceType" => "QuestionnaireResponse", "id" => index.to_string() } }
        };
        let targets: Vec<Value> = (0..count).map(|index| object! { "reference" => name(index) }).collect();
        let mut entries: Vec<Value> = (0..count).map(response).collect();
        entries
            .push(object! { "resource" => object! { "resourceType" => "Provenance", "target" => targets } });
        let bundle = object! { "resourceType" => "Bundle", "type" => "collection", "entry" => entries };
        verify_bundle(&bundle, &Trust::new(Some(&sealed.anchors), now()))
    };
    assert_eq!(verify(256).unwrap().overall(), Verdict::Invalid);
    assert!(verify(257).unwrap_err().to_string().contains("257 responses"));
}

#[test]
fn answers_that_were_taken_out_leave_their_composition_undecided() {
    let sealed = Sealed::new();
    let bundle = transmitted(&sealed);
    let linkage = |entries: Vec<Value>| {
        let bundle = with(&bundle, &["entry"], entries);
        let trust = Trust::new(Some(&sealed.anchors), now()).with_crls(&sealed.crls);
        let report = verify_bundle(&bundle, &trust).unwrap();
        (report.overall(), finding(&report.reports[0].report, Aspect::Linkage).code)
    };
    let entries = bundle.list("entry").to_vec();
    assert_eq!(linkage(entries.clone()), (Verdict::Valid, "linked"));
    let kind = |entry: &Value| entry.get("resource").unwrap().resource_type().unwrap().to_owned();
    let is_response = |entry: &Value| kind(entry) == "QuestionnaireResponse";
    let rest = entries
        .iter()
        .filter(|one| {
            let about = one.to_json().contains("QuestionnaireResponse/r1/_history");
            !(is_response(one) || kind(one) == "Provenance" && about)
        })
        .cloned()
        .collect();
    assert_eq!(linkage(rest), (Verdict::Indeterminate, "answers-missing"), "taken out");
}
