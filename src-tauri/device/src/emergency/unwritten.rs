//! The export of a device whose disk takes nothing any more: full, read-only or failing.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::{EmergencyExport, Order};
use crate::accounts::Staff;
use crate::folder::CopyFolder;
use crate::keystore::Keystore;
use crate::{Clock, Configuration, DATABASE, Device, Error, Unlocked};

/// The database and its log, and what is made beside them where the copy is opened.
const FILES: [&str; 5] = [DATABASE, "attesta.db-wal", "attesta.db-shm", "attesta.check", "attesta.check-wal"];

/// A device that is read from a copy of its database, which stays encrypted as it is. Nothing that is done here comes back to
/// the device: it can be exported, and nothing else.
#[derive(Debug)]
pub struct Unwritten {
    device: Device,
    /// Why the device itself could not be opened, as [`Error::code`].
    why: &'static str,
    // After the device, which closes it first.
    _copy: CopyFolder,
}

impl Unwritten {
    /// Copies the database of a device that is set up for a study into a folder of its own in `room`, which needs as much room
    /// as the database, and opens it there; the copy goes with this value. Nothing is written to `data_folder`. `because` is
    /// why the device could not be opened itself.
    ///
    /// # Errors
    /// `because` itself unless [`Error::is_of_the_disk`]; [`Error::DataFolderInUse`], and those of [`Unlocked::open_study`].
    pub fn open_study(
        data_folder: &Path,
        keystore: Arc<dyn Keystore>,
        room: &Path,
        clock: Clock,
        because: Error,
    ) -> Result<Self, Error> {
        Self::copied(data_folder, keystore, room, because, |unlocked| unlocked.open_study(clock))
    }

    /// The same for a device with this configuration.
    ///
    /// # Errors
    /// The same.
    pub fn open(
        data_folder: &Path,
        keystore: Arc<dyn Keystore>,
        room: &Path,
        configuration: Configuration,
        clock: Clock,
        because: Error,
    ) -> Result<Self, Error> {
        Self::copied(data_folder, keystore, room, because, |unlocked| unlocked.open(configuration, clock))
    }

    fn copied(
        data_folder: &Path,
        keystore: Arc<dyn Keystore>,
        room: &Path,
        because: Error,
        open: impl FnOnce(Unlocked) -> Result<Device, Error>,
    ) -> Result<Self, Error> {
        if !because.is_of_the_disk() {
            return Err(because);
        }
        let copy = CopyFolder::make(room, &FILES)?;
        let unlocked = Unlocked::unwritten(data_folder, copy.path().join(DATABASE), keystore)?;
        // Under the lock, so that both belong together.
        for (name, needed) in [(DATABASE, true), ("attesta.db-wal", false)] {
            match fs::copy(data_folder.join(name), copy.path().join(name)) {
                Err(error) if !needed && error.kind() == std::io::ErrorKind::NotFound => {}
                copied => drop(copied.map_err(Error::io)?),
            }
        }
        Ok(Self { device: open(unlocked)?, why: because.code(), _copy: copy })
    }

    /// The device as it was, to be read.
    pub fn configuration(&self) -> &Configuration {
        self.device.configuration()
    }

    /// Identifies a member of staff. A wrong try cannot be counted on the device, and the trail that is exported stays the
    /// device's own.
    ///
    /// # Errors
    /// Those of [`Device::staff_verify`].
    pub fn staff_verify(&self, user: &str, password: &str) -> Result<Staff, Error> {
        self.device.verify_in_memory(user, password)
    }

    /// [`Device::export_emergency`], without an entry in the audit trail: the result and the file say so, and why.
    ///
    /// # Errors
    /// Those of [`Device::export_emergency`].
    pub fn export(&self, order: &Order<'_>, by: &Staff) -> Result<EmergencyExport, Error> {
        self.device.export_as(order, by, Some(self.why))
    }
}
