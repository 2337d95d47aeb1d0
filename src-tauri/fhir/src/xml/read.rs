//! The strict reader. quick-xml finds where each piece of markup ends; every piece is checked here, since quick-xml
//! leaves most of XML's rules to its caller.

use std::collections::HashSet;
use std::sync::Arc;

use quick_xml::events::Event;

use super::tree::{Attribute, Declaration, Document, Element, Node};
use super::{XML, XmlError, XmlErrorKind, names};

/// The largest document, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
/// How deeply elements may be nested.
pub const MAX_DEPTH: usize = 128;
/// How many elements, attributes, texts, comments and instructions a document may have.
pub const MAX_NODES: usize = 4_000_000;
/// How many namespace declarations may be in scope at one place.
pub const MAX_NAMESPACES: usize = 256;

type Read<T> = Result<T, XmlErrorKind>;

pub(super) fn document(bytes: &[u8]) -> Result<Document, XmlError> {
    if bytes.len() > MAX_BYTES {
        return Err(XmlError { line: 1, column: 1, kind: XmlErrorKind::TooLarge });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| error_at(bytes, error.valid_up_to(), XmlErrorKind::NotUtf8))?;
    // XML 1.0, appendix F allows a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.as_bytes();
    if let Some(at) = names::illegal(text) {
        return Err(error_at(bytes, at, XmlErrorKind::IllegalCharacter));
    }
    let mut tokens = quick_xml::Reader::from_str(text);
    let mut reader = Reader::default();
    loop {
        let start = position(&tokens, text);
        let token = tokens.read_event().map_err(|error| {
            let kind = match error {
                quick_xml::Error::Syntax(_) => XmlErrorKind::UnexpectedEnd,
                quick_xml::Error::IllFormed(quick_xml::errors::IllFormedError::UnclosedReference) => {
                    XmlErrorKind::UnknownEntity
                }
                quick_xml::Error::IllFormed(
                    quick_xml::errors::IllFormedError::MismatchedEndTag { .. }
                    | quick_xml::errors::IllFormedError::UnmatchedEndTag(_),
                ) => XmlErrorKind::MismatchedEnd,
                _ => XmlErrorKind::Malformed,
            };
            error_at(bytes, start, kind)
        })?;
        if matches!(token, Event::Eof) {
            return reader.finish().map_err(|kind| error_at(bytes, start, kind));
        }
        let raw = text.get(start..position(&tokens, text)).unwrap_or_default();
        reader.token(&token, raw, start).map_err(|kind| error_at(bytes, start, kind))?;
    }
}

fn position(tokens: &quick_xml::Reader<&[u8]>, text: &str) -> usize {
    usize::try_from(tokens.buffer_position()).unwrap_or(text.len()).min(text.len())
}

fn error_at(bytes: &[u8], at: usize, kind: XmlErrorKind) -> XmlError {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |index| index + 1);
    XmlError {
        line: before.split(|&byte| byte == b'\n').count(),
        column: before.len() - line_start + 1,
        kind,
    }
}

/// From this many attributes on, those of one name are looked for in a set instead of by comparing each with each.
const MANY_ATTRIBUTES: usize = 16;

#[derive(Default)]
struct Reader {
    prologue: Vec<Node>,
    root: Option<Element>,
    epilogue: Vec<Node>,
    open: Vec<Element>,
    /// The declarations in scope, the innermost last.
    scope: Vec<(Box<str>, Arc<str>)>,
    /// That of names without a prefix where none is declared.
    no_namespace: Arc<str>,
    nodes: usize,
}

impl Reader {
    fn token(&mut self, token: &Event<'_>, raw: &str, start: usize) -> Read<()> {
        match token {
            Event::Start(_) => self.start(inside(raw, "<", ">")?, start),
            Event::Empty(_) => {
                self.start(inside(raw, "<", "/>")?, start)?;
                self.end(start + raw.len())
            }
            Event::End(_) => {
                let name = inside(raw, "</", ">")?.trim_end_matches(names::is_space);
                let open = self.open.last().ok_or(XmlErrorKind::MismatchedEnd)?;
                if names::split(name)? != (&*open.prefix, &*open.local) {
                    return Err(XmlErrorKind::MismatchedEnd);
                }
                self.end(start + raw.len())
            }
            Event::Text(_) if raw.contains("]]>") => Err(XmlErrorKind::Unescaped),
            Event::Text(_) if self.open.is_empty() && raw.chars().all(names::is_space) => Ok(()),
            Event::Text(_) => self.text(&names::line_ends(raw)),
            Event::CData(_) => self.text(&names::line_ends(inside(raw, "<![CDATA[", "]]>")?)),
            Event::GeneralRef(_) => {
                let character = names::reference(inside(raw, "&", ";")?)?;
                self.text(character.encode_utf8(&mut [0; 4]))
            }
            Event::Comment(_) => {
                let comment = inside(raw, "<!--", "-->")?;
                if comment.contains("--") || comment.ends_with('-') {
                    return Err(XmlErrorKind::Malformed);
                }
                self.add(Node::Comment(names::line_ends(comment).into_owned()))
            }
            Event::PI(_) => self.instruction(inside(raw, "<?", "?>")?),
            Event::Decl(_) if start == 0 => declaration(inside(raw, "<?xml", "?>")?),
            Event::Decl(_) => Err(XmlErrorKind::Declaration),
            Event::DocType(_) => Err(XmlErrorKind::DocumentType),
            Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, tag: &str, at: usize) -> Read<()> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(XmlErrorKind::OutsideRoot);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlErrorKind::TooDeep);
        }
        let end = tag.find(names::is_space).unwrap_or(tag.len());
        let (name, rest) = tag.split_at(end);
        let (prefix, local) = names::split(name)?;
        let written = attributes(rest)?;
        self.count(1 + written.len())?;
        let mut declarations: Vec<Declaration> = Vec::new();
        let mut plain = Vec::new();
        for (name, value) in written {
            let declared = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            match declared {
                Some(prefix) => declarations.push(declare(prefix, &value)?),
                None => plain.push((names::split(name)?, value)),
            }
        }
        if self.scope.len() + declarations.len() > MAX_NAMESPACES {
            return Err(XmlErrorKind::TooManyNamespaces);
        }
        self.scope.extend(declarations.iter().map(|each| (each.prefix.clone(), each.uri.clone())));
        // Names as written are unique already; only two prefixes of one namespace can bring one name twice.
        let mut expanded = HashSet::new();
        let mut attributes = Vec::with_capacity(plain.len());
        for ((prefix, local), value) in plain {
            let namespace = if prefix.is_empty() { self.no_namespace.clone() } else { self.resolve(prefix)? };
            if !prefix.is_empty() && !expanded.insert((namespace.clone(), local)) {
                return Err(XmlErrorKind::DuplicateAttribute);
            }
            attributes.push(Attribute { prefix: prefix.into(), local: local.into(), namespace, value });
        }
        let namespace = self.resolve(prefix)?;
        let (prefix, local) = (prefix.into(), local.into());
        let source = at..at;
        let children = Vec::new();
        self.open.push(Element { prefix, local, namespace, declarations, attributes, children, source });
        Ok(())
    }

    fn end(&mut self, at: usize) -> Read<()> {
        let mut element = self.open.pop().ok_or(XmlErrorKind::MismatchedEnd)?;
        element.source.end = at;
        self.scope.truncate(self.scope.len() - element.declarations.len());
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn resolve(&self, prefix: &str) -> Read<Arc<str>> {
        if prefix == "xml" {
            return Ok(Arc::from(XML));
        }
        match self.scope.iter().rev().find(|(declared, _)| &**declared == prefix) {
            Some((_, uri)) => Ok(uri.clone()),
            None if prefix.is_empty() => Ok(self.no_namespace.clone()),
            None => Err(XmlErrorKind::UndeclaredPrefix),
        }
    }

    fn text(&mut self, text: &str) -> Read<()> {
        let parent = self.open.last_mut().ok_or(XmlErrorKind::OutsideRoot)?;
        if let Some(Node::Text(before)) = parent.children.last_mut() {
            before.push_str(text);
            return Ok(());
        }
        if text.is_empty() { Ok(()) } else { self.add(Node::Text(text.to_owned())) }
    }

    fn instruction(&mut self, content: &str) -> Read<()> {
        let (target, data) = content.split_once(names::is_space).unwrap_or((content, ""));
        if !names::is_ncname(target) || target.eq_ignore_ascii_case("xml") {
            return Err(XmlErrorKind::BadName);
        }
        let data = names::line_ends(data.trim_start_matches(names::is_space)).into_owned();
        self.add(Node::ProcessingInstruction { target: target.to_owned(), data })
    }

    fn add(&mut self, node: Node) -> Read<()> {
        self.count(1)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None if self.root.is_some() => self.epilogue.push(node),
            None => self.prologue.push(node),
        }
        Ok(())
    }

    fn count(&mut self, more: usize) -> Read<()> {
        self.nodes += more;
        if self.nodes > MAX_NODES { Err(XmlErrorKind::TooManyNodes) } else { Ok(()) }
    }

    fn finish(self) -> Read<Document> {
        match self.root {
            Some(root) if self.open.is_empty() => {
                Ok(Document { prologue: self.prologue, root, epilogue: self.epilogue })
            }
            _ => Err(XmlErrorKind::UnexpectedEnd),
        }
    }
}

fn inside<'a>(raw: &'a str, open: &str, close: &str) -> Read<&'a str> {
    raw.strip_prefix(open).and_then(|raw| raw.strip_suffix(close)).ok_or(XmlErrorKind::Malformed)
}

/// The attributes of a start tag, names as written and unique, values normalised.
fn attributes(mut rest: &str) -> Read<Vec<(&str, String)>> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut known = HashSet::new();
    loop {
        let trimmed = rest.trim_start_matches(names::is_space);
        if trimmed.is_empty() {
            return Ok(found);
        }
        if trimmed.len() == rest.len() {
            return Err(XmlErrorKind::Malformed);
        }
        let (name, after) = trimmed.split_once('=').ok_or(XmlErrorKind::Malformed)?;
        let name = name.trim_end_matches(names::is_space);
        names::split(name)?;
        let after = after.trim_start_matches(names::is_space);
        let quote = after.chars().next().filter(|&c| c == '"' || c == '\'').ok_or(XmlErrorKind::Malformed)?;
        let (value, next) =
            after.strip_prefix(quote).and_then(|v| v.split_once(quote)).ok_or(XmlErrorKind::Malformed)?;
        let known = if found.len() < MANY_ATTRIBUTES {
            found.iter().any(|(other, _)| *other == name)
        } else {
            if known.is_empty() {
                known.extend(found.iter().map(|(other, _)| *other));
            }
            !known.insert(name)
        };
        if known {
            return Err(XmlErrorKind::DuplicateAttribute);
        }
        found.push((name, names::attribute(value)?));
        rest = next;
    }
}

/// A declaration that Namespaces in XML 1.0, section 3 allows; Canonical XML refuses relative names too.
fn declare(prefix: &str, uri: &str) -> Read<Declaration> {
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
    if !allowed {
        return Err(XmlErrorKind::BadNamespace);
    }
    Ok(Declaration { prefix: prefix.into(), uri: uri.into() })
}

/// `version="1.0"`, then perhaps `encoding` (UTF-8 only) and `standalone`, in this order.
fn declaration(content: &str) -> Read<()> {
    let written = attributes(content).map_err(|_| XmlErrorKind::Declaration)?;
    let mut rest = written.iter().map(|(name, value)| (*name, value.as_str())).peekable();
    if rest.next() != Some(("version", "1.0")) {
        return Err(XmlErrorKind::Declaration);
    }
    rest.next_if(|(name, value)| *name == "encoding" && value.eq_ignore_ascii_case("UTF-8"));
    rest.next_if(|(name, value)| *name == "standalone" && matches!(*value, "yes" | "no"));
    if rest.next().is_some() { Err(XmlErrorKind::Declaration) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reading four million would take a test too long.
    #[test]
    fn elements_attributes_and_texts_are_counted_together() {
        let with = |nodes| Reader { nodes, ..Reader::default() };
        assert_eq!(with(MAX_NODES - 3).start("a b='' c=''", 0), Ok(()));
        assert_eq!(with(MAX_NODES - 2).start("a b='' c=''", 0), Err(XmlErrorKind::TooManyNodes));
        let mut reader = with(MAX_NODES - 2);
        assert_eq!(reader.start("a", 0), Ok(()));
        assert_eq!(reader.text("one text"), Ok(()));
        assert_eq!(reader.text(", continued"), Ok(()));
        assert_eq!(reader.add(Node::Comment(String::new())), Err(XmlErrorKind::TooManyNodes));
    }
}
