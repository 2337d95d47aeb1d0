//! Raising an alert: the evidence, the item's state and the audit entry in one transaction.

use super::compare::Comparison;
use super::context::Context;
use super::machine::Next;
use super::record::Steps;
use super::report::{self, Reported};
use super::transfer::Kept;
use super::{State, failpoint};
use crate::store::alert::{self, Alert, AlertKind, Change, Outcome, Phase};
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, NewEntry};
use crate::store::outbox::{self, By, Item};
use crate::store::posting::{self, Kind, Posting};
use crate::{Error, clock};

/// What a person has to decide about.
pub(super) struct Finding {
    kind: AlertKind,
    phase: Phase,
    target: Option<String>,
    found: Vec<String>,
    changes: Vec<Change>,
    identical: u32,
    returned: Option<Vec<u8>>,
    /// Short name of the refusal.
    problem: Option<String>,
    /// There is nothing that a correction could replace.
    gone: bool,
    /// The exchange that it was found in, when it is not the last of `attempts`.
    exchange: Option<Attempt>,
    attempts: Vec<Attempt>,
}

impl Finding {
    /// The server keeps something else.
    pub(super) fn different(
        kind: AlertKind,
        phase: Phase,
        target: Option<String>,
        kept: Kept,
        comparison: Comparison,
    ) -> Self {
        Self {
            kind,
            phase,
            target,
            found: Vec::new(),
            changes: comparison.changes,
            identical: comparison.identical,
            returned: Some(kept.returned),
            problem: None,
            gone: false,
            exchange: None,
            attempts: Vec::new(),
        }
    }

    /// The server keeps several.
    pub(super) fn several(phase: Phase, found: Vec<String>) -> Self {
        Self { found, problem: Some("duplicates".to_owned()), ..Self::bare(AlertKind::Duplicates, phase) }
    }

    /// The server refused for good.
    pub(super) fn refused(phase: Phase, status: u16, outcome: Option<Vec<u8>>) -> Self {
        Self {
            returned: outcome,
            problem: Some(format!("status-{status}")),
            gone: matches!(status, 404 | 410),
            ..Self::bare(AlertKind::Quarantined, phase)
        }
    }

    /// What was made here breaks rules of its profile, so it was not sent.
    pub(super) fn against_rules(phase: Phase, target: Option<String>, broken: Vec<String>) -> Self {
        Self {
            target,
            found: broken,
            problem: Some("profile".to_owned()),
            ..Self::bare(AlertKind::Quarantined, phase)
        }
    }

    /// What the server answered about it is not signed as the study demands.
    pub(super) fn unproven(phase: Phase, refused: Vec<String>) -> Self {
        Self {
            found: refused,
            problem: Some("receipt".to_owned()),
            ..Self::bare(AlertKind::Quarantined, phase)
        }
    }

    /// What the server says leaves no way on.
    pub(super) fn stopped(phase: Phase, problem: &str) -> Self {
        Self { problem: Some(problem.to_owned()), ..Self::bare(AlertKind::Quarantined, phase) }
    }

    fn bare(kind: AlertKind, phase: Phase) -> Self {
        Self {
            kind,
            phase,
            target: None,
            found: Vec::new(),
            changes: Vec::new(),
            identical: 0,
            returned: None,
            problem: None,
            gone: false,
            exchange: None,
            attempts: Vec::new(),
        }
    }

    /// About this version.
    pub(super) fn about(mut self, target: Option<String>) -> Self {
        self.target = target;
        self
    }

    pub(super) fn with(mut self, attempts: Vec<Attempt>) -> Self {
        self.attempts = attempts;
        self
    }

    /// Found in an exchange that is stored already.
    pub(super) fn found_in(mut self, exchange: Option<&Attempt>) -> Self {
        self.exchange = exchange.cloned();
        self
    }

    /// The state in which the item waits for a person.
    fn state(&self) -> State {
        if self.kind == AlertKind::Quarantined { State::Quarantined } else { State::Alert }
    }
}

/// Stops the item with an alert.
///
/// A correction that is refused leaves the alert that it was for open, and says so there; one that leads to another
/// difference closes it and raises a new one, so that the evidence of neither is lost.
pub(super) async fn alert(
    context: &Context,
    steps: &mut Steps<'_>,
    from: State,
    mut item: Item,
    finding: Finding,
) -> Result<Next, Error> {
    let now = (context.clock)();
    let correction = match finding.phase {
        Phase::Response => Some(&mut item.replaces),
        Phase::Provenance => Some(&mut item.provenance_replaces),
        Phase::Document => None,
    };
    let is_correction = correction.is_some_and(|replaces| {
        if finding.gone {
            *replaces = None;
        }
        replaces.is_some()
    });
    let refused_correction = is_correction && finding.kind == AlertKind::Quarantined;
    item.state = if refused_correction { State::Alert } else { finding.state() };
    item.unsure = false;
    item.problem = Some(finding.problem.clone().unwrap_or_else(|| "different".to_owned()));
    let (server, device) = (context.client.base_url().to_owned(), context.device.clone());
    steps.settle().await?;
    let points = if item.state == State::Quarantined {
        ["quarantined-before-commit", "quarantined-committed"]
    } else {
        ["alert-before-commit", "alert-committed"]
    };
    let (owner, id) = (steps.owner().map(str::to_owned), uuid::Uuid::new_v4().to_string());
    context
        .write(move |tx| {
            let at = clock::text(&now);
            outbox::save(tx, By::device(owner.as_deref(), None), from, &item)?;
            for attempt in &finding.attempts {
                attempt::append(tx, attempt)?;
            }
            let subject = format!("record/{}", item.id);
            let audit = |event: &str, detail: &str| {
                let entry = NewEntry { actor: "device", role: "device", event, subject: &subject, detail };
                audit::append(tx, &entry, &now).map(|_| ())
            };
            if refused_correction {
                let result = item.problem.as_deref().unwrap_or_default().replace("status", "refused");
                alert::settle(tx, &item.id, finding.phase, &result, None, &at)?;
                audit("alert.correctionRefused", &result)?;
                failpoint::hit(points[0]);
                return Ok(());
            }
            alert::settle(tx, &item.id, finding.phase, "differentAgain", Some(Outcome::DifferentAgain), &at)?;
            audit("alert.raised", &format!("{} alert/{id}", finding.kind.as_str()))?;
            let exchange = match finding.exchange.or_else(|| finding.attempts.last().cloned()) {
                Some(exchange) => exchange,
                None => last_attempt(tx, &subject)?,
            };
            let alert = Alert {
                id,
                record: item.id.clone(),
                kind: finding.kind,
                phase: finding.phase,
                revision: 1,
                raised_at: at,
                server,
                target: finding.target,
                found: finding.found,
                exchange,
                changes: finding.changes,
                identical: finding.identical,
                returned: finding.returned,
                outcome: None,
            };
            alert::insert(tx, &alert)?;
            let report = uuid::Uuid::new_v4().to_string();
            let event = report::audit_event(&report, &alert, &item, Reported::Raised, &device, &now);
            let cause = format!("alert/{}/raised", alert.id);
            posting::ensure(
                tx,
                &Posting::new(report, Kind::AuditEvent, cause, event.to_json().into_bytes()),
            )?;
            failpoint::hit(points[0]);
            Ok(())
        })
        .await?;
    failpoint::hit(points[1]);
    Ok(Next::Rest)
}

fn last_attempt(tx: &rusqlite::Transaction<'_>, subject: &str) -> Result<Attempt, Error> {
    attempt::of_subject(tx, subject)?.pop().ok_or(Error::NotFound("attempt"))
}
