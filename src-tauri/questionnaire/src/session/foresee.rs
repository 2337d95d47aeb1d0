//! What a planned event leaves behind is worked out once where it has to be known before the event is taken: by the plan.

use super::{Session, remembered::Remembered};
use crate::{AnswerError, Event, EventKind};

/// The session after the event that was planned last.
pub(super) type Foreseen = Remembered<Box<(Event, Session)>>;

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
        self.foreseen.keep(Box::new((event.clone(), after)));
        Ok(())
    }

    /// Lets an event take effect that was planned from here.
    pub(super) fn as_foreseen(&mut self, event: &Event) -> bool {
        let Some(kept) = self.foreseen.take().filter(|kept| kept.0 == *event) else { return false };
        *self = kept.1;
        true
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
