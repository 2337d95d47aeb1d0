//! What a document consists of, as its readers see it: small copies that point into the document.

use std::fmt;

use super::tree::{Document, Namespace, Start, Stored};

/// What an element may contain.
#[derive(Clone, Copy)]
pub enum Node<'d> {
    /// An element.
    Element(Element<'d>),
    /// Text, references resolved; CDATA sections are text.
    Text(&'d str),
    /// A comment.
    Comment(&'d str),
    /// A processing instruction.
    ProcessingInstruction {
        /// Whom it is for.
        target: &'d str,
        /// What it says.
        data: &'d str,
    },
}

/// An element with everything that stood in its start tag. Two are equal when they are the same one of one document.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) start: &'d Start,
    /// Where it stands among the document's nodes.
    pub(super) index: u32,
}

/// A namespace declaration: `xmlns="…"` (empty prefix) or `xmlns:prefix="…"`.
#[derive(Clone, Copy)]
pub struct Declaration<'d> {
    /// The prefix, empty for the default namespace.
    pub prefix: &'d str,
    /// The namespace, empty where the default one is taken back.
    pub uri: &'d str,
}

/// An attribute that is not a namespace declaration.
#[derive(Clone, Copy)]
pub struct Attribute<'d> {
    /// The prefix, empty when there is none.
    pub prefix: &'d str,
    /// The name without its prefix.
    pub local: &'d str,
    /// The namespace, empty without a prefix.
    pub namespace: &'d str,
    /// The value, references resolved.
    pub value: &'d str,
}

/// Nodes that follow each other; what is inside of elements is passed over.
#[derive(Clone)]
pub(super) struct Nodes<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) at: u32,
    pub(super) end: u32,
}

impl<'d> Iterator for Nodes<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.at >= self.end {
            return None;
        }
        let (document, index) = (self.document, self.at);
        let stored = document.nodes.get(index as usize)?;
        self.at = index + 1;
        Some(match stored {
            Stored::Element(start) => {
                self.at = start.next;
                Node::Element(Element { document, start, index })
            }
            Stored::Text(text) => Node::Text(document.str(*text)),
            Stored::Comment(comment) => Node::Comment(document.str(*comment)),
            Stored::Instruction { target, data } => {
                Node::ProcessingInstruction { target: document.str(*target), data: document.str(*data) }
            }
        })
    }
}

impl<'d> Element<'d> {
    /// The prefix, empty when there is none.
    pub fn prefix(self) -> &'d str {
        self.written_name().0
    }

    /// The name without its prefix.
    pub fn name(self) -> &'d str {
        self.written_name().1
    }

    pub(super) fn written_name(self) -> (&'d str, &'d str) {
        self.document.name(self.start.at + 1, self.start.name)
    }

    /// The element as it is written, from its start tag to its end tag.
    pub(super) fn source(self) -> &'d str {
        self.document.text.get(self.start.at as usize..self.start.end as usize).unwrap_or_default()
    }

    /// The namespace, empty for none.
    pub fn namespace(self) -> &'d str {
        self.document.namespace(self.start.namespace)
    }

    /// Whether this is the element `name` of `namespace`.
    pub fn is(self, namespace: &str, name: &str) -> bool {
        self.name() == name && self.namespace() == namespace
    }

    /// The namespace declarations of this start tag, in order.
    pub fn declarations(self) -> impl ExactSizeIterator<Item = Declaration<'d>> {
        let first = self.start.declarations as usize;
        let own = self.document.declarations.get(first..first + usize::from(self.start.declaration_count));
        own.unwrap_or_default().iter().map(move |stored| Declaration {
            prefix: self.document.str(stored.prefix),
            uri: self.document.str(stored.uri),
        })
    }

    /// The attributes, in order.
    pub fn attributes(self) -> impl ExactSizeIterator<Item = Attribute<'d>> {
        let (first, count) = self.start.attributes;
        let own = self.document.attributes.get(first as usize..(first + count) as usize);
        own.unwrap_or_default().iter().map(move |stored| {
            let (prefix, local) = self.document.name(stored.at, stored.name);
            let namespace = self.document.namespace(stored.namespace);
            Attribute { prefix, local, namespace, value: self.document.str(stored.value) }
        })
    }

    /// The value of the attribute `name` without a namespace.
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        self.attributes()
            .find(|attribute| attribute.local == name && attribute.namespace.is_empty())
            .map(|attribute| attribute.value)
    }

    /// Everything inside, in order.
    pub fn children(self) -> impl Iterator<Item = Node<'d>> + Clone {
        Nodes { document: self.document, at: self.index + 1, end: self.start.next }
    }

    /// The elements directly inside, in order.
    pub fn elements(self) -> impl Iterator<Item = Element<'d>> + Clone {
        self.children().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The first element `name` of `namespace` directly inside.
    pub fn child(self, namespace: &str, name: &str) -> Option<Element<'d>> {
        self.elements().find(|element| element.is(namespace, name))
    }

    /// The text directly inside.
    pub fn text(self) -> String {
        self.children()
            .filter_map(|child| match child {
                Node::Text(text) => Some(text),
                _ => None,
            })
            .collect()
    }

    /// Whether text other than white space stands directly inside.
    pub(super) fn has_text(self) -> bool {
        self.start.has_text
    }

    /// Whether it reads the same by itself: it declares its own namespace and every prefix that is used in it.
    pub(super) fn stands_alone(self) -> bool {
        // What is declared inside comes after what is declared outside; the prefix xml is everywhere.
        let inside =
            |namespace: Namespace| namespace != Namespace::NONE && namespace.0 >= self.start.declarations;
        let Some(nodes) = self.document.nodes.get(self.index as usize..self.start.next as usize) else {
            return false;
        };
        inside(self.start.namespace)
            && nodes.iter().all(|node| {
                let Stored::Element(start) = node else { return true };
                let (first, count) = start.attributes;
                let own = self.document.attributes.get(first as usize..(first + count) as usize);
                (start.name.prefix == 0 || inside(start.namespace))
                    && own
                        .unwrap_or_default()
                        .iter()
                        .all(|attribute| attribute.name.prefix == 0 || inside(attribute.namespace))
            })
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({}, {} children)", self.name(), self.children().count())
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(element) => element.fmt(f),
            Self::Text(_) => f.write_str("Text(…)"),
            Self::Comment(_) => f.write_str("Comment(…)"),
            Self::ProcessingInstruction { .. } => f.write_str("ProcessingInstruction(…)"),
        }
    }
}
