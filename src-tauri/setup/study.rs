//! What a study's document would set up, in the words of whoever reads the page.

use device::study::{SignedStudy, StudyQuestionnaire};
use device::{Authentication, FhirVersion};

use crate::ipc::{SiteFound, StudyForm, StudyFound};

/// Characters at the end of the signer's thumbprint that a person types from the paper.
const END: usize = 8;

/// Whether this is the end of the thumbprint, or more of it. White space and upper or lower case do not matter.
pub(super) fn is_end_of(typed: &str, signer: &str) -> bool {
    let typed: String = typed.chars().filter(|one| !one.is_whitespace()).collect();
    typed.len() >= END && signer.to_ascii_lowercase().ends_with(&typed.to_ascii_lowercase())
}

/// What a signed document says. The end of the thumbprint of its signer is left out: it has to come from the paper.
pub(super) fn found(signed: &SignedStudy) -> StudyFound {
    let study = signed.study();
    let site = |one: &device::study::Site| SiteFound { id: one.id.clone(), name: one.name.clone() };
    StudyFound {
        title: study.title.clone(),
        id: study.id.clone(),
        version: study.version,
        issued: study.issued.clone(),
        server: study.server.clone(),
        fhir_version: match study.policy.fhir_version {
            FhirVersion::R4 => "R4",
            FhirVersion::R5 => "R5",
        },
        authentication: method(&study.policy.authentication),
        signer: beginning(signed.signer()).to_owned(),
        compared: false,
        sha256: signed.sha256().to_owned(),
        sites: study.sites.iter().map(site).collect(),
        questionnaires: study.questionnaires.iter().map(form).collect(),
    }
}

fn beginning(signer: &str) -> &str {
    signer.get(..signer.len().saturating_sub(END)).unwrap_or_default()
}

/// How the device shows the server who it is, as the document names it.
pub(crate) fn method(authentication: &Authentication) -> &'static str {
    match authentication {
        Authentication::None {} => "none",
        Authentication::Bearer {} => "bearer",
        Authentication::SmartBackendServices { .. } => "smartBackendServices",
        Authentication::MutualTls {} => "mutualTls",
    }
}

/// A questionnaire's title; its canonical where the document does not bring it.
pub(crate) fn title_of(one: &StudyQuestionnaire) -> String {
    let resource = one.resource.as_ref().and_then(|text| fhir::Value::parse(text.get().as_bytes()).ok());
    let title = resource.as_ref().and_then(|form| form.str("title").or_else(|| form.str("name")));
    title.unwrap_or(&one.canonical).to_owned()
}

fn form(one: &StudyQuestionnaire) -> StudyForm {
    StudyForm { title: title_of(one), canonical: one.canonical.clone(), embedded: one.resource.is_some() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_thumbprint_is_known_however_it_is_spaced_and_nothing_shorter_or_other_is() {
        let signer = "rGQp6rRfO0HPhPeAVHebkFhkEXJ7_VsXnxfrODb1XGU";
        for typed in [
            "ODb1XGU",
            "",
            " ",
            "rODb1XG",
            "xODb1XGU",
            "rODb1XGU x",
            "é",
            signer.get(..8).unwrap_or_default(),
        ] {
            assert!(!is_end_of(typed, signer), "{typed}");
        }
        for typed in ["rODb1XGU", "rodb1xgu", " RODB 1XGU\n", "frODb1XGU", signer] {
            assert!(is_end_of(typed, signer), "{typed}");
        }
        assert_eq!(beginning(signer), "rGQp6rRfO0HPhPeAVHebkFhkEXJ7_VsXnxf");
    }
}
