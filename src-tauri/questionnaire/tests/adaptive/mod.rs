//! Adaptive forms: a form whose server chooses the questions grows in the session, and what the server says is believed in
//! nothing but in what it adds.

use crate::common;
mod inside;
mod languages;
mod refused;
mod running;

use common::{ACTOR, AT, context, no, number, text, yes};
use fhir::Value;
use questionnaire::{
    Action, Answer, AnswerError, Event, EventKind, Position, Questionnaire, ResponseError, Session,
    import_bytes, validate,
};

/// The form as it is published: no questions.
const PUBLISHED: &str = r#"{"resourceType":"Questionnaire","id":"adaptive",
    "extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-questionnaireAdaptive",
        "valueBoolean":true}],
    "url":"https://attesta.example/fhir/Questionnaire/adaptive","version":"1.0.0","title":"Walking","status":"active",
    "language":"en"}"#;
const FROM: &str = "https://forms.example/fhir";
const FIRST: &str = r#"{"linkId":"1","text":"Can you walk?","type":"boolean","required":true}"#;
const SECOND: &str = r#"{"linkId":"2","text":"How far, in metres?","type":"integer"}"#;
const THIRD: &str = r#"{"linkId":"3","text":"With a stick?","type":"boolean","required":true}"#;
const SCORE: &str = r#"{"linkId":"score","text":"Score","type":"decimal","required":true,"readOnly":true,
    "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}]}"#;

fn published() -> Questionnaire {
    import_bytes(PUBLISHED.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

fn value(json: &str) -> Value {
    Value::parse(json.as_bytes()).unwrap()
}

/// A filling with its log, as the app keeps it.
#[derive(Clone)]
struct Visit {
    session: Session,
    events: Vec<Event>,
}

impl Visit {
    fn begun() -> Self {
        let (session, event) = Session::start(&published(), "en", AT, ACTOR).unwrap();
        let mut visit = Self { session, events: vec![event] };
        visit.act(&Action::Begin).unwrap();
        visit
    }

    fn act(&mut self, action: &Action) -> Result<(), AnswerError> {
        let event = self.session.act(action, AT, ACTOR)?;
        self.events.push(event);
        Ok(())
    }

    fn take(&mut self, returned: &Value) -> Result<(), AnswerError> {
        let received = self.session.received(FROM, returned)?;
        self.act(&Action::Extend { received })
    }

    fn answer(&mut self, key: &str, answer: Answer) -> Result<(), AnswerError> {
        self.act(&Action::Answer { key: key.to_owned(), answers: vec![answer] })?;
        self.act(&Action::Next)
    }

    fn key(&self) -> String {
        match self.session.screen() {
            Position::Screen { screen } => screen.key.clone(),
            Position::Review { .. } => "review".to_owned(),
            Position::Ahead { .. } => "ahead".to_owned(),
        }
    }

    /// Asked, answered and ended: two questions and a score.
    fn done() -> Self {
        let mut visit = Self::begun();
        visit.take(&with_items(&visit, &[FIRST])).unwrap();
        visit.answer("1", yes()).unwrap();
        visit.take(&with_items(&visit, &[SECOND])).unwrap();
        visit.answer("2", number("250")).unwrap();
        visit
            .take(&ended(&visit, &[SCORE], r#"{"linkId":"score","answer":[{"valueDecimal":53.20}]}"#))
            .unwrap();
        visit
    }
}

/// What a server returns that adds these items.
fn with_items(visit: &Visit, items: &[&str]) -> Value {
    changed(&visit.session.next_question().unwrap(), |form| {
        for item in items {
            push(form, "item", value(item));
        }
    })
}

/// What a server returns that ends the form.
fn ended(visit: &Visit, items: &[&str], answer: &str) -> Value {
    let mut response = with_items(visit, items);
    set(&mut response, "status", "completed".into());
    if !answer.is_empty() {
        push(&mut response, "item", value(answer));
    }
    response
}

fn changed(response: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut response = response.clone();
    let contained = response.as_object_mut().unwrap().get_mut("contained").unwrap().as_array_mut().unwrap();
    change(&mut contained[0]);
    response
}

fn push(to: &mut Value, name: &str, element: Value) {
    let mut list = to.list(name).to_vec();
    list.push(element);
    set(to, name, list.into());
}

fn set(to: &mut Value, name: &str, value: Value) {
    to.as_object_mut().unwrap().insert(name, value);
}

fn code(result: Result<(), AnswerError>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn the_first_question_is_asked_for_with_neither_questions_nor_a_name() {
    let visit = Visit::begun();
    assert_eq!(visit.key(), "ahead");
    let asked = visit.session.next_question().unwrap();
    assert_eq!(asked.str("questionnaire"), Some("#q"));
    assert_eq!(asked.str("status"), Some("in-progress"));
    assert!(asked.list("item").is_empty());
    let text = asked.to_json();
    assert!(!text.contains("patient-014") && !text.contains("identifier"), "{text}");
    let form = &asked.list("contained")[0];
    assert_eq!(form.str("id"), Some("q"));
    assert_eq!(form.get("url"), None, "it is none of its own");
    assert_eq!(
        form.list("derivedFrom")[0].as_str(),
        Some("https://attesta.example/fhir/Questionnaire/adaptive|1.0.0")
    );
    assert_eq!(visit.session.next_question().unwrap().to_json(), text, "asking again sends the same bytes");
}

#[test]
fn a_form_grows_and_its_response_contains_what_was_asked() {
    let mut visit = Visit::done();
    assert_eq!(visit.key(), "review");
    assert_eq!(visit.session.review().rows.len(), 2, "the score is hidden");
    visit.act(&Action::Confirm).unwrap();
    let response = visit.session.response(&context()).unwrap();
    assert_eq!(response.str("questionnaire"), Some("#q"));
    let links: Vec<_> =
        response.list("contained")[0].list("item").iter().map(|item| item.str("linkId").unwrap()).collect();
    assert_eq!(links, ["1", "2", "score"]);
    assert!(response.to_json().contains(r#"{"linkId":"score","answer":[{"valueDecimal":53.20}]}"#));
    let found = validate(&value(PUBLISHED), &response, validate::Options::default());
    assert_eq!(found.errors().collect::<Vec<_>>(), Vec::<&validate::Finding>::new());
    // Held against what was asked, and not against anything that fits.
    let mut wrong = response.clone();
    set(
        &mut wrong,
        "item",
        vec![value(r#"{"linkId":"1","text":"Can you walk?","answer":[{"valueInteger":1}]}"#)].into(),
    );
    assert!(validate(&value(PUBLISHED), &wrong, validate::Options::default()).errors().count() > 0);
    let other = PUBLISHED.replace("1.0.0", "2.0.0");
    let found = validate(&value(&other), &response, validate::Options::default());
    assert_eq!(found.errors().map(|finding| finding.rule.code()).collect::<Vec<_>>(), ["other-form"]);
}

#[test]
fn a_log_replays_to_the_same_bytes() {
    let mut visit = Visit::done();
    visit.act(&Action::Confirm).unwrap();
    let stored: Vec<Event> = visit
        .events
        .iter()
        .map(|event| serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap())
        .collect();
    let again = Session::replay(&published(), stored).unwrap();
    assert!(again == visit.session);
    let response = |session: &Session| session.response(&context()).unwrap().to_json();
    assert_eq!(response(&again), response(&visit.session));
    // Up to every event, as after a crash.
    for end in 1..=visit.events.len() {
        let events = visit.events[..end].to_vec();
        assert_eq!(Session::replay(&published(), events).unwrap().revision() as usize, end);
    }
}

#[test]
fn a_log_whose_questions_were_changed_is_refused() {
    let mut visit = Visit::done();
    let EventKind::Extended { received } = &mut visit.events[2].kind else { panic!("{:?}", visit.events[2]) };
    received.items = received.items.replace("boolean", "integer");
    assert!(Session::replay(&published(), visit.events).is_err());
}

#[test]
fn nothing_is_signed_before_the_server_has_ended() {
    let mut visit = Visit::begun();
    visit.take(&with_items(&visit, &[FIRST])).unwrap();
    visit.answer("1", yes()).unwrap();
    assert_eq!(visit.key(), "ahead");
    assert_eq!(code(visit.act(&Action::Next)), "question-awaited");
    assert_eq!(code(visit.act(&Action::Review)), "question-awaited");
    assert_eq!(code(visit.act(&Action::Confirm)), "not-at-review");
    assert_eq!(visit.session.response(&context()), Err(ResponseError::Unfinished));
}

#[test]
fn screens_say_that_their_number_is_not_known() {
    let mut visit = Visit::begun();
    let Position::Ahead { ahead } = visit.session.screen() else { panic!() };
    assert_eq!((ahead.position, ahead.can_go_back), (1, false));
    visit.take(&with_items(&visit, &[FIRST])).unwrap();
    let Position::Screen { screen } = visit.session.screen() else { panic!() };
    assert!(screen.open_end);
    visit.answer("1", yes()).unwrap();
    let Position::Ahead { ahead } = visit.session.screen() else { panic!() };
    assert_eq!((ahead.position, ahead.can_go_back), (2, true));
    visit.act(&Action::Back).unwrap();
    assert_eq!(visit.key(), "1");
    let mut done = Visit::done();
    done.act(&Action::Goto { key: "1".into() }).unwrap();
    let Position::Screen { screen } = done.session.screen() else { panic!() };
    assert!(!screen.open_end);
}

#[test]
fn an_earlier_answer_changes_only_once_what_it_chose_is_taken_away() {
    let mut visit = Visit::done();
    visit.act(&Action::Goto { key: "1".into() }).unwrap();
    let change = Action::Answer { key: "1".into(), answers: vec![no()] };
    let refused = visit.session.plan(&change, AT, ACTOR).unwrap_err();
    assert_eq!(refused, AnswerError::LaterQuestions { questions: 1 });
    // Saying the same again changes nothing.
    visit.act(&Action::Answer { key: "1".into(), answers: vec![yes()] }).unwrap();
    visit.act(&Action::Reopen { key: "1".into() }).unwrap();
    assert_eq!(visit.key(), "1");
    visit.answer("1", no()).unwrap();
    assert_eq!(visit.key(), "ahead");
    let asked = visit.session.next_question().unwrap();
    assert_eq!(
        asked.list("contained")[0].list("item").len(),
        1,
        "the second question and the score are gone"
    );
    visit.take(&ended(&visit, &[SCORE], r#"{"linkId":"score","answer":[{"valueDecimal":40}]}"#)).unwrap();
    visit.act(&Action::Confirm).unwrap();
    let response = visit.session.response(&context()).unwrap();
    let found = validate(&value(PUBLISHED), &response, validate::Options::default());
    assert_eq!(found.errors().count(), 0);
    let again = Session::replay(&published(), visit.events.clone()).unwrap();
    assert!(again == visit.session);
    assert_eq!(code(visit.act(&Action::Reopen { key: "1".into() })), "not-shown");
}

#[test]
fn value_sets_come_beside_the_form() {
    let mut visit = Visit::begun();
    let asks = r##"{"linkId":"1","text":"Which?","type":"choice","answerValueSet":"#ways"}"##;
    let ways = r#"{"resourceType":"ValueSet","id":"ways","status":"active","compose":{"include":[
        {"system":"urn:ways","concept":[{"code":"a","display":"On foot"},{"code":"b","display":"By bus"}]}]}}"#;
    assert_eq!(code(visit.take(&with_items(&visit, &[asks]))), "next-unusable");
    let mut returned = with_items(&visit, &[asks]);
    push(&mut returned, "contained", value(ways));
    visit.take(&returned).unwrap();
    let Position::Screen { screen } = visit.session.screen() else { panic!() };
    let questionnaire::Control::Choice { options, .. } = screen.control else { panic!() };
    visit.answer("1", Answer::Choice { option: options[1].key.clone() }).unwrap();
    let altered = value(&with_items(&visit, &[FIRST]).to_json().replace("By bus", "By car"));
    assert_eq!(code(visit.take(&altered)), "next-altered-contained");
    visit.take(&ended(&visit, &[], "")).unwrap();
    visit.act(&Action::Confirm).unwrap();
    let response = visit.session.response(&context()).unwrap();
    assert_eq!(response.list("contained").len(), 2);
    let found = validate(&value(PUBLISHED), &response, validate::Options::default());
    assert_eq!(found.errors().collect::<Vec<_>>(), Vec::<&validate::Finding>::new());
}

#[test]
fn a_server_adds_pictures_with_its_questions_and_they_are_shown() {
    let point =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYGD4DwABDgEAh2f0PwAAAABJRU5ErkJggg==";
    let with = |item: &str, attachment: &str| {
        let media = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-itemMedia";
        let extension = format!(r#","extension":[{{"url":"{media}","valueAttachment":{{{attachment}}}}}]}}"#);
        format!("{}{extension}", item.strip_suffix('}').unwrap())
    };
    let shown = |visit: &Visit| {
        let Position::Screen { screen } = visit.session.screen() else { panic!("a question") };
        let [medium] = screen.media.as_slice() else { panic!("{:?}", screen.media) };
        let data = visit.session.medium(&medium.id).unwrap_or_else(|| panic!("its bytes"));
        (medium.title.clone(), data.data.clone())
    };
    let inline = with(FIRST, &format!(r#""contentType":"image/png","title":"One","data":"{point}""#));
    let beside = with(SECOND, r##""contentType":"image/png","title":"Two","url":"#picture""##);
    let mut visit = Visit::begun();
    visit.take(&with_items(&visit, &[&inline])).unwrap();
    assert_eq!(shown(&visit), ("One".to_owned(), point.to_owned()));
    visit.answer("1", yes()).unwrap();
    let mut returned = with_items(&visit, &[&beside]);
    assert_eq!(code(visit.take(&returned)), "next-unusable", "it did not come along");
    let binary =
        format!(r#"{{"resourceType":"Binary","id":"picture","contentType":"image/png","data":"{point}"}}"#);
    push(&mut returned, "contained", value(&binary));
    visit.take(&returned).unwrap();
    assert_eq!(shown(&visit), ("Two".to_owned(), point.to_owned()));
    let again = Session::replay(&published(), visit.events.clone()).unwrap();
    assert_eq!(again, visit.session);
    visit.answer("2", number("250")).unwrap();
    visit.take(&ended(&visit, &[], "")).unwrap();
    visit.act(&Action::Confirm).unwrap();
    let response = visit.session.response(&context()).unwrap();
    assert_eq!(response.list("contained").len(), 2, "what was shown is signed");
    let found = validate(&value(PUBLISHED), &response, validate::Options::default());
    assert_eq!(found.errors().collect::<Vec<_>>(), Vec::<&validate::Finding>::new());
    // All that a server adds is bounded together, its pictures too.
    let mut visit = Visit::begun();
    let large = "A".repeat(questionnaire::MAX_GROWN_BYTES + 4);
    let large = with(FIRST, &format!(r#""contentType":"image/png","title":"One","data":"{large}""#));
    assert_eq!(code(visit.take(&with_items(&visit, &[&large]))), "next-too-large");
}

#[test]
fn groups_that_repeat_keep_their_entries_while_the_form_grows_and_shrinks() {
    let group = r#"{"linkId":"g","text":"Medicine","type":"group","repeats":true,
        "item":[{"linkId":"g.1","text":"Which?","type":"string"}]}"#;
    let mut visit = Visit::begun();
    visit.take(&with_items(&visit, &[group])).unwrap();
    let first = visit.key();
    visit.answer(&first, text("One")).unwrap();
    visit.act(&Action::AddInstance { key: "g".into() }).unwrap();
    let second = visit.key();
    assert_ne!(first, second);
    visit.answer(&second, text("Two")).unwrap();
    assert_eq!(visit.key(), "g");
    visit.act(&Action::Next).unwrap();
    visit.take(&with_items(&visit, &[FIRST, &group.replace(r#""linkId":"g"#, r#""linkId":"h"#)])).unwrap();
    visit.answer("1", yes()).unwrap();
    let third = visit.key();
    visit.answer(&third, text("Three")).unwrap();
    visit.act(&Action::Next).unwrap();
    visit.take(&with_items(&visit, &[THIRD])).unwrap();
    let answers: Vec<_> = visit.session.review().rows.iter().filter_map(|row| row.answer.clone()).collect();
    assert_eq!(answers, ["One", "Two", "Yes", "Three"]);
    visit.act(&Action::Goto { key: second.clone() }).unwrap();
    assert_eq!(
        code(visit.act(&Action::Answer { key: second.clone(), answers: vec![text("2")] })),
        "later-questions"
    );
    visit.act(&Action::Reopen { key: second.clone() }).unwrap();
    visit.answer(&second, text("2")).unwrap();
    visit.act(&Action::Next).unwrap();
    visit.take(&with_items(&visit, &[THIRD])).unwrap();
    let answers: Vec<_> = visit.session.review().rows.iter().filter_map(|row| row.answer.clone()).collect();
    assert_eq!(answers, ["One", "2"]);
    assert!(Session::replay(&published(), visit.events.clone()).unwrap() == visit.session);
}

#[test]
fn forms_say_whether_they_are_adaptive() {
    assert_eq!(published().next_question_at(), Some(&[][..]));
    let named = PUBLISHED.replace(r#""valueBoolean":true"#, &format!(r#""valueUrl":"{FROM}""#));
    assert_eq!(import_bytes(named.as_bytes()).unwrap().next_question_at(), Some(&[FROM.to_owned()][..]));
    // Saying that it is not makes it a form like any other, which needs questions.
    let not = PUBLISHED.replace("\"valueBoolean\":true", "\"valueBoolean\":false");
    assert!(import_bytes(not.as_bytes()).is_err());
    for wrong in [r#""valueUrl":"ftp://forms.example""#, r#""valueInteger":1"#, r#""valueUrl":"""#] {
        let report = import_bytes(PUBLISHED.replace(r#""valueBoolean":true"#, wrong).as_bytes()).unwrap_err();
        assert_eq!(common::problems(&report), ["- Questionnaire.extension[0] malformed"], "{wrong}");
    }
    // What the form lists is not asked.
    let mut listed = value(PUBLISHED);
    push(&mut listed, "item", value(FIRST));
    let listed = import_bytes(listed.to_json().as_bytes()).unwrap();
    assert_eq!(listed.question_count(), 0);
    assert!(listed.notices().iter().any(|notice| notice.path == "Questionnaire.item"));
}
