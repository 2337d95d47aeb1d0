//! What a study is held against before a device works under it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Period, Study, StudyQuestionnaire};
use crate::{Configuration, Error};

impl Study {
    /// Refuses what no device could work under.
    ///
    /// # Errors
    /// [`Error::Study`] naming the member, and what to do; [`Error::Configuration`] for the policy.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.check_rules()?;
        self.questionnaires.iter().try_for_each(|one| one.check(&self.policy.mixed_languages))
    }

    /// What this version of the program finds wrong with a document that a device took once; `None` where it would take it
    /// today. Its questionnaires are not asked about: each is offered or left out by itself.
    pub(crate) fn unfit(&self) -> Option<String> {
        match self.check_rules().err()? {
            Error::Study(reason) | Error::Configuration(reason) => Some(reason),
            error => Some(error.to_string()),
        }
    }

    fn check_rules(&self) -> Result<(), Error> {
        self.wrong().map_or(Ok(()), |reason| Err(Error::Study(reason)))?;
        let Some(site) = self.sites.first() else { return Ok(()) };
        Configuration {
            server: self.server.clone(),
            site: site.id.clone(),
            device_name: site.name.clone(),
            device_reference: String::new(),
            trust_anchors: self.trust_anchors.clone(),
            export_folder: PathBuf::new(),
            policy: self.policy.clone(),
            study: None,
        }
        .check()
    }

    /// Why this version of the program does not ask the server at the address that the document names.
    pub(super) fn wrong_server(&self) -> Option<&'static str> {
        client::wrong_base(&self.server)
    }

    fn wrong(&self) -> Option<String> {
        let texts = [("study.title", &self.title), ("study.id", &self.id)];
        if let Some((member, _)) = texts.iter().find(|(_, text)| text.trim().is_empty()) {
            return Some(format!("{member} is empty"));
        }
        if !crate::configuration::is_uri(&self.id) {
            return Some("study.id is not a URI: give one such as urn:uuid:…".to_owned());
        }
        if self.version == 0 {
            return Some("study.version is 0: the first document of a study has version 1".to_owned());
        }
        if self.issued.parse::<jiff::Timestamp>().is_err() {
            return Some(
                "study.issued is not a date and time with offset: write it like 2026-01-31T09:00:00+01:00"
                    .to_owned(),
            );
        }
        if let Some(reason) = self.wrong_server() {
            return Some(format!("study.server cannot be used: {reason}; give the FHIR base address"));
        }
        if let Err(error) = seal::Anchors::from_pem(self.trust_anchors.as_bytes()) {
            return Some(format!("study.trustAnchors cannot be used: {error}"));
        }
        if self.sites.is_empty() {
            return Some("study.sites is empty: a device belongs to a site".to_owned());
        }
        if let Some(id) = twice(self.sites.iter().map(|site| site.id.as_str())) {
            return Some(format!("study.sites names the site {id:?} twice"));
        }
        if let Some(site) =
            self.sites.iter().find(|site| site.id.trim().is_empty() || site.name.trim().is_empty())
        {
            return Some(format!("study.sites has a site without id or name ({:?})", site.id));
        }
        let named = self.policy.assignments.iter().flat_map(|assignments| assignments.owners.keys());
        if let Some(id) = named.into_iter().find(|id| self.sites.iter().all(|site| site.id != **id)) {
            return Some(format!(
                "policy.assignments.owners names the site {id:?}, which study.sites does not"
            ));
        }
        let address =
            |one: &'_ StudyQuestionnaire| one.canonical.split('|').next().unwrap_or_default().to_owned();
        let addresses: Vec<String> = self.questionnaires.iter().map(address).collect();
        twice(addresses.iter().map(String::as_str)).map(|address| {
            format!(
                "study.questionnaires names {address} twice: list the version that visits are to start with"
            )
        })
    }
}

impl StudyQuestionnaire {
    /// Holds an embedded Questionnaire against its address and hash, and against the languages in which the study allows gaps.
    fn check(&self, mixed_languages: &[String]) -> Result<(), Error> {
        let wrong =
            |reason: String| Error::Study(format!("study.questionnaires: {}: {reason}", self.canonical));
        let days = self.period.as_ref().map(Period::days).transpose().map_err(|text| {
            wrong(format!("{text:?} in its period is not a day: write it like 2026-03-01"))
        })?;
        if let Some((Some(start), Some(end))) = days
            && end < start
        {
            return Err(wrong(format!("its period ends on {end}, before it starts on {start}")));
        }
        let Some(resource) = &self.resource else { return Ok(()) };
        let imported = questionnaire::import_bytes(resource.get().as_bytes()).map_err(|report| {
            wrong(format!("it cannot be used; attesta questionnaire check says why ({report})"))
        })?;
        let mut report =
            questionnaire::ImportReport { problems: Vec::new(), notices: Vec::new(), supported: Vec::new() };
        crate::forms::judge(&imported, &mut report);
        report.problems.extend(crate::forms::not_allowed(&imported, mixed_languages));
        if let Some(problem) = report.problems.first() {
            return Err(wrong(problem.message.clone()));
        }
        if imported.canonical() != self.canonical {
            return Err(wrong(format!("the Questionnaire calls itself {}", imported.canonical())));
        }
        if imported.sha256() != self.sha256 {
            return Err(wrong(format!("its SHA-256 is {}, and not what the study says", imported.sha256())));
        }
        Ok(())
    }
}

fn twice<'a>(ids: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    ids.into_iter().find(|id| !seen.insert(*id))
}
