//! Quantities: their units and limits.

use fhir::{Number, Object, Value};

use super::{
    extension, limits, options,
    read::{At, Findings},
    value_set::Terminology,
};
use crate::{
    Answer, Reason,
    form::{QuantityQuestion, Text, UnitItem},
    number,
    report::Quoted,
};

pub(super) fn read(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    hidden: bool,
    terminology: &Terminology<'_>,
) -> QuantityQuestion {
    let mut question =
        QuantityQuestion { number: limits::places(findings, at, object), ..QuantityQuestion::default() };
    question.units = units(findings, at, object, hidden, terminology);
    let open =
        extension::single(findings, at, object, "unitOpen").and_then(|open| open.get("valueCode")?.as_str());
    if question.units.is_empty() {
        // What is held against limits in a unit is asked for in that unit.
        question.units.extend(unit_of_limits(findings, at, object));
    }
    // Where the form names no unit at all, the patient says which.
    question.own_unit = open.is_some_and(|open| open != "optionsOnly") || question.units.is_empty();
    for (names, above) in [(["minQuantity", "minValue"], false), (["maxQuantity", "maxValue"], true)] {
        let found = names.map(|name| extension::single(findings, at, object, name));
        let ([Some(limit), _] | [None, Some(limit)]) = found else { continue };
        if let [Some(one), Some(other)] = found
            && !is_same_limit(one, other)
        {
            let message =
                format!("{} and {} are unlike limits of the same thing; keep one", names[0], names[1]);
            findings.refuse(&at.child("extension"), Reason::Limits, message);
        }
        let number = limit.get("valueQuantity").and_then(|quantity| quantity.get("value")?.as_number());
        let number = number.or_else(|| {
            ["valueDecimal", "valueInteger"].iter().find_map(|name| limit.get(name)?.as_number())
        });
        let Some(number) = number.map(Number::as_str).filter(|text| number::Decimal::parse(text).is_some())
        else {
            // An expression may stand in for the value.
            if limit.get("valueQuantity").is_none_or(|quantity| quantity.get("extension").is_none())
                && !limit.contains("_valueQuantity")
            {
                let message = "the limit of a quantity must be a valueQuantity with a value; correct it";
                findings.refuse(&at.child("extension"), Reason::Limits, message);
            }
            continue;
        };
        let unit = limit.get("valueQuantity").and_then(|quantity| unit_of(&question, quantity));
        if unit.is_some() && question.limit_unit.is_some() && unit != question.limit_unit {
            let message = "the limits have unlike units; give both in the same one";
            findings.refuse(&at.child("extension"), Reason::Limits, message);
        }
        question.limit_unit = unit.or_else(|| question.limit_unit.take());
        *if above { &mut question.number.max } else { &mut question.number.min } = Some(number.to_owned());
    }
    limits::check_order(findings, at, &question.number);
    question
}

/// Whether two limits say the same, whatever they are called.
fn is_same_limit(one: &Object, other: &Object) -> bool {
    let value =
        |limit: &Object| limit.iter().find(|(name, _)| *name != "url").map(|(_, value)| value.clone());
    value(one) == value(other)
}

/// The unit that the limits have, when they are there and coded.
fn unit_of_limits(findings: &mut Findings, at: &At, object: &Object) -> Option<UnitItem> {
    let names = ["minQuantity", "minValue", "maxQuantity", "maxValue"];
    let limit =
        names.iter().find_map(|name| extension::single(findings, at, object, name)?.get("valueQuantity"))?;
    let coding = limit.as_object().filter(|limit| limit.contains("system") && limit.contains("code"))?;
    let label = limit.str("unit").or_else(|| limit.str("code"))?;
    let mut units = Vec::new();
    add(&mut units, coding, Text::plain(label));
    units.pop()
}

/// `unitOption`, `unitValueSet`, or the one of `questionnaire-unit`.
fn units(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    hidden: bool,
    terminology: &Terminology<'_>,
) -> Vec<UnitItem> {
    let mut units: Vec<UnitItem> = Vec::new();
    let place = at.child("extension");
    let codings: Vec<&Object> = ["unitOption", "unit"]
        .iter()
        .flat_map(|name| extension::all(object, name))
        .filter_map(|found| found.get("valueCoding").and_then(Value::as_object))
        .collect();
    for coding in codings {
        let Some(label) = (if coding.contains("display") {
            findings.text(&place, coding, "display", !hidden)
        } else {
            findings.string(&place, coding, "code").map(Text::plain)
        }) else {
            continue;
        };
        add(&mut units, coding, label);
    }
    for found in extension::all(object, "unitValueSet").collect::<Vec<_>>() {
        let url = ["valueCanonical", "valueUri"]
            .iter()
            .find_map(|name| found.get(name)?.as_str())
            .unwrap_or_default();
        match terminology.concepts(url) {
            Ok(concepts) => {
                for concept in concepts {
                    add(&mut units, &concept.coding, concept.label);
                }
            }
            Err(reason) => {
                let message = format!(
                    "the units of {} cannot be offered: {reason}; contain its expansion, or list them as unitOption",
                    Quoted(url)
                );
                findings.refuse_extension(&place, url, Reason::AnswerValueSet, message);
            }
        }
    }
    units
}

fn add(units: &mut Vec<UnitItem>, coding: &Object, label: Text) {
    let key = options::coding_key(coding).unwrap_or_else(|| label.original.clone());
    if units.iter().any(|known| known.key == key) {
        return;
    }
    let mut kept = Object::new();
    for name in ["system", "code"] {
        if let Some(part) = coding.get(name).and_then(Value::as_str) {
            kept.insert(name, part);
        }
    }
    units.push(UnitItem { key, coding: kept, label });
}

/// The key of the unit of a quantity, when the question has it.
fn unit_of(question: &QuantityQuestion, quantity: &Value) -> Option<String> {
    let key = quantity.as_object().and_then(options::coding_key);
    let named = quantity.str("unit");
    let fits = |unit: &&UnitItem| {
        Some(&unit.key) == key.as_ref()
            || (quantity.get("code").is_none() && named.is_some_and(|named| unit.label.original == named))
    };
    question.units.iter().find(fits).map(|unit| unit.key.clone())
}

/// A `valueQuantity` as the answer of a question.
pub(crate) fn answer(question: &QuantityQuestion, quantity: &Value) -> Option<Answer> {
    let text = quantity.get("value")?.as_number()?.as_str().to_owned();
    let unit = unit_of(question, quantity);
    let own = quantity.str("unit").or_else(|| quantity.str("code"));
    match (unit, own) {
        (Some(unit), _) => Some(Answer::Quantity { text, unit: Some(unit), own_unit: None }),
        (None, Some(own)) if question.own_unit => {
            Some(Answer::Quantity { text, unit: None, own_unit: Some(own.to_owned()) })
        }
        (None, None) if question.units.len() <= 1 => {
            let unit = question.units.first().map(|only| only.key.clone());
            Some(Answer::Quantity { text, unit, own_unit: None })
        }
        _ => None,
    }
}
