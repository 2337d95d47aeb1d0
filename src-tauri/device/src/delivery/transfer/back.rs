//! Reading back what the server keeps: what it answers to a create says what it was sent, not yet what it will show.

use std::time::Duration;

use super::look::{body_as, unknown};
use super::{Found, Kept, Outcome, Parcel, Transfer};
use crate::delivery::context::Context;
use crate::store::attempt::Attempt;

/// How long it is waited before each further question.
const SLOW: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

impl<'a> Transfer<'a> {
    /// What the server shows of the version that it has acknowledged. Where it shows no versions, what it shows now, with the
    /// version that this is.
    pub(in crate::delivery) async fn read_back(
        context: &'a Context,
        parcel: &'a Parcel<'a>,
        id: &str,
        version: &str,
    ) -> (Outcome, Vec<Attempt>) {
        let mut transfer = Self { context, parcel, attempts: Vec::new() };
        let found = transfer.shown(id, version).await.map(Outcome::Kept);
        transfer.ended(found).await
    }

    /// The same right after the acknowledgement: a server may be slow to show what it has just taken, so that it is asked some
    /// times more before it is believed to have nothing.
    pub(in crate::delivery) async fn read_back_soon(
        context: &'a Context,
        parcel: &'a Parcel<'a>,
        id: &str,
        version: &str,
    ) -> (Outcome, Vec<Attempt>) {
        let (mut outcome, mut attempts) = Self::read_back(context, parcel, id, version).await;
        for pause in SLOW {
            if !matches!(outcome, Outcome::Refused { .. }) {
                break;
            }
            tokio::time::sleep(pause).await;
            let (again, made) = Self::read_back(context, parcel, id, version).await;
            outcome = again;
            attempts.extend(made);
        }
        (outcome, attempts)
    }

    async fn shown(&mut self, id: &str, version: &str) -> Found<Kept> {
        let answer = self.context.client.vread(self.parcel.resource_type, id, version).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => body_as(exchange, id.to_owned(), version),
            _ if exchange.shows_no_version() => self.read_current(id).await,
            _ => Err(self.later(&exchange, false)),
        }
    }
}
