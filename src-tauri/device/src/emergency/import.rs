//! Reading an export: everything in it is verified before any of it is shown or taken over.

use std::sync::Arc;

use seal::Anchors;
use seal::verify::Trust;

use super::content::{Content, Done, FORMAT};
use super::envelope::{self, Secret};
use super::{LARGEST_CONTENT, LARGEST_FILE, Refusal, check};
use crate::accounts::Staff;
use crate::rights::Right;
use crate::store::{certificate, outbox};
use crate::{Device, Error};

/// An export that was decrypted and verified. Cheap to clone.
#[derive(Clone)]
pub struct Opened {
    pub(super) content: Arc<Content>,
}

/// Without what patients answered.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("export", &self.content.export).finish_non_exhaustive()
    }
}

/// What is in an export, for whoever decides to take it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The export's own identifier, `urn:uuid:…`.
    pub export: String,
    /// The name of the device that made it, as staff see it.
    pub device_name: String,
    /// The site of that device.
    pub site: String,
    /// Whether that is this device.
    pub own: bool,
    /// When it was made, RFC 3339 with offset.
    pub made_at: String,
    /// The user name of the member of staff who made it.
    pub made_by: String,
    /// Why it was made, in their words.
    pub reason: String,
    /// Why that device's audit trail does not have the export, as [`Error::code`].
    pub unrecorded: Option<String>,
    /// Responses that it owes.
    pub records: usize,
    /// Those among them that are here already.
    pub known: usize,
    /// Unfinished drafts.
    pub drafts: usize,
    /// Responses that are complete.
    pub done: usize,
}

/// What was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyImport {
    /// The export's own identifier, `urn:uuid:…`.
    pub export: String,
    /// The name of the device that made it, as staff see it.
    pub device_name: String,
    /// When it was made, RFC 3339 with offset.
    pub made_at: String,
    /// Why that device's audit trail does not have the export, as [`Error::code`].
    pub unrecorded: Option<String>,
    /// Responses that were added to the outbox.
    pub records: usize,
    /// Responses that were here already.
    pub known: usize,
    /// Unfinished drafts that were added.
    pub drafts: usize,
    /// The responses that are complete: nothing is left to do for them.
    pub done: Vec<Done>,
}

impl Device {
    /// Decrypts an export and verifies everything in it. Nothing is changed. Blocks for as long as hardening the passphrase
    /// takes.
    ///
    /// # Errors
    /// [`Error::Emergency`] with the reason.
    pub fn open_emergency(&self, file: &[u8], secret: Secret<'_>) -> Result<Opened, Error> {
        if file.len() > LARGEST_FILE {
            return Err(Refusal::TooLarge(LARGEST_FILE / (1024 * 1024)).into());
        }
        let malformed = || Refusal::Malformed("it is not text".to_owned());
        let text = std::str::from_utf8(file).map_err(|_| malformed())?;
        let signed = envelope::open_export(text, secret)?;
        let anchors = Anchors::from_pem(self.configuration().trust_anchors.as_bytes())?;
        let lists = self.store().read(certificate::crls)?;
        let trust = Trust::new(Some(&anchors), self.now().timestamp()).with_crls(&lists);
        let attached =
            seal::detach(&signed, FORMAT, &trust).map_err(|error| Refusal::Signature(error.to_string()))?;
        drop(signed);
        if attached.content.len() > LARGEST_CONTENT {
            return Err(Refusal::TooLarge(LARGEST_CONTENT / (1024 * 1024)).into());
        }
        let content: Content = serde_json::from_slice(&attached.content)
            .map_err(|_| Refusal::Malformed("its content is not what a device writes".to_owned()))?;
        check::check(&content, &attached.chain, self.configuration(), &trust)?;
        Ok(Opened { content: Arc::new(content) })
    }

    /// What is in it, and how much of that is here already.
    ///
    /// # Errors
    /// Those of the store.
    pub fn inside(&self, opened: &Opened) -> Result<Inside, Error> {
        let content = &opened.content;
        let known = self.store().read(|connection| {
            content.whole().try_fold(0, |known, record| {
                let found = outbox::known(connection, &record.identifier, None, None)?;
                Ok(known + usize::from(found.is_some()))
            })
        })?;
        Ok(Inside {
            export: content.export.clone(),
            device_name: content.device.name.clone(),
            site: content.device.site.clone(),
            own: content.device.identifier == self.identifier(),
            made_at: content.made_at.clone(),
            made_by: content.made_by.clone(),
            reason: content.reason.clone(),
            unrecorded: content.unrecorded.clone(),
            records: content.whole().count(),
            known,
            drafts: content.drafts(),
            done: content.done.len(),
        })
    }

    /// Takes over what another device of the study exported, in one transaction. What is here already stays as it is, so that
    /// a second import changes nothing. `reason` is kept in the audit trail. Blocks.
    ///
    /// # Errors
    /// [`Error::Emergency`] with the reason, [`Error::ReasonMissing`]; nothing was changed then, and it can be tried again.
    pub fn take_over(&self, opened: &Opened, reason: &str, by: &Staff) -> Result<EmergencyImport, Error> {
        self.permit(by, Right::Emergency)?;
        self.take(Arc::clone(&opened.content), crate::reason(reason)?, by)
    }
}
