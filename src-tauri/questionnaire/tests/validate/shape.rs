//! The response's own elements: each as FHIR writes it, in R4 or in R5.

use fhir::Value;

use super::{assert_found, form, json, response};

/// A good response with one more member.
fn with(name: &str, value: &str) -> Value {
    let mut response = response(r#"{"linkId":"a","answer":[{"valueString":"x"}]}"#);
    response.as_object_mut().unwrap().insert(name, json(value));
    response
}

#[test]
fn what_a_response_says_of_itself_is_written_as_fhir_writes_it() {
    let form = form(r#"{"linkId":"a","type":"string"}"#, "");
    for (name, good) in [
        ("id", r#""a-1.B""#),
        (
            "meta",
            r#"{"versionId":"1","lastUpdated":"2026-11-21T09:40:58.123Z","profile":["https://a.example/p|1"]}"#,
        ),
        ("language", r#""de-CH""#),
        ("text", r#"{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}"#),
        ("contained", r#"[{"resourceType":"Patient","id":"p","birthDate":"1970-03"}]"#),
        ("identifier", r#"{"system":"urn:x","value":"1"}"#),
        // Of R5; the form does not say which release it is of.
        ("identifier", r#"[{"system":"urn:x","value":"1"}]"#),
        ("basedOn", r#"[{"reference":"CarePlan/1"}]"#),
        ("partOf", r#"[{"reference":"Procedure/1"}]"#),
        ("encounter", r#"{"reference":"Encounter/1"}"#),
        ("author", r##"{"reference":"#p"}"##),
        ("source", r#"{"identifier":{"value":"1"}}"#),
        ("subject", r#"{"type":"Patient","display":"A"}"#),
        ("extension", r#"[{"url":"urn:x","valueInteger":1}]"#),
        ("_authored", r#"{"extension":[{"url":"urn:x","valueInteger":1}]}"#),
        ("_language", r#"{"id":"l"}"#),
    ] {
        assert_found(&form, &with(name, good), &[]);
    }
    for (name, bad, place) in [
        ("id", r#""a b""#, "id"),
        ("id", "5", "id"),
        ("meta", "[]", "meta"),
        ("meta", r#"{"lastUpdated":"2026-11-21"}"#, "meta.lastUpdated"),
        ("meta", r#"{"profile":"https://a.example/p"}"#, "meta.profile"),
        ("language", "5", "language"),
        ("language", r#"" ""#, "language"),
        ("text", r#""x""#, "text"),
        ("text", r#"{"status":"generated","div":"x"}"#, "text.div"),
        ("contained", r#"{"resourceType":"Patient"}"#, "contained"),
        ("contained", r#"[{"resourceType":"Patient","gender":1}]"#, "contained[0].gender"),
        ("contained", r#"[{"resourceType":"Questionnaire","id":"a b"}]"#, "contained[0].id"),
        ("identifier", r#""x""#, "identifier"),
        ("identifier", r#"{"value":1}"#, "identifier.value"),
        ("basedOn", r#"{"reference":"CarePlan/1"}"#, "basedOn"),
        ("partOf", r#"{"reference":"Procedure/1"}"#, "partOf"),
        ("encounter", r#"[{"reference":"Encounter/1"}]"#, "encounter"),
        ("author", "{}", "author"),
        ("author", r#"[{"reference":"Patient/1"}]"#, "author"),
        ("source", r#""x""#, "source"),
        ("subject", r#"[{"reference":"Patient/1"}]"#, "subject"),
        ("subject", r#"{"refrence":"Patient/1"}"#, "subject.refrence"),
        ("questionnaire", r#""a b""#, "questionnaire"),
        ("extension", r#"[{"url":"urn:x","valueInteger":"1"}]"#, "extension[0].valueInteger"),
        ("_language", r#"[{"id":"l"}]"#, "language"),
    ] {
        let place = format!("element .{place}");
        let mut expected = vec![place.as_str()];
        if name == "questionnaire" {
            expected.insert(0, "other-form .questionnaire");
        }
        assert_found(&form, &with(name, bad), &expected);
    }
}

#[test]
fn the_subject_is_of_a_type_that_the_form_is_about() {
    let of = |types: &str| form(r#"{"linkId":"a","type":"string"}"#, &format!(r#","subjectType":{types}"#));
    let patients = of(r#"["Patient"]"#);
    for good in [
        r#"{"reference":"Patient/1"}"#,
        r#"{"reference":"https://a.example/fhir/Patient/1/_history/2","type":"Patient"}"#,
        r#"{"reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}"#,
        r#"{"type":"http://hl7.org/fhir/StructureDefinition/Patient","identifier":{"value":"1"}}"#,
        r#"{"display":"A"}"#,
    ] {
        assert_found(&patients, &with("subject", good), &[]);
    }
    for other in [
        r#"{"reference":"Group/1"}"#,
        r#"{"reference":"https://a.example/fhir/Practitioner/1"}"#,
        r#"{"reference":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","type":"Device"}"#,
        r#"{"type":"Group","identifier":{"value":"1"}}"#,
    ] {
        assert_found(&patients, &with("subject", other), &["reference-type .subject"]);
        assert_found(&of(r#"["Patient","Group","Device","Practitioner"]"#), &with("subject", other), &[]);
        assert_found(&form(r#"{"linkId":"a","type":"string"}"#, ""), &with("subject", other), &[]);
    }
    let mut contained = with("subject", r##"{"reference":"#g"}"##);
    let list = json(r#"[{"resourceType":"Group","id":"g","type":"person","actual":true}]"#);
    contained.as_object_mut().unwrap().insert("contained", list);
    assert_found(&patients, &contained, &["reference-type .subject"]);
}

#[test]
fn a_response_may_contain_the_form_that_it_answers() {
    let form = form(r#"{"linkId":"a","type":"string"}"#, r#","id":"form","meta":{"versionId":"3"}"#);
    let containing = |contained: Value| {
        let mut response = with("contained", "[]");
        let members = response.as_object_mut().unwrap();
        members.insert("contained", vec![contained]);
        members.insert("questionnaire", "#mine");
        response
    };
    let mut same = form.clone();
    let members = same.as_object_mut().unwrap();
    members.insert("id", "mine");
    members.remove("meta");
    assert_found(&form, &containing(same.clone()), &[]);
    // One that was altered is another one, whatever it is called.
    for (name, value) in
        [("item", r#"[{"linkId":"a","type":"text"}]"#), ("version", r#""2""#), ("url", r#""urn:x""#)]
    {
        let mut other = same.clone();
        other.as_object_mut().unwrap().insert(name, json(value));
        assert_found(&form, &containing(other), &["other-form .questionnaire"]);
    }
    same.as_object_mut().unwrap().insert("id", "other");
    assert_found(&form, &containing(same), &["other-form .questionnaire"]);
}

#[test]
fn what_stands_beside_a_value_is_of_the_questions_type() {
    const WHY: &str = r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}"#;
    for (kind, good, wrong) in [
        ("date", "_valueDate", "_valueString"),
        ("boolean", "_valueBoolean", "_valueInteger"),
        ("string", "_valueString", "_valueCode"),
        ("quantity", "extension", "_valueQuantity"),
    ] {
        let one = form(&format!(r#"{{"linkId":"a","type":"{kind}"}}"#), "");
        let answer = |name: &str| {
            let why = if name == "extension" {
                json(WHY).get("extension").unwrap().to_json()
            } else {
                WHY.to_owned()
            };
            response(&format!(r#"{{"linkId":"a","answer":[{{"{name}":{why}}}]}}"#))
        };
        assert_found(&one, &answer(good), &[]);
        assert_found(&one, &answer(wrong), &["wrong-type .item[0].answer[0]"]);
    }
}

#[test]
fn fewer_answers_than_wanted_from_an_expression_are_a_warning() {
    const CORE: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs";
    const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression";
    let item = |more: &str| {
        form(
            &format!(
                r#"{{"linkId":"a","type":"string","repeats":true,"readOnly":true,"extension":[
                    {{"url":"{CORE}","valueInteger":2}}{more}]}}"#
            ),
            "",
        )
    };
    let expression =
        format!(r#",{{"url":"{SDC}","valueExpression":{{"language":"text/fhirpath","expression":"'x'"}}}}"#);
    let one = response(r#"{"linkId":"a","answer":[{"valueString":"x"}]}"#);
    assert_found(&item(&expression), &one, &["warning too-few"]);
    assert_found(&item(""), &one, &["too-few"]);
    let two = response(r#"{"linkId":"a","answer":[{"valueString":"x"},{"valueString":"y"}]}"#);
    assert_found(&item(&expression), &two, &[]);
}
