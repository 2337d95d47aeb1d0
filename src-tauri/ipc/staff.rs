//! What staff see.

use serde::{Deserialize, Serialize};

macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize)]
        #[serde(rename_all = "camelCase")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    };
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }
    };
}

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

row! {
    /// One response in the outbox.
    OutboxRow {
        /// Its id.
        id: String,
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

words! {
    /// What an alert is about.
    AlertKind {
        /// The server kept something else.
        Different,
        /// The server holds it more than once.
        Duplicates,
        /// The server kept another Provenance.
        ProvenanceDifferent,
        /// The server refused it for good.
        Quarantined,
    }
}

row! {
    /// One alert.
    AlertRow {
        /// Its id.
        id: String,
        /// The participant's number.
        participant: String,
        /// The questionnaire's title.
        questionnaire_title: String,
        /// What it is about.
        kind: AlertKind,
        /// When it was raised, RFC 3339.
        raised_at: String,
        /// Whether somebody must still act.
        open: bool,
        /// How it was closed.
        outcome: Option<String>,
        /// How many elements differ.
        change_count: u32,
    }
}

row! {
    /// An alert with everything needed to decide.
    AlertDetail {
        /// The row.
        #[serde(flatten)]
        row: AlertRow,
        /// Counts the changes; an action with an older one is refused.
        revision: u32,
        /// The server's address.
        server: String,
        /// The version that the server returned.
        target: Option<String>,
        /// Every resource that the server keeps for this one, when there are several.
        found: Vec<String>,
        /// What the server said when it refused.
        refusal: Vec<String>,
        /// When it was signed, RFC 3339 with offset.
        signed_at: String,
        /// When the server's copy came back, RFC 3339.
        returned_at: String,
        /// How many elements are the same.
        identical_elements: u32,
        /// The elements that differ, and only those.
        changes: Vec<AlertChange>,
        /// What was done so far.
        actions: Vec<AlertAction>,
        /// Whether sending again is possible.
        can_send_again: bool,
    }
}

row! {
    /// One element that differs.
    AlertChange {
        /// Its FHIRPath.
        path: String,
        /// The same for people.
        words: Words,
        /// What was sent, as shown.
        sent: Option<String>,
        /// What came back, as shown.
        returned: Option<String>,
    }
}

row! {
    /// Where a difference is, for people.
    Words {
        /// The question's text.
        question: Option<String>,
        /// The question's number.
        item: Option<u32>,
        /// The element's name.
        element: String,
    }
}

row! {
    /// What somebody did about an alert.
    AlertAction {
        /// Which action.
        action: AlertChoice,
        /// Who.
        by: String,
        /// When, RFC 3339.
        at: String,
        /// Why.
        reason: String,
        /// What came of it, as a text key.
        result: String,
    }
}

words! {
    /// What a coordinator can do about an alert.
    AlertChoice {
        /// Put the signed content back on the server.
        SendAgain,
        /// Leave the server's content, without proof.
        Accept,
        /// Hand the matter on, without proof.
        Escalate,
    }
}

row! {
    /// One signed response.
    RecordRow {
        /// Its id.
        id: String,
        /// The participant's number.
        participant: String,
        /// The questionnaire's title.
        questionnaire_title: String,
        /// When it was signed, RFC 3339 with offset.
        signed_at: String,
        /// Its state.
        state: OutboxState,
        /// The server's version of it.
        target: Option<String>,
    }
}

row! {
    /// A record with its history and its proof.
    RecordDetail {
        /// The row.
        #[serde(flatten)]
        row: RecordRow,
        /// What happened, oldest first.
        timeline: Vec<TimelineEntry>,
        /// The signatures.
        signatures: Vec<SignatureCard>,
        /// The five verdicts.
        verdicts: Vec<Verdict>,
        /// The answers as the patient saw them.
        answers: Vec<DisplayedAnswer>,
        /// Where an export is written.
        export_folder: String,
    }
}

row! {
    /// One thing that happened to a record.
    TimelineEntry {
        /// What, as a text key.
        kind: String,
        /// When, RFC 3339.
        at: String,
        /// Who or what did it.
        actor: String,
        /// More about it.
        detail: Option<String>,
    }
}

row! {
    /// One signature of a record.
    SignatureCard {
        /// `capture` or `persistence`.
        kind: String,
        /// Whose name was printed beside it.
        printed_name: Option<String>,
        /// What it means.
        meaning: Option<String>,
        /// When it was made, RFC 3339.
        signed_at: String,
        /// Who made it.
        who: String,
        /// The algorithm.
        algorithm: String,
        /// The SHA-256 of the certificate, lower-case hexadecimal.
        thumbprint: String,
        /// When the certificate ends, RFC 3339.
        certificate_until: String,
    }
}

row! {
    /// One of the five verdicts.
    Verdict {
        /// Which.
        name: String,
        /// `valid`, `invalid` or `indeterminate`.
        verdict: String,
        /// The reason, as a text key.
        code: String,
        /// The reason in English.
        reason: String,
    }
}

row! {
    /// A question and its answer, as shown to the patient.
    DisplayedAnswer {
        /// The question.
        text: String,
        /// The answer; none when it was left on purpose.
        answer: Option<String>,
    }
}

row! {
    /// An export that was written.
    Exported {
        /// The file.
        path: String,
    }
}

row! {
    /// The state of this device.
    DeviceStatus {
        /// Its certificate.
        certificate: Certificate,
        /// Where its keys are.
        keystore: Keystore,
        /// The server.
        server: ServerStatus,
        /// The clock.
        clock: Clock,
        /// The staff accounts.
        accounts: Vec<StaffAccount>,
        /// The app's version.
        version: String,
        /// Where the data are.
        data_folder: String,
        /// Where exports go.
        export_folder: String,
    }
}

row! {
    /// The device's certificate.
    Certificate {
        /// Its subject.
        subject: String,
        /// Its issuer.
        issuer: String,
        /// From when, RFC 3339.
        not_before: String,
        /// Until when, RFC 3339.
        not_after: String,
        /// SHA-256, lower-case hexadecimal.
        thumbprint: String,
        /// How much of its life is over, in percent.
        percent_used: u32,
    }
}

row! {
    /// The keystore.
    Keystore {
        /// What the operating system calls it.
        name: String,
        /// Whether our keys are there.
        ok: bool,
    }
}

row! {
    /// The server.
    ServerStatus {
        /// Its address.
        url: String,
        /// Whether it answered last time.
        reachable: bool,
        /// When it last answered, RFC 3339.
        last_contact: Option<String>,
    }
}

row! {
    /// The clock.
    Clock {
        /// How far it is from the server's, in seconds.
        difference_seconds: Option<i32>,
        /// The last recorded time, RFC 3339, when the clock is before it: nothing can be signed then.
        behind: Option<String>,
    }
}

row! {
    /// A staff account.
    StaffAccount {
        /// The user name.
        user: String,
        /// The name as printed.
        display_name: String,
        /// Whether too many wrong tries have locked it.
        locked: bool,
    }
}

row! {
    /// The trainer's panel.
    FaultPanel {
        /// The faults.
        faults: Vec<Fault>,
        /// Whether the server listens.
        listener_open: bool,
        /// The last requests.
        log: Vec<LoggedRequest>,
    }
}

row! {
    /// A fault of the practice server.
    Fault {
        /// Its name.
        id: String,
        /// Whether it is switched on.
        active: bool,
        /// For how many more requests.
        remaining: u32,
    }
}

row! {
    /// A request that the practice server saw.
    LoggedRequest {
        /// When, RFC 3339.
        at: String,
        /// The method.
        method: String,
        /// The path, without values.
        path: String,
        /// The status answered; none when the connection was closed.
        status: Option<u16>,
    }
}
