//! Where more is said about a question: `questionnaire-supportHyperlink`, and `questionnaire-supportLink` before it. A patient
//! is led to no other page; the address is read with the help, and can be looked up elsewhere.

use fhir::{Object, Value};

use super::{
    extension::hl7_name,
    read::{At, Findings},
};
use crate::{
    Reason,
    form::{Kind, Text},
};

/// Where more is said, one line each: the label with the address, or the address alone.
pub(super) fn read(
    findings: &mut Findings,
    at: &At,
    object: &Object,
    kind: &Kind,
    hidden: bool,
) -> Vec<Text> {
    let extensions = object.get("extension").and_then(Value::as_array).unwrap_or_default();
    let mut links = Vec::new();
    for (index, found) in extensions.iter().enumerate() {
        let url = found.str("url").unwrap_or_default();
        if !matches!(hl7_name(url), Some("supportLink" | "supportHyperlink")) {
            continue;
        }
        let place = at.extension(index, url);
        let why_not = match kind {
            Kind::Group => Some("it is shown with questions and texts; put it on one of them"),
            _ if hidden => Some("what it stands on is never shown"),
            _ => None,
        };
        match why_not {
            Some(why) => findings.notice(&place, Reason::Unused, format!("not used: {why}")),
            None => match link(findings, &place, found) {
                Some(link) => {
                    findings.support(&place);
                    links.push(link);
                }
                None => findings.notice(&place, Reason::Unused, "not used: it has no address"),
            },
        }
    }
    links
}

fn link(findings: &mut Findings, at: &At, found: &Value) -> Option<Text> {
    let part = |wanted: &str| found.list("extension").iter().find(|part| part.str("url") == Some(wanted));
    let holder = part("link").unwrap_or(found);
    let address = ["valueUri", "valueUrl"].into_iter().find_map(|name| holder.str(name))?.trim();
    if address.is_empty() || address.chars().any(char::is_control) {
        return None;
    }
    let label = found.list("extension").iter().position(|part| part.str("url") == Some("label"));
    let label = label.and_then(|index| Some((at.extension(index, "label"), part("label")?.as_object()?)));
    let Some(text) = label.and_then(|(at, label)| findings.text(&at, label, "valueString", true)) else {
        return Some(Text::bare(address));
    };
    Some(text.each(|label| format!("{label}: {address}")))
}
