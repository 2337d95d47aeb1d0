//! Code systems that are there as a whole: which of their concepts a value set takes.

use std::collections::{HashMap, HashSet};

use fhir::Value;

use super::concepts::Standing;
use crate::report::Quoted;

/// Where FHIR's own properties of concepts are defined (R4, section 4.8.11).
const PROPERTIES: &str = "http://hl7.org/fhir/concept-properties#";
/// The states in which a concept is no longer used.
const NOT_IN_USE: [&str; 4] = ["retired", "deprecated", "inactive", "withdrawn"];

/// A code system, its concepts in the order in which it defines them.
pub(super) struct CodeSystem<'v> {
    pub(super) resource: &'v Value,
    pub(super) concepts: Vec<&'v Value>,
    by_code: HashMap<&'v str, usize>,
    /// The concepts right below each one.
    below: Vec<Vec<usize>>,
}

impl<'v> CodeSystem<'v> {
    pub(super) fn of(resource: &'v Value) -> Self {
        let (concepts, by_code) = (Vec::new(), HashMap::new());
        let mut system = Self { resource, concepts, by_code, below: Vec::new() };
        system.add(resource.list("concept"), None);
        for index in 0..system.concepts.len() {
            for (name, is_parent) in [("parent", true), ("child", false)] {
                for other in system.values(index, name) {
                    let Some(&other) = system.by_code.get(other.as_str()) else { continue };
                    let (above, below) = if is_parent { (other, index) } else { (index, other) };
                    system.below[above].push(below);
                }
            }
        }
        system
    }

    /// Nested concepts; how deep they can be is bounded by the parser. A code that comes twice is what it was first.
    fn add(&mut self, list: &'v [Value], above: Option<usize>) {
        for concept in list {
            let index = concept.str("code").map(|code| {
                *self.by_code.entry(code).or_insert_with(|| {
                    self.concepts.push(concept);
                    self.below.push(Vec::new());
                    self.concepts.len() - 1
                })
            });
            if let (Some(above), Some(index)) = (above, index) {
                self.below[above].push(index);
            }
            self.add(concept.list("concept"), index);
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.resource.str("content") == Some("complete")
    }

    /// Where `code` is defined.
    pub(super) fn find(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// Whether a concept is for choosing, as its code system says.
    pub(super) fn standing(&self, index: usize) -> Standing {
        let says = |name: &str| self.values(index, name).iter().any(|value| value == "true");
        let status = self.values(index, "status");
        if says("inactive") || status.iter().any(|status| NOT_IN_USE.contains(&status.as_str())) {
            Standing::Inactive
        } else if says("notSelectable") {
            Standing::Heading
        } else {
            Standing::Active
        }
    }

    /// Whether the code of a property means FHIR's property `name`: it is called so, or declared to be it.
    fn means(&self, code: &str, name: &str) -> bool {
        let declared = |property: &&Value| {
            property.str("code") == Some(code)
                && property.str("uri").and_then(|uri| uri.strip_prefix(PROPERTIES)) == Some(name)
        };
        code == name || self.resource.list("property").iter().any(|property| declared(&property))
    }

    /// What a concept says of FHIR's property `name`.
    fn values(&self, index: usize, name: &str) -> Vec<String> {
        let properties = self.concepts[index].list("property").iter();
        properties
            .filter(|property| property.str("code").is_some_and(|code| self.means(code, name)))
            .filter_map(written)
            .collect()
    }

    /// The concepts that `ValueSet.compose.include.filter` selects; or why that is not known.
    pub(super) fn selected(&self, filter: &Value) -> Result<HashSet<usize>, String> {
        let (Some(property), Some(op), Some(value)) =
            (filter.str("property"), filter.str("op"), filter.str("value"))
        else {
            return Err("a filter of it has no property, operator or value".to_owned());
        };
        let of_code = ["concept", "code"].contains(&property);
        let here = || {
            self.find(value).ok_or_else(|| {
                format!(
                    "a filter of it names the code {}, which its code system does not have",
                    Quoted(value)
                )
            })
        };
        match op {
            "is-a" | "descendent-of" if of_code => {
                let meaning = self.resource.str("hierarchyMeaning").unwrap_or("is-a");
                if meaning != "is-a" {
                    return Err(format!(
                        "it takes what is a kind of a code, and its code system means something else by what stands \
                         below a code: {}",
                        Quoted(meaning)
                    ));
                }
                let top = here()?;
                let mut found = self.all_below(top);
                if op == "is-a" {
                    found.insert(top);
                } else {
                    found.remove(&top);
                }
                Ok(found)
            }
            "=" if of_code => Ok(HashSet::from([here()?])),
            "=" if property == "display" => {
                Ok(self.with(|index| self.concepts[index].str("display") == Some(value)))
            }
            "=" if self.means(property, "parent") => Ok(self.below[here()?].iter().copied().collect()),
            "=" if self.means(property, "child") => {
                let child = here()?;
                Ok(self.with(|index| self.below[index].contains(&child)))
            }
            "=" => self.with_property(property, value),
            _ => Err(format!(
                "it selects its concepts by a filter, {} {}, which a terminology server must expand",
                Quoted(property),
                Quoted(op)
            )),
        }
    }

    fn with(&self, is: impl Fn(usize) -> bool) -> HashSet<usize> {
        (0..self.concepts.len()).filter(|&index| is(index)).collect()
    }

    fn with_property(&self, property: &str, value: &str) -> Result<HashSet<usize>, String> {
        // False is what these are where nothing is said (R4, section 4.8.11).
        let is_false = value == "false"
            && ["notSelectable", "inactive"].into_iter().any(|name| self.means(property, name));
        let of = |concept: &'v Value| {
            concept.list("property").iter().filter(|one| one.str("code") == Some(property))
        };
        let is_known =
            self.resource.list("property").iter().any(|declared| declared.str("code") == Some(property))
                || self.concepts.iter().any(|concept| of(concept).next().is_some());
        if !is_known {
            return Err(format!(
                "a filter of it names the property {}, which its code system does not have",
                Quoted(property)
            ));
        }
        Ok(self.with(|index| {
            let mut values = of(self.concepts[index]).filter_map(written).peekable();
            (is_false && values.peek().is_none()) || values.any(|written| written == value)
        }))
    }

    fn all_below(&self, top: usize) -> HashSet<usize> {
        let (mut found, mut open) = (HashSet::new(), vec![top]);
        while let Some(index) = open.pop() {
            open.extend(self.below[index].iter().filter(|&&below| found.insert(below)));
        }
        found
    }
}

/// The value of a concept's property, as a filter writes it.
fn written(property: &Value) -> Option<String> {
    let text = ["valueCode", "valueString", "valueDateTime"].into_iter().find_map(|name| property.str(name));
    let number =
        || ["valueInteger", "valueDecimal"].into_iter().find_map(|name| property.get(name)?.as_number());
    text.or_else(|| property.get("valueCoding")?.str("code"))
        .map(str::to_owned)
        .or_else(|| number().map(|number| number.as_str().to_owned()))
        .or_else(|| Some(property.get("valueBoolean")?.as_bool()?.to_string()))
}
