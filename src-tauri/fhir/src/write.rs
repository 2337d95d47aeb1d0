//! Writing values.

use std::fmt::Write as _;

use crate::Value;

impl Value {
    /// Compact JSON: members in their order, number text as it was read, only what RFC 8259 demands escaped.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
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
    let mut written = 0;
    if !text.bytes().fold(false, |found, byte| found | matches!(byte, b'"' | b'\\' | 0x00..=0x1f)) {
        // Nearly every string; without a branch for each byte this is several times as fast.
        out.push_str(text);
        out.push('"');
        return;
    }
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
