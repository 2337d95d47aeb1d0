//! `ValueSet/$expand` (FHIR R4, section 4.9.18.1), over the value sets and code systems that are kept here.

use std::collections::{HashMap, HashSet};

use axum::http::StatusCode;
use axum::response::Response;
use fhir::{Object, Value, object};

use crate::{
    content,
    outcome::Refusal,
    search::{Criteria, Paging, decode, encode, parameter::resource_type},
    server::State,
    storage::Work,
};

/// The largest expansion; what has more is too costly.
const MOST_CONCEPTS: usize = 20_000;
/// How deeply value sets may include others, and code systems be nested.
const MOST_DEPTH: usize = 16;
/// As many versions of one value set or code system as are looked through.
const VERSIONS: Paging = Paging { count: 100, offset: 0, total_only: false };

/// What was asked for.
#[derive(Default)]
struct Question {
    url: Option<String>,
    version: Option<String>,
    filter: Option<String>,
    offset: Option<usize>,
    count: Option<usize>,
    designations: bool,
    active_only: bool,
}

/// One concept on its way into an expansion.
#[derive(Clone)]
struct Concept {
    system: String,
    version: Option<String>,
    code: String,
    display: Option<String>,
    designation: Option<Value>,
    is_abstract: bool,
    inactive: bool,
}

impl Concept {
    fn key(&self) -> (String, String) {
        (self.system.clone(), self.code.clone())
    }
}

/// Answers `GET /fhir/ValueSet/$expand?query`.
pub(crate) fn expand(state: &State, query: &str) -> Result<Response, Refusal> {
    let question = Question::parse(query)?;
    let url = question.url.as_deref().ok_or_else(|| Refusal::bad_request("required", "url is required"))?;
    let (value_set, concepts) = state.storage.read(|work| {
        let reader = Reader { state, work };
        let value_set = reader.find("ValueSet", url, question.version.as_deref())?;
        let value_set = value_set.ok_or_else(|| Refusal::not_found("this value set"))?;
        let mut concepts = reader.concepts(&value_set, MOST_DEPTH)?;
        let only_active =
            value_set.get("compose").and_then(|one| one.get("inactive")).and_then(Value::as_bool);
        if question.active_only || only_active == Some(false) {
            concepts.retain(|concept| !concept.inactive);
        }
        Ok::<_, Refusal>((value_set, concepts))
    })?;
    Ok(content::json(StatusCode::OK, question.answer(&value_set, concepts).to_json()))
}

impl Question {
    fn parse(query: &str) -> Result<Self, Refusal> {
        let mut question = Self::default();
        for (name, value) in decode(query)? {
            let number = || {
                value.parse().map(Some).map_err(|_| {
                    Refusal::bad_request("value", format!("{name} must be a whole number from 0"))
                })
            };
            let flag = || match value.as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(Refusal::bad_request("value", format!("{name} must be true or false"))),
            };
            match name.as_str() {
                "url" => {
                    let (url, version) = crate::search::index::split_canonical(&value);
                    question.url = Some(url.to_owned());
                    if !version.is_empty() {
                        question.version = Some(version.to_owned());
                    }
                }
                "valueSetVersion" => question.version = Some(value),
                "filter" => question.filter = Some(value.to_lowercase()),
                "offset" => question.offset = number()?,
                "count" => question.count = number()?,
                "includeDesignations" => question.designations = flag()?,
                "activeOnly" => question.active_only = flag()?,
                "_format" => {}
                _ => {
                    let text = format!("the parameter {name} of $expand is not known here");
                    return Err(Refusal::bad_request("not-supported", text));
                }
            }
        }
        Ok(question)
    }

    fn answer(&self, value_set: &Value, mut concepts: Vec<Concept>) -> Value {
        if let Some(filter) = &self.filter {
            concepts.retain(|concept| {
                concept.display.as_deref().unwrap_or(&concept.code).to_lowercase().contains(filter)
            });
        }
        let systems: Vec<Value> = {
            let mut seen = HashSet::new();
            let named = concepts.iter().filter(|one| seen.insert((&one.system, &one.version)));
            named
                .map(|one| {
                    let version = one.version.as_ref().map_or(String::new(), |version| format!("|{version}"));
                    object! { "name" => "used-codesystem", "valueUri" => format!("{}{version}", one.system) }
                })
                .collect()
        };
        let total = concepts.len();
        let paged = self.offset.is_some() || self.count.is_some();
        let page = concepts.into_iter().skip(self.offset.unwrap_or(0)).take(self.count.unwrap_or(usize::MAX));
        let contains: Vec<Value> = page.map(|concept| self.contains(concept)).collect();
        let mut expansion = Object::new();
        expansion.insert("identifier", format!("urn:uuid:{}", uuid::Uuid::new_v4()));
        expansion.insert("timestamp", format!("{:.3}", jiff::Timestamp::now()));
        expansion.insert("total", u32::try_from(total).unwrap_or(u32::MAX));
        if paged {
            expansion.insert("offset", u32::try_from(self.offset.unwrap_or(0)).unwrap_or(u32::MAX));
        }
        for (name, list) in [("parameter", systems), ("contains", contains)] {
            if !list.is_empty() {
                expansion.insert(name, list);
            }
        }
        let mut answer = value_set.clone();
        if let Some(members) = answer.as_object_mut() {
            members.remove("compose");
            members.insert("expansion", Value::Object(expansion));
        }
        answer
    }

    fn contains(&self, concept: Concept) -> Value {
        let mut contains = Object::new();
        contains.insert("system", concept.system);
        for (name, is) in [("abstract", concept.is_abstract), ("inactive", concept.inactive)] {
            if is {
                contains.insert(name, true);
            }
        }
        if let Some(version) = concept.version {
            contains.insert("version", version);
        }
        contains.insert("code", concept.code);
        if let Some(display) = concept.display {
            contains.insert("display", display);
        }
        if let Some(designation) = concept.designation.filter(|_| self.designations) {
            contains.insert("designation", designation);
        }
        Value::Object(contains)
    }
}

/// What an expansion is made from.
struct Reader<'r> {
    state: &'r State,
    work: &'r Work<'r>,
}

impl Reader<'_> {
    /// The resource with this address; without a version, the one that was stored last.
    fn find(&self, kind: &str, url: &str, version: Option<&str>) -> Result<Option<Value>, Refusal> {
        let kept = resource_type(kind).ok_or_else(Refusal::no_such_address)?;
        // A comma would separate two addresses.
        let condition = format!("url={}", encode(&url.replace('\\', "\\\\").replace(',', "\\,")));
        let criteria = Criteria::parse_condition(kept, &condition, &self.state.base, self.state.version)?;
        let mut found = self.work.search(&criteria, VERSIONS)?.matches;
        found.sort_by(|one, other| other.last_updated.cmp(&one.last_updated));
        for stored in found {
            let resource = Value::parse(stored.text.as_bytes()).map_err(crate::Error::from)?;
            if version.is_none() || resource.str("version") == version {
                return Ok(Some(resource));
            }
        }
        Ok(None)
    }

    fn concepts(&self, value_set: &Value, depth: usize) -> Result<Vec<Concept>, Refusal> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(cannot("its value sets include each other without end"));
        };
        let compose =
            value_set.get("compose").ok_or_else(|| cannot("the value set does not say what is in it"))?;
        let mut excluded = HashSet::new();
        for exclude in compose.list("exclude") {
            excluded.extend(self.part(exclude, depth)?.iter().map(Concept::key));
        }
        let (mut concepts, mut seen) = (Vec::new(), HashSet::new());
        for include in compose.list("include") {
            for concept in self.part(include, depth)? {
                if !excluded.contains(&concept.key()) && seen.insert(concept.key()) {
                    concepts.push(concept);
                }
            }
            if concepts.len() > MOST_CONCEPTS {
                return Err(too_costly());
            }
        }
        Ok(concepts)
    }

    /// What the parts of an `include` or `exclude` have in common.
    fn part(&self, part: &Value, depth: usize) -> Result<Vec<Concept>, Refusal> {
        let mut concepts = match part.str("system") {
            Some(system) => Some(self.of_system(part, system)?),
            None => None,
        };
        for canonical in part.list("valueSet").iter().filter_map(Value::as_str) {
            let (url, version) = crate::search::index::split_canonical(canonical);
            let found = self.find("ValueSet", url, Some(version).filter(|version| !version.is_empty()))?;
            let found = found.ok_or_else(|| Refusal::not_found("a value set that it includes"))?;
            let other = self.concepts(&found, depth)?;
            concepts = Some(match concepts {
                None => other,
                Some(mut concepts) => {
                    let common: HashSet<_> = other.iter().map(Concept::key).collect();
                    concepts.retain(|concept| common.contains(&concept.key()));
                    concepts
                }
            });
        }
        concepts.ok_or_else(|| cannot("a part of it names neither a code system nor a value set"))
    }

    fn of_system(&self, part: &Value, system: &str) -> Result<Vec<Concept>, Refusal> {
        let found = self.find("CodeSystem", system, part.str("version"))?;
        let mut all = Vec::new();
        if let Some(found) = &found {
            flatten(found, found.list("concept"), MOST_DEPTH, &mut Vec::new(), &mut all)?;
        }
        let listed = part.list("concept");
        if !listed.is_empty() {
            let known: HashMap<&str, &Concept> =
                all.iter().map(|(concept, _)| (concept.code.as_str(), concept)).collect();
            let version = part.str("version");
            return Ok(listed.iter().filter_map(|entry| named(entry, system, version, &known)).collect());
        }
        if found.as_ref().and_then(|found| found.str("content")) != Some("complete") {
            return Err(Refusal::not_found("the whole code system that it takes its codes from"));
        }
        for filter in part.list("filter") {
            all = filtered(all, filter)?;
        }
        Ok(all.into_iter().map(|(concept, _)| concept).collect())
    }
}

/// A concept that a value set lists, with what its code system says of it.
fn named(
    entry: &Value,
    system: &str,
    version: Option<&str>,
    known: &HashMap<&str, &Concept>,
) -> Option<Concept> {
    let code = entry.str("code")?;
    let mut concept = known.get(code).copied().cloned().unwrap_or_else(|| Concept {
        system: system.to_owned(),
        version: version.map(str::to_owned),
        code: code.to_owned(),
        display: None,
        designation: None,
        is_abstract: false,
        inactive: false,
    });
    if let Some(display) = entry.str("display") {
        concept.display = Some(display.to_owned());
    }
    if let Some(designation) = entry.get("designation") {
        concept.designation = Some(designation.clone());
    }
    Some(concept)
}

/// A concept of a code system, and the codes that it stands below.
type Within = (Concept, Vec<String>);

fn flatten(
    system: &Value,
    list: &[Value],
    depth: usize,
    above: &mut Vec<String>,
    all: &mut Vec<Within>,
) -> Result<(), Refusal> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(cannot("its code system is nested too deeply"));
    };
    for entry in list {
        let Some(code) = entry.str("code") else { continue };
        let is = |name: &str| {
            let mut properties = entry.list("property").iter();
            properties.any(|property| {
                property.str("code") == Some(name)
                    && property.get("valueBoolean").and_then(Value::as_bool) == Some(true)
            })
        };
        let retired = entry.list("property").iter().any(|property| {
            property.str("code") == Some("status")
                && matches!(property.str("valueCode"), Some("retired" | "deprecated"))
        });
        let concept = Concept {
            system: system.str("url").unwrap_or_default().to_owned(),
            version: system.str("version").map(str::to_owned),
            code: code.to_owned(),
            display: entry.str("display").map(str::to_owned),
            designation: entry.get("designation").cloned(),
            is_abstract: is("notSelectable"),
            inactive: is("inactive") || retired,
        };
        all.push((concept, above.clone()));
        if all.len() > MOST_CONCEPTS {
            return Err(too_costly());
        }
        above.push(code.to_owned());
        flatten(system, entry.list("concept"), depth, above, all)?;
        above.pop();
    }
    Ok(())
}

/// `ValueSet.compose.include.filter`: what stands below a concept.
fn filtered(all: Vec<Within>, filter: &Value) -> Result<Vec<Within>, Refusal> {
    let value = filter.str("value").unwrap_or_default();
    let itself = match (filter.str("property"), filter.str("op")) {
        (Some("concept" | "code"), Some("is-a")) => true,
        (Some("concept" | "code"), Some("descendent-of")) => false,
        _ => return Err(cannot("it has a filter that is not known here (is-a and descendent-of are)")),
    };
    let below = |(concept, above): &Within| {
        above.iter().any(|code| code == value) || (itself && concept.code == value)
    };
    Ok(all.into_iter().filter(below).collect())
}

fn too_costly() -> Refusal {
    let text = format!("the value set has more than {MOST_CONCEPTS} concepts");
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "too-costly", text)
}

fn cannot(text: &str) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "not-supported", text)
}
