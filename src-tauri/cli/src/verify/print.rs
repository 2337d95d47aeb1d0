//! Reports as text and as JSON.

use std::fmt::Write as _;

use jiff::Timestamp;
use seal::verify::{Report, SignatureReport, Verdict};
use serde::Serialize as _;
use serde_json::json;

use super::Finding;
use crate::error::{Error, shown};
use crate::outcome::{Outcome, Status, printable};

/// One block a file; files that are refused go to standard error.
pub(super) fn text(findings: &[Finding], at: Timestamp, outcome: &mut Outcome) {
    for finding in findings {
        match &finding.result {
            Ok(report) => {
                // Writing to a String cannot fail.
                let _ = writeln!(outcome.output, "{}: {}", shown(&finding.file), word(report.overall()));
                describe(report, &mut outcome.output);
            }
            Err(error) => {
                let _ = writeln!(outcome.errors, "error: {error}");
            }
        }
    }
    if !outcome.output.is_empty() {
        let _ = writeln!(outcome.output, "verified at {}", seconds(at));
    }
}

/// With several signatures, what holds is explained at each of them, and only what does not is explained above.
fn describe(report: &Report, out: &mut String) {
    let several = report.signatures.len() > 1;
    for finding in &report.verdicts {
        let brief = several && finding.verdict == Verdict::Valid;
        verdict(finding, brief, "  ", out);
    }
    for signature in &report.signatures {
        sign(signature, out);
        if several {
            for finding in &signature.verdicts {
                verdict(finding, false, "    ", out);
            }
        }
    }
    for note in &report.notes {
        let _ = writeln!(out, "  note: {}", printable(note));
    }
}

fn verdict(finding: &seal::verify::Finding, brief: bool, indent: &str, out: &mut String) {
    let name = format!("{:?}", finding.name).to_lowercase();
    let verdict = word(finding.verdict);
    let _ = if brief {
        writeln!(out, "{indent}{name:<11} {verdict}")
    } else {
        writeln!(out, "{indent}{name:<11} {verdict:<14} {} [{}]", printable(&finding.reason), finding.code)
    };
}

/// What is claimed, line by line; whether it holds, the verdicts say.
fn sign(signature: &SignatureReport, out: &mut String) {
    let _ = writeln!(out, "  {} signature in {}", signature.kind, printable(&signature.location));
    let lines = [
        ("name", signature.printed_name.as_deref()),
        ("meaning", signature.meaning.as_deref()),
        ("signed at", signature.signed_at.as_deref()),
        ("by", signature.who.as_deref()),
        ("algorithm", signature.algorithm),
        ("subject", signature.subject.as_deref()),
        ("thumbprint", signature.thumbprint.as_deref()),
        ("good until", signature.certificate_until.as_deref()),
        ("form", signature.canonicalization.as_deref()),
    ];
    for (label, value) in lines.into_iter().filter_map(|(label, value)| Some((label, value?))) {
        let _ = writeln!(out, "    {label:<11} {}", printable(value));
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Indeterminate => "indeterminate",
        Verdict::Invalid => "invalid",
    }
}

pub(super) fn json(findings: &[Finding], at: Timestamp, status: Status) -> Result<String, Error> {
    let results = findings.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    let verdict = match status {
        Status::Good => "valid",
        Status::Undecided => "indeterminate",
        Status::Bad | Status::Unusable => "invalid",
    };
    let report = json!({ "at": seconds(at), "verdict": verdict, "results": results });
    Ok(format!("{report:#}\n"))
}

fn entry(finding: &Finding) -> Result<serde_json::Value, Error> {
    let file = finding.file.to_string_lossy();
    Ok(match &finding.result {
        Ok(report) => json!({
            "file": file,
            "verdict": word(report.overall()),
            "report": report.serialize(serde_json::value::Serializer).map_err(|_| Error::Report)?,
        }),
        Err(error) => json!({ "file": file, "verdict": "invalid", "error": error.to_string() }),
    })
}

fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
