//! JSON to XML.

use super::error::{ConvertReason as Reason, Converted, Fault};
use super::{ConvertError, narrative_depth};
use crate::table::{Kind, Rule, Table, Type};
use crate::xml::{self, FHIR, names};
use crate::{MAX_DEPTH, Object, Value, Version};

/// The resource as FHIR XML: one line, without an XML declaration, in the order of the release's elements.
///
/// # Errors
/// [`ConvertError::Element`] names the element that `version` does not know, not with this shape, or that XML cannot
/// carry.
pub fn to_xml(resource: &Value, version: Version) -> Result<String, ConvertError> {
    let mut writer = Writer { table: Table::of(version), out: String::new(), elements: 0, levels: 0 };
    writer.resource(resource, true)?;
    Ok(writer.out)
}

struct Writer {
    table: &'static Table,
    out: String,
    /// How many elements are open; the reader of XML accepts [`xml::MAX_DEPTH`].
    elements: usize,
    /// In how many arrays and objects the value stands; the reader of JSON accepts [`MAX_DEPTH`].
    levels: usize,
}

/// A member of an object, as the table knows it.
struct Member<'v> {
    rule: usize,
    kind: Kind,
    /// The name without `_`.
    name: &'v str,
    companion: bool,
    value: &'v Value,
}

impl Writer {
    fn resource(&mut self, resource: &Value, root: bool) -> Converted<()> {
        let object = resource.as_object().ok_or_else(|| Fault::new(Reason::WrongShape))?;
        let name = resource.resource_type().ok_or_else(|| Fault::new(Reason::UnknownResource))?;
        let of = self.table.resource(name).ok_or_else(|| Fault::at(Reason::UnknownResource, name))?;
        let namespace = root.then_some(FHIR);
        self.complex(name, of, object, namespace, true)
            .map_err(|fault| if root { fault.within(name, None) } else { fault })
    }

    /// `<name …>` with all members of `object`.
    fn complex(
        &mut self,
        name: &str,
        of: &'static Type,
        object: &Object,
        namespace: Option<&str>,
        resource: bool,
    ) -> Converted<()> {
        self.enter(1, 1)?;
        let members = members(of, object, resource)?;
        if members.is_empty() && !resource {
            return Err(Fault::new(Reason::Empty));
        }
        self.out.push('<');
        self.out.push_str(name);
        if let Some(namespace) = namespace {
            self.attribute("xmlns", namespace)?;
        }
        let mut children = false;
        for member in &members {
            match of.rule(member.rule) {
                Some(rule) if rule.attribute => self.attribute_member(rule, member)?,
                _ => children = true,
            }
        }
        if !children {
            self.out.push_str("/>");
            self.leave(1, 1);
            return Ok(());
        }
        self.out.push('>');
        let mut rest = members.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let (pair, next) = match after.split_first() {
                Some((second, next)) if second.rule == first.rule => (Some(second), next),
                _ => (None, after),
            };
            rest = next;
            if let Some(rule) = of.rule(first.rule).filter(|rule| !rule.attribute) {
                self.member(rule, first, pair)?;
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.leave(1, 1);
        Ok(())
    }

    /// What is written must be read again: deeper than both readers accept is refused here too.
    fn enter(&mut self, elements: usize, levels: usize) -> Converted<()> {
        self.elements += elements;
        self.levels += levels;
        if self.elements > xml::MAX_DEPTH || self.levels > MAX_DEPTH {
            return Err(Fault::new(Reason::TooDeep));
        }
        Ok(())
    }

    fn leave(&mut self, elements: usize, levels: usize) {
        self.elements -= elements;
        self.levels -= levels;
    }

    fn attribute_member(&mut self, rule: &Rule, member: &Member<'_>) -> Converted<()> {
        let text = member.value.as_str().ok_or_else(|| Fault::at(Reason::WrongShape, rule.name))?;
        self.attribute(rule.name, text).map_err(|fault| fault.within(rule.name, None))
    }

    /// One element of the type, with its companion where it has one.
    fn member(&mut self, rule: &Rule, first: &Member<'_>, second: Option<&Member<'_>>) -> Converted<()> {
        let (value, companion) = match second {
            _ if first.companion => (None, Some(first.value)),
            second => (Some(first.value), second.map(|second| second.value)),
        };
        if !rule.many {
            return self.one(first, value, companion).map_err(|fault| fault.within(rule.name, None));
        }
        let (values, companions) = lists(value, companion).map_err(|fault| fault.within(rule.name, None))?;
        self.enter(0, 1).map_err(|fault| fault.within(rule.name, None))?;
        for index in 0..values.len().max(companions.len()) {
            let at = |list: &'_ [Value]| list.get(index).is_some_and(|value| *value != Value::Null);
            let value = values.get(index).filter(|_| at(values));
            let companion = companions.get(index).filter(|_| at(companions));
            self.one(first, value, companion).map_err(|fault| fault.within(rule.name, Some(index)))?;
        }
        self.leave(0, 1);
        Ok(())
    }

    fn one(
        &mut self,
        member: &Member<'_>,
        value: Option<&Value>,
        companion: Option<&Value>,
    ) -> Converted<()> {
        let table = self.table;
        match (member.kind, value) {
            (Kind::Complex(index), Some(Value::Object(object))) => {
                let of = table.complex(index).ok_or_else(|| Fault::new(Reason::UnknownElement))?;
                self.complex(member.name, of, object, None, false)
            }
            (Kind::Resource, Some(resource @ Value::Object(_))) => {
                self.enter(1, 0)?;
                self.out.push('<');
                self.out.push_str(member.name);
                self.out.push('>');
                self.resource(resource, false)?;
                self.leave(1, 0);
                self.out.push_str("</");
                self.out.push_str(member.name);
                self.out.push('>');
                Ok(())
            }
            (Kind::Xhtml, Some(Value::String(div))) => {
                let elements = narrative_depth(div).ok_or_else(|| Fault::new(Reason::BadNarrative))?;
                self.enter(elements, 0)?;
                self.out.push_str(div);
                self.leave(elements, 0);
                Ok(())
            }
            (kind, value) if kind.is_primitive() => {
                self.enter(1, 0)?;
                self.primitive(kind, member.name, value, companion)?;
                self.leave(1, 0);
                Ok(())
            }
            (_, None) => Err(Fault::new(Reason::Empty)),
            _ => Err(Fault::new(Reason::WrongShape)),
        }
    }

    /// `<name id="…" value="…"><extension…/></name>`.
    fn primitive(
        &mut self,
        kind: Kind,
        name: &str,
        value: Option<&Value>,
        companion: Option<&Value>,
    ) -> Converted<()> {
        let companion = match companion {
            None => None,
            Some(Value::Object(object)) if !object.is_empty() => Some(object),
            Some(Value::Object(_)) => return Err(Fault::new(Reason::Empty)),
            Some(_) => return Err(Fault::new(Reason::WrongShape)),
        };
        if value.is_none() && companion.is_none() {
            return Err(Fault::new(Reason::Empty));
        }
        self.out.push('<');
        self.out.push_str(name);
        let mut extensions = None;
        for (member, value) in companion.into_iter().flat_map(Object::iter) {
            match (member, value) {
                ("id", Value::String(id)) => {
                    self.attribute("id", id).map_err(|fault| fault.within("id", None))?;
                }
                ("extension", Value::Array(list)) if !list.is_empty() => extensions = Some(list),
                ("id" | "extension", _) => return Err(Fault::at(Reason::WrongShape, member)),
                _ => return Err(Fault::at(Reason::UnknownElement, member)),
            }
        }
        match (kind, value) {
            (_, None) => {}
            (Kind::Boolean, Some(Value::Bool(value))) => {
                self.attribute("value", if *value { "true" } else { "false" })?;
            }
            (Kind::Number, Some(Value::Number(number))) => self.attribute("value", number.as_str())?,
            (Kind::Text, Some(Value::String(text))) => self.attribute("value", text)?,
            _ => return Err(Fault::new(Reason::WrongShape)),
        }
        let Some(extensions) = extensions else {
            self.out.push_str("/>");
            return Ok(());
        };
        self.out.push('>');
        let of = self.table.extension().ok_or_else(|| Fault::new(Reason::UnknownElement))?;
        // The companion and the array in it.
        self.enter(0, 2)?;
        for (index, extension) in extensions.iter().enumerate() {
            let object = extension.as_object().ok_or_else(|| Fault::new(Reason::WrongShape));
            object
                .and_then(|object| self.complex("extension", of, object, None, false))
                .map_err(|fault| fault.within("extension", Some(index)))?;
        }
        self.leave(0, 2);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        Ok(())
    }

    /// ` name="value"`. White space other than spaces stands as references, which an XML reader does not normalise.
    fn attribute(&mut self, name: &str, value: &str) -> Converted<()> {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        // Nearly every value stands as it is, which is seen without a branch for each byte; U+FFFE and U+FFFF begin with EF.
        let special = |byte: u8| matches!(byte, 0..=0x1f | b'&' | b'<' | b'>' | b'"' | 0xef);
        if !value.bytes().fold(false, |found, byte| found | special(byte)) {
            self.out.push_str(value);
            self.out.push('"');
            return Ok(());
        }
        let mut written = 0;
        for (at, character) in value.char_indices() {
            let escape = match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\t' => "&#9;",
                '\n' => "&#10;",
                '\r' => "&#13;",
                ' '..='~' => continue,
                _ if names::is_character(character) => continue,
                _ => return Err(Fault::new(Reason::NotInXml)),
            };
            self.out.push_str(value.get(written..at).unwrap_or_default());
            self.out.push_str(escape);
            written = at + 1;
        }
        self.out.push_str(value.get(written..).unwrap_or_default());
        self.out.push('"');
        Ok(())
    }
}

/// The members of `object` in the order of `of`, a companion directly after its value.
fn members<'v>(of: &'static Type, object: &'v Object, resource: bool) -> Converted<Vec<Member<'v>>> {
    let mut members = Vec::with_capacity(object.len());
    for (written, value) in object.iter() {
        if resource && written == "resourceType" {
            continue;
        }
        let (name, companion) = written.strip_prefix('_').map_or((written, false), |name| (name, true));
        let named = of.named(name).ok_or_else(|| Fault::at(Reason::UnknownElement, written))?;
        let attribute = of.rule(named.rule).is_some_and(|rule| rule.attribute);
        if companion && (attribute || !named.kind.is_primitive()) {
            return Err(Fault::at(Reason::UnknownElement, written));
        }
        members.push(Member { rule: named.rule, kind: named.kind, name, companion, value });
    }
    members.sort_unstable_by_key(|member| (member.rule, member.companion));
    for pair in members.windows(2) {
        if let [first, second] = pair
            && first.rule == second.rule
            && (first.name != second.name || first.companion == second.companion)
        {
            return Err(Fault::at(Reason::Repeated, second.name));
        }
    }
    Ok(members)
}

/// The arrays of values and companions: none empty, equally long, none of nulls alone.
fn lists<'v>(
    value: Option<&'v Value>,
    companion: Option<&'v Value>,
) -> Converted<(&'v [Value], &'v [Value])> {
    let list = |value: Option<&'v Value>| match value {
        None => Ok(&[][..]),
        Some(Value::Array(elements)) if elements.is_empty() => Err(Fault::new(Reason::Empty)),
        Some(Value::Array(elements)) if elements.iter().all(|element| *element == Value::Null) => {
            Err(Fault::new(Reason::Unpadded))
        }
        Some(Value::Array(elements)) => Ok(elements.as_slice()),
        Some(_) => Err(Fault::new(Reason::WrongShape)),
    };
    let (values, companions) = (list(value)?, list(companion)?);
    if value.is_some() && companion.is_some() && values.len() != companions.len() {
        return Err(Fault::new(Reason::Unpadded));
    }
    Ok((values, companions))
}
