//! The export of one record as a FHIR document that a ledger covers, as the Gravitate-Health guide has it: one zip that
//! verifies on its own.

use std::path::PathBuf;

use fhir::{Value, array, object};
use seal::export::{Anchored, pack_document};
use seal::gravitate::{Anchor, AnchorError, Document, Maker, document, prove};
use seal::{Party, SealError};
use uuid::Uuid;

use crate::accounts::Staff;
use crate::delivery::State;
use crate::export::{file_name, zipped};
use crate::store::certificate;
use crate::store::outbox::{self, Item};
use crate::{APPLICATION, Device, Error, FhirVersion};

/// The types of persons and things that an identifier alone describes.
const DESCRIBED: [&str; 4] = ["Patient", "Device", "Practitioner", "Organization"];

impl Device {
    /// Writes a proven record as a document into the configured folder, with its Provenance and what proves both. The
    /// file's name has the record's random id and the time. Never overwrites; blocks while the ledger is asked.
    ///
    /// # Errors
    /// [`Error::Seal`] without a ledger, or when it does not keep the document's hash: then nothing is written;
    /// [`Error::DocumentRelease`] in a study of FHIR R4; [`Error::WrongState`] before the record is proven;
    /// [`Error::NotFound`], [`Error::SealingKeyMissing`], [`Error::FileExists`], [`Error::DiskFull`], [`Error::Io`].
    pub fn export_document(
        &self,
        record: &str,
        ledger: Option<&dyn Anchor>,
        by: &Staff,
    ) -> Result<PathBuf, Error> {
        let item = self.store().read(|connection| outbox::by_id(connection, record))?;
        let name = file_name("document", record, &self.now(), "zip");
        let written = self.pack(&item, ledger).and_then(|zip| self.write_export(&name, &zip));
        self.noted(
            written,
            &name,
            ("record.documentExported", "record.documentFailed"),
            &format!("record/{record}"),
            by,
        )
    }

    fn pack(&self, item: &Item, ledger: Option<&dyn Anchor>) -> Result<Vec<u8>, Error> {
        // Before anything else, so that the first thing that is said is what to configure.
        let ledger = ledger.ok_or(SealError::Anchor(AnchorError::Missing))?;
        if self.configuration().policy.fhir_version != FhirVersion::R5 {
            return Err(Error::DocumentRelease);
        }
        let state = self.store().read(|connection| outbox::overall(connection, item.record()))?.0;
        if state != State::Done {
            return Err(Error::WrongState(state.as_str().into()));
        }
        let key = self.sealing_key()?;
        let (chains, crls) = self.store().read(|connection| {
            Ok((certificate::chains_of_device(connection)?, certificate::crls(connection)?))
        })?;

        let now = self.now().timestamp();
        let who = self.party();
        let document = self.document(item, &who, now)?;
        let maker = Maker { who: &who, at: now, application: APPLICATION };
        let provenance = prove(&document, Some(ledger), &maker, key.as_ref())?;
        let (document, provenance) = (document.to_json(), provenance.to_json());
        let anchored = Anchored {
            document: document.as_bytes(),
            provenance: provenance.as_bytes(),
            chains: &chains.iter().collect::<Vec<_>>(),
            crls: &crls,
        };
        zipped(&pack_document(&anchored, now, APPLICATION, key.as_ref())?)
    }

    /// The response and its Provenance as the server keeps them, and whom they name.
    fn document(&self, item: &Item, author: &Party, at: jiff::Timestamp) -> Result<Value, Error> {
        let read = |bytes: &[u8]| Value::parse(bytes).map_err(|_| Error::Unreadable("resource"));
        let (response, provenance) = item.evidence();
        let response = read(response)?;
        let provenance = read(provenance.ok_or(Error::Unreadable("Provenance"))?)?;
        let mut others = vec![provenance];
        let mut named = vec![author.clone()];
        let elements = ["subject", "author", "source"].into_iter().filter_map(|name| response.get(name));
        for party in elements.filter_map(Party::from_reference) {
            if named.iter().all(|other| other.reference != party.reference) {
                named.push(party);
            }
        }
        others.extend(named.iter().filter_map(described));
        let document = document(&Document {
            id: &Uuid::new_v4().to_string(),
            composition_id: &Uuid::new_v4().to_string(),
            server: self.configuration().server.trim_end_matches('/'),
            title: &item.title,
            response: &response,
            others: &others,
            author,
            at,
        })?;
        Ok(document)
    }
}

/// A person or thing by nothing but its identifier, as the signed response names it.
fn described(party: &Party) -> Option<Value> {
    let (kind, id) = party.reference.split_once('/').filter(|(kind, _)| DESCRIBED.contains(kind))?;
    Some(object! {
        "resourceType" => kind,
        "id" => id,
        "identifier" => array![object! {
            "system" => party.identifier_system.as_str(), "value" => party.identifier_value.as_str(),
        }],
    })
}
