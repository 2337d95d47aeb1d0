//! Options, media and texts.

use super::{POINT, Row, X, document, extension, of_item, on, on_element, on_option, url};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let option = |name: &str, good: &str, bad: &[&str]| {
        let mut row = of_item(name, &[], &[("choice", good, X)]).good(on_option(&extension(name, good)));
        row.bad.extend(bad.iter().map(|bad| on_option(&extension(name, bad))));
        row
    };
    rows.push(option("optionExclusive", r#""valueBoolean":true"#, &[r#""valueCode":"true""#]));
    rows.push(option(
        "optionPrefix",
        r#""valueString":"A""#,
        &[r#""valueCode":"A""#, r#""valueString":"  ""#],
    ));
    for name in ["itemWeight", "ordinalValue", "valueset-ordinalValue", "codesystem-ordinalValue"] {
        rows.push(option(name, r#""valueDecimal":1"#, &[r#""valueString":"1""#]));
    }
    let medium = |data: &str| format!(r#""valueAttachment":{{"contentType":"image/png","title":"T"{data}}}"#);
    let (shown, empty) = (medium(&format!(r#","data":"{POINT}""#)), medium(""));
    let hidden = extension("hidden", r#""valueBoolean":true"#);
    let broken = medium(r#","data":"AAAA""#);
    rows.push(option("itemAnswerMedia", &shown, &[&empty, &broken, r#""valueUrl":"urn:x""#]));
    rows.push(
        of_item("itemMedia", &[("string", &shown, "")], &[("string", &empty, ""), ("string", &broken, "")])
            .nowhere_else("itemMedia", &shown)
            .bad(on("string", &[hidden.clone(), extension("itemMedia", &shown)], "")),
    );
    rows.push(display_category(&hidden));
    let translated = |language: &str, content: &str| {
        let value = format!(
            r#""extension":[{{"url":"lang","valueCode":"{language}"}},{{"url":"content","valueString":"{content}"}}]"#
        );
        extension("translation", &value)
    };
    let on_text = |extensions: &[String]| on_element("string", "text", r#""A?""#, extensions);
    rows.push(
        Row { url: url("translation"), good: vec![on_text(&[translated("de", "A?")])], bad: Vec::new() }
            .bad(on_text(&[translated("en", "B?")]))
            .bad(on_text(&[translated("de", " ")]))
            .bad(on_text(&[translated("??", "A?")]))
            .bad(on_option(&translated("de", "A?")))
            .bad(document("", &format!(
                r#"{{"linkId":"a","text":"A?","type":"choice","answerOption":[{{"valueCoding":{{"code":"x","display":"X",
                    "_display":{{"extension":[{}]}}}}}}]}},"#,
                translated("de", " ")
            ))),
    );
    for (name, good, bad) in [
        ("rendering-xhtml", "<b>A?</b>", "<b>B?</b>"),
        ("rendering-markdown", "**A?**", "**B?**"),
        ("rendering-style", "font-weight: bold", "color: red"),
    ] {
        let of = |value: &str| extension(name, &format!(r#""valueString":"{value}""#));
        rows.push(
            Row { url: url(name), good: vec![on_text(&[of(good)])], bad: Vec::new() }
                .bad(on_text(&[of(bad)]))
                .bad(on_option(&of(good)))
                .bad(on_text(&[extension(name, r#""valueBoolean":true"#)])),
        );
    }
    rows
}

fn display_category(hidden: &str) -> Row {
    let of = |code: &str| format!(r#""valueCodeableConcept":{{"coding":[{{"code":"{code}"}}]}}"#);
    let legal = of("legal");
    let category = extension("displayCategory", &legal);
    of_item(
        "displayCategory",
        &[("display", &of("instructions"), ""), ("display", &legal, "")],
        &[
            ("display", &of("marketing"), ""),
            ("display", r#""valueCodeableConcept":{"text":"legal"}"#, ""),
            ("display", r#""valueCode":"legal""#, ""),
            ("string", &legal, ""),
            ("group", &legal, ""),
        ],
    )
    .nowhere_else("displayCategory", &legal)
    .bad(on("display", &[hidden.to_owned(), category], ""))
}
