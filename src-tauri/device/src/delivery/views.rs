//! What staff see of the outbox, the alerts and the records. All of it reads, and blocks for the store.

use fhir::Value;
use jiff::Timestamp;
use rusqlite::Connection;

use super::State;
use super::words::{self, Words};
use crate::Error;
use crate::store::alert::{self, Act, Alert, AlertKind};
use crate::store::attempt;
use crate::store::outbox::{self, Item};
use crate::store::{Store, audit};

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The record.
    pub id: String,
    /// The participant's id.
    pub participant: String,
    /// The questionnaire's title in its first language.
    pub questionnaire_title: String,
    /// `url|version` of the questionnaire.
    pub canonical: String,
    /// RFC 3339 with offset.
    pub signed_at: String,
    /// How far it has come.
    pub state: State,
    /// Requests made for it.
    pub attempts: u32,
    /// RFC 3339 in UTC, while it waits.
    pub next_attempt_at: Option<String>,
    /// Short name of what went wrong last: `refused`, `timeout`, `status-500`, `unauthorised` …
    pub problem: Option<String>,
    /// `QuestionnaireResponse/ID/_history/VERSION`, once the server has it.
    pub target: Option<String>,
}

/// A row of the list of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// The alert.
    pub id: String,
    /// The record that it is about.
    pub record: String,
    /// The participant's id.
    pub participant: String,
    /// The questionnaire's title in its first language.
    pub questionnaire_title: String,
    /// `url|version` of the questionnaire.
    pub canonical: String,
    /// Why it was raised.
    pub kind: AlertKind,
    /// RFC 3339 with offset.
    pub raised_at: String,
    /// Whether it waits for a person.
    pub open: bool,
    /// How it ended.
    pub outcome: Option<&'static str>,
    /// How many elements differ.
    pub changes: u32,
}

/// One element that differs, for reading.
#[derive(Clone, PartialEq, Eq)]
pub struct AlertChange {
    /// FHIRPath.
    pub path: String,
    /// The same for people.
    pub words: Words,
    /// What was signed, as shown.
    pub sent: Option<String>,
    /// What the server keeps, as shown.
    pub returned: Option<String>,
}

impl std::fmt::Debug for AlertChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AlertChange({})", self.path)
    }
}

/// Everything about an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertDetail {
    /// The row.
    pub row: AlertRow,
    /// Names what was looked at; an act has to repeat it.
    pub revision: u32,
    /// The server's base address.
    pub server: String,
    /// The version that differs.
    pub target: Option<String>,
    /// Every version found, when there are several; or every rule that what was made here breaks.
    pub found: Vec<String>,
    /// RFC 3339 with offset.
    pub signed_at: String,
    /// RFC 3339 with offset: when the server answered.
    pub returned_at: String,
    /// The HTTP status of that answer.
    pub status: Option<u16>,
    /// The texts of the server's OperationOutcome, when it refused.
    pub refusal: Vec<String>,
    /// How many elements are as they were signed.
    pub identical_elements: u32,
    /// What differs.
    pub changes: Vec<AlertChange>,
    /// What was done about it.
    pub actions: Vec<Act>,
    /// Whether sending again is possible now.
    pub can_send_again: bool,
}

/// What happened to a record, in the words of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// `signed`, `sent`, `kept`, `compared`, `tolerated`, `provenanceSent`, `proven`, `delivered`, `alert`, `acted`, `exported`.
    pub kind: &'static str,
    /// RFC 3339 with offset.
    pub at: String,
    /// Staff user, participant's id, or `device`.
    pub actor: String,
    /// A version, a status, a reason.
    pub detail: Option<String>,
}

/// The outbox, newest first.
pub fn outbox_rows(store: &Store) -> Result<Vec<OutboxRow>, Error> {
    Ok(store.read(outbox::all)?.iter().map(outbox_row).collect())
}

/// One row of the outbox.
pub fn outbox_row_of(store: &Store, id: &str) -> Result<OutboxRow, Error> {
    Ok(outbox_row(&store.read(|connection| outbox::by_id(connection, id))?))
}

/// All alerts, the open ones first.
pub fn alert_rows(store: &Store) -> Result<Vec<AlertRow>, Error> {
    store.read(|connection| {
        alert::all(connection)?
            .iter()
            .map(|alert| Ok(alert_row(alert, &outbox::by_id(connection, &alert.record)?)))
            .collect()
    })
}

/// One alert.
pub fn alert_detail(store: &Store, id: &str) -> Result<AlertDetail, Error> {
    store.read(|connection| {
        let alert = alert::by_id(connection, id)?;
        let item = outbox::by_id(connection, &alert.record)?;
        let actions = alert::acts(connection, id)?;
        Ok(detail(alert, &item, actions))
    })
}

/// What happened to a record, oldest first.
pub fn timeline(store: &Store, record: &str) -> Result<Vec<TimelineEntry>, Error> {
    let subject = format!("record/{record}");
    store.read(|connection| {
        let mut entries = requests(connection, &subject)?;
        for entry in audit::of_subject(connection, &subject)? {
            let kind = match entry.event.as_str() {
                "response.frozen" => "signed",
                "response.acknowledged" => "kept",
                "response.compared" => "compared",
                "comparison.tolerated" => "tolerated",
                "provenance.signed" => "provenanceSent",
                "record.proven" => "proven",
                "record.delivered" => "delivered",
                "alert.raised" | "alert.correctionRefused" => "alert",
                "alert.sendAgain" | "alert.accept" | "alert.escalate" => "acted",
                "record.exported" => "exported",
                "record.reportSaved" => "reported",
                "record.documentExported" => "documented",
                _ => continue,
            };
            let detail = Some(entry.detail).filter(|detail| !detail.is_empty());
            entries.push(TimelineEntry { kind, at: entry.at, actor: entry.actor, detail });
        }
        // Equal times keep their order: requests come before what followed from them.
        entries.sort_by_key(|entry| entry.at.parse::<Timestamp>().ok());
        Ok(entries)
    })
}

fn requests(connection: &Connection, subject: &str) -> Result<Vec<TimelineEntry>, Error> {
    let sent = attempt::of_subject(connection, subject)?
        .into_iter()
        .filter(|attempt| attempt.method != "GET" && !attempt.url.contains("/Provenance"));
    Ok(sent
        .map(|attempt| TimelineEntry {
            kind: "sent",
            at: attempt.at,
            actor: "device".to_owned(),
            detail: attempt.status.map(|status| format!("status-{status}")).or(attempt.error),
        })
        .collect())
}

fn outbox_row(item: &Item) -> OutboxRow {
    let waits = item.state.is_active() && item.next_attempt_ms > 0;
    OutboxRow {
        id: item.id.clone(),
        participant: item.participant.clone(),
        questionnaire_title: item.title.clone(),
        canonical: item.canonical.clone(),
        signed_at: item.signed_at.clone(),
        state: item.state,
        attempts: item.attempts,
        next_attempt_at: waits.then(|| crate::clock::utc(item.next_attempt_ms)),
        problem: item.problem.clone(),
        target: item.target(),
    }
}

fn alert_row(alert: &Alert, item: &Item) -> AlertRow {
    AlertRow {
        id: alert.id.clone(),
        record: alert.record.clone(),
        participant: item.participant.clone(),
        questionnaire_title: item.title.clone(),
        canonical: item.canonical.clone(),
        kind: alert.kind,
        raised_at: alert.raised_at.clone(),
        open: alert.outcome.is_none(),
        outcome: alert.outcome.map(alert::Outcome::as_str),
        changes: u32::try_from(alert.changes.len()).unwrap_or(u32::MAX),
    }
}

fn detail(alert: Alert, item: &Item, actions: Vec<Act>) -> AlertDetail {
    let sent = Value::parse(&item.response).unwrap_or(Value::Null);
    let returned = alert.returned.as_deref().and_then(|bytes| Value::parse(bytes).ok());
    let changes = alert
        .changes
        .iter()
        .map(|change| AlertChange {
            path: change.path.clone(),
            words: words::words(&change.path, &sent, returned.as_ref()),
            sent: change.sent.as_deref().map(words::shown),
            returned: change.returned.as_deref().map(words::shown),
        })
        .collect();
    let refusal = returned
        .iter()
        .flat_map(|outcome| outcome.list("issue"))
        .filter_map(|issue| issue.str("diagnostics").or_else(|| issue.get("details")?.str("text")))
        .map(str::to_owned)
        .collect();
    let decidable = matches!(item.state, State::Alert | State::Quarantined);
    AlertDetail {
        row: alert_row(&alert, item),
        revision: alert.revision,
        server: alert.server,
        target: alert.target,
        found: alert.found,
        signed_at: item.signed_at.clone(),
        returned_at: alert.exchange.at,
        status: alert.exchange.status,
        refusal,
        identical_elements: alert.identical,
        changes,
        actions,
        can_send_again: alert.outcome.is_none() && decidable,
    }
}
