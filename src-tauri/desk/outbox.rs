//! The outbox in plain words.

use std::collections::BTreeMap;

use ::device::delivery::{self, State, outbox_foremost};
use ::device::rights::Right;

use super::{Desk, Refused};
use crate::ipc::{OutboxRow, OutboxState};

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
