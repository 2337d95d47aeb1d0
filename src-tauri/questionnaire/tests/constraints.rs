//! Constraints that answers cannot keep: named at import where that shows, and otherwise to whoever answers.

use crate::common;

use common::{ACTOR, AT, Filling, code, core, document, item, number, of, plain, problems, refusal};
use questionnaire::validate::{Options, Severity, validate};
use questionnaire::{AnswerError, respondent};

fn constraint(expression: &str) -> String {
    constraint_of("error", expression, r#""valueString":"Not so.""#)
}

/// One that only warns, in English and German.
fn warning(expression: &str) -> String {
    let translation = r#"{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"lang","valueCode":"de"},{"url":"content","valueString":"Wirklich?"}]}"#;
    let human = format!(r#""valueString":"Really?","_valueString":{{"extension":[{translation}]}}"#);
    constraint_of("warning", expression, &human)
}

fn constraint_of(severity: &str, expression: &str, human: &str) -> String {
    let parts = [
        r#"{"url":"key","valueId":"k"}"#.to_owned(),
        format!(r#"{{"url":"severity","valueCode":"{severity}"}}"#),
        core("expression", expression).replace(common::CORE, ""),
        format!(r#"{{"url":"human",{human}}}"#),
    ];
    format!(r#"{{"url":"{}targetConstraint","extension":[{}]}}"#, common::CORE, parts.join(","))
}

fn asked(constraint: String) -> String {
    item("a", "integer", &[constraint], r#""required":true"#)
}

#[test]
fn a_constraint_that_holds_for_no_answer_is_refused_at_import() {
    for never in ["false", "1 > 2", "'a' = 'b'", "%questionnaire.item.count() > 5", "true and false"] {
        let refused = problems(&refusal(&asked(constraint(never))));
        assert_eq!(refused, ["a Questionnaire.item[0].extension[0] expression"], "{never}");
    }
    let of_form = |expression: &str| {
        document(&plain("a", "integer")).replacen(
            r#""item":"#,
            &format!(r#""extension":[{}],"item":"#, constraint(expression)),
            1,
        )
    };
    let report = questionnaire::import_bytes(of_form("false").as_bytes()).unwrap_err();
    let said: Vec<_> = report.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        said,
        ["the expression false is a constraint that no answer can keep; correct it, or remove it"]
    );
    // What may hold one day, or for some answer, is none of these.
    for sometimes in [
        "today() > @2100-01-01",
        "%context.answer.count() > 3",
        "answer.value > 5",
        "%resource.item.where(linkId='a').answer.value > 5",
        "%resource.language = 'de'",
        "%patient.active = false",
        "true",
    ] {
        questionnaire::import_bytes(of_form(sometimes).as_bytes())
            .unwrap_or_else(|report| panic!("{sometimes}: {report}"));
        of(&[asked(constraint(sometimes))]);
    }
}

#[test]
fn a_constraint_that_contradicts_itself_is_said_to_whoever_answers_and_nothing_is_lost() {
    let form =
        of(&[asked(constraint("$this.answer.value > 7 and $this.answer.value < 5")), plain("b", "integer")]);
    let mut filling = Filling::new(&form);
    filling.answer("a", number("6")).unwrap();
    let refused = filling.next().unwrap_err();
    assert_eq!(refused, AnswerError::Constraint { key: "a".into(), human: "Not so.".into() });
    assert_eq!(code(filling.next()), "constraint");
    assert_eq!(filling.place(), "a");
    common::replays(&filling);
    // Who fills it in at random comes to an end, and says where.
    for seed in 0..4 {
        let stuck = respondent::fill(&form, "en", seed, AT, ACTOR).unwrap_err().to_string();
        assert!(stuck.contains("no way was found past a") && stuck.contains("Not so."), "{stuck}");
    }
}

#[test]
fn a_constraint_that_only_warns_is_said_beside_the_answer_and_keeps_nobody() {
    let written = document(&[asked(warning("answer.value < 20")), plain("b", "integer")].join(","));
    let form = questionnaire::import_bytes(written.as_bytes()).unwrap();
    let unused = form.notices().iter().filter(|notice| notice.reason.code() == "unused");
    assert_eq!(unused.count(), 0);
    let mut filling = Filling::new(&form);
    assert!(filling.screen().warnings.is_empty(), "nothing is answered yet");
    filling.answer("a", number("22")).unwrap();
    assert_eq!(filling.screen().warnings, ["Really?"]);
    filling.answer("a", number("12")).unwrap();
    assert!(filling.screen().warnings.is_empty(), "it was put right");
    filling.answer("a", number("22")).unwrap();
    filling.next().unwrap();
    filling.fill("b", number("1"));
    let warned: Vec<_> = filling.review().rows.iter().map(|row| row.warnings.clone()).collect();
    assert_eq!(warned, [vec!["Really?".to_owned()], Vec::new()]);
    filling.confirm().unwrap();
    common::replays(&filling);
    let written = fhir::Value::parse(written.as_bytes()).unwrap();
    let outcome = validate(&written, &filling.response(), Options { unsigned: true, ..Options::default() });
    let found: Vec<_> = outcome.findings.iter().map(|one| (one.severity, one.rule.code())).collect();
    assert_eq!(found, [(Severity::Warning, "constraint")]);
}

#[test]
fn what_a_form_warns_of_is_said_in_the_language_of_the_session() {
    let german = |element: &str| {
        format!(
            r#""{element}":{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{{"url":"lang","valueCode":"de"}},{{"url":"content","valueString":"Wie viel?"}}]}}]}}"#
        )
    };
    let asked = item("a", "integer", &[warning("answer.value < 20")], &german("_text"));
    let written = document(&asked).replacen('{', &format!("{{{},", german("_title")), 1);
    let form = questionnaire::import_bytes(written.as_bytes()).unwrap_or_else(|report| panic!("{report}"));
    let mut filling = Filling::in_language(&form, "de");
    filling.answer("a", number("22")).unwrap();
    assert_eq!(filling.screen().warnings, ["Wirklich?"]);
}

#[test]
fn what_a_form_or_a_group_warns_of_is_said_on_the_review() {
    let group = |more: &str| {
        item(
            "g",
            "group",
            &[warning("item.answer.value.sum() < 20")],
            &format!(r#"{more}"item":[{}]"#, plain("a", "integer")),
        )
    };
    let of_form = |expression: &str, items: &str| {
        let extension = format!(r#""extension":[{}],"item":"#, warning(expression));
        let document = document(items).replacen(r#""item":"#, &extension, 1);
        questionnaire::import_bytes(document.as_bytes()).unwrap_or_else(|report| panic!("{report}"))
    };
    let sum = "%resource.descendants().where(linkId='a').answer.value.sum() < 20";
    for (form, key) in [
        (of_form(sum, &plain("a", "integer")), "a"),
        (of(&[group("")]), "a"),
        (of(&[group(r#""repeats":true,"#)]), "g"),
    ] {
        let mut filling = Filling::new(&form);
        let key = if key == "g" { filling.screen().key } else { key.to_owned() };
        filling.answer(&key, number("30")).unwrap();
        assert!(filling.screen().warnings.is_empty());
        filling.goto_review().unwrap();
        assert_eq!(filling.review().warnings, ["Really?"]);
        filling.confirm().unwrap();
    }
}

#[test]
fn a_warning_that_never_goes_away_is_no_reason_to_refuse_the_form() {
    let form = of(&[asked(warning("false"))]);
    let mut filling = Filling::new(&form);
    filling.answer("a", number("1")).unwrap();
    assert_eq!(filling.screen().warnings, ["Really?"]);
    filling.next().unwrap();
}
