//! Numbers with units, held against limits in theirs.

use std::cmp::Ordering;

use fhir::{Number, Object, Value};

use super::{accept_number, accept_text, units};
use crate::{
    Answer, AnswerError,
    form::{QuantityQuestion, TextQuestion, UnitItem},
    number,
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
        Some(_) if !question.own_unit => return Err(AnswerError::UnknownUnit),
        Some(_) if unit.as_ref().is_some_and(|unit| coded(question, unit).is_none()) => {
            return Err(AnswerError::UnknownUnit);
        }
        Some(own) => Some(accept_text(&TextQuestion::default(), None, own)?),
    };
    let known = |key: &String| question.units.iter().any(|unit| unit.key == *key);
    match &unit {
        Some(unit) if !known(unit) && own_unit.is_none() => return Err(AnswerError::UnknownUnit),
        None if own_unit.is_none() && question.units.len() > 1 => return Err(AnswerError::UnitMissing),
        _ => {}
    }
    // The only unit goes without saying.
    let unit = unit.or_else(|| match question.units.as_slice() {
        [only] if own_unit.is_none() => Some(only.key.clone()),
        _ => None,
    });
    let text = accept_number(&question.number, typed, language)?;
    let limits = [question.min.as_ref(), question.max.as_ref()];
    let value = value(question, &text, (unit.as_deref(), own_unit.as_deref()), language, limits)
        .ok_or(AnswerError::NotANumber)?;
    within(&value, question.min.as_ref(), question.max.as_ref())?;
    Ok(Answer::Quantity { text, unit, own_unit })
}

/// The FHIR Quantity that an answer is: its number, and its unit, by key or in own words. An own word for the unit of a
/// limit is that unit.
pub(crate) fn value(
    asks: &QuantityQuestion,
    text: &str,
    (unit, own_unit): (Option<&str>, Option<&str>),
    language: &str,
    limits: [Option<&Value>; 2],
) -> Option<Value> {
    let mut quantity = Object::new();
    quantity.insert("value", Number::new(text).ok()?);
    if let (Some(own), Some((system, code))) = (own_unit, unit.and_then(|unit| coded(asks, unit))) {
        quantity.insert("unit", own);
        quantity.insert("system", system);
        quantity.insert("code", code);
    } else if let Some(unit) = unit {
        write_unit(&mut quantity, asks.units.iter().find(|known| known.key == unit)?, language);
    } else if let Some(own) = own_unit {
        quantity.insert("unit", own);
        let is_named = |limit: &&Value| [limit.str("code"), limit.str("unit")].contains(&Some(own));
        if let Some(limit) = limits.into_iter().flatten().find(is_named)
            && let (Some(system), Some(code)) = (limit.get("system"), limit.get("code"))
        {
            quantity.insert("system", system.clone());
            quantity.insert("code", code.clone());
        }
    }
    Some(quantity.into())
}

/// System and code of a unit that a value brought with it, by its key, where the form takes other units than its own. What it
/// is called stands beside it, as own words do.
fn coded<'k>(asks: &QuantityQuestion, key: &'k str) -> Option<(&'k str, &'k str)> {
    let is_own = asks.own_unit && asks.units.iter().all(|known| known.key != key);
    key.split_once('|').filter(|(system, code)| is_own && is_coding(system, code))
}

/// Whether a response may say these of a unit: a URI, and a code without needless white space (FHIR R4, section 2.24.0.1).
pub(crate) fn is_coding(system: &str, code: &str) -> bool {
    let is_code = !code.is_empty()
        && code.split(' ').all(|word| !word.is_empty() && !word.contains(char::is_whitespace));
    is_code && !system.contains('|') && super::uri::is_absolute_uri(system)
}

/// Gives a unit in own words the coding of one of `known` that is called the same: a value that the form began with and
/// whose number is changed keeps its unit. A coding that none of them has is nobody's words.
pub(crate) fn with_known_coding(
    asks: &QuantityQuestion,
    answer: Answer,
    known: &[Answer],
) -> Result<Answer, AnswerError> {
    let Answer::Quantity { text, unit, own_unit: Some(own) } = answer else { return Ok(answer) };
    let of = |answer: &Answer| match answer {
        Answer::Quantity { unit: Some(unit), own_unit: Some(known), .. } if *known == own.trim() => {
            Some(unit.clone())
        }
        _ => None,
    };
    let coding = known.iter().find_map(of);
    if unit.is_some() && unit != coding && asks.own_unit {
        return Err(AnswerError::UnknownUnit);
    }
    Ok(Answer::Quantity { text, unit: unit.or(coding), own_unit: Some(own) })
}

/// One of a unit.
pub(crate) fn one(unit: &UnitItem) -> Value {
    let mut quantity = Object::new();
    quantity.insert("value", 1);
    write_unit(&mut quantity, unit, "");
    quantity.into()
}

/// Writes a unit into a Quantity, by its name in a language.
pub(crate) fn write_unit(quantity: &mut Object, unit: &UnitItem, language: &str) {
    quantity.insert("unit", unit.label.text(language));
    // A code says nothing without its system (FHIR R4, invariant qty-3).
    for name in ["system", "code"] {
        if let (Some(part), true) = (unit.coding.get(name), unit.coding.contains("system")) {
            quantity.insert(name, part.clone());
        }
    }
}

/// Whether a Quantity lies between two limits, as far as they are there. A unit that has nothing in common with theirs is
/// refused, because nobody could say whether it does.
pub(crate) fn within(quantity: &Value, min: Option<&Value>, max: Option<&Value>) -> Result<(), AnswerError> {
    let named = |limit: &Value| {
        let number = units::amount(limit).unwrap_or_default();
        match limit.str("unit").or_else(|| limit.str("code")) {
            Some(unit) => format!("{number} {unit}"),
            None => number.to_owned(),
        }
    };
    for (limit, outside) in [(min, Ordering::Less), (max, Ordering::Greater)] {
        let Some(limit) = limit.filter(|limit| units::amount(limit).is_some()) else { continue };
        let order = units::order_against(quantity, limit)
            .ok_or_else(|| AnswerError::UnlikeUnit { limit: named(limit) })?;
        if order == outside {
            return Err(match outside {
                Ordering::Less => AnswerError::BelowMinimum { min: named(limit) },
                _ => AnswerError::AboveMaximum { max: named(limit) },
            });
        }
    }
    Ok(())
}

/// The number of a limit in a unit: as it is, or converted. `None` where it has none that can be written in full.
pub(crate) fn limit_in(limit: &Value, unit: Option<&UnitItem>) -> Option<String> {
    let number = units::amount(limit)?;
    let code = || unit?.coding.get("code")?.as_str();
    if units::is_unitless(limit) || (unit.is_some() && limit.str("code") == code()) {
        return Some(number.to_owned());
    }
    let number = units::amount_in(limit, code()?)?;
    (number.bytes().filter(u8::is_ascii_digit).count() <= number::MAX_DIGITS).then_some(number)
}
