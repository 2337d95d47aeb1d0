//! The study's forms: checked when they come, offered for new visits, withdrawn and never deleted.

mod check;
mod launch;
mod servers;
mod study;

use questionnaire::Questionnaire;

pub use check::{CheckedForm, StoredValueSet};
pub(crate) use launch::judge;

use crate::accounts::Staff;
use crate::store::audit::{self, NewEntry};
use crate::store::form::{self, End, Form, FormState};
use crate::store::visit::Visit;
use crate::{Device, Error, clock};

/// Who adds what comes with the program.
const DEVICE: &str = "device";

/// What the caller knows to be offered under the address of a form that is added.
enum Before {
    /// This form, or none.
    Known(Option<String>),
    /// It does not matter.
    Any,
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
        self.insert_form(
            questionnaire,
            checked.resource(),
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
            self.insert_form(&questionnaire, resource, Before::Any, (DEVICE, DEVICE))?;
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
    /// more.
    pub fn start_visit_with(&self, participant: &str, form: &str, by: &Staff) -> Result<Visit, Error> {
        let resource = self.store().read(|connection| form::resource(connection, form))?;
        let questionnaire = crate::visits::import(&resource)?;
        self.insert_visit(participant, &questionnaire, resource, by, Some(form))
    }

    fn insert_form(
        &self,
        questionnaire: &Questionnaire,
        resource: &str,
        known: Before,
        (actor, role): (&str, &str),
    ) -> Result<Form, Error> {
        self.check_listed(questionnaire)?;
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
        let (resource, role) = (resource.to_owned(), role.to_owned());
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
            form::insert(tx, &form, &resource)?;
            Ok(form)
        })
    }
}

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
