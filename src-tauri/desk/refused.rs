//! Why a command was refused: the one error of the shell, and how it crosses to the page.

use questionnaire::AnswerError;

use crate::ipc::CommandError;
use crate::paper;

/// Why a command was refused. No variant carries an answer, a PIN or a password.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody is signed in, or the session named is over.
    #[error("This session is over. Sign in again.")]
    SessionOver,
    /// Staff commands while a patient has the device.
    #[error("The device is in a patient's hands. Take it back first.")]
    PatientHasDevice,
    /// Patient commands while no patient has the device.
    #[error("No patient has the device.")]
    NoPatient,
    /// The page acted on a screen that has changed since.
    #[error("The screen has changed since. Look at it again and repeat the step.")]
    StaleRevision,
    /// The step does not fit where the patient is.
    #[error("This step is not possible here.")]
    WrongStep,
    /// Somebody typed another participant's number.
    #[error("This is not the number of the participant who has the device.")]
    WrongParticipant,
    /// A local time that no clock in this zone shows on that day.
    #[error(
        "The clock is put forward over this time, so that it is not there on this day. Give another one."
    )]
    TimeSkipped,
    /// The app has no texts in that language, so nobody can be asked to sign in it.
    #[error("This language is not available.")]
    UnknownLanguage,
    /// No such visit, participant, questionnaire, record, alert or fault.
    #[error("There is no such {0}. Refresh the page.")]
    Unknown(&'static str),
    /// A draft cannot be read with the questionnaire it was made with.
    #[error("The saved answers cannot be opened ({0}). They are kept; please report it.")]
    Draft(String),
    /// The answer is not acceptable.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The form's server did not say the next question.
    #[error(transparent)]
    NoQuestion(#[from] device::next_question::NoQuestion),
    /// The device refused.
    #[error(transparent)]
    Device(#[from] device::Error),
    /// The step belongs to practice mode.
    #[error("This is for practice mode, and this device works for a study.")]
    NotPractice,
    /// The practice server refused.
    #[error("The practice server did not do it: {0}")]
    Practice(String),
    /// The app has not started, and why.
    #[error("{detail}")]
    Blocked {
        /// The reason's stable name.
        code: String,
        /// One sentence.
        detail: String,
    },
    /// Steps of setting up, at a device that is not being set up or is at another step.
    #[error("This device is set up already, or is at another step. The page shows where things stand.")]
    NotSettingUp,
    /// Files that are no study's document.
    #[error(transparent)]
    Paper(#[from] paper::Unreadable),
    /// A file that is longer than anything that is taken here.
    #[error("The files are too large, or too many at once.")]
    TooLarge,
    /// A second check of the connection beside the first.
    #[error("The connection is being checked already. Wait until it is done, or cancel it.")]
    CheckRuns,
    /// The device's data may be somewhere else, and nobody has said that it is a new one.
    #[error(
        "The keystore has a key for data that are not in this folder. Find the folder, or say that this device is new."
    )]
    WasHere,
    /// What was typed from the paper is not the end of the signer's thumbprint.
    #[error(
        "This is not the end of the thumbprint of the key that signed the document. Do not use it, and ask the study's office."
    )]
    OtherSigner,
    /// Nobody has compared the signer of the document.
    #[error("Type the end of the signer's thumbprint from the study's paper first.")]
    SignerNotCompared,
    /// A name is missing.
    #[error("User name and name are needed.")]
    Incomplete,
    /// A new password was typed in two ways.
    #[error("The two passwords are not the same.")]
    PasswordsDiffer,
    /// A defect of the program.
    #[error("A defect stopped this step ({0}). Nothing was changed; please report it.")]
    Internal(&'static str),
}

impl Refused {
    /// The stable name that the page has a text for.
    pub fn code(&self) -> &str {
        match self {
            Self::SessionOver => "session-over",
            Self::PatientHasDevice => "patient-has-device",
            Self::NoPatient => "no-patient",
            Self::StaleRevision => "stale-revision",
            Self::WrongStep => "wrong-state",
            Self::WrongParticipant => "wrong-participant",
            Self::TimeSkipped => "time-skipped",
            Self::UnknownLanguage => "unknown-language",
            Self::Unknown(_) => "not-found",
            Self::Draft(_) => "draft-unreadable",
            Self::Answer(error) => error.code(),
            Self::NoQuestion(error) => error.code(),
            Self::Device(error) => error.code(),
            Self::NotPractice => "not-practice",
            Self::Practice(_) => "practice",
            Self::Blocked { code, .. } => code,
            Self::NotSettingUp => "not-setting-up",
            Self::Paper(error) => error.code(),
            Self::TooLarge => "files-too-large",
            Self::WasHere => "was-here",
            Self::OtherSigner => "signer-other",
            Self::SignerNotCompared => "signer-not-compared",
            Self::Incomplete => "names-missing",
            Self::CheckRuns => "check-runs",
            Self::PasswordsDiffer => "passwords-differ",
            Self::Internal(_) => "internal",
        }
    }
}

impl From<Refused> for CommandError {
    fn from(refused: Refused) -> Self {
        let answer = match &refused {
            Refused::Answer(error) => Some(error),
            _ => None,
        };
        // Which member of the study's document is wrong, for whoever knows the document.
        let reason = match &refused {
            Refused::Device(
                device::Error::Study(reason)
                | device::Error::Configuration(reason)
                | device::Error::StudyUnfit(reason),
            ) => Some(reason),
            _ => None,
        };
        Self {
            code: refused.code().to_owned(),
            message: refused.to_string(),
            said: answer.and_then(|error| error.said().map(str::to_owned)).or_else(|| reason.cloned()),
            limit: match &refused {
                Refused::Device(
                    device::Error::PasswordTooShort(shortest) | device::Error::PinMalformed(shortest),
                ) => Some(*shortest),
                _ => answer.and_then(questionnaire::AnswerError::limit),
            },
            key: answer.and_then(|error| error.key().map(str::to_owned)),
        }
    }
}

impl From<questionnaire::NextQuestionError> for Refused {
    fn from(error: questionnaire::NextQuestionError) -> Self {
        Self::Answer(error.into())
    }
}
