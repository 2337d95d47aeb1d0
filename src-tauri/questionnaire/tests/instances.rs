//! Repeating groups, and items under each of several answers.

use crate::common;

use common::{ACTOR, AT, Filling, code, context, form, no, option, text, yes};
use proptest::{collection, prelude::*, sample};
use questionnaire::{Action, Control, Event, Position, Questionnaire, Session};

const MEDICINES: &str = r#"{"linkId":"any","text":"Any medicines?","type":"boolean"},
   {"linkId":"m","text":"Medicine","type":"group","repeats":true,
    "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":3}],
    "enableWhen":[{"question":"any","operator":"=","answerBoolean":true}],
    "item":[{"linkId":"lead","text":"Look at the box.","type":"display"},
            {"linkId":"name","text":"Name?","type":"string"},
            {"linkId":"daily","text":"Daily?","type":"boolean"},
            {"linkId":"when","text":"When?","type":"choice","repeats":true,"answerOption":[{"valueString":"am"},{"valueString":"pm"}],
             "enableWhen":[{"question":"daily","operator":"=","answerBoolean":true}],
             "item":[{"linkId":"help","text":"Choose all.","type":"display"},{"linkId":"dose","text":"How many?","type":"integer"}]}]},
   {"linkId":"end","text":"Done?","type":"boolean"}"#;

fn add(key: &str) -> Action {
    Action::AddInstance { key: key.into() }
}

fn remove(key: &str, instance: u32) -> Action {
    Action::RemoveInstance { key: key.into(), instance }
}

fn numbers(filling: &Filling) -> Vec<u32> {
    match filling.screen().control {
        Control::Instances { instances, .. } => instances.iter().map(|instance| instance.number).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_instance_has_its_own_answers_and_stable_keys() {
    let form = form(MEDICINES);
    let mut filling = Filling::new(&form);
    filling.fill("any", yes());
    assert_eq!(filling.screen().key, "name[1]");
    assert_eq!(filling.screen().context, ["Medicine", "Look at the box."]);
    filling.fill("name[1]", text("A"));
    filling.fill("daily[1]", no());
    assert_eq!(filling.place(), "m", "another one, or on");
    assert_eq!(numbers(&filling), [1]);
    assert_eq!(code(filling.act(&remove("m", 7))), "unknown-item");
    filling.act(&add("m")).unwrap();
    assert_eq!(filling.screen().context, ["Medicine (2)", "Look at the box."]);
    filling.fill("name[2]", text("B"));
    filling.fill("daily[2]", yes());
    assert_eq!(filling.screen().help.as_deref(), Some("Choose all."));
    filling.answers("when[2]", &[option("am"), option("pm")]).unwrap();
    filling.next().unwrap();
    filling.fill("dose[3]", common::number("1"));
    filling.fill("dose[4]", common::number("2"));
    assert_eq!(numbers(&filling), [1, 2]);
    filling.next().unwrap();
    filling.fill("end", yes());
    assert_eq!(filling.place(), "review");
    let items = filling.items();
    assert!(
        items.contains(
            r#"{"linkId":"when","text":"When?","answer":[{"valueString":"am","item":[{"linkId":"dose","text":"How many?","answer":[{"valueInteger":1}]}]},{"valueString":"pm","item":[{"linkId":"dose","text":"How many?","answer":[{"valueInteger":2}]}]}]}"#
        ),
        "{items}"
    );
    assert_eq!(items.matches(r#""linkId":"m""#).count(), 2, "each instance is an item of its own");
    let replayed = Session::replay(&form, filling.events.clone()).unwrap();
    assert!(replayed == filling.session);
    assert_eq!(replayed.response(&context()).unwrap(), filling.response());
}

#[test]
fn an_instance_that_is_taken_away_takes_its_answers_and_its_number_with_it() {
    let mut filling = Filling::new(&form(MEDICINES));
    filling.fill("any", yes());
    filling.fill("name[1]", text("A"));
    filling.fill("daily[1]", no());
    filling.act(&add("m")).unwrap();
    filling.fill("name[2]", text("B"));
    filling.fill("daily[2]", no());
    filling.act(&remove("m", 1)).unwrap();
    assert_eq!(filling.place(), "m");
    assert_eq!(code(filling.goto("name[1]")), "unknown-item");
    filling.act(&add("m")).unwrap();
    assert_eq!(filling.place(), "name[3]", "numbers are not given twice");
    filling.goto("name[2]").unwrap();
    assert_eq!(filling.screen().answers, [text("B")]);
    assert!(!filling.session.missing().contains(&"name[2]".to_owned()));
}

#[test]
fn instances_are_as_many_as_the_form_allows() {
    let mut filling = Filling::new(&form(MEDICINES));
    filling.fill("any", yes());
    for instance in 1..=3 {
        filling.fill(&format!("name[{instance}]"), text("A"));
        filling.fill(&format!("daily[{instance}]"), no());
        let added = filling.act(&add("m"));
        assert_eq!(code(added), if instance < 3 { "accepted" } else { "too-many-instances" });
    }
    assert_eq!(code(filling.act(&add("any"))), "not-shown");
    let required = form(
        r#"{"linkId":"g","text":"G","type":"group","repeats":true,"required":true,"item":[{"linkId":"a","text":"A","type":"string","required":true}]}"#,
    );
    let mut filling = Filling::new(&required);
    filling.fill("a[1]", text("x"));
    assert_eq!(code(filling.act(&remove("g", 1))), "too-few-instances");
}

#[test]
fn an_answer_that_stays_keeps_what_stands_under_it() {
    let form = form(
        r#"{"linkId":"s","text":"S","type":"choice","repeats":true,"answerOption":[{"valueString":"a"},{"valueString":"b"},{"valueString":"c"}],
            "item":[{"linkId":"since","text":"Since?","type":"string"}]},{"linkId":"z","text":"Z","type":"boolean"}"#,
    );
    let mut filling = Filling::new(&form);
    filling.answers("s", &[option("a"), option("b")]).unwrap();
    filling.next().unwrap();
    filling.fill("since[1]", text("May"));
    filling.fill("since[2]", text("June"));
    filling.goto("s").unwrap();
    filling.answers("s", &[option("b"), option("c")]).unwrap();
    assert_eq!(filling.session.missing(), ["since[3]", "z"]);
    filling.next().unwrap();
    assert_eq!(filling.screen().answers, [text("June")], "under b");
    filling.next().unwrap();
    assert_eq!(filling.screen().answers, [], "under c");
}

#[test]
fn a_condition_means_the_question_of_its_own_instance() {
    let mut filling = Filling::new(&form(MEDICINES));
    filling.fill("any", yes());
    filling.fill("name[1]", text("A"));
    filling.fill("daily[1]", yes());
    assert_eq!(filling.place(), "when[1]");
    filling.answers("when[1]", &[option("am")]).unwrap();
    filling.next().unwrap();
    filling.skip("dose[2]").unwrap();
    filling.next().unwrap();
    filling.act(&add("m")).unwrap();
    filling.fill("name[3]", text("B"));
    filling.fill("daily[3]", no());
    assert_eq!(filling.place(), "m");
}

#[test]
fn a_link_id_that_looks_like_a_key_is_none() {
    let form = form(
        r#"{"linkId":"a[1]","text":"Odd","type":"string"},
           {"linkId":"g","text":"G","type":"group","repeats":true,"item":[{"linkId":"a","text":"A","type":"string"}]}"#,
    );
    let mut filling = Filling::new(&form);
    filling.fill("a[1]", text("root"));
    filling.fill("a[[1]]", text("instance"));
    assert_eq!(code(filling.goto("a[[01]]")), "unknown-item");
    assert_eq!(code(filling.goto("a[[18446744073709551616]]")), "unknown-item");
}

#[test]
fn a_group_that_must_be_given_a_billion_times_is_bounded() {
    let nested = (0..6).fold(r#"{"linkId":"a","text":"A","type":"string"}"#.to_owned(), |inside, level| {
        format!(
            r#"{{"linkId":"g{level}","text":"G","type":"group","repeats":true,"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs","valueInteger":1000000}}],"item":[{inside}]}}"#
        )
    });
    let report = common::refusal(&nested);
    assert!(report.problems.iter().any(|problem| problem.reason.code() == "repeats"), "{report}");
}

/// Anything that can be done, by number.
fn step(filling: &mut Filling, pick: u32, index: sample::Index) {
    let Position::Screen { screen } = filling.session.screen() else {
        let rows = filling.review().rows;
        filling.goto(&rows[index.index(rows.len())].key).unwrap();
        return;
    };
    let key = screen.key.clone();
    let _ = match &screen.control {
        Control::Instances { instances, .. } if pick.is_multiple_of(3) => instances
            .get(pick as usize % instances.len().max(1))
            .map(|instance| filling.act(&remove(&key, instance.number))),
        Control::Instances { .. } if pick % 3 == 1 => Some(filling.act(&add(&key))),
        Control::Choice { options, .. } => {
            let chosen: Vec<_> = options
                .iter()
                .enumerate()
                .filter(|(at, _)| pick >> at & 1 == 1)
                .map(|(_, o)| option(&o.key))
                .collect();
            Some(filling.answers(&key, &chosen))
        }
        Control::Boolean { .. } => {
            Some(filling.answer(&key, if pick.is_multiple_of(2) { yes() } else { no() }))
        }
        Control::String { .. } => Some(filling.answer(&key, text("t"))),
        _ => None,
    };
    if filling.next().is_err() {
        let _ = filling.skip(&key);
        let _ = filling.next();
    }
}

fn replays(form: &Questionnaire, filling: &Filling) -> bool {
    let stored = serde_json::to_string(&filling.events).unwrap();
    let events: Vec<Event> = serde_json::from_str(&stored).unwrap();
    Session::replay(form, events).unwrap() == filling.session
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_is_added_and_taken_away_replays(steps in collection::vec((any::<u32>(), any::<sample::Index>()), 1..60)) {
        let form = form(MEDICINES);
        let mut filling = Filling::new(&form);
        for (pick, index) in &steps {
            step(&mut filling, *pick, *index);
            if let Position::Screen { screen } = filling.session.screen() {
                prop_assert!(screen.position >= 1 && screen.position <= screen.total, "{} of {}", screen.position, screen.total);
            }
            let before = filling.session.clone();
            prop_assert!(filling.session.goto("nobody", AT, ACTOR).is_err());
            prop_assert!(before == filling.session);
        }
        prop_assert!(replays(&form, &filling));
    }
}
