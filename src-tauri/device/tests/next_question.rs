//! An adaptive form against the practice server: asked for again while the server is away, and never anywhere else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use client::Client;
use device::next_question::{NextQuestions, NoQuestion};
use practice::faults::{Armed, Fault};
use practice::{Handle, Options, Seeds, Server};
use questionnaire::{Action, Answer, Control, Position, Questionnaire, Session, import_bytes, validate};

const AT: &str = "2026-11-21T09:41:07+01:00";
const ACTOR: &str = "participant/014-0027";

fn form() -> Questionnaire {
    import_bytes(practice::adaptive::FORM.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

fn server(folder: &tempfile::TempDir) -> Handle {
    let options = Options {
        data_dir: folder.path().to_owned(),
        port: 0,
        seeds: Seeds::default(),
        version: fhir::Version::R4,
    };
    Server::start(options).unwrap()
}

fn questions_of(server: &Handle) -> NextQuestions {
    let client = Client::new(server.base_url(), client::Options::default()).unwrap();
    // As long as it takes: a test must not fail because the machine is busy.
    NextQuestions::new(client, Arc::new(|longest| longest)).patient_for(Duration::from_mins(5))
}

fn begun(language: &str) -> Session {
    let (mut session, _) = Session::start(&form(), language, AT, ACTOR).unwrap();
    session.begin(AT, ACTOR).unwrap();
    session
}

/// Asks, takes what came, and says whether there is a question.
async fn next(session: &mut Session, questions: &NextQuestions) -> bool {
    let request = session.next_question().unwrap();
    let asked = questions.ask(session.questionnaire(), &request).await.unwrap();
    let received = session.received(&asked.from, &asked.returned).unwrap();
    session.act(&Action::Extend { received }, AT, ACTOR).unwrap();
    matches!(session.screen(), Position::Screen { .. })
}

fn answer(session: &mut Session, option: usize) {
    let Position::Screen { screen } = session.screen() else { panic!() };
    let Control::Choice { options, .. } = &screen.control else { panic!("{:?}", screen.control) };
    let answers = vec![Answer::Choice { option: options[option].key.clone() }];
    session.answer(&screen.key, answers, AT, ACTOR).unwrap();
    session.next(AT, ACTOR).unwrap();
}

#[tokio::test]
async fn every_language_of_the_form_is_asked_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder);
    let questions = questions_of(&server);
    assert_eq!(form().languages(), ["en", "de", "es", "ar"]);
    for (option, language) in form().languages().iter().enumerate() {
        let mut session = begun(language);
        let mut asked = 0;
        while next(&mut session, &questions).await {
            asked += 1;
            answer(&mut session, option);
        }
        assert!((3..=8).contains(&asked), "{language}: {asked}");
        session.confirm_review(AT, ACTOR).unwrap();
        let response = session.response(&context()).unwrap();
        let published = fhir::Value::parse(practice::adaptive::FORM.as_bytes()).unwrap();
        let found = validate(&published, &response, validate::Options::default());
        assert_eq!(found.errors().collect::<Vec<_>>(), Vec::<&validate::Finding>::new());
        assert_eq!(response.list("item").len(), asked + 2, "the score and its error too");
    }
}

#[tokio::test]
async fn a_server_that_fails_for_a_while_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder);
    let questions = questions_of(&server);
    let mut session = begun("en");
    server.faults().set(Armed::new(Fault::NoAnswer, 2));
    assert!(next(&mut session, &questions).await);
    answer(&mut session, 2);
    // Away, and back after a second.
    server.close_listener();
    let request = session.next_question().unwrap();
    let asking = {
        let (questions, form) = (questions.clone(), session.questionnaire().clone());
        tokio::spawn(async move { questions.ask(&form, &request).await })
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!asking.is_finished());
    server.reopen_listener().unwrap();
    let asked = asking.await.unwrap().unwrap();
    assert!(session.received(&asked.from, &asked.returned).is_ok());
}

#[tokio::test]
async fn nobody_is_kept_waiting_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder);
    let questions = questions_of(&server).patient_for(Duration::from_secs(2));
    server.close_listener();
    let session = begun("en");
    let (started, request) = (Instant::now(), session.next_question().unwrap());
    let error = questions.ask(session.questionnaire(), &request).await.err().unwrap();
    assert_eq!(error.code(), "question-unreachable");
    assert!(started.elapsed() < Duration::from_mins(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn what_will_not_pass_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(&folder);
    let questions = questions_of(&server);
    let session = begun("en");
    let wrong = session.next_question().unwrap().to_json().replace("fatigue-adaptive", "another");
    let wrong = fhir::Value::parse(wrong.as_bytes()).unwrap();
    let error = questions.ask(session.questionnaire(), &wrong).await.err().unwrap();
    assert_eq!(error.code(), "question-refused");
    assert_eq!(server.faults().requests().len(), 1, "it is not asked for again");
}

#[test]
fn no_server_but_the_studys_learns_the_answers() {
    let client = Client::new("https://study.example/fhir", client::Options::default()).unwrap();
    let questions = NextQuestions::new(client, Arc::new(|longest| longest));
    let naming = |address: &str| {
        let named = practice::adaptive::FORM
            .replace("\"valueBoolean\": true", &format!("\"valueUrl\": \"{address}\""));
        import_bytes(named.as_bytes()).unwrap()
    };
    assert!(questions.check(&form()).is_ok());
    assert!(questions.check(&naming("https://study.example/cat")).is_ok());
    for other in
        ["https://other.example/fhir", "http://study.example/fhir", "https://study.example:8443/fhir"]
    {
        assert!(matches!(questions.check(&naming(other)), Err(NoQuestion::Elsewhere)), "{other}");
    }
}

fn context() -> questionnaire::ResponseContext {
    let reference = |reference: &str| questionnaire::Reference {
        reference: reference.to_owned(),
        identifier_system: "urn:x".to_owned(),
        identifier_value: "1".to_owned(),
    };
    questionnaire::ResponseContext {
        identifier_uuid: "6f1d0f9e-0c5d-4b52-9e0a-2f5f0f6f7a11".to_owned(),
        subject: reference("Patient/1"),
        author: reference("Device/1"),
        source: reference("Patient/1"),
        authored: AT.to_owned(),
        version: fhir::Version::R4,
    }
}
