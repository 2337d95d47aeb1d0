//! Expressions: what is computed, when, and what is refused.

use crate::common;

use common::{
    ACTOR, AT, CORE, Filling, answer_of, code, core, no, number, of, option, plain, problems, refusal,
    replays, text, yes,
};
use questionnaire::{Control, LaunchResource, Questionnaire, Session};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

fn sdc(name: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"{SDC}{name}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

fn variable(name: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"{CORE}variable","valueExpression":{{"name":"{name}","language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

fn item(link_id: &str, kind: &str, extensions: &[String]) -> String {
    format!(
        r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"{kind}","extension":[{}]}}"#,
        extensions.join(",")
    )
}

/// A score of two questions with weights, as the forms of the field have it.
fn score() -> Questionnaire {
    let question = |link_id: &str| {
        let option = |code: &str, weight: &str| {
            format!(
                r#"{{"valueCoding":{{"system":"s:1","code":"{code}","display":"{code}","extension":[{{"url":"{CORE}itemWeight","valueDecimal":{weight}}}]}}}}"#
            )
        };
        format!(
            r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"choice","answerOption":[{},{}]}}"#,
            option("no", "0"),
            option("yes", "1.50")
        )
    };
    of(&[
        question("a"),
        question("b"),
        item(
            "sum",
            "decimal",
            &[sdc(
                "calculatedExpression",
                "%resource.item.where(linkId in ('a'|'b')).answer.value.weight().sum()",
            )],
        ),
        item("high", "boolean", &[sdc("enableWhenExpression", &format!("{} >= 3", answer_of("sum")))]),
    ])
}

#[test]
fn a_score_is_computed_exactly_and_only_what_depends_on_it_follows() {
    let mut filling = Filling::new(&score());
    filling.fill("a", option("s:1|yes"));
    assert_eq!(filling.session.missing(), ["b"]);
    filling.fill("b", option("s:1|yes"));
    let screen = filling.screen();
    assert_eq!((screen.key.as_str(), screen.read_only, screen.shown.as_deref()), ("sum", true, Some("3.00")));
    assert_eq!(code(filling.answer("sum", number("9"))), "read-only");
    filling.next().unwrap();
    filling.fill("high", yes());
    assert!(filling.items().contains(r#""valueDecimal":3.00"#), "{}", filling.items());
    filling.goto("b").unwrap();
    filling.answer("b", option("s:1|no")).unwrap();
    assert!(!filling.items().contains("high"), "the question that the score opened is gone with it");
    replays(&filling);
}

#[test]
fn a_chain_of_values_settles_in_any_order_of_writing() {
    let form = of(&[
        item("d", "integer", &[sdc("calculatedExpression", &format!("{} + 1", answer_of("c")))]),
        item("c", "integer", &[sdc("calculatedExpression", &format!("{} * 2", answer_of("b")))]),
        item("b", "integer", &[sdc("calculatedExpression", &format!("{} - 1", answer_of("a")))]),
        plain("a", "integer"),
    ]);
    let mut filling = Filling::new(&form);
    for _ in 0..3 {
        filling.next().unwrap();
    }
    filling.fill("a", number("5"));
    let values: Vec<_> =
        filling.review().rows.into_iter().map(|row| row.answer.unwrap_or_default()).collect();
    assert_eq!(values, ["9", "8", "4", "5"]);
    replays(&filling);
}

#[test]
fn variables_are_those_of_the_nearest_item_around() {
    let group = format!(
        r#"{{"linkId":"g","text":"G","type":"group","extension":[{}],"item":[{},{}]}}"#,
        variable("x", "%context.item.where(linkId='in').answer.value + %base"),
        plain("in", "integer"),
        item("out", "integer", &[sdc("calculatedExpression", "%x")]),
    );
    let root = r#"{"resourceType":"Questionnaire","url":"urn:x","version":"1","title":"T","status":"active","language":"en","extension":[VARS],"item":[ITEMS]}"#
        .replace("VARS", &[variable("base", "100"), variable("x", "0")].join(","))
        .replace("ITEMS", &group);
    let form = questionnaire::import_bytes(root.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
    let mut filling = Filling::new(&form);
    filling.fill("in", number("7"));
    assert_eq!(filling.screen().shown.as_deref(), Some("107"));
    replays(&filling);
}

#[test]
fn an_expression_in_an_instance_means_its_own_and_a_total_means_all() {
    let group = format!(
        r#"{{"linkId":"g","text":"G","type":"group","repeats":true,"extension":[{}],"item":[{},{}]}}"#,
        variable("own", "%context.item.where(linkId='n').answer.value"),
        plain("n", "integer"),
        item("twice", "integer", &[sdc("calculatedExpression", "%own * 2")]),
    );
    let total = item(
        "total",
        "integer",
        &[sdc(
            "calculatedExpression",
            "%resource.item.where(linkId='g').item.where(linkId='twice').answer.value.sum()",
        )],
    );
    let mut filling = Filling::new(&of(&[group, total]));
    filling.fill("n[1]", number("3"));
    filling.next().unwrap();
    filling.act(&questionnaire::Action::AddInstance { key: "g".into() }).unwrap();
    filling.fill("n[2]", number("10"));
    assert_eq!(filling.screen().shown.as_deref(), Some("20"));
    filling.next().unwrap();
    filling.next().unwrap();
    assert_eq!(filling.screen().shown.as_deref(), Some("26"));
    filling.back().unwrap();
    filling.act(&questionnaire::Action::RemoveInstance { key: "g".into(), instance: 1 }).unwrap();
    filling.next().unwrap();
    assert_eq!(filling.screen().shown.as_deref(), Some("20"));
    replays(&filling);
}

#[test]
fn what_may_read_any_answer_settles_or_is_named() {
    let all = of(&[
        plain("a", "integer"),
        plain("b", "integer"),
        item(
            "n",
            "integer",
            &[sdc("calculatedExpression", "%resource.item.where(linkId != 'n').answer.count()")],
        ),
    ]);
    let mut filling = Filling::new(&all);
    filling.fill("a", number("1"));
    filling.fill("b", number("1"));
    assert_eq!(filling.screen().shown.as_deref(), Some("2"));
    replays(&filling);

    let growing = [
        plain("a", "integer"),
        item(
            "n",
            "integer",
            &[sdc("calculatedExpression", "%resource.item.answer.value.ofType(integer).sum() + 1")],
        ),
    ];
    assert_eq!(
        common::problems(&refusal(&growing.join(","))),
        ["n Questionnaire.item[1].extension[0] circular"]
    );
}

#[test]
fn loops_are_refused_at_import_and_name_the_items() {
    let calculated =
        |link_id: &str, of: &str| item(link_id, "integer", &[sdc("calculatedExpression", &answer_of(of))]);
    let report = refusal(
        &[plain("free", "integer"), calculated("a", "b"), calculated("b", "a"), calculated("c", "a")]
            .join(","),
    );
    assert_eq!(
        problems(&report),
        ["a Questionnaire.item[1].extension[0] circular", "b Questionnaire.item[2].extension[0] circular"]
    );
    for problem in &report.problems {
        assert!(problem.message.contains(r#"("a", "b")"#), "the circle is named: {problem}");
        assert!(problem.extension.as_deref().is_some_and(|url| url.ends_with("calculatedExpression")));
    }
    // A condition on what the expression of its item needs.
    let condition = r#""enableWhen":[{"question":"b","operator":"exists","answerBoolean":true}]"#;
    let mixed = format!("{},{}", common::item("a", "integer", &[], condition), calculated("b", "a"));
    assert_eq!(
        problems(&refusal(&mixed)),
        ["a Questionnaire.item[0] circular", "b Questionnaire.item[1].extension[0] circular"]
    );
    let variables = [variable("x", "%y"), variable("y", "%x")];
    let report = refusal(&item("a", "string", &variables));
    assert_eq!(
        problems(&report),
        ["a Questionnaire.item[0].extension[0] circular", "a Questionnaire.item[0].extension[1] circular"]
    );
}

#[test]
fn what_cannot_be_evaluated_is_refused_by_name() {
    for expression in
        ["%resource.item.where(", "nonsense()", "%nobody", "%resource.item.where(linkId='nobody').answer"]
    {
        let report = refusal(&item("a", "integer", &[sdc("calculatedExpression", expression)]));
        assert_eq!(problems(&report), ["a Questionnaire.item[0].extension[0] expression"], "{expression}");
    }
    let long = "1+".repeat(500_000) + "1";
    let report = refusal(&item("a", "integer", &[sdc("calculatedExpression", &long)]));
    assert!(
        report.problems[0].message.len() < 500 && report.problems[0].message.contains("longer"),
        "{report}"
    );
    let cql = format!(
        r#"{{"url":"{SDC}initialExpression","valueExpression":{{"language":"text/cql","expression":"Weight"}}}}"#
    );
    let report = refusal(&item("a", "integer", &[cql]));
    assert_eq!(report.problems[0].extension.as_deref(), Some(&*format!("{SDC}initialExpression")));
}

#[test]
fn questions_begin_with_what_the_launch_brings() {
    let form = of(&[
        item("name", "string", &[sdc("initialExpression", "%patient.name.given.first()")]),
        item("day", "date", &[sdc("initialExpression", "today()")]),
        item("none", "string", &[sdc("initialExpression", "%user.id")]),
    ]);
    let patient = LaunchResource {
        name: "patient".into(),
        resource: r#"{"resourceType":"Patient","name":[{"given":["Ada"]}]}"#.into(),
    };
    let (session, started) = Session::start_with(&form, "en", vec![patient.clone()], AT, ACTOR).unwrap();
    let rows: Vec<_> = session.review().rows.into_iter().map(|row| row.answer).collect();
    assert_eq!(rows, [Some("Ada".into()), Some("2026-11-21".into()), None]);
    assert!(!format!("{started:?} {session:?}").contains("Ada"));
    let stored = serde_json::to_string(&started).unwrap();
    let replayed = Session::replay(&form, vec![serde_json::from_str(&stored).unwrap()]).unwrap();
    assert!(replayed == session);
    let broken = LaunchResource { resource: "{}".into(), ..patient };
    assert_eq!(code(Session::start_with(&form, "en", vec![broken], AT, ACTOR)), "launch-context");
    // Neither is declared, and both are read.
    let users = vec!["Patient", "Practitioner", "PractitionerRole", "RelatedPerson"];
    let types: Vec<_> = form.launch_types().into_iter().collect();
    assert_eq!(types, [("patient", vec!["Patient"]), ("user", users)]);
}

#[test]
fn options_come_and_go_with_the_answers() {
    let toggle = format!(
        r#"{{"url":"{SDC}answerOptionsToggleExpression","extension":[{{"url":"option","valueString":"y"}},{{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"{}"}}}}]}}"#,
        answer_of("more")
    );
    let choice = format!(
        r#"{{"linkId":"c","text":"C","type":"choice","answerOption":[{{"valueString":"x"}},{{"valueString":"y"}}],"extension":[{toggle}]}}"#
    );
    let mut filling = Filling::new(&of(&[plain("more", "boolean"), choice]));
    let labels = |filling: &Filling| match filling.screen().control {
        Control::Choice { options, .. } => options.into_iter().map(|option| option.label).collect::<Vec<_>>(),
        _ => panic!("no choice"),
    };
    filling.fill("more", no());
    assert_eq!(labels(&filling), ["x"]);
    assert_eq!(code(filling.answer("c", option("y"))), "option-not-offered");
    filling.goto("more").unwrap();
    filling.fill("more", yes());
    assert_eq!(labels(&filling), ["x", "y"]);
    filling.fill("c", option("y"));
    filling.goto("more").unwrap();
    filling.fill("more", no());
    assert_eq!(filling.place(), "c", "what is offered no more is not answered");
    assert_eq!(filling.screen().answers, []);
    replays(&filling);
}

#[test]
fn options_are_computed_from_answers() {
    let source = r#"{"linkId":"s","text":"S","type":"string","repeats":true}"#.to_owned();
    let mut filling =
        Filling::new(&of(&[source, item("c", "choice", &[sdc("answerExpression", &answer_of("s"))])]));
    filling.answers("s", &[text("red"), text("blue")]).unwrap();
    filling.next().unwrap();
    assert_eq!(code(filling.answer("c", option("green"))), "unknown-option");
    filling.answer("c", option("blue")).unwrap();
    filling.next().unwrap();
    assert!(filling.items().contains(r#""valueString":"blue""#));
    filling.goto("s").unwrap();
    filling.answers("s", &[text("red")]).unwrap();
    filling.next().unwrap();
    assert_eq!((filling.place().as_str(), filling.screen().answers.len()), ("c", 0));
    replays(&filling);
}

#[test]
fn constraints_keep_from_going_on_in_the_forms_own_words() {
    let constraint = format!(
        r#"{{"url":"{CORE}targetConstraint","extension":[{{"url":"key","valueId":"k"}},{{"url":"severity","valueCode":"error"}},
           {{"url":"human","valueString":"Too small."}},{{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"answer.value > 3"}}}}]}}"#
    );
    let mut filling = Filling::new(&of(&[item("a", "integer", &[constraint]), plain("b", "integer")]));
    filling.answer("a", number("3")).unwrap();
    let error = filling.next().unwrap_err();
    assert_eq!(error, questionnaire::AnswerError::Constraint { key: "a".into(), human: "Too small.".into() });
    assert_eq!(error.said(), Some("Too small."));
    filling.answer("a", number("4")).unwrap();
    filling.next().unwrap();
    filling.fill("b", number("1"));
    filling.confirm().unwrap();
    replays(&filling);
}

#[test]
fn texts_limits_and_required_are_computed() {
    let limit = format!(
        r#"{{"url":"{CORE}maxValue","_valueInteger":{{"extension":[{}]}}}}"#,
        core("cqf-expression", &format!("{} + 10", answer_of("base")))
    );
    let computed = format!(
        r#"{{"linkId":"a","text":"A","_text":{{"extension":[{}]}},"type":"integer","_required":{{"extension":[{}]}},"extension":[{limit}]}}"#,
        core("cqf-expression", &format!("'More than ' + {}.toString() + '?'", answer_of("base"))),
        core("cqf-expression", &format!("{} > 5", answer_of("base"))),
    );
    let mut filling = Filling::new(&of(&[plain("base", "integer"), computed]));
    filling.fill("base", number("7"));
    let screen = filling.screen();
    assert_eq!((screen.text.as_str(), screen.required), ("More than 7?", true));
    assert_eq!(code(filling.answer("a", number("18"))), "above-maximum");
    assert_eq!(code(filling.skip("a")), "required");
    filling.fill("a", number("17"));
    assert!(filling.items().contains("More than 7?"), "what was shown is what is signed");
    replays(&filling);
}

#[test]
fn a_value_that_has_an_error_is_absent_and_says_so() {
    let mut filling = Filling::new(&of(&[
        r#"{"linkId":"a","text":"A","type":"string","repeats":true}"#.to_owned(),
        item("n", "integer", &[sdc("calculatedExpression", &format!("{}.toInteger() + 1", answer_of("a")))]),
    ]));
    filling.answers("a", &[text("1"), text("2")]).unwrap();
    filling.next().unwrap();
    filling.next().unwrap();
    assert!(
        filling.items().contains(r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"error"}]"#),
        "{}",
        filling.items()
    );
    replays(&filling);
}
