//! The languages in which a patient can be asked: the statement that is signed has to be in the language of the questions.

use questionnaire::{ImportReport, Problem, Questionnaire, Reason};

/// The languages of the app's own words (BCP 47), in the order in which they are offered. A form is asked in those of its
/// languages that are among them, whatever their region.
pub const SPOKEN: [&str; 4] = ["en", "de", "es", "ar"];

/// The language of the app's own words beside a text in this one (RFC 5646, section 2.1.1: in upper or lower case);
/// `None` where it has none.
pub fn spoken(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or(tag);
    SPOKEN.into_iter().find(|known| known.eq_ignore_ascii_case(primary))
}

/// Adds to the report which languages are not offered; a form that has no other is refused.
pub(super) fn judge(questionnaire: &Questionnaire, report: &mut ImportReport) {
    let (heard, unheard): (Vec<_>, Vec<_>) =
        questionnaire.languages().into_iter().partition(|tag| spoken(tag).is_some());
    let finding = |message: String| Problem {
        link_id: None,
        path: "Questionnaire.language".to_owned(),
        extension: None,
        reason: Reason::Language,
        message,
    };
    let known = SPOKEN.join(", ");
    if heard.is_empty() {
        report.problems.push(finding(format!(
            "the app speaks {known}, and the form only {}: nobody could read what is signed; add the translation into one of them",
            unheard.join(", ")
        )));
        return;
    }
    report.notices.extend(unheard.iter().map(|tag| {
        finding(format!("{tag} is not offered, because the app does not speak it; it speaks {known}"))
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_in_each_of_its_regions_and_however_it_is_written() {
        assert_eq!(spoken("de-CH"), Some("de"));
        assert_eq!(spoken("EN"), Some("en"));
        assert_eq!(spoken("fr"), None);
        assert_eq!(spoken("den"), None, "Slave, not German");
    }
}
