//! The one line that tells a coordinator in three seconds whether everything is well.

use ::device::delivery::State;

use super::practice::active_fault;
use super::{Desk, Refused};
use crate::ipc::{Level, StatusCode, StatusLine};

impl Desk {
    /// The state of everything on this device, the most urgent thing first; `alerts` are open.
    pub(super) fn status(&self, alerts: u32) -> Result<StatusLine, Refused> {
        let delivery = self.worker.status()?;
        let further = self.worker.elsewhere();
        let paused = delivery.own.paused.is_some() || further.iter().any(|(_, one)| one.paused.is_some());
        let offline = delivery.own.offline || further.iter().any(|(_, one)| one.offline);
        let quarantined = delivery.counts.get(&State::Quarantined).copied().unwrap_or(0);
        let (waiting, total) = (delivery.active(), delivery.total());
        let (level, code, count) = if quarantined > 0 && alerts <= quarantined {
            (Level::Bad, StatusCode::Quarantined, quarantined)
        } else if alerts > 0 {
            (Level::Bad, StatusCode::Alerts, alerts)
        } else if paused && waiting > 0 {
            (Level::Bad, StatusCode::Paused, waiting)
        } else if offline && waiting > 0 {
            (Level::Warn, StatusCode::Offline, waiting)
        } else if waiting > 0 {
            (Level::Warn, StatusCode::Sending, waiting)
        } else if total == 0 {
            (Level::Good, StatusCode::NothingYet, 0)
        } else {
            // What a person closed as different was never proven, and is not counted as such.
            (Level::Good, StatusCode::AllProven, delivery.counts.get(&State::Done).copied().unwrap_or(0))
        };
        Ok(StatusLine {
            level,
            code,
            count,
            total,
            checked_at: delivery.own.last_contact.map(|at| self.on_the_wall(&at.to_string())),
            practice_fault: active_fault(self),
        })
    }
}
