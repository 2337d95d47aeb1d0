//! What a planned event leaves behind is worked out once where it has to be known before the event is taken: by the plan.

use std::sync::{Mutex, PoisonError};

use super::Session;
use crate::{AnswerError, Event, EventKind};

/// The session after the event that was planned last.
#[derive(Default)]
pub(super) struct Foreseen {
    slot: Mutex<Option<Box<(Event, Session)>>>,
}

impl Foreseen {
    fn keep(&self, event: &Event, after: Session) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new((event.clone(), after)));
    }

    fn take(&mut self, event: &Event) -> Option<Session> {
        let kept = self.slot.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        kept.filter(|kept| kept.0 == *event).map(|kept| kept.1)
    }
}

/// A copy plans anew.
impl Clone for Foreseen {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// It follows from the rest of a session.
impl PartialEq for Foreseen {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Session {
    /// Refuses what would leave expressions without a stable value, or without steps enough: nobody could complete the form
    /// after it (ADR 59). Only expressions that may read any answer can come there.
    pub(super) fn settles_after(&self, event: &Event) -> Result<(), AnswerError> {
        let changes = matches!(
            event.kind,
            EventKind::LanguageChosen { .. }
                | EventKind::Answered { .. }
                | EventKind::Cleared { .. }
                | EventKind::Skipped { .. }
                | EventKind::InstanceAdded { .. }
                | EventKind::InstanceRemoved { .. }
        );
        if !changes || self.settled().is_err() || self.form.form.rules.late.is_empty() {
            return Ok(());
        }
        let mut after = self.clone();
        after.apply(event);
        after.settled()?;
        self.foreseen.keep(event, after);
        Ok(())
    }

    /// Lets an event take effect that was planned from here.
    pub(super) fn as_foreseen(&mut self, event: &Event) -> bool {
        let after = self.foreseen.take(event);
        let is_known = after.is_some();
        if let Some(after) = after {
            *self = after;
        }
        is_known
    }

    /// Whether all expressions came to a stable value.
    pub(super) fn settled(&self) -> Result<(), AnswerError> {
        if self.too_costly {
            return Err(AnswerError::TooCostly);
        }
        if !self.unstable.is_empty() {
            return Err(AnswerError::Unstable { keys: self.unstable.clone() });
        }
        Ok(())
    }
}
