//! The texts that the backend itself says, because they are part of what is signed: the page must not choose them.

mod report;

pub use report::{ELSEWHERE, ReportWords};

use fluent_bundle::{FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

/// The languages of the app's own texts (BCP 47), in the order in which they are offered.
pub const LANGUAGES: [&str; 4] = device::SPOKEN;

const SOURCES: [(&str, &str); 4] = [
    ("en", include_str!("en.ftl")),
    ("de", include_str!("de.ftl")),
    ("es", include_str!("es.ftl")),
    ("ar", include_str!("ar.ftl")),
];

/// Which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// A language's name in itself.
    LanguageName,
    /// The meaning of the patient's signature (21 CFR 11.50(a)(3)).
    SignStatement,
}

impl Text {
    /// Every text, for the test that none is missing.
    #[cfg(test)]
    const ALL: [Self; 2] = [Self::LanguageName, Self::SignStatement];

    fn id(self) -> &'static str {
        match self {
            Self::LanguageName => "language-name",
            Self::SignStatement => "sign-statement",
        }
    }
}

/// The text in `language`, or in its primary language (`de` for `de-AT`); `None` when the app does not speak it, in
/// which case a patient must not be asked to sign in it.
pub fn text(language: &str, text: Text) -> Option<String> {
    let spoken = device::spoken(language)?;
    let (_, source) = SOURCES.iter().find(|(known, _)| *known == spoken)?;
    let tag: LanguageIdentifier = spoken.parse().ok()?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.add_resource(FluentResource::try_new((*source).to_owned()).ok()?).ok()?;
    let pattern = bundle.get_message(text.id())?.value()?;
    let mut errors = Vec::new();
    let words = bundle.format_pattern(pattern, None, &mut errors).into_owned();
    errors.is_empty().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_exists_in_every_language() {
        for language in LANGUAGES {
            for wanted in Text::ALL {
                assert!(
                    text(language, wanted).is_some_and(|words| !words.is_empty()),
                    "{language} {wanted:?}"
                );
            }
        }
    }

    #[test]
    fn a_region_falls_back_to_its_language_and_an_unknown_language_to_nothing() {
        assert_eq!(text("de-AT", Text::LanguageName).as_deref(), Some("Deutsch"));
        assert_eq!(text("fr", Text::SignStatement), None);
    }
}
