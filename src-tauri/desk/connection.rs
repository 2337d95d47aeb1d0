//! Trying the study's server out: one check at a time, which can be called off.

use std::sync::{Arc, Mutex, PoisonError};

use ::device::connection::{Fault, Line, Outcome};
use ::device::rights::Right;
use tokio::sync::Notify;

use super::{Desk, Refused};
use crate::ipc::{ConnectionLine, LineState};

/// The check that runs, if one does.
#[derive(Default)]
pub(super) struct Check(Mutex<Option<Arc<Notify>>>);

/// A check that runs. Another can begin once it is dropped.
struct Running<'a> {
    check: &'a Check,
    cancelled: Arc<Notify>,
}

impl Check {
    fn begin(&self) -> Result<Running<'_>, Refused> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return Err(Refused::CheckRuns);
        }
        let cancelled = Arc::new(Notify::new());
        *running = Some(Arc::clone(&cancelled));
        Ok(Running { check: self, cancelled })
    }

    /// Calls off the check that runs, also one that has not begun to wait yet.
    pub(super) fn cancel(&self) {
        if let Some(running) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            running.notify_one();
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        *self.check.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Desk {
    /// Tries the study's server out, line by line; `None` when it was called off. It leaves at most one marked response there, and
    /// of what belongs to a delivery one each. Blocks as long as the server takes.
    pub fn connection_check(&self, session: &str) -> Result<Option<Vec<ConnectionLine>>, Refused> {
        let by = self.permitted(session, Right::Device)?;
        let running = self.check.begin()?;
        // Without the seat: the server may take its time.
        let lines = self.device.check_connection_until(running.cancelled.notified())?;
        drop(running);
        let (event, detail) = match &lines {
            Some(lines) => ("server.checked", failed(lines)),
            None => ("server.checkCancelled", String::new()),
        };
        let subject = format!("server/{}", self.worker.server());
        self.device.record(&by.user, by.role.as_str(), event, &subject, &detail)?;
        // What became of the session meanwhile counts.
        self.staff(session)?;
        Ok(lines.map(|lines| lines.iter().map(shown).collect()))
    }

    /// Calls off the check that runs, if one does.
    pub fn connection_cancel(&self, session: &str) -> Result<(), Refused> {
        self.permitted(session, Right::Device)?;
        self.check.cancel();
        Ok(())
    }
}

fn failed(lines: &[Line]) -> String {
    let codes: Vec<_> = lines.iter().filter_map(|line| line.outcome.fault()).map(Fault::code).collect();
    codes.join(" ")
}

fn shown(line: &Line) -> ConnectionLine {
    let fault = line.outcome.fault();
    ConnectionLine {
        state: match &line.outcome {
            Outcome::Passed => LineState::Passed,
            Outcome::Noticed(_) => LineState::Noticed,
            Outcome::Failed(_) => LineState::Failed,
            Outcome::NotTried => LineState::NotTried,
            Outcome::NotNeeded => LineState::NotNeeded,
        },
        code: fault.map(|fault| fault.code().to_owned()),
        value: fault.and_then(Fault::value).map(str::to_owned),
        detail: fault.map(|fault| fault.text().to_owned()),
        check: line.check.as_str().to_owned(),
        server: line.server.clone(),
    }
}
