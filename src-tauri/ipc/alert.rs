//! Alerts.

use serde::{Deserialize, Serialize};

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
        /// The server has acknowledged it and does not have it.
        Missing,
    }
}

row! {
    /// One alert.
    AlertRow {
        /// Its id.
        id: String,
        /// The further server that it is about, by its name; none for the study's own.
        endpoint: Option<String>,
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
