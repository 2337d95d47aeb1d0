//! Whether an item is shown, and what is read where it has no text of its own.

use fhir::{Object, Value};

use super::{
    at,
    item::Tree,
    read::{At, Findings},
};
use crate::{Reason, form::Text, report::Quoted};

/// What the patient reads where a question or display has no text of its own: its short text, the display of its
/// code, or the words of the groups around it, which stand on its screen.
pub(super) fn stand_in(
    findings: &mut Findings,
    tree: &Tree<'_>,
    at: &At,
    object: &Object,
    parent: Option<usize>,
) -> Option<Text> {
    if object.contains("text") {
        return None;
    }
    let short = at::single(findings, at, object, "shortText")
        .and_then(|short| findings.text(&short.at(), short.object, "valueString", true));
    let code = || object.get("code").and_then(Value::as_array)?.iter().find_map(|code| code.str("display"));
    let words = short.or_else(|| code().filter(|code| !code.trim().is_empty()).map(Text::plain));
    let is_read_with_its_options = || object.contains("answerOption") || object.contains("answerValueSet");
    let is_read_with_its_group = || {
        let around = std::iter::successors(parent, |&at| tree.items[at].parent)
            .any(|at| tree.items[at].text.is_some());
        around
            || object
                .get("item")
                .and_then(Value::as_array)
                .is_some_and(|items| items.iter().any(|item| item.str("text").is_some()))
    };
    if words.is_some() {
        findings.notice(
            at,
            Reason::Completed,
            "there is no text; the short text or the code's display stands in",
        );
    } else if is_read_with_its_options() || is_read_with_its_group() {
        findings.notice(
            at,
            Reason::Completed,
            "there is no text; what stands around it is all that the patient reads",
        );
        return Some(Text::plain(""));
    } else {
        findings.refuse(
            at,
            Reason::MissingText,
            "the patient would see nothing here; add a text, or hide the item",
        );
    }
    words
}

/// `questionnaire-usageMode`: items that are only for reading completed forms are not shown while one is filled in.
pub(super) fn is_for_reading_only(findings: &mut Findings, at: &At, object: &Object) -> bool {
    let Some(mode) = at::single(findings, at, object, "usageMode") else { return false };
    let hidden = match mode.get("valueCode").and_then(Value::as_str) {
        Some("display" | "display-non-empty") => true,
        // Without a code it is said to have none; see `placing`.
        Some("capture" | "capture-display") | None => false,
        Some(other) => {
            let message = format!(
                "usageMode is not used: {} is none of its codes (capture-display, capture, display, display-non-empty)",
                Quoted(other)
            );
            mode.notice(findings, Reason::Unused, message);
            false
        }
    };
    if hidden {
        findings.notice(
            at,
            Reason::Unused,
            "this is for reading completed forms, and is not shown while one is filled in",
        );
    }
    hidden
}

pub(super) fn is_hidden(findings: &mut Findings, at: &At, object: &Object) -> bool {
    let Some(hidden) = at::single(findings, at, object, "hidden") else { return false };
    hidden.get("valueBoolean").and_then(Value::as_bool).unwrap_or_else(|| {
        hidden.refuse(findings, Reason::Malformed, "questionnaire-hidden must have a valueBoolean");
        false
    })
}
