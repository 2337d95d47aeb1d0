//! HL7's validator and ours judge the same responses alike, or it is written here why not.

use fhir::Value;
use questionnaire::validate;
use questionnaire::validate::Options;
use serde_json::json;

use crate::java::{Files, fhir_errors, peer};

const FORM: &str = r##"{"resourceType":"Questionnaire","url":"https://attesta.example/Questionnaire/judged","version":"1","status":"active",
  "contained":[{"resourceType":"ValueSet","id":"mood","status":"active","url":"https://attesta.example/ValueSet/mood","compose":{"include":[
    {"system":"https://attesta.example/mood","concept":[{"code":"good","display":"Good"},{"code":"bad","display":"Bad"}]}]}}],
  "item":[
  {"linkId":"yes","text":"Yes or no?","type":"boolean","required":true},
  {"linkId":"why","type":"string","maxLength":10,"enableWhen":[{"question":"yes","operator":"=","answerBoolean":true}]},
  {"linkId":"count","type":"integer","extension":[
    {"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":1},
    {"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":9}]},
  {"linkId":"weight","type":"decimal","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces","valueInteger":1}]},
  {"linkId":"day","type":"date"},
  {"linkId":"moment","type":"dateTime"},
  {"linkId":"clock","type":"time"},
  {"linkId":"page","type":"url"},
  {"linkId":"colour","type":"choice","repeats":true,"answerOption":[
    {"valueCoding":{"system":"https://attesta.example/colours","code":"red","display":"Red"}},
    {"valueCoding":{"system":"https://attesta.example/colours","code":"blue","display":"Blue"}}]},
  {"linkId":"mood","type":"choice","answerValueSet":"#mood"},
  {"linkId":"other","type":"open-choice","answerOption":[{"valueCoding":{"system":"https://attesta.example/colours","code":"red"}}]},
  {"linkId":"group","type":"group","repeats":true,"item":[
    {"linkId":"drug","type":"string","required":true},{"linkId":"dose","type":"quantity"}]},
  {"linkId":"section","type":"group","item":[{"linkId":"note","type":"text","item":[{"linkId":"more","type":"string"}]}]},
  {"linkId":"said","type":"display","text":"Thank you"},
  {"linkId":"unless","type":"string","enableWhen":[{"question":"count","operator":"!=","answerInteger":3}]},
  {"linkId":"mail","type":"string","extension":[
    {"url":"http://hl7.org/fhir/StructureDefinition/regex","valueString":"[a-z]+@[a-z]+"},
    {"url":"http://hl7.org/fhir/StructureDefinition/minLength","valueInteger":4}]},
  {"linkId":"file","type":"attachment","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/mimeType","valueCode":"image/png"}]},
  {"linkId":"person","type":"reference","extension":[
    {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-referenceResource","valueCode":"Patient"}]},
  {"linkId":"length","type":"quantity","extension":[
    {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption","valueCoding":{"system":"http://unitsofmeasure.org","code":"cm"}}]},
  {"linkId":"twice","type":"string","repeats":true,"extension":[
    {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs","valueInteger":2},
    {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":3}],
    "enableWhen":[{"question":"count","operator":"=","answerInteger":7}]},
  {"linkId":"whole","type":"integer"},
  {"linkId":"late","type":"group","enableWhen":[{"question":"count","operator":"=","answerInteger":8}],"item":[
    {"linkId":"inside","type":"string","required":true}]}
  ]}"##;

/// The contained value set lists its codes; HL7's validator wants their code system as well.
const MOODS: &str = r#"{"resourceType":"CodeSystem","url":"https://attesta.example/mood","status":"active","content":"complete",
  "concept":[{"code":"good","display":"Good"},{"code":"bad","display":"Bad"}]}"#;

const YES: &str = r#"{"linkId":"yes","answer":[{"valueBoolean":true}]}"#;
const NO: &str = r#"{"linkId":"yes","answer":[{"valueBoolean":false}]}"#;

/// What is tried, the items of the response, and whether ours and HL7's validator find it valid.
struct Case(&'static str, &'static str, bool, bool);

/// The two differ: `ours` is what ours finds, and HL7's the opposite, and why that is so.
const fn differ(what: &'static str, items: &'static str, ours: bool, _why: &'static str) -> Case {
    Case(what, items, ours, !ours)
}

/// Both are of one opinion.
const fn both(what: &'static str, items: &'static str, valid: bool) -> Case {
    Case(what, items, valid, valid)
}

const CASES: &[Case] = &[
    both("the least", "YES", true),
    both("nothing", "", false),
    both("an unknown item", r#"YES,{"linkId":"nobody"}"#, false),
    both("an item twice", "YES,YES", false),
    both("out of order", r#"{"linkId":"count","answer":[{"valueInteger":2}]},YES"#, false),
    both("the form's text", r#"{"linkId":"yes","text":"Yes or no?","answer":[{"valueBoolean":true}]}"#, true),
    both("another text", r#"{"linkId":"yes","text":"No or yes?","answer":[{"valueBoolean":true}]}"#, false),
    both("another type", r#"YES,{"linkId":"day","answer":[{"valueString":"today"}]}"#, false),
    both(
        "two answers",
        r#"YES,{"linkId":"day","answer":[{"valueDate":"2026"},{"valueDate":"2027"}]}"#,
        false,
    ),
    both("two values", r#"YES,{"linkId":"day","answer":[{"valueDate":"2026","valueString":"x"}]}"#, false),
    both("enabled", r#"YES,{"linkId":"why","answer":[{"valueString":"because"}]}"#, true),
    both("not enabled", r#"NO,{"linkId":"why","answer":[{"valueString":"because"}]}"#, false),
    both("too long", r#"YES,{"linkId":"why","answer":[{"valueString":"because of that"}]}"#, false),
    both("the greatest", r#"YES,{"linkId":"count","answer":[{"valueInteger":9}]}"#, true),
    both("above the greatest", r#"YES,{"linkId":"count","answer":[{"valueInteger":10}]}"#, false),
    both("below the least", r#"YES,{"linkId":"count","answer":[{"valueInteger":0}]}"#, false),
    both("no whole number", r#"YES,{"linkId":"whole","answer":[{"valueInteger":1.5}]}"#, false),
    both("one decimal place", r#"YES,{"linkId":"weight","answer":[{"valueDecimal":72.5}]}"#, true),
    both("two decimal places", r#"YES,{"linkId":"weight","answer":[{"valueDecimal":72.55}]}"#, false),
    both("a year", r#"YES,{"linkId":"day","answer":[{"valueDate":"2026"}]}"#, true),
    both("no day of the calendar", r#"YES,{"linkId":"day","answer":[{"valueDate":"2026-02-30"}]}"#, false),
    both(
        "a time with offset",
        r#"YES,{"linkId":"moment","answer":[{"valueDateTime":"2026-11-21T09:41:07+01:00"}]}"#,
        true,
    ),
    both(
        "a time without offset",
        r#"YES,{"linkId":"moment","answer":[{"valueDateTime":"2026-11-21T09:41:07"}]}"#,
        false,
    ),
    both("a time of day", r#"YES,{"linkId":"clock","answer":[{"valueTime":"09:41:07"}]}"#, true),
    both("a time without seconds", r#"YES,{"linkId":"clock","answer":[{"valueTime":"09:41"}]}"#, false),
    both("an address", r#"YES,{"linkId":"page","answer":[{"valueUri":"https://example.org"}]}"#, true),
    both(
        "an address with a space",
        r#"YES,{"linkId":"page","answer":[{"valueUri":"https://example .org"}]}"#,
        false,
    ),
    both(
        "two options",
        r#"YES,{"linkId":"colour","answer":[{"valueCoding":{"system":"https://attesta.example/colours","code":"red"}},{"valueCoding":{"system":"https://attesta.example/colours","code":"blue"}}]}"#,
        true,
    ),
    both(
        "no option",
        r#"YES,{"linkId":"colour","answer":[{"valueCoding":{"system":"https://attesta.example/colours","code":"green"}}]}"#,
        false,
    ),
    both(
        "an option of another system",
        r#"YES,{"linkId":"colour","answer":[{"valueCoding":{"system":"https://attesta.example/other","code":"red"}}]}"#,
        false,
    ),
    both(
        "a text where a code is wanted",
        r#"YES,{"linkId":"colour","answer":[{"valueString":"red"}]}"#,
        false,
    ),
    both(
        "of the value set",
        r#"YES,{"linkId":"mood","answer":[{"valueCoding":{"system":"https://attesta.example/mood","code":"good"}}]}"#,
        true,
    ),
    both(
        "not of the value set",
        r#"YES,{"linkId":"mood","answer":[{"valueCoding":{"system":"https://attesta.example/mood","code":"fair"}}]}"#,
        false,
    ),
    both("a text of one's own", r#"YES,{"linkId":"other","answer":[{"valueString":"purple"}]}"#, true),
    both(
        "two repetitions",
        r#"YES,{"linkId":"group","item":[{"linkId":"drug","answer":[{"valueString":"a"}]}]},{"linkId":"group","item":[{"linkId":"drug","answer":[{"valueString":"b"}]}]}"#,
        true,
    ),
    both(
        "a repetition without what it requires",
        r#"YES,{"linkId":"group","item":[{"linkId":"dose","answer":[{"valueQuantity":{"value":1}}]}]}"#,
        false,
    ),
    both("a group with an answer", r#"YES,{"linkId":"group","answer":[{"valueString":"x"}]}"#, false),
    both(
        "a section twice",
        r#"YES,{"linkId":"section","item":[{"linkId":"note","answer":[{"valueString":"x"}]}]},{"linkId":"section","item":[{"linkId":"note","answer":[{"valueString":"x"}]}]}"#,
        false,
    ),
    both(
        "below an answer",
        r#"YES,{"linkId":"section","item":[{"linkId":"note","answer":[{"valueString":"x","item":[{"linkId":"more","answer":[{"valueString":"y"}]}]}]}]}"#,
        true,
    ),
    both("in another place", r#"YES,{"linkId":"note","answer":[{"valueString":"x"}]}"#, false),
    both("a display item", r#"YES,{"linkId":"said","text":"Thank you"}"#, true),
    both("a display item with an answer", r#"YES,{"linkId":"said","answer":[{"valueString":"x"}]}"#, false),
    differ(
        "another code's name",
        r#"YES,{"linkId":"mood","answer":[{"valueCoding":{"system":"https://attesta.example/mood","code":"good","display":"Bad"}}]}"#,
        false,
        "HL7's warns only; FHIR's published case choice-async refuses a code by another name",
    ),
    differ(
        "another option's name",
        r#"YES,{"linkId":"colour","answer":[{"valueCoding":{"system":"https://attesta.example/colours","code":"red","display":"Blue"}}]}"#,
        false,
        "HL7's compares names with a value set's, not with an option's",
    ),
    both(
        "no option of an open choice",
        r#"YES,{"linkId":"other","answer":[{"valueCoding":{"system":"https://attesta.example/colours","code":"green"}}]}"#,
        false,
    ),
    differ(
        "a line break in one line",
        r#"YES,{"linkId":"why","answer":[{"valueString":"a\nb"}]}"#,
        false,
        "FHIR's type string is one line; FHIR's published case string-vs-text refuses it, HL7's validator does not",
    ),
    differ(
        "not unlike what is not answered",
        r#"YES,{"linkId":"unless","answer":[{"valueString":"x"}]}"#,
        true,
        "FHIR R4: != holds where no answer equals; HL7's wants an answer that is another",
    ),
    both("of the pattern", r#"YES,{"linkId":"mail","answer":[{"valueString":"ab@cd"}]}"#, true),
    both("not of the pattern", r#"YES,{"linkId":"mail","answer":[{"valueString":"ab@@cd"}]}"#, false),
    both("too short", r#"YES,{"linkId":"mail","answer":[{"valueString":"a@b"}]}"#, false),
    both(
        "a picture",
        r#"YES,{"linkId":"file","answer":[{"valueAttachment":{"contentType":"image/png","url":"https://example.org/1.png"}}]}"#,
        true,
    ),
    both(
        "another file",
        r#"YES,{"linkId":"file","answer":[{"valueAttachment":{"contentType":"image/gif","url":"https://example.org/1.gif"}}]}"#,
        false,
    ),
    both(
        "a patient",
        r#"YES,{"linkId":"person","answer":[{"valueReference":{"reference":"Patient/1"}}]}"#,
        true,
    ),
    both(
        "an organization",
        r#"YES,{"linkId":"person","answer":[{"valueReference":{"reference":"Organization/1"}}]}"#,
        false,
    ),
    both(
        "a unit",
        r#"YES,{"linkId":"length","answer":[{"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"cm"}}]}"#,
        true,
    ),
    both(
        "another unit",
        r#"YES,{"linkId":"length","answer":[{"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"}}]}"#,
        false,
    ),
    both(
        "too few",
        r#"YES,{"linkId":"count","answer":[{"valueInteger":7}]},{"linkId":"twice","answer":[{"valueString":"a"}]}"#,
        false,
    ),
    differ(
        "enough",
        r#"YES,{"linkId":"count","answer":[{"valueInteger":7}]},{"linkId":"twice","answer":[{"valueString":"a"},{"valueString":"b"}]}"#,
        true,
        "HL7's refuses exactly as many answers as minOccurs wants",
    ),
    both(
        "too many",
        r#"YES,{"linkId":"count","answer":[{"valueInteger":7}]},{"linkId":"twice","answer":[{"valueString":"a"},{"valueString":"b"},{"valueString":"c"},{"valueString":"d"}]}"#,
        false,
    ),
    differ(
        "a section that is left out with what it requires",
        r#"YES,{"linkId":"count","answer":[{"valueInteger":8}]}"#,
        false,
        "HL7's looks for required questions only in groups that are there",
    ),
    both(
        "a section without what it requires",
        r#"YES,{"linkId":"count","answer":[{"valueInteger":8}]},{"linkId":"late"}"#,
        false,
    ),
    both(
        "items beside the answer",
        r#"YES,{"linkId":"section","item":[{"linkId":"note","item":[{"linkId":"more","answer":[{"valueString":"y"}]}]}]}"#,
        false,
    ),
    both("an answer without a value", r#"YES,{"linkId":"day","answer":[{"item":[]}]}"#, false),
];

/// The form in R5, where a choice is a coding, and what is open about it is said apart.
fn fifth() -> String {
    FORM.replace(r#""type":"open-choice""#, r#""type":"coding","answerConstraint":"optionsOrString""#)
        .replace(r#""type":"choice""#, r#""type":"coding""#)
}

#[test]
fn hl7_judges_responses_as_we_do() {
    judge("R4", FORM);
}

#[test]
fn hl7_judges_responses_in_r5_as_we_do() {
    judge("R5", &fifth());
}

#[track_caller]
fn judge(version: &str, form: &str) {
    let Some(peer) = peer() else { return };
    let files = Files::new();
    let learn = |file| peer.ask(&json!({ "do": "learn-fhir", "version": version, "file": file }));
    let form = Value::parse(form.as_bytes()).unwrap();
    learn(files.write("form.json", form.to_json()));
    learn(files.write("moods.json", MOODS));
    learn(files.write("mood.json", form.list("contained")[0].to_json()));
    let mut differences = Vec::new();
    for Case(what, items, ours, theirs) in CASES {
        let items = items.replace("YES", YES).replace("NO", NO);
        let items = if items.is_empty() { String::new() } else { format!(r#","item":[{items}]"#) };
        let text = format!(
            r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"https://attesta.example/Questionnaire/judged|1","status":"completed","authored":"2026-11-21"{items}}}"#
        );
        let response = Value::parse(text.as_bytes()).unwrap();
        let found = validate(&form, &response, Options::default());
        let errors = fhir_errors(peer, version, &files.write("response.json", &text));
        if (found.is_valid(), errors.is_empty()) != (*ours, *theirs) {
            let said: Vec<String> = found.findings.iter().map(ToString::to_string).collect();
            differences.push(format!("{what}\n  ours: {said:#?}\n  theirs: {errors:#?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
