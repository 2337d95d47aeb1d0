//! How much memory a hostile document takes at the bounds: one test alone in its process, since the kernel counts the
//! most that a process ever had.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used)]

use fhir::Version;
use fhir::xml::{Document, MAX_BYTES, MAX_NODES, XmlErrorKind, from_xml};

/// What this process had in its memory at most, in bytes.
fn most() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// `before`, `unit` as often as the bounds allow, `after`. A unit has so many `nodes`, the others so many `besides`.
fn filled(before: &str, unit: &str, nodes: usize, besides: usize, after: &str) -> String {
    let by_nodes = (MAX_NODES - besides) / nodes;
    let by_bytes = (MAX_BYTES - before.len() - after.len()) / unit.len();
    let times = by_nodes.min(by_bytes);
    let mut document = String::with_capacity(before.len() + after.len() + times * unit.len());
    document.push_str(before);
    document.extend(std::iter::repeat_n(unit, times));
    document.push_str(after);
    document
}

#[test]
fn no_document_within_the_bounds_takes_400_mb() {
    // What takes the most of all that was tried, first as XML alone, then with the JSON that is made of it.
    {
        let text = filled("<r>", "&lt;<!---->", 2, 2, "</r>");
        let document = Document::parse(text.as_bytes()).unwrap();
        assert!(document.root().children().count() > MAX_NODES - 4);
    }
    let deep = format!("{}<extension id='a'/>{}", "<extension>".repeat(50), "</extension>".repeat(50));
    for (before, unit, nodes, after) in [
        ("<Patient xmlns='http://hl7.org/fhir'>", &*deep, 50 * 2 + 3, "</Patient>"),
        ("<Patient xmlns='http://hl7.org/fhir'><name>", "<given id='a'/>", 3, "</name></Patient>"),
    ] {
        let value = from_xml(filled(before, unit, nodes, 5, after).as_bytes(), Version::R4).unwrap();
        assert!(value.leaf_count() > MAX_NODES / 103 - 1);
        drop(value);
        assert!(most() < 400_000_000, "{unit}: {} bytes", most());
    }
    let text = format!("<r>{}<a/></r>", "<a/>".repeat(MAX_NODES / 2 - 1));
    assert_eq!(Document::parse(text.as_bytes()).unwrap_err().kind, XmlErrorKind::TooManyNodes);
}
