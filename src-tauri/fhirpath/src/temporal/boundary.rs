//! The first and last moment that a date or time can mean (FHIRPath, `lowBoundary()` and `highBoundary()`).

use super::{Date, DateTime, Time};
use crate::Item;

/// How many digits are known: 4 of a year, 17 of a moment to the millisecond.
pub(crate) fn precision(item: &Item<'_>) -> Option<i64> {
    let date = |date: Date| {
        if date.month == 0 {
            4
        } else if date.day == 0 {
            6
        } else {
            8
        }
    };
    let time = |time: Time| match (time.minute, time.second) {
        (None, _) => 2,
        (_, None) => 4,
        _ if time.digits == 0 => 6,
        _ => 9,
    };
    match item {
        Item::Date(value) => Some(date(*value)),
        Item::Time(value) => Some(time(*value)),
        Item::DateTime(value) => Some(date(value.date) + value.time.map_or(0, time)),
        _ => None,
    }
}

/// The boundary to `digits` (as [`precision`] counts them), or to the finest where none are given.
pub(crate) fn boundary(item: &Item<'_>, digits: Option<i64>, high: bool) -> Option<Item<'static>> {
    match item {
        Item::Date(date) => Some(Item::Date(cut_date(filled(*date, high), digits.unwrap_or(8))?)),
        Item::Time(time) => Some(Item::Time(cut_time(filled_time(Some(*time), high), digits.unwrap_or(9))?)),
        Item::DateTime(value) => {
            let digits = digits.unwrap_or(17);
            let date = filled(value.date, high);
            if digits <= 8 {
                return Some(Item::DateTime(DateTime {
                    date: cut_date(date, digits)?,
                    time: None,
                    offset: None,
                }));
            }
            // Without an offset it can be anywhere: the day begins first in the furthest east.
            let offset = Some(value.offset.unwrap_or(if high { -12 * 60 } else { 14 * 60 }));
            let time = Some(cut_time(filled_time(value.time, high), digits - 8)?);
            Some(Item::DateTime(DateTime { date, time, offset }))
        }
        _ => None,
    }
}

fn filled(date: Date, high: bool) -> Date {
    let month = if date.month > 0 {
        date.month
    } else if high {
        12
    } else {
        1
    };
    let last =
        Date { month, day: 1, ..date }.civil().map_or(28, |first| first.days_in_month().unsigned_abs());
    let day = if date.day > 0 {
        date.day
    } else if high {
        last
    } else {
        1
    };
    Date { year: date.year, month, day }
}

fn filled_time(time: Option<Time>, high: bool) -> Time {
    let Some(time) = time else {
        let hour = if high { 23 } else { 0 };
        return filled_time(Some(Time { hour, minute: None, second: None, nanosecond: 0, digits: 0 }), high);
    };
    let last = if high { 59 } else { 0 };
    let unknown = match time.digits {
        _ if !high => 0,
        digits @ 0..3 => 10_u32.pow(9 - u32::from(digits)) - 1_000_000,
        _ => 0,
    };
    Time {
        hour: time.hour,
        minute: Some(time.minute.unwrap_or(last)),
        second: Some(time.second.unwrap_or(last)),
        nanosecond: time.nanosecond + unknown,
        digits: time.digits.max(3),
    }
}

fn cut_date(date: Date, digits: i64) -> Option<Date> {
    match digits {
        4 => Some(Date { month: 0, day: 0, ..date }),
        6 => Some(Date { day: 0, ..date }),
        8 => Some(date),
        _ => None,
    }
}

fn cut_time(time: Time, digits: i64) -> Option<Time> {
    let whole = Time { nanosecond: 0, digits: 0, ..time };
    match digits {
        2 => Some(Time { minute: None, second: None, ..whole }),
        4 => Some(Time { second: None, ..whole }),
        6 => Some(whole),
        9 => Some(time),
        _ => None,
    }
}
