//! What a collection has already, found without comparing each with each: a response has thousands of items.

use std::collections::HashMap;

use fhir::Value;

use super::{Outcome, Run};
use crate::types::Form;
use crate::{Collection, Item};

/// How many levels of an element are looked at; below are more of the same.
const LEVELS: usize = 3;

/// Up to so many items, their marks are compared one by one.
const FEW: usize = 32;

/// The distinct items so far, in order, with their marks, and of many items where those with the same mark are.
#[derive(Default)]
pub(super) struct Seen<'a> {
    pub(super) items: Collection<'a>,
    marks: Vec<u64>,
    places: HashMap<u64, Vec<usize>>,
}

impl<'a> Seen<'a> {
    /// Adds the item unless an equal one is there; whether it was new.
    pub(super) fn add(&mut self, item: &Item<'a>, run: &mut Run<'_, 'a>) -> Outcome<bool> {
        let mark = run.mark(item)?;
        if self.marks.len() <= FEW {
            for (place, _) in self.marks.iter().enumerate().filter(|(_, other)| **other == mark) {
                if self.is_at(place, item, run)? {
                    return Ok(false);
                }
            }
        } else {
            if self.places.is_empty() {
                for (place, mark) in self.marks.iter().enumerate() {
                    self.places.entry(*mark).or_default().push(place);
                }
            }
            for &place in self.places.get(&mark).into_iter().flatten() {
                if self.is_at(place, item, run)? {
                    return Ok(false);
                }
            }
            self.places.entry(mark).or_default().push(self.marks.len());
        }
        self.marks.push(mark);
        self.items.push(item.clone());
        Ok(true)
    }

    fn is_at(&self, place: usize, item: &Item<'a>, run: &mut Run<'_, 'a>) -> Outcome<bool> {
        let Some(other) = self.items.get(place) else { return Ok(false) };
        Ok(run.equal_items(other, item)? == Some(true))
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

/// Of the length, and of the bytes at both ends. Texts that are made to have the same mark cost a comparison, which is
/// counted.
fn text_mark(text: &str) -> u64 {
    const END: usize = 32;
    let bytes = text.as_bytes();
    let (start, end) = match bytes.len().checked_sub(2 * END) {
        Some(_) => (&bytes[..END], &bytes[bytes.len() - END..]),
        None => (bytes, &[][..]),
    };
    [start, end].into_iter().flat_map(|part| part.chunks(8)).fold(bytes.len() as u64, |mark, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mixed(mark ^ u64::from_le_bytes(word))
    })
}

/// Both halves of a product with an odd number, which all bits of `mark` reach.
fn mixed(mark: u64) -> u64 {
    let product = u128::from(mark ^ 0x9e37_79b9_7f4a_7c15) * 0xd6e8_feb8_6659_fd93;
    #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
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
