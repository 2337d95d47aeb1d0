//! Certificates of this device, or of its site's organization, that an authority holds to be revoked. What they signed
//! before stays as it is; nothing is signed with them any more.

use jiff::{Timestamp, Zoned};
use rusqlite::{Connection, Transaction};
use seal::Crl;

use super::audit::{self, NewEntry};
use super::certificate;
use crate::Error;

pub(super) const MIGRATION: &str = "
CREATE TABLE revoked (
    thumbprint TEXT NOT NULL,
    -- The authority that says so: it has its certificate, or one on the way to an anchor, on its list.
    issuer     TEXT NOT NULL,
    -- Milliseconds since 1970.
    since_ms   INTEGER NOT NULL,
    PRIMARY KEY (thumbprint, issuer)
) STRICT;
";

/// Takes from a list that is kept from now on what it says of the certificates here, each change with its audit entry. A
/// certificate that was only held (RFC 5280, section 5.3.1) is on no later list.
pub(super) fn note(tx: &Transaction<'_>, list: &Crl, now: &Zoned) -> Result<(), Error> {
    for chain in certificate::chains(tx)? {
        let (thumbprint, since) = (chain.thumbprint_hex(), list.revokes(&chain));
        let (event, changed) = match since {
            Some(since) => (
                "certificate.revoked",
                tx.prepare_cached(
                    "INSERT INTO revoked (thumbprint, issuer, since_ms) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET since_ms = ?3 WHERE since_ms <> ?3",
                )?
                .execute((&thumbprint, list.issuer(), since.as_millisecond()))?,
            ),
            None => (
                "certificate.revocationEnded",
                tx.prepare_cached("DELETE FROM revoked WHERE thumbprint = ?1 AND issuer = ?2")?
                    .execute([&thumbprint, list.issuer()])?,
            ),
        };
        if changed == 0 {
            continue;
        }
        let (subject, at) =
            (format!("certificate/{thumbprint}"), since.map(|since| format!(" since {since}")));
        let detail = format!("{}{}", list.issuer(), at.unwrap_or_default());
        let entry = NewEntry { actor: "device", role: "device", event, subject: &subject, detail: &detail };
        audit::append(tx, &entry, now)?;
    }
    Ok(())
}

/// Since when the certificate with this thumbprint is revoked, as far as the device knows.
pub fn since(connection: &Connection, thumbprint: &str) -> Result<Option<Timestamp>, Error> {
    let mut query = connection.prepare_cached("SELECT min(since_ms) FROM revoked WHERE thumbprint = ?1")?;
    let since: Option<i64> = query.query_row([thumbprint], |row| row.get(0))?;
    since
        .map(|since| Timestamp::from_millisecond(since).map_err(|_| Error::Unreadable("revocation")))
        .transpose()
}
