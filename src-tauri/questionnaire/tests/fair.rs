//! A form that can be asked as it is meant is not refused, and a refusal says what there is to do.

use crate::common;

use common::{
    ACTOR, AT, CORE, Filling, code, context, core, date, document, form, number, plain, refusal, text,
};
use questionnaire::{AnswerError, Control, Session, import, respondent, validate};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

fn item(link_id: &str, kind: &str, more: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"{kind}",{more}}}"#)
}

fn limit(name: &str, element: &str, expression: &str) -> String {
    let computed = core("cqf-expression", expression);
    format!(r#"{{"url":"{CORE}{name}","_{element}":{{"extension":[{computed}]}}}}"#)
}

fn message(items: &str) -> String {
    let report = refusal(items);
    assert_eq!(report.problems.len(), 1, "{report}");
    report.problems[0].message.clone()
}

/// What the validator says of a filling is nothing.
#[track_caller]
fn is_valid(items: &str, session: &Session) {
    let raw = fhir::Value::parse(document(items).as_bytes()).unwrap();
    let found = validate(&raw, &session.response(&context()).unwrap(), validate::Options::default());
    assert!(found.is_valid(), "{:?}", found.errors().collect::<Vec<_>>());
}

/// A random respondent completes it, and the response is valid.
#[track_caller]
fn completes(items: &str) {
    let raw = fhir::Value::parse(document(items).as_bytes()).unwrap();
    let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
    for seed in 0..16 {
        let (session, _) =
            respondent::fill(&form, "en", seed, AT, ACTOR).unwrap_or_else(|stuck| panic!("{stuck}"));
        is_valid(items, &session);
    }
}

#[test]
fn a_date_is_held_against_a_limit_that_is_computed() {
    let items = item("d", "date", &format!(r#""extension":[{}]"#, limit("maxValue", "valueDate", "today()")));
    let mut filling = Filling::new(&form(&items));
    let Control::Date { max, .. } = filling.screen().control else { panic!("a date") };
    assert_eq!(max.as_deref(), Some("2026-11-21"), "the page knows it");
    let late = filling.answer("d", date("2026-11-22")).unwrap_err();
    assert_eq!(late, AnswerError::DateTooLate { max: "2026-11-21".to_owned() });
    filling.fill("d", date("2026-11-21"));
    filling.confirm().unwrap();
    is_valid(&items, &filling.session);
    common::replays(&filling);

    let moment =
        item("m", "dateTime", &format!(r#""extension":[{}]"#, limit("minValue", "valueDateTime", "now()")));
    let mut filling = Filling::new(&form(&moment));
    let answer = |text: &str| questionnaire::Answer::DateTime { text: text.to_owned() };
    assert_eq!(code(filling.answer("m", answer("2026-11-21T09:00:00+01:00"))), "date-too-early");
    assert_eq!(code(filling.answer("m", answer("2026-11-21T10:00:00+01:00"))), "accepted");

    let time =
        item("t", "time", &format!(r#""extension":[{}]"#, limit("maxValue", "valueTime", "@T12:00:00")));
    let mut filling = Filling::new(&form(&time));
    let answer = |text: &str| questionnaire::Answer::Time { text: text.to_owned() };
    assert_eq!(code(filling.answer("t", answer("12:00:01"))), "date-too-late");
    assert_eq!(code(filling.answer("t", answer("12:00:00"))), "accepted");
}

#[test]
fn a_computed_limit_that_has_moved_is_held_against_what_was_answered() {
    let computed = limit("maxValue", "valueInteger", &common::answer_of("n"));
    let items =
        [plain("n", "integer"), item("a", "integer", &format!(r#""extension":[{computed}]"#))].join(",");
    let mut filling = Filling::new(&form(&items));
    filling.fill("n", number("10"));
    filling.fill("a", number("5"));
    filling.goto("n").unwrap();
    filling.answer("n", number("3")).unwrap();
    filling.goto_review().unwrap();
    let error = filling.confirm().unwrap_err();
    assert_eq!((error.code(), error.key()), ("constraint", Some("a")), "{error}");
    filling.goto("a").unwrap();
    assert_eq!(code(filling.next()), "above-maximum");
    filling.answer("a", number("3")).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    is_valid(&items, &filling.session);
}

#[test]
fn an_old_expression_on_a_limit_is_told_the_new_one_of_its_place() {
    let old = limit("maxValue", "valueDate", "today()").replace("cqf-expression", "cqf-calculatedValue");
    let said = message(&item("d", "date", &format!(r#""extension":[{old}]"#)));
    assert!(said.contains("cqf-expression") && !said.contains("calculatedExpression"), "{said}");
}

#[test]
fn a_reference_that_is_computed_is_not_told_to_list_options_alone() {
    for more in [
        format!(
            r#""readOnly":true,"extension":[{{"url":"{SDC}calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"%patient.managingOrganization"}}}}]"#
        ),
        format!(r#""extension":[{{"url":"{CORE}questionnaire-hidden","valueBoolean":true}}]"#),
        r#""readOnly":true"#.to_owned(),
    ] {
        let said = message(&[plain("x", "string"), item("t", "reference", &more)].join(","));
        assert!(said.contains("type string"), "{said}");
    }
    assert!(message(&plain("t", "reference")).contains("add answerOption"));
}

/// A slider between these ends, in these steps.
fn slider(kind: &str, ends: (&str, &str), step: &str, more: &str) -> String {
    let extension = |url: &str, value: &str| format!(r#"{{"url":"{CORE}{url}",{value}}}"#);
    let control = extension(
        "questionnaire-itemControl",
        r#""valueCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/questionnaire-item-control","code":"slider"}]}"#,
    );
    let limits = [("minValue", ends.0), ("maxValue", ends.1)]
        .map(|(name, value)| extension(name, &format!(r#""valueDecimal":{value}"#)));
    let step = if step.is_empty() {
        String::new()
    } else {
        format!(",{}", extension("questionnaire-sliderStepValue", &format!(r#""valueDecimal":{step}"#)))
    };
    item("v", kind, &format!(r#""extension":[{control},{}{step}{more}]"#, limits.join(",")))
}

#[test]
fn a_slider_with_decimals_stays_one() {
    let places = format!(r#",{{"url":"{CORE}maxDecimalPlaces","valueInteger":1}}"#);
    for (items, drawn, point, between) in [
        (slider("decimal", ("0.0", "10.0"), "1", ""), ("0", "10", "1"), "7", "7.5"),
        (slider("decimal", ("0", "10"), "0.1", ""), ("0", "10", "0.1"), "6.5", "6.55"),
        (slider("decimal", ("-0.5", "1e0"), "0.25", ""), ("-0.5", "1", "0.25"), "-0.25", "-0.3"),
        (slider("decimal", ("0", "1"), "", &places), ("0", "1", "0.1"), "0.3", "0.33"),
    ] {
        let mut filling = Filling::new(&form(&items));
        let Control::VisualAnalogueScale { min, max, step, .. } = filling.screen().control else {
            panic!("not drawn: {items}")
        };
        assert_eq!((min.as_str(), max.as_str(), step.as_str()), drawn);
        assert_ne!(code(filling.answer("v", number(between))), "accepted", "{between}");
        filling.fill("v", number(point));
        filling.confirm().unwrap();
        is_valid(&items, &filling.session);
        completes(&items);
    }
}

#[test]
fn a_slider_that_cannot_be_drawn_is_refused_and_not_typed() {
    let places = format!(r#",{{"url":"{CORE}maxDecimalPlaces","valueInteger":1}}"#);
    for items in [
        slider("decimal", ("0", "1"), "0.3", ""),
        slider("decimal", ("0", "1"), "0.25", &places),
        slider("decimal", ("0", "0.5"), "", ""),
        slider("decimal", ("1", "1"), "1", ""),
    ] {
        assert!(message(&items).contains("sliderStepValue"), "{items}");
    }
}

#[test]
fn conditions_on_addresses_and_numbers_are_compared() {
    let when = |question: &str, operator: &str, answer: &str| {
        format!(r#""enableWhen":[{{"question":"{question}","operator":"{operator}",{answer}}}]"#)
    };
    let url = [
        plain("u", "url"),
        item("a", "string", &when("u", "=", r#""answerString":"https://example.org/1""#)),
    ]
    .join(",");
    let mut filling = Filling::new(&form(&url));
    filling.fill("u", text("https://example.org/1"));
    filling.fill("a", text("x"));
    filling.confirm().unwrap();
    is_valid(&url, &filling.session);
    completes(&url);

    for (than, given, asked) in
        [("1.0", "2", true), ("1.0", "1", false), ("1.5", "2", true), ("1.5", "1", false)]
    {
        let items = [
            plain("i", "integer"),
            item("a", "string", &when("i", ">", &format!(r#""answerDecimal":{than}"#))),
            plain("z", "boolean"),
        ]
        .join(",");
        let mut filling = Filling::new(&form(&items));
        filling.fill("i", number(given));
        assert_eq!(filling.place() == "a", asked, "{given} > {than}");
        completes(&items);
    }

    let of = |kind: &str, answer: &str| {
        message(&[plain("d", kind), item("a", "string", &when("d", "=", answer))].join(","))
    };
    let said = of("dateTime", r#""answerDateTime":"2020-05-05T00:00:00""#);
    assert!(said.contains("offset from UTC"), "{said}");
    let said = of("date", r#""answerString":"2020-05-05""#);
    assert!(said.contains("use answerDate"), "{said}");
    let said = of("url", r#""answerInteger":1"#);
    assert!(said.contains("use answerString"), "{said}");
    let said = of("attachment", r#""answerString":"x""#);
    assert!(said.contains("exists"), "{said}");
}

#[test]
fn an_initial_value_that_does_not_fit_is_told_why() {
    let kg = format!(
        r#""extension":[{{"url":"{CORE}questionnaire-unitOption","valueCoding":{{"code":"kg","display":"kg"}}}}],
           "initial":[{{"valueQuantity":{{"value":1,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}}}]"#
    );
    let said = message(&item("a", "quantity", &kg));
    assert!(said.contains("unit") && said.contains("without a system"), "{said}");
    let coded = r#""answerOption":[{"valueCoding":{"system":"http://s","code":"a","display":"A"}}],"initial":[{"valueString":"A"}]"#;
    let said = message(&item("a", "choice", coded));
    assert!(said.contains("valueString") && said.contains("write a valueCoding"), "{said}");
    let said = message(&item("a", "string", r#""initial":[{"valueString":"x "}]"#));
    assert!(said.contains("blanks") && said.contains('x'), "{said}");
    let said = message(&item("a", "integer", r#""initial":[{"valueString":"1"}]"#));
    assert!(said.contains("write a valueInteger"), "{said}");
}

#[test]
fn what_is_not_done_as_it_is_written_is_said() {
    let notices = |items: &str| -> Vec<String> {
        form(items).notices().iter().map(|notice| format!("{}: {}", notice.path, notice.message)).collect()
    };
    let protected = |code: &str| {
        let when = r#""enableWhen":[{"question":"z","operator":"=","answerBoolean":true}]"#;
        [plain("z", "boolean"), item("a", "string", &format!(r#"{when},"disabledDisplay":"{code}""#))]
            .join(",")
    };
    let said = notices(&protected("protected"));
    assert!(said.len() == 1 && said[0].contains("hidden"), "{said:?}");
    assert!(notices(&protected("hidden")).is_empty());
    assert!(message(&protected("grey")).contains("hidden or protected"));

    let total = |kind: &str, expression: &str| {
        let calculated = format!(
            r#"{{"url":"{SDC}calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
        );
        [plain("x", "integer"), item("t", kind, &format!(r#""readOnly":true,"extension":[{calculated}]"#))]
            .join(",")
    };
    let half = format!("{} / 2", common::answer_of("x"));
    let said = notices(&total("integer", &half));
    assert!(said.iter().any(|said| said.contains("fraction")), "{said:?}");
    assert!(notices(&total("decimal", &half)).is_empty());
    assert!(notices(&total("integer", &format!("({half}).round(0)"))).is_empty());

    let extends = r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-derivationType","valueCodeableConcept":{"coding":[{"code":"extends"}]}}"#;
    let document =
        document(&plain("a", "string")).replacen('{', &format!(r#"{{"extension":[{extends}],"#), 1);
    let derived = questionnaire::import_bytes(document.as_bytes()).unwrap();
    assert!(derived.notices()[0].message.contains("derives from"), "{}", derived.notices()[0].message);
}

#[test]
fn a_weight_that_is_no_number_is_refused() {
    for name in ["ordinalValue", "itemWeight"] {
        let weighted = |value: &str| {
            let weight = format!(r#"{{"url":"{CORE}{name}",{value}}}"#);
            item(
                "a",
                "choice",
                &format!(
                    r#""answerOption":[{{"valueCoding":{{"system":"http://s","code":"a","display":"A"}},"extension":[{weight}]}}]"#
                ),
            )
        };
        assert!(message(&weighted(r#""valueString":"2""#)).contains("must be a number"));
        form(&weighted(r#""valueDecimal":2"#));
    }
}

#[test]
fn how_much_of_a_date_is_asked_for_is_read_in_the_forms_words() {
    use questionnaire::DatePrecision::{Day, Month, Year};
    for (format, precision) in [
        ("MM.JJJJ", Month),
        ("MM/YYYY", Month),
        ("yyyy-MM", Month),
        ("Mes/Año", Month),
        ("JJJJ", Year),
        ("Year", Year),
        ("TT.MM.JJJJ", Day),
        ("JJ/MM/AAAA", Day),
        ("YYYY-MM-DD", Day),
        ("Any time", Day),
        ("My way", Day),
        ("", Day),
    ] {
        let format_extension = format!(r#"{{"url":"{CORE}entryFormat","valueString":"{format}"}}"#);
        let more = if format.is_empty() {
            r#""required":true"#.to_owned()
        } else {
            format!(r#""extension":[{format_extension}]"#)
        };
        let Control::Date { precision: found, .. } =
            Filling::new(&form(&item("d", "date", &more))).screen().control
        else {
            panic!("a date")
        };
        assert_eq!(found, precision, "{format}");
    }
}

#[test]
fn a_respondent_knows_short_addresses_and_several_files() {
    for length in [4, 8, 12, 18, 19, 40] {
        completes(&item("u", "url", &format!(r#""required":true,"maxLength":{length}"#)));
    }
    let least = |count: u32| format!(r#"{{"url":"{CORE}questionnaire-minOccurs","valueInteger":{count}}}"#);
    for kind in ["attachment", "boolean", "date", "integer"] {
        let extensions = least(4);
        completes(&item("a", kind, &format!(r#""required":true,"repeats":true,"extension":[{extensions}]"#)));
    }
    let regex = format!(r#"{{"url":"{CORE}regex","valueString":"https://a\\.example/[0-9]{{3}}"}}"#);
    completes(&item("u", "url", &format!(r#""required":true,"extension":[{regex}]"#)));
}

#[test]
fn a_respondent_keeps_every_limit_of_texts_and_times() {
    let extension = |name: &str, value: &str| format!(r#"{{"url":"{CORE}{name}",{value}}}"#);
    let long = format!(
        r#""required":true,"maxLength":20,"extension":[{},{}]"#,
        extension("minLength", r#""valueInteger":8"#),
        extension("regex", r#""valueString":"[A-Za-z0-9]+""#)
    );
    completes(&item("a", "string", &long));
    let between = |kind: &str, element: &str, min: &str, max: &str| {
        let (min, max) = (
            extension("minValue", &format!(r#""{element}":"{min}""#)),
            extension("maxValue", &format!(r#""{element}":"{max}""#)),
        );
        item("a", kind, &format!(r#""required":true,"extension":[{min},{max}]"#))
    };
    completes(&between("time", "valueTime", "08:00:00", "08:01:00"));
    completes(&between("time", "valueTime", "22:00:15", "22:00:20"));
    completes(&between("dateTime", "valueDateTime", "2026-01-01T13:00:00Z", "2026-01-01T20:00:00Z"));
    completes(&between("dateTime", "valueDateTime", "2020-01-01T00:00:00+14:00", "2020-01-01T00:00:00Z"));
    let unit = |code: &str| {
        extension(
            "questionnaire-unit",
            &format!(r#""valueCoding":{{"system":"http://unitsofmeasure.org","code":"{code}"}}"#),
        )
    };
    let least = limit("minQuantity", "valueQuantity", &common::answer_of("a"))
        .replace(CORE, SDC)
        .replace(&format!("{SDC}cqf"), &format!("{CORE}cqf"));
    let items = [
        item("a", "quantity", &format!(r#""required":true,"extension":[{}]"#, unit("kg"))),
        item("b", "quantity", &format!(r#""required":true,"extension":[{},{least}]"#, unit("g"))),
    ]
    .join(",");
    completes(&items);
}

#[test]
fn a_time_that_is_too_early_is_not_called_a_date_that_is() {
    let early = AnswerError::DateTooEarly { min: "22:00:00".to_owned() };
    assert_eq!(early.to_string(), "this is before the earliest date or time allowed, 22:00:00");
}
