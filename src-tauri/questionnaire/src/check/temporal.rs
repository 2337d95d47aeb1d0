//! Dates, dates with times and times of day, in FHIR's own writing (FHIR R4, section 2.24.0.1).

use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date};

use crate::{
    AnswerError,
    form::{Precision, Temporal},
};

pub(super) fn accept_date(question: &Temporal, text: &str) -> Result<String, AnswerError> {
    let precision = precision(text).ok_or(AnswerError::NotADate)?;
    if precision > least(question.precision) {
        return Err(AnswerError::NotADate);
    }
    limits(question, text)?;
    Ok(text.to_owned())
}

pub(super) fn accept_date_time(question: &Temporal, text: &str) -> Result<String, AnswerError> {
    if read_date_time(text).is_none() {
        let precision = precision(text).ok_or(AnswerError::NotADateTime)?;
        if precision > least(question.precision) {
            return Err(AnswerError::NotADateTime);
        }
    }
    limits(question, text)?;
    Ok(text.to_owned())
}

pub(super) fn accept_time(question: &Temporal, text: &str) -> Result<String, AnswerError> {
    // Seconds are part of FHIR's time, and clocks on a page have none.
    let text = if text.len() == 5 { format!("{text}:00") } else { text.to_owned() };
    if !read_time(&text) {
        return Err(AnswerError::NotATime);
    }
    limits(question, &text)?;
    Ok(text)
}

fn limits(question: &Temporal, text: &str) -> Result<(), AnswerError> {
    within(question.min.as_deref(), question.max.as_deref(), text)
}

/// Whether a date or a time lies between two limits, both inclusive, as far as both are written.
pub(crate) fn within(min: Option<&str>, max: Option<&str>, text: &str) -> Result<(), AnswerError> {
    if let Some(min) = min.filter(|min| order(text, min) == Some(Ordering::Less)) {
        return Err(AnswerError::DateTooEarly { min: min.to_owned() });
    }
    if let Some(max) = max.filter(|max| order(text, max) == Some(Ordering::Greater)) {
        return Err(AnswerError::DateTooLate { max: max.to_owned() });
    }
    Ok(())
}

/// How two dates, dates with times, or times of day compare: `None` when the less precise one covers the other.
pub(crate) fn order(left: &str, right: &str) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (read_date_time(left), read_date_time(right)) {
        return Some(left.cmp(&right));
    }
    // A time of day, or dates: the day of a date with a time is the one on its own clock.
    let day = |text: &str| text.split_once('T').map_or(text.len(), |(day, _)| day.len());
    let (left, right) = (&left[..day(left)], &right[..day(right)]);
    let common = left.len().min(right.len());
    match left.as_bytes()[..common].cmp(&right.as_bytes()[..common]) {
        Ordering::Equal if left.len() != right.len() => None,
        order => Some(order),
    }
}

fn least(precision: Precision) -> u8 {
    match precision {
        Precision::Day => 0,
        Precision::Month => 1,
        Precision::Year => 2,
    }
}

/// How much of a date is missing: 0 for a day, 1 for a month, 2 for a year.
fn precision(text: &str) -> Option<u8> {
    match text.len() {
        10 => read_date(text).map(|_| 0),
        7 => read_partial_date(text).then_some(1),
        4 => read_partial_date(text).then_some(2),
        _ => None,
    }
}

/// A date whose day, or day and month, may be missing.
pub(crate) fn read_partial_date(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    read_date(&whole).is_some()
}

/// A complete FHIR date, `YYYY-MM-DD`.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    // FHIR's years begin with 0001.
    text.parse::<Date>().ok().filter(|date| shape && date.year() > 0)
}

/// A FHIR time of day, `hh:mm:ss` with a fraction or without.
pub(crate) fn read_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let shape = clock.len() == 8
        && clock.bytes().enumerate().all(|(at, byte)| match at {
            2 | 5 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    shape
        && !fraction.is_empty()
        && fraction.len() <= 9
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<jiff::civil::Time>().is_ok()
}

/// A date with a time and an offset.
pub(crate) fn read_date_time(text: &str) -> Option<Timestamp> {
    if is_instant(text) { text.parse().ok() } else { None }
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
        && text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporal(precision: Precision) -> Temporal {
        Temporal { precision, ..Temporal::default() }
    }

    #[test]
    fn partial_dates_are_taken_where_the_form_asks_for_no_more() {
        assert_eq!(accept_date(&temporal(Precision::Month), "2026-11").as_deref(), Ok("2026-11"));
        assert_eq!(accept_date(&temporal(Precision::Year), "2026").as_deref(), Ok("2026"));
        assert_eq!(accept_date(&temporal(Precision::Month), "2026"), Err(AnswerError::NotADate));
        assert_eq!(accept_date(&temporal(Precision::Year), "2026-13"), Err(AnswerError::NotADate));
    }

    #[test]
    fn times_of_day_have_seconds_and_stay_within_a_day() {
        assert_eq!(accept_time(&Temporal::default(), "08:30").as_deref(), Ok("08:30:00"));
        for wrong in ["24:00:00", "8:30", "08:60:00", "08:30:00.", "noon", "٠٨:٣٠"] {
            assert_eq!(accept_time(&Temporal::default(), wrong), Err(AnswerError::NotATime), "{wrong}");
        }
    }

    #[test]
    fn dates_of_unlike_precision_have_an_order_only_where_they_differ() {
        assert_eq!(order("2026-11", "2026-12-01"), Some(Ordering::Less));
        assert_eq!(order("2026", "2026-12-01"), None);
        assert_eq!(order("2026-11-21T23:00:00+01:00", "2026-11-21T22:30:00Z"), Some(Ordering::Less));
        assert_eq!(order("2026-11-21T09:00:00Z", "2026-11-20"), Some(Ordering::Greater));
        assert_eq!(order("08:00:00", "09:00:00"), Some(Ordering::Less));
    }

    #[test]
    fn dates_with_times_have_an_offset() {
        let asks = Temporal::default();
        assert!(accept_date_time(&asks, "2026-11-21T09:41:00+01:00").is_ok());
        assert!(accept_date_time(&asks, "2026-11-21").is_ok());
        assert_eq!(accept_date_time(&asks, "2026-11-21T09:41"), Err(AnswerError::NotADateTime));
        assert_eq!(accept_date_time(&asks, "2026"), Err(AnswerError::NotADateTime));
    }
}
