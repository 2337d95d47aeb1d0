//! The desk: one device, its store, its delivery and whoever has it in hand. Every command of the page ends here, and
//! here alone role, state and revision are checked.

mod alerts;
mod device;
mod forms;
mod library;
mod next_question;
mod outbox;
mod patient;
mod practice;
mod records;
mod refused;
mod seat;
mod staff;
mod status;
mod visits;

pub use practice::Practice;
pub use refused::Refused;
pub use seat::IDLE_LIMIT;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ::device::delivery::WorkerHandle;
use ::device::next_question::NextQuestions;
use ::device::store::staff::Staff;
use ::device::{Device, FolderLock, clock};
use jiff::Timestamp;
use questionnaire::Questionnaire;
use seal::Anchors;

use crate::ipc::AppView;
use crate::texts;
use forms::Waiting;
use library::Library;
use seat::{Seat, StaffSeat};

/// Which visit the patient has in hand, kept so that a restart comes back to it.
const HANDED_OVER: &str = "handed-over-visit";

/// One device at work.
pub struct Desk {
    device: Arc<Device>,
    worker: WorkerHandle,
    questions: NextQuestions,
    practice: Option<Practice>,
    anchors: Anchors,
    places: Places,
    seat: Mutex<Seat>,
    library: Library,
    waiting_form: Mutex<Option<Waiting>>,
    /// The language in which staff read the page (BCP 47).
    reading: Mutex<String>,
    // Last, so that the folder is free only once everything in it is closed.
    _lock: FolderLock,
}

/// Where things are, for people to read.
#[derive(Debug, Clone)]
pub struct Places {
    /// The data folder.
    pub data: PathBuf,
    /// Where exports are written.
    pub exports: PathBuf,
    /// The site's name.
    pub site: String,
    /// The device's name.
    pub device: String,
}

/// What a desk is made of.
pub struct Parts {
    /// The opened device.
    pub device: Arc<Device>,
    /// Its delivery.
    pub worker: WorkerHandle,
    /// Who asks for the next questions of adaptive forms.
    pub questions: NextQuestions,
    /// What there is in practice mode alone.
    pub practice: Option<Practice>,
    /// The configured trust.
    pub anchors: Anchors,
    /// Where things are.
    pub places: Places,
    /// The lock on the data folder.
    pub lock: FolderLock,
}

impl Desk {
    /// Opens the desk; a patient who had the device when the process ended still has it.
    ///
    /// # Errors
    /// [`Refused`] when the stored draft cannot be read.
    pub fn open(parts: Parts) -> Result<Self, Refused> {
        let Parts { device, worker, questions, practice, anchors, places, lock } = parts;
        let seat = Mutex::new(Seat::Nobody);
        let desk = Self {
            device,
            worker,
            questions,
            practice,
            anchors,
            places,
            seat,
            library: Library::default(),
            waiting_form: Mutex::default(),
            reading: Mutex::new("en".to_owned()),
            _lock: lock,
        };
        if let Some(visit) = desk.handed_over()? {
            let seat = desk.patient_seat(&visit)?;
            *desk.seat() = seat;
        }
        Ok(desk)
    }

    /// What the page shows. `active` is the session whose member of staff has touched the page since it last asked,
    /// `language` the one that the page is read in.
    pub fn view(&self, active: Option<&str>, language: Option<&str>) -> Result<AppView, Refused> {
        if let Some(language) = language.filter(|language| questionnaire::is_language_tag(language)) {
            language.clone_into(&mut self.reading());
        }
        let mut seat = self.seat();
        if let Some(Staff { user, role, .. }) = seat.expire(Instant::now()) {
            self.device.record(&user, role.as_str(), "staff.signedOut", &format!("staff/{user}"), "idle")?;
        }
        if let Some(session) = active {
            seat.stay(session, Instant::now());
        }
        self.view_of(&seat)
    }

    fn view_of(&self, seat: &Seat) -> Result<AppView, Refused> {
        Ok(match seat {
            Seat::Nobody => AppView::SignIn {
                practice: self.practice.as_ref().map(|practice| practice.accounts.clone()),
                languages: texts::LANGUAGES.map(str::to_owned).to_vec(),
            },
            Seat::Staff(StaffSeat { session, staff, .. }) => {
                let open_alerts = self.open_alerts()?;
                AppView::Staff {
                    session: session.clone(),
                    user: staff.user.clone(),
                    display_name: staff.display_name.clone(),
                    site: self.places.site.clone(),
                    device: self.places.device.clone(),
                    role: staff.role.as_str().to_owned(),
                    status: self.status(open_alerts)?,
                    open_alerts,
                    practice: self.practice.is_some(),
                }
            }
            Seat::Patient(patient) => AppView::Patient { patient: self.patient_view(patient)? },
        })
    }

    /// The member of staff of `session`; every staff command asks first.
    fn staff(&self, session: &str) -> Result<StaffSeat, Refused> {
        self.seat().as_staff(session, Instant::now())
    }

    /// A time that is kept in UTC, as the clock on the wall showed it: people compare it with the times of signatures.
    fn on_the_wall(&self, at: &str) -> String {
        at.parse::<Timestamp>().map_or_else(
            |_| at.to_owned(),
            |at| clock::seconds(&at.to_zoned(self.device.now().time_zone().clone())),
        )
    }

    /// A questionnaire's title for whoever reads the page.
    fn title_of(&self, questionnaire: &Questionnaire) -> String {
        questionnaire.title(&self.reading())
    }

    /// The title of the questionnaire of visits; its canonical where this version of the app cannot read it.
    fn title(&self, canonical: &str) -> Result<String, Refused> {
        let found = self.library.of_visits(&self.device, canonical)?;
        Ok(found.map_or_else(|| canonical.to_owned(), |found| self.title_of(&found)))
    }

    fn reading(&self) -> MutexGuard<'_, String> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A poisoned lock is taken over: a seat is replaced as a whole or not at all.
    fn seat(&self) -> MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
