//! Whether a resource in JSON has the shape that a release of FHIR gives it: its elements and no others, arrays where
//! several may be, objects where elements stand inside, and values of the right kind of JSON (FHIR R4, section 2.6.2).
//!
//! What is required, bound or constrained is not looked at. How a value of a type is written says whoever asks.

use crate::table::{Kind, Named, Table, Type};
use crate::xml::{ConvertReason as Reason, is_narrative};
use crate::{Object, Value, Version};

/// So many faults of one element are listed.
pub const MAX_FAULTS: usize = 100;

/// An element that has another shape in FHIR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misshapen {
    /// Its FHIRPath below the resource, such as `identifier[0].value`; of a name that FHIR does not have, `…`.
    pub path: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Whether a JSON string, number or boolean is written as this type writes it, such as `dateTime`.
pub type Written<'f> = &'f dyn Fn(&str, &Value) -> bool;

/// What is wrong with one element of a resource, and everything inside it: of the members `name` and `_name` of `object`, which
/// is a resource of the type `of`. `None` where `version` does not know the type, or no such element of it.
///
/// At most [`MAX_FAULTS`]. Each value inside is looked at once.
pub fn misshapen(
    version: Version,
    of: &str,
    object: &Object,
    name: &str,
    written: Written<'_>,
) -> Option<Vec<Misshapen>> {
    let table = Table::of(version);
    let of = table.resource(of)?;
    let named = of.named(name)?;
    let mut walk = Walk { table, written, path: String::new(), found: Vec::new() };
    walk.member(of, named, object, true);
    Some(walk.found)
}

struct Walk<'f> {
    table: &'static Table,
    written: Written<'f>,
    path: String,
    found: Vec<Misshapen>,
}

/// The recursion goes into values only, whose depth the parser bounds.
impl Walk<'_> {
    fn fault(&mut self, reason: Reason) {
        if self.found.len() < MAX_FAULTS {
            self.found.push(Misshapen { path: self.path.clone(), reason });
        }
    }

    /// Does something one step further down.
    fn within(&mut self, step: &str, index: Option<usize>, work: impl FnOnce(&mut Self)) {
        let before = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        let is_name =
            step.len() <= 64 && step.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        self.path.push_str(if is_name { step } else { "…" });
        if let Some(index) = index {
            self.path.extend(["[", &index.to_string(), "]"]);
        }
        work(self);
        self.path.truncate(before);
    }

    /// All elements of an object.
    fn object(&mut self, of: &'static Type, object: &Object, is_resource: bool) {
        let mut seen = Vec::with_capacity(object.len());
        for (member, _) in object.iter().filter(|(member, _)| !is_resource || *member != "resourceType") {
            let name = member.strip_prefix('_').unwrap_or(member);
            // What stands beside a value is looked at with the value.
            if name != member && object.contains(name) {
                continue;
            }
            match of.named(name) {
                None => self.within(member, None, |walk| walk.fault(Reason::UnknownElement)),
                // Two types of a choice.
                Some(named) if seen.contains(&named.rule) => {
                    self.within(name, None, |walk| walk.fault(Reason::Repeated));
                }
                Some(named) => {
                    seen.push(named.rule);
                    self.member(of, named, object, is_resource);
                }
            }
        }
        if object.is_empty() {
            self.fault(Reason::Empty);
        }
    }

    /// One element, with what stands beside it.
    fn member(&mut self, of: &'static Type, named: Named, object: &Object, of_resource: bool) {
        let (value, companion) = (object.get(named.name), object.get(named.companion));
        let Some(rule) = of.rule(named.rule) else { return };
        if companion.is_some() && (rule.attribute || !named.kind.is_primitive()) {
            return self.within(named.companion, None, |walk| walk.fault(Reason::UnknownElement));
        }
        // The tables have the type of a datatype's id for a resource's too.
        let of = if of_resource && named.name == "id" { "id" } else { named.of };
        if !rule.many {
            return self.within(named.name, None, |walk| walk.one(named.kind, of, value, companion));
        }
        let list = |value: Option<&Value>| value.map(|value| value.as_array().map(<[Value]>::len));
        let is_good =
            |length: Option<Option<usize>>| length.is_none_or(|length| length.is_some_and(|many| many > 0));
        let (values, companions) = (list(value), list(companion));
        if !is_good(values) || !is_good(companions) {
            let is_empty = values == Some(Some(0)) || companions == Some(Some(0));
            let reason = if is_empty { Reason::Empty } else { Reason::WrongShape };
            return self.within(named.name, None, |walk| walk.fault(reason));
        }
        if values.is_some() && companions.is_some() && values != companions {
            return self.within(named.name, None, |walk| walk.fault(Reason::Unpadded));
        }
        let count = values.or(companions).flatten().unwrap_or(0);
        for index in 0..count {
            self.within(named.name, Some(index), |walk| {
                walk.one(named.kind, of, there(value, index), there(companion, index));
            });
        }
    }

    fn one(&mut self, kind: Kind, of: &str, value: Option<&Value>, companion: Option<&Value>) {
        match (kind, value) {
            (_, None) if companion.is_none() => self.fault(Reason::Empty),
            (Kind::Complex(index), Some(Value::Object(object))) => {
                if let Some(of) = self.table.complex(index) {
                    self.object(of, object, false);
                }
            }
            (Kind::Resource, Some(resource @ Value::Object(object))) => {
                match resource.resource_type().and_then(|name| self.table.resource(name)) {
                    Some(of) => self.object(of, object, true),
                    None => self.fault(Reason::UnknownResource),
                }
            }
            (Kind::Xhtml, Some(Value::String(div))) if is_narrative(div) => {}
            (Kind::Xhtml, Some(Value::String(_))) => self.fault(Reason::BadNarrative),
            (kind, value) if kind.is_primitive() => {
                if let Some(value) = value {
                    self.primitive(kind, of, value);
                }
                if let Some(companion) = companion {
                    self.companion(companion);
                }
            }
            _ => self.fault(Reason::WrongShape),
        }
    }

    fn primitive(&mut self, kind: Kind, of: &str, value: &Value) {
        let is_shape = match kind {
            Kind::Boolean => value.as_bool().is_some(),
            Kind::Number => value.as_number().is_some(),
            _ => value.as_str().is_some(),
        };
        if !is_shape {
            self.fault(Reason::WrongShape);
        } else if !(self.written)(of, value) {
            self.fault(Reason::WrongValue);
        }
    }

    /// What stands beside a value: its id and extensions.
    fn companion(&mut self, companion: &Value) {
        let Some(object) = companion.as_object() else { return self.fault(Reason::WrongShape) };
        let extension = self.table.extension();
        // Of an extension the element `extension` is one like that of any element.
        let of = extension.and_then(|of| Some((of, of.named("extension")?)));
        for (name, value) in object.iter() {
            match (name, of) {
                ("id", _) if value.as_str().is_some() => {}
                ("id", _) => self.within(name, None, |walk| walk.fault(Reason::WrongShape)),
                ("extension", Some((of, named))) => self.member(of, named, object, false),
                _ => self.within(name, None, |walk| walk.fault(Reason::UnknownElement)),
            }
        }
        if object.is_empty() {
            self.fault(Reason::Empty);
        }
    }
}

/// An element of a list; `null` only keeps a place.
fn there(list: Option<&Value>, index: usize) -> Option<&Value> {
    list?.at(index).filter(|one| **one != Value::Null)
}
