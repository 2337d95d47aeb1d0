//! A FHIRPath for people: which question it is about, and which element of it.

use fhir::Value;

/// Where a difference is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The question's text as the patient saw it.
    pub question: Option<String>,
    /// The question's number, from 1, counted as the patient met them.
    pub item: Option<u32>,
    /// The element below the question, or below the resource: `answer.value.code`.
    pub element: String,
}

/// Finds the question that `path` lies in, in `sent` or, for what was added, in `returned`.
pub(super) fn words(path: &str, sent: &Value, returned: Option<&Value>) -> Words {
    let segments = segments(path);
    let mut end = 0;
    let mut indexes = Vec::new();
    for (at, (name, index)) in segments.iter().enumerate() {
        if let ("item", Some(index)) = (*name, index) {
            end = at + 1;
            indexes.push((at, *index));
        }
    }
    // `answer[0].item[1]` is a question of its own, below another one.
    let found = locate(sent, &segments[..end]).or_else(|| locate(returned?, &segments[..end]));
    let element: Vec<&str> = segments[end..].iter().map(|(name, _)| *name).collect();
    let Some(item) = found.filter(|_| !indexes.is_empty()) else {
        let element = segments.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(".");
        return Words { question: None, item: None, element };
    };
    Words {
        question: item.str("text").map(str::to_owned),
        item: number(sent, item).or_else(|| number(returned?, item)),
        element: if element.is_empty() { "item".to_owned() } else { element.join(".") },
    }
}

/// `item[8].answer[0]` as names and indexes, without the resource's own name.
fn segments(path: &str) -> Vec<(&str, Option<usize>)> {
    path.split('.')
        .skip(1)
        .map(|segment| match segment.strip_suffix(']').and_then(|open| open.split_once('[')) {
            Some((name, index)) => (name, index.parse().ok()),
            None => (segment, None),
        })
        .collect()
}

fn locate<'v>(resource: &'v Value, segments: &[(&str, Option<usize>)]) -> Option<&'v Value> {
    segments.iter().try_fold(resource, |value, (name, index)| value.get(name)?.at((*index)?))
}

/// The question's place among the questions; groups have none.
fn number(resource: &Value, wanted: &Value) -> Option<u32> {
    let mut count = 0;
    questions(resource, &mut |item| {
        count += 1;
        std::ptr::eq(item, wanted)
    })
    .then_some(count)
}

/// Visits the questions in order until `found` says so.
fn questions<'v>(parent: &'v Value, found: &mut impl FnMut(&'v Value) -> bool) -> bool {
    for item in parent.list("item") {
        let group = item.get("answer").is_none() && !item.list("item").is_empty();
        if !group && found(item) {
            return true;
        }
        if questions(item, found) || item.list("answer").iter().any(|answer| questions(answer, found)) {
            return true;
        }
    }
    false
}

/// A stored JSON value as it is shown: text as it is, a Coding by its display and code, an item by its answer.
pub(super) fn shown(json: &str) -> String {
    let Ok(value) = Value::parse(json.as_bytes()) else { return json.to_owned() };
    show(&value).unwrap_or_else(|| value.to_json())
}

fn show(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(elements) if !elements.is_empty() => {
            elements.iter().map(show).collect::<Option<Vec<_>>>().map(|shown| shown.join(", "))
        }
        Value::Object(members) => {
            if let Some(code) = value.str("code").or_else(|| value.str("display")) {
                return Some(match value.str("display") {
                    Some(display) if display != code => format!("{display} ({code})"),
                    _ => code.to_owned(),
                });
            }
            if value.get("linkId").is_some() {
                let answers = value.get("answer").and_then(show).unwrap_or_else(|| "–".to_owned());
                let name = value.str("text").or_else(|| value.str("linkId")).unwrap_or_default();
                return Some(format!("{name}: {answers}"));
            }
            let mut values = members.iter().filter(|(name, _)| name.starts_with("value"));
            match (values.next(), values.next()) {
                (Some((_, only)), None) => show(only),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SENT: &str = r#"{"resourceType":"QuestionnaireResponse","status":"completed","item":[
        {"linkId":"g","text":"Group","item":[
            {"linkId":"1","text":"First","answer":[{"valueBoolean":true,
                "item":[{"linkId":"1a","text":"Nested","answer":[{"valueInteger":3}]}]}]},
            {"linkId":"2","text":"Second","answer":[{"valueCoding":{"code":"LA1","display":"Not at all"}}]}]}]}"#;

    fn of(path: &str) -> (Option<String>, Option<u32>, String) {
        let words = words(path, &Value::parse(SENT.as_bytes()).unwrap(), None);
        (words.question, words.item, words.element)
    }

    #[test]
    fn a_path_names_its_question_its_number_and_the_element() {
        let second = of("QuestionnaireResponse.item[0].item[1].answer[0].value.code");
        assert_eq!(second, (Some("Second".to_owned()), Some(3), "answer.value.code".to_owned()));
        let nested = of("QuestionnaireResponse.item[0].item[0].answer[0].item[0].answer[0].value");
        assert_eq!(nested, (Some("Nested".to_owned()), Some(2), "answer.value".to_owned()));
        let whole = of("QuestionnaireResponse.item[0].item[0]");
        assert_eq!(whole, (Some("First".to_owned()), Some(1), "item".to_owned()));
        assert_eq!(
            of("QuestionnaireResponse.item[0].text"),
            (Some("Group".to_owned()), None, "text".to_owned())
        );
    }

    #[test]
    fn a_path_outside_the_questions_names_the_element_alone() {
        assert_eq!(of("QuestionnaireResponse.status"), (None, None, "status".to_owned()));
        assert_eq!(of("QuestionnaireResponse.item[9].text"), (None, None, "item.text".to_owned()));
    }

    #[test]
    fn values_are_shown_as_people_read_them() {
        assert_eq!(shown(r#""a""#), "a");
        assert_eq!(shown("72.50"), "72.50");
        assert_eq!(shown(r#"{"code":"LA1","display":"Not at all"}"#), "Not at all (LA1)");
        assert_eq!(
            shown(r#"{"linkId":"2","text":"Second","answer":[{"valueCoding":{"code":"LA1"}}]}"#),
            "Second: LA1"
        );
        assert_eq!(shown(r#"{"valueDecimal":1.0}"#), "1.0");
        assert_eq!(shown(r#"{"a":1}"#), r#"{"a":1}"#);
    }
}
