//! What a form is launched with (SDC `launchContext`): only what it reads, and only what the device knows.

use fhir::{Value, array, object};
use questionnaire::{LaunchResource, device::Given};

use crate::accounts::Staff;
use crate::store::outbox;
use crate::store::participant::{self, Participant};
use crate::store::visit::{self, Visit};
use crate::{Device, Error};

const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

impl Device {
    /// What the visit's form is to be started with: of the participant, the visit, the member of staff `by` and the
    /// participant's earlier response, what its expressions read. No more than the device holds, and no personal data
    /// beyond that.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Questionnaire`].
    pub fn launch(&self, visit: &str, by: &Staff) -> Result<Vec<LaunchResource>, Error> {
        let questionnaire = self.questionnaire(visit)?;
        let contexts = questionnaire.launch_contexts();
        if contexts.is_empty() {
            return Ok(Vec::new());
        }
        let (visit, participant) = self.store().read(|connection| {
            let visit = visit::by_id(connection, visit)?;
            let participant = participant::by_id(connection, &visit.participant)?;
            Ok((visit, participant))
        })?;
        let mut given = Vec::new();
        for context in contexts {
            let resource = match Given::of(&context) {
                Some(Given::Patient) => Some(patient(&participant).to_json()),
                Some(Given::User) => Some(user(by).to_json()),
                Some(Given::Encounter) => Some(encounter(&visit, &participant).to_json()),
                Some(Given::Earlier) => self.earlier(&participant.id, questionnaire.url())?,
                None => None,
            };
            given.extend(resource.map(|resource| LaunchResource { name: context.name, resource }));
        }
        Ok(given)
    }

    /// As the server is proven to keep it.
    fn earlier(&self, participant: &str, url: &str) -> Result<Option<String>, Error> {
        let Some(item) =
            self.store().read(|connection| outbox::newest_proven(connection, participant, url))?
        else {
            return Ok(None);
        };
        let (response, _) = item.evidence();
        let text = std::str::from_utf8(response).ok().map(str::to_owned);
        // Delivered as XML, it came back as XML.
        let is_json = |text: &String| Value::parse(text.as_bytes()).is_ok();
        Ok(text.filter(is_json).or_else(|| String::from_utf8(item.response.clone()).ok().filter(is_json)))
    }
}

fn patient(participant: &Participant) -> Value {
    let id = participant.reference.rsplit('/').next().unwrap_or_default();
    object! {
        "resourceType" => "Patient",
        "id" => id,
        "identifier" => array![object! {
            "system" => participant.identifier_system.as_str(),
            "value" => participant.id.as_str(),
        }],
    }
}

fn user(staff: &Staff) -> Value {
    object! {
        "resourceType" => "Practitioner",
        "name" => array![object! { "text" => staff.display_name.as_str() }],
    }
}

/// As R4 has it: expressions are evaluated by R4's rules.
fn encounter(visit: &Visit, participant: &Participant) -> Value {
    object! {
        "resourceType" => "Encounter",
        "identifier" => array![object! {
            "system" => "urn:ietf:rfc:3986",
            "value" => format!("urn:uuid:{}", visit.id),
        }],
        "status" => "in-progress",
        "class" => object! { "system" => ACT_CODE, "code" => "AMB" },
        "subject" => object! { "reference" => participant.reference.as_str() },
        "period" => object! { "start" => visit.started_at.as_str() },
    }
}
