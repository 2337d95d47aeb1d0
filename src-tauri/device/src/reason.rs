//! The reason that a person gives for what they do.

use crate::Error;

/// Characters that a reason has at most: a page of text.
const LONGEST: usize = 2000;

/// `typed` without white space at its ends.
///
/// # Errors
/// [`Error::ReasonMissing`] when there is nothing to see in it, [`Error::ReasonUnusable`] when it is longer than a
/// page, or has control characters, which an audit trail could neither show nor print.
pub(crate) fn reason(typed: &str) -> Result<String, Error> {
    let reason = typed.trim();
    if reason.chars().all(|character| character.is_whitespace() || is_invisible(character)) {
        return Err(Error::ReasonMissing);
    }
    let control = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if reason.chars().any(control) || reason.chars().count() > LONGEST {
        return Err(Error::ReasonUnusable);
    }
    Ok(reason.to_owned())
}

/// Characters of no width, and the marks of the reading direction.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fffe}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_reason_is_something_that_can_be_read() {
        for nothing in ["", "   ", "\n\t", "\u{200b}", "\u{202e}\u{200f}", "\u{feff}", "\0"] {
            assert!(matches!(reason(nothing), Err(Error::ReasonMissing)), "{nothing:?}");
        }
        for unusable in ["a\0b", "a\u{1b}[2Jb", &"r".repeat(LONGEST + 1)] {
            assert!(matches!(reason(unusable), Err(Error::ReasonUnusable)), "{unusable:?}");
        }
        assert_eq!(reason("  Started\nby mistake. ").unwrap(), "Started\nby mistake.");
        assert_eq!(reason("بدأ بالخطأ\u{200f}").unwrap(), "بدأ بالخطأ\u{200f}");
        assert_eq!(reason(&"ب".repeat(LONGEST)).unwrap().chars().count(), LONGEST);
    }
}
