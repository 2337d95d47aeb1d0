//! Questions with several answers, with options that exclude others, and with the patient's own words.

use crate::common;

use common::{Filling, code, form, number, option, text, yes};
use questionnaire::{Answer, Control, Session};

const SYMPTOMS: &str = r#"{"linkId":"s","text":"Symptoms?","type":"choice","repeats":true,
    "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs","valueInteger":2},
                 {"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":3}],
    "answerOption":[{"valueString":"cough"},{"valueString":"fever"},{"valueString":"pain"},{"valueString":"rash"},
      {"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive","valueBoolean":true}],
       "valueString":"none"}]},
   {"linkId":"z","text":"Z","type":"boolean"}"#;

#[test]
fn several_options_are_one_list_of_answers() {
    let form = form(SYMPTOMS);
    let mut filling = Filling::new(&form);
    assert!(filling.screen().several);
    assert_eq!(filling.screen().max_answers, Some(3));
    let options = |keys: &[&str]| keys.iter().map(|key| option(key)).collect::<Vec<_>>();
    assert_eq!(code(filling.answers("s", &options(&["cough"]))), "accepted", "while the patient is choosing");
    assert_eq!(code(filling.next()), "too-few-answers");
    assert_eq!(code(filling.skip("s")), "required", "two must be given");
    assert_eq!(code(filling.answers("s", &options(&["cough", "cough"]))), "answer-twice");
    assert_eq!(code(filling.answers("s", &options(&["none", "cough"]))), "exclusive");
    assert_eq!(code(filling.answers("s", &options(&["cough", "fever", "pain", "rash"]))), "too-many-answers");
    assert_eq!(code(filling.answers("s", &options(&["cough", "mumps"]))), "unknown-option");
    filling.answers("s", &options(&["fever", "cough"])).unwrap();
    filling.next().unwrap();
    filling.fill("z", yes());
    assert_eq!(filling.review().rows[0].answer.as_deref(), Some("fever, cough"), "in the order of choosing");
    assert!(
        filling.items().contains(r#""answer":[{"valueString":"fever"},{"valueString":"cough"}]"#),
        "{}",
        filling.items()
    );
    let replayed = Session::replay(&form, filling.events.clone()).unwrap();
    assert!(replayed == filling.session);
}

#[test]
fn a_question_without_repeats_has_one_answer() {
    let mut filling = Filling::new(&form(r#"{"linkId":"a","text":"A","type":"integer"}"#));
    assert_eq!(code(filling.answers("a", &[number("1"), number("2")])), "too-many-answers");
    assert_eq!(code(filling.answers("a", &vec![number("1"); 100_000])), "too-many-answers");
}

#[test]
fn a_text_may_be_given_several_times() {
    let mut filling = Filling::new(&form(r#"{"linkId":"a","text":"A","type":"string","repeats":true}"#));
    filling.answers("a", &[text(" x "), text(""), text("y")]).unwrap();
    assert_eq!(filling.screen().answers, [text("x"), text("y")], "nothing written is no answer");
}

#[test]
fn one_of_several_answers_is_enough_for_a_condition_and_none_must_equal_for_its_opposite() {
    let when = |operator: &str| {
        format!(
            r#"{{"linkId":"{operator}","text":"W","type":"string","enableWhen":[{{"question":"s","operator":"{operator}","answerString":"fever"}}]}}"#
        )
    };
    let form = form(&[SYMPTOMS.to_owned(), when("="), when("!=")].join(","));
    let mut filling = Filling::new(&form);
    filling.answers("s", &[option("cough"), option("fever")]).unwrap();
    assert_eq!(filling.session.missing(), ["z", "="]);
    filling.answers("s", &[option("cough"), option("rash")]).unwrap();
    assert_eq!(filling.session.missing(), ["z", "!="]);
}

#[test]
fn an_open_choice_takes_the_patients_own_words() {
    const WORDS: &str = r#"{"valueString":"something else"}"#;
    for (open, words) in [
        (r#""type":"open-choice""#, WORDS),
        (r#""type":"coding","answerConstraint":"optionsOrString""#, WORDS),
        // Of the type coding, words are one that has nothing but its display.
        (
            r#""type":"coding","answerConstraint":"optionsOrType""#,
            r#"{"valueCoding":{"display":"something else"}}"#,
        ),
        (
            r#""type":"choice","extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.item.answerConstraint","valueCode":"optionsOrString"}]"#,
            WORDS,
        ),
    ] {
        let mut filling = Filling::new(&form(&format!(
            r#"{{"linkId":"a","text":"A",{open},"answerOption":[{{"valueCoding":{{"system":"s:1","code":"x","display":"X"}}}}]}}"#
        )));
        let Control::Choice { own, .. } = filling.screen().control else { panic!("no choice") };
        assert!(own.is_some(), "{open}");
        filling.answer("a", option("s:1|x")).unwrap();
        filling.answer("a", text("something else")).unwrap();
        filling.next().unwrap();
        assert!(filling.items().contains(words), "{}", filling.items());
    }
}

#[test]
fn options_of_a_type_may_leave_room_for_others_of_that_type() {
    let mut filling = Filling::new(&form(
        r#"{"linkId":"a","text":"A","type":"integer","answerConstraint":"optionsOrType","answerOption":[{"valueInteger":1},{"valueInteger":2}]},
           {"linkId":"b","text":"B","type":"integer","answerOption":[{"valueInteger":1}]}"#,
    ));
    filling.answer("a", number("7")).unwrap();
    assert_eq!(code(filling.answer("a", text("seven"))), "wrong-kind");
    filling.next().unwrap();
    assert_eq!(code(filling.answer("b", number("7"))), "wrong-kind", "only the options");
    filling.answer("b", option("1")).unwrap();
    filling.next().unwrap();
    assert!(
        filling.items().contains(r#"{"valueInteger":7}"#)
            && filling.items().contains(r#"{"valueInteger":1}"#)
    );
}

#[test]
fn what_is_read_only_is_shown_and_not_answered() {
    let mut filling = Filling::new(&form(
        r#"{"linkId":"a","text":"A","type":"integer","readOnly":true,"initial":[{"valueInteger":3}]},
           {"linkId":"b","text":"B","type":"boolean"}"#,
    ));
    let screen = filling.screen();
    assert_eq!((screen.read_only, screen.shown.as_deref()), (true, Some("3")));
    assert_eq!(code(filling.answer("a", number("4"))), "read-only");
    filling.next().unwrap();
    filling.fill("b", yes());
    assert!(filling.review().complete);
    assert!(filling.items().contains("\"valueInteger\":3"));
}

#[test]
fn answers_of_the_wrong_type_are_named_and_change_nothing() {
    let form = form(include_str!("fixtures/types.items.json"));
    let session = Session::start(&form, "en", common::AT, common::ACTOR).unwrap().0;
    let wrong = Answer::Attachment { content_type: "a/b".into(), data: "AAAA".into(), title: None };
    let screen = match session.screen() {
        questionnaire::Position::Screen { screen } => screen.key,
        questionnaire::Position::Review { .. } | questionnaire::Position::Ahead { .. } => {
            panic!("at no screen")
        }
    };
    let action = questionnaire::Action::Answer { key: screen, answers: vec![wrong] };
    assert_eq!(code(session.plan(&action, common::AT, common::ACTOR)), "wrong-kind");
}
