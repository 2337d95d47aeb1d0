//! From the log back to the session.

use super::{Action, Session};
use crate::{AnswerError, Event, EventKind, FORMAT, Place, Questionnaire, Step};

/// Why a log does not replay. The draft is damaged or belongs to something else: keep it aside, never drop it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// No event at all.
    #[error("the log is empty; a draft begins with a started event")]
    Empty,
    /// Not in order, or with a gap.
    #[error("event {expected} is missing from the log; restore the complete log")]
    Sequence {
        /// The number that should have come.
        expected: u32,
    },
    /// Written by a later version.
    #[error(
        "event {sequence} has format {format}, this version reads format {FORMAT}; open the draft with a newer version"
    )]
    Format {
        /// The event.
        sequence: u32,
        /// Its format.
        format: u32,
    },
    /// Made with another Questionnaire.
    #[error(
        "event {sequence} belongs to another questionnaire; open the draft with the one it was made with"
    )]
    Questionnaire {
        /// The event.
        sequence: u32,
    },
    /// Only the first event starts a session.
    #[error("event {sequence} is out of place: a log has one started event, its first")]
    Start {
        /// The event.
        sequence: u32,
    },
    /// The event could not have happened there.
    #[error("event {sequence} could not have happened: {error}; the log was damaged or changed")]
    Refused {
        /// The event.
        sequence: u32,
        /// What the session says to it.
        error: AnswerError,
    },
    /// The event says something else than what would have happened.
    #[error("event {sequence} does not fit those before it; the log was damaged or changed")]
    Diverges {
        /// The event.
        sequence: u32,
    },
}

impl ReplayError {
    /// The stable code of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "log-empty",
            Self::Sequence { .. } => "log-incomplete",
            Self::Format { .. } => "log-format",
            Self::Questionnaire { .. } => "log-other-questionnaire",
            Self::Start { .. } | Self::Refused { .. } | Self::Diverges { .. } => "log-damaged",
        }
    }
}

impl Session {
    /// The session that these events made.
    ///
    /// Every event is checked as if it happened now, so a log that was damaged or changed is refused rather than
    /// shown. One event is held at a time.
    ///
    /// # Errors
    /// [`ReplayError`], naming the first event that does not fit.
    pub fn replay(
        questionnaire: &Questionnaire,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<Self, ReplayError> {
        let mut session: Option<Self> = None;
        for (expected, event) in (1..).zip(events) {
            let sequence = event.sequence;
            if sequence != expected {
                return Err(ReplayError::Sequence { expected });
            }
            if event.format != FORMAT {
                return Err(ReplayError::Format { sequence, format: event.format });
            }
            if event.questionnaire_sha256 != questionnaire.form.sha256 {
                return Err(ReplayError::Questionnaire { sequence });
            }
            let again = match (&mut session, &event.kind) {
                (None, EventKind::Started { language, launch, .. }) => {
                    let launch = launch.clone();
                    Self::start_with(questionnaire, language, launch, &event.at, &event.actor).map(
                        |(first, again)| {
                            session = Some(first);
                            again
                        },
                    )
                }
                (None, _) | (Some(_), EventKind::Started { .. }) => {
                    return Err(ReplayError::Start { sequence });
                }
                // A log of before ADR 59 may have what would be refused now.
                (Some(session), kind) => session.planned(&Action::of(kind), &event.at, &event.actor),
            };
            if again.map_err(|error| ReplayError::Refused { sequence, error })? != event {
                return Err(ReplayError::Diverges { sequence });
            }
            if let Some(session) = &mut session {
                session.apply(&event);
            }
        }
        session.ok_or(ReplayError::Empty)
    }
}

impl Action {
    /// What was done when this happened.
    fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::Started { .. } | EventKind::Began => Self::Begin,
            EventKind::LanguageChosen { language } => Self::ChooseLanguage { language: language.clone() },
            EventKind::Answered { item, answers, .. } => {
                Self::Answer { key: item.clone(), answers: answers.clone() }
            }
            EventKind::Cleared { item, .. } => Self::Answer { key: item.clone(), answers: Vec::new() },
            EventKind::Skipped { item, .. } => Self::Skip { key: item.clone() },
            EventKind::InstanceAdded { item, .. } => Self::AddInstance { key: item.clone() },
            EventKind::InstanceRemoved { item, instance } => {
                Self::RemoveInstance { key: item.clone(), instance: *instance }
            }
            // Nobody goes ahead in another way.
            EventKind::Moved { by: Step::Next, .. } | EventKind::Moved { to: Place::Ahead, .. } => Self::Next,
            EventKind::Moved { by: Step::Back, .. } => Self::Back,
            EventKind::Moved { by: Step::Goto, to: Place::Item { item } } => Self::Goto { key: item.clone() },
            EventKind::Moved { by: Step::Goto, to: Place::Review } => Self::Review,
            EventKind::Reviewed { .. } => Self::Confirm,
            EventKind::Extended { received } => Self::Extend { received: received.clone() },
            EventKind::Reopened { item, .. } => Self::Reopen { key: item.clone() },
        }
    }
}
