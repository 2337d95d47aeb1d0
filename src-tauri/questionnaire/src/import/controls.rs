//! `questionnaire-itemControl`: which codes change nothing.

use fhir::Object;

use super::{
    at,
    read::{At, Findings},
};
use crate::{Reason, report::Quoted};

/// The controls of HL7's that a text may have.
pub(super) const OF_TEXTS: [&str; 10] =
    ["inline", "prompt", "unit", "lower", "upper", "flyover", "help", "legal", "header", "footer"];

/// Names each control of an item that is none of the `known`: `what` it is, and `what_stays` the same without it.
pub(super) fn check(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    known: &[&str],
    (what, what_stays): (&str, &str),
) {
    for (index, url, control) in at::controls(object).filter(|(.., control)| !known.contains(control)) {
        let message = format!("the {what} {} is not used; {what_stays} the same", Quoted(control));
        findings.notice(&at.extension(index, url), Reason::Unused, message);
    }
}
