//! `itemPopulationContext`: a repeating group begins with an instance for each element, once.

use crate::common;

use common::{
    ACTOR, AT, Filling, answer_of, code, item, number, of, plain, problems, refusal, sdc, sealable,
};
use fhir::{Value, array, object};
use questionnaire::{Action, LaunchResource, Questionnaire, Session, import, validate};

fn context(name: &str, expression: &str) -> String {
    let named = format!(r#""name":"{name}","language""#);
    sdc("itemPopulationContext", expression).replace(r#""language""#, &named)
}

fn begins(link_id: &str, kind: &str, expression: &str) -> String {
    item(link_id, kind, &[sdc("initialExpression", expression)], r#""readOnly":true"#)
}

fn group(link_id: &str, context: &str, more: &str, inside: &[String]) -> String {
    let inside = format!(r#"{more}"item":[{}]"#, inside.join(","));
    item(link_id, "group", &[context.to_owned()], &inside)
}

const REPEATS: &str = r#""repeats":true,"#;

fn three() -> [String; 2] {
    let inside = [begins("n", "integer", "%c"), plain("taken", "boolean")];
    [group("g", &context("c", "(5|6|7)"), REPEATS, &inside), plain("s", "string")]
}

fn answers(session: &Session) -> Vec<(String, Option<String>)> {
    session.review().rows.into_iter().map(|row| (row.key, row.answer)).collect()
}

fn row(key: &str, answer: &str) -> (String, Option<String>) {
    (key.to_owned(), (!answer.is_empty()).then(|| answer.to_owned()))
}

fn patient(resource: &str) -> Vec<LaunchResource> {
    vec![LaunchResource { name: "patient".into(), resource: resource.into() }]
}

#[test]
fn a_group_begins_with_an_instance_for_each_element() {
    let mut filling = Filling::new(&of(&three()));
    let begun = [row("n[1]", "5"), row("n[2]", "6"), row("n[3]", "7")];
    let numbers = |filling: &Filling| {
        let rows = answers(&filling.session).into_iter();
        rows.filter(|(key, _)| key.starts_with('n')).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&filling), begun);
    assert_eq!(code(filling.answer("n[1]", number("9"))), "read-only");
    common::replays(&filling);

    // It happens once: what is added is empty, and what is taken away does not come back.
    for _ in 0..10 {
        match filling.place().as_str() {
            "g" => break,
            key if key.starts_with("taken") => filling.fill(key, common::yes()),
            _ => filling.next().unwrap(),
        }
    }
    filling.act(&Action::AddInstance { key: "g".to_owned() }).unwrap();
    assert_eq!(numbers(&filling)[3], row("n[4]", ""));
    filling.goto("g").unwrap();
    filling.act(&Action::RemoveInstance { key: "g".to_owned(), instance: 2 }).unwrap();
    assert_eq!(numbers(&filling), [row("n[1]", "5"), row("n[3]", "7"), row("n[4]", "")]);
    common::replays(&filling);
    assert_eq!(sealable(&three()), Vec::<String>::new());
}

#[test]
fn elements_of_a_resource_keep_their_types_also_inside_each_other() {
    let name = [
        begins("family", "string", "%name.family"),
        begins("since", "date", "%name.period.start"),
        group("inner", &context("given", "%name.given"), REPEATS, &[begins("one", "string", "%given")]),
    ];
    let form =
        of(&[plain("q", "boolean"), group("names", &context("name", "%patient.name"), REPEATS, &name)]);
    let reads = form.launch_contexts();
    assert!(reads[0].reads.iter().all(|read| read.only_begins), "{reads:?}");
    let resource = r#"{"resourceType":"Patient","name":[{"family":"Lovelace","given":["Ada","Augusta"]},
        {"family":"Byron","given":["Anne"],"period":{"start":"1815-12-10"}}]}"#;
    let (session, started) = Session::start_with(&form, "en", patient(resource), AT, ACTOR).unwrap();
    let given = answers(&session).into_iter().filter_map(|(key, answer)| Some(format!("{key} {}", answer?)));
    let expected = [
        "family[1] Lovelace",
        "one[2] Ada",
        "one[5] Augusta",
        "family[3] Byron",
        "since[3] 1815-12-10",
        "one[4] Anne",
    ];
    assert_eq!(given.collect::<Vec<_>>(), expected);
    let stored = serde_json::to_string(&started).unwrap();
    assert!(Session::replay(&form, vec![serde_json::from_str(&stored).unwrap()]).unwrap() == session);
    assert!(!format!("{session:?}").contains("Ada"));

    // Without the patient the group begins as often as it must.
    assert_eq!(answers(&Session::start(&form, "en", AT, ACTOR).unwrap().0).len(), 4);
}

#[test]
fn what_does_not_repeat_begins_with_the_first_element_and_that_is_said() {
    let single = group("g", &context("c", "(5|6|7)"), "", &[begins("n", "integer", "%c")]);
    let items = [single, plain("s", "string")];
    assert_eq!(sealable(&items), ["unused"]);
    assert_eq!(answers(&Filling::new(&of(&items)).session)[0], row("n", "5"));
    let whole =
        item("m", "integer", &[context("c", "(5|6)"), sdc("initialExpression", "%c")], r#""repeats":true"#);
    let items = [whole, plain("s", "string")];
    assert_eq!(answers(&Filling::new(&of(&items)).session)[0], row("m", "5, 6"));
    let query = context("c", "Condition?patient=1").replace("text/fhirpath", "application/x-fhir-query");
    assert_eq!(sealable(&[group("g", &query, REPEATS, &[plain("n", "integer")])]), ["unused"]);
    let unnamed = sdc("itemPopulationContext", "(1|2)");
    assert_eq!(sealable(&[group("g", &unnamed, REPEATS, &[plain("n", "integer")])]), ["unused"]);
}

#[test]
fn only_what_begins_with_an_element_can_read_it() {
    let sum = |extension: String| {
        group("g", &context("c", "(1|2|3)"), REPEATS, &[item("n", "integer", &[extension], "")])
    };
    let report = refusal(&sum(sdc("calculatedExpression", "%c + 1")));
    assert_eq!(problems(&report), ["n Questionnaire.item[0].item[0].extension[0] expression"]);
    assert!(report.problems[0].message.contains("initialExpression"), "{report}");
    refusal(&sum(sdc("enableWhenExpression", "%c = 2")));
    // As it says to do it.
    let is_hidden =
        r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}"#;
    let hidden = item("kept", "integer", &[sdc("initialExpression", "%c"), is_hidden.to_owned()], "");
    sealable(&[
        group("g", &context("c", "(1|2|3)"), REPEATS, &[hidden, plain("q", "boolean")]),
        item(
            "sum",
            "integer",
            &[sdc("calculatedExpression", "%resource.item.item.where(linkId='kept').answer.value.sum()")],
            "",
        ),
    ]);
}

#[test]
fn what_does_not_fit_is_an_error_at_import_or_when_the_visit_begins() {
    let inside = [begins("n", "string", "%c")];
    let limit =
        r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":2}"#;
    let limited = |expression: &str| {
        item(
            "g",
            "group",
            &[context("c", expression), limit.to_owned()],
            &format!(r#"{REPEATS}"item":[{}]"#, inside.join(",")),
        )
    };
    let report = refusal(&[limited("('a'|'b'|'c')"), plain("s", "string")].join(","));
    assert_eq!(problems(&report), ["- Questionnaire repeats"]);
    assert!(report.problems[0].message.contains("the 2 that fit"), "{report}");
    sealable(&[limited("('a'|'b')"), plain("s", "string")]);

    let form = of(&[limited("%patient.name.given"), plain("s", "string")]);
    let two = patient(r#"{"resourceType":"Patient","name":[{"given":["A","B"]}]}"#);
    let three = patient(r#"{"resourceType":"Patient","name":[{"given":["A","B","C"]}]}"#);
    assert!(Session::start_with(&form, "en", two, AT, ACTOR).is_ok());
    assert_eq!(code(Session::start_with(&form, "en", three, AT, ACTOR)), "too-many-elements");

    // 1,000 instances of a group at most, and 200,000 items of a session.
    let given: Vec<Value> = (0..1_001).map(|number| format!("G{number}").as_str().into()).collect();
    let name = |given: &[Value]| {
        let patient =
            object! { "resourceType" => "Patient", "name" => array![object! { "given" => given.to_vec() }] };
        self::patient(&patient.to_json())
    };
    let free = |inside: &[String]| {
        of(&[group("g", &context("c", "%patient.name.given"), REPEATS, inside), plain("s", "string")])
    };
    let start =
        |form: &Questionnaire, given: &[Value]| code(Session::start_with(form, "en", name(given), AT, ACTOR));
    let small = free(&inside);
    assert_eq!(start(&small, &given[..1_000]), "accepted");
    assert_eq!(start(&small, &given), "too-many-elements");
    let large: Vec<String> = (0..500).map(|number| plain(&format!("q{number}"), "boolean")).collect();
    assert_eq!(start(&free(&large), &given[..450]), "too-many-elements");
}

#[test]
fn an_answer_that_nobody_can_write_over_is_that_of_an_element() {
    let raw = Value::parse(common::document(&three().join(",")).as_bytes()).unwrap();
    let form = import(&raw).unwrap();
    let (session, _) = questionnaire::respondent::fill(&form, "en", 3, AT, ACTOR).unwrap();
    let response = session.response(&common::context()).unwrap().to_json();
    let errors = |response: &str| {
        let response = Value::parse(response.as_bytes()).unwrap();
        let options = validate::Options { unsigned: true, ..validate::Options::default() };
        let found = validate(&raw, &response, options);
        found.errors().map(|finding| finding.rule.code().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(errors(&response), Vec::<String>::new());
    let (six, altered) = (r#""valueInteger":6"#, r#""valueInteger":8"#);
    assert!(response.contains(six));
    assert_eq!(errors(&response.replace(six, altered)), ["initial"]);
}

#[test]
fn an_answer_begun_with_one_that_has_changed_since_is_no_error() {
    let variable =
        common::core("variable", &answer_of("a")).replace(r#""language""#, r#""name":"v","language""#);
    let copy = item("copy", "integer", &[variable, sdc("initialExpression", "%v")], r#""readOnly":true"#);
    sealable(&[item("a", "integer", &[], r#""initial":[{"valueInteger":5}]"#), copy]);
}

/// A table that begins with so many rows; each has what it begins with, and two questions.
fn table(rows: usize) -> String {
    let control = r#"{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl","valueCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/questionnaire-item-control","code":"gtable"}]}}"#;
    let inside = [begins("n", "string", "%c"), plain("taken", "boolean"), plain("dose", "integer")];
    let inside = format!(r#""repeats":true,"item":[{}]"#, inside.join(","));
    item(
        "g",
        "group",
        &[context("c", &format!("'{}'.toChars()", "r".repeat(rows))), control.to_owned()],
        &inside,
    )
}

#[test]
fn a_table_begins_with_more_rows_than_anybody_would_add() {
    for rows in [61, 240, 1_000] {
        let items = [
            table(rows),
            item(
                "s",
                "integer",
                &[sdc(
                    "calculatedExpression",
                    "%resource.item.where(linkId='g').item.where(linkId='dose').answer.value.sum()",
                )],
                r#""readOnly":true"#,
            ),
        ];
        let mut filling = Filling::new(&of(&items));
        let page = filling.screen().page.unwrap();
        let shown = |page: &questionnaire::Page| match page.parts.as_slice() {
            [questionnaire::Part::Table { table }] => (table.rows.len(), table.can_add, table.can_remove),
            parts => panic!("{} parts", parts.len()),
        };
        // Three questions a row: beyond so many on a screen nobody adds another, and those that are there stay.
        assert_eq!(shown(&page), (rows, rows * 3 < 240, true));
        for row in [1, rows / 2, rows] {
            filling.answer(&format!("dose[{row}]"), number("2")).unwrap();
        }
        let added = filling.act(&Action::AddInstance { key: "g".into() });
        assert_eq!(code(added), if rows * 3 < 240 { "accepted" } else { "too-many-instances" });
        filling.act(&Action::RemoveInstance { key: "g".into(), instance: 2 }).unwrap();
        let sum =
            filling.session.review().rows.into_iter().find(|row| row.key == "s").and_then(|row| row.answer);
        assert_eq!(sum.as_deref(), Some("6"));
        if rows < 1_000 {
            common::replays(&filling);
        }
    }
    let (session, _) = questionnaire::respondent::fill(&of(&[table(61)]), "en", 1, AT, ACTOR).unwrap();
    let raw = Value::parse(common::document(&table(61)).as_bytes()).unwrap();
    let options = validate::Options { unsigned: true, ..validate::Options::default() };
    assert!(validate(&raw, &session.response(&common::context()).unwrap(), options).is_valid());
}

#[test]
fn a_table_with_more_rows_than_may_be_is_an_error_at_import() {
    let message =
        |items: &str| refusal(items).problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>();
    let said = message(&table(1_001));
    assert!(matches!(said.as_slice(), [one] if one.contains("1000")), "{said:?}");
}
