//! Elements of the data, and the way from one to the next.

use std::fmt;

use fhir::{Object, Value};

use crate::types::{Definition, Element, Form, Type, Types};
use crate::{Collection, Item};

/// An element of the data: where it is, and of which type.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    /// The value; none where a primitive has only extensions.
    value: Option<&'a Value>,
    /// A primitive's id and extensions.
    companion: Option<&'a Value>,
    pub(crate) kind: Type,
    /// The item of a QuestionnaireResponse that an answer belongs to.
    pub(crate) question: Option<&'a Value>,
}

impl<'a> Node<'a> {
    /// The JSON value; none where a primitive has only extensions.
    pub fn value(&self) -> Option<&'a Value> {
        self.value
    }

    /// The member `_name` of a primitive: its id and extensions.
    pub fn companion(&self) -> Option<&'a Value> {
        self.companion
    }

    /// The item of a QuestionnaireResponse that this answer or part of an answer belongs to.
    pub fn question(&self) -> Option<&'a Value> {
        self.question
    }

    /// The same element, known to be (part of) an answer of `item`.
    #[must_use]
    pub fn of_question(self, item: &'a Value) -> Self {
        Self { question: Some(item), ..self }
    }

    /// A value of this type; a resource's own type is preferred.
    pub(crate) fn new(value: &'a Value, kind: Type, types: &Types) -> Self {
        let kind = value.resource_type().and_then(|name| types.named(name)).unwrap_or(kind);
        Self { value: Some(value), companion: None, kind, question: None }
    }

    pub(crate) fn object(&self) -> Option<&'a Object> {
        self.value.and_then(Value::as_object)
    }

    /// Whether this is a primitive with a value.
    pub(crate) fn has_value(&self) -> bool {
        matches!(self.value, Some(Value::Bool(_) | Value::Number(_) | Value::String(_)))
    }

    /// The object that has id and extensions.
    pub(crate) fn element(&self) -> Option<&'a Object> {
        self.object().or_else(|| self.companion.and_then(Value::as_object))
    }

    /// The name of the type, also where only JSON's is known.
    pub(crate) fn type_name<'t>(&self, types: &'t Types) -> Option<&'t str> {
        types.definition(self.kind).map(|definition| definition.name)
    }

    /// The item that what is below here answers.
    fn question_below(&self, object: &Object, types: &Types) -> Option<&'a Value> {
        let is_item = self.kind == types.known.answer_item
            || (self.kind == Type::UNKNOWN && object.contains("linkId") && object.contains("answer"));
        if is_item { self.value } else { self.question }
    }

    /// The member `name`, of a choice whichever there is, added to `found`.
    pub(crate) fn member(&self, name: &str, types: &Types, found: &mut Collection<'a>) {
        let element = types.definition(self.kind).and_then(|definition| definition.element(name));
        self.member_as(name, element, types, found);
    }

    /// The same, where the element of this type that is called so is known already.
    pub(crate) fn member_as(
        &self,
        name: &str,
        element: Option<&Element>,
        types: &Types,
        found: &mut Collection<'a>,
    ) {
        let Some(object) = self.element() else { return };
        let question = self.question_below(object, types);
        let primitive = self.object().is_none();
        let Some(definition) = types.definition(self.kind).filter(|_| !primitive) else {
            return untyped(name, object, types, question, found);
        };
        match element {
            Some(element) if element.choice => choice(object, definition, name, types, question, found),
            Some(element) => {
                let (value, companion) =
                    if element.primitive { pair(object, name) } else { (object.get(name), None) };
                push(value, companion, element.kind, types, question, found);
            }
            None => {
                if let Some(kind) = definition.written(name) {
                    let (value, companion) = pair(object, name);
                    push(value, companion, kind, types, question, found);
                } else if name == "resourceType" {
                    push(object.get(name), None, types.known.string, types, question, found);
                } else if definition.form == Form::Complex && definition.name == "Resource" {
                    untyped(name, object, types, question, found);
                }
            }
        }
    }

    /// The one string `name`, where it is there and its type is a string's.
    pub(crate) fn plain_text(&self, name: &str, types: &Types) -> Option<&'a str> {
        let text = self.object()?.get(name)?.as_str()?;
        let Some(definition) = types.definition(self.kind) else { return Some(text) };
        let element = definition.element(name).filter(|element| !element.choice)?;
        (types.form(element.kind) == Some(Form::Text)).then_some(text)
    }

    /// All members, in the order written.
    pub(crate) fn children(&self, types: &Types, found: &mut Collection<'a>) {
        let Some(object) = self.element() else { return };
        let question = self.question_below(object, types);
        let definition = types.definition(self.kind).filter(|_| self.object().is_some());
        for (member, value) in object.iter() {
            if member == "resourceType" || member == "fhir_comments" {
                continue;
            }
            let written = member.strip_prefix('_').unwrap_or(member);
            let known = definition.and_then(|definition| definition.member(written));
            let kind = match known {
                Some(kind) => kind,
                None if written == "extension" => types.known.extension,
                None => (1..written.len())
                    .filter(|_| definition.is_none())
                    .find_map(|at| types.suffix(written.get(at..)?))
                    .unwrap_or(Type::UNKNOWN),
            };
            if written.len() != member.len() {
                if !object.contains(written) {
                    push(None, Some(value), kind, types, question, found);
                }
            } else if matches!(value, Value::Object(_)) {
                push(Some(value), None, kind, types, question, found);
            } else {
                let companion = object.iter().find(|(other, _)| other.strip_prefix('_') == Some(member));
                push(Some(value), companion.map(|(_, value)| value), kind, types, question, found);
            }
        }
    }
}

/// A member of an object of which no type is known: by JSON's own, and by the ends of choices' names.
fn untyped<'a>(
    name: &str,
    object: &'a Object,
    types: &Types,
    question: Option<&'a Value>,
    found: &mut Collection<'a>,
) {
    let kind = if name == "extension" { types.known.extension } else { Type::UNKNOWN };
    let (value, companion) = pair(object, name);
    if value.is_some() || companion.is_some() {
        return push(value, companion, kind, types, question, found);
    }
    for (member, value) in object.iter() {
        let written = member.strip_prefix('_').unwrap_or(member);
        let Some(kind) = written.strip_prefix(name).and_then(|suffix| types.suffix(suffix)) else {
            continue;
        };
        if written.len() == member.len() {
            let companion = object.iter().find(|(other, _)| other.strip_prefix('_') == Some(member));
            push(Some(value), companion.map(|(_, value)| value), kind, types, question, found);
        } else if !object.contains(written) {
            push(None, Some(value), kind, types, question, found);
        }
    }
}

/// The members `name` and `_name`.
fn pair<'a>(object: &'a Object, name: &str) -> (Option<&'a Value>, Option<&'a Value>) {
    let (mut value, mut companion) = (None, None);
    for (member, content) in object.iter() {
        if member == name {
            value = Some(content);
        } else if member.len() == name.len() + 1 && member.strip_prefix('_') == Some(name) {
            companion = Some(content);
        }
    }
    (value, companion)
}

/// The one member that a choice has.
fn choice<'a>(
    object: &'a Object,
    definition: &Definition,
    name: &str,
    types: &Types,
    question: Option<&'a Value>,
    found: &mut Collection<'a>,
) {
    let mut first: Option<(&str, Type)> = None;
    let (mut value, mut companion) = (None, None);
    for (member, content) in object.iter() {
        let written = member.strip_prefix('_').unwrap_or(member);
        if !written.starts_with(name) || written.len() == name.len() {
            continue;
        }
        let Some(kind) = definition.written(written) else { continue };
        match first {
            Some((other, _)) if other != written => continue,
            Some(_) => {}
            None => first = Some((written, kind)),
        }
        if written.len() == member.len() { value = Some(content) } else { companion = Some(content) }
    }
    if let Some((_, kind)) = first {
        push(value, companion, kind, types, question, found);
    }
}

/// Adds a member's value, or the elements of its array with their companions.
fn push<'a>(
    value: Option<&'a Value>,
    companion: Option<&'a Value>,
    kind: Type,
    types: &Types,
    question: Option<&'a Value>,
    found: &mut Collection<'a>,
) {
    if let Some(Value::Array(values)) = value {
        found.reserve(values.len());
    }
    let mut one = |value: Option<&'a Value>, companion: Option<&'a Value>| {
        let value = value.filter(|value| !matches!(value, Value::Null));
        let companion = companion.filter(|value| !matches!(value, Value::Null));
        if value.is_none() && companion.is_none() {
            return;
        }
        let kind = value.and_then(|value| guess(value, kind, types)).unwrap_or(kind);
        found.push(Item::Node(Node { value, companion, kind, question }));
    };
    match (value, companion) {
        (Some(Value::Array(values)), companion) => {
            let companions = companion.and_then(Value::as_array).unwrap_or_default();
            for index in 0..values.len().max(companions.len()) {
                one(values.get(index), companions.get(index));
            }
        }
        (None, Some(Value::Array(companions))) => companions.iter().for_each(|each| one(None, Some(each))),
        (value, companion) => one(value, companion),
    }
}

/// What JSON says of the type: a resource's name, and of an unknown type which primitive it is.
fn guess(value: &Value, kind: Type, types: &Types) -> Option<Type> {
    match value {
        Value::Object(object) => {
            let known = types.definition(kind);
            if known.is_some_and(|definition| definition.name != "Resource") {
                return None;
            }
            object.get("resourceType").and_then(Value::as_str).and_then(|name| types.named(name))
        }
        _ if kind != Type::UNKNOWN => None,
        Value::Bool(_) => Some(types.known.boolean),
        Value::Number(number) if number.as_str().contains(['.', 'e', 'E']) => Some(types.known.decimal),
        Value::Number(_) => Some(types.known.integer),
        Value::String(_) => Some(types.known.string),
        _ => None,
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Node(…)")
    }
}
