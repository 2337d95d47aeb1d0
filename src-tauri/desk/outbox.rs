//! The outbox in plain words.

use std::collections::BTreeMap;

use ::device::accounts::Purpose;
use ::device::delivery::{self, State, notice_rows, outbox_foremost};
use ::device::rights::Right;
use ::device::store::notice;

use super::{Desk, Refused};
use crate::ipc::{NoticeKind, NoticeRow, OutboxRow, OutboxState};

impl Desk {
    /// What was signed and how far its delivery is, newest first: what needs a person, what waits longest and what is newest.
    /// Every record stands among the records.
    pub fn outbox(&self, session: &str) -> Result<Vec<OutboxRow>, Refused> {
        self.staff(session)?;
        self.rows()
    }

    /// Tries everything that waits at once.
    pub fn outbox_send_now(&self, session: &str) -> Result<Vec<OutboxRow>, Refused> {
        let by = self.permitted(session, Right::Visits)?;
        self.device.record(&by.user, by.role.as_str(), "outbox.sendNow", "", "")?;
        self.worker.send_now()?;
        self.rows()
    }

    /// What the server keeps otherwise than it should, and nobody has confirmed having seen yet.
    pub fn notices(&self, session: &str) -> Result<Vec<NoticeRow>, Refused> {
        self.staff(session)?;
        Ok(notice_rows(self.device.store())?.into_iter().map(|row| self.notice(row)).collect())
    }

    /// Keeps that these were seen, and in whose words what was done. The password makes it the person's own act.
    pub fn notices_confirm(
        &self,
        session: &str,
        ids: &[String],
        password: &str,
        reason: &str,
    ) -> Result<Vec<NoticeRow>, Refused> {
        let by = self.permitted(session, Right::Alerts)?;
        let by = self.device.staff_verify(&by.user, password, Purpose::Decision)?;
        self.device.confirm_notices(ids, &by, reason)?;
        self.notices(session)
    }

    fn notice(&self, row: delivery::NoticeRow) -> NoticeRow {
        NoticeRow {
            id: row.id,
            kind: match row.kind {
                notice::Kind::ReportAltered => NoticeKind::ReportAltered,
                notice::Kind::ProvenanceTwice => NoticeKind::ProvenanceTwice,
            },
            participant: row.participant,
            endpoint: self.endpoint(row.endpoint),
            found: row.found,
            raised_at: row.raised_at,
        }
    }

    fn rows(&self) -> Result<Vec<OutboxRow>, Refused> {
        let mut titles = BTreeMap::new();
        outbox_foremost(self.device.store())?.into_iter().map(|row| self.row(row, &mut titles)).collect()
    }

    /// A row; each questionnaire's title is looked up once.
    fn row(
        &self,
        row: delivery::OutboxRow,
        titles: &mut BTreeMap<String, String>,
    ) -> Result<OutboxRow, Refused> {
        let questionnaire_title = self.title_once(&row.canonical, titles)?;
        Ok(OutboxRow {
            id: row.id,
            record: row.record,
            endpoint: self.endpoint(row.endpoint),
            participant: row.participant,
            questionnaire_title,
            signed_at: row.signed_at,
            state: shown_state(row.state, row.problem.as_deref()),
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at.map(|at| self.on_the_wall(&at)),
            problem: row.problem,
        })
    }
}

/// The state as the page names it. Between two tries, after a `problem`, nothing is under way: it is safe here and will
/// be sent.
pub(super) fn shown_state(state: State, problem: Option<&str>) -> OutboxState {
    match state {
        State::Sending if problem.is_some() => OutboxState::Frozen,
        State::Frozen => OutboxState::Frozen,
        State::Sending => OutboxState::Sending,
        State::Acknowledged => OutboxState::Acknowledged,
        State::Compared => OutboxState::Compared,
        State::ProvenanceSending => OutboxState::ProvenanceSending,
        State::ProvenanceCompared => OutboxState::ProvenanceCompared,
        State::Done => OutboxState::Done,
        State::Alert => OutboxState::Alert,
        State::Quarantined => OutboxState::Quarantined,
        State::ClosedDifferent => OutboxState::ClosedDifferent,
    }
}
