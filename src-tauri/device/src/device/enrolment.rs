//! Getting certificates: the device's own, that of the site's organization, and that by which the device shows a server who
//! it is. Each has a key of its own.

use std::sync::{Arc, PoisonError};

use rusqlite::Connection;
use seal::{Anchors, CertificateChain, CertificateRequest};

use super::Device;
use crate::keystore::{KeyUse, KeystoreProblem, PrivateKey, SealingKey, TlsKey};
use crate::store::audit::{self, NewEntry};
use crate::store::certificate::{self, Certificate, Holder};
use crate::store::{meta, staff};
use crate::{Error, Organization, clock};

/// For whom a certificate is asked for.
pub(super) struct Applicant<'a> {
    holder: Holder,
    usage: KeyUse,
    /// `meta`: the keystore entry of the key of an enrolment that has begun.
    begun: &'static str,
    name: &'a str,
    identifier: &'a str,
    event: &'static str,
    /// The event of a key that is made for it.
    key_made: &'static str,
}

/// Who does something without an account, as the audit trail names it: whoever works at the terminal of the device, whose
/// account the operating system has checked. No account can have this name: it is longer than any.
pub const TERMINAL: &str = "whoever administers this device, at its terminal, without an account";

impl Device {
    /// Gets a certificate for a new key: makes the key, keeps it in the keystore, has `issue` send the request to the
    /// certificate authority and return the chain (PEM), and refuses a chain that is not for this key and this device
    /// or does not lead to the configured anchors. An interrupted enrolment goes on with the key that it had made.
    ///
    /// Also renews a certificate: earlier signatures keep theirs. `by` is who does it.
    ///
    /// # Errors
    /// [`Error::Keystore`], [`Error::Authority`] from `issue`, [`Error::Seal`] when the chain is refused. The device
    /// keeps the certificate that it had.
    pub fn enrol(
        &self,
        by: &str,
        issue: impl FnOnce(&CertificateRequest) -> Result<Vec<u8>, Error>,
    ) -> Result<(), Error> {
        let key = self.certified(&self.own_application(), by, issue)?;
        *self.sealing_key.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(key));
        Ok(())
    }

    /// What the device asks for itself.
    pub(super) fn own_application(&self) -> Applicant<'_> {
        Applicant {
            holder: Holder::Device,
            usage: KeyUse::Sealing,
            begun: "enrolment.key",
            name: &self.configuration().device_name,
            identifier: self.identifier(),
            event: "device.enrolled",
            key_made: "device.keyMade",
        }
    }

    /// The same for the configured organization: a second key, which signs what is transmitted in its name and nothing
    /// else.
    ///
    /// # Errors
    /// As for [`Device::enrol`]; [`Error::Configuration`] when no organization is configured.
    pub fn enrol_organization(
        &self,
        by: &str,
        issue: impl FnOnce(&CertificateRequest) -> Result<Vec<u8>, Error>,
    ) -> Result<(), Error> {
        self.certified(&self.organizations_application()?, by, issue).map(drop)
    }

    /// The request (PKCS #10) for that certificate, for an authority that is reached by hand. The key stays until
    /// [`Device::enrol_organization`] is given the answer. `by` is who asks, as for [`Device::enrol`]: a key that is made for it
    /// stands in the audit trail.
    ///
    /// # Errors
    /// [`Error::Configuration`] when no organization is configured; [`Error::Keystore`].
    pub fn organization_request(&self, by: &str) -> Result<CertificateRequest, Error> {
        self.requested(&self.organizations_application()?, by).map(|(request, ..)| request)
    }

    fn organizations_application(&self) -> Result<Applicant<'_>, Error> {
        let organization = self.organization()?;
        Ok(Applicant {
            holder: Holder::Organization,
            usage: KeyUse::Organization,
            begun: "enrolment.organizationKey",
            name: &organization.name,
            identifier: &organization.identifier,
            event: "organization.enrolled",
            key_made: "organization.keyMade",
        })
    }

    /// The certificate that signs in the name of the organization, if there is one.
    pub fn organization_certificate(&self) -> Result<Option<Certificate>, Error> {
        self.store().read(certificate::current_of_organization)
    }

    /// The same for the certificate by which the device shows the study's server who it is (TLS): a key of its own, which
    /// signs handshakes and nothing else. It is used from the next start on.
    ///
    /// # Errors
    /// As for [`Device::enrol`].
    pub fn enrol_authentication(
        &self,
        by: &str,
        issue: impl FnOnce(&CertificateRequest) -> Result<Vec<u8>, Error>,
    ) -> Result<(), Error> {
        self.certified(&self.authentication_application(), by, issue).map(drop)
    }

    /// The request (PKCS #10) for that certificate, for an authority that is reached by hand. The key stays until
    /// [`Device::enrol_authentication`] is given the answer. `by` is who asks, see [`Device::organization_request`].
    ///
    /// # Errors
    /// [`Error::Keystore`].
    pub fn authentication_request(&self, by: &str) -> Result<CertificateRequest, Error> {
        self.requested(&self.authentication_application(), by).map(|(request, ..)| request)
    }

    /// The certificate by which the device shows a server who it is, if there is one.
    pub fn authentication_certificate(&self) -> Result<Option<Certificate>, Error> {
        self.store().read(certificate::current_for_authentication)
    }

    fn authentication_application(&self) -> Applicant<'_> {
        Applicant {
            holder: Holder::Authentication,
            usage: KeyUse::Authentication,
            begun: "enrolment.authenticationKey",
            event: "authentication.enrolled",
            key_made: "authentication.keyMade",
            ..self.own_application()
        }
    }

    /// Whether the device can show it: there is one, and the keystore has its key.
    ///
    /// # Errors
    /// [`Error::Keystore`] when the keystore cannot be asked.
    pub fn can_authenticate(&self) -> Result<bool, Error> {
        Ok(self.tls_key()?.is_some())
    }

    /// The key of that certificate; `None` where there is none, or the keystore has lost it.
    pub(super) fn tls_key(&self) -> Result<Option<TlsKey>, Error> {
        let Some(current) = self.authentication_certificate()? else { return Ok(None) };
        let chain = CertificateChain::from_pem(current.chain.as_bytes())?;
        match PrivateKey::read(self.keystore.as_ref(), &current.key_entry, KeyUse::Authentication) {
            Ok(key) => Ok(Some(TlsKey::new(key, chain))),
            Err(KeystoreProblem::EntryMissing(_) | KeystoreProblem::EntryMalformed { .. }) => Ok(None),
            Err(problem) => Err(problem.into()),
        }
    }

    /// The configured organization.
    pub(crate) fn organization(&self) -> Result<&Organization, Error> {
        self.configuration()
            .policy
            .organization
            .as_ref()
            .ok_or_else(|| Error::Configuration("no organization is configured".to_owned()))
    }

    /// The organization's key with its certificate, read from the keystore each time: it is seldom used. Blocks,
    /// possibly until a person has unlocked the keystore.
    pub(crate) fn organization_key(&self) -> Result<SealingKey, Error> {
        let current = self.organization_certificate()?.ok_or(Error::NotEnrolled)?;
        self.check_revocation(&current.thumbprint)?;
        self.key_of(&current, KeyUse::Organization)?.ok_or(Error::SealingKeyMissing)
    }

    fn certified(
        &self,
        applicant: &Applicant<'_>,
        by: &str,
        issue: impl FnOnce(&CertificateRequest) -> Result<Vec<u8>, Error>,
    ) -> Result<SealingKey, Error> {
        let anchors = Anchors::from_pem(self.configuration().trust_anchors.as_bytes())?;
        let (request, key, entry) = self.requested(applicant, by)?;
        let chain = CertificateChain::from_pem(&issue(&request)?)?;
        let now = self.now();
        seal::check_issued(&chain, &anchors, key.public(), applicant.identifier, now.timestamp())?;
        let row = Certificate {
            thumbprint: chain.thumbprint_hex(),
            chain: chain.to_pem(),
            key_entry: entry,
            subject: chain.subject().into(),
            issuer: chain.issuer().into(),
            not_before: chain.not_before().to_string(),
            not_after: chain.not_after().to_string(),
            enrolled_at: clock::text(&now),
        };
        let (by, holder, begun, event) = (by.to_owned(), applicant.holder, applicant.begun, applicant.event);
        self.store().write(move |tx| {
            certificate::insert_current(tx, holder, &row)?;
            meta::remove(tx, begun)?;
            let subject = format!("certificate/{}", row.thumbprint);
            let role = role_of(tx, &by)?;
            let detail = row.subject.as_str();
            audit::append(tx, &NewEntry { actor: &by, role, event, subject: &subject, detail }, &now)?;
            Ok(())
        })?;
        Ok(SealingKey::new(key, chain))
    }

    /// The request, for the key of an enrolment that has begun or begins now.
    pub(super) fn requested(
        &self,
        applicant: &Applicant<'_>,
        by: &str,
    ) -> Result<(CertificateRequest, PrivateKey, String), Error> {
        let (key, entry) = self.enrolment_key(applicant, by)?;
        let request = seal::csr(key.public(), applicant.name, applicant.identifier, |bytes| key.sign(bytes))?;
        Ok((request, key, entry))
    }

    /// The key of an enrolment that was begun and not finished, or a new one. Its name is noted before the key is
    /// written, so that a process that ends in between leaves no key behind that nobody knows of.
    fn enrolment_key(&self, applicant: &Applicant<'_>, by: &str) -> Result<(PrivateKey, String), Error> {
        // Two at once would make a key each, and the certificate would come for the one that nobody knows of any more.
        let _one_at_a_time = self.enrolling.lock().unwrap_or_else(PoisonError::into_inner);
        let keystore = self.keystore.as_ref();
        let begun = applicant.begun;
        if let Some(entry) = self.store().read(|connection| meta::value(connection, begun))? {
            match PrivateKey::read(keystore, &entry, applicant.usage) {
                Ok(key) => {
                    // The process may have ended before a second one had read the key.
                    key.read_back(keystore)?;
                    return Ok((key, entry));
                }
                // The process ended between noting the name and writing the key: a new one takes its place.
                Err(KeystoreProblem::EntryMissing(_)) => {}
                Err(problem) => return Err(problem.into()),
            }
        }
        let key = PrivateKey::make(applicant.usage)?;
        let (entry, noted) = (key.entry_name(), key.entry_name());
        let (by, event, now) = (by.to_owned(), applicant.key_made, self.now());
        let whose = applicant.identifier.to_owned();
        self.store().write(move |tx| {
            meta::set(tx, begun, &noted)?;
            let role = role_of(tx, &by)?;
            audit::append(tx, &NewEntry { actor: &by, role, event, subject: "", detail: &whose }, &now)?;
            Ok(())
        })?;
        key.keep(keystore)?;
        key.read_back(keystore)?;
        Ok((key, entry))
    }
}

/// The role of `by`; `device` for what has no account: the program itself, and [`TERMINAL`].
fn role_of(connection: &Connection, by: &str) -> Result<&'static str, Error> {
    Ok(staff::by_user(connection, by)?.map_or("device", |account| account.staff.role.as_str()))
}
