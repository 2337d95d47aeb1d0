//! The response is complete in itself, and says what was shown.

use crate::common;

use common::{Filling, context, date, form, no, number, option, text, yes};
use questionnaire::{Session, import_bytes};

fn everything() -> Filling {
    let form =
        import_bytes(include_bytes!("fixtures/everything.json")).unwrap_or_else(|report| panic!("{report}"));
    let mut filling = Filling::new(&form);
    filling.fill("boolean", yes());
    filling.fill("integer", number("-3"));
    filling.fill("decimal", number("72.50"));
    filling.fill("scale", number("5"));
    filling.next().unwrap();
    filling.fill("date", date("2026-11-21"));
    filling.fill("string", text("x"));
    filling.skip("text").unwrap();
    filling.next().unwrap();
    filling.fill("choice", option("words"));
    filling.fill("nested", text("n"));
    filling.fill("nested-deep", no());
    filling
}

#[test]
fn the_root_carries_everything_that_a_signature_has_to_cover() {
    let mut response = everything().response();
    response.as_object_mut().unwrap().remove("item");
    let expected = r#"{"resourceType":"QuestionnaireResponse","language":"en",
        "identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:6f1d0f9e-0c5d-4b52-9e0a-2f5f0f6f7a11"},
        "questionnaire":"https://attesta.example/fhir/Questionnaire/everything|1","status":"completed",
        "subject":{"reference":"Patient/patient-014-0027","identifier":{"system":"https://attesta.example/participants","value":"014-0027"}},
        "authored":"2026-11-21T09:41:07+01:00",
        "author":{"reference":"Device/device-014-3","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:0b0f5f2e-6a52-4d8e-8a3c-8d9f1c2b3a4d"}},
        "source":{"reference":"Patient/patient-014-0027","identifier":{"system":"https://attesta.example/participants","value":"014-0027"}}}"#;
    assert_eq!(response.to_json(), fhir::Value::parse(expected.as_bytes()).unwrap().to_json());
}

#[test]
fn every_type_of_answer_stands_under_its_parent_with_the_words_shown() {
    let expected = r#"[
        {"linkId":"boolean","text":"Boolean?","answer":[{"valueBoolean":true}]},
        {"linkId":"g","text":"Outer group","item":[
            {"linkId":"g2","text":"Inner group","item":[
                {"linkId":"integer","text":"Integer?","answer":[{"valueInteger":-3}]},
                {"linkId":"decimal","text":"Decimal?","answer":[{"valueDecimal":72.50}]}]},
            {"linkId":"scale","text":"Scale?","answer":[{"valueInteger":5}]}]},
        {"linkId":"date","text":"Date?","answer":[{"valueDate":"2026-11-21"}]},
        {"linkId":"string","text":"String?","answer":[{"valueString":"x"}]},
        {"linkId":"text","text":"Text?","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"asked-declined"}]},
        {"linkId":"choice","text":"Choice?","answer":[{"valueString":"words","item":[
            {"linkId":"nested","text":"Nested?","answer":[{"valueString":"n","item":[
                {"linkId":"nested-deep","text":"Deeper?","answer":[{"valueBoolean":false}]}]}]}]}]},
        {"linkId":"hidden","answer":[{"valueString":"site 014"}]}]"#;
    assert_eq!(everything().items(), fhir::Value::parse(expected.as_bytes()).unwrap().to_json());
}

#[test]
fn an_option_is_recorded_as_its_own_value_with_the_display_shown() {
    let mut filling = everything();
    let answer = |filling: &mut Filling, key: &str| {
        filling.goto("choice").unwrap();
        filling.answer("choice", option(key)).unwrap();
        filling.response().list("item")[5].list("answer")[0].to_json()
    };
    assert_eq!(
        answer(&mut filling, "http://example.org/cs|x"),
        r#"{"valueCoding":{"system":"http://example.org/cs","version":"2","code":"x","display":"X"}}"#
    );
    assert_eq!(answer(&mut filling, "3"), r#"{"valueInteger":3}"#);
    assert_eq!(answer(&mut filling, "2026-01-31"), r#"{"valueDate":"2026-01-31"}"#);
}

#[test]
fn an_incomplete_filling_or_context_gives_no_response() {
    let complete = everything().session;
    let form = form(r#"{"linkId":"a","text":"A","type":"string"},{"linkId":"b","text":"B","type":"string"}"#);
    let open: Session = Filling::new(&form).session;
    let code = |error: questionnaire::ResponseError| error.code();
    assert_eq!(open.response(&context()).map_err(code), Err("incomplete"));
    for uuid in ["", "urn:uuid:6f1d0f9e-0c5d-4b52-9e0a-2f5f0f6f7a11", "6F1D0F9E-0C5D-4B52-9E0A-2F5F0F6F7A11"]
    {
        let context = questionnaire::ResponseContext { identifier_uuid: uuid.into(), ..context() };
        assert_eq!(complete.response(&context).map_err(code), Err("response-identifier"), "{uuid}");
    }
    let no_offset = questionnaire::ResponseContext { authored: "2026-11-21T09:41:07".into(), ..context() };
    assert_eq!(complete.response(&no_offset).map_err(code), Err("invalid-time"));
    let mut no_identifier = context();
    no_identifier.source.identifier_value = String::new();
    assert_eq!(complete.response(&no_identifier).map_err(code), Err("response-reference"));
}

#[test]
fn the_releases_differ_in_the_identifier_alone() {
    let session = everything().session;
    let r4 = session.response(&context()).unwrap();
    let in_r5 = questionnaire::ResponseContext { version: fhir::Version::R5, ..context() };
    let mut r5 = session.response(&in_r5).unwrap();
    assert_eq!(r5.list("identifier"), [r4.get("identifier").unwrap().clone()]);
    r5.as_object_mut().unwrap().insert("identifier", r4.get("identifier").unwrap().clone());
    assert_eq!(r5.to_json(), r4.to_json());
}

#[test]
fn a_filling_without_a_single_answer_still_says_what_was_declined() {
    let mut filling = Filling::new(&form(
        r#"{"linkId":"g","text":"G","type":"group","item":[{"linkId":"a","text":"A","type":"string"}]}"#,
    ));
    filling.skip("a").unwrap();
    filling.next().unwrap();
    let items = filling.items();
    assert!(items.contains(r#""valueCode":"asked-declined""#) && !items.contains("answer"), "{items}");
}

#[test]
fn the_hash_of_the_answers_is_of_what_the_response_will_say() {
    let filling = everything();
    let hash = filling.session.answers_sha256();
    assert_eq!(hash.len(), 43, "base64url of 32 bytes, without padding");
    assert_eq!(hash, everything().session.answers_sha256());
    let mut other = everything();
    other.goto("decimal").unwrap();
    other.answer("decimal", number("72.5")).unwrap();
    assert_ne!(hash, other.session.answers_sha256(), "72.50 is not 72.5");
}
