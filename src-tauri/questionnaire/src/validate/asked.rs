//! Whether a patient can be asked at all: nothing is demanded of what nobody could answer.

use fhir::Value;

use super::Run;
use super::calculate::CALCULATED;
use super::definition::{Item, Kind};
use super::enable::State;
use super::response::Place;

pub(super) const INITIAL: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression";
const HIDDEN: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden";
const USAGE_MODE: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-usageMode";

/// Whether nobody can write over the item's answer: it is read-only, or never shown.
pub(super) fn is_fixed(item: &Item<'_>) -> bool {
    let yes = |value: Option<&Value>| value.and_then(Value::as_bool) == Some(true);
    yes(item.value.get("readOnly"))
        || yes(item.extension(HIDDEN).and_then(|extension| extension.get("valueBoolean")))
}

/// Whether an expression answers the question, and no patient: it may have nothing to answer it with.
pub(super) fn is_answered_by_form(item: &Item<'_>) -> bool {
    item.kind.is_question()
        && (item.extension(CALCULATED).is_some() || (item.extension(INITIAL).is_some() && is_fixed(item)))
}

/// Whether an item is only for reading completed forms.
fn is_for_reading_only(item: &Item<'_>) -> bool {
    let mode = item.extension(USAGE_MODE).and_then(|extension| extension.str("valueCode"));
    matches!(mode, Some("display" | "display-non-empty"))
}

impl Run<'_, '_> {
    /// Whether a question in the group could be answered now. A required group with texts, with what is calculated and
    /// with questions that are not enabled has nothing to be filled in with.
    pub(super) fn asks_now(&mut self, group: usize, place: Place) -> bool {
        let mut waiting = vec![group];
        while let Some(next) = waiting.pop() {
            let Some(item) = self.definition.get(next) else { continue };
            if !self.report.step(1) {
                return false;
            }
            let asks = item.kind == Kind::Group || item.kind.is_question();
            if !asks || is_fixed(item) || is_for_reading_only(item) {
                continue;
            }
            if next != group && self.own(next, place) != State::Yes {
                continue;
            }
            if item.kind == Kind::Group {
                waiting.extend(&item.children);
            } else if !is_answered_by_form(item) && item.value.get("_readOnly").is_none() {
                return true;
            }
        }
        false
    }
}
