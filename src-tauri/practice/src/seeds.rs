//! What the server holds from its first start on: the same fixed ids every time.

use fhir::{Value, Version, array, object};

use crate::{
    Error,
    search::parameter::{ResourceType, resource_type},
    storage::{Method, Place, Storage, Stored},
};

/// The Device resource's id.
pub const DEVICE_ID: &str = "device-014-3";

/// The identifier system of practice participants.
pub const PARTICIPANT_SYSTEM: &str = "https://attesta.example/participants";

/// The site's Organization resource's id.
pub const ORGANIZATION_ID: &str = "site-014";

/// The identifier of the site's organization, which its certificates carry.
pub const ORGANIZATION_IDENTIFIER: &str = "urn:uuid:01400000-0000-4000-8000-000000000014";

/// The practice participants, as staff call them. The Patient of `014-0027` has the id `patient-014-0027`.
pub const PARTICIPANTS: [&str; 5] = ["014-0027", "014-0031", "014-0019", "014-0022", "014-0008"];

/// Resources to be there when the server opens. Each carries its `id`; stored with PUT's meaning, and only where the
/// content differs from what is there.
#[derive(Debug, Clone, Default)]
pub struct Seeds {
    /// Patients.
    pub patients: Vec<Value>,
    /// Questionnaires.
    pub questionnaires: Vec<Value>,
    /// Devices.
    pub devices: Vec<Value>,
    /// Value sets and code systems, for `ValueSet/$expand`.
    pub terminology: Vec<Value>,
    /// Tasks. They are stored only where there is none of their id: what became of one is not undone by a start.
    pub tasks: Vec<Value>,
}

impl Seeds {
    /// The practice site: its participants, this device and the given Questionnaires. `device_identifier` is the
    /// device's `urn:uuid:…`, which its certificate carries too.
    pub fn practice(device_identifier: &str, questionnaires: Vec<Value>, version: Version) -> Self {
        Self {
            patients: PARTICIPANTS.into_iter().map(patient).collect(),
            questionnaires,
            devices: vec![device(device_identifier, version)],
            terminology: Vec::new(),
            tasks: Vec::new(),
        }
    }
}

/// A practice Patient: nothing but an identifier, as in a study.
pub fn patient(participant: &str) -> Value {
    object! {
        "resourceType" => "Patient",
        "id" => format!("patient-{participant}"),
        "identifier" => array![object! { "system" => PARTICIPANT_SYSTEM, "value" => participant }],
        "active" => true,
    }
}

/// A Task (SDC, `sdc-task`) that asks the site to have this Questionnaire (`url|version`) completed for a participant,
/// sought in `period` (first and last day).
pub fn task(id: &str, participant: &str, questionnaire: &str, period: (&str, &str)) -> Value {
    const CODES: &str = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp";
    let coded = |code: &str| object! { "coding" => array![object! { "system" => CODES, "code" => code }] };
    let site = object! { "reference" => format!("Organization/{ORGANIZATION_ID}") };
    object! {
        "resourceType" => "Task",
        "id" => id,
        "meta" => object! { "profile" => array!["http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-task"] },
        "status" => "requested",
        "intent" => "order",
        "code" => coded("complete-questionnaire"),
        "for" => object! { "reference" => format!("Patient/patient-{participant}") },
        "authoredOn" => period.0,
        "requester" => site.clone(),
        "owner" => site,
        "restriction" => object! { "period" => object! { "start" => period.0, "end" => period.1 } },
        "input" => array![object! { "type" => coded("questionnaire"), "valueCanonical" => questionnaire }],
    }
}

/// The Device with the id [`DEVICE_ID`] and this identifier, as the release has it.
pub fn device(identifier: &str, version: Version) -> Value {
    const NAME: &str = "Practice tablet 014-3";
    let mut device = object! {
        "resourceType" => "Device",
        "id" => DEVICE_ID,
        "identifier" => array![object! { "system" => "urn:ietf:rfc:3986", "value" => identifier }],
        "status" => "active",
    };
    if let Some(members) = device.as_object_mut() {
        let kind = "user-friendly-name";
        match version {
            Version::R4 => {
                members.insert("deviceName", array![object! { "name" => NAME, "type" => kind }]);
            }
            Version::R5 => {
                members.insert("name", array![object! { "value" => NAME, "type" => kind }]);
            }
        }
    }
    device
}

/// The site's Organization.
pub fn organization() -> Value {
    object! {
        "resourceType" => "Organization",
        "id" => ORGANIZATION_ID,
        "identifier" => array![object! { "system" => "urn:ietf:rfc:3986", "value" => ORGANIZATION_IDENTIFIER }],
        "active" => true,
        "name" => "Practice site 014",
    }
}

/// The same, as others refer to it.
pub fn organization_party() -> seal::Party {
    seal::Party {
        reference: format!("Organization/{ORGANIZATION_ID}"),
        identifier_system: "urn:ietf:rfc:3986".to_owned(),
        identifier_value: ORGANIZATION_IDENTIFIER.to_owned(),
    }
}

/// Stores the seeds.
pub(crate) fn plant(storage: &Storage, seeds: &Seeds, base: &str) -> Result<(), Error> {
    let all = [&seeds.devices, &seeds.patients, &seeds.questionnaires, &seeds.terminology];
    plant_all(storage, all.into_iter().flatten(), base)?;
    let new = storage.read(|work| {
        let mut new = Vec::new();
        for task in &seeds.tasks {
            if work.current("Task", task.str("id").unwrap_or_default())?.is_none() {
                new.push(task);
            }
        }
        Ok::<_, Error>(new)
    })?;
    plant_all(storage, new, base)
}

pub(crate) fn plant_one(storage: &Storage, resource: &Value, base: &str) -> Result<(), Error> {
    plant_all(storage, [resource], base)
}

fn plant_all<'r>(
    storage: &Storage,
    resources: impl IntoIterator<Item = &'r Value>,
    base: &str,
) -> Result<(), Error> {
    let checked = resources.into_iter().map(check).collect::<Result<Vec<_>, _>>()?;
    storage.transact(|work| {
        for (resource_type, id, resource) in checked {
            let current = work.current(resource_type.name, id)?;
            if current.as_ref().map(|stored| same(stored, resource)).transpose()? != Some(true) {
                let before = current.map(|stored| stored.version);
                let place = Place { resource_type, id, before, base };
                work.store(place, Method::Put, resource.clone(), |_| {})?;
            }
        }
        Ok(())
    })
}

fn check(resource: &Value) -> Result<(&'static ResourceType, &str, &Value), Error> {
    let name = resource.resource_type().unwrap_or("a document without resourceType");
    let id = resource.str("id").unwrap_or_default();
    let refuse = |reason: &str| Error::Seed { resource: format!("{name}/{id}"), reason: reason.to_owned() };
    let resource_type = resource_type(name).ok_or_else(|| refuse("this server does not keep its type"))?;
    if !crate::route::is_id(id) {
        return Err(refuse("it needs an id of 1 to 64 letters, digits, '-' and '.'"));
    }
    Ok((resource_type, id, resource))
}

/// Whether the stored version holds this content, apart from what the server manages.
fn same(stored: &Stored, resource: &Value) -> Result<bool, Error> {
    if stored.is_deletion() {
        return Ok(false);
    }
    let strip = |mut value: Value| {
        let meta = value.as_object_mut().and_then(|object| object.get_mut("meta"));
        let left = meta.and_then(Value::as_object_mut).map(|meta| {
            meta.remove("versionId");
            meta.remove("lastUpdated");
            meta.len()
        });
        if let (Some(0), Some(object)) = (left, value.as_object_mut()) {
            object.remove("meta");
        }
        fhir::canonical::number_text(&value)
    };
    Ok(strip(Value::parse(stored.text.as_bytes())?) == strip(resource.clone()))
}
