//! What there is in practice mode: a site, its people, its participants and its questionnaires.

use std::path::Path;

use device::store::participant::Participant;
use device::{
    Assignments, Device, FhirVersion, Organization, Policy,
    accounts::{Role, Staff},
};
use fhir::{Object, Value, Version, array, object};
use jiff::{Span, Zoned};
use practice::{Handle, Options, Seeds, Server, seeds};
use questionnaire::instruments;

use crate::desk::Refused;
use crate::ipc::DemoAccount;

/// The site.
pub const SITE: &str = "014";
/// The device's name, as staff see it and as its certificate has it.
pub const DEVICE_NAME: &str = "Attesta practice tablet 014-3";
/// The questionnaires.
pub const INSTRUMENTS: [&str; 5] = [
    instruments::PHQ9,
    instruments::GAD7,
    instruments::PAIN_DIARY,
    instruments::KNEE_VISIT,
    practice::adaptive::FORM,
];

/// The demonstration staff: user, printed name, password, role. Shown at sign-in, because nothing here is real.
const STAFF: [(&str, &str, &str, Role); 4] = [
    ("keller", "Maria Keller", "practice-keller", Role::Coordinator),
    ("okafor", "Ada Okafor", "practice-okafor", Role::Coordinator),
    ("haddad", "Samir Haddad", "practice-haddad", Role::SiteStaff),
    ("novak", "Eva Novak", "practice-novak", Role::Inspector),
];

/// The language that questionnaires are taken to be in which name none.
const FORM_LANGUAGE: &str = "en";

/// The file that remembers the practice server's port: the address is part of the configuration, which is hashed into
/// every signature, and should not change with every start.
const PORT_FILE: &str = "port";

/// How a PEM revocation list ends (RFC 7468).
const END_OF_LIST: &str = "-----END X509 CRL-----";

/// The demonstration accounts.
pub fn accounts() -> Vec<DemoAccount> {
    STAFF
        .into_iter()
        .map(|(user, _, password, role)| DemoAccount {
            user: user.to_owned(),
            password: password.to_owned(),
            role: role.as_str().to_owned(),
        })
        .collect()
}

/// The site's organization.
pub fn organization() -> Organization {
    let party = seeds::organization_party();
    Organization {
        reference: party.reference,
        identifier: party.identifier_value,
        name: "Attesta practice site 014".to_owned(),
    }
}

/// Where the practice server keeps this device.
pub fn device_reference() -> String {
    format!("Device/{}", seeds::DEVICE_ID)
}

/// Starts the practice server in `folder`, on the port that it had last time where that is free.
///
/// # Errors
/// [`practice::Error`].
pub fn serve(folder: &Path, version: Version) -> Result<Handle, practice::Error> {
    let port_file = folder.join(PORT_FILE);
    let last =
        std::fs::read_to_string(&port_file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let options = |port| Options {
        data_dir: folder.to_owned(),
        port,
        seeds: Seeds {
            patients: seeds::PARTICIPANTS.into_iter().map(seeds::patient).collect(),
            questionnaires: INSTRUMENTS
                .iter()
                .filter_map(|source| Value::parse(source.as_bytes()).ok())
                .map(|one| in_release(&one, version))
                .collect(),
            devices: Vec::new(),
            terminology: terminology(),
            tasks: tasks(),
        },
        version,
    };
    let handle = match Server::start(options(last)) {
        Err(practice::Error::Bind { .. }) if last != 0 => Server::start(options(0))?,
        outcome => outcome?,
    };
    if handle.port() != last
        && let Err(error) = std::fs::write(&port_file, handle.port().to_string())
    {
        // The next start then takes another port, which is all that this costs.
        tracing::warn!(%error, "the practice server's port could not be noted");
    }
    Ok(handle)
}

/// The study's choices in practice: the practice server stamps what is proven and says what was revoked; R5 comes with
/// its ledger, so that documents can be exported.
pub fn policy(release: FhirVersion, server: &Handle) -> Policy {
    let ledger = (release == FhirVersion::R5).then(|| server.ledger_url());
    // Bundles are signed for transmission in R4 alone.
    let organization = (release == FhirVersion::R4).then(organization);
    Policy {
        fhir_version: release,
        ledger,
        organization,
        time_stamp_authority: Some(server.time_stamp_url()),
        ocsp_responder: Some(server.ocsp_url()),
        revocation_lists: vec![server.revocation_lists_url()],
        terminology_servers: vec![server.base_url().to_owned()],
        form_language: Some(FORM_LANGUAGE.to_owned()),
        assignments: Some(Assignments {
            owners: [(SITE.to_owned(), format!("Organization/{}", seeds::ORGANIZATION_ID))].into(),
            participant_system: Some(seeds::PARTICIPANT_SYSTEM.to_owned()),
            endpoints: Vec::new(),
        }),
        ..Policy::default()
    }
}

/// What the practice server asks for at the first start: one questionnaire that should have been answered by yesterday,
/// and one that has a week's time.
fn tasks() -> Vec<Value> {
    let today = Zoned::now().date();
    let day = |days: i64| {
        let date = today.checked_add(Span::new().days(days)).unwrap_or(today);
        date.to_string()
    };
    let phq9 = "https://attesta.example/fhir/Questionnaire/phq-9|1.0.0";
    let gad7 = "https://attesta.example/fhir/Questionnaire/gad-7|1.0.0";
    vec![
        seeds::task("practice-task-1", "014-0031", phq9, (&day(-8), &day(-1))),
        seeds::task("practice-task-2", "014-0019", gad7, (&day(0), &day(7))),
    ]
}

/// A small value set that questionnaires can name without bringing it along.
fn terminology() -> Vec<Value> {
    const SYSTEM: &str = "https://attesta.example/fhir/CodeSystem/practice-medicines";
    let concept = |code: &str, display: &str| object! { "code" => code, "display" => display };
    let system = object! {
        "resourceType" => "CodeSystem",
        "id" => "practice-medicines",
        "url" => SYSTEM,
        "version" => "1.0.0",
        "status" => "active",
        "content" => "complete",
        "concept" => array![
            concept("ibuprofen", "Ibuprofen"),
            concept("metamizole", "Metamizole"),
            concept("paracetamol", "Paracetamol"),
        ],
    };
    let set = object! {
        "resourceType" => "ValueSet",
        "id" => "practice-medicines",
        "url" => "https://attesta.example/fhir/ValueSet/practice-medicines",
        "version" => "1.0.0",
        "status" => "active",
        "compose" => object! { "include" => array![object! { "system" => SYSTEM }] },
    };
    vec![system, set]
}

/// A Questionnaire of R4 as the server keeps it: R5 has one type for questions with options, and says beside it whether
/// other answers are taken.
fn in_release(resource: &Value, version: Version) -> Value {
    match (version, resource) {
        (Version::R4, _) => resource.clone(),
        (Version::R5, Value::Array(elements)) => {
            elements.iter().map(|one| in_release(one, version)).collect::<Vec<_>>().into()
        }
        (Version::R5, Value::Object(members)) => {
            let mut changed = Object::new();
            for (name, member) in members.iter() {
                let choice = name == "type" && matches!(member.as_str(), Some("choice" | "open-choice"));
                let member = if choice { Value::from("coding") } else { in_release(member, version) };
                changed.insert(name, member);
                if choice && resource.str("type") == Some("open-choice") {
                    changed.insert("answerConstraint", "optionsOrString");
                }
            }
            changed.into()
        }
        (Version::R5, other) => other.clone(),
    }
}

/// The practice authority's revocation lists as they are now, PEM, one each.
///
/// # Errors
/// [`Refused::Practice`] when they cannot be signed.
pub fn revocation_lists(server: &Handle) -> Result<Vec<Vec<u8>>, Refused> {
    let all = server.crl_pem().map_err(|error| Refused::Practice(error.to_string()))?;
    Ok(all
        .split_inclusive(END_OF_LIST)
        .map(|list| list.trim_start().as_bytes().to_vec())
        .filter(|list| !list.is_empty())
        .collect())
}

/// Gives a new device its certificate, its participants, its staff and its questionnaires, and the server the device's own resource.
///
/// # Errors
/// [`device::Error`]; what was done stays done, and the next start goes on from there.
pub fn furnish(device: &Device, server: &Handle) -> Result<(), device::Error> {
    server
        .plant(&Seeds {
            devices: vec![seeds::device(
                device.identifier(),
                device.configuration().policy.fhir_version.into(),
            )],
            ..Seeds::default()
        })
        .map_err(|error| device::Error::Configuration(error.to_string()))?;
    if device.certificate()?.is_none() {
        device.enrol("device", |request| {
            server
                .issue_certificate(request.der())
                .map(String::into_bytes)
                .map_err(|error| device::Error::Authority(error.to_string()))
        })?;
    }
    let organization = device.configuration().policy.organization.is_some();
    if organization && device.organization_certificate()?.is_none() {
        device.enrol_organization("device", |request| {
            server
                .issue_certificate(request.der())
                .map(String::into_bytes)
                .map_err(|error| device::Error::Authority(error.to_string()))
        })?;
    }
    device.put_participants(
        seeds::PARTICIPANTS
            .into_iter()
            .map(|id| Participant {
                id: id.to_owned(),
                identifier_system: seeds::PARTICIPANT_SYSTEM.to_owned(),
                reference: format!("Patient/patient-{id}"),
            })
            .collect(),
    )?;
    for source in INSTRUMENTS {
        device.bring_form(source)?;
    }
    let known = device.store().read(device::store::staff::all)?;
    for (user, display_name, password, role) in STAFF {
        if known.iter().all(|staff| staff.user != user) {
            let staff = Staff { user: user.to_owned(), display_name: display_name.to_owned(), role };
            device.staff_add(&staff, password, "device")?;
        }
    }
    Ok(())
}
