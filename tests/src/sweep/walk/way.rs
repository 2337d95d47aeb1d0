//! Rows of places.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::calls::Call;

/// How far a way was walked.
#[derive(Debug, Clone)]
pub struct Walked {
    /// What is done at its places.
    pub name: String,
    /// How many places an undisturbed start has, where that was counted.
    pub places: Option<u32>,
    /// The places at which it was done.
    pub met: BTreeSet<u32>,
    /// Places before the last one of those at which it was not done, though it was tried.
    pub missed: BTreeSet<u32>,
}

impl fmt::Display for Walked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} places, the last one {}",
            self.name,
            self.met.len(),
            self.met.last().unwrap_or(&0)
        )?;
        if let Some(places) = self.places {
            write!(f, "; an undisturbed start has {places}")?;
        }
        if self.missed.is_empty() { Ok(()) } else { write!(f, "; not met: {:?}", self.missed) }
    }
}

/// A row of places.
pub(super) struct Way {
    /// What is done at its places.
    pub(super) name: String,
    /// The same.
    pub(super) step: Step,
    places: Option<u32>,
    next: AtomicU32,
    beyond: AtomicU32,
    tried: Mutex<[BTreeSet<u32>; 2]>,
}

/// What is done at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The device is killed at it.
    Kill(Call),
    /// The power is cut at such a call of any thread.
    PowerCut(&'static str),
    /// The connection ends within an answer, or is reset.
    Cut { reset: bool },
}

impl Way {
    /// Begins a way; an undisturbed start has so many places, where that was counted.
    pub(super) fn new(step: Step, places: Option<u32>) -> Self {
        let name = match &step {
            Step::Kill(call) => call.to_string(),
            Step::PowerCut(call) => format!("power cut at `{call}`"),
            Step::Cut { reset: false } => "answer ends at octet".to_owned(),
            Step::Cut { reset: true } => "connection is reset at octet".to_owned(),
        };
        let (next, beyond) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { name, step, places, next, beyond, tried: Mutex::default() }
    }

    /// The next place, counted from one, unless there was nothing at `beyond` places in a row; `only` this one, if there is one.
    pub(super) fn next(&self, every: u32, beyond: u32, only: Option<u32>) -> Option<u32> {
        let on = self.beyond.load(Ordering::SeqCst) < beyond;
        let nth = on.then(|| self.next.fetch_add(1, Ordering::SeqCst))?;
        let Some(only) = only else { return Some(nth * every.max(1) + 1) };
        (nth == 0).then_some(only)
    }

    /// Notes whether it was done at a place, and whether all held then: a way on which nothing holds ends too.
    pub(super) fn note(&self, place: u32, met: bool, held: bool) {
        if met && held {
            self.beyond.store(0, Ordering::SeqCst);
        } else {
            self.beyond.fetch_add(1, Ordering::SeqCst);
        }
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried[usize::from(met)].insert(place);
    }

    /// How far it was walked.
    pub(super) fn walked(self) -> Walked {
        let [mut missed, met] = self.tried.into_inner().unwrap_or_else(PoisonError::into_inner);
        let last = met.last().copied().unwrap_or_default();
        missed.retain(|place| *place < last);
        Walked { name: self.name, places: self.places, met, missed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_ends_when_nothing_was_met_or_nothing_held_for_a_while() {
        let way = Way::new(Step::Cut { reset: true }, None);
        for _ in 0..9 {
            let place = way.next(2, 6, None).unwrap();
            way.note(place, place != 5, place != 7);
        }
        for _ in 0..6 {
            let place = way.next(2, 6, None).unwrap();
            way.note(place, place > 25, false);
        }
        assert_eq!(way.next(2, 6, None), None);
        let walked = way.walked();
        assert_eq!(walked.met, [1, 3, 7, 9, 11, 13, 15, 17, 27, 29].into());
        assert_eq!(walked.missed, [5, 19, 21, 23, 25].into());
    }
}
