//! The study's forms: checked when they come, offered for new visits, withdrawn and never deleted.

mod check;
mod compiled;
mod languages;
mod launch;
mod servers;
mod study;

use questionnaire::{ImportReport, Questionnaire};

pub(crate) use check::Kept;
pub use check::{CheckedForm, FormReport, StoredValueSet};
pub(crate) use compiled::Compiled;
pub(crate) use languages::not_allowed;
pub use questionnaire::device::{SPOKEN, spoken};
pub(crate) use study::Periods;

use crate::accounts::Staff;
use crate::store::assignment;
use crate::store::audit::{self, NewEntry};
use crate::store::form::{self, End, Form, FormState};
use crate::store::visit::Visit;
use crate::study::{SignedStudy, Study};
use crate::visits::Under;
use crate::{Device, Error, clock};

/// Adds to the report what this program makes of a form that may be used elsewhere as it is.
pub(crate) fn judge(questionnaire: &Questionnaire, report: &mut ImportReport) {
    questionnaire::device::judge(questionnaire, report);
}

/// Who adds what comes with the program.
const DEVICE: &str = "device";

/// Who adds what the server's Tasks ask for.
const ASSIGNED: &str = "assignment";

/// What the caller knows to be offered under the address of a form that is added.
enum Before {
    /// This form, or none.
    Known(Option<String>),
    /// It does not matter.
    Any,
}

/// What is stored of a form.
struct Content<'a> {
    resource: &'a str,
    /// What the study added to it ([`check::Completed`]).
    completed: Option<String>,
}

impl<'a> Content<'a> {
    fn of(checked: &'a CheckedForm) -> Self {
        Self { resource: checked.resource(), completed: checked.completed().text() }
    }

    /// A form to which nothing was added.
    fn alone(resource: &'a str) -> Self {
        Self { resource, completed: None }
    }
}

impl Device {
    /// Adds a form that was checked; new visits use it from now on, in place of the form of the same address.
    ///
    /// # Errors
    /// [`Error::Questionnaire`] when it was refused, [`Error::FormKnown`] when it is offered already,
    /// [`Error::StaleRevision`] when the study's forms have changed since it was checked.
    pub fn add_form(&self, checked: &CheckedForm, by: &Staff) -> Result<Form, Error> {
        let questionnaire = checked.questionnaire().ok_or(Error::Questionnaire)?;
        let replaces = checked.replaces().map(|form| form.id.clone());
        let signed = self.study()?;
        self.insert_form(
            signed.as_ref().map(SignedStudy::study),
            questionnaire,
            &Content::of(checked),
            Before::Known(replaces),
            (&by.user, by.role.as_str()),
        )
    }

    /// Adds a form that comes with the program, unless it was here before: what staff withdrew stays withdrawn.
    ///
    /// # Errors
    /// [`Error::Questionnaire`].
    pub fn bring_form(&self, resource: &str) -> Result<(), Error> {
        let questionnaire = crate::visits::import(resource)?;
        let sha256 = questionnaire.sha256();
        if self.store().read(|connection| form::by_sha256(connection, &sha256))?.is_none() {
            let signed = self.study()?;
            let study = signed.as_ref().map(SignedStudy::study);
            self.insert_form(
                study,
                &questionnaire,
                &Content::alone(resource),
                Before::Any,
                (DEVICE, DEVICE),
            )?;
        }
        Ok(())
    }

    /// Takes a form out of the study: no visit is started with it any more. Visits that were started go on.
    ///
    /// # Errors
    /// [`Error::ReasonMissing`], [`Error::ReasonUnusable`], [`Error::NotFound`], [`Error::WrongState`] when it is not
    /// offered any more.
    pub fn withdraw_form(&self, id: &str, by: &Staff, reason: &str) -> Result<(), Error> {
        let (id, by, reason, now) = (id.to_owned(), by.clone(), crate::reason(reason)?, self.now());
        self.store().write(move |tx| {
            let at = clock::text(&now);
            let end = End { state: FormState::Withdrawn, at: &at, by: &by.user, reason: Some(&reason) };
            form::end(tx, &id, &end)?;
            let (role, event, subject) = (by.role.as_str(), "form.withdrawn", format!("form/{id}"));
            let entry = NewEntry { actor: &by.user, role, event, subject: &subject, detail: &reason };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }

    /// Starts a visit with an offered form.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown participant or form, [`Error::WrongState`] when the form is not offered any
    /// more, [`Error::OutsidePeriod`] on a day on which the study starts no visit with it, [`Error::StudyUnfit`] while the
    /// study's document is none that would be taken today.
    pub fn start_visit_with(&self, participant: &str, form: &str, by: &Staff) -> Result<Visit, Error> {
        self.start_with(participant, by, Under { form: Some(form), assignment: None })
    }

    /// Starts a visit with the participant and the form of a Task that is due.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not due any more, [`Error::WrongState`] before its time, or when its form is not
    /// offered any more; [`Error::OutsidePeriod`], [`Error::StudyUnfit`].
    pub fn start_assigned_visit(&self, task: &str, by: &Staff) -> Result<Visit, Error> {
        let due = self.store().read(|connection| assignment::due_one(connection, task))?;
        let due = due.ok_or(Error::NotFound("assignment"))?;
        if crate::assignment::is_early(&due, &self.now()) {
            return Err(Error::WrongState("not due yet".to_owned()));
        }
        self.start_with(&due.participant, by, Under { form: Some(&due.form), assignment: Some(task) })
    }

    fn start_with(&self, participant: &str, by: &Staff, under: Under<'_>) -> Result<Visit, Error> {
        let form = under.form.ok_or(Error::NotFound("questionnaire"))?;
        let (row, resource) = self
            .store()
            .read(|connection| Ok((form::by_id(connection, form)?, form::resource(connection, form)?)))?;
        let questionnaire = self.form(&row)?.ok_or(Error::Questionnaire)?;
        self.check_period(&row.sha256)?;
        self.insert_visit(participant, &questionnaire, resource, by, under)
    }

    /// Adds a form that a Task asks for, where nothing of its address is offered.
    ///
    /// # Errors
    /// As for [`Device::add_form`]; [`Error::Study`] when the study does not list it.
    pub(crate) fn add_assigned_form(&self, checked: &CheckedForm) -> Result<Form, Error> {
        let questionnaire = checked.questionnaire().ok_or(Error::Questionnaire)?;
        let signed = self.study()?;
        let study = signed.as_ref().map(SignedStudy::study);
        self.insert_form(study, questionnaire, &Content::of(checked), Before::Known(None), (ASSIGNED, DEVICE))
    }

    /// Adds a form, which the `study` in force, if there is one, has to list.
    fn insert_form(
        &self,
        study: Option<&Study>,
        questionnaire: &Questionnaire,
        content: &Content<'_>,
        known: Before,
        (actor, role): (&str, &str),
    ) -> Result<Form, Error> {
        study::check_listed(study, questionnaire)?;
        let now = self.now();
        let form = Form {
            id: questionnaire.id().map_or_else(new_id, str::to_owned),
            sha256: questionnaire.sha256(),
            url: questionnaire.url().to_owned(),
            canonical: questionnaire.canonical(),
            state: FormState::Offered,
            added_at: clock::text(&now),
            added_by: actor.to_owned(),
            ended_at: None,
            ended_by: None,
            reason: None,
        };
        self.is_compiled(questionnaire);
        let (resource, completed, role) =
            (content.resource.to_owned(), content.completed.clone(), role.to_owned());
        self.store().write(move |tx| {
            let mut form = form;
            let before = form::offered(tx, &form.url)?;
            if before.as_ref().is_some_and(|before| before.sha256 == form.sha256) {
                return Err(Error::FormKnown);
            }
            match known {
                Before::Known(known) if known != before.as_ref().map(|before| before.id.clone()) => {
                    return Err(Error::StaleRevision);
                }
                Before::Known(_) | Before::Any => {}
            }
            if !matches!(form::by_id(tx, &form.id), Err(Error::NotFound(_))) {
                form.id = new_id();
            }
            let note = |event, id: &str, detail: &str| {
                let subject = format!("form/{id}");
                let entry = NewEntry { actor: &form.added_by, role: &role, event, subject: &subject, detail };
                audit::append(tx, &entry, &now)
            };
            if let Some(before) = before {
                let (at, by) = (&form.added_at, &form.added_by);
                form::end(tx, &before.id, &End { state: FormState::Replaced, at, by, reason: None })?;
                note("form.replaced", &before.id, &form.id)?;
            }
            note("form.added", &form.id, &format!("{} {}", form.canonical, form.sha256))?;
            form::insert(tx, &form, &resource, completed.as_deref())?;
            Ok(form)
        })
    }
}

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
