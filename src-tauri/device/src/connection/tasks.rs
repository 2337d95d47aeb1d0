//! Whether the server gives this device what it assigns: Tasks, and what they need. Only searches are made, which change nothing.

use client::{Client, Exchange, Failure, smart};

use super::Fault;
use crate::Configuration;
use crate::assignment::task;

/// Nobody's id, and nobody's Questionnaire: what is asked for is whether it may be.
const NOBODY: &str = "attesta-connection-check";
const NO_FORM: &str = "https://attesta.example/Questionnaire/connection-check";

/// Whose Tasks, and whether Patients have to be read.
pub(super) struct Tasks {
    owner: String,
    reads_patients: bool,
}

impl Tasks {
    /// `None` where the study assigns nothing.
    pub(super) fn of(configuration: &Configuration) -> Option<Self> {
        let owner = configuration.task_owner()?.to_owned();
        let assignments = configuration.policy.assignments.as_ref()?;
        Some(Self { owner, reads_patients: assignments.participant_system.is_some() })
    }

    /// What is missing: first for any Task, then for some of them.
    pub(super) async fn missing(&self, client: &Client) -> (Option<Fault>, Option<Fault>) {
        let (code, open) = (task::searched(), task::OPEN.join(","));
        let own = [("code", code.as_str()), ("status", &open), ("owner", &self.owner), ("_count", "1")];
        let nobody = [("_id", NOBODY)];
        let mut all = vec![("Task", client.search("Task", &own).await)];
        if self.reads_patients {
            all.push(("Patient", client.search("Patient", &nobody).await));
        }
        let some = [
            ("Questionnaire", client.search("Questionnaire", &[("url", NO_FORM)]).await),
            ("ServiceRequest", client.search("ServiceRequest", &nobody).await),
        ];
        (lacking(&all), lacking(&some))
    }
}

fn lacking(searches: &[(&str, Result<Exchange, Failure>)]) -> Option<Fault> {
    if let Some(failure) = searches.iter().find_map(|(_, search)| search.as_ref().err()) {
        return Some(Fault::of(&failure.error));
    }
    let those = |is_so: fn(u16) -> bool| {
        let answered =
            searches.iter().filter_map(|(kind, search)| Some((*kind, search.as_ref().ok()?.status)));
        answered.filter(|(_, status)| is_so(*status)).map(|(kind, _)| kind).collect::<Vec<_>>()
    };
    let forbidden = those(|status| matches!(status, 401 | 403));
    if !forbidden.is_empty() {
        let (kinds, scopes) = (
            forbidden.join(", "),
            forbidden.iter().filter_map(|kind| smart::assignment_scope(kind)).collect::<Vec<_>>(),
        );
        let text = format!(
            "the server does not let this device look for {kinds}; have it allowed (SMART Backend Services: {})",
            scopes.join(" ")
        );
        return Some(Fault::new("assignments-forbidden", text).with(kinds));
    }
    let unsupported = those(|status| status != 200);
    (!unsupported.is_empty()).then(|| {
        let kinds = unsupported.join(", ");
        let text = format!(
            "the server cannot be searched for {kinds}; have whoever runs it turn that on, or leave policy.assignments out"
        );
        Fault::new("assignments-unsupported", text).with(kinds)
    })
}
