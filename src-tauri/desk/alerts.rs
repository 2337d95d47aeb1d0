//! Alerts: what was signed beside what came back, and what people do about it.

use ::device::accounts::Purpose;
use ::device::delivery::{self, Actor, Decision, alert_detail, alert_rows};
use ::device::rights::Right;
use ::device::store::alert::{self, Act, Action};

use super::{Desk, Refused};
use crate::ipc::{AlertAction, AlertChange, AlertChoice, AlertDetail, AlertKind, AlertRow, Words};

impl Desk {
    /// The alerts, open ones first.
    pub fn alerts(&self, session: &str) -> Result<Vec<AlertRow>, Refused> {
        self.staff(session)?;
        alert_rows(self.device.store())?.into_iter().map(|row| self.alert_row(row)).collect()
    }

    /// One alert with both sides.
    pub fn alert(&self, session: &str, id: &str) -> Result<AlertDetail, Refused> {
        // Both sides show answers.
        let by = self.staff(session)?.staff;
        if !self.device.rights(&by).contains(&Right::Alerts) {
            self.device.permit(&by, Right::Records)?;
        }
        self.alert_detail(alert_detail(self.device.store(), id)?)
    }

    /// Acts on an alert. The password makes it the person's own act, whoever left the device unlocked.
    pub fn alert_act(
        &self,
        session: &str,
        id: &str,
        revision: u32,
        action: AlertChoice,
        password: &str,
        reason: &str,
    ) -> Result<AlertDetail, Refused> {
        let by = self.permitted(session, Right::Alerts)?;
        let by = self.device.staff_verify(&by.user, password, Purpose::Decision)?;
        self.worker.act(Decision {
            alert: id.to_owned(),
            revision,
            action: match action {
                AlertChoice::SendAgain => Action::SendAgain,
                AlertChoice::Accept => Action::Accept,
                AlertChoice::Escalate => Action::Escalate,
            },
            actor: Actor { role: by.role.as_str().to_owned(), user: by.user, display_name: by.display_name },
            reason: reason.trim().to_owned(),
        })?;
        self.alert_detail(alert_detail(self.device.store(), id)?)
    }

    fn alert_row(&self, row: delivery::AlertRow) -> Result<AlertRow, Refused> {
        Ok(AlertRow {
            id: row.id,
            endpoint: self.endpoint(row.endpoint),
            participant: row.participant,
            questionnaire_title: self.title(&row.canonical)?,
            kind: match row.kind {
                alert::AlertKind::Different => AlertKind::Different,
                alert::AlertKind::Duplicates => AlertKind::Duplicates,
                alert::AlertKind::ProvenanceDifferent => AlertKind::ProvenanceDifferent,
                alert::AlertKind::Quarantined if row.missing => AlertKind::Missing,
                alert::AlertKind::Quarantined => AlertKind::Quarantined,
            },
            raised_at: row.raised_at,
            open: row.open,
            outcome: row.outcome.map(str::to_owned),
            change_count: row.changes,
        })
    }

    fn alert_detail(&self, detail: delivery::AlertDetail) -> Result<AlertDetail, Refused> {
        Ok(AlertDetail {
            row: self.alert_row(detail.row)?,
            revision: detail.revision,
            server: detail.server,
            target: detail.target,
            found: detail.found,
            refusal: detail.refusal,
            signed_at: detail.signed_at,
            returned_at: detail.returned_at,
            identical_elements: detail.identical_elements,
            changes: detail.changes.into_iter().map(change).collect(),
            actions: detail.actions.into_iter().map(action).collect(),
            can_send_again: detail.can_send_again,
        })
    }

    /// How many alerts wait for somebody.
    pub(super) fn open_alerts(&self) -> Result<u32, Refused> {
        Ok(self.device.store().read(alert::open)?)
    }
}

fn change(change: delivery::AlertChange) -> AlertChange {
    let delivery::Words { question, item, element } = change.words;
    // In a question the last element says what changed (`answer.value.code`), elsewhere the first.
    let mut names = element.split('.');
    let name = if item.is_some() { names.next_back() } else { names.next() };
    let element = match name {
        Some("value") => "answer",
        Some(name) => name,
        None => "",
    };
    AlertChange {
        path: change.path,
        words: Words { question, item, element: element.to_owned() },
        sent: change.sent,
        returned: change.returned,
    }
}

fn action(act: Act) -> AlertAction {
    AlertAction {
        action: match act.action {
            Action::SendAgain => AlertChoice::SendAgain,
            Action::Accept => AlertChoice::Accept,
            Action::Escalate => AlertChoice::Escalate,
        },
        by: act.display_name,
        at: act.at,
        reason: act.reason,
        result: act.result,
    }
}
