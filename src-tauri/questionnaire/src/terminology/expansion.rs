//! What a terminology server answers, judged page by page; and what a server keeps, judged as a whole.

use std::collections::HashMap;

use fhir::{Number, Object, Value, object};

use super::{
    Missing,
    concept::{flag, is_code, kept, weight_property},
};
use crate::{hl7, import::concepts_of};

/// A list longer than this is no list to choose from, and no form to hand on.
pub const MAX_CONCEPTS: usize = 10_000;

/// How deeply an expansion may be nested.
const MAX_DEPTH: usize = 16;
/// What the form keeps of the value set itself.
const KEPT: [&str; 6] = ["url", "version", "name", "title", "status", "copyright"];
/// The parameters of an expansion that say what it was made of.
const KEPT_PARAMETERS: [&str; 6] =
    ["version", "used-codesystem", "used-valueset", "system-version", "displayLanguage", "activeOnly"];
/// A server that could not list everything says so with one of these.
const INCOMPLETE: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/valueset-toocostly",
    "http://hl7.org/fhir/StructureDefinition/valueset-unclosed",
];

/// Why a server's answer is not taken. None of the messages repeats what the answer holds, but for addresses and versions that
/// [`ExpansionError::NotListed`] quotes, cut short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpansionError {
    /// No value set with an expansion.
    #[error("the answer is not a value set with its expansion")]
    NotAnExpansion,
    /// A value set with another address, or with none.
    #[error("the answer is another value set than the one that was asked for")]
    OtherValueSet,
    /// Another version than the form names, or none.
    #[error("the answer is not the version of the value set that the form names")]
    OtherVersion,
    /// An element that FHIR does not allow so.
    #[error("the expansion is not one of FHIR: {0}")]
    Malformed(&'static str),
    /// The same code twice, with unlike names.
    #[error("the expansion has a code twice, with unlike names or versions")]
    Ambiguous,
    /// A page that begins elsewhere, or repeats what came before.
    #[error("the server does not give its expansion in pages that follow each other")]
    Paging,
    /// The server says itself that not everything is there.
    #[error(
        "the server says that the expansion is not complete; ask whoever keeps the value set for a smaller one"
    )]
    Incomplete,
    /// Between two pages it became another one.
    #[error("the value set changed while it was read; ask again")]
    Changed,
    /// More than [`MAX_CONCEPTS`].
    #[error("the value set has more than {MAX_CONCEPTS} concepts; ask with a smaller one")]
    TooLarge,
    /// Nothing that could be chosen.
    #[error("the expansion has no concept that can be chosen")]
    Empty,
    /// A value set without an expansion, whose definition does not list its concepts either.
    #[error(
        "it has no expansion and does not list its concepts, so that a terminology server has to expand it: {0}"
    )]
    NotListed(String),
}

#[derive(Debug, Clone, Copy)]
struct Known {
    /// Its place in `concepts`; `None` for what cannot be chosen.
    concept: Option<usize>,
    /// Where the page began that it stood on.
    page: usize,
}

/// The expansion of one value set, as it is gathered.
#[derive(Debug, Clone)]
pub struct Expansion {
    reference: String,
    /// What was asked for.
    url: String,
    version: Option<String>,
    /// The value set of the first page, without its concepts.
    head: Option<(Object, Object)>,
    concepts: Vec<Value>,
    /// In place of the concepts: the definition that lists them, and how many they are.
    listed: Option<(Value, usize)>,
    /// Where each `system|code` was read.
    known: HashMap<String, Known>,
    /// Entries so far, those that cannot be chosen too: paging counts them.
    read: usize,
    total: Option<usize>,
    /// The server said that it gives pages, and not how many entries there are: only an empty page ends them.
    until_empty: bool,
    whole: bool,
}

impl Expansion {
    /// Of a value set that a form lacks; `None` when no server can be asked for it.
    pub fn of(missing: &Missing) -> Option<Self> {
        let canonical = missing.canonical.as_deref()?;
        let (url, version) =
            canonical.split_once('|').map_or((canonical, None), |(url, version)| (url, Some(version)));
        Some(Self {
            reference: missing.reference.clone(),
            url: url.to_owned(),
            version: version.map(str::to_owned),
            head: None,
            concepts: Vec::new(),
            listed: None,
            known: HashMap::new(),
            read: 0,
            total: None,
            until_empty: false,
            whole: false,
        })
    }

    /// As the form names the value set.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The address to ask for (`url`).
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The version to ask for (`valueSetVersion`), where the form names one.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Where the next page begins (`offset`); `None` when everything is there.
    pub fn next_offset(&self) -> Option<usize> {
        (!self.whole).then_some(self.read)
    }

    /// How many concepts can be chosen.
    pub fn concept_count(&self) -> usize {
        self.listed.as_ref().map_or(self.concepts.len(), |(_, count)| *count)
    }

    /// The version that the server has, once a page was read.
    pub fn found_version(&self) -> Option<&str> {
        self.head.as_ref().and_then(|(head, _)| head.get("version")?.as_str())
    }

    /// Takes the answer to a question with this offset, [`Expansion::next_offset`], and at most `count` entries asked for.
    ///
    /// # Errors
    /// [`ExpansionError`]: the answer is not used, and neither is what came before it.
    pub fn add(&mut self, answer: &Value, count: usize) -> Result<(), ExpansionError> {
        if answer.resource_type() != Some("ValueSet") {
            return Err(ExpansionError::NotAnExpansion);
        }
        let expansion = answer
            .get("expansion")
            .filter(|expansion| expansion.as_object().is_some())
            .ok_or(ExpansionError::NotAnExpansion)?;
        self.check_identity(answer)?;
        if hl7::has_modifier(answer) {
            return Err(ExpansionError::Malformed("it has a modifier extension or implicit rules"));
        }
        if is_incomplete(expansion) {
            return Err(ExpansionError::Incomplete);
        }
        let offset = count_of(expansion, "offset")?.or_else(|| parameter(expansion, "offset"));
        let total = count_of(expansion, "total")?;
        if total.is_some_and(|total| total > MAX_CONCEPTS) {
            return Err(ExpansionError::TooLarge);
        }
        // Without an offset a server does not page, and what it gives begins at the start, unless it said that it gives less
        // than was asked for.
        let begins = offset.unwrap_or(if self.until_empty { self.read } else { 0 });
        if begins != self.read {
            return Err(ExpansionError::Paging);
        }
        let gives_less = parameter(expansion, "count").is_some_and(|given| given != count);
        self.until_empty |= total.is_none() && (expansion.get("offset").is_some() || gives_less);
        self.take_head(answer, expansion)?;
        if self.read == 0 {
            self.total = total;
        } else if self.total != total {
            return Err(ExpansionError::Changed);
        }
        let before = self.read;
        let weight = weight_property(expansion);
        self.take(expansion.list("contains"), (before, weight), MAX_DEPTH)?;
        self.finish(self.read - before, offset.is_some(), count)
    }

    /// Takes, instead of pages, the value set as a server keeps it: with an expansion that has everything, or with a definition
    /// that lists its concepts, of which nothing has to be expanded.
    ///
    /// # Errors
    /// [`ExpansionError`]: the value set is not used.
    pub fn add_kept(&mut self, value_set: &Value) -> Result<(), ExpansionError> {
        if value_set.get("expansion").is_some() {
            self.add(value_set, usize::MAX)?;
            return if self.whole { Ok(()) } else { Err(ExpansionError::Incomplete) };
        }
        self.check_identity(value_set)?;
        let compose = value_set.get("compose").ok_or(ExpansionError::NotAnExpansion)?;
        let count = concepts_of(value_set, &self.url).map_err(ExpansionError::NotListed)?;
        if count > MAX_CONCEPTS {
            return Err(ExpansionError::TooLarge);
        }
        self.head = Some((head(value_set)?, Object::new()));
        self.listed = Some((compose.clone(), count));
        self.whole = true;
        Ok(())
    }

    /// The value set as the form contains it, without an id; `None` before everything is there.
    pub(super) fn value_set(&self) -> Option<Object> {
        let (head, about) = self.head.as_ref().filter(|_| self.whole)?;
        let mut value_set = object! { "resourceType" => "ValueSet", "id" => "" };
        let members = value_set.as_object_mut()?;
        for (name, value) in head.iter() {
            members.insert(name, value.clone());
        }
        if let Some((compose, _)) = &self.listed {
            members.insert("compose", compose.clone());
            return Some(members.clone());
        }
        let mut expansion = about.clone();
        expansion.insert("contains", Value::Array(self.concepts.clone()));
        members.insert("expansion", Value::Object(expansion));
        Some(members.clone())
    }

    fn check_identity(&self, answer: &Value) -> Result<(), ExpansionError> {
        if answer.str("url") != Some(&self.url) {
            return Err(ExpansionError::OtherValueSet);
        }
        match &self.version {
            Some(version) if answer.str("version") != Some(version) => Err(ExpansionError::OtherVersion),
            _ => Ok(()),
        }
    }

    /// Keeps what says which value set this is; each page must say the same.
    fn take_head(&mut self, answer: &Value, expansion: &Value) -> Result<(), ExpansionError> {
        let head = head(answer)?;
        if let Some((known, _)) = &self.head {
            let same = known.get("version") == head.get("version");
            return if same { Ok(()) } else { Err(ExpansionError::Changed) };
        }
        let timestamp =
            expansion.str("timestamp").filter(|text| crate::check::read_date_time(text).is_some());
        let timestamp = timestamp.ok_or(ExpansionError::Malformed("it does not say when it was made"))?;
        let mut about = Object::new();
        about.insert("timestamp", timestamp);
        let parameters: Vec<Value> = expansion
            .list("parameter")
            .iter()
            .filter(|one| one.str("name").is_some_and(|name| KEPT_PARAMETERS.contains(&name)))
            .cloned()
            .collect();
        if !parameters.is_empty() {
            about.insert("parameter", Value::Array(parameters));
        }
        self.head = Some((head, about));
        Ok(())
    }

    fn take(&mut self, list: &[Value], page: (usize, &str), depth: usize) -> Result<(), ExpansionError> {
        for entry in list {
            self.read += 1;
            if self.read > MAX_CONCEPTS {
                return Err(ExpansionError::TooLarge);
            }
            self.take_one(entry, page)?;
            let below = entry.list("contains");
            if !below.is_empty() {
                let depth =
                    depth.checked_sub(1).ok_or(ExpansionError::Malformed("it is nested too deeply"))?;
                self.take(below, page, depth)?;
            }
        }
        Ok(())
    }

    fn take_one(&mut self, entry: &Value, (page, weight): (usize, &str)) -> Result<(), ExpansionError> {
        let object = entry.as_object().ok_or(ExpansionError::Malformed("a concept is no object"))?;
        let is_abstract = flag(object, "abstract")?;
        let choosable = !is_abstract && !flag(object, "inactive")?;
        let Some(code) = object.get("code") else {
            // A heading.
            return if is_abstract {
                Ok(())
            } else {
                Err(ExpansionError::Malformed("a concept has no code"))
            };
        };
        let code = code.as_str().filter(|code| is_code(code));
        let code = code.ok_or(ExpansionError::Malformed("a code is not one that FHIR allows"))?;
        let system = object.get("system").and_then(Value::as_str).filter(|system| is_code(system));
        let system = system.ok_or(ExpansionError::Malformed("a code has no code system"))?;
        let concept = choosable.then(|| kept(object, weight)).transpose()?;
        let key = format!("{system}|{code}");
        if let Some(&there) = self.known.get(&key) {
            if there.page != page {
                return Err(ExpansionError::Paging);
            }
            // Within one page, a code may stand under several headings.
            let same = match (there.concept.and_then(|at| self.concepts.get(at)), &concept) {
                (None, None) => true,
                (Some(there), Some(concept)) => {
                    ["display", "version"].iter().all(|name| there.get(name) == concept.get(name))
                }
                _ => false,
            };
            return if same { Ok(()) } else { Err(ExpansionError::Ambiguous) };
        }
        self.known.insert(key, Known { concept: concept.is_some().then_some(self.concepts.len()), page });
        self.concepts.extend(concept);
        Ok(())
    }

    /// Decides whether more is to come, after a page of `found` entries.
    fn finish(&mut self, found: usize, pages: bool, count: usize) -> Result<(), ExpansionError> {
        let more = match self.total {
            // More than all in several pages: what the server counts are other entries, and so are its offsets.
            Some(total) if self.read > total && self.read > found => return Err(ExpansionError::Paging),
            // A server may count headings and codes that stand twice in its own way, but never more than all.
            Some(total) => self.read < total,
            // A page may be smaller than the one that was asked for.
            None if self.until_empty || (pages && found >= count) => found > 0,
            // A server that names neither a total nor an offset does not page; whether exactly as many as asked for are all,
            // nobody can know.
            None if found >= count => return Err(ExpansionError::Paging),
            None => false,
        };
        if more && found == 0 {
            return Err(ExpansionError::Paging);
        }
        if !more && self.concepts.is_empty() {
            return Err(ExpansionError::Empty);
        }
        self.whole = !more;
        Ok(())
    }
}

/// What the form keeps of the value set itself.
fn head(value_set: &Value) -> Result<Object, ExpansionError> {
    let mut head = Object::new();
    for name in KEPT {
        if let Some(value) = value_set.get(name) {
            let text = value.as_str().filter(|text| !text.trim().is_empty());
            head.insert(
                name,
                text.ok_or(ExpansionError::Malformed("an element of the value set is no text"))?,
            );
        }
    }
    if !head.contains("status") {
        head.insert("status", "unknown");
    }
    Ok(head)
}

fn count_of(expansion: &Value, name: &str) -> Result<Option<usize>, ExpansionError> {
    let Some(value) = expansion.get(name) else { return Ok(None) };
    let number = value.as_number().and_then(Number::as_i32).and_then(|number| usize::try_from(number).ok());
    number.map(Some).ok_or(ExpansionError::Malformed("its total or offset is no number"))
}

/// A number among the parameters that a server says it has used.
fn parameter(expansion: &Value, name: &str) -> Option<usize> {
    let found = expansion.list("parameter").iter().find(|parameter| parameter.str("name") == Some(name))?;
    let number = ["valueInteger", "valueDecimal"].iter().find_map(|name| found.get(name)?.as_number())?;
    number.as_i32().and_then(|number| usize::try_from(number).ok())
}

fn is_incomplete(expansion: &Value) -> bool {
    let said = expansion.list("extension").iter().any(|extension| {
        extension.str("url").is_some_and(|url| INCOMPLETE.contains(&url))
            && extension.get("valueBoolean").and_then(Value::as_bool) != Some(false)
    });
    said || expansion.list("parameter").iter().any(|parameter| {
        parameter.str("name") == Some("limitedExpansion")
            && parameter.get("valueBoolean").and_then(Value::as_bool) == Some(true)
    })
}
