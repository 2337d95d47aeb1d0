//! What a form is launched with (SDC `launchContext`): only what it reads, and only what the device knows.

use fhir::{Value, array, object};
use questionnaire::{
    ImportReport, LAUNCH_ELEMENTS, LaunchContext, LaunchResource, Problem, Questionnaire, Reason,
};

use crate::accounts::Staff;
use crate::store::outbox;
use crate::store::participant::{self, Participant};
use crate::store::visit::{self, Visit};
use crate::{Device, Error};

const LAUNCH_CONTEXT: &str = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// What stands for a launch context here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// The participant.
    Patient,
    /// The member of staff who hands the device over.
    User,
    /// The visit.
    Encounter,
    /// The participant's newest proven response to a form of the same address.
    Earlier,
}

/// The names that SDC defines (code system `launchContext`, SDC 4.0). The binding is extensible: a form may use others.
const DEFINED: [&str; 6] = ["patient", "encounter", "location", "user", "study", "clinical"];

impl Given {
    /// `None` for what the device does not have. A type alone says nothing of who is meant: the Patient `%mother` of a
    /// newborn's form is not the participant.
    fn of(context: &LaunchContext) -> Option<Self> {
        let says = |kind: &str| context.types.iter().any(|known| known == kind);
        let may = |kind: &str| context.types.is_empty() || says(kind);
        match context.name.as_str() {
            "patient" if may("Patient") => Some(Self::Patient),
            "user" if may("Practitioner") => Some(Self::User),
            "encounter" if may("Encounter") => Some(Self::Encounter),
            // No name is defined for it; the note says which it is.
            _ if says("QuestionnaireResponse") => Some(Self::Earlier),
            _ => None,
        }
    }

    /// What somebody who knows the form has to know about it.
    fn note(self) -> Option<&'static str> {
        match self {
            Self::Patient | Self::User | Self::Encounter => None,
            Self::Earlier => Some(
                "this is the participant's newest delivered and proven response to a form of the same address; the \
                 first time there is none",
            ),
        }
    }
}

/// Adds to the report what the launch contexts mean here: what is not known, and an element that is not given, is refused where
/// more depends on it than the answer that a question begins with.
pub(super) fn judge(questionnaire: &Questionnaire, report: &mut ImportReport) {
    let contexts = questionnaire.launch_contexts();
    let mut given = Vec::new();
    for context in &contexts {
        let finding = |link_id: &Option<String>, message: String| Problem {
            link_id: link_id.clone(),
            path: "Questionnaire.extension".to_owned(),
            extension: Some(LAUNCH_CONTEXT.to_owned()),
            reason: Reason::LaunchContext,
            message,
        };
        let name = &context.name;
        if let Some(what) = Given::of(context) {
            given.extend(
                LAUNCH_ELEMENTS.into_iter().filter(|(known, _)| what != Given::Earlier && known == name),
            );
            let first = context.reads.first().and_then(|read| read.link_id.clone());
            let note = what.note().map(|note| finding(&first, format!("%{name} is read: {note}")));
            report.notices.extend(note);
            continue;
        }
        let known = DEFINED.contains(&name.as_str());
        let why = if known {
            format!("%{name} is not known on this device")
        } else {
            format!(
                "%{name} is no name that SDC defines for a launch context, so nothing is given under this name"
            )
        };
        for read in &context.reads {
            if read.only_begins {
                let message = format!("{why}: the question begins without an answer");
                report.notices.push(finding(&read.link_id, message));
            } else {
                let message =
                    format!("{why}, and more depends on it; ask for it, or leave the expression out");
                report.problems.push(finding(&read.link_id, message));
            }
        }
    }
    for read in questionnaire.beyond_launch(&given) {
        if read.only_begins {
            report.notices.push(read.finding("the question begins without an answer"));
        } else {
            let advice = "more depends on it than the answer that a question begins with; ask for it in a question of \
                          the form, which the office or the patient answers, and read that";
            report.problems.push(read.finding(advice));
        }
    }
}

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
