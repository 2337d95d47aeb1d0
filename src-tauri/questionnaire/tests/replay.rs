//! The log is the draft: replaying it gives the same session, and a changed log is refused.

use crate::common;

use common::{ACTOR, AT, Filling, context, date, no, number, option, text, yes};
use proptest::{collection, prelude::*, sample};
use questionnaire::{
    Answer, Control, Event, EventKind, Place, Position, Questionnaire, Session, Step, import_bytes,
    instruments,
};

fn forms() -> Vec<Questionnaire> {
    [instruments::PHQ9, instruments::GAD7, instruments::PAIN_DIARY, include_str!("fixtures/everything.json")]
        .into_iter()
        .map(|document| import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}")))
        .collect()
}

/// What a patient, or a mistaken page, may do.
#[derive(Debug, Clone)]
enum Action {
    Fitting(u32),
    Arbitrary(Answer),
    Clear,
    Skip,
    Next,
    Back,
    Goto(sample::Index),
    Review,
    Confirm,
    Begin,
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let arbitrary = prop_oneof![
        any::<bool>().prop_map(|value| Answer::Boolean { value }),
        "[0-9.,-]{0,6}".prop_map(|text| number(&text)),
        "\\PC{0,12}".prop_map(|written| text(&written)),
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]".prop_map(|text| date(&text)),
        "[a-z|]{1,5}".prop_map(|key| option(&key)),
    ];
    let action = prop_oneof![
        6 => any::<u32>().prop_map(Action::Fitting),
        2 => arbitrary.prop_map(Action::Arbitrary),
        1 => Just(Action::Clear),
        2 => Just(Action::Skip),
        6 => Just(Action::Next),
        2 => Just(Action::Back),
        1 => any::<sample::Index>().prop_map(Action::Goto),
        1 => Just(Action::Review),
        1 => Just(Action::Confirm),
        1 => Just(Action::Begin),
    ];
    collection::vec(action, 0..60)
}

/// An answer that the control on the screen offers.
fn fitting(control: &Control, pick: u32) -> Option<Answer> {
    Some(match control {
        Control::Boolean { .. } => Answer::Boolean { value: pick.is_multiple_of(2) },
        Control::Choice { options, .. } => option(&options[pick as usize % options.len()].key),
        Control::Integer { .. } => number(&(pick % 5).to_string()),
        Control::Decimal { .. } => number(&format!("{}.{}", pick % 24, pick % 10)),
        Control::Date { .. } => date(&format!("2026-{:02}-{:02}", pick % 12 + 1, pick % 28 + 1)),
        Control::String { .. } | Control::Text { .. } => text(&format!("t{}", pick % 1000)),
        Control::VisualAnalogueScale { max, step, .. } => {
            let (max, step): (u32, u32) = (max.parse().unwrap(), step.parse().unwrap());
            number(&(pick % (max / step + 1) * step).to_string())
        }
        _ => return None,
    })
}

/// Does it, and says whether it was accepted.
fn perform(filling: &mut Filling, keys: &[String], action: &Action) -> bool {
    let screen = match filling.session.screen() {
        Position::Screen { screen } => Some(screen),
        Position::Review { .. } | Position::Ahead { .. } => None,
    };
    let key = screen.as_ref().map_or("nobody", |screen| screen.key.as_str());
    let done = match action {
        Action::Fitting(pick) => match screen.as_ref().and_then(|screen| fitting(&screen.control, *pick)) {
            Some(answer) => filling.answer(key, answer),
            None => return false,
        },
        Action::Arbitrary(answer) => filling.answer(key, answer.clone()),
        Action::Clear => filling.clear(key),
        Action::Skip => filling.skip(key),
        Action::Next => filling.next(),
        Action::Back => filling.back(),
        Action::Goto(index) => filling.goto(&keys[index.index(keys.len())]),
        Action::Review => filling.goto_review(),
        Action::Confirm => filling.confirm(),
        Action::Begin => {
            let event = filling.session.begin(AT, ACTOR).unwrap();
            filling.events.push(event);
            Ok(())
        }
    };
    done.is_ok()
}

/// Answers or skips everything that is still missing.
fn complete(filling: &mut Filling) {
    for _ in 0..100 {
        match filling.session.missing().first().cloned() {
            Some(key) => {
                filling.goto(&key).unwrap();
                let answer = fitting(&filling.screen().control, 0).unwrap();
                filling.answer(&key, answer).unwrap();
            }
            None => return,
        }
    }
    panic!("never complete");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_sequence_replays_to_the_same_session_and_the_same_response(form in 0usize..4, actions in actions()) {
        let form = &forms()[form];
        let keys: Vec<String> = ["pain", "sleep", "44250-9", "69722-7", "choice", "end", "g", "nobody"].map(String::from).to_vec();
        let mut filling = Filling::new(form);
        for action in &actions {
            let before = filling.session.clone();
            if !perform(&mut filling, &keys, action) {
                prop_assert!(filling.session == before, "a refused action changes nothing");
            }
            if let Position::Screen { screen } = filling.session.screen() {
                prop_assert!(screen.position >= 1 && screen.position <= screen.total);
            }
        }
        let stored = serde_json::to_string(&filling.events).unwrap();
        let events: Vec<Event> = serde_json::from_str(&stored).unwrap();
        let replayed = Session::replay(form, events).unwrap();
        prop_assert!(replayed == filling.session);
        prop_assert_eq!(replayed.screen(), filling.session.screen());
        prop_assert_eq!(replayed.revision() as usize, filling.events.len());

        complete(&mut filling);
        let replayed = Session::replay(form, filling.events.clone()).unwrap();
        prop_assert_eq!(replayed.answers_sha256(), filling.session.answers_sha256());
        prop_assert_eq!(replayed.response(&context()).unwrap(), filling.response());
    }
}

/// A short log of the diary, without pain.
fn log() -> (Questionnaire, Vec<Event>) {
    let form = import_bytes(instruments::PAIN_DIARY.as_bytes()).unwrap();
    let mut filling = Filling::new(&form);
    filling.fill("date", date("2026-11-21"));
    filling.fill("pain", no());
    filling.answer("sleep", number("7.5")).unwrap();
    (form, filling.events)
}

fn refused(change: impl FnOnce(&mut Vec<Event>)) -> &'static str {
    let (form, mut events) = log();
    change(&mut events);
    Session::replay(&form, events).map_or_else(|error| error.code(), |_| "accepted")
}

#[test]
fn a_log_that_was_damaged_or_changed_is_refused() {
    assert_eq!(refused(|_| {}), "accepted");
    assert_eq!(refused(Vec::clear), "log-empty");
    assert_eq!(refused(|events| drop(events.remove(0))), "log-incomplete");
    assert_eq!(refused(|events| drop(events.remove(2))), "log-incomplete");
    assert_eq!(refused(|events| events.swap(1, 2)), "log-incomplete");
    assert_eq!(refused(|events| events[3].format = 3), "log-format");
    assert_eq!(refused(|events| events[3].questionnaire_sha256 = "x".into()), "log-other-questionnaire");
    assert_eq!(refused(|events| events[3].at = "later".into()), "log-damaged");
    assert_eq!(refused(|events| events[3].kind = events[0].kind.clone()), "log-damaged");
    let change = |kind: EventKind| refused(move |events| events[3].kind = kind);
    let answered = |item: &str, answer: Answer, previous: &[Answer]| EventKind::Answered {
        item: item.into(),
        answers: vec![answer],
        previous: previous.to_vec(),
    };
    assert_eq!(change(answered("pain", number("1"), &[])), "log-damaged", "of another kind");
    assert_eq!(change(answered("sleep", number("1"), &[])), "log-damaged", "not on the screen");
    assert_eq!(change(answered("pain", no(), &[yes()])), "log-damaged", "a previous answer that never was");
    assert_eq!(
        change(EventKind::Skipped { item: "pain".into(), previous: vec![] }),
        "log-damaged",
        "required"
    );
    assert_eq!(
        change(EventKind::Moved { by: Step::Next, to: Place::Review }),
        "log-damaged",
        "a move that would not have been allowed"
    );
    let wrong_place = EventKind::Moved { by: Step::Next, to: Place::Item { item: "note".into() } };
    assert_eq!(refused(|events| events[4].kind = wrong_place), "log-damaged");
}

#[test]
fn what_is_replayed_is_what_was_typed() {
    let (form, events) = log();
    let session = Session::replay(&form, events.clone()).unwrap();
    assert_eq!(session.revision(), 6);
    let Position::Screen { screen } = session.screen() else { panic!("at the review") };
    assert_eq!((screen.key.as_str(), screen.answers), ("sleep", vec![number("7.5")]));
    let other = import_bytes(instruments::PHQ9.as_bytes()).unwrap();
    let error = Session::replay(&other, events).unwrap_err();
    assert_eq!(error.code(), "log-other-questionnaire");
}
