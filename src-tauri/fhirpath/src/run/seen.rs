//! What a collection has already, found without comparing each with each: a response has thousands of items.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use fhir::Value;

use super::{Outcome, Run};
use crate::types::Form;
use crate::{Collection, Item};

/// How many levels of an element are looked at; below are more of the same.
const LEVELS: usize = 3;

/// The distinct items so far, in order, and where those with the same mark are.
#[derive(Default)]
pub(super) struct Seen<'a> {
    pub(super) items: Collection<'a>,
    marks: HashMap<u64, Vec<usize>>,
}

impl<'a> Seen<'a> {
    /// Adds the item unless an equal one is there; whether it was new.
    pub(super) fn add(&mut self, item: &Item<'a>, run: &mut Run<'_, 'a>) -> Outcome<bool> {
        let mark = run.mark(item)?;
        let places = self.marks.entry(mark).or_default();
        for place in places.iter() {
            if let Some(other) = self.items.get(*place)
                && run.equal_items(other, item)? == Some(true)
            {
                return Ok(false);
            }
        }
        places.push(self.items.len());
        self.items.push(item.clone());
        Ok(true)
    }
}

impl<'a> Run<'_, 'a> {
    /// The same for equal items; what can be equal in several writings has no mark of its own.
    fn mark(&mut self, item: &Item<'a>) -> Outcome<u64> {
        self.spend(1)?;
        match item {
            Item::String(text) => Ok(text_mark(text)),
            Item::Node(node) => match (node.value(), self.types.form(node.kind)) {
                (Some(Value::String(text)), Some(Form::Text) | None) => Ok(text_mark(text)),
                (Some(value @ Value::Object(_)), form) if form != Some(Form::Quantity) => {
                    let mut looked_at = 0;
                    let mark = element_mark(value, LEVELS, &mut looked_at);
                    self.spend(looked_at / 4)?;
                    Ok(mark)
                }
                _ => Ok(0),
            },
            _ => Ok(0),
        }
    }
}

fn text_mark(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Members in any order, numbers in any writing.
fn element_mark(value: &Value, levels: usize, looked_at: &mut usize) -> u64 {
    *looked_at += 1;
    if levels == 0 {
        return 1;
    }
    match value {
        Value::String(text) => text_mark(text),
        Value::Object(object) => object.iter().fold(2, |mark: u64, (name, member)| {
            mark.wrapping_add(text_mark(name).wrapping_mul(3) ^ element_mark(member, levels - 1, looked_at))
        }),
        Value::Array(elements) => elements.iter().take(4).fold(elements.len() as u64, |mark, element| {
            mark.rotate_left(7) ^ element_mark(element, levels - 1, looked_at)
        }),
        _ => 4,
    }
}
