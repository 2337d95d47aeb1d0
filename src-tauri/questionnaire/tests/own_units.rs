//! A unit of the patient's own, or another one of the question's, against a limit that is computed: in the session as in the
//! check of its response.

use crate::common;

use common::{ACTOR, AT, CORE, Filling, code, context, core, document, form, item, number};
use fhir::Value;
use questionnaire::{Answer, AnswerError, import, respondent, validate};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
const UCUM: &str = "http://unitsofmeasure.org";

fn unit(code: &str) -> String {
    format!(
        r#"{{"url":"{CORE}questionnaire-unitOption","valueCoding":{{"system":"{UCUM}","code":"{code}","display":"{code}"}}}}"#
    )
}

/// A limit that an expression gives, in both ways to write it.
fn limit(name: &str, expression: &str) -> [String; 2] {
    let url = if name.ends_with("Quantity") { format!("{SDC}{name}") } else { format!("{CORE}{name}") };
    let computed = core("cqf-expression", expression);
    ["valueQuantity", "_valueQuantity"]
        .map(|element| format!(r#"{{"url":"{url}","{element}":{{"extension":[{computed}]}}}}"#))
}

/// A question in kilograms, grams or whatever the patient says, and what the limit depends on before it.
fn items(limits: &[String]) -> String {
    let open = format!(r#"{{"url":"{SDC}unitOpen","valueCode":"optionsOrString"}}"#);
    let extensions: Vec<String> =
        [unit("kg"), unit("g"), open].into_iter().chain(limits.iter().cloned()).collect();
    let often = item("n", "integer", &[], r#""required":true,"initial":[{"valueInteger":5}]"#);
    [often, item("a", "quantity", &extensions, r#""required":true"#)].join(",")
}

fn given(text: &str, unit: &str) -> Answer {
    Answer::Quantity { text: text.to_owned(), unit: Some(format!("{UCUM}|{unit}")), own_unit: None }
}

fn own(text: &str, unit: &str) -> Answer {
    Answer::Quantity { text: text.to_owned(), unit: None, own_unit: Some(unit.to_owned()) }
}

/// The codes of the errors that the check has of a response in which this is the answer.
fn found(raw: &Value, response: &Value, quantity: &str) -> Vec<String> {
    let text = response.to_json();
    let (before, rest) = text.split_once(r#""valueQuantity":"#).unwrap();
    let (_, after) = rest.split_once('}').unwrap();
    let altered = Value::parse(format!(r#"{before}"valueQuantity":{quantity}{after}"#).as_bytes()).unwrap();
    let options = validate::Options { unsigned: true, ..validate::Options::default() };
    let found = validate(raw, &altered, options);
    found.errors().map(ToString::to_string).collect()
}

const TWICE: &str = "%resource.item.where(linkId='n').answer.value * 2 'kg'";

#[test]
fn a_unit_that_converts_is_compared_with_a_computed_limit_by_value() {
    for limit in limit("maxQuantity", TWICE).into_iter().chain(limit("maxValue", TWICE)) {
        let items = items(std::slice::from_ref(&limit));
        let raw = Value::parse(document(&items).as_bytes()).unwrap();
        let mut filling = Filling::new(&form(&items));
        filling.fill("n", number("5"));
        for (answer, verdict) in [
            (given("10.001", "kg"), "above-maximum"),
            (given("10001", "g"), "above-maximum"),
            (own("11", "kg"), "above-maximum"),
            (own("10", "kg"), "accepted"),
            (given("10000", "g"), "accepted"),
        ] {
            assert_eq!(code(filling.answer("a", answer.clone())), verdict, "{answer:?} {limit}");
        }
        let above = filling.answer("a", given("10001", "g")).unwrap_err();
        assert_eq!(above, AnswerError::AboveMaximum { max: "10 kg".to_owned() });
        let response = filling.response();
        let in_unit = |number: &str, code: &str| {
            found(
                &raw,
                &response,
                &format!(r#"{{"value":{number},"unit":"{code}","system":"{UCUM}","code":"{code}"}}"#),
            )
        };
        assert_eq!(in_unit("10", "kg"), Vec::<String>::new(), "{limit}");
        assert_eq!(in_unit("10000", "g"), Vec::<String>::new(), "{limit}");
        for errors in [in_unit("10001", "g"), in_unit("11", "kg"), in_unit("30", "[lb_av]")] {
            assert!(
                matches!(errors.as_slice(), [one] if one.contains("the greatest value allowed here is 10 kg")),
                "{errors:?}"
            );
        }
        common::replays(&filling);
    }
}

#[test]
fn a_unit_that_does_not_convert_is_named_with_the_limit() {
    let [least, _] = limit("minQuantity", TWICE);
    let items = items(&[least]);
    let raw = Value::parse(document(&items).as_bytes()).unwrap();
    let mut filling = Filling::new(&form(&items));
    filling.fill("n", number("5"));
    let unlike = AnswerError::UnlikeUnit { limit: "10 kg".to_owned() };
    for unit in ["stone", "Stein", "kilogram", "mL"] {
        assert_eq!(filling.answer("a", own("70", unit)).unwrap_err(), unlike, "{unit}");
    }
    assert_eq!((unlike.code(), unlike.said()), ("unlike-unit", Some("10 kg")));
    filling.answer("a", own("70", "kg")).unwrap();
    let response = filling.response();
    for quantity in [
        r#"{"value":70,"unit":"stone"}"#.to_owned(),
        r#"{"value":70}"#.to_owned(),
        format!(r#"{{"value":70,"unit":"mL","system":"{UCUM}","code":"mL"}}"#),
    ] {
        let errors = found(&raw, &response, &quantity);
        assert!(
            matches!(errors.as_slice(), [one] if one.contains("cannot be compared") && one.contains("10 kg")),
            "{quantity}: {errors:?}"
        );
    }
    // A limit without a unit is about the number alone.
    let [bare, _] = limit("minValue", "%resource.item.where(linkId='n').answer.value * 2");
    let mut filling = Filling::new(&form(&self::items(&[bare])));
    filling.fill("n", number("5"));
    assert_eq!(code(filling.answer("a", own("9", "stone"))), "below-minimum");
    assert_eq!(code(filling.answer("a", own("10", "stone"))), "accepted");
}

#[test]
fn what_keeps_computed_limits_in_any_unit_can_be_sealed() {
    for (least, most) in
        [(TWICE, "20 'kg'"), ("100 'g'", "30 '[lb_av]'"), ("1", "%resource.item.count() * 10")]
    {
        for (min, max) in limit("minQuantity", least).into_iter().zip(limit("maxQuantity", most)) {
            let raw = Value::parse(document(&items(&[min, max])).as_bytes()).unwrap();
            let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
            let mut ended = 0;
            for seed in 0..16 {
                // Where the limits leave nothing, nothing is asked for.
                let Ok((session, _)) = respondent::fill(&form, "en", seed, AT, ACTOR) else { continue };
                ended += 1;
                let response = session.response(&context()).unwrap();
                let options = validate::Options { unsigned: true, ..validate::Options::default() };
                let errors: Vec<_> =
                    validate(&raw, &response, options).errors().map(ToString::to_string).collect();
                assert_eq!(errors, Vec::<String>::new(), "{seed}: {}", response.to_json());
            }
            assert!(ended > 8, "{least} {most}: {ended}");
        }
    }
}
