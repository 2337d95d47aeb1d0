//! A form that says so is offered in a language that lacks some of its texts, and each screen says which ones they are.

use crate::common;

use common::{Filling, option};
use questionnaire::{
    AnswerError, Control, Direction, ImportReport, Questionnaire, Reason, Screen, Session, Untranslated,
    import_bytes,
};

const MIXED: &str = "https://attesta.example/fhir/StructureDefinition/mixed-language";

fn in_arabic(content: &str) -> String {
    in_language("ar", content)
}

fn in_language(tag: &str, content: &str) -> String {
    format!(
        r#"{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
            {{"url":"lang","valueCode":"{tag}"}},{{"url":"content","valueString":"{content}"}}]}}]}}"#
    )
}

/// Two questions: of the first all is there in Arabic but its help and an option, of the second nothing.
fn items() -> String {
    format!(
        r#"{{"linkId":"g","text":"Sleep","_text":{},"type":"group","item":[
            {{"linkId":"a","prefix":"1.","_prefix":{},"text":"How did you sleep?","_text":{},"type":"choice",
              "answerOption":[{{"valueString":"Well","_valueString":{}}},{{"valueString":"Badly"}}],
              "item":[{{"linkId":"h","type":"display","text":"Last night.\r\nAt home.","extension":[
                {{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
                  "valueCodeableConcept":{{"coding":[{{"code":"help"}}]}}}}]}}]}},
            {{"linkId":"b","prefix":"2.","text":"How often?","type":"integer","extension":[
                {{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-unit",
                  "valueCoding":{{"display":"times"}}}}]}}]}}"#,
        in_arabic("النوم"),
        in_arabic("١."),
        in_arabic("كيف نمت؟"),
        in_arabic("جيداً"),
    )
}

fn document(mixed: &str) -> String {
    let title = format!(r#""title":"Test","_title":{},{mixed}"#, in_arabic("اختبار"));
    common::document(&items()).replace(r#""title":"Test","#, &title)
}

fn allowing(tag: &str) -> String {
    document(&format!(r#""extension":[{{"url":"{MIXED}","valueCode":"{tag}"}}],"#))
}

fn import(document: &str) -> Questionnaire {
    import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

fn labels(screen: &Screen) -> Vec<&str> {
    match &screen.control {
        Control::Choice { options, .. } => options.iter().map(|option| option.label.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

fn lines(untranslated: Option<Untranslated>) -> Vec<String> {
    let Untranslated { language, direction, lines } = untranslated.unwrap();
    assert_eq!((language.as_str(), direction), ("en", Direction::Ltr));
    lines
}

#[test]
fn a_language_with_gaps_is_offered_where_the_form_allows_it() {
    let refused = import(&document(""));
    assert_eq!((refused.languages(), refused.mixed_languages()), (vec!["en".to_owned()], [].as_slice()));

    let form = import(&allowing("AR"));
    assert_eq!(
        (form.languages(), form.mixed_languages()),
        (vec!["en".to_owned(), "ar".to_owned()], ["ar".to_owned()].as_slice())
    );
    let gaps: Vec<_> = form.notices().iter().filter(|notice| notice.reason == Reason::Language).collect();
    let places: Vec<_> = gaps.iter().filter_map(|notice| notice.link_id.as_deref()).collect();
    assert_eq!(places, ["a", "h", "b", "b"], "{gaps:?}");
    for gap in gaps {
        assert!(gap.message.starts_with("ar is offered, and this is shown in en"), "{}", gap.message);
    }
    assert_ne!(form.sha256(), refused.sha256(), "what allows it is part of what is signed");
}

#[test]
fn each_screen_says_which_lines_are_in_the_forms_own_language() {
    let form = import(&allowing("ar"));
    let mut filling = Filling::in_language(&form, "ar");
    let screen = filling.screen();
    assert_eq!(
        (screen.text.as_str(), screen.help.as_deref()),
        ("١. كيف نمت؟", Some("Last night.\r\nAt home."))
    );
    assert_eq!(lines(filling.session.untranslated()), ["At home.", "Badly", "Last night.\r"]);
    filling.fill("a", option("Badly"));
    let screen = filling.screen();
    assert_eq!(screen.text, "2. How often?");
    assert_eq!(lines(filling.session.untranslated()), ["2. How often?", "How often?", "times"]);
    filling.fill("b", common::number("3"));
    let review = filling.review();
    assert_eq!(review.rows[0].answer.as_deref(), Some("Badly"));
    let all = lines(filling.session.untranslated());
    for row in &review.rows {
        assert_eq!(all.contains(&row.text), row.key == "b", "{}", row.text);
    }
    assert_eq!(review.rows[1].answer.as_deref(), Some("3 times"));
    assert!(all.contains(&"3 times".to_owned()), "a number with its unit: {all:?}");
    assert!(all.contains(&"Badly".to_owned()) && !all.iter().any(|line| line.contains('؟')), "{all:?}");
}

#[test]
fn numbers_codes_dates_and_addresses_are_in_no_language() {
    let rated = in_arabic("كم؟");
    let options = |kind: &str, list: &str| {
        format!(
            r#"{{"linkId":"a","text":"Rate it","_text":{rated},"type":"{kind}","answerOption":[{list}]}}"#
        )
    };
    let form = |items: &str| {
        let title = format!(r#""title":"Test","_title":{},"#, in_arabic("اختبار"));
        import(&common::document(items).replace(r#""title":"Test","#, &title))
    };
    for (kind, bare) in [
        ("integer", r#"{"valueInteger":0},{"valueInteger":10}"#),
        ("dateTime", r#"{"valueDateTime":"2026-05"},{"valueDateTime":"2026-05-01T08:00:00Z"}"#),
        ("string", r#"{"valueString":"0"},{"valueString":"1–2"}"#),
        ("choice", r#"{"valueCoding":{"code":"1","display":"1"}},{"valueCoding":{"code":"LA6568-5"}}"#),
        ("url", r#"{"valueUri":"https://example.org/a"},{"valueUri":"https://example.org/b"}"#),
    ] {
        let form = form(&options(kind, bare));
        assert_eq!(form.languages(), ["en", "ar"], "nothing is lacking: {bare}");
    }
    let doses = format!(
        r#"{{"valueQuantity":{{"value":5,"code":"mg"}}}},{{"valueQuantity":{{"value":5,"unit":"drops"}}}},
           {{"valueQuantity":{{"value":5,"unit":"cups","_unit":{}}}}}"#,
        in_arabic("أكواب")
    );
    let title = format!(
        r#""title":"Test","_title":{},"extension":[{{"url":"{MIXED}","valueCode":"ar"}}],"#,
        in_arabic("اختبار")
    );
    let form = import(&common::document(&options("quantity", &doses)).replace(r#""title":"Test","#, &title));
    let filling = Filling::in_language(&form, "ar");
    assert_eq!(lines(filling.session.untranslated()), ["5 drops"], "one lacks a word");
    assert_eq!(labels(&filling.screen()), ["5 mg", "5 drops", "5 أكواب"]);
}

#[test]
fn nothing_is_marked_in_the_forms_own_language_or_where_nothing_is_lacking() {
    let form = import(&allowing("ar"));
    assert_eq!(Filling::in_language(&form, "en").session.untranslated(), None);
    let whole = common::document(r#"{"linkId":"a","text":"A","type":"string"}"#);
    assert_eq!(Filling::new(&import(&whole)).session.untranslated(), None);
}

#[test]
fn what_a_session_in_two_languages_says_is_the_same_again() {
    let form = import(&allowing("ar"));
    let mut filling = Filling::in_language(&form, "ar");
    filling.fill("a", option("Badly"));
    let replayed = Session::replay(&form, filling.events.clone()).unwrap();
    assert_eq!(replayed.screen(), filling.session.screen());
    assert_eq!(replayed.untranslated(), filling.session.untranslated());
    let without = import(&document(""));
    assert!(Session::replay(&without, filling.events.clone()).is_err(), "that is another form");
    let started = Session::start(&without, "ar", common::AT, common::ACTOR);
    assert!(matches!(started, Err(AnswerError::UnknownLanguage)));
}

#[test]
fn yes_and_no_are_in_the_forms_own_language_where_their_words_are_not_known() {
    let items = format!(
        r#"{{"linkId":"a","text":"Slept?","_text":{},"type":"boolean"}}"#,
        in_language("tlh", "Qong'a'?")
    );
    let title = format!(
        r#""title":"Test","_title":{},"extension":[{{"url":"{MIXED}","valueCode":"tlh"}}],"#,
        in_language("tlh", "waH")
    );
    let form = import(&common::document(&items).replace(r#""title":"Test","#, &title));
    let mut filling = Filling::in_language(&form, "tlh");
    let screen = filling.screen();
    assert_eq!(screen.control, questionnaire::Control::Boolean { yes: "Yes".into(), no: "No".into() });
    assert_eq!(lines(filling.session.untranslated()), ["No", "Yes"]);
    filling.fill("a", common::yes());
    assert_eq!(filling.review().rows[0].answer.as_deref(), Some("Yes"));
}

#[test]
fn what_allows_nothing_is_said() {
    for tag in ["fr", "en"] {
        let form = import(&allowing(tag));
        let unused: Vec<_> = form.notices().iter().filter(|notice| notice.reason == Reason::Unused).collect();
        assert_eq!(unused.len(), 1, "{:?}", form.notices());
        assert!(unused[0].message.contains(tag), "{}", unused[0].message);
        assert_eq!(form.languages(), ["en"]);
    }
    let Err(ImportReport { problems, .. }) = import_bytes(allowing("arabic, please").as_bytes()) else {
        panic!("taken");
    };
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].reason, Reason::Malformed);
}

/// A line whose upper end alone has a word in Arabic, and a text that is computed.
#[test]
fn what_is_put_together_is_marked_where_all_of_it_is_in_the_forms_own_language() {
    let end = |code: &str, text: &str| {
        format!(
            r#"{{"linkId":"{code}","type":"display",{text},"extension":[
                {{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
                  "valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}}}]}}"#
        )
    };
    let items = format!(
        r#"{{"linkId":"a","text":"Pain","_text":{},"type":"integer","extension":[
            {{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
              "valueCodeableConcept":{{"coding":[{{"code":"slider"}}]}}}},
            {{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":0}},
            {{"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":100}}],"item":[{},{}]}},
          {{"linkId":"b","text":"Now","_text":{}{},"type":"string"}}"#,
        in_arabic("ألم"),
        end("lower", r#""text":"None""#),
        end("upper", &format!(r#""text":"Worst","_text":{}"#, in_arabic("الأسوأ"))),
        in_arabic("الآن").strip_suffix("]}").unwrap(),
        r#",{"url":"http://hl7.org/fhir/StructureDefinition/cqf-expression","valueExpression":{
            "language":"text/fhirpath","expression":"iif(%resource.item.where(linkId = 'a').answer.value > 50, 'And now?', {})"}}]}"#,
    );
    let title = format!(
        r#""title":"Test","_title":{},"extension":[{{"url":"{MIXED}","valueCode":"ar"}}],"#,
        in_arabic("اختبار")
    );
    let form = import(&common::document(&items).replace(r#""title":"Test","#, &title));
    let mut filling = Filling::in_language(&form, "ar");
    let questionnaire::Control::VisualAnalogueScale { low_label, high_label, .. } = filling.screen().control
    else {
        panic!("no scale");
    };
    assert_eq!((low_label.as_str(), high_label.as_str()), ("None", "الأسوأ"));
    assert_eq!(lines(filling.session.untranslated()), ["None"]);
    filling.fill("a", common::number("40"));
    assert_eq!((filling.screen().text.as_str(), lines(filling.session.untranslated())), ("الآن", vec![]));
    filling.goto("a").unwrap();
    filling.fill("a", common::number("60"));
    assert_eq!(filling.screen().text, "And now?");
    assert_eq!(lines(filling.session.untranslated()), ["And now?"]);
}

#[test]
fn a_text_whose_variable_asks_for_the_language_is_left_to_its_author() {
    let computed = |expression: &str| {
        let variable = format!(
            r#""extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/variable","valueExpression":{{
                "name":"said","language":"text/fhirpath","expression":"{expression}"}}}},
              {{"url":"{MIXED}","valueCode":"ar"}}],"#
        );
        let items = r#"{"linkId":"a","text":"Now","_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/cqf-expression",
                "valueExpression":{"language":"text/fhirpath","expression":"%said"}}]},"type":"string"},
              {"linkId":"b","text":"Later","type":"string"}"#;
        let title = format!(r#""title":"Test","_title":{},{variable}"#, in_arabic("اختبار"));
        let form = import(&common::document(items).replace(r#""title":"Test","#, &title));
        let filling = Filling::in_language(&form, "ar");
        (filling.screen().text.clone(), lines(filling.session.untranslated()))
    };
    let (text, lines) = computed("iif(%resource.language = 'ar', 'الآن؟', 'Now?')");
    assert_eq!((text.as_str(), lines), ("الآن؟", vec!["Now".to_owned()]));
    let (text, lines) = computed("'Now' & '?'");
    assert_eq!((text.as_str(), lines.contains(&"Now?".to_owned())), ("Now?", true));
}

/// A table of options has the prefix and the words of an option in the head of one column.
#[test]
fn the_head_of_a_column_is_marked_whole() {
    let row = |id: &str| {
        let option = r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix",
            "valueString":"a)"}],"valueString":"Badly"}"#;
        format!(
            r#"{{"linkId":"{id}","text":"Row {id}","type":"choice","answerOption":[{option},{{"valueString":"Well"}}]}}"#
        )
    };
    let items = format!(
        r#"{{"linkId":"g","text":"Sleep","type":"group","extension":[
            {{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl",
              "valueCodeableConcept":{{"coding":[{{"code":"gtable"}}]}}}}],"item":[{},{}]}}"#,
        row("a"),
        row("b")
    );
    let title = format!(
        r#""title":"Test","_title":{},"extension":[{{"url":"{MIXED}","valueCode":"ar"}}],"#,
        in_arabic("اختبار")
    );
    let form = import(&common::document(&items).replace(r#""title":"Test","#, &title));
    let filling = Filling::in_language(&form, "ar");
    assert!(lines(filling.session.untranslated()).contains(&"a) Badly".to_owned()));
}
