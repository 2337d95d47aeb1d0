//! What the device shows servers: tokens, keys, certificates, and the proxy in between; and the accounts of those who may change
//! them. Every change takes the password of a person whose role allows it. Secrets go to the keystore and never back.

use std::sync::atomic::Ordering;

use ::device::accounts::{Purpose, Role};
use ::device::rights::Right;
use ::device::store::certificate::Certificate;
use ::device::store::staff::Staff;
use ::device::{Authentication, SiteProxy};

use super::device::percent_used;
use super::{Desk, Refused};
use crate::chooser::Chooser;
use crate::commands::{self, NewAccount, ProxyOrder};
use crate::ipc::{
    CertificateHolder, CertificateRequest, Credentials, DeviceStatus, HeldCertificate, TokenFor,
};
use crate::setup;

impl Desk {
    /// What the study asks for, and what of it this device has.
    pub fn credentials(&self, session: &str) -> Result<Credentials, Refused> {
        self.permitted(session, Right::Device)?;
        self.shown_credentials()
    }

    /// Keeps an access token in the keystore.
    pub fn token_put(
        &self,
        session: &str,
        server: TokenFor,
        token: &str,
        password: &str,
    ) -> Result<Credentials, Refused> {
        let by = self.confirmed(session, password)?;
        match server {
            TokenFor::Server => self.device.put_access_token(token, &by)?,
            TokenFor::Ledger => self.device.put_ledger_token(token, &by)?,
        }
        self.used_from_next_start();
        self.shown_credentials()
    }

    /// Makes the key that signs assertions, in place of an earlier one.
    pub fn assertion_key_make(&self, session: &str, password: &str) -> Result<Credentials, Refused> {
        let by = self.confirmed(session, password)?;
        self.device.make_assertion_key(&by)?;
        self.used_from_next_start();
        self.shown_credentials()
    }

    /// Writes its public half into a folder that the person chooses.
    pub fn assertion_key_save(
        &self,
        session: &str,
        title: &str,
        chooser: Option<&dyn Chooser>,
    ) -> Result<Option<String>, Refused> {
        self.permitted(session, Right::Device)?;
        let keys = self.device.assertion_key_set()?.ok_or(Refused::Unknown("key"))?;
        self.saved(session, "attesta-keys", "json", &keys, title, chooser)
    }

    /// Sets the proxy, or that there is none.
    pub fn proxy_set(
        &self,
        session: &str,
        proxy: &ProxyOrder,
        password: &str,
    ) -> Result<Credentials, Refused> {
        let by = self.confirmed(session, password)?;
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        if given(&proxy.url).is_none() && (given(&proxy.user).is_some() || !proxy.password.is_empty()) {
            let missing = "a proxy's user name or password is given, and not its address";
            return Err(::device::Error::Configuration(missing.to_owned()).into());
        }
        let site = given(&proxy.url).map(|url| SiteProxy { url, user: given(&proxy.user) });
        let own = Some(&*proxy.password).filter(|own| !own.is_empty() && site.is_some());
        self.device.set_proxy(site.as_ref(), own, &by)?;
        self.used_from_next_start();
        self.shown_credentials()
    }

    /// The request for a certificate.
    pub fn certificate_request(
        &self,
        session: &str,
        holder: CertificateHolder,
    ) -> Result<CertificateRequest, Refused> {
        let by = self.permitted(session, Right::Device)?.user;
        self.asked_for(holder)?;
        let organization = || {
            let organization = self.device.configuration().policy.organization.as_ref();
            organization.map(|organization| organization.identifier.clone()).unwrap_or_default()
        };
        let (identifier, request) = match holder {
            CertificateHolder::Device => {
                (self.device.identifier().to_owned(), self.device.certificate_request(&by)?)
            }
            CertificateHolder::Authentication => {
                (self.device.identifier().to_owned(), self.device.authentication_request(&by)?)
            }
            CertificateHolder::Organization => (organization(), self.device.organization_request(&by)?),
        };
        Ok(CertificateRequest { identifier, request: request.pem().clone() })
    }

    /// Writes the request into a folder that the person chooses.
    pub fn certificate_request_save(
        &self,
        session: &str,
        holder: CertificateHolder,
        title: &str,
        chooser: Option<&dyn Chooser>,
    ) -> Result<Option<String>, Refused> {
        let request = self.certificate_request(session, holder)?.request;
        let name = match holder {
            CertificateHolder::Device => "attesta-request",
            CertificateHolder::Authentication => "attesta-tls-request",
            CertificateHolder::Organization => "attesta-organization-request",
        };
        self.saved(session, name, "pem", &request, title, chooser)
    }

    /// Takes the certificate that an authority of the study issued. The device keeps the one that it had where this one is
    /// refused.
    pub fn certificate_take(
        &self,
        session: &str,
        holder: CertificateHolder,
        chain: &str,
        password: &str,
    ) -> Result<Credentials, Refused> {
        let by = self.confirmed(session, password)?;
        self.asked_for(holder)?;
        let chain = commands::setup::chain(chain)?;
        let issued = |_: &seal::CertificateRequest| Ok(chain);
        match holder {
            CertificateHolder::Device => self.device.enrol(&by.user, issued)?,
            CertificateHolder::Authentication => {
                self.device.enrol_authentication(&by.user, issued)?;
                self.used_from_next_start();
            }
            CertificateHolder::Organization => self.device.enrol_organization(&by.user, issued)?,
        }
        self.shown_credentials()
    }

    /// Adds an account.
    pub fn staff_add(
        &self,
        session: &str,
        password: &str,
        account: &NewAccount,
    ) -> Result<DeviceStatus, Refused> {
        let by = self.confirmed(session, password)?;
        let role = Role::of_name(&account.role).ok_or(Refused::Unknown("role"))?;
        let staff = Staff { role, ..setup::checked(&account.person)? };
        self.device.staff_add(&staff, &account.person.password, &by.user)?;
        self.shown_device()
    }

    /// The client of the servers is made once, at the start.
    pub(super) fn used_from_next_start(&self) {
        self.restart.store(true, Ordering::Relaxed);
    }

    /// Refuses a certificate that the study's servers are never shown.
    fn asked_for(&self, holder: CertificateHolder) -> Result<(), Refused> {
        let tls = self.device.configuration().policy.authentication == (Authentication::MutualTls {});
        if matches!(holder, CertificateHolder::Authentication) && !tls {
            let other = "the study's devices sign in without a TLS certificate (policy.authentication)";
            return Err(::device::Error::Configuration(other.to_owned()).into());
        }
        Ok(())
    }

    /// The member of staff of `session`, whose role allows it and who has just given the password.
    pub(super) fn confirmed(&self, session: &str, password: &str) -> Result<Staff, Refused> {
        let by = self.permitted(session, Right::Device)?;
        Ok(self.device.staff_verify(&by.user, password, Purpose::Decision)?)
    }

    /// Writes what is no secret into a new file of this device, in a folder that the person chooses.
    fn saved(
        &self,
        session: &str,
        name: &str,
        ending: &str,
        content: &str,
        title: &str,
        chooser: Option<&dyn Chooser>,
    ) -> Result<Option<String>, Refused> {
        // Without the seat: the person takes their time.
        let Some(folder) = chooser.and_then(|chooser| chooser.folder(title)) else { return Ok(None) };
        self.permitted(session, Right::Device)?;
        Ok(Some(setup::saved(&folder.join(setup::file_of(&self.device, name, ending)), content)?))
    }

    fn shown_credentials(&self) -> Result<Credentials, Refused> {
        let policy = &self.device.configuration().policy;
        let tls = self.device.authentication_certificate()?;
        let key_set = self.device.assertion_key_set()?;
        let ready = match &policy.authentication {
            Authentication::None {} => true,
            Authentication::Bearer {} => self.device.has_access_token()?,
            Authentication::SmartBackendServices { .. } => key_set.is_some(),
            // A certificate without its key is shown to nobody.
            Authentication::MutualTls {} => self.device.can_authenticate()?,
        };
        let client_id = match &policy.authentication {
            Authentication::SmartBackendServices { client_id, .. } => Some(client_id.clone()),
            _ => None,
        };
        let mut certificates = vec![self.held(CertificateHolder::Device, self.device.certificate()?)];
        if policy.authentication == (Authentication::MutualTls {}) {
            certificates.push(self.held(CertificateHolder::Authentication, tls));
        }
        if policy.organization.is_some() {
            let own = self.device.organization_certificate()?;
            certificates.push(self.held(CertificateHolder::Organization, own));
        }
        let (proxy, proxy_user) =
            self.device.proxy()?.map_or((None, None), |proxy| (Some(proxy.url), proxy.user));
        Ok(Credentials {
            method: setup::method(&policy.authentication),
            ready,
            client_id,
            key_set,
            ledger_token: policy.ledger_token.then(|| self.device.has_ledger_token()).transpose()?,
            proxy,
            proxy_user,
            certificates,
            restart: self.restart.load(Ordering::Relaxed),
        })
    }

    fn held(&self, holder: CertificateHolder, certificate: Option<Certificate>) -> HeldCertificate {
        let now = self.device.now().timestamp();
        let used = |one: &Certificate| percent_used(&one.not_before, &one.not_after, now);
        HeldCertificate {
            holder,
            percent_used: certificate.as_ref().map_or(0, used),
            subject: certificate.as_ref().map(|one| one.subject.clone()),
            not_after: certificate.map(|one| one.not_after),
        }
    }
}
