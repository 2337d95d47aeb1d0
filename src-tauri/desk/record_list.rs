//! The list of records, a page at a time, however many there are.

use std::collections::BTreeMap;

use ::device::store::outbox::Summary;
use ::device::store::record_line::{self, Found, Narrowed};

use super::{Desk, Refused};
use crate::ipc::{RecordList, RecordRow, RecordsWanted};

/// Rows of a page.
const PAGE: u32 = 100;
/// Rows that are ever read at once.
const MOST: u32 = 500;

impl Desk {
    /// The signed responses, newest first.
    pub fn records(&self, session: &str, wanted: &RecordsWanted) -> Result<RecordList, Refused> {
        self.staff(session)?;
        let store = self.device.store();
        let mut titles = BTreeMap::new();
        let narrowed = Narrowed { proven: wanted.proven, found: self.search(wanted, &mut titles)? };
        let most = wanted.most.unwrap_or(PAGE).clamp(1, MOST);
        let before = wanted.before.map(i64::from);
        let (found, total) = store.read(|connection| {
            let page = record_line::page(connection, &narrowed, before, most)?;
            Ok((page, record_line::count(connection, &narrowed)?))
        })?;
        let full = u32::try_from(found.len()).is_ok_and(|found| found == most);
        let next = found.last().filter(|_| full).and_then(|last| u32::try_from(last.row).ok());
        let rows = found.into_iter().map(|row| self.listed(row, &mut titles)).collect::<Result<_, _>>()?;
        let organization = self.device.configuration().policy.organization.is_some();
        let participants = if organization && before.is_none() {
            store.read(record_line::participants)?
        } else {
            Vec::new()
        };
        Ok(RecordList { rows, total, next, participants, organization })
    }

    /// What is meant by what somebody typed; nothing where that is nothing.
    fn search(
        &self,
        wanted: &RecordsWanted,
        titles: &mut BTreeMap<String, String>,
    ) -> Result<Option<Found>, Refused> {
        let typed = wanted.search.as_deref().unwrap_or_default().trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let part = typed.to_lowercase();
        let (participants, canonicals) = self.device.store().read(|connection| {
            Ok((record_line::participants(connection)?, record_line::canonicals(connection)?))
        })?;
        let fits = |text: &str| text.to_lowercase().contains(&part);
        let mut forms = Vec::new();
        for canonical in canonicals {
            if fits(&self.title_once(&canonical, titles)?) {
                forms.push(canonical);
            }
        }
        Ok(Some(Found {
            participants: participants.into_iter().filter(|one| fits(one)).collect(),
            canonicals: forms,
            server_id: Some(server_id(typed).to_owned()),
        }))
    }

    fn listed(&self, row: Summary, titles: &mut BTreeMap<String, String>) -> Result<RecordRow, Refused> {
        Ok(RecordRow {
            questionnaire_title: self.title_once(&row.canonical, titles)?,
            state: self.overall(&row.id)?,
            id: row.id,
            participant: row.participant,
            signed_at: row.signed_at,
            target: row.target,
        })
    }

    /// A questionnaire's title, which is looked up once.
    pub(super) fn title_once(
        &self,
        canonical: &str,
        titles: &mut BTreeMap<String, String>,
    ) -> Result<String, Refused> {
        if let Some(title) = titles.get(canonical) {
            return Ok(title.clone());
        }
        Ok(titles.entry(canonical.to_owned()).or_insert(self.title(canonical)?).clone())
    }
}

/// The server's id of a response in `QuestionnaireResponse/ID/_history/VERSION`, or in a part of it.
fn server_id(typed: &str) -> &str {
    let id = typed.strip_prefix("QuestionnaireResponse/").unwrap_or(typed);
    id.split_once('/').map_or(id, |(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::server_id;

    #[test]
    fn a_response_is_found_by_its_id_and_by_its_whole_address() {
        for typed in
            ["17", "QuestionnaireResponse/17", "QuestionnaireResponse/17/_history/2", "17/_history/2"]
        {
            assert_eq!(server_id(typed), "17", "{typed}");
        }
    }
}
