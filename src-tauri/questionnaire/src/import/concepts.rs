//! Concepts of value sets, as they are shown and answered.

use std::collections::HashMap;

use fhir::{Object, Value};

use crate::form::Text;

/// A list longer than this is no list to choose from.
const MAX_CONCEPTS: usize = 20_000;

/// Whether a concept is for choosing, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    Active,
    /// `abstract` in an expansion, `notSelectable` in a code system: it stands for those below it.
    Heading,
    /// No longer used.
    Inactive,
}

/// One concept of a value set.
#[derive(Clone)]
pub(super) struct Concept {
    /// `system`, `version` and `code`.
    pub(super) coding: Object,
    pub(super) label: Text,
    /// It has no display: its label is its code.
    pub(super) unnamed: bool,
    pub(super) standing: Standing,
}

/// The concepts of a value set, each once, those among them that are not offered.
#[derive(Clone, Default)]
pub(super) struct Members {
    pub(super) concepts: Vec<Concept>,
    /// Where each system and code is.
    pub(super) at: HashMap<(String, String), usize>,
    /// Several value sets stand in one `include`.
    pub(super) in_common: bool,
}

impl Members {
    /// A code that comes twice keeps its first words; it is offered where one of its places offers it.
    pub(super) fn add(&mut self, concept: Concept) -> Result<(), String> {
        match self.at.get(&key(&concept)) {
            Some(&there) if concept.standing < self.concepts[there].standing => {
                self.concepts[there] = concept;
            }
            Some(_) => {}
            None if self.concepts.len() >= MAX_CONCEPTS => {
                return Err(format!("it has more than {MAX_CONCEPTS} concepts"));
            }
            None => {
                self.at.insert(key(&concept), self.concepts.len());
                self.concepts.push(concept);
            }
        }
        Ok(())
    }

    pub(super) fn extend(&mut self, concept: Option<Concept>) -> Result<(), String> {
        concept.map_or(Ok(()), |concept| self.add(concept))
    }

    /// `ValueSet.expansion.contains`, with the nested ones; neither abstract nor inactive ones can be chosen.
    pub(super) fn expand(&mut self, list: &[Value]) -> Result<(), String> {
        for entry in list {
            let is = |name: &str| entry.get(name).and_then(Value::as_bool) == Some(true);
            let standing = match (is("inactive"), is("abstract")) {
                (true, _) => Standing::Inactive,
                (_, true) => Standing::Heading,
                _ => Standing::Active,
            };
            self.extend(concept(entry.str("system"), entry.str("version"), entry, None, standing))?;
            self.expand(entry.list("contains"))?;
        }
        Ok(())
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(&(String, String), &mut Concept) -> bool) {
        self.concepts.retain_mut(|concept| keep(&key(concept), concept));
        self.at = self.concepts.iter().enumerate().map(|(index, concept)| (key(concept), index)).collect();
    }
}

fn key(concept: &Concept) -> (String, String) {
    let part = |name: &str| concept.coding.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    (part("system"), part("code"))
}

/// `entry`, with the words of `elsewhere` where it has none of its own; `None` without a code.
pub(super) fn concept(
    system: Option<&str>,
    version: Option<&str>,
    entry: &Value,
    elsewhere: Option<&Value>,
    standing: Standing,
) -> Option<Concept> {
    let code = entry.str("code")?;
    let mut coding = Object::new();
    for (name, part) in [("system", system), ("version", version), ("code", Some(code))] {
        if let Some(part) = part {
            coding.insert(name, part);
        }
    }
    let readable = |display: &&str| !display.trim().is_empty() && !display.chars().any(char::is_control);
    let display = entry.str("display").or_else(|| elsewhere?.str("display")).filter(readable);
    let mut label = display.map_or_else(|| Text::bare(code), Text::plain);
    for place in [Some(entry), elsewhere].into_iter().flatten() {
        // Synonyms and names for other uses are not what is shown; of the others, the one that its language prefers.
        for wanted in [Some("preferredForLanguage"), Some("display"), None] {
            for designation in place.list("designation").iter().filter(|one| used_for(one) == wanted) {
                if let (Some(language), Some(value)) =
                    (designation.str("language"), designation.str("value").filter(readable))
                    && !label.translations.iter().any(|(known, _)| known.eq_ignore_ascii_case(language))
                {
                    label.translations.push((language.to_owned(), value.to_owned()));
                }
            }
        }
    }
    Some(Concept { coding, label, unnamed: display.is_none(), standing })
}

/// The code of `designation.use`.
fn used_for(designation: &Value) -> Option<&str> {
    designation.get("use").map(|used| used.str("code").unwrap_or_default())
}
