//! Whether an answer is one that the question accepts, and how it is written.

use std::cmp::Ordering;

use jiff::civil::Date;

use crate::{
    Answer, AnswerError,
    form::{NumberQuestion, OptionValue, Question, Scale, TextQuestion},
    number,
};

/// FHIR R4, section 2.24.0.1: strings are at most 1 MB long.
const LONGEST_TEXT: u32 = 1024 * 1024;

/// The answer as it is stored; `None` when nothing was written at all, which clears it.
///
/// Accepting is stable: what comes out is accepted again, unchanged, in every language.
pub(crate) fn accept(
    question: &Question,
    answer: Answer,
    language: &str,
) -> Result<Option<Answer>, AnswerError> {
    match (question, answer) {
        (_, Answer::Number { text } | Answer::Date { text } | Answer::Text { text })
            if text.trim().is_empty() =>
        {
            Ok(None)
        }
        (Question::Boolean, answer @ Answer::Boolean { .. }) => Ok(Some(answer)),
        (Question::Choice(options), Answer::Choice { option }) => {
            if options.iter().any(|known| known.key == option) {
                Ok(Some(Answer::Choice { option }))
            } else {
                Err(AnswerError::UnknownOption)
            }
        }
        (Question::Number(question), Answer::Number { text }) => {
            accept_number(question, &text, language).map(|text| Some(Answer::Number { text }))
        }
        (Question::Date { min, max }, Answer::Date { text }) => {
            accept_date(*min, *max, text.trim()).map(|text| Some(Answer::Date { text }))
        }
        (Question::Text(question), Answer::Text { text }) => {
            accept_text(question, text.trim()).map(|text| Some(Answer::Text { text }))
        }
        _ => Err(AnswerError::WrongKind),
    }
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
    if let Some(min) = &question.min
        && number::compare(&text, min) != Some(Ordering::Greater)
        && number::compare(&text, min) != Some(Ordering::Equal)
    {
        return Err(AnswerError::BelowMinimum { min: min.clone() });
    }
    if let Some(max) = &question.max
        && number::compare(&text, max) != Some(Ordering::Less)
        && number::compare(&text, max) != Some(Ordering::Equal)
    {
        return Err(AnswerError::AboveMaximum { max: max.clone() });
    }
    if let Some(scale) = &question.scale
        && !is_point(scale, &text)
    {
        return Err(AnswerError::BetweenSteps { step: scale.step.to_string() });
    }
    Ok(text)
}

/// The ends and the step of a scale are whole numbers, so its points are too.
fn is_point(scale: &Scale, text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|point| (point - scale.min) % scale.step == 0)
}

fn accept_date(min: Option<Date>, max: Option<Date>, text: &str) -> Result<String, AnswerError> {
    let date = read_date(text).ok_or(AnswerError::NotADate)?;
    if let Some(min) = min.filter(|min| date < *min) {
        return Err(AnswerError::DateTooEarly { min: min.to_string() });
    }
    if let Some(max) = max.filter(|max| date > *max) {
        return Err(AnswerError::DateTooLate { max: max.to_string() });
    }
    Ok(date.to_string())
}

/// A complete FHIR date, `YYYY-MM-DD`; the partial ones (`2026`, `2026-11`) are none of ours.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    // FHIR's years begin with 0001.
    text.parse::<Date>().ok().filter(|date| shape && date.year() > 0)
}

/// An RFC 3339 time with an offset, as FHIR's `instant` writes it.
pub(crate) fn is_instant(text: &str) -> bool {
    let bytes = text.as_bytes();
    let punctuation = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let offset = text.ends_with('Z')
        || (bytes.len() > 6
            && matches!(bytes[bytes.len() - 6], b'+' | b'-')
            && bytes[bytes.len() - 3] == b':');
    bytes.len() >= 20
        && punctuation.iter().all(|(at, byte)| bytes[*at] == *byte)
        && offset
        && text.parse::<jiff::Timestamp>().is_ok()
}

fn accept_text(question: &TextQuestion, text: &str) -> Result<String, AnswerError> {
    let allowed = |character: char| match character {
        '\n' | '\r' | '\t' => question.lines,
        _ => !character.is_control(),
    };
    if !text.chars().all(allowed) {
        return Err(AnswerError::CharacterNotAllowed);
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if let Some(min) = question.min_length.filter(|min| length < *min) {
        return Err(AnswerError::TooShort { min });
    }
    let max = question.max_length.unwrap_or(LONGEST_TEXT).min(LONGEST_TEXT);
    if length > max || text.len() > LONGEST_TEXT as usize {
        return Err(AnswerError::TooLong { max });
    }
    Ok(text.to_owned())
}

/// How two accepted answers of `question` compare: `None` when they differ and neither comes first.
pub(crate) fn compare(question: &Question, left: &Answer, right: &Answer) -> Option<Ordering> {
    match (left, right) {
        (Answer::Number { text: left }, Answer::Number { text: right }) => number::compare(left, right),
        (Answer::Date { text: left }, Answer::Date { text: right }) => Some(left.cmp(right)),
        (Answer::Choice { option: left }, Answer::Choice { option: right }) if left != right => {
            let Question::Choice(options) = question else { return None };
            match options.iter().find(|option| option.key == *left)?.value {
                OptionValue::Integer(_) => number::compare(left, right),
                OptionValue::Date(_) => Some(left.cmp(right)),
                OptionValue::Coding(_) | OptionValue::String => None,
            }
        }
        (left, right) => (left == right).then_some(Ordering::Equal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Answer {
        Answer::Number { text: text.into() }
    }

    fn text(text: &str) -> Answer {
        Answer::Text { text: text.into() }
    }

    #[test]
    fn integers_are_32_bit_whole_numbers_within_the_limits() {
        let question = Question::Number(NumberQuestion { integer: true, ..NumberQuestion::default() });
        assert_eq!(accept(&question, number("2147483647"), "en"), Ok(Some(number("2147483647"))));
        assert_eq!(accept(&question, number("2147483648"), "en"), Err(AnswerError::TooManyDigits));
        assert_eq!(accept(&question, number("1.0"), "en"), Err(AnswerError::NotAWholeNumber));
        assert_eq!(accept(&question, number(" "), "en"), Ok(None), "nothing written clears the answer");
        assert_eq!(accept(&question, text("1"), "en"), Err(AnswerError::WrongKind));
    }

    #[test]
    fn decimals_keep_their_text_and_their_limits_are_exact() {
        let question = Question::Number(NumberQuestion {
            min: Some("0.10".into()),
            max: Some("1e2".into()),
            max_decimal_places: Some(2),
            ..NumberQuestion::default()
        });
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
        let question = Question::Number(NumberQuestion {
            integer: true,
            min: Some("5".into()),
            max: Some("25".into()),
            scale: Some(Scale { min: 5, step: 10, show_value: false }),
            ..NumberQuestion::default()
        });
        assert_eq!(accept(&question, number("15"), "en"), Ok(Some(number("15"))));
        assert_eq!(
            accept(&question, number("10"), "en"),
            Err(AnswerError::BetweenSteps { step: "10".into() })
        );
    }

    #[test]
    fn dates_are_complete_calendar_dates() {
        let question = Question::Date { min: read_date("2026-01-01"), max: read_date("2026-12-31") };
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
        let one_line =
            Question::Text(TextQuestion { min_length: Some(2), max_length: Some(3), ..Default::default() });
        assert_eq!(accept(&one_line, text("  äöü "), "en"), Ok(Some(text("äöü"))));
        assert_eq!(accept(&one_line, text("a"), "en"), Err(AnswerError::TooShort { min: 2 }));
        assert_eq!(accept(&one_line, text("abcd"), "en"), Err(AnswerError::TooLong { max: 3 }));
        assert_eq!(accept(&one_line, text("a\nb"), "en"), Err(AnswerError::CharacterNotAllowed));
        let lines = Question::Text(TextQuestion { lines: true, ..Default::default() });
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
