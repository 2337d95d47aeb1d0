//! Writing values.

use std::fmt::Write as _;

use crate::Value;

/// Room for a signature's header; what is longer grows.
const USUAL_LENGTH: usize = 2 * 1024;

impl Value {
    /// Compact JSON: members in their order, number text as it was read, only what RFC 8259 demands escaped.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(USUAL_LENGTH);
        write(self, &mut out, None, 0);
        out
    }

    /// JSON for people: the same, with two spaces an indent.
    pub fn to_json_pretty(&self) -> String {
        let mut out = String::new();
        write(self, &mut out, Some("  "), 0);
        out.push('\n');
        out
    }
}

/// Recursion is bounded: a parsed value is at most [`crate::MAX_DEPTH`] deep.
fn write(value: &Value, out: &mut String, indent: Option<&str>, depth: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(number.as_str()),
        Value::String(text) => string(text, out),
        Value::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                separate(out, index, indent, depth + 1);
                write(element, out, indent, depth + 1);
            }
            close(out, elements.is_empty(), indent, depth);
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (index, (name, member)) in object.iter().enumerate() {
                separate(out, index, indent, depth + 1);
                string(name, out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(member, out, indent, depth + 1);
            }
            close(out, object.is_empty(), indent, depth);
            out.push('}');
        }
    }
}

fn separate(out: &mut String, index: usize, indent: Option<&str>, depth: usize) {
    if index > 0 {
        out.push(',');
    }
    if let Some(indent) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(indent, depth));
    }
}

fn close(out: &mut String, empty: bool, indent: Option<&str>, depth: usize) {
    if let (false, Some(indent)) = (empty, indent) {
        out.push('\n');
        out.extend(std::iter::repeat_n(indent, depth));
    }
}

/// A JSON string as RFC 8785, section 3.2.2.2 writes it, which is also the shortest that RFC 8259 allows.
pub(crate) fn string(text: &str, out: &mut String) {
    out.push('"');
    if is_plain(text.as_bytes()) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            b'\t' => "\\t",
            b'\n' => "\\n",
            0x0c => "\\f",
            b'\r' => "\\r",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[written..at]);
        out.push_str(short);
        if short.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{byte:04x}");
        }
        written = at + 1;
    }
    out.push_str(&text[written..]);
    out.push('"');
}

/// Whether nothing has to be escaped, as in nearly every string: eight bytes at a time, the last eight of them over
/// again where they are not a whole word.
fn is_plain(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut found = words.iter().fold(0, |found, word| found | escapes(u64::from_le_bytes(*word)));
    if let Some(last) = bytes.last_chunk::<8>() {
        found |= escapes(u64::from_le_bytes(*last));
    } else {
        // What is shorter than a word is filled up with spaces.
        let mut word = [b' '; 8];
        for (place, byte) in word.iter_mut().zip(rest) {
            *place = *byte;
        }
        found |= escapes(u64::from_le_bytes(word));
    }
    found == 0
}

/// Not zero where one of the eight bytes is `"`, `\\` or below a space.
const fn escapes(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    /// Not zero where a byte is below `limit`, which is at most 0x80. A byte may be reported falsely only above one that
    /// is rightly reported, by the borrow.
    const fn below(word: u64, limit: u64) -> u64 {
        word.wrapping_sub(limit * EACH) & !word & HIGH
    }
    below(word, 0x20) | below(word ^ (b'"' as u64 * EACH), 1) | below(word ^ (b'\\' as u64 * EACH), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_escaped_is_found_wherever_it_stands() {
        for length in 0..40 {
            let plain = vec![b'~'; length];
            assert!(is_plain(&plain), "{length}");
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    let expected = !matches!(byte, b'"' | b'\\' | 0x00..=0x1f);
                    assert_eq!(is_plain(&bytes), expected, "{byte:x} at {at} of {length}");
                }
            }
        }
    }
}
