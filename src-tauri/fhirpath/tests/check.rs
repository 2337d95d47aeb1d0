//! What is told of an expression before it runs: what is certain, where it stands, and nothing else.

use crate::common;

use common::{RESPONSE, context};
use fhir::Version;
use fhirpath::{Checked, Declarations, Expression, MAX_LENGTH, MAX_PROBLEMS, ProblemKind, Shape, StaticType};

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
            "(answer.value.weight().sum() * 2).toInteger()",
            "line 1, column 35: toInteger() cannot convert Decimal, so this is always empty",
        ),
        (
            "answer.value.ofType(decimal).convertsToInteger()",
            "line 1, column 30: convertsToInteger() cannot convert decimal, so this is always false",
        ),
        (
            "answer.value.ofType(Coding).toString() & %patient.birthDate.toTime()",
            "line 1, column 29: toString() cannot convert Coding, so this is always empty; line 1, column 61: toTime() cannot \
             convert date, so this is always empty",
        ),
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
        "answer.value.toInteger()",
        "(answer.value.weight().sum() * 2).truncate().toInteger()",
        "(answer.value.weight().sum() * 2).toString().toInteger()",
        "iif(answer.exists(), 1, 2.5).toInteger()",
        "{}.toInteger()",
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

/// What is told of conversions is what evaluation does: of each type that is told of nothing is made, and of each other one
/// something is.
#[test]
fn conversions_are_told_of_where_nothing_is_converted() {
    let values = [
        "true",
        "1 | 7",
        "1.0 | 2.5",
        "'1' | '2020-01-01' | '10:00'",
        "@2020-01-01",
        "@2020-01-01T10:00:00Z",
        "@T10:00",
        "1 'kg'",
        "%resource.item",
    ];
    for to in ["Boolean", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity", "String"] {
        let mut of_some = 0;
        for values in values {
            let evaluated = |expression: &str| {
                Expression::parse(expression).unwrap().evaluate(&context(), &RESPONSE).unwrap().len()
            };
            let each = format!("({values}).select($this.to{to}())");
            let asked = format!("({values}).select($this.convertsTo{to}()).where($this)");
            assert_eq!(evaluated(&each), evaluated(&asked), "{each}");
            assert_eq!(told(&each).contains("so this is always empty"), evaluated(&each) == 0, "{each}");
            assert_eq!(told(&asked).contains("so this is always false"), evaluated(&each) == 0, "{asked}");
            of_some += usize::from(evaluated(&each) > 0);
        }
        assert!(of_some > 1, "{to}");
    }
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
