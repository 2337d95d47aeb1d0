//! The languages of a form: that of one that names none, and those in which the study allows that it lacks something.

use fhir::Value;
use questionnaire::{ImportReport, Problem, Questionnaire, Reason, allow_mixed_languages};

/// Puts the study's language into a form that names none; the language that was put in.
pub(super) fn with_language(mut form: Value, language: Option<&str>) -> (Value, Option<String>) {
    let put = language.filter(|_| form.resource_type() == Some("Questionnaire")).and_then(|language| {
        let object = form.as_object_mut().filter(|object| !object.contains("language"))?;
        object.insert("language", language);
        Some(language.to_owned())
    });
    (form, put)
}

/// Imports a form, and writes into it the languages in which the study allows that it lacks something; those languages.
pub(super) fn with_mixed(
    mut form: Value,
    allowed: &[String],
) -> (Value, Result<Questionnaire, ImportReport>, Vec<String>) {
    let imported = questionnaire::import(&form);
    let partial = imported.as_ref().map(Questionnaire::partial_languages).unwrap_or_default();
    let mixed: Vec<String> = partial.iter().filter(|tag| names(allowed, tag)).cloned().collect();
    if mixed.is_empty() {
        return (form, imported, mixed);
    }
    allow_mixed_languages(&mut form, &mixed);
    let imported = questionnaire::import(&form);
    (form, imported, mixed)
}

/// The languages in which the form itself says that it may lack something, and the study does not.
pub(super) fn not_allowed(
    questionnaire: &Questionnaire,
    allowed: &[String],
) -> impl Iterator<Item = Problem> {
    questionnaire.mixed_languages().iter().filter(|tag| !names(allowed, tag)).map(|tag| {
        let message = format!(
            "not all of the form is translated into {tag}, and it says that it may be shown so, which the study does not \
             allow; complete the translation, or name {tag} in the study's policy.mixedLanguages"
        );
        problem(Reason::Language, message)
    })
}

fn names(languages: &[String], tag: &str) -> bool {
    languages.iter().any(|one| one.eq_ignore_ascii_case(tag))
}

pub(super) fn problem(reason: Reason, message: String) -> Problem {
    Problem { link_id: None, path: "Questionnaire".to_owned(), extension: None, reason, message }
}
