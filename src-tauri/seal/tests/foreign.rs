//! Another system's signature: RS256, no `canon` in the header, as HL7's Da Vinci `CDex` guide has it. The fixture is
//! our own, made with OpenSSL's command line.

use crate::common;

use common::{CAPTURE, assert_finding, finding, with};
use fhir::{Value, canonical};
use jiff::Timestamp;
use seal::verify::{Aspect, Report, Trust, Verdict, verify_response};
use seal::{Anchors, Signer as _, testing};

fn response() -> Value {
    Value::parse(include_bytes!("fixtures/rs256-response.json")).unwrap()
}

fn anchors() -> Anchors {
    Anchors::from_pem(include_bytes!("fixtures/rs256-anchor.pem")).unwrap()
}

fn verify_at(response: &Value, at: &str) -> Report {
    let at: Timestamp = at.parse().unwrap();
    verify_response(response, &[], &Trust::new(Some(&anchors()), at))
}

fn verify(response: &Value) -> Report {
    verify_at(response, "2026-12-01T00:00:00Z")
}

#[test]
fn it_verifies_and_the_report_says_what_is_not_covered() {
    let report = verify(&response());
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert!(
        finding(&report, Aspect::Signature)
            .reason
            .contains("targetFormat, which the signature does not cover")
    );
    assert_finding(&report, Aspect::Identity, Verdict::Valid, "trusted");
    assert_finding(&report, Aspect::Revocation, Verdict::Indeterminate, "no-revocation-list");
    assert_finding(&report, Aspect::Time, Verdict::Indeterminate, "time-only-claimed");
    assert_eq!(report.verdict(Aspect::Linkage), Verdict::Indeterminate);
    assert_eq!(report.signatures[0].kind, "foreign");
    assert_eq!(report.signatures[0].algorithm, Some("RS256"));
    assert_eq!(report.exit_code(), 3);
}

#[test]
fn no_changed_byte_of_what_it_covers_verifies() {
    let text = include_bytes!("fixtures/rs256-response.json");
    let covered = |value: &Value| {
        let mut payload = value.clone();
        let members = payload.as_object_mut().unwrap();
        let data = members.get("extension").map(|extension| {
            let signature = extension.at(0).and_then(|one| one.get("valueSignature"));
            signature.and_then(|signature| signature.get("data")).cloned()
        });
        for name in ["id", "meta", "extension"] {
            members.remove(name);
        }
        (canonical::number_text(&payload), data)
    };
    let same = covered(&response());
    let mut refused = 0;
    for index in 0..text.len() {
        let mut changed = text.to_vec();
        changed[index] ^= 1;
        let Ok(value) = Value::parse(&changed) else { continue };
        if covered(&value) == same {
            continue;
        }
        refused += 1;
        let report = verify(&value);
        assert_ne!(report.verdict(Aspect::Signature), Verdict::Valid, "byte {index} was changed");
    }
    assert!(refused > 1500, "only {refused} changed bytes were tried");
}

#[test]
fn time_and_purpose_beside_the_signature_must_be_those_in_its_header() {
    let set = |element: &str, value: Value| {
        let path: Vec<_> = CAPTURE.into_iter().chain([element]).collect();
        verify(&with(&response(), &path, value))
    };
    let report = set("when", "2026-11-30T09:15:01+01:00".into());
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "when-mismatch");
    let author = fhir::array![fhir::object! {
        "system" => "urn:iso-astm:E1762-95:2013", "code" => "1.2.840.10065.1.12.1.1"
    }];
    assert_finding(&set("type", author), Aspect::Linkage, Verdict::Invalid, "purpose-mismatch");
    let other = fhir::object! { "reference" => "https://clinic.example/fhir/Practitioner/18" };
    assert_finding(&set("who", other), Aspect::Identity, Verdict::Indeterminate, "signer-unmatched");
}

#[test]
fn it_is_refused_under_another_anchor_and_before_it_was_made() {
    let other = seal::testing::TestAuthority::new(40).anchors();
    let at = "2026-12-01T00:00:00Z".parse().unwrap();
    let report = verify_response(&response(), &[], &Trust::new(Some(&other), at));
    assert_finding(&report, Aspect::Identity, Verdict::Invalid, "untrusted");
    let report = verify_at(&response(), "2026-11-29T00:00:00Z");
    assert_finding(&report, Aspect::Time, Verdict::Invalid, "in-the-future");
}

#[test]
fn json_xml_covers_the_narrative_as_xml_writes_it() {
    let sealed = common::Sealed::new();
    let narrative = |div: &str| {
        fhir::object! {
            "resourceType" => "Observation",
            "id" => "o",
            "text" => fhir::object! { "status" => "generated", "div" => div },
            "status" => "final",
        }
    };
    let signed = narrative("<div xmlns=\"http://www.w3.org/1999/xhtml\"><b class='x' ></b>&#160;&gt;</div>");
    for uri in ["json-xml", "json+xml"].map(|form| format!("{}{form}", seal::canonical::BASE)) {
        let header = fhir::object! {
            "alg" => "ES256",
            "iat" => testing::number("1795250467"),
            "canon" => uri.as_str(),
            "x5t#S256" => sealed.signer.chain().x5t_s256(),
            "x5c" => sealed.signer.chain().ders().map(|der| Value::from(common::base64(der))).collect::<Vec<_>>(),
        };
        let payload = seal::canonical::write(&signed, &uri, fhir::Version::R4).unwrap();
        let jws = seal::readers::sign(&header, payload.as_bytes(), &sealed.signer).unwrap();
        let provenance = fhir::object! {
            "resourceType" => "Provenance",
            "target" => fhir::array![fhir::object! { "reference" => "Observation/o" }],
            "signature" => fhir::array![fhir::object! {
                "when" => "2026-11-21T08:41:07Z",
                "who" => testing::device().to_reference(),
                "targetFormat" => format!("application/fhir+json;canonicalization={uri}"),
                "sigFormat" => "application/jose",
                "data" => common::base64(jws),
            }],
        };
        let verdict = |resource: &Value| {
            let provenances = std::slice::from_ref(&provenance);
            seal::verify::verify_resource(resource, provenances, &sealed.trust()).verdict(Aspect::Signature)
        };
        assert_eq!(verdict(&signed), Verdict::Valid, "{uri}");
        // The same narrative, as an XML writer would put it; then another.
        let rewritten = "<div xmlns='http://www.w3.org/1999/xhtml'><b class=\"x\"/>\u{a0}></div>";
        assert_eq!(verdict(&narrative(rewritten)), Verdict::Valid, "{uri}");
        assert_eq!(verdict(&narrative(&rewritten.replace('b', "i"))), Verdict::Invalid, "{uri}");
    }
}

/// A time stamp is over the signature; `Signature.when` beside it is what anybody wrote there since.
#[test]
fn a_time_stamp_makes_no_time_valid_that_the_signature_does_not_cover() {
    let sealed = common::Sealed::new();
    let uri = format!("{}json", seal::canonical::BASE);
    let observation = fhir::object! { "resourceType" => "Observation", "id" => "o", "status" => "final" };
    let header = |iat: Option<&str>| {
        let mut header = fhir::Object::new();
        header.insert("alg", "ES256");
        header.insert("canon", uri.as_str());
        if let Some(iat) = iat {
            header.insert("iat", testing::number(iat));
        }
        header.insert("x5t#S256", sealed.signer.chain().x5t_s256());
        let chain = sealed.signer.chain().ders();
        header.insert("x5c", chain.map(|der| Value::from(common::base64(der))).collect::<Vec<_>>());
        Value::from(header)
    };
    let verified = |iat: Option<&str>| {
        let payload = seal::canonical::write(&observation, &uri, fhir::Version::R4).unwrap();
        let jws = seal::readers::sign(&header(iat), payload.as_bytes(), &sealed.signer).unwrap();
        let (protected, signature) = jws.split_once("..").unwrap();
        let by = common::stamps::stamps_of(&sealed.authority);
        let imprint = openssl::sha::sha256(signature.as_bytes());
        let token = common::stamps::stamp(&by, imprint, testing::days(2));
        let token = fhir::array![fhir::object! { "val" => common::base64(token.der()) }];
        let element = fhir::object! { "sigTst" => fhir::object! { "tstTokens" => token } };
        let stamped = fhir::object! {
            "protected" => protected,
            "header" => fhir::object! { "etsiU" => fhir::array![common::base64url(element.to_json())] },
            "signature" => signature,
        };
        let provenance = fhir::object! {
            "resourceType" => "Provenance",
            "target" => fhir::array![fhir::object! { "reference" => "Observation/o" }],
            "signature" => fhir::array![fhir::object! {
                "when" => "2026-11-21T08:41:07Z",
                "who" => testing::device().to_reference(),
                "targetFormat" => format!("application/fhir+json;canonicalization={uri}"),
                "sigFormat" => "application/jose",
                "data" => common::base64(stamped.to_json()),
            }],
        };
        seal::verify::verify_resource(&observation, &[provenance], &sealed.trust())
    };
    assert_finding(&verified(Some("1795250467")), Aspect::Time, Verdict::Valid, "time-stamped");
    let forged = verified(None);
    assert_eq!(forged.verdict(Aspect::Signature), Verdict::Valid);
    assert_finding(&forged, Aspect::Time, Verdict::Indeterminate, "time-only-claimed");
    assert!(finding(&forged, Aspect::Time).reason.contains("which is not signed"));
}
