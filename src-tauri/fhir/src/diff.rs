//! Where two resources differ, for people to read.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::{Object, Value, canonical, element};

/// One element that differs.
#[derive(Clone, PartialEq, Eq)]
pub struct Difference {
    /// The element's FHIRPath, such as `QuestionnaireResponse.item[8].answer[0].value.code`. Choice elements lose
    /// their type as FHIRPath has them (`value`, not `valueCoding`); a primitive's `_name` object is its `extension`;
    /// a name that is no FHIRPath identifier stands between backticks, escaped.
    pub path: String,
    /// What was sent there; `None` when the element was added.
    pub sent: Option<Value>,
    /// What came back there; `None` when the element was dropped.
    pub returned: Option<Value>,
}

impl std::fmt::Debug for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Difference").field("path", &self.path).finish_non_exhaustive()
    }
}

/// So many differences are named; nobody reads more.
pub const MOST_DIFFERENCES: usize = 10_000;

/// The elements that differ between `sent` and `returned`, in the order of `sent`, then what was added.
///
/// Object order never matters, array order always does, and numbers are equal only when their text is. The list is
/// empty exactly when [`canonical::number_text`] of both is the same. A difference names the deepest element that
/// holds all of it: a changed leaf by itself, a dropped or added element as a whole. Where an array has lost or gained
/// elements, those that are still there are recognised, so that one dropped answer is one difference.
///
/// Hostile documents cost bounded time and memory: when more than [`MOST_DIFFERENCES`] are found, the last one is the
/// two resources as a whole, and very large arrays of different lengths are compared place by place.
pub fn differences(sent: &Value, returned: &Value) -> Vec<Difference> {
    let mut comparison = Comparison {
        root: sent.resource_type().or_else(|| returned.resource_type()),
        path: Vec::new(),
        found: Vec::new(),
        path_bytes_left: MOST_PATH_BYTES,
        work_left: MOST_WORK,
        too_many: false,
    };
    comparison.values(sent, returned);
    if comparison.too_many {
        comparison.path.clear();
        comparison.path_bytes_left = MOST_PATH_BYTES;
        comparison.too_many = false;
        comparison.found.truncate(MOST_DIFFERENCES - 1);
        comparison.record(Some(sent), Some(returned));
    }
    comparison.found
}

/// `resource` without what a server manages: root `id` and `meta.versionId`, `meta.lastUpdated`, `meta.source`. What
/// was sent and what came back are compared in this form (Part 11 on FHIR, "compare").
pub fn without_server_managed(resource: &Value) -> Value {
    let mut resource = resource.clone();
    let Some(root) = resource.as_object_mut() else { return resource };
    root.remove("id");
    let meta_is_empty = root.get_mut("meta").and_then(Value::as_object_mut).is_some_and(|meta| {
        for name in ["versionId", "lastUpdated", "source"] {
            meta.remove(name);
        }
        meta.is_empty()
    });
    if meta_is_empty {
        root.remove("meta");
    }
    resource
}

/// The paths of all differences together: a hostile document can repeat one long name many times.
const MOST_PATH_BYTES: usize = 16 << 20;
/// What recognising moved array elements may cost: bytes of elements written, and pairs of elements compared.
const MOST_WORK: usize = 64 << 20;
/// The same for one array, whose pairs are held in memory.
const MOST_PAIRS: usize = 4_000_000;
/// From this many members on, names are looked up in a map.
const MANY_MEMBERS: usize = 32;

struct Comparison<'v> {
    root: Option<&'v str>,
    path: Vec<Step<'v>>,
    found: Vec<Difference>,
    path_bytes_left: usize,
    work_left: usize,
    too_many: bool,
}

#[derive(Clone, Copy)]
enum Step<'v> {
    Element(&'v str),
    Index(usize),
}

impl<'v> Comparison<'v> {
    fn values(&mut self, sent: &'v Value, returned: &'v Value) {
        match (sent, returned) {
            _ if self.too_many => {}
            (Value::Object(a), Value::Object(b)) => self.objects(a, b),
            (Value::Array(a), Value::Array(b)) => self.arrays(a, b),
            _ if sent == returned => {}
            _ => self.record(Some(sent), Some(returned)),
        }
    }

    fn within(&mut self, step: Step<'v>, compare: impl FnOnce(&mut Self)) {
        self.path.push(step);
        compare(self);
        self.path.pop();
    }

    fn objects(&mut self, sent: &'v Object, returned: &'v Object) {
        let resource_type = sent.get("resourceType").and_then(Value::as_str);
        let (in_sent, in_returned) = (Names::of(sent), Names::of(returned));
        // A choice that came back with another type (valueDecimal, valueInteger) is one changed element.
        let mut added = Vec::new();
        let mut added_elements = HashMap::new();
        for (name, value) in returned.iter().filter(|(name, _)| in_sent.get(name).is_none()) {
            if !name.starts_with('_') {
                added_elements.entry(element::element(resource_type, name)).or_insert(added.len());
            }
            added.push(Some((name, value)));
        }
        let mut dropped = Vec::new();
        for (name, value) in sent.iter() {
            let step = Step::Element(element::element(resource_type, name));
            match in_returned.get(name) {
                Some(other) => self.within(step, |inner| inner.values(value, other)),
                None => dropped.push((name, value)),
            }
        }
        for (name, value) in dropped {
            let element = element::element(resource_type, name);
            let replaced = (!name.starts_with('_')).then(|| added_elements.remove(element)).flatten();
            match replaced.and_then(|index| added[index].take()) {
                Some((_, other)) => {
                    self.within(Step::Element(element), |inner| inner.record(Some(value), Some(other)));
                }
                None => self.member_on_one_side(element, name, value, |part| (Some(part), None)),
            }
        }
        for (name, value) in added.into_iter().flatten() {
            let element = element::element(resource_type, name);
            self.member_on_one_side(element, name, value, |part| (None, Some(part)));
        }
    }

    /// A dropped or added `_name` is not the primitive itself but its id and extensions, so these are what is named.
    fn member_on_one_side(
        &mut self,
        element: &'v str,
        name: &str,
        value: &'v Value,
        sides: impl Fn(&'v Value) -> (Option<&'v Value>, Option<&'v Value>),
    ) {
        self.within(Step::Element(element), |inner| match value {
            Value::Object(parts) if name.starts_with('_') && !parts.is_empty() => {
                for (part, value) in parts.iter() {
                    let (sent, returned) = sides(value);
                    inner.within(Step::Element(part), |inner| inner.record(sent, returned));
                }
            }
            _ => {
                let (sent, returned) = sides(value);
                inner.record(sent, returned);
            }
        });
    }

    /// Equal elements are set aside; what is left between them is compared pair by pair, and the rest is named as
    /// dropped or added. Arrays of the same length are compared place by place: order matters.
    fn arrays(&mut self, sent: &'v [Value], returned: &'v [Value]) {
        let common = if sent.len() == returned.len() { Vec::new() } else { self.common(sent, returned) };
        let (mut at, mut other) = (0, 0);
        for (next, other_next) in common.into_iter().chain([(sent.len(), returned.len())]) {
            while at < next && other < other_next {
                self.within(Step::Index(at), |inner| inner.values(&sent[at], &returned[other]));
                (at, other) = (at + 1, other + 1);
            }
            for (index, element) in sent.iter().enumerate().take(next).skip(at) {
                self.within(Step::Index(index), |inner| inner.record(Some(element), None));
            }
            for (index, element) in returned.iter().enumerate().take(other_next).skip(other) {
                self.within(Step::Index(index), |inner| inner.record(None, Some(element)));
            }
            (at, other) = (next + 1, other_next + 1);
        }
    }

    /// The index pairs of equal elements, in ascending order on both sides; as many as the work allowed can find.
    fn common(&mut self, sent: &[Value], returned: &[Value]) -> Vec<(usize, usize)> {
        // Each distinct element gets a number, so that comparing two costs the same however large they are.
        let mut numbers = HashMap::new();
        let mut numbered = Vec::with_capacity(sent.len() + returned.len());
        for element in sent.iter().chain(returned) {
            let form = canonical::number_text(element);
            let Some(left) = self.work_left.checked_sub(form.len()) else {
                self.work_left = 0;
                return Vec::new();
            };
            self.work_left = left;
            let next = numbers.len();
            numbered.push(*numbers.entry(form).or_insert(next));
        }
        let (a, b) = numbered.split_at(sent.len());

        let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let (rest_a, rest_b) = (&a[start..], &b[start..]);
        let end = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
        let (middle_a, middle_b) = (&rest_a[..rest_a.len() - end], &rest_b[..rest_b.len() - end]);

        let mut pairs: Vec<_> = (0..start).map(|index| (index, index)).collect();
        let cost = (middle_a.len() + 1).saturating_mul(middle_b.len() + 1);
        if cost <= MOST_PAIRS.min(self.work_left) {
            self.work_left -= cost;
            pairs.extend(longest_common(middle_a, middle_b).into_iter().map(|(i, j)| (start + i, start + j)));
        }
        pairs.extend((0..end).map(|offset| (a.len() - end + offset, b.len() - end + offset)));
        pairs
    }

    fn record(&mut self, sent: Option<&Value>, returned: Option<&Value>) {
        if self.too_many || self.found.len() == MOST_DIFFERENCES {
            self.too_many = true;
            return;
        }
        let steps = self.path.iter().map(|step| match step {
            // An identifier can grow sixfold by its escapes.
            Step::Element(name) => name.len() * 6 + 3,
            Step::Index(_) => 22,
        });
        let Some(left) = self.path_bytes_left.checked_sub(steps.sum()) else {
            self.too_many = true;
            return;
        };
        self.path_bytes_left = left;
        self.found.push(Difference {
            path: self.written_path(),
            sent: sent.cloned(),
            returned: returned.cloned(),
        });
    }

    fn written_path(&self) -> String {
        let mut out = String::new();
        match self.root {
            Some(resource_type) => element::write_identifier(resource_type, &mut out),
            None => out.push_str("$this"),
        }
        for step in &self.path {
            match step {
                Step::Element(name) => {
                    out.push('.');
                    element::write_identifier(name, &mut out);
                }
                // Writing to a String cannot fail.
                Step::Index(index) => drop(write!(out, "[{index}]")),
            }
        }
        out
    }
}

/// The members of an object by name; a map for large ones, so that a hostile object costs linear time.
enum Names<'v> {
    Few(&'v Object),
    Many(HashMap<&'v str, &'v Value>),
}

impl<'v> Names<'v> {
    fn of(object: &'v Object) -> Self {
        if object.len() < MANY_MEMBERS { Self::Few(object) } else { Self::Many(object.iter().collect()) }
    }

    fn get(&self, name: &str) -> Option<&'v Value> {
        match self {
            Self::Few(object) => object.get(name),
            Self::Many(members) => members.get(name).copied(),
        }
    }
}

/// The index pairs of a longest common subsequence.
fn longest_common(a: &[usize], b: &[usize]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    let mut lengths = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i * width + j] = if a[i] == b[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn paths(sent: &str, returned: &str) -> Vec<String> {
        let sent = Value::parse(sent.as_bytes()).unwrap();
        let returned = Value::parse(returned.as_bytes()).unwrap();
        differences(&sent, &returned).into_iter().map(|difference| difference.path).collect()
    }

    #[test]
    fn a_changed_code_is_named_by_its_fhirpath() {
        let sent =
            r#"{"resourceType":"QuestionnaireResponse","item":[{"answer":[{"valueCoding":{"code":"a"}}]}]}"#;
        assert_eq!(
            paths(sent, &sent.replace("\"a\"", "\"b\"")),
            ["QuestionnaireResponse.item[0].answer[0].value.code"]
        );
    }

    #[test]
    fn decimal_text_is_content_and_member_order_is_not() {
        assert_eq!(paths(r#"{"valueDecimal":72.50}"#, r#"{"valueDecimal":72.5}"#), ["$this.value"]);
        assert!(paths(r#"{"a":1,"b":[1,2]}"#, r#"{"b":[1,2],"a":1}"#).is_empty());
        assert_eq!(paths(r#"{"b":[1,2]}"#, r#"{"b":[2,1]}"#), ["$this.b[0]", "$this.b[1]"]);
    }

    #[test]
    fn one_dropped_element_is_one_difference() {
        assert_eq!(
            paths(r#"{"item":[{"l":1},{"l":2},{"l":3}]}"#, r#"{"item":[{"l":1},{"l":3}]}"#),
            ["$this.item[1]"]
        );
        assert_eq!(paths(r#"{"item":[{"l":1}]}"#, r#"{"item":[{"l":0},{"l":1}]}"#), ["$this.item[0]"]);
        assert_eq!(paths(r#"{"a":1,"b":2}"#, r#"{"a":1}"#), ["$this.b"]);
    }

    #[test]
    fn another_type_of_a_choice_is_one_changed_element() {
        assert_eq!(paths(r#"{"valueDecimal":1.0}"#, r#"{"valueInteger":1}"#), ["$this.value"]);
        assert_eq!(
            paths(r#"{"_authored":{"id":"x"}}"#, r#"{"_authored":{"id":"y"}}"#),
            ["$this.authored.id"]
        );
        assert_eq!(paths(r#"{"valueSet":"x"}"#, r#"{"valueSet":"y"}"#), ["$this.valueSet"]);
    }

    #[test]
    fn a_dropped_primitive_extension_is_not_the_primitive() {
        assert_eq!(
            paths(
                r#"{"birthDate":"1970","_birthDate":{"extension":[{"url":"x"}]}}"#,
                r#"{"birthDate":"1970"}"#
            ),
            ["$this.birthDate.extension"]
        );
    }

    #[test]
    fn what_the_server_manages_is_left_out_and_nothing_else() {
        let without = |text: &str| without_server_managed(&Value::parse(text.as_bytes()).unwrap()).to_json();
        assert_eq!(
            without(
                r#"{"id":"1","meta":{"versionId":"1","lastUpdated":"x","source":"y"},"item":[{"id":"z"}]}"#
            ),
            r#"{"item":[{"id":"z"}]}"#
        );
        assert_eq!(without(r#"{"meta":{"versionId":"1","profile":["p"]}}"#), r#"{"meta":{"profile":["p"]}}"#);
        assert_eq!(
            without(r#"{"meta":7,"contained":[{"id":"1","meta":{"versionId":"1"}}]}"#),
            r#"{"meta":7,"contained":[{"id":"1","meta":{"versionId":"1"}}]}"#
        );
        assert_eq!(without("3"), "3");
    }
}
