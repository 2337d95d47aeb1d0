//! Changing answers as a faulty server might: another option, one item fewer, a decimal rewritten.

use fhir::{Number, Value};

use super::{
    Change,
    alter::{Place, Step, choose, leaves, other, replace},
};

/// Gives one answer another value; a choice gets another option of its own question where the Questionnaire is known.
pub(super) fn alter(
    resource: &mut Value,
    seed: Option<u64>,
    questionnaire: &dyn Fn(&str) -> Option<Value>,
) -> Option<Change> {
    let items = answered(resource);
    let item = pick(&items, seed)?;
    let answer = item.then(Step::Member("answer".to_owned())).then(Step::Index(0));
    let members = answer.value(resource)?.as_object()?;
    let (name, value) = members.iter().find(|(name, _)| name.starts_with("value"))?;
    let place = answer.then(Step::Member(name.to_owned()));
    let after = match value {
        Value::Object(_) if name == "valueCoding" => {
            let known = resource.str("questionnaire").and_then(questionnaire);
            let link_id = item.value(resource)?.str("linkId")?;
            known.and_then(|known| other_option(&known, link_id, value)).or_else(|| other_in(value))?
        }
        Value::Object(_) => other_in(value)?,
        Value::String(text) if name == "valueString" => format!("{text} (changed)").into(),
        leaf => other(leaf)?,
    };
    replace(resource, &place, after)
}

/// Drops one answered item.
pub(super) fn drop(resource: &mut Value, seed: Option<u64>) -> Option<Change> {
    let items = answered(resource);
    let item = pick(&items, seed)?;
    let path = item.path(resource);
    let (Some(Step::Index(index)), Some(siblings)) = (item.steps.last(), item.steps.len().checked_sub(1))
    else {
        return None;
    };
    let list = Place { steps: item.steps[..siblings].to_vec() };
    let elements = list.value_mut(resource)?.as_array_mut()?;
    let before = elements.remove(*index);
    if elements.is_empty() {
        // FHIR has no empty arrays: the member goes too.
        let parent = Place { steps: item.steps[..siblings - 1].to_vec() };
        parent.value_mut(resource)?.as_object_mut()?.remove("item");
    }
    Some(Change { path, before: Some(before), after: None })
}

/// Rewrites one decimal with the same value: `72.50` as `72.5`, `72.5` as `72.50`. Answers come first.
pub(super) fn change_decimal_text(resource: &mut Value) -> Option<Change> {
    let rank = |place: &Place| -> Option<u8> {
        let number = place.value(resource)?.as_number()?.as_str();
        if number.contains(['e', 'E']) {
            return None;
        }
        let answer = place.steps.contains(&Step::Member("answer".to_owned()));
        match (answer, place.member() == Some("valueDecimal"), number.contains('.')) {
            (true, true, true) => Some(0),
            (_, _, true) => Some(1),
            (_, true, false) => Some(2),
            _ => None,
        }
    };
    let place = leaves(resource)
        .into_iter()
        .filter_map(|place| rank(&place).map(|rank| (rank, place)))
        .min_by_key(|(rank, _)| *rank)?
        .1;
    let text = place.value(resource)?.as_number()?.as_str();
    let rewritten = if !text.contains('.') {
        format!("{text}.0")
    } else if let Some(shorter) = text.strip_suffix('0') {
        shorter.trim_end_matches('.').to_owned()
    } else {
        format!("{text}0")
    };
    let after = Value::Number(Number::new(rewritten).ok()?);
    replace(resource, &place, after)
}

/// The items that have an answer of their own.
fn answered(resource: &Value) -> Vec<Place> {
    fn walk(parent: &Value, place: &Place, found: &mut Vec<Place>) {
        for (index, item) in parent.list("item").iter().enumerate() {
            let place = place.then(Step::Member("item".to_owned())).then(Step::Index(index));
            let answers = item.list("answer");
            if answers.first().is_some_and(has_value) {
                found.push(place.clone());
            }
            walk(item, &place, found);
            for (index, answer) in answers.iter().enumerate() {
                walk(answer, &place.then(Step::Member("answer".to_owned())).then(Step::Index(index)), found);
            }
        }
    }
    fn has_value(answer: &Value) -> bool {
        answer.as_object().is_some_and(|members| members.iter().any(|(name, _)| name.starts_with("value")))
    }
    let mut found = Vec::new();
    walk(resource, &Place { steps: Vec::new() }, &mut found);
    found
}

fn pick(items: &[Place], seed: Option<u64>) -> Option<&Place> {
    match seed {
        Some(seed) => items.get(choose(seed, items.len())?),
        None => items.first(),
    }
}

/// The coding with the members of the question's next option.
fn other_option(questionnaire: &Value, link_id: &str, coding: &Value) -> Option<Value> {
    let item = find_item(questionnaire, link_id)?;
    let options: Vec<_> =
        item.list("answerOption").iter().filter_map(|option| option.get("valueCoding")).collect();
    let now = options.iter().position(|option| option.get("code") == coding.get("code"))?;
    let next = options.get((now + 1) % options.len())?;
    if next.get("code") == coding.get("code") {
        return None;
    }
    let mut changed = coding.clone();
    for (name, value) in changed.as_object_mut()?.iter_mut() {
        if let Some(other) = next.get(name) {
            *value = other.clone();
        }
    }
    Some(changed)
}

fn find_item<'v>(parent: &'v Value, link_id: &str) -> Option<&'v Value> {
    parent.list("item").iter().find_map(|item| {
        if item.str("linkId") == Some(link_id) { Some(item) } else { find_item(item, link_id) }
    })
}

/// The structure with its code, value or else first plain member changed.
fn other_in(structure: &Value) -> Option<Value> {
    let mut changed = structure.clone();
    let members = changed.as_object_mut()?;
    let name = ["code", "value", "reference"]
        .into_iter()
        .find(|name| members.contains(name))
        .map(str::to_owned)
        .or_else(|| {
            members.iter().find(|(_, value)| other(value).is_some()).map(|(name, _)| name.to_owned())
        })?;
    let value = members.get_mut(&name)?;
    *value = other(value)?;
    Some(changed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn response(items: &str) -> Value {
        let text = format!(
            r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"http://q|1","item":[{items}]}}"#
        );
        Value::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_choice_becomes_another_option_of_its_question() {
        let questionnaire = Value::parse(
            br#"{"resourceType":"Questionnaire","item":[{"linkId":"g","item":[{"linkId":"a","answerOption":[
                {"valueCoding":{"code":"x","display":"X"}},{"valueCoding":{"code":"y","display":"Y"}}]}]}]}"#,
        )
        .unwrap();
        let mut resource = response(
            r#"{"linkId":"g","item":[{"linkId":"a","answer":[{"valueCoding":{"code":"x","display":"X"}}]}]}"#,
        );
        let change = alter(&mut resource, None, &|canonical| {
            (canonical == "http://q|1").then(|| questionnaire.clone())
        })
        .unwrap();
        assert_eq!(change.path, "QuestionnaireResponse.item[0].item[0].answer[0].value");
        assert_eq!(change.after.unwrap().to_json(), r#"{"code":"y","display":"Y"}"#);
    }

    #[test]
    fn answers_of_every_type_can_be_altered() {
        for (before, after) in [
            (r#""valueBoolean":true"#, r#""valueBoolean":false"#),
            (r#""valueInteger":3"#, r#""valueInteger":4"#),
            (r#""valueDecimal":72.50"#, r#""valueDecimal":72.51"#),
            (r#""valueDate":"2026-11-21""#, r#""valueDate":"2026-11-22""#),
            (r#""valueString":"ok""#, r#""valueString":"ok (changed)""#),
            (r#""valueCoding":{"system":"s","code":"x"}"#, r#""valueCoding":{"system":"s","code":"y"}"#),
        ] {
            let item = |value: &str| response(&format!(r#"{{"linkId":"a","answer":[{{{value}}}]}}"#));
            let mut resource = item(before);
            alter(&mut resource, None, &|_| None).unwrap();
            assert_eq!(resource.to_json(), item(after).to_json());
        }
    }

    #[test]
    fn dropping_the_only_item_leaves_no_empty_array() {
        let mut resource =
            response(r#"{"linkId":"g","item":[{"linkId":"a","answer":[{"valueInteger":1}]}]}"#);
        let change = drop(&mut resource, None).unwrap();
        assert_eq!(change.path, "QuestionnaireResponse.item[0].item[0]");
        assert_eq!(resource.to_json(), response(r#"{"linkId":"g"}"#).to_json());
        assert!(drop(&mut resource, None).is_none(), "nothing is answered any more");
    }

    #[test]
    fn a_decimal_keeps_its_value_and_changes_its_text() {
        for (before, after) in [("72.50", "72.5"), ("72.5", "72.50"), ("36.0", "36"), ("72", "72.0")] {
            let item =
                |text: &str| response(&format!(r#"{{"linkId":"a","answer":[{{"valueDecimal":{text}}}]}}"#));
            let mut resource = item(before);
            change_decimal_text(&mut resource).unwrap();
            assert_eq!(resource.to_json(), item(after).to_json());
        }
        let mut integers = response(r#"{"linkId":"a","answer":[{"valueInteger":1}]}"#);
        assert!(change_decimal_text(&mut integers).is_none(), "an integer has no other text");
    }
}
