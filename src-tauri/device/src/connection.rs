//! Trying the study's server out before anything depends on it: each thing that a delivery needs, with what to do where it is
//! not so.
//!
//! What the check creates says of itself that it is test data (`meta.tag` HTEST): a QuestionnaireResponse that was entered in
//! error, without a person, answers or questionnaire, a Provenance of it, a DocumentReference in the place of the device's
//! certificate, and an AuditEvent. A device creates them once: later checks find them again.

mod back;
mod check;
mod document;
mod elsewhere;
mod fault;
mod judged;
mod reports;
mod resources;
mod tasks;
mod way;

use std::sync::Arc;

use client::{Client, Error as Problem, Exchange, Failure};
use fhir::Version;
use jiff::Timestamp;
use seal::{Party, Tolerance};
use serde::Serialize;
use tokio::runtime::Builder;

use crate::delivery::with_id;
use crate::store::Store;
use crate::{Create, Device, Error, Tolerances};

use back::Made;
use check::ALL;
pub use check::Check;
use elsewhere::Elsewhere;
pub use fault::Fault;
use judged::{
    exists, no_representation, unshown, wrong_access, wrong_capability, wrong_clock, wrong_overwriting,
    wrong_second, wrong_target,
};
use tasks::Tasks;
use way::Way;

/// Clocks that differ by less are the same, in seconds.
const SAME_CLOCK: i64 = 30;

/// How a check came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "outcome", content = "what")]
pub enum Outcome {
    /// As it has to be.
    Passed,
    /// Not so, and a delivery works all the same; what was found.
    Noticed(Fault),
    /// Not so; what was found and what to do.
    Failed(Fault),
    /// An earlier one failed, without which this cannot be known.
    NotTried,
    /// There is no such thing here: a server on this computer that is reached by `http:` has no TLS, and a study may assign
    /// nothing.
    NotNeeded,
}

impl Outcome {
    /// What was wrong, or remarked upon.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Noticed(fault) | Self::Failed(fault) => Some(fault),
            Self::Passed | Self::NotTried | Self::NotNeeded => None,
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What was checked.
    pub check: Check,
    /// The address of the further server that it is about; `None` for the study's own.
    pub server: Option<String>,
    /// How it came out.
    #[serde(flatten)]
    pub outcome: Outcome,
}

const RESPONSE: &str = "QuestionnaireResponse";
const PROVENANCE: &str = "Provenance";

impl Device {
    /// Tries the study's server out, and leaves at most one marked response there, and of what belongs to a delivery one each.
    /// Blocks until the server has answered or the time of each request is up. Call it outside an async runtime.
    ///
    /// # Errors
    /// Those of [`Device::server`] and [`Device::endpoint`], and [`Error::DiskFull`] or [`Error::Io`] where it cannot be kept what was created; what the
    /// server does wrong is in the lines.
    pub fn check_connection(&self) -> Result<Vec<Line>, Error> {
        // Nobody cancels it.
        Ok(self.check_connection_until(std::future::pending())?.unwrap_or_default())
    }

    /// The same, until `cancelled` is ready: then the request that is under way is dropped, and there are no lines.
    ///
    /// # Errors
    /// As for [`Device::check_connection`].
    pub fn check_connection_until(
        &self,
        cancelled: impl Future<Output = ()>,
    ) -> Result<Option<Vec<Line>>, Error> {
        let client = self.server()?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::io)?;
        let policy = &self.configuration().policy;
        let way = Way::to(client.base_url(), self.proxy()?.as_ref());
        let trial = Trial {
            tasks: Tasks::of(self.configuration()),
            client,
            way,
            version: policy.fhir_version.into(),
            format: policy.format,
            create: policy.create,
            tolerances: policy.tolerances.clone(),
            party: self.party(),
            now: self.now().timestamp(),
            store: Arc::clone(self.store()),
            elsewhere: Elsewhere::all(self)?,
        };
        let lines = runtime.block_on(async {
            tokio::select! {
                biased;
                () = cancelled => Ok(None),
                lines = trial.run() => lines.map(Some),
            }
        });
        // A name that is still being looked up is not waited for.
        runtime.shutdown_background();
        lines
    }
}

struct Trial {
    tasks: Option<Tasks>,
    client: Client,
    way: Way,
    version: Version,
    format: client::Format,
    create: Create,
    tolerances: Tolerances,
    party: Party,
    now: Timestamp,
    store: Arc<Store>,
    elsewhere: Vec<Elsewhere>,
}

/// The lines so far.
#[derive(Default)]
struct Report(Vec<Line>);

impl Report {
    fn push(&mut self, check: Check, outcome: Outcome) {
        self.0.push(Line { check, server: None, outcome });
    }

    fn say(&mut self, check: Check, wrong: Option<Fault>) -> bool {
        let passed = wrong.is_none();
        self.push(check, wrong.map_or(Outcome::Passed, Outcome::Failed));
        passed
    }

    /// A fault is a failure; without one, what is to be remarked upon.
    fn remark(&mut self, check: Check, wrong: Option<Fault>, notice: Option<Fault>) -> bool {
        match notice.filter(|_| wrong.is_none()) {
            Some(notice) => {
                self.push(check, Outcome::Noticed(notice));
                true
            }
            None => self.say(check, wrong),
        }
    }

    /// With what was not tried.
    fn lines(mut self) -> Vec<Line> {
        for check in ALL {
            if self.0.iter().all(|line| line.check != check) {
                self.push(check, Outcome::NotTried);
            }
        }
        let mut lines = self.0;
        lines.sort_by_key(|line| ALL.iter().position(|check| *check == line.check));
        lines
    }
}

impl Trial {
    async fn run(self) -> Result<Vec<Line>, Error> {
        let mut lines = self.own_server().await?;
        for other in &self.elsewhere {
            lines.extend(other.tried().await);
        }
        Ok(lines)
    }

    async fn own_server(&self) -> Result<Vec<Line>, Error> {
        let mut report = Report::default();
        if self.tasks.is_none() {
            report.push(Check::Assignments, Outcome::NotNeeded);
        }
        // Whether or not the device is let in: what the server can do is no secret.
        let mut metadata = self.client.metadata().await;
        let let_in = !matches!(&metadata, Err(Failure { error: Problem::Access(_), .. }));
        if !let_in {
            // Nothing was sent, so nothing is known of this server.
            metadata = self.client.without_authentication().metadata().await;
        }
        let encrypted = self.client.base_url().starts_with("https:");
        if !reached(&metadata, &self.way, encrypted, &mut report) {
            return Ok(report.lines());
        }
        // To whom it did not let in it may say nothing.
        if let Some(exchange) = metadata.as_ref().ok().filter(|one| let_in || one.is_success()) {
            report.say(Check::Capability, wrong_capability(exchange, self.version, self.format));
            report.say(Check::Clock, wrong_clock(exchange.headers.date, self.now));
        }
        let identifier = self.identifier();
        let search = self.client.search(RESPONSE, &[("identifier", &identifier)]).await;
        if report.say(Check::Authentication, wrong_access(&search)) {
            let made = match self.create {
                Create::Post => self.post(&identifier, &mut report).await,
                Create::Put => self.put(&mut report).await,
            };
            let mut all: Vec<Made> = Vec::new();
            if let Some(response) = made {
                let proof = self.prove(&response, &mut report).await;
                all.extend([Some(response), proof].into_iter().flatten());
            }
            let document = self.try_document(&identifier).await;
            report.say(Check::Certificate, document.as_ref().err().cloned());
            if !all.is_empty() {
                all.extend(document.ok());
                let (wrong, notice) = self.read_back(&all).await;
                report.remark(Check::ReadBack, wrong, notice);
            }
            let notice = self.try_report().await?;
            report.remark(Check::Reports, None, notice);
            if let Some(tasks) = &self.tasks {
                let (wrong, notice) = tasks.missing(&self.client).await;
                report.remark(Check::Assignments, wrong, notice);
            }
        }
        Ok(report.lines())
    }

    /// What is there after two creates with `If-None-Exist`.
    async fn post(&self, identifier: &str, report: &mut Report) -> Option<Made> {
        let response = self.response().to_json();
        let condition = format!("identifier={identifier}");
        let create = || self.client.create(RESPONSE, response.as_bytes(), Some(&condition));
        let (first, notice) = self.shown(create().await, RESPONSE, None).await;
        let made = Made::of(&first, RESPONSE);
        if !report.remark(Check::Representation, made.as_ref().err().cloned(), notice) {
            return None;
        }
        let again = create().await;
        report.say(Check::ConditionalCreate, wrong_second(&first, &again, RESPONSE));
        made.ok()
    }

    /// The same by `PUT` under an id of the device's own. What an earlier check made is read.
    async fn put(&self, report: &mut Report) -> Option<Made> {
        let id = self.id();
        let response = with_id(&self.response(), &id).to_json();
        let create = || self.client.create_as(RESPONSE, &id, response.as_bytes());
        let mut first = create().await;
        if exists(&first) {
            first = self.client.read(RESPONSE, &id).await;
        }
        let (first, notice) = self.shown(first, RESPONSE, Some(&id)).await;
        let made = Made::of(&first, RESPONSE);
        if !report.remark(Check::Representation, made.as_ref().err().cloned(), notice) {
            return None;
        }
        let again = create().await;
        let now = self.client.read(RESPONSE, &id).await;
        report.say(Check::ConditionalCreate, wrong_overwriting(&first, &again, &now));
        made.ok()
    }

    /// The answer to a create; where it shows nothing of what was kept, that is read, as a delivery does.
    async fn shown(
        &self,
        answer: Result<Exchange, Failure>,
        kind: &str,
        own: Option<&str>,
    ) -> (Result<Exchange, Failure>, Option<Fault>) {
        let Some(location) = unshown(&answer, kind, own) else { return (answer, None) };
        let read = match &location.version {
            Some(version) => self.client.vread(kind, &location.id, version).await,
            None => self.client.read(kind, &location.id).await,
        };
        (read, Some(no_representation()))
    }

    /// The Provenance of the response.
    async fn prove(&self, response: &Made, report: &mut Report) -> Option<Made> {
        let id = &response.id;
        let provenance = self.provenance(&format!("{RESPONSE}/{id}/_history/{}", response.version));
        let sent = match self.create {
            Create::Post => {
                let condition = format!("target={RESPONSE}/{id}");
                let body = provenance.to_json();
                let sent = self.client.create(PROVENANCE, body.as_bytes(), Some(&condition)).await;
                self.shown(sent, PROVENANCE, None).await.0
            }
            Create::Put => {
                let own = self.id();
                let body = with_id(&provenance, &own).to_json();
                let sent = self.client.create_as(PROVENANCE, &own, body.as_bytes()).await;
                if exists(&sent) {
                    self.client.read(PROVENANCE, &own).await
                } else {
                    self.shown(sent, PROVENANCE, Some(&own)).await.0
                }
            }
        };
        let tolerated = self.tolerances.as_slice().contains(&Tolerance::ReferencesLoseVersion);
        report.say(Check::ProvenanceTarget, wrong_target(&sent, id, tolerated));
        Made::of(&sent, PROVENANCE).ok()
    }
}

/// Whether the server is there and TLS could be set up; without tokens, both can be so all the same.
fn reached(metadata: &Result<Exchange, Failure>, way: &Way, encrypted: bool, report: &mut Report) -> bool {
    let problem = metadata.as_ref().err().map(|failure| &failure.error);
    let insecure = |problem: &&Problem| matches!(problem, Problem::Tls(_));
    let away = |problem: &&Problem| problem.is_away() && !insecure(problem);
    if !report.say(Check::Reached, problem.filter(away).map(|problem| way.fault(problem))) {
        return false;
    }
    if !encrypted {
        report.push(Check::Secure, Outcome::NotNeeded);
        return true;
    }
    report.say(Check::Secure, problem.filter(insecure).map(Fault::of))
}
