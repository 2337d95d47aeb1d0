//! The parcels of a delivery: how each resource is sent, and how it is recognised on the server.

use fhir::Value;

use super::compare::{identifiers, with_id};
use super::transfer::Parcel;
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
        let identifier = self.item.identifier.as_str();
        let token = format!("{URI_SYSTEM}|{identifier}");
        Parcel {
            subject: format!("record/{}", self.item.id),
            name: "response",
            resource_type: "QuestionnaireResponse",
            bytes: &self.sent.bytes,
            condition: Some(format!("identifier={token}")),
            parameters: vec![("identifier", token)],
            is_mine: Box::new(move |found| {
                identifiers(found).iter().any(|own| is_identifier(own, URI_SYSTEM, identifier))
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
    /// When it was recorded is not asked for: a server may keep that otherwise, and it has to be found all the same.
    pub(super) fn parcel(&self, unsure: bool) -> Parcel<'_> {
        let value = &self.sent.value;
        let target = self.item.server_id.as_deref().unwrap_or_default();
        let signature = value.list("signature").first().and_then(|signature| signature.str("data"));
        Parcel {
            subject: format!("record/{}", self.item.id),
            name: "provenance",
            resource_type: "Provenance",
            bytes: &self.sent.bytes,
            condition: None,
            parameters: vec![("target", format!("QuestionnaireResponse/{target}"))],
            is_mine: Box::new(move |found| {
                signature.is_some() && found.list("signature").iter().any(|own| own.str("data") == signature)
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
                Parcel {
                    subject,
                    name: "document",
                    resource_type,
                    bytes,
                    condition: Some(format!("identifier={token}")),
                    parameters: vec![("identifier", token)],
                    is_mine: Box::new(move |found| {
                        found.list("identifier").iter().any(|other| is_identifier(other, system, own))
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
                    parameters: vec![("date", value.str("recorded").unwrap_or_default().to_owned())],
                    is_mine: Box::new(move |found| act.is_some() && act_of(found) == act),
                    own_id: None,
                    replaces,
                    unsure,
                }
            }
        }
    }
}

/// The identifier of the act that an AuditEvent of ours is about.
fn act_of(event: &Value) -> Option<&str> {
    event.list("entity").iter().find_map(|entity| entity.get("what")?.get("identifier")?.str("value"))
}

fn is_identifier(identifier: &Value, system: &str, value: &str) -> bool {
    identifier.str("system") == Some(system) && identifier.str("value") == Some(value)
}
