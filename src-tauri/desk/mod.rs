//! The desk: one device, its store, its delivery and whoever has it in hand. Every command of the page ends here, and
//! here alone role, state and revision are checked.

mod alerts;
mod assignments;
mod connection;
mod credentials;
mod device;
mod emergency;
mod forms;
mod next_question;
mod outbox;
mod patient;
mod practice;
mod record_list;
mod records;
mod refused;
mod seat;
mod staff;
mod status;
mod study;
mod study_changes;
mod visits;
mod wall_clock;

pub use practice::Practice;
pub use refused::Refused;
pub use seat::IDLE_LIMIT;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use ::device::assignment::Assignments;
use ::device::delivery::WorkerHandle;
use ::device::network::{self, Network};
use ::device::next_question::NextQuestions;
use ::device::rights::Right;
use ::device::store::Changes;
use ::device::store::staff::Staff;
use ::device::{Device, FolderLock, clock};
use jiff::Timestamp;
use questionnaire::Questionnaire;
use seal::Anchors;
use tokio::runtime::Handle;

use crate::ipc::AppView;
use crate::texts;
use connection::Check;
use emergency::Chosen;
use forms::Waiting;
use seat::{Seat, StaffSeat};
use study::Brought;

/// Which visit the patient has in hand, kept so that a restart comes back to it.
const HANDED_OVER: &str = "handed-over-visit";

/// One device at work.
pub struct Desk {
    device: Arc<Device>,
    worker: WorkerHandle,
    questions: NextQuestions,
    assignments: Option<Arc<Assignments>>,
    /// Wakes the delivery when the network changes.
    _network: Option<Network>,
    practice: Option<Practice>,
    anchors: Option<Anchors>,
    places: Places,
    seat: Mutex<Seat>,
    waiting_form: Mutex<Option<Waiting>>,
    emergency: Mutex<Chosen>,
    check: Check,
    brought: Mutex<Brought>,
    /// The study's name; empty in practice.
    study_title: String,
    /// The version of the study's document that is in force from the next start on; 0 where none is.
    next_version: AtomicU32,
    /// Something was changed that is used from the next start on.
    restart: AtomicBool,
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
    /// What the server asks to have answered; `None` where the study assigns nothing.
    pub assignments: Option<Arc<Assignments>>,
    /// What there is in practice mode alone.
    pub practice: Option<Practice>,
    /// The configured trust.
    pub anchors: Option<Anchors>,
    /// Where things are.
    pub places: Places,
    /// What waits for the network's changes runs on it.
    pub runtime: Handle,
    /// The lock on the data folder.
    pub lock: FolderLock,
}

impl Desk {
    /// Opens the desk; a patient who had the device when the process ended still has it.
    ///
    /// # Errors
    /// [`Refused`] when the stored draft cannot be read.
    pub fn open(parts: Parts) -> Result<Self, Refused> {
        let Parts { device, worker, questions, assignments, practice, anchors, places, runtime, lock } =
            parts;
        let seat = Mutex::new(Seat::Nobody);
        let (delivery, tasks) = (worker.on_network_change(), assignments.as_ref().map(Arc::downgrade));
        let network = Network::watch(&runtime, network::SETTLE, network::APART, move || {
            delivery();
            if let Some(tasks) = tasks.as_ref().and_then(Weak::upgrade) {
                tasks.on_network_change();
            }
        });
        let study_title = device.study()?.map(|signed| signed.study().title.clone()).unwrap_or_default();
        let desk = Self {
            device,
            worker,
            questions,
            assignments,
            _network: network,
            practice,
            anchors,
            places,
            seat,
            waiting_form: Mutex::default(),
            emergency: Mutex::default(),
            check: Check::default(),
            brought: Mutex::default(),
            study_title,
            next_version: AtomicU32::new(0),
            restart: AtomicBool::new(false),
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
            self.forget_chosen();
            self.device.record(&user, role.as_str(), "staff.signedOut", &format!("staff/{user}"), "idle")?;
        }
        if let Some(session) = active {
            seat.stay(session, Instant::now());
        }
        self.view_of(&seat)
    }

    /// A listener for whatever changes on this device.
    pub fn changes(&self) -> Changes {
        self.device.store().changes()
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
                    rights: self.device.rights(staff).into_iter().map(Right::as_str).collect(),
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

    /// The member of staff of `session`, whose role allows `right`.
    fn permitted(&self, session: &str, right: Right) -> Result<Staff, Refused> {
        let by = self.staff(session)?.staff;
        self.device.permit(&by, right)?;
        Ok(by)
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
        let found = self.device.form_of_visits(canonical)?;
        Ok(found.map_or_else(|| canonical.to_owned(), |found| self.title_of(&found)))
    }

    /// A further server's name, as staff know it; its address where the study does not list it any more.
    fn endpoint(&self, address: Option<String>) -> Option<String> {
        let address = address?;
        Some(self.device.configuration().endpoint(&address).map_or(address, |known| known.name.clone()))
    }

    fn reading(&self) -> MutexGuard<'_, String> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A poisoned lock is taken over: a seat is replaced as a whole or not at all.
    fn seat(&self) -> MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
