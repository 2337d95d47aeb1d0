//! The way to the study's server: as whom, trusting whom, through which proxy. What is secret of it is in the keystore.

use std::sync::Arc;

use client::smart::{Algorithm, BackendServices, Registration};
use client::{Client, Options, Proxy, Transport};
use seal::Anchors;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Device;
use crate::accounts::Staff;
use crate::delivery::{MOST_SHOWN, Sources};
use crate::keystore::{AssertionKey, KeystoreProblem};
use crate::store::audit::{self, NewEntry};
use crate::store::meta;
use crate::{Authentication, Endpoint, Error};

/// `meta`: the keystore entry of the key that signs assertions, and of one that is being made.
const ASSERTION_KEY: &str = "access.assertionKey";
const BEGUN: &str = "access.newAssertionKey";
/// `meta`: the site's proxy.
const PROXY: &str = "connection.proxy";
/// In octets.
const LONGEST_PASSWORD: usize = 1024;

/// The proxy of a site's network. Its password is in the keystore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SiteProxy {
    /// Its address, such as `http://proxy.example:3128`.
    pub url: String,
    /// As whom the device signs in to it, where it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Device {
    /// The study's server, as the configuration says that it is asked. Without credentials that it needs, there is one all
    /// the same: it sends nothing and says why, so that the device can be used meanwhile. So it is where this version of the
    /// program does not take what the study says of the server any more ([`Device::unfit_study`]), or the site's proxy. Blocks,
    /// possibly until a person has unlocked the keystore.
    ///
    /// # Errors
    /// [`Error::Configuration`] for what cannot be used; [`Error::Keystore`] when the keystore cannot be asked.
    pub fn server(&self) -> Result<Client, Error> {
        let options = self.options();
        self.or_silent(self.server_over(options), &self.configuration().server, options)
    }

    fn options(&self) -> Options {
        let policy = &self.configuration().policy;
        Options {
            format: policy.format,
            version: policy.fhir_version.into(),
            max_body: MOST_SHOWN,
            ..Options::default()
        }
    }

    fn server_over(&self, options: Options) -> Result<Client, Error> {
        if self.configuration().policy.verifies_bundles() && self.anchors()?.is_none() {
            // What it answers could not be believed.
            return Err(Error::Configuration("study.trustAnchors cannot be used".to_owned()));
        }
        let transport = self.transport()?;
        let (transport, authentication) = self.authentication(transport, options)?;
        let client = Client::over(&self.configuration().server, options, &transport).map_err(wrong)?;
        Ok(match authentication {
            Some(authentication) => client.authenticated(authentication),
            None => client,
        })
    }

    /// A further server that responses may be sent to. It is shown nothing of what the study's server is shown.
    ///
    /// # Errors
    /// As for [`Device::server`].
    pub fn endpoint(&self, endpoint: &Endpoint) -> Result<Client, Error> {
        let options = self.options();
        let client = self
            .transport_trusting(endpoint.tls_anchors.as_deref())
            .and_then(|transport| Client::over(endpoint.address(), options, &transport).map_err(wrong));
        self.or_silent(client, endpoint.address(), options)
    }

    /// What cannot be asked by the rules of this version of the program is not asked; the device can be used all the same.
    fn or_silent(
        &self,
        client: Result<Client, Error>,
        base: &str,
        options: Options,
    ) -> Result<Client, Error> {
        let Err(Error::Configuration(reason)) = client else { return client };
        let because = if self.has_unfit_proxy()? {
            "this version of Attesta does not take the site's proxy any more; set it anew on the page Device"
        } else if self.unfit_study().is_some() {
            "this version of Attesta does not take the study's document any more"
        } else {
            return Err(Error::Configuration(reason));
        };
        tracing::warn!(reason, "a server of the study is not asked");
        Client::silent(base, options, client::Error::Settings(because)).map_err(wrong)
    }

    /// Whether this version of the program does not take the site's proxy, which an earlier one took. It is not part of the study:
    /// staff set it anew.
    fn has_unfit_proxy(&self) -> Result<bool, Error> {
        Ok(self.proxy()?.is_some_and(|site| Proxy::new(&site.url).is_err()))
    }

    /// The study's trust anchors; `None` where this version of the program cannot read those of a document that an earlier one took.
    /// Nothing is then proven by them, and [`Device::unfit_study`] says why.
    ///
    /// # Errors
    /// [`Error::Seal`] when they cannot be read.
    pub fn anchors(&self) -> Result<Option<Anchors>, Error> {
        match Anchors::from_pem(self.configuration().trust_anchors.as_bytes()) {
            Err(_) if self.unfit_study().is_some() => Ok(None),
            anchors => Ok(Some(anchors?)),
        }
    }

    /// Where evidence comes from; `None` also where this version of the program does not take the way to it any more.
    ///
    /// # Errors
    /// As for [`Device::server`], and for [`Device::anchors`].
    pub(crate) fn evidence_sources(&self) -> Result<Option<Sources>, Error> {
        if self.anchors()?.is_none() {
            return Ok(None);
        }
        match self.transport_beside().and_then(|way| Sources::of(self.configuration(), &way)) {
            Err(Error::Configuration(reason))
                if self.unfit_study().is_some() || self.has_unfit_proxy()? =>
            {
                tracing::warn!(reason, "no evidence is asked for");
                Ok(None)
            }
            sources => sources,
        }
    }

    /// The way to the study's own servers, before anybody signs in.
    ///
    /// # Errors
    /// As for [`Device::server`].
    pub fn transport(&self) -> Result<Transport, Error> {
        self.transport_trusting(self.configuration().policy.tls_anchors.as_deref())
    }

    /// The way to what is beside the study's own servers: the site's proxy alone.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a proxy that cannot be used; [`Error::Keystore`] when the keystore cannot be asked.
    pub(crate) fn transport_beside(&self) -> Result<Transport, Error> {
        Ok(self.transport_trusting(None)?.proxy_only())
    }

    fn transport_trusting(&self, anchors: Option<&str>) -> Result<Transport, Error> {
        let transport = match anchors {
            Some(anchors) => Transport::default().trusting(anchors).map_err(wrong)?,
            None => Transport::default(),
        };
        let Some(site) = self.proxy()? else { return Ok(transport) };
        let proxy = Proxy::new(&site.url).map_err(wrong)?;
        Ok(transport.through(match (&site.user, self.secret(&proxy_entry(&site.url))?) {
            (Some(user), Some(password)) => proxy.signed_in(user, password),
            _ => proxy,
        }))
    }

    fn authentication(
        &self,
        transport: Transport,
        options: Options,
    ) -> Result<(Transport, Option<client::Authentication>), Error> {
        let server = &self.configuration().server;
        let missing = || Some(client::Authentication::missing());
        let policy = &self.configuration().policy;
        let authentication = match &policy.authentication {
            Authentication::None {} => None,
            Authentication::Bearer {} => match self.secret(&token_entry(server))? {
                Some(token) => Some(client::Authentication::bearer(&token).map_err(wrong)?),
                None => missing(),
            },
            Authentication::SmartBackendServices { client_id, token_endpoint, algorithm, scope } => {
                match self.assertion_key(*algorithm)? {
                    None => missing(),
                    Some(key) => {
                        let registration = Registration {
                            client_id: client_id.clone(),
                            token_endpoint: token_endpoint.clone(),
                            scope: policy.scope(scope.as_deref()).into_owned(),
                            key: Arc::new(key),
                        };
                        let clock = self.clock.clone();
                        let now = Arc::new(move || clock().timestamp());
                        let services = BackendServices::new(registration, server, options, &transport, now);
                        Some(client::Authentication::backend_services(services.map_err(wrong)?))
                    }
                }
            }
            Authentication::MutualTls {} => match self.tls_key()? {
                Some(key) => return Ok((transport.showing(Arc::new(key)), None)),
                None => missing(),
            },
        };
        Ok((transport, authentication))
    }

    /// Keeps the access token of the study's server in the keystore, for this server's address alone. The audit trail says
    /// who stored it, never what it is. It is used from the next start on.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the study asks for no such token, or for a token that is none; [`Error::Keystore`].
    pub fn put_access_token(&self, token: &str, by: &Staff) -> Result<(), Error> {
        let configuration = self.configuration();
        if configuration.policy.authentication != (Authentication::Bearer {}) {
            return refused("policy.authentication asks for no access token that somebody stores");
        }
        if client::Authentication::bearer(token).is_err() {
            return refused("the access token is empty, too long, or has characters that no token has");
        }
        self.keep_as(
            by,
            "access.tokenSet",
            &configuration.server,
            (&token_entry(&configuration.server), token),
        )
    }

    /// Whether the keystore has an access token for the study's server.
    ///
    /// # Errors
    /// [`Error::Keystore`] when the keystore cannot be asked.
    pub fn has_access_token(&self) -> Result<bool, Error> {
        Ok(self.secret(&token_entry(&self.configuration().server))?.is_some())
    }

    /// Makes the key that signs assertions, in place of an earlier one, and keeps it in the keystore; gives the JSON Web Key
    /// Set of its public half, which has to be registered. It is used from the next start on.
    ///
    /// # Errors
    /// [`Error::Configuration`] when the study asks for no assertions; [`Error::Keystore`].
    pub fn make_assertion_key(&self, by: &Staff) -> Result<String, Error> {
        let Some(algorithm) = self.assertion_algorithm() else {
            return refused("policy.authentication asks for no key: it is not smartBackendServices")
                .map(|()| String::new());
        };
        let (key, kept) = AssertionKey::make(algorithm)?;
        let (entry, noted) = (key.entry_name(), key.entry_name());
        // Noted first, so that a process that ends in between leaves no key behind that nobody knows of.
        self.store().write(move |tx| meta::set(tx, BEGUN, &noted))?;
        self.keystore().write(&entry, &kept)?;
        self.keystore().read_back(&entry, &kept)?;
        let (user, role, now) = (by.user.clone(), by.role.as_str(), self.now());
        self.store().write(move |tx| {
            meta::set(tx, ASSERTION_KEY, &entry)?;
            meta::remove(tx, BEGUN)?;
            let entry = NewEntry { actor: &user, role, event: "access.keyMade", subject: "", detail: &entry };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })?;
        Ok(key.key_set())
    }

    /// The JSON Web Key Set (RFC 7517) of the public key that signs assertions; `None` before there is one.
    ///
    /// # Errors
    /// [`Error::Keystore`] when the keystore cannot be asked.
    pub fn assertion_key_set(&self) -> Result<Option<String>, Error> {
        let Some(algorithm) = self.assertion_algorithm() else { return Ok(None) };
        Ok(self.assertion_key(algorithm)?.map(|key| key.key_set()))
    }

    fn assertion_algorithm(&self) -> Option<Algorithm> {
        match self.configuration().policy.authentication {
            Authentication::SmartBackendServices { algorithm, .. } => Some(algorithm),
            _ => None,
        }
    }

    /// A key that the keystore lost, or one for another algorithm, is none.
    fn assertion_key(&self, algorithm: Algorithm) -> Result<Option<AssertionKey>, Error> {
        let Some(entry) = self.store().read(|connection| meta::value(connection, ASSERTION_KEY))? else {
            return Ok(None);
        };
        match AssertionKey::read(self.keystore(), &entry, algorithm) {
            Ok(key) => Ok(Some(key)),
            Err(KeystoreProblem::EntryMissing(_) | KeystoreProblem::EntryMalformed { .. }) => Ok(None),
            Err(problem) => Err(problem.into()),
        }
    }

    /// The site's proxy; `None` where there is none. Servers on this computer are never reached through it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn proxy(&self) -> Result<Option<SiteProxy>, Error> {
        let text = self.store().read(|connection| meta::value(connection, PROXY))?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| Error::Unreadable("proxy"))).transpose()
    }

    /// Sets the site's proxy, or that there is none; the password goes to the keystore. It is used from the next start on.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an address or password that cannot be used; [`Error::Keystore`].
    pub fn set_proxy(
        &self,
        proxy: Option<&SiteProxy>,
        password: Option<&str>,
        by: &Staff,
    ) -> Result<(), Error> {
        if let Some(site) = proxy {
            Proxy::new(&site.url).map_err(wrong)?;
            let is_wrong = |text: &str| {
                text.is_empty() || text.len() > LONGEST_PASSWORD || text.chars().any(char::is_control)
            };
            // A user name with a colon would end early (RFC 7617, section 2).
            if site.user.as_deref().is_some_and(|user| is_wrong(user) || user.contains(':'))
                || password.is_some_and(is_wrong)
                || site.user.is_some() != password.is_some()
            {
                return refused(
                    "the proxy's user name and password belong together, and neither may be empty",
                );
            }
            if let Some(password) = password {
                let secret = (&*proxy_entry(&site.url), password);
                self.keep_as(by, "connection.proxyPasswordSet", &site.url, secret)?;
            }
        }
        let text = proxy.map(serde_json::to_string).transpose().map_err(|_| Error::Unreadable("proxy"))?;
        let detail = proxy.map(|site| site.url.clone()).unwrap_or_default();
        let (user, role, now) = (by.user.clone(), by.role.as_str(), self.now());
        self.store().write(move |tx| {
            match &text {
                Some(text) => meta::set(tx, PROXY, text)?,
                None => meta::remove(tx, PROXY)?,
            }
            let entry =
                NewEntry { actor: &user, role, event: "connection.proxySet", subject: "", detail: &detail };
            audit::append(tx, &entry, &now)?;
            Ok(())
        })
    }

    /// Keeps a secret for `address` under its entry in the keystore, and has a second process read it back. The event is recorded
    /// first: what the audit trail cannot take is not changed. Where the keystore then fails, that is recorded too.
    pub(crate) fn keep_as(
        &self,
        by: &Staff,
        event: &str,
        address: &str,
        (entry, secret): (&str, &str),
    ) -> Result<(), Error> {
        let (user, role) = (by.user.as_str(), by.role.as_str());
        self.record(user, role, event, "", address)?;
        let keystore = self.keystore();
        let kept = keystore
            .write(entry, secret.as_bytes())
            .and_then(|()| keystore.read_back(entry, secret.as_bytes()));
        kept.or_else(|problem| {
            let error = Error::from(problem);
            self.record(user, role, "keystore.failed", "", &format!("{event} {address}: {}", error.code()))?;
            Err(error)
        })
    }

    /// A secret; `None` where the keystore has none, or something that is no text.
    pub(crate) fn secret(&self, entry: &str) -> Result<Option<Zeroizing<String>>, Error> {
        match self.keystore().read(entry) {
            Ok(value) => Ok(std::str::from_utf8(&value).ok().map(|text| Zeroizing::new(text.to_owned()))),
            Err(KeystoreProblem::EntryMissing(_)) => Ok(None),
            Err(problem) => Err(problem.into()),
        }
    }
}

// By value, so that `map_err(wrong)` reads well.
#[allow(clippy::needless_pass_by_value)]
fn wrong(error: client::Error) -> Error {
    Error::Configuration(error.to_string())
}

fn refused(reason: &str) -> Result<(), Error> {
    Err(Error::Configuration(reason.to_owned()))
}

fn token_entry(server: &str) -> String {
    entry_of("access-token", server)
}

fn proxy_entry(url: &str) -> String {
    entry_of("proxy-password", url)
}

/// The keystore's entry for what is shown to `address`. Each address has its own secrets, so that a changed configuration
/// sends none to a stranger.
pub(crate) fn entry_of(kind: &str, address: &str) -> String {
    let digest = crate::hex(&Sha256::digest(address));
    format!("{kind}-{}", digest.get(..16).unwrap_or(&digest))
}
