//! Tasks that are set aside because the server refuses something that they need: each is tried again by itself, with growing
//! waits, and none holds up another.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pull::Period;
use super::refusal::Refusal;
use crate::delivery::backoff;
use crate::store::assignment::LONGEST_WAIT;

/// The wait after the first refusal; it doubles with each.
const FIRST: Duration = Duration::from_mins(5);

/// They are known as long as the program runs: after a start, everything is asked for once.
#[derive(Default)]
pub(super) struct Aside(Mutex<BTreeMap<String, One>>);

struct One {
    /// Of the Task: another one is another try.
    version: String,
    refusal: Refusal,
    period: Period,
    refusals: u32,
    next_ms: i64,
}

impl Aside {
    /// Why the Task is not asked about at `now_ms`; `None` where it is.
    pub(super) fn waits(&self, id: &str, version: &str, now_ms: i64) -> Option<(Refusal, Period)> {
        let longest_ms = backoff::until(0, LONGEST_WAIT);
        let all = self.all();
        let one = all.get(id).filter(|one| one.version == version)?;
        backoff::is_ahead(one.next_ms, now_ms, longest_ms).then(|| (one.refusal.clone(), one.period.clone()))
    }

    /// Notes what came of asking: a Task that was set aside waits, and nothing is known of any other.
    pub(super) fn note(&self, id: &str, version: &str, refused: Option<(&Refusal, &Period)>, now_ms: i64) {
        let mut all = self.all();
        let Some((refusal, period)) = refused.filter(|(refusal, _)| refusal.is_tried_again) else {
            all.remove(id);
            return;
        };
        let before = all.get(id).filter(|one| one.version == version).map_or(0, |one| one.refusals);
        let wait = FIRST.saturating_mul(2_u32.saturating_pow(before)).min(LONGEST_WAIT);
        let one = One {
            version: version.to_owned(),
            refusal: refusal.clone(),
            period: period.clone(),
            refusals: before.saturating_add(1),
            next_ms: backoff::until(now_ms, wait),
        };
        all.insert(id.to_owned(), one);
    }

    /// Forgets those that are not there any more.
    pub(super) fn keep(&self, is_there: impl Fn(&str) -> bool) {
        self.all().retain(|id, _| is_there(id));
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, One>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_an_hour_and_begins_anew_with_another_version() {
        let aside = Aside::default();
        let refusal = Refusal::for_now("participant-not-given", "Patient/p");
        let of = |refusal: &Refusal, version: &str, at: i64| {
            aside.note("t-1", version, Some((refusal, &(None, None))), at);
        };
        let minutes = |minutes: i64| minutes * 60_000;
        let mut now = 1_800_000_000_000;
        for wait in [5, 10, 20, 40, 60, 60] {
            of(&refusal, "1", now);
            assert!(aside.waits("t-1", "1", now + minutes(wait) - 1).is_some(), "{wait}");
            assert!(aside.waits("t-1", "1", now - minutes(24 * 60)).is_none(), "a clock that was ahead");
            now += minutes(wait);
            assert!(aside.waits("t-1", "1", now).is_none(), "{wait}");
        }
        of(&refusal, "1", now);
        assert!(aside.waits("t-1", "2", now).is_none() && aside.waits("t-2", "1", now).is_none());
        of(&refusal, "2", now);
        assert!(aside.waits("t-1", "2", now + minutes(5)).is_none(), "the first wait again");
        of(&refusal, "2", now);
        of(&Refusal::new("questionnaire-refused", ""), "2", now);
        assert!(aside.waits("t-1", "2", now).is_none(), "what is refused here is looked at in each round");
        of(&refusal, "2", now);
        aside.keep(|id| id != "t-1");
        assert!(aside.waits("t-1", "2", now).is_none());
    }
}
