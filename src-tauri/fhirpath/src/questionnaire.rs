//! A Questionnaire whose items are found by their `linkId`.

use std::collections::HashMap;
use std::sync::Arc;

use fhir::Value;

/// A Questionnaire whose items are found by their `linkId`. Made once a form, used in any number of contexts.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    value: Arc<Value>,
    /// The way to each item: its index among its siblings, from the root on.
    items: HashMap<String, Vec<u32>>,
}

impl Questionnaire {
    /// Reads the items of `value`; of those with the same `linkId`, the first is found.
    pub fn new(value: Arc<Value>) -> Self {
        let mut items = HashMap::new();
        // A list, not recursion: the way is what is still to be looked at.
        let mut open: Vec<(&Value, Vec<u32>)> = vec![(&value, Vec::new())];
        while let Some((parent, way)) = open.pop() {
            for (index, item) in (0_u32..).zip(parent.list("item")) {
                let mut way = way.clone();
                way.push(index);
                if let Some(link_id) = item.str("linkId") {
                    items.entry(link_id.to_owned()).or_insert_with(|| way.clone());
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
        let way = self.items.get(link_id)?;
        way.iter().try_fold(&*self.value, |parent, index| parent.list("item").get(*index as usize))
    }
}
