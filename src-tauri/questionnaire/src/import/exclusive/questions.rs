//! What belongs to questions.

use super::{Row, SHOW_VALUE, X, control, document, extension, fhirpath, of_item, on};

pub(super) fn rows() -> Vec<Row> {
    [shown(), units(), answered()].into_iter().flatten().collect()
}

/// A question on a line from 0 on.
fn slider(step: &str, end: &str) -> String {
    let number = |name: &str, value: &str| extension(name, &format!(r#""valueInteger":{value}"#));
    let extensions = [
        control("slider"),
        number("sliderStepValue", step),
        number("minValue", "0"),
        number("maxValue", end),
        extension(SHOW_VALUE, r#""valueBoolean":true"#),
    ];
    on("integer", &extensions, "")
}

/// The value of a toggle; without an expression where that is empty.
fn toggle(expression: &str, option: &str) -> String {
    let expression = match expression {
        "" => String::new(),
        expression => format!(r#",{{"url":"expression",{}}}"#, fhirpath(expression)),
    };
    format!(r#""extension":[{{"url":"option","valueString":"{option}"}}{expression}]"#)
}

fn shown() -> Vec<Row> {
    vec![
        of_item(
            "hidden",
            &[("string", r#""valueBoolean":true"#, "")],
            &[("string", r#""valueCode":"yes""#, "")],
        )
        .nowhere_else("hidden", r#""valueBoolean":true"#),
        of_item("itemControl", &[], &[("string", r#""valueCodeableConcept":{"text":"radio"}"#, "")])
            .good(on("choice", &[control("drop-down")], X))
            .good(slider("5", "10"))
            .bad(on("choice", &[control("foo")], X))
            .bad(on("integer", &[control("drop-down")], ""))
            .bad(on("string", &[control("slider")], ""))
            .bad(on("string", &[control("spinner")], ""))
            .bad(on("integer", &[control("slider")], ""))
            .bad(slider("3", "10"))
            .bad(on("display", &[control("foo")], ""))
            .bad(on("group", &[control("table")], r#""item":[{"linkId":"b","text":"B?","type":"date"}]"#))
            .bad(on("group", &[control("header")], r#""item":[{"linkId":"b","text":"B?","type":"date"}]"#)),
        of_item(
            "choiceOrientation",
            &[("choice", r#""valueCode":"horizontal""#, X)],
            &[
                ("integer", r#""valueCode":"horizontal""#, ""),
                ("choice", r#""valueCode":"diagonal""#, X),
                ("choice", r#""valueString":"horizontal""#, X),
            ],
        ),
        of_item(
            "usageMode",
            &[("string", r#""valueCode":"capture""#, ""), ("string", r#""valueCode":"display""#, "")],
            &[("string", r#""valueCode":"never""#, ""), ("string", r#""valueBoolean":true"#, "")],
        )
        .nowhere_else("usageMode", r#""valueCode":"display""#),
        of_item("shortText", &[], &[("string", r#""valueString":"A""#, "")]).good(document(
            "",
            &format!(
                r#"{{"linkId":"a","type":"string","extension":[{}]}},"#,
                extension("shortText", r#""valueString":"A?""#)
            ),
        )),
        of_item(
            "entryFormat",
            &[("date", r#""valueString":"YYYY""#, "")],
            &[
                ("date", r#""valueCode":"YYYY""#, ""),
                ("date", r#""valueString":"  ""#, ""),
                ("display", r#""valueString":"YYYY""#, ""),
            ],
        ),
        of_item(
            "openLabel",
            &[("open-choice", r#""valueString":"Other""#, X)],
            &[
                ("choice", r#""valueString":"Other""#, X),
                ("choice", r#""valueString":"Other""#, &format!(r#"{X},"answerConstraint":"optionsOnly""#)),
                ("open-choice", r#""valueString":"""#, X),
            ],
        ),
    ]
}

fn units() -> Vec<Row> {
    let coding = r#""valueCoding":{"system":"http://unitsofmeasure.org","code":"kg","display":"kg"}"#;
    vec![
        of_item(
            "unit",
            &[("integer", coding, ""), ("quantity", coding, "")],
            &[
                ("string", coding, ""),
                ("integer", r#""valueString":"kg""#, ""),
                ("integer", r#""valueCoding":{"display":" "}"#, ""),
            ],
        ),
        of_item(
            "unitOption",
            &[("quantity", coding, "")],
            &[
                ("string", coding, ""),
                ("quantity", r#""valueString":"kg""#, ""),
                ("quantity", r#""valueCoding":{"system":"http://unitsofmeasure.org"}"#, ""),
            ],
        ),
        of_item(
            "unitValueSet",
            &[("quantity", r##""valueCanonical":"#units""##, "")],
            &[
                ("quantity", r##""valueCanonical":"#none""##, ""),
                ("integer", r##""valueCanonical":"#units""##, ""),
            ],
        ),
        of_item(
            "unitOpen",
            &[("quantity", r#""valueCode":"optionsOrString""#, "")],
            &[
                ("quantity", r#""valueCode":"maybe""#, ""),
                ("quantity", r#""valueBoolean":true"#, ""),
                ("decimal", r#""valueCode":"optionsOrString""#, ""),
            ],
        ),
    ]
}

fn answered() -> Vec<Row> {
    let toggles = "answerOptionsToggleExpression";
    vec![
        of_item(
            "sliderStepValue",
            &[],
            &[("integer", r#""valueInteger":5"#, ""), ("string", r#""valueInteger":5"#, "")],
        )
        .good(slider("5", "10"))
        .bad(slider("3", "10"))
        .bad(on(
            "integer",
            &[control("spinner"), extension("sliderStepValue", r#""valueInteger":0"#)],
            "",
        )),
        of_item(SHOW_VALUE, &[], &[("integer", r#""valueBoolean":true"#, "")])
            .good(slider("5", "10"))
            .nowhere_else(SHOW_VALUE, r#""valueBoolean":true"#),
        of_item(
            "mimeType",
            &[("attachment", r#""valueCode":"image/png""#, "")],
            &[
                ("string", r#""valueCode":"image/png""#, ""),
                ("attachment", r#""valueString":"image/png""#, ""),
            ],
        ),
        of_item(
            "maxSize",
            &[("attachment", r#""valueDecimal":5000000"#, "")],
            &[
                ("attachment", r#""valueDecimal":5"#, ""),
                ("attachment", r#""valueDecimal":0"#, ""),
                ("string", r#""valueDecimal":5000000"#, ""),
            ],
        ),
        of_item(
            toggles,
            &[("choice", &toggle("%resource.item.exists()", "x"), X)],
            &[
                ("choice", &toggle("%resource.item.exists()", "y"), X),
                ("choice", &toggle("", "x"), X),
                ("choice", &toggle("1 +", "x"), X),
                ("integer", &toggle("%resource.item.exists()", "x"), ""),
            ],
        ),
        of_item(
            "extension-Questionnaire.item.answerConstraint",
            &[("choice", r#""valueCode":"optionsOrString""#, X)],
            &[
                ("choice", r#""valueCode":"anything""#, X),
                (
                    "group",
                    r#""valueCode":"optionsOrString""#,
                    r#""item":[{"linkId":"b","text":"B?","type":"date"}]"#,
                ),
            ],
        ),
        of_item(
            "extension-Questionnaire.item.disabledDisplay",
            &[],
            &[("string", r#""valueCode":"protected""#, ""), ("string", r#""valueCode":"sometimes""#, "")],
        ),
    ]
}
