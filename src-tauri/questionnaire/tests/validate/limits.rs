//! Limits that fit a type, and units.

use super::{assert_found, form, response};

const CORE: &str = "http://hl7.org/fhir/StructureDefinition";
const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire";

/// What is found of one answer to a question of this type, with these members.
#[track_caller]
fn found(kind: &str, more: &str, answer: &str, expected: &[&str]) {
    let question = more.replace("CORE", CORE).replace("SDC", SDC);
    let form = form(&format!(r#"{{"linkId":"q","type":"{kind}",{question}}}"#), "");
    let expected: Vec<String> = expected.iter().map(|rule| format!("{rule} .item[0].answer[0]")).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    assert_found(&form, &response(&format!(r#"{{"linkId":"q","answer":[{{{answer}}}]}}"#)), &expected);
}

#[test]
fn a_limit_that_does_not_fit_the_type_is_not_held_against_it() {
    let regex = r#""extension":[{"url":"CORE/regex","valueString":"[a-z]+"}]"#;
    found("string", regex, r#""valueString":"12""#, &["pattern"]);
    found("integer", regex, r#""valueInteger":12"#, &[]);
    found("date", regex, r#""valueDate":"2026-11-21""#, &[]);
    let length = r#""maxLength":2,"extension":[{"url":"CORE/minLength","valueInteger":2}]"#;
    found("text", length, r#""valueString":"long""#, &["too-long"]);
    found("text", length, r#""valueString":"s""#, &["too-short"]);
    found("time", length, r#""valueTime":"09:41:00""#, &[]);
    found("integer", length, r#""valueInteger":123"#, &["too-long"]);
    found("quantity", length, r#""valueQuantity":{"value":1234}"#, &[]);
    let least = r#""extension":[{"url":"CORE/minValue","valueString":"m"}]"#;
    found("string", least, r#""valueString":"a""#, &[]);
}

#[test]
fn what_the_form_lists_itself_is_within_its_limits() {
    let listed = r#""maxLength":2,"extension":[{"url":"CORE/regex","valueString":"[a-z]+"}],"answerOption":[{"valueString":"Long"}]"#;
    found("open-choice", listed, r#""valueString":"Long""#, &[]);
    found("open-choice", listed, r#""valueString":"123""#, &["too-long", "pattern"]);
    let below = r#""extension":[{"url":"CORE/minValue","valueInteger":5}],"answerOption":[{"valueInteger":1},{"valueInteger":9}]"#;
    found("integer", below, r#""valueInteger":1"#, &[]);
    found("integer", below, r#""valueInteger":4"#, &["below-minimum", "not-an-option"]);
}

#[test]
fn a_unit_without_a_system_is_known_by_what_it_is_called() {
    let listed = r#""extension":[{"url":"CORE/questionnaire-unitOption","valueCoding":{"code":"kg"}},
        {"url":"CORE/questionnaire-unitOption","valueCoding":{"code":"g","display":"gram"}}]"#;
    for (quantity, expected) in [
        (r#"{"value":1,"unit":"kg"}"#, &[][..]),
        (r#"{"value":1,"unit":"gram"}"#, &[]),
        (r#"{"value":1,"unit":"lb"}"#, &["unit"]),
        (r#"{"value":1}"#, &["unit"]),
    ] {
        found("quantity", listed, &format!(r#""valueQuantity":{quantity}"#), expected);
    }
}

#[test]
fn the_unit_of_a_quantity_is_the_one_that_is_asked_for() {
    let kilograms = r#""extension":[{"url":"CORE/questionnaire-unit","valueCoding":{"system":"http://unitsofmeasure.org","code":"kg","display":"kg"}}]"#;
    let of = |code: &str| {
        format!(
            r#""valueQuantity":{{"value":1,"unit":"{code}","system":"http://unitsofmeasure.org","code":"{code}"}}"#
        )
    };
    found("quantity", kilograms, &of("kg"), &[]);
    found("quantity", kilograms, &of("[lb_av]"), &["unit"]);
    let open = kilograms
        .replace("\"extension\":[", r#""extension":[{"url":"SDC-unitOpen","valueCode":"optionsOrType"},"#);
    found("quantity", &open, &of("[lb_av]"), &[]);
    // For a number it says what it is, and the answer has none.
    found("decimal", kilograms, r#""valueDecimal":1"#, &[]);
}

#[test]
fn the_size_of_a_file_is_in_bytes() {
    let limited = r#""extension":[{"url":"CORE/maxSize","valueDecimal":1000}]"#;
    let file = |bytes: usize| {
        let data = "AAAA".repeat(bytes / 3) + ["", "AA==", "AAA="][bytes % 3];
        format!(r#""valueAttachment":{{"contentType":"image/png","data":"{data}"}}"#)
    };
    found("attachment", limited, &file(1000), &[]);
    found("attachment", limited, &file(1001), &["file-size"]);
    found(
        "attachment",
        limited,
        r#""valueAttachment":{"contentType":"image/png","url":"https://attesta.example/a.png","size":1001}"#,
        &["file-size"],
    );
}
