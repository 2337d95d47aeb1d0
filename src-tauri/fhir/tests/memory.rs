//! How much memory a hostile document takes at the bounds: one test alone in its process, since the kernel counts the
//! most that a process ever had.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used)]

use fhir::Version;
use fhir::xml::{Document, MAX_BYTES, MAX_NODES, from_xml};

/// What this process had in its memory at most, in bytes.
fn most() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// `before`, `unit` as often as this part of the bounds allows, `after`. A unit has so many `nodes`, the others at most 5.
fn filled(part: usize, before: &str, unit: &str, nodes: usize, after: &str) -> String {
    let by_nodes = (MAX_NODES / part - 5) / nodes;
    let by_bytes = (MAX_BYTES / part - before.len() - after.len()) / unit.len();
    let times = by_nodes.min(by_bytes);
    let mut document = String::with_capacity(before.len() + after.len() + times * unit.len());
    document.push_str(before);
    document.extend(std::iter::repeat_n(unit, times));
    document.push_str(after);
    document
}

#[test]
fn no_document_within_the_bounds_takes_400_mb() {
    // What takes the most of all that was tried, as XML alone and with the JSON that is made of it. The last takes more
    // than the others; they have a quarter of the bounds, and of the memory.
    {
        let text = filled(4, "<r>", "&lt;<!---->", 2, "</r>");
        let document = Document::parse(text.as_bytes()).unwrap();
        assert!(document.root().children().count() > MAX_NODES / 4 - 8);
        assert!(most() < 100_000_000, "texts and comments: {} bytes", most());
    }
    let deep = format!("{}<extension id='a'/>{}", "<extension>".repeat(50), "</extension>".repeat(50));
    for (part, before, unit, nodes, after) in [
        (4, "<Patient xmlns='http://hl7.org/fhir'><name>", "<given id='a'/>", 3, "</name></Patient>"),
        (1, "<Patient xmlns='http://hl7.org/fhir'>", &*deep, 50 * 2 + 3, "</Patient>"),
    ] {
        let text = filled(part, before, unit, nodes, after);
        let value = from_xml(text.as_bytes(), Version::R4).unwrap();
        assert!(value.leaf_count() > MAX_NODES / part / 103 - 1);
        drop(value);
        assert!(most() < 400_000_000 / part, "{unit}: {} bytes", most());
    }
}
