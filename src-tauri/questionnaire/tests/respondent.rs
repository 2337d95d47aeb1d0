//! A respondent who answers at random completes every form of ours, and the response is one that the form allows.

use crate::common;

use common::{ACTOR, AT, context};
use questionnaire::{Event, Session, import, import_bytes, instruments, respondent, validate};

fn documents() -> Vec<String> {
    let types = common::document(include_str!("fixtures/types.items.json"));
    [
        instruments::PHQ9,
        instruments::GAD7,
        instruments::PAIN_DIARY,
        include_str!("fixtures/everything.json"),
        &types,
    ]
    .into_iter()
    .map(str::to_owned)
    .collect()
}

#[test]
fn what_is_filled_in_at_random_is_valid_and_replays_byte_for_byte() {
    for document in documents() {
        let raw = fhir::Value::parse(document.as_bytes()).unwrap();
        let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
        for language in form.languages() {
            for seed in 0..12 {
                let (session, events) = respondent::fill(&form, &language, seed, AT, ACTOR)
                    .unwrap_or_else(|stuck| panic!("{form:?} {seed}: {stuck}"));
                let response = session.response(&context()).unwrap();
                let stored = serde_json::to_string(&events).unwrap();
                let events: Vec<Event> = serde_json::from_str(&stored).unwrap();
                let replayed = Session::replay(&form, events).unwrap();
                assert_eq!(replayed.response(&context()).unwrap().to_json(), response.to_json());
                let found = validate(&raw, &response, validate::Options::default());
                assert!(
                    found.is_valid(),
                    "{form:?} {language} {seed}: {:?}",
                    found.errors().collect::<Vec<_>>()
                );
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_answers_and_another_gives_others() {
    let form = import_bytes(instruments::PAIN_DIARY.as_bytes()).unwrap();
    let fill = |seed| respondent::fill(&form, "en", seed, AT, ACTOR).unwrap().0.answers_sha256();
    assert_eq!(fill(7), fill(7));
    assert!((0..8).map(fill).collect::<std::collections::HashSet<_>>().len() > 4);
}

#[test]
fn a_form_that_nobody_can_complete_says_where() {
    let form = common::form(
        r#"{"linkId":"a","text":"A","type":"string","required":true,
            "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/targetConstraint","extension":[
                {"url":"key","valueId":"k"},{"url":"severity","valueCode":"error"},{"url":"human","valueString":"Too odd"},
                {"url":"expression","valueExpression":{"language":"text/fhirpath",
                    "expression":"answer.value.length() > 3 and answer.value.length() < 2"}}]}]}"#,
    );
    let stuck = respondent::fill(&form, "en", 1, AT, ACTOR).unwrap_err();
    assert!(stuck.to_string().contains("past a"), "{stuck}");
}

#[test]
fn where_answers_leave_no_way_on_they_are_given_otherwise() {
    let occurs = |which: &str, link_id: &str| {
        format!(
            r#"{{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-{which}","valueInteger":1,
                "_valueInteger":{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/cqf-expression",
                "valueExpression":{{"language":"text/fhirpath",
                "expression":"%resource.item.where(linkId='{link_id}').answer.value"}}}}]}}}}"#
        )
    };
    let limits = r#"{"url":"http://hl7.org/fhir/StructureDefinition/minValue","valueInteger":1},
        {"url":"http://hl7.org/fhir/StructureDefinition/maxValue","valueInteger":40}"#;
    let form = common::form(&format!(
        r#"{{"linkId":"least","text":"Least","type":"integer","required":true,"extension":[{limits}]}},
           {{"linkId":"most","text":"Most","type":"integer","required":true,"extension":[{limits}]}},
           {{"linkId":"words","text":"Words","type":"string","repeats":true,"required":true,"extension":[{},{}]}}"#,
        occurs("minOccurs", "least"),
        occurs("maxOccurs", "most"),
    ));
    for seed in 0..20 {
        let (session, _) = respondent::fill(&form, "en", seed, AT, ACTOR).unwrap();
        assert!(session.missing().is_empty(), "{seed}");
    }
}
