//! The table of attacks in docs/hostile-input.md names tests that exist, and every test against XML is in it.

use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the tests in a file of this folder.
fn tests(file: &str) -> BTreeSet<String> {
    let source = read(&format!("tests/{file}.rs"));
    let lines: Vec<&str> = source.lines().collect();
    let name = |pair: &[&str]| {
        let [attribute, function] = pair else { return None };
        let name = function.strip_prefix("fn ")?.split('(').next()?;
        (*attribute == "#[test]").then(|| name.to_owned())
    };
    lines.windows(2).filter_map(name).collect()
}

#[test]
fn every_attack_in_the_table_has_its_test() {
    let document = read("../../docs/hostile-input.md");
    let rows: Vec<&str> =
        document.lines().filter(|line| line.starts_with("| ") && line.contains("::")).collect();
    assert!(rows.len() >= 25, "only {} attacks", rows.len());
    let mut named = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 3, "{row}");
        for cell in &cells[1..] {
            // A cell without a test says in words why there is none.
            assert!(!cell.is_empty(), "{row}");
            for test in cell.split('`').filter(|part| part.contains("::")) {
                let (file, name) = test.split_once("::").unwrap();
                assert!(tests(file).contains(name), "{row}: there is no test {test}");
                named.insert(test.to_owned());
            }
        }
    }
    for test in tests("negative_xml") {
        let test = format!("negative_xml::{test}");
        assert!(named.contains(&test), "{test} is not in the table");
    }
}
