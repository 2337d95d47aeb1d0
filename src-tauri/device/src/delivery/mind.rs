//! What a worker has in mind beside its items: whether it pauses, how long the server is left alone, what the store refused.

use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::Notify;

use super::backoff::is_ahead;

/// A paused queue tries again by itself after this time.
pub(super) const PAUSE_MS: i64 = 15 * 60 * 1000;
/// The longest wait before the server is asked whether it is back.
pub(super) const LONGEST_ABSENCE_MS: i64 = 60 * 1000;

/// Why nothing is sent although items wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Pause {
    /// The server answered 401 or 403.
    Unauthorised,
    /// The device's certificate has ended: what it would sign now would not verify.
    CertificateExpired,
    /// The device's clock is before the start of its certificate.
    CertificateNotYetValid,
    /// The certificate's authority has revoked it.
    CertificateRevoked,
}

impl Pause {
    /// The short name that is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorised => "unauthorised",
            Self::CertificateExpired => "certificateExpired",
            Self::CertificateNotYetValid => "certificateNotYetValid",
            Self::CertificateRevoked => "certificateRevoked",
        }
    }
}

/// What a worker, its handle and its tasks share.
#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<Mind>,
    pub(super) wake: Notify,
    pub(super) stop: Notify,
    /// The network is another one, or is there again.
    pub(super) network: Notify,
    /// Something was proven, or is wanted at once.
    pub(super) evidence: Notify,
}

impl Shared {
    pub(super) fn mind<T>(&self, work: impl FnOnce(&mut Mind) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// See the module. Times are milliseconds since 1970.
#[derive(Default)]
pub(super) struct Mind {
    pub(super) paused: Option<Pause>,
    paused_until_ms: i64,
    /// The thumbprint of the certificate that was found revoked.
    revoked: Option<String>,
    /// How often in a row the server was away, and until when it is left alone.
    away: u32,
    away_until_ms: Option<i64>,
    /// The short name of the store's last refusal.
    pub(super) problem: Option<&'static str>,
    pub(super) stopping: bool,
}

impl Mind {
    pub(super) fn pause(&mut self, why: Pause, now_ms: i64) {
        self.paused = Some(why);
        self.paused_until_ms = now_ms.saturating_add(PAUSE_MS);
    }

    /// Until when nothing is sent; a pause that is over is forgotten.
    pub(super) fn paused_until(&mut self, now_ms: i64) -> Option<i64> {
        self.paused?;
        if is_ahead(self.paused_until_ms, now_ms, PAUSE_MS) {
            return Some(self.paused_until_ms);
        }
        self.paused = None;
        None
    }

    /// The certificate with this thumbprint is revoked.
    pub(super) fn revoked(&mut self, thumbprint: String, now_ms: i64) {
        self.revoked = Some(thumbprint);
        self.pause(Pause::CertificateRevoked, now_ms);
    }

    /// What the certificate says: it begins or ends the pauses that are about it. Another one than was revoked ends that pause.
    pub(super) fn certificate(&mut self, thumbprint: &str, pause: Option<Pause>, now_ms: i64) {
        let is_another = self.revoked.as_deref().is_some_and(|revoked| revoked != thumbprint);
        match (pause, self.paused) {
            (Some(pause), _) => self.pause(pause, now_ms),
            (None, Some(Pause::CertificateExpired | Pause::CertificateNotYetValid)) => self.paused = None,
            (None, Some(Pause::CertificateRevoked)) if is_another => self.paused = None,
            (None, _) => {}
        }
    }

    /// Until when a server that is away is left alone.
    pub(super) fn away_until(&self, now_ms: i64) -> Option<i64> {
        self.away_until_ms.filter(|until| is_ahead(*until, now_ms, LONGEST_ABSENCE_MS))
    }

    /// The server answered, or was away once more: then it is left alone for what `wait_ms` says of so many failures, but
    /// never longer than a minute.
    pub(super) fn absence(&mut self, away: bool, now_ms: i64, wait_ms: impl FnOnce(u32) -> i64) {
        if !away {
            self.forget_absence();
        } else if self.away_until(now_ms).is_none() {
            self.away = self.away.saturating_add(1);
            self.away_until_ms = Some(now_ms.saturating_add(wait_ms(self.away).clamp(0, LONGEST_ABSENCE_MS)));
        }
    }

    /// Whether the server is there is asked anew.
    pub(super) fn forget_absence(&mut self) {
        (self.away_until_ms, self.away) = (None, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;
    const DAY: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn a_pause_ends_by_itself_and_with_a_clock_that_is_set_back() {
        let mut mind = Mind::default();
        assert_eq!(mind.paused_until(NOW), None);
        mind.pause(Pause::Unauthorised, NOW);
        assert_eq!(mind.paused_until(NOW + PAUSE_MS - 1), Some(NOW + PAUSE_MS));
        assert_eq!((mind.paused_until(NOW + PAUSE_MS), mind.paused), (None, None));
        mind.pause(Pause::Unauthorised, NOW);
        assert_eq!(
            (mind.paused_until(NOW - DAY), mind.paused),
            (None, None),
            "not a day and a quarter of an hour"
        );
    }

    #[test]
    fn a_certificate_ends_only_its_own_pauses() {
        let mut mind = Mind::default();
        mind.certificate("a", Some(Pause::CertificateNotYetValid), NOW);
        assert_eq!(mind.paused, Some(Pause::CertificateNotYetValid));
        mind.certificate("a", None, NOW + 1);
        assert_eq!(mind.paused, None, "the clock was set right: nothing waits for the rest of the pause");
        mind.pause(Pause::Unauthorised, NOW);
        mind.certificate("a", None, NOW + 1);
        assert_eq!(mind.paused, Some(Pause::Unauthorised));
        mind.revoked("a".to_owned(), NOW);
        mind.certificate("a", None, NOW + 1);
        assert_eq!(mind.paused, Some(Pause::CertificateRevoked));
        mind.certificate("b", None, NOW + 1);
        assert_eq!(mind.paused, None, "it has another one now");
    }

    #[test]
    fn a_server_that_is_away_is_left_alone_for_a_minute_at_most_whatever_the_clock_does() {
        let mut mind = Mind::default();
        mind.absence(true, NOW, |away| i64::from(away) * 1000);
        assert_eq!(mind.away_until(NOW), Some(NOW + 1000));
        mind.absence(true, NOW + 999, |_| DAY);
        assert_eq!(mind.away_until(NOW), Some(NOW + 1000), "a wait that is not over is not begun anew");
        mind.absence(true, NOW + 1000, |_| DAY);
        assert_eq!(mind.away_until(NOW + 1000), Some(NOW + 1000 + LONGEST_ABSENCE_MS));
        assert_eq!(mind.away_until(NOW - DAY), None, "a clock that is set back ends it");
        mind.absence(true, NOW - DAY, |away| i64::from(away) * 1000);
        assert_eq!(
            mind.away_until(NOW - DAY),
            Some(NOW - DAY + 3000),
            "and the next wait is one of that clock"
        );
        mind.absence(false, NOW - DAY, |_| DAY);
        assert_eq!(mind.away_until(NOW - DAY), None);
    }
}
