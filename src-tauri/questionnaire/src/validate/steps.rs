//! The points of a slider: its form offers no number between them. FHIR does not say so of answers that come from elsewhere.

use std::cmp::Ordering;

use fhir::Value;
use fhirpath::Decimal;

use super::Run;
use super::calculate::{CALCULATED, read};
use super::definition::{Item, Kind, calculated_on};
use super::finding::{Rule, Severity};
use super::limits::BOUNDS;
use super::{options, value};

const CONTROL: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl";
const STEP: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-sliderStepValue";

impl<'a> Run<'a, '_> {
    /// An answer between two points: no patient can have given it here. A calculation may come to any number.
    pub(super) fn between_steps(&mut self, item: &Item<'a>, given: (&str, &Value), path: &str) {
        if item.extension(CALCULATED).is_some()
            || options::lists(item, given)
            || is_point(item, given.1) != Some(false)
        {
            return;
        }
        let severity = if self.is_unsigned { Severity::Error } else { Severity::Warning };
        let message = "this number lies between two points of the slider (sliderStepValue), so that nobody can have chosen it there; give one of them";
        self.report.add(severity, Rule::BetweenSteps, Some(item.link_id), path, message);
    }
}

/// Whether a number is a point of the item's slider; `None` where the item has none whose steps lead from one end to the other.
fn is_point(item: &Item<'_>, given: &Value) -> Option<bool> {
    let is_number = matches!(item.kind, Kind::Integer | Kind::Decimal);
    let codings = item.extensions(CONTROL).filter_map(|control| control.get("valueCodeableConcept"));
    let is_slider = is_number
        && codings
            .flat_map(|concept| concept.list("coding"))
            .any(|coding| coding.str("code") == Some("slider"));
    if !is_slider {
        return None;
    }
    let decimal = |value: &Value| read(value.as_number()?.as_str());
    let end = |side: Ordering| {
        let url = BOUNDS.iter().find(|bound| bound.1 == side)?.0;
        let bound = item.extension(url)?;
        let is_computed = ["_valueInteger", "_valueDecimal"]
            .iter()
            .any(|name| bound.get(name).is_some_and(|one| calculated_on(one).is_some()));
        if is_computed { None } else { decimal(value::of(bound)?.1) }
    };
    let (min, max) = (end(Ordering::Less)?, end(Ordering::Greater)?);
    let step = decimal(value::of(item.extension(STEP)?)?.1).filter(|step| *step > Decimal::ZERO)?;
    let leads_to = |number: Decimal| Some(number.checked_sub(min)?.checked_rem(step)?.is_zero());
    (min < max && leads_to(max)?).then_some(())?;
    leads_to(decimal(given)?)
}
