//! What is found out of an expression before it runs, held against what it gives.

use crate::common;

use common::{RESPONSE, context};
use fhir::Version;
use fhirpath::{Declarations, Expression, StaticType};
use proptest::prelude::*;

/// Every item of a result is of the type that was found out before; what is told to be empty is.
fn holds(expression: &str) {
    let Ok(parsed) = Expression::parse(expression) else { return };
    let kind = StaticType::of(Version::R4, &["QuestionnaireResponse"]);
    let checked = parsed.check(&Declarations::new(Version::R4).input(kind.clone()).resource(kind));
    let Ok(found) = parsed.evaluate(&context().steps(20_000), &RESPONSE) else { return };
    for item in &found {
        let name = item.type_name(&context());
        assert!(checked.result.fits(item), "{expression}: {} is not {name}", checked.result);
    }
}

/// All expressions of the cases.
fn expressions() -> Vec<&'static str> {
    let cases = [
        include_str!("cases/conversion.txt"),
        include_str!("cases/dates.txt"),
        include_str!("cases/errors.txt"),
        include_str!("cases/existence.txt"),
        include_str!("cases/filtering.txt"),
        include_str!("cases/mathematics.txt"),
        include_str!("cases/navigation.txt"),
        include_str!("cases/operators.txt"),
        include_str!("cases/quantities.txt"),
        include_str!("cases/sdc.txt"),
        include_str!("cases/strings.txt"),
        include_str!("cases/subsets.txt"),
        include_str!("cases/variables.txt"),
    ];
    cases
        .iter()
        .flat_map(|case| case.lines())
        .filter_map(|line| Some(line.split_once('⇒')?.0.trim()))
        .collect()
}

#[test]
fn every_result_is_of_the_type_that_was_found_out() {
    let expressions = expressions();
    assert!(expressions.len() > 300, "{}", expressions.len());
    expressions.into_iter().for_each(holds);
}

/// What paths are made of: names that there are, and such as there are not.
const PARTS: &[&str] = &[
    "item",
    "answer",
    "value",
    "linkId",
    "text",
    "aswer",
    "valueCoding",
    "valueInteger",
    "code",
    "unit",
    "display",
    "first()",
    "where(true)",
    "where(answer.exists())",
    "select(item)",
    "select(answer.value)",
    "repeat(item)",
    "repeat(item | answer.item)",
    "ofType(Coding)",
    "ofType(integer)",
    "as(decimal)",
    "answers()",
    "weight()",
    "sum()",
    "children()",
    "descendants()",
    "extension",
    "id",
    "type()",
    "min()",
    "max()",
    "round(1)",
    "distinct()",
    "QuestionnaireResponse",
    "resourceType",
    "getValue()",
    "toString()",
    "defineVariable('v')",
    "select(%v)",
    "combine(item)",
    "iif(true, item, answer)",
    "avg()",
    "toInteger()",
    "toDate()",
    "convertsToDecimal()",
    "tail()",
    "abs()",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_result_of_any_path_is_of_the_type_that_was_found_out(
        one in prop::collection::vec(prop::sample::select(PARTS), 1..7),
        two in prop::collection::vec(prop::sample::select(PARTS), 1..5),
        operator in prop::sample::select(&["+", "-", "*", "/", "div", "mod", "|", "&", "=", "in", "and"][..]),
        case in 0_usize..10_000,
    ) {
        let (one, two) = (one.join("."), two.join("."));
        let all = expressions();
        let case = all[case % all.len()];
        holds(&one);
        holds(&format!("%resource.{one}"));
        holds(&format!("({one}.first()) {operator} ({two}.last())"));
        holds(&format!("iif({one}.exists(), {one}, {two})"));
        holds(&format!("{one}.aggregate($total {operator} $this, 1)"));
        holds(&format!("{one}.select({two})"));
        holds(&format!("{one}.select({case})"));
        holds(&format!("({case}).select({two})"));
        holds(&format!("({case}) {operator} ({two})"));
    }
}
