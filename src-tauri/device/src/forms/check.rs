//! A form that came from elsewhere: completed with what the study adds to it, and held against what can be done here.

use fhir::Value;
use questionnaire::terminology::{self, Expansion, Gathered, MAX_VALUE_SETS, Missing};
use questionnaire::{ImportReport, Problem, Questionnaire, Reason, language_taken, read_document};
use serde::{Deserialize, Serialize};

use super::{languages, servers::Server, study};
use crate::store::form::{self, Form};
use crate::{Device, Error};

/// A form and what was found in it; nothing is stored yet.
#[derive(Debug)]
pub struct CheckedForm {
    report: ImportReport,
    usable: Option<(Questionnaire, String)>,
    completed: Completed,
    replaces: Option<Form>,
    unexpanded: Option<String>,
}

/// What the study added to a form that came from elsewhere. It is stored with the form, which does not show it any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Completed {
    /// The language that the form was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// The languages that it is not wholly translated into, and is offered in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mixed_languages: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    value_sets: Vec<StoredValueSet>,
}

/// The report on a form of the study.
#[derive(Debug)]
pub struct FormReport {
    /// What keeps the form from being used, what is not used of it, and what is.
    pub report: ImportReport,
    /// The form; `None` when this version of the program refuses it.
    pub questionnaire: Option<Questionnaire>,
    /// The value sets that were expanded for it.
    pub value_sets: Vec<StoredValueSet>,
}

/// A value set that a server gave, and that is stored with the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredValueSet {
    /// As the form named it.
    pub reference: String,
    /// The version that the server gave.
    pub version: Option<String>,
    /// How many concepts it has.
    pub concepts: usize,
    /// The server that expanded it; where it is kept as a resource, the address of that.
    pub server: String,
}

/// A value set that a server keeps as a resource, and the address of that; or why there is none. The outer error ends the check.
pub(crate) type Kept<E> = Result<Result<(Value, String), String>, E>;

/// Where a value set is looked for that no terminology server of the study gave.
type Elsewhere<'a, E> = &'a dyn Fn(&Expansion) -> Kept<E>;

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
        &self.completed.value_sets
    }

    /// Why a value set that the form needs could not be had of the study's servers: a server that does not give it today may
    /// give it tomorrow.
    pub fn unexpanded(&self) -> Option<&str> {
        self.unexpanded.as_deref()
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

    /// What is stored beside it.
    pub(super) fn completed(&self) -> &Completed {
        &self.completed
    }

    fn refused(report: ImportReport, unexpanded: Option<String>) -> Self {
        Self { report, usable: None, completed: Completed::default(), replaces: None, unexpanded }
    }
}

/// A form with its value sets in it, those, and what could not be had.
struct Expanded {
    form: Value,
    value_sets: Vec<StoredValueSet>,
    failed: Vec<Problem>,
    /// What failed will fail for ever.
    for_good: bool,
}

impl Device {
    /// Checks a form that came from elsewhere (FHIR JSON or XML; it is stored as JSON). Value sets that it names and does not have are asked for at the
    /// study's terminology servers; a form that names no language is taken to be in the study's. Both become part of what
    /// is stored, and so of its hash. Blocks for the network; stores nothing.
    ///
    /// # Errors
    /// Only for what is not about the form: [`Error::Keystore`], [`Error::Io`] and those of the store. What is wrong
    /// with the form is in the report.
    pub fn check_form(&self, document: &[u8]) -> Result<CheckedForm, Error> {
        self.check(document, None)
    }

    /// The same for a form that a server assigns: a value set that no terminology server gave is looked for `elsewhere`.
    ///
    /// # Errors
    /// As [`Device::check_form`], and those of `elsewhere`.
    pub(crate) fn check_assigned_form<E: From<Error>>(
        &self,
        document: &[u8],
        elsewhere: Elsewhere<'_, E>,
    ) -> Result<CheckedForm, E> {
        self.check(document, Some(elsewhere))
    }

    fn check<E: From<Error>>(
        &self,
        document: &[u8],
        elsewhere: Option<Elsewhere<'_, E>>,
    ) -> Result<CheckedForm, E> {
        let policy = &self.configuration().policy;
        let source = match read_document(document) {
            Ok(source) => source,
            Err(report) => return Ok(CheckedForm::refused(report, None)),
        };
        let Expanded { form, value_sets, failed, for_good } = expanded(self, source, elsewhere)?;
        let signed = if policy.mixed_languages.is_empty() { None } else { self.study()? };
        // With its language the form is another document, and may have another name: that one is checked.
        let (form, language) = languages::with_language(form, policy.form_language.as_deref());
        let (form, imported, mixed_languages) =
            languages::with_mixed(form, &policy.mixed_languages, |form| {
                signed.as_ref().is_some_and(|signed| study::is_listed(signed.study(), form))
            });
        let completed = Completed { language, mixed_languages, value_sets };
        let questionnaire = match imported {
            Ok(questionnaire) => questionnaire,
            Err(mut report) => {
                completed.say(&mut report);
                let unexpanded = unexpanded(&report, &failed).filter(|_| !for_good);
                report.problems.extend(failed);
                return Ok(CheckedForm::refused(report, unexpanded));
            }
        };
        let mut report = judged(&questionnaire, found_in(&questionnaire, &completed));
        report.problems.extend(languages::not_allowed(&questionnaire, &policy.mixed_languages));
        let unexpanded = unexpanded(&report, &failed).filter(|_| !for_good);
        let report = ImportReport { problems: [failed, report.problems].concat(), ..report };
        if !report.problems.is_empty() {
            return Ok(CheckedForm::refused(report, unexpanded));
        }
        let url = questionnaire.url().to_owned();
        let replaces = self.store().read(|connection| form::offered(connection, &url))?;
        let usable = Some((questionnaire, form.to_json()));
        Ok(CheckedForm { report, usable, completed, replaces, unexpanded: None })
    }

    /// The report on a form of the study: on what is stored, and on what the study had added to it when it came.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn form_report(&self, id: &str) -> Result<FormReport, Error> {
        let (row, completed) = self
            .store()
            .read(|connection| Ok((form::by_id(connection, id)?, form::completed(connection, id)?)))?;
        let completed: Completed = completed
            .map_or(Ok(Completed::default()), |text| serde_json::from_str(&text))
            .map_err(|_| Error::Unreadable("what a form was completed with"))?;
        let questionnaire = self.form(&row)?;
        let report = if let Some(found) = &questionnaire {
            judged(found, found_in(found, &completed))
        } else {
            let resource = self.store().read(|connection| form::resource(connection, id))?;
            let refused = questionnaire::import_bytes(resource.as_bytes());
            let mut report = refused.err().ok_or(Error::Questionnaire)?;
            completed.say(&mut report);
            report
        };
        Ok(FormReport { report, questionnaire, value_sets: completed.value_sets })
    }
}

impl Completed {
    /// As it is stored; nothing where nothing was added.
    pub(super) fn text(&self) -> Option<String> {
        if *self == Self::default() { None } else { serde_json::to_string(self).ok() }
    }

    /// Says first what the form does not show any more.
    fn say(&self, report: &mut ImportReport) {
        if let Some(language) = &self.language {
            report.notices.insert(0, language_taken(language));
        }
        for tag in self.mixed_languages.iter().rev() {
            let message = format!(
                "the study allows that the form is offered in {tag} where not all of it is translated"
            );
            report.notices.insert(0, languages::problem(Reason::Completed, message));
        }
    }
}

/// What is to be said about a form that can be used.
fn found_in(questionnaire: &Questionnaire, completed: &Completed) -> ImportReport {
    let mut report = ImportReport {
        problems: Vec::new(),
        notices: questionnaire.notices().to_vec(),
        supported: questionnaire.supported().to_vec(),
    };
    completed.say(&mut report);
    report
}

fn judged(questionnaire: &Questionnaire, mut report: ImportReport) -> ImportReport {
    super::judge(questionnaire, &mut report);
    report.problems.dedup();
    report
}

fn expanded<E: From<Error>>(
    device: &Device,
    source: Value,
    elsewhere: Option<Elsewhere<'_, E>>,
) -> Result<Expanded, E> {
    let mut missing = terminology::missing(&source, &[]);
    let nothing = |form, failed| Expanded { form, value_sets: Vec::new(), failed, for_good: false };
    let names_none = device.configuration().policy.terminology_servers.is_empty();
    if names_none {
        // Without an address nobody can be asked for it; that is the form's own fault.
        missing.retain(|one| elsewhere.is_some() && one.canonical.is_some());
    }
    if missing.is_empty() {
        return Ok(nothing(source, Vec::new()));
    }
    if missing.len() > MAX_VALUE_SETS {
        let message =
            format!("the form lacks more than {MAX_VALUE_SETS} value sets; contain their expansions");
        // No later answer of a server makes them fewer.
        return Ok(Expanded { for_good: true, ..nothing(source, vec![problem(None, message)]) });
    }
    let (servers, mut away) = match Server::all(device) {
        // A form can be taken without them, as soon as it contains what it needs.
        Err(Error::Configuration(reason)) => (Vec::new(), Some(reason)),
        servers => (servers?, None),
    };
    let (mut expansions, mut value_sets, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for one in missing {
        let asked = ask(&one, &servers, &mut away);
        let found = match (asked, elsewhere) {
            (Err(reason), Some(elsewhere)) => {
                kept(&one, elsewhere)?.map_err(|why| format!("{reason}; {why}"))
            }
            (asked, _) => asked,
        };
        match found {
            Ok((expansion, server)) => {
                value_sets.push(stored(&expansion, server));
                expansions.push(expansion);
            }
            Err(message) => failed.push(problem(one.link_ids.first().cloned(), message)),
        }
        if away.is_some() && elsewhere.is_none() {
            break;
        }
    }
    let form = terminology::contain(&source, &expansions).map_err(|_| Error::Questionnaire)?;
    Ok(Expanded { form, value_sets, failed, for_good: false })
}

/// Asks the study's terminology servers for a value set, unless it is known why they are `away`.
fn ask(
    missing: &Missing,
    servers: &[Server],
    away: &mut Option<String>,
) -> Result<(Expansion, String), String> {
    let reference = &missing.reference;
    if servers.is_empty() && away.is_none() {
        return Err(format!("the study names no terminology server that could expand {reference}"));
    }
    if away.is_none() {
        match terminology::gather(vec![missing.clone()], servers) {
            Ok(Gathered { mut found, lacking }) => {
                let found = found.pop().map(|one| (one.expansion, one.server));
                let reason = lacking.first().map(|lacking| lacking.reason.as_str()).unwrap_or_default();
                return found.ok_or_else(|| {
                    format!("the study's terminology server gave no expansion of {reference}: {reason}")
                });
            }
            Err(failed) => *away = Some(failed.reason),
        }
    }
    let reason = away.as_deref().unwrap_or_default();
    Err(format!(
        "the study's terminology server could not be asked for {reference}: {reason}; check the form again when it can be"
    ))
}

/// A value set as it is kept elsewhere, and where.
fn kept<E>(missing: &Missing, elsewhere: Elsewhere<'_, E>) -> Result<Result<(Expansion, String), String>, E> {
    let Some(mut expansion) = Expansion::of(missing) else {
        return Ok(Err("it has no address that a server could be asked for".to_owned()));
    };
    Ok(elsewhere(&expansion)?.and_then(|(value_set, address)| {
        let added = expansion.add_kept(&value_set);
        added.map_err(|error| format!("{address}: {error}"))?;
        Ok((expansion, address))
    }))
}

fn stored(expansion: &Expansion, server: String) -> StoredValueSet {
    StoredValueSet {
        reference: expansion.reference().to_owned(),
        version: expansion.found_version().map(str::to_owned),
        concepts: expansion.concept_count(),
        server,
    }
}

/// What a server did not give, where nothing else is wrong with the form: then it may be given later.
fn unexpanded(report: &ImportReport, failed: &[Problem]) -> Option<String> {
    let only = report.problems.iter().all(|problem| problem.reason == Reason::AnswerValueSet);
    failed.iter().find(|_| only).map(|problem| problem.message.clone())
}

fn problem(link_id: Option<String>, message: String) -> Problem {
    let path = "Questionnaire".to_owned();
    Problem { link_id, path, extension: None, reason: Reason::AnswerValueSet, message }
}
