//! The form itself, groups and links.

use super::{MIXED_LANGUAGE, Row, control, document, extension, of_item, on, on_form, on_option, url};

pub(super) fn rows() -> Vec<Row> {
    let date = r#"{"linkId":"b","text":"B?","type":"date"}"#;
    let launch = |name: &str| format!(r#""extension":[{name}{{"url":"type","valueCode":"Patient"}}]"#);
    let launched = launch(r#"{"url":"name","valueCoding":{"code":"patient"}},"#);
    let fold = |code: &str| extension("collapsible", &format!(r#""valueCode":"{code}""#));
    let on_page = |extensions: &str| {
        let inside = format!(
            r#"{{"linkId":"c","text":"C","type":"group","extension":[{extensions}],"item":[{date}]}}"#
        );
        on("group", &[control("page")], &format!(r#""item":[{inside}]"#))
    };
    let critical =
        |named: &str| extension("rendering-criticalExtension", &format!(r#""valueUri":"{}""#, url(named)));
    let group = format!(r#""item":[{date}]"#);
    let mixed = |value: &str| extension(MIXED_LANGUAGE, value);
    let partly = format!(
        r#""_title":{{"extension":[{}]}},"#,
        extension(
            "translation",
            r#""extension":[{"url":"lang","valueCode":"fr"},{"url":"content","valueString":"Mots"}]"#
        )
    );
    let mut rows = vec![
        Row {
            url: url("launchContext"),
            good: vec![on_form(&[extension("launchContext", &launched)])],
            bad: Vec::new(),
        }
        .bad(on_form(&[extension("launchContext", &launch(""))]))
        .bad(on("string", &[extension("launchContext", &launched)], "")),
        Row {
            url: url("questionnaireAdaptive"),
            good: vec![on_form(&[extension("questionnaireAdaptive", r#""valueBoolean":false"#)])],
            bad: Vec::new(),
        }
        .bad(on_form(&[extension("questionnaireAdaptive", r#""valueString":"yes""#)]))
        .bad(on_form(&[
            extension("questionnaireAdaptive", r#""valueBoolean":false"#),
            extension("questionnaireAdaptive", r#""valueBoolean":false"#),
        ]))
        .bad(on("string", &[extension("questionnaireAdaptive", r#""valueBoolean":false"#)], "")),
        Row {
            url: MIXED_LANGUAGE.to_owned(),
            good: vec![document(&format!(r#"{partly}"extension":[{}],"#, mixed(r#""valueCode":"fr""#)), "")],
            bad: Vec::new(),
        }
        .bad(on_form(&[mixed(r#""valueCode":"fr""#)]))
        .bad(on_form(&[mixed(r#""valueCode":"french!""#)]))
        .bad(on_form(&[mixed(r#""valueString":"fr""#)]))
        .bad(on("string", &[mixed(r#""valueCode":"fr""#)], "")),
        of_item(
            "signatureRequired",
            &[("string", r#""valueCodeableConcept":{"text":"x"}"#, "")],
            &[("string", r#""valueBoolean":true"#, "")],
        )
        .good(on_form(&[extension("signatureRequired", r#""valueCodeableConcept":{"text":"x"}"#)]))
        .bad(on_option(&extension("signatureRequired", r#""valueCodeableConcept":{"text":"x"}"#))),
        of_item(
            "preferredTerminologyServer",
            &[("string", r#""valueUrl":"https://terms.example/fhir""#, "")],
            &[("string", r#""valueString":"x""#, "")],
        )
        .bad(on_option(&extension(
            "preferredTerminologyServer",
            r#""valueUrl":"https://terms.example/fhir""#,
        ))),
        Row {
            url: url("rendering-criticalExtension"),
            good: vec![on_form(&[critical("hidden")])],
            bad: Vec::new(),
        }
        .bad(on_form(&[critical("optionRestriction")]))
        .bad(on("string", &[extension("maxValue", r#""valueInteger":1"#), critical("maxValue")], "")),
        Row { url: url("collapsible"), good: vec![on_page(&fold("default-open"))], bad: Vec::new() }
            .bad(on_page(&fold("never")))
            .bad(on("group", &[fold("default-open")], &group))
            .bad(on("string", &[fold("default-open")], "")),
    ];
    for name in ["supportLink", "supportHyperlink"] {
        let more = r#""valueUri":"https://example.org""#;
        rows.push(
            of_item(
                name,
                &[("string", more, "")],
                &[("group", more, &group), ("string", r#""valueUri":" ""#, "")],
            )
            .nowhere_else(name, more),
        );
    }
    for name in
        ["subQuestionnaire", "assembleContext", "optionRestriction", "isSubject", "rendering-styleSensitive"]
    {
        rows.push(of_item(name, &[], &[("string", r#""valueString":"x""#, "")]));
    }
    // Nothing is said of these.
    for name in ["data-absent-reason", "designNote", "artifact-versionAlgorithm", "artifact-copyrightLabel"] {
        rows.push(of_item(name, &[], &[]));
    }
    rows
}
