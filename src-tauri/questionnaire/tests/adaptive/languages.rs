//! A form which comes a question at a time may lack something only later: it is the permission that counts, not the first gap.

use super::{Action, PUBLISHED, Visit, with_items};
use crate::common::{ACTOR, AT};
use questionnaire::{Questionnaire, Reason, Session, import_bytes};

const MIXED: &str = "https://attesta.example/fhir/StructureDefinition/mixed-language";
const IN_ENGLISH: &str = r#"{"linkId":"1","text":"Can you walk?","type":"boolean","required":true}"#;

/// The title is there in Arabic too.
fn published(extension: &str) -> Questionnaire {
    let title = r#""title":"Walking","_title":{"extension":[{
        "url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
            {"url":"lang","valueCode":"ar"},{"url":"content","valueString":"المشي"}]}]}"#;
    let document = PUBLISHED
        .replace(r#""extension":["#, &format!(r#""extension":[{extension}"#))
        .replace(r#""title":"Walking""#, title);
    import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
}

fn in_arabic(form: &Questionnaire) -> Visit {
    let (session, event) = Session::start(form, "ar", AT, ACTOR).unwrap();
    let mut visit = Visit { session, events: vec![event] };
    visit.act(&Action::Begin).unwrap();
    visit
}

#[test]
fn a_question_that_lacks_a_language_is_taken_where_gaps_are_allowed() {
    let form = published(&format!(r#"{{"url":"{MIXED}","valueCode":"ar"}},"#));
    assert_eq!(form.mixed_languages(), ["ar"]);
    assert!(form.notices().iter().all(|notice| notice.reason != Reason::Unused), "{:?}", form.notices());
    let mut visit = in_arabic(&form);
    assert!(visit.session.untranslated().unwrap().lines.is_empty());
    let next = with_items(&visit, &[IN_ENGLISH]);
    visit.take(&next).unwrap();
    assert_eq!(visit.key(), "1");
    assert_eq!(visit.session.untranslated().unwrap().lines, ["Can you walk?"]);
}

#[test]
fn and_refused_where_they_are_not() {
    let form = published("");
    assert!(form.mixed_languages().is_empty());
    assert_eq!(form.languages(), ["en", "ar"]);
    let mut visit = in_arabic(&form);
    let next = with_items(&visit, &[IN_ENGLISH]);
    assert!(visit.take(&next).is_err());
    assert_eq!(visit.key(), "ahead", "nothing of it was taken");
}
