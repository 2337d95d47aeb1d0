//! What the files on the command line are, and which belong together.

use std::path::{Path, PathBuf};

use fhir::Value;
use seal::export::RESPONSE;

use crate::archive::{self, Files};
use crate::error::Error;
use crate::input;

/// Something that can be verified by itself.
pub(super) struct Subject {
    pub(super) file: PathBuf,
    pub(super) content: Content,
    /// The Questionnaire that it says it answers, when that was given too.
    pub(super) questionnaire: Option<Value>,
}

pub(super) enum Content {
    /// An exported record.
    Record(Files),
    /// A response with the Provenances that were given beside it.
    Response { response: Value, provenances: Vec<Value> },
}

/// The command line's files, sorted.
pub(super) struct Given {
    pub(super) subjects: Vec<Subject>,
    /// Whether a Questionnaire was among them, which its giver then expects to be compared.
    pub(super) with_questionnaire: bool,
    /// Files whose content is refused; that is a finding about them, and the others are still verified.
    pub(super) refused: Vec<(PathBuf, Error)>,
}

#[derive(Default)]
struct Loose {
    records: Vec<(PathBuf, Files)>,
    responses: Vec<(PathBuf, Value)>,
    provenances: Vec<(PathBuf, Value)>,
    questionnaires: Vec<Value>,
}

impl Given {
    /// # Errors
    /// [`Error`] when a file cannot be read or is of a kind that cannot be verified, or when a Provenance stands alone.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut refused = Vec::new();
        let mut loose = Loose::default();
        for path in paths {
            match read(path) {
                Ok(Read::Record(files)) => loose.records.push((path.clone(), files)),
                Ok(Read::Resource(resource)) => loose.sort_in(path, resource)?,
                Err(error) if error.is_about_content() => refused.push((path.clone(), error)),
                Err(error) => return Err(error),
            }
        }
        // With a refused file among them it may be the missing counterpart; its refusal says what to do.
        if refused.is_empty() {
            loose.check()?;
        }
        let with_questionnaire = !loose.questionnaires.is_empty();
        Ok(Self { subjects: loose.into_subjects(), with_questionnaire, refused })
    }
}

enum Read {
    Record(Files),
    Resource(Value),
}

fn read(path: &Path) -> Result<Read, Error> {
    if path.is_dir() {
        return archive::read_folder(path).map(Read::Record);
    }
    let content = input::bytes(path, archive::MOST_BYTES)?;
    if archive::is_zip(&content) {
        return archive::read_zip(&content)
            .map(Read::Record)
            .map_err(|refusal| Error::Refused { path: path.to_owned(), refusal });
    }
    input::parse(path, &content).map(Read::Resource)
}

impl Loose {
    fn sort_in(&mut self, path: &Path, resource: Value) -> Result<(), Error> {
        match resource.resource_type() {
            Some("QuestionnaireResponse") => self.responses.push((path.to_owned(), resource)),
            Some("Provenance") => self.provenances.push((path.to_owned(), resource)),
            Some("Questionnaire") => self.questionnaires.push(resource),
            other => {
                return Err(Error::NotVerifiable {
                    path: path.to_owned(),
                    found: other.map(crate::outcome::printable),
                });
            }
        }
        Ok(())
    }

    /// Every Provenance has a response to speak for.
    fn check(&self) -> Result<(), Error> {
        if let ([(path, _), ..], []) = (self.provenances.as_slice(), self.responses.as_slice()) {
            return Err(Error::NoResponse { path: path.clone() });
        }
        let stray = self.provenances.iter().find(|(_, provenance)| {
            !self.responses.iter().any(|(_, response)| self.belongs(provenance, response))
        });
        if let ([], []) = (self.records.as_slice(), self.responses.as_slice()) {
            return Err(Error::NothingToVerify);
        }
        stray.map_or(Ok(()), |(path, _)| Err(Error::StrayProvenance { path: path.clone() }))
    }

    /// A single response takes every Provenance, so that one about something else is found out and not left aside.
    fn belongs(&self, provenance: &Value, response: &Value) -> bool {
        self.responses.len() == 1
            || response.str("id").is_some_and(|id| {
                provenance.list("target").iter().filter_map(|target| target.str("reference")).any(
                    |reference| {
                        let mut parts =
                            reference.split('/').skip_while(|part| *part != "QuestionnaireResponse");
                        parts.nth(1) == Some(id)
                    },
                )
            })
    }

    fn into_subjects(self) -> Vec<Subject> {
        let Self { records, responses, provenances, questionnaires } = &self;
        let answered = |response: &Value| questionnaires.iter().find(|one| answers(response, one)).cloned();
        let records = records.iter().map(|(file, files)| {
            let response = files.iter().find(|(name, _)| name == RESPONSE);
            let response = response.and_then(|(_, content)| Value::parse(content).ok());
            let questionnaire = response.as_ref().and_then(answered);
            Subject { file: file.clone(), content: Content::Record(files.clone()), questionnaire }
        });
        let responses = responses.iter().map(|(file, response)| {
            let provenances = provenances.iter().filter(|(_, one)| self.belongs(one, response));
            let content = Content::Response {
                response: response.clone(),
                provenances: provenances.map(|(_, provenance)| provenance.clone()).collect(),
            };
            Subject { file: file.clone(), content, questionnaire: answered(response) }
        });
        records.chain(responses).collect()
    }
}

/// Whether `response` says that it answers `questionnaire`: `url|version`.
fn answers(response: &Value, questionnaire: &Value) -> bool {
    let (Some(url), Some(version)) = (questionnaire.str("url"), questionnaire.str("version")) else {
        return false;
    };
    response.str("questionnaire").and_then(|canonical| canonical.split_once('|')) == Some((url, version))
}
