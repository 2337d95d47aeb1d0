//! Responses against their Questionnaires: each rule, kept and broken.

mod altered;
mod bounds;
mod enabled;
mod expressions;
mod golden;
mod limits;
mod mutations;
use crate::common::places;
mod reference;
mod rules;
mod shape;
mod terminology;

use fhir::Value;
use questionnaire::validate;
use questionnaire::validate::{Finding, Options, Outcome, Severity};

/// The canonical that every fixture here has.
const CANONICAL: &str = "https://attesta.example/Questionnaire/fixture";

fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// A Questionnaire with these items, and `rest` of its own members.
fn form(items: &str, rest: &str) -> Value {
    json(&format!(
        r#"{{"resourceType":"Questionnaire","url":"{CANONICAL}","version":"1","status":"active"{rest},"item":[{items}]}}"#
    ))
}

/// A completed response with these items.
fn response(items: &str) -> Value {
    response_of("completed", items)
}

fn response_of(status: &str, items: &str) -> Value {
    let items = if items.is_empty() { String::new() } else { format!(r#","item":[{items}]"#) };
    json(&format!(
        r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"{CANONICAL}|1","status":"{status}"{items}}}"#
    ))
}

fn check(form: &Value, response: &Value) -> Outcome {
    validate(form, response, Options::default())
}

/// What was found, as `severity rule place`, with the response's own name left out of the place.
fn listed(outcome: &Outcome) -> Vec<String> {
    let short = |finding: &Finding| {
        let place = finding.expression.replacen("QuestionnaireResponse", "", 1);
        format!("{} {} {place}", finding.severity.code(), finding.rule.code()).trim_end().to_owned()
    };
    outcome.findings.iter().map(short).collect()
}

/// What was found of errors and warnings, as `rule place`.
#[track_caller]
fn assert_found(form: &Value, response: &Value, expected: &[&str]) {
    let outcome = check(form, response);
    let found: Vec<String> = listed(&outcome)
        .into_iter()
        .filter(|finding| !finding.starts_with(Severity::Information.code()))
        .map(|finding| finding.replacen("error ", "", 1))
        .collect();
    assert_eq!(
        found,
        expected,
        "{}",
        outcome.findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    );
}
