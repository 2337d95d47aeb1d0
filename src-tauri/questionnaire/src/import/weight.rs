//! The weights of options and codes, which scores are made of.

use fhir::Object;

use super::{
    extension,
    read::{At, Findings},
};
use crate::{Reason, report::Quoted};

/// The names under which HL7 has defined a weight.
const NAMES: [&str; 4] = ["ordinalValue", "itemWeight", "valueset-ordinalValue", "codesystem-ordinalValue"];

/// Refuses a weight that is no number: each score with it would be without it, and nobody would see that.
pub(super) fn check(findings: &mut Findings, at: &At, found: &Object, url: &str) {
    if !extension::hl7_name(url).is_some_and(|name| NAMES.contains(&name)) {
        return;
    }
    let number = ["valueDecimal", "valueInteger"].iter().find_map(|name| found.get(name)?.as_number());
    if number.is_none() {
        let message =
            format!("{} must be a number (valueDecimal), or scores would be without it", Quoted(url));
        findings.refuse(at, Reason::Malformed, message);
    }
}
