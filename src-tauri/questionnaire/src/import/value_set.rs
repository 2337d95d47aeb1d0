//! Value sets without a server: those contained in the form or given with it, expanded or enumerated (ADR 30). The check of
//! responses reads them in the same way, by code of its own (ADR 29).

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::LazyLock,
};

use fhir::{Object, Value};

use super::{
    code_system::CodeSystem,
    concepts::{Concept, Members, Standing, concept},
};
use crate::{hl7, report::Quoted};

/// The resources that a form's value sets can be resolved with.
pub(super) struct Terminology<'v> {
    contained: Shelf<'v>,
    given: Shelf<'v>,
    /// Whether the form is in the language of HL7's displays, or says none.
    in_english: bool,
    /// What was found, so that sets which name each other cost no more than they have parts.
    members: RefCell<HashMap<String, Result<Rc<Members>, String>>>,
    systems: RefCell<HashMap<String, Rc<CodeSystem<'v>>>>,
}

#[derive(Default)]
struct Shelf<'v> {
    by_url: HashMap<(&'v str, &'v str), Vec<&'v Value>>,
    by_id: HashMap<&'v str, Vec<&'v Value>>,
}

/// What a value set offers.
pub(super) struct Offered {
    /// Never empty.
    pub(super) concepts: Vec<Concept>,
    /// How many of its concepts are left out because they are no longer used.
    pub(super) inactive: usize,
    /// Several value sets stand in one `include` of it.
    pub(super) in_common: bool,
}

/// How deeply value sets may include others.
const MAX_DEPTH: usize = 8;
/// By one of these an expansion says that it does not list everything.
const PARTIAL: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/valueset-toocostly",
    "http://hl7.org/fhir/StructureDefinition/valueset-unclosed",
];

impl<'v> Terminology<'v> {
    /// Of what the Questionnaire contains, and of `given`.
    pub(super) fn of(questionnaire: &'v Object, given: &'v [Value]) -> Self {
        let contained = questionnaire.get("contained").and_then(Value::as_array).unwrap_or_default();
        Self {
            contained: Shelf::of(contained),
            given: Shelf::of(given),
            in_english: questionnaire
                .get("language")
                .and_then(Value::as_str)
                .is_none_or(|tag| matches!(tag.split('-').next(), Some("en" | "und"))),
            members: RefCell::default(),
            systems: RefCell::default(),
        }
    }

    /// What the value set `reference` offers, in order; or why that is not known.
    pub(super) fn offered(&self, reference: &str) -> Result<Offered, String> {
        let members = self.members(reference, &mut Vec::new())?;
        if members.concepts.is_empty() {
            return Err("the value set is empty".to_owned());
        }
        let of = |standing| members.concepts.iter().filter(move |concept| concept.standing == standing);
        let concepts: Vec<Concept> = of(Standing::Active).cloned().collect();
        if concepts.is_empty() {
            return Err("none of its concepts can be chosen: they are headings, or no longer used".to_owned());
        }
        Ok(Offered { concepts, inactive: of(Standing::Inactive).count(), in_common: members.in_common })
    }

    /// The one resource that a canonical (`url` or `url|version`) or `#id` names. What the form contains comes first.
    fn find(&self, kind: &'static str, reference: &str) -> Result<Option<&'v Value>, String> {
        let (url, version) =
            reference.split_once('|').map_or((reference, None), |(url, version)| (url, Some(version)));
        for (shelf, is_given) in [(&self.contained, false), (&self.given, true)] {
            let there = match reference.strip_prefix('#') {
                Some(_) if is_given => None,
                Some(id) => shelf.by_id.get(id),
                None => shelf.by_url.get(&(kind, url)),
            };
            let mut there = there.into_iter().flatten().filter(|resource| {
                resource.resource_type() == Some(kind)
                    && (version.is_none() || resource.str("version") == version)
            });
            let Some(first) = there.next() else { continue };
            if there.any(|other| other != first) {
                return Err(format!(
                    "there is more than one {kind} {}, and which of them is meant is not said; keep one, or name its version",
                    Quoted(reference)
                ));
            }
            // Those that are contained are refused where they stand.
            if is_given && hl7::has_modifier(first) {
                return Err(format!(
                    "the {kind} {} has a modifier extension or implicit rules, which may change its meaning",
                    Quoted(reference)
                ));
            }
            return Ok(Some(first));
        }
        Ok(None)
    }

    fn members(&self, reference: &str, above: &mut Vec<String>) -> Result<Rc<Members>, String> {
        if let Some(known) = self.members.borrow().get(reference) {
            return known.clone();
        }
        if above.len() >= MAX_DEPTH || above.iter().any(|known| known == reference) {
            return Err("its value sets include each other without end".to_owned());
        }
        above.push(reference.to_owned());
        let found = self.read(reference, above).map(Rc::new);
        above.pop();
        self.members.borrow_mut().insert(reference.to_owned(), found.clone());
        found
    }

    fn read(&self, reference: &str, above: &mut Vec<String>) -> Result<Members, String> {
        let set = match (self.find("ValueSet", reference)?, bundled(reference)) {
            (Some(set), _) => set,
            (None, Some(set)) if self.in_english => set,
            (None, Some(_)) => {
                return Err("it is here in English only, which is not the form's language".to_owned());
            }
            (None, None) => return Err("it is neither contained nor given with the form".to_owned()),
        };
        let expansion = set.get("expansion").filter(|expansion| !expansion.list("contains").is_empty());
        let mut members = Members::default();
        if let Some(expansion) = expansion.filter(|expansion| !is_partial(expansion)) {
            members.expand(expansion.list("contains"))?;
            return Ok(members);
        }
        let compose = set.get("compose").ok_or(match expansion {
            Some(_) => "its expansion has only a part of its concepts",
            None => "it has neither an expansion nor a list of concepts",
        })?;
        for include in compose.list("include") {
            let found = self.include(include, above)?;
            members.in_common |= found.in_common;
            for concept in found.concepts {
                members.add(concept)?;
            }
        }
        for exclude in compose.list("exclude") {
            let found = self.include(exclude, above)?;
            members.in_common |= found.in_common;
            members.retain(|key, _| !found.at.contains_key(key));
        }
        Ok(members)
    }

    /// What all parts of one `include` or `exclude` have in common: its system, and each of its value sets. (So R4B and R5,
    /// and R4 in section 4.9.8.2; beside the element R4 says that several value sets are put together. HL7's expander takes
    /// what they have in common.)
    fn include(&self, include: &'v Value, above: &mut Vec<String>) -> Result<Members, String> {
        let mut first = include.str("system").map(|system| self.of_system(include, system)).transpose()?;
        let sets = include.list("valueSet");
        for set in sets {
            let set = set.as_str().ok_or("an include names a value set that cannot be read")?;
            let part = self.members(set, above)?;
            match &mut first {
                None => first = Some(Members::clone(&part)),
                Some(first) => {
                    first.in_common |= part.in_common;
                    first.retain(|key, concept| match part.at.get(key) {
                        None => false,
                        Some(&there) => {
                            concept.standing = concept.standing.max(part.concepts[there].standing);
                            true
                        }
                    });
                }
            }
        }
        let mut found = first.ok_or("an include names no system")?;
        found.in_common |= sets.len() > 1;
        Ok(found)
    }

    fn of_system(&self, include: &'v Value, system: &str) -> Result<Members, String> {
        let (listed, filters) = (include.list("concept"), include.list("filter"));
        if ["concept", "filter"]
            .iter()
            .any(|name| include.get(name).is_some() && include.list(name).is_empty())
        {
            return Err("an include has an empty list".to_owned());
        }
        let version = include.str("version");
        let code_system = self.code_system(system, version)?;
        let mut members = Members::default();
        if !listed.is_empty() {
            if !filters.is_empty() {
                return Err("an include has both concepts and filters, which FHIR does not allow".to_owned());
            }
            for entry in listed {
                let known = code_system.as_deref();
                let at = known.and_then(|known| known.find(entry.str("code")?));
                let defined = known.zip(at).map(|(known, at)| (known.concepts[at], known.standing(at)));
                // A heading that the value set lists itself is meant to be chosen.
                let standing = defined.map_or(Standing::Active, |(_, standing)| standing);
                let standing = if standing == Standing::Heading { Standing::Active } else { standing };
                let named = defined.map(|(concept, _)| concept);
                members.extend(concept(Some(system), version, entry, named, standing))?;
            }
            return Ok(members);
        }
        let code_system = match code_system {
            Some(known) if known.is_complete() => known,
            Some(_) => return Err("its code system is there only in part".to_owned()),
            None => return Err(self.why_no_system(system, version, filters.is_empty())),
        };
        let mut selected: Option<HashSet<usize>> = None;
        for filter in filters {
            let found = code_system.selected(filter)?;
            selected = Some(match selected {
                None => found,
                Some(before) => before.intersection(&found).copied().collect(),
            });
        }
        for (index, entry) in code_system.concepts.iter().enumerate() {
            if selected.as_ref().is_none_or(|selected| selected.contains(&index)) {
                members.extend(concept(Some(system), version, entry, None, code_system.standing(index)))?;
            }
        }
        Ok(members)
    }

    fn code_system(&self, system: &str, version: Option<&str>) -> Result<Option<Rc<CodeSystem<'v>>>, String> {
        let canonical = version.map_or_else(|| system.to_owned(), |version| format!("{system}|{version}"));
        if let Some(known) = self.systems.borrow().get(&canonical) {
            return Ok(Some(known.clone()));
        }
        let Some(found) = self.find("CodeSystem", &canonical)? else { return Ok(None) };
        let found = Rc::new(CodeSystem::of(found));
        self.systems.borrow_mut().insert(canonical, found.clone());
        Ok(Some(found))
    }

    fn why_no_system(&self, system: &str, version: Option<&str>, whole: bool) -> String {
        match version {
            Some(version) if !matches!(self.find("CodeSystem", system), Ok(None)) => format!(
                "version {} of its code system is neither contained nor given with the form, only another one",
                Quoted(version)
            ),
            _ if whole => "its code system is neither contained nor given with the form".to_owned(),
            _ => "it selects its concepts by a filter, which a terminology server must expand".to_owned(),
        }
    }
}

impl<'v> Shelf<'v> {
    fn of(resources: &'v [Value]) -> Self {
        let mut shelf = Self::default();
        for resource in resources {
            let Some(kind @ ("ValueSet" | "CodeSystem")) = resource.resource_type() else { continue };
            if let Some(url) = resource.str("url") {
                shelf.by_url.entry((kind, url)).or_default().push(resource);
            }
            if let Some(id) = resource.str("id") {
                shelf.by_id.entry(id).or_default().push(resource);
            }
        }
        shelf
    }
}

/// R5 has one concept more.
const ONLY_R4: &str = "http://hl7.org/fhir/ValueSet/marital-status";

/// HL7's value sets of what is asked of people, in its own words, where R4 and R5 agree on them, and R4's `marital-status`
/// (ADR 30). One that is named with a version is given if it is the same in that release.
pub(crate) fn bundled(reference: &str) -> Option<&'static Value> {
    static BUNDLED: LazyLock<Option<Value>> =
        LazyLock::new(|| Value::parse(include_bytes!("bundled.json")).ok());
    let (url, version) =
        reference.split_once('|').map_or((reference, None), |(url, version)| (url, Some(version)));
    let is_this = match version {
        None => true,
        Some("4.0.1" | "4.3.0") => url.starts_with("http://hl7.org/fhir/"),
        Some("5.0.0") => url.starts_with("http://hl7.org/fhir/") && url != ONLY_R4,
        Some(_) => false,
    };
    if !is_this {
        return None;
    }
    BUNDLED.as_ref()?.as_array()?.iter().find(|set| set.str("url") == Some(url))
}

/// Whether an expansion says itself that it does not list everything.
fn is_partial(expansion: &Value) -> bool {
    fn count(list: &[Value]) -> usize {
        list.iter().map(|entry| 1 + count(entry.list("contains"))).sum()
    }
    let number = |name: &str| {
        let number = expansion.get(name).and_then(Value::as_number).and_then(fhir::Number::as_i32);
        number.and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
    };
    let said = expansion.list("extension").iter().any(|extension| {
        extension.str("url").is_some_and(|url| PARTIAL.contains(&url))
            && extension.get("valueBoolean").and_then(Value::as_bool) != Some(false)
    });
    said || number("offset") > 0 || number("total") > count(expansion.list("contains"))
}
