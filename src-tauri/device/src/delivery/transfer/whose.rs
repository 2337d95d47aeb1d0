//! Whose a resource is that an answer names. An intermediary that mixes answers up lets one record's acknowledgement answer
//! another one's create: then it says nothing of the other, which may be kept elsewhere, or nowhere.

use fhir::Value;
use rusqlite::Connection;

use super::look::malformed;
use super::{Found, Kept, Likeness, Transfer};
use crate::Error;
use crate::delivery::compare::{identifiers, is_about};
use crate::store::outbox;

/// What a delivery sends.
pub(super) const SENT: [&str; 4] = ["QuestionnaireResponse", "Provenance", "DocumentReference", "AuditEvent"];

/// By what the device knows whose a resource is.
enum Owner {
    /// The identifier of a response.
    Response(Vec<String>),
    /// The ids of the responses that a Provenance is about.
    Provenance(Vec<String>),
}

impl Owner {
    fn of(resource: &Value) -> Option<Self> {
        match resource.resource_type()? {
            "QuestionnaireResponse" => {
                let values = identifiers(resource).iter().filter_map(|one| one.str("value"));
                Some(Self::Response(values.map(str::to_owned).collect()))
            }
            "Provenance" => {
                let ids = resource.list("target").iter().filter_map(|target| {
                    client::Location::parse(target.str("reference")?, "QuestionnaireResponse")
                });
                Some(Self::Provenance(ids.map(|location| location.id).collect()))
            }
            _ => None,
        }
    }

    /// Whether a record here is the owner.
    fn is_known(&self, connection: &Connection) -> Result<bool, Error> {
        let (Self::Response(names) | Self::Provenance(names)) = self;
        for name in names {
            let is_known = match self {
                Self::Response(_) => outbox::is_identifier(connection, name)?,
                Self::Provenance(_) => outbox::is_server_id(connection, name)?,
            };
            if is_known {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Transfer<'_> {
    /// Whether this is certainly the resource of another record, or of another type than was sent. What was altered is
    /// still the parcel's own: an identifier that no record has is a difference, and an alert.
    pub(super) async fn is_anothers(&self, kept: &Kept) -> Found<bool> {
        let resource = Value::parse(&kept.returned).map_err(|_| malformed())?;
        if resource.resource_type() != Some(self.parcel.resource_type) {
            return Ok(resource.resource_type().is_some_and(|other| SENT.contains(&other)));
        }
        if (self.parcel.likeness)(&resource) != Likeness::Other || self.is_about_mine(&resource) {
            return Ok(false);
        }
        let Some(owner) = Owner::of(&resource) else { return Ok(false) };
        self.context.read(move |connection| owner.is_known(connection)).await.map_err(|_| malformed())
    }

    /// A Provenance about the parcel's own response, whoever signed it.
    fn is_about_mine(&self, resource: &Value) -> bool {
        let (name, own) = &self.parcel.parameter;
        *name == "target" && is_about(resource, own)
    }
}
