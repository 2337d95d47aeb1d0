//! Foreign text as it may stand in a page.

use std::fmt::Write as _;

/// Longer texts are cut: a hostile file must not fill the page.
pub(super) const LONGEST_TEXT: usize = 4_000;
/// Characters of what stands at the foot of a printed page.
const LONGEST_FOOT: usize = 120;

/// With a capital at its start.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `2026-11-21T09:41:07+01:00` as `2026-11-21 09:41:07 UTC+01:00`: read the same way in every language.
pub(super) fn readable(time: &str) -> String {
    let Some((day, rest)) = time.split_once('T') else { return time.to_owned() };
    match rest.find(['Z', '+', '-']).map(|at| rest.split_at(at)) {
        Some((clock, "Z")) => format!("{day} {clock} UTC"),
        Some((clock, offset)) => format!("{day} {clock} UTC{offset}"),
        None => time.to_owned(),
    }
}

/// A hash in groups that an eye can compare; copied, it is one word again.
pub(super) fn groups(hash: &str) -> String {
    if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return escape(hash);
    }
    let mut out = String::new();
    for group in hash.as_bytes().chunks(8) {
        let _ = write!(out, "<span>{}</span>", String::from_utf8_lossy(group));
    }
    out
}

/// Text as a string of CSS, every character that could end it as its number.
pub(super) fn css_string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars().take(LONGEST_FOOT) {
        if character.is_ascii_alphanumeric() || " .:-+".contains(character) {
            out.push(character);
        } else {
            // The space ends the number and is not shown.
            let _ = write!(out, "\\{:06x} ", u32::from(character));
        }
    }
    out.push('"');
    out
}

/// Text as HTML text or a quoted attribute; control characters, and marks that turn the direction of what follows,
/// become a replacement character.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST_TEXT));
    for (index, character) in text.chars().enumerate() {
        if index == LONGEST_TEXT {
            out.push('…');
            break;
        }
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            other if other.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foot_says_which_record_and_when_and_cannot_leave_its_string() {
        assert_eq!(css_string("7c0f · 2026"), "\"7c0f \\0000b7  2026\"");
        assert_eq!(css_string("\"; }"), "\"\\000022 \\00003b  \\00007d \"");
        assert_eq!(readable("2026-11-21T09:41:07+01:00"), "2026-11-21 09:41:07 UTC+01:00");
        assert_eq!(readable("2026-11-21T09:41:07.578Z"), "2026-11-21 09:41:07.578 UTC");
        assert_eq!(readable("yesterday"), "yesterday");
    }
}
