//! What has another shape than FHIR gives it is found, element by element.

use fhir::shape::{MAX_FAULTS, misshapen};
use fhir::xml::ConvertReason as Reason;
use fhir::{Value, Version};

/// The faults of one member of a QuestionnaireResponse; every primitive is written well but the text `bad`.
fn faults(version: Version, name: &str, members: &str) -> Option<Vec<(String, Reason)>> {
    let value = Value::parse(format!("{{{members}}}").as_bytes()).unwrap();
    let written = |_: &str, value: &Value| value.as_str() != Some("bad");
    let found = misshapen(version, "QuestionnaireResponse", value.as_object().unwrap(), name, &written)?;
    Some(found.into_iter().map(|fault| (fault.path, fault.reason)).collect())
}

#[test]
fn what_fhir_writes_is_no_fault() {
    for (name, members) in [
        ("subject", r#""subject":{"reference":"Patient/1","type":"Patient","identifier":{"value":"1"}}"#),
        ("author", r#""author":{"extension":[{"url":"urn:x","valueBoolean":true}]}"#),
        ("meta", r#""meta":{"profile":["urn:a","urn:b"],"_profile":[null,{"id":"b"}]}"#),
        (
            "meta",
            r#""meta":{"profile":["urn:a",null],"_profile":[null,{"extension":[{"url":"u:x","valueCode":"y"}]}]}"#,
        ),
        ("questionnaire", r#""_questionnaire":{"extension":[{"url":"urn:x","valueString":"x"}]}"#),
        (
            "text",
            r#""text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}"#,
        ),
        ("contained", r#""contained":[{"resourceType":"Patient","id":"p","name":[{"given":["A"]}]}]"#),
        ("item", r#""item":[{"linkId":"1","answer":[{"valueDecimal":1.50}]}]"#),
    ] {
        for version in Version::ALL {
            assert_eq!(faults(version, name, members), Some(Vec::new()), "{members}");
        }
    }
    // The releases differ.
    let identifier = r#""identifier":{"system":"urn:x","value":"1"}"#;
    assert_eq!(faults(Version::R4, "identifier", identifier), Some(Vec::new()));
    assert_eq!(
        faults(Version::R5, "identifier", identifier),
        Some(vec![("identifier".into(), Reason::WrongShape)])
    );
    assert_eq!(faults(Version::R4, "resource", ""), None, "no element of it");
}

#[test]
fn what_has_another_shape_is_named_with_its_place() {
    for (name, members, path, reason) in [
        ("source", r#""source":"x""#, "source", Reason::WrongShape),
        ("partOf", r#""partOf":{"reference":"P/1"}"#, "partOf", Reason::WrongShape),
        ("partOf", r#""partOf":[]"#, "partOf", Reason::Empty),
        ("partOf", r#""partOf":[null]"#, "partOf[0]", Reason::Empty),
        ("partOf", r#""partOf":["x"]"#, "partOf[0]", Reason::WrongShape),
        ("author", r#""author":{}"#, "author", Reason::Empty),
        ("author", r#""author":{"reference":5}"#, "author.reference", Reason::WrongShape),
        ("author", r#""author":{"name":"A"}"#, "author.name", Reason::UnknownElement),
        ("author", r#""author":{"a b":"A"}"#, "author.…", Reason::UnknownElement),
        ("author", r#""author":{"_identifier":{"id":"x"}}"#, "author._identifier", Reason::UnknownElement),
        ("subject", r#""_subject":{"id":"x"}"#, "_subject", Reason::UnknownElement),
        ("id", r#""id":"bad""#, "id", Reason::WrongValue),
        ("language", r#""language":5"#, "language", Reason::WrongShape),
        ("language", r#""language":"en","_language":"x""#, "language", Reason::WrongShape),
        ("language", r#""language":"en","_language":{}"#, "language", Reason::Empty),
        (
            "language",
            r#""language":"en","_language":{"value":"x"}"#,
            "language.value",
            Reason::UnknownElement,
        ),
        (
            "language",
            r#""_language":{"extension":[{"url":5}]}"#,
            "language.extension[0].url",
            Reason::WrongShape,
        ),
        ("meta", r#""meta":{"profile":["urn:a"],"_profile":[null,null]}"#, "meta.profile", Reason::Unpadded),
        ("meta", r#""meta":{"profile":"urn:a"}"#, "meta.profile", Reason::WrongShape),
        ("text", r#""text":{"status":"generated","div":"<div>x</div>"}"#, "text.div", Reason::BadNarrative),
        ("contained", r#""contained":[{"id":"x"}]"#, "contained[0]", Reason::UnknownResource),
        (
            "contained",
            r#""contained":[{"resourceType":"Patient","name":{"family":"A"}}]"#,
            "contained[0].name",
            Reason::WrongShape,
        ),
        (
            "extension",
            r#""extension":[{"url":"u:x","valueString":"x","valueCode":"y"}]"#,
            "extension[0].valueCode",
            Reason::Repeated,
        ),
    ] {
        let expected = vec![(path.to_owned(), reason)];
        assert_eq!(faults(Version::R4, name, members), Some(expected), "{members}");
    }
}

#[test]
fn faults_are_listed_up_to_a_bound() {
    let many = format!(r#""partOf":[{}]"#, vec!["5"; MAX_FAULTS + 1].join(","));
    assert_eq!(faults(Version::R4, "partOf", &many).unwrap().len(), MAX_FAULTS);
}
