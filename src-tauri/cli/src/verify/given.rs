//! What the command line names, and which of it belongs together.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use fhir::reference::unversioned;
use fhir::{Value, Version};
use seal::jades::{Augmented, is_evidence, read_evidence};

use super::collection::{self, Collection, Found};
use super::source::Source;
use crate::error::Error;
use crate::outcome::printable;

/// Something that can be verified by itself.
pub(super) struct Subject {
    pub(super) name: PathBuf,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// An exported record.
    Record(Source),
    /// A resource with the Provenances that were given beside it.
    Resource { resource: Source, provenances: Vec<Source> },
    /// A resource of the server, by its reference.
    Remote(String),
    /// A file whose content is refused; that is a finding about it, and the others are still verified.
    Refused(Error),
}

/// What the command line names, sorted.
pub(super) struct Given {
    /// As they were asked for; what a folder holds, by name.
    pub(super) subjects: Vec<Subject>,
    /// To compare with what was signed; whoever gives one expects that.
    pub(super) questionnaires: Vec<Value>,
    /// Evidence that was named by itself.
    pub(super) evidence: Vec<Augmented>,
    /// Files in folders that nothing can be said about.
    pub(super) left_out: usize,
}

/// What is known about a resource without holding it.
struct Known {
    source: Source,
    kind: String,
    id: Option<String>,
    /// Of a Provenance: what it speaks for, as `Type/id`.
    targets: Vec<String>,
    in_folder: bool,
}

enum Step {
    Ready(Subject),
    Loose(Known),
    /// A Provenance that was found in a folder: by its index.
    Found(usize),
}

#[derive(Default)]
struct Reading {
    steps: Vec<Step>,
    provenances: Vec<Known>,
    questionnaires: Vec<Value>,
    evidence: Vec<Augmented>,
    refused: bool,
    /// That XML is read by.
    release: Option<Version>,
    left_out: usize,
}

/// Resources whose content can carry a signature, or to which a Provenance can lend one.
const VERIFIABLE: [&str; 2] = ["QuestionnaireResponse", "Bundle"];

impl Given {
    /// # Errors
    /// [`Error`] when a file cannot be read or is of a kind that cannot be verified, or when a Provenance stands alone.
    pub(super) fn read(paths: &[PathBuf], release: Option<Version>) -> Result<Self, Error> {
        let mut reading = Reading { release, ..Reading::default() };
        for path in paths {
            if path.is_dir() && !collection::is_record(path) {
                reading.folder(path)?;
            } else if path.is_dir() {
                reading.record(Source::file(path.clone()));
            } else {
                reading.document(Source::new(path)?, false)?;
            }
        }
        reading.finish()
    }
}

impl Given {
    /// References to a server's resources. One that is not text is refused with all others that are none.
    pub(super) fn remote(references: &[PathBuf]) -> Self {
        let remote = |reference: &PathBuf| Subject {
            name: reference.clone(),
            content: Content::Remote(reference.to_string_lossy().into_owned()),
        };
        let subjects = references.iter().map(remote).collect();
        Self { subjects, questionnaires: Vec::new(), evidence: Vec::new(), left_out: 0 }
    }
}

impl Reading {
    fn folder(&mut self, folder: &Path) -> Result<(), Error> {
        let Collection { found, left_out } = Collection::read(folder)?;
        self.left_out += left_out;
        if found.is_empty() {
            let refusal = crate::archive::Refusal::Empty;
            self.refuse(folder.to_owned(), Error::Refused { path: folder.to_owned(), refusal });
        }
        for one in found {
            match one {
                Found::Record(path) => self.record(Source::file(path)),
                Found::Document(path) => self.document(Source::file(path), true)?,
                Found::Unreadable(path, error) => self.refuse(path, error),
            }
        }
        Ok(())
    }

    fn record(&mut self, source: Source) {
        let name = source.path.clone();
        self.steps.push(Step::Ready(Subject { name, content: Content::Record(source) }));
    }

    fn refuse(&mut self, name: PathBuf, error: Error) {
        self.refused = true;
        self.steps.push(Step::Ready(Subject { name, content: Content::Refused(error) }));
    }

    fn document(&mut self, source: Source, in_folder: bool) -> Result<(), Error> {
        let read = source
            .is_zip()
            .and_then(|zip| if zip { Ok(None) } else { source.resource(self.release).map(Some) });
        let resource = match read {
            Ok(Some(resource)) => resource,
            Ok(None) => {
                self.record(source);
                return Ok(());
            }
            Err(error) if error.is_about_content() || in_folder => {
                self.refuse(source.path, error);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if is_evidence(&resource) {
            return self.evidence(&source, &resource, in_folder);
        }
        match resource.resource_type() {
            Some("Questionnaire") => self.questionnaires.push(resource),
            Some("Provenance") => {
                if in_folder {
                    self.steps.push(Step::Found(self.provenances.len()));
                }
                self.provenances.push(Known::about(source, &resource, in_folder));
            }
            Some(kind) if VERIFIABLE.contains(&kind) => {
                self.steps.push(Step::Loose(Known::about(source, &resource, in_folder)));
            }
            _ if in_folder => self.left_out += 1,
            other => return Err(Error::NotVerifiable { path: source.path, found: other.map(printable) }),
        }
        Ok(())
    }

    fn evidence(&mut self, source: &Source, document: &Value, in_folder: bool) -> Result<(), Error> {
        // In a folder it lies beside what it belongs to, and is read with that.
        if !in_folder {
            let read = read_evidence(document)
                .map_err(|error| Error::Evidence { path: source.path.clone(), reason: error.to_string() })?;
            self.evidence.extend(read);
        }
        Ok(())
    }

    fn finish(self) -> Result<Given, Error> {
        let loose = self.steps.iter().filter(|step| matches!(step, Step::Loose(_))).count();
        // With a refused file among them it may be the missing counterpart; its refusal says what to do.
        if !self.refused {
            self.check(loose)?;
        }
        let Self { steps, provenances, questionnaires, evidence, left_out, .. } = self;
        // A single response takes every Provenance, so that one about something else is found out and not left aside.
        let alone = loose == 1 && provenances.iter().all(|known| !known.in_folder);
        let mut by_target: HashMap<&str, Vec<&Known>> = HashMap::new();
        for known in &provenances {
            for target in &known.targets {
                by_target.entry(target).or_default().push(known);
            }
        }
        let wanted = references(&steps);
        let subjects = steps.into_iter().filter_map(|step| match step {
            Step::Ready(subject) => Some(subject),
            Step::Found(index) => provenances.get(index).and_then(|known| known.unmatched(&wanted)),
            Step::Loose(known) => {
                let about = if alone {
                    provenances.iter().collect()
                } else {
                    known.reference().and_then(|own| by_target.get(own.as_str())).cloned().unwrap_or_default()
                };
                let provenances = about.into_iter().map(|known| known.source.clone()).collect();
                let name = known.source.path.clone();
                Some(Subject { name, content: Content::Resource { resource: known.source, provenances } })
            }
        });
        Ok(Given { subjects: subjects.collect(), questionnaires, evidence, left_out })
    }

    /// Every Provenance that was named has something to speak for.
    fn check(&self, loose: usize) -> Result<(), Error> {
        let mut named = self.provenances.iter().filter(|known| !known.in_folder);
        if loose == 0
            && let Some(provenance) = named.next()
        {
            return Err(Error::NoResponse { path: provenance.source.path.clone() });
        }
        if self.steps.is_empty() {
            return Err(Error::NothingToVerify);
        }
        let wanted = references(&self.steps);
        let stray = named.find(|known| !known.speaks_for_any(&wanted));
        match stray {
            Some(known) if loose > 1 => Err(Error::StrayProvenance { path: known.source.path.clone() }),
            _ => Ok(()),
        }
    }
}

/// What Provenances may speak for, as `Type/id`.
fn references(steps: &[Step]) -> HashSet<String> {
    steps
        .iter()
        .filter_map(|step| match step {
            Step::Loose(known) => known.reference(),
            Step::Ready(_) | Step::Found(_) => None,
        })
        .collect()
}

impl Known {
    fn speaks_for_any(&self, wanted: &HashSet<String>) -> bool {
        self.targets.iter().any(|target| wanted.contains(target))
    }

    /// A finding about a Provenance that would otherwise be passed over.
    fn unmatched(&self, wanted: &HashSet<String>) -> Option<Subject> {
        if self.speaks_for_any(wanted) {
            return None;
        }
        let path = self.source.path.clone();
        Some(Subject { name: path.clone(), content: Content::Refused(Error::Unmatched { path }) })
    }

    fn about(source: Source, resource: &Value, in_folder: bool) -> Self {
        let targets = resource.list("target").iter().filter_map(|target| target.str("reference"));
        Self {
            source,
            kind: resource.resource_type().unwrap_or_default().to_owned(),
            id: resource.str("id").map(str::to_owned),
            targets: targets.filter_map(without_version).collect(),
            in_folder,
        }
    }

    /// `Type/id`.
    fn reference(&self) -> Option<String> {
        Some(format!("{}/{}", self.kind, self.id.as_deref()?))
    }
}

/// `Type/id` of a reference, be it absolute or to a version.
fn without_version(reference: &str) -> Option<String> {
    let (before, id) = unversioned(reference).rsplit_once('/')?;
    let kind = before.rsplit_once('/').map_or(before, |(_, kind)| kind);
    Some(format!("{kind}/{id}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_reference_is_known_by_type_and_id_however_it_is_written() {
        for (reference, expected) in [
            ("QuestionnaireResponse/1", Some("QuestionnaireResponse/1")),
            ("QuestionnaireResponse/1/_history/2", Some("QuestionnaireResponse/1")),
            ("https://a.example/fhir/Bundle/1/_history/2", Some("Bundle/1")),
            ("#contained", None),
            ("urn:uuid:1", None),
        ] {
            assert_eq!(super::without_version(reference).as_deref(), expected, "{reference}");
        }
    }
}
