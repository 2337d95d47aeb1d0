//! A language is offered only when everything shown is there in it.

use crate::common;

use common::{ACTOR, AT, Filling, context};
use fhir::Value;
use questionnaire::{
    Control, Direction, ImportOptions, Questionnaire, import_bytes, instruments, respondent,
};

fn translated(tag: &str, content: &str) -> String {
    format!(
        r#"{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
            {{"url":"lang","valueCode":"{tag}"}},{{"url":"content","valueString":"{content}"}}]}}]}}"#
    )
}

/// A form whose title is translated too.
fn form(items: &str, tag: &str) -> Questionnaire {
    let document = common::document(items)
        .replace(r#""title":"Test""#, &format!(r#""title":"Test","_title":{}"#, translated(tag, "Titel")));
    import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn a_complete_translation_is_offered_and_shown() {
    let item = format!(
        r#"{{"linkId":"a","text":"A","_text":{},"type":"choice","answerOption":[{{"valueString":"x","_valueString":{}}}]}}"#,
        translated("de", "A auf Deutsch"),
        translated("de", "iks")
    );
    let form = form(&item, "de");
    assert_eq!(form.languages(), ["en", "de"]);
    assert_eq!((form.title("de"), form.title("en")), ("Titel".into(), "Test".into()));
    let mut filling = Filling::in_language(&form, "DE");
    let screen = filling.screen();
    assert_eq!((screen.language.as_str(), screen.text.as_str()), ("de", "A auf Deutsch"));
    let Control::Choice { options, .. } = screen.control else { panic!("no choice") };
    assert_eq!((options[0].key.as_str(), options[0].label.as_str()), ("x", "iks"));
    filling.fill("a", common::option("x"));
    assert_eq!(filling.review().rows[0].answer.as_deref(), Some("iks"));
    assert_eq!(
        filling.items(),
        concat!(
            r#"[{"linkId":"a","text":"A auf Deutsch","answer":[{"valueString":"x","_valueString":{"extension":"#,
            r#"[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"lang","valueCode":"de"},"#,
            r#"{"url":"content","valueString":"iks"}]}]}}]}]"#
        ),
        "the value stays the option's own, and the words shown stand beside it"
    );
}

#[test]
fn a_variety_of_a_language_falls_back_to_the_language_itself() {
    let both = r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
        {"url":"lang","valueCode":"de"},{"url":"content","valueString":"Straße?"}]},
        {"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
        {"url":"lang","valueCode":"de-CH"},{"url":"content","valueString":"Strasse?"}]}]}"#;
    let items = format!(
        r#"{{"linkId":"a","text":"Street?","_text":{both},"type":"string"}},
           {{"linkId":"b","text":"Town?","_text":{},"type":"string"}}"#,
        translated("de", "Ort?")
    );
    let form = form(&items, "de");
    assert_eq!(form.languages(), ["en", "de", "de-CH"], "what is not there in de-CH is there in de");
    let mut filling = Filling::in_language(&form, "de-CH");
    assert_eq!(filling.screen().text, "Strasse?");
    filling.fill("a", common::text("x"));
    assert_eq!(filling.screen().text, "Ort?");
}

#[test]
fn a_language_with_a_gap_is_not_offered_and_each_gap_is_reported() {
    let item = format!(
        r#"{{"linkId":"a","text":"A","_text":{},"type":"choice","answerOption":[{{"valueCoding":{{"code":"x","display":"X"}}}}],
            "item":[{{"linkId":"h","text":"Help","type":"display"}}]}}"#,
        translated("de", "A auf Deutsch")
    );
    let form = form(&item, "de");
    assert_eq!(form.languages(), ["en"]);
    let gaps: Vec<_> =
        form.notices().iter().map(|notice| (notice.reason.code(), notice.path.as_str())).collect();
    assert_eq!(
        gaps,
        [
            ("language", "Questionnaire.item[0].answerOption[0].valueCoding.display"),
            ("language", "Questionnaire.item[0].item[0].text"),
        ]
    );
}

#[test]
fn hidden_texts_need_no_translation() {
    let item = format!(
        r#"{{"linkId":"a","text":"A","_text":{},"type":"string"}},{{"linkId":"h","text":"Secret","type":"string","extension":
            [{{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}}]}}"#,
        translated("fr", "A en français")
    );
    assert_eq!(form(&item, "fr").languages(), ["en", "fr"]);
}

#[test]
fn booleans_are_offered_only_in_languages_whose_yes_and_no_are_known() {
    let item = format!(r#"{{"linkId":"a","text":"A","_text":{},"type":"boolean"}}"#, translated("tlh", "A'"));
    let form = form(&item, "tlh");
    assert_eq!(form.languages(), ["en"]);
    assert_eq!(form.notices()[0].path, "Questionnaire.item[0].type");
}

#[test]
fn broken_translations_are_refused() {
    for (tag, content) in [("not a tag", "x"), ("de", " ")] {
        let item =
            format!(r#"{{"linkId":"a","text":"A","_text":{},"type":"string"}}"#, translated(tag, content));
        assert_eq!(
            common::problems(&common::refusal(&item)),
            ["a Questionnaire.item[0].text.extension[0] malformed"],
            "{tag}: {content}"
        );
    }
}

#[test]
fn the_diary_is_complete_in_its_four_languages() {
    let form = import_bytes(instruments::PAIN_DIARY.as_bytes()).unwrap();
    assert_eq!(form.languages(), ["en", "de", "es", "ar"]);
    let arabic = Filling::in_language(&form, "ar").screen();
    assert_eq!(arabic.direction, Direction::Rtl);
    assert_eq!(arabic.text, "لأيّ يوم هذا التسجيل؟");
    let hashes: std::collections::HashSet<_> =
        form.languages().iter().map(|language| form.display_sha256(language)).collect();
    assert_eq!(hashes.len(), 4, "each language is shown, and hashed, in its own words");
}

#[test]
fn the_language_is_chosen_before_the_questions() {
    let form = import_bytes(instruments::PAIN_DIARY.as_bytes()).unwrap();
    let mut session = Filling::new(&form).session;
    session.choose_language("ar", common::AT, common::ACTOR).unwrap();
    assert_eq!(session.language(), "ar");
    let code = |error: questionnaire::AnswerError| error.code();
    assert_eq!(
        session.choose_language("fr", common::AT, common::ACTOR).map_err(code),
        Err("unknown-language")
    );
    assert!(!session.has_begun());
    session.begin(common::AT, common::ACTOR).unwrap();
    assert!(session.has_begun());
    assert_eq!(session.choose_language("en", common::AT, common::ACTOR).map_err(code), Err("language-fixed"));
}

#[test]
fn a_decimal_comma_is_read_where_people_write_one() {
    let form = import_bytes(instruments::PAIN_DIARY.as_bytes()).unwrap();
    for (language, typed, expected) in
        [("de", "7,5", Ok(())), ("ar", "٧٫٥", Ok(())), ("en", "7,5", Err("not-a-number"))]
    {
        let mut filling = Filling::in_language(&form, language);
        filling.fill("date", common::date("2026-11-21"));
        filling.fill("pain", common::no());
        let outcome = filling.answer("sleep", common::number(typed)).map_err(|error| error.code());
        assert_eq!(outcome, expected, "{typed} in {language}");
        if expected.is_ok() {
            assert_eq!(filling.screen().answers, [common::number("7.5")], "{language}");
        }
    }
}

#[test]
fn a_language_that_nobody_named_is_not_in_the_response() {
    let form = Value::parse(
        br#"{"resourceType":"Questionnaire","url":"https://attesta.example/Questionnaire/a","version":"1","title":"A",
            "status":"active","item":[{"linkId":"a","text":"A","type":"boolean","required":true}]}"#,
    )
    .unwrap();
    let options = ImportOptions { language: Some("und"), ..ImportOptions::default() };
    let imported = questionnaire::import_with(&form, &options).unwrap();
    let (session, _) = respondent::fill(&imported, "und", 1, AT, ACTOR).unwrap();
    let response = session.response(&context()).unwrap();
    assert_eq!(response.get("language"), None);
    assert_eq!(response.list("item").len(), 1);
    assert!(imported.notices().iter().any(|notice| notice.path == "Questionnaire.language"));
}

#[test]
fn what_is_shown_in_one_language_alone_keeps_the_others_from_being_offered() {
    let core = "http://hl7.org/fhir/StructureDefinition/";
    let text = translated("de", "A auf Deutsch");
    let hint =
        |more: &str| format!(r#""extension":[{{"url":"{core}entryFormat","valueString":"Format"{more}}}]"#);
    let computed = |expression: &str| {
        let rule = common::core("cqf-expression", expression);
        let inside = text.replacen(r#"{"extension":["#, &format!(r#"{{"extension":[{rule},"#), 1);
        format!(r#"{{"linkId":"a","text":"A","_text":{inside},"type":"string"}}"#)
    };
    let item = |more: &str| format!(r#"{{"linkId":"a","text":"A","_text":{text},"type":"string",{more}}}"#);
    for (items, languages) in [
        (item(&hint("")), &["en"][..]),
        (item(&hint("").replace("Format", "AB1234")), &["en", "de"]),
        (item(&hint(&format!(r#","_valueString":{}"#, translated("de", "Muster")))), &["en", "de"]),
        (computed("'Dynamic'"), &["en"]),
        (computed("iif(%resource.language = 'de', 'Frage', 'Question')"), &["en", "de"]),
    ] {
        assert_eq!(form(&items, "de").languages(), languages, "{items}");
    }
    let own = format!(r#"{{"linkId":"a","text":"A","_text":{},"type":"string"}}"#, translated("en", "Other"));
    let notices = form(&own, "de");
    assert!(notices.notices().iter().any(|notice| notice.message.contains("in other words")));
}
