//! What the tests share: small forms, and a filling that keeps its log.
#![allow(unreachable_pub)]

pub mod chance;
pub mod places;

use questionnaire::{
    Action, Answer, AnswerError, Event, ImportReport, Position, Questionnaire, Reference, ResponseContext,
    Review, Screen, Session, import, import_bytes, respondent, validate,
};

/// When everything happens.
pub const AT: &str = "2026-11-21T09:41:07+01:00";
/// Where FHIR's own extensions are defined.
pub const CORE: &str = "http://hl7.org/fhir/StructureDefinition/";
/// Who does it.
pub const ACTOR: &str = "Patient/patient-014-0027";

/// A Questionnaire around these items, written as JSON.
pub fn document(items: &str) -> String {
    format!(
        r#"{{"resourceType":"Questionnaire","url":"https://attesta.example/fhir/Questionnaire/test","version":"1",
            "title":"Test","status":"active","language":"en","item":[{items}]}}"#
    )
}

/// A form of these items.
pub fn form(items: &str) -> Questionnaire {
    import_bytes(document(items).as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

/// Why these items are refused.
pub fn refusal(items: &str) -> ImportReport {
    import_bytes(document(items).as_bytes()).err().unwrap_or_else(|| panic!("not refused: {items}"))
}

/// Each problem as `linkId path code`.
pub fn problems(report: &ImportReport) -> Vec<String> {
    let line = |problem: &questionnaire::Problem| {
        let link_id = problem.link_id.as_deref().unwrap_or("-");
        format!("{link_id} {} {}", problem.path, problem.reason.code())
    };
    report.problems.iter().map(line).collect()
}

/// The items' JSON, and the one problem that they must raise.
pub fn refused(cases: &[(&str, &str)]) {
    for (items, problem) in cases {
        let report = refusal(items);
        assert_eq!(problems(&report), [problem.to_owned()], "{items}");
        let message = &report.problems[0].message;
        assert!(message.len() > 20, "says what to do: {message}");
    }
}

/// A session with its log.
#[derive(Clone)]
pub struct Filling {
    pub form: Questionnaire,
    pub session: Session,
    pub events: Vec<Event>,
}

impl Filling {
    pub fn new(form: &Questionnaire) -> Self {
        Self::in_language(form, "en")
    }

    pub fn in_language(form: &Questionnaire, language: &str) -> Self {
        let (session, event) = Session::start(form, language, AT, ACTOR).unwrap();
        Self { form: form.clone(), session, events: vec![event] }
    }

    fn log(&mut self, event: Result<Event, AnswerError>) -> Result<(), AnswerError> {
        self.events.push(event?);
        Ok(())
    }

    pub fn answer(&mut self, key: &str, answer: Answer) -> Result<(), AnswerError> {
        self.answers(key, &[answer])
    }

    pub fn answers(&mut self, key: &str, answers: &[Answer]) -> Result<(), AnswerError> {
        let event = self.session.answer(key, answers.to_vec(), AT, ACTOR);
        self.log(event)
    }

    pub fn act(&mut self, action: &Action) -> Result<(), AnswerError> {
        let event = self.session.act(action, AT, ACTOR);
        self.log(event)
    }

    pub fn clear(&mut self, key: &str) -> Result<(), AnswerError> {
        let event = self.session.answer(key, Vec::new(), AT, ACTOR);
        self.log(event)
    }

    pub fn skip(&mut self, key: &str) -> Result<(), AnswerError> {
        let event = self.session.skip(key, AT, ACTOR);
        self.log(event)
    }

    pub fn next(&mut self) -> Result<(), AnswerError> {
        let event = self.session.next(AT, ACTOR);
        self.log(event)
    }

    pub fn back(&mut self) -> Result<(), AnswerError> {
        let event = self.session.back(AT, ACTOR);
        self.log(event)
    }

    pub fn goto(&mut self, key: &str) -> Result<(), AnswerError> {
        let event = self.session.goto(key, AT, ACTOR);
        self.log(event)
    }

    pub fn goto_review(&mut self) -> Result<(), AnswerError> {
        let event = self.session.goto_review(AT, ACTOR);
        self.log(event)
    }

    pub fn confirm(&mut self) -> Result<(), AnswerError> {
        let event = self.session.confirm_review(AT, ACTOR);
        self.log(event)
    }

    /// Answers what is on the screen, which must be `key`, and goes on.
    pub fn fill(&mut self, key: &str, answer: Answer) {
        assert_eq!(self.screen().key, key);
        self.answer(key, answer).unwrap();
        self.next().unwrap();
    }

    pub fn screen(&self) -> Screen {
        match self.session.screen() {
            Position::Screen { screen } => *screen,
            Position::Review { .. } | Position::Ahead { .. } => panic!("at no screen"),
        }
    }

    pub fn review(&self) -> Review {
        match self.session.screen() {
            Position::Review { review } => review,
            Position::Screen { screen } => panic!("at {}", screen.key),
            Position::Ahead { .. } => panic!("before a question that is not known"),
        }
    }

    /// Where the filling stands: the item's key, or `review`.
    pub fn place(&self) -> String {
        match self.session.screen() {
            Position::Screen { screen } => screen.key,
            Position::Review { .. } => "review".to_owned(),
            Position::Ahead { .. } => "ahead".to_owned(),
        }
    }

    pub fn response(&self) -> fhir::Value {
        self.session.response(&context()).unwrap()
    }

    /// The items of the response as JSON.
    pub fn items(&self) -> String {
        self.response().get("item").map(fhir::Value::to_json).unwrap_or_default()
    }
}

/// What a response needs beside the answers.
pub fn context() -> ResponseContext {
    let reference = |reference: &str, system: &str, value: &str| Reference {
        reference: reference.to_owned(),
        identifier_system: system.to_owned(),
        identifier_value: value.to_owned(),
    };
    let patient = reference("Patient/patient-014-0027", "https://attesta.example/participants", "014-0027");
    ResponseContext {
        identifier_uuid: "6f1d0f9e-0c5d-4b52-9e0a-2f5f0f6f7a11".to_owned(),
        subject: patient.clone(),
        author: reference(
            "Device/device-014-3",
            "urn:ietf:rfc:3986",
            "urn:uuid:0b0f5f2e-6a52-4d8e-8a3c-8d9f1c2b3a4d",
        ),
        source: patient,
        authored: AT.to_owned(),
        version: fhir::Version::R4,
    }
}

pub fn yes() -> Answer {
    Answer::Boolean { value: true }
}

pub fn no() -> Answer {
    Answer::Boolean { value: false }
}

pub fn number(text: &str) -> Answer {
    Answer::Number { text: text.to_owned() }
}

pub fn date(text: &str) -> Answer {
    Answer::Date { text: text.to_owned() }
}

pub fn text(text: &str) -> Answer {
    Answer::Text { text: text.to_owned() }
}

pub fn option(key: &str) -> Answer {
    Answer::Choice { option: key.to_owned() }
}

/// What came of an action: `accepted`, or why not.
pub fn code<T>(result: Result<T, questionnaire::AnswerError>) -> &'static str {
    result.err().map_or("accepted", |error| error.code())
}

/// An extension of FHIR's own with an expression.
pub fn core(name: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"{CORE}{name}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

/// An item with nothing but what it must have.
pub fn plain(link_id: &str, kind: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"{kind}"}}"#)
}

/// The expression for the answers to a question at the top.
pub fn answer_of(link_id: &str) -> String {
    format!("%resource.item.where(linkId='{link_id}').answer.value")
}

/// A form of these items, one by one.
pub fn of(items: &[String]) -> Questionnaire {
    form(&items.join(","))
}

/// The log gives the identical session and the identical response.
pub fn replays(filling: &Filling) {
    let replayed = Session::replay(&filling.form, filling.events.clone()).unwrap();
    assert!(replayed == filling.session);
    if filling.session.missing().is_empty() {
        assert_eq!(replayed.response(&context()).unwrap(), filling.response());
    }
}

/// Fills these items in with several seeds: each filling ends, and its response has no error.
#[track_caller]
pub fn sealable(items: &[String]) -> Vec<String> {
    let raw = fhir::Value::parse(document(&items.join(",")).as_bytes()).unwrap();
    let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
    for seed in 0..24 {
        let (session, _) = respondent::fill(&form, "en", seed, AT, ACTOR)
            .unwrap_or_else(|stuck| panic!("{seed}: {stuck} in {items:?}"));
        let response = session.response(&context()).unwrap();
        let options = validate::Options { unsigned: true, ..validate::Options::default() };
        let found = validate(&raw, &response, options);
        let errors: Vec<_> = found.errors().map(ToString::to_string).collect();
        assert!(found.is_valid(), "{seed}: {errors:?} in {}", response.to_json());
    }
    form.notices().iter().map(|notice| notice.reason.code().to_owned()).collect()
}

/// An extension of SDC with an expression.
pub fn sdc(name: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-{name}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

/// An item with these extensions and members.
pub fn item(link_id: &str, kind: &str, extensions: &[String], more: &str) -> String {
    let extensions = if extensions.is_empty() {
        String::new()
    } else {
        format!(r#","extension":[{}]"#, extensions.join(","))
    };
    let more = if more.is_empty() { String::new() } else { format!(",{more}") };
    format!(r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"{kind}"{extensions}{more}}}"#)
}
