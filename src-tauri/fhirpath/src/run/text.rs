//! Strings (FHIRPath 2.0.0, section 5.6). Positions and lengths count Unicode characters.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use regex::{Regex, RegexBuilder};

use super::{Outcome, Run, Scope, one, optional};
use crate::error::EvaluationErrorKind as Wrong;
use crate::syntax::{Call, Function as F};
use crate::{Collection, Item};

/// How much memory a compiled expression may take, in bytes.
const MAX_REGEX: usize = 1 << 20;

/// Compiles a regular expression: a point matches line ends too (FHIRPath 2.0.0, section 5.6.10).
pub(crate) fn compile(function: F, pattern: &str, flags: &str) -> Option<Regex> {
    let whole;
    let pattern = if function == F::MatchesFull {
        whole = format!("^(?:{pattern})$");
        &whole
    } else {
        pattern
    };
    RegexBuilder::new(pattern)
        .dot_matches_new_line(true)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .size_limit(MAX_REGEX)
        .dfa_size_limit(MAX_REGEX)
        .build()
        .ok()
}

impl<'a> Run<'_, 'a> {
    pub(super) fn text(
        &mut self,
        call: &Call,
        focus: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Outcome<Collection<'a>> {
        let name = call.function.name();
        if call.function == F::Join {
            return self.join(call, focus, scope);
        }
        let Some(text) = self.string(focus, name)? else { return Ok(Collection::new()) };
        self.spend(text.len() / 64)?;
        match call.function {
            F::Upper => return Ok(one(text.to_uppercase())),
            F::Lower => return Ok(one(text.to_lowercase())),
            F::Length => return Ok(one(Item::Integer(count(&text)))),
            F::Trim => return Ok(one(text.trim().to_owned())),
            F::ToChars => {
                self.spend(text.len())?;
                return Ok(text.chars().map(|each| Item::from(each.to_string())).collect());
            }
            F::Substring => return self.substring(call, &text, scope),
            _ => {}
        }
        let first = self.argument(call, 0, scope)?;
        let Some(first) = self.string(&first, name)? else { return Ok(Collection::new()) };
        Ok(match call.function {
            F::StartsWith => one(text.starts_with(&*first)),
            F::EndsWith => one(text.ends_with(&*first)),
            F::Contains => one(text.contains(&*first)),
            F::IndexOf => one(Item::Integer(place(&text, text.find(&*first)))),
            F::LastIndexOf => one(Item::Integer(place(&text, text.rfind(&*first)))),
            F::Split => {
                self.spend(text.len())?;
                if first.is_empty() {
                    text.chars().map(|each| Item::from(each.to_string())).collect()
                } else {
                    text.split(&*first).map(|part| Item::from(part.to_owned())).collect()
                }
            }
            F::Encode => optional(encode(&text, &first)?),
            F::Decode => optional(decode(&text, &first)?),
            F::Escape => optional(escape(&text, &first)),
            F::Unescape => optional(unescape(&text, &first)),
            F::Replace | F::ReplaceMatches => {
                let second = self.argument(call, 1, scope)?;
                let Some(second) = self.string(&second, name)? else { return Ok(Collection::new()) };
                if first.is_empty() && call.function == F::ReplaceMatches {
                    return Ok(one(text.to_string()));
                }
                // Each place where something is replaced can make the text longer by as much.
                self.spend(text.len().saturating_mul(second.len() + 1) / 64)?;
                one(if call.function == F::Replace {
                    text.replace(&*first, &second)
                } else {
                    self.regex(call, &first, 2, scope)?.replace_all(&text, &*second).into_owned()
                })
            }
            // `matches` and `matchesFull`.
            _ => one(self.regex(call, &first, 1, scope)?.is_match(&text)),
        })
    }

    /// The regular expression: made when the expression was read, or now. Flags are at `flags`.
    fn regex(&mut self, call: &Call, pattern: &str, flags: usize, scope: Scope<'_, 'a>) -> Outcome<Regex> {
        if let Some(regex) = call.regex.get() {
            return Ok(regex.clone());
        }
        let given = self.argument(call, flags, scope)?;
        let given = self.string(&given, call.function.name())?;
        // Compiling is work as well.
        self.spend(100 + pattern.len())?;
        let regex = compile(call.function, pattern, given.as_deref().unwrap_or_default());
        regex.ok_or_else(|| Wrong::Regex(call.function.name()).into())
    }

    fn substring(&mut self, call: &Call, text: &str, scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let start = self.argument(call, 0, scope)?;
        let Some(start) = self.integer(&start, "substring()")? else { return Ok(Collection::new()) };
        let length = if call.arguments.len() == 1 {
            None
        } else {
            let length = self.argument(call, 1, scope)?;
            self.integer(&length, "substring()")?
        };
        self.spend(text.len() / 16)?;
        let (Ok(start), true) = (usize::try_from(start), start < count(text)) else {
            return Ok(Collection::new());
        };
        let rest = text.chars().skip(start);
        let part: String = match length {
            Some(length) => rest.take(usize::try_from(length).unwrap_or(0)).collect(),
            None => rest.collect(),
        };
        Ok(one(part))
    }

    fn join(&mut self, call: &Call, focus: &[Item<'a>], scope: Scope<'_, 'a>) -> Outcome<Collection<'a>> {
        let separator = self.argument(call, 0, scope)?;
        let separator = self.string(&separator, "join()")?;
        if focus.is_empty() {
            return Ok(Collection::new());
        }
        let mut joined = String::new();
        for (index, item) in focus.iter().enumerate() {
            if index > 0 {
                joined.push_str(separator.as_deref().unwrap_or_default());
            }
            let item = self.system(item)?;
            let Item::String(text) = &item else { return Err(self.unfit("join()", &item)) };
            joined.push_str(text);
        }
        self.spend(joined.len() / 64)?;
        Ok(one(joined))
    }
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// The character at the byte `at`, or -1.
fn place(text: &str, at: Option<usize>) -> i64 {
    at.and_then(|at| text.get(..at)).map_or(-1, count)
}

fn encode(text: &str, format: &str) -> Result<Option<String>, Wrong> {
    Ok(Some(match format {
        "hex" => text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")),
        "base64" => BASE64_STANDARD.encode(text),
        "urlbase64" => BASE64_URL_SAFE.encode(text),
        _ => return Err(Wrong::Argument { function: "encode()", expected: FORMATS }),
    }))
}

const FORMATS: &str = "the format is one of hex, base64 and urlbase64";

fn decode(text: &str, format: &str) -> Result<Option<String>, Wrong> {
    let bytes = match format {
        "hex" => {
            let pairs = text.as_bytes().chunks(2);
            let byte = |pair: &[u8]| {
                let digits = std::str::from_utf8(pair).ok().filter(|digits| digits.len() == 2)?;
                u8::from_str_radix(digits, 16).ok()
            };
            pairs.map(byte).collect()
        }
        "base64" => BASE64_STANDARD.decode(text).ok(),
        "urlbase64" => BASE64_URL_SAFE.decode(text).ok(),
        _ => return Err(Wrong::Argument { function: "decode()", expected: FORMATS }),
    };
    Ok(bytes.and_then(|bytes: Vec<u8>| String::from_utf8(bytes).ok()))
}

const HTML: [(&str, &str); 5] =
    [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")];
const JSON: [(&str, &str); 7] = [
    ("\\", "\\\\"),
    ("\"", "\\\""),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\t", "\\t"),
    ("\u{8}", "\\b"),
    ("\u{c}", "\\f"),
];

fn escape(text: &str, target: &str) -> Option<String> {
    let table: &[(&str, &str)] = match target {
        "html" => &HTML,
        "json" => &JSON,
        _ => return None,
    };
    let mut escaped = String::with_capacity(text.len());
    for each in text.chars() {
        let mut buffer = [0; 4];
        let plain: &str = each.encode_utf8(&mut buffer);
        escaped.push_str(table.iter().find(|(from, _)| *from == plain).map_or(plain, |(_, to)| *to));
    }
    Some(escaped)
}

fn unescape(text: &str, target: &str) -> Option<String> {
    let table: &[(&str, &str)] = match target {
        "html" => &HTML,
        "json" => &JSON,
        _ => return None,
    };
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(each) = rest.chars().next() {
        let found = table.iter().find(|(_, escaped)| rest.starts_with(escaped));
        let length = if let Some((to, escaped)) = found {
            plain.push_str(to);
            escaped.len()
        } else {
            plain.push(each);
            each.len_utf8()
        };
        rest = rest.get(length..)?;
    }
    Some(plain)
}
