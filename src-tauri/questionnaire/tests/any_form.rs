//! Forms that nobody wrote: whatever import takes, a respondent completes, and the response is one that the form allows;
//! the same response made wrong is refused. Import, engine and check read the same form, so that a difference between them
//! shows here. Forms and answers come from seeds, always the same ones.

mod author;

use crate::common;

use author::Author;
use common::{ACTOR, AT, context};
use fhir::Value;
use questionnaire::{import, respondent, validate};

/// How many forms, and how many respondents each.
const FORMS: u64 = 400;
const RESPONDENTS: u64 = 3;

/// The first item of the response with an answer that has a value.
fn answered(items: &mut Value) -> Option<&mut Value> {
    let Value::Array(items) = items else { return None };
    for item in items {
        if item.get("answer").is_some() {
            return Some(item);
        }
        if let Some(found) = item.as_object_mut().and_then(|item| item.get_mut("item")).and_then(answered) {
            return Some(found);
        }
    }
    None
}

/// The response made wrong, each in a way that no form allows.
fn made_wrong(response: &Value) -> Vec<(&'static str, Value)> {
    let mut wrong = Vec::new();
    let mut with = |what: &'static str, change: &dyn Fn(&mut Value)| {
        let mut copy = response.clone();
        if let Some(item) = copy.as_object_mut().and_then(|copy| copy.get_mut("item")).and_then(answered) {
            change(item);
            wrong.push((what, copy));
        }
    };
    let answers = |item: &mut Value, json: &str| {
        item.as_object_mut().unwrap().insert("answer", Value::parse(json.as_bytes()).unwrap());
    };
    with("another linkId", &|item| {
        item.as_object_mut().unwrap().insert("linkId", "unknown");
    });
    with("another text", &|item| {
        item.as_object_mut().unwrap().insert("text", "What nobody asked");
    });
    with("a value of no type", &|item| answers(item, r#"[{"valueNothing":1}]"#));
    with("an answer without a value", &|item| answers(item, "[{}]"));
    with("two values", &|item| answers(item, r#"[{"valueString":"a","valueInteger":1}]"#));
    with("a modifier", &|item| {
        let unknown =
            Value::parse(br#"[{"url":"https://attesta.example/not","valueBoolean":true}]"#).unwrap();
        item.as_object_mut().unwrap().insert("modifierExtension", unknown);
    });
    wrong
}

#[test]
fn what_import_takes_can_be_completed_and_is_valid_and_made_wrong_is_not() {
    let (mut taken, mut answered, mut failures) = (0, 0, Vec::new());
    for seed in 0..FORMS {
        let mut author = Author::new(seed);
        let mut own = Vec::new();
        author.variable(&mut own);
        let mut document = common::document(&author.items(1, 6));
        if !own.is_empty() {
            document =
                document.replacen(r#""item":"#, &format!(r#""extension":[{}],"item":"#, own.join(",")), 1);
        }
        let raw =
            Value::parse(document.as_bytes()).unwrap_or_else(|error| panic!("{seed}: {error} in {document}"));
        // What import refuses, it says; that is another test's matter.
        let Ok(form) = import(&raw) else { continue };
        taken += 1;
        for respondent in 0..RESPONDENTS {
            let session = match respondent::fill(&form, "en", respondent, AT, ACTOR) {
                Ok((session, _)) => session,
                Err(stuck) => {
                    failures.push(format!("form {seed}, respondent {respondent}: {stuck}\n  {document}"));
                    continue;
                }
            };
            let response = session.response(&context()).unwrap();
            let options = validate::Options { unsigned: true, ..validate::Options::default() };
            let found = validate(&raw, &response, options);
            if !found.is_valid() {
                let said: Vec<String> = found.errors().map(ToString::to_string).collect();
                failures
                    .push(format!("form {seed}, respondent {respondent}: {}\n  {document}", said.join("; ")));
            }
            for (what, wrong) in made_wrong(&response) {
                answered += 1;
                if validate(&raw, &wrong, options).is_valid() {
                    failures
                        .push(format!("form {seed}, respondent {respondent}: {what} is valid\n  {document}"));
                }
            }
        }
    }
    let first: Vec<&str> = failures.iter().take(5).map(String::as_str).collect();
    assert!(failures.is_empty(), "{} of them:\n{}", failures.len(), first.join("\n"));
    // Enough of them to say something.
    assert!(taken > FORMS / 4 && answered > 1_000, "{taken} forms, {answered} made wrong");
}
