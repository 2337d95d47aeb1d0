//! XML to JSON.

use super::error::{ConvertReason as Reason, Converted, Fault};
use super::{ConvertError, XHTML};
use crate::table::{Kind, Rule, Table, Type};
use crate::value::Name;
use crate::xml::FHIR;
use crate::xml::element::{Attribute, Element};
use crate::xml::tree::Document;
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
    let mut reader = Reader { table: Table::of(version), depth: 0, members: Vec::new() };
    Ok(reader.resource(document.root(), true)?)
}

struct Reader {
    table: &'static Table,
    /// How many arrays and objects are open in the JSON.
    depth: usize,
    /// The members of the objects that are open, the innermost's last: an object is made when all are known, as large as
    /// it has to be.
    members: Vec<(Name, Value)>,
}

impl Reader {
    fn resource(&mut self, element: Element<'_>, root: bool) -> Converted<Value> {
        let name = element.name();
        if element.namespace() != FHIR {
            return Err(Fault::at(Reason::WrongNamespace, name));
        }
        let of = self.table.resource(name).ok_or_else(|| Fault::at(Reason::UnknownResource, name))?;
        let first = self.members.len();
        self.members.push(("resourceType".into(), name.into()));
        self.complex(element, of, root)
            .map_err(|fault| if root { fault.within(name, None) } else { fault })?;
        Ok(self.object(first))
    }

    /// The object of the members from `first` on.
    fn object(&mut self, first: usize) -> Value {
        Value::Object(Object::of_new(self.members.drain(first..).collect()))
    }

    /// Adds all attributes and children of `element` to the innermost object.
    fn complex(&mut self, element: Element<'_>, of: &'static Type, root: bool) -> Converted<()> {
        self.open()?;
        for attribute in element.attributes() {
            if root && attribute.namespace == XSI {
                continue;
            }
            let name = plain(attribute)?;
            let named = of.named(name).filter(|named| of.rule(named.rule).is_some_and(|rule| rule.attribute));
            let named = named.ok_or_else(|| Fault::at(Reason::UnknownElement, name))?;
            self.members.push((named.name.into(), attribute.value.into()));
        }
        let mut children = children(element)?;
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
                let more = children.clone().take_while(|next| next.name() == name).count();
                let elements = std::iter::once(child).chain(children.by_ref().take(more));
                self.run(elements, more + 1, named.kind, rule)?
            } else {
                self.element(child, named.kind).map_err(|fault| fault.within(rule.name, None))?
            };
            if value != Value::Null {
                self.members.push((named.name.into(), value));
            }
            if companion != Value::Null {
                self.members.push((named.companion.into(), companion));
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// `count` elements of one name: the array of their values and that of their companions, null for one that would have
    /// nothing but nulls.
    fn run<'d>(
        &mut self,
        elements: impl Iterator<Item = Element<'d>>,
        count: usize,
        kind: Kind,
        rule: &Rule,
    ) -> Converted<(Value, Value)> {
        // The array around the elements.
        self.depth += 1;
        let (mut values, mut companions) = (Vec::with_capacity(count), Vec::new());
        for (index, element) in elements.enumerate() {
            let (value, companion) =
                self.element(element, kind).map_err(|fault| fault.within(rule.name, Some(index)))?;
            values.push(value);
            // Hardly any array has one.
            if companion != Value::Null {
                companions.reserve_exact(count - companions.len());
                companions.resize(index, Value::Null);
                companions.push(companion);
            }
        }
        self.depth -= 1;
        if !companions.is_empty() {
            companions.resize(count, Value::Null);
        }
        Ok((list(values), list(companions)))
    }

    fn element(&mut self, element: Element<'_>, kind: Kind) -> Converted<(Value, Value)> {
        let namespace = if kind == Kind::Xhtml { XHTML } else { FHIR };
        if element.namespace() != namespace {
            return Err(Fault::new(Reason::WrongNamespace));
        }
        match kind {
            Kind::Complex(index) => {
                let of = self.table.complex(index).ok_or_else(|| Fault::new(Reason::UnknownElement))?;
                Ok((self.filled(element, of)?, Value::Null))
            }
            Kind::Resource => {
                if let Some(attribute) = element.attributes().next() {
                    return Err(Fault::at(Reason::UnknownElement, attribute.local));
                }
                let mut children = children(element)?;
                match (children.next(), children.next()) {
                    (Some(resource), None) => Ok((self.resource(resource, false)?, Value::Null)),
                    (None, _) => Err(Fault::new(Reason::Empty)),
                    _ => Err(Fault::new(Reason::Repeated)),
                }
            }
            // The same as that its text alone is a narrative, without reading that once more.
            Kind::Xhtml if element.name() == "div" && element.stands_alone() => {
                Ok((element.source().into(), Value::Null))
            }
            Kind::Xhtml => Err(Fault::new(Reason::BadNarrative)),
            Kind::Boolean | Kind::Number | Kind::Text => self.primitive(element, kind),
        }
    }

    /// An object that has something in it.
    fn filled(&mut self, element: Element<'_>, of: &'static Type) -> Converted<Value> {
        let first = self.members.len();
        self.complex(element, of, false)?;
        if self.members.len() == first { Err(Fault::new(Reason::Empty)) } else { Ok(self.object(first)) }
    }

    /// A primitive's value and companion, null for what it does not have.
    fn primitive(&mut self, element: Element<'_>, kind: Kind) -> Converted<(Value, Value)> {
        let mut value = Value::Null;
        let first = self.members.len();
        for attribute in element.attributes() {
            match plain(attribute)? {
                "value" => value = read(kind, attribute.value)?,
                "id" => self.members.push(("id".into(), attribute.value.into())),
                name => return Err(Fault::at(Reason::UnknownElement, name)),
            }
        }
        let children = children(element)?;
        let count = children.clone().count();
        if count > 0 {
            let of = self.table.extension().ok_or_else(|| Fault::new(Reason::UnknownElement))?;
            let mut extensions = Vec::with_capacity(count);
            self.depth += 2;
            for (index, child) in children.enumerate() {
                if !child.is(FHIR, "extension") {
                    return Err(Fault::at(Reason::UnknownElement, child.name()));
                }
                extensions
                    .push(self.filled(child, of).map_err(|fault| fault.within("extension", Some(index)))?);
            }
            self.depth -= 2;
            self.members.push(("extension".into(), extensions.into()));
        }
        let companion = if self.members.len() == first { Value::Null } else { self.object(first) };
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
fn plain(attribute: Attribute<'_>) -> Converted<&str> {
    if attribute.namespace.is_empty() {
        Ok(attribute.local)
    } else {
        Err(Fault::at(Reason::UnknownElement, attribute.local))
    }
}

/// The elements inside; only white space, comments and instructions may stand between them.
fn children(element: Element<'_>) -> Converted<impl Iterator<Item = Element<'_>> + Clone> {
    if element.has_text() { Err(Fault::new(Reason::StrayText)) } else { Ok(element.elements()) }
}
