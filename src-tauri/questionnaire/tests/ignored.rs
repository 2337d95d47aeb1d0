//! What import says of what a form asks for and does not get, or may not have meant.

use crate::common;

use common::{CORE, form, item, problems, refusal, sdc};
use questionnaire::Questionnaire;

const OPTIONS: &str = r#""answerOption":[{"valueCoding":{"code":"x","display":"X"}}]"#;

/// What import says beside refusing nothing: reason, the element of the item, the message.
fn notices(form: &Questionnaire) -> Vec<String> {
    let line = |notice: &questionnaire::Problem| {
        let element = notice.path.replacen("Questionnaire.item[0]", "", 1);
        format!("{} {element}: {}", notice.reason.code(), notice.message)
    };
    form.notices().iter().map(line).collect()
}

/// The one thing that is said of an item.
#[track_caller]
fn said(item: &str) -> String {
    let found = notices(&form(item));
    let [one] = found.as_slice() else { panic!("{found:?}") };
    one.clone()
}

fn code(name: &str, value: &str) -> String {
    format!(r#"{{"url":"{name}","valueCode":"{value}"}}"#)
}

fn control(code: &str) -> String {
    format!(
        r#"{{"url":"{CORE}questionnaire-itemControl","valueCodeableConcept":{{"coding":[{{"system":"http://hl7.org/fhir/questionnaire-item-control","code":"{code}"}}]}}}}"#
    )
}

#[test]
fn a_calculation_in_the_patients_place_is_said_and_one_that_nobody_may_change_is_not() {
    let calculated = || sdc("calculatedExpression", "1 + 1");
    let hidden = format!(r#"{{"url":"{CORE}questionnaire-hidden","valueBoolean":true}}"#);
    let asked = common::plain("q", "string");
    let with = |one: String| notices(&form(&format!("{one},{asked}")));
    let found = with(item("a", "integer", &[calculated()], ""));
    assert!(found.len() == 1 && found[0].starts_with("pre-answered .extension[0]: "), "{found:?}");
    assert!(found[0].contains("set readOnly"), "{found:?}");
    for own in [
        item("a", "integer", &[calculated()], r#""readOnly":true"#),
        item("a", "integer", &[calculated(), hidden], ""),
    ] {
        assert_eq!(with(own), Vec::<String>::new());
    }
}

#[test]
fn a_question_for_somebody_else_is_said() {
    const PERFORMER: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-performerType";
    let of = |types: &[&str]| -> Vec<String> { types.iter().map(|kind| code(PERFORMER, kind)).collect() };
    let theirs = said(&item("a", "string", &of(&["Practitioner"]), ""));
    assert!(theirs.contains("did not mean the patient to answer this"), "{theirs}");
    let found = notices(&form(&item("a", "string", &of(&["Practitioner", "Patient"]), "")));
    assert!(found.iter().all(|one| one.ends_with("is not used: the patient answers")), "{found:?}");
}

#[test]
fn what_r5_has_is_read_where_r4_carries_it() {
    const BACKPORTED: &str =
        "http://hl7.org/fhir/5.0/StructureDefinition/extension-Questionnaire.item.disabledDisplay";
    let own = said(&item("a", "string", &[], r#""disabledDisplay":"protected""#));
    let carried = said(&item("a", "string", &[code(BACKPORTED, "protected")], ""));
    let words = |said: &str| said.split_once(": ").unwrap().1.to_owned();
    assert_eq!(words(&carried), words(&own));
    assert_eq!(notices(&form(&item("a", "string", &[code(BACKPORTED, "hidden")], ""))), Vec::<String>::new());
    let report = refusal(&item("a", "string", &[code(BACKPORTED, "sometimes")], ""));
    assert_eq!(problems(&report), ["a Questionnaire.item[0].extension[0] malformed"]);
}

#[test]
fn a_control_for_options_is_of_no_use_without_options() {
    for control_code in ["radio-button", "check-box", "drop-down", "autocomplete", "lookup"] {
        let controls = [control(control_code)];
        let without = form(&item("a", "integer", &controls, ""));
        assert_eq!(
            notices(&without),
            [format!(
                "unused .extension[0]: the control {control_code} is not used; the question is the same"
            )]
        );
        let supported =
            |form: &Questionnaire| form.supported().iter().any(|one| one.extension.ends_with("itemControl"));
        assert!(!supported(&without), "{control_code}");
        let with = form(&item("a", "choice", &controls, OPTIONS));
        assert!(notices(&with).is_empty() && supported(&with), "{control_code}");
    }
    assert_eq!(notices(&form(&item("a", "boolean", &[control("check-box")], ""))), Vec::<String>::new());
}

#[test]
fn markup_in_a_plain_text_is_said() {
    let question =
        |text: &str, more: &str| format!(r#"{{"linkId":"a","text":"{text}","type":"string"{more}}}"#);
    let html = said(&question("<b>Pain</b><br/>Where?", ""));
    assert!(html.starts_with("plain-text .text: the text holds HTML"), "{html}");
    let markdown = said(&question("In the **past 7 days**", ""));
    assert!(markdown.starts_with("plain-text .text: the text holds markdown"), "{markdown}");
    assert_eq!(notices(&form(&question("Is it <5 or >7?", ""))), Vec::<String>::new());
    // Where the form of the text is given, that is what is shown.
    let formatted = format!(
        r#","_text":{{"extension":[{{"url":"{CORE}rendering-markdown","valueMarkdown":"In the **past 7 days**"}}]}}"#
    );
    let found = notices(&form(&question("In the **past 7 days**", &formatted)));
    assert!(!found.iter().any(|one| one.contains("holds markdown")), "{found:?}");
}

/// A text is nothing that a program can act on.
#[test]
fn a_control_without_a_code_is_not_used_and_not_called_supported() {
    let url = format!("{CORE}questionnaire-itemControl");
    let named = format!(r#"{{"url":"{url}","valueCodeableConcept":{{"text":"radio"}}}}"#);
    let found = form(&item("a", "choice", &[named], OPTIONS));
    let said = notices(&found);
    let [one] = said.as_slice() else { panic!("{said:?}") };
    assert!(one.starts_with("unused .extension[0]: ") && one.contains("it has no code"), "{one}");
    assert!(found.supported().is_empty(), "{:?}", found.supported());
    let coded = form(&item("a", "choice", &[control("radio-button")], OPTIONS));
    assert!(notices(&coded).is_empty() && coded.supported().len() == 1);
}

#[test]
fn what_only_questions_have_changes_nothing_of_a_text_and_is_said() {
    for element in ["required", "repeats", "readOnly"] {
        let text = |value: bool| item("a", "display", &[], &format!(r#""{element}":{value}"#));
        let with = |value| notices(&form(&format!("{},{}", text(value), common::plain("q", "string"))));
        assert_eq!(with(false), Vec::<String>::new());
        let found = with(true);
        assert!(found.len() == 1 && found[0].starts_with(&format!("unused .{element}: ")), "{found:?}");
    }
}

/// `questionnaire-usageMode`: what is only for reading completed forms is not asked, and everything else is.
#[test]
fn what_is_only_for_reading_completed_forms_is_not_asked() {
    let mode = |code_said: &str| code(&format!("{CORE}questionnaire-usageMode"), code_said);
    for (said, is_asked) in
        [("capture-display", true), ("capture", true), ("display", false), ("display-non-empty", false)]
    {
        let items = [item("a", "string", &[mode(said)], ""), common::plain("q", "string")];
        let form = common::of(&items);
        let first = common::Filling::new(&form).screen().key;
        assert_eq!(first, if is_asked { "a" } else { "q" }, "{said}");
        assert_eq!(form.supported().len(), 1, "{said}");
        let not_shown = notices(&form);
        assert_eq!(not_shown.is_empty(), is_asked, "{said}: {not_shown:?}");
        assert!(not_shown.iter().all(|one| one.starts_with("unused : this is for reading completed forms")));
        common::sealable(&items);
    }
    let inside = format!(r#""item":[{}]"#, common::plain("b", "string"));
    let group = item("g", "group", &[mode("display")], &inside);
    let form = common::of(&[group, common::plain("q", "string")]);
    assert_eq!(common::Filling::new(&form).screen().key, "q", "what is inside goes with it");
    let unknown = said(&item("a", "string", &[mode("never")], ""));
    assert!(
        unknown.starts_with("unused .extension[0]: usageMode is not used: never is none of its codes"),
        "{unknown}"
    );
    assert!(form_of(&mode("never")).supported().is_empty());
}

fn form_of(extension: &str) -> Questionnaire {
    form(&item("a", "string", &[extension.to_owned()], ""))
}
