//! What is told of an expression before it runs: what is certain, where it stands, and nothing else.

use crate::common;

use common::{RESPONSE, context};
use fhir::Version;
use fhirpath::{Checked, Declarations, Expression, MAX_LENGTH, MAX_PROBLEMS, ProblemKind, Shape, StaticType};
use proptest::prelude::*;

/// On an item of a response, with a patient, and a number from a variable.
fn declared() -> Declarations {
    let release = Version::R4;
    Declarations::new(release)
        .input(StaticType::of(release, &["QuestionnaireResponse.item"]))
        .resource(StaticType::of(release, &["QuestionnaireResponse"]))
        .variable("patient", StaticType::of(release, &["Patient"]))
        .variable("either", StaticType::of(release, &["GuidanceResponse", "ChargeItem"]))
        .variable("someone", StaticType::of(release, &["Patient", "RelatedPerson"]))
}

fn checked(expression: &str) -> Checked {
    Expression::parse(expression).unwrap().check(&declared())
}

fn told(expression: &str) -> String {
    let problems = checked(expression).problems;
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn what_can_never_give_anything_is_told_with_its_place() {
    for (expression, expected) in [
        (
            "%resource.item.aswer.value",
            "line 1, column 16: QuestionnaireResponse.item has no element aswer, so this is always empty",
        ),
        (
            "%patient.name.given &\n  %patient.birthdate.toString()",
            "line 2, column 12: Patient has no element birthdate, so this is always empty",
        ),
        (
            "answer.valueQuantity.value",
            "line 1, column 8: in FHIRPath valueQuantity is called value, and some programs find nothing by its name in \
             JSON",
        ),
        (
            "answer.value.ofType(Coding).coding",
            "line 1, column 29: Coding has no element coding, so this is always empty",
        ),
        (
            "(answer.value as Quantity).where(unit = 'kg' and codes.exists())",
            "line 1, column 50: Quantity has no element codes, so this is always empty",
        ),
        (
            "answer.value.ofType(CodeableConcept)",
            "line 1, column 14: Attachment, Coding, Quantity, Reference or another type is never CodeableConcept, so this is \
             always empty",
        ),
        // FHIR's string is none of FHIRPath's own.
        (
            "answer.value.ofType(System.String)",
            "line 1, column 14: Attachment, Coding, Quantity, Reference or another type is never String, so this is \
             always empty",
        ),
        ("answer.value.ofType(coding)", "line 1, column 14: there is no type coding in this release of FHIR"),
        (
            "value is Text",
            "line 1, column 1: QuestionnaireResponse.item has no element value, so this is always empty; line 1, column 7: there is no type Text in this release of FHIR",
        ),
        (
            "QuestionnaireResponse.item.answer",
            "line 1, column 1: the path begins with QuestionnaireResponse where there is QuestionnaireResponse.item, so \
             it is always empty",
        ),
        (
            "%resource.children().first()",
            "line 1, column 22: first() depends on an order, and children() and descendants() have none",
        ),
        (
            "descendants().where(linkId = 'a')[0].text",
            "line 1, column 34: an index depends on an order, and children() and descendants() have none",
        ),
        ("%patient.birthDate + 7", "line 1, column 20: + cannot be done with date and Integer"),
        ("'1' - answer.count()", "line 1, column 5: - cannot be done with String and Integer"),
        (
            "%someone.animal",
            "line 1, column 10: Patient or RelatedPerson has no element animal, so this is always empty",
        ),
        (
            "%resource.repeat(item).answers",
            "line 1, column 24: QuestionnaireResponse.item has no element answers, so this is always empty",
        ),
        (
            "%resource.repeat(item | answers.item).answer",
            "line 1, column 25: QuestionnaireResponse or QuestionnaireResponse.item has no element answers, so this is \
             always empty",
        ),
        (
            "defineVariable('mine', answer).select(%mine.valeu)",
            "line 1, column 45: QuestionnaireResponse.item.answer has no element valeu, so this is always empty",
        ),
        (
            "answer.select(iif(value.exists(), vlue, 1))",
            "line 1, column 35: QuestionnaireResponse.item.answer has no element vlue, so this is always empty",
        ),
        ("today().type().nme", "line 1, column 16: a type has no element nme, so this is always empty"),
        (
            "%qitem.answerOption.valueCodin",
            "line 1, column 21: Questionnaire.item.answerOption has no element valueCodin, so this is always empty",
        ),
        ("linkId.value", "line 1, column 8: string has no element value, so this is always empty"),
        (
            "answers().lenght",
            "line 1, column 11: QuestionnaireResponse.item.answer has no element lenght, so this is always empty",
        ),
    ] {
        assert_eq!(told(expression), expected, "{expression}");
    }
}

#[test]
fn what_may_give_something_is_not_told() {
    for expression in [
        "%resource.item.answer.value.code",
        "answer.value.unit",
        "answer.value.extension('http://a').value.anything",
        "%resource.contained.where(id = 'a').anything",
        "%resource.subject.resolve().name",
        "%unknown.anything.at.all",
        "%resource.children().anything",
        "descendants().where(linkId = 'a').answer.value",
        "descendants().sort($this).first()",
        "descendants().count()",
        "descendants().where(linkId = 'a').single()",
        "{}.anything",
        "iif(true, {}, 1) + 1",
        "({} | 'a').length()",
        "%someone.relationship",
        // An element of the one type, and the other's choice as JSON has it.
        "%either.occurrenceDateTime",
        "%someone.communication.preferred",
        "%resource.repeat(item | answer.item).answer.value",
        "%resource.ofType(QuestionnaireResponse).item",
        "linkId.extension.value",
        "(1 'kg').value + 1",
        "today() + 1 year",
        "answer.value + 1",
        "answer.value.ofType(string) + 'a'",
        "%patient.gender.ofType(string)",
        "answer.value.ofType(FHIR.Quantity) | %nobody.ofType(System.String)",
        "answer.aggregate($total + $this.value, 0)",
        "%resource.resourceType",
        "%questionnaire.repeat(item).where(linkId = 'a').answerOption.value.ofType(Coding).display",
        "%context.answer.item.answer",
        "`answer`.value",
    ] {
        assert_eq!(told(expression), "", "{expression}");
    }
}

#[test]
fn the_result_has_a_type() {
    for (expression, expected) in [
        ("answer.count() > 1", "Boolean"),
        ("answer.value.weight().sum()", "Decimal"),
        ("answer.count() + 1", "Integer"),
        ("answer.count() / 2", "Decimal"),
        ("%patient.birthDate", "date"),
        ("%patient.birthDate + 1 year", "Date"),
        ("now() - 1 day", "DateTime"),
        ("%patient.name.given.first() & ' ' & 1", "String"),
        ("%patient.name.given + 'a'", "String"),
        ("iif(answer.exists(), 1, 'a')", "Integer or String"),
        ("iif(answer.exists(), 1)", "Integer"),
        ("answer.value.ofType(Quantity) * 2", "Decimal or Quantity"),
        ("(1 | 2).aggregate($this + $total, 0)", "anything"),
        ("coalesce(%patient.birthDate, today())", "date or Date"),
        ("%patient.name | %patient.address", "Address or HumanName"),
        ("%patient.deceased", "boolean or dateTime"),
        ("-answer.count()", "Integer"),
        ("(1.5).round(1)", "Decimal"),
        ("%patient.gender.getValue()", "String"),
        ("%nobody", "anything"),
        ("{}", "nothing"),
        ("now().type().name", "String"),
        ("%patient.contact.name.select(family)", "string"),
        ("%resource.item.answer.value", "Attachment, Coding, Quantity, Reference or another type"),
    ] {
        assert_eq!(checked(expression).result.to_string(), expected, "{expression}");
    }
    let shapes = |expression: &str| checked(expression).result.shapes().map(Iterator::collect::<Vec<_>>);
    assert_eq!(shapes("today() | now() | 1"), Some(vec![Shape::Number, Shape::Date, Shape::DateTime]));
    assert_eq!(
        shapes("%patient.name | 1 'kg'"),
        Some(vec![Shape::Object("HumanName"), Shape::Object("Quantity")])
    );
    assert_eq!(shapes("%patient.birthDate.type()"), Some(Vec::new()));
    assert_eq!(shapes("%nobody"), None);
}

#[test]
fn only_so_many_problems_are_told() {
    let expression = vec!["aswer"; 5_000].join(" | ");
    let problems = checked(&expression).problems;
    assert_eq!(problems.len(), MAX_PROBLEMS);
    assert_eq!((problems[1].line, problems[1].column), (1, 9));
    assert!(problems.iter().all(|one| matches!(one.kind, ProblemKind::NoElement { .. })));
}

/// Each part is looked at once, but for what `repeat()` repeats; the steps for that are bounded, and what is beyond them
/// may be anything.
#[test]
fn long_and_deep_expressions_are_checked_in_bounded_steps() {
    let long = |first: &str, rest: &str| format!("{first}{}", rest.repeat((MAX_LENGTH - 64) / rest.len()));
    let deep = |open: &str, inner: &str| format!("{}{inner}{}", open.repeat(95), ")".repeat(95));
    for (expression, expected) in [
        (long("1", "+1"), "Integer"),
        (long("%resource.item", ".item"), "QuestionnaireResponse.item"),
        (long("answer.value", "|answer.value"), "Attachment, Coding, Quantity, Reference or another type"),
        (
            long("answer", ".value|answer"),
            "Attachment, Coding, Quantity, QuestionnaireResponse.item.answer or another type",
        ),
        (long("item", "[0]"), "QuestionnaireResponse.item"),
        (long("%resource", ".repeat(item)"), "QuestionnaireResponse.item"),
        (long("", "defineVariable('a').") + "item", "QuestionnaireResponse.item"),
        // Each level would double the work.
        (deep("item.repeat(", "item"), "anything"),
        (deep("item.repeatAll(answer.", "item"), "anything"),
        (deep("item.where(", "true"), "QuestionnaireResponse.item"),
        (
            deep("iif(answer.exists(), answer, ", "item"),
            "QuestionnaireResponse.item or QuestionnaireResponse.item.answer",
        ),
        (deep("item.aggregate(", "$total"), "anything"),
    ] {
        let checked = Expression::parse(&expression).unwrap().check(&declared());
        assert!(checked.problems.len() <= MAX_PROBLEMS);
        assert_eq!(checked.result.to_string(), expected, "{}", &expression[..60]);
    }
}

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
