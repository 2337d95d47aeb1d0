//! What a code system says of its concepts: which are kinds of others, which are no longer used, and which stand only for
//! others. By the same rules as import's (ADR 30), which are written a second time here (ADR 29).

use std::collections::{BTreeMap, BTreeSet};

use fhir::Value;

/// One concept, and what stands right below it.
#[derive(Default)]
struct Entry<'a> {
    concept: Option<&'a Value>,
    children: BTreeSet<&'a str>,
}

/// A code system, by its codes.
pub(super) struct CodeSystem<'a> {
    system: &'a Value,
    entries: BTreeMap<&'a str, Entry<'a>>,
}

/// Codes that a filter selects, or why they are not known.
type Selected<'a> = Result<BTreeSet<&'a str>, String>;

impl<'a> CodeSystem<'a> {
    pub(super) fn of(system: &'a Value) -> Self {
        let mut entries: BTreeMap<&str, Entry<'_>> = BTreeMap::new();
        let mut waiting: Vec<(Option<&str>, &Value)> =
            system.list("concept").iter().rev().map(|concept| (None, concept)).collect();
        while let Some((parent, concept)) = waiting.pop() {
            let code = concept.str("code");
            waiting.extend(concept.list("concept").iter().rev().map(|below| (code, below)));
            let Some(code) = code else { continue };
            entries.entry(code).or_default().concept.get_or_insert(concept);
            if let Some(parent) = parent {
                entries.entry(parent).or_default().children.insert(code);
            }
        }
        let mut found = Self { system, entries };
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for (&code, entry) in &found.entries {
            let Some(concept) = entry.concept else { continue };
            pairs.extend(found.codes_of(concept, "parent").map(|parent| (parent, code)));
            pairs.extend(found.codes_of(concept, "child").map(|child| (code, child)));
        }
        for (parent, child) in pairs {
            if found.entries.contains_key(child)
                && let Some(entry) = found.entries.get_mut(parent)
            {
                entry.children.insert(child);
            }
        }
        found
    }

    pub(super) fn is_complete(&self) -> bool {
        self.system.str("content") == Some("complete")
    }

    pub(super) fn get(&self, code: &str) -> Option<&'a Value> {
        self.entries.get(code)?.concept
    }

    pub(super) fn concepts(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.entries.iter().filter_map(|(code, entry)| Some((*code, entry.concept?)))
    }

    /// FHIR's own property of this name, by name or by the address that the code system declares.
    fn is_property(&self, code: &str, name: &str) -> bool {
        let uri = format!("http://hl7.org/fhir/concept-properties#{name}");
        code == name
            || self
                .system
                .list("property")
                .iter()
                .any(|declared| declared.str("code") == Some(code) && declared.str("uri") == Some(&uri))
    }

    fn properties(&self, concept: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
        let wanted =
            |property: &&Value| property.str("code").is_some_and(|code| self.is_property(code, name));
        concept.list("property").iter().filter(wanted).collect::<Vec<_>>().into_iter()
    }

    /// The codes that properties name.
    fn codes_of(&self, concept: &'a Value, name: &str) -> impl Iterator<Item = &'a str> {
        self.properties(concept, name).filter_map(|property| {
            property
                .str("valueCode")
                .or_else(|| property.str("valueString"))
                .or_else(|| property.get("valueCoding")?.str("code"))
        })
    }

    fn is_true(&self, concept: &'a Value, name: &str) -> bool {
        self.properties(concept, name).any(|property| has_value(property, "true"))
    }

    /// Whether a concept is no longer used (R4, section 4.8.11).
    pub(super) fn is_inactive(&self, concept: &'a Value) -> bool {
        self.is_true(concept, "inactive")
            || ["retired", "deprecated", "inactive", "withdrawn"]
                .into_iter()
                .any(|status| self.properties(concept, "status").any(|property| has_value(property, status)))
    }

    /// Whether a concept is none to choose.
    pub(super) fn is_heading(&self, concept: &'a Value) -> bool {
        self.is_true(concept, "notSelectable")
    }

    /// The codes that all of the filters select.
    pub(super) fn select(&self, filters: &[Value]) -> Selected<'a> {
        let mut all: BTreeSet<&str> = self.entries.keys().copied().collect();
        for filter in filters {
            let one = self.filter(filter)?;
            all.retain(|code| one.contains(code));
        }
        Ok(all)
    }

    fn filter(&self, filter: &Value) -> Selected<'a> {
        let part = |name: &str| filter.str(name).ok_or_else(|| "a filter of it cannot be read".to_owned());
        let (property, op, value) = (part("property")?, part("op")?, part("value")?);
        let on_code = property == "concept" || property == "code";
        let known = || {
            let found = self.entries.get_key_value(value);
            found.ok_or_else(|| "a filter of it names a code that its code system does not have".to_owned())
        };
        Ok(match op {
            "is-a" | "descendent-of" if on_code => {
                if self.system.str("hierarchyMeaning").is_some_and(|meaning| meaning != "is-a") {
                    return Err("what stands below a code in its code system is not a kind of it".to_owned());
                }
                let (&top, _) = known()?;
                let mut kinds = self.below(top);
                if op == "is-a" {
                    kinds.insert(top);
                } else {
                    kinds.remove(top);
                }
                kinds
            }
            "=" if on_code => BTreeSet::from([*known()?.0]),
            "=" if property == "display" => self.those(|concept| concept.str("display") == Some(value)),
            "=" if self.is_property(property, "parent") => known()?.1.children.clone(),
            "=" if self.is_property(property, "child") => {
                known()?;
                let is_above = |entry: &Entry<'_>| entry.children.contains(value);
                self.entries.iter().filter(|(_, entry)| is_above(entry)).map(|(code, _)| *code).collect()
            }
            "=" => return self.equal(property, value),
            _ => return Err("it selects codes by a filter".to_owned()),
        })
    }

    fn equal(&self, property: &str, value: &str) -> Selected<'a> {
        let of = |concept: &'a Value| {
            concept.list("property").iter().filter(|one| one.str("code") == Some(property))
        };
        let declared = self.system.list("property").iter().any(|one| one.str("code") == Some(property));
        if !declared && !self.concepts().any(|(_, concept)| of(concept).count() > 0) {
            return Err("a filter of it names a property that its code system does not have".to_owned());
        }
        // What is not said of these is false.
        let false_unless_said =
            self.is_property(property, "notSelectable") || self.is_property(property, "inactive");
        Ok(self.those(|concept| match of(concept).count() {
            0 => false_unless_said && value == "false",
            _ => of(concept).any(|one| has_value(one, value)),
        }))
    }

    fn those(&self, is: impl Fn(&'a Value) -> bool) -> BTreeSet<&'a str> {
        self.concepts().filter(|(_, concept)| is(concept)).map(|(code, _)| code).collect()
    }

    fn below(&self, top: &str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<&str> = vec![top];
        while let Some(code) = waiting.pop() {
            for &child in self.entries.get(code).map(|entry| &entry.children).into_iter().flatten() {
                if found.insert(child) {
                    waiting.push(child);
                }
            }
        }
        found
    }
}

/// Whether a property has this value, written as a filter writes it.
fn has_value(property: &Value, wanted: &str) -> bool {
    let is = |text: Option<&str>| text == Some(wanted);
    is(property.str("valueCode"))
        || is(property.str("valueString"))
        || is(property.str("valueDateTime"))
        || is(property.get("valueCoding").and_then(|coding| coding.str("code")))
        || ["valueInteger", "valueDecimal"]
            .iter()
            .any(|name| is(property.get(name).and_then(Value::as_number).map(fhir::Number::as_str)))
        || property
            .get("valueBoolean")
            .and_then(Value::as_bool)
            .is_some_and(|it| wanted == if it { "true" } else { "false" })
}
