//! Asking the server of an adaptive form for its next question, on a line that may be bad. Nothing is stored here, and a
//! question may be asked for any number of times: the request says everything.

use std::time::{Duration, Instant};

use client::Client;
use client::next_question::AskError;
use fhir::Value;
use questionnaire::Questionnaire;

use crate::delivery::Jitter;

/// How long a patient is kept waiting at most.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long one request may take, whatever the study's client allows: the line may be better for the next.
const ONE_TRY: Duration = Duration::from_secs(10);
/// The pause before the second request; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Asks for next questions.
#[derive(Clone)]
pub struct NextQuestions {
    client: Client,
    jitter: Jitter,
    patience: Duration,
}

/// What a server said.
#[derive(Clone)]
pub struct Asked {
    /// The base of the server.
    pub from: String,
    /// The QuestionnaireResponse that it returned.
    pub returned: Value,
}

/// Why there is no next question.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoQuestion {
    /// The form names a server that is not the study's. Forms come from strangers, and it would learn the answers.
    #[error(
        "the form names another server than the study's for its questions; use the study's own copy of the form"
    )]
    Elsewhere,
    /// No answer came that could be used; whether another try may help is said.
    #[error("{0}")]
    Ask(#[from] AskError),
}

impl NoQuestion {
    /// The stable code of the reason: `question-unreachable` where it may pass.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Ask(error) if error.may_pass() => "question-unreachable",
            Self::Ask(_) => "question-refused",
            Self::Elsewhere => "question-elsewhere",
        }
    }
}

impl NextQuestions {
    /// Asks the study's server, or another base on the same host.
    pub fn new(client: Client, jitter: Jitter) -> Self {
        Self { client, jitter, patience: PATIENCE }
    }

    /// The same for at most this long.
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether the questions of `form` can be asked for: it names no server, or one with the study's scheme, host and
    /// port.
    ///
    /// # Errors
    /// [`NoQuestion::Elsewhere`].
    pub fn check(&self, form: &Questionnaire) -> Result<(), NoQuestion> {
        self.server_of(form).map(|_| ())
    }

    fn server_of(&self, form: &Questionnaire) -> Result<Client, NoQuestion> {
        match form.next_question_at() {
            None | Some([]) => Ok(self.client.clone()),
            Some(addresses) => addresses
                .iter()
                .find_map(|address| self.client.at_same_origin(address))
                .ok_or(NoQuestion::Elsewhere),
        }
    }

    /// Sends `request` until there is an answer, or for as long as a patient is kept waiting: after each failure that may
    /// pass, a longer pause.
    ///
    /// # Errors
    /// [`NoQuestion`], with the last failure.
    pub async fn ask(&self, form: &Questionnaire, request: &Value) -> Result<Asked, NoQuestion> {
        let client = self.server_of(form)?;
        let until = Instant::now() + self.patience;
        let mut pause = FIRST_PAUSE;
        loop {
            let bound = until.saturating_duration_since(Instant::now()).min(ONE_TRY);
            let error = match tokio::time::timeout(bound, client.next_question(request)).await {
                Ok(Ok(returned)) => return Ok(Asked { from: client.base_url().to_owned(), returned }),
                Ok(Err(error)) => error,
                Err(_) => AskError::NoAnswer(client::Error::Timeout(bound)),
            };
            tracing::info!(code = error.code(), "the next question did not come");
            // Half of the pause is sure, so that a server that is down is not asked again at once.
            let own = pause / 2 + (self.jitter)(pause / 2);
            let wait = error.wait().map_or(own, |asked| own.max(asked));
            if !error.may_pass() || Instant::now() + wait >= until {
                return Err(error.into());
            }
            tokio::time::sleep(wait).await;
            pause = pause.saturating_mul(2);
        }
    }
}
