//! What staff see of notices, and that they have seen them.

use crate::accounts::Staff;
use crate::store::notice::{self, Kind};
use crate::store::{Store, outbox};
use crate::{Device, Error};

/// Notices that are shown at once; those after them follow when these are confirmed.
const MOST: u32 = 50;

/// A notice that nobody has confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its id.
    pub id: String,
    /// What it says.
    pub kind: Kind,
    /// The participant's id, where this device has the record that it is about.
    pub participant: Option<String>,
    /// The address of the server that it is about; `None` for the study's own.
    pub endpoint: Option<String>,
    /// What the server keeps: `TYPE/ID/_history/VERSION` of each.
    pub found: Vec<String>,
    /// RFC 3339 with offset.
    pub raised_at: String,
}

/// The notices that nobody has confirmed yet, oldest first, up to 50. Blocks.
///
/// # Errors
/// Those of the store.
pub fn notice_rows(store: &Store) -> Result<Vec<NoticeRow>, Error> {
    store.read(|connection| {
        let row = |one: notice::Notice| {
            let about =
                one.record.as_deref().map(|record| outbox::summary(connection, record)).transpose()?;
            // Reports go to the study's own server, whichever the alert was about.
            let endpoint = about.as_ref().and_then(|about| about.endpoint.clone());
            Ok(NoticeRow {
                id: one.id,
                kind: one.kind,
                participant: about.map(|about| about.participant),
                endpoint: endpoint.filter(|_| one.kind != Kind::ReportAltered),
                found: one.found,
                raised_at: one.raised_at,
            })
        };
        notice::waiting(connection, MOST)?.into_iter().map(row).collect()
    })
}

impl Device {
    /// Keeps that a member of staff has seen these notices, and what was done, in their words. All of them, or none. Blocks.
    ///
    /// # Errors
    /// [`Error::ReasonMissing`], [`Error::ReasonUnusable`]; [`Error::StaleRevision`] when one of them does not wait to be seen
    /// any more.
    pub fn confirm_notices(&self, ids: &[String], by: &Staff, reason: &str) -> Result<(), Error> {
        let reason = crate::reason(reason)?;
        if ids.is_empty() {
            // Nothing was looked at.
            return Err(Error::StaleRevision);
        }
        let (ids, by, now) = (ids.to_vec(), by.clone(), self.now());
        self.store().write(move |tx| notice::confirm(tx, &ids, (&by.user, by.role.as_str()), &reason, &now))
    }
}
