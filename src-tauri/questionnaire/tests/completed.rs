//! What import calls usable can be completed by a patient, and what a patient completes is valid.

use crate::common;

use common::{ACTOR, AT, CORE, answer_of, context, document, item, plain, problems, refused, sdc, sealable};
use questionnaire::{import, respondent, validate, validate::Severity};

fn integer_extension(name: &str, value: &str) -> String {
    format!(r#"{{"url":"{CORE}{name}","valueInteger":{value}}}"#)
}

const HIDDEN: &str =
    r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}"#;
const WHEN_YES: &str = r#""enableWhen":[{"question":"z","operator":"=","answerBoolean":true}]"#;

#[test]
fn a_repeating_group_is_no_table_of_its_questions() {
    let options = r#""answerOption":[{"valueString":"never"},{"valueString":"often"}]"#;
    for control in ["table", "htable", "grid"] {
        let control = format!(
            r#"{{"url":"{CORE}questionnaire-itemControl","valueCodeableConcept":{{"coding":[{{"code":"{control}"}}]}}}}"#
        );
        let questions = [item("c", "choice", &[], options), item("d", "choice", &[], options)].join(",");
        let row = item("r", "group", &[], &format!(r#""item":[{questions}]"#));
        for inside in [questions, row] {
            let group = item(
                "g",
                "group",
                std::slice::from_ref(&control),
                &format!(r#""repeats":true,"item":[{inside}]"#),
            );
            assert_eq!(sealable(&[group, plain("z", "string")]), ["unused"], "the report says so");
        }
    }
}

#[test]
fn a_required_answer_that_only_an_expression_gives_may_not_come() {
    let (x, required) = (plain("x", "integer"), r#""required":true,"readOnly":true"#);
    for (kind, extensions, more) in [
        ("decimal", vec![sdc("calculatedExpression", &format!("{} / 3", answer_of("x")))], required),
        (
            "integer",
            vec![sdc("calculatedExpression", &format!("{} + 1", answer_of("x")))],
            r#""required":true"#,
        ),
        ("integer", vec![HIDDEN.to_owned(), sdc("calculatedExpression", &answer_of("x"))], required),
        // A decimal half of the time, which an integer cannot take.
        ("integer", vec![sdc("calculatedExpression", &format!("{} / 2", answer_of("x")))], required),
        ("string", vec![sdc("initialExpression", "%patient.name.given.first()")], required),
        (
            "integer",
            vec![
                integer_extension("questionnaire-minOccurs", "2"),
                sdc("calculatedExpression", &answer_of("x")),
            ],
            r#""repeats":true,"readOnly":true"#,
        ),
    ] {
        let notices = sealable(&[x.clone(), item("t", kind, &extensions, more)]);
        assert!(notices.contains(&"required".to_owned()), "import says that it may be missing: {notices:?}");
    }
}

#[test]
fn a_required_answer_of_an_expression_that_is_missing_is_said() {
    let t = item(
        "t",
        "string",
        &[sdc("initialExpression", "%patient.name.given.first()")],
        r#""required":true,"readOnly":true"#,
    );
    let raw = fhir::Value::parse(document(&[plain("x", "string"), t].join(",")).as_bytes()).unwrap();
    let (session, _) = respondent::fill(&import(&raw).unwrap(), "en", 1, AT, ACTOR).unwrap();
    let found = validate(&raw, &session.response(&context()).unwrap(), validate::Options::default());
    let said: Vec<_> = found
        .findings
        .iter()
        .map(|found| (found.severity, found.rule.code(), found.link_id.as_deref()))
        .collect();
    assert!(said.contains(&(Severity::Warning, "required", Some("t"))), "{said:?}");
}

#[test]
fn a_group_with_nothing_to_answer_now_is_not_demanded() {
    let z = plain("z", "boolean");
    let optional = item("a", "string", &[], WHEN_YES);
    let required = item("a", "string", &[], &format!(r#"{WHEN_YES},"required":true"#));
    let calculated =
        item("t", "boolean", &[sdc("calculatedExpression", &answer_of("z"))], r#""readOnly":true"#);
    let inner = item("i", "group", &[], &format!(r#"{WHEN_YES},"item":[{}]"#, plain("a", "string")));
    let least = [integer_extension("questionnaire-minOccurs", "1")];
    for inside in [plain("d", "display"), optional, required, calculated, inner] {
        let items = format!(r#""item":[{inside}]"#);
        sealable(&[z.clone(), item("g", "group", &[], &format!(r#""required":true,{items}"#))]);
        sealable(&[
            z.clone(),
            item("g", "group", &[], &format!(r#""required":true,"repeats":true,{items}"#)),
        ]);
        sealable(&[z.clone(), item("g", "group", &least, &format!(r#""repeats":true,{items}"#))]);
    }
}

#[test]
fn a_required_group_whose_questions_are_asked_is_demanded() {
    let group = item("g", "group", &[], &format!(r#""required":true,"item":[{}]"#, plain("a", "string")));
    let raw = fhir::Value::parse(document(&[plain("z", "boolean"), group].join(",")).as_bytes()).unwrap();
    let response = fhir::Value::parse(
        br#"{"resourceType":"QuestionnaireResponse","status":"completed",
            "questionnaire":"https://attesta.example/fhir/Questionnaire/test|1",
            "item":[{"linkId":"z","answer":[{"valueBoolean":true}]}]}"#,
    )
    .unwrap();
    let found = validate(&raw, &response, validate::Options::default());
    let errors: Vec<_> = found.errors().map(|found| found.rule.code()).collect();
    assert_eq!(errors, ["required"]);
}

#[test]
fn one_answer_at_least_of_one_that_fits_is_required() {
    for least in ["1", "2"] {
        let least = [integer_extension("questionnaire-minOccurs", least)];
        sealable(&[item("a", "string", &least, ""), plain("b", "string")]);
        let form = common::of(&[item("a", "string", &least, "")]);
        let mut filling = common::Filling::new(&form);
        assert!(filling.screen().required);
        assert_eq!(common::code(filling.skip("a")), "required");
    }
}

#[test]
fn what_nobody_could_answer_so_often_is_refused() {
    let many = |kind: &str, more: &str| {
        let least = [integer_extension("questionnaire-minOccurs", "2000000000")];
        item("g", kind, &least, &format!(r#""repeats":true{more}"#))
    };
    let hidden = item(
        "g",
        "string",
        &[HIDDEN.to_owned(), integer_extension("questionnaire-minOccurs", "2")],
        r#""repeats":true,"initial":[{"valueString":"x"}]"#,
    );
    refused(&[
        (
            &many("group", &format!(r#","item":[{}]"#, plain("a", "string"))),
            "g Questionnaire.item[0].extension[0] repeats",
        ),
        (&many("string", ""), "g Questionnaire.item[0].extension[0] repeats"),
        (&[plain("a", "string"), hidden].join(","), "g Questionnaire.item[1] required"),
    ]);
}

#[test]
fn limits_that_contradict_each_other_or_the_options_are_refused() {
    let quantity = |value: &str, unit: &str| {
        format!(
            r#""valueQuantity":{{"value":{value},"unit":"{unit}","system":"http://unitsofmeasure.org","code":"{unit}"}}"#
        )
    };
    let limits = |one: &str, other: &str| {
        item(
            "q",
            "quantity",
            &[
                format!(r#"{{"url":"{CORE}minValue",{one}}}"#),
                format!(
                    r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity",{other}}}"#
                ),
            ],
            "",
        )
    };
    let option = |kind: &str, extension: &str, more: &str, option: &str| {
        item("o", kind, &[extension.to_owned()], &format!(r#"{more}"answerOption":[{option}]"#))
    };
    let beyond = "o Questionnaire.item[0].answerOption[1] answer-option";
    let regex = format!(r#"{{"url":"{CORE}regex","valueString":"[a-z]+"}}"#);
    refused(&[
        (&limits(&quantity("5", "kg"), &quantity("1", "g")), "q Questionnaire.item[0].extension[1] limits"),
        (
            &option(
                "integer",
                &integer_extension("minValue", "2"),
                "",
                r#"{"valueInteger":2},{"valueInteger":1}"#,
            ),
            beyond,
        ),
        (
            &option(
                "date",
                &format!(r#"{{"url":"{CORE}maxValue","valueDate":"2026-01-31"}}"#),
                "",
                r#"{"valueDate":"2026-01-31"},{"valueDate":"2026-02-01"}"#,
            ),
            beyond,
        ),
        (&option("string", &regex, "", r#"{"valueString":"abc"},{"valueString":"ABC"}"#), beyond),
        (
            &option(
                "open-choice",
                &regex,
                r#""maxLength":3,"#,
                r#"{"valueString":"abc"},{"valueString":"abcd"}"#,
            ),
            beyond,
        ),
    ]);
    sealable(&[limits(&quantity("5", "kg"), &quantity("5", "kg"))]);
    sealable(&[option(
        "integer",
        &integer_extension("minValue", "1"),
        "",
        r#"{"valueInteger":2},{"valueInteger":1}"#,
    )]);
    assert!(problems(&common::refusal(&limits(&quantity("5", "kg"), &quantity("6", "kg")))).len() == 1);
}

#[test]
fn own_words_keep_what_the_question_asks_of_texts() {
    let coded =
        r#""answerOption":[{"valueCoding":{"system":"http://s.example","code":"x","display":"Never"}}]"#;
    let regex = format!(r#"{{"url":"{CORE}regex","valueString":"[0-9]+"}}"#);
    for (extensions, more, wrong, code, right) in [
        (vec![], r#","maxLength":5"#, "this is far too long", "too-long", "short"),
        (vec![integer_extension("minLength", "12")], "", "ab", "too-short", "long enough for it"),
        (vec![regex], "", "ab", "wrong-format", "12"),
    ] {
        let required = format!(r#""required":true,{coded}{more}"#);
        let open = item("a", "open-choice", &extensions, &required);
        let strings = item(
            "a",
            "string",
            &extensions,
            &format!(
                r#""required":true,"answerConstraint":"optionsOrString","answerOption":[{{"valueString":"{right}"}}]{more}"#
            ),
        );
        for items in [open, strings] {
            let mut filling = common::Filling::new(&common::form(&items));
            assert_eq!(common::code(filling.answer("a", common::text(wrong))), code, "{items}");
            assert_eq!(common::code(filling.answer("a", common::text(right))), "accepted", "{items}");
            sealable(&[items]);
        }
    }
    // The words beside a choice of codes have no limits of their own.
    let form = common::form(&item("a", "open-choice", &[], &format!(r#"{coded},"maxLength":5"#)));
    let questionnaire::Control::Choice { own: Some(own), .. } = common::Filling::new(&form).screen().control
    else {
        panic!("a choice")
    };
    let questionnaire::Control::String { max_length, .. } = *own.control else { panic!("a field") };
    assert_eq!(max_length, Some(5), "the page knows it");
}

#[test]
fn more_answers_than_there_are_options_are_refused() {
    let option = |code: &str, exclusive: bool| {
        let exclusive = if exclusive {
            format!(r#","extension":[{{"url":"{CORE}questionnaire-optionExclusive","valueBoolean":true}}]"#)
        } else {
            String::new()
        };
        format!(r#"{{"valueCoding":{{"system":"http://s.example","code":"{code}"}}{exclusive}}}"#)
    };
    let choice = |kind: &str, least: &str, options: &[String]| {
        item(
            "a",
            kind,
            &[integer_extension("questionnaire-minOccurs", least)],
            &format!(r#""repeats":true,"required":true,"answerOption":[{}]"#, options.join(",")),
        )
    };
    let place = "a Questionnaire.item[0].extension[0] repeats";
    let (x, y, none) = (option("x", false), option("y", false), option("n", true));
    refused(&[
        (&choice("choice", "3", &[x.clone(), y.clone()]), place),
        (&choice("choice", "2", &[none.clone(), y.clone()]), place),
        (&choice("choice", "2", std::slice::from_ref(&none)), place),
    ]);
    sealable(&[choice("choice", "2", &[x.clone(), y.clone(), none])]);
    sealable(&[choice("open-choice", "3", &[x, y])]);
}

#[test]
fn limits_without_a_number_of_so_few_decimals_between_them_are_refused() {
    let decimal = |min: &str, max: &str, places: &str| {
        let limit = |name: &str, value: &str| format!(r#"{{"url":"{CORE}{name}","valueDecimal":{value}}}"#);
        let extensions =
            [limit("minValue", min), limit("maxValue", max), integer_extension("maxDecimalPlaces", places)];
        item("a", "decimal", &extensions, r#""required":true"#)
    };
    let place = "a Questionnaire.item[0].extension[2] limits";
    refused(&[
        (&decimal("0.5", "0.9", "0"), place),
        (&decimal("-0.9", "-0.5", "0"), place),
        (&decimal("0.11", "0.19", "1"), place),
    ]);
    for (min, max, places) in [("0.5", "1", "0"), ("-0.9", "0", "0"), ("0.11", "0.2", "1")] {
        let mut filling = common::Filling::new(&common::form(&decimal(min, max, places)));
        let there = if max == "0.2" { "0.2" } else { max };
        assert_eq!(common::code(filling.answer("a", common::number(there))), "accepted");
    }
}

#[test]
fn options_are_of_the_type_of_their_question() {
    let decimal = r#""required":true,"answerConstraint":"optionsOrType","answerOption":[{"valueInteger":3}]"#;
    sealable(&[item("a", "decimal", &[], decimal)]);
    let mut filling = common::Filling::new(&common::form(&item("a", "decimal", &[], decimal)));
    filling.fill("a", common::option("3"));
    assert!(filling.items().contains(r#""valueDecimal":3"#), "{}", filling.items());
    let place = "a Questionnaire.item[0].answerOption[0] answer-option";
    let of = |kind: &str, option: &str| item("a", kind, &[], &format!(r#""answerOption":[{option}]"#));
    refused(&[
        (&of("integer", r#"{"valueString":"3"}"#), place),
        (&of("date", r#"{"valueDateTime":"2026-01-31T09:00:00Z"}"#), place),
        (&of("string", r#"{"valueInteger":3}"#), place),
    ]);
    let unit = format!(r#"{{"url":"{CORE}questionnaire-unitOption","valueCoding":{{}}}}"#);
    let place = "a Questionnaire.item[0].extension[0].valueCoding malformed";
    refused(&[(&item("a", "quantity", &[unit], ""), place)]);
}

#[test]
fn options_that_look_alike_are_said() {
    let option = |code: &str, display: &str, german: &str| {
        format!(
            r#"{{"valueCoding":{{"system":"http://s.example","code":"{code}","display":"{display}","_display":{{"extension":[{{"url":"{CORE}translation","extension":[{{"url":"lang","valueCode":"de"}},{{"url":"content","valueString":"{german}"}}]}}]}}}}}}"#
        )
    };
    let said = |options: [String; 2]| -> Vec<String> {
        let choice = item("a", "choice", &[], &format!(r#""answerOption":[{}]"#, options.join(",")));
        let form = common::form(&choice);
        let alike = form.notices().iter().filter(|notice| notice.message.contains("looks like another"));
        alike.map(|notice| notice.path.clone()).collect()
    };
    let second = ["Questionnaire.item[0].answerOption[1]"];
    assert_eq!(said([option("x", "Same", "Gleich"), option("y", "same", "Anders")]), second);
    assert_eq!(said([option("x", "One", "Gleich"), option("y", "Two", "Gleich")]), second);
    assert_eq!(said([option("x", "One", "Eins"), option("y", "Two", "Zwei")]), [""; 0]);
}
