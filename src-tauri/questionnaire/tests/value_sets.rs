//! Value sets that a form brings with it: what is offered of them, what is refused by name, and that the check of responses
//! reads them as import does.

use std::fmt::Write as _;

use fhir::Value;
use questionnaire::validate::{self, Rule};
use questionnaire::{Control, import};

use crate::common;

/// Complaints: a heading, what is below it, and what is no longer used.
const COMPLAINTS: &str = r#"{"resourceType":"CodeSystem","id":"cs","url":"urn:complaints","status":"active","content":"complete",
    "property":[{"code":"abstract","uri":"http://hl7.org/fhir/concept-properties#notSelectable","type":"boolean"},
        {"code":"area","type":"code"}],
    "concept":[
        {"code":"pain","display":"Pain","property":[{"code":"abstract","valueBoolean":true}],"concept":[
            {"code":"head","display":"Headache","property":[{"code":"area","valueCode":"upper"}]},
            {"code":"back","display":"Back pain","concept":[{"code":"low","display":"Low back pain"}]},
            {"code":"gout","display":"Gout","property":[{"code":"inactive","valueBoolean":true}]}]},
        {"code":"migraine","display":"Migraine","property":[{"code":"parent","valueCode":"head"},{"code":"area","valueCode":"upper"}]},
        {"code":"itch","display":"Itching"},
        {"code":"old","display":"Dropsy","property":[{"code":"status","valueCode":"retired"}]}]}"#;

pub(crate) fn form(value_set: &str, contained: &[&str]) -> Value {
    let contained: String = contained.iter().fold(String::new(), |all, one| all + "," + one);
    let document = common::document(
        r#"{"linkId":"a","type":"choice","text":"Which?","answerValueSet":"REFERENCE"},{"linkId":"b","type":"string","text":"More?"}"#,
    );
    let (reference, set) = match value_set.strip_prefix('!') {
        Some(reference) => (reference, String::new()),
        None => (
            "#vs",
            format!(
                r#"{{"resourceType":"ValueSet","id":"vs","url":"urn:vs","status":"active",{value_set}}}"#
            ),
        ),
    };
    let all = format!("{set}{contained}");
    let document = document.replace("REFERENCE", reference).replacen(
        r#""item""#,
        &format!(r#""contained":[{}],"item""#, all.trim_start_matches(',')),
        1,
    );
    Value::parse(document.as_bytes()).unwrap_or_else(|error| panic!("{error} in {document}"))
}

fn composed(compose: &str) -> Value {
    form(&format!(r#""compose":{{{compose}}}"#), &[COMPLAINTS])
}

/// What the first question offers, by code; or why the form is refused.
fn offered(form: &Value) -> Result<Vec<String>, String> {
    let compiled = import(form).map_err(|report| {
        let problems: Vec<String> =
            report.problems.iter().map(|one| format!("{} {}", one.path, one.message)).collect();
        problems.join("; ")
    })?;
    let Control::Choice { options, .. } = common::Filling::new(&compiled).screen().control else {
        panic!("no choice")
    };
    Ok(options
        .into_iter()
        .map(|option| option.key.rsplit('|').next().unwrap_or_default().to_owned())
        .collect())
}

/// Whether the check allows a code: `None` where it cannot say.
pub(crate) fn allowed(form: &Value, system: &str, code: &str) -> Option<bool> {
    let response = format!(
        r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"https://attesta.example/fhir/Questionnaire/test|1",
        "status":"completed","item":[{{"linkId":"a","answer":[{{"valueCoding":{{"system":"{system}","code":"{code}"}}}}]}}]}}"#
    );
    let found = validate::validate(
        form,
        &Value::parse(response.as_bytes()).unwrap(),
        validate::Options { unsigned: true, ..validate::Options::default() },
    );
    if found.has(Rule::NotChecked) { None } else { Some(!found.has(Rule::NotAnOption)) }
}

/// The form offers these, and the check allows them and no other of the code system.
#[track_caller]
fn offers(form: &Value, codes: &[&str]) {
    assert_eq!(
        offered(form).as_deref(),
        Ok(&*codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>())
    );
    for code in ["pain", "head", "back", "low", "gout", "migraine", "itch", "old", "none"] {
        assert_eq!(allowed(form, "urn:complaints", code), Some(codes.contains(&code)), "{code}");
    }
}

/// The form is refused with these words, and the check does not say what it cannot know.
#[track_caller]
fn refused(form: &Value, words: &str) {
    let why = offered(form).err().unwrap_or_else(|| panic!("not refused: {}", form.to_json()));
    assert!(why.contains(words), "{why}");
    assert_eq!(allowed(form, "urn:complaints", "none"), None, "{why}");
}

#[test]
fn hl7s_own_need_no_server_where_the_form_means_them_and_can_be_read() {
    let hl7 = |reference: &str| form(&format!("!http://hl7.org/fhir/ValueSet/{reference}"), &[]);
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    offers(&hl7("days-of-week"), &days);
    for version in ["4.0.1", "4.3.0", "5.0.0"] {
        offers(&hl7(&format!("days-of-week|{version}")), &days);
    }
    assert!(offered(&hl7("marital-status|4.0.1")).is_ok());
    for other in ["days-of-week|3.0.2", "marital-status|5.0.0", "yesnodontknow"] {
        refused(&hl7(other), "neither contained nor given");
    }
    let in_language = |tag: &str| {
        let text = hl7("days-of-week").to_json();
        let text = text.replacen(r#""language":"en""#, &format!(r#""language":"{tag}""#), 1);
        import(&Value::parse(text.as_bytes()).unwrap()).map(drop).map_err(|report| report.to_string())
    };
    for (tag, is_read) in [("en", true), ("en-GB", true), ("de", false), ("ar-SA", false)] {
        let found = in_language(tag);
        assert_eq!(found.is_ok(), is_read, "{tag}: {found:?}");
        assert!(is_read || found.is_err_and(|why| why.contains("English only")), "{tag}");
    }
}

fn notices(form: &Value) -> Vec<String> {
    let form = import(form).unwrap_or_else(|report| panic!("{report}"));
    form.notices().iter().map(|notice| format!("{} {}", notice.reason.code(), notice.message)).collect()
}

#[test]
fn headings_and_what_is_no_longer_used_are_not_offered() {
    let whole = composed(r#""include":[{"system":"urn:complaints"}]"#);
    offers(&whole, &["head", "back", "low", "migraine", "itch"]);
    let said = notices(&whole);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("2 concepts of the value set: not offered"), "{said:?}");
    offers(
        &composed(r#""inactive":false,"include":[{"system":"urn:complaints"}]"#),
        &["head", "back", "low", "migraine", "itch"],
    );
    // A list may name a heading to be chosen; what is no longer used stays out.
    let listed = r#""include":[{"system":"urn:complaints","concept":[{"code":"pain"},{"code":"gout"},{"code":"itch"}]}]"#;
    offers(&composed(listed), &["pain", "itch"]);
    refused_only(&composed(r#""include":[{"system":"urn:complaints","concept":[{"code":"old"}]}]"#));
    // What is left out is out also where it could not have been chosen.
    let out = r#""include":[{"system":"urn:complaints","concept":[{"code":"pain"},{"code":"head"},{"code":"itch"}]}],
        "exclude":[{"system":"urn:complaints","filter":[{"property":"concept","op":"is-a","value":"pain"}]}]"#;
    offers(&composed(out), &["itch"]);
}

/// Refused, and known to have nothing.
#[track_caller]
fn refused_only(form: &Value) {
    assert!(offered(form).is_err_and(|why| why.contains("none of its concepts can be chosen")));
    assert_eq!(allowed(form, "urn:complaints", "old"), Some(false));
}

#[test]
fn filters_over_a_complete_code_system_are_followed() {
    let filtered = |filters: &str| {
        composed(&format!(r#""include":[{{"system":"urn:complaints","filter":[{filters}]}}]"#))
    };
    for (filters, codes) in [
        (r#"{"property":"concept","op":"is-a","value":"pain"}"#, &["head", "back", "low", "migraine"][..]),
        (r#"{"property":"concept","op":"is-a","value":"back"}"#, &["back", "low"]),
        (r#"{"property":"concept","op":"descendent-of","value":"back"}"#, &["low"]),
        (r#"{"property":"concept","op":"=","value":"itch"}"#, &["itch"]),
        (r#"{"property":"area","op":"=","value":"upper"}"#, &["head", "migraine"]),
        (r#"{"property":"display","op":"=","value":"Itching"}"#, &["itch"]),
        (r#"{"property":"parent","op":"=","value":"pain"}"#, &["head", "back"]),
        (r#"{"property":"child","op":"=","value":"low"}"#, &["back"]),
        (r#"{"property":"abstract","op":"=","value":"false"}"#, &["head", "back", "low", "migraine", "itch"]),
        (
            r#"{"property":"concept","op":"is-a","value":"head"},{"property":"area","op":"=","value":"upper"},
            {"property":"concept","op":"descendent-of","value":"head"}"#,
            &["migraine"],
        ),
    ] {
        offers(&filtered(filters), codes);
    }
    for (filters, words) in [
        (
            r#"{"property":"concept","op":"is-not-a","value":"pain"}"#,
            "which a terminology server must expand",
        ),
        (r#"{"property":"concept","op":"is-a","value":"fever"}"#, "names the code fever"),
        (r#"{"property":"colour","op":"=","value":"red"}"#, "names the property colour"),
        (r#"{"property":"area","op":"is-a","value":"upper"}"#, "which a terminology server must expand"),
        (r#"{"property":"concept","op":"is-a"}"#, "has no property, operator or value"),
    ] {
        refused(&filtered(filters), words);
    }
    let is_a = r#""compose":{"include":[{"system":"urn:complaints","filter":[{"property":"concept","op":"is-a","value":"back"}]}]}"#;
    let of_parts = COMPLAINTS.replace(r#""content""#, r#""hierarchyMeaning":"part-of","content""#);
    refused(&form(is_a, &[&of_parts]), "part-of");
    let fragment = COMPLAINTS.replace("complete", "fragment");
    refused(&form(is_a, &[&fragment]), "only in part");
    refused(&form(is_a, &[]), "which a terminology server must expand");
    // A hierarchy that goes round is gone through once.
    let round = r#"{"resourceType":"CodeSystem","id":"r","url":"urn:complaints","status":"active","content":"complete","concept":[
        {"code":"head","property":[{"code":"parent","valueCode":"back"}]},
        {"code":"back","property":[{"code":"parent","valueCode":"head"}]}]}"#;
    offers(&form(is_a, &[round]), &["head", "back"]);
}

#[test]
fn an_include_is_what_all_its_parts_have_in_common() {
    let other = r#"{"resourceType":"ValueSet","id":"o","url":"urn:other","status":"active","compose":{"include":[
        {"system":"urn:complaints","concept":[{"code":"itch"},{"code":"head"},{"code":"back"}]}]}}"#;
    let third =
        other.replace("urn:other", "urn:third").replace(r#""id":"o""#, r#""id":"t""#).replace("head", "low");
    let of = |include: &str| {
        form(&format!(r#""compose":{{"include":[{include}]}}"#), &[COMPLAINTS, other, &third])
    };
    let both = of(r#"{"valueSet":["urn:other","urn:third"]}"#);
    offers(&both, &["itch", "back"]);
    let said = notices(&both);
    assert!(said.len() == 1 && said[0].contains("several value sets stand in one include"), "{said:?}");
    let each = of(r#"{"valueSet":["urn:other"]},{"valueSet":["urn:third"]}"#);
    offers(&each, &["itch", "head", "back", "low"]);
    assert_eq!(notices(&each), [""; 0]);
    let of_system = of(
        r#"{"system":"urn:complaints","filter":[{"property":"concept","op":"is-a","value":"pain"}],"valueSet":["urn:other"]}"#,
    );
    offers(&of_system, &["head", "back"]);
    let nothing =
        of(r#"{"system":"urn:complaints","concept":[{"code":"migraine"}],"valueSet":["urn:other"]}"#);
    assert!(offered(&nothing).is_err_and(|why| why.contains("the value set is empty")));
}

#[test]
fn a_version_or_one_of_two_is_never_guessed() {
    let two = COMPLAINTS.replace(r#""status":"active""#, r#""version":"2","status":"active""#);
    let include = |version: &str| {
        format!(r#""compose":{{"include":[{{"system":"urn:complaints","version":"{version}"}}]}}"#)
    };
    let there = form(&include("2"), &[&two]);
    offers(&there, &["head", "back", "low", "migraine", "itch"]);
    refused(&form(&include("3"), &[&two]), "version 3 of its code system");
    refused(&form(&include("2"), &[COMPLAINTS]), "version 2 of its code system");
    // Both are there: the one that is named.
    let three = two
        .replace(r#""version":"2""#, r#""version":"3""#)
        .replace("itch", "sneeze")
        .replace(r#""id":"cs""#, r#""id":"c3""#);
    offers(&form(&include("2"), &[&three, &two]), &["head", "back", "low", "migraine", "itch"]);
    refused(
        &form(r#""compose":{"include":[{"system":"urn:complaints"}]}"#, &[&three, &two]),
        "more than one CodeSystem",
    );

    let set = |id: &str, version: &str, code: &str| {
        format!(
            r#"{{"resourceType":"ValueSet","id":"{id}","url":"urn:moods","version":"{version}","status":"active",
            "compose":{{"include":[{{"system":"urn:complaints","concept":[{{"code":"{code}","display":"It"}}]}}]}}}}"#
        )
    };
    let (one, other, same) = (set("v1", "1", "itch"), set("v2", "2", "head"), set("v3", "1", "low"));
    refused(&form("!urn:moods", &[&one, &other]), "more than one ValueSet urn:moods");
    refused(&form("!urn:moods|1", &[&one, &same]), "more than one ValueSet urn:moods");
    offers(&form("!urn:moods|1", &[&one, &other]), &["itch"]);
    offers(&form("!urn:moods|2", &[&one, &other]), &["head"]);
    offers(&form("!#v2", &[&one, &other]), &["head"]);
    offers(&form("!urn:moods", &[&one, &one]), &["itch"]);
}

#[test]
fn modifiers_anywhere_in_what_is_contained_are_refused_by_name() {
    let listed = r#""compose":{"include":[{"system":"urn:complaints","concept":[{"code":"itch","display":"Itching"}]}]}"#;
    let modifier = r#""modifierExtension":[{"url":"https://x.example/not","valueBoolean":true}],"#;
    let place = |form: &Value| {
        let report = import(form).err().unwrap_or_else(|| panic!("not refused: {}", form.to_json()));
        common::problems(&report)
    };
    let into = |at: &str| listed.replace(at, &format!("{}{modifier}{}", &at[..1], &at[1..]));
    for (set, path) in [
        (format!("{modifier}{listed}"), ""),
        (into(r#"{"include""#), ".compose"),
        (into(r#"{"system""#), ".compose.include[0]"),
        (into(r#"{"code""#), ".compose.include[0].concept[0]"),
    ] {
        let form = form(&set, &[]);
        assert_eq!(
            place(&form),
            [format!("- Questionnaire.contained[0]{path}.modifierExtension[0] modifier-extension")],
            "{set}"
        );
        assert_eq!(allowed(&form, "urn:complaints", "itch"), None, "nor does the check build on it");
    }
    let ruled = form(&format!(r#""implicitRules":"https://x.example/rules",{listed}"#), &[]);
    assert_eq!(place(&ruled), ["- Questionnaire.contained[0].implicitRules modifier-extension"]);
    // In a code system that no value set takes from, too.
    let system = COMPLAINTS.replace(r#"{"code":"itch""#, &format!(r#"{{{modifier}"code":"itch""#));
    assert_eq!(
        place(&form(listed, &[&system])),
        ["- Questionnaire.contained[1].concept[2].modifierExtension[0] modifier-extension"]
    );
}

#[test]
fn an_expansion_that_says_it_is_not_closed_is_not_the_whole() {
    let expansion = |url: &str| {
        format!(
            r#""expansion":{{"timestamp":"2026-11-21T09:00:00Z","extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/{url}","valueBoolean":true}}],
            "contains":[{{"system":"urn:complaints","code":"itch","display":"Itching"}}]}}"#
        )
    };
    for url in ["valueset-unclosed", "valueset-toocostly"] {
        refused(&form(&expansion(url), &[]), "only a part of its concepts");
    }
    let with = format!(
        r#"{},"compose":{{"include":[{{"system":"urn:complaints","concept":[{{"code":"head"}}]}}]}}"#,
        expansion("valueset-unclosed")
    );
    offers(&form(&with, &[COMPLAINTS]), &["head"]);
    offers(&form(&expansion("valueset-unclosed").replace("true", "false"), &[]), &["itch"]);
}

#[test]
fn a_code_without_a_display_is_shown_and_not_given_one() {
    let unnamed =
        form(r#""compose":{"include":[{"system":"urn:x","concept":[{"code":"a"},{"code":"b"}]}]}"#, &[]);
    let said = notices(&unnamed);
    assert!(
        said.len() == 1 && said[0].starts_with("completed 2 concepts of the value set: without a display"),
        "{said:?}"
    );
    let listed = Value::parse(
        common::document(r#"{"linkId":"a","type":"choice","text":"Which?","answerOption":[{"valueCoding":{"system":"urn:x","code":"a"}}]}"#)
            .as_bytes(),
    );
    for form in [unnamed, listed.unwrap()] {
        let mut filling = common::Filling::new(&import(&form).unwrap());
        filling.fill("a", common::option("urn:x|a"));
        if filling.place() == "b" {
            filling.fill("b", common::text("no"));
        }
        assert!(
            filling.items().contains(r#"{"valueCoding":{"system":"urn:x","code":"a"}}"#),
            "{}",
            filling.items()
        );
    }
}

#[test]
fn names_are_those_that_a_language_prefers_and_gaps_are_said_once() {
    let concepts = |more: &str| {
        format!(
            r#""compose":{{"include":[{{"system":"urn:x","concept":[
            {{"code":"a","display":"One","designation":[{{"language":"de","use":{{"code":"synonym"}},"value":"Nicht"}},
                {{"language":"de","value":"Auch nicht"}},
                {{"language":"de","use":{{"system":"http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra","code":"preferredForLanguage"}},"value":"Eins"}}]}}{more}]}}]}}"#
        )
    };
    let names = |form: &Value| {
        // The rest of the form is in German too.
        let german = |text: &str| {
            format!(
                r#""text":"{text}","_text":{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
                {{"url":"lang","valueCode":"de"}},{{"url":"content","valueString":"So?"}}]}}]}}"#
            )
        };
        let mut text = form.to_json();
        for english in ["Which?", "More?"] {
            text = text.replace(&format!(r#""text":"{english}""#), &german(english));
        }
        let title = german("Test").replace("\"text\"", "\"title\"").replace("_text", "_title");
        text = text.replace(r#""title":"Test""#, &title);
        import(&Value::parse(text.as_bytes()).unwrap()).unwrap_or_else(|report| panic!("{report}"))
    };
    let form_of = names(&form(&concepts(""), &[]));
    let Control::Choice { options, .. } = common::Filling::in_language(&form_of, "de").screen().control
    else {
        panic!("no choice")
    };
    assert_eq!(options[0].label, "Eins");
    let many = (0..50).fold(String::new(), |mut all, n| {
        write!(all, r#",{{"code":"c{n}","display":"C {n}"}}"#).unwrap();
        all
    });
    let form_of = names(&form(&concepts(&many), &[]));
    let gaps = form_of.notices().iter().filter(|notice| notice.message.contains("not translated")).count();
    assert_eq!((form_of.languages(), gaps), (vec!["en".to_owned()], 1));
}

#[test]
fn a_supplement_is_named_as_not_read() {
    let supplement = r#"{"resourceType":"CodeSystem","id":"s","url":"urn:more","status":"active","content":"supplement",
        "supplements":"urn:complaints","concept":[{"code":"itch","designation":[{"language":"de","value":"Juckreiz"}]}]}"#;
    let form = form(
        r#""compose":{"include":[{"system":"urn:complaints","concept":[{"code":"itch"}]}]}"#,
        &[COMPLAINTS, supplement],
    );
    let said = notices(&form);
    assert!(said.len() == 1 && said[0].starts_with("unused this supplement"), "{said:?}");
}
