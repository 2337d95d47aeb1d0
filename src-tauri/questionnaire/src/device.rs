//! What Attesta's device makes of a form that is usable by itself: in which languages people are asked there, and what a form
//! is launched with (SDC `launchContext`). A form that needs more is usable elsewhere, and the device refuses it.

use crate::{ImportReport, LAUNCH_ELEMENTS, LaunchContext, Problem, Questionnaire, Reason};

const LAUNCH_CONTEXT: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext";

/// The languages of the app's own words (BCP 47), in the order in which they are offered. A form is asked in those of its
/// languages that are among them, whatever their region: the statement that is signed has to be in the language of the
/// questions.
pub const SPOKEN: [&str; 4] = ["en", "de", "es", "ar"];

/// The language of the app's own words beside a text in this one (RFC 5646, section 2.1.1: in upper or lower case);
/// `None` where it has none.
pub fn spoken(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or(tag);
    SPOKEN.into_iter().find(|known| known.eq_ignore_ascii_case(primary))
}

/// What the device gives for a launch context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The participant.
    Patient,
    /// The member of staff who hands the device over.
    User,
    /// The visit.
    Encounter,
    /// The participant's newest proven response to a form of the same address.
    Earlier,
}

/// The names that SDC defines (code system `launchContext`, SDC 4.0). The binding is extensible: a form may use others.
const DEFINED: [&str; 6] = ["patient", "encounter", "location", "user", "study", "clinical"];

impl Given {
    /// `None` for what the device does not have. A type alone says nothing of who is meant: the Patient `%mother` of a
    /// newborn's form is not the participant.
    pub fn of(context: &LaunchContext) -> Option<Self> {
        let says = |kind: &str| context.types.iter().any(|known| known == kind);
        let may = |kind: &str| context.types.is_empty() || says(kind);
        match context.name.as_str() {
            "patient" if may("Patient") => Some(Self::Patient),
            "user" if may("Practitioner") => Some(Self::User),
            "encounter" if may("Encounter") => Some(Self::Encounter),
            // No name is defined for it; the note says which it is.
            _ if says("QuestionnaireResponse") => Some(Self::Earlier),
            _ => None,
        }
    }

    /// What somebody who knows the form has to know about it.
    fn note(self) -> Option<&'static str> {
        match self {
            Self::Patient | Self::User | Self::Encounter => None,
            Self::Earlier => Some(
                "this is the newest response of the participant to a form of the same address that this device has \
                 delivered and proven; what another device has delivered is not seen, and the first time there is none",
            ),
        }
    }
}

/// Of the languages in which a study allows gaps (`policy.mixedLanguages`), those in which the form has some and does not say
/// so yet: those that are not wholly there, and of an adaptive form those that may not be later.
pub fn may_lack(questionnaire: &Questionnaire, allowed: &[String]) -> Vec<String> {
    let mut languages = questionnaire.partial_languages().to_vec();
    if questionnaire.is_adaptive() {
        let offered = questionnaire.languages().into_iter().skip(1);
        languages.extend(offered.filter(|tag| !questionnaire.mixed_languages().contains(tag)));
    }
    languages.retain(|tag| allowed.iter().any(|one| one.eq_ignore_ascii_case(tag)));
    languages
}

/// Adds to the report what the device refuses of a form, and what is otherwise there.
pub fn judge(questionnaire: &Questionnaire, report: &mut ImportReport) {
    languages(questionnaire, report);
    launched(questionnaire, report);
    report.settle();
}

/// Which languages are not offered; a form that has no other is refused.
fn languages(questionnaire: &Questionnaire, report: &mut ImportReport) {
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

/// What the launch contexts mean here: what is not known, and an element that is not given, is refused where more depends on it
/// than the answer that a question begins with.
fn launched(questionnaire: &Questionnaire, report: &mut ImportReport) {
    let contexts = questionnaire.launch_contexts();
    let mut given = Vec::new();
    for context in &contexts {
        let finding = |link_id: &Option<String>, message: String| Problem {
            link_id: link_id.clone(),
            path: context.path.clone().unwrap_or_else(|| "Questionnaire".to_owned()),
            extension: context.path.is_some().then(|| LAUNCH_CONTEXT.to_owned()),
            reason: Reason::LaunchContext,
            message,
        };
        let name = &context.name;
        if let Some(what) = Given::of(context) {
            given.extend(
                LAUNCH_ELEMENTS.into_iter().filter(|(known, _)| what != Given::Earlier && known == name),
            );
            let first = context.reads.first().and_then(|read| read.link_id.clone());
            let note = what.note().map(|note| finding(&first, format!("%{name} is read: {note}")));
            report.notices.extend(note);
            continue;
        }
        let known = DEFINED.contains(&name.as_str());
        let why = if known {
            format!("%{name} is not known on the device")
        } else {
            format!(
                "%{name} is no name that SDC defines for a launch context, so nothing is given under this name"
            )
        };
        for read in &context.reads {
            if read.only_begins {
                let message = format!("{why}: the question begins without an answer");
                report.notices.push(finding(&read.link_id, message));
            } else {
                let message =
                    format!("{why}, and more depends on it; ask for it, or leave the expression out");
                report.problems.push(finding(&read.link_id, message));
            }
        }
    }
    for read in questionnaire.beyond_launch(&given) {
        if read.only_begins {
            report.notices.push(read.finding("the question begins without an answer"));
        } else {
            let advice = "more depends on it than the answer that a question begins with; ask for it in a question of \
                          the form, which the office or the patient answers, and read that";
            report.problems.push(read.finding(advice));
        }
    }
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
