//! FHIR's published cases (fhir-test-cases, as `scripts/setup test` takes them from Maven Central): an answered
//! questionnaire each, with the verdict that is published for it. Ours is the same, or it is written here why not.

use std::path::PathBuf;

use attesta_tests::interop::{Peer, folder};
use fhir::{Value, Version, xml};
use questionnaire::validate::{Finding, Options, validate};

/// The cases of the module `questionnaire` that are judged otherwise here, and why.
const JUDGED_OTHERWISE: &[(&str, &str)] = &[
    (
        "choice-invalid-value-set-async-qr",
        "a value set that is not at hand says nothing about the answer; a device offline could sign nothing otherwise",
    ),
    (
        "string-with-coding-async-qr",
        "R4 gives strings no value sets (que-5), R5 does not say whether a string is a code or its display: both are taken",
    ),
];

/// One of HL7's own cases.
struct Case {
    response: &'static str,
    form: &'static str,
    value_set: Option<&'static str>,
    /// What HL7's validator found.
    outcome: &'static str,
    /// Why it is judged otherwise here, where it is.
    otherwise: Option<&'static str>,
}

/// A case without value sets that is judged alike.
const fn case(response: &'static str, form: &'static str, outcome: &'static str) -> Case {
    Case { response, form, value_set: None, outcome, otherwise: None }
}

const HL7: &[Case] = &[
    case("qr.xml", "q.xml", "qr"),
    case(
        "questionnaireResponse-enableWhen-test.xml",
        "questionnaire-enableWhen-test.xml",
        "questionnaireResponse-enableWhen-test",
    ),
    case(
        "questionnaireResponse-enableWhen-test-fail.xml",
        "questionnaire-enableWhen-test.xml",
        "questionnaireResponse-enableWhen-test-fail",
    ),
    case(
        "questionnaireResponse-enableWhenEx-test.xml",
        "questionnaire-enableWhenEx-test.xml",
        "questionnaireResponse-enableWhenEx-test",
    ),
    Case {
        otherwise: Some("one country's extension (fiphr-ext-questionnaire-enablewhen), not SDC's"),
        ..case(
            "questionnaireResponse-enableWhenEx-test-fail.xml",
            "questionnaire-enableWhenEx-test.xml",
            "questionnaireResponse-enableWhenEx-test-fail",
        )
    },
    case(
        "questionnaireResponse-enableWhen-test-nested.xml",
        "questionnaire-enableWhen-test-nested.xml",
        "questionnaireResponse-enableWhen-test-nested",
    ),
    case("qr-enablewhen-me.json", "q-enablewhen-me.json", "qr-enablewhen-me"),
    case("qr-vr.json", "q-vr.json", "qr-vr"),
    Case { value_set: Some("me-vs.json"), ..case("me-qr.json", "me-q.json", "qr-validation-issue") },
    Case {
        otherwise: Some("the value sets are of an edition of SNOMED CT that is not at hand"),
        ..case(
            "QuestionnaireResponse-hai-ltcf-questionnaireresponse-mdro-cdi-event.xml",
            "Questionnaire-hai-ltcf-questionnaire-mdro-cdi-event.xml",
            "questionnaireresponse-hai-ltcf-questionnaireresponse-mdro-cdi-event",
        )
    },
    case(
        "questionnaire/QuestionnaireResponse-ExampleEntryValidationDecimalResponse.json",
        "questionnaire/Questionnaire-ExampleEntryValidationDecimal.json",
        "decimal-precision-questionnaire",
    ),
];

/// FHIR's own value sets that the cases name, in small.
const TERMINOLOGY: [&str; 2] = [
    r#"{"resourceType":"ValueSet","url":"http://hl7.org/fhir/ValueSet/jurisdiction","expansion":{"contains":[
        {"system":"urn:iso:std:iso:3166","code":"AU","display":"Australia"},
        {"system":"urn:iso:std:iso:3166","code":"BD","display":"Bangladesh"}]}}"#,
    r#"{"resourceType":"ValueSet","url":"http://hl7.org/fhir/ValueSet/item-type","expansion":{"contains":[
        {"system":"http://hl7.org/fhir/item-type","code":"boolean","display":"Boolean"},
        {"system":"http://hl7.org/fhir/item-type","code":"string","display":"String"}]}}"#,
];

fn bytes(name: &str) -> Vec<u8> {
    let cases: PathBuf = folder().join("java/cases/org/hl7/fhir/testcases/validator");
    let path = cases.join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(name: &str) -> Value {
    let bytes = bytes(name);
    if name.contains(".xml") {
        xml::from_xml(&bytes, Version::R4).unwrap_or_else(|error| panic!("{name}: {error}"))
    } else {
        Value::parse(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

/// Whether ours finds the response valid, and what it says.
fn judged(form: &Value, response: &Value, terminology: &[Value]) -> (bool, String) {
    let found = validate(form, response, Options { terminology, ..Options::default() });
    let said: Vec<String> = found.findings.iter().map(Finding::to_string).collect();
    (found.is_valid(), said.join("; "))
}

#[test]
fn published_cases_have_the_published_verdict() {
    if !Peer::Java.is_ready() {
        return;
    }
    let terminology = TERMINOLOGY.map(|text| Value::parse(text.as_bytes()).unwrap());
    let manifest = read("questionnaire/brianpos/manifest.json");
    let mut wrong = Vec::new();
    let mut judged_cases = 0;
    for case in manifest.list("test-cases") {
        let name = case.str("name").unwrap();
        // The one case of a Questionnaire that is not there: `validate` is given one.
        if name == "questionnaire-not-resolved-qr" {
            continue;
        }
        let published = match case.str("description").unwrap().rsplit(' ').next() {
            Some("True") => true,
            Some("False") => false,
            other => panic!("{name}: {other:?} is no verdict"),
        };
        let form = read(case.list("supporting")[0].as_str().unwrap());
        let (ours, said) = judged(&form, &read(case.str("file").unwrap()), &terminology);
        let otherwise = JUDGED_OTHERWISE.iter().any(|(known, _)| *known == name);
        judged_cases += 1;
        if (ours == published) == otherwise {
            wrong.push(format!("{name}: published {published}, ours {ours}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(judged_cases, 73);
}

#[test]
fn hl7s_own_cases_have_the_verdict_of_hl7s_validator() {
    if !Peer::Java.is_ready() {
        return;
    }
    let mut wrong = Vec::new();
    for Case { response, form, value_set, outcome, otherwise } in HL7 {
        let terminology: Vec<Value> = value_set.iter().map(|name| read(name)).collect();
        let (ours, said) = judged(&read(form), &read(response), &terminology);
        let outcome = read(&format!("outcomes/java/R4.{outcome}-base.json"));
        let is_error = |issue: &Value| matches!(issue.str("severity"), Some("error" | "fatal"));
        let theirs = !outcome.list("issue").iter().any(is_error);
        if (ours == theirs) == otherwise.is_some() {
            wrong.push(format!("{response}: theirs {theirs}, ours {ours}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Two more are no FHIR: their elements stand in another order than XML has to keep.
    for (name, version) in [
        ("q-enablewhen-2.xml", Version::R4),
        ("questionnaireresponse-example-f201-lifelines.xml", Version::R5),
    ] {
        let refused = xml::from_xml(&bytes(name), version).unwrap_err().to_string();
        assert!(refused.contains("too late"), "{name}: {refused}");
    }
}
