//! Whatever is done to a form, it ends in a report that names places, or in a form that can be filled in.

use crate::common;
use crate::common::places;

use common::{ACTOR, AT, Filling, context};
use fhir::{Number, Object, Value};
use places::{nth, size};
use proptest::prelude::*;
use questionnaire::{Position, Session, import, instruments, respondent};

fn replacement() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?(e9{1,3})?".prop_map(|text| Number::new(text).unwrap().into()),
        "\\PC{0,8}".prop_map(Value::from),
        prop_oneof![
            Just("boolean"),
            Just("choice"),
            Just("group"),
            Just("display"),
            Just("decimal"),
            Just("quantity"),
            Just("pain"),
            Just("!="),
            Just("exists"),
            Just("any"),
            Just("2026-02-30"),
            Just("slider"),
        ]
        .prop_map(Value::from),
        Just(Value::Array(Vec::new())),
        Just(Value::Object(Object::new())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_changed_form_is_refused_by_name_or_can_be_filled_in(
        document in 0usize..4,
        seed in any::<u64>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(replacement())), 1..4),
    ) {
        let document = [instruments::PAIN_DIARY, instruments::PHQ9, include_str!("fixtures/everything.json"), include_str!("fixtures/computing.json")][document];
        let mut form = Value::parse(document.as_bytes()).unwrap();
        for (at, change) in changes {
            let mut place = at.index(size(&form));
            let Some(value) = nth(&mut form, &mut place) else { continue };
            match (change, value) {
                (Some(change), value) => *value = change,
                // Without a replacement, the first member or element goes.
                (None, Value::Object(object)) => {
                    let first = object.iter().next().map(|(name, _)| name.to_owned());
                    first.map(|name| object.remove(&name));
                }
                (None, Value::Array(elements)) if !elements.is_empty() => drop(elements.remove(0)),
                (None, _) => {}
            }
        }
        match import(&form) {
            Err(report) => {
                prop_assert!(!report.problems.is_empty());
                for problem in &report.problems {
                    prop_assert!(problem.path.starts_with("Questionnaire"), "{}", problem);
                    prop_assert!(!problem.message.is_empty());
                }
            }
            Ok(form) => {
                prop_assert!(form.question_count() > 0);
                for language in form.languages() {
                    let filling = Filling::in_language(&form, &language);
                    let shown = matches!(filling.session.screen(), Position::Screen { screen } if !screen.text.is_empty());
                    prop_assert!(shown || filling.session.missing().is_empty());
                    if let Ok((session, events)) = respondent::fill(&form, &language, seed, AT, ACTOR) {
                        prop_assert!(Session::replay(&form, events).unwrap() == session);
                        prop_assert!(session.response(&context()).is_ok());
                    }
                }
            }
        }
    }
}
