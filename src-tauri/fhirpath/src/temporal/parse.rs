//! Dates and times, read.

use super::{Date, DateTime, Time};
use crate::Item;

/// A number of exactly `length` digits at the front of `text`, and what follows.
fn digits(text: &str, length: usize) -> Option<(i16, &str)> {
    let (number, rest) = text.split_at_checked(length)?;
    let all = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((all.then(|| number.parse().ok())??, rest))
}

fn part(text: &str, least: i16, most: i16) -> Option<(u8, &str)> {
    let (number, rest) = digits(text, 2)?;
    (least..=most).contains(&number).then(|| u8::try_from(number).ok()).flatten().map(|number| (number, rest))
}

/// What is written after `@`.
pub(crate) fn literal(text: &str) -> Option<Item<'static>> {
    if let Some(time) = text.strip_prefix('T') {
        return Some(Item::Time(self::time(time)?));
    }
    // `@2014T` is a DateTime of a year.
    if text.contains('T') { date_time(text).map(Item::DateTime) } else { date(text).map(Item::Date) }
}

pub(super) fn date(text: &str) -> Option<Date> {
    let (year, rest) = digits(text, 4).filter(|(year, _)| *year > 0)?;
    let Some(rest) = rest.strip_prefix('-') else {
        return rest.is_empty().then_some(Date { year, month: 0, day: 0 });
    };
    let (month, rest) = part(rest, 1, 12)?;
    let Some(rest) = rest.strip_prefix('-') else {
        return rest.is_empty().then_some(Date { year, month, day: 0 });
    };
    let (day, rest) = part(rest, 1, 31)?;
    let date = Date { year, month, day };
    (rest.is_empty() && date.civil().is_some()).then_some(date)
}

pub(super) fn time(text: &str) -> Option<Time> {
    let (hour, rest) = part(text, 0, 23)?;
    let mut time = Time { hour, minute: None, second: None, nanosecond: 0, digits: 0 };
    let Some(rest) = rest.strip_prefix(':') else { return rest.is_empty().then_some(time) };
    let (minute, rest) = part(rest, 0, 59)?;
    time.minute = Some(minute);
    let Some(rest) = rest.strip_prefix(':') else { return rest.is_empty().then_some(time) };
    // A leap second is the last one of its minute.
    let (second, rest) = part(rest, 0, 60)?;
    time.second = Some(second.min(59));
    let Some(fraction) = rest.strip_prefix('.') else { return rest.is_empty().then_some(time) };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept = fraction.get(..9).unwrap_or(fraction);
    let digits = u8::try_from(kept.len()).ok()?;
    time.nanosecond = kept.parse::<u32>().ok()? * 10_u32.pow(u32::from(9 - digits));
    time.digits = digits;
    Some(time)
}

pub(super) fn date_time(text: &str) -> Option<DateTime> {
    let Some((date, rest)) = text.split_once('T') else {
        return self::date(text).map(|date| DateTime { date, time: None, offset: None });
    };
    let date = self::date(date)?;
    if rest.is_empty() {
        return Some(DateTime { date, time: None, offset: None });
    }
    // A time of day belongs to a day.
    if date.day == 0 {
        return None;
    }
    let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(zone)?;
    let offset = match zone {
        "" => None,
        "Z" => Some(0),
        _ => Some(offset(zone)?),
    };
    Some(DateTime { date, time: Some(self::time(time)?), offset })
}

fn offset(text: &str) -> Option<i16> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, rest) = part(rest, 0, 14)?;
    let (minutes, rest) = part(rest.strip_prefix(':')?, 0, 59)?;
    rest.is_empty().then_some(sign * (i16::from(hours) * 60 + i16::from(minutes)))
}
