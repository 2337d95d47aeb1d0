//! The one line that tells a coordinator in three seconds whether everything is well.

use ::device::delivery::State;

use super::practice::active_fault;
use super::{Desk, Refused};
use crate::ipc::{Level, StatusCode, StatusLine};

/// The short name of the store's refusal for want of room.
const DISK_FULL: &str = "disk-full";

impl Desk {
    /// The state of everything on this device, the most urgent thing first; `alerts` are open.
    pub(super) fn status(&self, alerts: u32) -> Result<StatusLine, Refused> {
        let delivery = self.worker.status()?;
        let further = self.worker.elsewhere();
        let servers = || std::iter::once(&delivery.own).chain(further.iter().map(|(_, one)| one));
        let rest = servers().filter_map(|one| one.rest_until).max();
        let (level, code, count) = Summary {
            quarantined: delivery.counts.get(&State::Quarantined).copied().unwrap_or(0),
            alerts,
            waiting: delivery.active(),
            total: delivery.total(),
            // What a person closed as different was never proven, and is not counted as such.
            proven: delivery.counts.get(&State::Done).copied().unwrap_or(0),
            paused: servers().any(|one| one.paused.is_some()),
            offline: servers().any(|one| one.offline),
            resting: rest.is_some(),
            // A full disk before anything else: one server may have been told of it, and another not yet.
            problem: servers().filter_map(|one| one.problem).max_by_key(|problem| *problem == DISK_FULL),
        }
        .sentence();
        Ok(StatusLine {
            level,
            code,
            count,
            total: delivery.total(),
            checked_at: delivery.own.last_contact.map(|at| self.on_the_wall(&at.to_string())),
            until: rest
                .filter(|_| code == StatusCode::Resting)
                .map(|until| self.on_the_wall(&until.to_string())),
            practice_fault: active_fault(self),
        })
    }
}

/// What there is to say of the device, of which one thing is said.
#[derive(Debug, Clone, Copy, Default)]
struct Summary {
    quarantined: u32,
    /// Open ones.
    alerts: u32,
    /// Responses that delivery still has something to do with.
    waiting: u32,
    total: u32,
    proven: u32,
    /// Whether delivery to one of the servers is paused, or one does not answer.
    paused: bool,
    offline: bool,
    /// Whether one of them asked for time.
    resting: bool,
    /// The short name of the store's last refusal.
    problem: Option<&'static str>,
}

impl Summary {
    /// The most urgent: on a full disk nothing else can be mended.
    fn sentence(self) -> (Level, StatusCode, u32) {
        if self.problem == Some(DISK_FULL) {
            (Level::Bad, StatusCode::DiskFull, self.waiting)
        } else if self.quarantined > 0 && self.alerts <= self.quarantined {
            (Level::Bad, StatusCode::Quarantined, self.quarantined)
        } else if self.alerts > 0 {
            (Level::Bad, StatusCode::Alerts, self.alerts)
        } else if self.problem.is_some() {
            (Level::Bad, StatusCode::Storage, self.waiting)
        } else if self.paused && self.waiting > 0 {
            (Level::Bad, StatusCode::Paused, self.waiting)
        } else if self.offline && self.waiting > 0 {
            (Level::Warn, StatusCode::Offline, self.waiting)
        } else if self.resting && self.waiting > 0 {
            (Level::Warn, StatusCode::Resting, self.waiting)
        } else if self.waiting > 0 {
            (Level::Warn, StatusCode::Sending, self.waiting)
        } else if self.total == 0 {
            (Level::Good, StatusCode::NothingYet, 0)
        } else {
            (Level::Good, StatusCode::AllProven, self.proven)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_thing_is_said() {
        let well = Summary { total: 14, proven: 14, ..Summary::default() };
        let sending = Summary { waiting: 3, proven: 11, ..well };
        let resting = Summary { resting: true, ..sending };
        let offline = Summary { offline: true, ..resting };
        let paused = Summary { paused: true, ..offline };
        let broken = Summary { problem: Some("io"), ..paused };
        let alerts = Summary { alerts: 2, ..broken };
        let quarantined = Summary { quarantined: 2, ..alerts };
        let full = Summary { problem: Some(DISK_FULL), ..quarantined };
        for (summary, said) in [
            (Summary::default(), (Level::Good, StatusCode::NothingYet, 0)),
            (well, (Level::Good, StatusCode::AllProven, 14)),
            (sending, (Level::Warn, StatusCode::Sending, 3)),
            (resting, (Level::Warn, StatusCode::Resting, 3)),
            (offline, (Level::Warn, StatusCode::Offline, 3)),
            (paused, (Level::Bad, StatusCode::Paused, 3)),
            (broken, (Level::Bad, StatusCode::Storage, 3)),
            (alerts, (Level::Bad, StatusCode::Alerts, 2)),
            (quarantined, (Level::Bad, StatusCode::Quarantined, 2)),
            (full, (Level::Bad, StatusCode::DiskFull, 3)),
        ] {
            assert_eq!(summary.sentence(), said, "{summary:?}");
        }
    }

    #[test]
    fn nobody_is_alarmed_by_a_server_that_is_away_while_nothing_waits() {
        let well = Summary {
            total: 14,
            proven: 14,
            paused: true,
            offline: true,
            resting: true,
            ..Summary::default()
        };
        assert_eq!(well.sentence(), (Level::Good, StatusCode::AllProven, 14));
    }

    #[test]
    fn a_full_disk_is_said_also_where_nothing_waits() {
        let full = Summary { problem: Some(DISK_FULL), ..Summary::default() };
        assert_eq!(full.sentence(), (Level::Bad, StatusCode::DiskFull, 0));
    }
}
