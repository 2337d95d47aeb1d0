//! A text that a regular expression matches.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::Chance;

/// More repetitions than these are not tried.
const MOST_REPEATED: u32 = 6;
/// Or, where a text must be long, than these.
const MOST_NEEDED: u32 = 500;

/// A text that `pattern` matches, as far as it has no conditions on its surroundings. What repeats without end may repeat
/// `least` times more, so that the text can be that long.
pub(super) fn text(pattern: &str, least: u32, chance: &mut Chance) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, MOST_REPEATED.max(least.min(MOST_NEEDED)), chance, &mut text)?;
    Some(text)
}

/// Recursion is bounded by the parser's own limit.
fn write(hir: &Hir, most_repeated: u32, chance: &mut Chance, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            // Plain letters and digits first, where the class has them.
            let plain: Vec<char> =
                ('0'..='9').chain('A'..='Z').chain('a'..='z').filter(|letter| has(class, *letter)).collect();
            let letter = match plain.get(chance.below(plain.len())) {
                Some(letter) => *letter,
                None => class
                    .ranges()
                    .iter()
                    .map(regex_syntax::hir::ClassUnicodeRange::start)
                    .find(|letter| !letter.is_control())?,
            };
            text.push(letter);
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX).min(repetition.min.saturating_add(most_repeated));
            let extra = chance.below((most - repetition.min) as usize + 1);
            for _ in 0..repetition.min as usize + extra {
                write(&repetition.sub, most_repeated, chance, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, most_repeated, chance, text)?,
        HirKind::Concat(parts) => {
            parts.iter().try_for_each(|part| write(part, most_repeated, chance, text))?;
        }
        HirKind::Alternation(parts) => {
            write(parts.get(chance.below(parts.len()))?, most_repeated, chance, text)?;
        }
    }
    Some(())
}

fn has(class: &regex_syntax::hir::ClassUnicode, letter: char) -> bool {
    class.ranges().iter().any(|range| range.start() <= letter && letter <= range.end())
}
