//! Other people's forms are judged by `attesta questionnaire check` as they were when `forms.txt` was written. The forms are
//! theirs and not in this repository: `ATTESTA_FORMS` names the folder that holds them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use attesta_tests::interop::{cli, report_not_run};
use serde_json::Value as Json;

/// A verdict and a file below the folder, one a line; what begins with `#` is said to people.
const LIST: &str = include_str!("forms.txt");
/// Says how many there are of each verdict.
const DOCUMENTED: &str = include_str!("../../../docs/forms.md");
/// Each verdict, and how the table of `docs/forms.md` begins its row.
const VERDICTS: [(&str, &str); 3] =
    [("usable", "| usable |"), ("usable-elsewhere", "| usable elsewhere only"), ("refused", "| refused")];

/// The verdict of each file of the list.
fn listed() -> BTreeMap<&'static str, &'static str> {
    let mut list = BTreeMap::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let (verdict, name) = line.split_once(' ').unwrap_or_else(|| panic!("no verdict: {line}"));
        assert!(VERDICTS.iter().any(|(known, _)| *known == verdict), "no verdict: {line}");
        assert!(list.insert(name, verdict).is_none(), "{name} stands here twice");
    }
    list
}

/// The JSON files below a folder, in order.
pub(crate) fn below(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            below(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            into.push(path);
        }
    }
}

/// The folder of other people's forms, where there is one.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ATTESTA_FORMS").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        report_not_run("other people's forms", "ATTESTA_FORMS names no folder of forms");
    }
    folder.map(PathBuf::from)
}

/// The path below the folder, with `/` on every system.
fn name(folder: &Path, file: &Path) -> String {
    let below = file.strip_prefix(folder).unwrap().components();
    below.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "what is not held against the list is said, never passed over in silence"
)]
fn other_peoples_forms_are_judged_as_they_were() {
    let Some(folder) = folder() else { return };
    let mut files = Vec::new();
    below(&folder, &mut files);
    assert!(!files.is_empty(), "there is no form in this folder");
    let checked =
        Command::new(cli()).args(["questionnaire", "check", "--output", "json"]).args(&files).output();
    let checked: Vec<Json> = serde_json::from_slice(&checked.unwrap().stdout).unwrap();
    assert_eq!(checked.len(), files.len(), "one verdict a file");

    let mut list = listed();
    let (mut held, mut altered) = (0, Vec::new());
    for (file, found) in files.iter().zip(&checked) {
        let name = name(&folder, file);
        let verdict = found["verdict"].as_str().unwrap_or("no form");
        match list.remove(name.as_str()) {
            Some(wanted) if wanted == verdict => held += 1,
            Some(wanted) => altered.push(format!("{name} was {wanted} and is {verdict}")),
            None => eprintln!("not in forms.txt: {verdict} {name}"),
        }
    }
    for (missing, _) in list {
        eprintln!("in forms.txt and not in the folder: {missing}");
    }
    eprintln!("{held} forms are judged as they were");
    assert!(held > 0, "no form of this folder stands in forms.txt, by its path below the folder");
    assert!(
        altered.is_empty(),
        "correct the regression, or forms.txt and docs/forms.md:\n{}",
        altered.join("\n")
    );
}

#[test]
fn the_documentation_counts_what_the_list_holds() {
    let list = listed();
    for (verdict, row) in VERDICTS {
        let rows: Vec<&str> = DOCUMENTED.lines().filter(|line| line.starts_with(row)).collect();
        let [row] = rows.as_slice() else { panic!("{} rows begin with {row}", rows.len()) };
        let said = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
        let held = list.values().filter(|one| **one == verdict).count();
        assert_eq!(said, held.to_string(), "{row}");
    }
    let all = format!("{} Questionnaires that others publish", list.len());
    assert!(DOCUMENTED.contains(&all), "docs/forms.md does not speak of {all}");
}
