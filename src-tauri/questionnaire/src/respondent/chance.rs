//! What a respondent does at random, within limits.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::DatePrecision;

/// Numbers from a seed (`SplitMix64`, G. L. Steele and others, 2014).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, and without, `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % (bound.max(1) as u64)).unwrap_or_default()
    }

    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A small file in base64.
    pub(super) fn file(&mut self, largest: usize) -> String {
        let content = format!("Attesta {}", self.below(1000));
        STANDARD.encode(&content.as_bytes()[..content.len().min(largest.max(1))])
    }

    pub(super) fn word(&mut self) -> String {
        const WORDS: [&str; 8] = ["alpha", "beta", "gamma", "delta", "Grüße", "日本", "yes, no", "x1"];
        WORDS[self.below(WORDS.len())].to_owned()
    }

    /// A number within the limits, as far as they are whole and of 32 bits.
    pub(super) fn number(&mut self, min: Option<&str>, max: Option<&str>, places: u32) -> String {
        let read = |text: Option<&str>| text.and_then(|text| text.split('.').next()?.parse::<i64>().ok());
        let (low, high) = match (read(min), read(max)) {
            (Some(low), Some(high)) => (low, high.max(low)),
            (Some(low), None) => (low, low + 100),
            (None, Some(high)) => (high - 100, high),
            (None, None) => (0, 100),
        };
        // The limits themselves are tried too.
        match self.below(8) {
            0 if min.is_some() => return min.unwrap_or_default().to_owned(),
            1 if max.is_some() => return max.unwrap_or_default().to_owned(),
            _ => {}
        }
        let width = usize::try_from(high - low).unwrap_or(100).saturating_add(1);
        let whole = low + i64::try_from(self.below(width)).unwrap_or_default();
        match places {
            0 => whole.to_string(),
            1 => format!("{whole}.{}", self.below(10)),
            _ => format!("{whole}.{:02}", self.below(100)),
        }
    }

    /// A time of day within the limits.
    pub(super) fn time(&mut self, min: Option<&str>, max: Option<&str>) -> String {
        let read = |text: Option<&str>| {
            let mut parts = text?.splitn(3, ':').map(|part| part.get(..2)?.parse::<usize>().ok());
            Some((parts.next()?? * 60 + parts.next()??) * 60 + parts.next()??)
        };
        let (low, high) = (read(min).unwrap_or_default(), read(max).unwrap_or(24 * 3600 - 1));
        let second = low + self.below(high.saturating_sub(low) + 1);
        // Whole minutes where one is within the limits.
        let minute = second - second % 60;
        let second = if minute >= low { minute } else { second };
        format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    }

    /// A date with a time within the limits.
    pub(super) fn moment(&mut self, min: Option<&str>, max: Option<&str>) -> String {
        let read = |text: Option<&str>| text?.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
        let (low, high) = match (read(min), read(max)) {
            (Some(low), Some(high)) => (low, high.max(low)),
            (Some(low), None) => (low, low + 40_000_000),
            (None, Some(high)) => (high - 40_000_000, high),
            (None, None) => {
                let date = self.date(min, max, DatePrecision::Day);
                return format!("{date}T12:{:02}:00Z", self.below(60));
            }
        };
        let width = usize::try_from(high - low).unwrap_or_default();
        let second = low + i64::try_from(self.below(width + 1)).unwrap_or_default();
        jiff::Timestamp::from_second(second).map_or_else(|_| String::new(), |moment| moment.to_string())
    }

    pub(super) fn date(&mut self, min: Option<&str>, max: Option<&str>, precision: DatePrecision) -> String {
        let year = |text: Option<&str>| text.and_then(|text| text.get(..4)?.parse::<usize>().ok());
        if self.one_in(4)
            && let Some(limit) = min.or(max).and_then(|limit| limit.get(..10))
        {
            return limit.to_owned();
        }
        let low = year(min).or_else(|| year(max).map(|year| year.saturating_sub(40))).unwrap_or(1950);
        let high = year(max).unwrap_or_else(|| low.max(2025) + 1).max(low);
        let year = low + self.below(high - low + 1);
        let (month, day) = (1 + self.below(12), 1 + self.below(28));
        match precision {
            DatePrecision::Year if self.one_in(2) => format!("{year:04}"),
            DatePrecision::Month | DatePrecision::Year if self.one_in(2) => format!("{year:04}-{month:02}"),
            _ => format!("{year:04}-{month:02}-{day:02}"),
        }
    }
}
