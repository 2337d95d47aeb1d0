//! The trainer's panel: the practice server misbehaves in what it answers, and the app cannot know.

use practice::faults::{Armed, Fault as PracticeFault};

use super::{Desk, Refused};
use crate::ipc::{DemoAccount, Fault, FaultPanel, LoggedRequest};

/// The most requests that a fault may last.
const MOST_REQUESTS: u32 = 100;

/// What there is in practice mode alone.
pub struct Practice {
    /// The server.
    pub server: ::practice::Handle,
    /// The demonstration accounts.
    pub accounts: Vec<DemoAccount>,
}

impl Desk {
    /// The practice server.
    ///
    /// # Errors
    /// [`Refused::NotPractice`] where there is none.
    fn practised(&self) -> Result<&::practice::Handle, Refused> {
        self.practice.as_ref().map(|practice| &practice.server).ok_or(Refused::NotPractice)
    }

    /// The trainer's panel.
    pub fn practice_faults(&self, session: &str) -> Result<FaultPanel, Refused> {
        self.staff(session)?;
        Ok(panel(self, self.practised()?))
    }

    /// Switches a fault on for `times` requests; 0 switches it off.
    pub fn practice_set_fault(&self, session: &str, fault: &str, times: u32) -> Result<FaultPanel, Refused> {
        let by = self.staff(session)?;
        let server = self.practised()?;
        let fault = PracticeFault::from_id(fault).ok_or(Refused::Unknown("fault"))?;
        let times = times.min(MOST_REQUESTS);
        self.device.record(
            &by.staff.user,
            by.staff.role.as_str(),
            "practice.fault",
            fault.id(),
            &times.to_string(),
        )?;
        server.faults().set(Armed::new(fault, times).seeded(random_seed()?));
        Ok(panel(self, server))
    }

    /// Opens or closes the listener.
    pub fn practice_listener(&self, session: &str, open: bool) -> Result<FaultPanel, Refused> {
        let by = self.staff(session)?;
        let server = self.practised()?;
        let event = if open { "practice.listenerOpened" } else { "practice.listenerClosed" };
        self.device.record(&by.staff.user, by.staff.role.as_str(), event, "practice", "")?;
        if open {
            server.reopen_listener().map_err(|error| Refused::Practice(error.to_string()))?;
            self.worker.wake();
        } else {
            server.close_listener();
        }
        Ok(panel(self, server))
    }
}

fn panel(desk: &Desk, server: &::practice::Handle) -> FaultPanel {
    let faults = server.faults();
    FaultPanel {
        faults: faults
            .panel()
            .into_iter()
            .map(|line| Fault { id: line.id.to_owned(), active: line.active, remaining: line.remaining })
            .collect(),
        listener_open: server.listener_open(),
        log: faults
            .requests()
            .into_iter()
            .map(|request| LoggedRequest {
                at: desk.on_the_wall(&request.at),
                method: request.method,
                path: request.path,
                status: (request.status != 0).then_some(request.status),
            })
            .collect(),
    }
}

/// Which leaf is altered is nobody's choice.
fn random_seed() -> Result<u64, Refused> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|_| Refused::Internal("no randomness"))?;
    Ok(u64::from_le_bytes(bytes))
}

/// The fault that is switched on, for the status line.
pub(super) fn active_fault(desk: &Desk) -> Option<String> {
    let faults = desk.practice.as_ref()?.server.faults().panel();
    faults.into_iter().find(|line| line.active).map(|line| line.id.to_owned())
}
