//! Sliders: a line with points at equal distances, all of which are numbers that an answer can have.

use fhir::{Object, Value};

use super::{
    at, extension, limits,
    read::{At, Findings},
};
use crate::{
    Reason,
    form::{NumberQuestion, Scale},
    number,
};

/// Numbers up to here are exact wherever they are drawn (2⁵³).
const LARGEST: i64 = 9_007_199_254_740_992;

/// The scale of a number question with the control `slider`. Its limits become those that it is drawn with.
///
/// A slider that cannot be drawn is refused: a number that is typed is another instrument. Where its author gave no ends, or
/// nobody moves it, only a notice says so.
pub(super) fn read(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    hidden: bool,
    question: &mut NumberQuestion,
) -> Option<Scale> {
    let step = match at::single(findings, at, object, "sliderStepValue") {
        Some(step) => ["valueInteger", "valueDecimal"]
            .iter()
            .find_map(|name| step.get(name)?.as_number())
            .map(|step| number::plain(step.as_str())),
        None => Some(limits::last_place(question)),
    };
    let points = question.min.as_deref().zip(question.max.as_deref()).zip(step.as_deref());
    let scale = points.and_then(|((min, max), step)| points_between(min, max, step, question));
    let Some((mut scale, max)) = scale else {
        let message = "a slider needs minValue below maxValue, and a sliderStepValue (1 where there is none, or the last \
                       decimal place) that leads from one to the other and has no more decimals than an answer may \
                       have; give them; without them the number is typed";
        let yes = |name: &str| object.get(name).and_then(Value::as_bool) == Some(true);
        let place = at::control_at(at, object, "slider");
        // Without a line there are no steps on it.
        at::about(findings, at, object, &["sliderStepValue"]);
        // Without both limits there is no instrument yet, only a number: its author left the line's ends open.
        let is_open = question.min.is_none() || question.max.is_none();
        if is_open || hidden || yes("readOnly") || at::has(object, "calculatedExpression") {
            findings.notice(&place, Reason::Slider, message);
        } else {
            at::about(findings, at, object, &["minValue", "maxValue"]);
            findings.refuse(&place, Reason::Slider, message);
        }
        return None;
    };
    scale.show_value =
        object.get("extension").and_then(Value::as_array).unwrap_or_default().iter().any(|found| {
            found.str("url") == Some(extension::SHOW_VALUE)
                && found.get("valueBoolean").and_then(Value::as_bool) == Some(true)
        });
    question.min = Some(number::unscaled(scale.min, scale.places));
    question.max = Some(number::unscaled(max, scale.places));
    Some(scale)
}

/// The scale between two numbers, and its high end in its own units.
fn points_between(min: &str, max: &str, step: &str, question: &NumberQuestion) -> Option<(Scale, i64)> {
    let places = [min, max, step].into_iter().map(number::places_needed).max()?;
    let scaled =
        |text: &str| number::scaled(text, places).filter(|value| (-LARGEST..=LARGEST).contains(value));
    let (min, max, step) = (scaled(min)?, scaled(max)?, scaled(step)?);
    let fits = min < max && step > 0 && (max - min) % step == 0;
    let most = if question.integer { Some(0) } else { question.max_decimal_places };
    (fits && most.is_none_or(|most| places <= most))
        .then_some((Scale { min, step, places, show_value: false }, max))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn points_are_counted_exactly() {
        let decimal = NumberQuestion::default();
        let (scale, max) = points_between("0.0", "10.00", "0.1", &decimal).unwrap();
        assert_eq!((scale.min, scale.step, scale.places, max), (0, 1, 1, 100));
        let (scale, max) = points_between("-0.5", "0.7", "0.3", &decimal).unwrap();
        assert_eq!((scale.min, scale.step, scale.places, max), (-5, 3, 1, 7));
        assert!(points_between("0", "1", "0.3", &decimal).is_none(), "no step leads to the end");
        assert!(points_between("0", "1", "0", &decimal).is_none());
        assert!(points_between("1", "1", "1", &decimal).is_none());
        assert!(points_between("0", "9007199254740993", "1", &decimal).is_none());
        let whole = NumberQuestion { integer: true, ..NumberQuestion::default() };
        assert!(points_between("0", "10", "0.5", &whole).is_none(), "an integer has no halves");
        let one = NumberQuestion { max_decimal_places: Some(1), ..NumberQuestion::default() };
        assert!(points_between("0", "1", "0.25", &one).is_none());
        assert!(points_between("0", "1", "0.50", &one).is_some());
    }
}
