//! Quantities: a number and a unit (FHIRPath 2.0.0, section 5.7).

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use fhir::{Number, Object, Value};
use rust_decimal::Decimal;

use crate::decimal;
use crate::ucum::{self, Measure, Ratio};

/// UCUM's code system.
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";

/// A number with a unit. `Debug` shows neither.
#[derive(Clone, PartialEq)]
pub struct Quantity {
    /// How much.
    pub value: Decimal,
    /// Of what.
    pub unit: Unit,
}

/// A quantity's unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A calendar duration, such as `year`: not of a fixed length above weeks.
    Calendar(Calendar),
    /// A UCUM code; `1` for none.
    Ucum(Arc<str>),
    /// A unit of another system, or one that is only a text. Comparable with itself alone.
    Other(Arc<str>),
}

/// A calendar duration's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Calendar {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Calendar {
    const ALL: [(Self, &'static str, &'static str, &'static str); 8] = [
        (Self::Year, "year", "years", "a"),
        (Self::Month, "month", "months", "mo"),
        (Self::Week, "week", "weeks", "wk"),
        (Self::Day, "day", "days", "d"),
        (Self::Hour, "hour", "hours", "h"),
        (Self::Minute, "minute", "minutes", "min"),
        (Self::Second, "second", "seconds", "s"),
        (Self::Millisecond, "millisecond", "milliseconds", "ms"),
    ];

    /// The unit `name`, in singular or plural.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, one, many, _)| name == *one || name == *many).map(|(unit, ..)| *unit)
    }

    /// The unit that UCUM writes `code`.
    pub(crate) fn from_ucum(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(.., ucum)| code == *ucum).map(|(unit, ..)| *unit)
    }

    fn names(self) -> (&'static str, &'static str, &'static str) {
        let found = Self::ALL.iter().find(|(unit, ..)| *unit == self);
        found.map_or(("", "", ""), |(_, one, many, ucum)| (one, many, ucum))
    }

    /// In days, where a year or month is compared with a day or week (FHIRPath 2.0.0, section 5.5.8): a year has 365, a
    /// month 30. Years and months among themselves, and shorter units, have factors of their own.
    fn days(self, other: Self) -> Option<Decimal> {
        let long = |unit| matches!(unit, Self::Year | Self::Month);
        if long(self) == long(other) {
            return None;
        }
        match self {
            Self::Year => Some(Decimal::from(365)),
            Self::Month => Some(Decimal::from(30)),
            Self::Week => Some(Decimal::from(7)),
            Self::Day => Some(Decimal::ONE),
            Self::Hour => Decimal::ONE.checked_div(Decimal::from(24)),
            Self::Minute => Decimal::ONE.checked_div(Decimal::from(1440)),
            Self::Second => Decimal::ONE.checked_div(Decimal::from(86_400)),
            Self::Millisecond => Decimal::ONE.checked_div(Decimal::from(86_400_000)),
        }
    }

    /// As UCUM writes it.
    pub(crate) fn ucum(self) -> &'static str {
        self.names().2
    }
}

impl Unit {
    /// The unit that stands in quotes: a calendar's name, or UCUM's code.
    pub(crate) fn written(text: &Arc<str>) -> Self {
        Calendar::named(text).map_or_else(|| Self::Ucum(Arc::clone(text)), Self::Calendar)
    }

    /// The unit of a bare number.
    pub(crate) fn one() -> Self {
        Self::Ucum("1".into())
    }

    /// The duration that this is, for sums with dates: UCUM's years and months are of fixed length and are not.
    pub(crate) fn duration(&self) -> Option<Calendar> {
        match self {
            Self::Calendar(unit) => Some(*unit),
            Self::Ucum(code) => {
                Calendar::from_ucum(code).filter(|unit| !matches!(unit, Calendar::Year | Calendar::Month))
            }
            Self::Other(_) => None,
        }
    }

    /// What can be compared with what, and by which factor. `like` takes calendar years and months for UCUM's, which
    /// only equivalence does.
    fn measure(&self, like: bool) -> Option<Measure> {
        match self {
            Self::Calendar(Calendar::Year) if !like => Some(Measure::months(12)),
            Self::Calendar(Calendar::Month) if !like => Some(Measure::months(1)),
            Self::Calendar(unit) => Measure::parse(unit.ucum()),
            Self::Ucum(code) => Measure::parse(code),
            Self::Other(_) => None,
        }
    }
}

impl Quantity {
    /// A number without unit.
    pub(crate) fn plain(value: Decimal) -> Self {
        Self { value, unit: Unit::one() }
    }

    /// A FHIR Quantity (FHIR R4, section 2.9.1: durations become calendar's). `None` without a value, or where a
    /// comparator says that the value is not it.
    pub(crate) fn from_fhir(object: &Object) -> Option<Self> {
        let text = |name| object.get(name).and_then(Value::as_str);
        if object.contains("comparator") {
            return None;
        }
        let value = crate::run::decimal(object.get("value")?.as_number()?.as_str())?;
        let unit = match (text("system"), text("code"), text("unit")) {
            (Some(UCUM), Some(code), _) => {
                let duration = Calendar::from_ucum(code).filter(|unit| *unit != Calendar::Millisecond);
                duration.map_or_else(|| Unit::Ucum(code.into()), Unit::Calendar)
            }
            (Some(system), Some(code), _) => Unit::Other(format!("{system}|{code}").into()),
            (_, Some(unit), _) | (_, None, Some(unit)) => Unit::Other(unit.into()),
            (_, None, None) => Unit::one(),
        };
        Some(Self { value, unit })
    }

    /// As FHIR's JSON has it.
    pub fn to_value(&self) -> Value {
        let mut object = Object::new();
        if let Ok(number) = Number::new(self.value.to_string()) {
            object.insert("value", Value::Number(number));
        }
        let (system, code) = match &self.unit {
            Unit::Calendar(unit) => (Some(UCUM), unit.ucum()),
            Unit::Ucum(code) => (Some(UCUM), &**code),
            Unit::Other(text) => match text.rsplit_once('|') {
                Some((system, code)) => (Some(system), code),
                None => (None, &**text),
            },
        };
        object.insert("unit", Value::String(code.to_owned()));
        if let Some(system) = system {
            object.insert("system", Value::String(system.to_owned()));
            object.insert("code", Value::String(code.to_owned()));
        }
        Value::Object(object)
    }

    /// The number of a FHIR Quantity in the unit that UCUM writes `code`; `None` where the two have nothing in common.
    pub fn amount_in(object: &Object, code: &str) -> Option<Decimal> {
        Some(Self::from_fhir(object)?.converted(Unit::Ucum(code.into()))?.value.normalize())
    }

    /// How two quantities compare; `None` where their units do not. `like`: see [`Unit::measure`].
    pub(crate) fn compare(&self, other: &Self, like: bool) -> Option<Ordering> {
        if self.unit == other.unit {
            return Some(self.value.cmp(&other.value));
        }
        if let (Unit::Calendar(left), Unit::Calendar(right)) = (&self.unit, &other.unit)
            && let (Some(left), Some(right)) = (left.days(*right), right.days(*left))
        {
            let (left, right) = (decimal::product(self.value, left)?, decimal::product(other.value, right)?);
            return Some(left.cmp(&right));
        }
        let (left, right) = (self.unit.measure(like)?, other.unit.measure(like)?);
        if left.dimension != right.dimension {
            return None;
        }
        left.base(self.value)?.compare(right.base(other.value)?)
    }

    /// The sum, or difference, in the finer unit; `None` where the units do not fit.
    pub(crate) fn plus(&self, other: &Self, minus: bool) -> Option<Self> {
        let sum = |left: Decimal, right: Decimal| {
            if minus { left.checked_sub(right) } else { left.checked_add(right) }
        };
        if self.unit == other.unit {
            return Some(Self { value: sum(self.value, other.value)?, unit: self.unit.clone() });
        }
        let (left, right) = (self.unit.measure(false)?, other.unit.measure(false)?);
        if left.dimension != right.dimension || left.is_scale() || right.is_scale() {
            return None;
        }
        if left.factor.compare(right.factor)? == Ordering::Greater {
            let value = left.base(self.value)?.over(right.factor)?.to_decimal()?;
            return Some(Self { value: sum(value, other.value)?, unit: other.unit.clone() });
        }
        let value = right.base(other.value)?.over(left.factor)?.to_decimal()?;
        Some(Self { value: sum(self.value, value)?, unit: self.unit.clone() })
    }

    /// The product, or quotient, with a unit made of both.
    pub(crate) fn times(&self, other: &Self, over: bool) -> Option<Self> {
        let value = if over {
            decimal::quotient(self.value, other.value)?
        } else {
            decimal::product(self.value, other.value)?
        };
        let (left, right) = (self.unit.code()?, other.unit.code()?);
        let grouped = |code: &str| {
            if over && code.contains(['.', '/']) { format!("({code})") } else { code.to_owned() }
        };
        let code = ucum::product(left, right, over).unwrap_or_else(|| match (left, right) {
            (left, "1") => left.to_owned(),
            ("1", right) if !over => right.to_owned(),
            (left, right) => format!("{left}{}{}", if over { '/' } else { '.' }, grouped(right)),
        });
        let measure = Measure::parse(&code)?;
        // `m/m` is a number again.
        if measure.is_plain() {
            return Some(Self::plain(value));
        }
        Some(Self { value, unit: Unit::Ucum(code.into()) })
    }

    /// The same amount in another unit.
    pub(crate) fn converted(&self, unit: Unit) -> Option<Self> {
        if self.unit == unit {
            return Some(self.clone());
        }
        let (from, to) = (self.unit.measure(true)?, unit.measure(true)?);
        if from.dimension != to.dimension {
            return None;
        }
        let value = from.base(self.value)?.over(to.factor)?;
        let value = to.value(value)?;
        Some(Self { value, unit })
    }

    /// Reads `4.5 'mg'`, `4 days` or `4` (FHIRPath 2.0.0, section 5.5, `toQuantity`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let end = text.find(|each: char| !each.is_ascii_digit() && !matches!(each, '+' | '-' | '.'));
        let (number, rest) = text.split_at(end.unwrap_or(text.len()));
        let value = crate::run::decimal(number.strip_prefix('+').unwrap_or(number))?;
        let unit = rest.trim();
        if unit.is_empty() {
            return rest.is_empty().then(|| Self::plain(value));
        }
        if let Some(quoted) = unit.strip_prefix('\'') {
            let code = quoted.strip_suffix('\'').filter(|code| !code.is_empty() && !code.contains('\''))?;
            return Some(Self { value, unit: Unit::written(&code.into()) });
        }
        Some(Self { value, unit: Unit::Calendar(Calendar::named(unit)?) })
    }
}

impl Unit {
    fn code(&self) -> Option<&str> {
        match self {
            Self::Calendar(Calendar::Year | Calendar::Month) | Self::Other(_) => None,
            Self::Calendar(unit) => Some(unit.ucum()),
            Self::Ucum(code) => Some(code),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            Unit::Calendar(unit) => {
                let (one, many, _) = unit.names();
                write!(f, "{} {}", self.value, if self.value == Decimal::ONE { one } else { many })
            }
            Unit::Ucum(code) => write!(f, "{} '{code}'", self.value),
            Unit::Other(text) => {
                let code = text.rsplit_once('|').map_or(&**text, |(_, code)| code);
                write!(f, "{} '{code}'", self.value)
            }
        }
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Quantity(…)")
    }
}

/// A number as a ratio.
impl From<Decimal> for Ratio {
    fn from(value: Decimal) -> Self {
        Self::new(value.mantissa(), 1, -i32::try_from(value.scale()).unwrap_or(0))
    }
}
