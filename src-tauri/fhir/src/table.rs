//! The tables of FHIR's types: which elements each has, in which order, and how they are written.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::Version;

/// Made by `tables/tables.py`, which also describes the form.
static R4: LazyLock<Table> = LazyLock::new(|| Table::read(Version::R4.definitions()));
static R5: LazyLock<Table> = LazyLock::new(|| Table::read(Version::R5.definitions()));

/// All types of one release.
pub(super) struct Table {
    types: Vec<Type>,
    resources: HashMap<&'static str, usize>,
    extension: Option<usize>,
}

/// What the content of an element looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Elements of its own; the index of its type.
    Complex(usize),
    /// Any resource.
    Resource,
    /// XHTML, a string in JSON.
    Xhtml,
    /// `true` and `false`.
    Boolean,
    /// A number in JSON.
    Number,
    /// A string in JSON.
    Text,
}

/// A datatype, a resource, or an element with elements of its own.
pub(super) struct Type {
    pub(super) elements: Vec<Rule>,
    /// Every name that may be written, a choice with each of its types, sorted.
    names: Vec<Written>,
}

/// A name as it may be written, with the companion's.
struct Written {
    name: String,
    companion: String,
    rule: usize,
    kind: Kind,
    of: &'static str,
}

/// One element of a type.
pub(super) struct Rule {
    /// The name that FHIRPath has: without a choice's type.
    pub(super) name: &'static str,
    pub(super) attribute: bool,
    pub(super) many: bool,
}

/// What a written name stands for.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) name: &'static str,
    /// The name of its companion: with `_`.
    pub(super) companion: &'static str,
    /// The index in [`Type::elements`], which is also XML's order.
    pub(super) rule: usize,
    pub(super) kind: Kind,
    /// The name of its type, such as `dateTime`.
    pub(super) of: &'static str,
}

impl Table {
    pub(super) fn of(version: Version) -> &'static Self {
        match version {
            Version::R4 => &R4,
            Version::R5 => &R5,
        }
    }

    /// The resource type `name`.
    pub(super) fn resource(&'static self, name: &str) -> Option<&'static Type> {
        self.types.get(*self.resources.get(name)?)
    }

    pub(super) fn complex(&'static self, index: usize) -> Option<&'static Type> {
        self.types.get(index)
    }

    /// The type Extension, which primitives have.
    pub(super) fn extension(&'static self) -> Option<&'static Type> {
        self.types.get(self.extension?)
    }

    fn read(text: &'static str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let named: Vec<(&str, &str)> = lines.map(|line| line.split_once(' ').unwrap_or((line, ""))).collect();
        let indexes: HashMap<&str, usize> = named
            .iter()
            .enumerate()
            .map(|(index, (name, _))| (name.trim_start_matches('+'), index))
            .collect();
        let types = named.iter().map(|(_, elements)| Type::read(elements, &indexes)).collect();
        let resources = named
            .iter()
            .enumerate()
            .filter_map(|(index, (name, _))| Some((name.strip_prefix('+')?, index)))
            .collect();
        let extension = indexes.get("Extension").copied();
        Self { types, resources, extension }
    }
}

impl Type {
    fn read(text: &'static str, indexes: &HashMap<&str, usize>) -> Self {
        let (mut elements, mut names) = (Vec::new(), Vec::new());
        for (rule, element) in text.split(' ').filter(|element| !element.is_empty()).enumerate() {
            let (written, types) = element.split_once('=').unwrap_or((element, ""));
            let (written, attribute) =
                written.strip_prefix('@').map_or((written, false), |written| (written, true));
            let (written, many) =
                written.strip_suffix('*').map_or((written, false), |written| (written, true));
            let choice = written.strip_suffix("[x]");
            let name = choice.unwrap_or(written);
            for kind in types.split('|') {
                let name = match choice {
                    Some(name) => format!("{name}{}", capitalised(kind)),
                    None => written.to_owned(),
                };
                let companion = format!("_{name}");
                names.push(Written { name, companion, rule, kind: Kind::of(kind, indexes), of: kind });
            }
            elements.push(Rule { name, attribute, many });
        }
        names.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Self { elements, names }
    }

    /// What `name` stands for here, as it is written in JSON (without `_`) and XML.
    pub(super) fn named(&'static self, name: &str) -> Option<Named> {
        let at = self.names.binary_search_by(|each| each.name.as_str().cmp(name)).ok()?;
        let Written { name, companion, rule, kind, of } = self.names.get(at)?;
        Some(Named { name, companion, rule: *rule, kind: *kind, of })
    }

    pub(super) fn rule(&self, index: usize) -> Option<&Rule> {
        self.elements.get(index)
    }
}

impl Kind {
    fn of(name: &str, indexes: &HashMap<&str, usize>) -> Self {
        match name {
            "Resource" => Self::Resource,
            "xhtml" => Self::Xhtml,
            "boolean" => Self::Boolean,
            "decimal" | "integer" | "positiveInt" | "unsignedInt" => Self::Number,
            _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
                indexes.get(name).map_or(Self::Text, |&index| Self::Complex(index))
            }
            _ => Self::Text,
        }
    }

    /// Whether this has a value, and in JSON a companion `_name`.
    pub(super) fn is_primitive(self) -> bool {
        matches!(self, Self::Boolean | Self::Number | Self::Text)
    }
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_tables_name_only_types_that_they_hold() {
        for text in Version::ALL.map(Version::definitions) {
            let lines = || text.lines().filter(|line| !line.starts_with('#'));
            let known: Vec<&str> =
                lines().map(|line| line.split(' ').next().unwrap().trim_start_matches('+')).collect();
            for line in lines() {
                for element in line.split(' ').skip(1) {
                    for name in element.split_once('=').unwrap().1.split('|') {
                        assert!(name == "Resource" || known.contains(&name), "{line}: {name}");
                    }
                }
            }
            assert!(known.len() > 600);
        }
    }

    #[test]
    fn names_choices_and_references_are_resolved() {
        let table = Table::of(Version::R4);
        let item = table.resource("Questionnaire").unwrap().named("item").unwrap();
        let Kind::Complex(of_item) = item.kind else { unreachable!() };
        let inner = table.complex(of_item).unwrap();
        assert_eq!(inner.named("item").unwrap().kind, item.kind);
        assert!(inner.named("initial[x]").is_none());
        let extension = table.extension().unwrap();
        assert_eq!(extension.named("valueDecimal").unwrap().kind, Kind::Number);
        assert!(extension.rule(extension.named("url").unwrap().rule).unwrap().attribute);
        assert!(table.resource("Extension").is_none());
    }
}
