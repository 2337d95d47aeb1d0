//! What is no answer, what FHIR does not have, and what nobody could have written over.

use questionnaire::validate;
use questionnaire::validate::{Options, Severity};

use super::{assert_found, form, listed, response};

fn answered(link_id: &str, answer: &str) -> String {
    format!(r#"{{"linkId":"{link_id}","answer":[{{{answer}}}]}}"#)
}

/// The errors of a response that the form engine is about to seal.
fn unsigned(items: &str, given: &str) -> Vec<String> {
    let options = Options { unsigned: true, ..Options::default() };
    let outcome = validate(&form(items, ""), &response(given), options);
    let error = format!("{} ", Severity::Error.code());
    listed(&outcome).iter().filter_map(|found| found.strip_prefix(&error).map(str::to_owned)).collect()
}

#[test]
fn a_value_that_says_nothing_is_no_answer() {
    for (kind, empty) in [
        ("quantity", r#""valueQuantity":{"unit":"kg"}"#),
        ("attachment", r#""valueAttachment":{"contentType":"image/png"}"#),
        ("reference", r#""valueReference":{"type":"Patient"}"#),
    ] {
        let required = form(&format!(r#"{{"linkId":"a","type":"{kind}","required":true}}"#), "");
        assert_found(
            &required,
            &response(&answered("a", empty)),
            &["no-value .item[0].answer[0]", "required"],
        );
    }
    let weight = form(r#"{"linkId":"a","type":"quantity","required":true}"#, "");
    assert_found(&weight, &response(&answered("a", r#""valueQuantity":{"value":70,"unit":"kg"}"#)), &[]);
}

#[test]
fn elements_that_fhir_does_not_have_are_errors() {
    let text = form(r#"{"linkId":"a","type":"string"}"#, "");
    let choice = form(
        r#"{"linkId":"a","type":"choice","answerOption":[{"valueCoding":{"system":"http://s.example","code":"x"}}]}"#,
        "",
    );
    assert_found(
        &text,
        &response(r#"{"linkId":"a","foo":1,"answer":[{"valueString":"x"}]}"#),
        &["element .item[0]"],
    );
    assert_found(
        &text,
        &response(&answered("a", r#""valueString":"x","foo":1"#)),
        &["element .item[0].answer[0]"],
    );
    let coding = r#""valueCoding":{"system":"http://s.example","code":"x","foo":1}"#;
    assert_found(&choice, &response(&answered("a", coding)), &["element .item[0].answer[0]"]);
    let mut whole = response(&answered("a", r#""valueString":"x""#));
    assert_found(&text, &whole, &[]);
    whole.as_object_mut().unwrap().insert("foo", 1);
    assert_found(&text, &whole, &["element"]);
    // What FHIR has: extensions of primitives, ids, the narrative, and elements of R5.
    let known = response(
        r#"{"linkId":"a","_linkId":{"id":"l"},"id":"i","answer":[{"id":"v","valueString":"x","_valueString":{"id":"w"}}]}"#,
    );
    assert_found(&text, &known, &[]);
    // A name that may be an answer itself is not repeated.
    let odd = response(r#"{"linkId":"a","my name is Ada":1,"answer":[{"valueString":"x"}]}"#);
    let said = validate(&text, &odd, Options::default());
    assert!(said.findings.iter().all(|found| !found.message.contains("Ada")));
}

const HIDDEN: &str = r#""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}]"#;

#[test]
fn what_nobody_can_write_over_is_what_the_form_begins_with() {
    let fixed = r#"{"linkId":"a","type":"string","readOnly":true,"initial":[{"valueString":"I"}]}"#;
    let altered = answered("a", r#""valueString":"J""#);
    assert_found(&form(fixed, ""), &response(&altered), &["initial .item[0]"]);
    assert_found(&form(fixed, ""), &response(&answered("a", r#""valueString":"I""#)), &[]);
    let hidden = format!(r#"{{"linkId":"a","type":"integer",{HIDDEN},"initial":[{{"valueInteger":3}}]}}"#);
    assert_eq!(unsigned(&hidden, &answered("a", r#""valueInteger":4"#)), ["initial .item[0]"]);
    assert_eq!(unsigned(&hidden, &answered("a", r#""valueInteger":3"#)), [""; 0]);
    assert_eq!(unsigned(&hidden, ""), ["initial"]);
    let expression = |text: &str| {
        format!(
            r#"{{"linkId":"a","type":"string","readOnly":true,"extension":[{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression","valueExpression":{{"language":"text/fhirpath","expression":"{text}"}}}}]}}"#
        )
    };
    assert_eq!(unsigned(&expression("'R-1'"), &altered), ["initial .item[0]"]);
    assert_eq!(unsigned(&expression("'J'"), &altered), [""; 0]);
    // What it was when the form began is not known.
    assert_eq!(unsigned(&expression("now().toString()"), &altered), [""; 0]);
    assert_eq!(unsigned(&expression("%patient.name.family"), &altered), [""; 0]);
    let options = r#"{"linkId":"a","type":"choice","readOnly":true,"answerOption":[{"valueCoding":{"system":"http://s.example","code":"x"},"initialSelected":true},{"valueCoding":{"system":"http://s.example","code":"y"}}]}"#;
    let coding = |code: &str| {
        answered("a", &format!(r#""valueCoding":{{"system":"http://s.example","code":"{code}"}}"#))
    };
    assert_found(&form(options, ""), &response(&coding("y")), &["initial .item[0]"]);
    assert_found(&form(options, ""), &response(&coding("x")), &[]);
    // Not asked now, so not there either.
    let asked = format!(
        r#"{{"linkId":"z","type":"boolean"}},{}"#,
        hidden.replacen('{', r#"{"enableWhen":[{"question":"z","operator":"=","answerBoolean":true}],"#, 1)
    );
    assert_eq!(unsigned(&asked, &answered("z", r#""valueBoolean":false"#)), [""; 0]);
    assert_eq!(unsigned(&asked, &answered("z", r#""valueBoolean":true"#)), ["initial"]);
}

#[test]
fn an_option_is_given_once() {
    let choice = r#"{"linkId":"a","type":"choice","repeats":true,"answerOption":[{"valueCoding":{"system":"http://s.example","code":"x"}},{"valueCoding":{"system":"http://s.example","code":"y"}}]}"#;
    let coding = |code: &str| format!(r#"{{"valueCoding":{{"system":"http://s.example","code":"{code}"}}}}"#);
    let given = |codes: [&str; 2]| format!(r#"{{"linkId":"a","answer":[{}]}}"#, codes.map(coding).join(","));
    assert_eq!(unsigned(choice, &given(["x", "x"])), ["option-twice .item[0].answer[1]"]);
    assert_eq!(unsigned(choice, &given(["x", "y"])), [""; 0]);
    assert_found(&form(choice, ""), &response(&given(["x", "x"])), &[]);
}

#[test]
fn a_response_is_in_the_language_that_it_says() {
    let german = r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"lang","valueCode":"de"},{"url":"content","valueString":"Frage"}]}]}"#;
    let items = format!(r#"{{"linkId":"a","type":"string","text":"Question","_text":{german}}}"#);
    let translated = form(&items, r#","language":"en""#);
    let given = |language: &str, text: &str| {
        let mut response =
            response(&format!(r#"{{"linkId":"a","text":"{text}","answer":[{{"valueString":"x"}}]}}"#));
        response.as_object_mut().unwrap().insert("language", language);
        response
    };
    for (language, text, is_right) in [
        ("en", "Question", true),
        ("en-GB", "Question", true),
        ("de", "Frage", true),
        ("de-AT", "Frage", true),
        ("DE", "Frage", true),
        ("fr", "Question", true),
        ("en", "Frage", false),
        ("de-AT", "Question", false),
    ] {
        let expected: &[&str] = if is_right { &[] } else { &["other-text .item[0]"] };
        assert_found(&translated, &given(language, text), expected);
    }
}
