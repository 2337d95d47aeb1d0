//! The study's terminology servers, asked once for each form.

use std::rc::Rc;

use client::Client;
use client::terminology::{ExpandError, Wanted};
use questionnaire::terminology::{NoPage, Page, TerminologyServer};
use tokio::runtime::{Builder, Runtime};

use crate::{Device, Error};

/// A terminology server that the caller waits for.
#[derive(Clone)]
pub(super) struct Server {
    client: Client,
    /// It is asked as the study's server is.
    is_study: bool,
    runtime: Rc<Runtime>,
}

impl Server {
    /// Those that the study names. What has the scheme, host and port of the study's FHIR server is asked as that is: with
    /// its credentials, trusting whom it trusts. Others learn nothing of them.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an address that cannot be used; [`Error::Keystore`] when the credentials cannot be had;
    /// [`Error::Io`] when the operating system gives no thread.
    pub(super) fn all(device: &Device) -> Result<Vec<Self>, Error> {
        let configuration = device.configuration();
        let beside = device.transport_beside()?;
        let runtime = Rc::new(Builder::new_current_thread().enable_all().build().map_err(Error::io)?);
        let mut study: Option<Client> = None;
        let mut servers = Vec::new();
        for address in &configuration.policy.terminology_servers {
            let mut client = Client::over(address, client::Options::default(), &beside)
                .map_err(|error| Error::Configuration(format!("policy.terminologyServers: {error}")))?;
            let is_study = client.at_same_origin(&configuration.server).is_some();
            if is_study {
                // A person may have to unlock the keystore: only where its credentials are needed, and once.
                let known = match study.take() {
                    Some(known) => known,
                    None => device.server()?,
                };
                client = known.at_same_origin(address).unwrap_or(client);
                study = Some(known);
            }
            servers.push(Self { client, is_study, runtime: Rc::clone(&runtime) });
        }
        Ok(servers)
    }
}

impl TerminologyServer for Server {
    fn address(&self) -> &str {
        self.client.base_url()
    }

    fn at_same_origin(&self, address: &str) -> Option<Self> {
        Some(Self { client: self.client.at_same_origin(address)?, ..self.clone() })
    }

    fn page(&self, page: &Page<'_>) -> Result<fhir::Value, NoPage> {
        let Page { url, version, offset, count } = *page;
        let answer = self.runtime.block_on(self.client.expand(&Wanted { url, version, offset, count }));
        answer.map_err(|error| NoPage { reason: self.advice(&error), of_server: error.is_about_server() })
    }
}

impl Server {
    fn advice(&self, error: &ExpandError) -> String {
        match error {
            ExpandError::SignIn if self.is_study => {
                "it is the study's own server and does not let this device expand value sets; its administrators have \
                 to allow ValueSet/$expand (SMART Backend Services: a scope such as system/ValueSet.rs, also in \
                 policy.authentication), or the expansions have to be contained in the form"
            }
            ExpandError::SignIn => {
                "it asks for a sign-in, and devices show their credentials to the study's own server alone; name a \
                 terminology server with that one's scheme, host and port in policy.terminologyServers, one that lets \
                 everybody in, or contain the expansions in the form"
            }
            other => return other.advice(),
        }
        .to_owned()
    }
}
