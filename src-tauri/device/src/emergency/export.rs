//! Making an export: everything that this device owes, in a new file.

use std::path::{Path, PathBuf};

use jiff::Zoned;

use super::content::{Content, FORMAT};
use super::envelope::{self, Reader};
use super::{LARGEST_CONTENT, Refusal, Typed};
use crate::accounts::Staff;
use crate::rights::Right;
use crate::{Device, Error, Readers, folder};

/// How the name of an export ends.
const ENDING: &str = "jwe";

/// Where an export goes. Nothing is ever overwritten.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// The study's export folder, under a name of its own.
    ExportFolder,
    /// This folder, under a name of its own.
    Folder(&'a Path),
    /// This file.
    File(&'a Path),
}

/// What is to be exported, and why.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// Where to.
    pub to: Target<'a>,
    /// The passphrase, where the study has no recovery key.
    pub passphrase: Option<Typed<'a>>,
    /// The visits that are not over, too.
    pub drafts: bool,
    /// Why, in the words of the member of staff: kept in the audit trail.
    pub reason: &'a str,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyExport {
    /// The file.
    pub path: PathBuf,
    /// The export's own identifier, `urn:uuid:…`.
    pub export: String,
    /// Responses that the device owes.
    pub records: usize,
    /// Unfinished drafts.
    pub drafts: usize,
    /// Responses that are complete, of which the list is in it.
    pub done: usize,
    /// Why the device's own audit trail does not have the export, as [`Error::code`]; the file says the same.
    pub unrecorded: Option<&'static str>,
}

impl Device {
    /// Writes everything that this device owes into a new file: the responses that are not proven with their frozen bytes,
    /// signatures, delivery and alerts, the audit trail, the certificates and, where that is wanted, the visits that are not
    /// over. Encrypted to the study's recovery key where it has one, to the passphrase otherwise. Nothing but the audit trail
    /// is changed; where the disk does not take the entry, the result and the file say so. Blocks for as long as hardening the
    /// passphrase takes.
    ///
    /// # Errors
    /// [`Error::Emergency`] for the passphrase and for too much; [`Error::ReasonMissing`]; [`Error::FileExists`],
    /// [`Error::DiskFull`], [`Error::Io`]; [`Error::NotEnrolled`] and [`Error::SealingKeyMissing`], because the export is signed.
    pub fn export_emergency(&self, order: &Order<'_>, by: &Staff) -> Result<EmergencyExport, Error> {
        self.export_as(order, by, None)
    }

    /// `unrecorded`: why nothing is to be recorded here.
    pub(super) fn export_as(
        &self,
        order: &Order<'_>,
        by: &Staff,
        unrecorded: Option<&'static str>,
    ) -> Result<EmergencyExport, Error> {
        self.permit(by, Right::Emergency)?;
        let reader = match (self.configuration().policy.usable_recovery_key(), &order.passphrase) {
            (Some(key), _) => Reader::Recovery(key),
            (None, Some(typed)) => Reader::Passphrase(typed.check()?),
            (None, None) => return Err(Refusal::PassphraseShort.into()),
        };
        let reason = crate::reason(order.reason)?;
        // Before anything is recorded.
        self.sealing_key()?;
        let now = self.now();
        let id = uuid::Uuid::new_v4();
        let own = crate::export::file_name("emergency", &id.to_string(), &now, ENDING);
        let (target, name) = self.destination(order.to, &own)?;
        let mut making = Making { export: format!("urn:uuid:{id}"), now, by, reason, unrecorded };
        // Before the file, so that the trail in it names it.
        let detail = format!("{name}: {}", making.reason);
        making.unrecorded = making.unrecorded.or(self.note_export(&making, "emergency.exported", &detail)?);
        let written = self.write_emergency(&making, order.drafts, reader, &target, &name);
        if let Err(error) = &written {
            self.note_export(&making, "emergency.exportFailed", error.code())?;
        }
        written
    }

    /// Records it; where the disk does not take it, the reason.
    fn note_export(
        &self,
        making: &Making<'_>,
        event: &str,
        detail: &str,
    ) -> Result<Option<&'static str>, Error> {
        if making.unrecorded.is_some() {
            return Ok(None);
        }
        let (user, role) = (making.by.user.as_str(), making.by.role.as_str());
        match self.record(user, role, event, &format!("export/{}", making.export), detail) {
            Ok(()) => Ok(None),
            Err(error) if error.is_of_the_disk() => Ok(Some(error.code())),
            Err(error) => Err(error),
        }
    }

    fn write_emergency(
        &self,
        making: &Making<'_>,
        drafts: bool,
        reader: Reader<'_>,
        target: &Path,
        name: &str,
    ) -> Result<EmergencyExport, Error> {
        let content = self.gather_emergency(making, drafts)?;
        let done = EmergencyExport {
            path: target.join(name),
            export: making.export.clone(),
            records: content.whole().count(),
            drafts: content.drafts(),
            done: content.done.len(),
            unrecorded: making.unrecorded,
        };
        let sealed = self.sealed(content, &making.now, reader)?;
        folder::write_new(target, name, sealed.as_bytes(), Readers::Owner)?;
        Ok(done)
    }

    fn sealed(&self, content: Content, now: &Zoned, reader: Reader<'_>) -> Result<String, Error> {
        let text = serde_json::to_vec(&content).map_err(|_| Error::Unreadable("emergency export"))?;
        drop(content);
        if text.len() > LARGEST_CONTENT {
            return Err(Refusal::TooLarge(LARGEST_CONTENT / (1024 * 1024)).into());
        }
        let signed = seal::attach(&text, FORMAT, now.timestamp(), self.sealing_key()?.as_ref())?;
        drop(text);
        envelope::seal_export(&signed, reader)
    }

    /// The folder and the file's name.
    fn destination(&self, to: Target<'_>, own: &str) -> Result<(PathBuf, String), Error> {
        match to {
            Target::ExportFolder => {
                let target = &self.configuration().export_folder;
                std::fs::create_dir_all(target).map_err(Error::io)?;
                Ok((target.clone(), own.to_owned()))
            }
            Target::Folder(folder) => Ok((folder.to_owned(), own.to_owned())),
            Target::File(file) => {
                let (folder, name) = folder::parts(file)?;
                if file.try_exists().map_err(Error::io)? {
                    return Err(Error::FileExists);
                }
                Ok((folder.to_owned(), name.to_owned()))
            }
        }
    }
}

/// An export that is being made.
pub(super) struct Making<'a> {
    /// Its identifier, `urn:uuid:…`.
    pub(super) export: String,
    pub(super) now: Zoned,
    pub(super) by: &'a Staff,
    pub(super) reason: String,
    /// Why the audit trail does not have it.
    pub(super) unrecorded: Option<&'static str>,
}
