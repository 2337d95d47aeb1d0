//! A form that came from elsewhere: completed with what the study adds to it, and held against what can be done here.

use client::Transport;
use fhir::Value;
use questionnaire::terminology::{self, Found, MAX_VALUE_SETS};
use questionnaire::{
    ImportOptions, ImportReport, MAX_BYTES, Problem, Questionnaire, Reason, import_bytes_with, import_with,
};

use super::{launch, servers::Server};
use crate::store::form::{self, Form};
use crate::{Device, Error};

/// A form and what was found in it; nothing is stored yet.
#[derive(Debug)]
pub struct CheckedForm {
    report: ImportReport,
    usable: Option<(Questionnaire, String)>,
    value_sets: Vec<StoredValueSet>,
    replaces: Option<Form>,
}

/// A value set that a terminology server expanded, and that is stored with the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredValueSet {
    /// As the form named it.
    pub reference: String,
    /// The version that the server expanded.
    pub version: Option<String>,
    /// How many concepts it has.
    pub concepts: usize,
    /// The server.
    pub server: String,
}

impl CheckedForm {
    /// What keeps the form from being used, what is not used of it, and what is.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// The form as patients would be shown it; `None` when it is refused.
    pub fn questionnaire(&self) -> Option<&Questionnaire> {
        self.usable.as_ref().map(|(questionnaire, _)| questionnaire)
    }

    /// The value sets that were expanded for it.
    pub fn value_sets(&self) -> &[StoredValueSet] {
        &self.value_sets
    }

    /// The offered form whose place it would take.
    pub fn replaces(&self) -> Option<&Form> {
        self.replaces.as_ref()
    }

    /// Whether it is offered already, as it is.
    pub fn is_known(&self) -> bool {
        self.replaces
            .as_ref()
            .zip(self.questionnaire())
            .is_some_and(|(form, one)| form.sha256 == one.sha256())
    }

    /// The JSON that is stored: with its value sets, and with its language.
    pub(super) fn resource(&self) -> &str {
        self.usable.as_ref().map_or("", |(_, resource)| resource)
    }

    fn refused(report: ImportReport) -> Self {
        Self { report, usable: None, value_sets: Vec::new(), replaces: None }
    }
}

/// A form with its value sets in it, those, and what could not be had.
struct Expanded {
    form: Value,
    value_sets: Vec<StoredValueSet>,
    failed: Vec<Problem>,
}

impl Device {
    /// Checks a form that came from elsewhere (FHIR JSON). Value sets that it names and does not have are asked for at the
    /// study's terminology servers; a form that names no language is taken to be in the study's. Both become part of what
    /// is stored, and so of its hash. Blocks for the network; stores nothing.
    ///
    /// # Errors
    /// Only for what is not about the form: [`Error::Configuration`], [`Error::Io`] and those of the store. What is wrong
    /// with the form is in the report.
    pub fn check_form(&self, document: &[u8]) -> Result<CheckedForm, Error> {
        let policy = &self.configuration().policy;
        let options = ImportOptions { language: policy.form_language.as_deref(), ..ImportOptions::default() };
        let source = (document.len() <= MAX_BYTES).then(|| Value::parse(document));
        let Some(Ok(source)) = source else {
            // Said in the words of the import, which reads nothing of it either.
            let report = import_bytes_with(document, &options).err().ok_or(Error::Questionnaire)?;
            return Ok(CheckedForm::refused(report));
        };
        let Expanded { form, value_sets, failed } =
            expanded(source, &policy.terminology_servers, &self.transport()?.proxy_only())?;
        let found = match import_with(&form, &options) {
            Ok(found) => found,
            Err(mut report) => {
                report.problems.extend(failed);
                return Ok(CheckedForm::refused(report));
            }
        };
        let mut report = ImportReport {
            problems: failed,
            notices: found.notices().to_vec(),
            supported: found.supported().to_vec(),
        };
        launch::judge(&found, &mut report);
        if !report.problems.is_empty() {
            return Ok(CheckedForm::refused(report));
        }
        let (questionnaire, form) = match with_language(form, &options) {
            // Without its language the form was another document, and may have another name.
            Some(form) => (questionnaire::import(&form).map_err(|_| Error::Questionnaire)?, form),
            None => return Err(Error::Questionnaire),
        };
        let url = questionnaire.url().to_owned();
        let replaces = self.store().read(|connection| form::offered(connection, &url))?;
        Ok(CheckedForm { report, usable: Some((questionnaire, form.to_json())), value_sets, replaces })
    }

    /// The report on a form of the study, as it is stored.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn form_report(&self, id: &str) -> Result<ImportReport, Error> {
        let resource = self.store().read(|connection| form::resource(connection, id))?;
        let mut report = match questionnaire::import_bytes(resource.as_bytes()) {
            Ok(found) => {
                let mut report = ImportReport {
                    problems: Vec::new(),
                    notices: found.notices().to_vec(),
                    supported: found.supported().to_vec(),
                };
                launch::judge(&found, &mut report);
                report
            }
            Err(report) => report,
        };
        report.problems.dedup();
        Ok(report)
    }
}

/// Puts the study's language into a form that names none.
fn with_language(mut form: Value, options: &ImportOptions<'_>) -> Option<Value> {
    let object = form.as_object_mut()?;
    if !object.contains("language") {
        object.insert("language", options.language?);
    }
    Some(form)
}

fn expanded(source: Value, servers: &[String], transport: &Transport) -> Result<Expanded, Error> {
    let missing = terminology::missing(&source, &[]);
    let nothing = |form, failed| Expanded { form, value_sets: Vec::new(), failed };
    if missing.is_empty() || servers.is_empty() {
        return Ok(nothing(source, Vec::new()));
    }
    if missing.len() > MAX_VALUE_SETS {
        let message =
            format!("the form lacks more than {MAX_VALUE_SETS} value sets; contain their expansions");
        return Ok(nothing(source, vec![problem(None, message)]));
    }
    let gathered = match terminology::gather(missing, &Server::all(servers, transport)?) {
        Ok(gathered) => gathered,
        Err(failed) => {
            let message = format!(
                "the study's terminology server could not be asked for {}: {}; check the form again when it can be",
                failed.reference, failed.reason
            );
            return Ok(nothing(source, vec![problem(None, message)]));
        }
    };
    let failed = gathered.lacking.iter().map(|lacking| {
        let message = format!(
            "the study's terminology server gave no expansion of {}: {}",
            lacking.missing.reference, lacking.reason
        );
        problem(lacking.missing.link_ids.first().cloned(), message)
    });
    let failed = failed.collect();
    let expansions: Vec<_> = gathered.found.iter().map(|found| found.expansion.clone()).collect();
    let form = terminology::contain(&source, &expansions).map_err(|_| Error::Questionnaire)?;
    Ok(Expanded { form, value_sets: gathered.found.iter().map(stored).collect(), failed })
}

fn stored(found: &Found) -> StoredValueSet {
    StoredValueSet {
        reference: found.expansion.reference().to_owned(),
        version: found.expansion.found_version().map(str::to_owned),
        concepts: found.expansion.concept_count(),
        server: found.server.clone(),
    }
}

fn problem(link_id: Option<String>, message: String) -> Problem {
    let path = "Questionnaire".to_owned();
    Problem { link_id, path, extension: None, reason: Reason::AnswerValueSet, message }
}
