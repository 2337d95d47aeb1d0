//! Reading the server's list: each Task, and what a visit with it needs. Everything is found by searches, so that a study
//! that takes only signed Bundles takes only signed Tasks, Patients and Questionnaires too.

use std::collections::{BTreeMap, BTreeSet};

use client::find::{FindError, Found};
use fhir::Value;

use super::ended::Ended;
use super::refusal::Refusal;
use super::task::{self, Asked, Points, Wanted};
use super::{Assignments, PULLED_AT};
use crate::store::assignment::{self, Received};
use crate::store::audit::{self, NewEntry};
use crate::store::form::{self, FormState};
use crate::store::meta;
use crate::store::participant::{self, Participant};
use crate::{Error, clock};

/// Tasks that are kept at most: a site never has as many open at one time.
pub(super) const MOST_TASKS: usize = 500;
/// Versions of one Questionnaire, or Patients of one id, that a server may name.
pub(super) const MOST_OF_ONE: usize = 50;
/// Who takes and leaves Tasks, for the audit trail.
const DEVICE: &str = "device";

/// Why the list was not read whole.
pub(super) enum Stop {
    /// The server, or the way to it.
    Server(FindError),
    /// The store.
    Device(Error),
}

impl From<FindError> for Stop {
    fn from(error: FindError) -> Self {
        Self::Server(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Device(error)
    }
}

/// What came of something that a Task needs: it, or why the Task is not taken. The outer error ends the round.
pub(super) type Needed<T> = Result<Result<T, Refusal>, Stop>;

/// A participant's number, a form's id, and where the answers go.
pub(super) type Taken = (String, String, Points);

/// A form's id, and where it says that its answers go.
type Form = (String, Points);

/// From when, and until when.
pub(super) type Period = (Option<String>, Option<String>);

/// One round, with what it has found out already.
pub(super) struct Round<'a> {
    pub(super) all: &'a Assignments,
    forms: BTreeMap<String, Result<Form, Refusal>>,
    patients: BTreeMap<String, Result<String, Refusal>>,
}

/// Reads the whole list and stores what came of it in one transaction. What was set aside is asked about when its time has
/// come, or `at_once`.
pub(super) fn pull(all: &Assignments, at_once: bool) -> Result<(), Stop> {
    let mut round = Round { all, forms: BTreeMap::new(), patients: BTreeMap::new() };
    let found = round.find(
        "Task",
        &[
            ("code", &task::searched()),
            ("status", &task::OPEN.join(",")),
            ("owner", &all.owner),
            ("_count", "100"),
        ],
        MOST_TASKS,
    )?;
    let known = all.device.store().read(|connection| {
        let due = assignment::due(connection)?;
        Ok(due.into_iter().map(|due| (due.id.clone(), due)).collect::<BTreeMap<_, _>>())
    })?;
    let mut received = Vec::new();
    for task in found.matches.iter().filter(|task| task::is_for(task, &all.owner, all.base())) {
        let Some(id) = task.str("id").filter(|id| client::is_id(id)) else { continue };
        let version = task.get("meta").and_then(|meta| meta.str("versionId")).unwrap_or_default();
        let same = known.get(id).filter(|known| known.version == version && !version.is_empty());
        let (taken, (due_from, due_until)) = match same {
            Some(known) if all.servers().list(&known.points) && round.is_offered(&known.form)? => {
                let taken = (known.participant.clone(), known.form.clone(), known.points.clone());
                (Ok(taken), (known.due_from.clone(), known.due_until.clone()))
            }
            _ => round.taken(task, id, version, at_once)?,
        };
        let taken = taken.map_err(|refusal| (refusal.code, refusal.detail));
        received.push(Received {
            id: id.to_owned(),
            version: version.to_owned(),
            due_from,
            due_until,
            taken,
        });
    }
    for refused in &found.refused {
        let Some(id) = refused.reference.strip_prefix("Task/").filter(|id| client::is_id(id)) else {
            continue;
        };
        let taken = Err(("task-unsigned", refused.code.to_owned()));
        let (id, version) = (id.to_owned(), String::new());
        received.push(Received { id, version, due_from: None, due_until: None, taken });
    }
    all.aside.keep(|id| received.iter().any(|one| one.id == id));
    let ended = round.ended()?;
    Ok(store(all, received, ended)?)
}

/// What was received, what is gone, and when this was; each change has its audit entry.
fn store(all: &Assignments, received: Vec<Received>, ended: Ended) -> Result<(), Error> {
    let now = all.device.now();
    all.device.store().write(move |tx| {
        let note = |event, id: &str, detail: &str| {
            let subject = format!("assignment/{id}");
            let entry = NewEntry { actor: DEVICE, role: DEVICE, event, subject: &subject, detail };
            audit::append(tx, &entry, &now).map(|_| ())
        };
        let due: BTreeSet<String> = assignment::due(tx)?.into_iter().map(|due| due.id).collect();
        let refused: BTreeMap<String, String> =
            assignment::refused(tx)?.into_iter().map(|one| (one.id, one.reason)).collect();
        let begun: BTreeSet<String> = assignment::begun(tx)?.into_iter().map(|begun| begun.id).collect();
        let stopped: BTreeMap<String, String> = assignment::stopped(tx)?.into_iter().collect();
        let here: BTreeSet<&str> = received.iter().map(|one| one.id.as_str()).collect();
        for one in received.iter().filter(|one| !begun.contains(&one.id)) {
            match &one.taken {
                Ok(_) if !due.contains(&one.id) => note("assignment.received", &one.id, "")?,
                Err((reason, _)) if refused.get(&one.id).is_none_or(|before| before != reason) => {
                    note("assignment.refused", &one.id, reason)?;
                }
                _ => {}
            }
            assignment::put(tx, one)?;
        }
        let gone = due.iter().chain(refused.keys());
        let gone = gone.filter(|id| !here.contains(id.as_str()) && !begun.contains(*id));
        for one in &ended.wanted {
            match &one.taken {
                Ok(_) if assignment::renew(tx, one)? => note("assignment.renewed", &one.id, "")?,
                Err((reason, _)) if stopped.get(&one.id).is_none_or(|before| before != reason) => {
                    note("assignment.refused", &one.id, reason)?;
                    assignment::stop(tx, &one.id, reason)?;
                }
                Ok(_) | Err(_) => {}
            }
        }
        for id in gone.cloned().collect::<Vec<_>>().iter().chain(&ended.withdrawn) {
            note("assignment.withdrawn", id, "")?;
            assignment::remove(tx, id)?;
        }
        meta::set(tx, PULLED_AT, &clock::seconds(&now))
    })
}

impl Round<'_> {
    pub(super) fn find(
        &self,
        resource_type: &'static str,
        parameters: &[(&str, &str)],
        most: usize,
    ) -> Result<Found, Stop> {
        Ok(self.all.runtime.block_on(self.all.client.find(resource_type, parameters, most))?)
    }

    /// The same for something that a single Task needs: where the server refuses that alone, it is the Task that is not taken.
    fn find_needed(
        &self,
        resource_type: &'static str,
        parameters: &[(&str, &str)],
        (code, what): (&'static str, &str),
    ) -> Needed<Found> {
        match self.find(resource_type, parameters, MOST_OF_ONE) {
            Ok(found) => Ok(Ok(found)),
            Err(Stop::Server(error)) if error.is_of_one() => {
                Ok(Err(Refusal::for_now(code, format!("{what}: {}", error.in_brief()))))
            }
            Err(stop) => Err(stop),
        }
    }

    /// What came of a Task, or what came of it before while it waits.
    fn taken(
        &mut self,
        task: &Value,
        id: &str,
        version: &str,
        at_once: bool,
    ) -> Result<(Result<Taken, Refusal>, Period), Stop> {
        let now_ms = self.all.device.now().timestamp().as_millisecond();
        let waiting = self.all.aside.waits(id, version, now_ms);
        if let Some((refusal, period)) = waiting.filter(|_| !at_once) {
            return Ok((Err(refusal), period));
        }
        let (taken, period) = self.take(task)?;
        self.all.aside.note(id, version, taken.as_ref().err().map(|refusal| (refusal, &period)), now_ms);
        Ok((taken, period))
    }

    /// Everything that a Task needs. Nothing is added for one that is refused.
    pub(super) fn take(&mut self, task: &Value) -> Result<(Result<Taken, Refusal>, Period), Stop> {
        let asked = match task::read(task, self.all.servers()) {
            Ok(asked) => asked,
            Err(refusal) => return Ok((Err(refusal), (None, None))),
        };
        let period = asked.period.clone();
        Ok((self.needed(&asked)?, period))
    }

    fn needed(&mut self, asked: &Asked) -> Needed<Taken> {
        let canonical = match &asked.form {
            Wanted::Questionnaire(canonical) => canonical.clone(),
            Wanted::ServiceRequest(id) => match self.requested(id, asked)? {
                Ok(canonical) => canonical,
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        let form = if let Some(known) = self.forms.get(&canonical) {
            known.clone()
        } else {
            let form = self.form(&canonical)?;
            self.forms.insert(canonical, form.clone());
            form
        };
        let (form, own) = match form {
            Ok(form) => form,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let participant = if let Some(known) = self.patients.get(&asked.patient) {
            known.clone()
        } else {
            let participant = self.participant(&asked.patient)?;
            self.patients.insert(asked.patient.clone(), participant.clone());
            participant
        };
        // What the Task says goes before what the form says.
        let points = if asked.points.is_empty() { own } else { asked.points.clone() };
        Ok(participant.map(|participant| (participant, form, points)))
    }

    fn requested(&self, id: &str, asked: &Asked) -> Needed<String> {
        let what = format!("ServiceRequest/{id}");
        let found = match self.find_needed("ServiceRequest", &[("_id", id)], ("request-not-given", &what))? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(request) = found.matches.iter().find(|one| one.str("id") == Some(id)) else {
            return Ok(Err(Refusal::new("request-missing", what)));
        };
        Ok(task::requested(request, asked, self.all.base()))
    }

    fn is_offered(&self, form: &str) -> Result<bool, Error> {
        let found = self.all.device.store().read(|connection| form::by_id(connection, form))?;
        Ok(found.state == FormState::Offered)
    }

    /// The id of the form that this device offers for a canonical; one that it does not have is fetched, checked and added.
    fn form(&self, canonical: &str) -> Needed<Form> {
        let (url, version) = canonical.split_once('|').map_or((canonical, None), |(url, of)| (url, Some(of)));
        let device = &self.all.device;
        if let Some(offered) = device.store().read(|connection| form::offered(connection, url))? {
            if version.is_some() && offered.canonical != canonical {
                return Ok(Err(Refusal::new("questionnaire-version", offered.canonical)));
            }
            let resource = device.store().read(|connection| form::resource(connection, &offered.id))?;
            let resource = Value::parse(resource.as_bytes()).map_err(|_| Error::Unreadable("form"))?;
            return Ok(task::points(&resource, self.all.servers()).map(|points| (offered.id, points)));
        }
        let mut parameters = vec![("url", url)];
        parameters.extend(version.map(|version| ("version", version)));
        let named = ("questionnaire-not-given", canonical);
        let found = match self.find_needed("Questionnaire", &parameters, named)? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let found: Vec<Value> =
            found.matches.iter().filter(|one| is_meant(one, url, version)).map(as_written).collect();
        match found.as_slice() {
            [] => Ok(Err(Refusal::new("questionnaire-missing", canonical))),
            [form] => self.add(form, canonical),
            _ => Ok(Err(Refusal::new("questionnaire-several", canonical))),
        }
    }

    fn add(&self, form: &Value, canonical: &str) -> Needed<Form> {
        let points = match task::points(form, self.all.servers()) {
            Ok(points) => points,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let device = &self.all.device;
        let checked = device.check_assigned_form(form.to_json().as_bytes(), &|one| self.value_set(one))?;
        let Some(questionnaire) = checked.questionnaire() else {
            if let Some(reason) = checked.unexpanded() {
                return Ok(Err(Refusal::for_now("value-set-not-given", format!("{canonical}: {reason}"))));
            }
            let first = checked.report().problems.first();
            let reason = first.map(|problem| problem.message.clone()).unwrap_or_default();
            return Ok(Err(Refusal::new("questionnaire-refused", format!("{canonical}: {reason}"))));
        };
        let sha256 = questionnaire.sha256();
        if device.store().read(|connection| form::by_sha256(connection, &sha256))?.is_some() {
            return Ok(Err(Refusal::new("questionnaire-withdrawn", canonical)));
        }
        match device.add_assigned_form(&checked) {
            Ok(form) => Ok(Ok((form.id, points))),
            Err(Error::Study(_)) => {
                Ok(Err(Refusal::new("questionnaire-unlisted", format!("{canonical} SHA-256 {sha256}"))))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The number of the participant that a Patient is. Of the Patient nothing is kept but that and where it is.
    fn participant(&self, reference: &str) -> Needed<String> {
        let device = &self.all.device;
        let known = device.store().read(participant::all)?;
        if let Some(known) = known.iter().find(|known| known.reference == reference) {
            return Ok(Ok(known.id.clone()));
        }
        let assignments = device.configuration().policy.assignments.as_ref();
        let Some(system) = assignments.and_then(|assignments| assignments.participant_system.as_deref())
        else {
            return Ok(Err(Refusal::new("participant-unknown", reference)));
        };
        let id = reference.strip_prefix("Patient/").unwrap_or_default();
        let found = match self.find_needed("Patient", &[("_id", id)], ("participant-not-given", reference))? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(patient) = found.matches.iter().find(|one| one.str("id") == Some(id)) else {
            return Ok(Err(Refusal::new("participant-unknown", reference)));
        };
        let is_number = |one: &&Value| one.str("system") == Some(system) && one.str("use") != Some("old");
        let mut numbers =
            patient.list("identifier").iter().filter(is_number).filter_map(|one| one.str("value"));
        let (Some(number), None) = (numbers.next(), numbers.next()) else {
            return Ok(Err(Refusal::new("participant-number", reference)));
        };
        let plain = !number.is_empty() && number.trim() == number && !number.chars().any(char::is_control);
        if !plain || number.len() > 64 {
            return Ok(Err(Refusal::new("participant-number", reference)));
        }
        if known.iter().any(|known| known.id == number) {
            return Ok(Err(Refusal::new("participant-mismatch", reference)));
        }
        let participant = Participant {
            id: number.to_owned(),
            identifier_system: system.to_owned(),
            reference: reference.to_owned(),
        };
        let now = device.now();
        Ok(Ok(device.store().write(move |tx| {
            participant::put(tx, &participant)?;
            let (event, subject) = ("participant.added", format!("participant/{}", participant.id));
            let detail = participant.reference.as_str();
            audit::append(
                tx,
                &NewEntry { actor: DEVICE, role: DEVICE, event, subject: &subject, detail },
                &now,
            )?;
            Ok(participant.id)
        })?))
    }
}

/// Whether a canonical names this resource. One that is retired is not meant any more.
pub(super) fn is_meant(one: &Value, url: &str, version: Option<&str>) -> bool {
    one.str("url") == Some(url)
        && version.is_none_or(|version| one.str("version") == Some(version))
        && one.str("status") != Some("retired")
}

/// A Questionnaire as its author wrote it: without what the server manages, so that it has its author's hash.
fn as_written(form: &Value) -> Value {
    let mut form = form.clone();
    let Some(members) = form.as_object_mut() else { return form };
    let left = members.get_mut("meta").and_then(Value::as_object_mut).map(|meta| {
        for name in ["versionId", "lastUpdated", "source"] {
            meta.remove(name);
        }
        meta.len()
    });
    if left == Some(0) {
        members.remove("meta");
    }
    form
}
