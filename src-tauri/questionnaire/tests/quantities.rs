//! Quantities are held against limits and conditions in their units, in the session as in the check of its response.

use crate::common;

use common::{ACTOR, AT, CORE, Filling, code, context, document, form, refused};
use questionnaire::{Answer, Control, import, respondent, validate};

const SDC: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
const UCUM: &str = "http://unitsofmeasure.org";

fn unit(code: &str) -> String {
    format!(
        r#"{{"url":"{CORE}questionnaire-unitOption","valueCoding":{{"system":"{UCUM}","code":"{code}","display":"{code}"}}}}"#
    )
}

fn amount(value: &str, code: &str) -> String {
    format!(r#"{{"value":{value},"unit":"{code}","system":"{UCUM}","code":"{code}"}}"#)
}

fn calculated(expression: &str) -> String {
    format!(
        r#"{{"url":"{SDC}calculatedExpression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
    )
}

fn limit(name: &str, value: &str, code: &str) -> String {
    let url = if name.ends_with("Quantity") { format!("{SDC}{name}") } else { format!("{CORE}{name}") };
    format!(r#"{{"url":"{url}","valueQuantity":{}}}"#, amount(value, code))
}

fn quantity(link_id: &str, extensions: &[String], more: &str) -> String {
    let extensions = extensions.join(",");
    format!(
        r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"quantity","extension":[{extensions}]{more}}}"#
    )
}

fn given(text: &str, unit: &str) -> Answer {
    Answer::Quantity { text: text.to_owned(), unit: Some(format!("{UCUM}|{unit}")), own_unit: None }
}

/// A random respondent completes it, and the response is valid.
#[track_caller]
fn sealable(items: &str) {
    let raw = fhir::Value::parse(document(items).as_bytes()).unwrap();
    let form = import(&raw).unwrap_or_else(|report| panic!("{report}"));
    for seed in 0..16 {
        let (session, _) =
            respondent::fill(&form, "en", seed, AT, ACTOR).unwrap_or_else(|stuck| panic!("{seed}: {stuck}"));
        let response = session.response(&context()).unwrap();
        let options = validate::Options { unsigned: true, ..validate::Options::default() };
        let found = validate(&raw, &response, options);
        let errors: Vec<_> = found.errors().map(ToString::to_string).collect();
        assert!(found.is_valid(), "{seed}: {errors:?} in {}", response.to_json());
    }
}

#[test]
fn a_limit_in_another_unit_is_converted() {
    for (limit, unit_code, most, above) in [
        (limit("maxValue", "2.5", "m"), "cm", "250", "250.1"),
        (limit("maxQuantity", "50000", "g"), "kg", "50", "50.1"),
        (limit("maxQuantity", "0.05", "t"), "kg", "50", "51"),
    ] {
        let items = quantity("a", &[unit(unit_code), limit], "");
        let mut filling = Filling::new(&form(&items));
        let Control::Quantity { max, .. } = filling.screen().control else { panic!("a quantity") };
        assert_eq!(max.as_deref(), Some(most), "the page knows it in the unit of the question");
        assert_eq!(code(filling.answer("a", given(above, unit_code))), "above-maximum");
        assert_eq!(code(filling.answer("a", given(most, unit_code))), "accepted");
        sealable(&items);
    }
    let least = quantity("a", &[unit("mg"), limit("minQuantity", "1", "kg")], r#","required":true"#);
    let mut filling = Filling::new(&form(&least));
    assert_eq!(code(filling.answer("a", given("999999", "mg"))), "below-minimum");
    assert_eq!(code(filling.answer("a", given("1000000", "mg"))), "accepted");
    sealable(&least);
    sealable(&quantity(
        "a",
        &[unit("kg"), unit("[lb_av]"), limit("minQuantity", "1", "kg"), limit("maxQuantity", "2500", "g")],
        r#","required":true"#,
    ));
}

#[test]
fn a_limit_that_has_nothing_in_common_with_a_unit_is_refused() {
    let place = |index: u8| format!("a Questionnaire.item[0].extension[{index}] limits");
    refused(&[
        (&quantity("a", &[unit("mL"), limit("minQuantity", "1", "kg")], ""), &place(1)),
        (&quantity("a", &[unit("kg"), unit("mL"), limit("maxQuantity", "1", "kg")], ""), &place(2)),
        (&quantity("a", &[limit("minQuantity", "1", "kg"), limit("maxQuantity", "1", "m")], ""), &place(0)),
        (&quantity("a", &[limit("minQuantity", "1", "kg"), limit("maxQuantity", "999", "g")], ""), &place(0)),
    ]);
}

#[test]
fn a_condition_converts_units() {
    let when = |operator: &str, answer: &str| {
        format!(
            r#"{{"linkId":"b","text":"b?","type":"integer","required":true,"enableWhen":[{{"question":"a","operator":"{operator}",{answer}}}]}}"#
        )
    };
    let of = |value: &str, code: &str| format!(r#""answerQuantity":{}"#, amount(value, code));
    for (units, condition, answer, is_asked) in [
        (["cm", "[in_i]"], when(">=", &of("30", "cm")), given("12", "[in_i]"), true),
        (["cm", "[in_i]"], when(">=", &of("30", "cm")), given("11", "[in_i]"), false),
        (["kg", "mg"], when("<", &of("20", "kg")), given("75", "mg"), true),
        (["kg", "mg"], when("<", &of("20000", "g")), given("19", "kg"), true),
        (["kg", "mg"], when("=", &of("1000", "g")), given("1", "kg"), true),
        (["kg", "mg"], when("!=", &of("1000", "g")), given("1", "kg"), false),
        // Without a code, a unit is what it is called; without a unit, the number alone is meant.
        (["kg", "mg"], when("<", r#""answerQuantity":{"value":20,"unit":"kg"}"#), given("19", "kg"), true),
        (["kg", "mg"], when("<", r#""answerQuantity":{"value":20}"#), given("19", "mg"), true),
        (["kg", "mg"], when("<", r#""answerQuantity":{"value":20}"#), given("21", "mg"), false),
    ] {
        let items = [
            quantity("a", &[unit(units[0]), unit(units[1])], r#","required":true"#),
            condition,
            common::plain("z", "boolean"),
        ]
        .join(",");
        let mut filling = Filling::new(&form(&items));
        filling.fill("a", answer);
        assert_eq!(filling.place() == "b", is_asked, "{items}");
        sealable(&items);
    }
    let unlike = [quantity("a", &[unit("kg")], ""), when("<", &of("20", "m"))].join(",");
    let report = common::refusal(&unlike);
    assert!(report.problems[0].message.contains("the unit m has nothing in common"), "{report}");
}

#[test]
fn an_initial_quantity_keeps_system_and_code() {
    let initial = format!(r#","readOnly":true,"initial":[{{"valueQuantity":{}}}]"#, amount("70", "kg"));
    let items = [
        format!(r#"{{"linkId":"a","text":"a?","type":"quantity"{initial}}}"#),
        format!(
            r#"{{"linkId":"b","text":"b?","type":"string","required":true,"enableWhen":[{{"question":"a","operator":">","answerQuantity":{}}}]}}"#,
            amount("60000", "g")
        ),
        format!(
            r#"{{"linkId":"c","text":"c?","type":"boolean","readOnly":true,"extension":[{}]}}"#,
            calculated("%resource.item.where(linkId='a').answer.value = 70000 'g'")
        ),
    ]
    .join(",");
    let mut filling = Filling::new(&form(&items));
    filling.next().unwrap();
    assert_eq!(filling.place(), "b");
    filling.fill("b", common::text("x"));
    let written = filling.items();
    assert!(written.contains(&amount("70", "kg")), "{written}");
    assert!(written.contains(r#"{"valueBoolean":true}"#), "{written}");
    sealable(&items);
    // The patient may still say another unit.
    let open = format!(
        r#"{{"linkId":"a","text":"a?","type":"quantity","initial":[{{"valueQuantity":{}}}]}}"#,
        amount("70", "kg")
    );
    let mut filling = Filling::new(&form(&open));
    let own = Answer::Quantity { text: "11".to_owned(), unit: None, own_unit: Some("stone".to_owned()) };
    assert_eq!(code(filling.answer("a", own)), "accepted");
    sealable(&open);
}

#[test]
fn a_calculated_quantity_is_given_in_the_unit_of_its_question() {
    let read_only = |link_id: &str, code: &str, more: &[String], expression: &str| {
        let extensions = [&[unit(code), calculated(expression)], more].concat();
        quantity(link_id, &extensions, r#","readOnly":true"#)
    };
    let (w, h) =
        ("%resource.item.where(linkId='w').answer.value", "%resource.item.where(linkId='h').answer.value");
    let two_places = format!(r#"{{"url":"{CORE}maxDecimalPlaces","valueInteger":2}}"#);
    let items = [
        quantity("w", &[unit("g")], r#","required":true"#),
        quantity("h", &[unit("cm"), limit("minValue", "1", "cm")], r#","required":true"#),
        read_only("kg", "kg", &[], w),
        read_only("lb", "[lb_av]", std::slice::from_ref(&two_places), w),
        read_only("bmi", "kg/m2", &[two_places], &format!("{w} / ({h} * {h})")),
        read_only("area", "cm2", &[], &format!("{h} * {h}")),
        read_only("again", "cm", &[], &format!("({h} * {h}) / {h}")),
    ]
    .join(",");
    let mut filling = Filling::new(&form(&items));
    filling.fill("w", given("70000", "g"));
    filling.fill("h", given("175", "cm"));
    let written = filling.items();
    for wanted in [
        amount("70", "kg"),
        amount("154.32", "[lb_av]"),
        amount("22.86", "kg/m2"),
        amount("30625", "cm2"),
        amount("175", "cm"),
    ] {
        assert!(written.contains(&wanted), "{wanted} in {written}");
    }
    sealable(&items);
}

#[test]
fn a_computed_quantity_keeps_its_coding_where_the_question_lists_no_units() {
    let begun = |expression: &str| {
        format!(
            r#"{{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression","valueExpression":{{"language":"text/fhirpath","expression":"{expression}"}}}}"#
        )
    };
    let items = [
        quantity("a", &[begun("70 'kg'")], ""),
        when(
            "b",
            "string",
            &format!(r#"{{"question":"a","operator":">","answerQuantity":{}}}"#, amount("69000", "g")),
        ),
        quantity("c", &[calculated("%resource.item.where(linkId='a').answer.value * 2")], ""),
    ]
    .join(",");
    let mut filling = Filling::new(&form(&items));
    let coded = |text: &str| Answer::Quantity {
        text: text.to_owned(),
        unit: Some(format!("{UCUM}|kg")),
        own_unit: Some("kg".to_owned()),
    };
    let own = |text: &str, unit: &str| Answer::Quantity {
        text: text.to_owned(),
        unit: None,
        own_unit: Some(unit.to_owned()),
    };
    let written = filling.session.review().rows.into_iter().map(|row| row.answer).collect::<Vec<_>>();
    assert_eq!(written, [Some("70 kg".to_owned()), None, Some("140 kg".to_owned())]);
    // Who changes the number keeps the unit; a coding that was not there is nobody's words.
    filling.answer("a", own("71", "kg")).unwrap();
    assert_eq!(filling.events.last().unwrap().kind, answered(coded("71"), coded("70")));
    let strange = Answer::Quantity {
        text: "71".to_owned(),
        unit: Some(format!("{UCUM}|g")),
        own_unit: Some("kg".to_owned()),
    };
    assert_eq!(code(filling.answer("a", strange)), "unknown-unit");
    filling.next().unwrap();
    filling.fill("b", common::text("x"));
    common::replays(&filling);
    let items_written = filling.items();
    for wanted in [amount("71", "kg"), amount("142", "kg")] {
        assert!(items_written.contains(&wanted), "{wanted} in {items_written}");
    }
    sealable(&items);
    // Another unit of the patient's own has no coding, and the one before does not come back by its name.
    let mut filling = Filling::new(&form(&items));
    filling.answer("a", own("11", "stone")).unwrap();
    filling.answer("a", own("70", "kg")).unwrap();
    assert!(filling.items().contains(r#"{"value":70,"unit":"kg"}"#));
    common::replays(&filling);
    // What no response may say of a unit is left out.
    let odd = begun("%patient.extension.value");
    let resource = r#"{"resourceType":"Patient","extension":[{"url":"urn:w","valueQuantity":{"value":3,"unit":"lump","system":"no uri","code":"x"}}]}"#;
    let launch = questionnaire::LaunchResource { name: "patient".into(), resource: resource.into() };
    let form = form(&quantity("a", &[odd], ""));
    let (session, _) = questionnaire::Session::start_with(&form, "en", vec![launch], AT, ACTOR).unwrap();
    assert_eq!(session.review().rows[0].answer.as_deref(), Some("3 lump"));
    let response = session.response(&context()).unwrap().to_json();
    assert!(response.contains(r#"{"value":3,"unit":"lump"}"#), "{response}");
}

fn answered(answer: Answer, previous: Answer) -> questionnaire::EventKind {
    questionnaire::EventKind::Answered {
        item: "a".to_owned(),
        answers: vec![answer],
        previous: vec![previous],
    }
}

fn when(link_id: &str, kind: &str, condition: &str) -> String {
    format!(
        r#"{{"linkId":"{link_id}","text":"{link_id}?","type":"{kind}","required":true,"enableWhen":[{condition}]}}"#
    )
}
