//! Visits and their drafts.

use questionnaire::{Event, Questionnaire, Session};

use crate::accounts::Staff;
use crate::store::assignment;
use crate::store::audit::{self, NewEntry};
use crate::store::form::{self, FormState};
use crate::store::participant::{self, Participant};
use crate::store::visit::{self, Visit, VisitState};
use crate::store::{draft_event, questionnaire as kept};
use crate::{Device, Error, clock};

/// What a visit is started under.
#[derive(Clone, Copy, Default)]
pub(crate) struct Under<'a> {
    /// The id of a form, which has to be offered.
    pub(crate) form: Option<&'a str>,
    /// The id of a Task, which has to be due.
    pub(crate) assignment: Option<&'a str>,
}

impl Device {
    /// Adds participants, or updates where the server keeps them.
    pub fn put_participants(&self, participants: Vec<Participant>) -> Result<(), Error> {
        self.store().write(move |tx| participants.iter().try_for_each(|one| participant::put(tx, one)))
    }

    /// Adds a participant, once: whose answers a number stands for is never changed by adding it again.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a number, system or reference that cannot be one, and for a number that is known.
    pub fn add_participant(&self, one: &Participant, by: &Staff) -> Result<(), Error> {
        let wrong = |reason: String| Err(Error::Configuration(reason));
        if one.id.is_empty() || one.id.trim() != one.id || one.id.chars().any(char::is_control) {
            return wrong(format!("{:?} is no participant's number", one.id));
        }
        if !crate::configuration::is_uri(&one.identifier_system) {
            return wrong("the system of the participant's number is not a URI".to_owned());
        }
        if !one.reference.strip_prefix("Patient/").is_some_and(client::is_id) {
            return wrong("where the server keeps the participant is written Patient/ and its id".to_owned());
        }
        let (one, by, now) = (one.clone(), by.clone(), self.now());
        self.store().write(move |tx| {
            match participant::by_id(tx, &one.id) {
                Err(Error::NotFound(_)) => {}
                Ok(_) => return wrong(format!("the participant {} is known already", one.id)),
                Err(error) => return Err(error),
            }
            participant::put(tx, &one)?;
            let (event, subject) = ("participant.added", format!("participant/{}", one.id));
            let (role, detail) = (by.role.as_str(), one.reference.as_str());
            audit::append(tx, &NewEntry { actor: &by.user, role, event, subject: &subject, detail }, &now)?;
            Ok(())
        })
    }

    /// Starts a visit. `resource` is the JSON that `questionnaire` was imported from; it is kept with the visit, so
    /// that no update changes the form under a draft.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown participant, [`Error::Questionnaire`] when `resource` is not what
    /// `questionnaire` was imported from, [`Error::StudyUnfit`] while [`Device::unfit_study`] says something.
    pub fn start_visit(
        &self,
        participant: &str,
        questionnaire: &Questionnaire,
        resource: &str,
        by: &Staff,
    ) -> Result<Visit, Error> {
        if import(resource)?.sha256() != questionnaire.sha256() {
            return Err(Error::Questionnaire);
        }
        self.insert_visit(participant, questionnaire, resource.to_owned(), by, Under::default())
    }

    /// Only while what it is started under allows it, and the study's document is one that would be taken today.
    pub(crate) fn insert_visit(
        &self,
        participant: &str,
        questionnaire: &Questionnaire,
        resource: String,
        by: &Staff,
        under: Under<'_>,
    ) -> Result<Visit, Error> {
        if let Some(reason) = self.unfit_study() {
            return Err(Error::StudyUnfit(reason.to_owned()));
        }
        let now = self.now();
        let visit = Visit {
            id: uuid::Uuid::new_v4().to_string(),
            participant: participant.to_owned(),
            questionnaire_sha256: questionnaire.sha256(),
            canonical: questionnaire.canonical(),
            state: VisitState::Ready,
            started_at: clock::text(&now),
            started_by: by.user.clone(),
            record: None,
            end_reason: None,
        };
        let (started, role) = (visit.clone(), by.role.as_str());
        let (form, assignment) = (under.form.map(str::to_owned), under.assignment.map(str::to_owned));
        self.store().write(move |tx| {
            if let Some(form) = form {
                let state = form::by_id(tx, &form)?.state;
                if state != FormState::Offered {
                    return Err(Error::WrongState(state.as_str().into()));
                }
            }
            participant::by_id(tx, &started.participant)?;
            kept::keep(tx, &started.questionnaire_sha256, &started.canonical, &resource)?;
            visit::insert(tx, &started)?;
            let subject = format!("visit/{}", started.id);
            let (actor, event, detail) = (&started.started_by, "visit.started", &started.canonical);
            audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail }, &now)?;
            if let Some(task) = assignment {
                assignment::begin(tx, &task, &started.id)?;
                let (event, detail) = ("assignment.begun", format!("Task/{task}"));
                audit::append(
                    tx,
                    &NewEntry { actor, role, event, subject: &subject, detail: &detail },
                    &now,
                )?;
            }
            Ok(())
        })?;
        Ok(visit)
    }

    /// Appends an event to a visit's draft. When this returns, the event is on the disk.
    ///
    /// # Errors
    /// [`Error::StaleRevision`] when the event does not continue the stored draft, [`Error::WrongState`] when the visit
    /// is over.
    pub fn append(&self, visit: &str, event: &Event) -> Result<(), Error> {
        let (visit, event, now) = (visit.to_owned(), event.clone(), self.now());
        self.store().write(move |tx| {
            let stored = visit::by_id(tx, &visit)?;
            match stored.state {
                VisitState::Ready => visit::set_in_progress(tx, &visit)?,
                VisitState::InProgress => {}
                over => return Err(Error::WrongState(over.as_str().into())),
            }
            if event.questionnaire_sha256 != stored.questionnaire_sha256 {
                return Err(Error::StaleRevision);
            }
            draft_event::append(tx, &visit, &event, &now)
        })
    }

    /// The visit's Questionnaire as it was when the visit started.
    pub fn questionnaire(&self, visit: &str) -> Result<Questionnaire, Error> {
        let sha256 = self.store().read(|connection| visit::by_id(connection, visit))?.questionnaire_sha256;
        let read = || self.store().read(|connection| kept::resource(connection, &sha256));
        self.compiled(&sha256, read)?.ok_or(Error::Questionnaire)
    }

    /// The session that the visit's draft adds up to; `None` before its first event.
    ///
    /// # Errors
    /// [`Error::Draft`] when the draft does not replay.
    pub fn session(&self, visit: &str) -> Result<Option<Session>, Error> {
        let events = self.store().read(|connection| draft_event::of_visit(connection, visit))?;
        if events.is_empty() {
            return Ok(None);
        }
        Ok(Some(Session::replay(&self.questionnaire(visit)?, events)?))
    }

    /// Ends a visit without a signature. The draft is kept.
    ///
    /// # Errors
    /// [`Error::ReasonMissing`], [`Error::ReasonUnusable`], [`Error::WrongState`] when it is over already.
    pub fn end_visit(&self, visit: &str, by: &Staff, reason: &str) -> Result<(), Error> {
        let (visit, by, reason, now) = (visit.to_owned(), by.clone(), crate::reason(reason)?, self.now());
        self.store().write(move |tx| {
            visit::set_ended(tx, &visit, &by.user, &clock::text(&now), &reason)?;
            let (role, event, subject) = (by.role.as_str(), "visit.ended", format!("visit/{visit}"));
            let entry = NewEntry { actor: &by.user, role, event, subject: &subject, detail: &reason };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }
}

pub(crate) fn import(resource: &str) -> Result<Questionnaire, Error> {
    questionnaire::import_bytes(resource.as_bytes()).map_err(|_| Error::Questionnaire)
}
