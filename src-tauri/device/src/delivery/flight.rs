//! How many items are in flight at once: one more for every round that goes well, half as many when the server has too much
//! (429, 503, 504, no answer in time, answers that get slower), never more than sixteen.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Items in flight at once, at most.
const MOST: u32 = 16;
/// Items in flight at the start; until the first sign of too much, each answer allows one more.
const FIRST: f64 = 4.0;
/// Answers that are quicker than this are never a sign of too much.
const QUICK: f64 = 0.5;
/// The newest answer's share in the smoothed time of an answer.
const NEWEST: f64 = 0.1;
/// By how much the quickest answer is forgotten with every answer: a server may get slower for good.
const FORGETTING: f64 = 1.002;

/// See the module.
#[derive(Debug)]
pub(super) struct Flight(Mutex<Pace>);

#[derive(Debug)]
struct Pace {
    most: f64,
    allowed: f64,
    starting: bool,
    /// In flight now.
    busy: u32,
    /// Answers still to come of requests that were made before the last sign of too much: they say nothing new.
    stale: u32,
    /// Seconds of the quickest answer, and of answers of late.
    quickest: f64,
    smoothed: f64,
}

impl Default for Flight {
    fn default() -> Self {
        Self::of_at_most(MOST)
    }
}

impl Flight {
    pub(super) fn of_at_most(items: u32) -> Self {
        let most = f64::from(items.clamp(1, MOST));
        Self(Mutex::new(Pace {
            most,
            allowed: FIRST.min(most),
            starting: true,
            busy: 0,
            stale: 0,
            quickest: f64::MAX,
            smoothed: 0.0,
        }))
    }

    /// How many may be in flight now.
    pub(super) fn allowed(&self) -> u32 {
        // From 1 to 16.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        self.pace(|pace| pace.allowed as u32)
    }

    /// Says how many are in flight.
    pub(super) fn busy(&self, items: u32) {
        self.pace(|pace| pace.busy = items);
    }

    /// An answer came after this time.
    pub(super) fn answered(&self, elapsed: Duration) {
        self.pace(|pace| pace.answered(elapsed.as_secs_f64()));
    }

    /// The server says that it has too much, or does not answer in time.
    pub(super) fn overloaded(&self) {
        self.pace(Pace::overloaded);
    }

    fn pace<T>(&self, work: impl FnOnce(&mut Pace) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pace {
    fn answered(&mut self, seconds: f64) {
        self.quickest = (self.quickest * FORGETTING).min(seconds);
        self.smoothed =
            if self.smoothed == 0.0 { seconds } else { self.smoothed + NEWEST * (seconds - self.smoothed) };
        self.stale = self.stale.saturating_sub(1);
        // A server that takes one request after the other answers in this time and loses nothing by the queue.
        let in_turn = self.quickest * self.allowed;
        if self.smoothed > (2.0 * in_turn).max(QUICK) {
            self.overloaded();
            return;
        }
        // What was not made use of says nothing about more.
        let busy = f64::from(self.busy);
        let used = if self.starting { 2.0 * busy >= self.allowed } else { busy + 1.0 > self.allowed };
        if used && self.stale == 0 {
            let more = if self.starting { 1.0 } else { 1.0 / self.allowed };
            self.allowed = (self.allowed + more).min(self.most);
        }
    }

    fn overloaded(&mut self) {
        if self.stale > 0 {
            self.stale -= 1;
            return;
        }
        self.starting = false;
        self.stale = self.busy.max(1);
        self.allowed = (self.allowed / 2.0).max(1.0);
        self.smoothed = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One round: as many answers as are allowed.
    fn round(flight: &Flight, elapsed: Duration) -> u32 {
        let allowed = flight.allowed();
        flight.busy(allowed);
        (0..allowed).for_each(|_| flight.answered(elapsed));
        flight.allowed()
    }

    #[test]
    fn it_grows_while_the_server_keeps_up_and_never_beyond_its_bound() {
        let quick = Duration::from_millis(20);
        let flight = Flight::default();
        assert_eq!((flight.allowed(), round(&flight, quick), round(&flight, quick)), (4, 8, 16));
        assert_eq!(round(&flight, quick), 16);
        let one = Flight::of_at_most(1);
        assert_eq!((one.allowed(), round(&one, quick)), (1, 1));
        assert_eq!(Flight::of_at_most(0).allowed(), 1);
        let many = Flight::of_at_most(99);
        let grown: Vec<u32> = (0..5).map(|_| round(&many, quick)).collect();
        assert_eq!(grown[4], 16);
    }

    #[test]
    fn what_is_not_made_use_of_does_not_grow() {
        let flight = Flight::default();
        flight.busy(1);
        (0..100).for_each(|_| flight.answered(Duration::from_millis(20)));
        assert_eq!(flight.allowed(), 4);
    }

    #[test]
    fn too_much_halves_it_once_a_round_and_then_it_grows_by_one() {
        let flight = Flight::default();
        let quick = Duration::from_millis(20);
        round(&flight, quick);
        round(&flight, quick);
        flight.busy(16);
        (0..16).for_each(|_| flight.overloaded());
        assert_eq!(flight.allowed(), 8, "sixteen refusals of one round are one sign");
        flight.overloaded();
        assert_eq!(flight.allowed(), 8, "the last of them is stale too");
        flight.overloaded();
        assert_eq!(flight.allowed(), 4);
        flight.busy(4);
        // The answers of what was in flight before.
        (0..8).for_each(|_| flight.answered(quick));
        let grown: Vec<u32> = (0..3).map(|_| round(&flight, quick)).collect();
        assert!(grown.windows(2).all(|pair| pair[1] - pair[0] <= 1) && grown[2] > 4, "{grown:?}");
        (0..1000).for_each(|_| flight.overloaded());
        assert_eq!(flight.allowed(), 1, "one is always allowed");
    }

    #[test]
    fn answers_that_get_slower_than_a_queue_explains_are_too_much() {
        let flight = Flight::default();
        for _ in 0..3 {
            round(&flight, Duration::from_millis(20));
        }
        // One after the other: sixteen times as long is only the queue.
        for _ in 0..10 {
            round(&flight, Duration::from_millis(320));
        }
        assert_eq!(flight.allowed(), 16);
        for _ in 0..3 {
            round(&flight, Duration::from_secs(5));
        }
        assert!(flight.allowed() < 8, "{}", flight.allowed());
    }
}
