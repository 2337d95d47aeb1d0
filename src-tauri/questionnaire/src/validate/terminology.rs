//! The codes that a value set has: contained in the Questionnaire, given by the caller, or bundled. Nothing is
//! fetched.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use fhir::Value;

use super::code_system::CodeSystem;
use crate::hl7;
use crate::import::bundled;

/// How deeply value sets may name each other.
const MAX_DEPTH: usize = 32;

/// What an expansion that does not list everything says of itself.
const PARTIAL: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/valueset-toocostly",
    "http://hl7.org/fhir/StructureDefinition/valueset-unclosed",
];

/// How many codes a value set may have here.
const MAX_CODES: usize = 500_000;

/// The codes of a value set, as far as they are known.
#[derive(Debug, Default, Clone)]
pub(super) struct Codes {
    known: HashMap<(String, String), Known>,
    /// All codes and displays that may be answers, made when a text is first looked for.
    texts: OnceCell<HashSet<String>>,
    /// Why there may be more codes than the known ones.
    pub(super) incomplete: Option<String>,
}

/// What is known of a code.
#[derive(Debug, Default, Clone)]
struct Known {
    /// The displays that it is known by, in all languages.
    displays: Vec<String>,
    /// Whether one of them is its own, and no translation: otherwise it may be called otherwise too.
    is_named: bool,
    /// Whether it may be an answer: it is in use, and no heading for others.
    is_choosable: bool,
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

    /// A code that comes again is known by all its names, and may be an answer where one of its places allows it.
    fn add(&mut self, system: &str, concept: &Value, defined: Option<&Value>, is_choosable: bool) {
        let Some(code) = concept.str("code") else { return };
        if self.known.len() >= MAX_CODES {
            self.incomplete = Some(format!("it has more than {MAX_CODES} codes"));
            return;
        }
        let known = self.known.entry((system.to_owned(), code.to_owned())).or_default();
        for place in [Some(concept), defined].into_iter().flatten() {
            let designations = place.list("designation").iter().filter_map(|one| one.str("value"));
            known.displays.extend(place.str("display").into_iter().chain(designations).map(str::to_owned));
            known.is_named |= place.get("display").is_some();
        }
        known.is_choosable |= is_choosable;
    }

    fn merge(&mut self, other: Self) {
        self.incomplete = self.incomplete.take().or(other.incomplete);
        for (code, more) in other.known {
            let known = self.known.entry(code).or_default();
            known.displays.extend(more.displays);
            known.is_named |= more.is_named;
            known.is_choosable |= more.is_choosable;
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
                .and_then(|code| self.known.get(&(system.to_owned(), code.to_owned())))
                .is_some_and(|known| known.is_choosable),
        )
    }

    /// The displays that the Coding's code is known by; empty where nothing is known.
    pub(super) fn displays(&self, coding: &Value) -> &[String] {
        let key = coding.str("system").unwrap_or_default().to_owned();
        let key = coding.str("code").map(|code| (key, code.to_owned()));
        let known = key.and_then(|key| self.known.get(&key)).filter(|known| known.is_named);
        known.map_or(&[], |known| known.displays.as_slice())
    }

    /// Whether one of them is written so: as its code or its display.
    pub(super) fn has_text(&self, text: &str) -> Member {
        let texts = self.texts.get_or_init(|| {
            let choosable = self.known.iter().filter(|(_, known)| known.is_choosable);
            choosable.flat_map(|((_, code), known)| known.displays.iter().chain([code])).cloned().collect()
        });
        self.answer(texts.contains(text))
    }
}

/// The value sets and code systems at hand.
pub(super) struct Terminology<'a> {
    contained: &'a [Value],
    given: Vec<&'a Value>,
    compiled: HashMap<String, Rc<Codes>>,
    systems: HashMap<String, Rc<CodeSystem<'a>>>,
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
        Self {
            contained: questionnaire.list("contained"),
            given,
            compiled: HashMap::new(),
            systems: HashMap::new(),
        }
    }

    /// The codes of the value set that `reference` names: `#id` or a canonical address.
    pub(super) fn value_set(&mut self, reference: &str) -> Rc<Codes> {
        self.compile(reference, &mut Vec::new())
    }

    /// The one resource that the reference means; what the Questionnaire contains comes first.
    fn find(&self, kind: &str, reference: &str) -> Result<Option<&'a Value>, String> {
        let (url, version) =
            reference.split_once('|').map_or((reference, None), |(url, version)| (url, Some(version)));
        let is_meant = |resource: &&'a Value| {
            resource.resource_type() == Some(kind)
                && match reference.strip_prefix('#') {
                    Some(id) => resource.str("id") == Some(id),
                    None => {
                        resource.str("url") == Some(url)
                            && (version.is_none() || resource.str("version") == version)
                    }
                }
        };
        let mut found: Vec<&Value> = self.contained.iter().filter(is_meant).collect();
        if found.is_empty() && !reference.starts_with('#') {
            found = self.given.iter().copied().filter(is_meant).collect();
        }
        let Some((&first, others)) = found.split_first() else { return Ok(None) };
        if others.iter().any(|other| *other != first) {
            return Err("there are several of that name, and which one is meant is not said".to_owned());
        }
        if hl7::has_modifier(first) {
            return Err(
                "it has a modifier extension or implicit rules, which may change its meaning".to_owned()
            );
        }
        Ok(Some(first))
    }

    /// Each value set is put together once, however many name it.
    fn compile(&mut self, reference: &str, above: &mut Vec<String>) -> Rc<Codes> {
        if let Some(codes) = self.compiled.get(reference) {
            return codes.clone();
        }
        if above.len() >= MAX_DEPTH || above.iter().any(|known| known == reference) {
            return Rc::new(Codes::unknown("its value sets name each other"));
        }
        above.push(reference.to_owned());
        let codes = Rc::new(match self.find("ValueSet", reference) {
            Err(reason) => Codes::unknown(reason),
            Ok(found) => match found.or_else(|| bundled(reference)) {
                Some(value_set) => self.defined(value_set, above),
                None => Codes::unknown("it is neither in the Questionnaire nor at hand"),
            },
        });
        above.pop();
        self.compiled.insert(reference.to_owned(), codes.clone());
        codes
    }

    fn defined(&mut self, value_set: &'a Value, above: &mut Vec<String>) -> Codes {
        let listed = value_set.get("expansion").map(expanded);
        match (listed, value_set.get("compose")) {
            (Some(codes), _) if codes.incomplete.is_none() && !codes.known.is_empty() => codes,
            (listed, Some(compose)) => {
                let composed = self.composed(compose, above);
                // What an expansion lists in part is known all the same.
                listed.filter(|_| composed.incomplete.is_some()).unwrap_or(composed)
            }
            (Some(codes), None) => codes,
            (None, None) => Codes::unknown("it has neither an expansion nor a definition"),
        }
    }

    fn composed(&mut self, compose: &'a Value, above: &mut Vec<String>) -> Codes {
        let mut all = Codes::default();
        if compose.list("include").is_empty() {
            return Codes::unknown("its definition includes nothing");
        }
        for include in compose.list("include") {
            let codes = self.included(include, above);
            all.merge(codes);
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

    /// The codes that all parts of one `include` or `exclude` have in common: its system, and each of its value sets.
    fn included(&mut self, include: &'a Value, above: &mut Vec<String>) -> Codes {
        let system = include.str("system").map(|system| self.of_system(system, include));
        let mut parts: Vec<Rc<Codes>> = system.into_iter().map(Rc::new).collect();
        for reference in include.list("valueSet") {
            parts.push(match reference.as_str() {
                Some(reference) => self.compile(reference, above),
                None => Rc::new(Codes::unknown("it names a value set that cannot be read")),
            });
        }
        let Some((first, others)) = parts.split_first() else {
            return Codes::unknown("a part of it names no codes");
        };
        let mut first =
            Codes { known: first.known.clone(), incomplete: first.incomplete.clone(), ..Codes::default() };
        for part in others {
            // A code that only one of them is known to have may be in the other too.
            if let Some(reason) = first.incomplete.take().or_else(|| part.incomplete.clone()) {
                return Codes::unknown(reason);
            }
            first.known.retain(|code, known| match part.known.get(code) {
                Some(there) => {
                    known.is_choosable &= there.is_choosable;
                    true
                }
                None => false,
            });
        }
        first
    }

    /// What an `include` takes of its system: the concepts that it lists, those that its filters select, or all.
    fn of_system(&mut self, system: &str, include: &'a Value) -> Codes {
        let canonical = match include.str("version") {
            Some(version) => format!("{system}|{version}"),
            None => system.to_owned(),
        };
        let found = match self.code_system(canonical) {
            Ok(found) => found,
            Err(reason) => return Codes::unknown(reason),
        };
        let mut codes = Codes::default();
        let listed = include.list("concept");
        let filters = include.list("filter");
        match (include.get("concept"), include.get("filter"), found) {
            (Some(_), Some(_), _) => Codes::unknown("it has both concepts and filters"),
            (Some(_), None, _) if listed.is_empty() => Codes::unknown("its list of concepts is empty"),
            (Some(_), None, found) => {
                for concept in listed {
                    let defined = found.as_ref().and_then(|system| system.get(concept.str("code")?));
                    // A heading that is listed by itself is meant to be chosen.
                    let is_inactive =
                        defined.zip(found.as_ref()).is_some_and(|(it, system)| system.is_inactive(it));
                    codes.add(system, concept, defined, !is_inactive);
                }
                codes
            }
            (None, Some(_), _) if filters.is_empty() => Codes::unknown("its list of filters is empty"),
            (None, Some(_), None) => Codes::unknown("it selects codes by a filter"),
            (None, None, None) => {
                Codes::unknown("the code system that it takes its codes from is not at hand")
            }
            (None, _, Some(found)) => match found.select(filters) {
                Err(reason) => Codes::unknown(reason),
                Ok(selected) => {
                    if !found.is_complete() {
                        let reason = "the code system that it takes its codes from is not complete";
                        codes.incomplete = Some(reason.to_owned());
                    }
                    for (_, concept) in found.concepts().filter(|(code, _)| selected.contains(code)) {
                        let is_choosable = !found.is_inactive(concept) && !found.is_heading(concept);
                        codes.add(system, concept, None, is_choosable);
                    }
                    codes
                }
            },
        }
    }

    fn code_system(&mut self, canonical: String) -> Result<Option<Rc<CodeSystem<'a>>>, String> {
        if let Some(known) = self.systems.get(&canonical) {
            return Ok(Some(known.clone()));
        }
        let Some(found) = self.find("CodeSystem", &canonical)? else { return Ok(None) };
        let found = Rc::new(CodeSystem::of(found));
        self.systems.insert(canonical, found.clone());
        Ok(Some(found))
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
        let system = contains.str("system").unwrap_or_default();
        codes.add(system, contains, None, !is("abstract") && !is("inactive"));
        waiting.extend(contains.list("contains"));
    }
    let number = |name: &str| expansion.get(name).and_then(Value::as_number).and_then(fhir::Number::as_i32);
    let is_more =
        number("total").is_some_and(|total| usize::try_from(total).is_ok_and(|total| total > count));
    let is_page = number("offset").is_some_and(|offset| offset > 0);
    let is_partial = |extension: &Value| {
        extension.str("url").is_some_and(|url| PARTIAL.contains(&url))
            && extension.get("valueBoolean").and_then(Value::as_bool) != Some(false)
    };
    if is_more || is_page || expansion.list("extension").iter().any(is_partial) {
        codes.incomplete = Some("its expansion has only a part of its codes".to_owned());
    }
    codes
}
