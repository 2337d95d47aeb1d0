//! A newer version of the study's document: what it would change, and loading it.

use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

use ::device::Error;
use ::device::rights::Right;

use super::study_changes::offered;
use super::{Desk, Refused};
use crate::ipc::{DeviceStatus, StudyBrought, StudyInForce, StudyOffered};
use crate::paper::{Given, Sheet};
use crate::setup::codes_found;

/// What a session has brought.
#[derive(Default)]
pub(super) struct Brought {
    /// The staff session. What another one had brought counts no more.
    session: String,
    sheet: Sheet,
    /// What was shown is what is loaded.
    document: Option<(Vec<u8>, StudyOffered)>,
}

impl Brought {
    fn shown(&self) -> StudyBrought {
        StudyBrought {
            codes: self.sheet.missing().map(codes_found),
            offered: self.document.as_ref().map(|(_, offered)| Box::new(offered.clone())),
        }
    }
}

impl Desk {
    /// What this session has brought so far.
    pub fn study_brought(&self, session: &str) -> Result<StudyBrought, Refused> {
        self.permitted(session, Right::Device)?;
        Ok(self.brought(session).shown())
    }

    /// Reads a newer document, or pictures of its codes, and says what it would change. Pictures add to those before, until all
    /// codes are there. Nothing is changed.
    pub fn study_files(&self, session: &str, files: Vec<Vec<u8>>) -> Result<StudyBrought, Refused> {
        self.permitted(session, Right::Device)?;
        // Without the seat: pictures take their time.
        let given = Given::of(files)?;
        self.permitted(session, Right::Device)?;
        let mut brought = self.brought(session);
        if let Some(content) = brought.sheet.take(given)? {
            let next = self.device.next_study(&content)?;
            let newest = self.device.study()?.ok_or(Error::NotSetUp)?;
            brought.sheet = Sheet::default();
            brought.document = Some((content, offered(&newest, &next)));
        }
        Ok(brought.shown())
    }

    /// Puts aside what was brought.
    pub fn study_forget(&self, session: &str) -> Result<(), Refused> {
        self.permitted(session, Right::Device)?;
        *self.brought(session) = Brought::default();
        Ok(())
    }

    /// Loads the document that was shown. It is in force from the next start on.
    pub fn study_load(
        &self,
        session: &str,
        document: &str,
        password: &str,
        reason: &str,
    ) -> Result<DeviceStatus, Refused> {
        let by = self.confirmed(session, password)?;
        let content = {
            let brought = self.brought(session);
            let (content, offered) = brought.document.as_ref().ok_or(Refused::Unknown("chosen document"))?;
            if offered.sha256 != document {
                return Err(Refused::StaleRevision);
            }
            content.clone()
        };
        let loaded = self.device.load_study(&content, Some(reason), &by)?;
        self.next_version.store(loaded.study().version, Ordering::Relaxed);
        *self.brought(session) = Brought::default();
        self.used_from_next_start();
        self.shown_device()
    }

    /// The study's document in force, and the version that takes its place at the next start; `None` in practice.
    pub(super) fn study_in_force(&self) -> Option<StudyInForce> {
        let mark = self.device.configuration().study.as_ref()?;
        let next = self.next_version.load(Ordering::Relaxed);
        Some(StudyInForce {
            title: self.study_title.clone(),
            version: mark.version,
            next: (next != 0).then_some(next),
            unfit: self.device.unfit_study().map(str::to_owned),
        })
    }

    /// What somebody brought does not stay in memory once they are gone.
    pub(super) fn forget_brought(&self) {
        *self.brought.lock().unwrap_or_else(PoisonError::into_inner) = Brought::default();
    }

    /// What this session has brought; nothing at first.
    fn brought(&self, session: &str) -> MutexGuard<'_, Brought> {
        let mut brought = self.brought.lock().unwrap_or_else(PoisonError::into_inner);
        if brought.session != session {
            *brought = Brought { session: session.to_owned(), ..Brought::default() };
        }
        brought
    }
}
