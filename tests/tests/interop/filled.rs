//! What a respondent answers at random is a response that HL7's validator takes, as ours does, or it is written here
//! why not. `ATTESTA_FORMS` names a folder of other people's forms, each of which is filled in too.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use attesta_tests::interop::Lines;
use fhir::{Value, Version, object};
use questionnaire::{ImportOptions, Reference, ResponseContext, instruments, respondent, validate};
use serde_json::{Value as Json, json};

use crate::forms;
use crate::java::{Files, peer};

const AT: &str = "2026-11-21T09:41:07+01:00";
/// For each of its languages, a form is filled in with these.
const SEEDS: std::ops::Range<u64> = 0..3;

/// Forms of ours, by name.
const FORMS: &[(&str, &str)] = &[
    ("phq-9", instruments::PHQ9),
    ("gad-7", instruments::GAD7),
    ("pain-diary", instruments::PAIN_DIARY),
    ("everything", include_str!("../../../src-tauri/questionnaire/tests/fixtures/everything.json")),
    ("computing", include_str!("../../../src-tauri/questionnaire/tests/fixtures/computing.json")),
    (
        "types",
        concat!(
            r#"{"resourceType":"Questionnaire","url":"https://attesta.example/types","version":"1","title":"Types",
                "status":"active","language":"en","item":["#,
            include_str!("../../../src-tauri/questionnaire/tests/fixtures/types.items.json"),
            "]}"
        ),
    ),
    ("r5", include_str!("../../../src-tauri/questionnaire/tests/fixtures/r5.json")),
    ("command line", include_str!("../../../src-tauri/cli/tests/fixtures/questionnaire.json")),
];

fn context(version: Version) -> ResponseContext {
    let reference = |reference: &str, value: &str| Reference {
        reference: reference.to_owned(),
        identifier_system: "https://attesta.example/respondents".to_owned(),
        identifier_value: value.to_owned(),
    };
    ResponseContext {
        identifier_uuid: "6f1d0f9e-0c5d-4b52-9e0a-2f5f0f6f7a11".to_owned(),
        subject: reference("Patient/respondent", "respondent"),
        author: reference("Device/attesta", "attesta"),
        source: reference("Patient/respondent", "respondent"),
        authored: AT.to_owned(),
        version,
    }
}

/// The codes that a form names, by system: HL7's validator wants each code system.
type Systems<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Option<&'a str>>>;

fn codings<'a>(value: &'a Value, into: &mut Systems<'a>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| codings(one, into)),
        Value::Object(object) => {
            if let Some(system) = value.str("system") {
                let concepts = value.list("concept").iter().chain(std::iter::once(value));
                let codes = into.entry(system).or_default();
                codes.extend(concepts.filter_map(|one| Some((one.str("code")?, one.str("display")))));
            }
            object.iter().for_each(|(_, member)| codings(member, into));
        }
        _ => {}
    }
}

/// One release of HL7's validator, which has learnt the forms.
struct Judge {
    peer: &'static Lines,
    version: Version,
    files: Files,
}

impl Judge {
    /// Everything is learnt before anything is judged: each time it learns, the validator makes its definitions anew.
    fn of(peer: &'static Lines, version: Version, forms: &[(String, Value)]) -> Self {
        let judge = Self { peer, version, files: Files::new() };
        let mut systems = Systems::new();
        for (_, form) in forms {
            codings(form, &mut systems);
            judge.learn(form);
        }
        for (system, codes) in systems {
            // Units are known to the validator, and have a grammar.
            if system == "http://unitsofmeasure.org" || codes.is_empty() {
                continue;
            }
            let concepts = codes.into_iter().map(|(code, display)| {
                let mut concept = object! { "code" => code };
                if let (Some(object), Some(display)) = (concept.as_object_mut(), display) {
                    object.insert("display", display);
                }
                concept
            });
            judge.learn(&object! {
                "resourceType" => "CodeSystem", "url" => system, "status" => "active", "content" => "complete",
                "concept" => concepts.collect::<Vec<_>>(),
            });
        }
        judge
    }

    fn name(&self) -> &'static str {
        if self.version == Version::R5 { "R5" } else { "R4" }
    }

    fn learn(&self, resource: &Value) {
        let file = self.files.write("learnt.json", resource.to_json());
        self.peer.ask(&json!({ "do": "learn-fhir", "version": self.name(), "file": file }));
    }

    /// What HL7's validator finds wrong; that it gives up is an error as well.
    fn errors(&self, response: &Value) -> Vec<String> {
        let file = self.files.write("response.json", response.to_json());
        let answer =
            self.peer.try_ask(&json!({ "do": "validate-fhir", "version": self.name(), "file": file }));
        let Some(issues) = answer["issues"].as_array() else { return vec![answer["error"].to_string()] };
        let is_error = |issue: &&Json| matches!(issue["severity"].as_str(), Some("error" | "fatal"));
        let text = |issue: &Json| format!("{} {}: {}", issue["location"], issue["code"], issue["message"]);
        issues.iter().filter(is_error).map(text).collect()
    }
}

/// What HL7's validator says where it is wrong, or the form's author is, and why.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "Expected answer and actual answer have incompatible types",
        "a condition names an answer of another type than the one given: HL7's gives up, FHIR's `=` does not hold",
    ),
    (
        "QuestionnaireItemAnswerOptionComponent.getValue()\\\" is null",
        "an option of a type that only other releases have (a decimal, a quantity): HL7's gives up",
    ),
    (
        "Terminology_TX_System_Relative",
        "the form's options have a system that is no absolute URI; import says so",
    ),
    (
        "Boolean.booleanValue()\\\" because the return value of \\\"org.hl7.fhir.r5.model.BooleanType.getValue()",
        "a required, readOnly or repeats that is computed and has no value of its own: HL7's gives up",
    ),
    (
        "is not valid for this answer (allowed = image/*",
        "audio/plain beside audio/*: HL7's compares whole types",
    ),
];

/// HL7's compares texts with `item.text` alone: not with its translations, nor with what an expression made of it.
const OTHER_TEXT: &str = "Questionnaire_QR_Item_Text";

fn is_explained(error: &str) -> bool {
    EXPLAINED.iter().any(|(said, _)| error.contains(said))
}

/// HL7's counts one too many or too few where the answers are exactly as many as allowed, counts the answers of groups,
/// and compares quantities the wrong way round: what it says itself is within the limit.
fn contradicts_itself(error: &str) -> bool {
    let Some((_, said)) = error.split_once("QUESTIONNAIRE_QR_ITEM_") else { return false };
    let numbers: Vec<f64> = said.split([' ', '"']).filter_map(|word| word.parse().ok()).collect();
    match (said.split('"').next(), numbers.as_slice()) {
        (Some("MIN_OCCURS"), [least, given]) => given >= least || *given == 0.0,
        (Some("QUANTITY_MIN"), [given, least]) => given >= least,
        (Some("MAX_OCCURS"), [most, given]) | (Some("QUANTITY_MAX"), [given, most]) => given <= most,
        _ => false,
    }
}

/// What was judged, and what came of it.
#[derive(Default)]
struct Judged {
    forms: usize,
    responses: usize,
    /// So many of HL7's errors are explained above.
    explained: usize,
    /// What either validator finds wrong besides.
    found: Vec<String>,
}

impl Judged {
    /// Fills `raw` in, and has both validators look at the responses.
    fn add(&mut self, judge: &Judge, name: &str, raw: &Value) {
        let options = ImportOptions { language: Some("und"), ..ImportOptions::default() };
        let Ok(form) = questionnaire::import_with(raw, &options) else { return };
        self.forms += 1;
        let is_computed = raw.to_json().contains("cqf-expression");
        for language in form.languages() {
            let may_differ = is_computed || Some(&language) != form.languages().first();
            for seed in SEEDS {
                let filled = respondent::fill(&form, &language, seed, AT, "Patient/respondent");
                let (session, _) = filled.unwrap_or_else(|stuck| panic!("{name} {seed}: {stuck}"));
                let response = session.response(&context(judge.version)).unwrap();
                self.responses += 1;
                let ours =
                    validate(raw, &response, validate::Options { unsigned: true, ..Default::default() });
                self.found
                    .extend(ours.errors().map(|error| format!("{name} {language} {seed}: ours: {error}")));
                let (explained, theirs): (Vec<_>, Vec<_>) =
                    judge.errors(&response).into_iter().partition(|error| {
                        let is_other_text = may_differ && error.contains(OTHER_TEXT);
                        is_other_text || is_explained(error) || contradicts_itself(error)
                    });
                self.explained += explained.len();
                let theirs = theirs.iter().map(|error| format!("{name} {language} {seed}: theirs: {error}"));
                self.found.extend(theirs);
            }
        }
    }
}

/// The form as R5 writes it, where a choice is a coding, and what is open about it is said apart.
fn fifth(form: &mut Value) {
    match form {
        Value::Array(list) => list.iter_mut().for_each(fifth),
        Value::Object(object) => {
            let open = object.get("type").and_then(Value::as_str) == Some("open-choice");
            if open || object.get("type").and_then(Value::as_str) == Some("choice") {
                object.insert("type", "coding");
                if open {
                    object.insert("answerConstraint", "optionsOrString");
                }
            }
            object.iter_mut().for_each(|(_, member)| fifth(member));
        }
        _ => {}
    }
}

/// Whether the form is written as only R5 writes it.
fn is_fifth(form: &Value) -> bool {
    match form {
        Value::Array(list) => list.iter().any(is_fifth),
        Value::Object(object) => {
            matches!(form.str("type"), Some("coding" | "question"))
                || object.contains("answerConstraint")
                || object.contains("disabledDisplay")
                || object.iter().any(|(_, member)| is_fifth(member))
        }
        _ => false,
    }
}

/// Judges the forms in R5, and in R4 those that can be written so. One set of forms after the other: what the validator has
/// learnt of a code system holds for all.
#[track_caller]
#[expect(clippy::print_stderr, reason = "how many were judged is for whoever runs this")]
fn judge(peer: &'static Lines, forms: Vec<(String, Value)>) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut fourth = forms.clone();
    fourth.retain(|(_, form)| !is_fifth(form));
    let mut fifths = forms;
    for (_, form) in &mut fifths {
        fifth(form);
    }
    for (version, forms) in [(Version::R4, fourth), (Version::R5, fifths)] {
        let judge = Judge::of(peer, version, &forms);
        let mut judged = Judged::default();
        for (name, form) in &forms {
            judged.add(&judge, &format!("{name} {}", judge.name()), form);
        }
        let Judged { forms, responses, explained, found } = judged;
        eprintln!("{}: {responses} responses to {forms} forms, {explained} errors explained", judge.name());
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn hl7_takes_what_is_filled_in_at_random() {
    let Some(peer) = peer() else { return };
    let read = |(name, text): &(&str, &str)| ((*name).to_owned(), Value::parse(text.as_bytes()).unwrap());
    judge(peer, FORMS.iter().map(read).collect());
}

#[test]
fn hl7_takes_what_is_filled_in_of_other_peoples_forms() {
    let Some(folder) = forms::folder() else { return };
    let Some(peer) = peer() else { return };
    let mut files = Vec::new();
    forms::below(&folder, &mut files);
    let read = |file: &PathBuf| {
        let resource = Value::parse(&std::fs::read(file).unwrap()).ok()?;
        Some((file.file_stem()?.to_string_lossy().into_owned(), resource))
    };
    let mut forms: Vec<(String, Value)> = files.iter().filter_map(read).collect();
    let options = ImportOptions { language: Some("und"), ..ImportOptions::default() };
    forms.retain(|(_, form)| questionnaire::import_with(form, &options).is_ok());
    assert!(!forms.is_empty(), "there is no form in this folder that can be used");
    for (number, (_, form)) in forms.iter_mut().enumerate() {
        // Some have none, and some share one.
        form.as_object_mut()
            .unwrap()
            .insert("url", format!("https://attesta.example/Questionnaire/{number}"));
    }
    judge(peer, forms);
}
