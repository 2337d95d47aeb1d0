//! FHIR's types: which elements each has, and of which type they are.
//!
//! Read from the same tables as the conversion to XML, [`fhir::Version::definitions`].

use std::sync::LazyLock;

use fhir::Version;
use rustc_hash::FxHashMap;

static R4: LazyLock<Types> = LazyLock::new(|| Types::read(Version::R4.definitions()));
static R5: LazyLock<Types> = LazyLock::new(|| Types::read(Version::R5.definitions()));

/// A type of one release, or none that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Type(u16);

/// All types of one release.
pub(crate) struct Types {
    list: Vec<Definition>,
    names: Named<Type>,
    /// The names that FHIRPath has besides: abstract types.
    pub(crate) known: Known,
}

/// Types that are asked for by name.
pub(crate) struct Known {
    pub(crate) boolean: Type,
    pub(crate) integer: Type,
    pub(crate) decimal: Type,
    pub(crate) string: Type,
    pub(crate) extension: Type,
    pub(crate) answer_item: Type,
    pub(crate) answer: Type,
    pub(crate) answer_option: Type,
}

pub(crate) struct Definition {
    pub(crate) name: &'static str,
    pub(crate) resource: bool,
    pub(crate) form: Form,
    elements: Named<Element>,
    /// Choices by their written names.
    written: FxHashMap<String, Type>,
}

/// How values of a type are turned into FHIRPath's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    Boolean,
    Integer,
    Decimal,
    Text,
    Date,
    DateTime,
    Time,
    Quantity,
    Complex,
}

pub(crate) struct Element {
    /// The type; of a choice, the first.
    pub(crate) kind: Type,
    /// All types of a choice.
    pub(crate) choices: Box<[Type]>,
    pub(crate) choice: bool,
    /// Whether there can be a `_name` with id and extensions.
    pub(crate) primitive: bool,
}

/// A table by names that stand in this program. Only they are ever put in, so nobody can make them collide.
type Named<T> = FxHashMap<&'static str, T>;

impl Type {
    pub(crate) const UNKNOWN: Self = Self(u16::MAX);
}

impl Types {
    pub(crate) fn of(version: Version) -> &'static Self {
        match version {
            Version::R4 => &R4,
            Version::R5 => &R5,
        }
    }

    /// The type `name`, a datatype, resource, or an element's path such as `Questionnaire.item`.
    pub(crate) fn named(&self, name: &str) -> Option<Type> {
        self.names.get(name).copied()
    }

    pub(crate) fn definition(&self, kind: Type) -> Option<&Definition> {
        self.list.get(usize::from(kind.0))
    }

    pub(crate) fn form(&self, kind: Type) -> Option<Form> {
        self.definition(kind).map(|definition| definition.form)
    }

    /// The type that a choice's name ends with.
    pub(crate) fn suffix(&self, suffix: &str) -> Option<Type> {
        if !suffix.starts_with(|first: char| first.is_ascii_uppercase()) {
            return None;
        }
        let complex = self.named(suffix).filter(|kind| self.definition(*kind).is_some_and(|it| !it.resource));
        complex.or_else(|| {
            let mut name = suffix.to_owned();
            name.get_mut(..1)?.make_ascii_lowercase();
            self.named(&name)
        })
    }

    /// All types.
    pub(crate) fn all(&self) -> impl Iterator<Item = Type> {
        (0..u16::MAX).map(Type).take(self.list.len())
    }

    /// Whether `name` is a type that no element has.
    pub(crate) fn is_abstract(name: &str) -> bool {
        ABSTRACT.contains(&name)
    }

    /// Whether `name` is a type, abstract ones included.
    pub(crate) fn exists(&self, name: &str) -> bool {
        self.names.contains_key(name) || ABSTRACT.contains(&name)
    }

    /// Whether the type `of` is `name` or derived from it.
    pub(crate) fn derives(&self, of: Type, name: &str) -> bool {
        let Some(definition) = self.definition(of) else { return false };
        let own = definition.name;
        own == name
            || match name {
                "Resource" => definition.resource,
                "DomainResource" => definition.resource && !matches!(own, "Bundle" | "Binary" | "Parameters"),
                "Element" => !definition.resource,
                "BackboneElement" => own.contains('.'),
                "PrimitiveType" => !matches!(definition.form, Form::Complex | Form::Quantity),
                "DataType" => !definition.resource && !own.contains('.'),
                "string" => matches!(own, "code" | "id" | "markdown"),
                "uri" => matches!(own, "url" | "canonical" | "uuid" | "oid"),
                "integer" => matches!(own, "positiveInt" | "unsignedInt"),
                "Quantity" => QUANTITIES.contains(&own),
                _ => false,
            }
    }

    fn read(text: &'static str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let types: Vec<(&str, &str)> = lines.map(|line| line.split_once(' ').unwrap_or((line, ""))).collect();
        let names: Named<Type> = (0..u16::MAX)
            .zip(&types)
            .map(|(index, (name, _))| (name.trim_start_matches('+'), Type(index)))
            .collect();
        let list = types.iter().map(|(name, elements)| Definition::read(name, elements, &names)).collect();
        let get = |name| names.get(name).copied().unwrap_or(Type::UNKNOWN);
        let known = Known {
            boolean: get("boolean"),
            integer: get("integer"),
            decimal: get("decimal"),
            string: get("string"),
            extension: get("Extension"),
            answer_item: get("QuestionnaireResponse.item"),
            answer: get("QuestionnaireResponse.item.answer"),
            answer_option: get("Questionnaire.item.answerOption"),
        };
        Self { list, names, known }
    }
}

/// Types that no element has.
const ABSTRACT: [&str; 9] = [
    "Resource",
    "DomainResource",
    "Element",
    "BackboneElement",
    "PrimitiveType",
    "DataType",
    "Base",
    "MoneyQuantity",
    "SimpleQuantity",
];

const QUANTITIES: [&str; 6] = ["Age", "Count", "Distance", "Duration", "MoneyQuantity", "SimpleQuantity"];

impl Definition {
    fn read(name: &'static str, text: &'static str, names: &Named<Type>) -> Self {
        let (mut elements, mut written) = (FxHashMap::default(), FxHashMap::default());
        let get = |name: &str| names.get(name).copied().unwrap_or(Type::UNKNOWN);
        for element in text.split(' ').filter(|element| !element.is_empty()) {
            let (path, types) = element.split_once('=').unwrap_or((element, ""));
            let path = path.trim_start_matches('@').trim_end_matches('*');
            let first = types.split('|').next().unwrap_or_default();
            let choice = path.strip_suffix("[x]");
            let element_name = choice.unwrap_or(path);
            if let Some(choice) = choice {
                for kind in types.split('|') {
                    let mut suffix = kind.to_owned();
                    if let Some(first) = suffix.get_mut(..1) {
                        first.make_ascii_uppercase();
                    }
                    written.insert(format!("{choice}{suffix}"), get(kind));
                }
            }
            let primitive = first.starts_with(|first: char| first.is_ascii_lowercase());
            let choices = if choice.is_some() { types.split('|').map(get).collect() } else { Box::default() };
            let element = Element { kind: get(first), choices, choice: choice.is_some(), primitive };
            elements.insert(element_name, element);
        }
        let resource = name.starts_with('+');
        let name = name.trim_start_matches('+');
        Self { name, resource, form: Form::of(name), elements, written }
    }

    pub(crate) fn element(&self, name: &str) -> Option<&Element> {
        self.elements.get(name)
    }

    /// The type of the choice that is written `name`.
    pub(crate) fn written(&self, name: &str) -> Option<Type> {
        self.written.get(name).copied()
    }

    /// The choice that is written `name`: `value` of `valueQuantity`.
    pub(crate) fn choice_of(&self, name: &str) -> Option<&'static str> {
        let written = self.written(name)?;
        let is_it = |(element, it): &(&&'static str, &Element)| {
            name.starts_with(**element) && it.choices.contains(&written)
        };
        self.elements.iter().filter(is_it).map(|(element, _)| *element).max_by_key(|element| element.len())
    }

    /// The type of the member that is written `name`.
    pub(crate) fn member(&self, name: &str) -> Option<Type> {
        self.element(name)
            .filter(|element| !element.choice)
            .map(|element| element.kind)
            .or_else(|| self.written(name))
    }
}

impl Form {
    fn of(name: &str) -> Self {
        match name {
            "boolean" => Self::Boolean,
            "integer" | "positiveInt" | "unsignedInt" | "integer64" => Self::Integer,
            "decimal" => Self::Decimal,
            "date" => Self::Date,
            "dateTime" | "instant" => Self::DateTime,
            "time" => Self::Time,
            "Quantity" => Self::Quantity,
            _ if QUANTITIES.contains(&name) => Self::Quantity,
            _ if name.starts_with(|first: char| first.is_ascii_lowercase()) => Self::Text,
            _ => Self::Complex,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn elements_choices_and_families_are_known() {
        for version in Version::ALL {
            let types = Types::of(version);
            let answer = types.definition(types.known.answer).unwrap();
            assert!(answer.element("value").unwrap().choice);
            assert_eq!(answer.member("valueCoding"), types.named("Coding"));
            assert_eq!(answer.element("item").unwrap().kind, types.known.answer_item);
            let patient = types.named("Patient").unwrap();
            let gender = types.definition(patient).unwrap().element("gender").unwrap();
            assert_eq!(types.definition(gender.kind).unwrap().name, "code");
            assert!(types.derives(gender.kind, "string") && !types.derives(gender.kind, "id"));
            assert!(types.derives(patient, "DomainResource"));
            assert_eq!(types.suffix("DateTime"), types.named("dateTime"));
            assert_eq!(types.suffix("Patient"), None);
        }
    }
}
