//! Which Tasks of the study's server a site is asked by.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Configuration, Policy, Tolerances, is_default, is_uri};

/// Each has connections and a queue of its own.
const MOST_ENDPOINTS: usize = 8;
/// In characters.
const LONGEST_NAME: usize = 80;

/// Whose Tasks are taken, and how a participant is known by a Patient (SDC, profile `sdc-task`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Assignments {
    /// By the id of a site, whose Tasks (`Task.owner`) are its own, such as `Organization/site-014`. The devices of a site
    /// that is not named ask for their own Tasks: those of `Device/…`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub owners: BTreeMap<String, String>,
    /// The system (a URI) of participants' numbers in `Patient.identifier`. Without it, only participants are taken whom
    /// staff have added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_system: Option<String>,
    /// Further servers that responses may be sent to, where a Task (`response-endpoint`) or its form
    /// (`sdc-questionnaire-endpoint`) names one of them. A Task that names any other is refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<Endpoint>,
}

/// A further server that responses may be sent to. It is asked without login: no token, cookie or certificate of the study's
/// server is ever shown to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoint {
    /// Its FHIR base address.
    pub base: String,
    /// Its name, as staff know it.
    pub name: String,
    /// What it may change, by name; everything else that differs raises an alert.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tolerances: Tolerances,
    /// Certificates (PEM) that its TLS certificate must lead to, and no others; without them, those that the operating
    /// system trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_anchors: Option<String>,
}

impl Endpoint {
    /// The base without a slash at its end, as the outbox names the server.
    pub fn address(&self) -> &str {
        self.base.trim_end_matches('/')
    }
}

impl Configuration {
    /// The further servers that responses may be sent to.
    pub fn endpoints(&self) -> &[Endpoint] {
        self.policy.assignments.as_ref().map_or(&[], |assignments| &assignments.endpoints)
    }

    /// The further server with this address.
    pub fn endpoint(&self, address: &str) -> Option<&Endpoint> {
        self.endpoints().iter().find(|one| one.address() == address)
    }

    /// Whose Tasks are asked for; `None` where the study assigns nothing.
    pub fn task_owner(&self) -> Option<&str> {
        let assignments = self.policy.assignments.as_ref()?;
        Some(assignments.owners.get(&self.site).unwrap_or(&self.device_reference))
    }
}

impl Policy {
    /// What is wrong with the policy on assignments, of a study with this server.
    pub(super) fn wrong_assignments(&self, server: &str) -> Option<String> {
        let assignments = self.assignments.as_ref()?;
        if let Some(reason) = wrong_endpoints(&assignments.endpoints, server) {
            return Some(reason);
        }
        let is_reference = |text: &str| {
            let is_type =
                |kind: &str| kind.bytes().all(|byte| byte.is_ascii_alphabetic()) && !kind.is_empty();
            text.split_once('/').is_some_and(|(kind, id)| is_type(kind) && client::is_id(id))
        };
        if let Some((site, owner)) = assignments.owners.iter().find(|(_, owner)| !is_reference(owner)) {
            return Some(format!(
                "policy.assignments.owners names {owner:?} for the site {site:?}: give a type and an id, such as \
                 Organization/site-014"
            ));
        }
        let system = assignments.participant_system.as_deref()?;
        (!is_uri(system)).then(|| {
            "policy.assignments.participantSystem is not a URI: give the system of Patient.identifier"
                .to_owned()
        })
    }
}

fn wrong_endpoints(endpoints: &[Endpoint], server: &str) -> Option<String> {
    const FIELD: &str = "policy.assignments.endpoints";
    if endpoints.len() > MOST_ENDPOINTS {
        return Some(format!(
            "{FIELD} names more than {MOST_ENDPOINTS} servers: leave out what no Task needs"
        ));
    }
    let (mut addresses, mut names) = (BTreeSet::from([server.trim_end_matches('/')]), BTreeSet::new());
    endpoints.iter().find_map(|one| {
        let Endpoint { base, name, .. } = one;
        if let Some(reason) = client::wrong_base(base) {
            return Some(format!("{FIELD}: {base:?} cannot be used: {reason}; give the server's FHIR base address"));
        }
        if !addresses.insert(one.address()) {
            return Some(format!("{FIELD} names {base} twice, or it is study.server: name each further server once"));
        }
        let is_plain = name.trim() == name && !name.is_empty() && !name.chars().any(char::is_control);
        if !is_plain || name.chars().count() > LONGEST_NAME {
            return Some(format!(
                "{FIELD}: the name of {base} is empty, too long or no plain text: give up to {LONGEST_NAME} letters"
            ));
        }
        if !names.insert(name.as_str()) {
            return Some(format!("{FIELD} has the name {name:?} twice: staff have to tell the servers apart"));
        }
        let anchors = one.tls_anchors.as_deref()?;
        let error = client::Transport::default().trusting(anchors).err()?;
        Some(format!("{FIELD}: tlsAnchors of {base} cannot be used: {error}"))
    })
}
