//! Limits: how large, how long, how often.
#![allow(clippy::unwrap_used)]

use super::{KG, Row, extension, of_item, on};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, kind, value, other) in [
        ("minValue", "integer", r#""valueInteger":1"#, "boolean"),
        ("maxValue", "decimal", r#""valueDecimal":1.5"#, "string"),
        ("minLength", "string", r#""valueInteger":1"#, "integer"),
        ("regex", "string", r#""valueString":"[a-z]+""#, "date"),
        ("maxDecimalPlaces", "decimal", r#""valueInteger":1"#, "integer"),
        ("minQuantity", "quantity", "", "integer"),
        ("maxQuantity", "quantity", "", "decimal"),
    ] {
        let quantity = format!(r#""valueQuantity":{KG}"#);
        let value = if value.is_empty() { &quantity } else { value };
        let row = of_item(
            name,
            &[(kind, value, "")],
            &[
                (other, value, ""),
                (kind, r#""valueBoolean":true"#, ""),
                ("group", value, r#""item":[{"linkId":"b","text":"B?","type":"string"}]"#),
            ],
        );
        let twice = [extension(name, value), extension(name, value)];
        rows.push(row.nowhere_else(name, value).bad(on(kind, &twice, "")));
    }
    let against = |one: (&str, &str), other: (&str, &str), kind: &str, more: &str| {
        on(kind, &[extension(one.0, one.1), extension(other.0, other.1)], more)
    };
    for row in &mut rows {
        let contradictory = match row.url.rsplit('/').next().unwrap() {
            "minValue" | "maxValue" => against(
                ("minValue", r#""valueInteger":5"#),
                ("maxValue", r#""valueInteger":3"#),
                "integer",
                "",
            ),
            "minLength" => on("string", &[extension("minLength", r#""valueInteger":5"#)], r#""maxLength":3"#),
            "regex" => on("string", &[extension("regex", r#""valueString":"(""#)], ""),
            "maxDecimalPlaces" => on(
                "decimal",
                &[
                    extension("maxDecimalPlaces", r#""valueInteger":0"#),
                    extension("minValue", r#""valueDecimal":0.5"#),
                    extension("maxValue", r#""valueDecimal":0.9"#),
                ],
                "",
            ),
            _ => against(
                (
                    "minQuantity",
                    &format!(r#""valueQuantity":{}"#, KG.replace(r#""value":1"#, r#""value":5"#)),
                ),
                ("maxQuantity", &format!(r#""valueQuantity":{KG}"#)),
                "quantity",
                "",
            ),
        };
        row.bad.push(contradictory);
    }
    let repeats = r#""repeats":true"#;
    for name in ["minOccurs", "maxOccurs"] {
        rows.push(of_item(
            name,
            &[("string", r#""valueInteger":2"#, repeats)],
            &[
                ("string", r#""valueInteger":2"#, ""),
                ("string", r#""valueInteger":-1"#, repeats),
                ("string", r#""valueString":"2""#, repeats),
                ("display", r#""valueInteger":2"#, ""),
            ],
        ));
    }
    rows
}
