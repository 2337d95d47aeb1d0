//! The study's terminology servers, asked once for each form.

use std::rc::Rc;

use client::Client;
use client::terminology::Wanted;
use questionnaire::terminology::{NoPage, Page, TerminologyServer};
use tokio::runtime::{Builder, Runtime};

use crate::Error;

/// A terminology server that the caller waits for.
#[derive(Clone)]
pub(super) struct Server {
    client: Client,
    runtime: Rc<Runtime>,
}

impl Server {
    /// Those at `addresses`.
    ///
    /// # Errors
    /// [`Error::Configuration`] for an address that cannot be used; [`Error::Io`] when the operating system gives no
    /// thread.
    pub(super) fn all(addresses: &[String], transport: &client::Transport) -> Result<Vec<Self>, Error> {
        let runtime = Rc::new(Builder::new_current_thread().enable_all().build().map_err(Error::io)?);
        let server = |address: &String| {
            let client = Client::over(address, client::Options::default(), transport)
                .map_err(|error| Error::Configuration(format!("policy.terminologyServers: {error}")))?;
            Ok(Self { client, runtime: Rc::clone(&runtime) })
        };
        addresses.iter().map(server).collect()
    }
}

impl TerminologyServer for Server {
    fn address(&self) -> &str {
        self.client.base_url()
    }

    fn at_same_origin(&self, address: &str) -> Option<Self> {
        Some(Self { client: self.client.at_same_origin(address)?, runtime: Rc::clone(&self.runtime) })
    }

    fn page(&self, page: &Page<'_>) -> Result<fhir::Value, NoPage> {
        let Page { url, version, offset, count } = *page;
        let answer = self.runtime.block_on(self.client.expand(&Wanted { url, version, offset, count }));
        answer.map_err(|error| NoPage { reason: error.advice(), of_server: error.is_about_server() })
    }
}
