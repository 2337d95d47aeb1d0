//! What a language tag (BCP 47) means for showing and reading answers.

use serde::Serialize;

/// The direction of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The direction of the language `tag`: by its script subtag where it has one, else by the language's own script.
    pub fn of(tag: &str) -> Self {
        let script = tag
            .split('-')
            .skip(1)
            .find(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let right_to_left = match script {
            Some(script) => ["arab", "hebr", "syrc", "thaa", "nkoo", "adlm", "rohg"]
                .contains(&script.to_ascii_lowercase().as_str()),
            None => ["ar", "he", "iw", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "syr", "nqo"]
                .contains(&primary(tag).as_str()),
        };
        if right_to_left { Self::Rtl } else { Self::Ltr }
    }
}

/// Texts in the form's own language, on a screen in another one that lacks them: the form says that it may be shown so (our
/// extension `mixed-language`). A page marks each of them with its language (WCAG 2.2, 3.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "index.ts"))]
pub struct Untranslated {
    /// The form's own language (BCP 47).
    pub language: String,
    /// The direction of that language's script.
    pub direction: Direction,
    /// Every line of those texts, word for word as it is drawn. A text of several lines may be in both languages.
    pub lines: Vec<String>,
}

/// Yes and no, in the languages in which a boolean question can be shown. FHIR's boolean items bring no words of their
/// own, and a page must not choose words that are then signed.
const YES_NO: [(&str, &str, &str); 32] = [
    ("ar", "نعم", "لا"),
    ("bg", "Да", "Не"),
    ("cs", "Ano", "Ne"),
    ("da", "Ja", "Nej"),
    ("de", "Ja", "Nein"),
    ("el", "Ναι", "Όχι"),
    ("en", "Yes", "No"),
    ("es", "Sí", "No"),
    ("et", "Jah", "Ei"),
    ("fa", "بله", "خیر"),
    ("fi", "Kyllä", "Ei"),
    ("fr", "Oui", "Non"),
    ("he", "כן", "לא"),
    ("hr", "Da", "Ne"),
    ("hu", "Igen", "Nem"),
    ("it", "Sì", "No"),
    ("ja", "はい", "いいえ"),
    ("lt", "Taip", "Ne"),
    ("lv", "Jā", "Nē"),
    ("nb", "Ja", "Nei"),
    ("nl", "Ja", "Nee"),
    ("nn", "Ja", "Nei"),
    ("no", "Ja", "Nei"),
    ("pl", "Tak", "Nie"),
    ("pt", "Sim", "Não"),
    ("ro", "Da", "Nu"),
    ("sk", "Áno", "Nie"),
    ("sl", "Da", "Ne"),
    ("sv", "Ja", "Nej"),
    ("tr", "Evet", "Hayır"),
    ("uk", "Так", "Ні"),
    // A language that nobody named: as in the root of CLDR.
    (UNDETERMINED, "Yes", "No"),
];

/// The words for `true` and `false`, where this crate knows them.
pub(crate) fn yes_no(tag: &str) -> Option<(&'static str, &'static str)> {
    let language = primary(tag);
    YES_NO.iter().find(|(known, ..)| *known == language).map(|(_, yes, no)| (*yes, *no))
}

/// Whether people write `,` for the decimal point. Everywhere else a comma in a number is refused, never guessed at.
pub(crate) fn comma_is_decimal_point(tag: &str) -> bool {
    !["en", "he", "iw", "ja", "ko", "th", UNDETERMINED, "zh"].contains(&primary(tag).as_str())
}

/// A language that nobody named (RFC 5646, section 4.1): for trying forms out.
pub const UNDETERMINED: &str = "und";

/// Whether `tag` has the shape of a BCP 47 language tag.
pub fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// The tag, then the tags that it is a variety of (RFC 4647, section 3.4): `de-CH`, `de`.
pub(crate) fn fallbacks(tag: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(tag), |tag| {
        let (rest, _) = tag.rsplit_once('-')?;
        // A singleton goes with what it introduces.
        Some(match rest.rsplit_once('-') {
            Some((before, single)) if single.len() == 1 => before,
            _ => rest,
        })
    })
}

/// The language among `known` that `tag` asks for: that very one, or the first that it is a variety of (lookup, RFC 4647,
/// section 3.4).
pub(crate) fn lookup<'k>(known: &'k [String], tag: &str) -> Option<&'k str> {
    fallbacks(tag)
        .find_map(|wanted| known.iter().find(|known| known.eq_ignore_ascii_case(wanted)))
        .map(String::as_str)
}

/// The primary language subtag, in lower case.
fn primary(tag: &str) -> String {
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_decides_the_direction_before_the_language() {
        for (tag, direction) in [
            ("ar", Direction::Rtl),
            ("AR-EG", Direction::Rtl),
            ("he-IL", Direction::Rtl),
            ("az-Arab", Direction::Rtl),
            ("ar-Latn", Direction::Ltr),
            ("de", Direction::Ltr),
            ("en-GB", Direction::Ltr),
        ] {
            assert_eq!(Direction::of(tag), direction, "{tag}");
        }
    }

    #[test]
    fn tags_have_the_shape_of_bcp_47() {
        for tag in ["en", "de-CH", "zh-Hans-CN", "sr-Latn", "es-419"] {
            assert!(is_tag(tag), "{tag}");
        }
        for tag in ["", "e", "en_US", "en-", "-en", "english language", "en--us", "日本"] {
            assert!(!is_tag(tag), "{tag}");
        }
    }

    #[test]
    fn a_language_is_looked_up_from_the_particular_to_the_general() {
        let known = ["en", "de", "de-AT", "zh-Hant"].map(str::to_owned);
        for (tag, found) in [
            ("de", Some("de")),
            ("DE-at", Some("de-AT")),
            ("de-CH-1996", Some("de")),
            ("zh-Hant-TW", Some("zh-Hant")),
            ("zh", None),
            ("zh-Hans", None),
            ("den", None),
        ] {
            assert_eq!(lookup(&known, tag), found, "{tag}");
        }
    }

    #[test]
    fn yes_and_no_are_found_by_the_primary_subtag() {
        assert_eq!(yes_no("de-AT"), Some(("Ja", "Nein")));
        assert_eq!(yes_no(UNDETERMINED), Some(("Yes", "No")));
        assert_eq!(yes_no("tlh"), None, "words that nobody checked are not shown");
    }
}
