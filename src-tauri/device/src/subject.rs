//! The export of everything that one subject signed: one Bundle in the name of the site's organization, as
//! `InteropEHRate` signs for transmission. Each response keeps its own signatures and its own Provenance.

use std::path::PathBuf;

use fhir::{Value, array, object};
use seal::iehr::{Transmission, sign_bundle};
use uuid::Uuid;

use crate::accounts::Staff;
use crate::export::file_name;
use crate::store::outbox::{self, Item};
use crate::store::participant::{self, Participant};
use crate::{APPLICATION, Device, Error, FhirVersion, clock};

/// `Questionnaire response Document` (LOINC).
const RESPONSES: &str = "74465-6";

impl Device {
    /// Writes every response of a participant as one Bundle, signed with the organization's key, into the configured
    /// folder. The file's name has a random id and the time, nothing about a person. Never overwrites.
    ///
    /// # Errors
    /// [`Error::SubjectRelease`] in a study of FHIR R5; [`Error::NotFound`] when there is no such participant or no response of theirs; [`Error::Configuration`] when no
    /// organization is configured; [`Error::NotEnrolled`], [`Error::SealingKeyMissing`], [`Error::Keystore`],
    /// [`Error::Seal`], [`Error::FileExists`], [`Error::DiskFull`], [`Error::Io`].
    pub fn export_subject(&self, participant: &str, by: &Staff) -> Result<PathBuf, Error> {
        let subject = format!("participant/{participant}");
        let (known, items) = self.store().read(|connection| {
            let known = participant::by_id(connection, participant)?;
            let mut items = outbox::all(connection)?;
            items.retain(|item| item.participant == participant && item.record.is_none());
            items.reverse();
            Ok((known, items))
        })?;
        if items.is_empty() {
            return Err(Error::NotFound("record"));
        }
        let name = file_name("subject", &Uuid::new_v4().to_string(), &self.now(), "json");
        let written = self.subject_bundle(&known, &items).and_then(|bundle| {
            let text = bundle.to_json_pretty();
            self.write_export(&name, text.as_bytes())
        });
        self.noted(written, &name, ("subject.exported", "subject.exportFailed"), &subject, by)
    }

    fn subject_bundle(&self, participant: &Participant, items: &[Item]) -> Result<Value, Error> {
        if self.configuration().policy.fhir_version != FhirVersion::R4 {
            return Err(Error::SubjectRelease);
        }
        let custodian = self.organization()?.party();
        let key = self.organization_key()?;
        let server = self.configuration().server.trim_end_matches('/').to_owned();
        let now = self.now();
        let mut sections = Vec::with_capacity(items.len());
        let mut entries = Vec::new();
        for item in items {
            let (response, provenance) = item.evidence();
            let server = item.endpoint.as_deref().unwrap_or(&server);
            let response = Entry::of(server, response, &item.identifier)?;
            sections.push(object! {
                "title" => &item.title,
                "entry" => array![object! { "reference" => &response.full_url }],
            });
            entries.push(response.into_value());
            if let Some(provenance) = provenance {
                entries.push(
                    Entry::of(server, provenance, &format!("urn:uuid:{}", Uuid::new_v4()))?.into_value(),
                );
            }
        }
        let id = Uuid::new_v4().to_string();
        let composition = object! {
            "resourceType" => "Composition",
            "id" => id.as_str(),
            "identifier" => object! { "system" => "urn:ietf:rfc:3986", "value" => format!("urn:uuid:{id}") },
            "status" => "final",
            "type" => object! { "coding" => array![object! { "system" => "http://loinc.org", "code" => RESPONSES }] },
            "subject" => participant.party().to_reference(),
            "date" => clock::text(&now),
            "author" => array![custodian.to_reference(), self.party().to_reference()],
            "title" => "Responses",
            "custodian" => custodian.to_reference(),
            "section" => sections,
        };
        // Under the server's address, and so is its Provenance: from a urn a relative reference would lead nowhere.
        entries.insert(
            0,
            object! { "fullUrl" => format!("{server}/Composition/{id}"), "resource" => composition },
        );
        let bundle = object! {
            "resourceType" => "Bundle",
            "id" => Uuid::new_v4().to_string(),
            "type" => "collection",
            "timestamp" => clock::text(&now),
            "entry" => entries,
        };
        let transmission = Transmission {
            authors: std::slice::from_ref(&custodian),
            custodian: &custodian,
            issued_at: now.timestamp(),
            application: APPLICATION,
        };
        Ok(sign_bundle(&bundle, &transmission, &mut || Uuid::new_v4().to_string(), &key)?)
    }
}

/// A resource and its name in the Bundle.
struct Entry {
    full_url: String,
    resource: Value,
}

impl Entry {
    /// What the server keeps has the server's address; what it does not keep yet goes by `otherwise`, a `urn:uuid:`.
    fn of(server: &str, bytes: &[u8], otherwise: &str) -> Result<Self, Error> {
        let resource = Value::parse(bytes).map_err(|_| Error::Unreadable("resource"))?;
        let full_url = match (resource.resource_type(), resource.str("id")) {
            (Some(kind), Some(id)) => format!("{server}/{kind}/{id}"),
            _ => otherwise.to_owned(),
        };
        Ok(Self { full_url, resource })
    }

    fn into_value(self) -> Value {
        object! { "fullUrl" => self.full_url, "resource" => self.resource }
    }
}
