//! Signing in, visits and the outbox.

use serde::{Deserialize, Serialize};

row! {
    /// A demonstration account, shown only in practice mode.
    DemoAccount {
        /// The user name.
        user: String,
        /// The password.
        password: String,
        /// The role.
        role: String,
    }
}

row! {
    /// A visit.
    Visit {
        /// Its id.
        id: String,
        /// The participant's number.
        participant: String,
        /// The questionnaire's title.
        questionnaire_title: String,
        /// How far it is.
        state: VisitState,
        /// The state of what was signed.
        outbox: Option<OutboxState>,
        /// The question that the patient is at.
        position: Option<u32>,
        /// When it was started, RFC 3339.
        started_at: String,
        /// The record that it led to.
        open_outbox_id: Option<String>,
    }
}

words! {
    /// How far a visit is.
    VisitState {
        /// Started, not yet handed over.
        Ready,
        /// The patient has begun.
        InProgress,
        /// Signed.
        Frozen,
        /// Ended without a signature.
        Ended,
    }
}

words! {
    /// The state of a response in the outbox.
    OutboxState {
        /// Signed and safe on this device.
        Frozen,
        /// On its way.
        Sending,
        /// The server has it.
        Acknowledged,
        /// The server's copy is proven equal.
        Compared,
        /// Its Provenance is on its way.
        ProvenanceSending,
        /// The server's copy of the Provenance is proven equal.
        ProvenanceCompared,
        /// Delivered and proven.
        Done,
        /// The server kept something else.
        Alert,
        /// The server refused it for good.
        Quarantined,
        /// A person closed the alert.
        ClosedDifferent,
    }
}

row! {
    /// What a visit can be started with.
    VisitChoices {
        /// The participants.
        participants: Vec<ParticipantChoice>,
        /// Whose numbers the participants' are, where the study says so or another participant's are known.
        participant_system: Option<String>,
        /// The questionnaires.
        questionnaires: Vec<QuestionnaireChoice>,
    }
}

row! {
    /// A participant to choose.
    ParticipantChoice {
        /// The participant's number.
        id: String,
        /// How it is shown.
        label: String,
    }
}

row! {
    /// A questionnaire to choose.
    QuestionnaireChoice {
        /// Its id.
        id: String,
        /// Its title.
        title: String,
        /// The languages that it is complete in.
        languages: Vec<String>,
    }
}

words! {
    /// What a notice says.
    NoticeKind {
        /// The server keeps the report of an alert otherwise than it was sent.
        ReportAltered,
        /// The server keeps the proof of a record more than once.
        ProvenanceTwice,
    }
}

row! {
    /// What the server keeps otherwise than it should, and nobody has confirmed having seen yet.
    NoticeRow {
        /// Its id.
        id: String,
        /// What it says.
        kind: NoticeKind,
        /// The participant's number, where the record is here.
        participant: Option<String>,
        /// The further server that it is about, by its name; none for the study's own.
        endpoint: Option<String>,
        /// What the server keeps, each as `TYPE/ID/_history/VERSION`.
        found: Vec<String>,
        /// When it was found, RFC 3339 with offset.
        raised_at: String,
    }
}

row! {
    /// One response in the outbox, for one server.
    OutboxRow {
        /// Its id.
        id: String,
        /// The record's id.
        record: String,
        /// The further server that it goes to, by its name; none for the study's own.
        endpoint: Option<String>,
        /// The participant's number.
        participant: String,
        /// The questionnaire's title.
        questionnaire_title: String,
        /// When it was signed, RFC 3339 with offset.
        signed_at: String,
        /// Its state.
        state: OutboxState,
        /// How often it was tried.
        attempts: u32,
        /// When it is tried next, RFC 3339.
        next_attempt_at: Option<String>,
        /// What went wrong last, as a text key.
        problem: Option<String>,
    }
}
