//! Start tags: attributes, the namespaces that they declare, and those that names are in.

use std::collections::HashSet;

use super::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_NAMESPACES, Read, Reader, small};
use crate::xml::tree::{Name, Namespace, Span, Start, Stored, StoredAttribute, StoredDeclaration};
use crate::xml::{XML, XmlErrorKind, names};

/// From this many attributes on, those of one name are looked for in a set instead of by comparing each with each.
const MANY_ATTRIBUTES: usize = 16;

/// An attribute as it is written.
pub(super) struct Written<'t> {
    pub(super) name: &'t str,
    prefix: &'t str,
    local: &'t str,
    pub(super) value: Span,
}

impl<'t> Written<'t> {
    /// The prefix that this declares, empty for the default namespace; `None` when it is a plain attribute.
    fn declared(&self) -> Option<&'t str> {
        match self.prefix {
            "xmlns" => Some(self.local),
            "" if self.local == "xmlns" => Some(""),
            _ => None,
        }
    }
}

impl<'t> Reader<'t> {
    pub(super) fn start(&mut self, tag: &'t str, at: usize) -> Read<()> {
        if self.open.is_empty() && self.has_root {
            return Err(XmlErrorKind::OutsideRoot);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlErrorKind::TooDeep);
        }
        let (name, rest) = tag.split_at(names::before_space(tag));
        let (prefix, local) = names::split(name)?;
        self.attributes(rest)?;
        // Both tags, since an element takes the most memory, as a node and then in JSON.
        self.count(2 + self.written.len())?;
        let declarations = small(self.document.declarations.len());
        let declaration_count = self.declare()?;
        let attributes = small(self.document.attributes.len());
        let attribute_count = self.resolve_attributes()?;
        let namespace = self.resolve(prefix)?;
        let start = Start {
            at: small(at),
            end: 0,
            next: 0,
            name: name_of(prefix, local),
            namespace,
            attributes: (attributes, attribute_count),
            declarations,
            declaration_count,
            has_text: false,
        };
        let index = small(self.document.nodes.len());
        if self.open.is_empty() {
            (self.has_root, self.document.root) = (true, index);
        }
        self.open.push(index);
        self.document.nodes.push(Stored::Element(start));
        self.joins = false;
        Ok(())
    }

    /// Reads the attributes of a start tag: names as written and unique, values normalised.
    pub(super) fn attributes(&mut self, mut rest: &'t str) -> Read<()> {
        self.written.clear();
        let mut known = HashSet::new();
        loop {
            let trimmed = names::trim_start(rest);
            if trimmed.is_empty() {
                return Ok(());
            }
            if trimmed.len() == rest.len() {
                return Err(XmlErrorKind::Malformed);
            }
            let (name, after) = names::split_at(trimmed, b'=').ok_or(XmlErrorKind::Malformed)?;
            let name = name.trim_end_matches(names::is_space);
            let (prefix, local) = names::split(name)?;
            let after = names::trim_start(after);
            let quote = *after.as_bytes().first().ok_or(XmlErrorKind::Malformed)?;
            let quoted = after.get(1..).filter(|_| matches!(quote, b'"' | b'\''));
            let (value, next) =
                quoted.and_then(|quoted| names::split_at(quoted, quote)).ok_or(XmlErrorKind::Malformed)?;
            let known = if self.written.len() < MANY_ATTRIBUTES {
                self.written.iter().any(|other| other.name == name)
            } else {
                if known.is_empty() {
                    known.extend(self.written.iter().map(|other| other.name));
                }
                !known.insert(name)
            };
            if known {
                return Err(XmlErrorKind::DuplicateAttribute);
            }
            if self.written.len() >= MAX_ATTRIBUTES {
                return Err(XmlErrorKind::TooManyAttributes);
            }
            let value = self.keep(names::attribute(value)?);
            self.written.push(Written { name, prefix, local, value });
            rest = next;
        }
    }

    /// Takes the declarations among the attributes that were read last into scope; how many they are.
    fn declare(&mut self) -> Read<u16> {
        let mut count = 0;
        for attribute in &self.written {
            let Some(prefix) = attribute.declared() else { continue };
            declaration(prefix, self.document.str(attribute.value))?;
            let declared = StoredDeclaration { prefix: self.span(prefix), uri: attribute.value };
            self.scope.push(small(self.document.declarations.len()));
            self.document.declarations.push(declared);
            count += 1;
        }
        if self.scope.len() > MAX_NAMESPACES {
            return Err(XmlErrorKind::TooManyNamespaces);
        }
        Ok(count)
    }

    /// Keeps the attributes that were read last and are no declarations; how many they are.
    fn resolve_attributes(&mut self) -> Read<u32> {
        let mut kept = std::mem::take(&mut self.document.attributes);
        let before = kept.len();
        // Names as written are unique already; only two prefixes of one namespace can bring one name twice.
        let mut expanded = None;
        for attribute in self.written.iter().filter(|attribute| attribute.declared().is_none()) {
            let Written { name, prefix, local, value } = *attribute;
            let mut namespace = Namespace::NONE;
            if !prefix.is_empty() {
                namespace = self.resolve(prefix)?;
                let expanded = expanded.get_or_insert_with(HashSet::new);
                if !expanded.insert((self.document.namespace(namespace), local)) {
                    return Err(XmlErrorKind::DuplicateAttribute);
                }
            }
            let at = self.span(name).start;
            kept.push(StoredAttribute { at, name: name_of(prefix, local), namespace, value });
        }
        let count = small(kept.len() - before);
        self.document.attributes = kept;
        Ok(count)
    }

    fn resolve(&self, prefix: &str) -> Read<Namespace> {
        if prefix == "xml" {
            return Ok(Namespace::XML);
        }
        let declares = |index: &&u32| {
            let declared = self.document.declarations.get(**index as usize);
            declared.is_some_and(|declared| self.document.str(declared.prefix) == prefix)
        };
        match self.scope.iter().rev().find(declares) {
            Some(index) => Ok(Namespace(*index)),
            None if prefix.is_empty() => Ok(Namespace::NONE),
            None => Err(XmlErrorKind::UndeclaredPrefix),
        }
    }
}

fn name_of(prefix: &str, local: &str) -> Name {
    let colon = usize::from(!prefix.is_empty());
    Name { length: small(prefix.len() + colon + local.len()), prefix: small(prefix.len()) }
}

/// A declaration that Namespaces in XML 1.0, section 3 allows; Canonical XML refuses relative names too.
fn declaration(prefix: &str, uri: &str) -> Read<()> {
    let scheme = uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    });
    let allowed = match prefix {
        "xmlns" => false,
        "xml" => uri == XML,
        _ => {
            uri != XML
                && uri != "http://www.w3.org/2000/xmlns/"
                && (scheme || (uri.is_empty() && prefix.is_empty()))
        }
    };
    if allowed { Ok(()) } else { Err(XmlErrorKind::BadNamespace) }
}
