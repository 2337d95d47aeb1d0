//! The one line that tells a coordinator in three seconds whether everything is well.

use ::device::delivery::{Standing, State};

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
            held_up: servers().filter_map(HeldUp::of).max(),
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
            pause: servers()
                .find_map(|one| one.paused)
                .filter(|_| code == StatusCode::Paused)
                .map(|pause| pause.as_str().to_owned()),
            untaken_reports: delivery.untaken_reports,
            notices: delivery.notices,
            study_unfit: self.device.unfit_study().is_some(),
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
    held_up: Option<HeldUp>,
    /// The short name of the store's last refusal.
    problem: Option<&'static str>,
}

/// What holds delivery up, the most urgent at one of the servers; the last one is the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum HeldUp {
    /// The address refuses without a word of FHIR.
    NotFhir,
    /// The server asked for time.
    Resting,
    /// It does not answer.
    Offline,
    Paused,
}

impl HeldUp {
    fn of(server: &Standing) -> Option<Self> {
        if server.paused.is_some() {
            Some(Self::Paused)
        } else if server.offline {
            Some(Self::Offline)
        } else if server.rest_until.is_some() {
            Some(Self::Resting)
        } else {
            server.not_fhir.then_some(Self::NotFhir)
        }
    }

    const fn sentence(self) -> (Level, StatusCode) {
        match self {
            Self::NotFhir => (Level::Warn, StatusCode::NotFhir),
            Self::Resting => (Level::Warn, StatusCode::Resting),
            Self::Offline => (Level::Warn, StatusCode::Offline),
            Self::Paused => (Level::Bad, StatusCode::Paused),
        }
    }
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
        } else if self.waiting > 0 {
            let (level, code) = self.held_up.map_or((Level::Warn, StatusCode::Sending), HeldUp::sentence);
            (level, code, self.waiting)
        } else if self.total == 0 {
            (Level::Good, StatusCode::NothingYet, 0)
        } else {
            (Level::Good, StatusCode::AllProven, self.proven)
        }
    }
}

#[cfg(test)]
mod tests {
    use ::device::delivery::Pause;

    use super::*;

    #[test]
    fn the_most_urgent_thing_is_said() {
        let well = Summary { total: 14, proven: 14, ..Summary::default() };
        let sending = Summary { waiting: 3, proven: 11, ..well };
        let held_up = |by| Summary { held_up: Some(by), ..sending };
        let (not_fhir, resting) = (held_up(HeldUp::NotFhir), held_up(HeldUp::Resting));
        let (offline, paused) = (held_up(HeldUp::Offline), held_up(HeldUp::Paused));
        let broken = Summary { problem: Some("io"), ..paused };
        let alerts = Summary { alerts: 2, ..broken };
        let quarantined = Summary { quarantined: 2, ..alerts };
        let full = Summary { problem: Some(DISK_FULL), ..quarantined };
        for (summary, said) in [
            (Summary::default(), (Level::Good, StatusCode::NothingYet, 0)),
            (well, (Level::Good, StatusCode::AllProven, 14)),
            (sending, (Level::Warn, StatusCode::Sending, 3)),
            (not_fhir, (Level::Warn, StatusCode::NotFhir, 3)),
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
    fn of_what_holds_up_one_server_and_several_the_most_urgent_is_said() {
        let well = Standing {
            last_contact: None,
            clock_difference: None,
            offline: false,
            not_fhir: false,
            rest_until: None,
            paused: None,
            problem: None,
        };
        assert_eq!(HeldUp::of(&well), None);
        let not_fhir = Standing { not_fhir: true, ..well };
        let resting = Standing { rest_until: Some(jiff::Timestamp::UNIX_EPOCH), ..not_fhir.clone() };
        let offline = Standing { offline: true, ..resting.clone() };
        let paused = Standing { paused: Some(Pause::Unauthorised), ..offline.clone() };
        let mut said: Vec<_> = [not_fhir, resting, offline, paused].iter().filter_map(HeldUp::of).collect();
        assert_eq!(said, [HeldUp::NotFhir, HeldUp::Resting, HeldUp::Offline, HeldUp::Paused]);
        said.reverse();
        assert_eq!(said.into_iter().max(), Some(HeldUp::Paused));
    }

    #[test]
    fn nobody_is_alarmed_by_a_server_that_is_away_while_nothing_waits() {
        let well = Summary { total: 14, proven: 14, held_up: Some(HeldUp::Paused), ..Summary::default() };
        assert_eq!(well.sentence(), (Level::Good, StatusCode::AllProven, 14));
    }

    #[test]
    fn a_full_disk_is_said_also_where_nothing_waits() {
        let full = Summary { problem: Some(DISK_FULL), ..Summary::default() };
        assert_eq!(full.sentence(), (Level::Bad, StatusCode::DiskFull, 0));
    }
}
