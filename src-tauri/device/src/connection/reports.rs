//! Whether reports of alerts reach the server (AuditEvent). A delivery works without them.
//!
//! An AuditEvent has no identifier in R4: a delivery finds one by its time, which it has kept before it sends anything, and
//! knows it by what it names. So does the check. It creates nothing where it cannot look before, or where the server has taken
//! one and does not show it.

use client::find::FindError;
use client::{Exchange, Location};
use jiff::tz::TimeZone;

use super::judged::refused;
use super::{Fault, Trial};
use crate::Error;
use crate::clock;
use crate::store::meta;

const EVENT: &str = "AuditEvent";
/// `meta`, followed by the server's base address: `TIME`, and `TIME ID` once the server has taken it; the id is empty where it
/// did not say.
const FIRST: &str = "connection.report ";
/// More at one instant are not looked through.
const MOST: usize = 1000;

/// The AuditEvent of this device's checks of one server.
struct First {
    recorded: String,
    /// Its id, once the server has acknowledged it.
    id: Option<String>,
}

impl Trial {
    /// What speaks against it that reports of alerts reach the server.
    ///
    /// # Errors
    /// Those of the store: nothing is sent before its time is kept.
    pub(super) async fn try_report(&self) -> Result<Option<Fault>, Error> {
        let first = self.first_report().await?;
        match self.is_report_found(&first.recorded).await {
            Err(fault) => return Ok(Some(fault)),
            Ok(true) => return Ok(None),
            Ok(false) => {}
        }
        if let Some(id) = &first.id
            && let Some(fault) = self.unless_deleted(id).await
        {
            return Ok(Some(fault));
        }
        let body = self.event(&first.recorded).to_json();
        let exchange = match self.client.create(EVENT, body.as_bytes(), None).await {
            Ok(exchange) => exchange,
            // Whether it was taken is looked for by the next check.
            Err(failure) => return Ok(Some(Fault::of(&failure.error))),
        };
        if !exchange.is_success() {
            let why = refused(&exchange, EVENT);
            let text = format!("{why}. Delivery works; reports of alerts do not reach this server");
            return Ok(Some(Fault::new("reports-refused", text).with(why.value().unwrap_or_default())));
        }
        self.keep_report(&first.recorded, &id_of(&exchange)).await?;
        Ok(match self.is_report_found(&first.recorded).await {
            Err(fault) => Some(fault),
            Ok(is_found) => (!is_found).then(not_found),
        })
    }

    async fn is_report_found(&self, recorded: &str) -> Result<bool, Fault> {
        let found = self.client.find(EVENT, &[("date", recorded)], MOST).await.map_err(unsearched)?;
        let refused = found.refused.iter().map(|one| &one.resource);
        Ok(found.matches.iter().chain(refused).any(|event| self.is_own_event(event)))
    }

    /// One that the server has taken and does not find: only where it says itself that there is none is there to be another.
    async fn unless_deleted(&self, id: &str) -> Option<Fault> {
        if id.is_empty() {
            return Some(not_found());
        }
        match self.client.read(EVENT, id).await {
            Ok(exchange) if matches!(exchange.status, 404 | 410) => None,
            Ok(_) => Some(not_found()),
            Err(failure) => Some(Fault::of(&failure.error)),
        }
    }

    async fn first_report(&self) -> Result<First, Error> {
        let name = self.name();
        let now = clock::text(&self.now.to_zoned(TimeZone::UTC));
        let stored = self.store.begin(move |tx| {
            if let Some(stored) = meta::value(tx, &name)? {
                return Ok(stored);
            }
            meta::set(tx, &name, &now)?;
            Ok(now)
        });
        let stored = stored.done().await?;
        Ok(match stored.split_once(' ') {
            None => First { recorded: stored, id: None },
            Some((recorded, id)) => First { recorded: recorded.to_owned(), id: Some(id.to_owned()) },
        })
    }

    async fn keep_report(&self, recorded: &str, id: &str) -> Result<(), Error> {
        let (name, value) = (self.name(), format!("{recorded} {id}"));
        self.store.begin(move |tx| meta::set(tx, &name, &value)).done().await
    }

    fn name(&self) -> String {
        format!("{FIRST}{}", self.client.base_url())
    }
}

/// Empty where the server does not say it.
fn id_of(exchange: &Exchange) -> String {
    let named = || Some(Location::parse(exchange.headers.location.as_deref()?, EVENT)?.id);
    let shown = exchange.resource().ok().flatten().filter(|one| one.resource_type() == Some(EVENT));
    let id = shown.and_then(|one| one.str("id").map(str::to_owned)).or_else(named);
    id.filter(|id| client::is_id(id)).unwrap_or_default()
}

fn unsearched(error: FindError) -> Fault {
    match error {
        FindError::NoAnswer(error) => Fault::of(&error),
        FindError::Unauthorised(_) | FindError::Forbidden(_) => Fault::new(
            "reports-search-forbidden",
            "the server does not let this device look for AuditEvents, so that none was made to test it. Delivery works; \
             reports of alerts may not reach this server. Let this device create AuditEvent and look for it",
        ),
        error => Fault::new(
            "reports-unsupported",
            format!(
                "AuditEvents cannot be searched by their date: {}. None was made to test it. Delivery works; reports of alerts \
                 may not reach this server",
                error.in_brief()
            ),
        ),
    }
}

fn not_found() -> Fault {
    Fault::new(
        "reports-not-found",
        "the server took an AuditEvent of this device and does not find it by its date. Delivery works; a report of an alert \
         may stand on this server twice",
    )
}
