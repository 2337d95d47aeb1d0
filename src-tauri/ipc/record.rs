//! Records.

use serde::{Deserialize, Serialize};

use super::OutboxState;

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

/// Which of the signed responses are listed. What is left out narrows nothing down.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts", optional_fields))]
pub struct RecordsWanted {
    /// Part of the participant's number or of the questionnaire's title; or the server's id of the response.
    pub search: Option<String>,
    /// Only those that are proven, or only the others.
    pub proven: Option<bool>,
    /// Only those before this place, which the page before this one named.
    pub before: Option<u32>,
    /// How many rows, up to 500; 100 where nothing is said.
    pub most: Option<u32>,
}

row! {
    /// The signed responses, and what can be done with all of a participant's.
    RecordList {
        /// One row a response, newest first.
        rows: Vec<RecordRow>,
        /// How many there are with those that are not listed.
        total: u32,
        /// Where the next page begins; none after the last.
        next: Option<u32>,
        /// Everybody who signed a response, whatever is listed: with the first page, where they can be exported together.
        participants: Vec<String>,
        /// Whether the study names the site's organization, so that a participant's responses can be exported together.
        organization: bool,
    }
}

row! {
    /// A record with its history and its proof.
    RecordDetail {
        /// The row.
        #[serde(flatten)]
        row: RecordRow,
        /// The servers that it goes to, each with its own state; none where that is the study's own alone.
        endpoints: Vec<RecordEndpoint>,
        /// What happened, oldest first.
        timeline: Vec<TimelineEntry>,
        /// The signatures.
        signatures: Vec<SignatureCard>,
        /// The five verdicts.
        verdicts: Vec<Verdict>,
        /// The worst of the five: `valid`, `invalid` or `indeterminate`.
        overall: String,
        /// What a reader should know beside the verdicts, in English.
        notes: Vec<String>,
        /// The answers as the patient saw them.
        answers: Vec<DisplayedAnswer>,
        /// The keys of the questions that were not asked because their condition had no result: a fault of the form.
        undecided: Vec<String>,
        /// Where an export is written.
        export_folder: String,
        /// Whether the study names a ledger, so that the record can be exported as a document.
        ledger: bool,
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
        /// The further server that it is about, by its name; none for the study's own.
        endpoint: Option<String>,
    }
}

row! {
    /// One of the servers that a record goes to.
    RecordEndpoint {
        /// Its name; none for the study's own.
        name: Option<String>,
        /// Its address.
        address: String,
        /// How far the delivery to it has come.
        state: OutboxState,
        /// Its version of the response.
        target: Option<String>,
        /// Short name of what went wrong there last.
        problem: Option<String>,
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
        /// When it was made, RFC 3339; empty when nothing says it.
        signed_at: String,
        /// Who made it; empty when nothing says it.
        who: String,
        /// Everything that it claims, and where it was found, line by line.
        facts: Vec<SignatureFact>,
        /// The five verdicts on this signature alone.
        verdicts: Vec<Verdict>,
    }
}

row! {
    /// One line of what a signature claims.
    SignatureFact {
        /// What it is, as a text key.
        label: String,
        /// How the value is written: `words`, `time` (RFC 3339), `term` (one of a closed list) or `code`.
        kind: String,
        /// The value.
        value: String,
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
