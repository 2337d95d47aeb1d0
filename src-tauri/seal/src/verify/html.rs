//! The report as one page to print: no scripts, nothing from elsewhere, every foreign text escaped and isolated.

mod bundle;
mod text;

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::signature::utc;
use crate::verify::{Aspect, Fact, FactKind, Finding, Report, SignatureReport, Verdict};

pub use bundle::bundle;
use text::{capitalised, css_string, escape, groups, readable};

/// Signatures and notes that are shown of one record.
const MOST_SHOWN: usize = 100;

const STYLE: &str = include_str!("report.css");

/// The icons of the verdicts, drawn once and used everywhere (Lucide's circle-check, circle-help and circle-x).
const MARKS: &str = "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"marks\">\n\
    <symbol id=\"valid\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"m9 12 2 2 4-4\"/></symbol>\n\
    <symbol id=\"indeterminate\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"10\"/>\
    <path d=\"M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3M12 17h.01\"/></symbol>\n\
    <symbol id=\"invalid\" viewBox=\"0 0 24 24\"><circle cx=\"12\" cy=\"12\" r=\"10\"/><path d=\"m15 9-6 6M9 9l6 6\"/></symbol>\n\
    </svg>\n";

/// The words of a page in one language.
pub trait Words: Sync {
    /// BCP 47.
    fn language(&self) -> &str;
    /// The label of `key`, such as `signature` or `valid`.
    fn label(&self, key: &str) -> String;
    /// The reason of a finding; where it is not the finding's own, that stands below it.
    fn reason(&self, finding: &Finding) -> String {
        finding.reason.clone()
    }
    /// A value from a closed list, such as `jws-compact` for the label `token`.
    fn term(&self, _label: &str, value: &str) -> String {
        value.to_owned()
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
        capitalised(key)
    }

    /// What is good in a sentence; what is not, as it was found.
    fn reason(&self, finding: &Finding) -> String {
        let good = match finding.name {
            Aspect::Signature => "Exactly as it was signed.",
            Aspect::Identity => "The certificate was issued under a trusted authority.",
            Aspect::Revocation => "The certificate was not revoked.",
            Aspect::Time => "Nothing speaks against the stated time.",
            Aspect::Linkage => "The signature belongs to this record.",
        };
        if finding.verdict == Verdict::Valid { good.to_owned() } else { capitalised(&finding.reason) }
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
    /// The one record's id, which stands at the foot of every printed page.
    pub id: Option<&'a str>,
}

/// Which record a report is about.
#[derive(Clone, Copy, Default)]
pub struct Subject<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Its id.
    pub id: Option<&'a str>,
    /// What has to be known before the verdicts are read, in the page's language.
    pub remark: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// A record of which only the name is known.
    pub fn named(name: &'a str) -> Self {
        Self { name, ..Self::default() }
    }
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
        let foot = self.foot(&self.words.label("Verification report"));
        let mut out = format!(
            "<!doctype html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>\n{STYLE}{foot}</style>\n</head>\n<body>\n{MARKS}\
             <header>\n<h1>{title}</h1>\n<dl>\n"
        );
        let trust = match self.trust {
            Trusted::Files([]) => self.words.label("none: the signer's identity stays undecided"),
            Trusted::Files(files) => files.join(", "),
            Trusted::Configured => self.words.label("the authorities configured on this device"),
        };
        time(&mut out, self.words, "verified at", &utc(self.at));
        self.line(&mut out, "trusted", &trust);
        if let Some(server) = self.server {
            self.line(&mut out, "server", server);
        }
        self.line(&mut out, "program", self.program);
        out.push_str("</dl>\n");
        if self.records > 1 {
            let label = escape(&self.words.label("The summary is on the last page."));
            // Writing to a String cannot fail.
            let _ = writeln!(out, "<p class=\"screen\"><a href=\"#summary\">{label}</a></p>");
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

    fn line(&self, out: &mut String, label: &'static str, value: &str) {
        fact(out, self.words, Fact { label, value, kind: FactKind::Words });
    }

    /// What stands at the foot of every printed page: which record and when, and the page's number.
    fn foot(&self, title: &str) -> String {
        let what = self.id.unwrap_or(title);
        let left = css_string(&format!("{what} · {}", readable(&utc(self.at))));
        format!(
            "@page {{ @bottom-left {{ content: {left}; font: 8pt sans-serif; color: #4d575c; }} \
             @bottom-right {{ content: counter(page) \" / \" counter(pages); font: 8pt sans-serif; color: #4d575c; }} }}\n"
        )
    }
}

/// One record's report.
pub fn report(words: &dyn Words, subject: &Subject<'_>, report: &Report) -> String {
    let mut out = opening(subject);
    overall(&mut out, words, report.overall());
    let several = report.signatures.len() > 1;
    findings(&mut out, words, &report.verdicts, several);
    for signature in report.signatures.iter().take(MOST_SHOWN) {
        signed(&mut out, words, signature, several);
    }
    notes(&mut out, report.notes.iter().take(MOST_SHOWN));
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
    let mut out = opening(&Subject::named(name));
    let _ = writeln!(
        out,
        "<p>{}</p>\n<p class=\"refused\"><bdi>{}</bdi></p>\n</section>",
        mark(words, verdict, verdict),
        escape(reason)
    );
    out
}

fn opening(subject: &Subject<'_>) -> String {
    let mut out = format!("<section>\n<h2><bdi>{}</bdi>", escape(subject.name));
    if let Some(id) = subject.id {
        let _ = write!(out, " <code class=\"id\" dir=\"ltr\">{}</code>", escape(id));
    }
    out.push_str("</h2>\n");
    if let Some(remark) = subject.remark {
        let _ = writeln!(out, "<p class=\"remark\">{}</p>", escape(remark));
    }
    out
}

/// What the five say together.
fn overall(out: &mut String, words: &dyn Words, verdict: Verdict) {
    let (headline, sentence) = match verdict {
        Verdict::Valid => ("all five checks passed", "The record is exactly as it was signed."),
        Verdict::Indeterminate => ("not everything could be decided", "What is open, and why, stands below."),
        Verdict::Invalid => ("do not rely on this record", "At least one check failed; it stands below."),
    };
    let verdict = key(verdict);
    let _ = writeln!(
        out,
        "<p class=\"overall {verdict}\">{}<span><strong class=\"{verdict}\">{}</strong> {}</span></p>",
        icon(verdict),
        escape(&words.label(headline)),
        escape(&words.label(sentence))
    );
}

/// The five; `brief` leaves what exactly was found out where it is good.
fn findings(out: &mut String, words: &dyn Words, verdicts: &[Finding], brief: bool) {
    out.push_str("<table class=\"checks\">\n");
    for finding in verdicts {
        let aspect = format!("{:?}", finding.name).to_lowercase();
        let verdict = key(finding.verdict);
        let brief = brief && finding.verdict == Verdict::Valid;
        let own = words.reason(finding);
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td><bdi>{}</bdi>",
            escape(&words.label(&aspect)),
            mark(words, verdict, verdict),
            escape(&own)
        );
        // It names the element, the time, the certificate: also for whoever reads another language.
        if !brief && !own.eq_ignore_ascii_case(&finding.reason) {
            let _ = write!(out, "<small lang=\"en\" dir=\"ltr\">{}</small>", escape(&finding.reason));
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</table>\n");
}

/// An icon and a word in a frame; `verdict` is its colour.
fn mark(words: &dyn Words, verdict: &str, word: &str) -> String {
    format!("<span class=\"verdict {verdict}\">{}{}</span>", icon(verdict), escape(&words.label(word)))
}

fn icon(verdict: &str) -> String {
    format!("<svg aria-hidden=\"true\"><use href=\"#{verdict}\"/></svg>")
}

fn notes<'a>(out: &mut String, notes: impl Iterator<Item = &'a String>) {
    for note in notes {
        let _ = writeln!(out, "<p class=\"note\" lang=\"en\"><bdi>{}</bdi></p>", escape(note));
    }
}

/// One signature; with several, each has its own verdicts.
fn signed(out: &mut String, words: &dyn Words, signature: &SignatureReport, several: bool) {
    let title = words.label(&format!("{} signature", signature.kind));
    let _ = writeln!(out, "<article>\n<h3>{}</h3>", escape(&title));
    if let Some(meaning) = &signature.meaning {
        let _ = writeln!(out, "<blockquote dir=\"auto\">{}</blockquote>", escape(meaning));
    }
    out.push_str("<dl>\n");
    for line in signature.facts().filter(|line| line.label != "meaning").chain([signature.place()]) {
        fact(out, words, line);
    }
    out.push_str("</dl>\n");
    if several {
        findings(out, words, &signature.verdicts, false);
    }
    out.push_str("</article>\n");
}

fn time(out: &mut String, words: &dyn Words, label: &'static str, value: &str) {
    fact(out, words, Fact { label, value, kind: FactKind::Time });
}

fn fact(out: &mut String, words: &dyn Words, Fact { label, value, kind }: Fact<'_>) {
    let shown = match kind {
        FactKind::Words => format!("<bdi>{}</bdi>", escape(value)),
        FactKind::Time => format!("<bdi dir=\"ltr\">{}</bdi>", escape(&readable(value))),
        FactKind::Term => format!("<bdi>{}</bdi>", escape(&words.term(label, value))),
        FactKind::Code if label == "thumbprint" => format!("<code dir=\"ltr\">{}</code>", groups(value)),
        FactKind::Code => format!("<code dir=\"ltr\">{}</code>", escape(value)),
    };
    let _ = writeln!(out, "<dt>{}</dt><dd>{shown}</dd>", escape(&words.label(label)));
}

fn key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Indeterminate => "indeterminate",
        Verdict::Invalid => "invalid",
    }
}

#[cfg(test)]
mod tests {
    use super::text::LONGEST_TEXT;
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
            id: Some("\"; } </style><script>"),
        };
        let text = page.begin() + &page.end(&Summary::default());
        for outside in ["<script", "src=", "url(", "@import", "<link", "http://", "https://"] {
            assert!(!text.contains(outside), "{outside}");
        }
        assert!(text.contains("id=\"summary\""), "the link on the first page leads there");
    }
}
