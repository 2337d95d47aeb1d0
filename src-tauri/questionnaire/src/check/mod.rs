//! Whether answers are ones that the question accepts, and how they are written.

mod compare;
mod computed;
mod file;
mod fitting;
pub(crate) mod quantity;
mod temporal;
mod units;
pub(crate) mod uri;

use std::cmp::Ordering;

use crate::{
    Answer, AnswerError,
    form::{Asks, Item, NumberQuestion, OptionItem, Own, Question, Scale, Text, TextQuestion},
    number,
};

pub(crate) use compare::{Ordered, compare, compare_amount};
pub(crate) use computed::accept_computed;
pub(crate) use file::{LARGEST_FILE, LARGEST_TOGETHER, files_fit, octets};
pub(crate) use fitting::{Fitting, fitting, takes};
pub(crate) use temporal::{
    is_instant, order, read_date, read_date_time, read_partial_date, read_time, within as within_dates,
};
pub(crate) use units::{amount, amount_in, is_unitless, order as order_quantities, order_against};

/// FHIR R4, section 2.24.0.1: strings are at most 1 MB long.
const LONGEST_TEXT: u32 = 1024 * 1024;

/// The answers of an item as they are stored; none when nothing was written at all, which clears it.
///
/// Accepting is stable: what comes out is accepted again, unchanged, in every language.
pub(crate) fn accept_all(
    item: &Item,
    question: &Question,
    options: &[OptionItem],
    answers: Vec<Answer>,
    language: &str,
) -> Result<Vec<Answer>, AnswerError> {
    // Nothing of a list is looked at before its length is known to be bounded.
    let max = item.most();
    if answers.len() > MOST_ANSWERS {
        return Err(AnswerError::TooManyAnswers { max: max.min(MOST_ANSWERS_U32) });
    }
    let mut accepted: Vec<Answer> = Vec::with_capacity(answers.len());
    for answer in answers {
        if let Some(answer) = accept_among(question, options, answer, language)? {
            if matches!(answer, Answer::Choice { .. }) && accepted.contains(&answer) {
                return Err(AnswerError::AnswerTwice);
            }
            accepted.push(answer);
        }
    }
    if accepted.len() > max as usize {
        return Err(AnswerError::TooManyAnswers { max });
    }
    let excludes = |answer: &Answer| matches!(answer, Answer::Choice { option } if options.iter().any(|known| known.key == *option && known.exclusive));
    if accepted.len() > 1 && accepted.iter().any(excludes) {
        return Err(AnswerError::Exclusive);
    }
    Ok(accepted)
}

/// More answers than this are given to no question.
const MOST_ANSWERS: usize = 1_000;
const MOST_ANSWERS_U32: u32 = 1_000;

/// The answer as it is stored; `None` when nothing was written at all.
pub(crate) fn accept(
    question: &Question,
    answer: Answer,
    language: &str,
) -> Result<Option<Answer>, AnswerError> {
    accept_among(question, &question.options, answer, language)
}

/// [`accept`], with the options that are offered now.
fn accept_among(
    question: &Question,
    options: &[OptionItem],
    answer: Answer,
    language: &str,
) -> Result<Option<Answer>, AnswerError> {
    match answer {
        Answer::Number { text }
        | Answer::Date { text }
        | Answer::DateTime { text }
        | Answer::Time { text }
        | Answer::Text { text }
        | Answer::Quantity { text, .. }
            if text.trim().is_empty() =>
        {
            Ok(None)
        }
        Answer::Choice { option } => {
            if options.iter().any(|known| known.key == option) {
                Ok(Some(Answer::Choice { option }))
            } else if question.option(&option).is_some() {
                Err(AnswerError::OptionNotOffered)
            } else if question.chooses() {
                Err(AnswerError::UnknownOption)
            } else {
                Err(AnswerError::WrongKind)
            }
        }
        answer if question.chooses() => match (question.own, answer) {
            (Own::Text | Own::Words, Answer::Text { text }) => {
                let free = TextQuestion::default();
                let own = question.own_text().unwrap_or(&free);
                accept_text(own, question.hint.as_ref(), text.trim()).map(|text| Some(Answer::Text { text }))
            }
            (Own::Type, answer) => accept_typed(question, answer, language).map(Some),
            _ => Err(AnswerError::WrongKind),
        },
        answer => accept_typed(question, answer, language).map(Some),
    }
}

fn accept_typed(question: &Question, answer: Answer, language: &str) -> Result<Answer, AnswerError> {
    Ok(match (&question.asks, answer) {
        (Asks::Boolean, answer @ Answer::Boolean { .. }) => answer,
        (Asks::Number(asks), Answer::Number { text }) => {
            Answer::Number { text: accept_number(asks, &text, language)? }
        }
        (Asks::Date(asks), Answer::Date { text }) => {
            Answer::Date { text: temporal::accept_date(asks, text.trim())? }
        }
        (Asks::DateTime(asks), Answer::DateTime { text }) => {
            Answer::DateTime { text: temporal::accept_date_time(asks, text.trim())? }
        }
        (Asks::Time(asks), Answer::Time { text }) => {
            Answer::Time { text: temporal::accept_time(asks, text.trim())? }
        }
        (Asks::Text(asks), Answer::Text { text }) => {
            Answer::Text { text: accept_text(asks, question.hint.as_ref(), text.trim())? }
        }
        (Asks::Url(asks), Answer::Text { text }) => {
            let text = accept_text(asks, question.hint.as_ref(), text.trim())?;
            if !uri::is_absolute_uri(&text) {
                return Err(AnswerError::NotAUrl);
            }
            Answer::Text { text }
        }
        (Asks::Quantity(asks), Answer::Quantity { text, unit, own_unit }) => {
            quantity::accept(asks, &text, unit, own_unit.as_deref(), language)?
        }
        (Asks::Attachment(asks), Answer::Attachment { content_type, data, title }) => {
            file::accept(asks, &content_type, data, title)?
        }
        _ => return Err(AnswerError::WrongKind),
    })
}

fn accept_number(question: &NumberQuestion, typed: &str, language: &str) -> Result<String, AnswerError> {
    let text = number::normalise(typed, language)?;
    if question.integer {
        if text.contains('.') {
            return Err(AnswerError::NotAWholeNumber);
        }
        text.parse::<i32>().map_err(|_| AnswerError::TooManyDigits)?;
    }
    if let Some(max) = question.max_decimal_places
        && number::decimal_places(&text) > max as usize
    {
        return Err(AnswerError::TooManyDecimalPlaces { max });
    }
    if let Some(max) = question.max_length
        && text.len() > max as usize
    {
        return Err(AnswerError::TooLong { max });
    }
    within(question.min.as_deref(), question.max.as_deref(), &text)?;
    if let Some(scale) = &question.scale
        && !is_point(scale, &text)
    {
        return Err(AnswerError::BetweenSteps { step: number::unscaled(scale.step, scale.places) });
    }
    Ok(text)
}

/// Whether a number lies between two limits, both inclusive.
pub(crate) fn within(min: Option<&str>, max: Option<&str>, text: &str) -> Result<(), AnswerError> {
    if let Some(min) = min
        && !number::compare(text, min).is_some_and(Ordering::is_ge)
    {
        return Err(AnswerError::BelowMinimum { min: min.to_owned() });
    }
    if let Some(max) = max
        && !number::compare(text, max).is_some_and(Ordering::is_le)
    {
        return Err(AnswerError::AboveMaximum { max: max.to_owned() });
    }
    Ok(())
}

fn is_point(scale: &Scale, text: &str) -> bool {
    let point = number::scaled(text, scale.places).and_then(|point| point.checked_sub(scale.min));
    point.is_some_and(|from_low_end| from_low_end % scale.step == 0)
}

fn accept_text(asks: &TextQuestion, hint: Option<&Text>, text: &str) -> Result<String, AnswerError> {
    let allowed = |character: char| match character {
        '\n' | '\r' | '\t' => asks.lines,
        _ => !character.is_control(),
    };
    if !text.chars().all(allowed) {
        return Err(AnswerError::CharacterNotAllowed);
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if let Some(min) = asks.min_length.filter(|min| length < *min) {
        return Err(AnswerError::TooShort { min });
    }
    let max = asks.max_length.unwrap_or(LONGEST_TEXT).min(LONGEST_TEXT);
    if length > max || text.len() > LONGEST_TEXT as usize {
        return Err(AnswerError::TooLong { max });
    }
    if asks.regex.as_ref().is_some_and(|regex| !regex.is_match(text)) {
        return Err(AnswerError::WrongFormat { hint: hint.map(|hint| hint.original.clone()) });
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Precision, Temporal};

    fn number(text: &str) -> Answer {
        Answer::Number { text: text.into() }
    }

    fn text(text: &str) -> Answer {
        Answer::Text { text: text.into() }
    }

    #[test]
    fn integers_are_32_bit_whole_numbers_within_the_limits() {
        let question =
            Question::of(Asks::Number(NumberQuestion { integer: true, ..NumberQuestion::default() }));
        assert_eq!(accept(&question, number("2147483647"), "en"), Ok(Some(number("2147483647"))));
        assert_eq!(accept(&question, number("2147483648"), "en"), Err(AnswerError::TooManyDigits));
        assert_eq!(accept(&question, number("1.0"), "en"), Err(AnswerError::NotAWholeNumber));
        assert_eq!(accept(&question, number(" "), "en"), Ok(None), "nothing written clears the answer");
        assert_eq!(accept(&question, text("1"), "en"), Err(AnswerError::WrongKind));
    }

    #[test]
    fn decimals_keep_their_text_and_their_limits_are_exact() {
        let question = Question::of(Asks::Number(NumberQuestion {
            min: Some("0.10".into()),
            max: Some("1e2".into()),
            max_decimal_places: Some(2),
            ..NumberQuestion::default()
        }));
        assert_eq!(accept(&question, number("0.1"), "en"), Ok(Some(number("0.1"))));
        assert_eq!(accept(&question, number("100.00"), "en"), Ok(Some(number("100.00"))));
        assert_eq!(
            accept(&question, number("0.09"), "en"),
            Err(AnswerError::BelowMinimum { min: "0.10".into() })
        );
        assert_eq!(
            accept(&question, number("100.01"), "en"),
            Err(AnswerError::AboveMaximum { max: "1e2".into() })
        );
        assert_eq!(
            accept(&question, number("1.500"), "en"),
            Err(AnswerError::TooManyDecimalPlaces { max: 2 })
        );
    }

    #[test]
    fn a_scale_has_only_its_points() {
        let question = Question::of(Asks::Number(NumberQuestion {
            integer: true,
            min: Some("5".into()),
            max: Some("25".into()),
            scale: Some(Scale { min: 5, step: 10, places: 0, show_value: false }),
            ..NumberQuestion::default()
        }));
        assert_eq!(accept(&question, number("15"), "en"), Ok(Some(number("15"))));
        assert_eq!(
            accept(&question, number("10"), "en"),
            Err(AnswerError::BetweenSteps { step: "10".into() })
        );
        let question = Question::of(Asks::Number(NumberQuestion {
            min: Some("-0.5".into()),
            max: Some("1".into()),
            scale: Some(Scale { min: -50, step: 25, places: 2, show_value: false }),
            ..NumberQuestion::default()
        }));
        for point in ["-0.25", "0", "0.50", "0.7500", "1.0"] {
            assert_eq!(accept(&question, number(point), "en"), Ok(Some(number(point))));
        }
        for between in ["0.2", "0.251", "0.2500001"] {
            assert_eq!(
                accept(&question, number(between), "en"),
                Err(AnswerError::BetweenSteps { step: "0.25".into() })
            );
        }
    }

    #[test]
    fn dates_are_complete_calendar_dates() {
        let question = Question::of(Asks::Date(Temporal {
            min: Some("2026-01-01".into()),
            max: Some("2026-12-31".into()),
            precision: Precision::Day,
        }));
        let date = |text: &str| Answer::Date { text: text.into() };
        assert_eq!(accept(&question, date("2026-02-28"), "en"), Ok(Some(date("2026-02-28"))));
        for wrong in ["2026-02-29", "2026-2-3", "2026", "2026-11", "20260228", "28.02.2026", "0000-01-01"] {
            assert_eq!(accept(&question, date(wrong), "en"), Err(AnswerError::NotADate), "{wrong}");
        }
        assert_eq!(
            accept(&question, date("2025-12-31"), "en"),
            Err(AnswerError::DateTooEarly { min: "2026-01-01".into() })
        );
        assert_eq!(
            accept(&question, date("2027-01-01"), "en"),
            Err(AnswerError::DateTooLate { max: "2026-12-31".into() })
        );
    }

    #[test]
    fn lengths_count_characters_and_control_characters_are_refused() {
        let one_line = Question::of(Asks::Text(TextQuestion {
            min_length: Some(2),
            max_length: Some(3),
            ..Default::default()
        }));
        assert_eq!(accept(&one_line, text("  äöü "), "en"), Ok(Some(text("äöü"))));
        assert_eq!(accept(&one_line, text("a"), "en"), Err(AnswerError::TooShort { min: 2 }));
        assert_eq!(accept(&one_line, text("abcd"), "en"), Err(AnswerError::TooLong { max: 3 }));
        assert_eq!(accept(&one_line, text("a\nb"), "en"), Err(AnswerError::CharacterNotAllowed));
        let lines = Question::of(Asks::Text(TextQuestion { lines: true, ..Default::default() }));
        assert_eq!(accept(&lines, text("a\nb"), "en"), Ok(Some(text("a\nb"))));
        assert_eq!(accept(&lines, text("a\u{0}b"), "en"), Err(AnswerError::CharacterNotAllowed));
        assert_eq!(
            accept(&lines, text("<script>alert(1)</script>"), "en"),
            Ok(Some(text("<script>alert(1)</script>"))),
            "text is only ever text"
        );
    }

    #[test]
    fn instants_have_an_offset() {
        for instant in ["2026-11-21T09:41:07+01:00", "2026-11-21T08:41:07.123Z", "2026-11-21T08:41:07-00:30"]
        {
            assert!(is_instant(instant), "{instant}");
        }
        for other in [
            "2026-11-21",
            "2026-11-21T09:41:07",
            "2026-11-21 09:41:07+01:00",
            "2026-13-21T09:41:07Z",
            "é026-11-21T08:41:07Z",
        ] {
            assert!(!is_instant(other), "{other}");
        }
    }
}
