//! A form is refused by name or imported; what was imported is filled in, and its log replays to the same session.
#![no_main]

use questionnaire::{ImportOptions, Session, import_bytes_with, respondent};

const AT: &str = "2026-11-21T12:00:00Z";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let options = ImportOptions { language: Some("en"), resources: &[] };
    let form = match import_bytes_with(bytes, &options) {
        Ok(form) => form,
        Err(report) => {
            assert!(!report.problems.is_empty(), "a refusal says why");
            return;
        }
    };
    let languages = form.languages();
    let Some(language) = languages.first() else { return };
    let _ = form.display_sha256(language);
    // Large forms only cost time here.
    if form.question_count() > 200 {
        return;
    }
    if let Ok((session, events)) = respondent::fill(&form, language, bytes.len() as u64, AT, "fuzz") {
        let replayed = Session::replay(&form, events).expect("what happened can be replayed");
        assert!(replayed == session, "replaying gave another session");
    }
});
