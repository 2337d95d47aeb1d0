//! The fixtures, and results as text.

use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use fhir::{Value, Version};
use fhirpath::{Collection, Context, DateTime, Expression, Item, Picks, Questionnaire};

pub(crate) static RESPONSE: LazyLock<Value> =
    LazyLock::new(|| Value::parse(include_bytes!("../fixtures/response.json")).unwrap());

pub(crate) static FORM: LazyLock<Questionnaire> = LazyLock::new(|| {
    Questionnaire::new(Arc::new(Value::parse(include_bytes!("../fixtures/phq9.json")).unwrap()))
});

/// On the response, with its form, at noon UTC of 21 November 2026.
pub(crate) fn context() -> Context<'static> {
    Context::new(Version::R4)
        .now(DateTime::parse("2026-11-21T12:00:00.000Z").unwrap())
        .resource(&RESPONSE)
        .questionnaire(&FORM)
}

/// The result, one item after the other: strings in quotes, decimals as they are, elements in JSON.
pub(crate) fn shown(items: &Collection<'_>) -> String {
    let show = |item: &Item<'_>| match item {
        Item::String(text) => format!("'{}'", &**text),
        Item::Date(date) => format!("@{date}"),
        Item::DateTime(value) => format!("@{value}{}", if value.time().is_none() { "T" } else { "" }),
        Item::Time(time) => format!("@T{time}"),
        Item::Quantity(quantity) => quantity.to_string(),
        Item::Type(info) => format!("{}.{}", info.namespace, info.name),
        other => other.to_value().map_or_else(|| "none".to_owned(), |value| value.to_json()),
    };
    items.iter().map(show).collect::<Vec<_>>().join(", ")
}

/// The result of `expression` on the response, or `error: …`.
pub(crate) fn result(expression: &str) -> String {
    let parsed = match Expression::parse(expression) {
        Ok(parsed) => parsed,
        Err(error) => return format!("syntax: {error}"),
    };
    match parsed.evaluate(&context(), &RESPONSE) {
        Ok(items) => shown(&items),
        Err(error) => format!("error: {error}"),
    }
}

/// The same where items that expressions pick are kept from one evaluation to the next.
fn result_with(picks: &Rc<Picks<'static>>, expression: &str) -> String {
    let Ok(parsed) = Expression::parse(expression) else { return result(expression) };
    match parsed.evaluate(&context().picks(Rc::clone(picks)), &RESPONSE) {
        Ok(items) => shown(&items),
        Err(error) => format!("error: {error}"),
    }
}

/// Every line of `cases` is `expression ⇒ result`.
#[track_caller]
pub(crate) fn check(cases: &str) {
    let mut wrong = Vec::new();
    let mut count = 0;
    let picks = Rc::new(Picks::new(Version::R4, &RESPONSE));
    for line in cases.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (expression, expected) = line.split_once('⇒').unwrap_or_else(|| panic!("no ⇒ in {line}"));
        let found = result(expression.trim());
        if found != expected.trim() {
            wrong.push(format!("{}\n  expected {}\n  found    {found}", expression.trim(), expected.trim()));
        }
        for turn in ["first", "second"] {
            assert_eq!(result_with(&picks, expression.trim()), found, "{expression}, {turn} time with picks");
        }
        count += 1;
    }
    assert!(count > 0, "no case was read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
