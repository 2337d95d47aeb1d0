//! Every type of item: what is accepted, and what stands in the response.

use crate::common;

use common::{Filling, code, form, no, option, text, yes};
use questionnaire::{Answer, Control, DatePrecision, ImportOptions, Session, import_bytes_with};

fn date_time(text: &str) -> Answer {
    Answer::DateTime { text: text.into() }
}

fn time(text: &str) -> Answer {
    Answer::Time { text: text.into() }
}

fn quantity(text: &str, unit: Option<&str>) -> Answer {
    Answer::Quantity { text: text.into(), unit: unit.map(str::to_owned), own_unit: None }
}

fn file(content_type: &str, data: &str) -> Answer {
    Answer::Attachment { content_type: content_type.into(), data: data.into(), title: Some("a.png".into()) }
}

const KG: &str = "http://unitsofmeasure.org|kg";
const LB: &str = "http://unitsofmeasure.org|[lb_av]";

#[test]
fn every_type_has_its_value_in_the_response_and_replays() {
    let form = form(include_str!("fixtures/types.items.json"));
    let mut filling = Filling::new(&form);
    assert_eq!(code(filling.answer("when", date_time("yesterday"))), "not-a-date-time");
    filling.fill("when", date_time("2026-11-21T09:41:00+01:00"));
    assert_eq!(code(filling.answer("clock", time("05:59"))), "date-too-early");
    filling.fill("clock", time("06:00"));
    assert!(matches!(filling.screen().control, Control::Date { precision: DatePrecision::Month, .. }));
    filling.fill("birth", Answer::Date { text: "1984-02".into() });
    assert_eq!(code(filling.answer("page", text("no page"))), "not-a-url");
    filling.fill("page", text("https://example.org/a?b"));
    assert_eq!(code(filling.answer("weight", quantity("70", None))), "unit-missing");
    assert_eq!(code(filling.answer("weight", quantity("70", Some("st")))), "unknown-unit");
    assert_eq!(code(filling.answer("weight", quantity("2.49", Some(KG)))), "below-minimum");
    assert_eq!(code(filling.answer("weight", quantity("2.40", Some(LB)))), "below-minimum", "by UCUM");
    assert_eq!(code(filling.answer("weight", quantity("6", Some(LB)))), "accepted");
    filling.fill("weight", quantity("72.50", Some(KG)));
    assert_eq!(code(filling.answer("photo", file("image/gif", "AAAA"))), "media-type");
    assert_eq!(code(filling.answer("photo", file("image/png", &"AAAA".repeat(334)))), "file-too-large");
    filling.fill("photo", file("image/png", "AAAA"));
    filling.fill("who", option("Practitioner/1"));
    assert_eq!(code(filling.answer("code", text("1234"))), "wrong-format");
    assert_eq!(code(filling.answer("code", text("123456"))), "wrong-format", "the whole text must match");
    filling.fill("code", text("12345"));
    filling.fill("dose", option("10 mg"));
    let items = filling.items();
    for value in [
        r#""valueDateTime":"2026-11-21T09:41:00+01:00""#,
        r#""valueTime":"06:00:00""#,
        r#""valueDate":"1984-02""#,
        r#""valueUri":"https://example.org/a?b""#,
        r#""valueQuantity":{"value":72.50,"unit":"kilograms","system":"http://unitsofmeasure.org","code":"kg"}"#,
        r#""valueAttachment":{"contentType":"image/png","data":"AAAA","title":"a.png"}"#,
        r#""valueReference":{"reference":"Practitioner/1","display":"Dr One"}"#,
        r#""valueString":"12345""#,
        r#""valueQuantity":{"value":10,"unit":"mg"}"#,
    ] {
        assert!(items.contains(value), "{value} in {items}");
    }
    let replayed = Session::replay(&form, filling.events.clone()).unwrap();
    assert_eq!(replayed.response(&common::context()).unwrap(), filling.response());
}

#[test]
fn value_sets_are_expanded_from_what_the_form_contains_or_is_given() {
    let contained = r##"{"resourceType":"Questionnaire","url":"urn:x","version":"1","title":"T","status":"active","language":"en",
      "contained":[
        {"resourceType":"ValueSet","id":"vs","status":"active","compose":{"include":[
          {"system":"urn:cs","concept":[{"code":"a","display":"A","designation":[{"language":"de","value":"Ah"}]},{"code":"b"}]},
          {"system":"urn:all"}],"exclude":[{"system":"urn:all","concept":[{"code":"y"}]}]}},
        {"resourceType":"CodeSystem","status":"active","content":"complete","url":"urn:cs","concept":[{"code":"b","display":"Bee"}]},
        {"resourceType":"CodeSystem","status":"active","content":"complete","url":"urn:all","concept":[{"code":"x","display":"X","concept":[{"code":"y","display":"Y"}]}]},
        {"resourceType":"ValueSet","id":"ex","status":"active","expansion":{"timestamp":"2026-01-01","contains":[{"system":"urn:e","code":"1","display":"One","contains":[{"system":"urn:e","code":"2","display":"Two"}]}]}}],
      "item":[{"linkId":"a","text":"A","type":"choice","answerValueSet":"#vs"},{"linkId":"b","text":"B","type":"coding","answerValueSet":"#ex"},
              {"linkId":"c","text":"C","type":"choice","answerValueSet":"http://example.org/given|1"}]}"##;
    let given = fhir::Value::parse(
        br#"{"resourceType":"ValueSet","url":"http://example.org/given","version":"1","compose":{"include":[{"system":"urn:g","concept":[{"code":"g","display":"G"}]}]}}"#,
    )
    .unwrap();
    let options = ImportOptions { language: None, resources: std::slice::from_ref(&given) };
    let form = import_bytes_with(contained.as_bytes(), &options).unwrap_or_else(|report| panic!("{report}"));
    let mut filling = Filling::new(&form);
    let labels = |filling: &Filling| match filling.screen().control {
        Control::Choice { options, .. } => options.into_iter().map(|option| option.label).collect::<Vec<_>>(),
        _ => panic!("no choice"),
    };
    assert_eq!(labels(&filling), ["A", "Bee", "X"]);
    filling.fill("a", option("urn:cs|b"));
    assert_eq!(labels(&filling), ["One", "Two"]);
    filling.fill("b", option("urn:e|2"));
    filling.fill("c", option("urn:g|g"));
    assert!(filling.items().contains(r#""valueCoding":{"system":"urn:cs","code":"b","display":"Bee"}"#));
    let report = import_bytes_with(contained.as_bytes(), &ImportOptions::default()).unwrap_err();
    assert_eq!(common::problems(&report), ["c Questionnaire.item[2].answerValueSet answer-value-set"]);
}

#[test]
fn value_sets_that_include_each_other_end() {
    let circular = r#"{"resourceType":"Questionnaire","url":"urn:x","version":"1","title":"T","status":"active","language":"en",
      "contained":[{"resourceType":"ValueSet","id":"a","url":"urn:a","compose":{"include":[{"valueSet":["urn:a"]}]}}],
      "item":[{"linkId":"a","text":"A","type":"choice","answerValueSet":"urn:a"}]}"#;
    let report = import_bytes_with(circular.as_bytes(), &ImportOptions::default()).unwrap_err();
    assert!(report.problems[0].message.contains("without end"), "{report}");
}

#[test]
fn the_bytes_of_a_file_are_in_no_debug_output() {
    let answer = file("image/png", "c2VjcmV0");
    assert!(!format!("{answer:?}").contains("c2VjcmV0"));
}

#[test]
fn quantities_without_units_are_asked_for_in_the_unit_of_their_limits() {
    let own = |text: &str, unit: &str| Answer::Quantity {
        text: text.into(),
        unit: None,
        own_unit: Some(unit.into()),
    };
    let mut filling = Filling::new(&form(
        r#"{"linkId":"a","text":"A","type":"quantity","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity",
             "valueQuantity":{"value":10,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}]},
           {"linkId":"b","text":"B","type":"quantity","extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity",
             "valueQuantity":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/cqf-expression",
               "valueExpression":{"language":"text/fhirpath","expression":"10 'mg'"}}]}}]}"#,
    ));
    assert_eq!(code(filling.answer("a", own("5", "kg"))), "unknown-unit");
    assert_eq!(code(filling.answer("a", quantity("11", None))), "above-maximum");
    filling.fill("a", quantity("9", None));
    assert_eq!(
        code(filling.answer("b", own("5", "kg"))),
        "unlike-unit",
        "nobody could say whether it is too much"
    );
    assert_eq!(code(filling.answer("b", own("11", "mg"))), "above-maximum");
    filling.fill("b", own("5", "mg"));
    let coded = r#""unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}"#;
    assert_eq!(filling.items().matches(coded).count(), 2, "{}", filling.items());
}

#[test]
fn an_own_unit_that_cannot_be_held_against_the_limits_is_refused() {
    let own = |text: &str, unit: &str| Answer::Quantity {
        text: text.into(),
        unit: None,
        own_unit: Some(unit.into()),
    };
    let mut filling = Filling::new(&form(
        r#"{"linkId":"a","text":"A","type":"quantity","extension":[
             {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption","valueCoding":{"system":"http://unitsofmeasure.org","code":"kg","display":"kg"}},
             {"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-unitOpen","valueCode":"optionsOrString"},
             {"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity","valueQuantity":{"value":250,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}]}"#,
    ));
    assert_eq!(code(filling.answer("a", own("12", "stone"))), "unlike-unit");
    assert_eq!(code(filling.answer("a", quantity("251", Some(KG)))), "above-maximum");
    filling.fill("a", quantity("80", Some(KG)));
}

#[test]
fn files_are_not_too_large_together_and_what_was_given_stays() {
    let enabled = r#""enableWhen":[{"question":"more","operator":"=","answerBoolean":true}]"#;
    let form = common::of(&[
        common::plain("one", "attachment"),
        common::plain("more", "boolean"),
        common::item("two", "attachment", &[], enabled),
        common::plain("three", "attachment"),
    ]);
    // 6 MiB each: a response has room for one.
    let six = || file("image/png", &"AAAA".repeat(2 * 1024 * 1024));
    let mut filling = Filling::new(&form);
    filling.fill("one", six());
    filling.fill("more", yes());
    let refused = filling.answer("two", six()).unwrap_err();
    assert_eq!((refused.code(), refused.limit()), ("files-together", Some(10 * 1024 * 1024)));
    filling.fill("two", file("image/png", "AAAA"));
    filling.fill("three", file("image/png", "AAAA"));
    // One that is put in the place of another counts alone.
    filling.goto("one").unwrap();
    filling.answer("one", six()).unwrap();
    filling.answer("one", file("image/png", "AAAA")).unwrap();
    filling.goto("two").unwrap();
    filling.answer("two", six()).unwrap();
    // What is not asked any more does not count, until it is asked again.
    filling.goto("more").unwrap();
    filling.answer("more", no()).unwrap();
    filling.goto("one").unwrap();
    filling.answer("one", six()).unwrap();
    filling.goto("more").unwrap();
    filling.answer("more", yes()).unwrap();
    filling.goto_review().unwrap();
    assert_eq!(code(filling.confirm()), "files-together");
    filling.goto("two").unwrap();
    filling.answer("two", file("image/png", "AAAA")).unwrap();
    filling.goto_review().unwrap();
    filling.confirm().unwrap();
}
