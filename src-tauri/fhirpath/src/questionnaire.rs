//! A Questionnaire whose items are found by their `linkId`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use fhir::Value;
use rust_decimal::Decimal;

use crate::run::extended;

/// A Questionnaire whose items are found by their `linkId`. Made once a form, used in any number of contexts.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    value: Arc<Value>,
    items: HashMap<String, Entry>,
}

/// An item, as far as it is looked up.
#[derive(Debug, Clone)]
struct Entry {
    /// The way to it: its index among its siblings, from the root on.
    way: Vec<u32>,
    /// What each of its options that has a code weighs, where it says so itself.
    weights: Vec<(Option<Arc<str>>, Box<str>, Decimal)>,
}

impl Questionnaire {
    /// Reads the items of `value`; of those with the same `linkId`, the first is found.
    pub fn new(value: Arc<Value>) -> Self {
        let mut items = HashMap::new();
        let mut systems = HashMap::new();
        // A list, not recursion: the way is what is still to be looked at.
        let mut open: Vec<(&Value, Vec<u32>)> = vec![(&value, Vec::new())];
        while let Some((parent, way)) = open.pop() {
            for (index, item) in (0_u32..).zip(parent.list("item")) {
                let mut way = way.clone();
                way.push(index);
                if let Some(link_id) = item.str("linkId") {
                    let entry = || Entry { way: way.clone(), weights: weights(item, &mut systems) };
                    items.entry(link_id.to_owned()).or_insert_with(entry);
                }
                open.push((item, way));
            }
        }
        Self { value, items }
    }

    /// The whole resource.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The item with this `linkId`.
    pub fn item(&self, link_id: &str) -> Option<&Value> {
        let way = &self.items.get(link_id)?.way;
        way.iter().try_fold(&*self.value, |parent, index| parent.list("item").get(*index as usize))
    }

    /// The weight of the item's option with this code, where the option itself says it.
    pub(crate) fn weight(&self, link_id: &str, system: Option<&str>, code: &str) -> Option<Decimal> {
        let weights = &self.items.get(link_id)?.weights;
        let same = |(own, other, _): &&(Option<Arc<str>>, Box<str>, Decimal)| {
            **other == *code && own.as_deref() == system
        };
        weights.iter().find(same).map(|(.., weight)| *weight)
    }
}

/// The weights of the options that have a code; none where one cannot be read, so that asking for it is an error.
fn weights<'a>(
    item: &'a Value,
    systems: &mut HashMap<&'a str, Arc<str>>,
) -> Vec<(Option<Arc<str>>, Box<str>, Decimal)> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for option in item.list("answerOption") {
        let Some(coding) = option.get("valueCoding") else { continue };
        let Some(code) = coding.str("code") else { continue };
        let weight = match extended(option.as_object()) {
            Ok(None) => extended(coding.as_object()),
            weight => weight,
        };
        let Ok(weight) = weight else { return Vec::new() };
        let system = coding
            .str("system")
            .map(|system| Arc::clone(systems.entry(system).or_insert_with(|| system.into())));
        // Of options with the same code the first counts, also where it says nothing.
        if !seen.insert((coding.str("system"), code)) {
            continue;
        }
        found.extend(weight.map(|weight| (system, code.into(), weight)));
    }
    found
}
