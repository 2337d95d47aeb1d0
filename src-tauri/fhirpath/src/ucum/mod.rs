//! Units of UCUM that health records have, compared exactly.
//!
//! A unit is a product of powers of base units times a factor. Factors are ratios of whole numbers, so that `1 '[in_i]'`
//! is exactly `2.54 'cm'`. A unit that is not in the table has no measure: it can be compared with itself only.

mod product;
mod ratio;
mod table;

pub(crate) use product::product;
pub(crate) use ratio::Ratio;
use rust_decimal::Decimal;

/// Powers of metre, gram, second, kelvin, coulomb, candela, radian, mole, international unit, arbitrary unit, bit and
/// calendar month.
pub(crate) type Dimension = [i8; 12];

/// The longest unit that is read.
const MAX_LENGTH: usize = 100;
/// The largest power of a unit.
const MAX_POWER: i8 = 12;
/// How deeply parentheses may be nested.
const MAX_DEPTH: usize = 8;

/// What a unit measures, and in which size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    pub(crate) dimension: Dimension,
    /// One of this unit, in base units.
    pub(crate) factor: Ratio,
    /// What is added before the factor is applied: temperature scales.
    offset: Option<Ratio>,
}

impl Measure {
    const ONE: Self = Self { dimension: [0; 12], factor: Ratio::ONE, offset: None };

    /// Calendar months, which have no length.
    pub(crate) fn months(count: i128) -> Self {
        let mut dimension = [0; 12];
        if let Some(month) = dimension.last_mut() {
            *month = 1;
        }
        Self { dimension, factor: Ratio::new(count, 1, 0), offset: None }
    }

    /// The measure of the unit `code`; `None` where it is not known.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        if code.is_empty() || code.len() > MAX_LENGTH {
            return None;
        }
        let mut parser = Parser { rest: code, depth: 0 };
        let measure = parser.term()?;
        parser.rest.is_empty().then_some(measure)
    }

    /// Whether this is a number without unit, and its factor 1.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self::ONE
    }

    /// Whether zero is not nothing: degrees Celsius and Fahrenheit.
    pub(crate) fn is_scale(&self) -> bool {
        self.offset.is_some()
    }

    /// `value` of this unit in base units.
    pub(crate) fn base(&self, value: Decimal) -> Option<Ratio> {
        let value = match self.offset {
            Some(offset) => Ratio::from(value).plus(offset)?,
            None => Ratio::from(value),
        };
        value.times(self.factor)
    }

    /// What is left of a value in this unit when the offset is taken off.
    pub(crate) fn value(&self, value: Ratio) -> Option<Decimal> {
        match self.offset {
            Some(offset) => value.plus(offset.negated())?.to_decimal(),
            None => value.to_decimal(),
        }
    }

    fn times(self, other: Self, over: bool) -> Option<Self> {
        // A temperature scale cannot be part of a product.
        if self.is_scale() || other.is_scale() {
            return match (self.is_plain(), over) {
                (true, false) => Some(other),
                _ => other.is_plain().then_some(self),
            };
        }
        let mut dimension = self.dimension;
        for (mine, power) in dimension.iter_mut().zip(other.dimension) {
            *mine = if over { mine.checked_sub(power)? } else { mine.checked_add(power)? };
        }
        let factor = if over { self.factor.over(other.factor)? } else { self.factor.times(other.factor)? };
        Some(Self { dimension, factor, offset: None })
    }

    fn power(self, power: i8) -> Option<Self> {
        if power.unsigned_abs() > MAX_POWER.unsigned_abs() || (self.is_scale() && power != 1) {
            return None;
        }
        if power == 1 {
            return Some(self);
        }
        let mut result = Self::ONE;
        for _ in 0..power.unsigned_abs() {
            result = result.times(self, power < 0)?;
        }
        Some(result)
    }
}

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl Parser<'_> {
    fn take(&mut self, symbol: char) -> bool {
        let rest = self.rest.strip_prefix(symbol);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn term(&mut self) -> Option<Measure> {
        let mut result =
            if self.take('/') { Measure::ONE.times(self.component()?, true)? } else { self.component()? };
        loop {
            let over = match self.rest.chars().next() {
                Some('.') => false,
                Some('/') => true,
                _ => return Some(result),
            };
            self.rest = self.rest.get(1..)?;
            result = result.times(self.component()?, over)?;
        }
    }

    fn component(&mut self) -> Option<Measure> {
        if self.take('(') {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return None;
            }
            let inner = self.term()?;
            self.depth -= 1;
            return if self.take(')') { Some(inner) } else { None };
        }
        if self.rest.starts_with('{') {
            self.annotation()?;
            return Some(Measure::ONE);
        }
        let unit = self.unit()?;
        if self.rest.starts_with('{') {
            self.annotation()?;
        }
        Some(unit)
    }

    /// What stands in braces means nothing.
    fn annotation(&mut self) -> Option<()> {
        let end = self.rest.find('}')?;
        self.rest = self.rest.get(end + 1..)?;
        Some(())
    }

    fn unit(&mut self) -> Option<Measure> {
        if let Some(rest) = self.rest.strip_prefix("10*").or_else(|| self.rest.strip_prefix("10^")) {
            self.rest = rest;
            let power = self.exponent()?.unwrap_or(1);
            return Some(Measure { factor: Ratio::new(1, 1, i32::from(power)), ..Measure::ONE });
        }
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let (number, rest) = self.rest.split_at_checked(digits)?;
            self.rest = rest;
            let number = number.parse::<u32>().ok().filter(|number| *number > 0)?;
            return Some(Measure { factor: Ratio::new(i128::from(number), 1, 0), ..Measure::ONE });
        }
        let (symbol, rest) = self.rest.split_at_checked(symbol_length(self.rest))?;
        self.rest = rest;
        let measure = table::find(symbol)?;
        let power = self.exponent()?.unwrap_or(1);
        measure.power(power)
    }

    /// `None` where it is too large.
    #[allow(clippy::option_option)]
    fn exponent(&mut self) -> Option<Option<i8>> {
        let sign = usize::from(self.rest.starts_with(['+', '-']));
        let digits = self.rest.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return if sign == 0 { Some(None) } else { None };
        }
        let (number, rest) = self.rest.split_at_checked(sign + digits)?;
        self.rest = rest;
        number.parse().ok().map(Some)
    }
}

/// How much of `text` is a symbol: brackets may hold anything.
fn symbol_length(text: &str) -> usize {
    let mut inside = false;
    for (at, each) in text.char_indices() {
        match each {
            '[' => inside = true,
            ']' => inside = false,
            _ if inside => {}
            '.' | '/' | '(' | ')' | '{' | '}' | '+' | '-' | '0'..='9' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::cmp::Ordering;

    use super::*;

    fn compare(left: (&str, &str), right: (&str, &str)) -> Option<Ordering> {
        let base = |(value, code): (&str, &str)| {
            let measure = Measure::parse(code)?;
            Some((measure.dimension, measure.base(value.parse().unwrap())?))
        };
        let (left, right) = (base(left)?, base(right)?);
        (left.0 == right.0).then(|| left.1.compare(right.1))?
    }

    #[test]
    fn the_same_in_other_units() {
        for (left, right) in [
            (("1", "[in_i]"), ("2.54", "cm")),
            (("1", "[lb_av]"), ("453.59237", "g")),
            (("1", "[stone_av]"), ("14", "[lb_av]")),
            (("36.6", "Cel"), ("97.88", "[degF]")),
            (("36.6", "Cel"), ("309.75", "K")),
            (("120", "mm[Hg]"), ("15.99864", "kPa")),
            (("5.5", "mmol/L"), ("0.0055", "mol/L")),
            (("1", "kcal"), ("4184", "J")),
            (("1", "g/dL"), ("10", "g/L")),
            (("1", "L"), ("1", "dm3")),
            (("50", "%"), ("0.5", "1")),
            (("4", "10*3/uL"), ("4", "10*9/L")),
            (("60", "/min"), ("1", "Hz")),
            (("1", "{score}"), ("1", "1")),
            (("70", "kg/m2"), ("7", "g/cm2")),
            (("1", "U/L"), ("1", "umol/min/L")),
            (("90", "min"), ("1.5", "h")),
            (("1", "m/s2"), ("100", "cm.s-2")),
            (("3", "[iU]/mL"), ("3000", "[IU]/L")),
        ] {
            assert_eq!(compare(left, right), Some(Ordering::Equal), "{left:?} {right:?}");
        }
    }

    #[test]
    fn what_cannot_be_compared() {
        for (left, right) in [
            ("kg", "cm"),
            ("mol", "g"),
            ("[iU]", "1"),
            ("Cel", "m"),
            ("foo", "foo2"),
            ("Cel2", "K2"),
            ("", "1"),
        ] {
            assert_eq!(compare(("1", left), ("1", right)), None, "{left} {right}");
        }
        for code in [
            "m/",
            "m..s",
            "(m",
            "m)",
            "m99",
            "m{",
            "10*400",
            "kPaa",
            &"m.".repeat(60),
            "((((((((((m))))))))))",
        ] {
            let measure = Measure::parse(code);
            assert!(measure.is_none() || code == "10*400", "{code}");
        }
    }
}
