//! The export of one record: one zip that verifies on its own, without the app and without a network. Beside it, the
//! record's verification report.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use fhir::Value;
use jiff::Zoned;
use jiff::tz::TimeZone;
use questionnaire::Event;
use seal::export::{Record, pack_record};
use seal::jades::{Augmented, read_evidence};
use seal::{Anchors, CertificateChain, Crl, TakenOver};
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::accounts::Staff;
use crate::delivery::State;
use crate::store::attempt::{self, Attempt};
use crate::store::audit::{self, Entry};
use crate::store::outbox::{self, Item};
use crate::store::posting::PostingState;
use crate::store::{certificate, draft_event, evidence, posting, takeover, visit};
use crate::{APPLICATION, Device, Error, folder};

/// Format of `audit-trail.json`.
const TRAIL_FORMAT: &str = "attesta-audit-trail/1";

/// `audit-trail.json`: what happened to the record, and what the patient did, field by field.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trail {
    format: &'static str,
    record: String,
    identifier: String,
    state: State,
    visit: String,
    /// The entries about the visit, the record and the participant's PIN, in order.
    entries: Vec<Entry>,
    /// The draft: every answer with the one that it replaced.
    draft: Vec<Event>,
    /// Every request to the server and how it ended, without its content.
    attempts: Vec<Attempt>,
    /// From which emergency export the record was taken over, and what the other devices recorded about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_over: Option<Elsewhere>,
}

/// The part of a record's trail that another device wrote.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Elsewhere {
    export: String,
    entries: Vec<ElsewhereEntry>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ElsewhereEntry {
    device: String,
    #[serde(flatten)]
    entry: Entry,
}

/// What the database holds about a record, read in one go.
struct Gathered {
    item: Item,
    trail: Trail,
    chains: Vec<CertificateChain>,
    document_reference: Option<Vec<u8>>,
    crls: Vec<Crl>,
    /// Time stamps and revocation values, `attesta-evidence/1`.
    evidence: Option<Vec<u8>>,
}

impl Device {
    /// Writes a record, with everything that proves it, as a zip into the configured folder. The file's name has the
    /// record's random id and the time, nothing about a person. Never overwrites. Where the record goes to further servers,
    /// each has a file of its own beside it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::SealingKeyMissing`], [`Error::Seal`], [`Error::DiskFull`], [`Error::Io`].
    pub fn export_record(&self, record: &str, by: &Staff) -> Result<PathBuf, Error> {
        let key = self.sealing_key()?;
        let now = self.now();
        let subject = format!("record/{record}");
        let further = self.store().read(|connection| {
            outbox::by_id(connection, record)?;
            Ok(outbox::further(connection, record)?.into_iter().map(|one| one.id).collect::<Vec<_>>())
        })?;
        let name = file_name("record", record, &now, "zip");
        let actor = (by.user.as_str(), by.role.as_str());
        // Before the file, so that the export's own trail names it.
        self.record(actor.0, actor.1, "record.exported", &subject, &name)?;
        let write = |delivery: &str, name: &str| {
            self.gather(delivery)
                .and_then(|gathered| files(&gathered, &now, key.as_ref()))
                .and_then(|files| zipped(&files))
                .and_then(|zip| self.write_export(name, &zip))
        };
        let written = further
            .iter()
            .try_for_each(|id| write(id, &file_name("record", id, &now, "zip")).map(drop))
            .and_then(|()| write(record, &name));
        if let Err(error) = &written {
            self.record(actor.0, actor.1, "record.exportFailed", &subject, error.code())?;
        }
        written
    }

    /// Writes a record's verification report, an HTML page, into the configured folder; its name as that of an export.
    /// Never overwrites.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::DiskFull`], [`Error::FileExists`], [`Error::Io`].
    pub fn export_report(&self, record: &str, page: &str, by: &Staff) -> Result<PathBuf, Error> {
        let subject = format!("record/{record}");
        self.store().read(|connection| outbox::by_id(connection, record))?;
        let name = file_name("report", record, &self.now(), "html");
        let written = self.write_export(&name, page.as_bytes());
        self.noted(written, &name, ("record.reportSaved", "record.reportFailed"), &subject, by)
    }

    /// Notes in the trail that the file was written, or why it was not: the first event or the second.
    pub(crate) fn noted(
        &self,
        written: Result<PathBuf, Error>,
        name: &str,
        (done, failed): (&'static str, &'static str),
        subject: &str,
        by: &Staff,
    ) -> Result<PathBuf, Error> {
        let (event, detail) = match &written {
            Ok(_) => (done, name),
            Err(error) => (failed, error.code()),
        };
        self.record(&by.user, by.role.as_str(), event, subject, detail)?;
        written
    }

    pub(crate) fn write_export(&self, name: &str, content: &[u8]) -> Result<PathBuf, Error> {
        let target = &self.configuration().export_folder;
        std::fs::create_dir_all(target).map_err(Error::io)?;
        folder::write_new(target, name, content, folder::Readers::Everyone)
    }

    /// The signatures of a record with the evidence that was gathered for them since it was proven; none when there is none.
    ///
    /// # Errors
    /// [`Error::Seal`] when it cannot be read.
    pub fn evidence(&self, record: &str) -> Result<Vec<Augmented>, Error> {
        let kept = self.store().read(|connection| evidence::of_record(connection, record))?;
        let Some(document) = kept.and_then(|kept| kept.document) else { return Ok(Vec::new()) };
        let document = Value::parse(&document).map_err(|_| Error::Unreadable("evidence"))?;
        Ok(read_evidence(&document)?)
    }

    /// Keeps certificate revocation lists (DER or PEM), which exports carry. A list that no authority of the study made is
    /// left out, and so is one that is not later than the one that is kept.
    ///
    /// # Errors
    /// [`Error::Seal`] when one cannot be read, or the study's anchors cannot; then none is kept.
    pub fn put_revocation_lists(&self, lists: &[Vec<u8>]) -> Result<(), Error> {
        let lists = lists.iter().map(|bytes| Crl::from_bytes(bytes)).collect::<Result<Vec<_>, _>>()?;
        let now = self.now();
        let anchors = Anchors::from_pem(self.configuration().trust_anchors.as_bytes())?;
        self.store().write(move |tx| {
            let chains = certificate::chains(tx)?;
            for list in &lists {
                if list.is_by_authority_of(&chains, &anchors) {
                    certificate::put_revocation_list(tx, list, &now)?;
                } else {
                    tracing::warn!("a revocation list is by no authority of the study and is not kept");
                }
            }
            Ok(())
        })
    }

    fn gather(&self, record: &str) -> Result<Gathered, Error> {
        self.store().read(|connection| {
            let item = outbox::by_id(connection, record)?;
            let visit = visit::by_record(connection, item.record())?;
            let (mut entries, mut others) = (Vec::new(), Vec::new());
            for subject in [
                format!("participant/{}", item.participant),
                format!("visit/{}", visit.id),
                format!("record/{record}"),
            ] {
                entries.extend(audit::of_subject(connection, &subject)?);
                others.extend(takeover::audit_of_subject(connection, &subject)?);
            }
            // Of no record, and about the times of all that lie around it.
            let sequences = || entries.iter().map(|entry| entry.sequence);
            if let (Some(first), Some(last)) = (sequences().min(), sequences().max()) {
                entries.extend(audit::local_times(connection, first, last)?);
            }
            entries.sort_by_key(|entry| entry.sequence);
            others.sort_by_key(|(elsewhere, entry)| (elsewhere.device.clone(), entry.sequence));
            let taken_over = item.origin.clone().map(|export| {
                let entry =
                    |(one, entry): (takeover::Elsewhere, Entry)| ElsewhereEntry { device: one.device, entry };
                Elsewhere { export, entries: others.into_iter().map(entry).collect() }
            });
            let mut chains = certificate::chains_of_device(connection)?;
            if item.origin.is_some() {
                for (_, chain) in takeover::certificates(connection)? {
                    chains.push(CertificateChain::from_pem(chain.as_bytes())?);
                }
            }
            let document_reference = match sealed_with(&entries) {
                Some(thumbprint) => posting::by_cause(
                    connection,
                    &posting::certificate_cause(thumbprint, item.endpoint.as_deref()),
                )?
                .filter(|posting| posting.state == PostingState::Done)
                .map(|posting| posting.resource),
                None => None,
            };
            Ok(Gathered {
                trail: Trail {
                    format: TRAIL_FORMAT,
                    record: item.id.clone(),
                    identifier: item.identifier.clone(),
                    state: item.state,
                    draft: draft_event::of_visit(connection, &visit.id)?,
                    attempts: attempt::of_subject(connection, &format!("record/{record}"))?,
                    visit: visit.id,
                    entries,
                    taken_over,
                },
                item,
                chains,
                document_reference,
                crls: certificate::crls(connection)?,
                evidence: evidence::of_record(connection, record)?.and_then(|evidence| evidence.document),
            })
        })
    }
}

/// The thumbprint of the certificate that the record was sealed with last; the device may have a newer one since.
fn sealed_with(entries: &[Entry]) -> Option<&str> {
    let seals = ["response.frozen", "provenance.signed"];
    entries
        .iter()
        .rev()
        .find(|entry| seals.contains(&entry.event.as_str()))
        .map(|entry| entry.detail.as_str())
}

fn files(gathered: &Gathered, now: &Zoned, key: &dyn seal::Signer) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let (response, provenance) = gathered.item.evidence();
    let audit_trail =
        serde_json::to_vec_pretty(&gathered.trail).map_err(|_| Error::Unreadable("audit trail"))?;
    let captured_by = match gathered.item.origin {
        Some(_) => Value::parse(response).ok().and_then(|response| seal::captured_by(&response)),
        None => None,
    };
    let captured_by = captured_by.map(|(who, _)| who.identifier_value);
    // What came back to the device that signed it was never another's.
    let captured_by = captured_by.filter(|by| key.chain().san_uri() != Some(by.as_str()));
    let taken_over = captured_by.as_deref().zip(gathered.item.origin.as_deref());
    let record = Record {
        response,
        provenance,
        document_reference: gathered.document_reference.as_deref(),
        chains: &gathered.chains.iter().collect::<Vec<_>>(),
        crls: &gathered.crls,
        audit_trail: &audit_trail,
        evidence: gathered.evidence.as_deref(),
        taken_over: taken_over.map(|(captured_by, export)| TakenOver { captured_by, export }),
    };
    Ok(pack_record(&record, now.timestamp(), APPLICATION, key)?)
}

pub(crate) fn zipped(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, Error> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let failed = |error: zip::result::ZipError| Error::Io(error.to_string());
    for (name, content) in files {
        zip.start_file(name.as_str(), options).map_err(failed)?;
        zip.write_all(content).map_err(Error::io)?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

pub(crate) fn file_name(what: &str, record: &str, now: &Zoned, ending: &str) -> String {
    let utc = now.with_time_zone(TimeZone::UTC);
    format!("attesta-{what}-{record}-{}.{ending}", utc.strftime("%Y%m%dT%H%M%S%3fZ"))
}
