//! Whether a server chooses the questions (`sdc-questionnaire-questionnaireAdaptive`), and which.

use fhir::{Object, Value};

use super::{
    at,
    read::{At, Findings},
};
use crate::Reason;

/// The bases of the servers that the form names, none where it only says that it is adaptive; `None` when it is not.
pub(super) fn read(findings: &mut Findings, object: &Object) -> Option<Vec<String>> {
    let at = At::root();
    let mut said = Vec::new();
    for extension in at::all(&at, object, "questionnaireAdaptive") {
        match (extension.get("valueBoolean"), extension.get("valueUrl").or_else(|| extension.get("valueUri")))
        {
            (Some(Value::Bool(adaptive)), None) => said.push((*adaptive, None)),
            (None, Some(Value::String(address))) if is_web_address(address) => {
                said.push((true, Some(address.clone())));
            }
            _ => {
                let message =
                    "questionnaireAdaptive is true, false or the address of a FHIR server with http or https";
                extension.refuse(findings, Reason::Malformed, message);
                return None;
            }
        }
    }
    // SDC, invariant sdc-adaptive-1.
    if said.len() > 1 && said.iter().any(|(_, address)| address.is_none()) {
        let message = "where questionnaireAdaptive stands more than once, each has to be an address";
        let places: Vec<At> =
            at::all(&at, object, "questionnaireAdaptive").map(|extension| extension.at()).collect();
        for place in &places {
            findings.withdraw(place);
        }
        findings.refuse(places.last().unwrap_or(&at), Reason::Malformed, message);
        return None;
    }
    if !said.iter().any(|(adaptive, _)| *adaptive) {
        return None;
    }
    if object.contains("item") {
        let message =
            "the items of an adaptive form are not asked as they stand; its server says which is next";
        findings.notice(&at.child("item"), Reason::Unused, message);
    }
    Some(said.into_iter().filter_map(|(_, address)| address).collect())
}

fn is_web_address(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}
