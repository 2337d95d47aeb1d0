//! Constraints that answers cannot keep: named at import where that shows, and otherwise to whoever answers.

use crate::common;

use common::{ACTOR, AT, Filling, code, core, document, item, number, of, plain, problems, refusal};
use questionnaire::{AnswerError, respondent};

fn constraint(expression: &str) -> String {
    let parts = [
        r#"{"url":"key","valueId":"k"}"#.to_owned(),
        r#"{"url":"severity","valueCode":"error"}"#.to_owned(),
        core("expression", expression).replace(common::CORE, ""),
        r#"{"url":"human","valueString":"Not so."}"#.to_owned(),
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
