//! A study's signed document decides which forms there are.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use questionnaire::Questionnaire;

use super::{Before, Content, DEVICE};
use crate::store::audit::{self, NewEntry};
use crate::store::form::{self, End, FormState};
use crate::store::study;
use crate::study::{Period, Study};
use crate::{Device, Error, clock};

/// The periods of a study's forms, by the form's hash.
#[derive(Debug)]
pub(crate) struct Periods {
    /// The version of the document.
    version: u32,
    of: BTreeMap<String, Period>,
}

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
        for one in &study.questionnaires {
            let Some(resource) = one.resource.as_ref() else { continue };
            match self.offer(study, &one.sha256, resource.get()) {
                // Loading it asked for all of them; an update may be stricter. The others are offered all the same.
                Err(Error::Questionnaire) => {
                    tracing::warn!("this version of the program cannot use a questionnaire of the study");
                }
                offered => offered?,
            }
        }
        Ok(())
    }

    /// Refuses a form on a day on which the study starts no visit with it.
    pub(super) fn check_period(&self, sha256: &str) -> Result<(), Error> {
        if self.period(sha256)?.is_none_or(|period| period.contains(self.now().date())) {
            return Ok(());
        }
        Err(Error::OutsidePeriod)
    }

    /// When the study starts visits with a form. A document of many megabytes is read once, not at each visit.
    fn period(&self, sha256: &str) -> Result<Option<Period>, Error> {
        let Some(version) = self.store().read(study::newest_version)? else { return Ok(None) };
        let mut known = self.periods().lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|known| known.version != version) {
            let Some(signed) = self.study()? else { return Ok(None) };
            let listed = signed.study().questionnaires.iter();
            let with_period = listed.filter_map(|one| Some((one.sha256.clone(), one.period.clone()?)));
            *known = Some(Periods { version: signed.study().version, of: with_period.collect() });
        }
        Ok(known.as_ref().and_then(|known| known.of.get(sha256)).cloned())
    }

    /// Offers a form that the study lists, also one that a version in between did not. What staff withdrew stays
    /// withdrawn.
    fn offer(&self, study: &Study, sha256: &str, resource: &str) -> Result<(), Error> {
        // The document was read with this hash beside this form: what stays need not be compiled for it.
        let known = self.store().read(|connection| form::by_sha256(connection, sha256))?;
        let stays = known.is_some_and(|known| match known.state {
            FormState::Offered => true,
            FormState::Replaced => false,
            FormState::Withdrawn => known.ended_by.as_deref() != Some(DEVICE),
        });
        if !stays {
            let questionnaire = crate::visits::import(resource)?;
            self.insert_form(
                Some(study),
                &questionnaire,
                &Content::alone(resource),
                Before::Any,
                (DEVICE, DEVICE),
            )?;
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

/// Refuses a form that the study does not list. In practice there is no study to ask.
pub(super) fn check_listed(study: Option<&Study>, questionnaire: &Questionnaire) -> Result<(), Error> {
    if study.is_none_or(|study| is_listed(study, questionnaire)) {
        return Ok(());
    }
    let (canonical, sha256) = (questionnaire.canonical(), questionnaire.sha256());
    Err(Error::Study(format!(
        "it does not list {canonical} with the SHA-256 {sha256} among its questionnaires: ask the study's office for a \
         version that does"
    )))
}

pub(super) fn is_listed(study: &Study, questionnaire: &Questionnaire) -> bool {
    lists(study, &questionnaire.canonical(), &questionnaire.sha256())
}

fn lists(study: &Study, canonical: &str, sha256: &str) -> bool {
    study.questionnaires.iter().any(|one| one.canonical == canonical && one.sha256 == sha256)
}
