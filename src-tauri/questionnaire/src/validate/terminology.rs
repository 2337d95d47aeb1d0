//! The codes that a value set has: contained in the Questionnaire, given by the caller, or bundled. Nothing is
//! fetched.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use fhir::Value;

use crate::import::bundled;

/// How deeply value sets may name each other, and code systems nest their concepts.
const MAX_DEPTH: usize = 32;

/// How many codes a value set may have here.
const MAX_CODES: usize = 500_000;

/// The codes of a value set, as far as they are known.
#[derive(Debug, Default, Clone)]
pub(super) struct Codes {
    /// For each code the displays that it is known by; none where nothing is said.
    known: HashMap<(String, String), Vec<String>>,
    /// All codes and displays, made when a text is first looked for.
    texts: OnceCell<HashSet<String>>,
    /// Why there may be more codes than the known ones.
    pub(super) incomplete: Option<String>,
}

/// Whether a code is in a value set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    Yes,
    No,
    /// It cannot be said, and why.
    Unknown(String),
}

impl Codes {
    fn unknown(reason: impl Into<String>) -> Self {
        Self { incomplete: Some(reason.into()), ..Self::default() }
    }

    fn add(&mut self, system: &str, concept: &Value) {
        if self.known.len() >= MAX_CODES {
            self.incomplete = Some(format!("it has more than {MAX_CODES} codes"));
        } else if let Some(code) = concept.str("code") {
            let designations =
                concept.list("designation").iter().filter_map(|designation| designation.str("value"));
            let displays = concept.str("display").into_iter().chain(designations).map(str::to_owned);
            self.known.insert((system.to_owned(), code.to_owned()), displays.collect());
        }
    }

    fn answer(&self, found: bool) -> Member {
        match (found, &self.incomplete) {
            (true, _) => Member::Yes,
            (false, None) => Member::No,
            (false, Some(reason)) => Member::Unknown(reason.clone()),
        }
    }

    /// Whether the Coding is one of them: the same system and the same code.
    pub(super) fn has(&self, coding: &Value) -> Member {
        let system = coding.str("system").unwrap_or_default();
        self.answer(
            coding
                .str("code")
                .is_some_and(|code| self.known.contains_key(&(system.to_owned(), code.to_owned()))),
        )
    }

    /// The displays that the Coding's code is known by; empty where nothing is known.
    pub(super) fn displays(&self, coding: &Value) -> &[String] {
        let key = coding.str("system").unwrap_or_default().to_owned();
        let key = coding.str("code").map(|code| (key, code.to_owned()));
        key.and_then(|key| self.known.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// Whether one of them is written so: as its code or its display.
    pub(super) fn has_text(&self, text: &str) -> Member {
        let texts = self.texts.get_or_init(|| {
            let written = self.known.iter().flat_map(|((_, code), displays)| displays.iter().chain([code]));
            written.cloned().collect()
        });
        self.answer(texts.contains(text))
    }
}

/// The value sets and code systems at hand.
pub(super) struct Terminology<'a> {
    contained: &'a [Value],
    given: Vec<&'a Value>,
    compiled: HashMap<String, Rc<Codes>>,
}

impl<'a> Terminology<'a> {
    /// Those contained in `questionnaire`, and `given` ones, which may be Bundles of them.
    pub(super) fn new(questionnaire: &'a Value, given: &'a [Value]) -> Self {
        let given = given
            .iter()
            .flat_map(|resource| match resource.resource_type() {
                Some("Bundle") => {
                    resource.list("entry").iter().filter_map(|entry| entry.get("resource")).collect()
                }
                _ => vec![resource],
            })
            .collect();
        Self { contained: questionnaire.list("contained"), given, compiled: HashMap::new() }
    }

    /// The codes of the value set that `reference` names: `#id` or a canonical address.
    pub(super) fn value_set(&mut self, reference: &str) -> Rc<Codes> {
        if let Some(codes) = self.compiled.get(reference) {
            return codes.clone();
        }
        let codes = Rc::new(self.compile(reference, &mut Vec::new()));
        self.compiled.insert(reference.to_owned(), codes.clone());
        codes
    }

    fn find(&self, kind: &str, reference: &str) -> Option<&'a Value> {
        let of_kind = |resource: &&'a Value| resource.resource_type() == Some(kind);
        if let Some(id) = reference.strip_prefix('#') {
            return self.contained.iter().filter(of_kind).find(|resource| resource.str("id") == Some(id));
        }
        let (url, version) =
            reference.split_once('|').map_or((reference, None), |(url, version)| (url, Some(version)));
        self.contained.iter().chain(self.given.iter().copied()).filter(of_kind).find(|resource| {
            resource.str("url") == Some(url) && (version.is_none() || resource.str("version") == version)
        })
    }

    fn compile(&self, reference: &str, above: &mut Vec<String>) -> Codes {
        if above.len() >= MAX_DEPTH || above.iter().any(|known| known == reference) {
            return Codes::unknown("its value sets name each other");
        }
        let Some(value_set) = self.find("ValueSet", reference).or_else(|| bundled(reference)) else {
            return Codes::unknown("it is neither in the Questionnaire nor at hand");
        };
        above.push(reference.to_owned());
        let codes = match (value_set.get("expansion"), value_set.get("compose")) {
            (Some(expansion), _) => expanded(expansion),
            (None, Some(compose)) => self.composed(compose, above),
            (None, None) => Codes::unknown("it has neither an expansion nor a definition"),
        };
        above.pop();
        codes
    }

    fn composed(&self, compose: &'a Value, above: &mut Vec<String>) -> Codes {
        let mut all = Codes::default();
        if compose.list("include").is_empty() {
            return Codes::unknown("its definition includes nothing");
        }
        for include in compose.list("include") {
            let codes = self.included(include, above);
            all.incomplete = all.incomplete.or(codes.incomplete);
            all.known.extend(codes.known);
        }
        for exclude in compose.list("exclude") {
            let codes = self.included(exclude, above);
            if codes.incomplete.is_some() {
                // Any code might be one of those that are left out.
                return Codes { known: HashMap::new(), ..codes };
            }
            all.known.retain(|code, _| !codes.known.contains_key(code));
        }
        if all.known.len() > MAX_CODES {
            return Codes::unknown(format!("it has more than {MAX_CODES} codes"));
        }
        all
    }

    /// The codes that all parts of one `include` or `exclude` have in common.
    fn included(&self, include: &'a Value, above: &mut Vec<String>) -> Codes {
        let mut parts = Vec::new();
        if let Some(system) = include.str("system") {
            let mut codes = Codes::default();
            if !include.list("filter").is_empty() {
                codes = Codes::unknown("it selects codes by a filter");
            } else if include.get("concept").is_some() {
                include.list("concept").iter().for_each(|concept| codes.add(system, concept));
            } else {
                codes = self.code_system(system);
            }
            parts.push(codes);
        }
        for reference in include.list("valueSet") {
            parts.push(match reference.as_str() {
                Some(reference) => self.compile(reference, above),
                None => Codes::unknown("it names a value set that cannot be read"),
            });
        }
        let mut parts = parts.into_iter();
        let Some(mut first) = parts.next() else { return Codes::unknown("a part of it names no codes") };
        for part in parts {
            first.incomplete = match (first.incomplete, part.incomplete) {
                (None, None) => None,
                (first, part) => {
                    // A code that only one of them is known to have may be in the other too.
                    return Codes::unknown(first.or(part).unwrap_or_default());
                }
            };
            first.known.retain(|code, _| part.known.contains_key(code));
        }
        first
    }

    fn code_system(&self, system: &str) -> Codes {
        let Some(found) = self.find("CodeSystem", system) else {
            return Codes::unknown("the code system that it takes its codes from is not at hand");
        };
        let mut codes = Codes::default();
        if found.str("content") != Some("complete") {
            codes.incomplete =
                Some("the code system that it takes its codes from is not complete".to_owned());
        }
        let mut waiting: Vec<&Value> = found.list("concept").iter().collect();
        while let Some(concept) = waiting.pop() {
            codes.add(system, concept);
            waiting.extend(concept.list("concept"));
        }
        codes
    }
}

/// The codes of `ValueSet.expansion`; abstract and inactive ones cannot be answers.
fn expanded(expansion: &Value) -> Codes {
    let mut codes = Codes::default();
    let mut waiting: Vec<&Value> = expansion.list("contains").iter().collect();
    let mut count = 0usize;
    while let Some(contains) = waiting.pop() {
        count += 1;
        let is = |name: &str| contains.get(name).and_then(Value::as_bool) == Some(true);
        if !is("abstract") && !is("inactive") {
            codes.add(contains.str("system").unwrap_or_default(), contains);
        }
        waiting.extend(contains.list("contains"));
    }
    let total = expansion.get("total").and_then(Value::as_number).and_then(fhir::Number::as_i32);
    let more = total.and_then(|total| usize::try_from(total).ok()).is_some_and(|total| total > count);
    let too_costly = expansion.list("extension").iter().any(|extension| {
        extension.str("url") == Some("http://hl7.org/fhir/StructureDefinition/valueset-toocostly")
    });
    if more || too_costly {
        codes.incomplete = Some("its expansion has only a part of its codes".to_owned());
    }
    codes
}
