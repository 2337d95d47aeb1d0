//! Mutants of bytes and of trees, the same ones in every run.

use fhir::Value;

/// `SplitMix64`: small, and the same everywhere.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// One change of bytes: a bit, a byte, a piece taken out, doubled, put elsewhere, or taken from another document.
pub fn mutate(random: &mut Random, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    if out.is_empty() {
        return vec![random.byte()];
    }
    let at = random.below(out.len());
    let end = (at + 1 + random.below(40)).min(out.len());
    match random.below(8) {
        0 => out[at] ^= 1 << random.below(8),
        1 => out[at] = random.byte(),
        2 => out.insert(at, random.byte()),
        3 => drop(out.drain(at..end)),
        4 => {
            let piece = out[at..end].to_vec();
            out.splice(at..at, piece);
        }
        5 => {
            let piece: Vec<u8> = out.drain(at..end).collect();
            let to = random.below(out.len() + 1);
            out.splice(to..to, piece);
        }
        6 => out.truncate(at),
        _ => {
            let from = random.below(other.len());
            out.splice(at..end, other[from..(from + end - at).min(other.len())].iter().copied());
        }
    }
    out
}

/// How many places a value has, itself included.
fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(places).sum(),
        Value::Object(object) => object.iter().map(|(_, one)| places(one)).sum(),
        _ => 0,
    }
}

/// The nth place, counted from the root.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(elements) => elements.iter_mut().find_map(|one| nth(one, left)),
        Value::Object(object) => object.iter_mut().find_map(|(_, one)| nth(one, left)),
        _ => None,
    }
}

/// One change of the tree: a leaf altered, a subtree taken out, exchanged with another place, or replaced.
pub fn graft(random: &mut Random, value: &Value, other: &Value) -> Value {
    let mut out = value.clone();
    let count = places(&out);
    let (mut here, mut there) = (1 + random.below(count - 1), random.below(places(other)));
    let taken = nth(&mut other.clone(), &mut there).unwrap().clone();
    let choice = random.below(6);
    let place = nth(&mut out, &mut here).unwrap();
    match (choice, &mut *place) {
        (0, Value::Array(elements)) if !elements.is_empty() => {
            let at = random.below(elements.len());
            let again = elements[at].clone();
            elements.push(again);
        }
        (1, Value::Array(elements)) if !elements.is_empty() => {
            let at = random.below(elements.len());
            elements.remove(at);
        }
        (0 | 1, Value::Object(object)) if !object.is_empty() => {
            let at = random.below(object.len());
            let name = object.iter().nth(at).unwrap().0.to_owned();
            object.remove(&name);
        }
        (2, Value::Object(object)) => {
            object.insert("extra", taken);
        }
        (3, Value::String(text)) => text.push('x'),
        (4, _) => *place = Value::Null,
        _ => *place = taken,
    }
    out
}
