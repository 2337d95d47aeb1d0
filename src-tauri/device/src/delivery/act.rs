//! What a person decides about an alert. Each act carries who, why, and the revision of the alert that was looked at;
//! it is stored with its audit entry and with the report that goes to the server, in one transaction.

use fhir::Value;
use jiff::Zoned;
use rusqlite::Transaction;
use seal::Party;

use super::compare::is_of;
use super::report::Reported;
use super::{State, failpoint, report};
use crate::store::Store;
use crate::store::alert::{self, Act, Action, Alert, AlertKind, Outcome, Phase};
use crate::store::audit::{self, NewEntry};
use crate::store::outbox::{self, By, Item};
use crate::store::posting::{self, Kind, Posting, PostingState};
use crate::store::second_look;
use crate::{Error, clock};

/// Who acts: a member of staff who has just signed in again for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user name.
    pub user: String,
    /// The name as shown.
    pub display_name: String,
    /// In which role.
    pub role: String,
}

/// A decision about an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The alert.
    pub alert: String,
    /// Its revision when the person looked at it.
    pub revision: u32,
    /// What was chosen.
    pub action: Action,
    /// Who chose it.
    pub actor: Actor,
    /// Why, in their words. It stays on this device.
    pub reason: String,
}

/// Carries out a decision. Blocks.
///
/// # Errors
/// [`Error::ReasonMissing`], [`Error::ReasonUnusable`]; [`Error::StaleRevision`] when the alert has changed since it was looked at;
/// [`Error::WrongState`] when it is closed, or an earlier act is still being carried out.
pub(super) fn act(store: &Store, mut decision: Decision, device: &Party, now: Zoned) -> Result<(), Error> {
    decision.reason = crate::reason(&decision.reason)?;
    let device = device.clone();
    let points = match decision.action {
        Action::SendAgain => ["send-again-before-commit", "send-again-committed"],
        Action::Accept | Action::Escalate => ["closed-before-commit", "closed-committed"],
    };
    store.write(move |tx| {
        let alert = alert::by_id(tx, &decision.alert)?;
        if let Some(outcome) = alert.outcome {
            return Err(Error::WrongState(outcome.as_str().into()));
        }
        if alert.revision != decision.revision {
            return Err(Error::StaleRevision);
        }
        let mut item = outbox::by_id(tx, &alert.record)?;
        let from = item.state;
        if !matches!(from, State::Alert | State::Quarantined) {
            return Err(Error::WrongState(from.as_str().into()));
        }
        let outcome = match decision.action {
            Action::SendAgain => {
                send_again(tx, &alert, &mut item)?;
                None
            }
            Action::Accept => Some(Outcome::Accepted),
            Action::Escalate => Some(Outcome::Escalated),
        };
        let mut about = vec![alert];
        if outcome.is_some() {
            item.state = State::ClosedDifferent;
            // Nothing is ever sent for the record again: what else was open about it, at another step, ends with it.
            let open = alert::of_record(tx, &item.id)?.into_iter().filter(|one| one.outcome.is_none());
            about.extend(open.filter(|one| one.id != decision.alert));
        }
        outbox::save(tx, By::Person, from, &item)?;
        if outcome.is_some() {
            second_look::end(tx, &item.id)?;
        }
        about.iter().try_for_each(|alert| keep(tx, alert, &item, &decision, outcome, &device, &now))?;
        failpoint::hit(points[0]);
        Ok(())
    })?;
    failpoint::hit(points[1]);
    Ok(())
}

/// Keeps the decision with an alert, in the audit trail, and as a report; with an outcome it ends the alert.
fn keep(
    tx: &Transaction<'_>,
    alert: &Alert,
    item: &Item,
    decision: &Decision,
    outcome: Option<Outcome>,
    device: &Party,
    now: &Zoned,
) -> Result<(), Error> {
    let at = clock::text(now);
    let result = if outcome.is_some() { "closed" } else { "pending" };
    if let Some(outcome) = outcome {
        // Also what an earlier act was to lead to.
        alert::settle(tx, &item.id, alert.phase, result, Some(outcome), &at)?;
    }
    let number = alert::add_act(tx, &alert.id, &done(decision, result, at))?;
    let event = match decision.action {
        Action::SendAgain => "alert.sendAgain",
        Action::Accept => "alert.accept",
        Action::Escalate => "alert.escalate",
    };
    let subject = format!("record/{}", item.id);
    let (actor, role) = (decision.actor.user.as_str(), decision.actor.role.as_str());
    audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail: &decision.reason }, now)?;
    let id = uuid::Uuid::new_v4().to_string();
    let event = report::audit_event(&id, alert, item, Reported::Decided(decision), device, now);
    let cause = format!("alert/{}/{number}", alert.id);
    posting::ensure(tx, &Posting::new(id, Kind::AuditEvent, cause, event.to_json().into_bytes()))?;
    Ok(())
}

fn done(decision: &Decision, result: &str, at: String) -> Act {
    Act {
        action: decision.action,
        user: decision.actor.user.clone(),
        display_name: decision.actor.display_name.clone(),
        at,
        reason: decision.reason.clone(),
        result: result.to_owned(),
    }
}

/// Puts the item where the worker takes it up again: before the request whose result the alert is about.
fn send_again(tx: &Transaction<'_>, alert: &Alert, item: &mut Item) -> Result<(), Error> {
    let different = matches!(alert.kind, AlertKind::Different | AlertKind::ProvenanceDifferent);
    // What is some other record's must not be overwritten: then our own is looked for.
    let mut looks = !different;
    match alert.phase {
        Phase::Response => {
            if different && answers(&item.response, alert) {
                item.replaces = item.server_version.clone();
            } else if different {
                looks = true;
                (item.server_id, item.server_version, item.replaces) = (None, None, None);
            }
            item.state = State::Sending;
        }
        Phase::Provenance => {
            if different && item.provenance.as_deref().is_some_and(|sent| answers(sent, alert)) {
                item.provenance_replaces = item.provenance_version.clone();
            } else if different {
                looks = true;
                (item.provenance_id, item.provenance_version, item.provenance_replaces) = (None, None, None);
            }
            // One that broke its profile's rules was not kept: it is made again.
            let made = item.provenance.is_some();
            item.state = if made { State::ProvenanceSending } else { State::Compared };
        }
        Phase::Document => {
            reopen_certificate(tx, alert, item.endpoint.as_deref(), different)?;
            item.state = State::Compared;
        }
    }
    if item.origin.is_some() && item.state == State::Compared {
        // What another device compared is not signed here before it was seen here.
        item.state = State::Sending;
        looks = true;
        (item.server_version, item.returned) = (None, None);
    }
    // After a refusal, or when there are several, the server is searched first. A correction names the version that it
    // replaces, so that nothing can be overwritten unseen.
    item.unsure = looks && item.state != State::Compared;
    item.failures = 0;
    item.next_attempt_ms = 0;
    item.problem = None;
    Ok(())
}

/// Whether the alert is about what the server made of `sent`.
fn answers(sent: &[u8], alert: &Alert) -> bool {
    let returned = alert.returned.as_deref().and_then(|returned| Value::parse(returned).ok());
    let sent = Value::parse(sent).ok();
    sent.zip(returned).is_some_and(|(sent, returned)| is_of(&sent, &returned))
}

fn reopen_certificate(
    tx: &Transaction<'_>,
    alert: &Alert,
    endpoint: Option<&str>,
    different: bool,
) -> Result<(), Error> {
    for mut posting in posting::stopped_certificates(tx, endpoint)? {
        let replaced = different && answers(&posting.resource, alert);
        if replaced {
            posting.replaces = posting.server_version.clone();
        } else if different {
            (posting.server_id, posting.server_version, posting.replaces) = (None, None, None);
        }
        posting.state = PostingState::Waiting;
        posting.unsure = !replaced;
        posting.failures = 0;
        posting.next_attempt_ms = 0;
        posting::save(tx, &posting)?;
    }
    outbox::make_due(tx, endpoint, &["certificate"])
}
