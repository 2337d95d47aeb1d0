//! The questionnaires of the study: compiled once at start, and found by id or canonical.

use questionnaire::{ImportReport, Questionnaire};

/// One questionnaire that a visit can be started with.
#[derive(Debug, Clone)]
pub struct Instrument {
    /// The JSON that it was imported from.
    pub source: &'static str,
    /// The same, compiled.
    pub questionnaire: Questionnaire,
}

/// The questionnaires that a visit can be started with.
#[derive(Debug, Clone)]
pub struct Instruments(Vec<Instrument>);

impl Instruments {
    /// Imports each of `sources`.
    ///
    /// # Errors
    /// The first refused one's [`ImportReport`], which names every item that cannot be honoured.
    pub fn import(sources: &[&'static str]) -> Result<Self, ImportReport> {
        sources
            .iter()
            .map(|source| {
                let questionnaire = questionnaire::import_bytes(source.as_bytes())?;
                Ok(Instrument { source, questionnaire })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// All of them.
    pub fn all(&self) -> &[Instrument] {
        &self.0
    }

    /// The resources themselves, as a server keeps them.
    pub fn resources(&self) -> Vec<fhir::Value> {
        // Each of them was parsed when it was imported.
        self.0.iter().filter_map(|instrument| fhir::Value::parse(instrument.source.as_bytes()).ok()).collect()
    }

    /// The one of this `Questionnaire.id`.
    pub fn by_id(&self, id: &str) -> Option<&Instrument> {
        self.0.iter().find(|instrument| instrument.questionnaire.id() == Some(id))
    }

    /// The one of this `url|version`.
    pub fn by_canonical(&self, canonical: &str) -> Option<&Instrument> {
        self.0.iter().find(|instrument| instrument.questionnaire.canonical() == canonical)
    }
}
