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
        "%resource.item.select(1).count()",
        "%resource.item.linkId.count()",
        "%resource.item.definition",
        "%resource.item.where(linkId.startsWith('a')).answer.value",
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
        "%resource.item.first().where(linkId='a').answer.value",
        "(%resource.item.where(linkId='a') | %resource.item).item.answer",
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

#[test]
fn what_is_inside_a_picked_item_is_its_own_part_of_the_response() {
    for (expression, link_ids, subtrees) in [
        ("%resource.item.where(linkId='g').item.answer.value.sum()", "g", "g"),
        ("%resource.item.where(linkId='g').count()", "g", "g"),
        ("%resource.item.where(linkId='g')", "g", "g"),
        ("%resource.item.where(linkId='g').item.count()", "g", "g"),
        ("%resource.item.where(linkId='g').linkId", "g", "g"),
        ("%resource.item.where(linkId='g').select(1).count()", "g", "g"),
        ("%resource.item.where(linkId='g').repeat('x').count()", "g", "g"),
        ("%resource.item.where(linkId='g').iif(true, 1)", "g", "g"),
        ("iif(true, %resource.item.where(linkId='g').answer.value)", "g", ""),
        ("%resource.item.where(linkId='g').first().item.where(linkId='a').answer.value", "a g", "g"),
        ("%resource.item.where(linkId='g')[0].item.where(linkId='a').answer.value", "a g", "g"),
        ("%resource.item.where(linkId='g').item.where(linkId='a').answer.value", "a g", ""),
        ("%resource.item.where(linkId='g').item.where(linkId=%x).answer.value", "g", "g"),
        ("%resource.item.where(linkId='g').item.where(linkId='h').item.answer.value", "g h", "h"),
        ("%resource.item.where(linkId='g').repeat(item).answer.value", "g", "g"),
        ("%resource.item.where(linkId='g').descendants().where(linkId='a').answer.value", "a g", ""),
        ("%resource.item.where(linkId='g').select(item.answer.value)", "g", "g"),
        ("%resource.item.where(linkId='q').answer.item.answer.value", "q", "q"),
        ("%resource.item.where(linkId='q').answer.where(item.exists()).value", "q", "q"),
        ("%resource.item.where(linkId='q').answer.value", "q", ""),
        ("(%resource.item.where(linkId='g') | %resource.item.where(linkId='h')).item.answer", "g h", "g h"),
        (
            "iif(%x, %resource.item.where(linkId='g'), %resource.item.where(linkId='h')).item.answer",
            "g h",
            "g h",
        ),
        ("%resource.item.where(linkId='g' or linkId='h').item.answer.value", "g h", "g h"),
        ("defineVariable('x', %resource.item.where(linkId='g')).select(%x.item.answer)", "g", "g"),
    ] {
        let found = of(expression);
        assert!(!found.everything, "{expression}");
        let joined =
            |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(joined(&found.link_ids), link_ids, "{expression}");
        assert_eq!(joined(&found.subtrees), subtrees, "{expression}");
    }
}
