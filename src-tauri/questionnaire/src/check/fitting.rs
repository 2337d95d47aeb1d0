//! Whether there is a text that a question takes, and which: its form, its lengths and, of an address, what one is, together.
//! Each of them alone leaves many, and all of them together may leave none.

use std::{
    collections::{HashMap, VecDeque},
    sync::LazyLock,
};

use regex_automata::{
    Anchored, MatchKind,
    dfa::{Automaton, StartKind, dense},
    util::{primitives::StateID, start},
};

use super::{accept_text, uri};
use crate::form::TextQuestion;

type Dfa = dense::DFA<Vec<u32>>;

/// Bytes that the automaton of one pattern may take, and so many again while it is made.
const AUTOMATON_BYTES: usize = 1024 * 1024;
/// So many places in two automata are looked at.
const MOST_PLACES: usize = 50_000;

/// What an answer is besides its form: no control characters, no blanks at its ends.
static LINE: LazyLock<Option<Dfa>> =
    LazyLock::new(|| automaton(r"[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?", AUTOMATON_BYTES));
static LINES: LazyLock<Option<Dfa>> =
    LazyLock::new(|| automaton(r"[^\p{Cc}\s](?:(?:[^\p{Cc}]|[\n\r\t])*[^\p{Cc}\s])?", AUTOMATON_BYTES));
/// The same of an address, and of its two schemes that have a form of their own.
static ADDRESSES: LazyLock<Option<[Dfa; 3]>> = LazyLock::new(|| {
    let of = |pattern| automaton(pattern, AUTOMATON_BYTES);
    Some([
        of(r"[A-Za-z][A-Za-z0-9+.-]*:[^\p{Cc}\s\\]+")?,
        of(r"(?i:urn:uuid:)[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")?,
        of(r"(?i:urn:oid:)[0-2](?:\.(?:0|[1-9][0-9]*))+")?,
    ])
});

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fitting {
    /// One of the shortest texts that fit.
    Text(String),
    /// There is none.
    Nothing,
    /// It would take too long to say.
    Unknown,
}

/// Whether a question takes a text as it stands; `is_address` where it asks for one.
pub(crate) fn takes(asks: &TextQuestion, is_address: bool, text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && accept_text(asks, None, text).is_ok()
        && (!is_address || uri::is_absolute_uri(text))
}

/// A text that the question takes.
pub(crate) fn fitting(asks: &TextQuestion, is_address: bool) -> Fitting {
    let shapes: Option<Vec<&Dfa>> = match (is_address, asks.lines) {
        (true, _) => ADDRESSES.as_ref().map(|all| all.iter().collect()),
        (false, true) => LINES.as_ref().map(|one| vec![one]),
        (false, false) => LINE.as_ref().map(|one| vec![one]),
    };
    let pattern = asks.regex.as_ref().map_or("(?s:.*)", regex::Regex::as_str);
    let (Some(shapes), Some(form)) = (shapes, automaton(pattern, AUTOMATON_BYTES)) else {
        return Fitting::Unknown;
    };
    let lengths = (asks.min_length.unwrap_or_default() as usize, asks.max_length.map(|max| max as usize));
    let mut is_unknown = false;
    for shape in shapes {
        match shortest(&form, shape, lengths) {
            Fitting::Text(text) if takes(asks, is_address, &text) => return Fitting::Text(text),
            Fitting::Nothing => {}
            Fitting::Text(_) | Fitting::Unknown => is_unknown = true,
        }
    }
    if is_unknown { Fitting::Unknown } else { Fitting::Nothing }
}

/// The automaton of a whole text; `None` where it is too large, or `pattern` asks for what none can tell.
fn automaton(pattern: &str, bytes: usize) -> Option<Dfa> {
    let config = dense::Config::new()
        .start_kind(StartKind::Anchored)
        .match_kind(MatchKind::All)
        .dfa_size_limit(Some(bytes))
        .determinize_size_limit(Some(bytes));
    dense::Builder::new().configure(config).build(&format!(r"\A(?:{pattern})\z")).ok()
}

/// A place in both automata, and how many characters led there, as far as they count.
type Place = (StateID, StateID, usize);

/// The shortest text, in characters, that both automata take and whose length is within the limits.
fn shortest(form: &Dfa, shape: &Dfa, (least, most): (usize, Option<usize>)) -> Fitting {
    let begin = start::Config::new().anchored(Anchored::Yes);
    let (Ok(first), Ok(second)) = (form.start_state(&begin), shape.start_state(&begin)) else {
        return Fitting::Unknown;
    };
    let bytes = distinct_bytes(form, shape);
    // Without a greatest length, only whether the least one is reached counts.
    let counted = |length: usize| if most.is_none() { length.min(least) } else { length };
    let mut came: HashMap<Place, (Place, u8)> = HashMap::new();
    let begin: Place = (first, second, 0);
    let mut waiting = VecDeque::from([begin]);
    while let Some(place) = waiting.pop_front() {
        let (here, there, length) = place;
        let ends = |dfa: &Dfa, state| dfa.is_match_state(dfa.next_eoi_state(state));
        if length >= least && ends(form, here) && ends(shape, there) {
            return text(&came, begin, place).map_or(Fitting::Unknown, Fitting::Text);
        }
        if came.len() > MOST_PLACES {
            return Fitting::Unknown;
        }
        for &byte in &bytes {
            let next = (form.next_state(here, byte), shape.next_state(there, byte));
            let is_over = |dfa: &Dfa, state| dfa.is_dead_state(state) || dfa.is_quit_state(state);
            if is_over(form, next.0) || is_over(shape, next.1) {
                continue;
            }
            // The bytes of UTF-8 after the first of a character.
            let goes_on = byte & 0xc0 == 0x80;
            let length = if goes_on { length } else { counted(length + 1) };
            let next = (next.0, next.1, length);
            if most.is_some_and(|most| length > most) || next == begin || came.contains_key(&next) {
                continue;
            }
            came.insert(next, (place, byte));
            if goes_on {
                waiting.push_front(next);
            } else {
                waiting.push_back(next);
            }
        }
    }
    Fitting::Nothing
}

/// One byte of each kind that the two tell apart: what is typed easily first.
fn distinct_bytes(form: &Dfa, shape: &Dfa) -> Vec<u8> {
    let rank = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'!'..=b'~' => 3,
        _ => 4,
    };
    let mut bytes: Vec<u8> = (0..=u8::MAX).collect();
    bytes.sort_by_key(|&byte| (rank(byte), byte));
    let mut known = std::collections::HashSet::new();
    // A byte begins a character, or goes on with one, whatever the automata make of it.
    bytes.retain(|&byte| {
        known.insert((form.byte_classes().get(byte), shape.byte_classes().get(byte), byte & 0xc0 == 0x80))
    });
    bytes
}

/// The text that leads to a place.
fn text(came: &HashMap<Place, (Place, u8)>, begin: Place, mut place: Place) -> Option<String> {
    let mut bytes = Vec::new();
    while place != begin {
        let &(before, byte) = came.get(&place)?;
        bytes.push(byte);
        place = before;
    }
    bytes.reverse();
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    fn asks(pattern: &str, min: u32, max: Option<u32>) -> TextQuestion {
        let regex = Some(regex::Regex::new(&format!("^(?:{pattern})$")).unwrap());
        TextQuestion { lines: false, min_length: Some(min), max_length: max, regex }
    }

    fn found(pattern: &str, min: u32, max: Option<u32>, is_address: bool) -> Option<usize> {
        let asks = asks(pattern, min, max);
        match fitting(&asks, is_address) {
            Fitting::Text(text) => {
                assert!(takes(&asks, is_address, &text), "{text}");
                Some(text.chars().count())
            }
            Fitting::Nothing => None,
            Fitting::Unknown => panic!("{pattern} {min} {max:?}"),
        }
    }

    #[test]
    fn a_text_is_found_where_there_is_one() {
        for (pattern, min, max, length) in [
            ("[0-9]{5}", 0, None, Some(5)),
            ("[0-9]{5}", 0, Some(2), None),
            ("[0-9]{5}", 6, None, None),
            ("[a-z]+", 12, Some(12), Some(12)),
            ("(ab)+", 3, Some(5), Some(4)),
            ("(ab)+", 3, Some(3), None),
            (r"\w+@\w+\.de", 0, None, Some(6)),
            (" *", 0, None, None),
            (" x", 0, None, None),
            ("x| x {3}y", 2, None, None),
            ("x| ?x {3}y", 2, None, Some(5)),
            (r"\n+", 0, None, None),
            ("[äöü]{3}", 0, Some(3), Some(3)),
            (r"\p{Han}{2,4}", 3, None, Some(3)),
            ("a|b|", 0, None, Some(1)),
            ("", 0, None, None),
            ("(?:[0-9]{3}-){30}x", 0, None, Some(121)),
        ] {
            assert_eq!(found(pattern, min, max, false), length, "{pattern} {min} {max:?}");
        }
    }

    #[test]
    fn an_address_is_found_where_there_is_one() {
        for (pattern, min, max, length) in [
            (".*", 0, None, Some(3)),
            (".*", 0, Some(2), None),
            (r"\d+", 0, None, None),
            ("[a-z]+", 0, None, None),
            ("^[A-Z].*$", 12, None, Some(12)),
            (".*@.*", 0, None, Some(3)),
            ("urn:uuid:.*", 0, None, Some(45)),
            ("urn:oid:.*", 0, None, Some(11)),
            ("urn:uuid:x.*", 0, None, None),
            (r"https?://[^/]+\.example/.{4}", 0, None, Some(21)),
        ] {
            let expected = if pattern == "urn:uuid:x.*" { None } else { length };
            let asks = asks(pattern, min, max);
            match fitting(&asks, true) {
                Fitting::Text(text) => assert_eq!(Some(text.chars().count()), expected, "{pattern} {text}"),
                Fitting::Nothing => assert_eq!(expected, None, "{pattern}"),
                // A form of its own, and another asked for: nobody refuses a form for that.
                Fitting::Unknown => assert_eq!(pattern, "urn:uuid:x.*"),
            }
        }
    }

    #[test]
    fn what_takes_too_long_is_not_said() {
        let huge = r"(?:[a-z]*[0-9]){200}[a-z]{200}x.{200}y.*z(?:a|b|c.{5}d)*";
        assert_ne!(fitting(&asks(huge, 0, None), false), Fitting::Nothing);
        assert_eq!(fitting(&asks(r"[a-z]+\b!", 0, None), false), Fitting::Unknown);
    }

    proptest! {
        /// What a pattern matches is no less than what is found, and never longer.
        #[test]
        fn nothing_is_only_said_where_no_text_is_made(
            parts in prop::collection::vec("[a-c]{1,2}|\\[a-c\\]\\{1,3\\}|\\(ab\\|c\\)\\*| ", 1..5),
            min in 0u32..6, max in 3u32..9, text in "[a-c ]{0,8}",
        ) {
            let asks = asks(&parts.concat(), min, Some(max));
            if takes(&asks, false, &text) {
                let Fitting::Text(found) = fitting(&asks, false) else { panic!("{text} fits") };
                prop_assert!(found.chars().count() <= text.chars().count());
            }
        }
    }
}
