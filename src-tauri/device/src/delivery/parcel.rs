//! The parcels of a delivery: how each resource is sent, and how it is recognised on the server.

use fhir::Value;

use super::compare::{identifiers, is_of, is_same_proof, with_id};
use super::transfer::{Likeness, Parcel};
use crate::store::outbox::Item;
use crate::store::posting::{Kind, Posting};
use crate::{Create, Error};

const URI_SYSTEM: &str = "urn:ietf:rfc:3986";

/// A resource as sent: the value and its exact bytes.
pub(super) struct Sent {
    pub(super) value: Value,
    bytes: Vec<u8>,
}

impl Sent {
    /// A create sends the stored bytes; an update, and a create under an id, the same content with that id.
    fn new(stored: &[u8], id: Option<&str>) -> Result<Self, Error> {
        let value = Value::parse(stored).map_err(|_| Error::Unreadable("resource"))?;
        Ok(match id {
            None => Self { value, bytes: stored.to_vec() },
            Some(id) => {
                let bytes = with_id(&value, id).to_json().into_bytes();
                Self { value, bytes }
            }
        })
    }
}

/// The response of an item.
pub(super) struct Response<'a> {
    item: &'a Item,
    pub(super) sent: Sent,
    own_id: Option<String>,
    replaces: Option<(String, String)>,
}

impl<'a> Response<'a> {
    pub(super) fn of(item: &'a Item, create: Create) -> Result<Self, Error> {
        let replaces = item.server_id.clone().zip(item.replaces.clone());
        // The identifier's own UUID: the same id whenever and from wherever it is sent.
        let own_id = (create == Create::Put)
            .then(|| item.identifier.strip_prefix("urn:uuid:").map(str::to_owned))
            .flatten();
        let id = replaces.as_ref().map(|(id, _)| id).or(own_id.as_ref());
        Ok(Self { item, sent: Sent::new(&item.response, id.map(String::as_str))?, own_id, replaces })
    }

    pub(super) fn parcel(&self, unsure: bool) -> Parcel<'_> {
        let (value, identifier) = (&self.sent.value, self.item.identifier.as_str());
        let authored = value.str("authored");
        let token = format!("{URI_SYSTEM}|{identifier}");
        Parcel {
            subject: format!("record/{}", self.item.id),
            name: "response",
            resource_type: "QuestionnaireResponse",
            bytes: &self.sent.bytes,
            condition: Some(format!("identifier={token}")),
            parameter: ("identifier", token),
            otherwise: authored.map(|authored| ("authored", authored.to_owned())),
            likeness: Box::new(move |found| {
                let own = identifiers(found).iter().any(|own| is_identifier(own, URI_SYSTEM, identifier));
                Likeness::of(own, || is_of(value, found))
            }),
            own_id: self.own_id.clone(),
            replaces: self.replaces.clone(),
            unsure,
        }
    }
}

/// The Provenance of an item.
pub(super) struct Provenance<'a> {
    item: &'a Item,
    pub(super) sent: Sent,
    replaces: Option<(String, String)>,
}

impl<'a> Provenance<'a> {
    pub(super) fn of(item: &'a Item) -> Result<Self, Error> {
        let stored = item.provenance.as_deref().ok_or(Error::Unreadable("Provenance"))?;
        let replaces = item.provenance_id.clone().zip(item.provenance_replaces.clone());
        let id = replaces.as_ref().map(|(id, _)| id.as_str());
        Ok(Self { item, sent: Sent::new(stored, id)?, replaces })
    }

    /// R4 gives a Provenance no identifier: it is found by what it is about, and recognised by the bytes of its signature.
    /// Where those are others, one about the same response with the same agents and the same time is what became of it. Where
    /// the signature is its own, and what it is about is not, it is found by its time.
    pub(super) fn parcel(&self, unsure: bool) -> Parcel<'_> {
        let value = &self.sent.value;
        let target = format!("QuestionnaireResponse/{}", self.item.server_id.as_deref().unwrap_or_default());
        let (signature, recorded) = (signature_of(value), value.str("recorded"));
        Parcel {
            subject: format!("record/{}", self.item.id),
            name: "provenance",
            resource_type: "Provenance",
            bytes: &self.sent.bytes,
            condition: None,
            parameter: ("target", target),
            otherwise: recorded.map(|recorded| ("recorded", recorded.to_owned())),
            likeness: Box::new(move |found| {
                let own = signature.is_some() && signature_of(found) == signature;
                Likeness::of(own, || found.str("recorded") == recorded && is_same_proof(value, found))
            }),
            own_id: None,
            replaces: self.replaces.clone(),
            unsure,
        }
    }
}

/// A posting: the certificate's DocumentReference, or the AuditEvent about an act on an alert.
pub(super) struct Posted<'a> {
    posting: &'a Posting,
    pub(super) sent: Sent,
    replaces: Option<(String, String)>,
}

impl<'a> Posted<'a> {
    pub(super) fn of(posting: &'a Posting) -> Result<Self, Error> {
        let replaces = posting.server_id.clone().zip(posting.replaces.clone());
        let id = replaces.as_ref().map(|(id, _)| id.as_str());
        Ok(Self { posting, sent: Sent::new(&posting.resource, id)?, replaces })
    }

    pub(super) fn parcel(&self, unsure: bool) -> Parcel<'_> {
        let value = &self.sent.value;
        let subject = format!("posting/{}", self.posting.id);
        let resource_type = self.posting.kind.resource_type();
        let (bytes, replaces) = (self.sent.bytes.as_slice(), self.replaces.clone());
        match self.posting.kind {
            Kind::Certificate => {
                let identifier = value.list("identifier").first();
                let system = identifier.and_then(|own| own.str("system")).unwrap_or_default();
                let own = identifier.and_then(|own| own.str("value")).unwrap_or_default();
                let token = format!("{system}|{own}");
                let content = value.list("content").first().and_then(|content| content.get("attachment"));
                let content_type = content.and_then(|content| content.str("contentType"));
                Parcel {
                    subject,
                    name: "document",
                    resource_type,
                    bytes,
                    condition: Some(format!("identifier={token}")),
                    parameter: ("identifier", token),
                    otherwise: content_type.map(|kind| ("contenttype", kind.to_owned())),
                    likeness: Box::new(move |found| {
                        let found_own = found.list("identifier");
                        let own = found_own.iter().any(|other| is_identifier(other, system, own));
                        // A site may keep the same certificate as a document of its own.
                        let is_ours = || found.str("description") == value.str("description");
                        Likeness::of(own, || is_of(value, found) && is_ours())
                    }),
                    own_id: None,
                    replaces,
                    unsure,
                }
            }
            // R4 gives an AuditEvent no identifier: it is found by its time, and names its act.
            Kind::AuditEvent => {
                let act = act_of(value);
                Parcel {
                    subject,
                    name: "report",
                    resource_type,
                    bytes,
                    condition: None,
                    parameter: ("date", value.str("recorded").unwrap_or_default().to_owned()),
                    otherwise: None,
                    likeness: Box::new(move |found| {
                        Likeness::of(act.is_some() && act_of(found) == act, || false)
                    }),
                    own_id: None,
                    replaces,
                    unsure,
                }
            }
        }
    }
}

fn signature_of(provenance: &Value) -> Option<&str> {
    provenance.list("signature").first()?.str("data")
}

/// The identifier of the act that an AuditEvent of ours is about.
fn act_of(event: &Value) -> Option<&str> {
    event.list("entity").iter().find_map(|entity| entity.get("what")?.get("identifier")?.str("value"))
}

fn is_identifier(identifier: &Value, system: &str, value: &str) -> bool {
    identifier.str("system") == Some(system) && identifier.str("value") == Some(value)
}
