//! The next question of an adaptive form: its server is asked while nobody holds the seat, and what it says counts only
//! if the patient still waits for it.

use questionnaire::Action;

use super::patient::current;
use super::{Desk, Refused};
use crate::ipc::AppView;

impl Desk {
    /// Asks the form's server for the next question and takes what it says. Blocks as long as a patient is kept waiting.
    ///
    /// # Errors
    /// [`Refused::NoQuestion`]; [`Refused::Answer`] for what the server said and must not say, which the audit trail then
    /// has by its code; [`Refused::StaleRevision`] where the patient has gone elsewhere meanwhile: the answer is dropped.
    pub fn patient_ask(&self, session: &str, revision: u32) -> Result<AppView, Refused> {
        let (form, request) = {
            let mut seat = self.seat();
            let filling = current(seat.as_patient(session)?, revision)?;
            (filling.questionnaire().clone(), filling.next_question()?)
        };
        let asked = tauri::async_runtime::block_on(self.questions.ask(&form, &request))?;
        let (visit, received) = {
            let mut seat = self.seat();
            let patient = seat.as_patient(session)?;
            let filling = current(patient, revision)?;
            (patient.visit.clone(), filling.received(&asked.from, &asked.returned))
        };
        let taken = received
            .map_err(Refused::from)
            .and_then(|received| self.fill(session, revision, &Action::Extend { received }));
        if let Err(Refused::Answer(error)) = &taken {
            let subject = format!("visit/{visit}");
            self.device.record("device", "device", "question.refused", &subject, error.code())?;
        }
        taken
    }

    /// Takes away what was asked after the question on the screen, so that it can be answered otherwise.
    pub fn patient_reopen(&self, session: &str, revision: u32, key: &str) -> Result<AppView, Refused> {
        self.fill_begun(session, revision, &Action::Reopen { key: key.to_owned() })
    }
}
