//! The languages of a form: that of one that names none, and those in which the study allows that it lacks something.

use fhir::Value;
use questionnaire::{ImportReport, Problem, Questionnaire, Reason, allow_mixed_languages, device};

/// Puts the study's language into a form that names none; the language that was put in.
pub(super) fn with_language(mut form: Value, language: Option<&str>) -> (Value, Option<String>) {
    let put = language.filter(|_| form.resource_type() == Some("Questionnaire")).and_then(|language| {
        let object = form.as_object_mut().filter(|object| !object.contains("language"))?;
        object.insert("language", language);
        Some(language.to_owned())
    });
    (form, put)
}

/// Imports a form, and writes into it the languages in which the study allows that it lacks something; those languages. An
/// adaptive form may come to lack something in each that it is offered in. What a study lists as it is stays as it is: another
/// document would be another form.
pub(super) fn with_mixed(
    mut form: Value,
    allowed: &[String],
    listed: impl Fn(&Questionnaire) -> bool,
) -> (Value, Result<Questionnaire, ImportReport>, Vec<String>) {
    let imported = questionnaire::import(&form);
    let mixed = match &imported {
        Ok(form) => device::may_lack(form, allowed),
        Err(_) => Vec::new(),
    };
    if mixed.is_empty() || imported.as_ref().is_ok_and(listed) {
        return (form, imported, Vec::new());
    }
    allow_mixed_languages(&mut form, &mixed);
    let imported = questionnaire::import(&form);
    (form, imported, mixed)
}

/// The languages in which the form itself says that it may lack something, and the study does not.
pub(crate) fn not_allowed(
    questionnaire: &Questionnaire,
    allowed: &[String],
) -> impl Iterator<Item = Problem> {
    let names = |tag: &str| allowed.iter().any(|one| one.eq_ignore_ascii_case(tag));
    questionnaire.mixed_languages().iter().filter(move |tag| !names(tag)).map(|tag| {
        let message = format!(
            "the form says that it may be shown in {tag} where not all of it is translated, which the study does not allow; \
             complete the translation and remove that, or name {tag} in the study's policy.mixedLanguages"
        );
        problem(Reason::Language, message)
    })
}

pub(super) fn problem(reason: Reason, message: String) -> Problem {
    Problem { link_id: None, path: "Questionnaire".to_owned(), extension: None, reason, message }
}
