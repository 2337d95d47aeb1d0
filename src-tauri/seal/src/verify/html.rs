//! The report as one page to print: no scripts, nothing from elsewhere, every foreign text escaped and isolated.

mod bundle;

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::signature::utc;
use crate::verify::{Finding, Report, SignatureReport, Verdict};

pub use bundle::bundle;

/// Longer texts are cut: a hostile file must not fill the page.
const LONGEST_TEXT: usize = 4_000;
/// Signatures and notes that are shown of one record.
const MOST_SHOWN: usize = 100;

const STYLE: &str = include_str!("report.css");

/// The words of a page in one language.
pub trait Words: Sync {
    /// BCP 47.
    fn language(&self) -> &str;
    /// The label of `key`, such as `signature` or `valid`.
    fn label(&self, key: &str) -> String;
    /// The reason of a finding.
    fn reason(&self, finding: &Finding) -> String {
        finding.reason.clone()
    }
}

/// English, in which findings give their reasons.
#[derive(Debug, Clone, Copy)]
pub struct English;

impl Words for English {
    fn language(&self) -> &'static str {
        "en"
    }

    fn label(&self, key: &str) -> String {
        key.to_owned()
    }
}

/// Where trust came from.
#[derive(Debug, Clone, Copy)]
pub enum Trusted<'a> {
    /// These files of authorities; none leaves identity undecided.
    Files(&'a [String]),
    /// The device's own configuration.
    Configured,
}

/// What stands on the page beside the reports.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// The language.
    pub words: &'a dyn Words,
    /// The program and its version.
    pub program: &'a str,
    /// The time of the verification.
    pub at: Timestamp,
    /// Where trust came from.
    pub trust: Trusted<'a>,
    /// The server that was asked.
    pub server: Option<&'a str>,
    /// How many records follow.
    pub records: usize,
}

/// How many records were found to be what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Summary {
    /// Valid.
    pub valid: usize,
    /// Undecided.
    pub indeterminate: usize,
    /// Invalid or refused.
    pub invalid: usize,
    /// Could not be read.
    pub unreadable: usize,
    /// Other files in the folders.
    pub left_out: usize,
}

impl Page<'_> {
    /// Everything before the first report.
    pub fn begin(&self) -> String {
        let language = escape(self.words.language());
        let direction = if self.words.language().starts_with("ar") { "rtl" } else { "ltr" };
        let title = escape(&self.words.label("Verification report"));
        let mut out = format!(
            "<!doctype html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<dl>\n"
        );
        let trust = match self.trust {
            Trusted::Files([]) => self.words.label("none: the signer's identity stays undecided"),
            Trusted::Files(files) => files.join(", "),
            Trusted::Configured => self.words.label("the authorities configured on this device"),
        };
        self.line(&mut out, "verified at", &utc(self.at));
        self.line(&mut out, "trusted", &trust);
        if let Some(server) = self.server {
            self.line(&mut out, "server", server);
        }
        self.line(&mut out, "program", self.program);
        out.push_str("</dl>\n");
        if self.records > 1 {
            let label = escape(&self.words.label("The summary is on the last page."));
            // Writing to a String cannot fail.
            let _ = writeln!(out, "<p><a href=\"#summary\">{label}</a></p>");
        }
        out.push_str("</header>\n<main>\n");
        out
    }

    /// Everything after the last report.
    pub fn end(&self, summary: &Summary) -> String {
        let mut out = "</main>\n".to_owned();
        if self.records > 1 {
            let title = escape(&self.words.label("Summary"));
            let _ = writeln!(out, "<footer id=\"summary\">\n<h2>{title}</h2>\n<dl>");
            let lines = [
                ("valid", summary.valid),
                ("indeterminate", summary.indeterminate),
                ("invalid", summary.invalid),
                ("unreadable", summary.unreadable),
                ("other files, left out", summary.left_out),
            ];
            for (label, count) in lines {
                self.line(&mut out, label, &count.to_string());
            }
            out.push_str("</dl>\n</footer>\n");
        }
        out.push_str("</body>\n</html>\n");
        out
    }

    fn line(&self, out: &mut String, label: &str, value: &str) {
        fact(out, self.words, label, value);
    }
}

/// One record's report; `name` says which.
pub fn report(words: &dyn Words, name: &str, report: &Report) -> String {
    let mut out = opening(words, name, key(report.overall()));
    findings(&mut out, words, &report.verdicts);
    for signature in report.signatures.iter().take(MOST_SHOWN) {
        signed(&mut out, words, signature);
    }
    for note in report.notes.iter().take(MOST_SHOWN) {
        let _ = writeln!(out, "<p class=\"note\"><bdi>{}</bdi></p>", escape(note));
    }
    let more =
        report.signatures.len().saturating_sub(MOST_SHOWN) + report.notes.len().saturating_sub(MOST_SHOWN);
    if more > 0 {
        let _ =
            writeln!(out, "<p class=\"note\">{} (+{more})</p>", escape(&words.label("not all are shown")));
    }
    out.push_str("</section>\n");
    out
}

/// A record that was refused or could not be read.
pub fn refused(words: &dyn Words, name: &str, verdict: &str, reason: &str) -> String {
    let mut out = opening(words, name, verdict);
    let _ = writeln!(out, "<p class=\"refused\"><bdi>{}</bdi></p>\n</section>", escape(reason));
    out
}

fn opening(words: &dyn Words, name: &str, verdict: &str) -> String {
    format!(
        "<section>\n<h2><bdi>{}</bdi> <span class=\"verdict {verdict}\">{}</span></h2>\n",
        escape(name),
        escape(&words.label(verdict))
    )
}

fn findings(out: &mut String, words: &dyn Words, verdicts: &[Finding]) {
    out.push_str("<table>\n");
    for finding in verdicts {
        let verdict = key(finding.verdict);
        let aspect = format!("{:?}", finding.name).to_lowercase();
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"verdict {verdict}\">{}</td><td><bdi>{}</bdi></td></tr>",
            escape(&words.label(&aspect)),
            escape(&words.label(verdict)),
            escape(&words.reason(finding))
        );
    }
    out.push_str("</table>\n");
}

fn signed(out: &mut String, words: &dyn Words, signature: &SignatureReport) {
    let title = words.label(&format!("{} signature", signature.kind));
    let _ = writeln!(out, "<article>\n<h3>{}</h3>\n<dl>", escape(&title));
    for line in signature.facts() {
        fact(out, words, line.label, line.value);
    }
    out.push_str("</dl>\n");
    findings(out, words, &signature.verdicts);
    out.push_str("</article>\n");
}

fn fact(out: &mut String, words: &dyn Words, label: &str, value: &str) {
    let _ = writeln!(out, "<dt>{}</dt><dd><bdi>{}</bdi></dd>", escape(&words.label(label)), escape(value));
}

fn key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Indeterminate => "indeterminate",
        Verdict::Invalid => "invalid",
    }
}

/// Text as HTML text or a quoted attribute; control characters, and marks that turn the direction of what follows,
/// become a replacement character.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST_TEXT));
    for (index, character) in text.chars().enumerate() {
        if index == LONGEST_TEXT {
            out.push('…');
            break;
        }
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            other if other.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_text_and_nothing_else() {
        let hostile = "<script>alert('\"&')</script>\u{202e}\u{1b}";
        let page = refused(&English, hostile, "invalid", hostile);
        assert!(
            !page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{1b}'),
            "{page}"
        );
        assert!(page.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)"), "{page}");
    }

    #[test]
    fn a_long_text_is_cut() {
        let page = refused(&English, "x", "invalid", &"y".repeat(10 * LONGEST_TEXT));
        assert!(page.len() < 2 * LONGEST_TEXT, "{}", page.len());
    }

    #[test]
    fn a_page_needs_nothing_from_elsewhere() {
        let page = Page {
            words: &English,
            program: "attesta",
            at: Timestamp::UNIX_EPOCH,
            trust: Trusted::Files(&[]),
            server: None,
            records: 2,
        };
        let text = page.begin() + &page.end(&Summary::default());
        for outside in ["<script", "src=", "url(", "@import", "<link", "http://", "https://"] {
            assert!(!text.contains(outside), "{outside}");
        }
        assert!(text.contains("id=\"summary\""), "the link on the first page leads there");
    }
}
