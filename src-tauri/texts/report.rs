//! The words of the verification report, from the same texts as the page's.

use fluent_bundle::{FluentResource, concurrent::FluentBundle};
use seal::verify::Finding;
use seal::verify::html::{English, Words};
use unic_langid::LanguageIdentifier;

const SOURCES: [(&str, &str); 4] = [
    ("en", include_str!("../../ui/locales/en/verdicts.ftl")),
    ("de", include_str!("../../ui/locales/de/verdicts.ftl")),
    ("es", include_str!("../../ui/locales/es/verdicts.ftl")),
    ("ar", include_str!("../../ui/locales/ar/verdicts.ftl")),
];

/// The label of what has to be known of a record whose server keeps something else, or nothing: its verdicts are about
/// what was signed, and cannot say it.
pub const ELSEWHERE: &str = "elsewhere";

/// The report's words in one of the app's languages.
pub struct ReportWords {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl ReportWords {
    /// The words in `language`, or in its primary language; `None` when the app does not speak it.
    pub fn in_language(language: &str) -> Option<Self> {
        let primary = language.split('-').next().unwrap_or(language);
        let (language, source) = SOURCES.iter().find(|(known, _)| *known == primary)?;
        let tag: LanguageIdentifier = primary.parse().ok()?;
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.add_resource(FluentResource::try_new((*source).to_owned()).ok()?).ok()?;
        Some(Self { language, bundle })
    }

    /// A text without variables.
    fn text(&self, id: &str) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, None, &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }
}

impl Words for ReportWords {
    fn language(&self) -> &str {
        self.language
    }

    fn label(&self, key: &str) -> String {
        self.text(&id_of(key)).unwrap_or_else(|| English.label(key))
    }

    fn reason(&self, finding: &Finding) -> String {
        self.text(&format!("verdict-reason-{}", finding.code)).unwrap_or_else(|| finding.reason.clone())
    }

    fn term(&self, label: &str, value: &str) -> String {
        self.text(&format!("{label}-{value}")).unwrap_or_else(|| value.to_owned())
    }
}

/// `Verification report` → `report-verification-report`.
fn id_of(label: &str) -> String {
    let words =
        label.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold("report".to_owned(), |id, word| id + "-" + &word.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Mutex;

    use jiff::Timestamp;
    use seal::verify::html::{Page, Subject, Summary, Trusted, refused, report};
    use seal::verify::{Aspect, Report, SignatureReport, Verdict};

    use super::*;

    /// Notes every label that a page asks for.
    #[derive(Default)]
    struct Asked(Mutex<Vec<String>>);

    impl Words for Asked {
        fn language(&self) -> &'static str {
            "en"
        }

        fn label(&self, key: &str) -> String {
            self.0.lock().unwrap().push(key.to_owned());
            String::new()
        }
    }

    fn finding(verdict: Verdict, code: &'static str) -> Finding {
        Finding { name: Aspect::Linkage, verdict, code, reason: "QuestionnaireResponse.item[3]".to_owned() }
    }

    fn signature(kind: &'static str) -> SignatureReport {
        let some = || Some("x".to_owned());
        SignatureReport {
            kind,
            token: Some("jws-compact"),
            level: Some("B"),
            location: "signature".to_owned(),
            printed_name: some(),
            meaning: some(),
            signed_at: some(),
            who: some(),
            algorithm: Some("ES256"),
            thumbprint: some(),
            subject: some(),
            certificate_until: some(),
            canonicalization: some(),
            verdicts: Vec::new(),
        }
    }

    #[test]
    fn every_label_of_a_page_has_a_text_in_every_language() {
        let asked = Asked::default();
        let mut labels: Vec<String> = Vec::new();
        for trust in [Trusted::Configured, Trusted::Files(&[])] {
            let page = Page {
                words: &asked,
                program: "Attesta",
                at: Timestamp::UNIX_EPOCH,
                trust,
                server: Some("x"),
                records: 2,
                id: None,
            };
            page.begin();
            page.end(&Summary::default());
        }
        let verdicts = Aspect::ALL.map(|name| Finding { name, ..finding(Verdict::Valid, "linked") }).to_vec();
        let all = Report {
            verdicts,
            signatures: ["capture", "persistence", "manifest", "foreign"].map(signature).to_vec(),
            notes: vec!["a note".to_owned(); 200],
        };
        report(&asked, &Subject::named("x"), &all);
        for verdict in [Verdict::Indeterminate, Verdict::Invalid] {
            let verdicts = vec![finding(verdict, "linked")];
            report(&asked, &Subject::named("x"), &Report { verdicts, ..all.clone() });
        }
        asked.label(ELSEWHERE);
        for verdict in ["valid", "indeterminate", "invalid"] {
            refused(&asked, "x", verdict, "x");
        }
        labels.append(&mut asked.0.lock().unwrap());
        assert!(labels.len() > 40, "{labels:?}");
        for language in super::super::LANGUAGES {
            let words = ReportWords::in_language(language).unwrap();
            for label in &labels {
                assert!(words.text(&id_of(label)).is_some(), "{language}: {} for {label:?}", id_of(label));
            }
        }
    }

    #[test]
    fn a_reason_has_the_readers_words_and_keeps_what_it_names() {
        let german = ReportWords::in_language("de-AT").unwrap();
        let bad = german.reason(&finding(Verdict::Invalid, "subject-mismatch"));
        assert!(bad.starts_with("Der Teilnehmer"), "{bad}");
        let unknown = german.reason(&finding(Verdict::Invalid, "a-code-without-text"));
        assert_eq!(unknown, "QuestionnaireResponse.item[3]");
        let all = Report {
            verdicts: vec![finding(Verdict::Invalid, "subject-mismatch")],
            signatures: Vec::new(),
            notes: Vec::new(),
        };
        let page = report(&german, &Subject::named("x"), &all);
        assert!(page.contains("QuestionnaireResponse.item[3]"), "the element is named below: {page}");
        assert!(ReportWords::in_language("fr").is_none());
    }

    #[test]
    fn closed_lists_have_words() {
        for language in super::super::LANGUAGES {
            let words = ReportWords::in_language(language).unwrap();
            for token in ["jws-compact", "jws-flattened", "xml", "non-rfc"] {
                assert_ne!(words.term("token", token), token, "{language}");
            }
            for level in ["B", "T", "LT", "LTA"] {
                assert_ne!(words.term("level", level), level, "{language}");
            }
        }
    }
}
