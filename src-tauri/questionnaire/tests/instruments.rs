//! The instruments that come with Attesta are what they say they are.

use crate::common;

use common::{Filling, date, no, number, option, text, yes};
use questionnaire::{Answer, ChoiceLayout, Control, DatePrecision, Questionnaire, import_bytes, instruments};

fn import(document: &str) -> Questionnaire {
    let form = import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
    assert!(form.notices().is_empty(), "{:?}", form.notices());
    form
}

#[test]
fn each_has_its_id_canonical_and_number_of_questions() {
    for (document, id, questions) in [
        (instruments::PHQ9, "phq-9", 10),
        (instruments::GAD7, "gad-7", 7),
        (instruments::PAIN_DIARY, "pain-diary", 9),
        (instruments::KNEE_VISIT, "knee-visit", 21),
    ] {
        let form = import(document);
        assert_eq!(form.id(), Some(id));
        assert_eq!(form.canonical(), format!("https://attesta.example/fhir/Questionnaire/{id}|1.0.0"));
        assert_eq!(form.question_count(), questions, "{id}");
    }
}

#[test]
fn phq_9_and_gad_7_are_worded_and_scored_as_published() {
    let document = fhir::Value::parse(instruments::PHQ9.as_bytes()).unwrap();
    let group = &document.list("item")[0];
    assert_eq!(group.str("linkId"), Some("44249-1"));
    let items = group.list("item");
    let codes: Vec<_> = items.iter().map(|item| item.str("linkId").unwrap()).collect();
    assert_eq!(
        codes,
        ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"]
    );
    let gad = fhir::Value::parse(instruments::GAD7.as_bytes()).unwrap();
    for item in items.iter().chain(gad.list("item")[0].list("item")) {
        let options: Vec<_> = item
            .list("answerOption")
            .iter()
            .map(|option| {
                let coding = option.get("valueCoding").unwrap();
                let weight = option.list("extension")[0].get("valueDecimal").unwrap().as_number().unwrap();
                (coding.str("code").unwrap(), coding.str("display").unwrap(), weight.as_str())
            })
            .collect();
        assert_eq!(
            options,
            [
                ("LA6568-5", "Not at all", "0"),
                ("LA6569-3", "Several days", "1"),
                ("LA6570-1", "More than half the days", "2"),
                ("LA6571-9", "Nearly every day", "3"),
            ]
        );
    }
    for document in [instruments::PHQ9, instruments::GAD7] {
        let form = import(document);
        assert!(
            form.copyright("en")
                .unwrap()
                .ends_with("No permission required to reproduce, translate, display or distribute.")
        );
        let screen = Filling::new(&form).screen();
        assert_eq!(
            screen.context,
            ["Over the last 2 weeks, how often have you been bothered by any of the following problems?"]
        );
    }
}

#[test]
fn phq_9_and_gad_7_have_their_published_spanish_words() {
    for (document, first) in [
        (instruments::PHQ9, "Poco interés o placer en hacer cosas"),
        (instruments::GAD7, "Se ha sentido nervioso(a), ansioso(a) o con los nervios de punta"),
    ] {
        let form = import(document);
        assert_eq!(form.languages(), ["en", "es"]);
        assert!(form.copyright("es").unwrap().ends_with("presentar o distribuir."));
        let screen = Filling::in_language(&form, "es").screen();
        assert_eq!(screen.text, first);
        assert_eq!(
            screen.context,
            [
                "Durante las últimas 2 semanas, ¿qué tan seguido ha tenido molestias debido a los siguientes problemas?"
            ]
        );
        let Control::Choice { options, .. } = screen.control else { panic!("no choice") };
        let labels: Vec<_> = options.iter().map(|option| option.label.as_str()).collect();
        assert_eq!(
            labels,
            ["Ningún día", "Varios días", "Más de la mitad de los días", "Casi todos los días"]
        );
    }
}

#[test]
fn the_diary_asks_about_pain_only_when_there_was_some() {
    let mut filling = Filling::new(&import(instruments::PAIN_DIARY));
    filling.fill("date", date("2026-11-21"));
    filling.fill("pain", no());
    filling.fill("sleep", number("8"));
    filling.fill("note", text("Quiet day"));
    assert_eq!(filling.review().rows.len(), 4);
    filling.goto("pain").unwrap();
    filling.fill("pain", yes());
    let screen = filling.screen();
    assert_eq!(screen.context, ["About your pain today"]);
    let Control::VisualAnalogueScale { min, max, step, show_value, low_label, .. } = screen.control else {
        panic!("no scale")
    };
    assert_eq!([min.as_str(), max.as_str(), step.as_str()], ["0", "100", "1"]);
    assert!(!show_value && low_label == "No pain");
    assert_eq!(filling.answer("worst-pain", number("101")).unwrap_err().code(), "above-maximum");
}

/// What a question of the knee visit is asked with, and an answer to it.
fn asked(control: &Control) -> (&'static str, Answer) {
    let chosen = |at: usize, options: &[questionnaire::ChoiceOption]| option(&options[at].key);
    match control {
        Control::Boolean { .. } => ("boolean", yes()),
        Control::Choice { options, layout: ChoiceLayout::DropDown, .. } => ("drop-down", chosen(1, options)),
        Control::Choice { options, layout: ChoiceLayout::Autocomplete, .. } => {
            ("autocomplete", chosen(2, options))
        }
        Control::Choice { own: Some(_), .. } => ("open-choice", text("Warmth")),
        Control::Choice { options, .. } if options.iter().any(|option| option.exclusive) => {
            ("check-box", chosen(3, options))
        }
        Control::Choice { options, .. } => ("radio-button", chosen(2, options)),
        Control::Integer { .. } => ("integer", number("1")),
        Control::Decimal { .. } => ("decimal", number("7.5")),
        Control::Quantity { units, .. } => {
            let unit = Some(units[0].key.clone());
            ("quantity", Answer::Quantity { text: "72.5".to_owned(), unit, own_unit: None })
        }
        Control::Date { precision: DatePrecision::Month, .. } => ("partial date", date("2026-08")),
        Control::Time { .. } => ("time", Answer::Time { text: "07:30:00".to_owned() }),
        Control::DateTime { .. } => {
            ("dateTime", Answer::DateTime { text: "2026-11-20T21:15:00+01:00".to_owned() })
        }
        Control::String { .. } => ("string", text("AB1234")),
        Control::Text { .. } => ("text", text("Thank you")),
        Control::Url { .. } => ("url", text("https://diary.example/knee")),
        Control::Attachment { .. } => {
            let (content_type, data) = ("image/png".to_owned(), "iVBORw0KGgo=".to_owned());
            ("attachment", Answer::Attachment { content_type, data, title: None })
        }
        Control::VisualAnalogueScale { .. } => ("scale", number("40")),
        Control::Instances { .. } => ("instances", no()),
        // The welcome leads in to the first question, and no date is asked for to the day.
        other @ (Control::Display | Control::Date { .. }) => panic!("{other:?}"),
    }
}

#[test]
fn the_knee_visit_asks_with_every_control_in_four_languages_and_counts_the_score() {
    let form = import(instruments::KNEE_VISIT);
    assert_eq!(form.languages(), ["en", "de", "es", "ar"]);
    for language in form.languages() {
        let mut filling = Filling::in_language(&form, &language);
        let mut seen = std::collections::BTreeSet::new();
        while let questionnaire::Position::Screen { screen } = filling.session.screen() {
            let (control, answer) = asked(&screen.control);
            seen.insert(control);
            match control {
                "instances" => {}
                _ if screen.read_only => {}
                "string" if screen.key == "card" => {
                    assert_eq!(filling.answer("card", text("1234")).unwrap_err().code(), "wrong-format");
                    filling.answer(&screen.key, answer).unwrap();
                }
                _ => filling.answer(&screen.key, answer).unwrap(),
            }
            filling.next().unwrap();
        }
        let all = [
            "attachment",
            "autocomplete",
            "boolean",
            "check-box",
            "dateTime",
            "decimal",
            "drop-down",
            "instances",
            "integer",
            "open-choice",
            "partial date",
            "quantity",
            "radio-button",
            "scale",
            "string",
            "text",
            "time",
            "url",
        ];
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), all, "{language}");
        let items = filling.items();
        assert!(items.contains(r#""linkId":"mobility""#) && items.contains(r#""valueInteger":4"#), "{items}");
        assert!(items.contains(r#""valueDecimal":7.5"#), "{items}");
    }
}
