//! `questionnaire-displayCategory`, and the two controls of a text that say the same: what a text is for.

use fhir::Object;

use super::{
    at,
    read::{At, Findings},
};
use crate::{
    Category, Reason,
    form::{Kind, Role},
    report::Quoted,
};

const SYSTEM: &str = "http://hl7.org/fhir/questionnaire-display-category";

/// What the text is for, where it is drawn as such. The category says it rather than the control, which also says where a
/// text stands. That only texts have one, [`super::placing`] says.
pub(super) fn read(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    kind: &Kind,
    hidden: bool,
) -> Option<Category> {
    let Kind::Display(role) = *kind else { return None };
    let said = named(findings, at, object, role, hidden);
    let controls = at::item_control(object);
    let by_control = || ["legal", "help"].into_iter().find(|code| controls.contains(code));
    said.or_else(|| by_control().and_then(Category::of))
        // What stands under a question is its help in any case.
        .filter(|category| !(role == Role::Help && *category == Category::Help))
        .filter(|_| !is_label(role))
}

/// The category that the extension names.
fn named(findings: &mut Findings, at: &At, object: &Object, role: Role, hidden: bool) -> Option<Category> {
    let found = at::single(findings, at, object, "displayCategory")?;
    // Without a value it is said to have none.
    let concept = found.get("valueCodeableConcept")?;
    let of_system = |wanted: Option<&'static str>| {
        let codings = concept.list("coding").iter().filter(move |coding| coding.str("system") == wanted);
        codings.filter_map(|coding| coding.str("code"))
    };
    // A code of another system means something else.
    let category = of_system(Some(SYSTEM)).chain(of_system(None)).find_map(Category::of);
    let codes = || concept.list("coding").iter().filter_map(|coding| coding.str("code"));
    let why = match (category, codes().next()) {
        (Some(_), _) if hidden => Some("what it stands on is never shown".to_owned()),
        (Some(_), _) if is_label(role) => {
            Some("a label at a scale or a number is drawn there, and nowhere else".to_owned())
        }
        (Some(_), _) => None,
        (None, Some(code)) => {
            Some(format!("{} is none of its codes ({})", Quoted(code), Category::CODES.join(", ")))
        }
        (None, None) => Some("it has no code, and a text alone is not acted on; add the coding".to_owned()),
    };
    if let Some(why) = why {
        found.notice(findings, Reason::Unused, format!("displayCategory is not used: {why}"));
    }
    category
}

/// Whether a text is part of a control.
fn is_label(role: Role) -> bool {
    matches!(role, Role::Lower | Role::Upper | Role::Unit)
}
