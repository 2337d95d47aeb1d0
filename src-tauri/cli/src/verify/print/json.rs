//! Reports as one JSON document, member by member.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Count, Facts, bounds, seconds, status_word, word};
use crate::verify::{Finding, Found};

pub(super) fn begin(facts: &Facts<'_>) -> String {
    format!("{{\n  \"at\": {},\n  \"results\": [", Value::from(seconds(facts.at)))
}

pub(super) fn entry(finding: &Finding) -> String {
    let file = finding.name.to_string_lossy();
    let value = match &finding.result {
        Ok(Found::Whole(report)) => {
            json!({ "file": file, "verdict": word(report.overall()), "report": report })
        }
        Ok(Found::Parts(parts)) => json!({
            "file": file,
            "verdict": word(parts.verdict),
            "kept": parts.kept,
            "refused": parts.refused,
            "bundle": parts.report,
        }),
        Err(error) => {
            let mut error = error.to_string();
            bounds::text(&mut error);
            json!({ "file": file, "verdict": status_word(finding.status()), "error": error })
        }
    };
    indented(&value)
}

pub(super) fn end(facts: &Facts<'_>, count: &Count) -> String {
    let summary = json!({
        "valid": count.valid,
        "indeterminate": count.undecided,
        "invalid": count.invalid,
        "unreadable": count.unreadable,
        "leftOut": facts.left_out,
    });
    let trust: Vec<String> = facts.trust.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let mut out = if count.all() == 0 { String::new() } else { "\n  ".to_owned() };
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "],\n  \"summary\": {},\n  \"trust\": {},\n  \"verdict\": {}\n}}",
        summary,
        Value::from(trust),
        Value::from(status_word(count.status()))
    );
    out
}

/// Two levels down. Line ends within texts are escaped, so that every line end is one of the layout.
fn indented(value: &Value) -> String {
    let lines = format!("{value:#}");
    lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
