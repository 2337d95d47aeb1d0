//! FHIR's published cases (fhir-test-cases, as `scripts/setup test` takes them from Maven Central): an answered
//! questionnaire each, or a questionnaire alone, with the verdict that is published for it. Ours is the same, or it is written
//! here why not; a published case that is neither judged nor excused here is found.

use std::collections::BTreeSet;
use std::path::PathBuf;

use attesta_tests::interop::{Peer, folder};
use fhir::{Value, Version, xml};
use questionnaire::ImportOptions;
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

/// Cases of HL7's that hold their Questionnaire in the response, by its outcome, and why one is judged otherwise.
const HL7_CONTAINED: &[(&str, &str, Option<&str>)] = &[
    ("q_val_fail.json", "q_val_fail", None),
    (
        "qr-internal-refs.json",
        "qr-internal-refs",
        Some(
            "its answers are codes without the system that its options have: HL7's validator warns of each, and a code counts \
             with its system here",
        ),
    ),
];

/// A case of HL7's with a Questionnaire alone: ours refuses to import it where HL7's validator finds an error.
struct FormCase {
    form: &'static str,
    release: Version,
    outcome: &'static str,
    otherwise: Option<&'static str>,
}

const fn form(form: &'static str, outcome: &'static str) -> FormCase {
    FormCase { form, release: Version::R4, outcome, otherwise: None }
}

const DISPLAYS: &str = "the displays are held against an edition of SNOMED CT, which is not at hand";
const DERIVED: &str =
    "the form that it derives from is not read: what is listed here is asked, and the report says so";

const FORMS: &[FormCase] = &[
    form("q-enablewhen-me-wrong.json", "R4.q-enablewhen-me-wrong"),
    form("questionnaire-enableWhen-dw.json", "R4.questionnaire-enableWhen-dw"),
    form("questionnaire-enableWhen-test-invalid.xml", "R4.questionnaire-enableWhen-test-invalid"),
    form("questionnaire-enableWhen-test-order.xml", "R4.questionnaire-enableWhen-test-order"),
    // HL7's validator did not have SDC, and ours is not given its value sets.
    form("q-bp.xml", "R4.q-bp"),
    FormCase { otherwise: Some(DISPLAYS), ..form("q-ca-explicit.json", "R4.q-ca-explicit") },
    FormCase { otherwise: Some(DISPLAYS), ..form("q-ca-explicit.json", "R4.q-ca-explicit-ca") },
    FormCase { otherwise: Some(DISPLAYS), ..form("q-ca-implicit.json", "R4.q-ca-implicit") },
    FormCase { otherwise: Some(DISPLAYS), ..form("q-ca-implicit.json", "R4.q-ca-implicit-ca") },
    FormCase { release: Version::R5, ..form("q-base.json", "R5.q-base") },
    FormCase {
        release: Version::R5,
        otherwise: Some("nothing is asked in it"),
        ..form("q-bundle.xml", "R5.q-bundle")
    },
    FormCase {
        release: Version::R5,
        otherwise: Some("nothing is asked in it"),
        ..form("q-rendering-xhtml.json", "R5.q-rendering-xhtml")
    },
    FormCase {
        release: Version::R5,
        otherwise: Some(DERIVED),
        ..form("q-derived-complies.json", "R5.q-derived-complies")
    },
    FormCase {
        release: Version::R5,
        otherwise: Some(DERIVED),
        ..form("q-derived-extends.json", "R5.q-derived-extends")
    },
];

const NO_FORM: &str = "the Questionnaire is nowhere, and ours is given one to judge a response by";
const NO_FHIR: &str =
    "the elements stand in another order than XML has to keep: a test below sees that it is refused";
const STU3: &str = "FHIR STU3, which import refuses by name";

/// The outcomes that are published for questionnaires and judged by no test here, and why.
const EXCUSED: &[(&str, &str)] = &[
    ("R4.qr-bad-ref1", NO_FORM),
    ("R4.qr-bad-ref2", NO_FORM),
    ("R4.qr-bad-ref3", NO_FORM),
    ("R4.questionnaire-not-resolved-qr", NO_FORM),
    ("R4.qr-enablewhen-2", NO_FHIR),
    ("R5.questionnaire-lifelines", NO_FHIR),
    ("R3.q-coepi", STU3),
    ("R3.q-sct-r", STU3),
    ("R3.qr-ex", STU3),
    ("R3.qr-required", STU3),
    ("R3.qr-required-missing", STU3),
    ("R3.qr-required-wrong", STU3),
    ("R3.questionnaireResponse-enableWhen-test3", STU3),
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

fn cases() -> PathBuf {
    folder().join("java/cases/org/hl7/fhir/testcases/validator")
}

fn bytes(name: &str) -> Vec<u8> {
    let path = cases().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(name: &str) -> Value {
    read_as(name, Version::R4)
}

fn read_as(name: &str, release: Version) -> Value {
    let bytes = bytes(name);
    if name.contains(".xml") {
        xml::from_xml(&bytes, release).unwrap_or_else(|error| panic!("{name}: {error}"))
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

/// Whether HL7's validator found no error, by the outcome that is published.
fn is_valid_to_hl7(outcome: &str) -> bool {
    let outcome = read(&format!("outcomes/java/{outcome}-base.json"));
    let is_error = |issue: &Value| matches!(issue.str("severity"), Some("error" | "fatal"));
    !outcome.list("issue").iter().any(is_error)
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
        let theirs = is_valid_to_hl7(&format!("R4.{outcome}"));
        if (ours == theirs) == otherwise.is_some() {
            wrong.push(format!("{response}: theirs {theirs}, ours {ours}: {said}"));
        }
    }
    for (response, outcome, otherwise) in HL7_CONTAINED {
        let response_value = read(response);
        let contained = response_value.list("contained");
        let form = contained.iter().find(|one| one.resource_type() == Some("Questionnaire")).unwrap();
        let (ours, said) = judged(form, &response_value, contained);
        let theirs = is_valid_to_hl7(&format!("R4.{outcome}"));
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

#[test]
fn hl7s_questionnaires_are_imported_where_hl7s_validator_finds_no_error() {
    if !Peer::Java.is_ready() {
        return;
    }
    let options = ImportOptions { language: Some("en"), ..ImportOptions::default() };
    let mut wrong = Vec::new();
    for FormCase { form, release, outcome, otherwise } in FORMS {
        let imported = questionnaire::import_with(&read_as(form, *release), &options);
        let (ours, theirs) = (imported.is_ok(), is_valid_to_hl7(outcome));
        if (ours == theirs) == otherwise.is_some() {
            let said = imported.err().map(|report| report.to_string()).unwrap_or_default();
            wrong.push(format!("{outcome}: theirs {theirs}, ours {ours}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What HL7 publishes next is judged, or somebody writes why not.
#[test]
fn every_published_outcome_is_judged_or_excused() {
    if !Peer::Java.is_ready() {
        return;
    }
    let file = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let published: BTreeSet<String> = std::fs::read_dir(cases().join("outcomes/java"))
        .unwrap()
        .map(file)
        .map(|name| name.strip_suffix("-base.json").unwrap_or(&name).to_owned())
        .collect();
    let of_manifest = read("questionnaire/brianpos/manifest.json");
    let of_manifest =
        of_manifest.list("test-cases").iter().map(|case| format!("R4.{}", case.str("name").unwrap()));
    // Only outcomes that begin with q are taken from Maven Central, beside one more.
    let of_manifest = of_manifest.filter(|outcome| published.contains(outcome));
    let is_excused = |outcome: &String| EXCUSED.iter().any(|(known, _)| known == outcome);
    let listed: Vec<String> = HL7
        .iter()
        .map(|case| format!("R4.{}", case.outcome))
        .chain(HL7_CONTAINED.iter().map(|(_, outcome, _)| format!("R4.{outcome}")))
        .chain(FORMS.iter().map(|case| case.outcome.to_owned()))
        .chain(EXCUSED.iter().map(|(outcome, _)| (*outcome).to_owned()))
        .chain(of_manifest.filter(|outcome| !is_excused(outcome)))
        .collect();
    let known: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(known.len(), listed.len(), "one is listed twice: {listed:?}");
    let neither: Vec<_> = published.difference(&known).collect();
    assert!(neither.is_empty(), "neither judged nor excused: {neither:?}");
    let gone: Vec<_> = known.difference(&published).collect();
    assert!(gone.is_empty(), "no longer published: {gone:?}");
}
