//! Input that is made to hurt: each is refused by a named error, in bounded time and without a panic.

use crate::common;

use common::{RESPONSE, context};
use fhirpath::{EvaluationErrorKind, Expression, MAX_LENGTH, ParseErrorKind};
use proptest::prelude::*;

fn refused(expression: &str) -> ParseErrorKind {
    Expression::parse(expression).unwrap_err().kind
}

fn failed(expression: &str) -> EvaluationErrorKind {
    Expression::parse(expression).unwrap().evaluate(&context(), &RESPONSE).unwrap_err().kind
}

#[test]
fn a_megabyte_is_too_long() {
    assert_eq!(refused(&"1 + ".repeat(262_144)), ParseErrorKind::TooLong);
}

#[test]
fn ten_thousand_parentheses_are_too_deep() {
    for open in ["(", "-", "not(", "a[", "iif(true, ", "1 + (", "1 implies (1 or (1 and ("] {
        let count = 10_000.min(MAX_LENGTH / open.len() - 1);
        assert_eq!(refused(&open.repeat(count)), ParseErrorKind::TooDeep, "{open}");
    }
}

#[test]
fn of_many_texts_each_is_kept_once() {
    // More than are compared one by one, alike at both ends and of one length.
    let long = "x".repeat(40);
    let texts: Vec<String> = (0..120).map(|n| format!("{long}{:03}{long}", n % 80)).collect();
    let count = |function: &str| {
        let expression = format!("'{}'.split(',').{function}.count()", texts.join(","));
        common::result(&expression)
    };
    assert_eq!(count("distinct()"), "80");
    assert_eq!(count("repeat($this)"), "80");
    assert_eq!(count("select($this)"), "120");
}

#[test]
fn as_deep_as_is_allowed_is_evaluated() {
    let deep = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&deep(99)).unwrap().evaluate(&context(), &RESPONSE).is_ok());
    let calls = |depth: usize| format!("{}1{}", "iif(true, ".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&calls(99)).unwrap().evaluate(&context(), &RESPONSE).is_ok());
    let wheres = |depth: usize| format!("{}true{}", "item.where(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&wheres(99)).unwrap().evaluate(&context(), &RESPONSE).is_ok());
}

#[test]
fn long_chains_need_no_stack() {
    for (first, rest) in
        [("1", "+1"), ("a", ".a"), ("true", " and true"), ("a", "[0]"), ("'a'", "&'a'"), ("1", "|1")]
    {
        let expression = format!("{first}{}", rest.repeat((MAX_LENGTH - 8) / rest.len()));
        let parsed = Expression::parse(&expression).unwrap();
        // Whether there are enough steps for it is another question.
        let _ = parsed.evaluate(&context(), &RESPONSE);
        let _ = parsed.references();
    }
}

#[test]
fn what_has_no_end_ends() {
    for endless in [
        "1.repeat($this + 1)",
        "1.repeatAll($this)",
        "'a'.repeat($this & $this)",
        "descendants().select(%context.descendants().select(%context.descendants().select(%context.descendants().count())))",
        "('abcdefghijklmnopqrstuvwxyz'.toChars()).aggregate($total & $total & $this, 'aaaaaaaaaaaaaaaa').length().combine('abcdefghijklmnopqrstuvwxyz'.toChars().aggregate($total & $total & $total & $total, 'aaaaaaaaaaaaaaaa'))",
        "('abcdefghijklmnop'.toChars()).aggregate($total.replace('', $total), 'aa')",
        "('abcdefghijklmnopabcdefghijklmnop'.split('')).aggregate($total.combine($total), 1)",
    ] {
        let kind = failed(endless);
        assert!(
            matches!(kind, EvaluationErrorKind::Steps(_) | EvaluationErrorKind::Depth),
            "{endless}: {kind:?}"
        );
    }
}

#[test]
fn twenty_thousand_items_are_no_attack() {
    let items: Vec<String> = (0..20_000)
        .map(|number| format!("{{\"linkId\":\"{number}\",\"answer\":[{{\"valueInteger\":{}}}]}}", number % 7))
        .collect();
    let document = format!("{{\"resourceType\":\"QuestionnaireResponse\",\"item\":[{}]}}", items.join(","));
    let response = fhir::Value::parse(document.as_bytes()).unwrap();
    for (expression, expected) in [
        ("repeat(item).where(linkId = '19999').answer.value", "0"),
        ("repeat(item | answer).linkId.count()", "20000"),
        ("repeat(item).answer.value.sum()", "59997"),
        ("item.linkId.distinct().count()", "20000"),
        ("item.answer.value.distinct().count()", "7"),
        ("item.linkId.isDistinct()", "true"),
    ] {
        let parsed = Expression::parse(expression).unwrap();
        let found = parsed.evaluate(&fhirpath::Context::new(fhir::Version::R4), &response);
        assert_eq!(common::shown(&found.unwrap()), expected, "{expression}");
    }
}

#[test]
fn regular_expressions_do_not_explode() {
    let long = "a".repeat(30_000);
    let parsed = Expression::parse(&format!("'{long}'.matches('^(a+)+$')")).unwrap();
    assert_eq!(parsed.evaluate(&context(), &RESPONSE).unwrap().first().unwrap().as_bool(), Some(true));
    assert_eq!(refused("'a'.matches('((((a{1000}){1000}){1000}){1000})')"), ParseErrorKind::Regex);
    assert_eq!(refused("'a'.matches('(?=a)')"), ParseErrorKind::Regex);
    assert_eq!(failed("'a'.matches('(' & '')"), EvaluationErrorKind::Regex("matches"));
}

#[test]
fn data_that_does_not_fit_is_an_error() {
    let value = fhir::Value::parse(b"{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":1e999}}")
        .unwrap();
    let parsed = Expression::parse("value.value + 1").unwrap();
    let error = parsed.evaluate(&fhirpath::Context::new(fhir::Version::R4), &value).unwrap_err();
    assert_eq!(error.kind, EvaluationErrorKind::OutOfRange);
    assert_eq!(failed("now().select(%nothing)"), EvaluationErrorKind::UnknownVariable("nothing".to_owned()));
    let parsed = Expression::parse("now()").unwrap();
    let error = parsed.evaluate(&fhirpath::Context::new(fhir::Version::R4), &value).unwrap_err();
    assert_eq!(error.kind, EvaluationErrorKind::NoClock);
}

/// All expressions of the cases.
fn expressions() -> Vec<&'static str> {
    let cases = [
        include_str!("cases/filtering.txt"),
        include_str!("cases/conversion.txt"),
        include_str!("cases/strings.txt"),
        include_str!("cases/mathematics.txt"),
        include_str!("cases/dates.txt"),
        include_str!("cases/quantities.txt"),
        include_str!("cases/operators.txt"),
        include_str!("cases/navigation.txt"),
        include_str!("cases/sdc.txt"),
        include_str!("cases/variables.txt"),
    ];
    cases.iter().flat_map(|case| case.lines()).filter_map(|line| Some(line.split_once('⇒')?.0)).collect()
}

/// Parses and evaluates; the outcome does not matter, only that there is one.
fn survives(expression: &str) {
    if let Ok(parsed) = Expression::parse(expression) {
        let _ = parsed.references();
        let _ = parsed.evaluate(&context().steps(20_000), &RESPONSE);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC{0,60}") {
        survives(&text);
    }

    #[test]
    fn any_words_are_parsed_or_refused(words in prop::collection::vec(prop::sample::select(WORDS), 0..30)) {
        survives(&words.concat());
        survives(&words.join(" "));
    }

    #[test]
    fn mutated_expressions_are_evaluated_or_refused(
        one in 0_usize..10_000,
        two in 0_usize..10_000,
        cut in 0_usize..200,
        inserted in prop::sample::select(WORDS),
    ) {
        let all = expressions();
        let (one, two) = (all[one % all.len()], all[two % all.len()]);
        let place = |text: &str| (0..=cut % (text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        survives(&format!("{}{inserted}{}", &one[..place(one)], &two[place(two)..]));
        survives(&format!("{}{inserted}{}", &one[..place(one)], &one[place(one)..]));
        survives(&format!("({one}).combine({two}){inserted}({one})"));
        survives(&format!("{one}.select({two})"));
    }
}

const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{}",
    ".",
    ",",
    "+",
    "-",
    "*",
    "/",
    "&",
    "|",
    "<",
    ">=",
    "=",
    "~",
    "!~",
    "'a'",
    "1",
    "0.0",
    "9223372036854775807",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "@2026",
    "@9999-12-31",
    "@T23:59:59.999",
    "@2026-03-02T10:00:00+14:00",
    "%resource",
    "%x",
    "$this",
    "$index",
    "$total",
    "item",
    "answer",
    "value",
    "where(",
    "select(",
    "repeat(",
    "aggregate(",
    "weight()",
    "sum()",
    "power(",
    "exp()",
    "ln()",
    "sqrt()",
    "round(",
    "toQuantity('mg')",
    "lowBoundary(28)",
    "highBoundary()",
    "1 'kg'",
    "1 year",
    "9999999999 years",
    " is ",
    " as ",
    "Quantity",
    " in ",
    " contains ",
    " and ",
    " or ",
    " implies ",
    " div ",
    " mod ",
    "true",
    "descendants()",
    "substring(",
    "replace(",
    "matches(",
    "`",
    "'",
    "\\u",
    "//",
    "/*",
    "@",
    "%",
    "$",
    "é",
    "😀",
];
