//! What a session has worked out and keeps beside what it is.

use std::sync::{Mutex, PoisonError};

/// A result that follows from the rest of a session: it makes no two sessions different, and a copy works out its own.
pub(super) struct Remembered<T>(Mutex<Option<T>>);

impl<T> Remembered<T> {
    /// Keeps this in place of what was kept.
    pub(super) fn keep(&self, result: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    /// What `read` takes from what is kept.
    pub(super) fn read<R>(&self, read: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(read)
    }

    /// What is kept; nothing is from then on.
    pub(super) fn take(&mut self) -> Option<T> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Clone for Remembered<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> PartialEq for Remembered<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
