//! Quantities: their units and limits.

use std::cmp::Ordering;

use fhir::{Object, Value};

use super::{
    at, limits, options,
    read::{At, Findings},
    value_set::Terminology,
};
use crate::{
    Answer, Reason, check,
    form::{NumberQuestion, QuantityQuestion, Text, UnitItem},
    number,
    report::Quoted,
};

/// The limits of a quantity, by all their names.
const LIMITS: [&str; 4] = ["minQuantity", "minValue", "maxQuantity", "maxValue"];

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
    let open = unit_open(findings, at, object);
    if question.units.is_empty() {
        // What is held against limits in a unit is asked for in that unit.
        question.units.extend(unit_of_limits(findings, at, object));
    }
    // Where the form names no unit at all, the patient says which.
    question.own_unit = open.is_some_and(|open| open != "optionsOnly") || question.units.is_empty();
    if question.units.is_empty() {
        question.units.extend(unit_of_initial(object));
    }
    question.min = limit(findings, at, object, ["minQuantity", "minValue"]);
    question.max = limit(findings, at, object, ["maxQuantity", "maxValue"]);
    check_limits(findings, at, object, &question);
    if let [unit] = question.units.as_slice()
        && !question.own_unit
    {
        let limit = |limit: &Option<Value>| check::quantity::limit_in(limit.as_ref()?, Some(unit));
        let number = NumberQuestion {
            min: limit(&question.min),
            max: limit(&question.max),
            max_decimal_places: question.number.max_decimal_places,
            ..NumberQuestion::default()
        };
        limits::check_places(findings, at, object, &number);
    }
    question
}

/// Whether the patient may write another unit: `questionnaire-unitOpen`.
fn unit_open<'v>(findings: &mut Findings, at: &At, object: &'v Object) -> Option<&'v str> {
    let open = at::single(findings, at, object, "unitOpen")?;
    let code = open.get("valueCode")?.as_str()?;
    if ["optionsOnly", "optionsOrType", "optionsOrString"].contains(&code) {
        return Some(code);
    }
    let message = "unitOpen must be optionsOnly, optionsOrType or optionsOrString";
    open.refuse(findings, Reason::Malformed, message);
    None
}

/// One limit, by either of its names.
fn limit(findings: &mut Findings, at: &At, object: &Object, names: [&'static str; 2]) -> Option<Value> {
    let found = names.map(|name| at::single(findings, at, object, name));
    let ([Some(limit), _] | [None, Some(limit)]) = found else { return None };
    if let [Some(one), Some(other)] = found
        && !is_same_limit(one.object, other.object)
    {
        let message = format!("{} and {} are unlike limits of the same thing; keep one", names[0], names[1]);
        let place = at::about(findings, at, object, &names);
        findings.refuse(&place, Reason::Limits, message);
    }
    let written = ["valueQuantity", "valueDecimal", "valueInteger"].iter().find_map(|name| limit.get(name));
    let is_number = |value: &&Value| {
        check::amount(value).is_some_and(|text| number::Decimal::parse(text).is_some())
            && value.get("comparator").is_none()
    };
    let value = written.filter(is_number);
    // An expression may stand in for the value.
    let is_computed = written.is_some_and(|quantity| quantity.get("extension").is_some())
        || limit.object.contains("_valueQuantity");
    if value.is_none() && !is_computed {
        let message = "the limit of a quantity must be a valueQuantity with a value; correct it";
        limit.refuse(findings, Reason::Limits, message);
    }
    value.cloned()
}

/// Refuses limits that no answer could keep, or that could not be compared with answers.
fn check_limits(findings: &mut Findings, at: &At, object: &Object, question: &QuantityQuestion) {
    if let (Some(min), Some(max)) = (&question.min, &question.max) {
        match check::order_against(min, max).or_else(|| check::order_against(max, min).map(Ordering::reverse))
        {
            Some(Ordering::Greater) => {
                let message = "the lower limit (minQuantity, minValue) is above the upper one (maxQuantity, maxValue), so no \
                               answer would fit; correct them";
                let place = at::about(findings, at, object, &LIMITS);
                findings.refuse(&place, Reason::Limits, message);
            }
            Some(_) => {}
            None => {
                let message = "the limits have units with nothing in common; give both in the same one";
                let place = at::about(findings, at, object, &LIMITS);
                findings.refuse(&place, Reason::Limits, message);
                return;
            }
        }
    }
    for unit in &question.units {
        let one = check::quantity::one(unit);
        let is_unlike = |limit: &&Value| check::order_against(&one, limit).is_none();
        let limits =
            [(&question.min, ["minQuantity", "minValue"]), (&question.max, ["maxQuantity", "maxValue"])];
        let limits = limits.into_iter().filter_map(|(limit, names)| Some((limit.as_ref()?, names)));
        if let Some((limit, names)) = limits.clone().find(|(limit, _)| is_unlike(limit)) {
            let message = format!(
                "answers in the unit {} cannot be compared with the limit in {}; give the limit in a unit of the question, \
                 with system and code",
                Quoted(&unit.label.original),
                Quoted(limit.str("unit").or_else(|| limit.str("code")).unwrap_or_default())
            );
            let place = at::about(findings, at, object, &names);
            findings.refuse(&place, Reason::Limits, message);
        }
    }
}

/// Whether two limits say the same, whatever they are called.
fn is_same_limit(one: &Object, other: &Object) -> bool {
    let value =
        |limit: &Object| limit.iter().find(|(name, _)| *name != "url").map(|(_, value)| value.clone());
    value(one) == value(other)
}

/// The unit that the limits have, when they are there and have one.
fn unit_of_limits(findings: &mut Findings, at: &At, object: &Object) -> Option<UnitItem> {
    let limit =
        LIMITS.iter().find_map(|name| at::single(findings, at, object, name)?.get("valueQuantity"))?;
    unit_of_quantity(limit)
}

/// The unit of the initial value, so that its system and code are kept; the patient may write another one.
fn unit_of_initial(object: &Object) -> Option<UnitItem> {
    let initial = object.get("initial")?.as_array()?.first()?;
    unit_of_quantity(initial.get("valueQuantity")?).filter(|unit| unit.coding.contains("system"))
}

fn unit_of_quantity(quantity: &Value) -> Option<UnitItem> {
    let label = quantity.str("unit").map(Text::plain).or_else(|| quantity.str("code").map(Text::bare))?;
    let mut units = Vec::new();
    add(&mut units, quantity.as_object()?, label);
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
    let codings = ["unitOption", "unit"]
        .into_iter()
        .flat_map(|name| at::all(at, object, name))
        .filter_map(|found| Some((found, found.get("valueCoding")?.as_object()?)));
    for (found, coding) in codings {
        let place = found.at().child("valueCoding");
        let Some(label) = (if coding.contains("display") {
            findings.text(&place, coding, "display", !hidden)
        } else {
            findings.string(&place, coding, "code").map(Text::bare)
        }) else {
            if !coding.contains("display") && !coding.contains("code") {
                let message = "a unit needs a display, or system and code; add them, or remove the unit";
                findings.refuse(&place, Reason::Malformed, message);
            }
            continue;
        };
        add(&mut units, coding, label);
    }
    for found in at::all(at, object, "unitValueSet") {
        let url = ["valueCanonical", "valueUri"]
            .iter()
            .find_map(|name| found.get(name)?.as_str())
            .unwrap_or_default();
        match terminology.offered(url) {
            Ok(offered) => {
                options::said_of(findings, &found.at(), &offered);
                for concept in offered.concepts {
                    add(&mut units, &concept.coding, concept.label);
                }
            }
            Err(reason) => {
                let message = format!(
                    "the units of {} cannot be offered: {reason}; contain its expansion, or list them as unitOption",
                    Quoted(url)
                );
                found.refuse(findings, Reason::AnswerValueSet, message);
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

/// The key of the unit of a quantity that is none of the question's, where it has a coding.
fn own_coding(quantity: &Value) -> Option<String> {
    let (system, code) = (quantity.str("system")?, quantity.str("code")?);
    check::quantity::is_coding(system, code).then(|| format!("{system}|{code}"))
}

/// A `valueQuantity` as the answer of a question.
pub(super) fn answer(question: &QuantityQuestion, quantity: &Value) -> Option<Answer> {
    let text = quantity.get("value")?.as_number()?.as_str().to_owned();
    let unit = unit_of(question, quantity);
    let own = quantity.str("unit").or_else(|| quantity.str("code"));
    match (unit, own) {
        (Some(unit), _) => Some(Answer::Quantity { text, unit: Some(unit), own_unit: None }),
        (None, Some(own)) if question.own_unit => {
            Some(Answer::Quantity { text, unit: own_coding(quantity), own_unit: Some(own.trim().to_owned()) })
        }
        (None, None) if question.units.len() <= 1 => {
            let unit = question.units.first().map(|only| only.key.clone());
            Some(Answer::Quantity { text, unit, own_unit: None })
        }
        _ => None,
    }
}

/// A computed quantity as the answer of a question: in one of its units, converted where that is needed, and rounded to
/// the digits that the question takes.
pub(crate) fn computed(question: &QuantityQuestion, quantity: &Value) -> Option<Answer> {
    let places = question.number.max_decimal_places;
    let written = |text: &str| number::normalise(&number::rounded(text, places)?, "en").ok();
    let code = |unit: &UnitItem| unit.coding.get("code").and_then(Value::as_str).map(str::to_owned);
    match answer(question, quantity) {
        Some(Answer::Quantity { text, unit, own_unit }) => {
            Some(Answer::Quantity { text: written(&text)?, unit, own_unit })
        }
        _ => question.units.iter().find_map(|unit| {
            let text = written(&check::amount_in(quantity, &code(unit)?)?)?;
            Some(Answer::Quantity { text, unit: Some(unit.key.clone()), own_unit: None })
        }),
    }
}
