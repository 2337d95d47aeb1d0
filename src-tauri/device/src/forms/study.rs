//! A study's signed document decides which forms there are.

use questionnaire::Questionnaire;

use super::{Before, DEVICE};
use crate::store::audit::{self, NewEntry};
use crate::store::form::{self, End, FormState};
use crate::study::Study;
use crate::{Device, Error, clock};

impl Device {
    /// Offers what the study's document brings, and withdraws what it does not list any more. Does nothing in practice, and
    /// nothing twice. A form that this version of the program cannot use, unlike the one that loaded the document, is left
    /// out.
    ///
    /// # Errors
    /// [`Error::Study`], and those of the store.
    pub fn follow_study(&self) -> Result<(), Error> {
        let Some(signed) = self.study()? else { return Ok(()) };
        let study = signed.study();
        for form in self.store().read(form::all)? {
            if form.state == FormState::Offered && !lists(study, &form.canonical, &form.sha256) {
                self.withdraw_unlisted(form.id, study.version)?;
            }
        }
        for resource in study.questionnaires.iter().filter_map(|one| one.resource.as_ref()) {
            match self.offer(resource.get()) {
                // Loading it asked for all of them; an update may be stricter. The others are offered all the same.
                Err(Error::Questionnaire) => {
                    tracing::warn!("this version of the program cannot use a questionnaire of the study");
                }
                offered => offered?,
            }
        }
        Ok(())
    }

    /// Refuses a form that the study does not list. In practice there is no study to ask.
    pub(super) fn check_listed(&self, questionnaire: &Questionnaire) -> Result<(), Error> {
        let Some(signed) = self.study()? else { return Ok(()) };
        let (canonical, sha256) = (questionnaire.canonical(), questionnaire.sha256());
        if lists(signed.study(), &canonical, &sha256) {
            return Ok(());
        }
        Err(Error::Study(format!(
            "it does not list {canonical} with the SHA-256 {sha256} among its questionnaires: ask the study's office for a \
             version that does"
        )))
    }

    /// Offers a form that the study lists, also one that a version in between did not. What staff withdrew stays
    /// withdrawn.
    fn offer(&self, resource: &str) -> Result<(), Error> {
        let questionnaire = crate::visits::import(resource)?;
        let known = self.store().read(|connection| form::by_sha256(connection, &questionnaire.sha256()))?;
        let stays = known.is_some_and(|known| match known.state {
            FormState::Offered => true,
            FormState::Replaced => false,
            FormState::Withdrawn => known.ended_by.as_deref() != Some(DEVICE),
        });
        if !stays {
            self.insert_form(&questionnaire, resource, Before::Any, (DEVICE, DEVICE))?;
        }
        Ok(())
    }

    fn withdraw_unlisted(&self, id: String, version: u32) -> Result<(), Error> {
        let now = self.now();
        self.store().write(move |tx| {
            let reason = format!("version {version} of the study does not list it");
            let at = clock::text(&now);
            let end = End { state: FormState::Withdrawn, at: &at, by: DEVICE, reason: Some(&reason) };
            form::end(tx, &id, &end)?;
            let (event, subject) = ("form.withdrawn", format!("form/{id}"));
            let entry = NewEntry { actor: DEVICE, role: DEVICE, event, subject: &subject, detail: &reason };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }
}

fn lists(study: &Study, canonical: &str, sha256: &str) -> bool {
    study.questionnaires.iter().any(|one| one.canonical == canonical && one.sha256 == sha256)
}
