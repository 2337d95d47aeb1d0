//! An expression has the same value over what it reads as over the whole response.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::{Session, index::SCREEN};
use crate::{Action, Answer, form::Kind};

const EXPRESSIONS: [&str; 18] = [
    "%resource.item.where(linkId='g').item.answer.value.sum()",
    "%resource.item.where(linkId='g').count()",
    "%resource.item.where(linkId='g').item.count()",
    "%resource.item.where(linkId='r').count()",
    "%resource.item.where(linkId='r').item.answer.value.sum()",
    "%resource.item.where(linkId='r').first().item.where(linkId='r1').answer.value.sum()",
    "%resource.item.where(linkId='r')[1].item.where(linkId='r0').answer.value.sum()",
    "%resource.item.where(linkId='r').select(item.answer.count()).sum()",
    "%resource.item.where(linkId='q').answer.item.answer.value.sum()",
    "%resource.item.where(linkId='q').answer.where(item.exists()).value.sum()",
    "(%resource.item.where(linkId='g') | %resource.item.where(linkId='r')).item.answer.count()",
    "%resource.item.where(linkId='g').descendants().where(linkId='h').item.count()",
    "%resource.item.where(linkId='g').item.where(linkId='h').linkId.count()",
    "%resource.item.where(linkId='g').repeat(item).answer.value.sum()",
    "%resource.item.where(linkId='g').select(1).count() + %resource.item.where(linkId='g').item.where(linkId='g0').answer.value.sum()",
    "%resource.item.where(linkId='r').repeat(1).count() + %resource.item.where(linkId='r').item.where(linkId='r0').answer.value.sum()",
    "%resource.item.where(linkId='g').answer.count()",
    "%resource.item.where(linkId='g').iif(true, 1, 2) + %resource.item.where(linkId='g').item.where(linkId='g0').answer.value.sum()",
];

fn document() -> String {
    let number =
        |link_id: &str, more: &str| format!(r#"{{"linkId":"{link_id}","text":"Q","type":"integer"{more}}}"#);
    let group = |link_id: &str, more: &str, items: &[String]| {
        let items = items.join(",");
        format!(r#"{{"linkId":"{link_id}","text":"G","type":"group"{more},"item":[{items}]}}"#)
    };
    let mut items = vec![
        number("a", ""),
        group("g", "", &[number("g0", ""), group("h", "", &[number("h0", ""), number("h1", "")])]),
        group("r", r#","repeats":true"#, &[number("r0", ""), number("r1", "")]),
        number("q", &format!(r#","item":[{}]"#, number("n", ""))),
    ];
    for (place, expression) in EXPRESSIONS.iter().enumerate() {
        let url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";
        let calculated = format!(
            r#","extension":[{{"url":"{url}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}]"#
        );
        items.push(number(&format!("c{place}"), &calculated));
    }
    let items = items.join(",");
    format!(
        r#"{{"resourceType":"Questionnaire","url":"urn:x","version":"1","title":"T","status":"active","language":"en","item":[{items}]}}"#
    )
}

/// How many expressions have another value over the whole response.
fn differing(session: &Session) -> Vec<String> {
    let form = session.form.form.clone();
    let mut differing = Vec::new();
    for (&item, rules) in &form.rules.items {
        let rule = rules.calculated.as_ref().unwrap();
        assert!(!rule.reads.everything, "{}", rule.expression.text());
        for node in session.tree.of_item(&form, item) {
            let value = |found: &fhirpath::Collection<'_>| {
                found
                    .iter()
                    .filter_map(fhirpath::Item::to_value)
                    .map(|value| value.to_json())
                    .collect::<Vec<_>>()
            };
            let narrow = session.evaluated(rule, Some(node), value).ok();
            let whole = session.evaluated_on(rule, (Some(node), None), None, value).ok();
            if narrow != whole {
                differing.push(format!("{}: {narrow:?} {whole:?}", rule.expression.text()));
            }
        }
    }
    differing
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_value_over_what_is_read_is_the_value_over_the_whole_response(
        steps in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, 0_u8..30), 1..30),
    ) {
        let form = crate::import_bytes(document().as_bytes()).unwrap();
        let at = "2026-11-21T09:41:07Z";
        let (mut session, _) = Session::start(&form, "en", at, "x").unwrap();
        for (pick, kind, number) in steps {
            let screens: Vec<usize> = session.index.all(SCREEN).collect();
            let screen = screens[pick.index(screens.len())];
            let key = session.tree.key(&form.form, screen);
            session.goto(&key, at, "x").unwrap();
            if let Kind::Question(_) = session.item(screen).kind {
                let answers = match kind {
                    0 => Vec::new(),
                    _ => vec![Answer::Number { text: number.to_string() }],
                };
                let _ = session.answer(&key, answers, at, "x");
            } else {
                let action = match (kind, session.tree.nodes[screen].inner.first()) {
                    (0, Some(&instance)) => {
                        Action::RemoveInstance { key, instance: u32::try_from(instance).unwrap() }
                    }
                    _ => Action::AddInstance { key },
                };
                let _ = session.act(&action, at, "x");
            }
            prop_assert_eq!(differing(&session), Vec::<String>::new());
            let mut whole = session.clone();
            whole.evaluate_all();
            prop_assert!(whole == session, "evaluating everything anew changes nothing");
        }
    }
}
