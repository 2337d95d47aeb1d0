//! Dates and times plus quantities of time (FHIRPath 2.0.0, section 6.6).

use jiff::Span;
use jiff::civil;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::{Date, DateTime, Time};
use crate::Item;
use crate::quantity::Calendar;

/// The whole units in `amount`: of anything above seconds the fraction is ignored.
fn whole(amount: Decimal) -> Option<i64> {
    amount.trunc().to_i64()
}

/// `amount` of `unit` in nanoseconds, for units of fixed length.
fn nanoseconds(amount: Decimal, unit: Calendar) -> Option<i64> {
    let each: i64 = match unit {
        Calendar::Week => 7 * 86_400_000_000_000,
        Calendar::Day => 86_400_000_000_000,
        Calendar::Hour => 3_600_000_000_000,
        Calendar::Minute => 60_000_000_000,
        Calendar::Second => return amount.checked_mul(Decimal::from(1_000_000_000))?.trunc().to_i64(),
        Calendar::Millisecond => return amount.checked_mul(Decimal::from(1_000_000))?.trunc().to_i64(),
        Calendar::Year | Calendar::Month => return None,
    };
    whole(amount)?.checked_mul(each)
}

/// A date or time and `amount` of `unit`; `None` where the result is out of range or the two do not fit.
pub(crate) fn add(item: &Item<'_>, amount: Decimal, unit: Calendar) -> Option<Item<'static>> {
    match item {
        Item::Date(date) => date_plus(*date, amount, unit).map(Item::Date),
        Item::DateTime(value) => date_time_plus(*value, amount, unit).map(Item::DateTime),
        Item::Time(time) => time_plus(*time, amount, unit).map(Item::Time),
        _ => None,
    }
}

/// What is finer than the date is rounded towards zero to what the date has: 24 months are 2 years.
fn date_plus(date: Date, amount: Decimal, unit: Calendar) -> Option<Date> {
    let (months, days) = match unit {
        Calendar::Year => (whole(amount)?.checked_mul(12)?, 0),
        Calendar::Month => (whole(amount)?, 0),
        _ => (0, nanoseconds(amount, unit)? / 86_400_000_000_000),
    };
    let span = match (date.month, date.day) {
        (0, _) => Span::new().try_years(months / 12 + days / 365).ok()?,
        (_, 0) => Span::new().try_months(months + days / 30).ok()?,
        _ => Span::new().try_months(months).ok()?.try_days(days).ok()?,
    };
    let moved = date.first_day()?.checked_add(span).ok().filter(|moved| moved.year() > 0)?;
    Some(Date::of(moved).truncated(date))
}

fn date_time_plus(value: DateTime, amount: Decimal, unit: Calendar) -> Option<DateTime> {
    let Some(time) = value.time else {
        return Some(DateTime { date: date_plus(value.date, amount, unit)?, ..value });
    };
    let civil = value.civil()?;
    let moved = match unit {
        Calendar::Year => civil.checked_add(Span::new().try_years(whole(amount)?).ok()?),
        Calendar::Month => civil.checked_add(Span::new().try_months(whole(amount)?).ok()?),
        _ => civil.checked_add(jiff::SignedDuration::from_nanos(rounded(nanoseconds(amount, unit)?, time))),
    };
    let moved: civil::DateTime = moved.ok().filter(|moved| moved.year() > 0)?;
    Some(DateTime {
        date: Date::of(moved.date()),
        time: Some(Time::of(moved.time(), time)),
        offset: value.offset,
    })
}

/// A time of day goes round at midnight.
fn time_plus(time: Time, amount: Decimal, unit: Calendar) -> Option<Time> {
    let moved = rounded(nanoseconds(amount, unit)?, time);
    Some(Time::of(time.civil()?.wrapping_add(jiff::SignedDuration::from_nanos(moved)), time))
}

/// Towards zero, to the precision of `time`.
fn rounded(nanoseconds: i64, time: Time) -> i64 {
    let unit = match (time.minute, time.second) {
        (None, _) => 3_600_000_000_000,
        (_, None) => 60_000_000_000,
        _ => 1,
    };
    nanoseconds / unit * unit
}

/// How many whole `unit`s lie between two values: `whole` counts those that passed, otherwise the boundaries that were
/// crossed (the published `duration()` and `difference()`).
pub(crate) fn between(from: DateTime, to: DateTime, unit: Calendar, whole: bool) -> Option<i64> {
    let known = |value: DateTime| match unit {
        Calendar::Year => true,
        Calendar::Month => value.date.month > 0,
        Calendar::Week | Calendar::Day => value.date.day > 0,
        Calendar::Hour => value.time.is_some(),
        Calendar::Minute => value.time.is_some_and(|time| time.minute.is_some()),
        Calendar::Second | Calendar::Millisecond => value.time.is_some_and(|time| time.second.is_some()),
    };
    if !known(from) || !known(to) {
        return None;
    }
    let (from, to) = if from.offset == to.offset { (from, to) } else { (from.in_utc(), to.in_utc()) };
    let (from, to) = (from.civil()?, to.civil()?);
    let months = |value: civil::DateTime| i64::from(value.year()) * 12 + i64::from(value.month());
    let floor = |value: civil::DateTime| match unit {
        _ if whole => value,
        Calendar::Hour => value.date().at(value.hour(), 0, 0, 0),
        Calendar::Minute => value.date().at(value.hour(), value.minute(), 0, 0),
        Calendar::Second => value.date().at(value.hour(), value.minute(), value.second(), 0),
        Calendar::Millisecond => value,
        _ => value.date().at(0, 0, 0, 0),
    };
    let passed = || to.duration_since(from).as_nanos();
    let each = |length: i128| {
        let span = floor(to).duration_since(floor(from)).as_nanos();
        i64::try_from(span / length).ok()
    };
    match unit {
        Calendar::Year | Calendar::Month => {
            let size = if unit == Calendar::Year { 12 } else { 1 };
            if !whole {
                let count =
                    |value| if size == 12 { i64::from(civil::DateTime::year(value)) } else { months(value) };
                return Some(count(to) - count(from));
            }
            let mut count = months(to) - months(from);
            let reached = from.checked_add(Span::new().try_months(count).ok()?).ok()?;
            if passed() >= 0 && reached > to {
                count -= 1;
            } else if passed() < 0 && reached < to {
                count += 1;
            }
            Some(count / size)
        }
        Calendar::Week => each(7 * 86_400_000_000_000),
        Calendar::Day => each(86_400_000_000_000),
        Calendar::Hour => each(3_600_000_000_000),
        Calendar::Minute => each(60_000_000_000),
        Calendar::Second => each(1_000_000_000),
        Calendar::Millisecond => each(1_000_000),
    }
}
