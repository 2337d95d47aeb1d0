//! What questionnaires need (SDC, "FHIRPath supplements"): weights of answers, and all answers below an item.

use fhir::{Object, Value};
use rust_decimal::Decimal;

use super::{Outcome, Run, convert};
use crate::error::EvaluationErrorKind as Wrong;
use crate::types::Type;
use crate::{Collection, Item, Node};

/// The extensions that say what an answer counts, the newest first.
const WEIGHTS: [&str; 6] = [
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/valueset-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/codesystem-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/iso21090-CO-value",
];

/// The property of a concept that says the same.
const WEIGHT_PROPERTY: &str = "http://hl7.org/fhir/concept-properties#itemWeight";

impl<'a> Run<'_, 'a> {
    /// The weight of each answer, value or option that has one: from its own extension, the answerOption's, the value
    /// set's (contained or at hand), the code system's. What has none counts for nothing.
    pub(super) fn weight(&mut self, focus: &[Item<'a>]) -> Outcome<Collection<'a>> {
        let mut found = Collection::with_capacity(focus.len());
        self.spend(focus.len())?;
        for item in focus {
            let Item::Node(node) = item else { continue };
            if let Some(weight) = self.weight_of(node)? {
                found.push(weight.into());
            }
        }
        Ok(found)
    }

    fn weight_of(&mut self, node: &Node<'a>) -> Outcome<Option<Decimal>> {
        if let Some(weight) = extended(node.element())? {
            return Ok(Some(weight));
        }
        // An answer is asked for its value.
        let mut values = Collection::new();
        let is_answer = node.kind == self.types.known.answer
            || (node.kind == Type::UNKNOWN && node.question.is_some() && node.object().is_some());
        if is_answer || node.kind == self.types.known.answer_option {
            node.member("value", self.types, &mut values);
        }
        let value = match values.first() {
            Some(Item::Node(value)) => *value,
            _ => *node,
        };
        if !values.is_empty()
            && let Some(weight) = extended(value.element())?
        {
            return Ok(Some(weight));
        }
        let coding = value.object().map(|object| (text(object, "system"), text(object, "code")));
        if let Some(question) = value.question {
            let form = self.context.questionnaire.ok_or(Wrong::NoQuestionnaire("weight"))?;
            let link_id = question.str("linkId").ok_or(Wrong::UnknownItem)?;
            let known = coding.and_then(|(system, code)| form.weight(link_id, system, code?));
            let weight = match known {
                Some(weight) => Some(weight),
                None => self.weight_in_form(form.item(link_id).ok_or(Wrong::UnknownItem)?, &value)?,
            };
            if weight.is_some() {
                return Ok(weight);
            }
        }
        match coding {
            Some((Some(system), Some(code))) => self.weight_in_system(system, code),
            _ => Ok(None),
        }
    }

    /// By the answerOption that is the answer, or by the value set that the question has.
    fn weight_in_form(&mut self, item: &'a Value, value: &Node<'a>) -> Outcome<Option<Decimal>> {
        for option in item.list("answerOption") {
            self.spend(1)?;
            let Some(option) = option.as_object() else { continue };
            let Some((name, chosen)) = option.iter().find(|(name, _)| name.starts_with("value")) else {
                continue;
            };
            if !value.value().is_some_and(|value| same_answer(chosen, value)) {
                continue;
            }
            if let Some(weight) = extended(Some(option))? {
                return Ok(Some(weight));
            }
            if let Some(weight) = extended(chosen.as_object())? {
                return Ok(Some(weight));
            }
            let companion = option.iter().find(|(other, _)| other.strip_prefix('_') == Some(name));
            return extended(companion.and_then(|(_, companion)| companion.as_object()));
        }
        let (Some(url), Some(object)) = (item.str("answerValueSet"), value.object()) else { return Ok(None) };
        let (Some(set), Some(code)) = (self.terminology(url, "ValueSet"), text(object, "code")) else {
            return Ok(None);
        };
        // A value set without a list of codes says no weight; the code system may.
        let concept = match self.find_concept(set, text(object, "system"), code) {
            Err(failure) if failure.kind == Wrong::UnknownValueSet => None,
            found => found?,
        };
        let Some(concept) = concept else { return Ok(None) };
        match extended(concept.as_object())? {
            Some(weight) => Ok(Some(weight)),
            None => by_property(set.get("expansion").unwrap_or(set), concept),
        }
    }

    fn weight_in_system(&mut self, system: &str, code: &str) -> Outcome<Option<Decimal>> {
        let Some(system) = self.terminology(system, "CodeSystem") else { return Ok(None) };
        let Some(concept) = self.find_code(system, code)? else { return Ok(None) };
        match extended(concept.as_object())? {
            Some(weight) => Ok(Some(weight)),
            None => by_property(system, concept),
        }
    }

    /// All answers of the items, or of the response, at any depth.
    pub(super) fn answers(&mut self, focus: Collection<'a>) -> Outcome<Collection<'a>> {
        let mut found = Collection::new();
        let mut open: Vec<Item<'a>> = focus.into_iter().rev().collect();
        while let Some(item) = open.pop() {
            self.spend(1)?;
            let Item::Node(node) = item else { continue };
            let mut answers = Collection::new();
            node.member("answer", self.types, &mut answers);
            let mut below = Collection::new();
            node.member("item", self.types, &mut below);
            open.extend(below.into_iter().rev());
            // Each answer, then what is below it.
            for answer in answers.into_iter().rev() {
                open.push(answer);
            }
            if node.kind == self.types.known.answer || (node.kind == Type::UNKNOWN && node.question.is_some())
            {
                found.push(Item::Node(node));
            }
        }
        Ok(found)
    }
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// The number of the first extension that is a weight.
pub(crate) fn extended(element: Option<&Object>) -> Outcome<Option<Decimal>> {
    let extensions = element.and_then(|element| element.get("extension")).and_then(Value::as_array);
    let is_weight = |extension: &&Value| extension.str("url").is_some_and(|url| WEIGHTS.contains(&url));
    let Some(extension) = extensions.and_then(|extensions| extensions.iter().find(is_weight)) else {
        return Ok(None);
    };
    let number =
        extension.get("valueDecimal").or_else(|| extension.get("valueInteger")).and_then(Value::as_number);
    match number {
        Some(number) => Ok(Some(convert::decimal(number.as_str()).ok_or(Wrong::OutOfRange)?)),
        None => Ok(None),
    }
}

/// The number of the property of `concept` that `owner` declares to be the weight.
fn by_property(owner: &Value, concept: &Value) -> Outcome<Option<Decimal>> {
    let declared =
        owner.list("property").iter().find(|property| property.str("uri") == Some(WEIGHT_PROPERTY));
    let code = declared.and_then(|property| property.str("code")).unwrap_or("itemWeight");
    let value = concept.list("property").iter().find(|property| property.str("code") == Some(code));
    let number = value.and_then(|value| value.get("valueDecimal").or_else(|| value.get("valueInteger")));
    match number.and_then(Value::as_number) {
        Some(number) => Ok(Some(convert::decimal(number.as_str()).ok_or(Wrong::OutOfRange)?)),
        None => Ok(None),
    }
}

/// Whether an answer is this option: of codes, system and code; of numbers, the number.
fn same_answer(option: &Value, answer: &Value) -> bool {
    match (option, answer) {
        (Value::Object(left), Value::Object(right)) if left.contains("code") || right.contains("code") => {
            text(left, "code") == text(right, "code") && text(left, "system") == text(right, "system")
        }
        (Value::Object(left), Value::Object(right)) => right
            .iter()
            .filter(|(name, _)| *name != "extension" && *name != "display")
            .all(|(name, value)| left.get(name) == Some(value)),
        (Value::Number(left), Value::Number(right)) => {
            left == right
                || convert::decimal(left.as_str())
                    .is_some_and(|it| Some(it) == convert::decimal(right.as_str()))
        }
        _ => option == answer,
    }
}
