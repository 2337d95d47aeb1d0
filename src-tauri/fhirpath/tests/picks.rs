//! What expressions pick by `linkId` is the same from items that are kept as from the whole resource.

use std::rc::Rc;

use fhir::{Value, Version};
use fhirpath::{Context, Expression, Picks};

const EXPRESSIONS: [&str; 44] = [
    "%resource.item.where(linkId='a').answer.value",
    "%resource.item.where('a' = $this.linkId).answer.value",
    "%resource.item.where(linkId='A')",
    "%resource.item.where(linkId~'A')",
    "%resource.item.where(linkId!='a')",
    "%resource.item.where(linkId in ('c'|'a'|'x')).answer.value",
    "%resource.item.where(('c'|'a') contains linkId).answer.value",
    "%resource.item.where(linkId='c' or linkId='a' or linkId='c').answer.value",
    "%resource.item.where(linkId='c' or answer.exists()).linkId",
    "%resource.item.where(linkId=('a'|'c')).linkId",
    "%resource.item.where(linkId='g').item.where(linkId='a').answer.value",
    "%resource.item.where(linkId='g').item.where(linkId in ('h'|'a')).item.answer.value",
    "%resource.item.where(linkId='g')[1].item.where(linkId='a').answer.value",
    "%resource.item.where(linkId='g').first().item.where(linkId='a').answer.value",
    "%resource.item.item.where(linkId='a').answer.value",
    "%resource.item.answer.item.where(linkId='n').answer.value",
    "%resource.descendants().where(linkId='a').answer.value",
    "%resource.descendants().where(linkId='n' or linkId='a')",
    "%resource.repeat(item).where(linkId='a').answer.value",
    "%resource.repeat(item | answer.item).where(linkId in ('n'|'a')).answer.value",
    "%resource.repeatAll(item | answer.item).where(linkId='n').count()",
    "%resource.repeat(answer.item | item).where(linkId in ('n'|'a')).answer.value",
    "%resource.children().where(linkId='a').count()",
    "%resource.item.where(linkId='a' and answer.exists()).answer.value",
    "%resource.item.where(linkId='a' and $index = 0).answer.value",
    "%resource.item.where(linkId='c' and answer.value.single() > 2).answer.value",
    "%resource.item.where(linkId='c' and answer.value > 'x').answer.value",
    "%resource.where(linkId='a')",
    "%resource.item.where(linkId='a' and answer.value = 1 or linkId='c').linkId",
    "%resource.item.select(%resource.item.where(linkId=%context.item[0].linkId).count())",
    "%resource.item.where(linkId.startsWith('a'))",
    "%resource.descendants().where(linkId.startsWith(''))",
    "%resource.item.where($this.linkId.matches('^[ac]$')).answer.value",
    "%resource.descendants().where(linkId.startsWith('a').not()).answer.value",
    "%resource.descendants().where((linkId in ('a'|'g')).not())",
    "%resource.descendants().where(linkId != 'a')",
    "%resource.repeat(item).where(linkId.endsWith('a') or linkId = 'h' or linkId.contains('c'))",
    "%resource.repeat(item).where(linkId.startsWith('a') xor linkId.endsWith('a'))",
    "%resource.item.where(linkId.startsWith('g')).item.where(linkId.startsWith('a')).answer.value",
    "%resource.item.where(linkId = 'g').item.where(linkId.startsWith('a')).answer.value",
    "%resource.item.where(linkId.startsWith('c') and answer.value > 'x').answer.value",
    "%resource.item.where(linkId.startsWith('c') and linkId != 'x' and $index = 0).answer.value",
    "%resource.item.where(answer.value > 'x' and linkId.startsWith('a')).answer.value",
    "%resource.descendants().where(linkId.startsWith('a') and answer.value = 1)[0]",
];

const ITEMS: [&str; 8] = [
    // As they should be.
    r#"{"linkId":"a","answer":[{"valueInteger":1}]},{"linkId":"c","answer":[{"valueInteger":3}]}"#,
    r#"{"linkId":"g","item":[{"linkId":"a","answer":[{"valueInteger":4}]},{"linkId":"h","item":[{"linkId":"a","answer":[{"valueInteger":5}]}]}]},{"linkId":"g","item":[{"linkId":"a","answer":[{"valueInteger":6}]}]}"#,
    r#"{"linkId":"q","answer":[{"valueInteger":7,"item":[{"linkId":"n","answer":[{"valueInteger":8}]},{"linkId":"a"}]}],"item":[{"linkId":"n"}]}"#,
    // As they should not be.
    r#"{"linkId":"c","answer":[{"valueInteger":3},{"valueInteger":4}]},{"linkId":"a"},{"linkId":"a","answer":[{"valueInteger":1}]}"#,
    r#"{"text":"none"},{"linkId":"a","answer":[{"valueInteger":1}]}"#,
    r#"{"linkId":5},{"linkId":"a","answer":[{"valueInteger":1}]}"#,
    r#"{"linkId":["a","c"]},{"linkId":"a","answer":[{"valueInteger":1}]}"#,
    r#"{"_linkId":{"id":"x"}},{"linkId":"a","_linkId":{"id":"y"},"answer":[{"valueInteger":1}]}"#,
];

fn response(items: &str) -> Value {
    let contained = r#"{"resourceType":"Questionnaire","item":[{"linkId":"a"},{"linkId":"n"}]}"#;
    let text = format!(
        r#"{{"resourceType":"QuestionnaireResponse","status":"completed","contained":[{contained}],"item":[{items}]}}"#
    );
    Value::parse(text.as_bytes()).unwrap()
}

/// Results as JSON with the place of each element in memory, or the error.
fn result<'a>(expression: &str, response: &'a Value, context: &Context<'a>) -> String {
    match Expression::parse(expression).unwrap().evaluate(context, response) {
        Ok(found) => found
            .iter()
            .map(|item| {
                let place = item.as_node().and_then(fhirpath::Node::value).map(std::ptr::from_ref);
                format!("{place:?} {:?}", item.to_value().map(|value| value.to_json()))
            })
            .collect::<Vec<_>>()
            .join(" "),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn results_are_the_same_with_picks_and_without() {
    for items in ITEMS {
        let response = response(items);
        let picks = Rc::new(Picks::new(Version::R4, &response));
        let without = Context::new(Version::R4).resource(&response);
        let with = Context::new(Version::R4).resource(&response).picks(picks);
        for turn in ["first", "second"] {
            for expression in EXPRESSIONS {
                let expected = result(expression, &response, &without);
                assert_eq!(result(expression, &response, &with), expected, "{expression} {items} {turn}");
            }
        }
    }
}

#[test]
fn what_is_kept_is_looked_up_and_not_walked_through() {
    let items: Vec<String> = (0..1_000).map(|item| format!(r#"{{"linkId":"{item}"}}"#)).collect();
    let response = response(&items.join(","));
    let picks = Rc::new(Picks::new(Version::R4, &response));
    let context = |steps| Context::new(Version::R4).resource(&response).steps(steps);
    let one = "%resource.item.where(linkId='7').linkId";
    let few = context(100).picks(Rc::clone(&picks));
    assert!(result(one, &response, &few).starts_with("error"), "nothing is kept yet");
    assert_eq!(
        result(one, &response, &context(10_000).picks(picks)),
        result(one, &response, &context(10_000))
    );
    for item in [0, 7, 999] {
        let other = format!("%resource.item.where(linkId in ('{item}')).linkId");
        assert!(result(&other, &response, &few).contains(&format!("{item}")), "{item}");
    }
}

#[test]
fn items_of_another_resource_are_not_taken() {
    let (one, other) = (response(ITEMS[0]), response(ITEMS[1]));
    let picks = Rc::new(Picks::new(Version::R4, &one));
    let mixed = Context::new(Version::R4).resource(&other).picks(Rc::clone(&picks));
    let hidden = [fhirpath::Item::from("text")].into_iter().collect();
    let shadowed = Context::new(Version::R4).resource(&one).picks(picks).variable("resource", hidden);
    for turn in ["first", "second"] {
        for expression in EXPRESSIONS {
            let expected = result(expression, &other, &Context::new(Version::R4).resource(&other));
            assert_eq!(result(expression, &other, &mixed), expected, "{expression} {turn}");
        }
        assert_eq!(result("%resource.item.where(linkId='a')", &one, &shadowed), "", "{turn}");
    }
}
