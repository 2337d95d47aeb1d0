//! Numbers with units, held against limits in theirs.

use std::cmp::Ordering;

use super::{accept_number, accept_text, units};
use crate::{
    Answer, AnswerError,
    form::{Asks, NumberQuestion, QuantityQuestion, Question, TextQuestion},
};

pub(super) fn accept(
    question: &QuantityQuestion,
    typed: &str,
    unit: Option<String>,
    own_unit: Option<&str>,
    language: &str,
) -> Result<Answer, AnswerError> {
    let own_unit = match own_unit.map(str::trim).filter(|own| !own.is_empty()) {
        None => None,
        Some(_) if !question.own_unit || unit.is_some() => return Err(AnswerError::UnknownUnit),
        Some(own) => Some(accept_text(&TextQuestion::default(), &Question::of(Asks::Boolean), own)?),
    };
    let known = |key: &String| question.units.iter().any(|unit| unit.key == *key);
    match &unit {
        Some(unit) if !known(unit) => return Err(AnswerError::UnknownUnit),
        None if own_unit.is_none() && question.units.len() > 1 => return Err(AnswerError::UnitMissing),
        _ => {}
    }
    // The only unit goes without saying.
    let unit = unit.or_else(|| match question.units.as_slice() {
        [only] if own_unit.is_none() => Some(only.key.clone()),
        _ => None,
    });
    let asks = &question.number;
    if question.limit_unit.is_none() || question.limit_unit == unit {
        let text = accept_number(asks, typed, language)?;
        return Ok(Answer::Quantity { text, unit, own_unit });
    }
    let places = NumberQuestion { max_decimal_places: asks.max_decimal_places, ..NumberQuestion::default() };
    let text = accept_number(&places, typed, language)?;
    let known = |key: Option<&String>| question.units.iter().find(|known| Some(&known.key) == key);
    // What cannot be held against the limits is refused: nobody could say whether it keeps them.
    if let Some(limit_unit) = known(question.limit_unit.as_ref()) {
        let order = |limit: &String| {
            let order =
                known(unit.as_ref()).and_then(|unit| units::compare((&text, unit), (limit, limit_unit)));
            order.ok_or(AnswerError::UnknownUnit)
        };
        let named = |limit: &String| format!("{limit} {}", limit_unit.label.original);
        if let Some(min) = &asks.min
            && order(min)? == Ordering::Less
        {
            return Err(AnswerError::BelowMinimum { min: named(min) });
        }
        if let Some(max) = &asks.max
            && order(max)? == Ordering::Greater
        {
            return Err(AnswerError::AboveMaximum { max: named(max) });
        }
    }
    Ok(Answer::Quantity { text, unit, own_unit })
}
