//! Setting a device up for a study, and opening it again.

use std::path::PathBuf;

use jiff::Zoned;
use rusqlite::Transaction;
use seal::{Anchors, CertificateChain};

use crate::accounts::Staff;
use crate::name::Field;
use crate::store::audit::{self, NewEntry};
use crate::store::{meta, outbox, study};
use crate::study::{AtSite, SignedStudy, Signer};
use crate::{Clock, Configuration, Device, Error, Unlocked, clock};

/// `meta`: what the study left to the device.
const AT_SITE: [&str; 4] = ["study.site", "study.deviceName", "study.deviceReference", "study.exportFolder"];

/// `meta`: the signer whom somebody has compared at this device, until the first coordinator can be named for it.
const COMPARED: &str = "study.signerCompared";

/// The role of what happens before there is staff.
const ROLE: &str = "device";

impl AtSite {
    /// What a device would be set up with, held against the document, and the names without white space at their ends.
    /// `signer` is the thumbprint that the study's office gave by another way than the document.
    ///
    /// # Errors
    /// [`Error::Study`] when the document is refused, [`Error::Name`] and [`Error::Configuration`] for the rest.
    pub fn of(mut self, document: &[u8], signer: &str) -> Result<(SignedStudy, Self, Configuration), Error> {
        let checked = SignedStudy::read(document)?.signed_by(signer)?;
        self.device_name = Field::Device.checked(&self.device_name)?;
        self.device_reference = Field::Reference.checked(&self.device_reference)?;
        let configuration = checked.configuration(self.clone())?;
        configuration.check()?;
        Ok((checked, self, configuration))
    }
}

impl Unlocked {
    /// Sets a device up for a study: keeps its signed document and what it leaves to the device, in one transaction.
    ///
    /// # Errors
    /// [`Error::Study`] when the document is refused, [`Error::Configuration`] for the site, [`Error::WrongState`] when
    /// this folder belongs to a study already, and those of [`Store::open`].
    pub fn set_up(
        self,
        document: &[u8],
        signer: &Signer<'_>,
        at: AtSite,
        clock: Clock,
    ) -> Result<Device, Error> {
        let (checked, at, configuration) = at.of(document, signer.thumbprint())?;
        let compared = signer.wrong_tries.map(|wrong| {
            let after = if wrong == 0 { String::new() } else { format!(", after {wrong} wrong tries") };
            format!("{}{after}", checked.signer())
        });
        let folder = at.export_folder.to_str().ok_or_else(|| {
            Error::Configuration(
                "the export folder's name is not Unicode text: choose another one".to_owned(),
            )
        })?;
        let own = [at.site, at.device_name, at.device_reference, folder.to_owned()];
        let store = self.store()?;
        let (now, detail) = (clock(), format!("version {} by {}", checked.study().version, checked.signer()));
        let (version, sha256) = (checked.study().version, checked.sha256().to_owned());
        let document = text(document)?;
        store.write(move |tx| {
            if study::newest(tx)?.is_some() || audit::latest(tx)?.is_some() {
                return Err(Error::WrongState("set up already".to_owned()));
            }
            study::insert(tx, version, &sha256, &document, &clock::text(&now), ROLE)?;
            AT_SITE.iter().zip(&own).try_for_each(|(name, value)| meta::set(tx, name, value))?;
            if let Some(compared) = &compared {
                meta::set(tx, COMPARED, compared)?;
            }
            let (event, subject) = ("study.loaded", format!("study/{sha256}"));
            let entry = NewEntry { actor: ROLE, role: ROLE, event, subject: &subject, detail: &detail };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })?;
        self.with(store, configuration, None, clock)
    }

    /// Opens a device that was set up for a study. The document's signature is verified again. A rule that this version of the
    /// program has and the one that took the document had not keeps nobody out: see [`Device::unfit_study`].
    ///
    /// # Errors
    /// [`Error::NotSetUp`], and those of [`Unlocked::open`].
    pub fn open_study(self, clock: Clock) -> Result<Device, Error> {
        if !self.database.try_exists().map_err(Error::io)? {
            return Err(Error::NotSetUp);
        }
        let store = self.store()?;
        let document = store.read(study::newest)?.ok_or(Error::NotSetUp)?;
        let own = |name| {
            store.read(|connection| meta::value(connection, name))?.ok_or(Error::Unreadable("study's site"))
        };
        let [site, device_name, device_reference, export_folder] = AT_SITE;
        let at = AtSite {
            site: own(site)?,
            device_name: own(device_name)?,
            device_reference: own(device_reference)?,
            export_folder: PathBuf::from(own(export_folder)?),
        };
        let kept = SignedStudy::read_kept(document.as_bytes())?;
        let unfit = kept.study().unfit();
        if let Some(reason) = &unfit {
            tracing::warn!(reason, "the study's document would not be taken today");
        }
        self.with(store, kept.configuration_of(at), unfit, clock)
    }
}

impl Device {
    /// The study's document in force; none in practice.
    ///
    /// # Errors
    /// [`Error::Study`] when what was verified at loading is no longer accepted.
    pub fn study(&self) -> Result<Option<SignedStudy>, Error> {
        let document = self.store().read(study::newest)?;
        document.map(|document| SignedStudy::read_kept(document.as_bytes())).transpose()
    }

    /// A document that could be loaded in place of the newest one. Nothing is changed.
    ///
    /// # Errors
    /// [`Error::Study`] when it may not take the place of that, [`Error::NotSetUp`] in practice.
    pub fn next_study(&self, document: &[u8]) -> Result<SignedStudy, Error> {
        let signed = SignedStudy::read(document)?;
        let current = self.study()?.ok_or(Error::NotSetUp)?;
        signed.may_follow(&current)?;
        let (server, before) = (&signed.study().server, &current.study().server);
        if server != before
            && !client::is_same_server(server, before)
            && self.store().read(outbox::has_reached_server)?
        {
            return Err(Error::Study(format!(
                "its server is another one, and {before} has records of this device already: ask the study's office for a \
                 version that has the same server, in a way that this version of Attesta takes"
            )));
        }
        let ours = &self.configuration().site;
        if signed.study().sites.iter().all(|site| site.id != *ours) {
            return Err(Error::Study(format!("this device's site, {ours}, is none of its sites")));
        }
        self.is_trusted_by(&signed)?;
        Ok(signed)
    }

    /// Nothing that is signed here could be verified under a study that does not trust the certificate it is signed with.
    fn is_trusted_by(&self, study: &SignedStudy) -> Result<(), Error> {
        let anchors = Anchors::from_pem(study.study().trust_anchors.as_bytes())?;
        for (holder, own) in
            [("device", self.certificate()?), ("organization", self.organization_certificate()?)]
        {
            let Some(own) = own else { continue };
            if !CertificateChain::from_pem(own.chain.as_bytes())?.leads_to(&anchors) {
                return Err(Error::Study(format!(
                    "its trustAnchors do not have the authority of this {holder}'s certificate ({}), so that nothing \
                     signed with it could be verified: ask the study's office for a version that still has it, and \
                     for a certificate of the new authority under that version",
                    own.issuer
                )));
            }
        }
        Ok(())
    }

    /// Loads a newer version of the study. It is in force from the next start on: what is being answered or sent now
    /// was begun under the one before. `reason` is kept with it.
    ///
    /// # Errors
    /// Those of [`Device::next_study`]; [`Error::ReasonMissing`] and [`Error::ReasonUnusable`] for a reason that is none.
    pub fn load_study(
        &self,
        document: &[u8],
        reason: Option<&str>,
        by: &Staff,
    ) -> Result<SignedStudy, Error> {
        let reason = reason.map(crate::reason::reason).transpose()?;
        let signed = self.next_study(document)?;
        let (version, sha256, now) = (signed.study().version, signed.sha256().to_owned(), self.now());
        let (document, by) = (text(document)?, by.clone());
        let why = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let detail = format!("version {version} by {}{why}", signed.signer());
        self.store().write(move |tx| {
            study::insert(tx, version, &sha256, &document, &clock::text(&now), &by.user)?;
            let (event, subject) = ("study.loaded", format!("study/{sha256}"));
            let role = by.role.as_str();
            let entry = NewEntry { actor: &by.user, role, event, subject: &subject, detail: &detail };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })?;
        Ok(signed)
    }

    /// The request (PKCS #10) for the device's certificate, for an authority that is reached by hand. The key stays
    /// until [`Device::enrol`] is given the answer. `by` is who asks, see [`Device::organization_request`].
    ///
    /// # Errors
    /// [`Error::Keystore`].
    pub fn certificate_request(&self, by: &str) -> Result<seal::CertificateRequest, Error> {
        let applicant = self.own_application();
        self.requested(&applicant, by).map(|(request, ..)| request)
    }
}

/// Records who compared the key that signed the study's document with the one on paper, if somebody did at this device: its
/// first coordinator, in the transaction that adds them.
pub(crate) fn note_comparison(tx: &Transaction<'_>, first: &Staff, now: &Zoned) -> Result<(), Error> {
    let (Some(compared), Some(sha256)) = (meta::value(tx, COMPARED)?, study::newest_sha256(tx)?) else {
        return Ok(());
    };
    meta::remove(tx, COMPARED)?;
    let (event, subject) = ("study.signerConfirmed", format!("study/{sha256}"));
    let (actor, role) = (first.user.as_str(), first.role.as_str());
    audit::append(tx, &NewEntry { actor, role, event, subject: &subject, detail: &compared }, now)?;
    Ok(())
}

fn text(document: &[u8]) -> Result<String, Error> {
    // It was read as JSON before, which is UTF-8.
    String::from_utf8(document.to_vec()).map_err(|_| Error::Study("it is not UTF-8".to_owned()))
}
