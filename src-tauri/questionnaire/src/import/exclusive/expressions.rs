//! Expressions.

use super::{Row, cql, extension, fhirpath, named, of_item, on_element, on_form, on_option};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let group = r#""item":[{"linkId":"b","text":"B?","type":"date"}]"#;
    for (name, expression, kind, more) in [
        ("enableWhenExpression", "%resource.item.where(linkId = 'q').answer.exists()", "string", ""),
        ("calculatedExpression", "'x'", "string", r#""readOnly":true"#),
        // What is said of it is a note.
        ("calculatedExpression", "1 + 1", "integer", ""),
        ("initialExpression", "'x'", "string", ""),
        ("answerExpression", "'x'", "choice", ""),
    ] {
        let mut bad = vec![
            (kind, r#""valueExpression":{"expression":"1"}"#.to_owned(), more),
            (kind, r#""valueExpression":{"language":"text/fhirpath"}"#.to_owned(), more),
            (kind, cql(), more),
            (kind, fhirpath("1 +"), more),
            (kind, fhirpath("%nothing.x"), more),
            (kind, fhirpath("%resource.item.where(linkId = 'none').answer.value"), more),
            (kind, fhirpath("%resource.subject.reference"), more),
        ];
        if name == "calculatedExpression" {
            bad.push((kind, fhirpath("%resource.item.where(linkId = 'a').answer.value"), more));
        }
        if name != "enableWhenExpression" {
            bad.push(("group", fhirpath(expression), group));
        }
        let bad: Vec<_> = bad.iter().map(|(kind, value, more)| (*kind, value.as_str(), *more)).collect();
        let row = of_item(name, &[(kind, &fhirpath(expression), more)], &bad);
        rows.push(row.nowhere_else(name, &fhirpath(expression)));
    }
    let variable = |value: &str| on_form(&[extension("variable", value)]);
    rows.push(
        of_item(
            "variable",
            &[("string", &named("one", "1"), "")],
            &[
                ("string", &fhirpath("1"), ""),
                ("string", &named("one", "%one + 1"), ""),
                ("string", &cql(), ""),
            ],
        )
        .good(variable(&named("one", "1")))
        .bad(variable(&named("one", "1 +")))
        .bad(on_option(&extension("variable", &named("one", "1")))),
    );
    let repeats = format!(r#""repeats":true,{group}"#);
    rows.push(of_item(
        "itemPopulationContext",
        &[("group", &named("one", "%patient.identifier"), &repeats)],
        &[
            ("string", &named("one", "%patient.identifier"), ""),
            ("group", &fhirpath("%patient.identifier"), &repeats),
            ("group", &cql(), &repeats),
            ("group", &named("one", "1 +"), &repeats),
        ],
    ));
    let on_required =
        |value: &str| on_element("string", "required", "false", &[extension("cqf-expression", value)]);
    rows.push(
        of_item("cqf-expression", &[], &[("string", &fhirpath("true"), "")])
            .good(on_required(&fhirpath("%resource.item.where(linkId = 'q').answer.exists()")))
            .bad(on_required(&cql()))
            .bad(on_required(&fhirpath("1 +")))
            .bad(on_element("string", "maxLength", "3", &[extension("cqf-expression", &fhirpath("3"))]))
            .bad(on_element("string", "repeats", "false", &[extension("cqf-expression", &fhirpath("true"))])),
    );
    for name in ["cqf-calculatedValue", "cqif-calculatedValue", "cqf-initialValue", "cqif-initialValue"] {
        rows.push(of_item(name, &[], &[("string", &fhirpath("1"), "")]));
    }
    for name in ["targetConstraint", "constraint"] {
        let of = |severity: &str, expression: &str| {
            let mut parts = vec![
                r#"{"url":"key","valueId":"k"}"#.to_owned(),
                format!(r#"{{"url":"severity","valueCode":"{severity}"}}"#),
                r#"{"url":"human","valueString":"No."}"#.to_owned(),
            ];
            if !expression.is_empty() {
                parts.push(format!(r#"{{"url":"expression",{}}}"#, fhirpath(expression)));
            }
            format!(r#""extension":[{}]"#, parts.join(","))
        };
        let holds = of("error", "%resource.item.where(linkId = 'q').answer.exists()");
        let warns = of("warning", "%resource.item.where(linkId = 'q').answer.exists()");
        let wordless = warns.replace(r#"{"url":"human","valueString":"No."},"#, "");
        let cql = of("error", "1").replace("text/fhirpath", "text/cql");
        rows.push(
            of_item(
                name,
                &[("string", &holds, ""), ("string", &warns, "")],
                &[
                    ("string", &wordless, ""),
                    ("string", &of("error", ""), ""),
                    ("string", &of("error", "1 +"), ""),
                    ("string", &cql, ""),
                    ("string", &of("error", "false"), r#""required":true"#),
                ],
            )
            .good(on_form(&[extension(name, &holds)]))
            .bad(on_option(&extension(name, &holds))),
        );
    }
    rows
}
