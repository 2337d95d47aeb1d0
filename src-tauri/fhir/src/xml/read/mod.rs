//! The strict reader: piece by piece, each checked, since where a piece ends says little about what is in it.

mod piece;
mod tag;

use std::borrow::Cow;

use super::tree::{Document, Span, Start, Stored};
use super::{XmlError, XmlErrorKind, names};
use piece::Piece;
use tag::Written;

/// The largest document, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
/// How deeply elements may be nested.
pub const MAX_DEPTH: usize = 128;
/// How many tags, attributes, texts, comments and instructions a document may have; an element without content has two
/// tags like any other. 64 MB of FHIR, indented, have less; what a hostile document makes of them stays below 400 MB,
/// the document itself and its JSON included.
pub const MAX_NODES: usize = 4_000_000;
/// How many attributes, declarations among them, one element may have.
pub const MAX_ATTRIBUTES: usize = 1024;
/// How many namespace declarations may be in scope at one place.
pub const MAX_NAMESPACES: usize = 256;

type Read<T> = Result<T, XmlErrorKind>;

pub(super) fn document(bytes: &[u8]) -> Result<Document<'_>, XmlError> {
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
    let mut reader = Reader::new(text);
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let next = piece::first(rest).map_err(|kind| error_at(bytes, at, kind))?;
        let Some((piece, length)) = next else {
            return reader.finish().map_err(|kind| error_at(bytes, at, kind));
        };
        let raw = rest.get(..length).unwrap_or_default();
        reader.piece(piece, raw, at).map_err(|kind| error_at(bytes, at, kind))?;
        at += length;
    }
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

struct Reader<'t> {
    document: Document<'t>,
    has_root: bool,
    /// The elements that are open, by their index.
    open: Vec<u32>,
    /// The declarations in scope, by their index, the innermost last.
    scope: Vec<u32>,
    /// Whether a text that follows belongs to the last node, which is a text of the same element.
    joins: bool,
    /// Those of the tag that is being read; kept for its memory.
    written: Vec<Written<'t>>,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            document: Document::new(text),
            has_root: false,
            open: Vec::new(),
            scope: Vec::new(),
            joins: false,
            written: Vec::new(),
            nodes: 0,
        }
    }

    fn piece(&mut self, piece: Piece, raw: &'t str, start: usize) -> Read<()> {
        match piece {
            Piece::Start => self.start(inside(raw, "<", ">")?, start),
            Piece::Empty => {
                self.start(inside(raw, "<", "/>")?, start)?;
                self.end(start + raw.len())
            }
            Piece::End => {
                let name = inside(raw, "</", ">")?.trim_end_matches(names::is_space);
                if self.innermost().is_none_or(|open| self.name_of(open) != name) {
                    return Err(XmlErrorKind::MismatchedEnd);
                }
                self.end(start + raw.len())
            }
            Piece::Text if raw.contains("]]>") => Err(XmlErrorKind::Unescaped),
            Piece::Text if self.open.is_empty() && raw.chars().all(names::is_space) => Ok(()),
            Piece::Text => self.lines(raw),
            Piece::Data => self.lines(inside(raw, "<![CDATA[", "]]>")?),
            Piece::Reference => {
                let character = names::reference(inside(raw, "&", ";")?)?;
                self.text(character.encode_utf8(&mut [0; 4]), None)
            }
            Piece::Comment => {
                let comment = inside(raw, "<!--", "-->")?;
                if comment.contains("--") || comment.ends_with('-') {
                    return Err(XmlErrorKind::Malformed);
                }
                let comment = self.keep(names::line_ends(comment));
                self.add(Stored::Comment(comment))
            }
            Piece::Instruction => self.instruction(inside(raw, "<?", "?>")?),
            Piece::Declaration if start == 0 => self.declaration(inside(raw, "<?xml", "?>")?),
            Piece::Declaration => Err(XmlErrorKind::Declaration),
            Piece::DocumentType => Err(XmlErrorKind::DocumentType),
        }
    }

    fn end(&mut self, at: usize) -> Read<()> {
        let next = small(self.document.nodes.len());
        let element = self.innermost_mut().ok_or(XmlErrorKind::MismatchedEnd)?;
        (element.end, element.next) = (small(at), next);
        let declared = usize::from(element.declaration_count);
        self.scope.truncate(self.scope.len() - declared);
        self.open.pop();
        self.joins = false;
        Ok(())
    }

    fn innermost(&self) -> Option<&Start> {
        match self.document.nodes.get(*self.open.last()? as usize) {
            Some(Stored::Element(start)) => Some(start),
            _ => None,
        }
    }

    fn innermost_mut(&mut self) -> Option<&mut Start> {
        match self.document.nodes.get_mut(*self.open.last()? as usize) {
            Some(Stored::Element(start)) => Some(start),
            _ => None,
        }
    }

    fn name_of(&self, element: &Start) -> &'t str {
        let at = element.at as usize + 1;
        self.document.text.get(at..at + element.name.length as usize).unwrap_or_default()
    }

    fn lines(&mut self, raw: &'t str) -> Read<()> {
        match names::line_ends(raw) {
            Cow::Borrowed(text) => self.text(text, Some(self.span(text))),
            Cow::Owned(text) => self.text(&text, None),
        }
    }

    /// `verbatim` is where `text` stands in the document, unless it is written otherwise.
    fn text(&mut self, text: &str, verbatim: Option<Span>) -> Read<()> {
        let blank = text.chars().all(names::is_space);
        let parent = self.innermost_mut().ok_or(XmlErrorKind::OutsideRoot)?;
        parent.has_text |= !blank;
        if self.joins
            && let Some(Stored::Text(before)) = self.document.nodes.last_mut()
        {
            // One that was added to before is the last thing in `resolved`.
            if before.start & Span::RESOLVED == 0 {
                let start = before.start as usize;
                let verbatim = self.document.text.get(start..start + before.length as usize);
                before.start = small(self.document.resolved.len()) | Span::RESOLVED;
                self.document.resolved.push_str(verbatim.unwrap_or_default());
            }
            before.length += small(text.len());
            self.document.resolved.push_str(text);
            return Ok(());
        }
        if text.is_empty() {
            return Ok(());
        }
        let text = verbatim.unwrap_or_else(|| self.resolved(text));
        self.add(Stored::Text(text))?;
        self.joins = true;
        Ok(())
    }

    fn instruction(&mut self, content: &'t str) -> Read<()> {
        let (target, data) = content.split_once(names::is_space).unwrap_or((content, ""));
        if !names::is_ncname(target) || target.eq_ignore_ascii_case("xml") {
            return Err(XmlErrorKind::BadName);
        }
        let target = self.span(target);
        let data = self.keep(names::line_ends(data.trim_start_matches(names::is_space)));
        self.add(Stored::Instruction { target, data })
    }

    fn add(&mut self, node: Stored) -> Read<()> {
        self.count(1)?;
        self.document.nodes.push(node);
        self.joins = false;
        Ok(())
    }

    fn count(&mut self, more: usize) -> Read<()> {
        self.nodes += more;
        if self.nodes > MAX_NODES { Err(XmlErrorKind::TooManyNodes) } else { Ok(()) }
    }

    /// Where a piece of the text stands in it.
    fn span(&self, piece: &'t str) -> Span {
        let start = piece.as_ptr().addr().saturating_sub(self.document.text.as_ptr().addr());
        Span { start: small(start), length: small(piece.len()) }
    }

    fn keep(&mut self, text: Cow<'t, str>) -> Span {
        match text {
            Cow::Borrowed(piece) => self.span(piece),
            Cow::Owned(text) => self.resolved(&text),
        }
    }

    fn resolved(&mut self, text: &str) -> Span {
        let start = small(self.document.resolved.len()) | Span::RESOLVED;
        self.document.resolved.push_str(text);
        Span { start, length: small(text.len()) }
    }

    fn finish(self) -> Read<Document<'t>> {
        if self.has_root && self.open.is_empty() {
            Ok(self.document)
        } else {
            Err(XmlErrorKind::UnexpectedEnd)
        }
    }

    /// `version="1.0"`, then perhaps `encoding` (UTF-8 only) and `standalone`, in this order.
    fn declaration(&mut self, content: &'t str) -> Read<()> {
        self.attributes(content).map_err(|_| XmlErrorKind::Declaration)?;
        let written = self.written.iter().map(|one| (one.name, self.document.str(one.value)));
        let mut rest = written.peekable();
        if rest.next() != Some(("version", "1.0")) {
            return Err(XmlErrorKind::Declaration);
        }
        rest.next_if(|(name, value)| *name == "encoding" && value.eq_ignore_ascii_case("UTF-8"));
        rest.next_if(|(name, value)| *name == "standalone" && matches!(*value, "yes" | "no"));
        if rest.next().is_some() { Err(XmlErrorKind::Declaration) } else { Ok(()) }
    }
}

/// An index, a length or a place: none is beyond [`MAX_BYTES`].
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn inside<'a>(raw: &'a str, open: &str, close: &str) -> Read<&'a str> {
    raw.strip_prefix(open).and_then(|raw| raw.strip_suffix(close)).ok_or(XmlErrorKind::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_attributes_and_texts_are_counted_together() {
        let with = |nodes| Reader { nodes, ..Reader::new("") };
        assert_eq!(with(MAX_NODES - 4).start("a b='' c=''", 0), Ok(()));
        assert_eq!(with(MAX_NODES - 3).start("a b='' c=''", 0), Err(XmlErrorKind::TooManyNodes));
        let mut reader = with(MAX_NODES - 3);
        assert_eq!(reader.start("a", 0), Ok(()));
        assert_eq!(reader.text("one text", None), Ok(()));
        assert_eq!(reader.text(", continued", None), Ok(()));
        assert_eq!(reader.text("", None), Ok(()));
        assert_eq!(reader.instruction("too many"), Err(XmlErrorKind::TooManyNodes));
    }
}
