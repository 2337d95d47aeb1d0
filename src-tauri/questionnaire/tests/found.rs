//! Items that an expression finds by the form of their `linkId`: what it gives is the same as when it is told nothing of
//! them before it is evaluated, and it is evaluated only when they change.

use crate::common;

use std::fmt::Write as _;

use common::{ACTOR, AT, Filling, chance::Chance, context, document, form, number, problems, refusal};
use fhir::Value;
use questionnaire::{Questionnaire, import_bytes, respondent};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
/// How many forms, and how many respondents each.
const FORMS: u64 = 50;
const RESPONDENTS: u64 = 2;

impl Chance {
    /// A criterion about nothing but the `linkId`; `@…@` stands for a constant.
    fn criterion(&mut self, depth: usize) -> String {
        if depth > 0 && self.below(3) == 0 {
            let (left, right) = (self.criterion(depth - 1), self.criterion(depth - 1));
            return format!("({left}) {} ({right})", self.one(&["and", "or", "and", "xor"]));
        }
        let name = self.one(&["g0.0", "g1.1", "q0", "q1", "q2"]);
        let part = self.one(&["g", "q", "g0", "g1.", "1", "0", "."]);
        match self.below(9) {
            0 => format!("linkId = @{name}@"),
            1 => format!("linkId != @{name}@"),
            2 => format!("linkId in (@{name}@ | @q1@)"),
            3 => format!("linkId.endsWith(@{part}@)"),
            4 => format!("linkId.contains(@{part}@)"),
            5 => format!("linkId.matches(@^{part}.*[02]$@)"),
            6 => format!("linkId.startsWith(@{part}@).not()"),
            _ => format!("linkId.startsWith(@{part}@)"),
        }
    }

    /// An expression with such criteria that gives a number.
    fn expression(&mut self) -> String {
        let path =
            self.one(&["item", "item.item", "descendants()", "repeat(item)", "repeat(item | answer.item)"]);
        let picked = format!("%resource.{path}.where({})", self.criterion(2));
        match self.below(6) {
            0 => format!("{picked}.count()"),
            1 => format!("{picked}.item.where({}).answer.value.sum()", self.criterion(1)),
            2 => format!("{picked}.answer.count()"),
            3 => format!("{picked}.where(answer.value > 1).count()"),
            4 => format!("{picked}.first().answer.value"),
            _ => format!("{picked}.answer.value.sum()"),
        }
    }

    /// Questions, in groups and outside, and what is computed of them.
    fn items(&mut self) -> String {
        let mut items: Vec<String> = Vec::new();
        for group in 0..2 {
            let repeats = self.below(2) == 0;
            let inside: Vec<String> =
                (0..3).map(|place| self.question(&format!("g{group}.{place}"))).collect();
            items.push(format!(
                r#"{{"linkId":"g{group}","text":"G","type":"group","repeats":{repeats},"item":[{}]}}"#,
                inside.join(",")
            ));
        }
        items.extend((0..4).map(|place| self.question(&format!("q{place}"))));
        for place in 0..3 {
            let name = self.one(&["c", "c", "q1.c"]);
            let extension = sdc("calculatedExpression", &self.expression());
            items.push(format!(
                r#"{{"linkId":"{name}{place}","text":"C","type":"integer","readOnly":true,"extension":[{extension}]}}"#
            ));
        }
        items.join(",")
    }

    fn question(&mut self, link_id: &str) -> String {
        let extension = match self.below(5) {
            0 => sdc("enableWhenExpression", &format!("{} > 1", self.expression())),
            _ => String::new(),
        };
        format!(r#"{{"linkId":"{link_id}","text":"Q","type":"integer","extension":[{extension}]}}"#)
            .replace(r#","extension":[]"#, "")
    }
}

fn sdc(name: &str, expression: &str) -> String {
    format!(
        r#"{{"url":"{SDC}{name}","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

/// The form with its constants written as such, or so that they are known only to an evaluation.
fn imported(items: &str, hidden: bool) -> Option<(Questionnaire, usize)> {
    let mut written = String::new();
    for (place, part) in items.split('@').enumerate() {
        match (place % 2, hidden) {
            (0, _) => written += part,
            (_, false) => write!(written, "'{part}'").unwrap(),
            (_, true) => write!(written, "('{part}' & '')").unwrap(),
        }
    }
    let imported = import_bytes(document(&written).as_bytes()).ok()?;
    Some((imported, items.split('@').count()))
}

#[test]
fn what_is_found_at_import_gives_what_is_found_at_each_evaluation() {
    let (mut compared, mut unstable) = (0, 0);
    for seed in 0..FORMS {
        let items = Chance(seed).items();
        let (told, untold) = (imported(&items, false), imported(&items, true));
        // A circle of names is refused; the other form has none.
        let (Some((told, _)), Some((untold, constants))) = (told, untold) else { continue };
        for respondent in 0..RESPONDENTS {
            let of = |form| respondent::fill(form, "en", respondent, AT, ACTOR);
            let (told, untold) = match (of(&told), of(&untold)) {
                (Ok((told, _)), Ok((untold, _))) => (told, untold),
                // What depends on itself never settles, however it is found.
                (Err(_), Err(_)) => {
                    unstable += 1;
                    break;
                }
                (told, untold) => {
                    panic!("form {seed}: {:?} {:?}\n{items}", told.err(), untold.err())
                }
            };
            let answers = |session: &questionnaire::Session| {
                session.response(&context()).unwrap().get("item").map(Value::to_json)
            };
            assert_eq!(answers(&told), answers(&untold), "form {seed}, respondent {respondent}: {items}");
            compared += usize::from(constants > 1);
        }
    }
    assert!(compared > 50, "{compared} compared, {unstable} unstable");
}

/// `sections` of ten questions, each with a sum of those whose `linkId` fits a pattern.
fn sections(sections: usize, criterion: impl Fn(usize) -> String) -> String {
    let section = |section: usize| {
        let questions =
            (0..9).map(|place| format!(r#"{{"linkId":"s{section}.q{place}","text":"Q","type":"integer"}}"#));
        let sum = sdc(
            "calculatedExpression",
            &format!("%resource.descendants().where({}).answer.value.sum()", criterion(section)),
        );
        let sum = format!(
            r#"{{"linkId":"s{section}.sum","text":"S","type":"integer","readOnly":true,"extension":[{sum}]}}"#
        );
        questions.chain([sum]).collect::<Vec<_>>().join(",")
    };
    (0..sections).map(section).collect::<Vec<_>>().join(",")
}

/// As many as would be refused if each might read any answer: 500 in 5,000 items.
#[test]
fn patterns_that_fit_a_part_of_a_large_form_are_taken() {
    let items = sections(500, |section| match section % 3 {
        0 => format!("linkId.startsWith('s{section}.') and linkId != 's{section}.sum'"),
        1 => format!("linkId.matches('^s{section}[.]q[0-9]$')"),
        _ => format!("linkId.startsWith('s{section}.q')"),
    });
    let mut filling = Filling::new(&form(&items));
    for section in [0, 1, 2, 499] {
        for (key, sum) in [("q0", "3"), ("q8", "6")] {
            let key = format!("s{section}.{key}");
            filling.goto(&key).unwrap();
            filling.answer(&key, number("3")).unwrap();
            filling.goto(&format!("s{section}.sum")).unwrap();
            assert_eq!(filling.screen().shown.as_deref(), Some(sum), "{section}");
        }
    }
    let other = filling.goto("s3.sum").map(|()| filling.screen().shown);
    assert!(other.unwrap().is_none_or(|shown| shown == "0"), "no other section has anything");
}

#[test]
fn patterns_that_fit_most_of_a_large_form_count_as_reading_anything() {
    let report = refusal(&sections(500, |_| "linkId.contains('.q')".to_owned()));
    assert_eq!(problems(&report), ["s0.sum Questionnaire.item[9] expression"]);
    assert!(report.problems[0].message.contains("500 items have expressions that may read any"), "{report}");
    // Of a form of usual size they are read one by one.
    form(&sections(10, |_| "linkId.contains('.q')".to_owned()));
}
