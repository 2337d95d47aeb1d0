//! Value sets without a server: those contained in the form or given with it, expanded or enumerated.

use std::{collections::HashMap, sync::LazyLock};

use fhir::{Object, Value};

use crate::form::Text;

/// The resources that a form's value sets can be resolved with.
#[derive(Default)]
pub(super) struct Terminology<'v> {
    value_sets: HashMap<String, &'v Value>,
    code_systems: HashMap<String, &'v Value>,
}

/// One concept of a value set.
#[derive(Clone)]
pub(super) struct Concept {
    /// `system`, `version` and `code`.
    pub(super) coding: Object,
    pub(super) label: Text,
}

/// How deeply value sets may include others.
const MAX_DEPTH: usize = 8;
/// A list longer than this is no list to choose from.
const MAX_CONCEPTS: usize = 20_000;

impl<'v> Terminology<'v> {
    /// Of what the Questionnaire contains, and of `given`.
    pub(super) fn of(questionnaire: &'v Object, given: &'v [Value]) -> Self {
        let mut terminology = Self::default();
        for resource in given {
            terminology.add(resource);
        }
        // What the form itself brings comes last, and so wins.
        for resource in questionnaire.get("contained").and_then(Value::as_array).unwrap_or_default() {
            terminology.add(resource);
            if let Some(id) = resource.str("id")
                && resource.resource_type() == Some("ValueSet")
            {
                terminology.value_sets.insert(format!("#{id}"), resource);
            }
        }
        terminology
    }

    fn add(&mut self, resource: &'v Value) {
        let map = match resource.resource_type() {
            Some("ValueSet") => &mut self.value_sets,
            Some("CodeSystem") => &mut self.code_systems,
            _ => return,
        };
        if let Some(url) = resource.str("url") {
            map.insert(url.to_owned(), resource);
            if let Some(version) = resource.str("version") {
                map.insert(format!("{url}|{version}"), resource);
            }
        }
    }

    /// The concepts of the value set `url`, in order; or why they are not known.
    pub(super) fn concepts(&self, url: &str) -> Result<Vec<Concept>, String> {
        let mut concepts = Vec::new();
        self.collect(url, MAX_DEPTH, &mut concepts)?;
        if concepts.is_empty() {
            return Err("the value set is empty".to_owned());
        }
        Ok(concepts)
    }

    fn collect(&self, url: &str, depth: usize, concepts: &mut Vec<Concept>) -> Result<(), String> {
        if depth == 0 {
            return Err("its value sets include each other without end".to_owned());
        }
        let set = self
            .value_sets
            .get(url)
            .copied()
            .or_else(|| bundled(url))
            .ok_or_else(|| "it is neither contained nor given with the form".to_owned())?;
        let expansion = set.get("expansion").filter(|expansion| !expansion.list("contains").is_empty());
        if let Some(expansion) = expansion.filter(|expansion| !is_partial(expansion)) {
            return contains(expansion.list("contains"), MAX_DEPTH, concepts);
        }
        let compose = set.get("compose").ok_or(match expansion {
            Some(_) => "its expansion has only a part of its concepts",
            None => "it has neither an expansion nor a list of concepts",
        })?;
        let mut found = Vec::new();
        for include in compose.list("include") {
            self.include(include, depth, &mut found)?;
        }
        let mut excluded = Vec::new();
        for exclude in compose.list("exclude") {
            self.include(exclude, depth, &mut excluded)?;
        }
        let same = |one: &Concept, other: &Concept| {
            ["system", "code"].iter().all(|name| one.coding.get(name) == other.coding.get(name))
        };
        found.retain(|one| !excluded.iter().any(|other| same(one, other)));
        push_all(concepts, found)
    }

    fn include(&self, include: &'v Value, depth: usize, concepts: &mut Vec<Concept>) -> Result<(), String> {
        if !include.list("filter").is_empty() {
            return Err(
                "it selects its concepts by a filter, which a terminology server must expand".to_owned()
            );
        }
        let sets = include.list("valueSet");
        for set in sets {
            self.collect(set.as_str().unwrap_or_default(), depth - 1, concepts)?;
        }
        let Some(system) = include.str("system") else {
            return if sets.is_empty() { Err("an include names no system".to_owned()) } else { Ok(()) };
        };
        if !sets.is_empty() {
            return Err(
                "it is the common part of a system and value sets, which a server must expand".to_owned()
            );
        }
        let version = include.str("version");
        let named = version.map(|version| format!("{system}|{version}"));
        let code_system =
            named.and_then(|named| self.code_systems.get(&named)).or_else(|| self.code_systems.get(system));
        let listed = include.list("concept");
        if !listed.is_empty() {
            let found = listed.iter().filter_map(|entry| {
                let elsewhere = code_system
                    .and_then(|known| defined(known.list("concept"), entry.str("code")?, MAX_DEPTH));
                concept(Some(system), version, entry, elsewhere)
            });
            return push_all(concepts, found.collect());
        }
        let code_system =
            code_system.filter(|known| known.str("content").is_none_or(|content| content == "complete"));
        let code_system =
            code_system.ok_or("its code system is neither contained nor given with the form")?;
        let mut found = Vec::new();
        flatten(code_system.list("concept"), system, version, MAX_DEPTH, &mut found);
        push_all(concepts, found)
    }
}

/// The few of HL7's value sets that forms name most often, in its own words.
pub(crate) fn bundled(url: &str) -> Option<&'static Value> {
    static BUNDLED: LazyLock<Option<Value>> =
        LazyLock::new(|| Value::parse(include_bytes!("bundled.json")).ok());
    let url = url.split('|').next()?;
    BUNDLED.as_ref()?.as_array()?.iter().find(|set| set.str("url") == Some(url))
}

fn push_all(concepts: &mut Vec<Concept>, found: Vec<Concept>) -> Result<(), String> {
    if concepts.len() + found.len() > MAX_CONCEPTS {
        return Err(format!("it has more than {MAX_CONCEPTS} concepts"));
    }
    concepts.extend(found);
    Ok(())
}

/// Whether an expansion says itself that it does not list everything.
fn is_partial(expansion: &Value) -> bool {
    fn count(list: &[Value]) -> usize {
        list.iter().map(|entry| 1 + count(entry.list("contains"))).sum()
    }
    let total = expansion.get("total").and_then(Value::as_number).and_then(fhir::Number::as_i32);
    let more = total.and_then(|total| usize::try_from(total).ok());
    let costly = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly";
    more.is_some_and(|total| total > count(expansion.list("contains")))
        || expansion.list("extension").iter().any(|extension| extension.str("url") == Some(costly))
}

/// `ValueSet.expansion.contains`, with the nested ones; neither abstract nor inactive ones can be chosen.
fn contains(list: &[Value], depth: usize, concepts: &mut Vec<Concept>) -> Result<(), String> {
    for entry in list {
        let is = |name: &str| entry.get(name).and_then(Value::as_bool) == Some(true);
        let choosable = !is("abstract") && !is("inactive");
        if choosable && let Some(found) = concept(entry.str("system"), entry.str("version"), entry, None) {
            push_all(concepts, vec![found])?;
        }
        if depth > 0 {
            contains(entry.list("contains"), depth - 1, concepts)?;
        }
    }
    Ok(())
}

fn flatten(list: &[Value], system: &str, version: Option<&str>, depth: usize, concepts: &mut Vec<Concept>) {
    for entry in list {
        concepts.extend(concept(Some(system), version, entry, None));
        if depth > 0 {
            flatten(entry.list("concept"), system, version, depth - 1, concepts);
        }
    }
}

/// The definition of `code` in a code system.
fn defined<'v>(list: &'v [Value], code: &str, depth: usize) -> Option<&'v Value> {
    list.iter().find_map(|entry| {
        if entry.str("code") == Some(code) {
            return Some(entry);
        }
        if depth == 0 { None } else { defined(entry.list("concept"), code, depth - 1) }
    })
}

fn concept(
    system: Option<&str>,
    version: Option<&str>,
    entry: &Value,
    elsewhere: Option<&Value>,
) -> Option<Concept> {
    let code = entry.str("code")?;
    let mut coding = Object::new();
    for (name, part) in [("system", system), ("version", version), ("code", Some(code))] {
        if let Some(part) = part {
            coding.insert(name, part);
        }
    }
    let readable = |display: &&str| !display.trim().is_empty() && !display.chars().any(char::is_control);
    let display = entry.str("display").or_else(|| elsewhere?.str("display")).filter(readable).unwrap_or(code);
    let mut label = Text::plain(display);
    for designation in
        entry.list("designation").iter().chain(elsewhere.map_or(&[][..], |known| known.list("designation")))
    {
        // Synonyms and names for other uses are not what is shown.
        let shown = designation.get("use").is_none_or(|used| used.str("code") == Some("display"));
        if let (true, Some(language), Some(value)) =
            (shown, designation.str("language"), designation.str("value").filter(readable))
            && !label.translations.iter().any(|(known, _)| known.eq_ignore_ascii_case(language))
        {
            label.translations.push((language.to_owned(), value.to_owned()));
        }
    }
    Some(Concept { coding, label })
}
