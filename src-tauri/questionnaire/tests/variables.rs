//! What is read through a variable counts as if its expression were written in its place.

use crate::common;

use common::{ACTOR, AT, Filling, context, item, number, plain, sdc, sealable};
use fhir::Value;
use questionnaire::{import, import_bytes, respondent, validate};

fn variable(name: &str, expression: &str) -> String {
    let url = format!("{}variable", common::CORE);
    format!(
        r#"{{"url":"{url}","valueExpression":{{"name":"{name}","language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

fn calculated(link_id: &str, kind: &str, expression: &str) -> String {
    item(link_id, kind, &[sdc("calculatedExpression", expression)], r#""readOnly":true"#)
}

fn asked(link_id: &str, kind: &str, extensions: &[String]) -> String {
    item(link_id, kind, extensions, r#""required":true"#)
}

fn group(link_id: &str, extensions: &[String], more: &str, items: &[String]) -> String {
    item(link_id, "group", extensions, &format!(r#"{more}"item":[{}]"#, items.join(",")))
}

/// A Questionnaire with this variable of its own.
fn with_variable(variable: &str, items: &[String]) -> String {
    let extended = format!(r#""extension":[{variable}],"item":"#);
    common::document(&items.join(",")).replacen(r#""item":"#, &extended, 1)
}

/// All ways to write that a variable is the item that it stands at.
const ITSELF: [&str; 8] = [
    "$this",
    "%context",
    "$this.first()",
    "%context.single()",
    "select($this)",
    "iif(true, $this)",
    "%context.where(true)",
    "($this | %context)",
];

#[test]
fn a_score_is_calculated_through_a_variable_that_is_the_group() {
    for itself in ITSELF {
        let sum = "%fam.item.where(linkId='kid').item.where(linkId='age').answer.value.sum()";
        let kid = group("kid", &[], "", &[asked("age", "integer", &[])]);
        let items = [group("fam", &[variable("fam", itself)], "", &[kid, calculated("sum", "integer", sum)])];
        let mut filling = Filling::new(&common::of(&items));
        filling.fill("age", number("7"));
        assert_eq!(
            filling.items().matches(r#""valueInteger":7"#).count(),
            2,
            "{itself}: {}",
            filling.items()
        );
        sealable(&items);
    }
}

#[test]
fn a_score_is_calculated_through_a_variable_that_is_the_response() {
    for itself in ITSELF.into_iter().chain(["%resource", "%rootResource"]) {
        let sum = "%r.item.where(linkId='a').answer.value + %r.item.where(linkId='g').item.where(linkId='b').answer.value";
        let inside = group("g", &[], "", &[asked("b", "integer", &[])]);
        let items = [asked("a", "integer", &[]), inside, calculated("s", "integer", sum)];
        let document = with_variable(&variable("r", itself), &items);
        let raw = Value::parse(document.as_bytes()).unwrap();
        let form = import(&raw).unwrap();
        let mut filling = Filling::new(&form);
        filling.fill("a", number("2"));
        filling.fill("b", number("3"));
        assert!(filling.items().contains(r#""valueInteger":5"#), "{itself}: {}", filling.items());
        let (session, _) = respondent::fill(&form, "en", 1, AT, ACTOR).unwrap();
        let options = validate::Options { unsigned: true, ..validate::Options::default() };
        assert!(validate(&raw, &session.response(&context()).unwrap(), options).is_valid(), "{itself}");
    }
}

#[test]
fn what_hangs_on_a_variable_that_is_the_question_is_asked_and_calculated() {
    let double = calculated("dbl", "integer", "%me.answer.value * 2");
    let severity = calculated("x", "integer", "%me.answer.item.where(linkId='sev').answer.value * 2");
    let inside = format!(r#""item":[{},{double},{severity}]"#, asked("sev", "integer", &[]));
    let when = sdc("enableWhenExpression", "%g.item.where(linkId='x1').answer.value >= 0");
    let items = [
        item("a", "integer", &[variable("me", "$this")], &format!(r#""required":true,{inside}"#)),
        group(
            "g",
            &[variable("g", "%context")],
            "",
            &[asked("x1", "integer", &[]), asked("y", "integer", &[when])],
        ),
    ];
    let mut filling = Filling::new(&common::of(&items));
    filling.fill("a", number("4"));
    filling.fill("sev", number("3"));
    let asks_y = |filling: &Filling| filling.session.review().rows.iter().any(|row| row.key == "y");
    assert!(!asks_y(&filling));
    filling.goto("x1").unwrap();
    filling.fill("x1", number("1"));
    assert!(asks_y(&filling));
    filling.fill("y", number("1"));
    assert!(
        filling.items().contains(r#""valueInteger":8"#) && filling.items().contains(r#""valueInteger":6"#)
    );
    common::replays(&filling);
    sealable(&items);
}

#[test]
fn options_limits_and_constraints_read_through_a_variable() {
    let names = item("nm", "string", &[], r#""repeats":true,"required":true"#);
    let pick =
        asked("pick", "choice", &[sdc("answerExpression", "%me.item.where(linkId='nm').answer.value")]);
    let offered = group("g", &[variable("me", "%context")], r#""repeats":true,"#, &[names, pick]);
    let mut filling = Filling::new(&common::of(std::slice::from_ref(&offered)));
    filling.fill("nm[1]", common::text("Ada"));
    assert!(filling.session.missing().iter().any(|key| key.starts_with("pick")), "an option can be chosen");
    sealable(&[offered]);

    let least = format!(
        r#"{{"url":"{0}minValue","_valueInteger":{{"extension":[{1}]}}}}"#,
        common::CORE,
        common::core("cqf-expression", "%me.item.where(linkId='lo').answer.value")
    );
    let numbers = [asked("lo", "integer", &[]), asked("hi", "integer", &[least])];
    let limited = group("g", &[variable("me", "%context")], "", &numbers);
    let mut filling = Filling::new(&common::of(std::slice::from_ref(&limited)));
    filling.fill("lo", number("5"));
    filling.goto("hi").unwrap();
    assert_eq!(common::code(filling.answer("hi", number("4"))), "below-minimum");
    sealable(&[limited]);

    let holds = "%gg.item.where(linkId='lo').answer.value <= %gg.item.where(linkId='hi').answer.value";
    let constraint = format!(
        r#"{{"url":"{}targetConstraint","extension":[{{"url":"key","valueId":"k"}},{{"url":"severity","valueCode":"error"}},{{"url":"human","valueString":"lo <= hi"}},{{"url":"expression","valueExpression":{{"language":"text/fhirpath","expression":"{holds}"}}}}]}}"#,
        common::CORE
    );
    let numbers = [asked("lo", "integer", &[]), asked("hi", "integer", &[])];
    let constrained = group("g", &[variable("gg", "$this"), constraint], r#""repeats":true,"#, &numbers);
    sealable(&[constrained]);
}

#[test]
fn variables_of_variables_and_what_is_inside_them_are_read() {
    for (outer, inner, sum) in [
        ("$this", "%o.item.where(linkId='h')", "%i.item.where(linkId='a').answer.value.sum()"),
        ("$this", "%o.item", "%i.where(linkId='h').item.answer.value.sum()"),
        ("item", "%o.where(linkId='h').item", "%i.answer.value.sum()"),
        ("%context", "%o", "%i.answers().value.sum()"),
        ("$this", "%o.select(item)", "%i.item.where(linkId='a').answer.value.sum()"),
        ("%context", "%o.where(item.exists())", "%i.descendants().where(linkId='a').answer.value.sum()"),
        ("answers()", "%o.value", "%i.sum()"),
    ] {
        let numbers = [asked("a", "integer", &[]), plain("b", "integer")];
        let inside = group("h", &[variable("i", inner)], "", &[plain("z", "boolean")]);
        let inside = inside.replace(r#""item":["#, &format!(r#""item":[{},"#, numbers.join(",")));
        let reads = group("k", &[variable("i", inner)], "", &[calculated("s", "integer", sum)]);
        let items = [group("g", &[variable("o", outer)], "", &[inside]), plain("c", "boolean")];
        sealable(&items);
        let within = [group("g", &[variable("o", outer)], "", &[reads, group("h", &[], "", &numbers)])];
        match import_bytes(common::document(&within.join(",")).as_bytes()) {
            Ok(form) => {
                let mut filling = Filling::new(&form);
                filling.goto("a").unwrap();
                filling.fill("a", number("9"));
                filling.goto("b").unwrap();
                filling.skip("b").unwrap();
                let said = filling.items();
                assert_eq!(said.matches(r#""valueInteger":9"#).count(), 2, "{outer} {inner} {sum}: {said}");
                sealable(&within);
            }
            // It reads itself among the others, so that it does not settle.
            Err(report) => assert!(common::problems(&report)[0].ends_with("circular"), "{sum}: {report}"),
        }
    }
}

#[test]
fn what_is_known_only_when_it_is_signed_is_not_read_through_a_variable() {
    for value in ["%resource", "$this", "%context.first()", "iif(true, $this)", "(%resource | item)"] {
        for member in
            ["subject.reference", "identifier.value", "author.display", "source.exists().toString()"]
        {
            let items = [asked("a", "integer", &[]), calculated("n", "string", &format!("%r.{member}"))];
            let report = import_bytes(with_variable(&variable("r", value), &items).as_bytes()).err().unwrap();
            assert_eq!(
                common::problems(&report),
                ["n Questionnaire.item[1].extension[0] expression"],
                "{value}"
            );
        }
    }
    let all = [asked("a", "integer", &[]), calculated("n", "integer", "%v.count()")];
    for extensions in [r#""repeats":true,"#, ""] {
        for value in ["%resource.descendants()", "%resource.children()"] {
            let items = group("g", &[variable("v", value)], extensions, &all);
            common::refused(&[(&items, "n Questionnaire.item[0].item[1].extension[0] expression")]);
        }
    }
    let items = group("g", &[variable("v", "%resource.item")], "", &[plain("a", "string")]);
    let named = calculated("n", "string", "%v.identifier.value.first().toString()");
    sealable(&[items.replace(r#""item":["#, &format!(r#""item":[{named},"#))]);
}

#[test]
fn a_calculation_reads_its_own_answer_by_no_way() {
    for expression in
        ["%context.answer.count()", "answer.count()", "answers().count()", "$this.answer.value.sum()"]
    {
        let direct = calculated("n", "integer", expression);
        common::refused(&[(&direct, "n Questionnaire.item[0].extension[0] circular")]);
        let through = item(
            "n",
            "integer",
            &[variable("v", expression), sdc("calculatedExpression", "%v + 1")],
            r#""readOnly":true"#,
        );
        common::refused(&[(&through, "n Questionnaire.item[0].extension[1] circular")]);
    }
    sealable(&[calculated("n", "integer", "%context.linkId.length()")]);
}

#[test]
fn a_link_id_that_is_equivalent_is_one_that_the_form_has() {
    let sum = "%resource.item.where(linkId ~ 'FAM').item.answer.value.sum()";
    let items = [group("fam", &[], "", &[asked("a", "integer", &[])]), calculated("s", "integer", sum)];
    let mut filling = Filling::new(&common::of(&items));
    filling.fill("a", number("6"));
    assert_eq!(filling.items().matches(r#""valueInteger":6"#).count(), 2);
    sealable(&items);
    let missing = [plain("a", "integer"), calculated("s", "integer", &sum.replace("FAM", "gone"))].join(",");
    common::refused(&[(&missing, "s Questionnaire.item[1].extension[0] expression")]);
}

/// Fills the document in with several seeds: each filling ends, and its response has no error. The responses.
#[track_caller]
fn sealed(document: &str) -> Vec<String> {
    let raw = Value::parse(document.as_bytes()).unwrap();
    let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
    let options = validate::Options { unsigned: true, ..validate::Options::default() };
    let fill = |seed| {
        let (session, _) = respondent::fill(&form, "en", seed, AT, ACTOR).unwrap();
        let response = session.response(&context()).unwrap();
        let found = validate(&raw, &response, options);
        let errors: Vec<_> = found.errors().map(ToString::to_string).collect();
        assert!(found.is_valid(), "{seed}: {errors:?} in {}", response.to_json());
        response.to_json()
    };
    (0..8).map(fill).collect()
}

#[test]
fn variables_of_one_place_are_known_in_whatever_order_they_are_written() {
    let answer = "%context.item.where(linkId='n').answer.value";
    let orders = [
        // Read before it is defined, where an outer one is called the same.
        [variable("b", "%a + 1"), variable("a", answer)],
        [variable("a", answer), variable("b", "%a + 1")],
        // Its own name is the outer one.
        [variable("b", &format!("%a - 99 + {answer}")), variable("a", "%a")],
    ];
    for order in orders {
        let inside = [asked("n", "integer", &[]), calculated("s", "integer", "%b")];
        let document = with_variable(&variable("a", "100"), &[group("g", &order, "", &inside)]);
        let mut filling = Filling::new(&import_bytes(document.as_bytes()).unwrap());
        filling.fill("n", number("4"));
        assert!(filling.items().contains(r#""valueInteger":5"#), "{order:?}: {}", filling.items());
        assert!(sealed(&document).iter().all(|response| !response.contains("data-absent-reason")));
    }
    // A long way, written from its end.
    let mut chain: Vec<String> =
        (1..200).map(|at| variable(&format!("v{at}"), &format!("%v{} + 1", at - 1))).collect();
    chain.insert(0, variable("v0", answer));
    chain.reverse();
    let inside = [asked("n", "integer", &[]), calculated("s", "integer", "%v199 - 199")];
    sealed(&common::document(&group("g", &chain, "", &inside)));
}

#[test]
fn a_variable_that_fails_hides_the_outer_one_of_its_name() {
    let both = item(
        "n",
        "integer",
        &[],
        r#""repeats":true,"required":true,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs","valueInteger":2}]"#,
    );
    let single = variable("a", "%context.item.where(linkId='n').answer.value.single()");
    let document = with_variable(
        &variable("a", "100"),
        &[group("g", &[single], "", &[both, calculated("s", "integer", "%a")])],
    );
    for response in sealed(&document) {
        assert!(response.contains("data-absent-reason"), "{response}");
    }
}
