//! What a device process says on its standard output, one line of JSON for each.

use questionnaire::Event;
use serde::{Deserialize, Serialize};

/// A line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Told {
    /// The device did not open.
    Failed { code: String },
    /// The device is open.
    Opened,
    /// The device has its first certificate.
    Enrolled,
    /// What is stored of a visit's draft.
    Found { visit: String, events: Vec<Event> },
    /// The next event of a visit's draft is stored.
    Drafted { visit: String, event: Box<Event> },
    /// The device said "saved".
    Frozen { identifier: String },
    /// The device did not sign, or did not save.
    Refused { code: String },
    /// Nothing is left to do without a person, or nothing can be done.
    Settled(Box<Report>),
}

/// How a device stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// From the start of the delivery, or from the last command, until now.
    pub(super) milliseconds: u64,
    /// Why it does not go on, where it does not: a pause, a refusal of the store, or that time ran out.
    pub(super) held: Option<String>,
    /// The server's clock minus the device's, in seconds.
    pub(super) clock_difference: Option<i64>,
    /// The outbox.
    pub(super) items: Vec<Record>,
    /// Every alert.
    pub(super) alerts: Vec<Raised>,
    /// Every report of an alert, and of an act on one.
    pub(super) reports: Vec<Reported>,
    /// Every notice that nobody has confirmed.
    pub(super) notices: Vec<Noticed>,
    /// Drafts that are reviewed and wait for their signature.
    pub(super) drafts: usize,
    /// Visits that wait for their signature.
    pub(super) waiting: usize,
    /// Where the audit trail's hashes do not add up.
    pub(super) audit_break: Option<u32>,
}

/// An item of the outbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    /// `identifier.value` of the response.
    pub(super) identifier: String,
    /// The state's stored name.
    pub(super) state: String,
    /// The frozen bytes.
    pub(super) response: String,
    /// The stored Provenance.
    pub(super) provenance: Option<String>,
    /// The version on the server that was compared.
    pub(super) target: Option<String>,
    /// What went wrong last.
    pub(super) problem: Option<String>,
}

/// An alert.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Raised {
    /// Its id on the device.
    pub(super) id: String,
    /// How often a person has decided about it.
    pub(super) acts: usize,
    /// `identifier.value` of the response that it is about.
    pub(super) identifier: String,
    /// The kind's stored name.
    pub(super) kind: String,
    /// What was being sent.
    pub(super) phase: String,
    /// Whether a person has still to decide.
    pub(super) open: bool,
    /// The elements that differ.
    pub(super) paths: Vec<String>,
    /// Every resource that the server keeps, when there are several.
    pub(super) found: Vec<String>,
}

/// An AuditEvent about an alert.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reported {
    /// What it reports: `alert/ID/raised`, or `alert/ID/NUMBER` of an act.
    pub(super) cause: String,
    /// The state's stored name.
    pub(super) state: String,
    /// The frozen bytes.
    pub(super) resource: String,
}

/// What the server keeps otherwise than it should, as staff are told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Noticed {
    /// The kind's stored name.
    pub(super) kind: String,
    /// `identifier.value` of the response that it is about.
    pub(super) identifier: String,
    /// What the server keeps.
    pub(super) found: Vec<String>,
}
