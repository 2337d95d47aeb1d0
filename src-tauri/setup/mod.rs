//! Setting a device up on the screen: the study's signed document, the first coordinator, the device's certificate. It ends
//! where a desk can be opened; every step asks here, and here alone, how far the device is.

mod study;

pub(crate) use study::{method, title_of};

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use device::accounts::{self, MOST_TRIES, Role, Staff};
use device::store::staff;
use device::study::{AtSite, SignedStudy, Signer};
use device::{Device, Error, FolderLock, Readers, write_new_file};

use crate::chooser::Chooser;
use crate::commands::{FirstCoordinator, StudyOrder};
use crate::desk::Refused;
use crate::ipc::{AppView, CodesFound, CommandError, SetUpStep, StudyFound};
use crate::paper::{Given, Sheet};
use crate::start::{self, Options};
use crate::texts;

/// The name of the file with the request, before the device's own part and the ending.
const REQUEST_FILE: &str = "attesta-request";

/// A device that is being set up.
pub struct SetUp {
    options: Options,
    /// Where practice would open its desk instead.
    practice: Option<Options>,
    /// There is no database, and the keystore has a key for one.
    was_here: bool,
    /// What the step before could not do, after the device had its study.
    problem: Mutex<Option<CommandError>>,
    /// How often something else was typed than the end of a signer's thumbprint.
    wrong: AtomicU32,
    at: Mutex<At>,
}

/// How far the device is.
enum At {
    /// It has no study.
    Study(Box<Chosen>),
    /// It has one, and nobody who could sign in.
    Coordinator(Box<Begun>),
    /// Its key has no certificate.
    Certificate(Box<Begun>, String),
    /// A desk is opened, here or in practice.
    Over,
}

/// What was chosen so far.
#[derive(Default)]
struct Chosen {
    sheet: Sheet,
    document: Option<Document>,
}

/// A document that was read, and what the page shows of it.
struct Document {
    content: Vec<u8>,
    signed: SignedStudy,
    shown: Box<StudyFound>,
    /// How often something else was typed than the end of its signer's thumbprint.
    wrong: u32,
}

/// A device with a study, and the lock on its data folder.
pub(crate) struct Begun {
    device: Device,
    title: String,
    // Last, so that the folder is free only once everything in it is closed.
    _lock: FolderLock,
}

/// What comes after a step.
pub enum Next {
    /// The same device goes on being set up.
    Stay,
    /// The start is made again, with these; and what the step before could not do.
    Start(Box<Options>, Option<Refused>),
}

impl SetUp {
    /// A device without a study. `was_here` says that the keystore has the key of a database that is not where it should
    /// be: a first start was interrupted, or the disk with the device's data is missing.
    pub(crate) fn new(options: Options, practice: Option<Options>, was_here: bool) -> Self {
        let at = Mutex::new(At::Study(Box::default()));
        Self { options, practice, was_here, problem: Mutex::default(), wrong: AtomicU32::new(0), at }
    }

    /// A device that has a study and cannot be used yet; `Err` gives it back where it can.
    pub(crate) fn of(
        options: Options,
        device: Device,
        lock: FolderLock,
    ) -> Result<Result<Self, (Device, FolderLock)>, Error> {
        let nobody = device.store().read(staff::all)?.is_empty();
        if !nobody && device.certificate()?.is_some() {
            return Ok(Err((device, lock)));
        }
        let title = device.study()?.map(|signed| signed.study().title.clone()).unwrap_or_default();
        let begun = Box::new(Begun { device, title, _lock: lock });
        let at = if nobody { At::Coordinator(begun) } else { certificate(begun)? };
        Ok(Ok(Self {
            options,
            practice: None,
            was_here: false,
            problem: Mutex::default(),
            wrong: AtomicU32::new(0),
            at: Mutex::new(at),
        }))
    }

    /// Keeps what the step before could not do, for the page to say.
    pub(crate) fn say(&self, refused: Refused) {
        *self.problem() = Some(refused.into());
    }

    /// What the page shows; `None` once it is over.
    pub fn view(&self) -> Option<AppView> {
        let step = match &*self.at() {
            At::Study(chosen) => SetUpStep::Study {
                practice: self.practice.is_some(),
                was_here: self.was_here.then(|| self.options.data.display().to_string()),
                codes: chosen.sheet.missing().filter(|_| chosen.document.is_none()).map(codes_found),
                found: chosen.document.as_ref().map(|document| document.shown.clone()),
            },
            At::Coordinator(begun) => SetUpStep::Coordinator {
                study: begun.title.clone(),
                site: begun.device.configuration().site.clone(),
                device: begun.device.configuration().device_name.clone(),
                problem: self.problem().clone(),
            },
            At::Certificate(begun, request) => SetUpStep::Certificate {
                study: begun.title.clone(),
                site: begun.device.configuration().site.clone(),
                device: begun.device.configuration().device_name.clone(),
                identifier: begun.device.identifier().to_owned(),
                request: request.clone(),
            },
            At::Over => return None,
        };
        Some(AppView::SetUp { step, languages: texts::LANGUAGES.map(str::to_owned).to_vec() })
    }

    /// Reads the study's document, or pictures of its codes. Pictures add to those before, until all codes are there.
    /// All pictures of one call are added, or none of them.
    pub fn read(&self, files: Vec<Vec<u8>>) -> Result<Next, Refused> {
        if !matches!(*self.at(), At::Study(_)) {
            return Err(Refused::NotSettingUp);
        }
        // Without the lock: pictures take their time, and the page asks for its view meanwhile.
        let given = Given::of(files)?;
        let mut at = self.at();
        let At::Study(chosen) = &mut *at else { return Err(Refused::NotSettingUp) };
        if let Some(document) = chosen.sheet.take(given)? {
            **chosen = Chosen::of(document)?;
        }
        Ok(Next::Stay)
    }

    /// Puts aside what was chosen.
    pub fn forget(&self) -> Result<Next, Refused> {
        let mut at = self.at();
        let At::Study(chosen) = &mut *at else { return Err(Refused::NotSettingUp) };
        **chosen = Chosen::default();
        Ok(Next::Stay)
    }

    /// Compares what somebody typed from the study's paper with the end of the thumbprint of the key that signed `document`. It is
    /// shown in full only then: nobody can type it from the screen. After [`MOST_TRIES`] wrong ones the document is put aside.
    pub fn compare(&self, document: &str, typed: &str) -> Result<Next, Refused> {
        let mut at = self.at();
        let At::Study(chosen) = &mut *at else { return Err(Refused::NotSettingUp) };
        let found = chosen.document.as_mut().ok_or(Refused::Unknown("chosen document"))?;
        if found.signed.sha256() != document {
            return Err(Refused::StaleRevision);
        }
        if study::is_end_of(typed, found.signed.signer()) {
            found.signed.signer().clone_into(&mut found.shown.signer);
            found.shown.compared = true;
            return Ok(Next::Stay);
        }
        let all = self.wrong.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        tracing::warn!(all, "the end of another thumbprint was typed than that of the document's signer");
        found.wrong += 1;
        if found.wrong >= MOST_TRIES {
            **chosen = Chosen::default();
        }
        Err(Refused::OtherSigner)
    }

    /// Sets the device up for the study that was chosen, with its first coordinator.
    pub fn set_up(&self, order: &StudyOrder) -> Result<Next, Refused> {
        let mut at = self.at();
        let At::Study(chosen) = &mut *at else { return Err(Refused::NotSettingUp) };
        let Document { content, signed, shown, .. } =
            chosen.document.as_ref().ok_or(Refused::Unknown("chosen document"))?;
        // What was shown and compared, and nothing that was chosen since.
        if signed.sha256() != order.document {
            return Err(Refused::StaleRevision);
        }
        if !shown.compared {
            return Err(Refused::SignerNotCompared);
        }
        if self.was_here && !order.new_anyway {
            return Err(Refused::WasHere);
        }
        let coordinator = checked(&order.coordinator)?;
        let own = AtSite {
            site: order.site.clone(),
            device_name: order.name.trim().to_owned(),
            device_reference: order.reference.trim().to_owned(),
            export_folder: self.options.exports.clone(),
        };
        let wrong = self.wrong.load(Ordering::Relaxed);
        let device = match start::set_up(&self.options, content, &Signer::compared(signed, wrong), own) {
            Ok(device) => device,
            // It has a study all the same, kept just before the failure or by somebody else: the page goes on from there.
            Err(error) if start::has_study(&self.options) => {
                return Ok(self.again(&mut at, Some(error.into())));
            }
            Err(error) => return Err(error.into()),
        };
        // From here on the device has a study, whatever comes: the start finds how far it is.
        let added = device.staff_add(&coordinator, &order.coordinator.password, NOBODY);
        let problem = added.err().map(|error| {
            tracing::error!(code = error.code(), "the first coordinator was not added");
            Refused::from(error)
        });
        Ok(self.again(&mut at, problem))
    }

    /// Adds the first coordinator of a device that was set up without one.
    pub fn add_coordinator(&self, first: &FirstCoordinator) -> Result<Next, Refused> {
        let mut at = self.at();
        let At::Coordinator(begun) = &*at else { return Err(Refused::NotSettingUp) };
        begun.device.staff_add(&checked(first)?, &first.password, NOBODY)?;
        Ok(self.again(&mut at, None))
    }

    /// Writes the request into a folder that the person chooses; `None` when none was chosen.
    pub fn save_request(
        &self,
        title: &str,
        chooser: Option<&dyn Chooser>,
    ) -> Result<Option<String>, Refused> {
        let (name, request) = match &*self.at() {
            At::Certificate(begun, request) => (file_of(&begun.device, REQUEST_FILE, "pem"), request.clone()),
            _ => return Err(Refused::NotSettingUp),
        };
        // Without the lock: the person takes their time.
        let Some(folder) = chooser.and_then(|chooser| chooser.folder(title)) else { return Ok(None) };
        Ok(Some(saved(&folder.join(name), &request)?))
    }

    /// Takes the certificate that the study's authority issued.
    pub fn enrol(&self, chain: Vec<u8>) -> Result<Next, Refused> {
        let mut at = self.at();
        let At::Certificate(begun, _) = &*at else { return Err(Refused::NotSettingUp) };
        begun.device.enrol(NOBODY, |_| Ok(chain))?;
        Ok(self.again(&mut at, None))
    }

    /// Practises instead.
    pub fn practise(&self) -> Result<Next, Refused> {
        let mut at = self.at();
        let At::Study(_) = &*at else { return Err(Refused::NotSettingUp) };
        let practice = self.practice.clone().ok_or(Refused::NotSettingUp)?;
        *at = At::Over;
        Ok(Next::Start(Box::new(practice), None))
    }

    /// Lets go of the device, and has the start made again.
    fn again(&self, at: &mut At, problem: Option<Refused>) -> Next {
        *at = At::Over;
        Next::Start(Box::new(self.options.clone()), problem)
    }

    fn problem(&self) -> MutexGuard<'_, Option<CommandError>> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A poisoned lock is taken over: a step changes where the device is as a whole or not at all.
    fn at(&self) -> MutexGuard<'_, At> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// By whom things are done before there is staff, as the audit trail names it.
const NOBODY: &str = "device";

impl Chosen {
    fn of(content: Vec<u8>) -> Result<Self, Refused> {
        let signed = SignedStudy::read(&content)?;
        let shown = Box::new(study::found(&signed));
        let document = Document { content, signed, shown, wrong: 0 };
        Ok(Self { sheet: Sheet::default(), document: Some(document) })
    }
}

pub(crate) fn codes_found((of, missing): (usize, Vec<usize>)) -> CodesFound {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    CodesFound {
        have: number(of.saturating_sub(missing.len())),
        of: number(of),
        missing: missing.into_iter().map(number).collect(),
    }
}

fn certificate(begun: Box<Begun>) -> Result<At, Error> {
    let request = begun.device.certificate_request(NOBODY)?.pem().clone();
    Ok(At::Certificate(begun, request))
}

/// The account, held against what needs no database: nothing is begun that would end halfway.
pub(crate) fn checked(first: &FirstCoordinator) -> Result<Staff, Refused> {
    let (user, name) = (first.user.trim(), first.display_name.trim());
    if user.is_empty() || name.is_empty() {
        return Err(Refused::Incomplete);
    }
    let staff = Staff { user: user.to_owned(), display_name: name.to_owned(), role: Role::Coordinator };
    let staff = accounts::checked(&staff, &first.password)?;
    if *first.password != *first.again {
        return Err(Refused::PasswordsDiffer);
    }
    Ok(staff)
}

/// The name of a file of this device: a part of its identifier keeps two devices on one stick apart.
pub(crate) fn file_of(device: &Device, name: &str, ending: &str) -> PathBuf {
    let identifier = device.identifier().rsplit(':').next().unwrap_or_default();
    PathBuf::from(format!("{name}-{}.{ending}", identifier.get(..8).unwrap_or(identifier)))
}

/// Writes what is no secret into a new file.
pub(crate) fn saved(file: &std::path::Path, content: &str) -> Result<String, Refused> {
    write_new_file(file, content.as_bytes(), Readers::Everyone)?;
    Ok(file.display().to_string())
}

#[cfg(test)]
mod tests;
