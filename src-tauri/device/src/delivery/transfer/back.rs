//! Reading back what the server keeps: what it answers to a create says what it was sent, not yet what it will show.

use super::look::{body_as, unknown};
use super::{Found, Kept, Outcome, Parcel, Transfer};
use crate::delivery::context::Context;
use crate::store::attempt::Attempt;

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

    async fn shown(&mut self, id: &str, version: &str) -> Found<Kept> {
        let answer = self.context.client.vread(self.parcel.resource_type, id, version).await;
        let exchange = self.note(answer).map_err(unknown)?;
        match exchange.status {
            200 => body_as(exchange, id.to_owned(), version),
            400 | 404 | 405 | 410 | 501 => self.read_current(id).await,
            _ => Err(self.later(&exchange, false)),
        }
    }
}
