//! Where each piece of markup ends.

use quick_xml::errors::IllFormedError;
use quick_xml::events::Event;

use super::Read;
use crate::xml::XmlErrorKind;

/// A piece of a document as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// `<a>`.
    Start,
    /// `<a/>`.
    Empty,
    /// `</a>`.
    End,
    Text,
    /// `<![CDATA[…]]>`.
    Data,
    /// `&…;`.
    Reference,
    Comment,
    Instruction,
    /// `<?xml …?>`.
    Declaration,
    DocumentType,
}

/// The piece that `text` begins with, and its length; `None` at the end. What is inside is not looked at.
pub(super) fn first(text: &str) -> Read<Option<(Piece, usize)>> {
    let found = match text.as_bytes() {
        [] => return Ok(None),
        [b'<', b'!' | b'?', ..] => None,
        [b'<', inside @ ..] => tag(inside),
        [b'&', inside @ ..] => reference(inside),
        text => {
            let end = text.iter().position(|byte| matches!(byte, b'<' | b'&')).unwrap_or(text.len());
            Some((Piece::Text, end))
        }
    };
    found.map_or_else(|| rare(text), |found| Ok(Some(found)))
}

/// A tag ends with the first `>` that is not in quotes.
fn tag(inside: &[u8]) -> Option<(Piece, usize)> {
    let mut end = 0;
    loop {
        let rest = inside.get(end..)?;
        end += rest.iter().position(|byte| matches!(byte, b'>' | b'"' | b'\''))?;
        let stop = *inside.get(end)?;
        if stop == b'>' {
            let piece = match inside.get(..end) {
                Some([b'/', ..]) => Piece::End,
                Some([.., b'/']) => Piece::Empty,
                _ => Piece::Start,
            };
            return Some((piece, end + 2));
        }
        end += 1;
        end += 1 + inside.get(end..)?.iter().position(|byte| *byte == stop)?;
    }
}

fn reference(inside: &[u8]) -> Option<(Piece, usize)> {
    let end = inside.iter().position(|byte| matches!(byte, b';' | b'&' | b'<'))?;
    (inside.get(end) == Some(&b';')).then_some((Piece::Reference, end + 2))
}

/// What is seldom met, and everything that has no end: as quick-xml sees it.
fn rare(text: &str) -> Read<Option<(Piece, usize)>> {
    let mut tokens = quick_xml::Reader::from_str(text);
    tokens.config_mut().check_end_names = false;
    tokens.config_mut().allow_unmatched_ends = true;
    let piece = match tokens.read_event() {
        Ok(Event::Start(_)) => Piece::Start,
        Ok(Event::Empty(_)) => Piece::Empty,
        Ok(Event::End(_)) => Piece::End,
        Ok(Event::Text(_)) => Piece::Text,
        Ok(Event::CData(_)) => Piece::Data,
        Ok(Event::GeneralRef(_)) => Piece::Reference,
        Ok(Event::Comment(_)) => Piece::Comment,
        Ok(Event::PI(_)) => Piece::Instruction,
        Ok(Event::Decl(_)) => Piece::Declaration,
        Ok(Event::DocType(_)) => Piece::DocumentType,
        Ok(Event::Eof) => return Ok(None),
        Err(quick_xml::Error::Syntax(_)) => return Err(XmlErrorKind::UnexpectedEnd),
        Err(quick_xml::Error::IllFormed(IllFormedError::UnclosedReference)) => {
            return Err(XmlErrorKind::UnknownEntity);
        }
        Err(_) => return Err(XmlErrorKind::Malformed),
    };
    let length = usize::try_from(tokens.buffer_position()).unwrap_or(text.len());
    Ok(Some((piece, length)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_quick_way_finds_what_quick_xml_does() {
        for text in [
            "",
            "a",
            "a b<",
            "a&b;",
            "<",
            "<>",
            "</>",
            "</a",
            "</a>b",
            "</a b='>'>",
            "<a>",
            "<a/>b",
            "<a",
            "<a b='/>'/>",
            "<a b=\"'>'\" c='\">'>",
            "<a b='>",
            "<a b=\">'>",
            "<a/ >",
            "</a/>",
            "<a><b>",
            "&a;",
            "&;",
            "&",
            "&a",
            "&a&b;",
            "&a<b;",
            "&#10;x",
            "<!---->",
            "<!-- > -->",
            "<!--",
            "<![CDATA[>]]>",
            "<![CDATA[",
            "<?a?>",
            "<?a>",
            "<?xml?>",
            "<!DOCTYPE a>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]>",
            "<!DOCTYPE",
            "<!a>",
            "<!",
            "<?",
            "<a\u{e4}='>\u{e4}'>",
        ] {
            assert_eq!(first(text), rare(text), "{text}");
        }
        assert_eq!(first("<a b='>'/>c").unwrap(), Some((Piece::Empty, 10)));
    }
}
