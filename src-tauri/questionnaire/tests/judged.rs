//! Expressions are judged at import, before anybody answers: what can never give anything is named, with its item, its
//! extension and its place, and the form is used all the same.

use crate::common;

use std::fmt::Write as _;

use common::{CORE, core, form, item, of, plain, sdc};
use questionnaire::{ImportOptions, Questionnaire, Reason};

/// What import says of expressions: the item, the extension's name, the message.
fn said(form: &Questionnaire) -> Vec<String> {
    let of_expressions = form.notices().iter().filter(|notice| notice.reason == Reason::Expression);
    let line = |notice: &questionnaire::Problem| {
        let extension = notice.extension.as_deref().unwrap_or_default();
        let name = extension.rsplit(['/', '-']).next().unwrap_or_default();
        format!("{} {name}: {}", notice.link_id.as_deref().unwrap_or("-"), notice.message)
    };
    of_expressions.map(line).collect()
}

/// The same of one item with one extension, beside a question `a`.
fn said_of(kind: &str, extension: &str) -> Vec<String> {
    said(&of(&[plain("a", "string"), item("x", kind, &[extension.to_owned()], "")]))
}

/// The form's launch contexts, and an item.
fn launched(name: &str, kind: &str, items: &str) -> Questionnaire {
    let launch = format!(
        r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext","extension":[
            {{"url":"name","valueCoding":{{"code":"{name}"}}}},{{"url":"type","valueCode":"{kind}"}}]}}"#
    );
    let document =
        common::document(items).replacen("\"url\"", &format!("\"extension\":[{launch}],\"url\""), 1);
    let resource = fhir::Value::parse(document.as_bytes()).unwrap();
    questionnaire::import_with(&resource, &ImportOptions::default())
        .unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn a_path_that_never_gives_anything_is_named_with_its_place() {
    for (expression, expected) in [
        (
            "%resource.item.aswer.value",
            "x calculatedExpression: in the expression %resource.item.aswer.value, line 1, column 16: \
             QuestionnaireResponse.item has no element aswer, so this is always empty; correct it",
        ),
        (
            "%resource.item.where(linkId='a').answer.valueString",
            "x calculatedExpression: in the expression %resource.item.where(linkId='a').answer.valueString, line 1, \
             column 41: in FHIRPath valueString is called value, and some programs find nothing by its name in JSON; \
             write value",
        ),
        (
            "%patient.birthdate.toString()",
            "x calculatedExpression: in the expression %patient.birthdate.toString(), line 1, column 10: Patient has no \
             element birthdate, so this is always empty; correct it",
        ),
        (
            "%qitem.code.dsplay & %questionnaire.titel",
            "x calculatedExpression: in the expression %qitem.code.dsplay & %questionnaire.titel, line 1, column 13: \
             Coding has no element dsplay, so this is always empty; line 1, column 37: Questionnaire has no element titel, \
             so this is always empty; correct it",
        ),
        (
            "QuestionnaireResponse.item.where(linkId='a').answer.value",
            "x calculatedExpression: in the expression QuestionnaireResponse.item.where(linkId='a').answer.value, line 1, \
             column 1: the path begins with QuestionnaireResponse where there is QuestionnaireResponse.item, so it is \
             always empty; correct it",
        ),
        (
            "(%resource.item.answer.value.weight().sum() * 2).toInteger()",
            "x calculatedExpression: in the expression (%resource.item.answer.value.weight().sum() * 2).toInteger(), line 1, \
             column 50: toInteger() cannot convert Decimal, so this is always empty; write truncate(), floor() or ceiling()",
        ),
        (
            "%resource.item.answer.value.ofType(Quantity).toInteger()",
            "x calculatedExpression: in the expression %resource.item.answer.value.ofType(Quantity).toInteger(), line 1, \
             column 46: toInteger() cannot convert Quantity, so this is always empty; correct it",
        ),
    ] {
        assert_eq!(said_of("string", &sdc("calculatedExpression", expression)), [expected], "{expression}");
    }
}

#[test]
fn every_kind_of_expression_is_judged() {
    let wrong = "%resource.item.where(linkId='a').anser.value";
    let yes = format!("{wrong}.exists()");
    let part = |url: &str, value: &str| format!(r#"{{"url":"{url}",{value}}}"#);
    let expression = format!(r#""valueExpression":{{"language":"text/fhirpath","expression":"{yes}"}}"#);
    let complex =
        |url: &str, parts: &[String]| format!(r#"{{"url":"{url}","extension":[{}]}}"#, parts.join(","));
    let constraint = complex(
        &format!("{CORE}targetConstraint"),
        &[
            part("key", r#""valueId":"k""#),
            part("severity", r#""valueCode":"error""#),
            part("expression", &expression),
            part("human", r#""valueString":"H""#),
        ],
    );
    let toggle = complex(
        "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-answerOptionsToggleExpression",
        &[part("option", r#""valueString":"o""#), part("expression", &expression)],
    );
    let variable = format!(
        r#"{{"url":"{CORE}variable","valueExpression":{{"name":"v","language":"text/fhirpath","expression":"{wrong}"}}}}"#
    );
    let options = r#""answerOption":[{"valueString":"o"},{"valueString":"p"}]"#;
    let computed = |name: &str, expression: &str| {
        format!(r#""_{name}":{{"extension":[{}]}}"#, core("cqf-expression", expression))
    };
    let limit = |name: &str, expression: &str| {
        format!(
            r#"{{"url":"{CORE}{name}","valueInteger":3,"_valueInteger":{{"extension":[{}]}}}}"#,
            core("cqf-expression", expression)
        )
    };
    for (kind, extension, more, name) in [
        ("string", sdc("calculatedExpression", wrong), String::new(), "calculatedExpression"),
        ("string", sdc("initialExpression", wrong), String::new(), "initialExpression"),
        ("string", sdc("enableWhenExpression", &yes), String::new(), "enableWhenExpression"),
        ("choice", sdc("answerExpression", wrong), String::new(), "answerExpression"),
        ("string", constraint, String::new(), "targetConstraint"),
        ("choice", toggle, options.to_owned(), "answerOptionsToggleExpression"),
        ("string", variable, String::new(), "variable"),
        ("integer", limit("maxValue", &format!("{wrong}.length()")), String::new(), "expression"),
        (
            "integer",
            limit("maxOccurs", &format!("{wrong}.length()")),
            r#""repeats":true"#.to_owned(),
            "expression",
        ),
        ("string", String::new(), computed("text", wrong), "expression"),
        ("string", String::new(), computed("required", &yes), "expression"),
        ("string", String::new(), computed("readOnly", &yes), "expression"),
        ("string", String::new(), format!(r#""repeats":true,{}"#, computed("repeats", &yes)), "expression"),
    ] {
        let extensions: Vec<String> = [extension].into_iter().filter(|one| !one.is_empty()).collect();
        let said = said(&of(&[plain("a", "string"), item("x", kind, &extensions, &more)]));
        let named = said.iter().filter(|one| {
            one.starts_with(&format!("x {name}: "))
                && one.contains("column 34: QuestionnaireResponse.item has no element anser")
        });
        assert_eq!(named.count(), 1, "{name} {more}: {said:?}");
    }
}

#[test]
fn variables_have_the_type_of_their_expression() {
    let variable = |name: &str, expression: &str| {
        format!(
            r#"{{"url":"{CORE}variable","valueExpression":{{"name":"{name}","language":"text/fhirpath","expression":"{expression}"}}}}"#
        )
    };
    let extensions = [
        // The one that it needs stands after it.
        variable("days", "%bounds.low"),
        variable("bounds", "%patient.name.period"),
        sdc("calculatedExpression", "%days & %bounds.start"),
    ];
    let said = said(&of(&[plain("a", "string"), item("x", "string", &extensions, "")]));
    let expected = "x variable: in the expression %bounds.low, line 1, column 9: Period has no element low, so this is \
                    always empty; correct it";
    assert_eq!(said, [expected]);
}

#[test]
fn what_is_launched_has_the_type_that_the_form_declares() {
    let name = item("x", "string", &[sdc("initialExpression", "%who.name.family")], "");
    assert!(said(&launched("who", "Practitioner", &name)).is_empty());
    let found = said(&launched("who", "Location", &name));
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("column 11: string has no element family"), "{found:?}");
    // A type that R4 does not have may be anything.
    assert!(said(&launched("who", "Requirements", &name)).is_empty());
    // Nobody says what a user is.
    assert!(said_of("string", &sdc("initialExpression", "%user.anything")).is_empty());
}

#[test]
fn a_result_that_never_is_what_it_is_for_is_named() {
    for (kind, extension, expected) in [
        ("date", sdc("calculatedExpression", "1 'kg'"), "gives Quantity, which is never a date"),
        ("time", sdc("calculatedExpression", "today()"), "gives Date, which is never a time"),
        ("boolean", sdc("calculatedExpression", "'true'"), "gives String, which is never true or false"),
        (
            "integer",
            sdc("calculatedExpression", "%context.linkId"),
            "gives string, which is never an integer",
        ),
        (
            "decimal",
            sdc("initialExpression", "1 'kg' | 'a'"),
            "gives String or Quantity, which is never a decimal",
        ),
        (
            "quantity",
            sdc("calculatedExpression", "%patient.name"),
            "gives HumanName, which is never a quantity",
        ),
        ("string", sdc("initialExpression", "%patient.name"), "gives HumanName, which is never a text"),
        (
            "dateTime",
            sdc("calculatedExpression", "timeOfDay()"),
            "gives Time, which is never a date and time",
        ),
        (
            "choice",
            sdc("answerExpression", "%patient.maritalStatus"),
            "gives CodeableConcept, which is never an option of this item",
        ),
        (
            "integer",
            sdc("answerExpression", "'a' | 'b'"),
            "gives String, which is never an option of this item",
        ),
        (
            "string",
            sdc("enableWhenExpression", "%resource.item.count()"),
            "gives Integer, which is never true or false",
        ),
    ] {
        let said = said_of(kind, &extension);
        assert_eq!(said.len(), 1, "{extension}: {said:?}");
        assert!(said[0].contains(expected), "{extension}: {said:?}");
    }
}

#[test]
fn what_may_be_right_is_not_named() {
    for (kind, extension) in [
        ("date", sdc("calculatedExpression", "now()")),
        ("date", sdc("calculatedExpression", "'2026-11-21'")),
        ("dateTime", sdc("calculatedExpression", "today()")),
        ("string", sdc("calculatedExpression", "today() | 1 | true")),
        ("quantity", sdc("calculatedExpression", "3")),
        ("quantity", sdc("calculatedExpression", "1 'kg' * 2")),
        ("integer", sdc("calculatedExpression", "%resource.item.answer.value.weight().sum()")),
        (
            "integer",
            sdc("calculatedExpression", "%resource.item.answer.value.weight().aggregate($this + $total, 0)"),
        ),
        ("decimal", sdc("calculatedExpression", "iif(%resource.item.answer.exists(), 1, 'x')")),
        ("choice", sdc("answerExpression", "%resource.item.where(linkId='a').answer.value")),
        ("choice", sdc("answerExpression", "%patient.maritalStatus.coding | 'a'")),
        ("string", sdc("enableWhenExpression", "%resource.item.where(linkId='a').answer.value")),
        (
            "string",
            sdc("calculatedExpression", "%resource.item.extension('http://a.example').value.anything"),
        ),
        ("string", sdc("calculatedExpression", "%resource.contained.anything")),
        (
            "string",
            sdc("calculatedExpression", "%resource.descendants().where(linkId='a').first().answer.value"),
        ),
        ("string", sdc("calculatedExpression", "%resource.encounter.resolve().anything")),
        ("string", sdc("calculatedExpression", "{}")),
    ] {
        let said: Vec<String> = said_of(kind, &extension)
            .into_iter()
            .filter(|one| !one.contains("may give a fraction"))
            .collect();
        assert!(said.is_empty(), "{extension}: {said:?}");
    }
}

/// A report that repeats what a hostile form says stays short.
#[test]
fn a_form_of_nothing_but_faults_has_a_bounded_report() {
    let wrong = vec!["linkId.`a\\nb`"; 40].join(" | ");
    let wrong = format!("{wrong} | {}", "x".repeat(2_000)).replace('\\', "\\\\");
    let mut items = plain("a", "string");
    for number in 0..1_100 {
        let extension = sdc("calculatedExpression", &wrong);
        write!(items, ",{}", item(&format!("x{number}"), "string", &[extension], "")).unwrap();
    }
    let said = said(&form(&items));
    assert_eq!(said.len(), 1_000);
    assert!(said[998].contains("and 12 more; correct it"), "{}", said[998]);
    assert!(
        said[999].ends_with("further expressions have such faults; correct these first"),
        "{}",
        said[999]
    );
    assert!(said.iter().all(|one| one.len() < 1_000 && !one.contains('\n')), "{}", said[0]);
}
