//! What the study's server asks to have answered at this site.

use serde::Serialize;

row! {
    /// What visits can be started with, because the server asks for it.
    AssignmentList {
        /// Whether the study assigns anything at all.
        enabled: bool,
        /// What is due; what ends first, first.
        due: Vec<AssignmentRow>,
        /// What is not taken, and why.
        refused: Vec<AssignmentRefused>,
        /// What the server could not be told, or decided otherwise.
        untold: Vec<AssignmentUntold>,
        /// When the list was last read whole, RFC 3339 with offset.
        pulled_at: Option<String>,
        /// What kept it from being read the last time, as a text key.
        problem: Option<String>,
    }
}

row! {
    /// A Task with which a visit can be started.
    AssignmentRow {
        /// The Task's id.
        id: String,
        /// The participant's number.
        participant: String,
        /// The questionnaire's title.
        questionnaire_title: String,
        /// FHIR dateTime from which on it is sought.
        due_from: Option<String>,
        /// FHIR dateTime until which it is sought.
        due_until: Option<String>,
        /// Its time has not come.
        early: bool,
        /// Its time is over.
        overdue: bool,
    }
}

row! {
    /// A Task that is not taken.
    AssignmentRefused {
        /// The Task's id.
        id: String,
        /// Why, as a text key.
        reason: String,
        /// What that is about, in English.
        detail: String,
    }
}

row! {
    /// A Task with a visit, of which the server says something else than what became of it.
    AssignmentUntold {
        /// The Task's id.
        id: String,
        /// The participant's number.
        participant: String,
        /// The questionnaire's title.
        questionnaire_title: String,
        /// Why, as a text key.
        problem: String,
        /// Whether it is tried again by itself.
        retried: bool,
    }
}
