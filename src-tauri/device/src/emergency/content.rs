//! What an emergency export says, as JSON. `docs/emergency-export.md` describes it for people without this program.
//!
//! Never in it: private keys, passwords and PINs, or what was made from them.

use serde::{Deserialize, Serialize};

use crate::configuration::FhirVersion;
use crate::store::alert::{Action, AlertKind, Change, Outcome, Phase};
use crate::store::attempt::Attempt;
use crate::store::audit::Entry;
use crate::store::visit::VisitState;
use crate::study::StudyMark;

/// `format`, and `cty` of the signature over it.
pub(crate) const FORMAT: &str = "attesta-emergency-export/1";

/// Everything that a device owes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Content {
    /// [`FORMAT`].
    pub(crate) format: String,
    /// The export's own identifier, `urn:uuid:…`.
    pub(crate) export: String,
    /// RFC 3339 with offset.
    pub(crate) made_at: String,
    /// The staff user.
    pub(crate) made_by: String,
    /// Why, in their words.
    pub(crate) reason: String,
    /// Why the device's audit trail below does not have this export (`disk-full`, `io`): its disk took nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unrecorded: Option<String>,
    /// Name and version of the program.
    pub(crate) application: String,
    /// The device that made it.
    pub(crate) device: Source,
    /// Base address of the FHIR server, and the release that it is sent.
    pub(crate) server: String,
    pub(crate) fhir_version: FhirVersion,
    /// The study's signed document; none in practice.
    pub(crate) study: Option<StudyMark>,
    /// The chains (PEM) of every certificate that was issued to the device, oldest first, and of the devices that it took
    /// records over from.
    pub(crate) certificates: Vec<ElsewhereCertificate>,
    pub(crate) participants: Vec<Person>,
    /// The Questionnaires of the visits below.
    pub(crate) questionnaires: Vec<Form>,
    /// The visits of the records below; with unfinished drafts, those that are not over too.
    pub(crate) visits: Vec<VisitCopy>,
    /// Every response that is not delivered and proven; one that goes to several servers stands here for each, until each
    /// has proven it.
    pub(crate) records: Vec<Record>,
    /// Reports of alerts that the server does not have yet.
    pub(crate) reports: Vec<Report>,
    /// The whole audit trail of the device, and of those that it took records over from.
    pub(crate) trails: Vec<Trail>,
    /// The records that are complete: nothing is owed for them.
    pub(crate) done: Vec<Done>,
}

impl Content {
    /// The records, without the deliveries of one to further servers.
    pub(crate) fn whole(&self) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(|record| record.delivery_of.is_none())
    }

    /// The visits that are not over.
    pub(crate) fn drafts(&self) -> usize {
        self.visits.iter().filter(|visit| visit.record.is_none()).count()
    }
}

/// A device, as it stands in its certificate and its configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Source {
    /// `urn:uuid:…`
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) reference: String,
    pub(crate) site: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ElsewhereCertificate {
    /// The device that it was issued to.
    pub(crate) device: String,
    /// PEM, the device's own first.
    pub(crate) chain: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) identifier_system: String,
    pub(crate) reference: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Form {
    pub(crate) sha256: String,
    pub(crate) canonical: String,
    /// The Questionnaire's JSON, exactly.
    pub(crate) resource: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VisitCopy {
    pub(crate) id: String,
    pub(crate) participant: String,
    pub(crate) questionnaire_sha256: String,
    pub(crate) canonical: String,
    pub(crate) state: VisitState,
    pub(crate) started_at: String,
    pub(crate) started_by: String,
    pub(crate) record: Option<String>,
    /// What the patient did, in order.
    pub(crate) draft: Vec<DraftEvent>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DraftEvent {
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
    pub(crate) event: questionnaire::Event,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Record {
    /// Its id in the outbox.
    pub(crate) id: String,
    /// `QuestionnaireResponse.identifier.value`.
    pub(crate) identifier: String,
    pub(crate) participant: String,
    pub(crate) canonical: String,
    pub(crate) title: String,
    pub(crate) signed_at: String,
    /// The frozen bytes, capture signature included; base64, as all exact bytes here.
    #[serde(with = "octets")]
    pub(crate) response: Vec<u8>,
    pub(crate) response_sha256: String,
    pub(crate) state: crate::delivery::State,
    pub(crate) server_id: Option<String>,
    pub(crate) server_version: Option<String>,
    pub(crate) replaces: Option<String>,
    #[serde(with = "octets::optional")]
    pub(crate) returned: Option<Vec<u8>>,
    /// The signed Provenance, where it was made already.
    #[serde(with = "octets::optional")]
    pub(crate) provenance: Option<Vec<u8>>,
    pub(crate) provenance_id: Option<String>,
    pub(crate) provenance_version: Option<String>,
    pub(crate) provenance_replaces: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) problem: Option<String>,
    /// The record, where this is its delivery to a further server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_of: Option<String>,
    /// The address of the server that it goes to; without it, the study's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) endpoint: Option<String>,
    /// Every request, without its content.
    pub(crate) requests: Vec<Attempt>,
    pub(crate) alerts: Vec<AlertCopy>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AlertCopy {
    pub(crate) id: String,
    pub(crate) kind: AlertKind,
    pub(crate) phase: Phase,
    pub(crate) revision: u32,
    pub(crate) raised_at: String,
    pub(crate) server: String,
    pub(crate) target: Option<String>,
    pub(crate) found: Vec<String>,
    pub(crate) exchange: Attempt,
    pub(crate) changes: Vec<Change>,
    pub(crate) identical: u32,
    #[serde(with = "octets::optional")]
    pub(crate) returned: Option<Vec<u8>>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) closed_at: Option<String>,
    /// What people decided.
    pub(crate) acts: Vec<ActCopy>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ActCopy {
    pub(crate) action: Action,
    pub(crate) user: String,
    pub(crate) display_name: String,
    pub(crate) at: String,
    pub(crate) reason: String,
    pub(crate) result: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) id: String,
    pub(crate) cause: String,
    /// The AuditEvent, exactly.
    #[serde(with = "octets")]
    pub(crate) resource: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Trail {
    /// The device whose it is.
    pub(crate) device: String,
    pub(crate) name: String,
    pub(crate) entries: Vec<Entry>,
}

impl Record {
    /// The record that it is the delivery of, or is itself.
    pub(crate) fn record(&self) -> &str {
        self.delivery_of.as_deref().unwrap_or(&self.id)
    }
}

/// A record for which nothing is left to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Done {
    /// Its id on the device.
    pub id: String,
    /// `QuestionnaireResponse.identifier.value`.
    pub identifier: String,
    /// Lower-case hex SHA-256 of the frozen bytes.
    pub response_sha256: String,
    /// `QuestionnaireResponse/ID/_history/VERSION` on the server.
    pub target: Option<String>,
}

/// Exact bytes as base64.
mod octets {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(octets))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map_err(|_| D::Error::custom("not base64"))
    }

    pub(super) mod optional {
        use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

        #[derive(Deserialize)]
        struct Octets(#[serde(with = "super")] Vec<u8>);

        // serde hands the field over as it is.
        #[allow(clippy::ref_option)]
        pub(in super::super) fn serialize<S: Serializer>(
            octets: &Option<Vec<u8>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match octets {
                Some(octets) => super::serialize(octets, serializer),
                None => None::<()>.serialize(serializer),
            }
        }

        pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Vec<u8>>, D::Error> {
            Ok(Option::<Octets>::deserialize(deserializer)?.map(|octets| octets.0))
        }
    }
}
