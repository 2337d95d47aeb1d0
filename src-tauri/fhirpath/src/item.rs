//! What expressions work on: collections of items.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use fhir::{Number, Value};
use rust_decimal::Decimal;
use smallvec::SmallVec;

use crate::temporal::{Date, DateTime, Time};
use crate::{Context, Node, Quantity};

/// What an expression gives: items, in order.
pub type Collection<'a> = SmallVec<[Item<'a>; 1]>;

/// One value, borrowed from the data where it can be.
///
/// `Debug` shows the kind only: answers are personal data and must not reach a log by accident.
#[derive(Clone)]
pub enum Item<'a> {
    /// An element of the data: a primitive with its type, or an object.
    Node(Node<'a>),
    /// `System.Boolean`
    Boolean(bool),
    /// `System.Integer`, and `System.Long`
    Integer(i64),
    /// `System.Decimal`, with the number of digits that it was written with.
    Decimal(Decimal),
    /// `System.String`
    String(Text<'a>),
    /// `System.Date`
    Date(Date),
    /// `System.DateTime`
    DateTime(DateTime),
    /// `System.Time`
    Time(Time),
    /// `System.Quantity`
    Quantity(Arc<Quantity>),
    /// What `type()` gives.
    Type(TypeInfo),
}

/// A type as `type()` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeInfo {
    /// `System` or `FHIR`.
    pub namespace: &'static str,
    /// The name within it.
    pub name: &'static str,
}

/// A string, borrowed from the data or made by the expression.
#[derive(Clone)]
pub enum Text<'a> {
    /// From the data.
    Borrowed(&'a str),
    /// Made by the expression.
    Shared(Arc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl<'a> Item<'a> {
    /// The boolean, of the data or made by the expression.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Node(node) => node.value()?.as_bool(),
            _ => None,
        }
    }

    /// The string, of the data or made by the expression; dates of the data too.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Node(node) => node.value()?.as_str(),
            _ => None,
        }
    }

    /// The element of the data that this is.
    pub fn as_node(&self) -> Option<&Node<'a>> {
        match self {
            Self::Node(node) => Some(node),
            _ => None,
        }
    }

    /// As FHIR's JSON has it: an element as it is, a quantity as an object, dates and times as strings. `None` for an
    /// element without value, and for types.
    pub fn to_value(&self) -> Option<Value> {
        let number = |text: String| Number::new(text).ok().map(Value::Number);
        match self {
            Self::Node(node) => node.value().cloned(),
            Self::Boolean(value) => Some(Value::Bool(*value)),
            Self::Integer(value) => number(value.to_string()),
            Self::Decimal(value) => number(value.to_string()),
            Self::String(text) => Some(Value::String(text.to_string())),
            Self::Date(date) => Some(Value::String(date.to_string())),
            Self::DateTime(value) => Some(Value::String(value.to_string())),
            Self::Time(time) => Some(Value::String(time.to_string())),
            Self::Quantity(quantity) => Some(quantity.to_value()),
            Self::Type(_) => None,
        }
    }

    /// The type with its namespace: `System.Decimal`, `FHIR.code`, `FHIR.QuestionnaireResponse.item`; empty where it is not
    /// known.
    pub fn type_name(&self, context: &Context<'_>) -> String {
        match self {
            Self::Node(node) => {
                node.type_name(context.types).map(|name| format!("FHIR.{name}")).unwrap_or_default()
            }
            Self::Type(_) => String::new(),
            other => format!("System.{}", crate::run::system_type(other)),
        }
    }

    /// What this is, in words of an error message.
    pub(crate) fn described(&self) -> String {
        match self {
            Self::Node(_) => "an element of the data".to_owned(),
            Self::Type(_) => "a type".to_owned(),
            Self::Boolean(_) => "a Boolean".to_owned(),
            Self::Integer(_) => "an Integer".to_owned(),
            Self::Decimal(_) => "a Decimal".to_owned(),
            Self::String(_) => "a String".to_owned(),
            Self::Date(_) => "a Date".to_owned(),
            Self::DateTime(_) => "a DateTime".to_owned(),
            Self::Time(_) => "a Time".to_owned(),
            Self::Quantity(_) => "a Quantity".to_owned(),
        }
    }
}

impl fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.described())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(…)")
    }
}

impl From<bool> for Item<'_> {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Decimal> for Item<'_> {
    fn from(value: Decimal) -> Self {
        Self::Decimal(value)
    }
}

impl From<Arc<str>> for Item<'_> {
    fn from(text: Arc<str>) -> Self {
        Self::String(Text::Shared(text))
    }
}

impl From<String> for Item<'_> {
    fn from(text: String) -> Self {
        Self::String(Text::Shared(text.into()))
    }
}

impl<'a> From<&'a str> for Item<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Text::Borrowed(text))
    }
}

impl From<Quantity> for Item<'_> {
    fn from(quantity: Quantity) -> Self {
        Self::Quantity(Arc::new(quantity))
    }
}

impl<'a> From<Node<'a>> for Item<'a> {
    fn from(node: Node<'a>) -> Self {
        Self::Node(node)
    }
}
