//! The tree of a document: its nodes in one list, in the document's order, each naming where it stands in the text.
//!
//! Nothing of the text is copied but what reads differently than it is written (references, line ends), so that a node
//! costs the same few bytes whatever is in it, and no allocation of its own.

use std::fmt;

use super::element::{Element, Node, Nodes};
use super::{XML, XmlError, read};

/// One XML document; it borrows the text that it was read from. `Debug` of every part shows names only: content is
/// personal data.
pub struct Document<'t> {
    /// Without a byte order mark.
    pub(super) text: &'t str,
    /// What the text has in other characters: values and texts with references or line ends resolved.
    pub(super) resolved: String,
    /// What stands before the root, the root with everything in it, what stands after it.
    pub(super) nodes: Vec<Stored>,
    /// Those of one element after the other.
    pub(super) attributes: Vec<StoredAttribute>,
    pub(super) declarations: Vec<StoredDeclaration>,
    /// Where the root stands in `nodes`.
    pub(super) root: u32,
}

/// A place in [`Document::text`] or, with [`Span::RESOLVED`] in its start, in [`Document::resolved`].
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) length: u32,
}

impl Span {
    /// No document is long enough for this bit ([`super::MAX_BYTES`]).
    pub(super) const RESOLVED: u32 = 1 << 31;
}

/// A node as it is kept.
pub(super) enum Stored {
    Element(Start),
    Text(Span),
    Comment(Span),
    Instruction { target: Span, data: Span },
}

/// An element as it is kept. Indexes and lengths fit: both are below [`super::MAX_BYTES`].
pub(super) struct Start {
    /// Where its start tag begins, in bytes.
    pub(super) at: u32,
    /// Where its end tag ends.
    pub(super) end: u32,
    /// The node after everything in it.
    pub(super) next: u32,
    pub(super) name: Name,
    pub(super) namespace: Namespace,
    /// Its first attribute, and how many it has.
    pub(super) attributes: (u32, u32),
    /// Its first declaration; what is declared inside comes later.
    pub(super) declarations: u32,
    pub(super) declaration_count: u16,
    /// Whether there is text directly inside that is more than white space.
    pub(super) has_text: bool,
}

/// A name, of an element or an attribute.
#[derive(Clone, Copy)]
pub(super) struct Name {
    pub(super) length: u32,
    /// The length of its prefix, zero when there is none.
    pub(super) prefix: u32,
}

/// The index of the declaration that brings it, or one of the two that no declaration has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Namespace(pub(super) u32);

impl Namespace {
    pub(super) const NONE: Self = Self(u32::MAX);
    pub(super) const XML: Self = Self(u32::MAX - 1);
}

pub(super) struct StoredAttribute {
    /// Where its name begins.
    pub(super) at: u32,
    pub(super) name: Name,
    pub(super) namespace: Namespace,
    pub(super) value: Span,
}

pub(super) struct StoredDeclaration {
    pub(super) prefix: Span,
    pub(super) uri: Span,
}

impl<'t> Document<'t> {
    /// Reads one document.
    ///
    /// # Errors
    /// [`XmlError`] with line and column of the first thing that is wrong.
    pub fn parse(bytes: &'t [u8]) -> Result<Self, XmlError> {
        read::document(bytes)
    }

    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            resolved: String::new(),
            nodes: Vec::new(),
            attributes: Vec::new(),
            declarations: Vec::new(),
            root: 0,
        }
    }

    /// The root element.
    pub fn root(&self) -> Element<'_> {
        // The reader ends with an error where there is none.
        const NEVER: &Start = &Start {
            at: 0,
            end: 0,
            next: 0,
            name: Name { length: 0, prefix: 0 },
            namespace: Namespace::NONE,
            attributes: (0, 0),
            declarations: 0,
            declaration_count: 0,
            has_text: false,
        };
        let start = match self.nodes.get(self.root as usize) {
            Some(Stored::Element(start)) => start,
            _ => NEVER,
        };
        Element { document: self, start, index: self.root }
    }

    /// The elements from the root to `element`, this very one (not one like it); `None` when it is not in here.
    pub fn path_to<'d>(&'d self, element: Element<'d>) -> Option<Vec<Element<'d>>> {
        if !std::ptr::eq(element.document, self) {
            return None;
        }
        let mut path = vec![self.root()];
        while let Some(last) = path.last()
            && *last != element
        {
            let around =
                last.elements().find(|child| (child.index..child.start.next).contains(&element.index));
            path.push(around?);
        }
        Some(path)
    }

    /// What stands before the root.
    pub(super) fn prologue(&self) -> impl Iterator<Item = Node<'_>> {
        Nodes { document: self, at: 0, end: self.root }
    }

    /// What stands after the root.
    pub(super) fn epilogue(&self) -> impl Iterator<Item = Node<'_>> {
        Nodes { document: self, at: self.root().start.next, end: u32::MAX }
    }

    pub(super) fn str(&self, span: Span) -> &str {
        let start = (span.start & !Span::RESOLVED) as usize;
        let text = if span.start & Span::RESOLVED == 0 { self.text } else { self.resolved.as_str() };
        text.get(start..start + span.length as usize).unwrap_or_default()
    }

    /// The prefix of the name that begins at `at`, empty when there is none, and the rest.
    pub(super) fn name(&self, at: u32, name: Name) -> (&str, &str) {
        let (at, prefix, length) = (at as usize, name.prefix as usize, name.length as usize);
        let local = if prefix == 0 { at } else { at + prefix + 1 };
        (
            self.text.get(at..at + prefix).unwrap_or_default(),
            self.text.get(local..at + length).unwrap_or_default(),
        )
    }

    pub(super) fn namespace(&self, namespace: Namespace) -> &str {
        match namespace {
            Namespace::NONE => "",
            Namespace::XML => XML,
            Namespace(index) => {
                self.declarations.get(index as usize).map(|one| self.str(one.uri)).unwrap_or_default()
            }
        }
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({:?})", self.root())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`super::super::MAX_NODES`] makes of memory rests on this.
    #[test]
    fn a_node_is_small() {
        assert_eq!(size_of::<Stored>(), 40);
        assert_eq!(size_of::<StoredAttribute>(), 24);
    }
}
