//! A number as it was written.

use std::fmt;

/// A JSON number (RFC 8259, section 6) that keeps the text it was written with.
///
/// FHIR's `decimal` carries precision in that text (FHIR R4, section 2.24.0.1), so two numbers are equal only when
/// their text is. Magnitude is not limited: `1e999` is a number here, and only [`crate::canonical::jcs`] refuses it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(String);

/// The text is not a JSON number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a JSON number: write digits with an optional '-', fraction and exponent, without leading zeros or '+'"
)]
pub struct NumberError;

impl Number {
    /// Takes `text` when it is a JSON number.
    pub fn new(text: impl Into<String>) -> Result<Self, NumberError> {
        let text = text.into();
        match scan(text.as_bytes()) {
            Some(length) if length == text.len() => Ok(Self(text)),
            _ => Err(NumberError),
        }
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value as a 32-bit signed integer, FHIR's `integer`; `None` when it has a fraction, an exponent, a value
    /// outside the range, or is written `-0`.
    pub fn as_i32(&self) -> Option<i32> {
        if self.0 == "-0" { None } else { self.0.parse().ok() }
    }

    /// The nearest IEEE 754 double, as RFC 8785 reads numbers; `None` when it is not finite.
    pub fn to_f64(&self) -> Option<f64> {
        self.0.parse::<f64>().ok().filter(|number| number.is_finite())
    }
}

impl From<i32> for Number {
    fn from(number: i32) -> Self {
        Self(number.to_string())
    }
}

impl From<u32> for Number {
    fn from(number: u32) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(…)")
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The length of the JSON number that `bytes` starts with.
pub(crate) fn scan(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    match bytes.get(at)? {
        b'0' => at += 1,
        b'1'..=b'9' => at += digits(at),
        _ => return None,
    }
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits((at + 1 + sign).min(bytes.len()));
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    Some(at)
}
