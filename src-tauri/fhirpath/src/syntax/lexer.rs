//! The words of an expression (FHIRPath 2.0.0, section 10).

use std::sync::Arc;

use crate::error::ParseErrorKind;

/// A word, and where it begins and ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: usize,
    pub(super) end: usize,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A bare name, which may be a keyword.
    Name(Arc<str>),
    /// A name between backquotes, which never is.
    Quoted(Arc<str>),
    String(Arc<str>),
    Number(Arc<str>),
    /// After `@`, which is left out.
    Temporal(Arc<str>),
    /// After `%`.
    Variable(Arc<str>),
    /// After `$`.
    Special(Arc<str>),
    Symbol(&'static str),
    End,
}

/// Longest first.
const SYMBOLS: [&str; 25] = [
    "!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "&", "|", "<", ">",
    "=", "~", ":", ";", "!",
];

type Lexed<T> = Result<T, (ParseErrorKind, usize)>;

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Lexed<Token> {
        self.skip()?;
        let at = self.at;
        let kind = self.kind()?;
        Ok(Token { kind, at, end: self.at })
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// White space and comments.
    fn skip(&mut self) -> Lexed<()> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n', '\u{a0}', '\u{feff}']);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                let length = comment.find("*/").ok_or((ParseErrorKind::Unterminated, self.at))?;
                self.at += length + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn kind(&mut self) -> Lexed<Kind> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Kind::End) };
        match first {
            'A'..='Z' | 'a'..='z' | '_' => Ok(Kind::Name(self.name().into())),
            '0'..='9' => Ok(Kind::Number(self.number().into())),
            '\'' | '`' | '"' => {
                let text = self.delimited(first)?.into();
                Ok(if first == '\'' { Kind::String(text) } else { Kind::Quoted(text) })
            }
            '@' => {
                self.at += 1;
                Ok(Kind::Temporal(self.temporal().into()))
            }
            '%' => {
                self.at += 1;
                match self.rest().chars().next() {
                    Some(quote @ ('\'' | '`' | '"')) => Ok(Kind::Variable(self.delimited(quote)?.into())),
                    Some('A'..='Z' | 'a'..='z' | '_') => Ok(Kind::Variable(self.name().into())),
                    _ => Err((ParseErrorKind::Expected("a variable's name"), self.at)),
                }
            }
            '$' => {
                self.at += 1;
                Ok(Kind::Special(self.name().into()))
            }
            _ => {
                let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let symbol = symbol.ok_or((ParseErrorKind::Character, self.at))?;
                self.at += symbol.len();
                Ok(Kind::Symbol(symbol))
            }
        }
    }

    fn take(&mut self, length: usize) -> &'t str {
        let taken = self.rest().get(..length).unwrap_or_default();
        self.at += taken.len();
        taken
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        self.take(rest.find(|each: char| !each.is_ascii_alphanumeric() && each != '_').unwrap_or(rest.len()))
    }

    fn number(&mut self) -> &'t str {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = digits(0);
        if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
            length += 1 + digits(length + 1);
        } else if bytes.get(length) == Some(&b'L') {
            length += 1;
        }
        self.take(length)
    }

    /// What can be a date or time; whether it is one is found out later. A point belongs to it only before digits, and
    /// a minus sign only where a month, day or time zone can follow.
    fn temporal(&mut self) -> &'t str {
        let bytes = self.rest().as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut length = 0;
        while let Some(&byte) = bytes.get(length) {
            let part = match byte {
                b'0'..=b'9' | b'T' | b'Z' => true,
                b':' | b'.' | b'-' | b'+' => digit(length + 1),
                _ => false,
            };
            // `@2014 - 1 year` has spaces; `@2014-1` is no date, whoever wrote it.
            if !part {
                break;
            }
            length += 1;
        }
        self.take(length)
    }

    fn delimited(&mut self, quote: char) -> Lexed<String> {
        let begin = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['\\', quote]).ok_or((ParseErrorKind::Unterminated, begin))?;
            text.push_str(self.take(plain));
            if rest.get(plain..).is_some_and(|rest| rest.starts_with(quote)) {
                self.at += 1;
                return Ok(text);
            }
            self.escape(&mut text)?;
        }
    }

    fn escape(&mut self, text: &mut String) -> Lexed<()> {
        let begin = self.at;
        let wrong = (ParseErrorKind::Escape, begin);
        self.at += 1;
        let escaped = self.rest().chars().next().ok_or((ParseErrorKind::Unterminated, begin))?;
        self.at += escaped.len_utf8();
        let character = match escaped {
            'r' => '\r',
            'n' => '\n',
            't' => '\t',
            'f' => '\u{c}',
            '\'' | '"' | '`' | '\\' | '/' => escaped,
            'u' => {
                let high = self.unit().ok_or_else(|| wrong.clone())?;
                if (0xd800..0xdc00).contains(&high) {
                    if !self.rest().starts_with("\\u") {
                        return Err(wrong);
                    }
                    self.at += 2;
                    let low = self.unit().ok_or_else(|| wrong.clone())?;
                    let pair = char::decode_utf16([high, low]).next();
                    pair.and_then(Result::ok).ok_or(wrong)?
                } else {
                    char::from_u32(u32::from(high)).ok_or(wrong)?
                }
            }
            // "No other escape sequences are recognized" (section 4.1.2): this one stands for itself, which is what the
            // authors of regular expressions mean.
            _ => {
                text.push('\\');
                escaped
            }
        };
        text.push(character);
        Ok(())
    }

    fn unit(&mut self) -> Option<u16> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += 4;
        u16::from_str_radix(digits, 16).ok()
    }
}
