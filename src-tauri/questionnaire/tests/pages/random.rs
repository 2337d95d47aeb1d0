//! Pages that are filled in at random, and by whatever a page may send.

use super::common::{self, ACTOR, AT, Filling, context, form, no, option, text, yes};
use proptest::{collection, prelude::*, sample};
use questionnaire::{Action, Event, Page, Position, Session, respondent, validate};

use super::{everything, everything_items, scored_items};

#[test]
fn respondents_fill_pages_in_and_what_they_give_is_valid() {
    for items in [everything_items(), scored_items()] {
        let raw = fhir::Value::parse(common::document(&items).as_bytes()).unwrap();
        let form = form(&items);
        for seed in 0..60 {
            let (session, events) = respondent::fill(&form, "en", seed, AT, ACTOR).unwrap();
            let replayed = Session::replay(&form, events).unwrap();
            assert!(replayed == session, "seed {seed}");
            let response = session.response(&context()).unwrap();
            assert_eq!(replayed.response(&context()).unwrap().to_json(), response.to_json());
            let found = validate(&raw, &response, validate::Options::default());
            assert!(found.is_valid(), "{seed}: {:?}", found.errors().collect::<Vec<_>>());
        }
    }
}

/// What a patient, or a mistaken page, may do.
fn actions() -> impl Strategy<Value = Vec<(sample::Index, u8)>> {
    collection::vec((any::<sample::Index>(), 0u8..12), 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_sequence_on_a_page_replays_and_counts_right(actions in actions()) {
        let form = everything();
        let mut filling = Filling::new(&form);
        for (pick, what) in actions {
            let names = ["any", "which", "why", "note", "sleep", "tired", "end", "name[1]", "daily[2]", "dose[1]", "p"];
            let key = names[pick.index(names.len())];
            let before = filling.session.clone();
            let done = match what {
                0 => filling.answer(key, yes()),
                1 => filling.answer(key, no()),
                2 => filling.answer(key, text("x")),
                3 => filling.answer(key, option("often")),
                4 => filling.clear(key),
                5 => filling.skip(key),
                6 => filling.back(),
                7 => filling.goto(key),
                8 => filling.act(&Action::AddInstance { key: "drugs".into() }),
                9 => filling.act(&Action::RemoveInstance { key: "drugs".into(), instance: 1 }),
                _ => filling.next(),
            };
            if done.is_err() {
                prop_assert!(filling.session == before, "a refused action changes nothing");
            }
            if let Position::Screen { screen } = filling.session.screen() {
                prop_assert!(screen.position >= 1 && screen.position <= screen.total);
                let missing = filling.session.missing();
                for question in screen.page.iter().flat_map(Page::questions) {
                    prop_assert_eq!(question.missing, missing.contains(&question.key));
                }
            }
        }
        let stored = serde_json::to_string(&filling.events).unwrap();
        let events: Vec<Event> = serde_json::from_str(&stored).unwrap();
        let replayed = Session::replay(&form, events).unwrap();
        prop_assert!(replayed == filling.session);
        prop_assert_eq!(replayed.screen(), filling.session.screen());
    }
}
