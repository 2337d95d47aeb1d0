//! Values of the data as FHIRPath's own, and the conversion functions (FHIRPath 2.0.0, section 5.5).

use std::ops::Deref as _;

use fhir::Value;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::{Outcome, Run, one, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::item::Text;
use crate::quantity::{Quantity, Unit};
use crate::syntax::Function;
use crate::temporal::{Date, DateTime, Time};
use crate::types::Form;
use crate::{Collection, Item, Node};

/// A decimal as JSON or an expression writes it; `None` where it has more than 28 digits.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).ok();
    }
    Decimal::from_str_exact(text).ok()
}

/// A decimal as it is written in an expression: digits on both sides of the point.
fn strict_decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (plain(whole) && plain(fraction)).then(|| decimal(text.strip_prefix('+').unwrap_or(text)))?
}

fn strict_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// The unit as a string.
pub(super) fn unit_text(quantity: &Quantity) -> String {
    match &quantity.unit {
        Unit::Calendar(unit) => unit.ucum().to_owned(),
        Unit::Ucum(code) | Unit::Other(code) => code.deref().to_owned(),
    }
}

impl<'a> Run<'_, 'a> {
    /// FHIRPath's own value of an element; complex ones stay what they are, but for quantities.
    pub(super) fn system(&self, item: &Item<'a>) -> Outcome<Item<'a>> {
        let Item::Node(node) = item else { return Ok(item.clone()) };
        self.node_value(node)
    }

    fn node_value(&self, node: &Node<'a>) -> Outcome<Item<'a>> {
        let form = self.types.form(node.kind);
        Ok(match (node.value(), form) {
            (Some(Value::Bool(value)), _) => Item::Boolean(*value),
            (Some(Value::Number(number)), form) => {
                let text = number.as_str();
                let integer = (form != Some(Form::Decimal)).then(|| text.parse().ok()).flatten();
                match integer {
                    Some(integer) => Item::Integer(integer),
                    None => Item::Decimal(decimal(text).ok_or(Wrong::OutOfRange)?),
                }
            }
            (Some(Value::String(text)), form) => {
                let parsed = match form {
                    Some(Form::Date) => Date::parse(text).map(Item::Date),
                    Some(Form::DateTime) => DateTime::parse(text).map(Item::DateTime),
                    Some(Form::Time) => Time::parse(text).map(Item::Time),
                    // integer64 is a string in JSON.
                    Some(Form::Integer) => text.parse().ok().map(Item::Integer),
                    _ => None,
                };
                parsed.unwrap_or(Item::String(Text::Borrowed(text)))
            }
            (Some(Value::Object(object)), Some(Form::Quantity)) => {
                Quantity::from_fhir(object).map_or(Item::Node(*node), Item::from)
            }
            _ => Item::Node(*node),
        })
    }

    /// The one boolean. A single item of another type is `true` (FHIRPath 2.0.0, section 4.5).
    pub(super) fn boolean(items: &[Item<'a>], of: &'static str) -> Outcome<Option<bool>> {
        Ok(Self::single(items, of)?.map(|item| item.as_bool().unwrap_or(true)))
    }

    /// The one integer.
    pub(super) fn integer(&self, items: &[Item<'a>], of: &'static str) -> Outcome<Option<i64>> {
        let Some(item) = Self::single(items, of)? else { return Ok(None) };
        match self.system(item)? {
            Item::Integer(value) => Ok(Some(value)),
            // Whole numbers that were computed.
            Item::Decimal(value) if value.fract().is_zero() => Ok(value.to_i64()),
            other => Err(self.unfit(of, &other)),
        }
    }

    /// The one string.
    pub(super) fn string(&self, items: &[Item<'a>], of: &'static str) -> Outcome<Option<Text<'a>>> {
        let Some(item) = Self::single(items, of)? else { return Ok(None) };
        match item {
            Item::String(text) => Ok(Some(text.clone())),
            Item::Node(node) => match node.value() {
                Some(Value::String(text)) => Ok(Some(Text::Borrowed(text))),
                None => Ok(None),
                Some(_) => Err(self.unfit(of, &self.system(item)?)),
            },
            other => Err(self.unfit(of, other)),
        }
    }

    /// `operation` cannot be done with `item`.
    pub(super) fn unfit(&self, operation: &'static str, item: &Item<'_>) -> super::Failure {
        let found = match item {
            Item::Node(node) => match node.type_name(self.types) {
                Some(name) => format!("an element of type {name}"),
                None => item.described(),
            },
            _ => item.described(),
        };
        Wrong::Operand { operation, found }.into()
    }

    /// `toX()` and `convertsToX()`.
    pub(super) fn conversion(
        &mut self,
        function: Function,
        focus: &[Item<'a>],
        unit: Option<&str>,
    ) -> Outcome<Collection<'a>> {
        let Some(item) = Self::single(focus, function.name())? else { return Ok(Collection::new()) };
        let item = self.system(item)?;
        let Some(Conversion { to, asks }) = Conversion::of(function) else { return Ok(Collection::new()) };
        let converted = match to {
            To::Boolean => boolean(&item).map(Item::Boolean),
            To::Integer => integer(&item).map(Item::Integer),
            To::Decimal => number(&item).map(Item::Decimal),
            To::Date => date(&item).map(Item::Date),
            To::DateTime => date_time(&item).map(Item::DateTime),
            To::Time => time(&item).map(Item::Time),
            To::Quantity => quantity(&item, unit).map(Item::from),
            To::Text => Self::written(&item).map(Item::String),
        };
        if asks { Ok(one(converted.is_some())) } else { Ok(optional(converted)) }
    }

    /// The item as a string, where it has one.
    pub(super) fn written(item: &Item<'a>) -> Option<Text<'a>> {
        let text = match item {
            Item::String(text) => return Some(text.clone()),
            Item::Boolean(value) => value.to_string(),
            Item::Integer(value) => value.to_string(),
            Item::Decimal(value) => value.to_string(),
            Item::Date(value) => value.to_string(),
            Item::DateTime(value) => value.to_string(),
            Item::Time(value) => value.to_string(),
            Item::Quantity(value) => value.to_string(),
            Item::Node(_) | Item::Type(_) => return None,
        };
        Some(Text::Shared(text.into()))
    }
}

/// What `toX()` and `convertsToX()` are about.
#[derive(Clone, Copy)]
enum To {
    Boolean,
    Integer,
    Decimal,
    Date,
    DateTime,
    Time,
    Quantity,
    Text,
}

/// A conversion function.
#[derive(Clone, Copy)]
pub(crate) struct Conversion {
    to: To,
    /// Whether it only asks: `convertsToX()`.
    pub(crate) asks: bool,
}

impl Conversion {
    /// `None` where the function is none.
    pub(crate) fn of(function: Function) -> Option<Self> {
        let (to, asks) = match function {
            Function::ToBoolean => (To::Boolean, false),
            Function::ConvertsToBoolean => (To::Boolean, true),
            Function::ToInteger | Function::ToLong => (To::Integer, false),
            Function::ConvertsToInteger | Function::ConvertsToLong => (To::Integer, true),
            Function::ToDecimal => (To::Decimal, false),
            Function::ConvertsToDecimal => (To::Decimal, true),
            Function::ToDate => (To::Date, false),
            Function::ConvertsToDate => (To::Date, true),
            Function::ToDateTime => (To::DateTime, false),
            Function::ConvertsToDateTime => (To::DateTime, true),
            Function::ToTime => (To::Time, false),
            Function::ConvertsToTime => (To::Time, true),
            Function::ToQuantity => (To::Quantity, false),
            Function::ConvertsToQuantity => (To::Quantity, true),
            Function::ToText => (To::Text, false),
            Function::ConvertsToText => (To::Text, true),
            _ => return None,
        };
        Some(Self { to, asks })
    }

    /// Whether it makes something of a value of this form: where not, of none.
    pub(crate) fn takes(self, form: Form) -> bool {
        use Form::{Boolean, Complex, Date, DateTime, Decimal, Integer, Quantity, Text, Time};
        match self.to {
            To::Boolean | To::Decimal => matches!(form, Boolean | Integer | Decimal | Text),
            To::Integer => matches!(form, Boolean | Integer | Text),
            To::Date | To::DateTime => matches!(form, Date | DateTime | Text),
            To::Time => matches!(form, Time | Text),
            To::Quantity => matches!(form, Boolean | Integer | Decimal | Quantity | Text),
            To::Text => form != Complex,
        }
    }

    /// Whether it makes an integer.
    pub(crate) fn is_to_integer(self) -> bool {
        matches!(self.to, To::Integer)
    }
}

fn boolean(item: &Item<'_>) -> Option<bool> {
    match item {
        Item::Boolean(value) => Some(*value),
        Item::Integer(1) => Some(true),
        Item::Integer(0) => Some(false),
        Item::Decimal(value) if *value == Decimal::ONE => Some(true),
        Item::Decimal(value) if value.is_zero() => Some(false),
        Item::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn integer(item: &Item<'_>) -> Option<i64> {
    match item {
        Item::Integer(value) => Some(*value),
        Item::Boolean(value) => Some(i64::from(*value)),
        Item::String(text) => strict_integer(text),
        _ => None,
    }
}

fn number(item: &Item<'_>) -> Option<Decimal> {
    match item {
        Item::Integer(value) => Some(Decimal::from(*value)),
        Item::Decimal(value) => Some(*value),
        Item::Boolean(value) => Some(Decimal::from(u8::from(*value))),
        Item::String(text) => strict_decimal(text),
        _ => None,
    }
}

fn date(item: &Item<'_>) -> Option<Date> {
    match item {
        Item::Date(date) => Some(*date),
        Item::DateTime(value) => Some(value.date),
        Item::String(text) => Date::parse(text).or_else(|| DateTime::parse(text).map(|value| value.date)),
        _ => None,
    }
}

fn date_time(item: &Item<'_>) -> Option<DateTime> {
    match item {
        Item::DateTime(value) => Some(*value),
        Item::Date(date) => Some(DateTime { date: *date, time: None, offset: None }),
        Item::String(text) => DateTime::parse(text),
        _ => None,
    }
}

fn time(item: &Item<'_>) -> Option<Time> {
    match item {
        Item::Time(time) => Some(*time),
        Item::String(text) => Time::parse(text.strip_prefix('T').unwrap_or(text)),
        _ => None,
    }
}

fn quantity(item: &Item<'_>, unit: Option<&str>) -> Option<Quantity> {
    let quantity = match item {
        Item::Quantity(quantity) => Quantity::clone(quantity),
        Item::Integer(_) | Item::Decimal(_) | Item::Boolean(_) => Quantity::plain(number(item)?),
        Item::String(text) => Quantity::parse(text)?,
        _ => return None,
    };
    match unit {
        Some(unit) => quantity.converted(Unit::written(&unit.into())),
        None => Some(quantity),
    }
}
