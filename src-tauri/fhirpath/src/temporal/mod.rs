//! Dates and times of any precision (FHIRPath 2.0.0, sections 5.6 and 6.1; FHIR R4, section 2.24.0.1).

mod arithmetic;
mod boundary;
mod parse;

use std::cmp::Ordering;
use std::fmt;

use jiff::civil;

pub(crate) use arithmetic::{add, between};
pub(crate) use boundary::{boundary, precision};
pub(crate) use parse::literal;

/// A date: a year, a month or a day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    pub(crate) year: i16,
    /// 0 when only the year is known.
    pub(crate) month: u8,
    /// 0 when only the month is known.
    pub(crate) day: u8,
}

/// A time of day: from an hour on, to parts of a second.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    pub(crate) hour: u8,
    pub(crate) minute: Option<u8>,
    pub(crate) second: Option<u8>,
    pub(crate) nanosecond: u32,
    /// How many digits of the second's fraction are known.
    pub(crate) digits: u8,
}

/// A date, perhaps with a time of day, perhaps with an offset from UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    pub(crate) date: Date,
    pub(crate) time: Option<Time>,
    /// Minutes east of UTC.
    pub(crate) offset: Option<i16>,
}

impl Date {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        parse::date(text)
    }

    /// Year, month, day, as far as they are known.
    fn parts(self) -> [Option<i64>; 3] {
        let known = |part: u8| (part > 0).then_some(i64::from(part));
        [Some(i64::from(self.year)), known(self.month), known(self.day)]
    }

    /// The day, where it is known.
    pub(crate) fn civil(self) -> Option<civil::Date> {
        civil::Date::new(self.year, i8::try_from(self.month).ok()?, i8::try_from(self.day).ok()?).ok()
    }

    /// With year and month as they are known, and 1 for what is not.
    fn first_day(self) -> Option<civil::Date> {
        Self { month: self.month.max(1), day: self.day.max(1), ..self }.civil()
    }

    fn of(date: civil::Date) -> Self {
        Self { year: date.year(), month: date.month().unsigned_abs(), day: date.day().unsigned_abs() }
    }

    /// As precise as `like`.
    fn truncated(self, like: Self) -> Self {
        Self {
            year: self.year,
            month: if like.month == 0 { 0 } else { self.month },
            day: if like.day == 0 { 0 } else { self.day },
        }
    }
}

impl Time {
    /// Reads `hh`, `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`.
    pub fn parse(text: &str) -> Option<Self> {
        parse::time(text)
    }

    /// Hour, minute, and nanoseconds since the minute: seconds and their parts are one precision.
    fn parts(self) -> [Option<i64>; 3] {
        let seconds =
            self.second.map(|second| i64::from(second) * 1_000_000_000 + i64::from(self.nanosecond));
        [Some(i64::from(self.hour)), self.minute.map(i64::from), seconds]
    }

    fn civil(self) -> Option<civil::Time> {
        let part = |part: Option<u8>| i8::try_from(part.unwrap_or(0)).ok();
        let nanosecond = i32::try_from(self.nanosecond).ok()?;
        civil::Time::new(part(Some(self.hour))?, part(self.minute)?, part(self.second)?, nanosecond).ok()
    }

    /// As precise as `like`.
    fn of(time: civil::Time, like: Self) -> Self {
        let second = like.second.map(|_| time.second().unsigned_abs());
        let nanosecond = if second.is_some() { time.subsec_nanosecond().unsigned_abs() } else { 0 };
        // What was added can be finer than what was there.
        let needed =
            (0..9_u8).find(|digits| nanosecond % 10_u32.pow(9 - u32::from(*digits)) == 0).unwrap_or(9);
        let needed = if needed == 0 { 0 } else { needed.max(3) };
        Self {
            hour: time.hour().unsigned_abs(),
            minute: like.minute.map(|_| time.minute().unsigned_abs()),
            second,
            nanosecond,
            digits: like.digits.max(needed),
        }
    }
}

impl DateTime {
    /// Reads a date, or a date, `T` and a time with or without offset.
    pub fn parse(text: &str) -> Option<Self> {
        parse::date_time(text)
    }

    /// A moment as a clock of some place shows it, to the millisecond.
    pub fn from_zoned(zoned: &jiff::Zoned) -> Self {
        let (date, time) = (zoned.date(), zoned.time());
        let milliseconds = time.subsec_nanosecond().unsigned_abs() / 1_000_000;
        Self {
            date: Date::of(date),
            time: Some(Time {
                hour: time.hour().unsigned_abs(),
                minute: Some(time.minute().unsigned_abs()),
                second: Some(time.second().unsigned_abs()),
                nanosecond: milliseconds * 1_000_000,
                digits: 3,
            }),
            offset: i16::try_from(zoned.offset().seconds() / 60).ok(),
        }
    }

    /// The date, as precise as it is known.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The time of day, where it is known.
    pub fn time(&self) -> Option<Time> {
        self.time
    }

    /// Date and time of day, zeros for what is not known.
    fn civil(self) -> Option<civil::DateTime> {
        let time = match self.time {
            Some(time) => time.civil()?,
            None => civil::Time::midnight(),
        };
        Some(self.date.first_day()?.to_datetime(time))
    }

    /// The same moment in UTC, where time of day and offset are known.
    fn in_utc(self) -> Self {
        let (Some(time), Some(offset)) = (self.time, self.offset) else { return self };
        let span = jiff::SignedDuration::from_mins(-i64::from(offset));
        let moved = self.civil().and_then(|civil| civil.checked_add(span).ok());
        match moved {
            Some(moved) if offset != 0 => Self {
                date: Date::of(moved.date()),
                time: Some(Time::of(moved.time(), time)),
                offset: Some(0),
            },
            _ => self,
        }
    }
}

/// Compares part by part. `None` where one knows less than the other and what both know is the same.
fn by_parts(left: &[Option<i64>], right: &[Option<i64>]) -> Option<Ordering> {
    for (left, right) in left.iter().zip(right) {
        match (left, right) {
            (Some(left), Some(right)) if left != right => return Some(left.cmp(right)),
            (Some(_), Some(_)) => {}
            (None, None) => return Some(Ordering::Equal),
            _ => return None,
        }
    }
    Some(Ordering::Equal)
}

/// Which is earlier, as far as that can be said.
pub(crate) fn compare_dates(left: Date, right: Date) -> Option<Ordering> {
    by_parts(&left.parts(), &right.parts())
}

/// Which is earlier, as far as that can be said.
pub(crate) fn compare_times(left: Time, right: Time) -> Option<Ordering> {
    by_parts(&left.parts(), &right.parts())
}

/// Which is earlier, as far as that can be said. A time without offset can be anywhere from UTC-12 to UTC+14 when it is
/// compared with one that has an offset.
pub(crate) fn compare(left: DateTime, right: DateTime) -> Option<Ordering> {
    if left.time.is_none() || right.time.is_none() || left.offset == right.offset {
        return compare_parts(left, right);
    }
    if left.offset.is_some() && right.offset.is_some() {
        return compare_parts(left.in_utc(), right.in_utc());
    }
    let at = |offset: i16| {
        let placed = |value: DateTime| DateTime { offset: value.offset.or(Some(offset)), ..value }.in_utc();
        compare_parts(placed(left), placed(right))
    };
    let (east, west) = (at(14 * 60)?, at(-12 * 60)?);
    (east == west).then_some(east)
}

fn compare_parts(left: DateTime, right: DateTime) -> Option<Ordering> {
    let parts = |value: DateTime| {
        let [year, month, day] = value.date.parts();
        let [hour, minute, second] = value.time.map_or([None; 3], Time::parts);
        [year, month, day, hour, minute, second]
    };
    by_parts(&parts(left), &parts(right))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "-{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(f, "-{:02}", self.day)?;
        }
        Ok(())
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.hour)?;
        if let Some(minute) = self.minute {
            write!(f, ":{minute:02}")?;
        }
        if let Some(second) = self.second {
            write!(f, ":{second:02}")?;
        }
        if self.digits > 0 {
            let digits = usize::from(self.digits.min(9));
            let fraction = format!("{:09}", self.nanosecond);
            write!(f, ".{}", fraction.get(..digits).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date.fmt(f)?;
        let Some(time) = self.time else { return Ok(()) };
        write!(f, "T{time}")?;
        match self.offset {
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            None => Ok(()),
        }
    }
}

macro_rules! quiet_debug {
    ($($kind:ident)*) => {
        $(impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($kind), "(…)"))
            }
        })*
    };
}
quiet_debug!(Date Time DateTime);
