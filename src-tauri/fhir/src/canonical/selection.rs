//! Some of a resource's members, borrowed.

use std::borrow::Cow;

use super::{JcsError, Writer, infallible, out_of_range};
use crate::{Number, Object, Value};

/// What is left of a resource when some of its own members are left out: the canonical forms of the rest are written
/// without copying it.
#[derive(Debug, Clone)]
pub struct Selection<'v>(Left<'v>);

#[derive(Debug, Clone)]
enum Left<'v> {
    Everything(&'v Value),
    Members(Vec<(&'v str, Member<'v>)>),
}

#[derive(Debug, Clone)]
pub(super) enum Member<'v> {
    Whole(&'v Value),
    /// Some elements of an array.
    Elements(Vec<&'v Value>),
}

impl<'v> From<&'v Value> for Selection<'v> {
    fn from(value: &'v Value) -> Self {
        Self(Left::Everything(value))
    }
}

impl<'v> Selection<'v> {
    /// The members whose name `kept` keeps, in their order. What is not an object is kept whole.
    pub fn members(value: &'v Value, kept: impl Fn(&str) -> bool) -> Self {
        match value {
            Value::Object(object) => Self(Left::Members(
                object
                    .iter()
                    .filter(|(name, _)| kept(name))
                    .map(|(name, value)| (name, Member::Whole(value)))
                    .collect(),
            )),
            other => other.into(),
        }
    }

    /// Leaves the elements of the array `name` out that `kept` does not keep, and the array with its last element.
    /// Only a selection of members has any to leave out.
    #[must_use]
    pub fn keep_elements(mut self, name: &str, kept: impl Fn(&Value) -> bool) -> Self {
        if let Left::Members(members) = &mut self.0
            && let Some(at) = members.iter().position(|(member, _)| *member == name)
            && let Some((_, Member::Whole(Value::Array(elements)))) = members.get(at)
        {
            let left: Vec<_> = elements.iter().filter(|one| kept(one)).collect();
            if left.is_empty() {
                members.remove(at);
            } else if left.len() < elements.len()
                && let Some((_, member)) = members.get_mut(at)
            {
                *member = Member::Elements(left);
            }
        }
        self
    }

    /// As [`super::jcs`] of what is left.
    ///
    /// # Errors
    /// [`JcsError::NumberOutOfRange`] for numbers such as `1e999`.
    pub fn jcs(&self) -> Result<String, JcsError> {
        self.write(super::ecmascript).map_err(out_of_range)
    }

    /// As [`super::number_text`] of what is left.
    pub fn number_text(&self) -> String {
        infallible(self.write(super::as_written))
    }

    /// What is left, as a value of its own where anything was left out.
    pub fn to_value(&self) -> Cow<'v, Value> {
        let members = match &self.0 {
            Left::Everything(value) => return Cow::Borrowed(value),
            Left::Members(members) => members,
        };
        let mut object = Object::new();
        for (name, member) in members {
            let value = match member {
                Member::Whole(value) => (*value).clone(),
                Member::Elements(elements) => Value::Array(elements.iter().copied().cloned().collect()),
            };
            object.push_new((*name).to_owned(), value);
        }
        Cow::Owned(object.into())
    }

    fn write(&self, number: impl Fn(&Number, &mut String) -> Option<()>) -> Result<String, Vec<String>> {
        let mut writer = Writer::new(number);
        match &self.0 {
            Left::Everything(value) => writer.write(value)?,
            Left::Members(members) => {
                let mut sorted: Vec<_> = members.iter().map(|(name, member)| (*name, member)).collect();
                sorted.sort_unstable_by(|(a, _), (b, _)| super::utf16_order(a, b));
                writer.root(&sorted)?;
            }
        }
        Ok(writer.out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn value() -> Value {
        Value::parse(br#"{"b":[1.0,2,[3]],"c":{"b":[1.0]},"a":"x","e":[]}"#).unwrap()
    }

    #[test]
    fn what_is_left_is_written_as_a_copy_of_it_would_be() {
        let value = value();
        let whole = Selection::from(&value);
        assert_eq!(whole.jcs().unwrap(), r#"{"a":"x","b":[1,2,[3]],"c":{"b":[1]},"e":[]}"#);
        assert!(matches!(whole.to_value(), Cow::Borrowed(_)));
        let some = Selection::members(&value, |name| name != "a");
        assert_eq!(some.number_text(), r#"{"b":[1.0,2,[3]],"c":{"b":[1.0]},"e":[]}"#);
        let fewer = some.keep_elements("b", |one| one.as_number().is_none_or(|one| one.as_str() != "2"));
        assert_eq!(fewer.number_text(), r#"{"b":[1.0,[3]],"c":{"b":[1.0]},"e":[]}"#);
        assert_eq!(fewer.jcs().unwrap(), super::super::jcs(&fewer.to_value()).unwrap());
        // An array goes with its last element; what is no array, or is not there, has none.
        let none =
            fewer.keep_elements("e", |_| false).keep_elements("c", |_| false).keep_elements("x", |_| false);
        assert_eq!(none.to_value().to_json(), r#"{"b":[1.0,[3]],"c":{"b":[1.0]}}"#);
        assert_eq!(Selection::members(&Value::Null, |_| false).jcs().unwrap(), "null");
    }

    #[test]
    fn a_number_out_of_range_is_named_by_its_place_in_the_resource() {
        let value = Value::parse(br#"{"x":1e999,"item":[1,{"value":1e999}]}"#).unwrap();
        let path = |selection: Selection<'_>| match selection.jcs().unwrap_err() {
            JcsError::NumberOutOfRange { path } => path,
        };
        assert_eq!(path(Selection::members(&value, |name| name == "item")), "item.1.value");
        assert_eq!(path(Selection::members(&value, |name| name == "x")), "x");
    }
}
