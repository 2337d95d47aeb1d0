//! Reports as text.

use std::fmt::Write as _;

use seal::verify::{Fact, Kept, Report, SignatureReport, Verdict};

use super::{Count, Facts, seconds, word};
use crate::error::shown;
use crate::outcome::printable;
use crate::verify::{Finding, Found, Parts};

/// One block a file; files that are refused go to standard error.
pub(super) fn entry(finding: &Finding) -> String {
    let mut out = String::new();
    if let Ok(found) = &finding.result {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}: {}", shown(&finding.name), word(found.overall()));
        match found {
            Found::Whole(report) => describe(report, &mut out),
            Found::Parts(found) => parts(found, &mut out),
        }
    }
    out
}

/// What of a Bundle may be used and what not, then the report on each part that is signed.
fn parts(Parts { kept, refused, report, .. }: &Parts, out: &mut String) {
    let _ = writeln!(out, "  {kept} of its resources may be used, {refused} are refused");
    for one in &report.refused {
        let _ = writeln!(
            out,
            "  refused  {}: {} [{}]",
            printable(&one.reference),
            printable(&one.reason),
            one.code
        );
    }
    for one in &report.kept {
        let covered = match one {
            Kept { covered: true, .. } => "",
            Kept { sealed: true, .. } => ", with signatures of its own",
            _ => ", its content not covered by a signature",
        };
        let _ = writeln!(out, "  kept     {}{covered}", printable(&one.reference));
    }
    for part in &report.reports {
        let verdict = word(part.report.overall());
        let _ = writeln!(out, "  {}: {verdict}", printable(&part.reference));
        let mut own = String::new();
        describe(&part.report, &mut own);
        for line in own.lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
    for note in &report.notes {
        let _ = writeln!(out, "  note: {}", printable(note));
    }
}

pub(super) fn end(facts: &Facts<'_>, count: &Count) -> String {
    let mut out = String::new();
    if facts.subjects > 1 {
        let _ = writeln!(out, "{}", count.words());
    }
    if facts.left_out > 0 {
        let _ = writeln!(out, "other files in the folders, left out: {}", facts.left_out);
    }
    if count.reported {
        let _ = writeln!(out, "verified at {}", seconds(facts.at));
    }
    out
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
    for Fact { label, value, .. } in signature.facts() {
        let _ = writeln!(out, "    {label:<11} {}", printable(value));
    }
}
