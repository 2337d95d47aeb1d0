//! What the files on the command line are, and which belong together.

use std::path::{Path, PathBuf};

use fhir::Value;

use crate::archive::{self, Files};
use crate::error::Error;
use crate::input;

/// Something that can be verified by itself.
pub(super) enum Subject {
    /// An exported record.
    Record(Files),
    /// A response with what was given beside it.
    Response { response: Value, provenances: Vec<Value>, questionnaire: Option<Value> },
}

/// The command line's files, sorted.
pub(super) struct Given {
    pub(super) subjects: Vec<(PathBuf, Subject)>,
    /// Files whose content is refused; that is a finding about them, and the others are still verified.
    pub(super) refused: Vec<(PathBuf, Error)>,
}

#[derive(Default)]
struct Loose {
    responses: Vec<(PathBuf, Value)>,
    provenances: Vec<(PathBuf, Value)>,
    questionnaires: Vec<Value>,
}

impl Given {
    /// # Errors
    /// [`Error`] when a file cannot be read or is of a kind that cannot be verified, or when a Provenance stands alone.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut given = Self { subjects: Vec::new(), refused: Vec::new() };
        let mut loose = Loose::default();
        for path in paths {
            match read(path) {
                Ok(Content::Record(files)) => given.subjects.push((path.clone(), Subject::Record(files))),
                Ok(Content::Resource(resource)) => loose.sort_in(path, resource)?,
                Err(error) if error.is_about_content() => given.refused.push((path.clone(), error)),
                Err(error) => return Err(error),
            }
        }
        // With a refused file among them it may be the missing counterpart; its refusal says what to do.
        if given.refused.is_empty() {
            loose.check()?;
        }
        given.subjects.extend(loose.into_subjects());
        Ok(given)
    }
}

enum Content {
    Record(Files),
    Resource(Value),
}

fn read(path: &Path) -> Result<Content, Error> {
    if path.is_dir() {
        return archive::read_folder(path).map(Content::Record);
    }
    let content = input::bytes(path, archive::MOST_BYTES)?;
    if archive::is_zip(&content) {
        return archive::read_zip(&content)
            .map(Content::Record)
            .map_err(|refusal| Error::Refused { path: path.to_owned(), refusal });
    }
    input::parse(path, &content).map(Content::Resource)
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

    fn into_subjects(self) -> Vec<(PathBuf, Subject)> {
        self.responses
            .iter()
            .map(|(path, response)| {
                let provenances = self.provenances.iter().filter(|(_, one)| self.belongs(one, response));
                let questionnaire = self.questionnaires.iter().find(|one| answers(response, one));
                let subject = Subject::Response {
                    response: response.clone(),
                    provenances: provenances.map(|(_, provenance)| provenance.clone()).collect(),
                    questionnaire: questionnaire.cloned(),
                };
                (path.clone(), subject)
            })
            .collect()
    }
}

/// Whether `response` says that it answers `questionnaire`: `url|version`.
fn answers(response: &Value, questionnaire: &Value) -> bool {
    let (Some(url), Some(version)) = (questionnaire.str("url"), questionnaire.str("version")) else {
        return false;
    };
    response.str("questionnaire").and_then(|canonical| canonical.split_once('|')) == Some((url, version))
}
