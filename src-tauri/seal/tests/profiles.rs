//! Each profile takes a correct resource, and names exactly the rule that another one breaks.

use crate::common;

use common::{Sealed, TARGET, assert_finding, captured, now, persisted_at, with};
use fhir::{Value, Version, array, object};
use seal::profile::{About, Profile, by_name, sign_cdex};
use seal::verify::{Aspect, Trust, Verdict, verify_response};
use seal::{Activity, SealError, testing};

const AUTHOR: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";

fn profile(name: &str) -> &'static dyn Profile {
    by_name(name).unwrap()
}

fn without(value: &Value, path: &[&str]) -> Value {
    let (last, parents) = path.split_last().unwrap();
    let mut parent = if parents.is_empty() { value.clone() } else { common::at(value, parents).clone() };
    match last.parse::<usize>() {
        Ok(index) => {
            parent.as_array_mut().unwrap().remove(index);
        }
        Err(_) => {
            parent.as_object_mut().unwrap().remove(last);
        }
    }
    if parents.is_empty() { parent } else { with(value, parents, parent) }
}

/// The same value with one more element in the list at `path`.
fn plus(value: &Value, path: &[&str], new: &Value) -> Value {
    let mut list = common::at(value, path).clone();
    list.as_array_mut().unwrap().push(new.clone());
    with(value, path, list)
}

/// Nothing is wrong with `correct`, and each of `broken` breaks its rule and no other.
fn table(profile: &dyn Profile, version: Version, correct: &Value, broken: &[(&str, &str, Value)]) {
    assert_eq!(profile.violations(correct, version), []);
    for (rule, element, resource) in broken {
        let violations = profile.violations(resource, version);
        let found: Vec<_> = violations.iter().map(|one| (one.rule, one.element.as_str())).collect();
        assert_eq!(found, [(*rule, *element)], "{}", profile.name());
        assert!(violations[0].to_string().contains(element), "{}", violations[0]);
    }
}

/// A response as R5 has it, sealed, with its persistence signature.
fn sealed_r5(sealed: &Sealed) -> (Value, Value) {
    let unsigned = testing::response();
    let unsigned = with(&unsigned, &["identifier"], array![unsigned.get("identifier").unwrap()]);
    let response = testing::returned(&captured(&unsigned, &testing::statement(), &sealed.signer));
    let signature = persistence(&response, TARGET, &Activity::Create, sealed);
    (response, signature)
}

fn persistence(resource: &Value, target: &str, activity: &Activity, sealed: &Sealed) -> Value {
    let (at, device) = (persisted_at(), testing::device());
    seal::persistence(resource, target, activity, at, &device, "Attesta 0.1.0", &sealed.signer).unwrap()
}

/// The cases that part11 and base-r5 share.
fn common_cases(correct: &Value) -> Vec<(&'static str, &'static str, Value)> {
    let stranger = object! { "type" => object! { "coding" => array![
        object! { "system" => AUTHOR, "code" => "verifier" },
    ] }, "who" => object! { "reference" => "Practitioner/p" } };
    let set = |path: &[&str], new: &str| with(correct, path, new);
    let signature = correct.list("signature")[0].clone();
    let revision = object! { "role" => "revision", "what" => object! { "reference" => "X/1/_history/1" } };
    let other = testing::patient().to_reference();
    vec![
        ("resource-type", "Provenance", set(&["resourceType"], "Basic")),
        (
            "target-version",
            "Provenance.target",
            plus(correct, &["target"], &object! { "reference" => "Patient/p" }),
        ),
        ("occurred", "Provenance.occurred", without(correct, &["occurredDateTime"])),
        ("recorded", "Provenance.recorded", set(&["recorded"], "2026-11-21")),
        ("activity", "Provenance.activity", set(&["activity", "coding", "0", "code"], "DELETE")),
        ("revision", "Provenance.entity", with(correct, &["entity"], array![revision])),
        ("revision", "Provenance.entity", set(&["activity", "coding", "0", "code"], "UPDATE")),
        ("author", "Provenance.agent", without(correct, &["agent", "0"])),
        ("device", "Provenance.agent", without(correct, &["agent", "1"])),
        ("thumbprint", "Provenance.agent.type", set(&["agent", "1", "type", "coding", "1", "code"], "AB12")),
        ("agent-who", "Provenance.agent.who", plus(correct, &["agent"], &stranger)),
        ("on-behalf-of", "Provenance.agent.onBehalfOf", without(correct, &["agent", "1", "onBehalfOf"])),
        ("signature", "Provenance.signature", plus(correct, &["signature"], &signature)),
        (
            "signature-type",
            "Provenance.signature.type",
            set(&["signature", "0", "type", "0", "code"], "1.2.840.10065.1.12.1.1"),
        ),
        (
            "signature-when",
            "Provenance.signature.when",
            set(&["signature", "0", "when"], "2026-11-21T08:41:08Z"),
        ),
        (
            "signature-who",
            "Provenance.signature.who",
            with(correct, &["signature", "0", "who"], other.clone()),
        ),
        (
            "signature-on-behalf-of",
            "Provenance.signature.onBehalfOf",
            with(correct, &["signature", "0", "onBehalfOf"], other),
        ),
        (
            "target-format",
            "Provenance.signature.targetFormat",
            set(&["signature", "0", "targetFormat"], "application/fhir+json"),
        ),
        (
            "sig-format",
            "Provenance.signature.sigFormat",
            set(&["signature", "0", "sigFormat"], "application/pdf"),
        ),
        ("data", "Provenance.signature.data", set(&["signature", "0", "data"], "AAAA")),
        (
            "data-target",
            "Provenance.signature.data",
            set(&["target", "0", "reference"], "QuestionnaireResponse/r1/_history/2"),
        ),
        (
            "data-certificate",
            "Provenance.signature.data",
            set(&["agent", "1", "type", "coding", "1", "code"], &"ab".repeat(32)),
        ),
    ]
}

#[test]
fn part11_in_r4_and_r5_names_each_broken_rule() {
    let sealed = Sealed::new();
    let mut broken = common_cases(&sealed.provenance);
    broken.push(("recorded", "Provenance.recorded", without(&sealed.provenance, &["recorded"])));
    table(profile("part11"), Version::R4, &sealed.provenance, &broken);

    let (resource, signature) = sealed_r5(&sealed);
    let about = About { resource: &resource, signature: &signature, version: Version::R5, transaction: None };
    let provenance = profile("part11").provenance(&about).unwrap();
    assert_eq!(provenance.get("patient"), resource.get("subject"));
    let mut broken = common_cases(&provenance);
    broken.push(("patient", "Provenance.patient", without(&provenance, &["patient"])));
    table(profile("part11"), Version::R5, &provenance, &broken);
    // R5 leaves it to the server.
    assert_eq!(profile("part11").violations(&without(&provenance, &["recorded"]), Version::R5), []);
}

#[test]
fn part11_takes_an_update_that_names_the_earlier_version() {
    let sealed = Sealed::new();
    let resource = with(&sealed.response, &["meta", "versionId"], "2");
    let earlier = Activity::Update { revision_of: TARGET.to_owned() };
    let signature = persistence(&resource, "QuestionnaireResponse/r1/_history/2", &earlier, &sealed);
    let provenance = seal::provenance(&resource, &signature).unwrap();
    assert_eq!(profile("part11").violations(&provenance, Version::R4), []);
    let elsewhere =
        with(&provenance, &["entity", "0", "what", "reference"], "QuestionnaireResponse/r2/_history/1");
    assert_eq!(profile("part11").violations(&elsewhere, Version::R4)[0].rule, "revision");
}

#[test]
fn base_r5_names_each_broken_rule_and_is_for_r5_alone() {
    let sealed = Sealed::new();
    let (resource, signature) = sealed_r5(&sealed);
    let about = About { resource: &resource, signature: &signature, version: Version::R5, transaction: None };
    let base = profile("base-r5");
    let provenance = base.provenance(&about).unwrap();
    let mut broken = common_cases(&provenance);
    let element = "Provenance.authorization.concept";
    broken.push(("authorization", element, without(&provenance, &["authorization"])));
    broken.push(("patient", "Provenance.patient", without(&provenance, &["patient"])));
    table(base, Version::R5, &provenance, &broken);
    assert_eq!(base.violations(&provenance, Version::R4)[0].rule, "fhir-version");
    let refused = base.provenance(&About { version: Version::R4, ..about });
    assert!(matches!(refused, Err(SealError::Incomplete { element, .. }) if element == "fhirVersion"));
}

#[test]
fn what_r5_provenances_say_is_held_against_what_was_signed() {
    let sealed = Sealed::new();
    let (resource, signature) = sealed_r5(&sealed);
    let about = About { resource: &resource, signature: &signature, version: Version::R5, transaction: None };
    let trust = Trust::new(Some(&sealed.anchors), now()).with_crls(&sealed.crls);
    for name in ["part11", "base-r5"] {
        let provenance = profile(name).provenance(&about).unwrap();
        let report = verify_response(&resource, std::slice::from_ref(&provenance), &trust);
        assert_finding(&report, Aspect::Linkage, Verdict::Valid, "linked");
        let other = with(&provenance, &["patient", "reference"], "Patient/other");
        for altered in [other, without(&provenance, &["patient"])] {
            let report = verify_response(&resource, &[altered], &trust);
            assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "provenance-mismatch");
        }
    }
    let provenance = profile("base-r5").provenance(&about).unwrap();
    let path = ["authorization", "0", "concept", "coding", "0", "code"];
    let report = verify_response(&resource, &[with(&provenance, &path, "TREAT")], &trust);
    assert_finding(&report, Aspect::Linkage, Verdict::Invalid, "provenance-mismatch");
}

fn agent(code: &str, display: &str, who: &str) -> Value {
    object! {
        "type" => object! { "coding" => array![object! {
            "system" => AUTHOR, "code" => code, "display" => display,
        }] },
        "who" => object! { "reference" => who },
    }
}

#[test]
fn iehr_names_each_broken_rule() {
    let custodian = object! { "reference" => "Organization/o" };
    let correct = object! {
        "resourceType" => "Provenance",
        "target" => array![object! { "reference" => "urn:uuid:1" }],
        "recorded" => "2026-11-21T08:41:07Z",
        "agent" => array![agent("author", "Author", "urn:uuid:2"), agent("custodian", "Custodian", "Organization/o")],
        "signature" => array![object! {
            "type" => array![object! {
                "system" => "urn:iso-astm:E1762-95:2013", "code" => "1.2.840.10065.1.12.1.5",
            }],
            "when" => "2026-11-21T08:41:07Z",
            "who" => custodian,
            "targetFormat" => "json",
            "sigFormat" => "application/jose",
            "data" => "ZQ==",
        }],
    };
    let set = |path: &[&str], new: &str| with(&correct, path, new);
    let more = |path: &[&str], new: Value| plus(&correct, path, &new);
    let device = agent("author", "Author", "Device/d");
    let signature = |name: &'static str| ["signature", "0", name];
    table(
        profile("iehr"),
        Version::R4,
        &correct,
        &[
            ("resource-type", "Provenance", set(&["resourceType"], "Basic")),
            ("target", "Provenance.target", more(&["target"], object! { "reference" => "urn:uuid:3" })),
            ("recorded", "Provenance.recorded", without(&correct, &["recorded"])),
            ("agents-closed", "Provenance.agent", more(&["agent"], agent("verifier", "V", "Patient/p"))),
            ("author", "Provenance.agent", without(&correct, &["agent", "0"])),
            ("custodian", "Provenance.agent", without(&correct, &["agent", "1"])),
            ("custodian", "Provenance.agent", more(&["agent"], agent("custodian", "Custodian", "Patient/p"))),
            (
                "agent-display",
                "Provenance.agent.type.coding.display",
                set(&["agent", "0", "type", "coding", "0", "display"], "author"),
            ),
            ("agent-who", "Provenance.agent.who", more(&["agent"], device)),
            ("signature", "Provenance.signature", without(&correct, &["signature"])),
            (
                "signature-type",
                "Provenance.signature.type",
                set(&["signature", "0", "type", "0", "code"], "x"),
            ),
            ("signature-when", "Provenance.signature.when", without(&correct, &signature("when"))),
            ("signature-who", "Provenance.signature.who", without(&correct, &signature("who"))),
            (
                "signature-on-behalf-of",
                "Provenance.signature.onBehalfOf",
                with(&correct, &signature("onBehalfOf"), object! { "reference" => "Patient/p" }),
            ),
            (
                "target-format",
                "Provenance.signature.targetFormat",
                set(&signature("targetFormat"), "application/fhir+json"),
            ),
            ("sig-format", "Provenance.signature.sigFormat", without(&correct, &signature("sigFormat"))),
            ("data", "Provenance.signature.data", without(&correct, &signature("data"))),
        ],
    );
    assert_eq!(profile("iehr").violations(&correct, Version::R5)[0].rule, "fhir-version");
}

#[test]
fn gravitate_needs_a_ledger_and_names_each_broken_rule() {
    let sealed = Sealed::new();
    let resource = object! {
        "resourceType" => "Bundle", "id" => "b", "meta" => object! { "versionId" => "1" }, "type" => "document",
    };
    let signature = persistence(&resource, "Bundle/b/_history/1", &Activity::Create, &sealed);
    let about = About { resource: &resource, signature: &signature, version: Version::R5, transaction: None };
    let gravitate = profile("gravitate");
    for transaction in [None, Some(" ")] {
        let refused = gravitate.provenance(&About { transaction, ..about }).unwrap_err().to_string();
        assert!(refused.contains("ledger"), "{refused}");
    }
    let about = About { transaction: Some("tx-17"), ..about };
    let correct = gravitate.provenance(&about).unwrap();
    let set = |path: &[&str], new: &str| with(&correct, path, new);
    let extension = correct.list("extension")[0].clone();
    table(
        gravitate,
        Version::R5,
        &correct,
        &[
            ("resource-type", "Provenance", set(&["resourceType"], "Basic")),
            ("target-type", "Provenance.target", set(&["target", "0", "reference"], TARGET)),
            ("occurred-date-time", "Provenance.occurred", without(&correct, &["occurredDateTime"])),
            ("activity", "Provenance.activity", set(&["activity", "coding", "0", "code"], "EXECUTE")),
            ("activity", "Provenance.activity", without(&correct, &["activity"])),
            ("agent-who", "Provenance.agent.who", without(&correct, &["agent", "0", "who"])),
            ("signature", "Provenance.signature", without(&correct, &["signature"])),
            ("signature", "Provenance.signature", plus(&correct, &["signature"], &signature)),
            (
                "signature-type",
                "Provenance.signature.type",
                set(&["signature", "0", "type", "0", "code"], "1.2.840.10065.1.12.1.1"),
            ),
            ("transaction-id", "Provenance.extension", without(&correct, &["extension", "0"])),
            ("transaction-id", "Provenance.extension", plus(&correct, &["extension"], &extension)),
        ],
    );
    // A response is no target of this profile, whatever it is called.
    let (resource, signature) = sealed_r5(&sealed);
    let refused = gravitate.provenance(&About { resource: &resource, signature: &signature, ..about });
    assert!(matches!(refused, Err(SealError::Incomplete { element, .. }) if element == "Provenance.target"));
}

#[test]
fn cdex_signs_in_the_response_and_names_each_broken_rule() {
    let sealed = Sealed::new();
    let (at, device) = (testing::signed_at(), testing::device());
    let correct = sign_cdex(&testing::response(), at, &device, &sealed.signer).unwrap();
    let trust = Trust::new(Some(&sealed.anchors), now()).with_crls(&sealed.crls);
    let report = verify_response(&correct, &[], &trust);
    assert_finding(&report, Aspect::Signature, Verdict::Valid, "content-as-signed");
    assert_eq!(report.verdict(Aspect::Identity), Verdict::Valid);
    assert!(sign_cdex(&correct, at, &device, &sealed.signer).is_err(), "once");

    let place = |name: &'static str| ["extension", "0", "valueSignature", name];
    let set = |name: &'static str, new: &str| with(&correct, &place(name), new);
    let extension = correct.list("extension")[0].clone();
    // Attesta's own capture signature has another purpose, and states its time as `iat`.
    let own = captured(&testing::response(), &testing::statement(), &sealed.signer);
    let own = common::at(&own, &place("data")).as_str().unwrap().to_owned();
    // Signed again without one of the header's parameters.
    let in_response = ["extension", "0", "valueSignature"];
    let without_parameter = |name: &str| {
        let mut header = common::header(&correct, &in_response);
        header.as_object_mut().unwrap().remove(name).unwrap();
        let payload = common::capture_payload(&correct);
        common::with_jws(&correct, &in_response, &common::signed(&header.to_json(), &payload, &sealed.signer))
    };
    let of = |name: &str| format!("QuestionnaireResponse.extension.value{name}");
    let cdex = profile("cdex");
    let cases = [
        ("resource-type", "QuestionnaireResponse".to_owned(), with(&correct, &["resourceType"], "Basic")),
        ("signature", of(""), without(&correct, &["extension"])),
        ("signature", of(""), plus(&correct, &["extension"], &extension)),
        ("signature-type", of(".type"), set("type", "x")),
        ("signature-when", of(".when"), set("when", "2026-11-21")),
        ("signature-who", of(".who"), without(&correct, &place("who"))),
        ("target-format", of(".targetFormat"), set("targetFormat", "application/fhir+json")),
        ("sig-format", of(".sigFormat"), set("sigFormat", "application/pdf")),
        ("data", of(".data"), set("data", "AAAA")),
        ("data", of(".data"), without_parameter("x5c")),
        ("signing-time", of(".data"), without_parameter("sigT")),
        ("signing-time", of(".data"), set("when", "2026-11-21T08:41:08Z")),
        ("canon", of(".data"), without_parameter("canon")),
        ("thumbprint", of(".data"), without_parameter("x5t#S256")),
        ("commitment", of(".data"), without_parameter("srCms")),
    ];
    let cases: Vec<_> =
        cases.iter().map(|(rule, element, one)| (*rule, element.as_str(), one.clone())).collect();
    table(cdex, Version::R4, &correct, &cases);
    let rules: Vec<_> = cdex.violations(&set("data", &own), Version::R4).iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["signing-time", "commitment"]);
}

#[test]
fn a_certificate_is_filed_under_its_device_in_both_releases() {
    let sealed = Sealed::new();
    let (chain, device) = (seal::Signer::chain(&sealed.signer), testing::device());
    let r4 = seal::certificate_document(chain, &device, Version::R4);
    let r5 = seal::certificate_document(chain, &device, Version::R5);
    let of_device = device.to_reference();
    assert_eq!(r4.get("context").unwrap().list("related"), std::slice::from_ref(&of_device));
    assert_eq!((r5.get("subject"), r5.get("context")), (Some(&of_device), None));
    assert!(by_name("part12").is_none());
}
