//! What the study's server asks to have answered here, and starting visits with it.

use ::device::assignment::{is_early, is_overdue};
use ::device::rights::Right;
use ::device::store::assignment::{Begun, Due, Told};
use ::device::store::form;

use super::{Desk, Refused};
use crate::ipc::{AssignmentList, AssignmentRefused, AssignmentRow, AssignmentUntold, Visit};

impl Desk {
    /// What the server asks for, as it is known here.
    pub fn assignments(&self, session: &str) -> Result<AssignmentList, Refused> {
        self.staff(session)?;
        self.shown_assignments()
    }

    /// The same, once the server was asked and told. Without the seat: the server may take its time.
    pub fn assignments_pull(&self, session: &str) -> Result<AssignmentList, Refused> {
        self.permitted(session, Right::Visits)?;
        if let Some(assignments) = &self.assignments {
            assignments.pull()?;
            assignments.tell_now()?;
        }
        // What became of the session meanwhile counts.
        self.staff(session)?;
        self.shown_assignments()
    }

    /// Starts a visit with the participant and the questionnaire of a Task.
    pub fn assignment_start(&self, session: &str, id: &str) -> Result<Visit, Refused> {
        let by = self.permitted(session, Right::Visits)?;
        let started = self.device.start_assigned_visit(id, &by)?;
        if let Some(assignments) = &self.assignments {
            assignments.wake();
        }
        self.shown_visit(started)
    }

    fn shown_assignments(&self) -> Result<AssignmentList, Refused> {
        let Some(assignments) = &self.assignments else {
            return Ok(AssignmentList {
                enabled: false,
                due: Vec::new(),
                refused: Vec::new(),
                untold: Vec::new(),
                pulled_at: None,
                problem: None,
            });
        };
        let known = assignments.list()?;
        let refused = known.refused.into_iter();
        Ok(AssignmentList {
            enabled: true,
            due: known.due.into_iter().map(|due| self.due_row(due)).collect::<Result<_, _>>()?,
            refused: refused
                .map(|one| AssignmentRefused { id: one.id, reason: one.reason, detail: one.detail })
                .collect(),
            untold: known
                .begun
                .into_iter()
                .filter_map(|begun| self.untold_row(begun).transpose())
                .collect::<Result<_, _>>()?,
            pulled_at: known.pulled_at,
            problem: known.problem.map(str::to_owned),
        })
    }

    fn due_row(&self, due: Due) -> Result<AssignmentRow, Refused> {
        let now = self.device.now();
        Ok(AssignmentRow {
            early: is_early(&due, &now),
            overdue: is_overdue(&due, &now),
            questionnaire_title: self.title_of_form(&due.form)?,
            id: due.id,
            participant: due.participant,
            due_from: due.due_from,
            due_until: due.due_until,
        })
    }

    fn untold_row(&self, begun: Begun) -> Result<Option<AssignmentUntold>, Refused> {
        let Some(problem) = begun.problem else { return Ok(None) };
        Ok(Some(AssignmentUntold {
            questionnaire_title: self.title_of_form(&begun.form)?,
            id: begun.id,
            participant: begun.participant,
            problem,
            retried: begun.told != Told::Stopped,
        }))
    }

    fn title_of_form(&self, id: &str) -> Result<String, Refused> {
        let form = self.device.store().read(|connection| form::by_id(connection, id))?;
        let found = self.device.form(&form)?;
        Ok(found.map_or(form.canonical, |found| self.title_of(&found)))
    }
}
