//! A study's signed document: what is taken, and why the rest is refused.

use crate::common;
mod kept;
mod languages;
#[cfg(target_os = "linux")]
mod loading;
mod set_up;
mod signed;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use common::TestAuthority;
use device::study::{AtSite, SignedStudy, schema, sign, thumbprint};
use device::{Error, FhirVersion};
use fhir::Value;
use p256::ecdsa::SigningKey;
use questionnaire::instruments;

fn key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

fn name(byte: u8) -> String {
    thumbprint(key(byte).verifying_key())
}

/// A study of two sites and one questionnaire, which the key 11 signs.
fn study() -> Value {
    let form = questionnaire::import_bytes(instruments::PHQ9.as_bytes()).unwrap();
    fhir::object! {
        "id" => "urn:uuid:5d1a0f3e-7a52-4c0b-9a38-0d6a3b1f2c44",
        "title" => "Fatigue after treatment",
        "version" => 1,
        "issued" => "2026-11-20T09:00:00+01:00",
        "signers" => fhir::array![name(11)],
        "server" => "https://fhir.example.org/r4",
        "trustAnchors" => TestAuthority::new().anchor(),
        "sites" => fhir::array![
            fhir::object! { "id" => "014", "name" => "Clinic 014" },
            fhir::object! { "id" => "022", "name" => "Clinic 022" },
        ],
        "questionnaires" => fhir::array![fhir::object! {
            "canonical" => form.canonical(),
            "sha256" => form.sha256(),
            "resource" => Value::parse(instruments::PHQ9.as_bytes()).unwrap(),
        }],
        "policy" => fhir::object! { "pinDigits" => 6 },
    }
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut study = study();
    study.as_object_mut().unwrap().insert(name, value);
    study
}

fn signed(study: &Value, by: u8) -> String {
    sign(study.to_json().as_bytes(), &key(by)).unwrap()
}

fn read(study: &Value, by: u8) -> SignedStudy {
    SignedStudy::read(signed(study, by).as_bytes()).unwrap()
}

fn why(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    let error = outcome.unwrap_err();
    assert!(matches!(error.code(), "study-refused" | "configuration"), "{error}");
    error.to_string()
}

/// The document with one member of it changed after it was signed.
fn changed(document: &str, change: impl FnOnce(&mut fhir::Object)) -> String {
    let mut value = Value::parse(document.as_bytes()).unwrap();
    change(value.as_object_mut().unwrap());
    value.to_json()
}

#[test]
fn a_signed_study_gives_each_site_its_configuration_and_its_hash() {
    let study = read(&study(), 11).signed_by(&name(11)).unwrap();
    let at = |site: &str| AtSite {
        site: site.into(),
        device_name: "Attesta 014-3".into(),
        device_reference: "Device/device-014-3".into(),
        export_folder: "/export".into(),
    };
    let configuration = study.configuration(at("014")).unwrap();
    configuration.check().unwrap();
    assert_eq!(configuration.server, "https://fhir.example.org/r4");
    assert_eq!((configuration.policy.pin_digits, configuration.policy.fhir_version), (6, FhirVersion::R4));
    let other = study.configuration(at("022")).unwrap();
    assert_eq!(configuration.sha256().unwrap(), study.sha256());
    assert_eq!(configuration.sha256().unwrap(), other.sha256().unwrap(), "the hash is the study's");
    let reason = why(study.configuration(at("015")));
    assert!(reason.contains("015") && reason.contains("014, 022"), "{reason}");
}

#[test]
fn the_hash_is_that_of_the_rfc_8785_form_and_no_order_of_members_changes_it() {
    let document = signed(&study(), 11);
    let mut reversed = fhir::Object::new();
    for (name, value) in study().as_object().unwrap().iter().collect::<Vec<_>>().into_iter().rev() {
        reversed.insert(name, value);
    }
    let spaced = changed(&document, |members| {
        members.insert("study", Value::Object(reversed));
    });
    assert_ne!(document, spaced);
    let read = SignedStudy::read(spaced.as_bytes()).unwrap();
    assert_eq!(read.sha256(), SignedStudy::read(document.as_bytes()).unwrap().sha256());
    let canonical = fhir::canonical::jcs(&study()).unwrap();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(canonical);
    assert_eq!(read.sha256(), BASE64_URL_SAFE_NO_PAD.encode(digest));
}

#[test]
fn any_change_after_signing_is_found() {
    let document = signed(&study(), 11);
    let touched = |name: &str, value: Value| {
        changed(&document, |members| {
            members.get_mut("study").unwrap().as_object_mut().unwrap().insert(name, value);
        })
    };
    let mut seen = 0;
    for name in study().as_object().unwrap().iter().map(|(name, _)| name) {
        let reason = why(SignedStudy::read(touched(name, Value::from("x")).as_bytes()));
        assert!(reason.contains("changed after it was signed"), "{name}: {reason}");
        let removed = changed(&document, |members| {
            members.get_mut("study").unwrap().as_object_mut().unwrap().remove(name);
        });
        assert!(why(SignedStudy::read(removed.as_bytes())).contains("changed after it was signed"));
        seen += 1;
    }
    assert_eq!(seen, 10);
    let other = signed(&with("title", "Another"), 11);
    let moved = changed(&document, |members| {
        let signature = Value::parse(other.as_bytes()).unwrap().str("signature").unwrap().to_owned();
        members.insert("signature", signature);
    });
    assert!(why(SignedStudy::read(moved.as_bytes())).contains("changed after it was signed"));
}

#[test]
fn a_header_with_anything_else_in_it_is_refused() {
    let document = signed(&study(), 11);
    let signature = Value::parse(document.as_bytes()).unwrap().str("signature").unwrap().to_owned();
    let (header, value) = signature.split_once("..").unwrap();
    let header = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    for (from, to) in [
        ("ES256", "none"),
        ("ES256", "HS256"),
        ("attesta-study+jws", "jws"),
        (r#"{"alg""#, r#"{"crit":["b64"],"b64":false,"alg""#),
        (r#""kty":"EC""#, r#""kty":"EC","kid":"a""#),
        (r#"{"alg""#, r#"{ "alg""#),
    ] {
        let changed_header = header.replacen(from, to, 1);
        assert_ne!(changed_header, header);
        let signature = format!("{}..{value}", BASE64_URL_SAFE_NO_PAD.encode(changed_header));
        let document = changed(&document, |members| {
            members.insert("signature", signature);
        });
        assert!(why(SignedStudy::read(document.as_bytes())).contains("signature"), "{to}");
    }
    for signature in ["", "a", "..", "a..b", "e30..AA", "e30.e30.AA"] {
        let document = changed(&document, |members| {
            members.insert("signature", signature);
        });
        assert!(why(SignedStudy::read(document.as_bytes())).contains("signature"), "{signature}");
    }
    let unsigned = changed(&document, |members| {
        members.remove("signature");
    });
    assert!(why(SignedStudy::read(unsigned.as_bytes())).contains("not signed"));
}

#[test]
fn what_no_device_could_work_under_is_refused_by_its_member() {
    let form = questionnaire::import_bytes(instruments::PHQ9.as_bytes()).unwrap();
    let questionnaire = |canonical: &str, sha256: &str| {
        fhir::array![fhir::object! {
            "canonical" => canonical, "sha256" => sha256,
            "resource" => Value::parse(instruments::PHQ9.as_bytes()).unwrap(),
        }]
    };
    let site = |id: &str, name: &str| fhir::object! { "id" => id, "name" => name };
    for (study, parts) in [
        (with("serwer", "https://fhir.example.org"), ["study.serwer", "unknown field"]),
        (
            with("policy", {
                let endpoint = fhir::object! { "base" => "https://r.example", "name" => "R", "token" => "x" };
                fhir::object! { "assignments" => fhir::object! { "endpoints" => fhir::array![endpoint] } }
            }),
            ["study.policy.assignments.endpoints[0]", "token"],
        ),
        (with("policy", fhir::object! { "pinDigit" => 6 }), ["study.policy", "pinDigit"]),
        (with("policy", fhir::object! { "pinDigits" => "six" }), ["study.policy.pinDigits", "six"]),
        (with("policy", fhir::object! { "provenanceProfile" => "gravitate" }), ["study.policy", "part11"]),
        (with("policy", fhir::object! { "pinDigits" => 9 }), ["policy.pinDigits", "4 to 8"]),
        (with("policy", fhir::object! { "ledger" => "ledger" }), ["policy.ledger", "R5"]),
        (with("version", 0), ["study.version", "1"]),
        (with("id", "fatigue"), ["study.id", "URI"]),
        (with("title", " "), ["study.title", "empty"]),
        (with("issued", "2026-11-20"), ["study.issued", "offset"]),
        (with("server", "http://fhir.example.org"), ["study.server", "encrypted"]),
        (with("trustAnchors", "none"), ["study.trustAnchors", "cannot be used"]),
        (with("sites", fhir::array![]), ["study.sites", "empty"]),
        (with("sites", fhir::array![site("014", "A"), site("014", "B")]), ["study.sites", "twice"]),
        (with("sites", fhir::array![site("014", "")]), ["study.sites", "name"]),
        (
            with("questionnaires", {
                let entry = |version: &str| {
                    let canonical = format!("https://example.org/q|{version}");
                    fhir::object! { "canonical" => canonical, "sha256" => "AAAA" }
                };
                fhir::array![entry("1"), entry("2")]
            }),
            ["https://example.org/q", "twice"],
        ),
        (with("signers", fhir::array![name(12)]), ["study.signers", "does not name"]),
        (with("questionnaires", questionnaire(&form.canonical(), "AAAA")), ["SHA-256", "phq-9"]),
        (
            with("questionnaires", questionnaire("https://example.org/q|1", &form.sha256())),
            ["https://example.org/q|1", "calls itself"],
        ),
    ] {
        let reason = why(sign(study.to_json().as_bytes(), &key(11)));
        assert!(parts.iter().all(|part| reason.contains(part)), "{parts:?}: {reason}");
    }
    let twice = format!(r#"{{"title":"a",{}"#, study().to_json().trim_start_matches('{'));
    assert!(why(sign(twice.as_bytes(), &key(11))).contains("JSON"));
    let document = signed(&study(), 11);
    let unknown = changed(&document, |members| {
        members.insert("note", "x");
    });
    assert!(why(SignedStudy::read(unknown.as_bytes())).contains("note"));
    let newer = changed(&document, |members| {
        members.insert("attestaStudy", "2");
    });
    assert!(why(SignedStudy::read(newer.as_bytes())).contains("newer"));
}

#[test]
fn only_a_newer_version_of_the_same_study_by_a_named_key_takes_its_place() {
    let first = read(&with("signers", fhir::array![name(11), name(12)]), 11);
    let next = |change: &dyn Fn(&mut fhir::Object), by: u8| {
        let mut study = with("signers", fhir::array![name(11), name(12), name(13)]);
        change(study.as_object_mut().unwrap());
        read(&study, by).may_follow(&first)
    };
    let version = |number: u32| move |study: &mut fhir::Object| drop(study.insert("version", number));
    next(&version(2), 11).unwrap();
    next(&version(9), 12).unwrap();
    assert!(why(next(&version(1), 11)).contains("version"));
    assert!(why(next(&version(2), 13)).contains(&name(13)));
    let other = |study: &mut fhir::Object| {
        study.insert("id", "urn:uuid:00000000-0000-4000-8000-000000000001");
        study.insert("version", 2);
    };
    for (member, value) in [
        ("server", Value::from("https://fhir.example.org/other")),
        ("policy", fhir::object! { "fhirVersion" => "R5" }),
    ] {
        let elsewhere = |study: &mut fhir::Object| {
            study.insert("version", 2);
            study.insert(member, value.clone());
        };
        assert!(why(next(&elsewhere, 11)).contains("a study keeps both"), "{member}");
    }
    assert!(why(next(&other, 11)).contains("belongs to the study"));
    assert!(why(read(&study(), 11).signed_by(&name(12))).contains(&name(11)));
}

#[test]
fn a_thumbprint_is_that_of_rfc_7638() {
    // Worked out with another program: SHA-256 of the JWK's members crv, kty, x and y in this order, without spaces.
    assert_eq!(name(11), "rGQp6rRfO0HPhPeAVHebkFhkEXJ7_VsXnxfrODb1XGU");
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/study.schema.json");
    let text = format!("{:#}\n", schema());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), text, "UPDATE_GOLDEN=1 writes docs/study.schema.json");
}
