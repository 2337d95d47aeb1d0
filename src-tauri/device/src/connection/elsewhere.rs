//! The study's further servers, which a response may be sent to: whether each is there, and TLS can be set up. It is asked for
//! nothing else, as nothing but what a Task sends there is to be created on it.

use client::Client;

use super::way::Way;
use super::{Check, Line, Outcome, Report, reached};
use crate::{Device, Error};

/// One of them.
pub(super) struct Elsewhere {
    address: String,
    client: Client,
    way: Way,
}

impl Elsewhere {
    /// Those that the device's study lists.
    ///
    /// # Errors
    /// Those of [`Device::endpoint`].
    pub(super) fn all(device: &Device) -> Result<Vec<Self>, Error> {
        let proxy = device.proxy()?;
        let one = |endpoint: &crate::Endpoint| {
            let client = device.endpoint(endpoint)?;
            let way = Way::to(client.base_url(), proxy.as_ref());
            Ok(Self { address: endpoint.address().to_owned(), client, way })
        };
        device.configuration().endpoints().iter().map(one).collect()
    }

    /// The lines about it.
    pub(super) async fn tried(&self) -> Vec<Line> {
        let mut report = Report::default();
        let metadata = self.client.metadata().await;
        let encrypted = self.client.base_url().starts_with("https:");
        if !reached(&metadata, &self.way, encrypted, &mut report)
            && report.0.iter().all(|line| line.check != Check::Secure)
        {
            report.push(Check::Secure, Outcome::NotTried);
        }
        let here = || Some(self.address.clone());
        report.0.into_iter().map(|line| Line { server: here(), ..line }).collect()
    }
}
