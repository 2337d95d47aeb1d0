//! What an expression depends on: never less than what it reads.

use std::collections::BTreeSet;

use fhir::{Value, Version};
use fhirpath::{Context, Expression, LinkIds, References};

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
        ("%questionnaire.repeat(item).where(linkId='a').answerOption.value", ""),
    ] {
        assert_eq!(link_ids(expression).join(" "), expected, "{expression}");
    }
}

#[test]
fn what_the_form_itself_says_of_an_item_depends_on_no_answer() {
    for (expression, named, read) in [
        ("%questionnaire.item.where(linkId='a').answerOption[0].valueCoding", "a", ""),
        ("%questionnaire.repeat(item).where(linkId='a' or linkId='b').text", "a b", ""),
        ("%before.item.where(linkId='a').answer.value", "a", ""),
        (
            "iif(%resource.item.where(linkId='a').answer.exists(), %questionnaire.item.where(linkId='b').text)",
            "b",
            "a",
        ),
        ("(%questionnaire | %resource).item.where(linkId='a').text", "", "a"),
    ] {
        let found = of(expression);
        assert_eq!(found.named.into_iter().collect::<Vec<_>>().join(" "), named, "{expression}");
        assert_eq!(found.link_ids.into_iter().collect::<Vec<_>>().join(" "), read, "{expression}");
        assert!(!found.everything && !found.context, "{expression}");
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

/// The `linkId`s that an expression reads of a form that has these.
fn among(expression: &str, link_ids: &[&str]) -> References {
    let link_ids = LinkIds::new(link_ids.iter().copied());
    Expression::parse(expression).unwrap().references_among(&link_ids)
}

const FORM: [&str; 9] = ["a", "a1", "a2", "A1", "a.1", "b", "b1", "", "ä1"];

/// Criteria about nothing but the `linkId`, with constants.
const CRITERIA: [&str; 24] = [
    "linkId.startsWith('a')",
    "$this.linkId.startsWith('a')",
    "linkId.startsWith('')",
    "linkId.startsWith('x')",
    "linkId.endsWith('1')",
    "linkId.contains('.')",
    "linkId.matches('^a')",
    "linkId.matches('^a1*$')",
    "linkId.matches('1')",
    "linkId.matches('^(a|b)1$')",
    "linkId.matches('(?i)^A')",
    "linkId.matchesFull('a.*')",
    "linkId.matchesFull('a|b')",
    "linkId != 'a'",
    "'a' != linkId",
    "linkId.startsWith('a').not()",
    "(linkId = 'a').not()",
    "(linkId in ('a'|'b1'|'z')).not()",
    "linkId.startsWith('a') and linkId != 'a1'",
    "linkId.startsWith('a') and linkId.endsWith('1').not() and linkId != 'a'",
    "linkId.startsWith('b') or linkId = 'a1'",
    "(linkId.startsWith('b') or linkId = 'a1') and linkId.endsWith('1')",
    "linkId.startsWith('a') xor linkId.endsWith('1')",
    "(linkId.startsWith('a') and linkId.endsWith('1')) or (linkId.startsWith('b') and (linkId = 'b').not())",
];

/// What is found among the form's items is what an evaluation picks, of items and of all else that `descendants()` has.
#[test]
fn criteria_about_the_link_id_name_the_items_that_they_pick() {
    let items: Vec<String> = FORM
        .iter()
        .map(|link_id| format!(r#"{{"linkId":"{link_id}","answer":[{{"valueCoding":{{"code":"a1"}}}}]}}"#))
        .collect();
    let text = format!(r#"{{"resourceType":"QuestionnaireResponse","item":[{}]}}"#, items.join(","));
    let response = Value::parse(text.as_bytes()).unwrap();
    let context = Context::new(Version::R4).resource(&response);
    for criterion in CRITERIA {
        for path in ["item", "repeat(item)", "descendants()"] {
            let found = among(&format!("%resource.{path}.where({criterion}).answer.value"), &FORM);
            assert!(!found.everything && found.subtrees.is_empty(), "{criterion}");
            assert_eq!(found.found, found.link_ids, "{criterion}");
            let expression =
                Expression::parse(&format!("%resource.{path}.where({criterion}).linkId")).unwrap();
            let picked = expression.evaluate(&context, &response).unwrap();
            let picked: BTreeSet<String> = picked
                .as_slice()
                .iter()
                .map(|item| item.to_value().and_then(|value| value.as_str().map(str::to_owned)).unwrap())
                .collect();
            assert_eq!(found.link_ids, picked, "{path} {criterion}");
        }
    }
}

#[test]
fn what_a_criterion_asks_besides_is_asked_of_the_items_that_it_picks() {
    for (criterion, link_ids) in [
        ("linkId.startsWith('a') and answer.value > 3", "a a.1 a1 a2"),
        ("linkId.startsWith('a') and answer.exists() and linkId.endsWith('1')", "a a.1 a1 a2"),
        ("(linkId.startsWith('a') and answer.exists()) or linkId.matches('^b.')", "a a.1 a1 a2 b1"),
        ("linkId ~ 'a1'", "A1 a1"),
    ] {
        let found = among(&format!("%resource.item.where({criterion}).answer.value"), &FORM);
        assert!(!found.everything, "{criterion}");
        assert_eq!(found.link_ids.into_iter().collect::<Vec<_>>().join(" "), link_ids, "{criterion}");
    }
    // An item whose linkId does not fit may be asked first, or has a say all the same.
    for criterion in [
        "answer.value > 3 and linkId.startsWith('a')",
        "linkId.startsWith('a') or answer.exists()",
        "linkId.startsWith('a') implies linkId.endsWith('1')",
        "linkId.startsWith(%x)",
        "linkId.startsWith('a' & 'b')",
        "linkId.matches('a', 'i')",
        "linkId.lower().startsWith('a')",
        "linkId.length() = 1",
        "answer.value.startsWith('a')",
        "(linkId ~ 'a').not()",
        "linkId !~ 'a'",
        "linkId.startsWith('a').exists()",
    ] {
        let found = among(&format!("%resource.item.where({criterion}).answer.value"), &FORM);
        assert!(found.everything, "{criterion}");
    }
}

#[test]
fn a_count_of_places_is_one_of_all_items_before() {
    for expression in [
        "%resource.item.where(linkId = 'a' and $index = 0).answer.value",
        "%resource.item.where(linkId.startsWith('a') and $index = 0).answer.value",
        "%resource.item.select(iif($index = 1, where(linkId = 'a').answer.value))",
    ] {
        assert!(among(expression, &FORM).everything, "{expression}");
    }
    let own = among("%resource.item.where(linkId = 'a').answer.value.select($this * $index)", &FORM);
    assert!(!own.everything);
}

/// A form with as many patterns as items, each of which has to be tried on all of them.
#[test]
fn what_takes_too_many_comparisons_depends_on_everything() {
    let link_ids = LinkIds::new((0..20_000).map(|number| number.to_string()));
    let of = |pattern: &str| {
        let text = format!("%resource.item.where(linkId.endsWith('{pattern}')).answer.value");
        Expression::parse(&text).unwrap().references_among(&link_ids)
    };
    let found: Vec<bool> = (0..300).map(|number| !of(&number.to_string()).everything).collect();
    assert_eq!(found.iter().filter(|found| **found).count(), 250, "five million comparisons");
    assert!(found[0] && !found[299]);
    // What begins alike is looked up.
    let text = "%resource.item.where(linkId.startsWith('1999')).answer.value";
    let link_ids = LinkIds::new((0..20_000).map(|number| number.to_string()));
    let quick = Expression::parse(text).unwrap();
    for _ in 0..10_000 {
        assert_eq!(quick.references_among(&link_ids).link_ids.len(), 11);
    }
}

#[test]
fn what_is_read_through_a_variable_is_read_as_if_it_were_written_there() {
    let link_ids = LinkIds::new(FORM);
    let reads = |references: &References| {
        (references.link_ids.clone(), references.subtrees.clone(), references.everything)
    };
    for held in [
        "%resource.item.where(linkId='a')",
        "%resource.descendants().where(linkId='a' or linkId='b').answer",
        "%resource.item.where(linkId='a').item",
        "%resource.item.where(linkId.startsWith('a')).answer.value",
        "%resource.item",
        "%resource",
        "%resource.item.answer",
        "%questionnaire.item",
    ] {
        let (own, origin) = Expression::parse(held).unwrap().references_knowing(&link_ids, &|_| None);
        for rest in [".item.where(linkId='b1').answer.value", ".answer.value.sum()", ".exists()", ".text", ""]
        {
            let through = Expression::parse(&format!("%v{rest}")).unwrap();
            let known = |name: &str| (name == "v").then(|| origin.clone());
            let (mut through, _) = through.references_knowing(&link_ids, &known);
            // Whoever reads a variable needs what its own expression reads.
            through.link_ids.extend(own.link_ids.iter().cloned());
            through.subtrees.extend(own.subtrees.iter().cloned());
            through.everything |= own.everything;
            let written = Expression::parse(&format!("({held}){rest}")).unwrap();
            let mut written = written.references_among(&link_ids);
            written.subtrees.extend(own.subtrees.iter().cloned());
            written.everything |= own.everything;
            assert_eq!(reads(&through), reads(&written), "{held} {rest}");
            assert_eq!(through.at_end, written.at_end);
        }
    }
    let own =
        |expression: &str| Expression::parse(expression).unwrap().references_knowing(&link_ids, &|_| None).1;
    for itself in ["$this", "%context.first()", "select($this)", "iif(true, $this)"] {
        assert!(own(itself).is_own(), "{itself}");
    }
    for other in ["item", "answer", "%resource", "1"] {
        assert!(!own(other).is_own(), "{other}");
    }
}

#[test]
fn an_own_answer_is_read_by_its_name_and_by_all_that_are_inside() {
    for (expression, answers, inside) in [
        ("%context.answer.value", true, false),
        ("answer.count()", true, false),
        ("$this.answers().value", true, true),
        ("item.answer.value", false, false),
        ("%resource.item.answer.value", false, false),
        ("linkId", false, false),
    ] {
        let found = of(expression);
        assert_eq!((found.own_answers, found.own_inside), (answers, inside), "{expression}");
    }
}
