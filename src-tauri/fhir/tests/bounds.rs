//! Hostile sizes: every bound holds. Nothing is timed here (`cargo bench` does that): of these sizes, a quadratic
//! algorithm would not come to an end.

use std::fmt::Write as _;

use fhir::{MAX_DEPTH, MAX_VALUES, ParseErrorKind, Value, canonical, diff};

const TEN_MEGABYTES: usize = 10_000_000;

fn nested(depth: usize) -> Vec<u8> {
    [b"[".repeat(depth), b"]".repeat(depth)].concat()
}

fn object(members: usize, value: impl Fn(usize) -> String) -> Value {
    let mut document = String::from("{");
    for index in 0..members {
        let comma = if index == 0 { "" } else { "," };
        write!(document, "{comma}\"member{index}\":{}", value(index)).unwrap();
    }
    document.push('}');
    Value::parse(document.as_bytes()).unwrap()
}

#[test]
fn depth_128_is_read_and_129_is_refused_where_it_begins() {
    let value = Value::parse(&nested(MAX_DEPTH)).unwrap();
    assert_eq!(value.to_json().into_bytes(), nested(MAX_DEPTH));
    assert_eq!(canonical::jcs(&value).unwrap().into_bytes(), nested(MAX_DEPTH));
    assert!(diff::differences(&value, &value).is_empty());
    let error = Value::parse(&nested(MAX_DEPTH + 1)).unwrap_err();
    assert_eq!((error.line, error.column, error.kind), (1, MAX_DEPTH + 1, ParseErrorKind::TooDeep));
}

#[test]
fn ten_megabytes_of_brackets_are_refused_at_once() {
    let document = vec![b'['; TEN_MEGABYTES];
    let error = Value::parse(&document).unwrap_err();
    assert_eq!(error.kind, ParseErrorKind::TooDeep);
    let document = b"{\"a\":".repeat(TEN_MEGABYTES / 5);
    assert_eq!(Value::parse(&document).unwrap_err().kind, ParseErrorKind::TooDeep);
}

#[test]
fn four_million_values_are_read_and_one_more_is_refused() {
    let document = |elements: usize| format!("[{}0]", "0,".repeat(elements - 1)).into_bytes();
    // The array itself is one.
    assert!(Value::parse(&document(MAX_VALUES - 1)).is_ok());
    let error = Value::parse(&document(MAX_VALUES)).unwrap_err();
    assert_eq!(error.kind, ParseErrorKind::TooManyValues);
}

#[test]
fn a_string_of_ten_megabytes_is_read_and_written() {
    for unit in ["a", "\\n", "\\u00e4", "\\ud83e\\ude7a", "ä"] {
        let document = format!("\"{}\"", unit.repeat(TEN_MEGABYTES / unit.len()));
        let value = Value::parse(document.as_bytes()).unwrap();
        assert_eq!(Value::parse(value.to_json().as_bytes()).unwrap(), value);
    }
}

#[test]
fn a_number_of_a_million_digits_keeps_its_text() {
    let document = format!("[1.{}]", "3".repeat(1_000_000));
    let value = Value::parse(document.as_bytes()).unwrap();
    assert_eq!(canonical::number_text(&value), document);
    assert_eq!(canonical::jcs(&value).unwrap(), "[1.3333333333333333]");
    let value = Value::parse(format!("[{}]", "9".repeat(1_000_000)).as_bytes()).unwrap();
    assert!(canonical::jcs(&value).is_err());
}

#[test]
fn one_difference_among_200_000_members_is_found() {
    let sent = object(200_000, |index| index.to_string());
    let returned = object(200_000, |index| if index == 123_456 { "0".into() } else { index.to_string() });
    canonical::jcs(&sent).unwrap();
    let found = diff::differences(&sent, &returned);
    let paths: Vec<_> = found.into_iter().map(|difference| difference.path).collect();
    assert_eq!(paths, ["$this.member123456"]);
}

#[test]
fn a_duplicate_among_200_000_members_is_found() {
    let mut document: String = "{".into();
    for index in 0..200_000 {
        write!(document, "\"{index}\":0,").unwrap();
    }
    document.push_str("\"0\":0}");
    let error = Value::parse(document.as_bytes()).unwrap_err();
    assert_eq!(error.kind, ParseErrorKind::DuplicateName);
}

#[test]
fn more_differences_than_anyone_reads_end_with_the_whole() {
    let sent = object(50_000, |index| index.to_string());
    let returned = object(50_000, |index| format!("\"{index}\""));
    let found = diff::differences(&sent, &returned);
    assert_eq!(found.len(), diff::MOST_DIFFERENCES);
    assert_eq!(found.first().unwrap().path, "$this.member0");
    let last = found.last().unwrap();
    assert_eq!((last.path.as_str(), last.sent.as_ref()), ("$this", Some(&sent)));
}

#[test]
fn one_long_name_over_many_changes_does_not_fill_the_memory() {
    let name = "n".repeat(1_000_000);
    let document = |number: &str| {
        let elements = vec![number; 9_000].join(",");
        Value::parse(format!("{{\"{name}\":[{elements}]}}").as_bytes()).unwrap()
    };
    let (sent, returned) = (document("1"), document("2"));
    let found = diff::differences(&sent, &returned);
    assert!(found.iter().map(|difference| difference.path.len()).sum::<usize>() < 32 << 20);
    assert_eq!(found.last().unwrap().path, "$this");
}

#[test]
fn large_arrays_of_different_length_cost_bounded_time() {
    let array = |length: usize, text: &dyn Fn(usize) -> String| {
        let elements: Vec<_> = (0..length).map(text).collect();
        Value::parse(format!("[{}]", elements.join(",")).as_bytes()).unwrap()
    };
    // No common element, so that nothing can be set aside at either end.
    let sent = array(300_000, &|index| index.to_string());
    let returned = array(300_001, &|index| format!("-1{index}"));
    let found = diff::differences(&sent, &returned);
    assert_eq!(found.len(), diff::MOST_DIFFERENCES);

    // Many arrays, each of them cheap enough to be aligned, together not.
    let many = |length: usize, first: usize| {
        array(400, &|outer| {
            let inner: Vec<_> = (0..length).map(|index| (first + index * 7 + outer).to_string()).collect();
            format!("[{}]", inner.join(","))
        })
    };
    let (sent, returned) = (many(1_500, 1), many(1_501, 3));
    let found = diff::differences(&sent, &returned);
    assert!(!found.is_empty());
}

#[test]
fn one_element_dropped_from_a_large_array_is_one_difference() {
    let document = |dropped: Option<usize>| {
        let elements: Vec<_> = (0..100_000)
            .filter(|index| Some(*index) != dropped)
            .map(|index| format!("{{\"linkId\":\"{index}\"}}"))
            .collect();
        Value::parse(format!("{{\"item\":[{}]}}", elements.join(",")).as_bytes()).unwrap()
    };
    let found = diff::differences(&document(None), &document(Some(70_001)));
    let paths: Vec<_> = found.into_iter().map(|difference| difference.path).collect();
    assert_eq!(paths, ["$this.item[70001]"]);
}
