//! Asking the server of an adaptive form for its next question (SDC, `Questionnaire/$next-question`).
//!
//! One call is one request. Whether what came back may be used is for the form engine to judge.

use std::time::Duration;

use fhir::{Value, array, object};

use crate::error::Error;
use crate::exchange::Exchange;
use crate::rest::Client;
use crate::terminology::{is_fhir, issues, said};

/// Why no response came back, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// No whole answer came back.
    #[error("{0}")]
    NoAnswer(Error),
    /// 408, 429 or a status from 500: the server may answer later.
    #[error("the server cannot answer now (HTTP status {status}){}", said(.words))]
    Later {
        /// The HTTP status.
        status: u16,
        /// How long it asks to wait (`Retry-After`).
        wait: Option<Duration>,
        /// What its outcome says, cut short.
        words: String,
    },
    /// 401 or 403.
    #[error("the server of the form asks for a sign-in, which is not known here")]
    SignIn,
    /// 404, or an outcome that says `not-found`: the server does not choose this form's questions.
    #[error("the server does not choose the questions of this form{}", said(.0))]
    NotServed(String),
    /// Another status: the server does not take the answers, and would not take them later.
    #[error("the server refused the answers with HTTP status {status}{}", said(.words))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What its outcome says, cut short.
        words: String,
    },
    /// Neither FHIR JSON nor FHIR XML.
    #[error("the answer is not FHIR JSON or XML; check that the address is the server's FHIR base")]
    NotFhir,
    /// Neither a QuestionnaireResponse nor a Parameters with one.
    #[error("the answer holds no QuestionnaireResponse")]
    NotAResponse,
}

impl AskError {
    /// Whether the same request may bring an answer later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NoAnswer(error) => !matches!(
                error,
                Error::Base(_)
                    | Error::Invalid(_)
                    | Error::Settings(_)
                    | Error::TooLarge(_)
                    | Error::MediaType
                    | Error::Compressed
            ),
            Self::Later { .. } => true,
            _ => false,
        }
    }

    /// How long the server asks to wait.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Later { wait, .. } => *wait,
            _ => None,
        }
    }

    /// A short stable name, for records and for the page's own texts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer(error) => error.code(),
            Self::Later { .. } => "later",
            Self::SignIn => "sign-in",
            Self::NotServed(_) => "not-served",
            Self::Refused { .. } => "refused-answers",
            Self::NotFhir => "not-fhir",
            Self::NotAResponse => "not-a-response",
        }
    }
}

impl Client {
    /// `POST [base]/Questionnaire/$next-question` with a response in progress that contains its Questionnaire. What comes
    /// back is a QuestionnaireResponse, whether the server wrapped it (`return`) or not.
    ///
    /// # Errors
    /// [`AskError`]; what it quotes of an outcome is the server's text and must be printed as such.
    pub async fn next_question(&self, response: &Value) -> Result<Value, AskError> {
        let parameters = object! {
            "resourceType" => "Parameters",
            "parameter" => array![object! { "name" => "questionnaire-response", "resource" => response.clone() }],
        };
        let exchange =
            self.post_operation("Questionnaire", "$next-question", parameters.to_json().as_bytes()).await;
        read(&exchange.map_err(|failure| AskError::NoAnswer(failure.error))?)
    }
}

fn read(exchange: &Exchange) -> Result<Value, AskError> {
    let resource = is_fhir(exchange).then(|| exchange.resource().ok().flatten()).flatten();
    let outcome = resource.as_ref().filter(|one| one.resource_type() == Some("OperationOutcome"));
    let (codes, words) = outcome.map(issues).unwrap_or_default();
    let status = exchange.status;
    match status {
        200 => {}
        401 | 403 => return Err(AskError::SignIn),
        408 | 429 | 500.. => {
            return Err(AskError::Later { status, wait: exchange.headers.wait(None), words });
        }
        404 => return Err(AskError::NotServed(words)),
        _ if codes.iter().any(|code| code == "not-found") => return Err(AskError::NotServed(words)),
        _ => return Err(AskError::Refused { status, words }),
    }
    let resource = resource.ok_or(AskError::NotFhir)?;
    match resource.resource_type() {
        Some("QuestionnaireResponse") => Some(resource),
        Some("Parameters") => returned(&resource),
        _ => None,
    }
    .ok_or(AskError::NotAResponse)
}

/// The one QuestionnaireResponse of a Parameters. SDC names it `return`; older servers name it as it was sent.
fn returned(parameters: &Value) -> Option<Value> {
    let mut found = parameters
        .list("parameter")
        .iter()
        .filter(|parameter| matches!(parameter.str("name"), Some("return" | "questionnaire-response")))
        .filter_map(|parameter| parameter.get("resource"))
        .filter(|resource| resource.resource_type() == Some("QuestionnaireResponse"));
    found.next().filter(|_| found.next().is_none()).cloned()
}
