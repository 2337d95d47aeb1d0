//! What crosses between the page and Rust. `make bindings` writes the TypeScript of every type here to
//! `ui/src/bindings`; CI fails when it is stale.
//!
//! Numbers of answers cross as their text, counts as `u32`: a 64-bit integer would become a `bigint` in the page.

#[macro_use]
mod shapes;

mod alert;
mod assignment;
mod credentials;
mod device;
mod emergency;
mod form;
mod patient;
mod record;
mod setup;
mod staff;
mod study;

pub use alert::{AlertAction, AlertChange, AlertChoice, AlertDetail, AlertKind, AlertRow, Words};
pub use assignment::{AssignmentList, AssignmentRefused, AssignmentRow, AssignmentUntold};
pub use credentials::{CertificateHolder, CertificateRequest, Credentials, HeldCertificate, TokenFor};
pub use device::{
    Certificate, Clock, ConnectionLine, DeviceStatus, Fault, FaultPanel, Keystore, LineState, LoggedRequest,
    ServerStatus, StaffAccount,
};
pub use emergency::{EmergencyExported, EmergencyInside, EmergencyTaken};
pub use form::{FormFinding, FormList, FormReport, FormRow, FormState, FormSupported, FormValueSet, Found};
pub use patient::{Language, PatientView, Step};
pub use record::{
    DisplayedAnswer, Exported, RecordDetail, RecordEndpoint, RecordList, RecordRow, RecordsWanted,
    SignatureCard, SignatureFact, TimelineEntry, Verdict,
};
pub use setup::{CodesFound, SetUpStep, SiteFound, StudyForm, StudyFound};
pub use staff::{
    DemoAccount, NoticeKind, NoticeRow, OutboxRow, OutboxState, ParticipantChoice, QuestionnaireChoice,
    Visit, VisitChoices, VisitState,
};

pub use study::{StudyBrought, StudyChange, StudyFormChange, StudyFormChanged, StudyInForce, StudyOffered};

use serde::Serialize;

/// What the page shows: Rust decides, the page draws.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "view", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum AppView {
    /// Nothing can be done before somebody has mended what `code` names.
    Blocked {
        /// The reason, as a text key.
        code: String,
        /// One technical sentence for the person who mends it; no personal data.
        detail: String,
        /// Whether starting again can help.
        can_retry: bool,
    },
    /// The device cannot be used for a study yet.
    SetUp {
        /// What comes next.
        step: SetUpStep,
        /// The languages of the app's own texts (BCP 47).
        languages: Vec<String>,
    },
    /// Nobody is signed in.
    SignIn {
        /// The demonstration accounts; only in practice mode.
        practice: Option<Vec<DemoAccount>>,
        /// The languages of the app's own texts (BCP 47).
        languages: Vec<String>,
    },
    /// A member of staff is signed in.
    Staff {
        /// The session that every staff command must name.
        session: String,
        /// The user name.
        user: String,
        /// The name as printed.
        display_name: String,
        /// The site.
        site: String,
        /// The device's name.
        device: String,
        /// The role: `coordinator`, `siteStaff` or `inspector`.
        role: String,
        /// What the role allows here. The backend refuses everything else, whatever the page shows.
        #[cfg_attr(
            feature = "ts",
            ts(
                type = "Array<'visits' | 'pins' | 'records' | 'exports' | 'alerts' | 'forms' | 'device' | 'emergency'>"
            )
        )]
        rights: Vec<&'static str>,
        /// The one line that says whether all is well.
        status: StatusLine,
        /// How many alerts are open.
        open_alerts: u32,
        /// Whether this is practice mode.
        practice: bool,
    },
    /// The device is in a patient's hands.
    Patient {
        /// What the patient sees.
        patient: PatientView,
    },
}

/// The state of everything on this device, for one sentence.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct StatusLine {
    /// How urgent it is.
    pub level: Level,
    /// Which sentence.
    pub code: StatusCode,
    /// The number that the sentence is about.
    pub count: u32,
    /// Of how many.
    pub total: u32,
    /// When the server last answered, RFC 3339.
    pub checked_at: Option<String>,
    /// Until when it is left alone because it asked for that, RFC 3339; with [`StatusCode::Resting`] only.
    pub until: Option<String>,
    /// Why sending is paused, as a short name; with [`StatusCode::Paused`] only.
    pub pause: Option<String>,
    /// Reports of alerts that the server did not take; sending now tries them again.
    pub untaken_reports: u32,
    /// Notices that nobody has confirmed yet.
    pub notices: u32,
    /// Whether this version of the app would not take the study's document: no visit is begun.
    pub study_unfit: bool,
    /// The fault that the trainer has switched on.
    pub practice_fault: Option<String>,
}

/// How urgent the status line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Level {
    /// All is well.
    Good,
    /// Nothing is lost, something waits.
    Warn,
    /// Somebody must act.
    Bad,
}

/// Which sentence the status line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum StatusCode {
    /// Every response is delivered and proven.
    AllProven,
    /// Nothing has been signed yet.
    NothingYet,
    /// `count` responses are on their way.
    Sending,
    /// The server cannot be reached; `count` responses are safe here.
    Offline,
    /// The server asked for time; `count` responses are safe here.
    Resting,
    /// The server's address refuses without a word of FHIR; `count` responses are safe here.
    NotFhir,
    /// `count` alerts are open.
    Alerts,
    /// The server refuses our credentials: the queue waits.
    Paused,
    /// `count` responses were refused for good.
    Quarantined,
    /// The device's disk is full, and delivery rests until there is room; `count` responses are safe here.
    DiskFull,
    /// The device could not keep a step of the delivery; `count` responses are safe here.
    Storage,
}

/// An error that crosses to the page.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct CommandError {
    /// The text key.
    pub code: String,
    /// The same in English, for staff; no personal data.
    pub message: String,
    /// What the form itself says about it, in the patient's language.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// The number that was not kept to.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The question of the page that it is about, where it is not the one that was acted on.
    #[cfg_attr(feature = "ts", ts(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}
