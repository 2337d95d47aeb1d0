//! Skip logic: every operator, any and all, and what no longer counts.

use crate::common;

use common::{Filling, date, form, no, number, option, text, yes};
use questionnaire::Answer;

/// Whether `a` is asked after `q` was answered, or skipped.
fn asked(question: &str, condition: &str, answer: Option<Answer>) -> bool {
    let form = form(&format!(
        r#"{{"linkId":"q","text":"Q",{question}}},{{"linkId":"a","text":"A","type":"string","enableWhen":[{{"question":"q",{condition}}}]}}"#
    ));
    let mut filling = Filling::new(&form);
    match answer {
        Some(answer) => filling.answer("q", answer).unwrap(),
        None => filling.skip("q").unwrap(),
    }
    filling.next().unwrap();
    filling.place() == "a"
}

#[test]
fn exists_asks_whether_there_is_an_answer() {
    let string = r#""type":"string""#;
    for (wanted, answer, expected) in [
        ("true", Some(text("x")), true),
        ("true", None, false),
        ("false", Some(text("x")), false),
        ("false", None, true),
    ] {
        let condition = format!(r#""operator":"exists","answerBoolean":{wanted}"#);
        assert_eq!(asked(string, &condition, answer.clone()), expected, "exists {wanted}, {answer:?}");
    }
}

#[test]
fn equality_is_of_values_and_not_of_their_text() {
    let decimal = r#""type":"decimal""#;
    assert!(asked(decimal, r#""operator":"=","answerDecimal":0.1"#, Some(number("0.10"))));
    assert!(!asked(decimal, r#""operator":"!=","answerDecimal":1e1"#, Some(number("10.0"))));
    assert!(asked(decimal, r#""operator":"=","answerInteger":2"#, Some(number("2.0"))));
    assert!(asked(r#""type":"boolean""#, r#""operator":"=","answerBoolean":false"#, Some(no())));
    assert!(
        !asked(r#""type":"boolean""#, r#""operator":"=","answerBoolean":false"#, None),
        "nothing equals no answer"
    );
    assert!(
        asked(r#""type":"boolean""#, r#""operator":"!=","answerBoolean":false"#, None),
        "no answer has that value"
    );
    assert!(asked(r#""type":"string""#, r#""operator":"=","answerString":"x""#, Some(text("x"))));
    assert!(!asked(r#""type":"string""#, r#""operator":"=","answerString":"x""#, Some(text("X"))));
}

#[test]
fn order_is_exact_for_numbers_and_dates() {
    let integer = r#""type":"integer""#;
    for (operator, below, same, above) in [
        (">", false, false, true),
        ("<", true, false, false),
        (">=", false, true, true),
        ("<=", true, true, false),
        ("=", false, true, false),
        ("!=", true, false, true),
    ] {
        let condition = format!(r#""operator":"{operator}","answerInteger":9"#);
        let outcome = ["-10", "9", "10"].map(|answer| asked(integer, &condition, Some(number(answer))));
        assert_eq!(outcome, [below, same, above], "{operator} 9");
        let condition = format!(r#""operator":"{operator}","answerDate":"2026-02-28""#);
        let dates = ["2026-02-27", "2026-02-28", "2026-03-01"];
        let outcome = dates.map(|answer| asked(r#""type":"date""#, &condition, Some(date(answer))));
        assert_eq!(outcome, [below, same, above], "{operator} 28 February");
    }
    assert!(
        !asked(integer, r#""operator":"<","answerInteger":9"#, None),
        "no answer is neither more nor less"
    );
    assert!(asked(r#""type":"decimal""#, r#""operator":"<","answerDecimal":1e999"#, Some(number("3"))));
}

#[test]
fn options_are_compared_as_what_they_are() {
    let codings = r#""type":"choice","answerOption":[{"valueCoding":{"system":"s:1","code":"x","display":"X"}},{"valueCoding":{"system":"s:2","code":"x","display":"X too"}}]"#;
    let same = r#""operator":"=","answerCoding":{"system":"s:1","code":"x","display":"whatever"}"#;
    assert!(asked(codings, same, Some(option("s:1|x"))));
    assert!(!asked(codings, same, Some(option("s:2|x"))), "the system is part of a code");
    let numbers = r#""type":"choice","answerOption":[{"valueInteger":9},{"valueInteger":10}]"#;
    assert!(asked(numbers, r#""operator":">","answerInteger":9"#, Some(option("10"))));
    assert!(!asked(numbers, r#""operator":">","answerInteger":9"#, Some(option("9"))));
    let dates = r#""type":"choice","answerOption":[{"valueDate":"2026-01-01"},{"valueDate":"2026-02-01"}]"#;
    assert!(asked(dates, r#""operator":"<","answerDate":"2026-01-15""#, Some(option("2026-01-01"))));
}

#[test]
fn any_and_all_join_conditions() {
    for (behavior, answers, expected) in [
        ("all", [yes(), yes()], true),
        ("all", [yes(), no()], false),
        ("any", [yes(), no()], true),
        ("any", [no(), no()], false),
    ] {
        let form = form(&format!(
            r#"{{"linkId":"1","text":"Q","type":"boolean"}},{{"linkId":"2","text":"Q","type":"boolean"}},
               {{"linkId":"a","text":"A","type":"string","enableBehavior":"{behavior}","enableWhen":[
                 {{"question":"1","operator":"=","answerBoolean":true}},{{"question":"2","operator":"=","answerBoolean":true}}]}}"#
        ));
        let mut filling = Filling::new(&form);
        let [first, second] = answers;
        filling.fill("1", first);
        filling.fill("2", second);
        assert_eq!(filling.place() == "a", expected, "{behavior}");
    }
}

/// `1` enables `2` enables `3`.
fn chain() -> Filling {
    let form = form(
        r#"{"linkId":"1","text":"Q","type":"boolean"},
           {"linkId":"2","text":"Q","type":"boolean","enableWhen":[{"question":"1","operator":"=","answerBoolean":true}]},
           {"linkId":"3","text":"Q","type":"boolean","enableWhen":[{"question":"2","operator":"=","answerBoolean":true}]}"#,
    );
    let mut filling = Filling::new(&form);
    filling.fill("1", yes());
    filling.fill("2", yes());
    filling.fill("3", yes());
    filling
}

#[test]
fn the_answer_of_a_disabled_question_does_not_count_but_stays_in_the_log() {
    let mut filling = chain();
    assert_eq!(filling.review().rows.len(), 3);
    filling.goto("1").unwrap();
    filling.answer("1", no()).unwrap();
    filling.next().unwrap();
    assert_eq!(filling.review().rows.len(), 1, "3 goes with 2, although 2 was answered yes");
    assert_eq!(
        filling.items(),
        r#"[{"linkId":"1","text":"Q","answer":[{"valueBoolean":false}]}]"#,
        "what is not asked is not in the response"
    );
    let answered = filling.events.iter().filter(
        |event| matches!(&event.kind, questionnaire::EventKind::Answered { item, .. } if item == "3"),
    );
    assert_eq!(answered.count(), 1);
    filling.goto("1").unwrap();
    filling.answer("1", yes()).unwrap();
    assert_eq!(
        filling.session.review().rows[2].answer.as_deref(),
        Some("Yes"),
        "an earlier answer comes back with its question"
    );
}

#[test]
fn a_question_may_depend_on_a_later_one() {
    let form = form(
        r#"{"linkId":"early","text":"Q","type":"boolean","enableWhen":[{"question":"late","operator":"=","answerBoolean":true}]},
           {"linkId":"late","text":"Q","type":"boolean"}"#,
    );
    let mut filling = Filling::new(&form);
    assert_eq!(filling.place(), "late");
    filling.answer("late", yes()).unwrap();
    filling.next().unwrap();
    assert_eq!(filling.session.missing(), ["early"], "the review shows that it is missing now");
    assert_eq!(filling.confirm().unwrap_err().code(), "incomplete");
}

#[test]
fn a_group_takes_everything_in_it_along() {
    let form = form(
        r#"{"linkId":"q","text":"Q","type":"boolean"},
           {"linkId":"g","text":"G","type":"group","enableWhen":[{"question":"q","operator":"=","answerBoolean":true}],"item":[
             {"linkId":"g.d","text":"D","type":"display"},
             {"linkId":"g.g","type":"group","item":[{"linkId":"g.g.q","text":"Q","type":"string","required":true}]}]}"#,
    );
    let mut filling = Filling::new(&form);
    filling.fill("q", no());
    assert_eq!(filling.place(), "review");
    assert!(filling.session.missing().is_empty(), "required only when asked");
    filling.back().unwrap();
    filling.fill("q", yes());
    assert_eq!(filling.place(), "g.g.q");
}

#[test]
fn items_under_a_question_belong_to_its_answer() {
    let form = form(
        r#"{"linkId":"q","text":"Q","type":"string","item":[
             {"linkId":"h","text":"Help is shown before the answer","type":"display"},
             {"linkId":"q.q","text":"QQ","type":"string","required":true}]}"#,
    );
    let mut filling = Filling::new(&form);
    assert_eq!(filling.screen().help.as_deref(), Some("Help is shown before the answer"));
    assert_eq!(filling.screen().total, 1);
    filling.skip("q").unwrap();
    filling.next().unwrap();
    assert_eq!(filling.place(), "review", "without an answer there is nothing to belong to");
    filling.back().unwrap();
    filling.fill("q", text("x"));
    filling.fill("q.q", text("y"));
    assert_eq!(
        filling.items(),
        r#"[{"linkId":"q","text":"Q","answer":[{"valueString":"x","item":[{"linkId":"q.q","text":"QQ","answer":[{"valueString":"y"}]}]}]}]"#
    );
}

#[test]
fn a_hidden_initial_value_can_decide() {
    let form = form(
        r#"{"linkId":"h","type":"boolean","initial":[{"valueBoolean":true}],"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-hidden","valueBoolean":true}]},
           {"linkId":"a","text":"A","type":"string","enableWhen":[{"question":"h","operator":"=","answerBoolean":true}]},
           {"linkId":"b","text":"B","type":"string","enableWhen":[{"question":"h","operator":"=","answerBoolean":false}]}"#,
    );
    let mut filling = Filling::new(&form);
    assert_eq!((filling.place(), filling.screen().total), ("a".to_owned(), 1));
    filling.fill("a", text("x"));
    assert_eq!(
        filling.items(),
        r#"[{"linkId":"h","answer":[{"valueBoolean":true}]},{"linkId":"a","text":"A","answer":[{"valueString":"x"}]}]"#,
        "its text was never shown, so the response does not say so"
    );
}
