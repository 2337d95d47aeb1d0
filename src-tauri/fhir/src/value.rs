//! JSON values that keep what was written.

use std::borrow::Cow;
use std::fmt;

use crate::Number;

/// A JSON value (RFC 8259) that keeps member order and number text.
///
/// `Debug` shows the shape only: answers are personal data and must not reach a log by accident.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`, which FHIR allows only as padding beside a `_name` array.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number with its text.
    Number(Number),
    /// A string, unescaped.
    String(String),
    /// An array, in order.
    Array(Vec<Value>),
    /// An object, in the order written.
    Object(Object),
}

/// The members of a JSON object: unique names, in the order written.
///
/// Equality is that of the written order; use [`crate::canonical::number_text`] to compare regardless of order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Object {
    members: Vec<(Name, Value)>,
}

/// The name of a member: one that FHIR's own tables have is not copied out of them.
pub(crate) type Name = Cow<'static, str>;

impl Value {
    /// The member `name` of an object; `None` for anything else.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }

    /// The element at `index` of an array; `None` for anything else.
    pub fn at(&self, index: usize) -> Option<&Value> {
        self.as_array()?.get(index)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, with its text.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The elements of an array, to change them.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The members of an object, to change them.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The text of the string member `name`: `value.get(name)?.as_str()`.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The elements of the array member `name`; empty when there is none.
    pub fn list(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Value::as_array).unwrap_or_default()
    }

    /// FHIR's `resourceType`, where this is a resource.
    pub fn resource_type(&self) -> Option<&str> {
        self.str("resourceType")
    }

    /// The number of leaves (strings, numbers, booleans, nulls, and empty arrays and objects) in this value.
    pub fn leaf_count(&self) -> usize {
        match self {
            Self::Array(elements) if !elements.is_empty() => elements.iter().map(Self::leaf_count).sum(),
            Self::Object(object) if !object.is_empty() => {
                object.iter().map(|(_, value)| value.leaf_count()).sum()
            }
            _ => 1,
        }
    }
}

impl Object {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of the member `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// The value of the member `name`, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.members.iter_mut().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// Whether there is a member `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets the member `name`, in its old place or, when new, at the end; the earlier value is given back.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        let name = name.into();
        let value = value.into();
        if let Some(place) = self.get_mut(&name) {
            return Some(std::mem::replace(place, value));
        }
        self.members.push((name.into(), value));
        None
    }

    /// Takes the member `name` out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self.members.iter().position(|(member, _)| member == name)?;
        Some(self.members.remove(index).1)
    }

    /// The members in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (&**name, value))
    }

    /// The members in order, to change their values.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Value)> {
        self.members.iter_mut().map(|(name, value)| (&**name, value))
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Adds a member that the caller knows to be new.
    pub(crate) fn push_new(&mut self, name: impl Into<Name>, value: Value) {
        self.members.push((name.into(), value));
    }

    /// Of members whose names the caller knows to be different.
    pub(crate) fn of_new(members: Vec<(Name, Value)>) -> Self {
        Self { members }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Bool(_) => f.write_str("Bool(…)"),
            Self::Number(_) => f.write_str("Number(…)"),
            Self::String(_) => f.write_str("String(…)"),
            Self::Array(elements) => write!(f, "Array({} elements)", elements.len()),
            Self::Object(object) => object.fmt(f),
        }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({} members)", self.len())
    }
}
