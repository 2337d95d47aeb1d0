//! XML to JSON.

use super::error::{ConvertReason as Reason, Converted, Fault};
use super::table::{Kind, Rule, Table, Type};
use super::{ConvertError, XHTML, is_narrative};
use crate::xml::tree::{Attribute, Document, Element, Node};
use crate::xml::{FHIR, names};
use crate::{MAX_DEPTH, Number, Object, Value, Version};

/// `xsi:schemaLocation` may stand on the root (FHIR R4, section 2.6.1.1); it says nothing about the resource.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The resource that FHIR XML holds, with members in the order of the release's elements.
///
/// # Errors
/// [`ConvertError::Xml`] for what is not acceptable XML; [`ConvertError::Element`] names the element that `version`
/// does not know, that is out of order, repeated, empty or not written as its type is.
pub fn from_xml(bytes: &[u8], version: Version) -> Result<Value, ConvertError> {
    let document = Document::parse(bytes)?;
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { table: Table::of(version), text, depth: 0 };
    Ok(reader.resource(document.root(), true)?)
}

struct Reader<'t> {
    table: &'static Table,
    text: &'t str,
    /// How many arrays and objects are open in the JSON.
    depth: usize,
}

/// The elements of one name, one after the other.
#[derive(Default)]
struct Run {
    values: Vec<Value>,
    companions: Vec<Value>,
}

impl Reader<'_> {
    fn resource(&mut self, element: &Element, root: bool) -> Converted<Value> {
        let name = element.name();
        if element.namespace() != FHIR {
            return Err(Fault::at(Reason::WrongNamespace, name));
        }
        let of = self.table.resource(name).ok_or_else(|| Fault::at(Reason::UnknownResource, name))?;
        let mut object = Object::new();
        object.push_new("resourceType".to_owned(), name.into());
        self.complex(element, of, &mut object, root)
            .map_err(|fault| if root { fault.within(name, None) } else { fault })?;
        Ok(Value::Object(object))
    }

    /// Adds all attributes and children of `element` to `object`.
    fn complex(&mut self, element: &Element, of: &Type, object: &mut Object, root: bool) -> Converted<()> {
        self.open()?;
        for attribute in element.attributes() {
            if root && &*attribute.namespace == XSI {
                continue;
            }
            let name = plain(attribute)?;
            let rule = of.named(name).and_then(|named| of.rule(named.rule)).filter(|rule| rule.attribute);
            if rule.is_none() {
                return Err(Fault::at(Reason::UnknownElement, name));
            }
            object.push_new(name.to_owned(), attribute.value.as_str().into());
        }
        let mut children = children(element)?.into_iter().peekable();
        let mut last = None;
        while let Some(child) = children.next() {
            let name = child.name();
            let named = of.named(name).ok_or_else(|| Fault::at(Reason::UnknownElement, name))?;
            let rule = of.rule(named.rule).filter(|rule| !rule.attribute);
            let rule = rule.ok_or_else(|| Fault::at(Reason::UnknownElement, name))?;
            match last {
                Some(last) if last == named.rule => return Err(Fault::at(Reason::Repeated, rule.name)),
                Some(last) if last > named.rule => return Err(Fault::at(Reason::WrongOrder, rule.name)),
                _ => last = Some(named.rule),
            }
            let (value, companion) = if rule.many {
                let mut run = Run::default();
                // The array around the elements.
                self.depth += 1;
                self.one(child, named.kind, rule, &mut run)?;
                while let Some(next) = children.next_if(|next| next.name() == name) {
                    self.one(next, named.kind, rule, &mut run)?;
                }
                self.depth -= 1;
                (list(run.values), list(run.companions))
            } else {
                self.element(child, named.kind).map_err(|fault| fault.within(rule.name, None))?
            };
            if value != Value::Null {
                object.push_new(name.to_owned(), value);
            }
            if companion != Value::Null {
                object.push_new(format!("_{name}"), companion);
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Adds one element to its run.
    fn one(&mut self, element: &Element, kind: Kind, rule: &Rule, run: &mut Run) -> Converted<()> {
        let index = run.values.len();
        let (value, companion) =
            self.element(element, kind).map_err(|fault| fault.within(rule.name, Some(index)))?;
        run.values.push(value);
        run.companions.push(companion);
        Ok(())
    }

    fn element(&mut self, element: &Element, kind: Kind) -> Converted<(Value, Value)> {
        let namespace = if kind == Kind::Xhtml { XHTML } else { FHIR };
        if element.namespace() != namespace {
            return Err(Fault::new(Reason::WrongNamespace));
        }
        match kind {
            Kind::Complex(index) => {
                let of = self.table.complex(index).ok_or_else(|| Fault::new(Reason::UnknownElement))?;
                let mut object = Object::new();
                self.complex(element, of, &mut object, false)?;
                if object.is_empty() {
                    return Err(Fault::new(Reason::Empty));
                }
                Ok((Value::Object(object), Value::Null))
            }
            Kind::Resource => {
                if let Some(attribute) = element.attributes().first() {
                    return Err(Fault::at(Reason::UnknownElement, &attribute.local));
                }
                match children(element)?.as_slice() {
                    [resource] => Ok((self.resource(resource, false)?, Value::Null)),
                    [] => Err(Fault::new(Reason::Empty)),
                    _ => Err(Fault::new(Reason::Repeated)),
                }
            }
            Kind::Xhtml => {
                let div = self.text.get(element.source()).unwrap_or_default();
                if !is_narrative(div) {
                    return Err(Fault::new(Reason::BadNarrative));
                }
                Ok((div.into(), Value::Null))
            }
            Kind::Boolean | Kind::Number | Kind::Text => self.primitive(element, kind),
        }
    }

    /// A primitive's value and companion, null for what it does not have.
    fn primitive(&mut self, element: &Element, kind: Kind) -> Converted<(Value, Value)> {
        let mut value = Value::Null;
        let mut companion = Object::new();
        for attribute in element.attributes() {
            match plain(attribute)? {
                "value" => value = read(kind, &attribute.value)?,
                "id" => companion.push_new("id".to_owned(), attribute.value.as_str().into()),
                name => return Err(Fault::at(Reason::UnknownElement, name)),
            }
        }
        let children = children(element)?;
        if !children.is_empty() {
            let of = self.table.extension().ok_or_else(|| Fault::new(Reason::UnknownElement))?;
            let mut extensions = Vec::with_capacity(children.len());
            self.depth += 2;
            for (index, child) in children.into_iter().enumerate() {
                if !child.is(FHIR, "extension") {
                    return Err(Fault::at(Reason::UnknownElement, child.name()));
                }
                let mut object = Object::new();
                self.complex(child, of, &mut object, false)
                    .and_then(|()| if object.is_empty() { Err(Fault::new(Reason::Empty)) } else { Ok(()) })
                    .map_err(|fault| fault.within("extension", Some(index)))?;
                extensions.push(Value::Object(object));
            }
            self.depth -= 2;
            companion.push_new("extension".to_owned(), extensions.into());
        }
        let companion = if companion.is_empty() { Value::Null } else { Value::Object(companion) };
        if value == Value::Null && companion == Value::Null {
            return Err(Fault::new(Reason::Empty));
        }
        Ok((value, companion))
    }

    /// One more object; what could not be read again as JSON is refused.
    fn open(&mut self) -> Converted<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Fault::new(Reason::TooDeep)) } else { Ok(()) }
    }
}

/// An array, null when it has nothing but nulls.
fn list(values: Vec<Value>) -> Value {
    if values.iter().all(|value| *value == Value::Null) { Value::Null } else { values.into() }
}

fn read(kind: Kind, text: &str) -> Converted<Value> {
    match (kind, text) {
        (Kind::Boolean, "true") => Ok(true.into()),
        (Kind::Boolean, "false") => Ok(false.into()),
        (Kind::Boolean, _) => Err(Fault::new(Reason::WrongValue)),
        (Kind::Number, _) => Number::new(text).map(Value::Number).map_err(|_| Fault::new(Reason::WrongValue)),
        _ => Ok(text.into()),
    }
}

/// The name of an attribute that has no namespace, as all of FHIR's.
fn plain(attribute: &Attribute) -> Converted<&str> {
    if attribute.namespace.is_empty() {
        Ok(&attribute.local)
    } else {
        Err(Fault::at(Reason::UnknownElement, &attribute.local))
    }
}

/// The elements inside; only white space, comments and instructions may stand between them.
fn children(element: &Element) -> Converted<Vec<&Element>> {
    let mut found = Vec::new();
    for child in element.children() {
        match child {
            Node::Element(child) => found.push(child),
            Node::Text(text) if !text.chars().all(names::is_space) => {
                return Err(Fault::new(Reason::StrayText));
            }
            _ => {}
        }
    }
    Ok(found)
}
