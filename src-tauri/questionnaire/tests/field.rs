//! Forms as they are met in the field: legal, and not as one would write them.

use crate::common;

use common::{CORE, Filling, code, number, of, plain, problems, refusal, replays, text};
use questionnaire::{Control, Questionnaire, Reason, validate};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/";

fn item(link_id: &str, kind: &str, more: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"{kind}",{more}}}"#)
}

fn supported(form: &Questionnaire) -> Vec<&str> {
    form.supported().iter().map(|one| one.extension.rsplit('/').next().unwrap()).collect()
}

/// What the validator says against the items of a finished filling of this form.
fn said(items: &[String], filling: &Filling) -> Vec<String> {
    let form = fhir::Value::parse(common::document(&items.join(",")).as_bytes()).unwrap();
    let outcome = validate::validate(&form, &filling.response(), validate::Options::default());
    let about = outcome.findings.iter().filter(|finding| finding.link_id.is_some());
    about.map(|finding| finding.rule.code().to_owned()).collect()
}

#[test]
fn where_more_is_said_is_read_with_the_help_in_the_patients_language() {
    let label = r#"{"url":"label","valueString":"More","_valueString":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"lang","valueCode":"de"},{"url":"content","valueString":"Mehr"}]}]}}"#;
    let german = r#""_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"lang","valueCode":"de"},{"url":"content","valueString":"Hier?"}]}]}"#;
    let links = format!(
        r#""extension":[{{"url":"{CORE}questionnaire-supportHyperlink","extension":[{label},{{"url":"link","valueUri":"https://help.example/a"}}]}},
           {{"url":"{CORE}questionnaire-supportLink","valueUri":"https://help.example/b"}}],{german}"#
    );
    let items = [item("t", "display", &links), item("a", "string", &links)];
    let titled = german.replacen("_text", "_title", 1);
    let document = common::document(&items.join(",")).replacen('{', &format!("{{{titled},"), 1);
    let form = questionnaire::import_bytes(document.as_bytes()).unwrap();
    for name in ["questionnaire-supportHyperlink", "questionnaire-supportLink"] {
        assert_eq!(supported(&form).iter().filter(|found| **found == name).count(), 2, "{name}");
    }
    assert_eq!(form.languages(), ["en", "de"], "an address is in no language");
    let screen = Filling::new(&form).screen();
    assert_eq!(screen.help.as_deref(), Some("More: https://help.example/a\nhttps://help.example/b"));
    assert_eq!(screen.context, ["t?\nMore: https://help.example/a\nhttps://help.example/b"]);
    let screen = Filling::in_language(&form, "de").screen();
    assert_eq!(screen.help.as_deref(), Some("Mehr: https://help.example/a\nhttps://help.example/b"));
    let without = of(&[item("t", "display", german), item("a", "string", german)]);
    assert_ne!(form.display_sha256("en"), without.display_sha256("en"), "what was shown is signed");

    let group =
        format!(r#"{{"linkId":"g","text":"G","type":"group",{links},"item":[{}]}}"#, plain("a", "string"));
    let notices = of(&[group]).notices().iter().map(|notice| notice.reason).collect::<Vec<_>>();
    assert!(notices.contains(&Reason::Unused), "{notices:?}");
}

#[test]
fn a_form_may_name_what_it_cannot_be_understood_without() {
    let critical = |named: &str, more: &str| {
        item(
            "a",
            "string",
            &format!(
                r#""extension":[{{"url":"{SDC}sdc-rendering-criticalExtension","valueCanonical":"{named}"}}{more}]"#
            ),
        )
    };
    let orientation = format!("{CORE}questionnaire-choiceOrientation|5.0.0");
    assert_eq!(supported(&of(&[critical(&orientation, "")])), ["sdc-rendering-criticalExtension"]);
    let refused = |named: &str, more: &str| {
        let report = refusal(&critical(named, more));
        assert_eq!(problems(&report), ["a Questionnaire.item[0].extension[0] extension"]);
        report.problems[0].message.clone()
    };
    for unknown in
        ["https://example.org/unknown", "http://hl7.org/fhir/StructureDefinition/questionnaire-width", ""]
    {
        assert!(refused(unknown, "").contains("not supported"), "{unknown}");
    }
    // Known, and not honoured where it stands.
    let media = format!("{SDC}sdc-questionnaire-itemAnswerMedia");
    let there = format!(r#",{{"url":"{media}","valueAttachment":{{"contentType":"image/png"}}}}"#);
    assert!(refused(&media, &there).contains("not honoured at"));
}

#[test]
fn decimals_with_an_exponent_are_written_out() {
    let bounded = format!(
        r#""initial":[{{"valueDecimal":1.0e1}}],"extension":[{{"url":"{CORE}minValue","valueDecimal":1e-2}},{{"url":"{CORE}maxValue","valueDecimal":1.50E+2}}]"#
    );
    let items = [
        item("a", "decimal", &bounded),
        item("b", "string", r#""enableWhen":[{"question":"a","operator":"=","answerDecimal":1E1}]"#),
    ];
    let mut filling = Filling::new(&of(&items));
    let Control::Decimal { min, max, .. } = filling.screen().control else { panic!() };
    assert_eq!((min.as_deref(), max.as_deref()), (Some("0.01"), Some("150")));
    assert_eq!(filling.screen().answers, [number("10")]);
    filling.next().unwrap();
    assert_eq!(filling.screen().key, "b");
    filling.answer("b", text("x")).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    assert_eq!(said(&items, &filling), [""; 0]);
    replays(&filling);
}

#[test]
fn limits_of_dates_may_be_years_and_months() {
    let limits = format!(
        r#""extension":[{{"url":"{CORE}minValue","valueDate":"1900"}},{{"url":"{CORE}maxValue","valueDate":"2028-02"}}]"#
    );
    let items = [item("a", "date", &limits)];
    let mut filling = Filling::new(&of(&items));
    let Control::Date { min, max, .. } = filling.screen().control else { panic!() };
    assert_eq!((min.as_deref(), max.as_deref()), (Some("1900-01-01"), Some("2028-02-29")));
    let date = |text: &str| questionnaire::Answer::Date { text: text.to_owned() };
    for (wrong, why) in [("1899-12-31", "date-too-early"), ("2028-03-01", "date-too-late")] {
        assert_eq!(code(filling.answer("a", date(wrong))), why, "{wrong}");
    }
    filling.answer("a", date("2028-02-29")).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    assert_eq!(said(&items, &filling), [""; 0]);
    let wrong = format!(r#""extension":[{{"url":"{CORE}minValue","valueDate":"1900-13"}}]"#);
    assert_eq!(
        problems(&refusal(&item("a", "date", &wrong))),
        ["a Questionnaire.item[0].extension[0] limits"]
    );
}

#[test]
fn numbers_may_be_limited_in_length() {
    let short = |length: u32| [item("a", "integer", &format!(r#""maxLength":{length}"#))];
    let mut filling = Filling::new(&of(&short(3)));
    for wrong in ["1000", "-100"] {
        assert_eq!(code(filling.answer("a", number(wrong))), "too-long", "{wrong}");
    }
    filling.answer("a", number("-99")).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    assert_eq!(said(&short(3), &filling), [""; 0]);
    assert_eq!(said(&short(2), &filling), ["too-long"]);
    let mut filling = Filling::new(&of(&[item("a", "decimal", r#""maxLength":4"#)]));
    assert_eq!(code(filling.answer("a", number("12.50"))), "too-long");
    filling.answer("a", number("12.5")).unwrap();
}

#[test]
fn a_choice_among_words_that_an_expression_gives_is_valid() {
    let computed = format!(
        r#""extension":[{{"url":"{SDC}sdc-questionnaire-answerExpression","valueExpression":{{"language":"text/fhirpath","expression":"{}"}}}}]"#,
        common::answer_of("s")
    );
    let items = [plain("s", "string"), item("c", "choice", &computed)];
    let mut filling = Filling::new(&of(&items));
    filling.fill("s", text("red"));
    filling.fill("c", common::option("red"));
    filling.confirm().unwrap();
    assert_eq!(said(&items, &filling), [""; 0]);
    let others = [
        plain("s", "string"),
        item("c", "choice", &computed.replace("answer.value", "answer.value.upper()")),
    ];
    assert_eq!(said(&others, &filling), ["not-an-option"]);
}

#[test]
fn the_server_that_a_form_prefers_for_its_value_sets_is_honoured() {
    let preferred = format!(
        r#""answerOption":[{{"valueString":"x"}}],"extension":[{{"url":"{SDC}sdc-questionnaire-preferredTerminologyServer","valueUrl":"https://terms.example/fhir"}}]"#
    );
    let form = of(&[item("a", "choice", &preferred)]);
    assert_eq!(supported(&form), ["sdc-questionnaire-preferredTerminologyServer"]);
}
