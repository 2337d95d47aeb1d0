//! What a study's document would set up, in the words of whoever reads the page.

use device::study::{SignedStudy, StudyQuestionnaire};
use device::{Authentication, FhirVersion};

use crate::ipc::{SiteFound, StudyForm, StudyFound};

/// What a signed document says.
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
        signer: signed.signer().to_owned(),
        sha256: signed.sha256().to_owned(),
        sites: study.sites.iter().map(site).collect(),
        questionnaires: study.questionnaires.iter().map(form).collect(),
    }
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

fn form(one: &StudyQuestionnaire) -> StudyForm {
    let resource = one.resource.as_ref().and_then(|text| fhir::Value::parse(text.get().as_bytes()).ok());
    let title = resource.as_ref().and_then(|form| form.str("title").or_else(|| form.str("name")));
    StudyForm {
        title: title.unwrap_or(&one.canonical).to_owned(),
        canonical: one.canonical.clone(),
        embedded: one.resource.is_some(),
    }
}
