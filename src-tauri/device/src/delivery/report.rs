//! The AuditEvent for an alert, and for each act on it: DICOM's Security Alert. It names paths and versions, never an answer; the
//! person's own words stay on the device, because they may name one.

use fhir::{Value, Version, array, object};
use jiff::Zoned;
use seal::Party;

use super::act::Decision;
use crate::clock;
use crate::store::alert::Alert;
use crate::store::outbox::Item;

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const WHAT_HAPPENED: &str = "The server does not keep what was signed.";

/// What is reported.
#[derive(Clone, Copy)]
pub(super) enum Reported<'a> {
    /// The device found it.
    Raised,
    /// A person decided about it.
    Decided(&'a Decision),
}

impl Reported<'_> {
    fn action(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Decided(decision) => decision.action.as_str(),
        }
    }

    const fn display(self) -> &'static str {
        match self {
            Self::Raised => "An alert",
            Self::Decided(_) => "Act on an alert",
        }
    }

    /// Who caused it, first.
    fn agents(self, device: &Party) -> Value {
        match self {
            Self::Raised => array![object! { "who" => device.to_reference(), "requestor" => true }],
            Self::Decided(decision) => array![
                object! {
                    "who" => object! {
                        "identifier" => object! { "value" => &decision.actor.user },
                        "display" => &decision.actor.display_name,
                    },
                    "requestor" => true,
                },
                object! { "who" => device.to_reference(), "requestor" => false },
            ],
        }
    }
}

/// In the release that the response is written in.
pub(super) fn audit_event(
    id: &str,
    alert: &Alert,
    item: &Item,
    reported: Reported<'_>,
    device: &Party,
    now: &Zoned,
) -> Value {
    let version = release(item);
    let detail = |kind: &str, value: &str| {
        let kind = match version {
            Version::R4 => Value::from(kind),
            Version::R5 => object! { "text" => kind },
        };
        object! { "type" => kind, "valueString" => value }
    };
    let mut details = vec![detail("action", reported.action()), detail("alert", alert.kind.as_str())];
    details.extend(alert.changes.iter().map(|change| detail("path", &change.path)));
    details.extend(alert.found.iter().map(|found| detail("found", found)));
    let mut what = object! {
        "identifier" => object! { "system" => "urn:ietf:rfc:3986", "value" => &item.identifier },
    };
    if let (Some(members), Some(target)) = (what.as_object_mut(), &alert.target) {
        // The study's own server is told: what another one keeps is named with its address.
        let reference = match &item.endpoint {
            None => target.clone(),
            Some(endpoint) => format!("{endpoint}/{target}"),
        };
        members.insert("reference", reference);
    }
    let mut event = object! { "resourceType" => "AuditEvent" };
    let Some(members) = event.as_object_mut() else { return event };
    let alarm = object! { "system" => DICOM, "code" => "110113", "display" => "Security Alert" };
    match version {
        Version::R4 => {
            members.insert("type", alarm);
            members.insert("recorded", clock::text(now));
            members.insert("outcome", "8");
            members.insert("outcomeDesc", WHAT_HAPPENED);
        }
        Version::R5 => {
            members.insert("code", object! { "coding" => array![alarm] });
            members.insert("recorded", clock::text(now));
            members.insert(
                "outcome",
                object! {
                    "code" => object! {
                        "system" => "http://hl7.org/fhir/issue-severity", "code" => "error", "display" => "Error",
                    },
                    "detail" => array![object! { "text" => WHAT_HAPPENED }],
                },
            );
        }
    }
    members.insert("agent", reported.agents(device));
    members.insert("source", object! { "observer" => device.to_reference() });
    members.insert(
        "entity",
        array![
            object! {
                "what" => object! {
                    "identifier" => object! {
                        "system" => "urn:ietf:rfc:3986",
                        "value" => format!("urn:uuid:{id}"),
                    },
                    "display" => reported.display(),
                },
                "detail" => details,
            },
            object! { "what" => what },
        ],
    );
    event
}

/// The release follows from the response, whose identifiers are a list in R5.
fn release(item: &Item) -> Version {
    let response = Value::parse(&item.response).ok();
    let identifier = response.as_ref().and_then(|response| response.get("identifier"));
    if identifier.is_some_and(|identifier| identifier.as_array().is_some()) {
        Version::R5
    } else {
        Version::R4
    }
}
