//! Calculated answers are bound by what binds given ones.

use super::accept_all;
use crate::{
    Answer, AnswerError,
    form::{Item, OptionItem, Question},
};

/// The answers that a calculation gives, as they are stored; `None` when one of them is refused. What only makes typing
/// hard to get wrong does not bind a calculation: how much of a date must be known, and the steps of a slider.
pub(crate) fn accept_computed(
    item: &Item,
    question: &Question,
    options: &[OptionItem],
    answers: Vec<Answer>,
) -> Option<Vec<Answer>> {
    match accept_all(item, question, options, answers.clone(), "en") {
        Ok(accepted) => Some(accepted),
        Err(AnswerError::NotADate | AnswerError::NotADateTime | AnswerError::BetweenSteps { .. }) => {
            Some(answers)
        }
        Err(_) => None,
    }
}
