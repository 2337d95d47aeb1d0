//! What an action would do, worked out without doing it. Replay takes the same road.

use super::{Here, Session, Stage};
use crate::{Answer, AnswerError, EventKind, Place, Step, check, form::Question};

impl Session {
    pub(super) fn plan_language(&self, language: &str) -> Result<EventKind, AnswerError> {
        if self.stage != Stage::Instructions {
            return Err(AnswerError::LanguageFixed);
        }
        let language = self.form.form.language(language).ok_or(AnswerError::UnknownLanguage)?;
        Ok(EventKind::LanguageChosen { language: language.to_owned() })
    }

    pub(super) fn plan_answer(&self, key: &str, answer: Option<Answer>) -> Result<EventKind, AnswerError> {
        let (index, question) = self.question_here(key)?;
        let accepted = match answer {
            Some(answer) => check::accept(question, answer, &self.language)?,
            None => None,
        };
        let (item, previous) = (key.to_owned(), self.answers[index].clone());
        Ok(match accepted {
            Some(answer) => EventKind::Answered { item, answer, previous },
            None => EventKind::Cleared { item, previous },
        })
    }

    pub(super) fn plan_skip(&self, key: &str) -> Result<EventKind, AnswerError> {
        let (index, _) = self.question_here(key)?;
        if self.form.form.items[index].required {
            return Err(AnswerError::Required { key: key.to_owned() });
        }
        Ok(EventKind::Skipped { item: key.to_owned(), previous: self.answers[index].clone() })
    }

    pub(super) fn plan_next(&self) -> Result<EventKind, AnswerError> {
        let Here::Item(here) = self.place else { return Err(AnswerError::AtReview) };
        let item = &self.form.form.items[here];
        if self.is_missing(here) {
            let key = item.link_id.clone();
            return Err(if item.required {
                AnswerError::Required { key }
            } else {
                AnswerError::Unanswered { key }
            });
        }
        let screens = self.screens();
        let to = if self.returning {
            screens.iter().find(|screen| self.is_missing(screen.item))
        } else {
            let at = screens.iter().position(|screen| screen.item == here);
            screens.get(at.map_or(0, |at| at + 1))
        };
        Ok(self.moved(Step::Next, to.map(|screen| screen.item)))
    }

    pub(super) fn plan_back(&self) -> Result<EventKind, AnswerError> {
        let screens = self.screens();
        let at = match self.place {
            Here::Review => screens.len(),
            Here::Item(here) => screens.iter().position(|screen| screen.item == here).unwrap_or_default(),
        };
        let before = at.checked_sub(1).ok_or(AnswerError::AtFirstScreen)?;
        Ok(self.moved(Step::Back, Some(screens[before].item)))
    }

    pub(super) fn plan_goto(&self, to: &Place) -> Result<EventKind, AnswerError> {
        match to {
            Place::Item { item } => {
                let unknown = || AnswerError::UnknownItem { key: item.clone() };
                let (index, _) = self.form.form.find(item).ok_or_else(unknown)?;
                if !self.screens().iter().any(|screen| screen.item == index) {
                    return Err(AnswerError::NotShown { key: item.clone() });
                }
                Ok(self.moved(Step::Goto, Some(index)))
            }
            Place::Review => {
                if self.place != Here::Review {
                    self.complete()?;
                }
                Ok(self.moved(Step::Goto, None))
            }
        }
    }

    pub(super) fn plan_confirm(&self) -> Result<EventKind, AnswerError> {
        if self.place != Here::Review {
            return Err(AnswerError::NotAtReview);
        }
        self.complete()?;
        Ok(EventKind::Reviewed { answers_sha256: self.answers_sha256() })
    }

    /// Shown questions that are neither answered nor left out on purpose.
    pub(super) fn is_missing(&self, index: usize) -> bool {
        self.is_shown(index)
            && self.form.form.items[index].question().is_some()
            && self.answers[index].is_none()
            && !self.skipped[index]
    }

    fn complete(&self) -> Result<(), AnswerError> {
        match u32::try_from(self.missing().len()).unwrap_or(u32::MAX) {
            0 => Ok(()),
            missing => Err(AnswerError::Incomplete { missing }),
        }
    }

    /// The question `key`, when it is the one on the screen: what is answered is always what was shown.
    fn question_here(&self, key: &str) -> Result<(usize, &Question), AnswerError> {
        let (index, item) =
            self.form.form.find(key).ok_or_else(|| AnswerError::UnknownItem { key: key.to_owned() })?;
        let question = item.question().ok_or_else(|| AnswerError::NotAQuestion { key: key.to_owned() })?;
        if self.place == Here::Item(index) {
            Ok((index, question))
        } else {
            Err(AnswerError::NotShown { key: key.to_owned() })
        }
    }

    fn moved(&self, by: Step, to: Option<usize>) -> EventKind {
        let to = to
            .map_or(Place::Review, |index| Place::Item { item: self.form.form.items[index].link_id.clone() });
        EventKind::Moved { by, to }
    }
}
