//! Properties that hold for every document.

use fhir::{Number, Object, Value, canonical, diff};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;

fn number() -> impl Strategy<Value = Value> {
    // Written as people and programs write them: precision, exponents, minus zero, beyond every machine type.
    let text = "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?";
    text.prop_map(|text: String| Value::Number(Number::new(text).unwrap()))
}

fn finite_number() -> impl Strategy<Value = Value> {
    "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?"
        .prop_map(|text: String| Value::Number(Number::new(text).unwrap()))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z]{0,6}", "[\\x00-\\x1f\"\\\\/\u{7f}\u{2028}\u{fffe}\u{1fa7a}]{0,8}"]
}

fn tree(number: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number,
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::Array),
            (btree_map(text(), inner, 0..6), any::<u64>()).prop_map(|(members, turn)| {
                let mut members: Vec<_> = members.into_iter().collect();
                let length = members.len().max(1) as u64;
                members.rotate_left(usize::try_from(turn % length).unwrap());
                Value::Object(members.into_iter().collect::<Object>())
            }),
        ]
    })
}

fn value() -> impl Strategy<Value = Value> {
    tree(number().boxed())
}

/// The same content with every object's members the other way round.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(elements) => Value::Array(elements.iter().map(reversed).collect()),
        Value::Object(object) => {
            let mut members: Vec<_> =
                object.iter().map(|(name, member)| (name.to_owned(), reversed(member))).collect();
            members.reverse();
            Value::Object(members.into_iter().collect())
        }
        leaf => leaf.clone(),
    }
}

/// A resource whose names are FHIRPath identifiers, no keywords and no choice elements, so that a path can be followed literally.
fn resource() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<bool>().prop_map(Value::Bool), number(), text().prop_map(Value::String)];
    let members = leaf.prop_recursive(4, 48, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..5).prop_map(Value::Array),
            btree_map("xq[a-z]{0,4}", inner, 1..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    btree_map("xq[a-z]{0,4}", members, 1..6).prop_map(|members| {
        let mut object = Object::new();
        object.insert("resourceType", "QuestionnaireResponse");
        for (name, value) in members {
            object.insert(name, value);
        }
        Value::Object(object)
    })
}

/// Every leaf below `value` with its path, `resourceType` left out.
fn leaf_paths(path: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .for_each(|(index, element)| leaf_paths(&format!("{path}[{index}]"), element, found)),
        Value::Object(object) => object
            .iter()
            .filter(|(name, _)| *name != "resourceType")
            .for_each(|(name, member)| leaf_paths(&format!("{path}.{name}"), member, found)),
        _ => found.push(path.to_owned()),
    }
}

/// Follows such a path.
fn follow<'v>(value: &'v mut Value, path: &str) -> &'v mut Value {
    path.split('.').skip(1).fold(value, |value, step| {
        let (name, indexes) = step.split_once('[').unwrap_or((step, ""));
        let member = value.as_object_mut().unwrap().get_mut(name).unwrap();
        indexes.split('[').filter(|index| !index.is_empty()).fold(member, |value, index| {
            let index: usize = index.trim_end_matches(']').parse().unwrap();
            &mut value.as_array_mut().unwrap()[index]
        })
    })
}

fn other(value: &Value) -> Value {
    match value {
        Value::Bool(value) => Value::Bool(!value),
        // The same magnitude, one more digit of precision.
        Value::Number(number) if !number.as_str().contains(['e', 'E']) => {
            let dot = if number.as_str().contains('.') { "" } else { "." };
            Value::Number(Number::new(format!("{number}{dot}0")).unwrap())
        }
        Value::Number(_) => Value::from(1),
        Value::String(text) => Value::String(format!("{text} ")),
        _ => Value::Null,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_written_reads_back_the_same_with_number_text_and_member_order(value in value()) {
        let written = value.to_json();
        let read = Value::parse(written.as_bytes()).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(read.to_json(), written);
        let pretty = Value::parse(value.to_json_pretty().as_bytes()).unwrap();
        prop_assert_eq!(&pretty, &value);
        prop_assert_eq!(pretty.leaf_count(), value.leaf_count());
    }

    #[test]
    fn jcs_is_idempotent_and_blind_to_member_order(value in tree(finite_number().boxed())) {
        let form = canonical::jcs(&value).unwrap();
        let read = Value::parse(form.as_bytes()).unwrap();
        prop_assert_eq!(&canonical::jcs(&read).unwrap(), &form);
        prop_assert_eq!(&canonical::jcs(&reversed(&value)).unwrap(), &form);
    }

    #[test]
    fn number_text_is_idempotent_and_blind_to_member_order(value in value()) {
        let form = canonical::number_text(&value);
        let read = Value::parse(form.as_bytes()).unwrap();
        prop_assert_eq!(&canonical::number_text(&read), &form);
        prop_assert_eq!(canonical::number_text(&reversed(&value)), form);
    }

    #[test]
    fn jcs_numbers_read_back_as_the_same_double(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        prop_assume!(double.is_finite());
        let value = Value::Number(Number::new(format!("{double:e}")).unwrap());
        let form = canonical::jcs(&value).unwrap();
        prop_assert!(Number::new(form.clone()).is_ok());
        let read: f64 = form.parse().unwrap();
        // RFC 8785 writes minus zero as zero; adding zero does the same to a double.
        prop_assert_eq!(read.to_bits(), (double + 0.0).to_bits(), "{} became {}", double, form);
    }

    #[test]
    fn number_text_is_equal_exactly_when_nothing_differs(a in value(), b in value()) {
        let equal = canonical::number_text(&a) == canonical::number_text(&b);
        prop_assert_eq!(diff::differences(&a, &b).is_empty(), equal);
        prop_assert_eq!(diff::differences(&b, &a).is_empty(), equal);
        prop_assert!(diff::differences(&a, &reversed(&a)).is_empty());
    }

    #[test]
    fn a_changed_leaf_is_the_only_difference_and_is_named(sent in resource(), choice in any::<Index>()) {
        let mut paths = Vec::new();
        leaf_paths("QuestionnaireResponse", &sent, &mut paths);
        let path = choice.get(&paths);
        let mut returned = sent.clone();
        let leaf = follow(&mut returned, path);
        let (was, is) = (leaf.clone(), other(leaf));
        *leaf = is.clone();
        prop_assume!(was != is);
        let found = diff::differences(&sent, &reversed(&returned));
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].path, path);
        prop_assert_eq!(found[0].sent.as_ref(), Some(&was));
        prop_assert_eq!(found[0].returned.as_ref(), Some(&is));
    }

    #[test]
    fn a_dropped_or_added_element_is_the_only_difference(
        elements in btree_map("[a-z]{1,8}", value(), 1..8),
        choice in any::<Index>(),
    ) {
        let whole: Vec<_> = elements
            .into_iter()
            .map(|(name, value)| fhir::object! { "linkId" => name, "answer" => value })
            .collect();
        let index = choice.index(whole.len());
        let mut shorter = whole.clone();
        let element = shorter.remove(index);
        let resource = |items: Vec<Value>| fhir::object! { "resourceType" => "Questionnaire", "item" => items };
        let (whole, shorter) = (resource(whole), resource(shorter));

        let dropped = diff::differences(&whole, &shorter);
        prop_assert_eq!(dropped.len(), 1);
        prop_assert_eq!(&dropped[0].path, &format!("Questionnaire.item[{index}]"));
        prop_assert_eq!((dropped[0].sent.as_ref(), dropped[0].returned.as_ref()), (Some(&element), None));
        let added = diff::differences(&shorter, &whole);
        prop_assert_eq!(added.len(), 1);
        prop_assert_eq!((added[0].sent.as_ref(), added[0].returned.as_ref()), (None, Some(&element)));
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Value::parse(&bytes);
    }

    #[test]
    fn nothing_that_looks_like_json_makes_the_parser_panic(text in "[\\[\\]{}:,\"\\\\ue0-9a-f.+\\-truefalsn \n]{0,60}") {
        if let Ok(value) = Value::parse(text.as_bytes()) {
            prop_assert_eq!(Value::parse(value.to_json().as_bytes()).unwrap(), value);
        }
    }

    #[test]
    fn one_changed_byte_never_panics_and_never_reads_as_the_same(
        value in value(), place in any::<Index>(), byte in any::<u8>()
    ) {
        let mut document = value.to_json().into_bytes();
        let place = place.index(document.len());
        prop_assume!(document[place] != byte);
        document[place] = byte;
        if let Ok(read) = Value::parse(&document) {
            // Only an escape has two spellings of one character (`\u001f`, `\u001F`).
            prop_assert!(read != value || document[..place].contains(&b'\\'));
        }
    }

    #[test]
    fn debug_shows_no_content(text in "[a-z]{12,20}") {
        let value = fhir::object! { text.as_str() => fhir::array![text.as_str()] };
        let shown = format!("{value:?}");
        prop_assert!(!shown.contains(&text));
        let found = diff::differences(&fhir::object! { "a" => text.as_str() }, &fhir::object! {});
        let shown = format!("{found:?}");
        prop_assert!(!shown.contains(&text));
    }
}
