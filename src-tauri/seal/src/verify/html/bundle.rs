//! A Bundle that was signed for transmission on the page: what may be used, what not, and the report on each part.

use std::fmt::Write as _;

use super::{Subject, Words, escape, key, mark, notes, opening, report};
use crate::verify::{BundleReport, Kept, Verdict};

/// One Bundle's report; `name` says which, `verdict` is that of all of it.
pub fn bundle(words: &dyn Words, name: &str, verdict: Verdict, bundle: &BundleReport) -> String {
    let mut out = opening(&Subject::named(name));
    let word = key(verdict);
    // Writing to a String cannot fail.
    let _ = writeln!(out, "<p>{}</p>\n<table class=\"checks\">", mark(words, word, word));
    for one in &bundle.refused {
        row(&mut out, words, "invalid", "refused", &one.reference, &one.reason);
    }
    for one in &bundle.kept {
        let covered = match one {
            Kept { covered: true, .. } => "signed for transmission",
            Kept { sealed: true, .. } => "with signatures of its own",
            _ => "content not covered by a signature",
        };
        row(&mut out, words, "valid", "kept", &one.reference, &words.label(covered));
    }
    out.push_str("</table>\n");
    notes(&mut out, bundle.notes.iter());
    out.push_str("</section>\n");
    for part in &bundle.reports {
        out.push_str(&report(words, &Subject::named(&format!("{name}: {}", part.reference)), &part.report));
    }
    out
}

fn row(out: &mut String, words: &dyn Words, class: &str, label: &str, reference: &str, reason: &str) {
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\"><bdi>{}</bdi></th><td>{}</td><td><bdi>{}</bdi></td></tr>",
        escape(reference),
        mark(words, class, label),
        escape(reason)
    );
}
