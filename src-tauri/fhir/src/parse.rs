//! The strict parser.

use std::collections::HashSet;

use crate::value::Name;
use crate::{Object, Value, number};

/// How deeply arrays and objects may be nested. FHIR resources stay far below; a hostile document does not.
pub const MAX_DEPTH: usize = 128;

/// How many values a document may have, as many as XML may have nodes. Each takes far more memory than the two bytes that
/// it may be written in.
pub const MAX_VALUES: usize = 4_000_000;

/// From this many members on, duplicates are looked for in a set instead of by comparing each with each.
const MANY_MEMBERS: usize = 16;

/// Why a document is not acceptable JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct ParseError {
    /// The 1-based line.
    pub line: usize,
    /// The 1-based column, in bytes.
    pub column: usize,
    /// What is wrong there.
    pub kind: ParseErrorKind,
}

/// What is wrong with a document. Each message says what to change; none repeats the document's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// The document ends in the middle of a value.
    #[error("the document ends too early; it may have been cut off")]
    UnexpectedEnd,
    /// A byte that cannot stand here.
    #[error("a value, a comma or a closing bracket was expected here")]
    Unexpected,
    /// Something follows the value.
    #[error("nothing may follow the document's one value")]
    TrailingData,
    /// Two members of one object share a name.
    #[error("this member's name stands twice in the same object; keep one of them")]
    DuplicateName,
    /// An escape names half of a surrogate pair.
    #[error("this escape is half of a surrogate pair; write the whole character")]
    LoneSurrogate,
    /// An escape that JSON does not know.
    #[error("this escape is not one of JSON's")]
    BadEscape,
    /// A raw control character in a string.
    #[error("control characters in strings must be escaped")]
    ControlCharacter,
    /// Not a JSON number.
    #[error("this is not a JSON number")]
    BadNumber,
    /// Not UTF-8.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// A byte order mark.
    #[error("the document starts with a byte order mark; remove it (RFC 8259, section 8.1)")]
    ByteOrderMark,
    /// Deeper than [`MAX_DEPTH`].
    #[error("arrays and objects are nested more than 128 deep")]
    TooDeep,
    /// More than [`MAX_VALUES`].
    #[error("the document has more than 4,000,000 values")]
    TooManyValues,
}

impl Value {
    /// Parses one JSON document: UTF-8, no duplicate names, no lone surrogates, nothing after it, at most
    /// [`MAX_DEPTH`] deep and of [`MAX_VALUES`].
    ///
    /// # Errors
    /// [`ParseError`] with line and column of the first thing that is wrong.
    pub fn parse(document: &[u8]) -> Result<Self, ParseError> {
        let text = std::str::from_utf8(document)
            .map_err(|error| error_at(document, error.valid_up_to(), ParseErrorKind::NotUtf8))?;
        if text.starts_with('\u{feff}') {
            return Err(error_at(document, 0, ParseErrorKind::ByteOrderMark));
        }
        let mut parser = Parser { text, at: 0, values: 0, members: Vec::new() };
        parser.document().map_err(|kind| error_at(document, parser.at.min(document.len()), kind))
    }
}

fn error_at(document: &[u8], at: usize, kind: ParseErrorKind) -> ParseError {
    let before = &document[..at];
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |index| index + 1);
    ParseError { line: before.split(|&byte| byte == b'\n').count(), column: at - line_start + 1, kind }
}

type Parsed<T> = Result<T, ParseErrorKind>;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    /// The members of the objects that are open, the innermost's last: an object is made when all are known, as large as
    /// it has to be.
    members: Vec<(Name, Value)>,
}

impl Parser<'_> {
    fn document(&mut self) -> Parsed<Value> {
        let value = self.value(0)?;
        self.skip_space();
        if self.at < self.text.len() { Err(ParseErrorKind::TrailingData) } else { Ok(value) }
    }

    fn value(&mut self, depth: usize) -> Parsed<Value> {
        self.skip_space();
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(ParseErrorKind::TooManyValues);
        }
        match self.peek()? {
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(ParseErrorKind::Unexpected),
        }
    }

    fn object(&mut self, depth: usize) -> Parsed<Value> {
        self.enter(depth)?;
        let first = self.members.len();
        let mut names = HashSet::new();
        if self.closes(b'}')? {
            return Ok(Value::Object(Object::new()));
        }
        loop {
            self.skip_space();
            if self.peek()? != b'"' {
                return Err(ParseErrorKind::Unexpected);
            }
            let start = self.at;
            let name = self.string()?;
            if is_duplicate(self.members.get(first..).unwrap_or_default(), &mut names, &name) {
                self.at = start;
                return Err(ParseErrorKind::DuplicateName);
            }
            self.skip_space();
            self.expect(b':')?;
            let value = self.value(depth)?;
            self.members.push((name.into(), value));
            if self.closes(b'}')? {
                return Ok(Value::Object(Object::of_new(self.members.drain(first..).collect())));
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Parsed<Value> {
        self.enter(depth)?;
        let mut elements = Vec::new();
        if self.closes(b']')? {
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value(depth)?);
            if self.closes(b']')? {
                elements.shrink_to_fit();
                return Ok(Value::Array(elements));
            }
            self.expect(b',')?;
        }
    }

    fn string(&mut self) -> Parsed<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest
                .bytes()
                .position(|byte| byte == b'"' || byte == b'\\' || byte < 0x20)
                .ok_or_else(|| {
                    self.at = self.text.len();
                    ParseErrorKind::UnexpectedEnd
                })?;
            let closes = rest.as_bytes()[plain] == b'"';
            self.at += plain + usize::from(closes);
            if closes && out.is_empty() {
                return Ok(rest[..plain].to_owned());
            }
            out.push_str(&rest[..plain]);
            if closes {
                return Ok(out);
            }
            match self.text.as_bytes()[self.at] {
                b'\\' => out.push(self.escape()?),
                _ => return Err(ParseErrorKind::ControlCharacter),
            }
        }
    }

    /// One escape, from its backslash on; the position stays on the backslash when it is wrong.
    fn escape(&mut self) -> Parsed<char> {
        let (character, length) = match self.text.as_bytes().get(self.at + 1) {
            None => return Err(ParseErrorKind::UnexpectedEnd),
            Some(b'"') => ('"', 2),
            Some(b'\\') => ('\\', 2),
            Some(b'/') => ('/', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => self.unicode_escape()?,
            Some(_) => return Err(ParseErrorKind::BadEscape),
        };
        self.at += length;
        Ok(character)
    }

    fn unicode_escape(&self) -> Parsed<(char, usize)> {
        let unit = self.code_unit(self.at)?;
        if let Some(character) = char::from_u32(unit) {
            return Ok((character, 6));
        }
        if unit < 0xdc00
            && self.text.as_bytes().get(self.at + 6..self.at + 8) == Some(b"\\u")
            && let low @ 0xdc00..=0xdfff = self.code_unit(self.at + 6)?
            && let Some(character) = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
        {
            return Ok((character, 12));
        }
        Err(ParseErrorKind::LoneSurrogate)
    }

    fn code_unit(&self, backslash: usize) -> Parsed<u32> {
        let digits =
            self.text.as_bytes().get(backslash + 2..backslash + 6).ok_or(ParseErrorKind::UnexpectedEnd)?;
        digits.iter().try_fold(0, |unit, &digit| {
            char::from(digit).to_digit(16).map(|digit| unit * 16 + digit).ok_or(ParseErrorKind::BadEscape)
        })
    }

    fn number(&mut self) -> Parsed<Value> {
        let rest = &self.text[self.at..];
        let length = number::scan(rest.as_bytes()).ok_or(ParseErrorKind::BadNumber)?;
        // What follows must not look like more of the number: `01`, `1.e5`, `1x`.
        if rest[length..]
            .starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '.' | '+' | '-'))
        {
            return Err(ParseErrorKind::BadNumber);
        }
        self.at += length;
        crate::Number::new(&rest[..length]).map(Value::Number).map_err(|_| ParseErrorKind::BadNumber)
    }

    fn word(&mut self, word: &str, value: Value) -> Parsed<Value> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else if word.starts_with(rest) {
            self.at = self.text.len();
            Err(ParseErrorKind::UnexpectedEnd)
        } else {
            Err(ParseErrorKind::Unexpected)
        }
    }

    fn enter(&mut self, depth: usize) -> Parsed<()> {
        if depth > MAX_DEPTH {
            return Err(ParseErrorKind::TooDeep);
        }
        self.at += 1;
        Ok(())
    }

    /// Whether the next character is `bracket`, which is then passed.
    fn closes(&mut self, bracket: u8) -> Parsed<bool> {
        self.skip_space();
        let found = self.peek()? == bracket;
        self.at += usize::from(found);
        Ok(found)
    }

    fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.peek()? != byte {
            return Err(ParseErrorKind::Unexpected);
        }
        self.at += 1;
        Ok(())
    }

    fn peek(&self) -> Parsed<u8> {
        self.text.as_bytes().get(self.at).copied().ok_or(ParseErrorKind::UnexpectedEnd)
    }

    fn skip_space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }
}

/// Small objects compare names directly; large ones remember them, so that a hostile object costs linear time.
fn is_duplicate(members: &[(Name, Value)], names: &mut HashSet<String>, name: &str) -> bool {
    if members.len() < MANY_MEMBERS {
        return members.iter().any(|(known, _)| known == name);
    }
    if names.is_empty() {
        names.extend(members.iter().map(|(known, _)| known.clone().into_owned()));
    }
    !names.insert(name.to_owned())
}
