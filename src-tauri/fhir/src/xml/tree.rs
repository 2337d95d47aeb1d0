//! The tree of a document.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::{XmlError, read};

/// One XML document. `Debug` of every part shows names only: content is personal data.
#[derive(Debug)]
pub struct Document {
    pub(super) prologue: Vec<Node>,
    pub(super) root: Element,
    pub(super) epilogue: Vec<Node>,
}

/// What an element may contain.
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, references resolved; CDATA sections are text.
    Text(String),
    /// A comment.
    Comment(String),
    /// A processing instruction.
    ProcessingInstruction {
        /// Whom it is for.
        target: String,
        /// What it says.
        data: String,
    },
}

/// An element with everything that stood in its start tag.
pub struct Element {
    pub(super) prefix: Box<str>,
    pub(super) local: Box<str>,
    pub(super) namespace: Arc<str>,
    pub(super) declarations: Vec<Declaration>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
    /// Where it stands in the document's text, a byte order mark not counted.
    pub(super) source: Range<usize>,
}

/// A namespace declaration: `xmlns="…"` (empty prefix) or `xmlns:prefix="…"`.
pub struct Declaration {
    /// The prefix, empty for the default namespace.
    pub prefix: Box<str>,
    /// The namespace, empty where the default one is taken back.
    pub uri: Arc<str>,
}

/// An attribute that is not a namespace declaration.
pub struct Attribute {
    /// The prefix, empty when there is none.
    pub prefix: Box<str>,
    /// The name without its prefix.
    pub local: Box<str>,
    /// The namespace, empty without a prefix.
    pub namespace: Arc<str>,
    /// The value, references resolved.
    pub value: String,
}

impl Document {
    /// Reads one document.
    ///
    /// # Errors
    /// [`XmlError`] with line and column of the first thing that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, XmlError> {
        read::document(bytes)
    }

    /// The root element.
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// The elements from the root to `element`, this very one (not one like it); `None` when it is not in here.
    pub fn path_to<'a>(&'a self, element: &Element) -> Option<Vec<&'a Element>> {
        let mut path = Vec::new();
        find(&self.root, element, &mut path).then_some(path)
    }
}

fn find<'a>(here: &'a Element, wanted: &Element, path: &mut Vec<&'a Element>) -> bool {
    path.push(here);
    if std::ptr::eq(here, wanted) || here.elements().any(|child| find(child, wanted, path)) {
        return true;
    }
    path.pop();
    false
}

impl Element {
    /// The prefix, empty when there is none.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The name without its prefix.
    pub fn name(&self) -> &str {
        &self.local
    }

    pub(super) fn source(&self) -> Range<usize> {
        self.source.clone()
    }

    /// The namespace, empty for none.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether this is the element `name` of `namespace`.
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        &*self.local == name && &*self.namespace == namespace
    }

    /// The namespace declarations of this start tag, in order.
    pub fn declarations(&self) -> &[Declaration] {
        &self.declarations
    }

    /// The attributes, in order.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The value of the attribute `name` without a namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| &*attribute.local == name && attribute.namespace.is_empty())
            .map(|attribute| attribute.value.as_str())
    }

    /// Everything inside, in order.
    pub fn children(&self) -> &[Node] {
        &self.children
    }

    /// The elements directly inside, in order.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The first element `name` of `namespace` directly inside.
    pub fn child(&self, namespace: &str, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.is(namespace, name))
    }

    /// The text directly inside.
    pub fn text(&self) -> String {
        self.children
            .iter()
            .filter_map(|child| match child {
                Node::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({}, {} children)", self.local, self.children.len())
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(element) => element.fmt(f),
            Self::Text(_) => f.write_str("Text(…)"),
            Self::Comment(_) => f.write_str("Comment(…)"),
            Self::ProcessingInstruction { .. } => f.write_str("ProcessingInstruction(…)"),
        }
    }
}
