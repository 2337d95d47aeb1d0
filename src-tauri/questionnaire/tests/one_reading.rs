//! The session, which asks, and the check, which judges what was answered, read a form in one way: what import takes, a
//! respondent completes, and the response is one that the form allows.

use crate::common;

use common::{answer_of, item, plain, sdc, sealable};

#[test]
fn a_calculated_question_that_repeats_may_have_items_under_its_answers() {
    let a = |kind: &str, expression: &str| {
        let inside = format!(
            r#""repeats":true,"readOnly":true,"item":[{},{}]"#,
            plain("n", "boolean"),
            item("m", "string", &[sdc("initialExpression", "'first'")], "")
        );
        item("a", kind, &[sdc("calculatedExpression", expression)], &inside)
    };
    let count = format!("(1|2|3).take({})", answer_of("b"));
    sealable(&[plain("b", "boolean"), a("integer", &format!("{}.count()", answer_of("b")))]);
    sealable(&[plain("b", "integer"), a("integer", &count), plain("z", "string")]);
    let texts = format!("{count}.select($this.toString())");
    let group = format!(r#""repeats":true,"item":[{},{}]"#, a("string", &texts), plain("w", "boolean"));
    sealable(&[plain("b", "integer"), item("g", "group", &[], &group)]);
    // What may depend on any answer is settled last.
    let any = "%resource.descendants().where(linkId='b').answer.value";
    sealable(&[a("integer", any), plain("b", "integer")]);
}

#[test]
fn items_under_answers_that_an_expression_gives_begin_with_them() {
    let given = |name: &str| {
        let inside = format!(
            r#""repeats":true,"item":[{},{}]"#,
            plain("n", "boolean"),
            item("m", "string", &[sdc("initialExpression", "'first'")], "")
        );
        common::of(&[item("a", "integer", &[sdc(name, "(1|2)")], &inside)])
    };
    for name in ["initialExpression", "calculatedExpression"] {
        let form = given(name);
        let filling = common::Filling::new(&form);
        let items = filling.session.review().rows.len();
        assert_eq!(items, 5, "the question, and two items under each of its answers: {name}");
        common::replays(&filling);
    }
}

fn target_constraint(expression: &str) -> String {
    let parts = [
        r#"{"url":"key","valueId":"k"}"#.to_owned(),
        r#"{"url":"severity","valueCode":"error"}"#.to_owned(),
        r#"{"url":"human","valueString":"a is at most b"}"#.to_owned(),
        format!(
            r#"{{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
        ),
    ];
    format!(r#"{{"url":"{}targetConstraint","extension":[{}]}}"#, common::CORE, parts.join(","))
}

#[test]
fn a_constraint_holds_in_every_instance_of_a_repeating_group() {
    let (a, b) = ("item.where(linkId='a').answer.value", "item.where(linkId='b').answer.value");
    // The item itself, and what is read only by going through the whole response.
    for expression in [
        format!("{a} <= {b}"),
        format!("%context.{a} <= {b} or %resource.descendants().where(linkId.startsWith('none')).exists()"),
    ] {
        let group = |more: &str| {
            let inside = format!(r#"{more}"item":[{},{}]"#, plain("a", "integer"), plain("b", "integer"));
            item("g", "group", &[target_constraint(&expression)], &inside)
        };
        sealable(&[group("")]);
        sealable(&[group(r#""repeats":true,"#), plain("z", "string")]);
    }
}

#[test]
fn the_instance_that_breaks_a_constraint_is_named_by_its_question() {
    let constraint =
        target_constraint("item.where(linkId='a').answer.value <= item.where(linkId='b').answer.value");
    let inside = format!(r#""repeats":true,"item":[{},{}]"#, plain("a", "integer"), plain("b", "integer"));
    let form = common::of(&[item("g", "group", &[constraint], &inside)]);
    let mut filling = common::Filling::new(&form);
    let group = filling.session.review().rows[0].key.clone();
    assert_eq!(group, "a[1]");
    for (key, value) in [("a[1]", "1"), ("b[1]", "2")] {
        filling.fill(key, common::number(value));
    }
    filling.act(&questionnaire::Action::AddInstance { key: "g".to_owned() }).unwrap();
    for (key, value) in [("a[2]", "2"), ("b[2]", "1")] {
        filling.fill(key, common::number(value));
    }
    filling.next().unwrap();
    let refused = filling.confirm().unwrap_err();
    assert_eq!((refused.code(), refused.key()), ("constraint", Some("a[2]")));
}

#[test]
fn a_question_that_was_left_out_has_no_constraint_to_keep() {
    let expression = format!("answer.exists() or {}.empty()", answer_of("a"));
    let b = item("b", "integer", &[target_constraint(&expression)], "");
    sealable(&[plain("a", "integer"), b, plain("c", "string")]);
    // A group in which everything was left out is in the response; one in which nothing was asked is not.
    let never = target_constraint("item.answer.exists()");
    let group = |kind: &str, more: &str| {
        let inside = format!(r#""item":[{}]"#, item("n", kind, &[], more));
        item("g", "group", std::slice::from_ref(&never), &inside)
    };
    let hidden = r#""enableWhen":[{"question":"z","operator":"=","answerBoolean":true}]"#;
    sealable(&[plain("z", "boolean"), group("display", "")]);
    sealable(&[plain("z", "boolean"), group("string", hidden)]);
}

#[test]
fn what_an_expression_gives_is_converted_in_one_way() {
    let all = [
        "5",
        "5.0",
        "true",
        "'abc'",
        "' abc '",
        "today()",
        "now()",
        "timeOfDay()",
        "5 'kg'",
        "'7'",
        "@2020-05",
        "@2020-05-01T10",
        "'2020-01-01'",
        "'Ex'",
        "'x'",
        "(1|2|3)",
    ];
    let source = answer_of("c");
    let mut given: Vec<String> = all.iter().map(|&expression| expression.to_owned()).collect();
    given.extend(["", ".code", ".display"].map(|part| format!("{source}{part}")));
    let option = |code: &str, display: &str| {
        format!(r#"{{"valueCoding":{{"system":"http://s","code":"{code}","display":"{display}"}}}}"#)
    };
    let options =
        format!(r#""answerOption":[{},{},{}]"#, option("x", "Ex"), option("y", "Why"), option("5", "Five"));
    for kind in [
        "string",
        "text",
        "integer",
        "decimal",
        "boolean",
        "date",
        "dateTime",
        "time",
        "url",
        "quantity",
        "choice",
        "open-choice",
    ] {
        let chooses = kind.ends_with("choice");
        for (more, name) in [("", "calculatedExpression"), (r#""repeats":true"#, "answerExpression")] {
            let mut items = vec![item("c", "choice", &[], &options)];
            for (number, expression) in given.iter().enumerate() {
                if name == "answerExpression" && matches!(kind, "boolean" | "open-choice") {
                    continue;
                }
                let mut more = more.to_owned();
                if chooses && name == "calculatedExpression" {
                    more.clone_from(&options);
                }
                let calculated = item(&format!("t{number}"), kind, &[sdc(name, expression)], &more);
                // What import knows not to fit is refused by itself.
                let alone = common::document(&[items[0].clone(), calculated.clone()].join(","));
                if questionnaire::import_bytes(alone.as_bytes()).is_ok() {
                    items.push(calculated);
                }
            }
            items.push(plain("z", "string"));
            sealable(&items);
        }
    }
}

#[test]
fn a_number_in_a_text_is_its_digits_and_a_time_in_a_date_its_day() {
    let calculated = |link_id: &str, kind: &str, expression: &str| {
        item(link_id, kind, &[sdc("calculatedExpression", expression)], r#""readOnly":true"#)
    };
    let form = common::of(&[
        calculated("score", "string", "2 + 3"),
        calculated("day", "date", "now()"),
        plain("z", "string"),
    ]);
    let (session, _) = questionnaire::respondent::fill(&form, "en", 1, common::AT, common::ACTOR).unwrap();
    let said = session.response(&common::context()).unwrap().to_json();
    assert!(said.contains(r#""valueString":"5""#), "{said}");
    assert!(said.contains(r#""valueDate":"2026-11-21""#), "{said}");
}

#[test]
fn what_does_not_settle_without_an_answer_is_refused() {
    let any = |expression: &str| sdc("enableWhenExpression", expression);
    let flip = "%resource.descendants().where(linkId.startsWith('x')).answer.empty()";
    let x = item("x1", "boolean", &[], r#""initial":[{"valueBoolean":true}]"#);
    let group = item("g", "group", &[any(flip)], &format!(r#""item":[{x}]"#));
    let itself = item(
        "a",
        "integer",
        &[sdc(
            "calculatedExpression",
            "iif(%resource.descendants().answer.value.ofType(integer).count() > 0, {}, 1)",
        )],
        "",
    );
    common::refused(&[
        (&[plain("c", "string"), group].join(","), "g Questionnaire.item[1].extension[0] circular"),
        (&[itself, plain("c", "string")].join(","), "a Questionnaire.item[0].extension[0] circular"),
    ]);
}

#[test]
fn an_expression_sees_the_response_that_is_signed() {
    let calculated = |expression: &str| {
        item("t", "string", &[sdc("calculatedExpression", expression)], r#""readOnly":true"#)
    };
    for expression in [
        "%resource.language",
        "%resource.status",
        "%resource.item.first().text",
        "%resource.item.where(text='a?').answer.count().toString()",
        "%resource.item.where(linkId='a').text",
        "%qitem.text + %resource.questionnaire",
    ] {
        sealable(&[plain("a", "boolean"), calculated(expression)]);
    }
    let asked = sdc("enableWhenExpression", "%resource.language = 'en'");
    let form = common::of(&[plain("a", "string"), item("b", "boolean", &[asked], r#""required":true"#)]);
    assert_eq!(
        common::Filling::new(&form).session.review().rows.len(),
        2,
        "what the language asks for is asked"
    );
    let whole = target_constraint("status = 'completed' implies item.where(linkId='a').answer.exists()");
    let document = common::document(&plain("a", "string")).replacen(
        r#""item":"#,
        &format!(r#""extension":[{whole}],"item":"#),
        1,
    );
    let form = questionnaire::import_bytes(document.as_bytes()).unwrap();
    let mut filling = common::Filling::new(&form);
    filling.skip("a").unwrap();
    filling.next().unwrap();
    assert_eq!(common::code(filling.confirm()), "constraint", "what the check refuses, the review does");
}

#[test]
fn what_is_known_only_when_it_is_signed_is_not_read() {
    for member in ["subject", "author", "source", "identifier"] {
        let calculated = item(
            "t",
            "boolean",
            &[sdc("calculatedExpression", &format!("%resource . {member}.exists() and 'subject' = 'x'"))],
            r#""readOnly":true"#,
        );
        common::refused(&[(
            &[plain("a", "string"), calculated].join(","),
            "t Questionnaire.item[1].extension[0] expression",
        )]);
    }
    let written = item(
        "t",
        "string",
        &[sdc("calculatedExpression", "'%resource.subject' + %patient.identifier.value")],
        r#""readOnly":true"#,
    );
    common::of(&[plain("source", "string"), written]);
}

#[test]
fn a_condition_looks_at_another_instance_once_that_is_the_nearest() {
    let inside = format!(r#""item":[{}]"#, plain("c", "boolean"));
    let when = r#""enableWhen":[{"question":"c","operator":"=","answerBoolean":true}]"#;
    let z = item("z", "boolean", &[], when);
    let asks_z = |filling: &common::Filling| filling.session.review().rows.iter().any(|row| row.key == "z");

    let group = format!(r#""repeats":true,"item":[{}]"#, item("p", "boolean", &[], &inside));
    let items = [item("g", "group", &[], &group), z.clone()];
    let mut filling = common::Filling::new(&common::of(&items));
    for key in ["p[1]", "c[1]"] {
        filling.fill(key, common::yes());
    }
    assert!(asks_z(&filling));
    filling.act(&questionnaire::Action::AddInstance { key: "g".to_owned() }).unwrap();
    assert!(!asks_z(&filling), "the second instance is the nearest, and nothing is answered there");
    filling.fill("p[2]", common::yes());
    filling.fill("c[2]", common::yes());
    assert!(asks_z(&filling));
    common::replays(&filling);
    sealable(&items);

    let answers = [item("r", "integer", &[], &format!(r#""repeats":true,{inside}"#)), z];
    let mut filling = common::Filling::new(&common::of(&answers));
    filling.answers("r", &[common::number("1"), common::number("2")]).unwrap();
    let rows = filling.session.review().rows;
    let c = rows.iter().rfind(|row| row.key.starts_with('c')).unwrap().key.clone();
    filling.goto(&c).unwrap();
    filling.fill(&c, common::yes());
    assert!(asks_z(&filling));
    filling.goto("r").unwrap();
    filling.answers("r", &[common::number("1")]).unwrap();
    assert!(!asks_z(&filling), "what stood under the answer has ended with it");
    common::replays(&filling);
    sealable(&answers);
}

#[test]
fn what_was_calculated_before_midnight_is_right_after_it() {
    let (evening, morning) = ("2026-11-21T23:59:30+01:00", "2026-11-22T00:00:10+01:00");
    let items = [
        plain("a", "boolean"),
        item("day", "date", &[sdc("calculatedExpression", "today()")], r#""readOnly":true"#),
        item("at", "dateTime", &[sdc("calculatedExpression", "now()")], r#""readOnly":true"#),
        item("age", "integer", &[sdc("calculatedExpression", "%v")], r#""readOnly":true"#),
    ];
    let variable = r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/variable","valueExpression":{"name":"v","language":"text/fhirpath","expression":"iif(today() < @2026-11-22, 1, 2)"}}],"item""#;
    let raw = common::document(&items.join(",")).replacen(r#""item""#, variable, 1);
    let raw = fhir::Value::parse(raw.as_bytes()).unwrap();
    let form = questionnaire::import(&raw).unwrap();
    let (session, _) = questionnaire::respondent::fill(&form, "en", 1, evening, common::ACTOR).unwrap();
    let context = questionnaire::ResponseContext { authored: morning.to_owned(), ..common::context() };
    let response = session.response(&context).unwrap().to_json();
    let found = |response: &str| {
        let response = fhir::Value::parse(response.as_bytes()).unwrap();
        let options = questionnaire::validate::Options { unsigned: true, ..Default::default() };
        let outcome = questionnaire::validate(&raw, &response, options);
        let said = |finding: &questionnaire::validate::Finding| {
            format!("{} {}", finding.link_id.clone().unwrap_or_default(), finding.rule.code())
        };
        (outcome.is_valid(), outcome.findings.iter().map(said).collect::<Vec<_>>())
    };
    assert_eq!(found(&response), (true, vec!["at not-checked".to_owned()]));
    // Another day than one on which it may have been filled in, or what it gave on none of them, is still an error.
    for (given, altered, link_id) in
        [("2026-11-21\"", "2026-09-01\"", "day"), (r#""valueInteger":1"#, r#""valueInteger":3"#, "age")]
    {
        assert!(response.contains(given), "{response}");
        let (is_valid, said) = found(&response.replace(given, altered));
        assert!(!is_valid && said.contains(&format!("{link_id} calculated")), "{said:?}");
    }
}
