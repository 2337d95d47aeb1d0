//! The emergency export of this device, and taking over another one's.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};

use ::device::accounts::Purpose;
use ::device::emergency::{LARGEST_FILE, Opened, Order, Secret, Target, Typed};
use ::device::rights::Right;
use ::device::{Error, emergency};

use super::patient::count;
use super::{Desk, Refused};
use crate::chooser::Chooser;
use crate::commands::EmergencyOrder;
use crate::ipc::{EmergencyExported, EmergencyInside, EmergencyTaken};

/// What a session has chosen and looked into.
#[derive(Default)]
pub(super) struct Chosen {
    /// The staff session. What another one had chosen counts no more.
    session: String,
    folder: Option<PathBuf>,
    file: Option<PathBuf>,
    /// What was shown is what is taken over, whatever becomes of the file.
    opened: Option<(String, Opened)>,
}

impl Desk {
    /// Asks for the folder that exports go to.
    pub fn emergency_folder(
        &self,
        session: &str,
        title: &str,
        chooser: Option<&dyn Chooser>,
    ) -> Result<Option<String>, Refused> {
        let folder = self.choose(session, || chooser?.folder(title))?;
        let shown = folder.as_ref().map(|folder| folder.display().to_string());
        if folder.is_some() {
            self.chosen(session).folder = folder;
        }
        Ok(shown)
    }

    /// What a person chooses, without the seat: they take their time, and who is signed in may change meanwhile.
    fn choose(
        &self,
        session: &str,
        ask: impl FnOnce() -> Option<PathBuf>,
    ) -> Result<Option<PathBuf>, Refused> {
        self.permitted(session, Right::Emergency)?;
        let path = ask();
        self.permitted(session, Right::Emergency)?;
        Ok(path)
    }

    /// Writes everything that this device owes into a new file, in the folder that was chosen or in the export folder.
    pub fn emergency_export(
        &self,
        session: &str,
        order: &EmergencyOrder,
    ) -> Result<EmergencyExported, Refused> {
        let by = self.permitted(session, Right::Emergency)?;
        // Also where the disk takes nothing any more: that is what it is for.
        let by = self.device.staff_verify_unwritten(&by.user, &order.password, Purpose::Decision)?;
        let folder = self.chosen(session).folder.clone();
        let recovery_key = self.device.configuration().policy.usable_recovery_key().is_some();
        let typed = Typed { passphrase: &order.passphrase, again: &order.again };
        let made = self.device.export_emergency(
            &Order {
                to: folder.as_deref().map_or(Target::ExportFolder, Target::Folder),
                passphrase: (!recovery_key).then_some(typed),
                drafts: order.drafts,
                reason: &order.reason,
            },
            &by,
        )?;
        Ok(EmergencyExported {
            path: made.path.display().to_string(),
            recovery_key,
            records: count(made.records),
            drafts: count(made.drafts),
            done: count(made.done),
            unrecorded: made.unrecorded.map(str::to_owned),
        })
    }

    /// Asks for another device's export.
    pub fn emergency_file(
        &self,
        session: &str,
        title: &str,
        chooser: Option<&dyn Chooser>,
    ) -> Result<Option<String>, Refused> {
        let file = self.choose(session, || chooser?.file(title))?;
        let shown = file.as_ref().map(|file| file.display().to_string());
        if file.is_some() {
            let mut chosen = self.chosen(session);
            (chosen.file, chosen.opened) = (file, None);
        }
        Ok(shown)
    }

    /// Decrypts and verifies the file that was chosen, and keeps it until it is taken over or another one is opened.
    pub fn emergency_open(&self, session: &str, passphrase: &str) -> Result<EmergencyInside, Refused> {
        self.permitted(session, Right::Emergency)?;
        let file = self.chosen(session).file.clone().ok_or(Refused::Unknown("chosen file"))?;
        let content = read(&file)?;
        let opened = self.device.open_emergency(&content, Secret::Passphrase(passphrase))?;
        let inside = self.device.inside(&opened)?;
        self.permitted(session, Right::Emergency)?;
        self.chosen(session).opened = Some((inside.export.clone(), opened));
        self.shown(inside)
    }

    /// Takes over what was shown, and sends it.
    pub fn emergency_import(
        &self,
        session: &str,
        export: &str,
        password: &str,
        reason: &str,
    ) -> Result<EmergencyTaken, Refused> {
        let by = self.permitted(session, Right::Emergency)?;
        let by = self.device.staff_verify(&by.user, password, Purpose::Decision)?;
        let opened = self.chosen(session).opened.as_ref().filter(|(known, _)| known == export).cloned();
        let (_, opened) = opened.ok_or(Refused::Unknown("opened emergency export"))?;
        let taken = self.device.take_over(&opened, reason, &by)?;
        // Not before: what failed can be tried again.
        self.chosen(session).opened = None;
        self.worker.wake();
        Ok(EmergencyTaken {
            device: taken.device_name,
            records: count(taken.records),
            known: count(taken.known),
            drafts: count(taken.drafts),
        })
    }

    /// Another device's answers do not stay in memory once nobody looks at them, and nothing is tried for nobody.
    pub(super) fn forget_chosen(&self) {
        self.check.cancel();
        self.forget_brought();
        *self.emergency.lock().unwrap_or_else(PoisonError::into_inner) = Chosen::default();
    }

    /// What this session has chosen; nothing at first.
    fn chosen(&self, session: &str) -> MutexGuard<'_, Chosen> {
        let mut chosen = self.emergency.lock().unwrap_or_else(PoisonError::into_inner);
        if chosen.session != session {
            *chosen = Chosen { session: session.to_owned(), ..Chosen::default() };
        }
        chosen
    }

    fn shown(&self, inside: emergency::Inside) -> Result<EmergencyInside, Refused> {
        // The same study as this device's: any other was refused.
        let study = self.device.study()?.map(|signed| signed.study().title.clone());
        Ok(EmergencyInside {
            export: inside.export,
            device: inside.device_name,
            site: inside.site,
            study: study.unwrap_or_default(),
            own: inside.own,
            made_at: inside.made_at,
            made_by: inside.made_by,
            reason: inside.reason,
            unrecorded: inside.unrecorded,
            records: count(inside.records),
            known: count(inside.known),
            drafts: count(inside.drafts),
            done: count(inside.done),
        })
    }
}

/// The file's content, as far as an export may go.
fn read(file: &Path) -> Result<Vec<u8>, Error> {
    let unread = |error: std::io::Error| Error::Io(error.kind().to_string());
    let limit = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX).saturating_add(1);
    let mut content = Vec::new();
    std::fs::File::open(file).map_err(unread)?.take(limit).read_to_end(&mut content).map_err(unread)?;
    Ok(content)
}
