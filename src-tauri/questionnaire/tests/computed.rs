//! Whether a question may be answered, and how often, where an expression says so (`cqf-expression` on `readOnly`, `repeats`,
//! minOccurs and maxOccurs); the validator counts in the same way.

use crate::common;

use common::{
    CORE, Filling, answer_of, code, core, no, number, of, plain, problems, refusal, replays, text, yes,
};
use questionnaire::LaunchRead;

/// A text with this computed property, which is written as `written` too.
fn often(property: &str, expression: &str) -> String {
    let computed = format!(r#"{{"extension":[{}]}}"#, core("cqf-expression", expression));
    match property {
        "readOnly" | "repeats" => {
            format!(r#"{{"linkId":"a","text":"A","type":"string","repeats":true,"_{property}":{computed}}}"#)
        }
        limit => format!(
            r#"{{"linkId":"a","text":"A","type":"string","repeats":true,"extension":[{{"url":"{CORE}questionnaire-{limit}","valueInteger":9,"_valueInteger":{computed}}}]}}"#
        ),
    }
}

/// What the validator says of the items of a finished response.
fn verdict(items: &[String], filling: &Filling) -> Vec<String> {
    let document = fhir::Value::parse(common::document(&items.join(",")).as_bytes()).unwrap();
    let outcome =
        questionnaire::validate(&document, &filling.response(), questionnaire::validate::Options::default());
    let about = outcome.findings.iter().filter(|finding| finding.link_id.is_some());
    about.map(|finding| finding.rule.code().to_owned()).collect()
}

#[test]
fn how_often_a_question_is_answered_is_computed() {
    let items = [plain("n", "integer"), often("maxOccurs", &answer_of("n"))];
    let mut filling = Filling::new(&of(&items));
    filling.fill("n", number("2"));
    let screen = filling.screen();
    assert_eq!((screen.several, screen.max_answers), (true, Some(2)));
    let three = [text("x"), text("y"), text("z")];
    let error = filling.answers("a", &three).unwrap_err();
    assert_eq!(error, questionnaire::AnswerError::TooManyAnswers { max: 2 });
    filling.answers("a", &three[..2]).unwrap();
    filling.next().unwrap();
    // One is too many now: the question is asked again.
    filling.goto("n").unwrap();
    filling.answer("n", number("1")).unwrap();
    assert_eq!(filling.session.missing(), ["a"]);
    filling.next().unwrap();
    assert_eq!(filling.screen().max_answers, Some(1));
    assert_eq!(code(filling.next()), "too-many-answers");
    filling.answers("a", &three[..1]).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);

    let mut filling = Filling::new(&of(&[plain("n", "integer"), often("minOccurs", &answer_of("n"))]));
    filling.fill("n", number("2"));
    assert!(filling.screen().required);
    filling.answers("a", &three[..1]).unwrap();
    assert_eq!(filling.next().unwrap_err(), questionnaire::AnswerError::TooFewAnswers { min: 2 });
    assert_eq!(code(filling.skip("a")), "required");
    filling.goto("n").unwrap();
    filling.answer("n", number("0")).unwrap();
    assert!(filling.session.missing().is_empty());
    replays(&filling);
}

#[test]
fn a_resource_that_only_a_computed_property_reads_is_known_before_the_form_is_used() {
    for property in ["readOnly", "repeats", "minOccurs", "maxOccurs"] {
        let contexts = of(&[often(property, "%patient.active")]).launch_contexts();
        let known: Vec<_> =
            contexts.iter().map(|context| (context.name.as_str(), &context.reads[..])).collect();
        let read = LaunchRead { link_id: Some("a".to_owned()), only_begins: false };
        assert_eq!(known, [("patient", &[read][..])], "{property}");
    }
}

/// What looks through a whole group may well pass over the item whose limit it is.
#[test]
fn a_limit_that_looks_through_the_group_of_its_own_calculation_is_no_circle() {
    let limit = "%resource.item.where(linkId='g').item.where(linkId != 'sum').answer.value.sum()";
    let limit = format!(
        r#"{{"url":"{CORE}maxValue","_valueInteger":{{"extension":[{}]}}}}"#,
        core("cqf-expression", limit)
    );
    let calculated = format!(
        r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"{}"}}}}"#,
        "%resource.item.where(linkId='g').item.where(linkId='n').answer.value"
    );
    let sum = format!(r#"{{"linkId":"sum","text":"S","type":"integer","extension":[{calculated},{limit}]}}"#);
    let items = format!(
        r#"{{"linkId":"g","text":"G","type":"group","item":[{},{},{sum}]}}"#,
        plain("n", "integer"),
        plain("more", "integer")
    );
    let mut filling = Filling::new(&common::form(&items));
    filling.fill("n", number("3"));
    filling.fill("more", number("-1"));
    assert_eq!(filling.screen().shown, None, "3 is beyond 3 and -1 together");
    filling.goto("more").unwrap();
    filling.answer("more", number("1")).unwrap();
    filling.goto("sum").unwrap();
    assert_eq!(filling.screen().shown.as_deref(), Some("3"));
    replays(&filling);
}

#[test]
fn whether_a_question_repeats_or_is_fixed_is_computed() {
    let mut filling = Filling::new(&of(&[plain("b", "boolean"), often("repeats", &answer_of("b"))]));
    filling.fill("b", no());
    assert!(!filling.screen().several);
    let two = [text("x"), text("y")];
    assert_eq!(code(filling.answers("a", &two)), "too-many-answers");
    filling.goto("b").unwrap();
    filling.answer("b", yes()).unwrap();
    filling.next().unwrap();
    assert!(filling.screen().several);
    filling.answers("a", &two).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);

    let mut filling = Filling::new(&of(&[plain("b", "boolean"), often("readOnly", &answer_of("b"))]));
    filling.fill("b", no());
    filling.answers("a", &two).unwrap();
    filling.goto("b").unwrap();
    filling.answer("b", yes()).unwrap();
    filling.next().unwrap();
    let screen = filling.screen();
    assert_eq!((screen.read_only, screen.shown.as_deref()), (true, Some("x, y")));
    assert_eq!(code(filling.answers("a", &[])), "read-only");
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);
}

#[test]
fn a_value_set_that_is_computed_is_refused_with_what_to_do_instead() {
    let computed = core("cqf-expression", "'http://example.org/vs'");
    let item = format!(
        r#"{{"linkId":"a","text":"A","type":"choice","answerOption":[{{"valueString":"x"}}],"_answerValueSet":{{"extension":[{computed}]}}}}"#
    );
    let report = refusal(&item);
    assert_eq!(problems(&report), ["a Questionnaire.item[0].answerValueSet.extension[0] expression"]);
    let message = &report.problems[0].message;
    assert!(message.contains("answerExpression"), "{report}");

    // The example that it gives, as it stands there.
    let (from, to) = (message.find("iif(").unwrap(), message.find(", or ask").unwrap());
    let options = format!(
        r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerExpression","valueExpression":{{"language":"text/fhirpath","expression":"{}"}}}}"#,
        &message[from..to]
    );
    let items = [
        plain("b", "boolean"),
        format!(r#"{{"linkId":"a","text":"A","type":"choice","extension":[{options}]}}"#),
    ];
    let set = |id: &str, codes: [&str; 2]| {
        let contains =
            codes.map(|code| format!(r#"{{"system":"urn:s","code":"{code}","display":"The {code}"}}"#));
        format!(
            r#"{{"resourceType":"ValueSet","id":"{id}","status":"active","expansion":{{"timestamp":"2026-01-01","contains":[{}]}}}}"#,
            contains.join(",")
        )
    };
    let sets = [set("one", ["red", "blue"]), set("other", ["north", "south"])].join(",");
    let document =
        common::document(&items.join(",")).replacen('{', &format!(r#"{{"contained":[{sets}],"#), 1);
    let mut filling = Filling::new(&questionnaire::import_bytes(document.as_bytes()).unwrap());
    let labels = |filling: &Filling| match filling.screen().control {
        questionnaire::Control::Choice { options, .. } => {
            options.into_iter().map(|option| option.label).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    filling.fill("b", yes());
    assert_eq!(labels(&filling), ["The red", "The blue"]);
    filling.goto("b").unwrap();
    filling.answer("b", no()).unwrap();
    filling.next().unwrap();
    assert_eq!(labels(&filling), ["The north", "The south"]);
    filling.answer("a", questionnaire::Answer::Choice { option: "urn:s|north".to_owned() }).unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);
    let form = fhir::Value::parse(document.as_bytes()).unwrap();
    let outcome =
        questionnaire::validate(&form, &filling.response(), questionnaire::validate::Options::default());
    assert!(outcome.findings.iter().all(|finding| finding.link_id.is_none()), "{:?}", outcome.findings);
}

#[test]
fn what_must_be_answered_is_not_fixed_before_it_is() {
    let computed = core("cqf-expression", "true");
    let required = format!(
        r#"{{"linkId":"a","text":"A","type":"string","required":true,"_readOnly":{{"extension":[{computed}]}}}}"#
    );
    let mut filling = Filling::new(&of(&[required]));
    assert!(!filling.screen().read_only);
    assert_eq!(code(filling.next()), "required");
    filling.answer("a", text("x")).unwrap();
    assert!(filling.screen().read_only);
    filling.next().unwrap();
    filling.confirm().unwrap();
    replays(&filling);
}

#[test]
fn groups_and_what_never_repeats_have_nothing_of_it_computed() {
    let computed = format!(r#"{{"extension":[{}]}}"#, core("cqf-expression", "true"));
    let inside = plain("q", "string");
    let report = refusal(&format!(
        r#"{{"linkId":"g","text":"G","type":"group","repeats":true,"_repeats":{computed},"_readOnly":{computed},"item":[{inside}]}},
           {{"linkId":"a","text":"A","type":"string","_repeats":{computed}}}"#
    ));
    assert_eq!(
        problems(&report),
        [
            "g Questionnaire.item[0].readOnly.extension[0] expression",
            "g Questionnaire.item[0].repeats.extension[0] expression",
            "a Questionnaire.item[1].repeats.extension[0] repeats"
        ]
    );
}

#[test]
fn the_validator_counts_as_the_engine_does() {
    let three = [text("x"), text("y"), text("z")];
    for (property, first, second, given, rule) in [
        ("maxOccurs", number("3"), number("2"), 3, "too-many"),
        ("minOccurs", number("1"), number("2"), 1, "too-few"),
    ] {
        let asked = |count: &questionnaire::Answer| {
            let questionnaire::Answer::Number { text } = count else { panic!("a number") };
            [plain("n", "integer"), often(property, &format!("{} + {text}", answer_of("n")))]
        };
        let items = asked(&first);
        let mut filling = Filling::new(&of(&items));
        filling.fill("n", number("0"));
        filling.answers("a", &three[..given]).unwrap();
        filling.next().unwrap();
        filling.confirm().unwrap();
        assert_eq!(verdict(&items, &filling), [""; 0], "{property}");
        // The same answers under the other limit.
        assert!(verdict(&asked(&second), &filling).iter().any(|found| found == rule), "{property}");
    }
}

/// A question that takes one answer, with a computed minOccurs beside a written one.
fn once(written: &str, expression: &str) -> String {
    let computed = format!(r#"{{"extension":[{}]}}"#, core("cqf-expression", expression));
    format!(
        r#"{{"linkId":"a","text":"A","type":"string","extension":[{{"url":"{CORE}questionnaire-minOccurs"{written},"_valueInteger":{computed}}}]}}"#
    )
}

#[test]
fn one_answer_at_least_of_one_that_fits_is_required_as_it_is_computed() {
    for written in ["", r#","valueInteger":1"#, r#","valueInteger":0"#] {
        let items = [plain("n", "integer"), once(written, &answer_of("n"))];
        let form = of(&items);
        for (least, required) in [("0", false), ("1", true), ("3", true)] {
            let mut filling = Filling::new(&form);
            filling.fill("n", number(least));
            assert_eq!(filling.screen().required, required, "{written} {least}");
            let skipped = filling.skip("a");
            assert_eq!(skipped.is_err(), required, "{written} {least}");
            if required {
                assert_eq!(code(skipped), "required");
                filling.answer("a", text("x")).unwrap();
            }
            filling.next().unwrap();
            filling.confirm().unwrap();
            // One answer is as many as fit.
            assert_eq!(verdict(&items, &filling), [""; 0], "{written} {least}");
            replays(&filling);
        }
    }
}

#[test]
fn the_validator_demands_one_answer_where_the_engine_does() {
    let items = |least: &str| [plain("n", "integer"), once("", &format!("{} + {least}", answer_of("n")))];
    let mut filling = Filling::new(&of(&items("0")));
    filling.fill("n", number("0"));
    filling.skip("a").unwrap();
    filling.next().unwrap();
    filling.confirm().unwrap();
    assert_eq!(verdict(&items("0"), &filling), [""; 0]);
    assert_eq!(verdict(&items("1"), &filling), ["too-few"]);
    assert_eq!(verdict(&items("2"), &filling), ["too-few"]);
}
