//! Characters, names and references (XML 1.0, fifth edition, sections 2.2, 2.3, 4.1).

use std::borrow::Cow;

use super::XmlErrorKind;

pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// The offset of the first character that XML 1.0 does not allow.
pub(super) fn illegal(text: &str) -> Option<usize> {
    // Without a branch for each byte, since nearly every text has none: control characters, and the first byte of U+F000
    // to U+FFFF, where the other two are.
    let suspect = |byte: u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 0xef);
    if !text.bytes().fold(false, |found, byte| found | suspect(byte)) {
        return None;
    }
    text.char_indices().find(|&(_, character)| !is_character(character)).map(|(at, _)| at)
}

pub(super) fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn starts_name(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}'
        | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

fn continues_name(character: char) -> bool {
    starts_name(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Which ASCII characters stand in names; a colon is none of them.
const IN_NAMES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// How many bytes of ASCII that stand in names `text` begins with.
fn name_bytes(text: &[u8]) -> usize {
    text.iter().position(|byte| !IN_NAMES[usize::from(*byte)]).unwrap_or(text.len())
}

/// A name without a colon.
pub(super) fn is_ncname(name: &str) -> bool {
    let bytes = name.as_bytes();
    if name_bytes(bytes) == bytes.len() {
        return bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_');
    }
    let mut characters = name.chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

/// A name with its prefix, empty when there is none.
pub(super) fn split(name: &str) -> Result<(&str, &str), XmlErrorKind> {
    let (prefix, local) = match name_bytes(name.as_bytes()) {
        plain if plain == name.len() => ("", name),
        _ => match name.split_once(':') {
            None => ("", name),
            Some((prefix, local)) if is_ncname(prefix) => (prefix, local),
            Some(_) => return Err(XmlErrorKind::BadName),
        },
    };
    if is_ncname(local) { Ok((prefix, local)) } else { Err(XmlErrorKind::BadName) }
}

/// The length of what stands before the first white space.
pub(super) fn before_space(text: &str) -> usize {
    text.bytes().position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).unwrap_or(text.len())
}

/// Without the white space in front.
pub(super) fn trim_start(text: &str) -> &str {
    if text.starts_with([' ', '\t', '\n', '\r']) { text.trim_start_matches(is_space) } else { text }
}

/// What stands before the first `byte` of ASCII and what stands after it.
pub(super) fn split_at(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.as_bytes().iter().position(|each| *each == byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Line ends as XML 1.0, section 2.11 reads them.
pub(super) fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// The character that `&name;` stands for.
pub(super) fn reference(name: &str) -> Result<char, XmlErrorKind> {
    let number = match name {
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "amp" => return Ok('&'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => name.strip_prefix('#').ok_or(XmlErrorKind::UnknownEntity)?,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(XmlErrorKind::UnknownEntity);
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|&character| is_character(character))
        .ok_or(XmlErrorKind::IllegalCharacter)
}

/// An attribute's value as written between its quotes: references resolved, spaces normalised (section 3.3.3).
pub(super) fn attribute(raw: &str) -> Result<Cow<'_, str>, XmlErrorKind> {
    let special = |byte: u8| matches!(byte, b'<' | b'&' | b'\t' | b'\n' | b'\r');
    if !raw.bytes().fold(false, |found, byte| found | special(byte)) {
        return Ok(raw.into());
    }
    if raw.contains('<') {
        return Err(XmlErrorKind::Unescaped);
    }
    let raw = line_ends(raw);
    let mut value = String::with_capacity(raw.len());
    let mut rest = &*raw;
    while let Some((before, after)) = rest.split_once('&') {
        spaces(before, &mut value);
        let (name, next) = after.split_once(';').ok_or(XmlErrorKind::UnknownEntity)?;
        value.push(reference(name)?);
        rest = next;
    }
    spaces(rest, &mut value);
    Ok(value.into())
}

/// Each white space becomes a space.
fn spaces(text: &str, out: &mut String) {
    out.extend(text.chars().map(|character| if is_space(character) { ' ' } else { character }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_ways_find_what_the_slow_ones_do() {
        let characters = (0..=0x2_ffff).filter_map(char::from_u32);
        for character in characters.chain(['\u{effff}', '\u{f0000}', '\u{10ffff}']) {
            let text = format!("a{character}b");
            assert_eq!(illegal(&text).is_none(), is_character(character), "{character:?}");
            assert_eq!(is_ncname(&text), continues_name(character), "{character:?}");
            assert_eq!(is_ncname(&character.to_string()), starts_name(character), "{character:?}");
        }
        assert!(!is_ncname(""));
    }
}
