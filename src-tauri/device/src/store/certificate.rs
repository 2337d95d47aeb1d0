//! The device's certificates and the revocation lists of those who issued them.

use jiff::Zoned;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use seal::{CertificateChain, Crl};

use super::revoked;
use crate::{Error, clock};

pub(super) const MIGRATION: &str = "
CREATE TABLE certificate (
    thumbprint  TEXT NOT NULL PRIMARY KEY,
    chain       TEXT NOT NULL,
    key_entry   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    not_before  TEXT NOT NULL,
    not_after   TEXT NOT NULL,
    enrolled_at TEXT NOT NULL,
    current     INTEGER NOT NULL CHECK (current IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX certificate_current ON certificate (current) WHERE current = 1;
CREATE TRIGGER certificate_is_never_deleted BEFORE DELETE ON certificate
BEGIN SELECT RAISE(ABORT, 'certificates are kept for as long as what they signed'); END;

CREATE TABLE revocation_list (
    issuer      TEXT NOT NULL PRIMARY KEY,
    der        BLOB NOT NULL,
    fetched_at TEXT NOT NULL
) STRICT;
";

/// The same for the certificates of the site's organization, which name it and not this device.
pub(super) const ORGANIZATION_MIGRATION: &str = "
CREATE TABLE organization_certificate (
    thumbprint  TEXT NOT NULL PRIMARY KEY,
    chain       TEXT NOT NULL,
    key_entry   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    not_before  TEXT NOT NULL,
    not_after   TEXT NOT NULL,
    enrolled_at TEXT NOT NULL,
    current     INTEGER NOT NULL CHECK (current IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX organization_certificate_current ON organization_certificate (current) WHERE current = 1;
CREATE TRIGGER organization_certificate_is_never_deleted BEFORE DELETE ON organization_certificate
BEGIN SELECT RAISE(ABORT, 'certificates are kept for as long as what they signed'); END;
";

/// The same for the certificates by which the device shows a server who it is. They sign no record, so that nothing has to
/// be verified with them later.
pub(super) const AUTHENTICATION_MIGRATION: &str = "
CREATE TABLE authentication_certificate (
    thumbprint  TEXT NOT NULL PRIMARY KEY,
    chain       TEXT NOT NULL,
    key_entry   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    issuer      TEXT NOT NULL,
    not_before  TEXT NOT NULL,
    not_after   TEXT NOT NULL,
    enrolled_at TEXT NOT NULL,
    current     INTEGER NOT NULL CHECK (current IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX authentication_certificate_current ON authentication_certificate (current) WHERE current = 1;
";

/// Whose certificate, or for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Device,
    Organization,
    Authentication,
}

impl Holder {
    fn table(self) -> &'static str {
        match self {
            Self::Device => "certificate",
            Self::Organization => "organization_certificate",
            Self::Authentication => "authentication_certificate",
        }
    }
}

/// A certificate that this device was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Lower-case hex SHA-256 of the leaf's DER.
    pub thumbprint: String,
    /// The chain as PEM, leaf first.
    pub chain: String,
    /// The keystore entry of its key.
    pub key_entry: String,
    /// RFC 4514 name.
    pub subject: String,
    /// RFC 4514 name.
    pub issuer: String,
    /// RFC 3339.
    pub not_before: String,
    /// RFC 3339.
    pub not_after: String,
    /// RFC 3339 with offset.
    pub enrolled_at: String,
}

/// Adds a certificate, which becomes the one that signs from now on.
pub(crate) fn insert_current(
    tx: &Transaction<'_>,
    holder: Holder,
    certificate: &Certificate,
) -> Result<(), Error> {
    let table = holder.table();
    tx.execute(&format!("UPDATE {table} SET current = 0 WHERE current = 1"), [])?;
    tx.prepare_cached(&format!(
        "INSERT INTO {table}
         (thumbprint, chain, key_entry, subject, issuer, not_before, not_after, enrolled_at, current)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)"
    ))?
    .execute([
        &certificate.thumbprint,
        &certificate.chain,
        &certificate.key_entry,
        &certificate.subject,
        &certificate.issuer,
        &certificate.not_before,
        &certificate.not_after,
        &certificate.enrolled_at,
    ])?;
    Ok(())
}

/// The certificate that signs, if the device is enrolled.
pub fn current(connection: &Connection) -> Result<Option<Certificate>, Error> {
    current_of(connection, Holder::Device)
}

/// The certificate that signs in the name of the site's organization, if there is one.
pub fn current_of_organization(connection: &Connection) -> Result<Option<Certificate>, Error> {
    current_of(connection, Holder::Organization)
}

/// The certificate by which the device shows a server who it is, if there is one.
pub fn current_for_authentication(connection: &Connection) -> Result<Option<Certificate>, Error> {
    current_of(connection, Holder::Authentication)
}

fn current_of(connection: &Connection, holder: Holder) -> Result<Option<Certificate>, Error> {
    let query = select(holder, "WHERE current = 1");
    Ok(connection.prepare_cached(&query)?.query_row([], certificate).optional()?)
}

/// The certificate with this thumbprint.
pub fn by_thumbprint(connection: &Connection, thumbprint: &str) -> Result<Option<Certificate>, Error> {
    Ok(connection
        .prepare_cached(&select(Holder::Device, "WHERE thumbprint = ?1"))?
        .query_row([thumbprint], certificate)
        .optional()?)
}

/// The chains of all certificates that were issued to the device and to the site's organization.
pub fn chains(connection: &Connection) -> Result<Vec<CertificateChain>, Error> {
    let mut chains = chains_of_device(connection)?;
    if let Some(organization) = current_of_organization(connection)? {
        chains.push(CertificateChain::from_pem(organization.chain.as_bytes())?);
    }
    Ok(chains)
}

/// The chains of all certificates that were issued to the device, oldest first.
pub(crate) fn chains_of_device(connection: &Connection) -> Result<Vec<CertificateChain>, Error> {
    let all = all(connection)?.into_iter();
    all.map(|one| Ok(CertificateChain::from_pem(one.chain.as_bytes())?)).collect()
}

/// All certificates, oldest first.
pub fn all(connection: &Connection) -> Result<Vec<Certificate>, Error> {
    let mut query = connection.prepare_cached(&select(Holder::Device, "ORDER BY rowid"))?;
    Ok(query.query_map([], certificate)?.collect::<Result<_, _>>()?)
}

/// Keeps the newest revocation list of an issuer: one that is kept gives way only to a later one, so that nobody who
/// serves an old list takes a revocation back. What it says of certificates here is noted. Whether the issuer made it, the
/// caller has seen to.
pub fn put_revocation_list(tx: &Transaction<'_>, list: &Crl, now: &Zoned) -> Result<(), Error> {
    let kept: Option<Vec<u8>> = tx
        .prepare_cached("SELECT der FROM revocation_list WHERE issuer = ?1")?
        .query_row([list.issuer()], |row| row.get(0))
        .optional()?;
    let kept = kept.and_then(|der| Crl::from_bytes(&der).ok());
    if kept.is_some_and(|kept| kept.this_update() >= list.this_update()) {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO revocation_list (issuer, der, fetched_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (issuer) DO UPDATE SET der = ?2, fetched_at = ?3",
    )?
    .execute(rusqlite::params![list.issuer(), list.der(), clock::text(now)])?;
    revoked::note(tx, list, now)
}

/// The kept revocation lists (DER), by issuer.
pub fn revocation_lists(connection: &Connection) -> Result<Vec<Vec<u8>>, Error> {
    let mut query = connection.prepare_cached("SELECT der FROM revocation_list ORDER BY issuer")?;
    Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The kept revocation lists, read.
pub fn crls(connection: &Connection) -> Result<Vec<Crl>, Error> {
    revocation_lists(connection)?.iter().map(|der| Ok(Crl::from_bytes(der)?)).collect()
}

fn select(holder: Holder, condition: &str) -> String {
    let table = holder.table();
    format!(
        "SELECT thumbprint, chain, key_entry, subject, issuer, not_before, not_after, enrolled_at
         FROM {table} {condition}"
    )
}

fn certificate(row: &Row<'_>) -> rusqlite::Result<Certificate> {
    Ok(Certificate {
        thumbprint: row.get(0)?,
        chain: row.get(1)?,
        key_entry: row.get(2)?,
        subject: row.get(3)?,
        issuer: row.get(4)?,
        not_before: row.get(5)?,
        not_after: row.get(6)?,
        enrolled_at: row.get(7)?,
    })
}
