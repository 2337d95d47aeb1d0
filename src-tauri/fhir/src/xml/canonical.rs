//! Canonical XML without comments: 1.0, 1.1 and exclusive 1.0 (the W3C recommendations of those names).
//!
//! In a subtree the outermost element takes over the namespaces in scope and, as its form says, its ancestors' `xml:`
//! attributes. One case is refused instead of guessed: see [`CanonicalError`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::XML;
use super::convert::is_narrative;
use super::element::{Element, Node};
use super::tree::Document;
use crate::{Object, Value};

/// The algorithms of canonicalisation that signatures name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Canonical XML 1.0.
    Inclusive10,
    /// Canonical XML 1.1.
    Inclusive11,
    /// Exclusive XML Canonicalization 1.0, with its `InclusiveNamespaces` prefixes (empty for `#default`).
    Exclusive10(Vec<String>),
}

/// Why a subtree has no canonical form here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The element belongs to another document.
    #[error("the element is not part of this document")]
    NotInDocument,
    /// Canonical XML 1.1 would have to join `xml:base` values of ancestors, which is not done here.
    #[error(
        "the element's ancestors carry xml:base, which Canonical XML 1.1 of a part cannot take over here"
    )]
    InheritedBase,
    /// The form would be larger than [`MAX_FORM`].
    #[error(
        "the canonical form would be larger than 128 MB: one long namespace is declared anew by many elements"
    )]
    TooLarge,
}

/// The largest canonical form, in bytes. Exclusive canonical XML may repeat one declaration in every element, so that a
/// form can be a thousand times as large as its document.
pub const MAX_FORM: usize = 2 * super::MAX_BYTES;

impl Form {
    /// The form of an algorithm URI without comments.
    pub fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Some(Self::Inclusive10),
            "http://www.w3.org/2006/12/xml-c14n11" => Some(Self::Inclusive11),
            "http://www.w3.org/2001/10/xml-exc-c14n#" => Some(Self::Exclusive10(Vec::new())),
            _ => None,
        }
    }
}

/// The whole document in Canonical XML 1.1 without comments.
pub fn c14n11(document: &Document<'_>) -> String {
    // Only exclusive forms repeat what is declared once.
    whole(document, &Form::Inclusive11).0
}

/// The resource with each narrative's `div`, also of the resources inside, in Canonical XML 1.1. One that is not
/// well-formed XHTML has no such form and stays as it is.
pub fn canonical_narratives(resource: &Value) -> Value {
    match resource {
        Value::Array(elements) => Value::Array(elements.iter().map(canonical_narratives).collect()),
        Value::Object(object) => {
            let mut written = Object::new();
            for (name, member) in object.iter() {
                let member = match member {
                    // No other type of FHIR's has a string of this name.
                    Value::String(div) if name == "div" => canonical_narrative(div).into(),
                    other => canonical_narratives(other),
                };
                written.push_new(name.to_owned(), member);
            }
            written.into()
        }
        other => other.clone(),
    }
}

fn canonical_narrative(div: &str) -> String {
    match Document::parse(div.as_bytes()) {
        Ok(document) if is_narrative(div) => c14n11(&document),
        _ => div.to_owned(),
    }
}

/// `element` and everything in it in Canonical XML 1.1 without comments.
///
/// # Errors
/// [`CanonicalError`].
pub fn c14n11_subtree(document: &Document<'_>, element: Element<'_>) -> Result<String, CanonicalError> {
    subtree(document, element, &Form::Inclusive11, None)
}

/// The whole document in `form`.
///
/// # Errors
/// [`CanonicalError::TooLarge`].
pub fn document_in(document: &Document<'_>, form: &Form) -> Result<String, CanonicalError> {
    match whole(document, form) {
        (_, true) => Err(CanonicalError::TooLarge),
        (written, false) => Ok(written),
    }
}

/// The document in `form`, and whether it was broken off.
fn whole(document: &Document<'_>, form: &Form) -> (String, bool) {
    let mut writer = Writer { out: String::new(), form, without: None, broken_off: false };
    for node in document.prologue() {
        if instruction(node, &mut writer.out) {
            writer.out.push('\n');
        }
    }
    writer.element(document.root(), &Scope::new(), &Scope::new(), &BTreeMap::new());
    for node in document.epilogue() {
        let mut after = String::new();
        if instruction(node, &mut after) {
            writer.out.push('\n');
            writer.out.push_str(&after);
        }
    }
    (writer.out, writer.broken_off)
}

/// `element` in `form`, leaving out `without` and what is in it (an enveloped signature).
///
/// # Errors
/// [`CanonicalError`].
pub fn subtree(
    document: &Document<'_>,
    element: Element<'_>,
    form: &Form,
    without: Option<Element<'_>>,
) -> Result<String, CanonicalError> {
    let path = document.path_to(element).ok_or(CanonicalError::NotInDocument)?;
    let ancestors = path.split_last().map(|(_, ancestors)| ancestors).unwrap_or_default();
    let mut scope = Scope::new();
    let mut inherited = BTreeMap::new();
    for ancestor in ancestors {
        declare(*ancestor, &mut scope);
        for attribute in ancestor.attributes().filter(|each| each.namespace == XML) {
            match (form, attribute.local) {
                (Form::Inclusive11, "base") => return Err(CanonicalError::InheritedBase),
                (Form::Inclusive10, _) | (Form::Inclusive11, "lang" | "space") => {
                    inherited.insert(attribute.local, attribute.value);
                }
                _ => {}
            }
        }
    }
    let mut writer = Writer { out: String::new(), form, without, broken_off: false };
    writer.element(element, &scope, &Scope::new(), &inherited);
    if writer.broken_off { Err(CanonicalError::TooLarge) } else { Ok(writer.out) }
}

/// Prefixes and what they stand for.
type Scope<'a> = BTreeMap<&'a str, &'a str>;

fn declare<'a>(element: Element<'a>, scope: &mut Scope<'a>) {
    scope.extend(element.declarations().map(|each| (each.prefix, each.uri)));
}

struct Writer<'a> {
    out: String,
    form: &'a Form,
    without: Option<Element<'a>>,
    /// Whether it became too large.
    broken_off: bool,
}

impl Writer<'_> {
    /// Recursion is bounded: a document is at most [`super::MAX_DEPTH`] deep.
    fn element<'e>(
        &mut self,
        element: Element<'e>,
        outer: &Scope<'e>,
        rendered: &Scope<'e>,
        inherited: &BTreeMap<&'e str, &'e str>,
    ) {
        if self.without.is_some_and(|without| without == element) {
            return;
        }
        if self.out.len() > MAX_FORM && matches!(self.form, Form::Exclusive10(_)) {
            self.broken_off = true;
            return;
        }
        // Copied only where something is declared: a large document with many namespaces stays cheap.
        let mut scope = Cow::Borrowed(outer);
        if element.declarations().len() > 0 {
            declare(element, scope.to_mut());
        }
        let mut rendered = Cow::Borrowed(rendered);
        self.out.push('<');
        name(element.prefix(), element.name(), &mut self.out);
        for (prefix, uri) in scope.iter() {
            let before = rendered.get(prefix).copied().unwrap_or_default();
            if *prefix == "xml" || before == *uri || !self.shows(element, prefix) {
                continue;
            }
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(prefix);
            value(uri, &mut self.out);
            rendered.to_mut().insert(prefix, uri);
        }
        let mut attributes: Vec<(&str, &str, &str, &str)> = inherited
            .iter()
            .filter(|(local, _)| {
                !element.attributes().any(|own| own.namespace == XML && own.local == **local)
            })
            .map(|(local, value)| (XML, *local, "xml", *value))
            .collect();
        attributes
            .extend(element.attributes().map(|each| (each.namespace, each.local, each.prefix, each.value)));
        attributes.sort_unstable();
        for (_, local, prefix, text) in attributes {
            self.out.push(' ');
            name(prefix, local, &mut self.out);
            value(text, &mut self.out);
        }
        self.out.push('>');
        for child in element.children() {
            match child {
                Node::Element(child) => self.element(child, &scope, &rendered, &BTreeMap::new()),
                Node::Text(content) => text(content, &mut self.out),
                Node::Comment(_) => {}
                Node::ProcessingInstruction { .. } => {
                    instruction(child, &mut self.out);
                }
            }
        }
        self.out.push_str("</");
        name(element.prefix(), element.name(), &mut self.out);
        self.out.push('>');
    }

    /// Exclusive: only the prefixes that this start tag itself uses, and the listed ones.
    fn shows(&self, element: Element<'_>, prefix: &str) -> bool {
        let Form::Exclusive10(listed) = self.form else { return true };
        element.prefix() == prefix
            || (!prefix.is_empty() && element.attributes().any(|each| each.prefix == prefix))
            || listed.iter().any(|each| each == prefix)
    }
}

fn name(prefix: &str, local: &str, out: &mut String) {
    out.push_str(prefix);
    if !prefix.is_empty() {
        out.push(':');
    }
    out.push_str(local);
}

fn value(value: &str, out: &mut String) {
    out.push_str("=\"");
    escape(value, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
    out.push('"');
}

fn text(content: &str, out: &mut String) {
    escape(content, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape(content: &str, out: &mut String, escaped: impl Fn(u8) -> Option<&'static str>) {
    let mut written = 0;
    for (at, byte) in content.bytes().enumerate() {
        if let Some(reference) = escaped(byte) {
            out.push_str(content.get(written..at).unwrap_or_default());
            out.push_str(reference);
            written = at + 1;
        }
    }
    out.push_str(content.get(written..).unwrap_or_default());
}

fn instruction(node: Node<'_>, out: &mut String) -> bool {
    let Node::ProcessingInstruction { target, data } = node else { return false };
    out.push_str("<?");
    out.push_str(target);
    if !data.is_empty() {
        out.push(' ');
        out.push_str(data);
    }
    out.push_str("?>");
    true
}
