//! What a form says and nobody keeps to here, or only in part, stands in the report of its import, or of the check.

use crate::common;

use common::{AT, document, item, plain, sealable};
use fhir::Value;
use questionnaire::validate;

fn control(code: &str) -> String {
    format!(
        r#"{{"url":"{}questionnaire-itemControl","valueCodeableConcept":{{"coding":[{{"system":"http://hl7.org/fhir/questionnaire-item-control","code":"{code}"}}]}}}}"#,
        common::CORE
    )
}

#[test]
fn a_control_is_used_or_not_used_and_never_both() {
    let option = r#""answerOption":[{"valueString":"x"}]"#;
    let items = [
        item("a", "choice", &[control("foo")], option),
        item("b", "choice", &[control("drop-down")], option),
        item("c", "display", &[control("foo")], ""),
        item("d", "display", &[control("flyover")], ""),
        item("e", "group", &[control("foo")], &format!(r#""item":[{}]"#, plain("f", "string"))),
        // A table of questions whose options differ is none.
        item(
            "g",
            "group",
            &[control("table")],
            &format!(r#""item":[{},{}]"#, plain("h", "string"), plain("i", "date")),
        ),
        item("j", "text", &[control("text-box")], ""),
        item("k", "boolean", &[control("text-box")], ""),
    ];
    let form = common::of(&items);
    let said = |link_id: &str| {
        let is_it = |of: &Option<String>| of.as_deref() == Some(link_id);
        let unused =
            form.notices().iter().any(|notice| is_it(&notice.link_id) && notice.message.contains("not used"));
        (form.supported().iter().any(|supported| is_it(&supported.link_id)), unused)
    };
    for (link_id, used) in [
        ("a", false),
        ("b", true),
        ("c", false),
        ("d", true),
        ("e", false),
        ("g", false),
        ("j", true),
        ("k", false),
    ] {
        assert_eq!(said(link_id), (used, !used), "{link_id}");
    }
}

#[test]
fn options_that_no_release_has_are_named_and_offered() {
    let quantity = r#""answerOption":[{"valueQuantity":{"value":1,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}},{"valueQuantity":{"value":2,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}]"#;
    assert_eq!(sealable(&[item("a", "quantity", &[], quantity)]), ["answer-option"], "once for all of them");
    let decimal = r#""answerOption":[{"valueDecimal":1.5}]"#;
    assert_eq!(sealable(&[item("a", "decimal", &[], decimal)]), ["answer-option"]);
    let whole = r#""answerOption":[{"valueInteger":1}]"#;
    assert_eq!(sealable(&[item("a", "integer", &[], whole)]), Vec::<String>::new());
}

#[test]
fn the_time_in_which_a_form_is_meant_to_be_used_is_named() {
    let of = |period: &str| {
        let written =
            document(&plain("a", "string")).replacen('{', &format!(r#"{{"effectivePeriod":{period},"#), 1);
        let form = questionnaire::import_bytes(written.as_bytes()).unwrap();
        form.notices().iter().map(|notice| format!("{} {}", notice.path, notice.message)).collect::<Vec<_>>()
    };
    let said = of(r#"{"start":"2000-01-01","end":"2001-01-01"}"#);
    assert!(
        said[0].contains("effectivePeriod the form is meant to be used from 2000-01-01 to 2001-01-01"),
        "{said:?}"
    );
    assert!(of(r#"{"end":"2001-01-01"}"#)[0].contains("used to 2001-01-01;"));
}

#[test]
fn a_number_between_two_points_of_a_slider_was_not_chosen_on_it() {
    let slider = |kind: &str, step: &str, more: &[String]| {
        let number = |url: &str, value: &str| {
            let name = if value.contains('.') { "valueDecimal" } else { "valueInteger" };
            format!(r#"{{"url":"{}{url}","{name}":{value}}}"#, common::CORE)
        };
        let extensions = [
            control("slider"),
            number("minValue", "0"),
            number("maxValue", "10"),
            number("questionnaire-sliderStepValue", step),
        ];
        item("a", kind, &[&extensions[..], more].concat(), "")
    };
    let found = |items: &str, value: &str, unsigned: bool| {
        let raw = Value::parse(document(items).as_bytes()).unwrap();
        let response = format!(
            r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"{}|1","status":"completed","authored":"{AT}","item":[{{"linkId":"a","answer":[{{{value}}}]}}]}}"#,
            "https://attesta.example/fhir/Questionnaire/test"
        );
        let response = Value::parse(response.as_bytes()).unwrap();
        let options = validate::Options { unsigned, ..validate::Options::default() };
        let outcome = validate(&raw, &response, options);
        let between = outcome.findings.iter().filter(|finding| finding.rule.code() == "between-steps");
        (between.count(), outcome.is_valid())
    };
    let five = slider("integer", "5", &[]);
    assert_eq!(found(&five, r#""valueInteger":5"#, true), (0, true));
    assert_eq!(found(&five, r#""valueInteger":3"#, true), (1, false));
    assert_eq!(found(&five, r#""valueInteger":3"#, false), (1, true), "elsewhere it may have been typed");
    let tenth = slider("decimal", "0.1", &[]);
    assert_eq!(found(&tenth, r#""valueDecimal":9.9"#, true), (0, true));
    assert_eq!(found(&tenth, r#""valueDecimal":9.95"#, true), (1, false));
    // A step that does not lead to the end makes no slider here; a calculation may come to any number.
    assert_eq!(found(&slider("integer", "3", &[]), r#""valueInteger":4"#, true), (0, true));
    let calculated = slider("integer", "5", &[common::sdc("calculatedExpression", "3")]);
    assert_eq!(found(&calculated, r#""valueInteger":3"#, true), (0, true));
    sealable(&[slider("integer", "5", &[])]);
}

fn calculated(expression: &str) -> String {
    item("e", "string", &[common::sdc("calculatedExpression", expression)], "")
}

#[test]
fn what_reads_what_is_added_when_it_is_signed_is_refused() {
    for expression in [
        "%resource.descendants().count().toString()",
        "%resource.children().count().toString()",
        "%resource.repeat(children()).count().toString()",
        "%resource.select(subject).count().toString()",
        "%resource.where(true).subject.count().toString()",
        "%resource.where(author.exists()).count().toString()",
        "%resource.where(iif(source.exists(), true, false)).count().toString()",
        "(%resource).identifier.count().toString()",
        "%resource.select($this.subject).count().toString()",
    ] {
        let report = common::refusal(&[calculated(expression), plain("s", "string")].join(","));
        let problem = &report.problems[0];
        assert_eq!(
            (report.problems.len(), problem.link_id.as_deref()),
            (1, Some("e")),
            "{expression}: {report}"
        );
        assert_eq!(problem.reason.code(), "expression");
        assert!(
            problem.message.contains("signed") || problem.message.contains("of the response"),
            "{report}"
        );
    }
    for expression in [
        "%resource.descendants().where(linkId='s').answer.value",
        "%resource.repeat(item).where(linkId='s').answer.value",
        "%resource.item.repeat(item).count().toString()",
        "%resource.item.select(subject).count().toString()",
        "%resource.item.where(author.exists() and linkId = 's').count().toString()",
    ] {
        sealable(&[calculated(expression), plain("s", "string")]);
    }
}

#[test]
fn an_expression_that_takes_too_long_whatever_is_answered_is_refused() {
    for expression in ["1.repeat($this+1).count().toString()", "iif(1.repeat($this+1).empty(), 'a', 'b')"] {
        let report = common::refusal(&[calculated(expression), plain("s", "string")].join(","));
        assert_eq!(common::problems(&report), ["e Questionnaire.item[0].extension[0] expression"]);
        assert!(report.problems[0].message.contains("too many steps"), "{report}");
    }
    sealable(&[calculated("(1|2|3).sum().toString()"), plain("s", "string")]);
}
