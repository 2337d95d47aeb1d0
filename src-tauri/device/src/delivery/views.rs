//! What staff see of the outbox, the alerts and the records. All of it reads, and blocks for the store.

use fhir::Value;
use jiff::Timestamp;
use rusqlite::Connection;

use super::State;
use super::words::{self, Words};
use crate::Error;
use crate::store::alert::{self, Act, Alert, AlertKind};
use crate::store::attempt;
use crate::store::audit::Entry;
use crate::store::outbox::{self, Item, Summary};
use crate::store::{Store, takeover};

/// Rows of each kind that the outbox's screen shows.
const FOREMOST: u32 = 200;

/// A row of the outbox: the delivery of a record to one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its id in the outbox.
    pub id: String,
    /// The record.
    pub record: String,
    /// The address of the server that it goes to; `None` for the study's own.
    pub endpoint: Option<String>,
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
    /// The address of the server that it is about; `None` for the study's own.
    pub endpoint: Option<String>,
    /// The participant's id.
    pub participant: String,
    /// The questionnaire's title in its first language.
    pub questionnaire_title: String,
    /// `url|version` of the questionnaire.
    pub canonical: String,
    /// Why it was raised.
    pub kind: AlertKind,
    /// Whether the server was asked for what it had acknowledged, and says that it has no such thing.
    pub missing: bool,
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
    /// `signed`, `sent`, `kept`, `compared`, `tolerated`, `provenanceSent`, `proven`, `delivered`, `alert`, `acted`, `noticed`, `confirmed`,
    /// `exported`, `takenOver`.
    pub kind: &'static str,
    /// RFC 3339 with offset.
    pub at: String,
    /// Staff user, participant's id, or `device`.
    pub actor: String,
    /// A version, a status, a reason.
    pub detail: Option<String>,
    /// The address of the server that it is about; `None` for the study's own.
    pub endpoint: Option<String>,
}

/// The whole outbox, newest first.
pub fn outbox_rows(store: &Store) -> Result<Vec<OutboxRow>, Error> {
    Ok(outbox_page(store, None, u32::MAX)?.rows)
}

/// A page of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxPage {
    /// Newest first.
    pub rows: Vec<OutboxRow>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<i64>,
}

/// Up to `most` rows, newest first, from where the page before it said.
pub fn outbox_page(store: &Store, from: Option<i64>, most: u32) -> Result<OutboxPage, Error> {
    let found = store.read(|connection| outbox::page(connection, from, most))?;
    let full = u32::try_from(found.len()).is_ok_and(|found| found == most);
    let next = found.last().filter(|_| full).map(|last| last.row);
    Ok(OutboxPage { rows: found.into_iter().map(outbox_row).collect(), next })
}

/// What the outbox's screen shows: what needs a person, what waits longest and what is newest, up to 200 of each.
pub fn outbox_foremost(store: &Store) -> Result<Vec<OutboxRow>, Error> {
    let found = store.read(|connection| outbox::foremost(connection, FOREMOST))?;
    Ok(found.into_iter().map(outbox_row).collect())
}

/// One row of the outbox.
pub fn outbox_row_of(store: &Store, id: &str) -> Result<OutboxRow, Error> {
    Ok(outbox_row(store.read(|connection| outbox::summary(connection, id))?))
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

/// What happened to a record, on whichever server, oldest first.
pub fn timeline(store: &Store, record: &str) -> Result<Vec<TimelineEntry>, Error> {
    store.read(|connection| {
        let own = outbox::summary(connection, record)?.endpoint;
        let mut entries = happened(connection, record, own.as_deref())?;
        for further in outbox::further(connection, record)? {
            entries.extend(happened(connection, &further.id, further.endpoint.as_deref())?);
        }
        // Equal times keep their order: requests come before what followed from them.
        entries.sort_by_key(|entry| entry.at.parse::<Timestamp>().ok());
        Ok(entries)
    })
}

/// The same of one delivery.
fn happened(connection: &Connection, id: &str, endpoint: Option<&str>) -> Result<Vec<TimelineEntry>, Error> {
    let subject = format!("record/{id}");
    let mut entries = requests(connection, &subject, endpoint)?;
    for (elsewhere, entry) in takeover::whole_trail(connection, &subject)? {
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
            "notice.raised" => "noticed",
            "notice.confirmed" => "confirmed",
            "record.exported" => "exported",
            "record.reportSaved" => "reported",
            "record.documentExported" => "documented",
            "record.takenOver" => "takenOver",
            _ => continue,
        };
        let actor = on(elsewhere.as_ref().map(|one| one.name.as_str()), &entry);
        let detail = Some(entry.detail).filter(|detail| !detail.is_empty());
        // The patient signed once, for every server.
        let endpoint = endpoint.filter(|_| kind != "signed").map(str::to_owned);
        entries.push(TimelineEntry { kind, at: entry.at, actor, detail, endpoint });
    }
    Ok(entries)
}

/// Who did it: of what another device recorded, that device, and the member of staff there.
fn on(elsewhere: Option<&str>, entry: &Entry) -> String {
    match (elsewhere, entry.role.as_str()) {
        (None, _) | (_, "patient") => entry.actor.clone(),
        (Some(device), "device") => device.to_owned(),
        (Some(device), _) => format!("{} ({device})", entry.actor),
    }
}

fn requests(
    connection: &Connection,
    subject: &str,
    endpoint: Option<&str>,
) -> Result<Vec<TimelineEntry>, Error> {
    let devices = takeover::devices(connection)?;
    let name = |device: &str| devices.iter().find(|one| one.device == device).map(|one| one.name.clone());
    let sent = attempt::of_subject(connection, subject)?
        .into_iter()
        .filter(|attempt| attempt.method != "GET" && !attempt.url.contains("/Provenance"));
    Ok(sent
        .map(|attempt| TimelineEntry {
            kind: "sent",
            at: attempt.at,
            actor: attempt.elsewhere.as_deref().map_or_else(
                || "device".to_owned(),
                |device| name(device).unwrap_or_else(|| device.to_owned()),
            ),
            detail: attempt.status.map(|status| format!("status-{status}")).or(attempt.error),
            endpoint: endpoint.map(str::to_owned),
        })
        .collect())
}

fn outbox_row(item: Summary) -> OutboxRow {
    let waits = item.state.is_active() && item.next_attempt_ms > 0;
    OutboxRow {
        record: item.record.unwrap_or_else(|| item.id.clone()),
        endpoint: item.endpoint,
        id: item.id,
        participant: item.participant,
        questionnaire_title: item.title,
        canonical: item.canonical,
        signed_at: item.signed_at,
        state: item.state,
        attempts: item.attempts,
        next_attempt_at: waits.then(|| crate::clock::utc(item.next_attempt_ms)),
        problem: item.problem,
        target: item.target,
    }
}

fn alert_row(alert: &Alert, item: &Item) -> AlertRow {
    AlertRow {
        id: alert.id.clone(),
        record: item.record().to_owned(),
        endpoint: item.endpoint.clone(),
        participant: item.participant.clone(),
        questionnaire_title: item.title.clone(),
        canonical: item.canonical.clone(),
        kind: alert.kind,
        missing: alert.kind == AlertKind::Quarantined
            && alert.exchange.method == "GET"
            && !alert.exchange.url.contains('?')
            && matches!(alert.exchange.status, Some(404 | 410)),
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
    let row = alert_row(&alert, item);
    // What is not there has no version to name: what was asked for.
    let asked = row.missing.then(|| alert.exchange.url.strip_prefix(&alert.server)).flatten();
    let asked = asked.map(|path| path.trim_start_matches('/').to_owned());
    let decidable = matches!(item.state, State::Alert | State::Quarantined);
    AlertDetail {
        row,
        revision: alert.revision,
        server: alert.server,
        target: alert.target.or(asked),
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
