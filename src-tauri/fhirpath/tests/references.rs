//! What an expression depends on: never less than what it reads.
#![allow(clippy::unwrap_used)]

use fhirpath::{Expression, References};

fn of(expression: &str) -> References {
    Expression::parse(expression).unwrap().references()
}

fn link_ids(expression: &str) -> Vec<String> {
    let found = of(expression);
    assert!(!found.everything, "{expression}");
    found.link_ids.into_iter().collect()
}

#[test]
fn items_that_are_picked_are_named() {
    for (expression, expected) in [
        ("%resource.item.where(linkId='a').answer.value", "a"),
        ("%resource.item.where('a' = $this.linkId).answer.value", "a"),
        ("%resource.repeat(item).where(linkId='a').answer.value.weight()", "a"),
        ("%resource.descendants().where(linkId='a').answer.value", "a"),
        ("%resource.item.where(linkId='g').item.where(linkId='a').answer.value", "a g"),
        ("%resource.repeat(item).where(linkId='a' or linkId='b').answer.value.ordinal().sum()", "a b"),
        ("%resource.repeat(item).where(linkId in ('a'|'b'|'c')).answer.value", "a b c"),
        ("%resource.repeat(item).where(linkId='a' and answer.exists()).count()", "a"),
        (
            "%resource.item.where(linkId='a').answer.value + %resource.item.where(linkId='b').answer.value",
            "a b",
        ),
        (
            "iif(%resource.item.where(linkId='a').answer.exists(), 1, %resource.item.where(linkId='b').answer.value)",
            "a b",
        ),
        ("(%resource.item | %resource.item.item).where(linkId='a').answer.value", "a"),
        ("%resource.repeat(item | answer.item).where(linkId='a').answer.value", "a"),
        ("%resource.item.where(linkId='a').select(answer.value)", "a"),
        ("defineVariable('x', %resource.repeat(item)).select(%x.where(linkId='a').answer.value)", "a"),
        ("%resource.item.where(linkId='a').answer.first().value & 'x'", "a"),
        ("1 + 1", ""),
        ("%resource.subject.reference", ""),
        ("%questionnaire.repeat(item).where(linkId='a').answerOption.value", "a"),
    ] {
        assert_eq!(link_ids(expression).join(" "), expected, "{expression}");
    }
}

#[test]
fn what_is_not_picked_depends_on_everything() {
    for expression in [
        "%resource.item.answer.value",
        "%resource.repeat(item).answer.value.weight().sum()",
        "%resource.item.count()",
        "%resource.item.where(linkId.startsWith('a')).answer.value",
        "%resource.item.where(linkId='g').item.answer.value",
        "%resource.item.where(linkId=%x).answer.value",
        "%resource.item.where(linkId='a' or answer.exists()).answer.value",
        "%resource.item.where(linkId!='a').answer.value",
        "%resource.item.first().answer.value",
        "%resource.descendants().answer.value",
        "%resource.repeat(item)",
        "%resource.item.where(linkId='a') | %resource.item",
        "%resource.answers().value",
        "defineVariable('x', %resource.repeat(item)).select(%x.answer.value)",
        "%resource.item.all(answer.exists())",
        "%resource.select(item.answer.value)",
        "iif(true, %resource.item)",
        "%resource.item.where(linkId='a').repeat(item).answer",
        "item.answer.value",
    ] {
        assert!(of(expression).everything, "{expression}");
    }
}

#[test]
fn variables_context_and_clock_are_told() {
    let found = of("%total + %patient.birthDate.select($this) + answer.value");
    assert_eq!(found.variables.into_iter().collect::<Vec<_>>(), ["patient", "total"]);
    assert!(found.context && !found.clock && !found.everything);
    assert!(of("today() - 1 day").clock);
    assert!(of("%context.answer.value > 1").context);
    assert!(!of("%resource.item.where(linkId='a').answer.value").context);
    assert!(of("%resource.item.where(linkId='a').answer.value = %qitem.linkId").variables.is_empty());
}
