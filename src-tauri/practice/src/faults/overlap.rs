//! How many requests are being answered at the same time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Clone, Default)]
pub(super) struct Overlap(Arc<Mutex<Count>>);

#[derive(Default)]
struct Count {
    now: u32,
    most: u32,
}

/// One of them, until it is dropped.
pub(crate) struct Answering(Overlap);

impl Overlap {
    pub(super) fn most(&self) -> u32 {
        self.count().most
    }

    pub(super) fn count_anew(&self) {
        let mut count = self.count();
        count.most = count.now;
    }

    pub(super) fn answering(&self) -> Answering {
        let mut count = self.count();
        count.now += 1;
        count.most = count.most.max(count.now);
        Answering(self.clone())
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.count().now -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_at_the_same_time_are_told_since_it_was_asked_for() {
        let overlap = Overlap::default();
        let first = overlap.answering();
        drop(overlap.answering());
        let last = overlap.answering();
        assert_eq!(overlap.most(), 2);
        drop(first);
        overlap.count_anew();
        assert_eq!(overlap.most(), 1, "the last one is still being answered");
        drop(last);
        drop(overlap.answering());
        assert_eq!(overlap.most(), 1);
        overlap.count_anew();
        assert_eq!(overlap.most(), 0);
    }
}
