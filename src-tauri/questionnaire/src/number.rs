//! Decimal text: read, normalised and compared exactly, whatever its size. No floating point anywhere.

use std::cmp::Ordering;

use crate::{AnswerError, language};

/// FHIR R4, section 2.24.0.1: implementations need not handle decimals of more digits than this.
pub(crate) const MAX_DIGITS: usize = 18;

/// Exponents beyond this are refused rather than compared inexactly. `1e999` is far inside.
const MAX_EXPONENT: i64 = 1_000_000_000;

/// A decimal number in scientific form: ±0.d₁d₂… × 10^`point`, without zeros at either end of the digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// Reads a JSON number; `None` when it is not one, or its exponent is beyond anything that can be meant.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        fhir::Number::new(text).ok()?;
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let negative = mantissa.starts_with('-');
        let (whole, fraction) = mantissa
            .trim_start_matches('-')
            .split_once('.')
            .unwrap_or((mantissa.trim_start_matches('-'), ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let leading = all.iter().take_while(|digit| **digit == b'0').count();
        let end = all.len() - all.iter().rev().take_while(|digit| **digit == b'0').count();
        if leading >= end {
            return Some(Self { negative: false, digits: Vec::new(), point: 0 });
        }
        let point = exponent + i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?;
        Some(Self { negative, digits: all[leading..end].to_vec(), point })
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
        }
    }
}

/// Compares two JSON numbers by value; `None` when one is not comparable (see [`Decimal::parse`]).
pub(crate) fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(Decimal::parse(left)?.cmp(&Decimal::parse(right)?))
}

/// A decimal without exponent, rounded to so many digits after the point at most and to [`MAX_DIGITS`] digits in all:
/// half away from zero, digit by digit, so exactly. What needs no rounding keeps its text. `None` when it is no such
/// number, or has more digits before the point than there may be.
pub(crate) fn rounded(text: &str, places: Option<u32>) -> Option<String> {
    let (sign, magnitude) = text.strip_prefix('-').map_or(("", text), |magnitude| ("-", magnitude));
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let room = MAX_DIGITS.checked_sub(whole.len())?;
    let kept = places.map_or(room, |places| room.min(places as usize));
    let Some((head, tail)) = fraction.split_at_checked(kept).filter(|(_, tail)| !tail.is_empty()) else {
        return Some(text.to_owned());
    };
    let mut digits: Vec<u8> = whole.bytes().chain(head.bytes()).collect();
    if tail.as_bytes().first().is_some_and(|first| *first >= b'5') {
        let nines = digits.iter().rev().take_while(|digit| **digit == b'9').count();
        let end = digits.len() - nines;
        digits.iter_mut().skip(end).for_each(|digit| *digit = b'0');
        match end.checked_sub(1).and_then(|last| digits.get_mut(last)) {
            Some(digit) => *digit += 1,
            None => digits.insert(0, b'1'),
        }
    }
    let mut written = String::from_utf8(digits).ok()?;
    if kept > 0 {
        written.insert(written.len() - kept, '.');
    }
    // One digit more before the point, where nines were rounded up, leaves room for one less after it.
    let written = if written.bytes().filter(u8::is_ascii_digit).count() > MAX_DIGITS {
        written.strip_suffix('0').filter(|written| written.contains('.'))?.trim_end_matches('.').to_owned()
    } else {
        written
    };
    let zero = written.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    Some(if zero { written } else { format!("{sign}{written}") })
}

/// The same number without an exponent, every digit kept; as it is where it has none, or would have more digits than
/// [`MAX_DIGITS`].
pub(crate) fn plain(text: &str) -> String {
    written_out(text).unwrap_or_else(|| text.to_owned())
}

fn written_out(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i64 = exponent.parse().ok()?;
    let (sign, magnitude) = mantissa.strip_prefix('-').map_or(("", mantissa), |magnitude| ("-", magnitude));
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let most = i64::try_from(MAX_DIGITS).ok()?;
    if !(-most..=most).contains(&point) {
        return None;
    }
    let missing = |count: i64| "0".repeat(usize::try_from(count).unwrap_or_default());
    let end = i64::try_from(digits.len()).ok()?;
    let padded = format!("{}{digits}{}", missing(1 - point), missing(point - end));
    let (whole, fraction) = padded.split_at_checked(usize::try_from(point.max(1)).ok()?)?;
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    if whole.len() + fraction.len() > MAX_DIGITS {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

/// How many digits are written after the decimal point.
pub(crate) fn decimal_places(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len())
}

/// How many digits after the decimal point a number without exponent needs.
pub(crate) fn places_needed(text: &str) -> u32 {
    let places = text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
    u32::try_from(places).unwrap_or(u32::MAX)
}

/// A number without exponent in units of its decimal place `places`; `None` where it lies between two of them, or is too
/// large.
pub(crate) fn scaled(text: &str, places: u32) -> Option<i64> {
    if places_needed(text) > places {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let width = usize::try_from(places).ok().filter(|width| *width <= MAX_DIGITS)?;
    format!("{whole}{fraction:0<width$}").parse().ok()
}

/// The other way round: such a number as it is written.
pub(crate) fn unscaled(value: i64, places: u32) -> String {
    let width = places as usize;
    let digits = format!("{:0>1$}", value.unsigned_abs(), width + 1);
    let (whole, fraction) = digits.split_at(digits.len() - width);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// Writes what a person typed as FHIR writes decimals, keeping every digit after the point: `,5` becomes `0.5` where
/// the language uses the comma, `٧٫٥٠` becomes `7.50`, `007` becomes `7`.
///
/// # Errors
/// [`AnswerError::NotANumber`] and [`AnswerError::TooManyDigits`].
pub(crate) fn normalise(typed: &str, language: &str) -> Result<String, AnswerError> {
    let mut negative = false;
    let (mut whole, mut fraction, mut pointed) = (String::new(), String::new(), false);
    for (at, character) in typed.trim().chars().enumerate() {
        match character {
            '-' | '\u{2212}' if at == 0 => negative = true,
            '+' if at == 0 => {}
            '.' | '\u{66b}' if !pointed => pointed = true,
            ',' if !pointed && language::comma_is_decimal_point(language) => pointed = true,
            _ => {
                let digit = digit(character).ok_or(AnswerError::NotANumber)?;
                if pointed { fraction.push(digit) } else { whole.push(digit) }
            }
        }
    }
    if (whole.is_empty() && fraction.is_empty()) || (pointed && fraction.is_empty()) {
        return Err(AnswerError::NotANumber);
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    if whole.len() + fraction.len() > MAX_DIGITS {
        return Err(AnswerError::TooManyDigits);
    }
    let zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
    let sign = if negative && !zero { "-" } else { "" };
    Ok(if pointed { format!("{sign}{whole}.{fraction}") } else { format!("{sign}{whole}") })
}

/// The ASCII digit of an ASCII, Arabic-Indic, Persian or Devanagari one.
fn digit(character: char) -> Option<char> {
    let zero = match character {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        _ => return None,
    };
    char::from_digit(u32::from(character) - u32::from(zero), 10)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn exponents_are_written_out_and_every_digit_is_kept() {
        for (text, written) in [
            ("1.0e1", "10"),
            ("1.50E+2", "150"),
            ("1e-2", "0.01"),
            ("-12.50e-1", "-1.250"),
            ("0e3", "0"),
            ("7.5e0", "7.5"),
            ("0.05e1", "0.5"),
            ("72.50", "72.50"),
            ("1e999", "1e999"),
            ("1e18", "1e18"),
            ("1e17", "100000000000000000"),
            ("1e-17", "0.00000000000000001"),
            ("1e-18", "1e-18"),
        ] {
            assert_eq!(plain(text), written);
            assert_eq!(compare(text, written), Some(Ordering::Equal), "{text}");
        }
    }

    #[test]
    fn numbers_compare_by_value_whatever_their_size_or_writing() {
        for (left, order, right) in [
            ("0.10", Ordering::Equal, "0.1"),
            ("1e2", Ordering::Equal, "100"),
            ("100", Ordering::Equal, "1E+2"),
            ("0", Ordering::Equal, "-0.000"),
            ("0e5", Ordering::Equal, "0"),
            ("1e999", Ordering::Greater, "1e998"),
            ("-1e999", Ordering::Less, "1e-999"),
            ("9007199254740993", Ordering::Greater, "9007199254740992"),
            ("0.30000000000000004", Ordering::Greater, "0.3"),
            ("-2", Ordering::Less, "-1.9"),
            ("10", Ordering::Greater, "9"),
            ("0.09", Ordering::Less, "0.1"),
            ("12.5e-1", Ordering::Equal, "1.25"),
        ] {
            assert_eq!(compare(left, right), Some(order), "{left} against {right}");
        }
        assert_eq!(compare("1e99999999999999999999", "1"), None, "never compared inexactly");
        assert_eq!(compare("NaN", "1"), None);
    }

    #[test]
    fn what_people_type_is_written_as_fhir_writes_it() {
        for (typed, language, written) in [
            ("7.50", "en", "7.50"),
            (" 7,50 ", "de", "7.50"),
            ("٧٫٥", "ar", "7.5"),
            ("۷٫۵", "fa", "7.5"),
            ("007", "en", "7"),
            (",5", "de", "0.5"),
            (".5", "en", "0.5"),
            ("-0", "en", "0"),
            ("-0.0", "en", "0.0"),
            ("−3", "en", "-3"),
            ("+3", "en", "3"),
        ] {
            assert_eq!(normalise(typed, language).as_deref(), Ok(written), "{typed} in {language}");
        }
        for (typed, language) in [
            ("1,500", "en"),
            ("1.500,0", "de"),
            ("", "en"),
            ("-", "en"),
            (".", "en"),
            ("5.", "en"),
            ("1e5", "en"),
            ("1-2", "en"),
            ("seven", "en"),
            ("0x10", "en"),
            ("∞", "en"),
        ] {
            assert_eq!(normalise(typed, language), Err(AnswerError::NotANumber), "{typed} in {language}");
        }
        assert_eq!(normalise("1234567890123456789", "en"), Err(AnswerError::TooManyDigits));
    }

    #[test]
    fn calculated_decimals_are_rounded_half_away_from_zero() {
        for (text, places, written) in [
            ("22.857142857142857142857142857", None, Some("22.8571428571428571")),
            ("0.3333333333333333333333333333", None, Some("0.33333333333333333")),
            ("0.6666666666666666666666666667", None, Some("0.66666666666666667")),
            ("2.345", Some(2), Some("2.35")),
            ("-2.345", Some(2), Some("-2.35")),
            ("2.3449999999999999999999", Some(2), Some("2.34")),
            ("2.5", Some(0), Some("3")),
            ("99.995", Some(2), Some("100.00")),
            ("9.9999999999999999999", None, Some("10.0000000000000000")),
            ("99999999999999999.96", None, Some("100000000000000000")),
            ("-0.004", Some(2), Some("0.00")),
            ("1.50", Some(2), Some("1.50")),
            ("1.5", Some(2), Some("1.5")),
            ("123456789012345678", None, Some("123456789012345678")),
            ("999999999999999999.5", None, None),
            ("1234567890123456789", None, None),
            ("1e3", None, None),
            ("", None, None),
        ] {
            assert_eq!(rounded(text, places).as_deref(), written, "{text} to {places:?}");
        }
    }

    proptest! {
        #[test]
        fn comparing_agrees_with_128_bit_integers(a in -1_000_000_000_000i64..1_000_000_000_000, b in any::<i32>(), scale in 0usize..9) {
            let scaled = |number: i64| {
                let digits = format!("{:0>width$}", number.unsigned_abs(), width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                let sign = if number < 0 { "-" } else { "" };
                if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
            };
            let expected = i128::from(a).cmp(&i128::from(b));
            prop_assert_eq!(compare(&scaled(a), &scaled(i64::from(b))), Some(expected));
        }

        #[test]
        fn nothing_typed_panics_and_what_is_accepted_stays(typed in "\\PC{0,24}", german in any::<bool>()) {
            let language = if german { "de" } else { "en" };
            if let Ok(written) = normalise(&typed, language) {
                prop_assert!(fhir::Number::new(written.as_str()).is_ok());
                prop_assert_eq!(normalise(&written, language), Ok(written));
            }
        }
    }
}
